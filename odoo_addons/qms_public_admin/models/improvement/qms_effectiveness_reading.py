from odoo import api, fields, models

from .qms_effectiveness_check import FIGURE, SHOWN

VERDICT_LABELS = [
    ("effective", "Effective"),
    ("not_effective", "Not effective"),
    ("extend", "Looked at longer"),
]


class QmsEffectivenessReading(models.Model):
    """What was counted after an action, each time it was counted, and what was said. A fact.

    A verdict that is put off keeps the figures it was put off on.
    """

    _name = "qms.effectiveness.reading"
    _description = "Reading of effectiveness"
    _inherit = ["qms.fact.mixin"]
    _order = "id desc"

    check_id = fields.Many2one(
        "qms.effectiveness.check", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    at = fields.Datetime(string="Counted at", required=True, readonly=True)
    until = fields.Date(required=True, readonly=True)
    part = fields.Float(readonly=True, aggregator=None)
    whole = fields.Float(readonly=True, aggregator=None)
    squares = fields.Float(readonly=True, aggregator=None)
    text = fields.Char(string="After", readonly=True)
    shown = fields.Selection(SHOWN, string="What the figures show", readonly=True)
    verdict = fields.Selection(VERDICT_LABELS, readonly=True)
    words = fields.Text(string="Reason", readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    user_name = fields.Char(string="Verdict by", readonly=True)

    # === BUSINESS METHODS === #

    @api.model
    def _note(self, check, until):
        """Record what the check shows now; what shows the same as the last one is no news."""
        last = self.search([("check_id", "=", check.id)], limit=1)
        figures = {name: check[f"after_{name}"] for name in FIGURE}
        if last.until == until and not last.verdict and last._shows(figures):
            return last
        return self._record(
            [
                {
                    "check_id": check.id,
                    "company_id": check.company_id.id,
                    "at": fields.Datetime.now(),
                    "until": until,
                    "text": check.after_text,
                    "shown": check.shown,
                    **figures,
                }
            ]
        )

    def _shows(self, figures):
        return all(self[name] == value for name, value in figures.items())

    def _note_verdict(self, verdict, words):
        """Record what a person said of this reading."""
        return self._complete(
            {
                "verdict": verdict,
                "words": words,
                "user_id": self.env.uid,
                "user_name": self.env.user.name,
            }
        )
