from odoo import api, fields, models
from odoo.fields import Domain

from ...tools import clause_number

EDITION_STATES = [
    ("upcoming", "Not yet published"),
    ("current", "Current"),
    ("superseded", "Being replaced"),
    ("withdrawn", "Withdrawn"),
]


class QmsStandard(models.Model):
    """An edition of a standard, with its own tree of clauses.

    Editions stand side by side: a number means in each what that edition says, so that
    it is never a key across them (10.1 of 2026 is not 10.1 of 2015). Everyone reads
    them, administrators keep them: they bind all agencies of the database. The text of
    a standard is not here, only numbers and short wording of our own.
    """

    _name = "qms.standard"
    _description = "Edition of a standard"
    _order = "family, year desc, id desc"
    _rec_names_search = ["name", "national_name"]

    name = fields.Char(required=True, help="Name with the edition, e.g. ISO 9001:2015.")
    national_name = fields.Char(
        string="National standard",
        help="Name of the national adoption, e.g. TCVN ISO 9001:2015; empty while there is none.",
    )
    family = fields.Char(
        string="Standard", required=True, help="Without the edition, e.g. ISO 9001."
    )
    year = fields.Integer(required=True, aggregator=None)
    valid_from = fields.Date(string="Published on", required=True)
    valid_to = fields.Date(
        string="Valid until", help="Last day; empty as long as it was not withdrawn."
    )
    state = fields.Selection(EDITION_STATES, compute="_compute_state", search="_search_state")
    is_provisional = fields.Boolean(
        string="Provisional",
        help="The clauses come from publications about the edition, not from its text; they "
        "have to be compared with it.",
    )
    note = fields.Text(translate=True, help="What is known, and from where.")
    clause_ids = fields.One2many("qms.standard.clause", "standard_id", string="Clauses")
    clause_count = fields.Integer(compute="_compute_clause_count")
    active = fields.Boolean(default=True)

    _edition_unique = models.UniqueIndex("(family, year)", "This edition exists already.")
    _validity = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_to >= valid_from)",
        "An edition is not withdrawn before it was published.",
    )

    # === COMPUTE METHODS === #

    @api.depends("family", "year", "valid_from", "valid_to")
    def _compute_state(self):
        for state, _label in EDITION_STATES:
            self.filtered_domain(self._state_domain(state)).state = state
        self.filtered(lambda edition: not edition.state).state = False

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._state_domain(state) for state in value if state)

    @api.depends("clause_ids")
    def _compute_clause_count(self):
        counts = dict(
            self.env["qms.standard.clause"]._read_group(
                [("standard_id", "in", self.ids)], ["standard_id"], ["__count"]
            )
        )
        for edition in self:
            edition.clause_count = counts.get(edition, 0)

    # === ACTIONS === #

    def action_view_clauses(self):
        """Open the clauses of this edition."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_standard_clause_action"
        )
        return {
            **action,
            "domain": [("standard_id", "=", self.id)],
            "context": {"default_standard_id": self.id},
        }

    def action_view_map(self):
        """Open what became of the clauses before, and what becomes of these."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_standard_map_action"
        )
        domain = ["|", ("from_standard_id", "=", self.id), ("to_standard_id", "=", self.id)]
        return {**action, "domain": domain, "context": {"search_default_group_to": 1}}

    # === BUSINESS METHODS === #

    @api.model
    def _state_domain(self, state):
        """Return the domain of the editions in a state today."""
        today = fields.Date.context_today(self)
        published = Domain("valid_from", "<=", today)
        withdrawn = Domain("valid_to", "<", today)
        superseded = Domain("id", "in", self._superseded_ids(today))
        return {
            "upcoming": ~published,
            "withdrawn": published & withdrawn,
            "superseded": published & ~withdrawn & superseded,
            "current": published & ~withdrawn & ~superseded,
        }.get(state, Domain.FALSE)

    @api.model
    def _superseded_ids(self, today):
        """Return the ids of the editions that a later published one follows."""
        newest = dict(self._read_group([("valid_from", "<=", today)], ["family"], ["year:max"]))
        editions = self.search_fetch([("valid_from", "<=", today)], ["family", "year"])
        return [edition.id for edition in editions if edition.year < newest[edition.family]]

    def _paper_name(self):
        """Return the name of the edition as papers print it: that of the national standard."""
        return self.national_name or self.name or ""

    def _unmapped_clauses(self, target):
        """Return the clauses of this edition and of ``target`` the map says nothing of.

        :rtype: tuple of two recordsets
        """
        self.ensure_one()
        rows = self.env["qms.standard.map"].search(
            [("from_standard_id", "=", self.id), ("to_standard_id", "=", target.id)]
        )
        return self.clause_ids - rows.from_clause_id, target.clause_ids - rows.to_clause_id

    def _link_clauses(self):
        """Hang each clause under the nearest number above it that the edition has."""
        for edition in self:
            by_number = {clause.number: clause for clause in edition.clause_ids}
            none = self.env["qms.standard.clause"]
            for clause in edition.clause_ids:
                above = clause_number.ancestors(clause.number)
                parent = next((by_number[no] for no in above if no in by_number), none)
                if clause.parent_id != parent:
                    clause._place_under(parent)
