import datetime

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ...const import (
    CLOSED_STATES,
    DOSSIER_STATES,
    DURATION_KINDS,
    INTAKE_CHANNELS,
    OUTCOMES,
    RUNNING_STATES,
    STATE_CODES,
    TIMELINESS,
)
from ...tools.outcome import timeliness
from ..mixins.bulk_rows import insert_rows
from ..mixins.plain_text import PlainChar, digits_index, plain_index

# What the applicant handed in and for what: frozen from acceptance on.
IDENTITY_FIELDS = (
    "company_id",
    "procedure_id",
    "case_id",
    "intake_channel",
    "receiving_unit_id",
    "submitted_at",
    "set_qty",
    "content",
    "is_non_territorial",
    "is_inter_agency",
    "lead_agency_id",
    "coordinating_agency_ids",
    "partner_id",
    "holder_name",
    "holder_kind_id",
    "holder_identity",
    "holder_phone",
    "holder_email",
    "holder_address",
    "submitter_name",
    "submitter_identity",
    "submitter_phone",
)


class QmsDossier(models.Model):
    """One application of a citizen or a company: the legal record.

    Staff of the agency read all its dossiers. The counter creates them, corrects
    them until acceptance, accepts or refuses them and returns the result. Steps
    are handled by the holders of their positions and by who stands in for them.
    Heads assign, extend and stop. Nobody writes a state, a stamp or a due date:
    the verbs do, and each leaves a row in a log that nobody can rewrite. A
    dossier is never deleted; a mistaken one is withdrawn.
    """

    _name = "qms.dossier"
    _description = "Dossier"
    _inherit = [
        "qms.lifecycle.mixin",
        "qms.event.chain",
        "qms.plain.text.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _rec_names_search = ["code", "submission_ref", "holder_name"]
    _check_company_auto = True
    _mail_post_access = "read"

    _event_model = "qms.dossier.event"
    _lifecycle_initial = "submitted"
    # Source state: states that can follow (national status codes 1 to 10).
    _transitions = {
        "submitted": ("accepted", "refused", "supplement", "withdrawn"),
        "accepted": ("processing", "supplement", "payment", "stopped", "withdrawn", "done"),
        "processing": ("supplement", "payment", "stopped", "withdrawn", "done"),
        "supplement": ("submitted", "accepted", "processing", "withdrawn", "stopped"),
        "payment": ("accepted", "processing", "withdrawn", "stopped"),
        "stopped": ("accepted", "processing", "withdrawn"),
        "done": ("returned",),
        "refused": (),
        "withdrawn": (),
        "returned": (),
    }
    _protected_fields = (
        "code",
        "submission_ref",
        "external_code",
        "is_terminal",
        "version_id",
        "accepted_at",
        "competent_received_at",
        "clock_start_at",
        "transferred_at",
        "transfer_due_at",
        "done_at",
        "returned_at",
        "closed_at",
        "legal_hours",
        "committed_hours",
        "duration_kind",
        "has_due",
        "due_at",
        "first_due_at",
        "judged_due_at",
        "legal_due_at",
        "outcome",
        "legal_outcome",
        "current_step_id",
        "current_position_id",
        "current_department_id",
        "current_user_id",
        "supplement_count",
        "calendar_fingerprint",
        "calendar_warning",
        "receipt_reference",
        "is_imported",
        "import_id",
        "import_row",
        "needs_review",
        "procedure_field_id",
        "first_event_at",
        "last_event_at",
        "event_count",
        "event_head",
    )
    _derived_fields = ("procedure_field_id",)
    _frozen_fields = {
        state: IDENTITY_FIELDS for state, _label in DOSSIER_STATES if state != "submitted"
    } | {state: "*" for state in CLOSED_STATES if state != "done"}

    # --- identity
    code = fields.Char(
        string="Dossier code",
        readonly=True,
        copy=False,
        index="trigram",
        help="Given at acceptance, printed on the receipt, never changed.",
    )
    submission_ref = fields.Char(
        string="Submission reference", readonly=True, copy=False, index="trigram"
    )
    external_code = fields.Char(
        string="Code in the source system", readonly=True, copy=False, index="btree_not_null"
    )
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    procedure_id = fields.Many2one(
        "qms.procedure",
        index=True,
        check_company=True,
        ondelete="restrict",
        domain="[('state', '=', 'published')]",
    )
    procedure_field_id = fields.Many2one(
        related="procedure_id.field_id", string="Field", store=True
    )
    version_id = fields.Many2one(
        "qms.procedure.version",
        string="Procedure version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The version in force at acceptance; it stays with the dossier.",
    )
    case_id = fields.Many2one(
        "qms.procedure.case",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('version_id.procedure_id', '=', procedure_id),"
        " ('version_id.state', '=', 'published')]",
    )
    receiving_unit_id = fields.Many2one(
        "hr.department",
        string="Receiving unit",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    intake_channel = fields.Selection(
        INTAKE_CHANNELS, string="Intake channel", required=True, default="direct"
    )
    content = fields.Char(string="Request", help="What the applicant asks for, in one line.")
    set_qty = fields.Integer(string="Number of sets", default=1)

    # --- applicant, a snapshot
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        index="btree_not_null",
        ondelete="restrict",
        help="Fills in the applicant below; later changes of the contact do not reach the dossier.",
    )
    holder_name = PlainChar(string="Dossier holder")
    holder_kind_id = fields.Many2one(
        "qms.applicant.kind", string="Kind of applicant", ondelete="restrict"
    )
    holder_email = fields.Char(string="E-mail")
    holder_address = fields.Char(string="Address")
    submitter_name = fields.Char(string="Submitter", help="Who hands it in, when not the holder.")

    # --- state
    state = fields.Selection(
        DOSSIER_STATES,
        default="submitted",
        required=True,
        readonly=True,
        copy=False,
        group_expand=True,
    )
    state_code = fields.Integer(
        string="National status code", compute="_compute_state_code", aggregator=None
    )
    is_terminal = fields.Boolean(string="Stopped for good", readonly=True, copy=False)
    is_non_territorial = fields.Boolean(
        string="Non-territorial",
        help="Received outside the territory of the competent agency: the clock starts when that "
        "agency receives it (Decree 118/2025, art. 17.3).",
    )
    is_inter_agency = fields.Boolean(string="Inter-agency")
    lead_agency_id = fields.Many2one("qms.agency", ondelete="restrict")
    coordinating_agency_ids = fields.Many2many(
        "qms.agency", string="Co-ordinating agencies", ondelete="restrict"
    )
    is_priority = fields.Boolean(
        string="Priority",
        help="The applicant belongs to a protected group: elderly, disabled, pregnant, poor… "
        "(Decree 63/2010, art. 18.8).",
    )
    needs_review = fields.Boolean(
        string="To complete",
        help="Imported without a known procedure or unit: somebody has to complete it.",
    )

    # --- clock
    submitted_at = fields.Datetime(
        string="Submitted", default=fields.Datetime.now, required=True, copy=False
    )
    accepted_at = fields.Datetime(string="Accepted", readonly=True, copy=False)
    competent_received_at = fields.Datetime(
        string="Received by the competent agency", readonly=True, copy=False
    )
    clock_start_at = fields.Datetime(string="Clock started", readonly=True, copy=False)
    transferred_at = fields.Datetime(string="Transferred", readonly=True, copy=False)
    transfer_due_at = fields.Datetime(
        string="Transfer due",
        readonly=True,
        copy=False,
        help="By when a dossier received at the counter goes to its handler "
        "(Decree 118/2025, art. 18.2); it never moves the clock.",
    )
    done_at = fields.Datetime(string="Completed", readonly=True, copy=False)
    returned_at = fields.Datetime(string="Result returned on", readonly=True, copy=False)
    closed_at = fields.Datetime(string="Closed", readonly=True, copy=False)
    legal_hours = fields.Float(string="Legal hours", readonly=True, copy=False)
    committed_hours = fields.Float(string="Committed hours", readonly=True, copy=False)
    duration_kind = fields.Selection(DURATION_KINDS, readonly=True, copy=False)
    has_due = fields.Boolean(string="Has a time limit", readonly=True, copy=False)
    due_at = fields.Datetime(string="Due", readonly=True, copy=False)
    first_due_at = fields.Datetime(string="First due", readonly=True, copy=False)
    judged_due_at = fields.Datetime(
        string="Judged on",
        readonly=True,
        copy=False,
        help="The due date that decides on time or late: supplements move it, an extension only "
        "where the setting of the agency says so.",
    )
    legal_due_at = fields.Datetime(string="Legal due", readonly=True, copy=False)
    outcome = fields.Selection(OUTCOMES, readonly=True, copy=False)
    legal_outcome = fields.Selection(
        OUTCOMES, string="Against the legal limit", readonly=True, copy=False
    )
    timeliness = fields.Selection(
        TIMELINESS, compute="_compute_timeliness", search="_search_timeliness"
    )
    calendar_fingerprint = fields.Char(
        string="Calendar version", readonly=True, copy=False, help="Hash of the calendar used."
    )
    calendar_warning = fields.Char(readonly=True, copy=False)
    clock_explanation = fields.Text(compute="_compute_clock_explanation")

    # --- flow
    current_step_id = fields.Many2one(
        "qms.dossier.step", readonly=True, copy=False, ondelete="restrict"
    )
    current_position_id = fields.Many2one(
        "qms.position", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    current_department_id = fields.Many2one(
        "hr.department",
        string="Current unit",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    current_user_id = fields.Many2one(
        "res.users", string="Assigned to", readonly=True, copy=False, ondelete="restrict"
    )
    step_ids = fields.One2many("qms.dossier.step", "dossier_id", string="Steps", readonly=True)
    component_ids = fields.One2many("qms.dossier.component", "dossier_id", string="Papers")
    interruption_ids = fields.One2many(
        "qms.dossier.interruption", "dossier_id", string="Interruptions", readonly=True
    )
    extension_ids = fields.One2many(
        "qms.dossier.extension", "dossier_id", string="Extensions", readonly=True
    )
    event_ids = fields.One2many("qms.dossier.event", "dossier_id", string="Log", readonly=True)
    supplement_count = fields.Integer(
        string="Supplement requests", readonly=True, copy=False, aggregator=None
    )
    extension_count = fields.Integer(compute="_compute_extension_count")
    flow = fields.Json(compute="_compute_flow")
    properties = fields.Properties(
        string="Application form", definition="procedure_id.dossier_properties_definition"
    )

    # --- origin
    receipt_reference = fields.Char(
        readonly=True, copy=False, help="Receipt of the source system, for imported dossiers."
    )
    is_imported = fields.Boolean(string="Imported", readonly=True, copy=False)
    import_id = fields.Many2one(
        "qms.dossier.import", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    import_row = fields.Integer(readonly=True, copy=False, aggregator=None)
    first_event_at = fields.Datetime(readonly=True, copy=False)
    last_event_at = fields.Datetime(readonly=True, copy=False)
    note = fields.Text()

    _company_code_unique = models.UniqueIndex(
        "(company_id, code) WHERE code IS NOT NULL", "This dossier code is taken already."
    )
    _company_external_code_unique = models.UniqueIndex(
        "(company_id, external_code) WHERE external_code IS NOT NULL",
        "A dossier with this code of the source system exists already.",
    )
    # Every list is of one agency or a few; each index more makes every verb slower.
    _company_idx = models.Index("(company_id, id)")
    _state_due_idx = models.Index("(company_id, state, due_at)")
    _holder_name_plain_idx = plain_index("holder_name")
    _holder_phone_digits_idx = digits_index("holder_phone")
    _holder_identity_digits_idx = digits_index("holder_identity")
    _accepted_has_code = models.Constraint(
        "CHECK(accepted_at IS NULL OR code IS NOT NULL)", "An accepted dossier has its code."
    )
    _done_is_stamped = models.Constraint(
        "CHECK(state NOT IN ('done', 'returned') OR done_at IS NOT NULL)",
        "A completed dossier has its stamp.",
    )
    _set_qty_positive = models.Constraint("CHECK(set_qty >= 0)", "Count the sets from zero up.")

    # === COMPUTE METHODS === #

    @api.depends("code", "submission_ref", "external_code")
    def _compute_display_name(self):
        for dossier in self:
            dossier.display_name = (
                dossier.code
                or dossier.external_code
                or dossier.submission_ref
                or self.env._("New dossier")
            )

    @api.depends("state")
    def _compute_state_code(self):
        for dossier in self:
            dossier.state_code = STATE_CODES.get(dossier.state, 0)

    @api.depends("extension_ids")
    def _compute_extension_count(self):
        counts = dict(
            self.env["qms.dossier.extension"]._read_group(
                [("dossier_id", "in", self.ids)], ["dossier_id"], ["__count"]
            )
        )
        for dossier in self:
            dossier.extension_count = counts.get(dossier, 0)

    @api.depends("state", "due_at", "is_terminal")
    def _compute_timeliness(self):
        now = fields.Datetime.now()
        for dossier in self:
            company = dossier.company_id or self.env.company
            dossier.timeliness = timeliness(
                now,
                dossier.due_at or None,
                dossier.state or "submitted",
                company._qms_timezone(),
                company.qms_on_time_by,
                company.qms_due_soon_hours,
                dossier.is_terminal,
            )

    def _search_timeliness(self, operator, value):
        if operator != "in":
            return NotImplemented
        parts = self._timeliness_domains()
        return Domain.OR(parts[key] for key in value if key in parts)

    @api.model
    def _timeliness_domains(self):
        """Return one domain for each value of ``timeliness``, by the clock of the company."""
        running = Domain("state", "in", RUNNING_STATES)
        limit = self._late_limit()
        soon = fields.Datetime.now() + datetime.timedelta(hours=self.env.company.qms_due_soon_hours)
        overdue = running & Domain("due_at", "<", limit)
        due_soon = running & Domain("due_at", ">=", limit) & Domain("due_at", "<=", soon)
        later = Domain("due_at", "=", False) | Domain("due_at", ">", max(soon, limit))
        terminal = Domain("state", "=", "stopped") & Domain("is_terminal", "=", True)
        return {
            "not_started": Domain("state", "=", "submitted"),
            "overdue": overdue,
            "due_soon": due_soon,
            "within": running & later,
            "paused": Domain("state", "in", ("supplement", "payment"))
            | (Domain("state", "=", "stopped") & Domain("is_terminal", "=", False)),
            "closed": Domain("state", "in", CLOSED_STATES) | terminal,
        }

    @api.model
    def _late_limit(self):
        """What is due before this moment is overdue now."""
        now = fields.Datetime.now()
        company = self.env.company
        if company.qms_on_time_by == "minute":
            return now.replace(second=0, microsecond=0)
        return self._local_midnight(now, company)

    @api.model
    def _local_midnight(self, moment, company):
        zone = pytz.timezone(company._qms_timezone())
        local = pytz.utc.localize(moment).astimezone(zone)
        midnight = zone.localize(datetime.datetime.combine(local.date(), datetime.time.min))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    @api.depends("step_ids.state", "step_ids.done_at", "step_ids.due_at", "state")
    def _compute_flow(self):
        for dossier in self:
            dossier.flow = [
                {
                    "id": step.id,
                    "name": step.name,
                    "position": step.position_name or "",
                    "department": step.department_name or "",
                    "hours": step.hours,
                    "kind": step.kind,
                    "state": step._flow_state(),
                    "done_by": step.done_by_name or "",
                    "done_at": self._local_text(step.done_at),
                    "due_at": self._local_text(step.due_at or step.planned_due_at),
                }
                for step in dossier.step_ids
            ]

    def _local_text(self, moment):
        if not moment:
            return ""
        timezone = (self.company_id[:1] or self.env.company)._qms_timezone()
        return format_datetime(self.env, moment, tz=timezone, dt_format="dd/MM/yyyy HH:mm")

    # === ONCHANGE METHODS === #

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        partner = self.partner_id
        if partner:
            self.holder_name = partner.name
            self.holder_phone = partner.phone
            self.holder_email = partner.email
            self.holder_address = partner._qms_address()

    @api.onchange("procedure_id")
    def _onchange_procedure_id(self):
        self.case_id = False
        if self.state == "submitted":
            version = self.env["qms.procedure.version"]
            if self.procedure_id:
                version = self.procedure_id._version_at(fields.Datetime.now())
            self.component_ids = [
                fields.Command.clear(),
                *map(fields.Command.create, self._prepare_components(version)),
            ]

    # === CONSTRAINT METHODS === #

    @api.constrains("case_id", "procedure_id")
    def _check_case_id(self):
        for dossier in self:
            if dossier.case_id and dossier.case_id.version_id.procedure_id != dossier.procedure_id:
                raise ValidationError(
                    self.env._("The case does not belong to the procedure of the dossier.")
                )

    @api.constrains("submitted_at")
    def _check_submitted_at(self):
        tolerance = fields.Datetime.now() + datetime.timedelta(minutes=5)
        for dossier in self:
            if not dossier.is_imported and dossier.submitted_at > tolerance:
                raise ValidationError(self.env._("A dossier cannot be submitted in the future."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # Who received it, and when, stands in the log, and its work comes by position:
        # a note in the chatter adds nothing, and a counter follows no thousand dossiers.
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        dossiers = super(QmsDossier, quiet).create(vals_list).with_env(self.env)
        fresh = dossiers.filtered(lambda dossier: not dossier.is_imported)
        if fresh:
            fresh._number_submissions()
            fresh._add_missing_components()
            fresh._log("submitted", at_field="submitted_at")
        return dossiers

    @api.model
    def _prepare_create_values(self, vals_list):
        """Dossiers of one procedure that are given the same fields have the same defaults:
        they are asked for once.
        """
        prepare = super()._prepare_create_values
        if any(field.precompute and name != "properties" for name, field in self._fields.items()):
            return prepare(vals_list)  # an addon above us computes from the values
        patterns, result = {}, []
        for vals in vals_list:
            if vals.get("properties"):
                result += prepare([vals])
                continue
            alike = (vals.get("procedure_id"), *sorted(vals))
            if alike not in patterns:
                patterns[alike] = prepare([vals])[0]
            pattern = patterns[alike].items()
            result.append({name: vals.get(name, value) for name, value in pattern})
        return result

    def _check_company(self, fnames=None):
        """Dossiers alike in all that belongs to an agency are checked once."""
        if len(self) < 2:
            return super()._check_company(fnames)
        names = [
            name
            for name, field in self._fields.items()
            if name == "company_id" or getattr(field, "check_company", False)
        ]
        if fnames is not None and not set(names) & set(fnames):
            return None  # nothing that belongs to an agency was written
        alike = self.grouped(lambda dossier: tuple(dossier[name] for name in names))
        patterns = self.browse(dossiers.ids[0] for dossiers in alike.values())
        return super(QmsDossier, patterns)._check_company(fnames)

    def _message_auto_subscribe(self, updated_values, followers_existing_policy="skip"):
        """Nobody follows a dossier because a field names them: work comes by position."""
        return True

    def _is_harmless_at_birth(self, name, value):
        # The field follows from the procedure, whatever a client sends.
        return name in self._derived_fields or super()._is_harmless_at_birth(name, value)

    def _number_submissions(self):
        sequence = self.env["ir.sequence"].sudo()
        vals = {}
        for company, dossiers in self.grouped("company_id").items():
            numbers = sequence.with_company(company)._qms_next_many(
                "qms.dossier.submission", len(dossiers)
            )
            for dossier, number in zip(dossiers, numbers, strict=True):
                vals[dossier.id] = {"submission_ref": number}
        self._lifecycle_write_each(vals)

    def _add_missing_components(self):
        """List the papers of the procedure where the creator has listed none.

        What the published list says is taken over as it is: nothing of it is a user's to
        give, so the rows are written at once.
        """
        rows = []
        bare = self.filtered(lambda dossier: dossier.procedure_id and not dossier.component_ids)
        for (procedure, case, moment), dossiers in bare.grouped(
            lambda dossier: (dossier.procedure_id, dossier.case_id, dossier.submitted_at)
        ).items():
            version = procedure._version_at(moment)
            papers = dossiers[:1]._published_papers(version, case)
            rows += [
                {**paper, "dossier_id": dossier.id, "company_id": dossier.company_id.id}
                for dossier in dossiers
                for paper in papers
            ]
        insert_rows(self.env["qms.dossier.component"].sudo(), rows)

    @api.model
    def _published_papers(self, version, case):
        """Return complete rows of the papers that a version asks for."""
        return [
            self.env["qms.dossier.component"]._prepare_published(part)
            for part in self._asked_for(version, case)
        ]

    def _prepare_components(self, version):
        return [
            {"component_id": part.id, "sequence": part.sequence}
            for part in self._asked_for(version, self.case_id)
        ]

    @api.model
    def _asked_for(self, version, case):
        return version.component_ids.filtered(
            lambda part: not part.is_header and part.case_id in (part.case_id.browse(), case)
        )

    # === BUSINESS METHODS - LOG === #

    def _log(self, event_type, at_field=None, **common):
        """Append one event to each dossier, with the state it is in now."""
        now = self._stamp()
        self.env["qms.dossier.event"]._append(
            [
                dossier._event_vals(event_type, at=dossier[at_field] if at_field else now, **common)
                for dossier in self
            ]
        )

    def _event_vals(self, event_type, **vals):
        self.ensure_one()
        return {
            "dossier_id": self.id,
            "company_id": self.company_id.id,
            "event_type": event_type,
            "state": self.state,
            "due_at": self.due_at,
            **vals,
        }

    @api.model
    def _stamp(self):
        """The server's time, the only source of stamps of living dossiers."""
        return fields.Datetime.now()

    # === ACTIONS === #

    def _action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "qms.dossier",
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _action_dialog(self, verb):
        """Open the dialog that asks for what ``verb`` needs."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env["qms.dossier.dialog"]._verb_title(verb),
            "res_model": "qms.dossier.dialog",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_verb": verb,
                "default_dossier_ids": [fields.Command.set(self.ids)],
                "default_step_id": self.current_step_id.id if len(self) == 1 else False,
                "default_items": self.missing_papers if len(self) == 1 else False,
            },
        }

    def action_view_log(self):
        """Open the complete log of these dossiers."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_dossier_event_action"
        )
        action["domain"] = [("dossier_id", "in", self.ids)]
        action["context"] = {}
        return action

    def copy(self, default=None):
        raise UserError(
            self.env._("A dossier is not copied: receive a new one, so that it has its own facts.")
        )
