from odoo import api, models
from odoo.exceptions import AccessError


class QmsPlacementMixin(models.AbstractModel):
    """A row that belongs to an agency and stays where its writer may put it.

    Odoo asks the record rules about a row as it was before ``write()``: alone they let
    a user hand a row over to another agency, or to all of them. Here the rules are
    asked about the row as it is afterwards, too. Values that follow from others are
    left out when a client sends its own.
    """

    _name = "qms.placement.mixin"
    _description = "Row placed in an agency"

    # Fields that decide to whom the row belongs.
    _placing_fields = ("company_id",)
    # Stored computed fields that no client writes.
    _derived_fields = ()
    # Whether rows without an agency are written only by who works for all of them.
    _shared_is_for_all = False

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        defaults = {f"default_{name}" for name in self._derived_fields}
        clean = {key: value for key, value in self.env.context.items() if key not in defaults}
        model = super(QmsPlacementMixin, self.with_context(clean))
        records = model.create([self._without_derived(vals) for vals in vals_list])
        return records.with_env(self.env)

    def write(self, vals):
        vals = self._without_derived(vals)
        result = super().write(vals)
        if vals.keys() & {*self._placing_fields}:
            self.check_access("write")
        return result

    def _without_derived(self, vals):
        return {name: value for name, value in vals.items() if name not in self._derived_fields}

    # === ACCESS === #

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not self._shared_is_for_all or operation == "read" or not self:
            return result
        shared_sudo = self.sudo().filtered(lambda row: not row.company_id)
        if not shared_sudo or self._works_for_all():
            return result
        forbidden = self.browse(shared_sudo.ids) | (result[0] if result else self.browse())
        return forbidden, self._shared_error

    @api.model
    def _works_for_all(self):
        """Whether the user may write what binds every agency of the database."""
        if self.env.su or self.env.user.has_group("base.group_system"):
            return True
        others = [("id", "not in", self.env.user.company_ids.ids)]
        return not self.env["res.company"].sudo().search_count(others, limit=1)

    @api.model
    def _shared_error(self):
        return AccessError(
            self.env._(
                "“%(model)s” rows without an agency are shared by all: only an ISO officer "
                "allowed in every agency may change them.",
                model=self._description,
            )
        )
