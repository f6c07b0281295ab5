from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...tools.masking import masked

GROUPS = ("qms_public_admin.group_qms_clerk", "qms_public_admin.group_qms_head")


class PersonalChar(fields.Char):
    """A number of a person, masked for readers who have no need of it."""

    def convert_to_read(self, value, record, use_display_name=True):
        text = super().convert_to_read(value, record, use_display_name)
        return text if not text or record.shows_personal_data else masked(text)

    def convert_to_export(self, value, record):
        text = super().convert_to_export(value, record)
        return text if not text or record.shows_personal_data else masked(text)


class QmsDossier(models.Model):
    """Who sees identity numbers and phones: the counter and the heads of the agency,
    and whoever has a part in the process of the dossier (regulation INV-18, Decree
    63/2010, art. 18.4). Everybody else reads and exports them masked, and groups
    nothing by them.
    """

    _inherit = "qms.dossier"

    holder_identity = PersonalChar(string="Identity number")
    holder_phone = PersonalChar(string="Phone")
    submitter_identity = PersonalChar(string="Identity number of the submitter")
    submitter_phone = PersonalChar(string="Phone of the submitter")
    shows_personal_data = fields.Boolean(compute="_compute_shows_personal_data")

    # === COMPUTE METHODS === #

    @api.depends_context("uid")
    @api.depends("company_id", "step_ids")
    def _compute_shows_personal_data(self):
        user = self.env.user
        open_to_all = self.env.su or user.has_groups(",".join(GROUPS))
        companies = user.sudo().company_ids
        handled = self._handled_by(user)
        for dossier in self:
            is_own = self.env.su or (dossier.company_id or self.env.company) in companies
            dossier.shows_personal_data = (open_to_all and is_own) or dossier._origin in handled

    def _handled_by(self, user):
        """Return those of these dossiers whose process the user has a part in."""
        mine = (
            Domain("done_by_id", "=", user.id)
            | Domain("position_id", "in", user._qms_positions().ids)
            | (Domain("state", "=", "current") & user._qms_work_domain())
        )
        steps_sudo = self.env["qms.dossier.step"].sudo()
        found = steps_sudo.search(Domain("dossier_id", "in", self._origin.ids) & mine)
        companies = user.sudo().company_ids
        return found.filtered(lambda step: step.handler_company_id in companies).dossier_id

    # === GROUPS === #

    def _read_group_groupby(self, alias, groupby_spec, query):
        self._check_no_personal_data(groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _read_group_select(self, aggregate_spec, query):
        self._check_no_personal_data(aggregate_spec)
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _check_no_personal_data(self, spec):
        field = self._fields.get(spec.partition(":")[0])
        if not isinstance(field, PersonalChar):
            return
        if not (self.env.su or self.env.user.has_groups(",".join(GROUPS))):
            raise AccessError(
                self.env._("Dossiers are not grouped by “%(field)s”.", field=field.string)
            )
