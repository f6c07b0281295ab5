import datetime

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...tools import event_chain

_WRITER = object()


class QmsEventAnchor(models.Model):
    """One hash over all chains of a day, printed or sent out of the house.

    Who rewrites a chain together with its remembered head still cannot change
    the anchor that hangs on the wall. Anchors are chained day by day.
    """

    _name = "qms.event.anchor"
    _description = "Day anchor of the event log"
    _order = "date desc, id desc"
    _rec_name = "date"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    date = fields.Date(required=True, readonly=True)
    date_from = fields.Datetime(required=True, readonly=True)
    date_to = fields.Datetime(required=True, readonly=True)
    event_count = fields.Integer(string="Events", readonly=True)
    chain_count = fields.Integer(string="Records", readonly=True)
    previous_hash = fields.Char(readonly=True)
    hash = fields.Char(string="Anchor", required=True, readonly=True)

    _company_date_unique = models.Constraint(
        "UNIQUE(company_id, date)", "A day has one anchor only."
    )

    # === COMPUTE METHODS === #

    @api.depends("date")
    def _compute_display_name(self):
        for anchor in self:
            anchor.display_name = self.env._(
                "Anchor of %(date)s", date=fields.Date.to_string(anchor.date)
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("_qms_anchor") is not _WRITER:
            self._refuse()
        return super().create(vals_list)

    def write(self, vals):
        self._refuse()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_nothing(self):
        self._refuse()

    def _refuse(self):
        raise AccessError(
            self.env._("Day anchors are written by the system alone and never changed.")
        )

    # === ACTIONS === #

    def action_verify(self):
        """Compute the anchors again from the log and show what differs."""
        self.check_access("read")
        verification = self.env["qms.event.verification"]._verify_anchors(self)
        return verification._action_open()

    # === BUSINESS METHODS === #

    @api.model
    def _cron_anchor_days(self):
        """Anchor each finished day that has none yet, company by company."""
        for company in self.env["res.company"].sudo().search([("active", "=", True)]):
            self._anchor_company(company)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _anchor_company(self, company):
        """Create the missing anchors of one company up to yesterday."""
        timezone = pytz.timezone(company._qms_timezone())
        today = pytz.utc.localize(fields.Datetime.now()).astimezone(timezone).date()
        last = self.sudo().search([("company_id", "=", company.id)], limit=1)
        day = (
            last.date + datetime.timedelta(days=1)
            if last
            else self._first_event_day(company, timezone)
        )
        previous = last.hash or ""
        vals_list = []
        while day and day < today:
            vals = self._prepare_anchor(company, timezone, day, previous)
            previous = vals["hash"]
            vals_list.append(vals)
            day += datetime.timedelta(days=1)
        return self.sudo().with_context(_qms_anchor=_WRITER).create(vals_list)

    @api.model
    def _first_event_day(self, company, timezone):
        first = min(
            (
                row[0]
                for model in self._event_models()
                for row in self.env.execute_query(
                    SQL(
                        "SELECT MIN(recorded_at) FROM %s WHERE company_id = %s",
                        SQL.identifier(self.env[model]._table),
                        company.id,
                    )
                )
                if row[0]
            ),
            default=None,
        )
        return first and pytz.utc.localize(first).astimezone(timezone).date()

    @api.model
    def _prepare_anchor(self, company, timezone, day, previous):
        start, end = (
            timezone.localize(datetime.datetime.combine(moment, datetime.time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for moment in (day, day + datetime.timedelta(days=1))
        )
        event_count, digests = self._day_digests(company, start, end)
        return {
            "company_id": company.id,
            "date": day,
            "date_from": start,
            "date_to": end,
            "event_count": event_count,
            "chain_count": len(digests),
            "previous_hash": previous,
            "hash": event_chain.combine([previous, *digests]),
        }

    @api.model
    def _day_digests(self, company, start, end):
        """Return the number of events of a day and one digest for each chain."""
        total, digests = 0, []
        for model in self._event_models():
            events = self.env[model]
            rows = self.env.execute_query(
                SQL(
                    """SELECT %(chain)s, COUNT(*), string_agg(hash, ',' ORDER BY sequence, id)
                         FROM %(table)s
                        WHERE company_id = %(company)s
                          AND recorded_at >= %(start)s AND recorded_at < %(end)s
                     GROUP BY %(chain)s ORDER BY %(chain)s""",
                    chain=SQL.identifier(events._chain_field),
                    table=SQL.identifier(events._table),
                    company=company.id,
                    start=start,
                    end=end,
                )
            )
            for chain_id, count, hashes in rows:
                total += count
                digests.append(f"{model},{chain_id}:{event_chain.combine([hashes])}")
        return total, digests

    @api.model
    def _event_models(self):
        """Names of the concrete event logs that belong to a company."""
        return sorted(
            name
            for name, model in self.env.items()
            if not model._abstract and getattr(model, "_chain_field", None)
        )

    def _recomputed_hash(self):
        """Return the hash this day gives now."""
        self.ensure_one()
        _count, digests = self._day_digests(self.company_id, self.date_from, self.date_to)
        return event_chain.combine([self.previous_hash or "", *digests])
