from odoo import api, fields, models
from odoo.exceptions import AccessError

SCORES = [
    ("5", "5 – very good"),
    ("4", "4 – good"),
    ("3", "3 – sufficient"),
    ("2", "2 – to be improved"),
    ("1", "1 – not sufficient"),
]


class QmsAuditorEvaluation(models.Model):
    """What a leader or ISO officer thought of an auditor's work in one audit.

    Written once, by whoever logs in, and never about oneself; later opinions are
    further rows. Read by the auditor concerned, ISO officers and leaders.
    """

    _name = "qms.auditor.evaluation"
    _description = "Evaluation of an auditor"
    _inherit = ["qms.placement.mixin"]
    _order = "date desc, id desc"

    _placing_fields = ("auditor_id", "company_id")
    _derived_fields = ("company_id", "evaluator_id")

    auditor_id = fields.Many2one("qms.auditor", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="auditor_id.company_id", store=True, index=True)
    audit_id = fields.Many2one("mgmtsystem.audit", index="btree_not_null", ondelete="restrict")
    date = fields.Date(required=True, default=fields.Date.context_today)
    score = fields.Selection(SCORES, required=True)
    strengths = fields.Text()
    improvements = fields.Text(string="To improve")
    evaluator_id = fields.Many2one(
        "res.users",
        string="Evaluated by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        if self.env.user in rows.auditor_id.user_id:
            raise AccessError(self.env._("Nobody evaluates their own work as an auditor."))
        if any(row.audit_id and row.audit_id.company_id != row.company_id for row in rows):
            raise AccessError(self.env._("Auditor and audit belong to one agency."))
        return rows
