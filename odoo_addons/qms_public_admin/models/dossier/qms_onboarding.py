from odoo import api, fields, models
from odoo.exceptions import AccessError

GROUP_CLERK = "qms_public_admin.group_qms_clerk"
GROUP_OFFICER = "qms_public_admin.group_qms_officer"


class QmsOnboarding(models.AbstractModel):
    """The way of a new agency from the calendar to its first dossier.

    Shown to ISO officers above their first screen until one of them closes it. Whether
    a step is done is read from the records each time, never stored.
    """

    _name = "qms.onboarding"
    _description = "First steps of an agency"

    # === BUSINESS METHODS === #

    @api.model
    def get_panel(self):
        """Return the steps for the current agency, or nothing when there is none to show.

        :return: list of dictionaries with ``key``, ``title``, ``text``, ``button``,
            ``action`` (xmlid) and ``is_done``; False when closed or not for this user
        """
        company = self.env.company
        if not self.env.user.has_group(GROUP_OFFICER) or company.sudo().qms_onboarding_closed:
            return False
        return [
            {
                "key": "calendar",
                "title": self.env._("Calendar"),
                "text": self.env._("Take over the official days off of the year."),
                "button": self.env._("Take over a year"),
                "action": "qms_public_admin.qms_holiday_wizard_action",
                "is_done": self._has_calendar(company),
            },
            {
                "key": "positions",
                "title": self.env._("Positions"),
                "text": self.env._("Say who holds which position."),
                "button": self.env._("Name the people"),
                "action": "qms_public_admin.qms_position_action",
                "is_done": self._has_positions(company),
            },
            {
                "key": "procedures",
                "title": self.env._("Procedures"),
                "text": self.env._("Import or enter a procedure with its steps and publish it."),
                "button": self.env._("Import the catalogue"),
                "action": "qms_public_admin.qms_catalogue_import_action",
                "is_done": self._has_procedures(company),
            },
            {
                "key": "dossier",
                "title": self.env._("First dossier"),
                "text": self.env._(
                    "The counter accepts one, or those of the one-stop system come in."
                ),
                **self._dossier_way(),
                "is_done": self._has_dossiers(company),
            },
        ]

    @api.model
    def close_panel(self):
        """Close the panel of the current agency for all its officers."""
        if not self.env.user.has_group(GROUP_OFFICER):
            raise AccessError(self.env._("Only an ISO officer closes the first steps."))
        self.env.company.sudo().qms_onboarding_closed = True
        return True

    @api.model
    def _dossier_way(self):
        """How this officer can bring in a dossier: at the counter, or by an import."""
        if self.env.user.has_group(GROUP_CLERK):
            return {
                "button": self.env._("Receive a dossier"),
                "action": "qms_public_admin.qms_dossier_action_to_receive",
            }
        return {
            "button": self.env._("Import dossiers"),
            "action": "qms_public_admin.qms_dossier_import_action",
        }

    @api.model
    def _has_calendar(self, company):
        """Whether the official days off of this year are recorded."""
        now = fields.Datetime.now()
        return not company._qms_working_time().warnings(now, now)

    @api.model
    def _has_positions(self, company):
        held = [
            ("company_id", "in", [company.id, False]),
            ("holder_ids.company_ids", "in", company.ids),
        ]
        return bool(self.env["qms.position"].sudo().search_count(held, limit=1))

    @api.model
    def _has_procedures(self, company):
        published = [
            ("procedure_id.company_id", "in", [company.id, False]),
            ("state", "=", "published"),
        ]
        return bool(self.env["qms.procedure.version"].sudo().search_count(published, limit=1))

    @api.model
    def _has_dossiers(self, company):
        accepted = [("company_id", "=", company.id), ("accepted_at", "!=", False)]
        return bool(self.env["qms.dossier"].sudo().search_count(accepted, limit=1))
