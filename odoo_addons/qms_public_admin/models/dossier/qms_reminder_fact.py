from collections import Counter

import pytz
from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

GROUP_HEAD = "qms_public_admin.group_qms_head"
GROUP_LEADER = "qms_public_admin.group_qms_leader"
# Reminders of a step end with the step, those of the dossier with its due date.
TYPE_STEP = "qms_public_admin.mail_activity_type_step_reminder"
TYPE_DOSSIER = "qms_public_admin.mail_activity_type_dossier_reminder"


class QmsReminderFact(models.Model):
    """A reminder that was given: by which rung, of which due date, to whom.

    Written by the job alone. A rung tells of one due date of a step or a dossier once;
    when an extension or a pause gives a new due date, it tells of that one, too.
    Staff read those of their agencies.
    """

    _name = "qms.reminder.fact"
    _description = "Reminder given"
    _inherit = ["qms.fact.mixin"]
    _order = "fired_at desc, id desc"
    _rec_name = "rung_name"

    rung_id = fields.Many2one(
        "qms.reminder.rung", required=True, index=True, readonly=True, ondelete="restrict"
    )
    rung_name = fields.Char(string="Reminder", readonly=True)
    dossier_id = fields.Many2one(
        "qms.dossier", required=True, index=True, readonly=True, ondelete="restrict"
    )
    step_id = fields.Many2one("qms.dossier.step", readonly=True, ondelete="restrict")
    company_id = fields.Many2one(
        "res.company", string="Agency", required=True, readonly=True, ondelete="restrict"
    )
    due_at = fields.Datetime(string="Due date told of", required=True, readonly=True)
    fired_at = fields.Datetime(string="Given", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Given to (user)", readonly=True)
    user_name = fields.Char(string="Given to", readonly=True)

    _once = models.UniqueIndex(
        "(rung_id, dossier_id, COALESCE(step_id, 0), due_at)", "A reminder is given once."
    )
    _company_fired_idx = models.Index("(company_id, fired_at)")

    # === BUSINESS METHODS === #

    def _notify(self):
        """Give each reminder to one person, as an activity in their list.

        No mail goes out: the heads have their digest. One open reminder a person and
        dossier: a later one takes the place of the one before.
        """
        facts_sudo = self.sudo()
        receivers = facts_sudo._receivers()
        told = facts_sudo.filtered(lambda fact: receivers[fact.id])
        for user, facts in told.grouped(lambda fact: receivers[fact.id]).items():
            facts._replace_earlier(user)
            facts._complete({"user_id": user.id, "user_name": user.name})
        vals_list = [fact._prepare_activity(receivers[fact.id]) for fact in told]
        activities = self.env["mail.activity"].sudo()
        activities = activities.with_context(mail_activity_quick_update=True, qms_no_follower=True)
        return activities.create(vals_list)

    def _replace_earlier(self, user):
        self.dossier_id.activity_unlink([TYPE_STEP, TYPE_DOSSIER], user_id=user.id)

    def _prepare_activity(self, user):
        rung, dossier = self.rung_id, self.dossier_id
        is_step = rung.basis == "step" or rung.audience == "holder"
        zone = pytz.timezone(self.company_id._qms_timezone())
        return {
            "activity_type_id": self._type_id(TYPE_STEP if is_step else TYPE_DOSSIER),
            "res_model_id": self.env["ir.model"]._get_id("qms.dossier"),
            "res_id": dossier.id,
            "res_name": dossier.display_name,
            "user_id": user.id,
            "summary": rung.with_context(lang=user.lang).name,
            "note": self.with_context(lang=user.lang)._words(),
            "date_deadline": pytz.utc.localize(self.due_at).astimezone(zone).date(),
            "automated": True,
        }

    def _type_id(self, xmlid):
        return self.env["ir.model.data"]._xmlid_to_res_id(xmlid)

    def _words(self):
        line = self.env._(
            "%(step)s, due %(due)s.",
            step=self.step_id.name,
            due=format_datetime(
                self.env,
                self.due_at,
                tz=self.company_id._qms_timezone(),
                dt_format="dd/MM/yyyy HH:mm",
            ),
        )
        return Markup("<p>%s</p><p>%s</p>") % (line, self.rung_id.text or "")

    # === RECEIVERS === #

    def _receivers(self):
        """Return ``{fact id: user}``, one user a fact or none.

        Work assigned to somebody is theirs; the rest is spread: of those who may act,
        who has the fewest open reminders is next.
        """
        candidates = self._candidates()
        everybody = {user.id for users in candidates.values() for user in users}
        load = Counter(self._open_reminders(everybody))
        receivers = {}
        for fact in self:
            choice = min(
                candidates[fact.id].sorted("id"),
                key=lambda user: load[user.id],
                default=self.env["res.users"],
            )
            load[choice.id] += 1
            receivers[fact.id] = choice
        return receivers

    def _open_reminders(self, user_ids):
        types = [self._type_id(TYPE_STEP), self._type_id(TYPE_DOSSIER)]
        groups = (
            self.env["mail.activity"]
            .sudo()
            ._read_group(
                Domain("activity_type_id", "in", types) & Domain("user_id", "in", user_ids),
                ["user_id"],
                ["__count"],
            )
        )
        return {user.id: count for user, count in groups}

    def _candidates(self):
        """Return ``{fact id: users}`` who may be told: active, and readers of the dossier.

        Asked once for each position and unit, not for each dossier.
        """
        delegations = self.env["qms.delegation"].sudo()
        delegations = delegations.search(delegations._domain_in_force())
        found, candidates = {}, {}
        for fact in self:
            step = fact.step_id
            key = (
                fact.rung_id.audience,
                fact.company_id,
                step.position_id,
                step.handler_company_id,
                step.department_id,
                step.kind,
                step.user_id,
            )
            if key not in found:
                found[key] = fact._find(delegations)
            readers = fact.company_id | fact.dossier_id.coordinating_agency_ids.company_id
            candidates[fact.id] = found[key].filtered(
                lambda user, readers=readers: user.active and user.company_ids & readers
            )
        return candidates

    def _find(self, delegations):
        self.ensure_one()
        if self.rung_id.audience == "holder":
            return self._find_holders(delegations)
        if self.rung_id.audience == "head":
            return self._find_heads()
        return self._members(GROUP_LEADER)

    def _find_holders(self, delegations):
        """The assignee; else holders who are there; else who stands in for them."""
        step = self.step_id
        position, company = step.position_id, step.handler_company_id
        if step.user_id:
            return step.user_id
        holders = position._active_holders(company)
        covering = delegations.filtered(lambda row: row._covers(position, company, step.kind))
        present = holders - covering.user_id
        return present or covering.substitute_id or holders

    def _find_heads(self):
        """The manager of the unit; else heads who work in it; else heads of the agency."""
        unit = self.step_id.department_id
        heads = self._members(GROUP_HEAD)
        units = heads._qms_units()
        inside = heads.filtered(lambda user: unit in units[user.id])
        return unit.manager_id.user_id or inside or heads - self._members(GROUP_LEADER) or heads

    def _members(self, group):
        members = self.env.ref(group).sudo().all_user_ids
        return members.filtered(lambda user: self.company_id in user.company_ids)
