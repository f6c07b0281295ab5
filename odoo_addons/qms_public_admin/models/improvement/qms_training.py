from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...tools.words import stripped

TRAINING_STATES = [
    ("planned", "Planned"),
    ("held", "Held"),
    ("evaluated", "Evaluated"),
    ("cancelled", "Cancelled"),
]
FORMS = [
    ("class", "In class"),
    ("online", "Online"),
    ("mixed", "Class and online"),
    ("job", "At work"),
    ("reading", "Self-study"),
]
VERDICTS = [
    ("effective", "Effective"),
    ("partly", "Partly effective"),
    ("ineffective", "Not effective"),
]
# Months after a class in which its effect is looked at, unless another day is set.
EVALUATE_MONTHS = 3
NOTICE_DAYS = 7


class QmsTraining(models.Model):
    """A class: subject, trainer, days, who took part, with what result and effect.

    Everyone of the agency reads its classes; ISO officers keep them. Results of persons
    are read by themselves, heads, auditors, leaders and ISO officers (see
    ``qms.training.participant``). A class is held, then its effect is evaluated: from then
    on it is closed, and who passed has the competences it gives (ISO 9001, 7.2).
    """

    _name = "qms.training"
    _description = "Training class"
    _inherit = [
        "qms.lifecycle.mixin",
        "qms.evidence.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_from desc, id desc"
    _rec_names_search = ["code", "name"]
    _check_company_auto = True
    _evidence_sequence = 80
    _evidence_date_field = "date_to"

    _lifecycle_initial = "planned"
    _transitions = {
        "planned": ("held", "cancelled"),
        "held": ("evaluated", "planned"),
    }
    _protected_fields = (
        "code",
        "held_at",
        "verdict",
        "evaluation",
        "evaluated_on",
        "evaluated_by_id",
        "evaluated_by_name",
        "cancel_reason",
        "reminded_for",
    )
    _frozen_fields = {
        "held": ("company_id", "name", "date_from", "date_to", "hours", "trainer", "place"),
        "evaluated": "*",
        "cancelled": "*",
    }

    code = fields.Char(readonly=True, copy=False, index=True)
    name = fields.Char(string="Subject", required=True, index="trigram", tracking=True)
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    owner_id = fields.Many2one(
        "res.users",
        string="Organised by",
        default=lambda self: self.env.user,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
    )
    form = fields.Selection(FORMS, string="Form of training", required=True, default="class")
    is_external = fields.Boolean(
        string="By others", help="Held by a school, a consultant or another agency."
    )
    trainer = fields.Char(tracking=True, help="Name and position of who teaches.")
    provider = fields.Char(string="Training provider", help="School, consultant or agency.")
    place = fields.Char(string="Place of the class")
    date_from = fields.Date(
        string="First day",
        required=True,
        default=lambda self: fields.Date.context_today(self),
        tracking=True,
    )
    date_to = fields.Date(
        string="Last day",
        compute="_compute_date_to",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    hours = fields.Float(tracking=True, aggregator="sum")
    content = fields.Html(sanitize_overridable=False, help="What is taught.")
    department_ids = fields.Many2many("hr.department", string="For the units", check_company=True)
    page_ids = fields.Many2many(
        "document.page", string="Documents taught", domain="[('qms_status', '!=', False)]"
    )
    survey_id = fields.Many2one(
        "survey.survey",
        string="Quiz",
        ondelete="restrict",
        domain="[('scoring_type', '!=', 'no_scoring')]",
        help="Its results are fetched for the participants who have an account.",
    )
    need_ids = fields.Many2many(
        "qms.training.need",
        "qms_training_need_rel",
        "training_id",
        "need_id",
        string="Needs served",
        check_company=True,
        copy=False,
        domain="[('state', '=', 'open')]",
    )
    competence_ids = fields.One2many(
        "qms.training.competence", "training_id", string="Competences given", copy=True
    )
    participant_ids = fields.One2many(
        "qms.training.participant", "training_id", string="Participants"
    )
    participant_count = fields.Integer(string="Registered", compute="_compute_counts")
    attended_count = fields.Integer(string="Took part", compute="_compute_counts")
    passed_count = fields.Integer(string="Passed", compute="_compute_counts")
    failed_count = fields.Integer(string="Not passed", compute="_compute_counts")
    attachment_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        string="Files",
        domain=[("res_model", "=", "qms.training"), ("res_field", "=", False)],
        bypass_search_access=True,
        copy=False,
    )
    state = fields.Selection(
        TRAINING_STATES,
        default="planned",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    held_at = fields.Datetime(string="Recorded as held", readonly=True, copy=False)
    evaluate_by = fields.Date(
        string="Evaluate effect by",
        compute="_compute_evaluate_by",
        store=True,
        readonly=False,
        precompute=True,
        help="Some time after the class: whether people work differently since.",
    )
    evaluate_how = fields.Char(
        string="How the effect is measured",
        help="E.g. share of late dossiers before and after, observation, quiz after three months.",
    )
    verdict = fields.Selection(
        VERDICTS, string="Effect of training", readonly=True, copy=False, tracking=True
    )
    evaluation = fields.Text(string="What was found", readonly=True, copy=False)
    evaluated_on = fields.Date(string="Evaluated on", readonly=True, copy=False)
    evaluated_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    evaluated_by_name = fields.Char(string="Evaluated by", readonly=True, copy=False)
    cancel_reason = fields.Text(string="Why cancelled", readonly=True, copy=False)
    reminded_for = fields.Date(readonly=True, copy=False)
    is_late = fields.Boolean(
        string="To be acted on", compute="_compute_is_late", search="_search_is_late"
    )
    can_hold = fields.Boolean(compute="_compute_can")
    can_evaluate = fields.Boolean(compute="_compute_can")
    can_cancel = fields.Boolean(compute="_compute_can")

    _code_unique = models.UniqueIndex(
        "(company_id, code) WHERE code IS NOT NULL", "This code was given already."
    )
    _days = models.Constraint("CHECK(date_to >= date_from)", "A class ends before it starts.")
    _hours = models.Constraint("CHECK(hours >= 0)", "Hours cannot be negative.")
    _evaluated = models.Constraint(
        "CHECK(state != 'evaluated' OR (verdict IS NOT NULL AND evaluated_on IS NOT NULL))",
        "An evaluated class has a verdict.",
    )
    _cancelled = models.Constraint(
        "CHECK(state != 'cancelled' OR length(trim(COALESCE(cancel_reason, ''))) > 0)",
        "Say why the class is cancelled.",
    )

    # === COMPUTE METHODS === #

    @api.depends("code", "name")
    def _compute_display_name(self):
        for training in self:
            training.display_name = " – ".join(filter(None, (training.code, training.name)))

    @api.depends("date_from")
    def _compute_date_to(self):
        for training in self:
            start = training.date_from
            training.date_to = max(training.date_to or start, start) if start else False

    @api.depends("date_to")
    def _compute_evaluate_by(self):
        for training in self:
            last = training.date_to
            if last and (not training.evaluate_by or training.evaluate_by < last):
                training.evaluate_by = last + relativedelta(months=EVALUATE_MONTHS)
            else:
                training.evaluate_by = training.evaluate_by

    @api.depends("participant_ids.attended", "participant_ids.result")
    def _compute_counts(self):
        # Numbers are for everybody, the persons behind them are not.
        groups = (
            self.env["qms.training.participant"]
            .sudo()
            ._read_group(
                [("training_id", "in", self.ids)],
                ["training_id", "attended", "result"],
                ["__count"],
            )
        )
        for training in self:
            rows = [row[1:] for row in groups if row[0].id == training.id]
            took_part = [row for row in rows if row[0]]
            training.participant_count = sum(row[2] for row in rows)
            training.attended_count = sum(row[2] for row in took_part)
            training.passed_count = sum(row[2] for row in took_part if row[1] == "passed")
            training.failed_count = sum(row[2] for row in took_part if row[1] == "failed")

    @api.depends("state", "date_to", "evaluate_by")
    def _compute_is_late(self):
        late = self.filtered_domain(self._late_domain())
        late.is_late = True
        (self - late).is_late = False

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = self._late_domain()
        return late if True in value else ~late

    @api.depends("state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can(self):
        for training in self:
            may = bool(training.id) and training.has_access("write")
            training.can_hold = may and training.state == "planned"
            training.can_cancel = training.can_hold
            training.can_evaluate = may and training.state == "held"

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        if "qms_clause_ids" in fields_list and not defaults.get("qms_clause_ids"):
            clauses = self.env.company._qms_standard()._qms_clauses("7.2")
            defaults["qms_clause_ids"] = [fields.Command.set(clauses.ids)]
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        trainings = super().create(vals_list)
        codes = self.env["qms.improvement.counter"]._next_references(trainings, "DT")
        trainings._lifecycle_write_each({row_id: {"code": code} for row_id, code in codes.items()})
        return trainings

    # === ACTIONS === #

    def action_hold(self):
        """Record that the class was held; who took part has been entered."""
        self.check_access("write")
        self._transition("held", {"held_at": fields.Datetime.now()})
        return True

    def action_back(self):
        """Open a class again that was recorded as held by mistake."""
        self.check_access("write")
        self._transition("planned", {"held_at": False})
        return True

    def action_open_evaluate(self):
        """Ask for the effect of the class."""
        self.ensure_one()
        return self.env["qms.training.verdict"]._ask(self)

    def action_evaluate(self, verdict=None, words=None):
        """Record the effect of the class; competences are given, needs are met.

        :param str verdict: ``effective``, ``partly`` or ``ineffective``
        :param str words: what was found
        """
        self.check_access("write")
        text = stripped(words)
        if verdict not in dict(VERDICTS) or not text:
            raise UserError(self.env._("Say whether the class was effective, and what was found."))
        self._transition(
            "evaluated",
            {
                "verdict": verdict,
                "evaluation": text,
                "evaluated_on": fields.Date.context_today(self),
                "evaluated_by_id": self.env.uid,
                "evaluated_by_name": self.env.user.sudo().name,
            },
        )
        if verdict != "ineffective":
            self._give_competences()
            self.sudo().need_ids._meet()
        self.activity_ids.sudo().filtered("automated").action_feedback()
        return True

    def action_open_cancel(self):
        """Ask why the class is cancelled."""
        return self.env["qms.words.dialog"]._ask(
            "action_cancel",
            self.env._("Cancel the class"),
            self,
            question=self.env._("Say why the class is cancelled."),
        )

    def action_cancel(self, reason=None):
        """Cancel a planned class, with the reason; its needs stay open."""
        self.check_access("write")
        words = stripped(reason)
        if not words:
            raise UserError(self.env._("Say why the class is cancelled."))
        self._transition("cancelled", {"cancel_reason": words})
        return True

    def action_add_participants(self):
        """Open the dialog that adds many participants at once."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add participants"),
            "res_model": "qms.training.entry",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_training_id": self.id},
        }

    def action_all_attended(self):
        """Note that all who are registered took part."""
        self.check_access("write")
        self._check_open()
        self.participant_ids.filtered(lambda row: not row.attended).write({"attended": True})
        return True

    def action_fetch_quiz(self):
        """Take over the results of the quiz for participants who have an account."""
        self.check_access("write")
        self._check_open()
        for training in self.filtered("survey_id"):
            training._fetch_quiz()
        return True

    def action_view_participants(self):
        """Open who took part, with the results."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_training_participant_action"
        )
        context = {"default_training_id": self.id}
        return {**action, "domain": [("training_id", "=", self.id)], "context": context}

    # === PREDICATES === #

    def _transition_error(self, target):
        error = super()._transition_error(target)
        if error:
            return error
        if not self.has_access("write"):
            return self.env._("ISO officers of the agency keep its classes.")
        if target == "held":
            return self._hold_error()
        if target == "evaluated" and self.date_to > fields.Date.context_today(self):
            return self.env._("The class is not over yet.")
        return ""

    def _hold_error(self):
        if self.date_from > fields.Date.context_today(self):
            return self.env._("“%(name)s” has not begun yet.", name=self.display_name)
        if not any(self.sudo().participant_ids.mapped("attended")):
            return self.env._("Enter who took part in “%(name)s”.", name=self.display_name)
        return ""

    def _check_open(self):
        """Refuse changes of what belongs to a class that was evaluated or cancelled."""
        for training in self.sudo():
            if training.state in ("evaluated", "cancelled"):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” was evaluated or cancelled: its participants and results "
                        "stay as they are.",
                        name=training.display_name,
                    )
                )

    # === BUSINESS METHODS === #

    @api.model
    def _late_domain(self):
        """Classes that are over and not recorded, or whose effect is due to be looked at."""
        today = fields.Date.context_today(self)
        unrecorded = Domain("state", "=", "planned") & Domain("date_to", "<", today)
        return unrecorded | (Domain("state", "=", "held") & Domain("evaluate_by", "<=", today))

    @api.model
    def _evidence_domain(self, company):
        return super()._evidence_domain(company) & Domain("state", "in", ("held", "evaluated"))

    def _give_competences(self):
        """Record the competences of who took part and did not fail."""
        model = self.env["qms.competence.assessment"]
        rows = []
        for training in self:
            learners = training.sudo().participant_ids.filtered(
                lambda row: row.user_id and row.attended and row.result != "failed"
            )
            for line in training.sudo().competence_ids:
                end = line.months and training.date_to + relativedelta(months=line.months)
                rows += [
                    model._judgement(
                        row.user_id,
                        training.company_id,
                        line.competence_id,
                        line.level,
                        {
                            "basis": "training",
                            "date": training.date_to,
                            "valid_to": end or False,
                            "participant_id": row.id,
                            "words": training.display_name,
                        },
                    )
                    for row in learners
                ]
        model._record(rows)

    def _fetch_quiz(self):
        """Write score and result of the last finished try of each participant."""
        rows = self.participant_ids.filtered("user_id")
        tries = (
            self.env["survey.user_input"]
            .sudo()
            .search(
                [
                    ("survey_id", "=", self.survey_id.id),
                    ("partner_id", "in", rows.user_id.partner_id.ids),
                    ("state", "=", "done"),
                    ("end_datetime", ">=", self.date_from),
                ],
                order="end_datetime",
            )
        )
        last = {row.partner_id: row for row in tries}
        outcomes = defaultdict(rows.browse)
        for row in rows:
            if found := last.get(row.user_id.partner_id):
                outcomes[found.scoring_percentage, found.scoring_success] |= row
        for (score, has_passed), learners in outcomes.items():
            learners.write({"score": score, "result": "passed" if has_passed else "failed"})

    # === REMINDER === #

    @api.model
    def _cron_remind(self):
        """Put classes whose effect is to be evaluated on the list of who organised them."""
        self._remind_all(self.env["ir.cron"]._commit_progress)

    @api.model
    def _remind_all(self, commit):
        held = self.env["res.company"]._qms_with(self, [("state", "=", "held")])
        held._qms_each(self._remind_company, commit)

    @api.model
    def _remind_company(self, company):
        zoned = self.sudo().with_context(tz=company._qms_timezone())
        soon = fields.Date.add(fields.Date.context_today(zoned), days=NOTICE_DAYS)
        held = zoned.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "held"),
                ("evaluate_by", "<=", soon),
            ]
        ).filtered(lambda row: row.reminded_for != row.evaluate_by)
        officer = company._qms_officers()[:1]
        self.env["mail.activity"]._qms_put(
            "qms_public_admin.mail_activity_training", [row._reminder(officer) for row in held]
        )
        held._lifecycle_write_each({row.id: {"reminded_for": row.evaluate_by} for row in held})

    def _reminder(self, officer):
        person = self.owner_id.filtered("active") or officer or self.create_uid
        summary = self.with_context(lang=person.lang).env._("Evaluate the effect of a class")
        return self, person, self.evaluate_by, summary
