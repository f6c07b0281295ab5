from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...const import INTAKE_CHANNELS
from ...kernel_texts import kernel_text
from ...tools.working_time import WorkingTimeError

MOMENT = "EEEE dd/MM/yyyy HH:mm"


class QmsClockWhatIf(models.TransientModel):
    """Which dates a dossier would have, and why: a question to the clock.

    Staff ask it about any version they may read. It counts with the methods that count
    the dates of dossiers, and writes nothing but itself.
    """

    _name = "qms.clock.what.if"
    _description = "What if: the clock of a dossier"

    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
    )
    procedure_id = fields.Many2one(
        "qms.procedure", domain="[('company_id', 'in', [company_id, False])]"
    )
    version_id = fields.Many2one(
        "qms.procedure.version",
        compute="_compute_version_id",
        store=True,
        readonly=False,
        domain="[('procedure_id', '=', procedure_id)]",
        help="The version in force when the dossier is received; choose another one, a draft "
        "too, to see what would be different.",
    )
    case_id = fields.Many2one(
        "qms.procedure.case",
        compute="_compute_case_id",
        store=True,
        readonly=False,
        domain="[('version_id', '=', version_id)]",
    )
    has_cases = fields.Boolean(compute="_compute_has_cases")
    intake_channel = fields.Selection(
        INTAKE_CHANNELS, string="Intake channel", required=True, default="direct"
    )
    received_at = fields.Datetime(
        string="Accepted",
        required=True,
        default=fields.Datetime.now,
        help="When the complete dossier is accepted; for a non-territorial one, when the "
        "competent agency has received it.",
    )
    pause_ids = fields.One2many("qms.clock.what.if.pause", "what_if_id", string="Pauses")
    extended_to = fields.Datetime(string="Extended to")
    answer = fields.Html(compute="_compute_answer", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends("procedure_id", "received_at")
    def _compute_version_id(self):
        for question in self:
            procedure, version = question.procedure_id, question.version_id
            if procedure and question.received_at:
                found = procedure._version_at(question.received_at)
                is_kept = version.procedure_id == procedure and version.state == "draft"
                question.version_id = version if is_kept else found
            else:
                question.version_id = False

    @api.depends("version_id")
    def _compute_case_id(self):
        for question in self:
            if question.case_id.version_id != question.version_id:
                question.case_id = question.version_id.case_ids[:1]

    @api.depends("version_id")
    def _compute_has_cases(self):
        for question in self:
            question.has_cases = len(question.version_id.case_ids) > 1

    @api.depends(
        "company_id",
        "version_id",
        "case_id",
        "intake_channel",
        "received_at",
        "extended_to",
        "pause_ids.kind",
        "pause_ids.started_at",
        "pause_ids.ended_at",
    )
    @api.depends_context("lang")
    def _compute_answer(self):
        qweb = self.env["ir.qweb"]
        for question in self:
            question.answer = qweb._render(
                "qms_public_admin.qms_clock_what_if_answer", question._answer_values()
            )

    @api.depends("version_id")
    def _compute_display_name(self):
        for question in self:
            question.display_name = self.env._("What if…")

    # === ANSWER === #

    def _answer_values(self):
        """Return what the page and the print show: the plan, or why there is none."""
        self.ensure_one()
        if not self.version_id or not self.received_at:
            return {"plan": False, "error": False, "text": self._text}
        try:
            return {"plan": self._plan(), "error": False, "text": self._text}
        except WorkingTimeError as error:
            return {"plan": False, "error": kernel_text(self.env, error), "text": self._text}
        except UserError as error:
            return {"plan": False, "error": str(error), "text": self._text}

    def _text(self, moment):
        zone = self.company_id._qms_timezone()
        return format_datetime(self.env, moment, tz=zone, dt_format=MOMENT) if moment else ""

    def _plan(self):
        """Return all dates with their reasons, as a dossier received then would have them.

        :raise WorkingTimeError: the calendar or the term gives no date
        :raise UserError: the pauses contradict each other
        """
        start = self.received_at
        clock = self.company_id.sudo()._qms_working_time()
        term = self.version_id._term(self.case_id, self.intake_channel)
        dossier = self._as_dossier()
        dates = dossier._prepare_due_dates(clock, start, term)
        pauses = self._pauses()
        plan = {
            "term": term,
            "clock_start_at": clock.counted_from(start, term["duration_kind"]),
            "transfer_due_at": dossier._transfer_due(clock, start),
            "steps": self._steps(clock, start, pauses),
            "due_at": False,
            "legal_due_at": False,
            "why": [],
            "legal_why": [],
            "warning": dates.get("calendar_warning"),
        }
        if term["has_due"]:
            plan.update(self._limits(clock, term, dates, pauses))
        return plan

    def _limits(self, clock, term, dates, pauses):
        """Return both due dates after the pauses and the extension, each with its reasons."""
        kind = term["duration_kind"] or "working"
        hours = term["committed_hours"]
        legal_hours = term["legal_hours"] or hours
        due = self._moved(clock, dates["due_at"], hours, kind, pauses)
        extensions = []
        if self.extended_to:
            self._check_extension(due)
            extensions = [(self.extended_to, "", self.extended_to)]
        lang = self.env.lang or "en_US"
        start = self.received_at
        return {
            "due_at": self.extended_to or due,
            "legal_due_at": self._moved(clock, dates["legal_due_at"], legal_hours, kind, pauses),
            "why": clock.explain(start, hours, kind, pauses, extensions, lang),
            "legal_why": clock.explain(start, legal_hours, kind, pauses, lang=lang),
        }

    def _as_dossier(self):
        """A dossier that is never stored: it knows how its dates are counted."""
        return self.env["qms.dossier"].new(
            {"company_id": self.company_id.id, "intake_channel": self.intake_channel}
        )

    def _pauses(self):
        """Return the pauses in their order as the clock takes them.

        :raise UserError: one ends before it starts, or two overlap
        """
        rows = self.pause_ids.filtered("started_at").sorted("started_at")
        previous = self.received_at
        for row in rows:
            if row.started_at < previous or (row.ended_at and row.ended_at <= row.started_at):
                raise UserError(
                    self.env._(
                        "The pause from %(start)s does not fit: pauses start after acceptance, "
                        "end after they start and do not overlap.",
                        start=self._text(row.started_at),
                    )
                )
            previous = row.ended_at or row.started_at
        labels = dict(
            self.env["qms.clock.what.if.pause"]._fields["kind"]._description_selection(self.env)
        )
        return [
            (row.started_at, row.ended_at or None, self._mode(row), labels[row.kind])
            for row in rows
        ]

    def _mode(self, pause):
        if pause.kind == "supplement":
            return self.company_id.sudo().qms_supplement_clock_mode
        return "shift"

    def _moved(self, clock, due, hours, kind, pauses):
        """Return ``due`` after the pauses; nothing while one is open."""
        for started_at, ended_at, mode, _label in pauses:
            if not ended_at:
                return False
            due = clock.resume(due, started_at, ended_at, hours, mode, kind)
        return due

    def _check_extension(self, due):
        if not due or self.extended_to <= due:
            raise UserError(
                self.env._(
                    "An extension gives a later date than the due date in force, %(due)s.",
                    due=self._text(due) or self.env._("open while the dossier is paused"),
                )
            )

    def _steps(self, clock, start, pauses):
        """Return the steps with the moment until which each is planned."""
        total, steps = 0.0, []
        for step in self.version_id.sudo()._steps_for(self.case_id):
            total += step.hours
            until = clock.due(start, total)
            for started_at, ended_at, _mode, _label in pauses:
                if until and until > started_at:
                    until = ended_at and clock.resume(until, started_at, ended_at, total, "shift")
            steps.append(
                {
                    "name": step.name,
                    "who": step.position_id.name or step.unit_position or "",
                    "hours": step.hours,
                    "until": until,
                }
            )
        return steps
