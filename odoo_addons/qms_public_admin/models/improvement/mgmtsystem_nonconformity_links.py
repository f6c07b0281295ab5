from odoo import api, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command


class MgmtsystemNonconformity(models.Model):
    """Which actions hang on a nonconformity: those that who hangs them plans.

    Who is responsible for a nonconformity plans its actions, and reads them when they are
    confidential. A link to an action of others would give these rights over it; taking one
    off would end a plan of others. New actions ask for the right to plan them.
    """

    _inherit = "mgmtsystem.nonconformity"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            defaults = self.default_get(["action_ids", "immediate_action_id"])
            for vals in (defaults, *vals_list):
                self._check_actions_planned(self._linked_actions(vals))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            for row in self:
                row._check_actions_planned(row._linked_actions(vals))
        return super().write(vals)

    # === GUARD === #

    def _linked_actions(self, vals):
        """Return the actions that these values link to this nonconformity or take off it."""
        actions = self.env["mgmtsystem.action"]
        found = set()
        if "action_ids" in vals:
            before = set(self.sudo().action_ids.ids)
            found |= before ^ _ids_after(vals["action_ids"], before)
        if "immediate_action_id" in vals:
            before = {self.sudo().immediate_action_id.id}
            found |= before ^ {vals["immediate_action_id"]}
        return actions.browse(filter(None, found))

    def _check_takes_actions(self):
        """Refuse a change of the plan by who does not work on it, or once it was verified."""
        if not self.env.su:
            self.check_access("read")
            for row in self.filtered(lambda row: not row.qms_may_work):
                raise AccessError(row._worker_error())
        for row in self.sudo():
            if row.state in ("verified", "done", "cancel"):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” was verified or has ended: take it up again before its plan "
                        "is changed.",
                        name=row.display_name,
                    )
                )

    def _check_actions_planned(self, actions):
        actions.check_access("read")
        others = actions.filtered(lambda action: not action.qms_may_plan)
        if others:
            raise AccessError(
                self.env._(
                    "“%(name)s” is linked to a nonconformity, and taken off it, by who plans it.",
                    name=others[:1].display_name,
                )
            )


def _ids_after(value, before):
    """Return the ids that are linked once these values of a client are written.

    Rows that are created aside: these ask for rights of their own.
    """
    if not value:
        return set()
    if not all(isinstance(command, list | tuple) for command in value):
        return set(value)
    ids = set(before)
    for code, *rest in value:
        if code in (Command.LINK, Command.UPDATE):
            ids.add(rest[0])
        elif code in (Command.UNLINK, Command.DELETE):
            ids.discard(rest[0])
        elif code == Command.CLEAR:
            ids.clear()
        elif code == Command.SET:
            ids = set(rest[1])
    return ids
