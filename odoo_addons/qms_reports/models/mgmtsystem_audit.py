from odoo import fields, models

# Titles and numbers of the reports; Vietnamese in every language, as the paper is.
TITLES = {
    "internal": "BÁO CÁO ĐÁNH GIÁ NỘI BỘ",
    "reform": "BÁO CÁO KIỂM TRA CÔNG TÁC CẢI CÁCH HÀNH CHÍNH",
}
NUMBERS = {"internal": "BCĐG", "reform": "BCKT"}
REPORTS = {"internal": "qms_reports.audit_report", "reform": "qms_reports.audit_report_reform"}


class MgmtsystemAudit(models.Model):
    """The reports of an audit on paper.

    While the report is made they show what stands there, marked as a draft. What they say is
    kept as it is when the report is approved: who is renamed later, or another unit a person
    works in, changes nothing on paper.
    """

    _inherit = "mgmtsystem.audit"

    qms_reports_kept = fields.Json(
        string="Reports as approved", readonly=True, copy=False, help="{purpose: report}"
    )

    # === ACTIONS === #

    def action_print_report(self):
        """Print the report."""
        return self._qms_print_action(self._qms_purposes()[0])

    def action_print_reform_report(self):
        """Print the report on administrative reform of a combined visit."""
        return self._qms_print_action("reform")

    def action_docx_report(self):
        """Hand out the report as Word document."""
        return self._qms_docx_action(self._qms_purposes()[0])

    def action_docx_reform_report(self):
        """Hand out the report on administrative reform as Word document."""
        return self._qms_docx_action("reform")

    def action_sealed_report(self):
        """Seal the print with the certificate of the agency and hand it out."""
        self.ensure_one()
        attachment = self._sealed_print(REPORTS[self._qms_purposes()[0]])
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "self",
        }

    # === BUSINESS METHODS === #

    def _on_approved(self):
        """Keep the reports as they were approved."""
        result = super()._on_approved()
        for audit in self:
            papers = {
                purpose: audit._qms_report_paper(purpose) for purpose in audit._qms_purposes()
            }
            audit._lifecycle_write({"qms_reports_kept": papers})
        return result

    def _qms_report_papers(self, purpose):
        """Return the reports of a purpose, to be printed."""
        self.check_access("read")
        return [audit._qms_report(purpose) for audit in self if purpose in audit._qms_purposes()]

    def _qms_report(self, purpose):
        """Return a report: as it was approved, or as it would be today."""
        self.ensure_one()
        kept = (self.sudo().qms_reports_kept or {}).get(purpose)
        paper = kept if self.state == "done" and kept else self._qms_report_paper(purpose)
        return {**paper, "blocks": [*paper["blocks"], *self._sign_off_blocks()]}

    def _qms_report_paper(self, purpose):
        company = self.sudo().company_id
        papers = self.with_context(lang=self.env["res.lang"]._qms_of_papers()).sudo()
        is_final = self.state == "done"
        leader = papers.qms_leader_id
        return {
            **company._qms_heading(),
            "number": f"Số: {self.reference}/{NUMBERS[purpose]}",
            "place_date": company._qms_place_and_date(self.closing_date or None),
            "title": TITLES[purpose] + ("" if is_final else " (DỰ THẢO)"),
            "subtitle": self.name,
            "blocks": self.env["qms.audit.report.blocks"]._blocks(papers, purpose),
            "signatures": [
                ("TRƯỞNG ĐOÀN", leader.display_name or ""),
                ("THỦ TRƯỞNG CƠ QUAN", ""),
            ],
        }

    def _qms_word_papers(self, kind):
        """Return the papers of a kind as Word documents have them, none when there is none."""
        return self._qms_report_papers(kind)

    def _qms_docx_content(self, kind):
        [paper] = self._qms_word_papers(kind)
        return self.env["qms.paper.report"]._docx_file(paper)

    # === UTILITIES === #

    def _qms_print_action(self, purpose):
        return self.env.ref(f"{REPORTS[purpose]}_action").report_action(self)

    def _qms_docx_action(self, purpose):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/qms/audits/{self.id}/{purpose}.docx"}

    # === GUARD === #

    def _guarded_fields(self):
        return super()._guarded_fields() | {"qms_reports_kept"}
