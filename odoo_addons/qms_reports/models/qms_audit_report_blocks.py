from odoo import api, models
from odoo.tools import html2plaintext

CONFIDENTIAL = "(nội dung hạn chế phổ biến)"
SEEDS = {"system": "do hệ thống chọn", "given": "do người dự đánh giá nêu"}


class QmsAuditReportBlocks(models.AbstractModel):
    """What the report of an audit says, part by part.

    Written for everybody of the agency: what is confidential is named by its number and grade
    alone. The words are Vietnamese in every language, labels those of the language of papers.
    """

    _name = "qms.audit.report.blocks"
    _description = "Parts of the report of an audit"

    @api.model
    def _blocks(self, audit, purpose):
        """Return the parts of a report; see ``tools/paper_docx.py``."""
        parts = (
            ("THÔNG TIN CHUNG", self._general(audit, purpose, self._meetings(audit))),
            ("ĐOÀN ĐÁNH GIÁ VÀ TÍNH ĐỘC LẬP", self._team(audit)),
            ("CHƯƠNG TRÌNH LÀM VIỆC", self._agenda(audit)),
            ("MẪU HỒ SƠ", self._samples(audit)),
            ("KẾT QUẢ THEO CÂU HỎI", self._answers(audit, purpose)),
            ("PHÁT HIỆN", self._findings(audit, purpose)),
            ("KẾT LUẬN", self._conclusion(audit, purpose)),
        )
        return self._numbered(parts)

    @api.model
    def _numbered(self, parts):
        """Return the parts that say something under numbered headings."""
        blocks = []
        for number, (title, part) in enumerate((pair for pair in parts if pair[1]), 1):
            blocks += [{"kind": "heading", "text": f"{number}. {title}"}, *part]
        return blocks

    # === PARTS === #

    @api.model
    def _general(self, audit, purpose, more=()):
        standard = audit.qms_standard_id
        rows = [
            ("Mục đích", self._label(audit, "qms_purpose")),
            ("Thời gian", self._period(audit.qms_date_from, audit.qms_date_to)),
            ("Đơn vị được đánh giá", "; ".join(audit.qms_department_ids.mapped("name"))),
            ("Người được đánh giá", "; ".join(audit.auditee_user_ids.mapped("name"))),
            ("Phạm vi", audit.qms_scope),
            ("Tiêu chuẩn áp dụng", standard.national_name or standard.name),
            ("Chuẩn mực", audit.qms_criteria),
            ("Thủ tục được đánh giá", "\n".join(audit.qms_procedure_ids.mapped("display_name"))),
            ("Hồ sơ xem xét", self._period(audit.qms_period_from, audit.qms_period_to)),
            *more,
        ]
        if purpose == "reform":
            rows.insert(1, ("Nội dung kiểm tra", self._checklists(audit, purpose)))
        return [{"kind": "facts", "rows": [(key, value) for key, value in rows if value]}]

    @api.model
    def _team(self, audit):
        rows = [
            [
                member.display_name,
                self._label(member, "role"),
                member.conflict_text or "Độc lập",
                self._justification(member),
            ]
            for member in audit.qms_team_ids
        ]
        columns = [
            ("Họ tên", 24),
            ("Vai trò", 16),
            ("Cảnh báo về tính độc lập", 30),
            ("Giải trình", 30),
        ]
        return [{"kind": "table", "columns": columns, "rows": rows}] if rows else []

    @api.model
    def _agenda(self, audit):
        company = audit.company_id
        rows = [
            [
                f"{company._qms_local(slot.start):%d/%m/%Y %H:%M} – "
                f"{company._qms_local(slot.stop):%H:%M}",
                slot.name,
                slot.department_id.name or "",
                ", ".join(slot.member_ids.mapped("display_name")),
            ]
            for slot in audit.qms_slot_ids.sorted("start")
        ]
        columns = [("Thời gian", 26), ("Nội dung", 36), ("Đơn vị", 19), ("Chuyên gia", 19)]
        return [{"kind": "table", "columns": columns, "rows": rows}] if rows else []

    @api.model
    def _samples(self, audit):
        blocks = []
        for sample in audit.qms_sample_ids.sorted("number"):
            blocks += [
                {"kind": "subheading", "text": f"Lần lấy mẫu {sample.number}"},
                {"kind": "facts", "rows": self._sample_facts(sample)},
                {
                    "kind": "table",
                    "columns": [
                        ("TT", 6),
                        ("Mã hồ sơ", 24),
                        ("Thủ tục", 30),
                        ("Tiếp nhận", 13),
                        ("Hẹn trả", 13),
                        ("Kết quả", 14),
                    ],
                    "rows": [self._sample_row(sample, line) for line in sample.line_ids],
                },
                {
                    "kind": "note",
                    "text": "Thứ hạng của mỗi hồ sơ là SHA-256 của số ngẫu nhiên và số hồ sơ; "
                    "các thứ hạng nhỏ nhất được chọn, ai cũng có thể rút lại. Dấu vân tay tập "
                    f"hồ sơ: {sample.population_sha256[:16]}…",
                },
            ]
        return blocks

    @api.model
    def _answers(self, audit, purpose):
        lines = audit.line_ids.filtered(lambda line: line.qms_purpose == purpose).sorted()
        rows, section = [], None
        for line in lines:
            if line.qms_section != section:
                section = line.qms_section
                rows.append([section or "Câu hỏi bổ sung"])
            rows.append(self._answer_row(line))
        columns = [
            ("Điều khoản", 11),
            ("Câu hỏi", 37),
            ("Kết quả", 15),
            ("Ghi nhận, bằng chứng", 37),
        ]
        counts = {
            key: len(lines.filtered(lambda line, key=key: line.qms_answer == key))
            for key, _label in lines._fields["qms_answer"].selection
        }
        labels = dict(lines._fields["qms_answer"]._description_selection(audit.env))
        summary = "; ".join(f"{labels[key]}: {count}" for key, count in counts.items())
        text = f"Tổng số câu hỏi: {len(lines)}. {summary}."
        return [
            {"kind": "text", "text": text},
            {"kind": "table", "columns": columns, "rows": rows},
        ]

    @api.model
    def _findings(self, audit, purpose):
        findings = audit.qms_finding_ids.filtered(lambda one: one.purpose == purpose)
        if not findings:
            return [{"kind": "text", "text": "Không có phát hiện."}]
        rows = [self._finding_row(finding) for finding in findings.sorted("number")]
        columns = [
            ("Số", 10),
            ("Mức độ", 14),
            ("Phát hiện", 34),
            ("Căn cứ", 20),
            ("Đơn vị, người phụ trách, hạn trả lời", 22),
        ]
        return [{"kind": "table", "columns": columns, "rows": rows}]

    @api.model
    def _conclusion(self, audit, purpose):
        blocks = []
        if purpose == "internal":
            for title, html in (
                ("Điểm mạnh", audit.strong_points),
                ("Điểm cần cải tiến", audit.to_improve_points),
            ):
                words = html2plaintext(html or "").strip()
                if words:
                    blocks += [
                        {"kind": "subheading", "text": title},
                        {"kind": "text", "text": words},
                    ]
        name = "qms_reform_conclusion" if purpose == "reform" else "qms_conclusion"
        return [*blocks, {"kind": "text", "text": audit[name] or "………"}]

    # === ROWS === #

    @api.model
    def _answer_row(self, line):
        note = line.comments or ""
        evidence = [*line.qms_evidence_ids.mapped("label"), *line.qms_attachment_ids.mapped("name")]
        seen = "\n".join(filter(None, (note, "; ".join(evidence))))
        numbers = ", ".join(line.qms_clause_ids.sorted("sort_key").mapped("number"))
        return [
            line.qms_point or numbers,
            line.name,
            self._label(line, "qms_answer") or "Chưa trả lời",
            CONFIDENTIAL if line.qms_is_confidential else seen,
        ]

    @api.model
    def _finding_row(self, finding):
        due = finding.due_date
        words = [finding.name]
        if (finding.seen or "").strip() not in ("", (finding.name or "").strip()):
            words.append(finding.seen)
        charge = (
            finding.department_id.name,
            finding.owner_id.name,
            due and due.strftime("%d/%m/%Y"),
        )
        return [
            finding.code.rpartition("/")[2],
            self._label(finding, "grade"),
            CONFIDENTIAL if finding.is_confidential else "\n".join(words),
            finding.requirement or "",
            "\n".join(filter(None, charge)),
        ]

    @api.model
    def _sample_row(self, sample, line):
        company = sample.company_id

        def day(moment):
            return company._qms_day_text(moment)

        is_late = line.due_at and not line.done_at and line.due_at < sample.drawn_at
        waiting = "Đang giải quyết, quá hạn" if is_late else "Đang giải quyết"
        outcome = self._label(line, "outcome") or waiting
        return [
            str(line.position),
            line.code,
            line.procedure_name or "",
            day(line.accepted_at),
            day(line.due_at),
            outcome,
        ]

    @api.model
    def _sample_facts(self, sample):
        whole = (
            f"{sample.population} hồ sơ tiếp nhận {self._period(sample.date_from, sample.date_to)}"
            f", trong đó quá hạn {sample.population_late}, "
            f"có bổ sung {sample.population_supplement}"
        )
        wanted = (
            f"{sample.drawn_count} hồ sơ (ít nhất {sample.late_size} quá hạn, "
            f"{sample.supplement_size} có bổ sung)"
        )
        moment = sample.company_id._qms_moment_text(sample.drawn_at)
        rows = [
            ("Tập hồ sơ", whole),
            ("Thủ tục", (sample.procedure_names or "tất cả").replace("\n", "; ")),
            ("Đơn vị", (sample.department_names or "tất cả").replace("\n", "; ")),
            ("Mẫu", wanted),
            ("Số ngẫu nhiên", f"{sample.seed} ({SEEDS[sample.seed_origin]})"),
            ("Người lấy mẫu", f"{sample.drawn_by_name}, {moment}"),
        ]
        return [*rows, ("Lý do lấy lại", sample.reason)] if sample.reason else rows

    # === WORDS === #

    @api.model
    def _justification(self, member):
        if not member.justification:
            return ""
        day = member.audit_id.company_id._qms_day_text(member.justified_at)
        return f"{member.justification}\n({member.justified_by_name}, {day})"

    @api.model
    def _meetings(self, audit):
        return (
            ("Họp khai mạc", self._meeting(audit, "opening")),
            ("Họp kết thúc", self._meeting(audit, "closing")),
        )

    @api.model
    def _meeting(self, audit, kind):
        moment = audit[f"qms_{kind}_at"]
        people = ", ".join(
            filter(
                None,
                [*audit[f"qms_{kind}_user_ids"].mapped("name"), audit[f"qms_{kind}_others"]],
            )
        )
        if not moment and not people:
            return ""
        when = audit.company_id._qms_moment_text(moment)
        where = audit[f"qms_{kind}_place"]
        words = "; ".join(filter(None, (when, where, people and f"có mặt: {people}")))
        notes = audit[f"qms_{kind}_notes"]
        return f"{words}\n{notes}" if notes else words

    @api.model
    def _checklists(self, audit, purpose):
        lists = audit.qms_checklist_ids.filtered(lambda one: one.purpose == purpose)
        return "; ".join(lists.mapped("name"))

    @api.model
    def _period(self, start, end):
        days = [day.strftime("%d/%m/%Y") for day in (start, end) if day]
        if len(set(days)) < 2:
            return days[0] if days else ""
        return f"từ {days[0]} đến {days[1]}"

    @api.model
    def _label(self, record, name):
        """Return a value of a selection in the language of papers."""
        labels = dict(record._fields[name]._description_selection(record.env))
        return labels.get(record[name], "")
