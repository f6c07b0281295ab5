import datetime

from odoo import api, fields, models


class QmsYearlyAct(models.Model):
    """The year of the whole quality management system on one page, for the leader."""

    _inherit = "qms.yearly.act"

    # === BUSINESS METHODS === #

    @api.model
    def _qms_year_board(self, year):
        """Return a row for each act and agency, with its records and what is still due.

        An act that is done whenever it arises has no row until it arises: the note names it.
        """
        companies = self.env.companies
        acts = self._of(companies)
        today = fields.Date.context_today(self)
        several = len(companies) > 1
        rows, shown, idle = [], self.browse(), self.browse()
        for company in companies:
            for act in acts.filtered(lambda act, company=company: act._concerns(company)):
                bars = act._board_bars(act._bars(company, year), company, year, today)
                if not bars and act.rule == "rolling":
                    idle |= act
                    continue
                shown |= act
                rows.append(
                    {
                        "label": act._board_label(),
                        "group": company.name if several else "",
                        "bars": bars,
                    }
                )
        return {
            "rows": rows,
            "note": self._board_note(idle - shown),
            "help": self.env._(
                "No yearly act is kept. An administrator adds them under Configuration."
            ),
        }

    @api.model
    def _board_note(self, idle):
        """Name the acts without a row, so that nobody misses them on the page."""
        if not idle:
            return ""
        names = "; ".join(act._board_label() for act in idle)
        return self.env._("Whenever it arises, nothing so far: %(names)s.", names=names)

    def _board_label(self):
        return f"{self.name} ({self.code})" if self.code else self.name

    def _board_bars(self, bars, company, year, today):
        """Return the bars as the screen takes them; one for what is not done by its day."""
        self.ensure_one()
        shown = [
            {
                "from": bar.date_from.isoformat(),
                "to": bar.date_to.isoformat(),
                "label": bar.label,
                "state": bar.state,
                "model": bar.record._name,
                "id": bar.record.id,
            }
            for bar in bars
        ]
        due = self._due_on(year)
        standing = self._standing(company, year, today, bars)
        if due and standing != "done":
            first = due - datetime.timedelta(days=max(self.remind_days, 14))
            shown.append(
                {
                    "from": max(first, datetime.date(year, 1, 1)).isoformat(),
                    "to": due.isoformat(),
                    "label": self.env._("by %(day)s", day=due.strftime("%d/%m")),
                    "state": standing,
                    "model": self._name,
                    "id": self.id,
                }
            )
        return sorted(shown, key=lambda bar: (bar["from"], bar["id"]))
