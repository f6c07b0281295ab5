from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
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
    procedure_id = fields.Many2one(
        "qms.procedure",
        readonly=True,
        help="The procedure named in the complaint, else that of the dossier it is about.",
    )
    department_id = fields.Many2one(
        "hr.department",
        string="About the unit",
        readonly=True,
        help="The unit named in the complaint, else the one in charge of the procedure.",
    )
    officer_id = fields.Many2one("res.users", string="About the official", readonly=True)
    state = fields.Selection(TICKET_STATES, string="Status", readonly=True)
    ticket_class = fields.Selection(TICKET_CLASSES, string="Class", readonly=True)
    received_via = fields.Selection(TICKET_CHANNELS, string="Received by way of", readonly=True)
    finding = fields.Selection(TICKET_FINDINGS, readonly=True)
    timeliness = fields.Selection(TICKET_TIMELINESS, string="In time", readonly=True)
    is_anonymous = fields.Boolean(string="Anonymous", readonly=True)
    received_at = fields.Datetime(string="Received", readonly=True)
    due_at = fields.Datetime(string="Deadline", readonly=True)
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
            "qms_dossier_id",
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
        "qms.dossier": ["procedure_id"],
        "qms.procedure": ["department_id"],
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
               SELECT judged.id, judged.id AS ticket_id, judged.company_id,
                      procedure.id AS procedure_id,
                      COALESCE(qms_department_id, procedure.department_id) AS department_id,
                      qms_officer_id AS officer_id,
                      qms_state AS state, qms_class AS ticket_class,
                      qms_received_via AS received_via, qms_finding AS finding, timeliness,
                      qms_is_anonymous AS is_anonymous, qms_received_at AS received_at,
                      judged.due_at, ended_at,
                      (timeliness IN ('late', 'overdue'))::int AS late_count,
                      (ended_at IS NOT NULL)::int AS ended_count,
                      (qms_published_at IS NOT NULL)::int AS published_count,
                      EXTRACT(EPOCH FROM ended_at - qms_received_at)::float8 / 86400 AS days
                 FROM judged
                 LEFT JOIN qms_dossier dossier ON dossier.id = judged.qms_dossier_id
                 LEFT JOIN qms_procedure procedure
                        ON procedure.id = COALESCE(qms_procedure_id, dossier.procedure_id)""",
            now=fields.Datetime.now(),
        )

    # === FIGURES === #

    @api.model
    def _handled_domain(self, start, end):
        """Domain of what counts for a period: what ended in it, and what was overdue then.

        Judged as things stood at the end of the period (or now, before it has ended), so
        that a period counted again later gives the same figures (INV-10). What was not
        accepted for lack of its contents, was taken back or has no limit is left out.
        """
        return self._ended_domain(start, end) | self._pending_domain(end)

    @api.model
    def _ended_domain(self, start, end):
        return (
            Domain("ticket_class", "!=", "incomplete")
            & Domain("ended_at", ">=", start)
            & Domain("ended_at", "<", end)
            & Domain("timeliness", "in", ("in_time", "late"))
        )

    @api.model
    def _pending_domain(self, end):
        return (
            Domain("ticket_class", "!=", "incomplete")
            & Domain("due_at", "<", min(end, fields.Datetime.now()))
            & Domain("timeliness", "in", ("late", "overdue"))
            & (Domain("ended_at", "=", False) | Domain("ended_at", ">=", end))
        )

    @api.model
    def _handled_counts(self, companies, start, end, groupby):
        """Return ``{group: Counter(in_time=, late=, pending=)}``.

        The same for every reader, as a figure of the agency: the caller has checked that
        the reader works in ``companies``.
        """
        rows_sudo, counts = self.sudo(), defaultdict(Counter)
        own = Domain("company_id", "in", companies.ids)
        for *group, timeliness, count in rows_sudo._read_group(
            own & self._ended_domain(start, end), [*groupby, "timeliness"], ["__count"]
        ):
            counts[tuple(group)][timeliness] += count
        for *group, count in rows_sudo._read_group(
            own & self._pending_domain(end), groupby, ["__count"]
        ):
            counts[tuple(group)]["pending"] += count
        return counts

    # === ACTIONS === #

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
