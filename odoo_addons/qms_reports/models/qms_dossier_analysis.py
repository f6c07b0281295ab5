from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.qms_public_admin.const import DOSSIER_STATES, INTAKE_CHANNELS, OUTCOMES


class QmsDossierAnalysis(models.Model):
    """How long dossiers took and how they ended, one row a dossier.

    Read by staff, for the agencies they work in. Medians and percentiles are asked
    of the database as aggregators of their own (``qms.percentile.mixin``).
    """

    _name = "qms.dossier.analysis"
    _description = "Handling time of dossiers"
    _inherit = ["qms.percentile.mixin"]
    _auto = False
    _rec_name = "dossier_id"
    _order = "accepted_at desc, id desc"

    dossier_id = fields.Many2one("qms.dossier", readonly=True)
    company_id = fields.Many2one("res.company", string="Agency", readonly=True)
    procedure_id = fields.Many2one("qms.procedure", readonly=True)
    procedure_field_id = fields.Many2one("qms.procedure.field", string="Field", readonly=True)
    receiving_unit_id = fields.Many2one("hr.department", string="Receiving unit", readonly=True)
    intake_channel = fields.Selection(INTAKE_CHANNELS, readonly=True)
    state = fields.Selection(DOSSIER_STATES, readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    is_inter_agency = fields.Boolean(string="Inter-agency", readonly=True)
    is_imported = fields.Boolean(string="Imported", readonly=True)
    accepted_at = fields.Datetime(string="Accepted", readonly=True)
    done_at = fields.Datetime(string="Completed", readonly=True)
    first_event_at = fields.Datetime(string="First event", readonly=True)
    last_event_at = fields.Datetime(string="Last event", readonly=True)
    event_count = fields.Integer(string="Events", readonly=True)
    supplement_count = fields.Integer(string="Supplement requests", readonly=True)
    late_count = fields.Integer(string="Late", readonly=True)
    hours = fields.Float(
        string="Hours to completion (average)",
        readonly=True,
        aggregator="avg",
        help="Hours on the clock, nights and days off included, from acceptance to completion.",
    )
    hours_median = fields.Float(
        string="Hours to completion (median)", readonly=True, aggregator="median"
    )
    hours_p95 = fields.Float(
        string="Hours to completion (95th percentile)", readonly=True, aggregator="p95"
    )
    throughput_median = fields.Float(
        string="Throughput hours (median)",
        readonly=True,
        aggregator="median",
        help="Hours on the clock from the first to the last event of the log.",
    )
    throughput_p95 = fields.Float(
        string="Throughput hours (95th percentile)", readonly=True, aggregator="p95"
    )

    _depends = {
        "qms.dossier": [
            "company_id",
            "procedure_id",
            "procedure_field_id",
            "receiving_unit_id",
            "intake_channel",
            "state",
            "outcome",
            "is_inter_agency",
            "is_imported",
            "accepted_at",
            "done_at",
            "first_event_at",
            "last_event_at",
            "event_count",
            "supplement_count",
        ],
    }

    @property
    def _table_query(self):
        hours = SQL("EXTRACT(EPOCH FROM done_at - accepted_at)::float8 / 3600")
        throughput = SQL("EXTRACT(EPOCH FROM last_event_at - first_event_at)::float8 / 3600")
        return SQL(
            """SELECT id, id AS dossier_id, company_id, procedure_id, procedure_field_id,
                      receiving_unit_id, intake_channel, state, outcome, is_inter_agency,
                      is_imported, accepted_at, done_at, first_event_at, last_event_at,
                      event_count, supplement_count,
                      CASE WHEN outcome = 'late' THEN 1 ELSE 0 END AS late_count,
                      %(hours)s AS hours, %(hours)s AS hours_median, %(hours)s AS hours_p95,
                      %(throughput)s AS throughput_median, %(throughput)s AS throughput_p95
                 FROM qms_dossier
                WHERE accepted_at IS NOT NULL OR is_imported""",
            hours=hours,
            throughput=throughput,
        )

    def action_open_dossier(self):
        """Open the dossier behind this row."""
        self.ensure_one()
        return self.dossier_id._action_open()
