from odoo import api, models
from odoo.exceptions import AccessError


class QmsSharedList(models.AbstractModel):
    """A list that all agencies of the database choose from.

    Everybody reads it; it is changed by ISO officers who work in every agency, as a change
    reaches the records of all of them.
    """

    _name = "qms.shared.list"
    _description = "List shared by the agencies"

    # === ACCESS === #

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if result or operation == "read" or not self:
            return result
        if self.env["qms.placement.mixin"]._works_for_all():
            return result
        return self, self._shared_list_error

    @api.model
    def _shared_list_error(self):
        return AccessError(
            self.env._(
                "“%(model)s” rows are shared by all agencies: only an ISO officer allowed in "
                "every agency may change them.",
                model=self._description,
            )
        )
