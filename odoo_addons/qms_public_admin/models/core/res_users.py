from odoo import api, models
from odoo.fields import Domain

# Role: the screen it uses most. The first role of the user decides.
HOME_ACTIONS = (
    ("group_qms_clerk", "qms_dossier_action_to_receive"),
    ("group_qms_head", "qms_dossier_step_action_load"),
    ("group_qms_officer", "qms_procedure_action"),
    ("group_qms_auditor", "qms_dossier_action"),
    ("group_qms_provincial", "qms_dossier_action"),
    ("group_qms_staff", "qms_dossier_step_action_my_work"),
)


class ResUsers(models.Model):
    _inherit = "res.users"

    def _qms_positions(self):
        """Return the positions this user holds themselves."""
        self.ensure_one()
        return self.env["qms.position"].sudo().search([("holder_ids", "in", self.id)])

    def _qms_units(self):
        """Return ``{user id: units}``: those a user manages, with what is below them, and
        those of the positions the user holds."""
        departments = self.env["hr.department"].sudo()
        managed = departments.search([("manager_id.user_id", "in", self.ids)])
        positions = (
            self.env["qms.position"]
            .sudo()
            .search_fetch([("holder_ids", "in", self.ids)], ["holder_ids", "department_id"])
        )
        units = {}
        for user in self:
            led = managed.filtered(lambda unit, user=user: unit.manager_id.user_id == user)
            held = positions.filtered(lambda row, user=user: user in row.holder_ids)
            below = departments.search([("id", "child_of", led.ids)]) if led else led
            units[user.id] = below | held.department_id
        return units

    def _qms_work_domain(self):
        """Domain of the current dossier steps this user may handle."""
        return Domain.OR(domain for _absent, domain in self._qms_work_parts())

    def _qms_work_parts(self):
        """Return ``[(absent user, domain)]`` of the dossier steps this user may handle.

        Own positions and assignments first, for nobody else, then those of each
        colleague the user stands in for, within the limits of that delegation.
        """
        self.ensure_one()
        parts = [(self.browse(), self._qms_holder_domain(self))]
        for delegation in self.env["qms.delegation"]._for_substitute(self):
            part = self._qms_holder_domain(delegation.user_id, delegation.position_ids)
            part &= Domain("company_id", "=", delegation.company_id.id)
            if not delegation.with_approval:
                part &= Domain("kind", "!=", "approve")
            parts.append((delegation.user_id, part))
        return parts

    def _qms_holder_domain(self, holder, limited_to=None):
        positions = holder._qms_positions()
        if limited_to:
            positions &= limited_to
        return Domain("position_id", "in", positions.ids) & Domain(
            "user_id", "in", [False, holder.id]
        )

    def _qms_capacity(self, position, company, step_kind, assignee):
        """Tell in which capacity this user may act for ``position``.

        Return ``(True, empty user)`` for an own position, ``(True, absent user)``
        when standing in, ``(False, empty user)`` when neither. The holder of a shared
        position acts for the own agencies only.
        """
        self.ensure_one()
        nobody = self.env["res.users"]
        if company.id not in self._get_company_ids():
            return False, nobody
        holders = position.sudo().with_context(active_test=False).holder_ids
        if self in holders and assignee in (nobody, self):
            return True, nobody
        for delegation in self.env["qms.delegation"]._for_substitute(self):
            absent = delegation.user_id
            if assignee in (nobody, absent) and delegation._covers(
                position.sudo(), company, step_kind
            ):
                return True, absent
        return False, nobody

    @api.model
    def _qms_home_action(self):
        """Return the action on which the role of the current user lands."""
        user = self.env.user
        action = next(
            action
            for group, action in HOME_ACTIONS
            if group == "group_qms_staff" or user.has_group(f"qms_public_admin.{group}")
        )
        return self.env["ir.actions.act_window"]._for_xml_id(f"qms_public_admin.{action}")
