from odoo import api, models

# How the answer to a question is found out, where it is written by hand on the visit.
ANSWER_BOXES = "☐ Phù hợp\n☐ Cơ hội cải tiến\n☐ Điểm lưu ý\n☐ KPH nhẹ\n☐ KPH nặng"


class QmsAuditReportBlocks(models.AbstractModel):
    """What the papers before an audit say: the plan, and the questions to be asked."""

    _inherit = "qms.audit.report.blocks"

    # === PLAN === #

    @api.model
    def _plan_blocks(self, audit):
        """Return the parts of an audit plan (ISO 19011, 6.3.2)."""
        parts = (
            ("THÔNG TIN CHUNG", self._general(audit, self._plan_purpose(audit))),
            ("ĐOÀN ĐÁNH GIÁ", self._plan_team(audit)),
            ("CHƯƠNG TRÌNH LÀM VIỆC", self._plan_agenda(audit)),
        )
        return self._numbered(parts)

    @api.model
    def _plan_purpose(self, audit):
        return "reform" if audit.qms_purpose == "reform" else "internal"

    @api.model
    def _plan_team(self, audit):
        rows = [
            [
                str(number),
                member.display_name,
                self._label(member, "role"),
                member.note or "",
                "\n".join(
                    filter(None, (member.conflict_text or "Độc lập", self._justification(member)))
                ),
            ]
            for number, member in enumerate(audit.qms_team_ids, 1)
        ]
        columns = [
            ("TT", 6), ("Họ tên", 25), ("Vai trò", 17), ("Nhiệm vụ", 24), ("Tính độc lập", 28),
        ]  # fmt: skip
        return [{"kind": "table", "columns": columns, "rows": rows}] if rows else []

    @api.model
    def _plan_agenda(self, audit):
        company = audit.company_id
        rows = []
        day = None
        for slot in audit.qms_slot_ids.sorted("start"):
            start, stop = company._qms_local(slot.start), company._qms_local(slot.stop)
            if start.date() != day:
                day = start.date()
                rows.append([f"Ngày {day:%d/%m/%Y}"])
            clauses = ", ".join(slot.clause_ids.sorted("sort_key").mapped("number"))
            where = (slot.department_id.name, slot.people, slot.place)
            rows.append(
                [
                    f"{start:%H:%M} – {stop:%H:%M}",
                    "\n".join(filter(None, (slot.name, clauses and f"Điều khoản: {clauses}"))),
                    "\n".join(filter(None, where)),
                    ", ".join(slot.member_ids.mapped("display_name")),
                ]
            )
        columns = [
            ("Thời gian", 15), ("Nội dung", 38), ("Đơn vị, người làm việc, địa điểm", 25),
            ("Chuyên gia", 22),
        ]  # fmt: skip
        return [{"kind": "table", "columns": columns, "rows": rows}] if rows else []

    # === QUESTIONS === #

    @api.model
    def _question_blocks(self, audit):
        """Return the questions of an audit as sheets to fill in by hand."""
        labels = dict(audit.line_ids._fields["qms_purpose"]._description_selection(audit.env))
        parts = []
        for purpose in audit._qms_purposes():
            lines = audit.line_ids.filtered(lambda line, key=purpose: line.qms_purpose == key)
            if lines:
                parts.append((labels[purpose].upper(), self._question_table(lines.sorted())))
        return self._numbered(parts)

    @api.model
    def _question_table(self, lines):
        rows, section = [], None
        for number, line in enumerate(lines, 1):
            if line.qms_section != section:
                section = line.qms_section
                rows.append([section or "Câu hỏi bổ sung"])
            numbers = ", ".join(line.qms_clause_ids.sorted("sort_key").mapped("number"))
            rows.append(
                [
                    str(number),
                    line.qms_point or numbers,
                    "\n".join(filter(None, (line.name, line.qms_look_at))),
                    ANSWER_BOXES,
                    "",
                ]
            )
        columns = [
            ("TT", 6), ("Điều khoản", 12), ("Câu hỏi, nội dung xem xét", 38), ("Kết quả", 17),
            ("Ghi nhận, bằng chứng", 27),
        ]  # fmt: skip
        return [{"kind": "table", "columns": columns, "rows": rows}]
