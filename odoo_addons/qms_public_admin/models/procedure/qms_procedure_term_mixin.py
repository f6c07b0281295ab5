from odoo import api, fields, models

from ...const import DURATION_KINDS
from ...tools import process_check, time_text

TIME_ISSUES = [
    ("missing", "No time given"),
    ("missing_unit", "Number without a unit"),
    ("ambiguous_day", "Working or calendar day?"),
    ("ambiguous_hour", "Working hours or hours of the clock?"),
    ("mixed_units", "Units contradict each other"),
    ("several_values", "Several times in one text"),
    ("several_totals", "Several totals printed"),
    ("unparsed", "Text without a time"),
]


class QmsProcedureTermMixin(models.AbstractModel):
    """A place where a time limit is stated: a version, a case or a channel.

    Hours are working hours of the agency's day (8 = one day), 0 means that this
    place states nothing and the more general one applies. What was printed stays
    in ``time_text``; ``time_issue`` says why nobody can read it for certain. It goes
    away when a person sets the time, because then somebody has decided.
    """

    _name = "qms.procedure.term.mixin"
    _description = "Stated time limit"
    _term_fields = ("legal_hours", "committed_hours", "duration_kind", "has_due")

    legal_hours = fields.Float(
        string="Legal limit (hours)",
        help="Limit by law in hours; 8 hours are one day. 0: not stated here.",
    )
    committed_hours = fields.Float(
        string="Committed limit (hours)",
        help="The shorter limit the agency promises, by which on time and late are judged. "
        "0: the legal limit is the promise.",
    )
    duration_kind = fields.Selection(
        DURATION_KINDS, string="Counted in", default="working", required=True
    )
    has_due = fields.Boolean(
        string="Has a time limit",
        default=True,
        help="Not set: the rules give no time limit, the dossier is never late.",
    )
    time_text = fields.Char(string="Time as printed")
    time_issue = fields.Selection(TIME_ISSUES, string="Doubt about the time")

    _hours_not_negative = models.Constraint(
        "CHECK(legal_hours >= 0 AND committed_hours >= 0)", "A time limit cannot be negative."
    )

    # === CRUD METHODS === #

    def write(self, vals):
        if "time_issue" not in vals and set(self._term_fields) & vals.keys():
            vals = {**vals, "time_issue": False}
        return super().write(vals)

    # === ONCHANGE METHODS === #

    @api.onchange("time_text")
    def _onchange_time_text(self):
        if self.time_text:
            self.update(self._term_values(self.time_text))

    # === BUSINESS METHODS === #

    @api.model
    def _term_values(self, text, hours_per_day=8.0):
        """Return field values for a printed time limit by law."""
        return self._parsed_term_values(time_text.parse(text, hours_per_day))

    @api.model
    def _parsed_term_values(self, parsed):
        return {
            "legal_hours": parsed.hours or 0.0,
            "duration_kind": parsed.kind or "working",
            "has_due": "not_specified" not in parsed.issues,
            "time_issue": parsed.blocking_issues[0] if parsed.blocking_issues else False,
        }

    def _as_term(self):
        """Return this statement for the checking kernel."""
        self.ensure_one()
        return process_check.Term(
            legal_hours=self.legal_hours,
            committed_hours=self.committed_hours,
            duration_kind=self.duration_kind,
            has_due=self.has_due,
            issues=(self.time_issue,) if self.time_issue else (),
        )
