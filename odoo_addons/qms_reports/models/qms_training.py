from odoo import models
from odoo.exceptions import AccessError


class QmsTraining(models.Model):
    """The list of participants: to be signed before the class, with results afterwards."""

    _name = "qms.training"
    _inherit = ["qms.training", "qms.table.source.mixin"]

    # === BUSINESS METHODS === #

    def _table_sections(self):
        return [training._participants_section() for training in self]

    def _participants_section(self):
        """Return the table of the participants.

        :raise AccessError: for readers who see only themselves: the list would be short
        """
        self.ensure_one()
        training = self._on_paper(self)
        rows = training.participant_ids
        if len(rows) != training.participant_count:
            raise AccessError(
                self.env._("Lists of participants are printed by who may read their results.")
            )
        is_planned = training.state == "planned"
        heads = [("STT", 5), ("Họ và tên", 24), ("Chức vụ", 20), ("Đơn vị", 23)]
        if is_planned:
            heads += [("Ký tên", 18), ("Ghi chú", 10)]
        else:
            heads += [("Tham dự", 7), ("Kết quả", 8), ("Điểm", 5), ("Số chứng nhận", 8)]
        return {
            "sheet": training.code or "Học viên",
            "title": "DANH SÁCH HỌC VIÊN",
            "subtitles": training._headlines(),
            "heads": heads,
            "rows": [
                training._participant_row(number, row, is_planned)
                for number, row in enumerate(rows, 1)
            ],
            "foot": training._participants_foot(),
        }

    def _headlines(self):
        lines = [f"Lớp: {self.name} ({self.code})", f"Thời gian: {self._days_text()}"]
        place = f"; địa điểm: {self.place}" if self.place else ""
        trainer = f"; giảng viên: {self.trainer}" if self.trainer else ""
        lines[1] += f"; số giờ: {self._number(self.hours)}{place}{trainer}"
        return lines

    def _days_text(self):
        first, last = self._day(self.date_from), self._day(self.date_to)
        return first if first == last else f"{first} – {last}"

    def _participant_row(self, number, row, is_planned):
        cells = [str(number), row.name, row.title or "", row.unit_name or ""]
        if is_planned:
            return [*cells, "", row.note or ""]
        score = self._number(row.score) if row.score else ""
        return [
            *cells,
            "x" if row.attended else "",
            "" if row.result == "untested" else self._label(row, "result"),
            score,
            row.certificate_no or "",
        ]

    def _participants_foot(self):
        if self.state == "planned":
            return [f"Tổng số đăng ký: {self.participant_count} người."]
        return [
            f"Đăng ký: {self.participant_count}; tham dự: {self.attended_count}; "
            f"đạt: {self.passed_count}; không đạt: {self.failed_count}."
        ]

    def _table_signers(self):
        return [("Giảng viên", self.trainer or ""), ("Người tổ chức", self.owner_id.sudo().name)]
