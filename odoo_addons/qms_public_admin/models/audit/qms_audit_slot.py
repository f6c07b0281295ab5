from datetime import UTC
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError

SLOT_KINDS = [
    ("opening", "Opening meeting"),
    ("audit", "Audit"),
    ("team", "Meeting of the team"),
    ("closing", "Closing meeting"),
]


class QmsAuditSlot(models.Model):
    """A slot of the agenda of an audit: when, which unit, about what, who."""

    _name = "qms.audit.slot"
    _description = "Agenda of an audit"
    _inherit = ["qms.audit.owned.mixin"]
    _order = "start, id"
    _check_company_auto = True

    audit_id = fields.Many2one("mgmtsystem.audit", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="audit_id.company_id", store=True, index=True)
    audit_state = fields.Selection(related="audit_id.state", string="State of the audit")
    kind = fields.Selection(SLOT_KINDS, required=True, default="audit")
    start = fields.Datetime(string="Begins at", required=True, index=True)
    stop = fields.Datetime(string="Ends at", required=True)
    hours = fields.Float(compute="_compute_hours", store=True)
    name = fields.Char(string="What is looked at", required=True)
    department_id = fields.Many2one(
        "hr.department",
        string="Unit",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    procedure_ids = fields.Many2many(
        "qms.procedure",
        "qms_audit_slot_procedure_rel",
        "slot_id",
        "procedure_id",
        string="Procedures",
        check_company=True,
    )
    clause_ids = fields.Many2many(
        "qms.standard.clause",
        "qms_audit_slot_clause_rel",
        "slot_id",
        "clause_id",
        string="Clauses",
    )
    member_ids = fields.Many2many(
        "qms.audit.member",
        "qms_audit_slot_member_rel",
        "slot_id",
        "member_id",
        string="Auditors",
        domain="[('audit_id', '=', audit_id)]",
    )
    people = fields.Char(string="People met", help="Whom the auditors meet.")
    place = fields.Char(string="Place of the meeting")

    _in_order = models.Constraint("CHECK(stop > start)", "A slot ends after it begins.")

    # === COMPUTE METHODS === #

    @api.depends("name", "audit_id.reference")
    def _compute_display_name(self):
        for slot in self:
            slot.display_name = f"{slot.audit_id.reference or ''}: {slot.name or ''}"

    @api.depends("start", "stop")
    def _compute_hours(self):
        for slot in self:
            is_whole = slot.start and slot.stop
            slot.hours = (slot.stop - slot.start).total_seconds() / 3600 if is_whole else 0.0

    # === CONSTRAINT METHODS === #

    @api.constrains("member_ids", "audit_id")
    def _check_member_ids(self):
        for slot in self:
            if slot.member_ids.audit_id - slot.audit_id:
                raise ValidationError(self.env._("Choose auditors of the team of this audit."))

    # === BUSINESS METHODS === #

    def _time_text(self):
        """Return day and hours as the agency reads them, e.g. “09/11/2026 08:00–10:30”."""
        self.ensure_one()
        start, stop = self._local(self.start), self._local(self.stop)
        return f"{start:%d/%m/%Y %H:%M}–{stop:%H:%M}"

    def _local(self, moment):
        """Return a moment on the clock of the agency."""
        zone = ZoneInfo(self.company_id._qms_timezone()) if self.company_id else UTC
        return moment.replace(tzinfo=UTC).astimezone(zone)
