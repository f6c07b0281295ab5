from odoo import api, fields, models

from ...const import STEP_KINDS
from ...tools import process_check, time_text
from .qms_procedure_term_mixin import TIME_ISSUES

TIME_STATES = [
    ("timed", "Timed"),
    ("not_counted", "Not counted"),
    ("missing", "Missing"),
]


class QmsProcedureStep(models.Model):
    """A step of the internal process: work, unit and position, hours, result."""

    _name = "qms.procedure.step"
    _description = "Step of a procedure"
    _inherit = "qms.procedure.part"
    _check_company_auto = True

    case_id = fields.Many2one("qms.procedure.case", index="btree_not_null")
    stage = fields.Char(
        help="Stage of the process. A time in its title, e.g. “II. Provincial level "
        "(15 ngày)”, is compared with the sum of its steps."
    )
    label = fields.Char(string="No.", help="Number of the step as printed, e.g. “Bước 3”.")
    name = fields.Text(string="Work", required=True)
    kind = fields.Selection(STEP_KINDS, required=True, default="process")
    unit_position = fields.Char(string="Unit or position as printed")
    position_id = fields.Many2one("qms.position", index="btree_not_null", check_company=True)
    department_id = fields.Many2one("hr.department", string="Unit", check_company=True)
    hours = fields.Float(help="Working hours; 8 hours are one day.")
    time_text = fields.Char(string="Time as printed")
    time_state = fields.Selection(TIME_STATES, string="Time", required=True, default="timed")
    time_issue = fields.Selection(TIME_ISSUES, string="Doubt about the time")
    is_substep = fields.Boolean(
        string="Sub-step",
        help="Printed without a number of its own, under the step above. It is handed over "
        "like a step when it names its own unit or position.",
    )
    result = fields.Text()
    form_name = fields.Char(string="Form")
    note = fields.Text()

    _key_unique = models.UniqueIndex(
        "(version_id, external_key) WHERE external_key IS NOT NULL",
        "This step was already imported into the version.",
    )
    _hours_not_negative = models.Constraint(
        "CHECK(hours >= 0)", "The time of a step cannot be negative."
    )

    # === COMPUTE METHODS === #

    @api.depends("label", "name")
    def _compute_display_name(self):
        for step in self:
            work = " ".join((step.name or "").split())[:80]
            step.display_name = ". ".join(part for part in (step.label, work) if part)

    # === CONSTRAINT METHODS === #

    @api.constrains("case_id", "version_id")
    def _check_case_id(self):
        self._check_case_of_version()

    # === CRUD METHODS === #

    def write(self, vals):
        if "time_issue" not in vals and {"hours", "time_state"} & vals.keys():
            vals = {**vals, "time_issue": False}
        return super().write(vals)

    # === ONCHANGE METHODS === #

    @api.onchange("time_text")
    def _onchange_time_text(self):
        if self.time_text:
            self.update(self._time_values(time_text.parse(self.time_text)))

    @api.onchange("position_id")
    def _onchange_position_id(self):
        if self.position_id.department_id:
            self.department_id = self.position_id.department_id

    # === BUSINESS METHODS === #

    @api.model
    def _time_values(self, parsed):
        """Return field values for the printed time of a step.

        The steps of one process are all counted in the same days; whether these
        are working or calendar days is settled for the case as a whole. A half
        "ngày" is therefore no doubt about the step.
        """
        issues = [issue for issue in parsed.blocking_issues if issue != "ambiguous_day"]
        return {
            "hours": parsed.hours or 0.0,
            "time_state": parsed.state,
            "time_issue": issues[0] if issues else False,
        }

    def _is_handed_over(self):
        """A sub-step without a unit of its own is part of the step above."""
        self.ensure_one()
        return not self.is_substep or bool(self.position_id or self.unit_position)

    def _as_input(self):
        """Return the step as input of the checking kernel."""
        self.ensure_one()
        return process_check.StepInput(
            label=self.label or "",
            name=" ".join((self.name or "").split()),
            hours=self.hours,
            kind=self.kind or "process",
            time_state=self.time_state or "missing",
            stage=self.stage or "",
            case=self.case_id.id or None,
            has_position=bool(self.position_id),
            has_people=bool(self.sudo().position_id.holder_ids),
            is_substep=not self._is_handed_over(),
            issues=(self.time_issue,) if self.time_issue else (),
        )

    def _flow_box(self):
        """Return the box of this step in the picture of the flow."""
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.name,
            "label": self.label or "",
            "position": self.position_id.name or self.unit_position or "",
            "department": self.department_id.name or "",
            "hours": self.hours,
            "kind": self.kind,
            "time_state": self.time_state,
            "group": " – ".join(part for part in (self.case_id.name, self.stage) if part),
            "state": "planned",
        }
