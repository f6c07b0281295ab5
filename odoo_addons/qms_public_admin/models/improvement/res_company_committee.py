from odoo import fields, models


class ResCompany(models.Model):
    """Who sits on the steering committee of an agency on a day."""

    _inherit = "res.company"

    # === BUSINESS METHODS === #

    def _qms_committee_role(self, user, on_date=None):
        """Return the role of a person on the committee as text, '' for others.

        The text is in the language of papers, as it is kept with what the person signs.

        :param user: record of ``res.users``
        :param on_date: day asked for; today on the clock of the agency without it
        """
        self.ensure_one()
        members = self._qms_committee_members(on_date).filtered(lambda row: row.user_id == user)
        lang = self.env["res.lang"]._qms_of_papers()
        return members.with_context(lang=lang)[:1]._role_text() if members else ""

    def _qms_committee_members(self, on_date=None):
        """Return who sat on the committee of the agency on a day, the head first."""
        self.ensure_one()
        local = self.with_context(tz=self._qms_timezone())
        day = fields.Date.to_date(on_date) or fields.Date.context_today(local)
        return (
            self.env["qms.committee.member"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.id),
                    ("committee_id.state", "in", ("in_force", "closed")),
                    ("date_from", "<=", day),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", day),
                ],
                order="committee_id desc, sequence, id",
            )
        )

    def _qms_secretaries(self, on_date=None):
        """Return the ISO secretaries of the agency who have an account."""
        members = self._qms_committee_members(on_date)
        return members.filtered(lambda row: row.role == "secretary" or row.is_secretary).user_id
