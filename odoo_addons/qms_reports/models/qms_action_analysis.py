from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.qms_public_admin.models.improvement.improvement_texts import (
    ACTION_STATES,
    SOURCES,
)


class QmsActionAnalysis(models.Model):
    """Actions in figures, one row each.

    Takes the place of the base's report, which knows no agency. Read by staff for the
    actions they read themselves. On time is judged on the day it was done; an action that
    is not done counts as late from the day after its deadline; cancelled ones count as
    neither.
    """

    _name = "qms.action.analysis"
    _description = "Actions in figures"
    _auto = False
    _rec_name = "action_id"
    _order = "deadline desc, id desc"

    action_id = fields.Many2one("mgmtsystem.action", readonly=True)
    company_id = fields.Many2one("res.company", string="Agency", readonly=True)
    department_id = fields.Many2one("hr.department", string="Unit", readonly=True)
    owner_id = fields.Many2one("res.users", readonly=True)
    type_action = fields.Selection(
        selection=lambda self: (
            self.env["mgmtsystem.action"]._fields["type_action"]._description_selection(self.env)
        ),
        string="Type",
        readonly=True,
    )
    state = fields.Selection(ACTION_STATES, string="Status", readonly=True)
    source = fields.Selection(SOURCES, string="Source of the nonconformity", readonly=True)
    planned_on = fields.Date(readonly=True)
    deadline = fields.Date(readonly=True)
    done_at = fields.Datetime(string="Done on", readonly=True)
    open_count = fields.Integer(string="Not ended", readonly=True)
    on_time_count = fields.Integer(string="Done on time", readonly=True)
    late_count = fields.Integer(string="Late", readonly=True)
    verified_count = fields.Integer(string="Verified", readonly=True)
    reopened_count = fields.Integer(string="Reopened", readonly=True)
    days_to_done = fields.Float(string="Days to done (average)", readonly=True, aggregator="avg")
    days_late = fields.Float(string="Days late (average)", readonly=True, aggregator="avg")

    _depends = {
        "mgmtsystem.action": [
            "company_id",
            "date_deadline",
            "nonconformity_ids",
            "qms_department_id",
            "qms_done_at",
            "qms_planned_on",
            "qms_reopen_count",
            "qms_state",
            "type_action",
            "user_id",
        ],
        "mgmtsystem.nonconformity": ["qms_source"],
    }

    @property
    def _table_query(self):
        return SQL(
            """WITH judged AS (
                   SELECT action.*,
                          COALESCE(qms_done_at::date, %(today)s) - date_deadline AS over
                     FROM mgmtsystem_action action
                    WHERE active)
               SELECT judged.id, judged.id AS action_id, judged.company_id,
                      judged.qms_department_id AS department_id, judged.user_id AS owner_id,
                      judged.type_action, judged.qms_state AS state, source.qms_source AS source,
                      judged.qms_planned_on AS planned_on, judged.date_deadline AS deadline,
                      judged.qms_done_at AS done_at,
                      (qms_state NOT IN ('verified', 'cancelled'))::int AS open_count,
                      (qms_done_at IS NOT NULL AND COALESCE(over, 0) <= 0
                          AND qms_state != 'cancelled')::int AS on_time_count,
                      (over > 0 AND qms_state != 'cancelled')::int AS late_count,
                      (qms_state = 'verified')::int AS verified_count,
                      (COALESCE(qms_reopen_count, 0) > 0)::int AS reopened_count,
                      (qms_done_at::date - qms_planned_on)::float8 AS days_to_done,
                      CASE WHEN over > 0 AND qms_state != 'cancelled'
                           THEN over::float8 END AS days_late
                 FROM judged
                 LEFT JOIN LATERAL (
                      SELECT nc.qms_source
                        FROM mgmtsystem_nonconformity_action_rel rel
                        JOIN mgmtsystem_nonconformity nc ON nc.id = rel.nonconformity_id
                       WHERE rel.action_id = judged.id
                       ORDER BY nc.id LIMIT 1) source ON true""",
            today=fields.Date.context_today(self),
        )

    # === ACTIONS === #

    def action_open_action(self):
        """Open the action behind this row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "mgmtsystem.action",
            "res_id": self.action_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
