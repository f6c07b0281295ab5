from odoo import fields, models

ORIGINS = [("external", "External"), ("internal", "Internal")]
TOPICS = [
    ("law", "Law and policy"),
    ("economy", "Economy and budget"),
    ("society", "Society and population"),
    ("technology", "Technology and digital change"),
    ("climate", "Environment and climate"),
    ("organisation", "Organisation and merging of units"),
    ("people", "People and competence"),
    ("means", "Premises and equipment"),
    ("culture", "Conduct and culture of quality"),
    ("other", "Other"),
]
EFFECTS = [("favourable", "Favourable"), ("adverse", "Adverse"), ("both", "Both")]


class QmsContextIssue(models.Model):
    """An internal or external matter that bears on what the system is to achieve.

    ISO 9001, 4.1. Whether climate change matters has to be determined (Amendment 1 of 2024):
    where it does not, an issue says so with the reason. Everyone of the agency reads the
    issues, ISO officers keep them.
    """

    _name = "qms.context.issue"
    _description = "Issue of the context"
    _inherit = ["qms.context.mixin"]
    _order = "origin, sequence, name"
    _context_clause = "4.1"
    _review_field = "issue_id"
    _evidence_sequence = 60

    name = fields.Char(string="Matter", required=True, index="trigram", tracking=True)
    sequence = fields.Integer(default=10)
    origin = fields.Selection(ORIGINS, required=True, default="external", tracking=True)
    topic = fields.Selection(TOPICS, required=True, default="law", tracking=True)
    effect = fields.Selection(EFFECTS, string="Bearing", default="adverse", tracking=True)
    is_relevant = fields.Boolean(
        string="Relevant",
        default=True,
        tracking=True,
        help="Untick when it was considered and does not matter; say why below.",
    )
    description = fields.Text(help="What it is, and what it means for the services.")
    follow_up = fields.Text(string="How it is followed", help="Source of information, how often.")
    department_ids = fields.Many2many("hr.department", string="Units", check_company=True)
    legal_document_ids = fields.Many2many(
        "qms.legal.document", string="Legal documents", check_company=True
    )
    review_ids = fields.One2many("qms.context.review", "issue_id", string="Reviews")
    risk_ids = fields.Many2many("qms.risk", string="Risks and opportunities", check_company=True)

    _irrelevant_is_explained = models.Constraint(
        "CHECK(COALESCE(is_relevant, FALSE) OR length(trim(COALESCE(description, ''))) > 0)",
        "Say why the issue does not matter.",
    )

    # === BUSINESS METHODS === #

    def _review_content(self):
        return "\n".join(filter(None, (self.name, self.description)))
