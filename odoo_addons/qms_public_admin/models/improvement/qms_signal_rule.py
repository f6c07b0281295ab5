from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.measure import limit_text
from .improvement_texts import GRADES

RULE_KINDS = [
    ("measure", "A measure beyond its limit"),
    ("law_change", "A change of the law that is overdue"),
    ("objective", "A missed objective"),
    ("action", "An overdue action"),
]
RULE_GROUPS = [
    ("procedure_id", "Each procedure"),
    ("department_id", "Each unit"),
    ("company_id", "The whole agency"),
]
COPIED = (
    "name", "sequence", "kind", "measure_key", "group", "limit", "limit_days", "window_days",
    "min_cases", "severity", "snooze_days", "note",
)  # fmt: skip


class QmsSignalRule(models.Model):
    """What the nightly job looks for, and from when on it proposes a nonconformity.

    Rules without an agency are shipped and shared by all; only an ISO officer allowed in
    every agency changes them. An agency adjusts one by a rule of its own, which takes the
    place of the shared one, switched off too. A measure gives a signal only where its
    interval lies beyond the limit: on few cases nothing is said.
    """

    _name = "qms.signal.rule"
    _description = "Signal rule"
    _inherit = ["qms.placement.mixin"]
    _order = "sequence, id"
    _shared_is_for_all = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    parent_id = fields.Many2one(
        "qms.signal.rule",
        string="Takes the place of",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', '=', False)]",
        help="The shared rule that this one replaces in the agency.",
    )
    kind = fields.Selection(RULE_KINDS, string="Looks for", required=True, default="measure")
    measure_key = fields.Selection(
        lambda self: self.env["qms.measure"]._measure_selection(), string="Measure"
    )
    measure_kind = fields.Char(compute="_compute_measure")
    better = fields.Char(compute="_compute_measure")
    group = fields.Selection(
        RULE_GROUPS, string="Looked at by", required=True, default="procedure_id"
    )
    limit = fields.Float(
        string="Threshold",
        help="Of a share between 0 and 1. The whole interval has to lie beyond it.",
        aggregator=None,
    )
    limit_days = fields.Integer(
        string="Days overdue", help="From how many days past its day on.", aggregator=None
    )
    window_days = fields.Integer(
        string="Window (days)",
        default=90,
        required=True,
        aggregator=None,
        help="What happened in this many days before today is counted.",
    )
    min_cases = fields.Integer(
        string="At least cases",
        default=20,
        required=True,
        aggregator=None,
        help="On fewer cases nothing is proposed, whatever the figure.",
    )
    severity = fields.Selection(GRADES, string="Grade", required=True, default="minor")
    snooze_days = fields.Integer(
        string="Quiet after a dismissal (days)",
        default=90,
        required=True,
        aggregator=None,
        help="At least as long as the window: what was dismissed is not proposed again on the "
        "same cases.",
    )
    note = fields.Text(translate=True, help="Why it matters.")
    limit_text = fields.Char(string="Threshold (as text)", compute="_compute_limit_text")
    is_replaced = fields.Boolean(
        string="Replaced", compute="_compute_is_replaced", help="By a rule of your agency."
    )

    _ranges = models.Constraint(
        "CHECK(window_days BETWEEN 1 AND 730 AND min_cases BETWEEN 1 AND 100000"
        " AND snooze_days BETWEEN 1 AND 730 AND limit_days BETWEEN 0 AND 730)",
        "Window, cases and days are positive, and at most two years.",
    )
    _measured = models.Constraint(
        "CHECK(kind <> 'measure' OR measure_key IS NOT NULL)", "Choose the measure."
    )
    _own_replaces = models.Constraint(
        "CHECK(parent_id IS NULL OR company_id IS NOT NULL)",
        "Only the rule of an agency takes the place of a shared one.",
    )
    _one_replacement = models.UniqueIndex(
        "(company_id, parent_id) WHERE parent_id IS NOT NULL",
        "The agency has a rule of its own in the place of this one already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("measure_key", "kind")
    def _compute_measure(self):
        measures = self.env["qms.measure"]._measures()
        for rule in self:
            measure = measures.get(rule.measure_key) if rule.kind == "measure" else None
            rule.measure_kind = measure.kind if measure else ""
            rule.better = measure.better if measure else ""

    @api.depends("limit", "limit_days", "measure_key", "kind")
    @api.depends_context("lang")
    def _compute_limit_text(self):
        for rule in self:
            rule.limit_text = rule._limit_words()

    @api.depends_context("company", "allowed_company_ids")
    def _compute_is_replaced(self):
        own = self.with_context(active_test=False).search(
            [("parent_id", "in", self.ids), ("company_id", "=", self.env.company.id)]
        )
        for rule in self:
            rule.is_replaced = rule._origin in own.parent_id

    # === CONSTRAINT METHODS === #

    @api.constrains("kind", "measure_key", "limit")
    def _check_limit(self):
        for rule in self.filtered(lambda rule: rule.kind == "measure"):
            measure = self.env["qms.measure"]._measure(rule.measure_key)
            if measure.is_as_of:
                raise ValidationError(
                    self.env._("Signals are about what happened, not about how things stand.")
                )
            if rule.limit < 0 or (measure.kind == "share" and rule.limit > 1):
                raise ValidationError(self.env._("A share lies between 0 and 100 per cent."))

    @api.constrains("parent_id", "kind", "measure_key", "group")
    def _check_parent(self):
        for rule in self:
            parent = rule.parent_id.sudo()
            if not parent:
                continue
            names = ("kind", "measure_key", "group")
            if parent.company_id or any(rule[name] != parent[name] for name in names):
                raise ValidationError(
                    self.env._(
                        "A rule that takes the place of a shared one looks for the same, with "
                        "limits of its own."
                    )
                )

    # === ACTIONS === #

    def action_adjust(self):
        """Make a rule of the current agency that takes the place of this shared one."""
        self.ensure_one()
        if self.company_id:
            raise UserError(self.env._("This rule is the agency's own already."))
        own = self.with_context(active_test=False).search(
            [("parent_id", "=", self.id), ("company_id", "=", self.env.company.id)]
        )
        if not own:
            vals = {name: self[name] for name in COPIED}
            own = self.create({**vals, "parent_id": self.id, "company_id": self.env.company.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": own.id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _in_force(self, companies):
        """Return ``[(rule, agencies it holds for)]``: own rules stand before shared ones."""
        everything = self.sudo().with_context(active_test=False)
        own = everything.search([("company_id", "in", companies.ids)])
        shared = everything.search([("company_id", "=", False), ("active", "=", True)])
        pairs = [(rule, rule.company_id) for rule in own if rule.active]
        for rule in shared:
            replaced = own.filtered(lambda one, rule=rule: one.parent_id == rule).company_id
            if companies - replaced:
                pairs.append((rule, companies - replaced))
        return pairs

    def _root(self):
        """Return the rule by which signals are known, whoever adjusted it."""
        return self.parent_id or self

    def _limit_words(self):
        lang = self.env.lang or "en_US"
        if self.kind != "measure" or not self.measure_key:
            if self.kind == "objective":
                return ""
            return self.env._("%(days)s days overdue", days=self.limit_days)
        measure = self.env["qms.measure"]._measure(self.measure_key)
        sign = "<" if measure.better == "up" else ">"
        return f"{sign} {limit_text(measure.kind, self.limit, lang)}"
