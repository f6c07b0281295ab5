from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from ...const import RUNNING_STATES
from ...tools.outcome import timeliness

GROUP_HEAD = "qms_public_admin.group_qms_head"
GROUP_LEADER = "qms_public_admin.group_qms_leader"
SHOWN = 15  # steps listed in one mail; the rest is a number with a link


class QmsDigest(models.Model):
    """The morning mail to a head: what is late, due today and due soon, by unit.

    One mail a head and day, in the reader's language, with numbers and codes but no
    name of an applicant. A row is kept of each mail, so that a job that runs twice sends
    once. Officers read the rows of their agencies; nobody writes them.
    """

    _name = "qms.digest"
    _description = "Digest sent"
    _inherit = ["qms.fact.mixin"]
    _order = "date desc, id desc"
    _rec_name = "date"

    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(
        "res.company", string="Agency", required=True, readonly=True, index=True
    )
    date = fields.Date(required=True, readonly=True)
    late_count = fields.Integer(string="Late", readonly=True)
    today_count = fields.Integer(string="Due today", readonly=True)
    soon_count = fields.Integer(string="Due soon", readonly=True)

    _once_a_day = models.Constraint("UNIQUE(user_id, date)", "One digest a person and day.")

    # === BUSINESS METHODS === #

    @api.model
    def _cron_send(self):
        """Send the mails of this morning; a night missed is not made up for."""
        self._send(self.env["ir.cron"]._commit_progress)

    @api.model
    def _send(self, commit):
        """Write the mails of all agencies that want them; the mail queue sends them.

        :param commit: called after each agency; returns the seconds left
        """
        companies = self.env["res.company"].sudo().search([("qms_digest", "=", True)])
        heads = self.env.ref(GROUP_HEAD).sudo().all_user_ids.filtered("email")
        by_company = heads.filtered(lambda user: user.active and user.company_id in companies)
        by_company = by_company.grouped("company_id")
        commit(remaining=len(by_company))
        for users in by_company.values():
            self._send_to(users)
            if not commit(1):
                break

    @api.model
    def _send_to(self, users):
        """Write the mails of heads of one agency; return the rows kept of them."""
        now = fields.Datetime.now()
        today = self._local(now, users.company_id).date()
        self.env.cr.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x514D53, users.company_id.id])
        told = self.sudo().search([("user_id", "in", users.ids), ("date", "=", today)]).user_id
        wanted = users - told
        companies = wanted.company_ids.filtered("qms_digest")
        entries = self._entries(companies, now)
        changes = self._late_changes(companies, today)
        leaders = self.env.ref(GROUP_LEADER).sudo().all_user_ids
        mails, rows = [], []
        for user, own in self._split(entries, wanted):
            late = changes if user in leaders else changes.browse()
            late = late.filtered(lambda change, u=user: change.company_id in u.company_ids)
            if own or late:
                rows.append({**self._counts(own), "user_id": user.id, "date": today})
                rows[-1]["company_id"] = user.company_id.id
                mails.append(self._prepare_mail(user, own, today, late))
        self.env["mail.mail"].sudo().create(mails)
        return self._record(rows)

    @api.model
    def _local(self, moment, company):
        zone = ZoneInfo(company._qms_timezone())
        return moment.replace(tzinfo=timezone.utc).astimezone(zone)

    @api.model
    def _entries(self, companies, now):
        """Return the steps that are late, due today or due soon, the oldest first."""
        hours = max(companies.mapped("qms_due_soon_hours"), default=0)
        horizon = now + timedelta(hours=max(hours, 24))
        steps = (
            self.env["qms.dossier.step"]
            .sudo()
            .search(
                Domain("company_id", "in", companies.ids)
                & Domain("state", "=", "current")
                & Domain("due_at", "<=", horizon)
                & Domain("dossier_id.state", "in", RUNNING_STATES),
                order="due_at, id",
            )
        )
        entries = [{"step": step, "kind": self._kind(step, now)} for step in steps]
        return [entry for entry in entries if entry["kind"]]

    @api.model
    def _late_changes(self, companies, today):
        """Return the changes that were not applied within their term (INV-12)."""
        changes = self.env["qms.change.request"].sudo()
        late = changes._running_domain() & Domain("due_date", "<", today)
        return changes.search(late & Domain("company_id", "in", companies.ids), order="due_date")

    @api.model
    def _kind(self, step, now):
        company = step.company_id
        told = timeliness(
            now,
            step.due_at,
            "processing",
            company._qms_timezone(),
            company.qms_on_time_by,
            company.qms_due_soon_hours,
        )
        if told == "overdue":
            return "late"
        same_day = self._local(step.due_at, company).date() == self._local(now, company).date()
        return "today" if same_day else "soon" if told == "due_soon" else ""

    @api.model
    def _split(self, entries, users):
        """Yield each user with the entries of their units.

        Leaders, and heads of whom no unit is known, get those of the whole agency.
        """
        leaders = self.env.ref(GROUP_LEADER).sudo().all_user_ids
        units = users._qms_units()
        for user in users:
            allowed, own = user.company_ids, units[user.id]
            is_whole = user in leaders or not own
            yield (
                user,
                [
                    entry
                    for entry in entries
                    if entry["step"].company_id in allowed
                    and (is_whole or entry["step"].department_id in own)
                ],
            )

    @api.model
    def _counts(self, entries):
        kinds = [entry["kind"] for entry in entries]
        return {f"{kind}_count": kinds.count(kind) for kind in ("late", "today", "soon")}

    # === MAIL === #

    @api.model
    def _prepare_mail(self, user, entries, today, changes):
        digest = self.with_context(lang=user.lang).with_company(user.company_id)
        company = user.company_id
        date_text = today.strftime("%d/%m/%Y")
        return {
            "subject": digest._subject(entries, date_text, changes),
            "body_html": digest._mail_body(user, entries, date_text, changes),
            "email_from": company.email_formatted or self.env.user.email_formatted,
            "recipient_ids": [fields.Command.link(user.partner_id.id)],
            "auto_delete": True,
        }

    @api.model
    def _subject(self, entries, date_text, changes):
        if not entries:
            return self.env._(
                "%(date)s: %(count)s changes of the law are late",
                date=date_text,
                count=len(changes),
            )
        counts = self._counts(entries)
        return self.env._(
            "%(date)s: %(late)s late, %(today)s due today, %(soon)s due soon",
            date=date_text,
            late=counts["late_count"],
            today=counts["today_count"],
            soon=counts["soon_count"],
        )

    @api.model
    def _mail_body(self, user, entries, date_text, changes):
        values = {
            "user": user,
            "company": user.company_id,
            "date": date_text,
            "units": self._unit_rows(entries),
            "total": self._counts(entries),
            "lines": [self._line(entry) for entry in entries[:SHOWN]],
            "more": max(len(entries) - SHOWN, 0),
            "changes": [
                {
                    "name": change.display_name,
                    "due": change.due_date.strftime("%d/%m/%Y"),
                    "open": change.open_count,
                    "url": f"{self._base_url()}/odoo/qms-changes/{change.id}",
                }
                for change in changes[:SHOWN]
            ],
            "url": f"{self._base_url()}/odoo/steps-in-progress",
        }
        return self.env["ir.qweb"]._render("qms_public_admin.qms_digest_mail", values)

    @api.model
    def _base_url(self):
        return self.env["ir.config_parameter"].sudo().get_param("web.base.url")

    @api.model
    def _unit_rows(self, entries):
        """Counts by unit, the unit with the most late steps first."""
        by_unit = {}
        for entry in entries:
            by_unit.setdefault(entry["step"].department_id, []).append(entry)
        rows = [
            {"name": unit.name or self.env._("No unit"), **self._counts(own)}
            for unit, own in by_unit.items()
        ]
        return sorted(rows, key=lambda row: (-row["late_count"], row["name"]))

    @api.model
    def _line(self, entry):
        step = entry["step"].with_env(self.env).sudo()
        labels = {
            "late": self.env._("Late"),
            "today": self.env._("Due today"),
            "soon": self.env._("Due soon"),
        }
        return {
            "kind": entry["kind"],
            "label": labels[entry["kind"]],
            "code": step.dossier_id.display_name,
            "url": f"{self._base_url()}/odoo/dossiers/{step.dossier_id.id}",
            "procedure": step.dossier_id.procedure_id.name,
            "step": step.name,
            "who": step.user_id.name or step.position_name or "",
            "due": format_datetime(
                self.env, step.due_at, tz=step.company_id._qms_timezone(), dt_format="dd/MM HH:mm"
            ),
        }
