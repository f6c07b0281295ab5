from odoo import fields, models

from ...tools.working_time import WorkingTimeError


class ResCompany(models.Model):
    """How often an agency audits what."""

    _inherit = "res.company"

    qms_audit_cycle_years = fields.Integer(
        string="Units and clauses audited within (years)",
        default=1,
        required=True,
        help="Each unit and each clause of the standard is audited once in so many years. The "
        "law asks for at least one internal audit a year (Decision 19/2014/QĐ-TTg, art. 4.4.b).",
    )
    qms_audit_procedure_years = fields.Integer(
        string="Procedures audited within (years)",
        default=3,
        required=True,
        help="Each administrative procedure under the quality management system is audited once "
        "in so many years.",
    )
    qms_audit_notice_days = fields.Integer(
        string="Days of notice of an audit",
        default=5,
        required=True,
        help="Calendar days before an audit by which the units audited should be told.",
    )

    _qms_audit_cycles = models.Constraint(
        "CHECK(qms_audit_cycle_years BETWEEN 1 AND 5 AND qms_audit_procedure_years BETWEEN 1 AND 10"
        " AND qms_audit_notice_days BETWEEN 0 AND 90)",
        "An audit cycle has 1 to 5 years, one of procedures 1 to 10; notice is given 0 to 90 "
        "days before.",
    )

    # === BUSINESS METHODS === #

    def _qms_is_open_day(self):
        """Return the function that tells working days of the agency from days off."""
        try:
            return self._qms_working_time().is_open_day
        except WorkingTimeError:  # no calendar yet: Monday to Friday
            return lambda day: day.weekday() < 5
