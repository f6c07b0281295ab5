from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from odoo.addons.base.models.res_partner import _tz_get

from ...tools import numbering


class ResCompany(models.Model):
    _inherit = "res.company"

    qms_agency_id = fields.Many2one(
        "qms.agency", string="Agency", readonly=True, copy=False, ondelete="set null"
    )
    qms_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Calendar of the clock",
        check_company=True,
        help="Working slots by which time limits are counted. Empty: the calendar of the company.",
    )
    qms_timezone = fields.Selection(
        _tz_get,
        string="Time zone of the clock",
        default="Asia/Ho_Chi_Minh",
        required=True,
        help="The zone in which working hours and days are counted. That of the calendar is not "
        "used: Odoo moves it to wherever the browser of the administrator is at the first login.",
    )
    qms_hours_per_day = fields.Float(
        string="Hours of a working day",
        default=8.0,
        help="Time limits are kept in hours; this many make one working day.",
    )
    qms_on_time_by = fields.Selection(
        [("date", "Date"), ("minute", "Minute")],
        string="On time judged by",
        default="date",
        required=True,
        help="By date, a dossier completed at any time of the due day is on time.",
    )
    qms_code_pattern = fields.Char(
        string="Pattern of dossier codes", default="{agency}-{yyMMdd}-{ordinal}", required=True
    )
    qms_code_width = fields.Integer(string="Digits of the ordinal", default=4, required=True)
    qms_supplement_clock_mode = fields.Selection(
        [("restart", "Restart from zero"), ("shift", "Shift by the time paused")],
        string="Clock after a supplement",
        default="restart",
        required=True,
    )
    qms_supplement_notice_days = fields.Integer(
        string="Days to ask for a supplement",
        default=3,
        help="Working days after acceptance within which a supplement should be asked for.",
    )
    qms_apology_notice_days = fields.Integer(
        string="Days of notice of an apology",
        default=1,
        help="Working days before the due date by which the apology should be sent.",
    )
    qms_extension_max = fields.Integer(
        string="Extensions allowed", default=1, help="Extensions of one dossier."
    )
    qms_extension_on_time_basis = fields.Selection(
        [("first_due", "First due date"), ("last_due", "Last due date")],
        string="Extended dossiers judged on",
        default="first_due",
        required=True,
    )
    qms_due_soon_hours = fields.Float(string="Due soon within (hours)", default=24.0)
    qms_transfer_cutoff = fields.Float(
        string="Same-day transfer until",
        default=15.0,
        help="A dossier received at the counter before this hour goes to its handler the same "
        "working day, later ones at the start of the next (Decree 118/2025, art. 18.2).",
    )

    _qms_hours_per_day = models.Constraint(
        "CHECK(qms_hours_per_day > 0 AND qms_hours_per_day <= 24)",
        "A working day has between 0 and 24 hours.",
    )
    _qms_counts = models.Constraint(
        "CHECK(qms_code_width BETWEEN 1 AND 12 AND qms_extension_max >= 0"
        " AND qms_supplement_notice_days >= 0 AND qms_apology_notice_days >= 0"
        " AND qms_due_soon_hours >= 0)",
        "These settings cannot be negative, and an ordinal has 1 to 12 digits.",
    )
    _qms_transfer_cutoff = models.Constraint(
        "CHECK(qms_transfer_cutoff >= 0 AND qms_transfer_cutoff <= 24)",
        "An hour of the day lies between 0 and 24.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("qms_code_pattern")
    def _check_qms_code_pattern(self):
        for company in self:
            try:
                numbering.check_pattern(company.qms_code_pattern)
            except numbering.PatternError as error:
                raise ValidationError(
                    self.env._(
                        "The pattern of dossier codes needs {ordinal}, a date such as "
                        "{yyMMdd} and nothing unknown. Please check: %(detail)s",
                        detail=error,
                    )
                ) from error

    # === BUSINESS METHODS === #

    def _qms_calendar(self):
        """Return the calendar by which this agency counts time limits."""
        self.ensure_one()
        return self.qms_calendar_id or self.resource_calendar_id

    @ormcache("self.id")
    def _qms_timezone(self):
        """Return the IANA zone of this agency; kept until the setting changes."""
        self.ensure_one()
        return self.sudo().qms_timezone

    def _qms_agency_code(self):
        """Return the identifier that starts dossier codes."""
        self.ensure_one()
        return self.qms_agency_id.code or self.company_registry or f"C{self.id}"

    @api.model
    def _qms_with(self, rows, domain):
        """Return the agencies that have ``rows`` in ``domain``, without loading those."""
        groups = rows.sudo()._read_group(domain, ["company_id"])
        return self.sudo().browse(company.id for (company,) in groups if company)

    def _qms_each(self, work, commit):
        """Do ``work(company)`` for each agency; one that fails does not hold up the others.

        :param work: called in a savepoint of its own
        :param commit: called after each agency; returns the seconds left
        :raise Exception: the last failure, once all have had their turn
        """
        commit(remaining=len(self))
        failure = None
        for company in self:
            try:
                with self.env.cr.savepoint():
                    work(company)
            except Exception as error:
                failure = error
            if not commit(1):
                break
        if failure:
            raise failure
