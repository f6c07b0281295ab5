from odoo import fields, models

from ...const import OUTCOMES

STRATA = [
    ("late", "Late"),
    ("supplement", "With a supplement"),
    ("any", "Out of all"),
]


class QmsAuditSampleLine(models.Model):
    """A dossier that was drawn, and how it stood on that day."""

    _name = "qms.audit.sample.line"
    _description = "Dossier of a sample"
    _inherit = ["qms.fact.mixin"]
    _order = "sample_id, position"
    _rec_name = "code"

    sample_id = fields.Many2one(
        "qms.audit.sample",
        string="Sample of dossiers",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    audit_id = fields.Many2one(
        "mgmtsystem.audit", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", string="Agency", required=True, readonly=True, index=True,
        ondelete="restrict",
    )  # fmt: skip
    position = fields.Integer(string="No.", readonly=True, aggregator=None)
    stratum = fields.Selection(STRATA, string="Drawn from", required=True, readonly=True)
    dossier_id = fields.Many2one(
        "qms.dossier", required=True, readonly=True, index=True, ondelete="restrict"
    )
    code = fields.Char(string="Dossier code", readonly=True)
    procedure_name = fields.Char(string="Procedure", readonly=True)
    accepted_at = fields.Datetime(string="Accepted", readonly=True)
    due_at = fields.Datetime(string="Due", readonly=True)
    done_at = fields.Datetime(string="Completed", readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    supplement_count = fields.Integer(string="Supplement requests", readonly=True, aggregator=None)

    _once = models.Constraint("UNIQUE(sample_id, dossier_id)", "A dossier is drawn once.")

    # === ACTIONS === #

    def action_open_dossier(self):
        """Open log, clock and papers of the dossier, to read."""
        self.ensure_one()
        self.check_access("read")
        view = self.env.ref("qms_public_admin.qms_dossier_view_form_audit")
        return {
            "type": "ir.actions.act_window",
            "name": self.code,
            "res_model": "qms.dossier",
            "res_id": self.dossier_id.id,
            "views": [(view.id, "form")],
            "target": "new",
        }
