from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixins.bulk_rows import write_rows


class QmsObjectiveTask(models.Model):
    """A row of the plan of an objective: what is done, by whom, until when (6.2.2).

    It is approved with the objective and becomes an action of its owner then; from there
    on its progress is that of the action.
    """

    _name = "qms.objective.task"
    _description = "Row of the plan of an objective"
    _inherit = ["qms.placement.mixin"]
    _order = "objective_id, date_deadline, id"
    _check_company_auto = True
    _placing_fields = ("company_id", "objective_id")
    _derived_fields = ("action_id",)

    objective_id = fields.Many2one(
        "qms.objective",
        string="Quality objective",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="objective_id.company_id", store=True, index=True)
    name = fields.Char(string="What", required=True)
    owner_id = fields.Many2one(
        "res.users",
        string="Done by",
        required=True,
        check_company=True,
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    date_deadline = fields.Date(string="Until", required=True)
    action_id = fields.Many2one(
        "mgmtsystem.action",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    action_state = fields.Selection(related="action_id.qms_state", string="Progress")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows.objective_id.year_id._check_open()
        return rows

    def write(self, vals):
        self.objective_id.year_id._check_open()
        result = super().write(vals)
        if "objective_id" in vals:
            self.objective_id.year_id._check_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_under_way(self):
        self.objective_id.year_id._check_open()
        under_way = self.filtered(
            lambda row: row.action_id and row.sudo().action_id.qms_state != "cancelled"
        )
        if under_way:
            raise UserError(
                self.env._(
                    "“%(name)s” is under way as an action: cancel that first.",
                    name=under_way[:1].name,
                )
            )

    # === BUSINESS METHODS === #

    def _content(self):
        return {"name": self.name, "owner": self.owner_id.id, "until": self.date_deadline}

    def _start_actions(self):
        """Make an action of each row that has none and start it."""
        todo = self.filtered(lambda row: not row.action_id)
        actions = self.env["mgmtsystem.action"]._qms_assign([row._prepare_action() for row in todo])
        pairs = zip(todo, actions, strict=True)
        write_rows(self.sudo(), {row.id: {"action_id": action.id} for row, action in pairs})

    def _prepare_action(self):
        objective = self.objective_id
        return {
            "name": self.name,
            "type_action": "improvement",
            "user_id": self.owner_id.id,
            "date_deadline": self.date_deadline,
            "company_id": self.company_id.id,
            "qms_department_id": objective.department_id.id,
            "description": self.env._("Objective: %(name)s", name=objective.name),
        }
