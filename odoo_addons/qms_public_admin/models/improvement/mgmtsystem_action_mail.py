from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

# Kind of a mail: what the reminders of an action are told apart by.
SHOWN = 30


class MgmtsystemAction(models.Model):
    """What owners are told by mail: one mail a person for all that is new, through the queue.

    The mails of the base go out one by one while the user waits; its job looks at one day
    alone and writes to owners of cancelled actions. Neither is used.
    """

    _inherit = "mgmtsystem.action"

    # === BUSINESS METHODS - OF THE BASE === #

    def send_mail_for_action(self, force_send=True):
        """Tell the owners of running actions; ``force_send`` is not listened to.

        Asked for by who plans them, and by the verbs: it writes mails.
        """
        self.check_access("read")
        running = self.filtered(lambda action: action.qms_state == "open")
        if not self.env.su and running.filtered(lambda action: not action.qms_may_plan):
            raise AccessError(self.env._("Who plans an action tells its owner."))
        running._mail_owners("new")
        return True

    def get_action_url(self):
        """Return the address of the action."""
        self.ensure_one()
        return f"{self.get_base_url()}/odoo/improvement-actions/{self.id}"

    @api.model
    def process_reminder_queue(self, reminder_days=10):
        """Remind as :meth:`_cron_remind` does; the days are those of the agency."""
        if not self.env.su:
            raise AccessError(self.env._("Reminders are sent by the system."))
        return bool(self._remind())

    # === BUSINESS METHODS === #

    @api.model
    def _cron_remind(self):
        """Remind of actions that end soon or are late, also after nights that were missed."""
        companies = self.env["res.company"].sudo().search(Domain.TRUE)
        companies._qms_each(self._remind, self.env["ir.cron"]._commit_progress)

    @api.model
    def _remind(self, companies=None):
        """Write the mails that are due and remember them; return what is remembered.

        Once for each deadline before it, and once after it has passed. A deadline that was
        moved is reminded of again.
        """
        companies = companies or self.env["res.company"].sudo().search(Domain.TRUE)
        reminders = self.env["qms.action.reminder"]
        for company in companies:
            for kind, actions in self._to_remind(company).items():
                fresh = reminders._not_told(actions, kind)
                fresh._mail_owners(kind)
                reminders |= reminders._remember(fresh, kind)
        return reminders

    @api.model
    def _to_remind(self, company):
        """Return ``{"late": actions, "soon": actions}`` of an agency, as of its own day."""
        model = self.sudo().with_context(tz=company._qms_timezone())
        today = fields.Date.context_today(model)
        horizon = fields.Date.add(today, days=company.qms_action_reminder_days)
        running = Domain("company_id", "=", company.id) & Domain("qms_state", "=", "open")
        running &= Domain("user_id.active", "=", True)
        deadline = "date_deadline"
        soon = Domain(deadline, ">=", today) & Domain(deadline, "<=", horizon)
        return {
            "late": model.search(running & Domain(deadline, "<", today)),
            "soon": model.search(running & soon),
        }

    def _mail_owners(self, kind):
        """Queue one mail to each owner with all of these actions that are theirs."""
        vals_list = [
            actions._prepare_mail(owner, kind)
            for owner, actions in self.sudo().grouped("user_id").items()
            if owner.active and owner.email
        ]
        return self.env["mail.mail"].sudo().create(vals_list)

    def _prepare_mail(self, owner, kind):
        company = self.company_id[:1]
        told = self.with_context(lang=owner.lang).sorted(
            lambda action: (str(action.date_deadline or ""), action.id)
        )
        body = told.env["ir.qweb"]._render(
            "qms_public_admin.qms_action_mail",
            {"kind": kind, "user": owner, "company": company, "actions": told[:SHOWN],
             "more": max(len(told) - SHOWN, 0)},
        )  # fmt: skip
        return {
            "subject": told._mail_subject(kind),
            "body_html": body,
            "email_from": company.email_formatted or self.env.user.email_formatted,
            "recipient_ids": [fields.Command.link(owner.partner_id.id)],
            "auto_delete": True,
        }

    def _mail_subject(self, kind):
        count = len(self)
        if kind == "late":
            return self.env._("%(count)s of your actions are late", count=count)
        if kind == "soon":
            return self.env._("%(count)s of your actions end soon", count=count)
        return self.env._("%(count)s new actions for you", count=count)
