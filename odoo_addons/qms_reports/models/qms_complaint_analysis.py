from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.qms_public_admin.const import (
    TICKET_CHANNELS,
    TICKET_CLASSES,
    TICKET_FINDINGS,
    TICKET_STATES,
    TICKET_TIMELINESS,
)


class QmsComplaintAnalysis(models.Model):
    """Complaints and suggestions in figures, one row a complaint of the register.

    Read by the front desk, heads, ISO officers and auditors, for the agencies they work
    in. A complaint about the reader is not among the rows: a figure must not tell what the
    list hides. Late is counted like on the ticket: until classified and when not ours by
    the limit for the transfer, else by the limit for the answer.
    """

    _name = "qms.complaint.analysis"
    _description = "Complaints in figures"
    _auto = False
    _rec_name = "ticket_id"
    _order = "received_at desc, id desc"

    ticket_id = fields.Many2one("helpdesk.ticket", string="Complaint", readonly=True)
    company_id = fields.Many2one("res.company", string="Agency", readonly=True)
    procedure_id = fields.Many2one("qms.procedure", readonly=True)
    department_id = fields.Many2one("hr.department", string="About the unit", readonly=True)
    officer_id = fields.Many2one("res.users", string="About the official", readonly=True)
    state = fields.Selection(TICKET_STATES, string="Status", readonly=True)
    ticket_class = fields.Selection(TICKET_CLASSES, string="Class", readonly=True)
    received_via = fields.Selection(TICKET_CHANNELS, string="Received by way of", readonly=True)
    finding = fields.Selection(TICKET_FINDINGS, readonly=True)
    timeliness = fields.Selection(TICKET_TIMELINESS, string="In time", readonly=True)
    is_anonymous = fields.Boolean(string="Anonymous", readonly=True)
    received_at = fields.Datetime(string="Received", readonly=True)
    ended_at = fields.Datetime(string="Answered or transferred", readonly=True)
    late_count = fields.Integer(string="Late or overdue", readonly=True)
    ended_count = fields.Integer(string="Answered or transferred (number)", readonly=True)
    published_count = fields.Integer(string="Published", readonly=True)
    days = fields.Float(
        string="Days to the answer (average)",
        readonly=True,
        aggregator="avg",
        help="Calendar days from receipt to the answer or the transfer.",
    )

    _depends = {
        "helpdesk.ticket": [
            "active",
            "company_id",
            "qms_answer_due_at",
            "qms_answered_at",
            "qms_class",
            "qms_department_id",
            "qms_finding",
            "qms_is_anonymous",
            "qms_kind",
            "qms_officer_id",
            "qms_procedure_id",
            "qms_published_at",
            "qms_received_at",
            "qms_received_via",
            "qms_register_no",
            "qms_state",
            "qms_transfer_due_at",
            "qms_transferred_at",
        ],
    }

    @property
    def _table_query(self):
        return SQL(
            """WITH counted AS (
                   SELECT *,
                          COALESCE(qms_transferred_at, qms_answered_at) AS ended_at,
                          CASE WHEN COALESCE(qms_class, 'not_ours') = 'not_ours'
                               THEN qms_transfer_due_at ELSE qms_answer_due_at END AS due_at
                     FROM helpdesk_ticket
                    WHERE qms_kind = 'complaint' AND qms_register_no IS NOT NULL),
               judged AS (
                   SELECT *,
                          CASE WHEN due_at IS NULL OR qms_state = 'cancelled' THEN 'none'
                               WHEN ended_at > due_at THEN 'late'
                               WHEN ended_at IS NOT NULL THEN 'in_time'
                               WHEN due_at < %(now)s THEN 'overdue'
                               ELSE 'within' END AS timeliness
                     FROM counted)
               SELECT id, id AS ticket_id, company_id, qms_procedure_id AS procedure_id,
                      qms_department_id AS department_id, qms_officer_id AS officer_id,
                      qms_state AS state, qms_class AS ticket_class,
                      qms_received_via AS received_via, qms_finding AS finding, timeliness,
                      qms_is_anonymous AS is_anonymous, qms_received_at AS received_at, ended_at,
                      (timeliness IN ('late', 'overdue'))::int AS late_count,
                      (ended_at IS NOT NULL)::int AS ended_count,
                      (qms_published_at IS NOT NULL)::int AS published_count,
                      EXTRACT(EPOCH FROM ended_at - qms_received_at)::float8 / 86400 AS days
                 FROM judged""",
            now=fields.Datetime.now(),
        )

    def action_open_ticket(self):
        """Open the complaint behind this row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
