from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .mgmtsystem_verification_line import (
    ANSWER_FIELDS,
    ANSWERING_ROLES,
    ANSWERING_STATES,
    ANSWERS,
    PREPARING_STATES,
)
from .qms_audit_question import SOURCE_KINDS

# Purposes of an audit: those of the reports it has.
REPORT_PURPOSES = {
    "internal": ("internal",),
    "internal_and_reform": ("internal", "reform"),
    "reform": ("reform",),
    "follow_up": ("internal",),
}
SHIPPED = {
    "internal": "qms_public_admin.qms_audit_checklist_clauses",
    "reform": "qms_public_admin.qms_audit_checklist_circular26",
}


class MgmtsystemAudit(models.Model):
    """The questions of an audit: where they come from, who may answer, what is left."""

    _inherit = "mgmtsystem.audit"

    qms_checklist_ids = fields.Many2many(
        "qms.audit.checklist",
        "qms_audit_checklist_rel",
        "audit_id",
        "checklist_id",
        string="Checklists",
        compute="_compute_qms_checklist_ids",
        store=True,
        readonly=False,
        copy=True,
        domain="[('company_id', 'in', [False, company_id])]",
        help="Of a list by clause the questions of the clauses audited are taken, of the others "
        "all of them.",
    )
    qms_question_count = fields.Integer(string="Questions", compute="_compute_qms_progress")
    qms_complete_count = fields.Integer(
        string="Answered completely", compute="_compute_qms_progress"
    )
    qms_progress = fields.Float(
        string="Progress", compute="_compute_qms_progress", help="Per cent of the questions."
    )
    can_prepare = fields.Boolean(compute="_compute_qms_can_answer")
    can_answer = fields.Boolean(compute="_compute_qms_can_answer")

    # === COMPUTE METHODS === #

    @api.depends("qms_purpose")
    def _compute_qms_checklist_ids(self):
        """The lists shipped for the purposes of the audit are there from the beginning."""
        for audit in self:
            wanted = [SHIPPED[purpose] for purpose in audit._qms_purposes()]
            found = [self.env.ref(xmlid, raise_if_not_found=False) for xmlid in wanted]
            lists = self.env["qms.audit.checklist"].union(*filter(None, found))
            audit.qms_checklist_ids |= lists.filtered("active")

    @api.depends("line_ids.qms_answer", "line_ids.comments")
    def _compute_qms_progress(self):
        lines = self.env["mgmtsystem.verification.line"].sudo()
        whole = dict(lines._read_group([("audit_id", "in", self.ids)], ["audit_id"], ["__count"]))
        complete = dict(
            lines._read_group(
                [("audit_id", "in", self.ids), ("qms_is_complete", "=", True)],
                ["audit_id"],
                ["__count"],
            )
        )
        by_id = {audit.id: count for audit, count in whole.items()}
        done = {audit.id: count for audit, count in complete.items()}
        for audit in self:
            key = audit._origin.id
            audit.qms_question_count = count = by_id.get(key, 0)
            audit.qms_complete_count = done.get(key, 0)
            audit.qms_progress = 100.0 * audit.qms_complete_count / count if count else 0.0

    @api.depends("state", "qms_team_ids", "approval_state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_qms_can_answer(self):
        for audit in self:
            stored = audit._origin
            audit.can_answer = bool(stored) and not stored._qms_answer_error()
            audit.can_prepare = bool(stored) and not stored._qms_prepare_error()

    # === ACTIONS === #

    def action_generate_questions(self):
        """Make the questions from clauses, lists, steps, legal basis and earlier findings.

        What was answered and what was added by hand stays; nothing comes twice.
        """
        self.ensure_one()
        self.check_access("write")
        self._raise_errors([self._qms_prepare_error()])
        added, left, dropped = self.env["qms.audit.generator"]._generate(self)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Questions: %(added)s added, %(left)s kept, %(dropped)s no longer needed "
                    "taken away.",
                    added=added,
                    left=left,
                    dropped=dropped,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_checklist(self):
        """Open the screen on which the questions are answered."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.client"]._for_xml_id(
            "qms_public_admin.qms_audit_checklist_client_action"
        )
        return {**action, "name": self.display_name, "context": {"active_id": self.id}}

    def action_view_questions(self):
        """Open the questions as a list."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.mgmtsystem_verification_line_action"
        )
        return {
            **action,
            "domain": [("audit_id", "in", self.ids)],
            "context": {"default_audit_id": self.id if len(self) == 1 else False},
        }

    def qms_checklist_board(self):
        """Return all that the screen of the auditor shows, in one answer."""
        self.ensure_one()
        self.check_access("read")
        lines = self.env["mgmtsystem.verification.line"].search([("audit_id", "=", self.id)])
        error = self._qms_answer_error()
        return {
            "audit": {
                "id": self.id,
                "name": self.display_name,
                "state": self._lifecycle_label(self.state),
                "can_answer": not error,
                "why": error,
                "purposes": list(self._qms_purposes()),
            },
            "lines": lines._board_rows(),
            "samples": self.env["qms.audit.sample"]._board_rows(self),
            "answers": self._qms_labels("mgmtsystem.verification.line", "qms_answer", ANSWERS),
            "sources": self._qms_labels("qms.audit.question", "source_kind", SOURCE_KINDS),
            "evidence_models": self._qms_evidence_models(),
        }

    # === PREDICATES === #

    def _qms_answer_error(self):
        """Say why the current user does not answer questions now, '' if they do."""
        self.ensure_one()
        row = self.sudo()
        roles = row.qms_team_ids.filtered(lambda one: one.user_id == self.env.user).mapped("role")
        if not ANSWERING_ROLES & set(roles):
            return self.env._(
                "The auditors of the team of “%(name)s” answer its questions.",
                name=self.display_name,
            )
        if row.company_id.id not in self.env.user._get_company_ids():
            return self.env._("“%(name)s” belongs to another agency.", name=self.display_name)
        if row.state not in ANSWERING_STATES:
            return self.env._(
                "“%(name)s” is in state “%(state)s”: questions are answered from the beginning "
                "of the visit until the report goes for approval.",
                name=self.display_name,
                state=self._lifecycle_label(row.state),
            )
        if row.is_approval_closed:
            return self.env._(
                "The report of “%(name)s” waits for approval or is approved: its answers stay "
                "as they are.",
                name=self.display_name,
            )
        return ""

    def _qms_prepare_error(self):
        """Say why the current user does not prepare questions now, '' if they do."""
        self.ensure_one()
        if self.sudo().state not in PREPARING_STATES:
            return self.env._(
                "“%(name)s” is in state “%(state)s”: its questions stay as they are.",
                name=self.display_name,
                state=self._lifecycle_label(self.sudo().state),
            )
        if not self.has_access("write"):
            return self.env._("You may not change “%(name)s”.", name=self.display_name)
        return ""

    def _qms_check_preparing(self):
        self._qms_hold_answers()
        self._raise_errors(audit._qms_prepare_error() for audit in self)

    def _qms_hold_answers(self):
        """Keep the state of the audits as it is until this transaction ends.

        Several tablets may hold it at once; a change of the state waits for them or they
        for it.
        """
        if self:
            self.flush_recordset(["state", "approval_state"])
            self.env.cr.execute(
                SQL("SELECT id FROM mgmtsystem_audit WHERE id = ANY(%s) FOR SHARE", list(self.ids))
            )
            self.invalidate_recordset(["state", "approval_state"], flush=False)

    def _qms_checklist_gap(self):
        """Say which questions are not answered completely, '' if all are."""
        self.ensure_one()
        lines = self.sudo().line_ids
        if not lines:
            return self.env._(
                "“%(name)s” has no questions: generate the checklist first.",
                name=self.display_name,
            )
        open_lines = lines.filtered(lambda line: not line.qms_is_complete)
        if not open_lines:
            return ""
        without_note = open_lines.filtered("qms_answer")
        return self.env._(
            "“%(name)s” is not answered completely: %(open)s of %(count)s questions are left, "
            "%(notes)s of them lack only the note. The first: %(first)s",
            name=self.display_name,
            open=len(open_lines),
            count=len(lines),
            notes=len(without_note),
            first="; ".join(open_lines[:3].mapped("name")),
        )

    # === BUSINESS METHODS === #

    def _qms_purposes(self):
        """Return the purposes of the reports this audit has."""
        return REPORT_PURPOSES.get(self.qms_purpose or "internal", ("internal",))

    def _qms_answerers(self):
        """Return who answered questions of this audit."""
        return self.line_ids.qms_answered_by_id

    def _qms_copy_questions(self, source):
        """Take over the questions of an earlier audit, without its answers."""
        self.ensure_one()
        self.check_access("write")
        source.check_access("read")
        self._raise_errors([self._qms_prepare_error()])
        if source.company_id != self.company_id:
            raise UserError(self.env._("Questions are taken from audits of the same agency."))
        have = {(line.qms_purpose, line.name) for line in self.line_ids}
        skipped = ANSWER_FIELDS | {"audit_id"}
        new = []
        for line in source.line_ids:
            if (line.qms_purpose, line.name) not in have:
                data = line.copy_data({"audit_id": self.id})[0]
                new.append({k: v for k, v in data.items() if k == "audit_id" or k not in skipped})
        self.env["mgmtsystem.verification.line"].create(new)
        return len(new)

    # === UTILITIES === #

    @api.model
    def _qms_labels(self, model, name, pairs):
        labels = dict(self.env[model]._fields[name]._description_selection(self.env))
        return [[key, labels[key]] for key, _label in pairs]

    @api.model
    def _qms_evidence_models(self):
        """Return ``[model, label]`` of the records an auditor looks for most."""
        names = (
            "qms.dossier",
            "document.page.history",
            "qms.legal.document",
            "mgmtsystem.nonconformity",
            "qms.change.request",
            "helpdesk.ticket",
            "qms.procedure",
        )
        models_ = self.env["ir.model"]
        return [
            [name, models_._get(name).name] for name in names if self.env[name].has_access("read")
        ]
