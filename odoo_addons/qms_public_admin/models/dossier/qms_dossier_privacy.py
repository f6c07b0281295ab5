from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ...tools import log_masking
from ...tools.masking import MASK, masked

GROUPS = ("qms_public_admin.group_qms_clerk", "qms_public_admin.group_qms_head")
NUMBERS = ("holder_identity", "holder_phone", "submitter_identity", "submitter_phone")


class PersonalChar(fields.Char):
    """A number of a person: masked in what is read and exported, and no key to search by.

    The value itself is there for code only. A reader gets it through
    ``action_show_personal_data`` or through the export of the ``…_full`` fields, both of
    which leave a row in ``qms.disclosure``.
    """

    def convert_to_read(self, value, record, use_display_name=True):
        text = super().convert_to_read(value, record, use_display_name)
        return text if not text or record._shows_typed(self, value) else masked(text)

    def convert_to_export(self, value, record):
        text = super().convert_to_export(value, record)
        return text if not text or record.env.su else masked(text)

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        model._check_may_search(self)
        return super().condition_to_sql(field_expr, operator, value, model, alias, query)


class FullChar(fields.Char):
    """A number of a person for export alone: in full for the dossiers that were recorded."""

    def convert_to_read(self, value, record, use_display_name=True):
        text = super().convert_to_read(value, record, use_display_name)
        return masked(text) if text else text

    def convert_to_export(self, value, record):
        text = super().convert_to_export(value, record)
        disclosed = record.env.context.get("_qms_disclosed")
        if isinstance(disclosed, _Disclosed) and record.id in disclosed.ids:
            return text
        return masked(text) if text else text


class _Disclosed:
    """Dossiers whose disclosure was recorded in this very call; no client can send one."""

    def __init__(self, ids):
        self.ids = frozenset(ids)


class QmsDossier(models.Model):
    """Identity and phone numbers are masked for everybody, in lists, forms and exports.

    In full they are shown on request, each time recorded: to the counter and the heads
    of the agency, and to whoever has a part in the process of the dossier (regulation
    INV-18, Decree 63/2010, art. 18.4). Who is still entering a dossier sees what they
    typed. Heads may export them in full, recorded too. Only clerks and heads search by
    them, in their own agencies; nobody groups or sorts by them.
    """

    _inherit = "qms.dossier"

    holder_identity = PersonalChar(string="Identity number")
    holder_phone = PersonalChar(string="Phone")
    submitter_identity = PersonalChar(string="Identity number of the submitter")
    submitter_phone = PersonalChar(string="Phone of the submitter")
    holder_identity_full = FullChar(
        string="Identity number, in full (recorded)",
        compute="_compute_full_numbers",
        groups="qms_public_admin.group_qms_head",
    )
    holder_phone_full = FullChar(
        string="Phone, in full (recorded)",
        compute="_compute_full_numbers",
        groups="qms_public_admin.group_qms_head",
    )
    submitter_identity_full = FullChar(
        string="Identity number of the submitter, in full (recorded)",
        compute="_compute_full_numbers",
        groups="qms_public_admin.group_qms_head",
    )
    submitter_phone_full = FullChar(
        string="Phone of the submitter, in full (recorded)",
        compute="_compute_full_numbers",
        groups="qms_public_admin.group_qms_head",
    )
    shows_personal_data = fields.Boolean(compute="_compute_shows_personal_data")
    has_masked_numbers = fields.Boolean(compute="_compute_has_masked_numbers")

    def _register_hook(self):
        super()._register_hook()
        log_masking.install()

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

    @api.depends_context("uid")
    @api.depends("state", *NUMBERS)
    def _compute_has_masked_numbers(self):
        for dossier in self:
            has_numbers = any(dossier[name] for name in NUMBERS)
            dossier.has_masked_numbers = has_numbers and not dossier._is_being_entered()

    @api.depends(*NUMBERS)
    def _compute_full_numbers(self):
        for dossier in self:
            for name in NUMBERS:
                dossier[f"{name}_full"] = dossier[name]

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

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_unmasked(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_unmasked(vals)
        return super().write(vals)

    def copy_data(self, default=None):
        raise UserError(
            self.env._("A dossier is not copied: receive a new one, so that it has its own facts.")
        )

    @api.model
    def _check_unmasked(self, vals):
        """A masked number that comes back, from an export for instance, is none."""
        for name in NUMBERS:
            if MASK in (vals.get(name) or ""):
                raise ValidationError(
                    self.env._(
                        "“%(field)s” is masked here: type the number in full or leave it.",
                        field=self._field_labels([name])[0],
                    )
                )

    # === ACTIONS === #

    def action_show_personal_data(self):
        """Show the numbers of this dossier in full, and keep that they were shown."""
        self.ensure_one()
        shown = self.env["qms.dossier.numbers"].create({"dossier_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Numbers of %(name)s", name=self.display_name),
            "res_model": shown._name,
            "res_id": shown.id,
            "view_mode": "form",
            "target": "new",
        }

    def export_data(self, fields_to_export):
        """Record the export of numbers in full before it is done (one row a dossier)."""
        wanted = {f"{name}_full" for name in NUMBERS} & set(fields_to_export)
        if not wanted:
            return super().export_data(fields_to_export)
        shown = self._disclose("export", only_heads=True)
        dossiers = self.with_context(_qms_disclosed=_Disclosed(shown.ids))
        return super(QmsDossier, dossiers).export_data(fields_to_export)

    # === BUSINESS METHODS === #

    def _disclose(self, action, only_heads=False):
        """Record that the numbers of these dossiers are shown, and return those allowed.

        :param action: key of ``DISCLOSURE_ACTIONS``
        :param bool only_heads: a part in the process does not suffice
        """
        self.check_access("read")
        if self.env.su:
            return self
        is_head = self.env.user.has_group(GROUPS[1])
        if only_heads and not is_head:
            return self.browse()
        allowed = self.filtered("shows_personal_data")
        companies = {dossier.id: dossier.company_id.id for dossier in allowed.sudo()}
        self.env["qms.disclosure"]._note(companies, action, self._disclosure_capacity())
        return allowed

    @api.model
    def _disclosure_capacity(self):
        """The role that gives the right, or the positions of who has a part in the process."""
        user = self.env.user
        for group in reversed(GROUPS):
            if user.has_group(group):
                return self.env.ref(group).sudo().name
        return ", ".join(user._qms_positions().mapped("name"))

    def _shows_typed(self, field, value):
        """Whether a reader gets a number as it is: elevated code, and who types it."""
        if self.env.su or self._is_being_entered():
            return True
        if not self.env.user.has_groups(",".join(GROUPS)):
            return False
        # An unsaved change in the form of the counter, typed or brought by the contact.
        return value != self._origin.sudo()[field.name]

    def _is_being_entered(self):
        origin = self._origin.sudo()
        if not origin:
            return True
        return origin.state == "submitted" and origin.create_uid.id == self.env.uid

    # === SEARCH, ORDER, GROUPS === #

    @api.model
    def _check_may_search(self, field):
        """Searching by a number tells it, digit by digit."""
        if not (self.env.su or self.env.user.has_groups(",".join(GROUPS))):
            raise AccessError(
                self.env._("Dossiers are not searched by “%(field)s”.", field=field.string)
            )

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if isinstance(self._fields.get(field_name), PersonalChar) and not self.env.su:
            raise AccessError(
                self.env._(
                    "Dossiers are not sorted by “%(field)s”.",
                    field=self._fields[field_name].string,
                )
            )
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    def _read_group_groupby(self, alias, groupby_spec, query):
        self._check_no_personal_data(groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _read_group_select(self, aggregate_spec, query):
        self._check_no_personal_data(aggregate_spec)
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _check_no_personal_data(self, spec):
        field = self._fields.get(spec.partition(":")[0])
        if isinstance(field, PersonalChar) and not self.env.su:
            raise AccessError(
                self.env._("Dossiers are not grouped by “%(field)s”.", field=field.string)
            )
