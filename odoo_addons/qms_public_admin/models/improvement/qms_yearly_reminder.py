from odoo import api, fields, models

ACTIVITY_TYPE = "qms_public_admin.mail_activity_yearly_act"
KINDS = [("due", "Due soon"), ("late", "Late")]


class QmsYearlyReminder(models.Model):
    """That the ISO officers of an agency were told of an act, once soon and once late.

    Written by the nightly job alone, so that nobody is told twice (a night that was missed
    is made up for by the next one).
    """

    _name = "qms.yearly.reminder"
    _description = "Reminder of a yearly act"
    _inherit = ["qms.fact.mixin"]
    _order = "id desc"
    _rec_name = "act_id"

    act_id = fields.Many2one(
        "qms.yearly.act", required=True, readonly=True, index=True,
        ondelete="cascade",
    )  # fmt: skip
    company_id = fields.Many2one(
        "res.company", string="Agency", required=True, readonly=True, index=True,
        ondelete="cascade",
    )  # fmt: skip
    year = fields.Integer(required=True, readonly=True, aggregator=None)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    told_at = fields.Datetime(string="Told on", required=True, readonly=True)

    _once = models.Constraint(
        "UNIQUE(act_id, company_id, year, kind)", "The agency was told of this act."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _cron_remind(self):
        """Tell the ISO officers of each agency what is due soon or late."""
        self._remind_all(self.env["ir.cron"]._commit_progress)

    @api.model
    def _remind_all(self, commit):
        agencies = self.env["qms.agency"].sudo().search([("company_id", "!=", False)])
        agencies.company_id._qms_each(self._remind_company, commit)

    @api.model
    def _remind_company(self, company):
        """Give and end the tasks of one agency for this year and the one before."""
        local = self.sudo().with_context(
            tz=company._qms_timezone(), allowed_company_ids=company.ids
        )
        acts = local.env["qms.yearly.act"]
        today = fields.Date.context_today(local)
        found = [
            (act, year, act._standing(company, year, today))
            for year in (today.year - 1, today.year)
            for act in acts._of(company)
            if act.rule == "day" and act._is_asked(company, year)
        ]
        known = {
            (row.act_id, row.year, row.kind)
            for row in local.search([("company_id", "=", company.id)])
        }
        new = [
            (act, year, kind)
            for act, year, kind in found
            if kind in ("due", "late") and (act, year, kind) not in known
        ]
        local._note(company, new)
        for act, year, kind in new:
            local._tell(act, company, year, kind)
        done = [act for act, _year, kind in found if kind == "done"]
        local._end(acts.union(*done), company)

    def _note(self, company, told):
        self._record(
            [
                {
                    "act_id": act.id,
                    "company_id": company.id,
                    "year": year,
                    "kind": kind,
                    "told_at": fields.Datetime.now(),
                }
                for act, year, kind in told
            ]
        )

    def _tell(self, act, company, year, kind):
        """Put the act before one ISO officer of the agency."""
        officer = company._qms_officers().sorted("id")[:1]
        if not officer:
            return
        words = act.with_context(lang=officer.lang)
        labels = dict(self.with_context(lang=officer.lang)._fields["kind"]._description_selection(
            words.env
        ))  # fmt: skip
        act.activity_unlink([ACTIVITY_TYPE], user_id=officer.id)
        act.with_context(mail_activity_quick_update=True).activity_schedule(
            ACTIVITY_TYPE,
            date_deadline=act._due_on(year),
            summary=f"{labels[kind]}: {words.name} {year} ({company.name})",
            note=words.note or "",
            user_id=officer.id,
        )

    def _end(self, acts, company):
        """Take away the tasks of what is done meanwhile."""
        for officer in company._qms_officers():
            acts.activity_unlink([ACTIVITY_TYPE], user_id=officer.id)
