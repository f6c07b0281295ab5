from odoo import api, fields, models


class QmsAuditor(models.Model):
    """Classes of the agency count as training of its auditors, beside those held elsewhere."""

    _inherit = "qms.auditor"

    class_ids = fields.Many2many(
        "qms.training.participant",
        string="Classes of the agency",
        compute="_compute_class_ids",
        help="Those that were held and in which the person took part.",
    )

    @api.depends("user_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_class_ids(self):
        """With the rights of who looks: results of others are not for everybody."""
        rows = self.env["qms.training.participant"].search(
            [
                ("user_id", "in", self.user_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("attended", "=", True),
                ("training_state", "in", ("held", "evaluated")),
            ],
            order="date desc, id desc",
        )
        by_place = rows.grouped(lambda row: (row.user_id, row.company_id))
        for auditor in self:
            auditor.class_ids = by_place.get((auditor.user_id, auditor.company_id), rows.browse())
