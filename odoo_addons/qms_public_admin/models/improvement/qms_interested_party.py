from odoo import api, fields, models

PARTY_KINDS = [
    ("citizen", "Citizens"),
    ("company", "Companies and organisations"),
    ("superior", "Superior agencies"),
    ("elected", "People's Council and deputies"),
    ("partner", "Co-ordinating agencies"),
    ("staff", "Staff"),
    ("provider", "Providers"),
    ("press", "Press and public opinion"),
    ("other", "Others"),
]


class QmsInterestedParty(models.Model):
    """Who affects the services of an agency or is affected by them, and what they expect.

    ISO 9001, 4.2. Everyone of the agency reads the parties, ISO officers keep them.
    """

    _name = "qms.interested.party"
    _description = "Interested party"
    _inherit = ["qms.context.mixin"]
    _order = "kind, sequence, name"
    _context_clause = "4.2"
    _review_field = "party_id"
    _evidence_sequence = 62

    name = fields.Char(required=True, index="trigram", tracking=True)
    kind = fields.Selection(PARTY_KINDS, required=True, default="citizen", tracking=True)
    sequence = fields.Integer(default=10)
    note = fields.Text(string="How they are heard", help="Through which channels, how often.")
    need_ids = fields.One2many(
        "qms.interested.party.need", "party_id", string="Needs and expectations", copy=True
    )
    need_count = fields.Integer(string="Needs", compute="_compute_need_count")
    requirement_count = fields.Integer(string="Requirements", compute="_compute_need_count")
    review_ids = fields.One2many("qms.context.review", "party_id", string="Reviews")
    risk_ids = fields.Many2many("qms.risk", string="Risks and opportunities", check_company=True)

    # === COMPUTE METHODS === #

    @api.depends("need_ids.is_requirement")
    def _compute_need_count(self):
        for party in self:
            party.need_count = len(party.need_ids)
            party.requirement_count = len(party.need_ids.filtered("is_requirement"))

    # === BUSINESS METHODS === #

    def _review_content(self):
        """Name, then one line for each need; requirements are marked."""
        marks = {True: self.env._("requirement"), False: self.env._("expectation")}
        lines = [f"– {need.name} ({marks[need.is_requirement]})" for need in self.need_ids]
        return "\n".join([self.name, *lines])
