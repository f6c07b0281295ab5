import datetime

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools import yearly
from .qms_yearly_act import Bar
from .qms_yearly_act_proofs import SOON_DAYS

#: Working days after the signature of a publication decision (TT 26/2014, art. 4.3).
WEBSITE_DAYS = 5
#: Days in which that many working days are found, holidays and all.
LONGEST = 31
#: Lines of a decision after which there is nothing to put on the website.
NOT_LISTED = ("abolished",)


class QmsYearlyAct(models.Model):
    """The list of procedures on the website follows the publication decisions (ISO-05)."""

    _inherit = "qms.yearly.act"

    @api.model
    def _proof_labels(self):
        return {
            **super()._proof_labels(),
            "website": self.env._("Postings of published procedures on the website"),
        }

    def _proof_website(self, companies, year):
        """One bar for each publication decision of the year, until all of it is posted.

        A mark of the ISO officer stands for the postings of the decisions signed until then.
        """
        lines = self._published_lines(companies, year)
        posted = self._website_days(lines.procedure_id)
        marks = self.env["qms.yearly.mark"]._bars_of(self, companies, year)
        marked = {mark.company_id: mark.date_to for mark in marks}
        today = fields.Date.context_today(self)
        groups = lines.grouped(
            lambda line: (line.procedure_id.company_id, line.decision_no, line.decision_date)
        )
        bars = []
        for (company, number, signed), rows in groups.items():
            due = self._working_days_later(company, signed, WEBSITE_DAYS)
            hand = marked.get(company.id)
            days = [posted.get(row.procedure_id) or hand for row in rows]
            is_done = all(day and max(day, hand or day) >= signed for day in days)
            state = yearly.standing(today, due, is_done, SOON_DAYS)
            label = number or self.env._("Publication decision")
            bars.append(Bar(company.id, signed, due, label, state, rows[0], is_done))
        return bars

    @api.model
    def _published_lines(self, companies, year):
        """Return the lines of decisions signed in a year about procedures of the agencies."""
        lines = self.env["qms.procedure.publication"]
        return lines.search(
            Domain("procedure_id.company_id", "in", companies.ids)
            & Domain("decision_date", ">=", datetime.date(year, 1, 1))
            & Domain("decision_date", "<=", datetime.date(year, 12, 31))
            & Domain("action", "not in", NOT_LISTED),
            order="decision_date, id",
        )

    @api.model
    def _website_days(self, procedures):
        """Return the last day each procedure was posted on a website."""
        groups = self.env["qms.posting"]._read_group(
            [("procedure_id", "in", procedures.ids), ("place_kind", "=", "website")],
            ["procedure_id"],
            ["posted_on:max"],
        )
        return dict(groups)

    @api.model
    def _working_days_later(self, company, day, count):
        working = company._qms_working_time()
        days = (day + datetime.timedelta(days=ahead) for ahead in range(1, LONGEST + 1))
        opened = [one for one in days if working.is_open_day(one)]
        return opened[count - 1] if len(opened) >= count else day + datetime.timedelta(count)
