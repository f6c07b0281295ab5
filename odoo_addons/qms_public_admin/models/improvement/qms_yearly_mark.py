from odoo import api, fields, models

from .qms_yearly_act import Bar


class QmsYearlyMark(models.Model):
    """That an act was done, where no record of the system shows it: day, paper, who says so.

    Written by ISO officers; a fact (INV-07). A mistake is taken back by a further row.
    """

    _name = "qms.yearly.mark"
    _description = "Yearly act marked as done"
    _inherit = ["qms.fact.mixin"]
    _order = "year desc, id desc"
    _rec_name = "words"

    act_id = fields.Many2one(
        "qms.yearly.act", required=True, readonly=True, index=True,
        ondelete="restrict",
    )  # fmt: skip
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    year = fields.Integer(required=True, readonly=True, aggregator=None)
    kind = fields.Selection(
        [("done", "Act done"), ("revoked", "Taken back")], required=True, readonly=True
    )
    done_on = fields.Date(string="Done on", required=True, readonly=True)
    words = fields.Text(string="Paper or proof", required=True, readonly=True)
    marked_at = fields.Datetime(string="Entered", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Entered by (user)", readonly=True, ondelete="restrict"
    )
    user_name = fields.Char(string="Entered by", required=True, readonly=True)

    # === BUSINESS METHODS === #

    @api.model
    def _mark(self, act, company, year, kind, done_on, words):
        """Record the mark; the caller has checked who does so."""
        return self._record(
            [
                {
                    "act_id": act.id,
                    "company_id": company.id,
                    "year": year,
                    "kind": kind,
                    "done_on": done_on,
                    "words": words,
                    "marked_at": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "user_name": self.env.user.name,
                }
            ]
        )

    @api.model
    def _bars_of(self, act, companies, year):
        """Return the marks that hold: the last one of an agency, unless it takes one back."""
        rows = self.search(
            [("act_id", "=", act.id), ("company_id", "in", companies.ids), ("year", "=", year)],
            order="id",
        )
        last = {row.company_id.id: row for row in rows}
        return [
            Bar(company_id, row.done_on, row.done_on, row.words, "done", row, True)
            for company_id, row in last.items()
            if row.kind == "done"
        ]
