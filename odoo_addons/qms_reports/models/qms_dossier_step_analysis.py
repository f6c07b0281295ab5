from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.qms_public_admin.const import OUTCOMES, STEP_KINDS, STEP_STATES


class QmsDossierStepAnalysis(models.Model):
    """Where the time of dossiers goes: one row a step, from hand-over to hand-over.

    The time of an inter-agency dossier is split by the agency that held it
    (regulation INV-11). Read by staff, for steps of dossiers of their agencies and
    for steps their agencies handled.
    """

    _name = "qms.dossier.step.analysis"
    _description = "Time by step"
    _inherit = ["qms.percentile.mixin"]
    _auto = False
    _rec_name = "step_id"
    _order = "done_at desc, id desc"

    step_id = fields.Many2one("qms.dossier.step", readonly=True)
    dossier_id = fields.Many2one("qms.dossier", readonly=True)
    company_id = fields.Many2one("res.company", string="Agency of the dossier", readonly=True)
    handler_company_id = fields.Many2one("res.company", string="Handling agency", readonly=True)
    procedure_id = fields.Many2one("qms.procedure", readonly=True)
    procedure_field_id = fields.Many2one("qms.procedure.field", string="Field", readonly=True)
    position_id = fields.Many2one("qms.position", readonly=True)
    department_id = fields.Many2one("hr.department", string="Unit", readonly=True)
    name = fields.Char(string="Work", readonly=True)
    kind = fields.Selection(STEP_KINDS, readonly=True)
    round = fields.Integer(readonly=True, aggregator="max")
    state = fields.Selection(STEP_STATES, readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    started_at = fields.Datetime(string="Received", readonly=True)
    done_at = fields.Datetime(string="Completed", readonly=True)
    hours = fields.Float(string="Planned hours", readonly=True)
    hours_used = fields.Float(
        string="Working hours used",
        readonly=True,
        help="Working hours between hand-over and completion, pauses out.",
    )
    hours_used_average = fields.Float(
        string="Working hours used (average)", readonly=True, aggregator="avg"
    )
    hours_used_median = fields.Float(
        string="Working hours used (median)", readonly=True, aggregator="median"
    )
    hours_used_p95 = fields.Float(
        string="Working hours used (95th percentile)", readonly=True, aggregator="p95"
    )
    late_count = fields.Integer(string="Late", readonly=True)

    _depends = {
        "qms.dossier.step": [
            "dossier_id",
            "company_id",
            "handler_company_id",
            "position_id",
            "department_id",
            "name",
            "kind",
            "round",
            "state",
            "outcome",
            "started_at",
            "done_at",
            "hours",
            "hours_used",
        ],
        "qms.dossier": ["procedure_id", "procedure_field_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT step.id, step.id AS step_id, step.dossier_id, step.company_id,
                      step.handler_company_id, dossier.procedure_id,
                      dossier.procedure_field_id, step.position_id, step.department_id,
                      step.name, step.kind, step.round, step.state, step.outcome,
                      step.started_at, step.done_at, step.hours,
                      used.hours AS hours_used, used.hours AS hours_used_average,
                      used.hours AS hours_used_median, used.hours AS hours_used_p95,
                      CASE WHEN step.outcome = 'late' THEN 1 ELSE 0 END AS late_count
                 FROM qms_dossier_step step
                 JOIN qms_dossier dossier ON dossier.id = step.dossier_id
                CROSS JOIN LATERAL (
                    SELECT CASE WHEN step.done_at IS NOT NULL THEN step.hours_used END AS hours
                ) used
                WHERE step.started_at IS NOT NULL"""
        )

    def action_open_dossier(self):
        """Open the dossier of this step."""
        self.ensure_one()
        return self.dossier_id._action_open()
