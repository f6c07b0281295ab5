from odoo import api, fields, models


class QmsStandard(models.Model):
    """Whether an edition keeps risks and opportunities apart."""

    _inherit = "qms.standard"

    splits_risks = fields.Boolean(
        string="Risks and opportunities apart",
        compute="_compute_splits_risks",
        store=True,
        readonly=False,
        help="ISO 9001:2026 deals with risks (6.1.2) and opportunities (6.1.3) separately; the "
        "2015 edition with both together (6.1).",
    )

    # === COMPUTE METHODS === #

    @api.depends("family", "year")
    def _compute_splits_risks(self):
        for edition in self:
            edition.splits_risks = edition.family == "ISO 9001" and edition.year >= 2026

    # === BUSINESS METHODS === #

    def _qms_clauses(self, *numbers):
        """Return the clauses of this edition with these numbers; missing ones are left out."""
        self.ensure_one()
        return self.env["qms.standard.clause"].search(
            [("standard_id", "=", self.id), ("number", "in", numbers)]
        )
