from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.qms_public_admin.models.improvement.improvement_texts import (
    GRADES,
    NC_STATES,
    SOURCES,
)


class QmsNonconformityAnalysis(models.Model):
    """Nonconformities in figures, one row each.

    Read by staff for the nonconformities they read themselves: a figure must not tell what
    the list hides. Late is counted as of now, or of the closing. The cause is that of the
    bone marked as root, else of the first one.
    """

    _name = "qms.nonconformity.analysis"
    _description = "Nonconformities in figures"
    _auto = False
    _rec_name = "nonconformity_id"
    _order = "found_on desc, id desc"

    nonconformity_id = fields.Many2one("mgmtsystem.nonconformity", readonly=True)
    company_id = fields.Many2one("res.company", string="Agency", readonly=True)
    department_id = fields.Many2one("hr.department", string="Unit", readonly=True)
    procedure_id = fields.Many2one(
        "qms.procedure", string="Administrative procedure", readonly=True
    )
    responsible_id = fields.Many2one("res.users", readonly=True)
    cause_id = fields.Many2one("mgmtsystem.nonconformity.cause", readonly=True)
    source = fields.Selection(SOURCES, readonly=True)
    grade = fields.Selection(GRADES, readonly=True)
    state = fields.Selection(NC_STATES, string="Status", readonly=True)
    found_on = fields.Date(readonly=True)
    due_date = fields.Date(string="To be closed by", readonly=True)
    closed_at = fields.Datetime(string="Closed on", readonly=True)
    open_count = fields.Integer(string="Not closed", readonly=True)
    late_count = fields.Integer(string="Late", readonly=True)
    recurrent_count = fields.Integer(string="Came back", readonly=True)
    reopened_count = fields.Integer(string="Reopened", readonly=True)
    action_count = fields.Integer(string="Actions", readonly=True)
    days = fields.Float(
        string="Days to the closing (average)",
        readonly=True,
        aggregator="avg",
        help="Calendar days from the day it was found to its closing.",
    )
    cost = fields.Float(string="Cost of the delay", readonly=True)

    _depends = {
        "mgmtsystem.nonconformity": [
            "action_ids",
            "closing_date",
            "company_id",
            "qms_branch_ids",
            "qms_cost",
            "qms_department_id",
            "qms_due_date",
            "qms_found_on",
            "qms_grade",
            "qms_procedure_id",
            "qms_recurrence_of_id",
            "qms_reopen_count",
            "qms_source",
            "responsible_user_id",
            "state",
        ],
        "qms.nonconformity.branch": ["category_id", "is_root", "nonconformity_id", "sequence"],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT nc.id, nc.id AS nonconformity_id, nc.company_id,
                      nc.qms_department_id AS department_id,
                      nc.qms_procedure_id AS procedure_id,
                      nc.responsible_user_id AS responsible_id,
                      cause.category_id AS cause_id, nc.qms_source AS source,
                      nc.qms_grade AS grade, nc.state, nc.qms_found_on AS found_on,
                      nc.qms_due_date AS due_date, nc.closing_date AS closed_at,
                      (nc.state NOT IN ('done', 'cancel'))::int AS open_count,
                      (nc.state != 'cancel' AND nc.qms_due_date
                          < COALESCE(nc.closing_date::date, %(today)s))::int AS late_count,
                      (nc.qms_recurrence_of_id IS NOT NULL)::int AS recurrent_count,
                      (COALESCE(nc.qms_reopen_count, 0) > 0)::int AS reopened_count,
                      (SELECT count(*) FROM mgmtsystem_nonconformity_action_rel rel
                        WHERE rel.nonconformity_id = nc.id)::int AS action_count,
                      (nc.closing_date::date - nc.qms_found_on)::float8 AS days,
                      nc.qms_cost::float8 AS cost
                 FROM mgmtsystem_nonconformity nc
                 LEFT JOIN LATERAL (
                      SELECT branch.category_id
                        FROM qms_nonconformity_branch branch
                       WHERE branch.nonconformity_id = nc.id
                       ORDER BY branch.is_root DESC NULLS LAST, branch.sequence, branch.id
                       LIMIT 1) cause ON true""",
            today=fields.Date.context_today(self),
        )

    # === ACTIONS === #

    def action_open_nonconformity(self):
        """Open the nonconformity behind this row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "mgmtsystem.nonconformity",
            "res_id": self.nonconformity_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
