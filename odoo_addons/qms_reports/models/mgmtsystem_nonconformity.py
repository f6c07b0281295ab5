from odoo import models


class MgmtsystemNonconformity(models.Model):
    """The nonconformity on paper; its words are Vietnamese in every language."""

    _inherit = "mgmtsystem.nonconformity"

    # === ACTIONS === #

    def action_qms_print(self):
        """Print the nonconformities with their actions."""
        return self.env.ref("qms_reports.nonconformity_report_action").report_action(self)

    # === BUSINESS METHODS === #

    def _on_paper(self):
        """Return the nonconformity with the language of papers."""
        self.ensure_one()
        return self.with_context(lang=self.env["res.lang"]._qms_of_papers())

    def _paper_day(self, value):
        """Return a day or the day of a moment on the clock of the agency, as text."""
        if not value:
            return ""
        if hasattr(value, "hour"):
            return self.company_id._qms_day_text(value)
        return value.strftime("%d/%m/%Y")

    def _paper_people(self):
        """Return ``[(part, name, day)]`` of who has to sign, as the history tells."""
        self.ensure_one()
        return [
            ("NGƯỜI LẬP PHIẾU", self.user_id.sudo().name, self._paper_day(self.create_date)),
            ("NGƯỜI CHỊU TRÁCH NHIỆM", self.responsible_user_id.sudo().name, ""),
            (
                "NGƯỜI THẨM TRA",
                self.qms_verified_by_id.sudo().name or "",
                self._paper_day(self.qms_verified_at),
            ),
            (
                "NGƯỜI KẾT LUẬN",
                self.qms_closed_by_id.sudo().name or "",
                self._paper_day(self.closing_date),
            ),
        ]
