from odoo import fields, models

SOURCE_KINDS = [
    ("interview", "Ask somebody"),
    ("document", "Read a document"),
    ("record", "Look at records"),
    ("dossier", "Look at sampled dossiers"),
    ("figures", "Look at figures"),
    ("observation", "Go and see"),
]


class QmsAuditQuestion(models.Model):
    """A question of a checklist: what is asked, what to look at, for which clauses.

    It has the rights of its list.
    """

    _name = "qms.audit.question"
    _description = "Question of a checklist"
    _inherit = ["qms.placement.mixin"]
    _order = "checklist_id, sequence, id"
    _shared_is_for_all = True
    _placing_fields = ("checklist_id", "company_id")
    _derived_fields = ("company_id",)

    checklist_id = fields.Many2one(
        "qms.audit.checklist", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="checklist_id.company_id", string="Agency", store=True, index=True
    )
    sequence = fields.Integer(default=10)
    point = fields.Char(help="Letter or number in the text that asks for it, e.g. 1a.")
    name = fields.Char(string="Question", required=True, translate=True)
    look_at = fields.Text(
        string="What to look at", translate=True, help="Evidence to ask for, in a few words."
    )
    source_kind = fields.Selection(
        SOURCE_KINDS,
        string="How it is found out",
        required=True,
        default="record",
        help="Where the answer is found.",
    )
    clause_ids = fields.Many2many(
        "qms.standard.clause",
        "qms_audit_question_clause_rel",
        "question_id",
        "clause_id",
        string="Clauses",
        context={"qms_with_edition": True},
        help="Clauses the question belongs to, in any edition. Without one it fits all audits.",
    )
