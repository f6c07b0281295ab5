import hashlib
import json

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import LockError, UserError, ValidationError
from odoo.fields import Domain

from ...tools import process_check
from . import finding_texts
from .qms_procedure import CHECK_LEVELS, PROCEDURE_STATES

# Parts of a version with the fields that make up its content.
CONTENT_FIELDS = {
    "case_ids": (
        "name", "process_code", "legal_hours", "committed_hours", "duration_kind",
        "has_due", "time_text", "stated_hours",
    ),
    "channel_ids": (
        "intake_channel", "case_id", "legal_hours", "committed_hours", "duration_kind",
        "has_due", "time_text", "fee_text", "description",
    ),
    "component_ids": (
        "heading", "name", "case_id", "form_name", "original_qty", "certified_qty",
        "copy_qty", "is_required", "is_conditional", "from_database", "is_header", "note",
    ),
    "step_ids": (
        "stage", "label", "name", "case_id", "kind", "unit_position", "position_id",
        "department_id", "hours", "time_text", "time_state", "is_substep", "result",
        "form_name", "note",
    ),
    "section_ids": ("number", "kind", "name", "case_id", "reference", "text", "copies_text"),
}  # fmt: skip
VERSION_FIELDS = (
    "name", "effective_from", "decision_no", "decision_date", "decision_issuer",
    "legal_hours", "committed_hours", "duration_kind", "has_due", "time_text",
    "same_day_rule", "note",
)  # fmt: skip


class QmsProcedureVersion(models.Model):
    """A numbered version of a procedure: terms, components and the internal process.

    Drafts are written by the ISO officers of the agency. Publishing freezes the
    version with all its parts for everyone, the superuser included; retiring only
    sets its last day. At any day at most one version of a procedure is in force.
    Where the agency asks for it, the content is approved before it is published.
    """

    _name = "qms.procedure.version"
    _description = "Procedure version"
    _inherit = [
        "qms.procedure.term.mixin",
        "qms.approval.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "procedure_id, number desc"
    _rec_names_search = ["procedure_id.name", "procedure_id.code", "decision_no"]
    # Reading is enough to discuss a frozen version.
    _mail_post_access = "read"

    _placing_fields = ("procedure_id", "company_id")
    _derived_fields = ("company_id", "field_id")
    _transitions = {"draft": ("published",), "published": ("retired",)}
    _protected_fields = (
        "number",
        "effective_to",
        "published_at",
        "publisher_name",
        "retired_at",
        "content_hash",
    )
    _frozen_fields = {"published": "*", "retired": "*"}
    # The state does not move: what is approved is published by the ISO officer.
    _approval_from = _approval_to = _approval_back = "draft"

    procedure_id = fields.Many2one("qms.procedure", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(
        related="procedure_id.company_id", string="Agency", store=True, index=True
    )
    field_id = fields.Many2one(related="procedure_id.field_id", store=True, index=True)
    number = fields.Integer(string="Version", readonly=True, copy=False)
    name = fields.Char(string="Title", help="What this version is about.")
    state = fields.Selection(
        PROCEDURE_STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    effective_from = fields.Date(string="In force from", copy=False, tracking=True)
    effective_to = fields.Date(string="In force until", copy=False, readonly=True, tracking=True)
    decision_no = fields.Char(string="Decision", tracking=True)
    decision_date = fields.Date(tracking=True)
    decision_issuer = fields.Char(string="Issued by")
    same_day_rule = fields.Boolean(
        string="Received after 15:00, result next day",
        help="For results due on the day of receipt: what is received after 15:00 may be "
        "answered on the next working day. It never moves the start of the clock.",
    )
    case_ids = fields.One2many("qms.procedure.case", "version_id", string="Cases")
    channel_ids = fields.One2many("qms.procedure.channel", "version_id", string="Channels")
    component_ids = fields.One2many("qms.procedure.component", "version_id", string="Components")
    step_ids = fields.One2many("qms.procedure.step", "version_id", string="Steps")
    section_ids = fields.One2many("qms.procedure.section", "version_id", string="Sections")
    step_count = fields.Integer(compute="_compute_step_hours", store=True)
    step_hours = fields.Float(
        string="Sum of the steps (hours)", compute="_compute_step_hours", store=True
    )
    note = fields.Text()
    check_level = fields.Selection(
        CHECK_LEVELS,
        string="Publication check",
        compute="_compute_check_report",
        store=True,
        index=True,
    )
    check_report = fields.Json(compute="_compute_check_report", store=True)
    check_html = fields.Html(string="Findings", compute="_compute_check_html", sanitize=True)
    flow = fields.Json(compute="_compute_flow")
    has_doubtful_times = fields.Boolean(compute="_compute_has_doubtful_times")
    can_publish = fields.Boolean(compute="_compute_can_publish")
    can_retire = fields.Boolean(compute="_compute_can_publish")
    published_at = fields.Datetime(readonly=True, copy=False)
    publisher_name = fields.Char(string="Published by", readonly=True, copy=False)
    retired_at = fields.Datetime(readonly=True, copy=False)
    content_hash = fields.Char(
        string="Fingerprint",
        readonly=True,
        copy=False,
        help="SHA-256 of the content at publication: proves that nothing was changed since.",
    )
    external_key = fields.Char(
        index="btree_not_null",
        readonly=True,
        help="Key of the published record this version was imported from.",
    )
    process_key = fields.Char(
        index="btree_not_null",
        readonly=True,
        help="Decision whose internal process was imported into this version.",
    )

    _number_unique = models.Constraint(
        "UNIQUE(procedure_id, number)", "This version number exists already."
    )
    _one_in_force = models.Constraint(
        "EXCLUDE USING gist (int4range(procedure_id, procedure_id, '[]') WITH =, "
        "daterange(effective_from, effective_to, '[]') WITH &&) WHERE (state <> 'draft')",
        "Two versions of a procedure cannot be in force on the same day.",
    )
    _published_since = models.Constraint(
        "CHECK(state = 'draft' OR (effective_from IS NOT NULL"
        " AND (effective_to IS NULL OR effective_to >= effective_from)))",
        "A published version needs its first day in force, and cannot end before it.",
    )
    _retired_until = models.Constraint(
        "CHECK(state <> 'retired' OR effective_to IS NOT NULL)",
        "A retired version needs its last day in force.",
    )

    # === COMPUTE METHODS === #

    @api.depends("procedure_id.code", "procedure_id.name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(procedure)s, version %(number)s",
                procedure=version.procedure_id.code or (version.procedure_id.name or "")[:60],
                number=version.number,
            )

    @api.depends("step_ids.hours", "step_ids.case_id", "case_ids")
    def _compute_step_hours(self):
        for version in self:
            version.step_count = len(version.step_ids)
            version.step_hours = max(
                sum(version._steps_in_case(case).mapped("hours"))
                for case in (version.case_ids or [version.case_ids])
            )

    @api.depends(lambda self: self._check_dependencies())
    def _compute_check_report(self):
        self._fetch_content()
        for version in self:
            findings = process_check.check(version._as_process())
            version.check_level = process_check.worst_level(findings)
            version.check_report = [finding.as_dict() for finding in findings]

    @api.depends("check_report")
    @api.depends_context("lang")
    def _compute_check_html(self):
        for version in self:
            version.check_html = finding_texts.as_html(self.env, version.check_report or [])

    @api.depends("check_report", "state")
    def _compute_has_doubtful_times(self):
        for version in self:
            codes = {finding["code"] for finding in version.check_report or []}
            version.has_doubtful_times = version.state == "draft" and any(
                code.startswith("time_") for code in codes
            )

    @api.depends("step_ids.sequence", "step_ids.name", "step_ids.hours", "step_ids.kind")
    def _compute_flow(self):
        self._fetch_steps()
        for version in self:
            steps = version.step_ids.filtered(lambda step: step._is_handed_over())
            version.flow = [step._flow_box() for step in steps.sorted(version._step_order)]

    @api.depends("state", "approval_state")
    @api.depends_context("uid", "company")
    def _compute_can_publish(self):
        for version in self:
            stored = version._origin
            is_settled = not stored._approval_is_required() or stored.approval_state == "approved"
            version.can_publish = bool(
                stored and stored.state == "draft" and is_settled and not stored._management_error()
            )
            version.can_retire = bool(stored and not stored._transition_error("retired"))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(self._number_vals(vals_list))

    def copy(self, default=None):
        """Copy with all parts as a draft with the next number."""
        copies = super().copy(default)
        for version, new in zip(self, copies, strict=True):
            is_same = new.procedure_id == version.procedure_id
            if not is_same:
                new.write({"external_key": False, "process_key": False})
            version._copy_parts_to(new, with_keys=is_same)
        return copies

    # === ACTIONS === #

    def action_publish(self):
        """Publish drafts: check them, freeze them, end the version before them."""
        today = fields.Date.context_today(self)
        self._lock_lifecycle()
        for version in self:
            vals = {
                "effective_from": version.effective_from or today,
                "published_at": fields.Datetime.now(),
                "publisher_name": self.env.user.name,
                "content_hash": version._content_fingerprint(),
            }
            error = version._transition_error("published")
            if error:
                raise UserError(error)
            version._end_predecessor(vals["effective_from"])
            version._transition("published", vals)
        return True

    def action_retire(self, effective_to=None):
        """Retire published versions; they were in force until ``effective_to``.

        :param effective_to: last day in force; yesterday when not given, so that
            from today on nothing is received under the version
        """
        today = fields.Date.context_today(self)
        for version in self:
            last_day = fields.Date.to_date(effective_to) or fields.Date.subtract(today, days=1)
            if effective_to and last_day < version.effective_from:
                raise UserError(self.env._("A version cannot end before its first day in force."))
            version._transition(
                "retired",
                {
                    "effective_to": max(last_day, version.effective_from),
                    "retired_at": fields.Datetime.now(),
                },
            )
        return True

    def action_new_version(self):
        """Copy the version with all its parts into a draft and open that."""
        self.ensure_one()
        return self.copy()._open_form()

    def action_compare(self):
        """Compare two versions: the selected ones, or this one with the one before."""
        versions = self.sorted("number")[-2:]
        if len(versions) == 1:
            before = self.search(
                [
                    ("procedure_id", "=", self.procedure_id.id),
                    ("number", "<", self.number),
                ],
                order="number desc",
                limit=1,
            )
            versions = before | versions if before else versions | versions
        wizard = self.env["qms.procedure.compare"].create(
            {"old_version_id": versions[:1].id, "new_version_id": versions[-1:].id}
        )
        return wizard._open()

    def action_confirm_times(self):
        """Settle doubtful times: what is set now in hours is what is meant."""
        for version in self:
            version._check_content_open()
            places = [version, version.case_ids, version.channel_ids]
            for records in places:
                records.filtered(
                    lambda place: place.time_issue and (place.legal_hours or place.committed_hours)
                ).time_issue = False
            version.step_ids.filtered(
                lambda step: step.time_issue and step.hours
            ).time_issue = False
            version.message_post(
                body=self.env._("The doubtful times were confirmed as they are set in hours.")
            )
        return True

    def action_verify_content(self):
        """Compare the content with its fingerprint of the day of publication."""
        self.ensure_one()
        intact = self.content_hash and self.content_hash == self._content_fingerprint()
        return self._tell_verdict(
            bool(intact),
            self.env._("The content is as it was published."),
            self.env._("The content differs from what was published."),
        )

    # === BUSINESS METHODS: PUBLICATION === #

    def _transition_error(self, target):
        error = super()._transition_error(target) or self._management_error()
        if error or target != "published":
            return error
        return self._readiness_error() or self._period_error() or self._approval_gap()

    def _management_error(self):
        """Only ISO officers who keep the procedure publish and retire its versions."""
        is_officer = self.env.user.has_group("qms_public_admin.group_qms_officer")
        if is_officer and self.procedure_id.has_access("write"):
            return ""
        return self.env._("Only the ISO officers of the agency publish and retire versions.")

    def _readiness_error(self):
        findings = process_check.check(self._as_process())
        errors = [f.as_dict() for f in findings if f.level == "error"]
        if not errors:
            return ""
        lines = [finding_texts.message(self.env, finding) for finding in errors]
        return "\n".join(
            [
                self.env._("“%(name)s” is not ready to be published:", name=self.display_name),
                *(f"• {line}" for line in lines),
            ]
        )

    def _period_error(self):
        start = self.effective_from or fields.Date.context_today(self)
        later = self.search_count(
            [
                ("procedure_id", "=", self.procedure_id.id),
                ("state", "!=", "draft"),
                "|",
                ("effective_from", ">=", start),
                "&",
                ("state", "=", "retired"),
                ("effective_to", ">=", start),
            ],
            limit=1,
        )
        if not later:
            return ""
        return self.env._(
            "“%(name)s” cannot be in force from %(date)s: another version of the procedure "
            "is in force then or begins later.",
            name=self.display_name,
            date=fields.Date.to_string(start),
        )

    def _end_predecessor(self, start):
        """End the version in force on the day before the new one begins."""
        predecessor = self.search(
            [("procedure_id", "=", self.procedure_id.id), ("state", "=", "published")]
        )
        for version in predecessor:
            vals = {"effective_to": fields.Date.subtract(start, days=1)}
            if vals["effective_to"] < fields.Date.context_today(self):
                version._transition("retired", {**vals, "retired_at": fields.Datetime.now()})
            else:
                version._lifecycle_write(vals)
            version.flush_recordset()

    @api.model
    def _cron_retire_expired(self):
        """Retire the versions whose last day has passed."""
        expired = self.search(
            [
                ("state", "=", "published"),
                ("effective_to", "<", fields.Date.context_today(self)),
            ]
        )
        expired._lifecycle_write({"state": "retired", "retired_at": fields.Datetime.now()})

    def _check_content_open(self):
        """Refuse any change of the parts of versions that left the draft state.

        The rows are locked, so that nobody publishes while the parts change.
        """
        try:
            self.sudo().lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is working on this version at this very moment. "
                    "Nothing was changed; try again."
                )
            ) from error
        for version in self.sudo():
            if version.state != "draft":
                raise ValidationError(
                    self.env._(
                        "“%(name)s” was published: its content cannot be changed. "
                        "Make a new version.",
                        name=version.display_name,
                    )
                )
        self._check_approval_open()

    # === BUSINESS METHODS: APPROVAL === #

    def _approval_is_required(self):
        """The setting of the agency; the catalogue shared by all belongs to none."""
        return self.company_id.sudo().qms_version_approval

    def _approval_content(self):
        return self._content_text()

    def _approval_author(self):
        """Who wrote the version or, last, one of its parts."""
        parts = [self.sudo()[name] for name in CONTENT_FIELDS]
        writers = [part.create_uid | part.write_uid for part in parts]
        authors = super()._approval_author().union(*writers)
        return authors - authors.browse(SUPERUSER_ID)

    def _approval_code(self):
        return self.procedure_id.code or self.display_name

    def _approval_preview(self):
        """The process as the approver reads it: decision, terms and steps."""
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "qms_public_admin.procedure_version_preview", {"version": self}
        )

    def _request_error(self):
        """What is not ready is not put before anybody."""
        return super()._request_error() or self._readiness_error()

    # === BUSINESS METHODS: CONTENT === #

    def _term(self, case=None, intake_channel=None):
        """Return the time limit that applies to a case and an intake channel.

        The most specific statement decides: channel of the case, case, channel,
        version. The single case of a version applies without being named.

        :rtype: dict with legal_hours, committed_hours, duration_kind, has_due
        """
        self.ensure_one()
        case = self._effective_case(case)
        channels = self.channel_ids.filtered(lambda c: c.intake_channel == intake_channel)
        places = [
            *channels.filtered(lambda c: case and c.case_id == case),
            *case,
            *channels.filtered(lambda c: not c.case_id),
            self,
        ]
        term = process_check.resolve_term([place._as_term() for place in places])
        return {name: getattr(term, name) for name in self._term_fields}

    def _steps_for(self, case=None):
        """Return the steps to be handed over, in order: those of the case and the
        common ones. Sub-steps without a unit of their own are part of another step.
        """
        self.ensure_one()
        steps = self._steps_in_case(self._effective_case(case))
        return steps.filtered(lambda step: step._is_handed_over()).sorted(self._step_order)

    def _effective_case(self, case=None):
        if case:
            return case
        return self.case_ids if len(self.case_ids) == 1 else self.case_ids.browse()

    def _steps_in_case(self, case):
        return self.step_ids.filtered(lambda step: not step.case_id or step.case_id == case)

    @staticmethod
    def _step_order(step):
        return (step.case_id.sequence, step.case_id.id or 0, step.sequence, step.id or 0)

    def _fetch_steps(self):
        for name in ("position_id.name", "department_id.name", "case_id.name"):
            self.step_ids.mapped(name)

    def _fetch_content(self):
        """Read the parts of all versions at once, not version by version."""
        self._fetch_steps()
        self.step_ids.sudo().position_id.mapped("holder_ids.id")
        for name in ("case_ids", "channel_ids", "component_ids"):
            self.mapped(f"{name}.display_name")
        self.procedure_id.sudo().mapped("publication_ids.action")
        self.procedure_id.sudo().mapped("iso_document_id.active")

    def _as_process(self):
        """Return the version as input of the checking kernel."""
        self.ensure_one()
        procedure = self.procedure_id
        return process_check.ProcessInput(
            code=procedure.code or "",
            term=self._as_term(),
            cases=tuple(
                process_check.CaseInput(c.id, c.name or "", c._as_term(), c.stated_hours)
                for c in self.case_ids
            ),
            channels=tuple(
                process_check.ChannelInput(c.intake_channel, c._as_term(), c.case_id.id or None)
                for c in self.channel_ids
            ),
            steps=tuple(step._as_input() for step in self.step_ids.sorted(self._step_order)),
            component_count=len(self.component_ids),
            nameless_components=len(self.component_ids.filtered(lambda c: not c.name)),
            decision_no=self.decision_no or "",
            document=procedure._iso_document_state(),
            abolished_by=procedure._abolished_by(),
            is_partial_online_without_reason=procedure.online_level == "partial"
            and not procedure.online_reason,
            hours_per_day=self.company_id.qms_hours_per_day or 8.0,
        )

    @api.model
    def _check_dependencies(self):
        return [
            *self._term_fields, "time_issue", "decision_no", "procedure_id.code",
            "procedure_id.online_level", "procedure_id.online_reason",
            "procedure_id.iso_document_id.active", "procedure_id.iso_document_id.qms_status",
            "procedure_id.publication_ids.action",
            "case_ids.name", "case_ids.stated_hours", "channel_ids.intake_channel",
            "channel_ids.case_id", "component_ids.name", "step_ids.label", "step_ids.name",
            "step_ids.hours", "step_ids.kind", "step_ids.time_state", "step_ids.stage",
            "step_ids.case_id", "step_ids.is_substep", "step_ids.time_issue",
            "step_ids.position_id.holder_ids", "company_id.qms_hours_per_day",
            *(f"case_ids.{name}" for name in (*self._term_fields, "time_issue")),
            *(f"channel_ids.{name}" for name in (*self._term_fields, "time_issue")),
        ]  # fmt: skip

    def _copy_parts_to(self, target, with_keys=True, parts=tuple(CONTENT_FIELDS)):
        """Copy the parts into another version, each with the copy of its case.

        :param bool with_keys: keep the keys of imported parts, so that a newer file
            finds them again; not for another agency or decision
        """
        self.ensure_one()
        cases = {False: False}
        for name in parts:
            records = self[name]
            vals_list = records.copy_data({"version_id": target.id})
            for record, vals in zip(records, vals_list, strict=True):
                if not with_keys:
                    vals.update(external_key=False, import_hash=False)
                if "case_id" in records._fields:
                    vals["case_id"] = cases.get(record.case_id.id, False)
            copies = records.create(vals_list)
            if name == "case_ids":
                cases.update(zip(records.ids, copies.ids, strict=True))

    def _content(self):
        """Return the content as plain values: the version and its parts in order."""
        self.ensure_one()
        content = {"version": [_plain(self, VERSION_FIELDS)]}
        for name, field_names in CONTENT_FIELDS.items():
            content[name] = [_plain(part, field_names) for part in self[name].sorted()]
        return content

    def _content_text(self):
        content = self.sudo().with_context(lang=None)._content()
        # The first day in force is given at publication, after this was taken.
        content["version"][0].pop("effective_from")
        return json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)

    def _content_fingerprint(self):
        return hashlib.sha256(self._content_text().encode()).hexdigest()

    # === UTILITIES === #

    def _is_harmless_at_birth(self, name, value):
        # The number is given by create() itself.
        return name == "number" or super()._is_harmless_at_birth(name, value)

    @api.model
    def _number_vals(self, vals_list):
        """Number new versions after the last one of their procedure."""
        procedure_ids = {vals.get("procedure_id") for vals in vals_list} - {None, False}
        counts = self.sudo()._read_group(
            Domain("procedure_id", "in", list(procedure_ids)),
            ["procedure_id"],
            ["number:max"],
        )
        last = {procedure.id: number for procedure, number in counts}
        numbered = []
        for vals in vals_list:
            key = vals.get("procedure_id") or self.env.context.get("default_procedure_id")
            last[key] = last.get(key, 0) + 1
            numbered.append({**vals, "number": last[key]})
        return numbered


def _plain(record, names):
    """Return field values as text and numbers; links as the names people read."""
    return {
        name: record[name].display_name if record._fields[name].relational else record[name]
        for name in names
    }
