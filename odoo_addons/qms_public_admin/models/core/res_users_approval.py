from odoo import models


class ResUsers(models.Model):
    """What approvals need to know of a person: title, unit, other accounts."""

    _inherit = "res.users"

    def _qms_title(self, company):
        """Return the positions this user holds in an agency, else the job title, as text."""
        self.ensure_one()
        positions = self._qms_positions().filtered(
            lambda position: position.company_id in (company, company.browse())
        )
        if positions:
            return ", ".join(positions.mapped("name"))
        return self.sudo().with_company(company).employee_id.job_title or ""

    def _qms_person_keys(self):
        """Return what two accounts of one person share: account, contact, employee.

        Separation of duties is between persons, not between accounts.
        """
        users_sudo = self.sudo()
        employees = users_sudo.with_context(active_test=False).employee_ids
        return {
            *(("user", user.id) for user in users_sudo),
            *(("contact", partner.id) for partner in users_sudo.partner_id),
            *(("contact", partner.id) for partner in employees.work_contact_id),
            *(("paper", number) for number in employees.mapped("identification_id") if number),
        }

    def _qms_is_same_person(self, others):
        """Tell whether any of these accounts belongs to one of ``others``."""
        if self & others:
            return True
        return bool(others and self._qms_person_keys() & others._qms_person_keys())

    def _qms_is_head_alone(self, company):
        """Tell whether this user heads a unit of which they are the only member."""
        self.ensure_one()
        employee_sudo = self.sudo().with_company(company).employee_id
        unit = employee_sudo.department_id
        if not unit or not self.has_group("qms_public_admin.group_qms_head"):
            return False
        members = employee_sudo.search([("department_id", "=", unit.id)])
        return members == employee_sudo

    def _qms_unit_heads(self, company):
        """Return who leads the units of these users, one level up for a leader's own."""
        heads = self.browse()
        for employee in self.sudo().with_company(company).employee_id:
            unit = employee.department_id
            if unit.manager_id == employee:
                unit = unit.parent_id
            heads |= unit.manager_id.user_id
        return heads
