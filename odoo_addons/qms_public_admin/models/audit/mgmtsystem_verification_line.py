import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...kernel_texts import kernel_text
from ...tools import upload
from .qms_audit_checklist import PURPOSES
from .qms_audit_question import SOURCE_KINDS

ANSWERS = [
    ("conforming", "Conforming"),
    ("opportunity", "Opportunity for improvement"),
    ("observation", "Observation"),
    ("minor", "Minor nonconformity"),
    ("major", "Major nonconformity"),
    ("not_applicable", "Not applicable"),
]
# Answers that become findings; those that need no note.
FINDING_ANSWERS = ("opportunity", "observation", "minor", "major")
PLAIN_ANSWERS = ("conforming",)
ANSWERING_ROLES = frozenset({"leader", "auditor", "trainee"})
# States of the audit in which questions are prepared, and answered.
PREPARING_STATES = ("draft", "notified", "open")
ANSWERING_STATES = ("open", "reporting")
ANSWER_FIELDS = frozenset({"qms_answer", "comments", "qms_is_confidential"})
STAMP_FIELDS = frozenset(
    {
        "company_id",
        "is_conformed",
        "qms_answered_at",
        "qms_answered_by_id",
        "qms_version",
        "qms_key",
        "qms_question_id",
        "qms_finding_ids",
        "qms_evidence_ids",
        "qms_attachment_ids",
    }
)
# JSON cannot carry this object, so no client can put it into a context.
_GENERATOR = object()


class MgmtsystemVerificationLine(models.Model):
    """A question of an audit and its answer.

    * Everyone of the agency reads questions and answers, but confidential ones: these are
      read by the team, auditors, ISO officers and leaders.
    * Whoever may change the audit prepares the questions until the visit ends. A question
      that was answered is not deleted and not reworded any more.
    * The auditors of the team answer from the beginning of the visit until approval of the
      report is requested. Elevated code does not answer for them.
    * An answer is kept as it is given. It counts as complete with a note, unless it says
      “conforming”; the visit does not end before all are complete.
    """

    _name = "mgmtsystem.verification.line"
    _inherit = ["mgmtsystem.verification.line", "qms.placement.mixin"]
    _order = "audit_id, seq, id"
    _check_company_auto = True

    _placing_fields = ("audit_id", "company_id")

    company_id = fields.Many2one(
        related="audit_id.company_id", store=True, index=True, default=None, string="Agency"
    )
    audit_state = fields.Selection(related="audit_id.state", string="State of the audit")
    is_conformed = fields.Boolean(compute="_compute_is_conformed", store=True)
    comments = fields.Text(
        string="Note", help="What was seen, where and how often; needed unless it conforms."
    )
    qms_answer = fields.Selection(ANSWERS, string="Answer", copy=False, index=True)
    qms_answered_at = fields.Datetime(string="Answered", readonly=True, copy=False)
    qms_answered_by_id = fields.Many2one(
        "res.users", string="Answered by (person)", readonly=True, copy=False, ondelete="restrict"
    )
    qms_version = fields.Integer(
        readonly=True, copy=False, aggregator=None, help="Counts the changes of the answer."
    )
    qms_is_complete = fields.Boolean(
        string="Complete", compute="_compute_qms_is_complete", search="_search_qms_is_complete"
    )
    qms_is_confidential = fields.Boolean(
        string="Confidential",
        copy=False,
        help="Read by the team, auditors, ISO officers and leaders only, its finding by the "
        "person in charge of it, too.",
    )
    qms_purpose = fields.Selection(
        PURPOSES, string="Goes into the report", required=True, default="internal", index=True
    )
    qms_section = fields.Char(string="Section", help="Heading under which the question stands.")
    qms_point = fields.Char(string="Point")
    qms_look_at = fields.Text(string="What to look at")
    qms_source_kind = fields.Selection(SOURCE_KINDS, string="How it is found out", default="record")
    qms_clause_ids = fields.Many2many(
        "qms.standard.clause",
        "qms_verification_line_clause_rel",
        "line_id",
        "clause_id",
        string="Clauses",
    )
    qms_procedure_id = fields.Many2one(
        "qms.procedure", string="Administrative procedure", index="btree_not_null",
        ondelete="restrict", check_company=True,
    )  # fmt: skip
    qms_department_id = fields.Many2one(
        "hr.department", string="Unit", ondelete="restrict", check_company=True
    )
    qms_question_id = fields.Many2one(
        "qms.audit.question", string="From the checklist", readonly=True, copy=False,
        index="btree_not_null", ondelete="set null",
    )  # fmt: skip
    qms_key = fields.Char(
        readonly=True, copy=False, help="What the question was made from; empty: added by hand."
    )
    qms_evidence_ids = fields.One2many("qms.audit.evidence", "line_id", string="Evidence")
    qms_attachment_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        string="Files",
        domain=lambda self: [("res_model", "=", self._name)],
        bypass_search_access=True,
        readonly=True,
    )
    qms_finding_ids = fields.One2many("qms.audit.finding", "line_id", string="Findings")
    can_answer = fields.Boolean(compute="_compute_can_answer")

    _qms_key_once = models.UniqueIndex(
        "(audit_id, qms_key) WHERE qms_key IS NOT NULL", "This question is in the audit already."
    )

    # === COMPUTE METHODS === #

    @api.depends("qms_answer")
    def _compute_is_conformed(self):
        for line in self:
            line.is_conformed = line.qms_answer == "conforming"

    @api.depends("qms_answer", "comments")
    def _compute_qms_is_complete(self):
        for line in self:
            has_note = bool((line.comments or "").strip())
            line.qms_is_complete = line.qms_answer in PLAIN_ANSWERS or (
                bool(line.qms_answer) and has_note
            )

    def _search_qms_is_complete(self, operator, value):
        if operator != "in":
            return NotImplemented
        noted = Domain("qms_answer", "!=", False) & Domain("comments", "not in", [False, ""])
        domain = Domain("qms_answer", "in", PLAIN_ANSWERS) | noted
        return domain if True in value else ~domain

    @api.depends("audit_id.state", "audit_id.qms_team_ids", "audit_id.approval_state")
    @api.depends_context("uid")
    def _compute_can_answer(self):
        errors = {audit: audit._qms_answer_error() for audit in self.audit_id}
        for line in self:
            line.can_answer = not errors.get(line.audit_id, True)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        is_generator = self._is_generator()
        if not is_generator:
            vals_list = [self._given(vals) for vals in vals_list]
        lines = super().create(vals_list)
        lines._check_has_audit()
        lines.audit_id._qms_check_preparing()
        if not is_generator and any(
            line.qms_answer or line.qms_is_confidential or line.qms_key for line in lines
        ):
            raise ValidationError(self.env._("A new question has no answer yet."))
        return lines

    def write(self, vals):
        if self._is_generator():
            return super().write(vals)
        vals = self._given(vals)
        if vals.keys() - ANSWER_FIELDS:
            self._check_may_prepare()
        if "audit_id" in vals:
            self._move_to_audit(vals["audit_id"])
        if not vals.keys() & ANSWER_FIELDS:
            return super().write(vals)
        self._check_may_answer()
        result = super().write({**vals, **self._stamps()})
        for line in self:
            super(MgmtsystemVerificationLine, line).write({"qms_version": line.qms_version + 1})
        self.qms_finding_ids._follow_answers()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        self.audit_id._qms_check_preparing()
        for line in self:
            if line._is_begun():
                raise UserError(
                    self.env._(
                        "“%(name)s” was answered: say that it is not applicable instead of "
                        "deleting it.",
                        name=line.name,
                    )
                )

    # === ACTIONS === #

    def qms_save_answer(self, vals, seen=None):
        """Keep an answer from the tablet and return the question as it stands now.

        :param dict vals: some of the fields of an answer
        :param int seen: version of the answer the auditor had before them; another one means
            that a colleague answered meanwhile
        :rtype: dict, see :meth:`_board_rows`; ``{"conflict": row}`` where nothing was kept
        """
        self.ensure_one()
        self.check_access("read")
        self.audit_id._qms_hold_answers()
        if seen is not None and seen != self.qms_version:
            return {"conflict": self._board_rows()[0]}
        self.write({name: vals[name] for name in ANSWER_FIELDS & vals.keys()})
        return self._board_rows()[0]

    def qms_add_evidence(self, model, record_id):
        """Name a record that stands behind the answer; the auditor must be able to read it."""
        self.ensure_one()
        self.check_access("read")
        self._check_may_answer()
        record = self._evidence_record(model, record_id)
        rows = self.env["qms.audit.evidence"].sudo()
        known = rows.search(
            [
                ("line_id", "=", self.id),
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
            ]
        )
        if not known:
            rows.create(self.env["qms.audit.evidence"]._vals_of(self, record))
        return self._board_rows()[0]

    def qms_remove_evidence(self, evidence_id):
        """Take a record away from the answer."""
        self.ensure_one()
        self.check_access("read")
        self._check_may_answer()
        self.sudo().qms_evidence_ids.filtered(lambda row: row.id == evidence_id).unlink()
        return self._board_rows()[0]

    def qms_add_file(self, name, content):
        """Keep a photo or a file with the answer.

        :param str name: as the tablet calls it
        :param str content: base64 of the bytes
        """
        self.ensure_one()
        self.check_access("read")
        self._check_may_answer()
        try:
            raw = base64.b64decode(content or "", validate=True)
            name, mimetype = upload.checked(name or "", raw, upload.DOCUMENT_KINDS)
        except (binascii.Error, TypeError, ValueError) as error:
            raise UserError(self.env._("The file did not arrive whole: send it again.")) from error
        except upload.UploadError as error:
            raise UserError(kernel_text(self.env, error)) from error
        self.env["ir.attachment"].sudo().create(
            {
                "name": name,
                "raw": raw,
                "mimetype": mimetype,
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        return self._board_rows()[0]

    def qms_remove_file(self, attachment_id):
        """Take a file or photo away from the answer."""
        self.ensure_one()
        self.check_access("read")
        self._check_may_answer()
        self.sudo().qms_attachment_ids.filtered(lambda row: row.id == attachment_id).unlink()
        return self._board_rows()[0]

    # === PREDICATES === #

    def _check_may_answer(self):
        """Refuse an answer by who is not auditing, or at the wrong time."""
        audits = self.audit_id
        audits._qms_hold_answers()
        audits._raise_errors(audit._qms_answer_error() for audit in audits)

    def _move_to_audit(self, audit_id):
        """Hand questions over to another audit first: an answer is one of that audit."""
        result = super().write({"audit_id": audit_id})
        self._check_has_audit()
        self.audit_id._qms_check_preparing()
        return result

    def _check_has_audit(self):
        if any(not line.audit_id for line in self):
            raise ValidationError(self.env._("A question belongs to an audit."))

    def _check_may_prepare(self):
        self.audit_id._qms_check_preparing()
        for line in self:
            if line._is_begun():
                raise UserError(
                    self.env._(
                        "“%(name)s” was answered: its words stay as they are.", name=line.name
                    )
                )

    def _is_begun(self):
        """Whether anything was said about this question."""
        line = self.sudo()
        return bool(
            line.qms_answer
            or (line.comments or "").strip()
            or line.qms_evidence_ids
            or line.qms_attachment_ids
        )

    def _keeping_files(self):
        """Files stay once answers are closed; see ``ir.attachment``."""
        return self.filtered(
            lambda line: (
                line.audit_id.state not in ANSWERING_STATES or line.audit_id.is_approval_closed
            )
        )

    # === BUSINESS METHODS === #

    def _board_rows(self):
        """Return the questions for the screen on which they are answered."""
        rows = self.sudo()
        return [
            {
                "id": row.id,
                "section": row.qms_section or "",
                "point": row.qms_point or "",
                "purpose": row.qms_purpose,
                "name": row.name,
                "look_at": row.qms_look_at or "",
                "source": row.qms_source_kind or "record",
                "clauses": ", ".join(row.qms_clause_ids.sorted("sort_key").mapped("number")),
                "unit": row.qms_department_id.name or "",
                "answer": row.qms_answer or "",
                "note": row.comments or "",
                "confidential": row.qms_is_confidential,
                "complete": row.qms_is_complete,
                "version": row.qms_version,
                "by": row.qms_answered_by_id.name or "",
                "files": [
                    {"id": file.id, "name": file.name, "type": file.mimetype or ""}
                    for file in row.qms_attachment_ids.sorted("id")
                ],
                "evidence": [
                    {
                        "id": one.id,
                        "label": one.label,
                        "kind": one.model_name,
                        "model": one.res_model,
                        "res_id": one.res_id,
                    }
                    for one in row.qms_evidence_ids
                ],
            }
            for row in rows
        ]

    def _as_generator(self):
        """Return the model as the generator writes it: keys and origin with the rest."""
        return self.sudo().with_context(_qms_generator=_GENERATOR)

    # === UTILITIES === #

    def _is_generator(self):
        return self.env.context.get("_qms_generator") is _GENERATOR

    @api.model
    def _given(self, vals):
        """Return what a client may send: what follows from others is left out."""
        return {name: value for name, value in vals.items() if name not in STAMP_FIELDS}

    @api.model
    def _stamps(self):
        return {"qms_answered_at": fields.Datetime.now(), "qms_answered_by_id": self.env.uid}

    @api.model
    def _evidence_record(self, model, record_id):
        """Return the record named by a client, if it is one of the system's own."""
        known = isinstance(model, str) and self.env.get(model)
        if known is False or known is None or known._transient or known._abstract:
            raise UserError(self.env._("Choose a record that exists."))
        record = known.browse(int(record_id)).exists()
        if not record:
            raise UserError(self.env._("Choose a record that exists."))
        return record
