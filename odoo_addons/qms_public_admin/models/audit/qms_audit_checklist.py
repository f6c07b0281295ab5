from odoo import api, fields, models

KINDS = [
    ("clause", "By clause"),
    ("process", "By process"),
    ("law", "By law"),
]
PURPOSES = [
    ("internal", "Internal audit"),
    ("reform", "Administrative-reform inspection"),
]


class QmsAuditChecklist(models.Model):
    """A list of questions for audits, in our own words.

    Everyone reads the lists of their agencies and the shared ones (no agency). Auditors and
    ISO officers keep those of their agencies; shared ones are kept by who works for all of
    them. An audit takes the questions over as they are on that day: a later change of the
    list changes no audit.
    """

    _name = "qms.audit.checklist"
    _description = "Audit checklist"
    _inherit = ["qms.placement.mixin"]
    _order = "sequence, id"
    _shared_is_for_all = True

    sequence = fields.Integer(default=100)
    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True, help="What the list is for.")
    kind = fields.Selection(
        KINDS,
        required=True,
        default="process",
        help="Of a list by clause an audit takes the questions of its clauses, of the others all.",
    )
    purpose = fields.Selection(
        PURPOSES,
        required=True,
        default="internal",
        help="A visit that serves two purposes has a report for each, with the questions of its "
        "own lists.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
        help="Empty: shared by all agencies.",
    )
    question_ids = fields.One2many(
        "qms.audit.question", "checklist_id", string="Questions", copy=True
    )
    question_count = fields.Integer(string="Number of questions", compute="_compute_question_count")
    active = fields.Boolean(default=True)

    # === COMPUTE METHODS === #

    @api.depends("question_ids")
    def _compute_question_count(self):
        counts = dict(
            self.env["qms.audit.question"]._read_group(
                [("checklist_id", "in", self.ids)], ["checklist_id"], ["__count"]
            )
        )
        for checklist in self:
            checklist.question_count = counts.get(checklist, 0)

    # === CRUD METHODS === #

    def copy_data(self, default=None):
        """A copy belongs to the agency of who makes it."""
        given = {"company_id": self.env.company.id, **(default or {})}
        vals_list = super().copy_data(given)
        if "name" in given:
            return vals_list
        return [
            {**vals, "name": self.env._("%(name)s (copy)", name=checklist.name)}
            for checklist, vals in zip(self, vals_list, strict=True)
        ]

    # === ACTIONS === #

    def action_copy_own(self):
        """Make a list of the own agency out of this one and open it."""
        self.ensure_one()
        own = self.copy()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": own.id,
            "views": [(False, "form")],
        }
