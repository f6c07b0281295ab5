from odoo import models


class QmsAuditProgramme(models.Model):
    """The audit programme of a year on paper (ISO 9001, 9.2.2)."""

    _inherit = "qms.audit.programme"

    # === ACTIONS === #

    def action_print(self):
        """Print the programme."""
        return self.env.ref("qms_reports.audit_programme_action").report_action(self)

    def action_docx(self):
        """Hand out the programme as Word document."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/qms/audit-programmes/{self.id}.docx"}

    # === BUSINESS METHODS === #

    def _programme_papers(self):
        """Return the programmes, to be printed."""
        self.check_access("read")
        papers = self.with_context(lang=self.env["res.lang"]._qms_of_papers()).sudo()
        return [programme._programme_paper() for programme in papers]

    def _programme_paper(self):
        is_final = self.state in ("approved", "closed")
        decided = self.approval_decision_id.at if is_final else None
        return {
            **self.company_id._qms_heading(),
            "number": "Số: ………",
            "place_date": self.company_id._qms_place_and_date(decided or None),
            "title": f"CHƯƠNG TRÌNH ĐÁNH GIÁ NỘI BỘ NĂM {self.year}"
            + ("" if is_final else " (DỰ THẢO)"),
            "subtitle": "",
            "blocks": [*self._programme_blocks(), *self._sign_off_blocks()],
            "signatures": [("NGƯỜI LẬP", self.owner_id.name or ""), ("THỦ TRƯỞNG CƠ QUAN", "")],
        }

    def _programme_blocks(self):
        facts = [
            ("Mục đích", self.objective),
            ("Phương pháp", self.method),
            ("Tiêu chuẩn áp dụng", self.standard_id.national_name or self.standard_id.name),
        ]
        general = [{"kind": "facts", "rows": [(name, words) for name, words in facts if words]}]
        columns = [
            ("TT", 5), ("Đơn vị", 17), ("Thủ tục, quá trình", 23), ("Điều khoản", 13),
            ("Thời gian", 13), ("Chuyên gia", 13), ("Lý do", 16),
        ]  # fmt: skip
        rows = [self._programme_row(number, line) for number, line in enumerate(self.line_ids, 1)]
        audits = [{"kind": "table", "columns": columns, "rows": rows}] if rows else []
        return self.env["qms.audit.report.blocks"]._numbered(
            (("THÔNG TIN CHUNG", general), ("CÁC CUỘC ĐÁNH GIÁ", audits))
        )

    def _programme_row(self, number, line):
        days = self.env["qms.audit.report.blocks"]._period(line.date_from, line.date_to)
        return [
            str(number),
            line.department_id.name,
            "\n".join(line.procedure_ids.mapped("display_name")),
            ", ".join(line.clause_ids.sorted("sort_key").mapped("number")),
            days,
            ", ".join(line.auditor_ids.mapped("name")),
            line.reason or "",
        ]
