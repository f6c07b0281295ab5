from odoo import models

PLAN_TITLES = {
    "internal": "KẾ HOẠCH ĐÁNH GIÁ NỘI BỘ",
    "internal_and_reform": "KẾ HOẠCH ĐÁNH GIÁ NỘI BỘ KẾT HỢP KIỂM TRA CẢI CÁCH HÀNH CHÍNH",
    "reform": "KẾ HOẠCH KIỂM TRA CÔNG TÁC CẢI CÁCH HÀNH CHÍNH",
    "follow_up": "KẾ HOẠCH ĐÁNH GIÁ THEO DÕI",
}


class MgmtsystemAudit(models.Model):
    """The papers taken along to an audit: its plan and the sheets of its questions."""

    _inherit = "mgmtsystem.audit"

    # === ACTIONS === #

    def action_docx_plan(self):
        """Hand out the plan as Word document."""
        return self._qms_docx_action("plan")

    # === BUSINESS METHODS === #

    def _qms_plan_papers(self):
        """Return the plans of these audits, to be printed."""
        return self._qms_papers_before("_plan_blocks", "KHĐG", PLAN_TITLES.__getitem__)

    def _qms_question_papers(self):
        """Return the sheets of questions of these audits, to be filled in by hand."""
        return self._qms_papers_before("_question_blocks", "PĐG", lambda _purpose: "PHIẾU ĐÁNH GIÁ")

    def _qms_papers_before(self, blocks, mark, title):
        self.check_access("read")
        papers = self.with_context(lang=self.env["res.lang"]._qms_of_papers()).sudo()
        make = getattr(self.env["qms.audit.report.blocks"], blocks)
        return [
            {
                **audit.company_id._qms_heading(),
                "number": f"Số: {audit.reference}/{mark}",
                "place_date": audit.company_id._qms_place_and_date(audit.qms_notified_at or None),
                "title": title(audit.qms_purpose or "internal"),
                "subtitle": audit.name,
                "blocks": make(audit),
                "signatures": [
                    ("TRƯỞNG ĐOÀN", audit.qms_leader_id.display_name or ""),
                    ("THỦ TRƯỞNG CƠ QUAN", ""),
                ],
            }
            for audit in papers
        ]

    def _qms_word_papers(self, kind):
        """Return the papers of a kind as Word documents have them, none when there is none."""
        if kind == "plan":
            return self._qms_plan_papers()
        return super()._qms_word_papers(kind)
