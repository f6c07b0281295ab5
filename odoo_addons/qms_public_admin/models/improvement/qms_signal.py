import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import signals as kernel
from ...tools.measure import limit_text
from ...tools.words import stripped
from .improvement_texts import GRADES, KEEPERS, NC_OPEN
from .qms_measure import Scope
from .qms_signal_rule import RULE_KINDS

SIGNAL_STATES = [
    ("proposed", "To be decided"),
    ("accepted", "Signal accepted"),
    ("dismissed", "Dismissed"),
]
#: Records kept by name with a signal; all of them open by its figure.
MAX_EVIDENCE = 40
ACTIVITY_TYPE = "qms_public_admin.mail_activity_signal"


class QmsSignal(models.Model):
    """A nonconformity that the system proposes, with the figures and records it rests on.

    Heads, leaders, auditors, ISO officers and the provincial office read the signals of
    their agencies. ISO officers and leaders accept one, which raises a nonconformity with
    the evidence, or dismiss it with a reason, which is kept. Nobody makes, changes or
    deletes one: the nightly job writes what it found, the verbs what was decided.

    There is one open signal for what a rule found somewhere; what is found again is noted
    on it. After a decision nothing is proposed on the same cases: not before the window has
    moved past them.
    """

    _name = "qms.signal"
    _description = "Signal"
    _inherit = ["qms.fact.mixin", "qms.figure.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "state desc, severity, last_seen desc, id desc"
    _rec_names_search = ["name"]
    _mail_post_access = "read"

    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    name = fields.Char(string="About", required=True, readonly=True)
    rule_id = fields.Many2one(
        "qms.signal.rule", required=True, readonly=True, index=True, ondelete="restrict"
    )
    root_id = fields.Many2one(
        "qms.signal.rule", required=True, readonly=True, index=True, ondelete="restrict"
    )
    rule_name = fields.Char(related="rule_id.name", string="Signal rule")
    rule_kind = fields.Selection(RULE_KINDS, string="Looks for", required=True, readonly=True)
    # What it is about, as text: with the rule the name under which it is known.
    scope_key = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        SIGNAL_STATES, string="Status", required=True, readonly=True, default="proposed", index=True
    )
    severity = fields.Selection(GRADES, string="Grade", required=True, readonly=True)
    procedure_id = fields.Many2one(
        "qms.procedure",
        string="Administrative procedure",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    department_id = fields.Many2one(
        "hr.department",
        string="Unit",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", readonly=True)
    measure_key = fields.Char(readonly=True)
    limit = fields.Float(string="Threshold", readonly=True, aggregator=None)
    limit_text = fields.Char(string="Threshold (as text)", compute="_compute_limit_text")
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True)
    first_seen = fields.Date(string="First seen", required=True, readonly=True)
    last_seen = fields.Date(string="Last seen", required=True, readonly=True)
    nights = fields.Integer(
        string="Nights seen", required=True, readonly=True, default=1, aggregator=None
    )
    is_recurrence = fields.Boolean(
        string="Recurrence",
        readonly=True,
        help="The same was found before, and its nonconformity was closed with a cause.",
    )
    recurrence_of_id = fields.Many2one(
        "mgmtsystem.nonconformity",
        string="Recurrence of",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    nonconformity_id = fields.Many2one(
        "mgmtsystem.nonconformity", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    reason = fields.Text(string="Why dismissed", readonly=True)
    quiet_until = fields.Date(string="Quiet until", readonly=True)
    decided_at = fields.Datetime(string="Decided at", readonly=True)
    decided_by_id = fields.Many2one(
        "res.users", string="Decided by (user)", readonly=True, ondelete="restrict"
    )
    decided_by = fields.Char(string="Decided by", readonly=True)
    evidence_ids = fields.One2many("qms.signal.evidence", "signal_id", readonly=True)
    evidence_count = fields.Integer(string="Records", readonly=True, aggregator=None)
    summary = fields.Text(string="What was found", compute="_compute_summary")
    can_decide = fields.Boolean(compute="_compute_can_decide")

    _one_open = models.UniqueIndex(
        "(company_id, root_id, scope_key) WHERE state = 'proposed'",
        "This is proposed already.",
    )
    _dismissed_with_reason = models.Constraint(
        "CHECK(state <> 'dismissed' OR length(trim(reason)) > 0)",
        "A signal is dismissed with a reason.",
    )
    _accepted_with_result = models.Constraint(
        "CHECK(state <> 'accepted' OR nonconformity_id IS NOT NULL)",
        "An accepted signal names its nonconformity.",
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "rule_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.rule_name}: {row.name}"

    @api.depends("limit", "kind", "measure_key")
    @api.depends_context("lang")
    def _compute_limit_text(self):
        lang = self.env.lang or "en_US"
        for row in self:
            has_limit = row.rule_kind == "measure"
            row.limit_text = limit_text(row.kind, row.limit, lang) if has_limit else ""

    @api.depends("part", "whole", "limit", "date_from", "date_to", "nights")
    @api.depends_context("lang")
    def _compute_summary(self):
        for row in self:
            row.summary = row._words()

    @api.depends("state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can_decide(self):
        for row in self:
            row.can_decide = bool(row.id) and not row._decision_error()

    # === ACTIONS === #

    def action_accept(self):
        """Raise a nonconformity for each of these, with the evidence, and open it."""
        self._begin()
        rows = self.env["mgmtsystem.nonconformity"]
        for signal in self:
            rows |= signal._raise_nonconformity()
        self._settle_notices()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Nonconformities"),
            "res_model": rows._name,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", rows.ids)],
        }
        if len(rows) == 1:
            action.update(res_id=rows.id, views=[(False, "form")])
        return action

    def action_open_dismissal(self):
        """Open the dialog that asks why these are dismissed."""
        self._begin()
        return self.env["qms.signal.dismissal"]._ask(self)

    def action_dismiss(self, words=None, days=None):
        """Dismiss these, with a reason; they are left alone for a while.

        :param str words: the reason
        :param int days: of quiet; by default those of the rule
        """
        self._begin()
        words = stripped(words)
        if not words:
            raise UserError(self.env._("Say why it is dismissed."))
        for signal in self:
            signal._complete(
                {
                    **signal._decision("dismissed"),
                    "reason": words,
                    "quiet_until": signal._quiet_until(signal._today(), days),
                }
            )
        self._settle_notices()
        return True

    def action_open_records(self):
        """Open the records that the figure counts."""
        self.ensure_one()
        self.check_access("read")
        if self.res_model:
            return self.env[self.res_model].browse(self.res_id).get_formview_action()
        return self.env["qms.measure"]._open(self.measure_key, self._scope(), self.kind == "share")

    # === PREDICATES === #

    def _decision_error(self):
        self.ensure_one()
        user = self.env.user
        if self.company_id.id not in user._get_company_ids() or not user.has_groups(KEEPERS):
            return self.env._("ISO officers and leaders of the agency decide on its signals.")
        if self.state != "proposed":
            return self.env._("“%(name)s” was decided on already.", name=self.display_name)
        return ""

    def _begin(self):
        self.check_access("read")
        self.sudo().lock_for_update()
        errors = [error for signal in self if (error := signal._decision_error())]
        if errors:
            raise UserError("\n".join(errors))

    # === BUSINESS METHODS: DECISIONS === #

    def _decision(self, state):
        return {
            "state": state,
            "decided_at": fields.Datetime.now(),
            "decided_by_id": self.env.uid,
            "decided_by": self.env.user.name,
        }

    def _raise_nonconformity(self):
        """Raise the nonconformity with what the user reads of the evidence."""
        self.ensure_one()
        row = self.env["mgmtsystem.nonconformity"]._qms_raise(
            [
                {
                    "name": self.display_name,
                    "description": self.summary,
                    "qms_source": "signal",
                    "qms_grade": self.severity,
                    "company_id": self.company_id.id,
                    "qms_department_id": self.department_id.id,
                    "qms_procedure_id": self.procedure_id.id,
                    "qms_recurrence_of_id": self.recurrence_of_id.id,
                    "evidence": self._evidence_records(),
                }
            ]
        )
        self._complete(
            {
                **self._decision("accepted"),
                "nonconformity_id": row.id,
                "quiet_until": self._quiet_until(self._today()),
            }
        )
        return row

    def _evidence_records(self):
        """Return the records of the evidence that are there and that the user reads."""
        groups = []
        for model, rows in self.sudo().evidence_ids.grouped("res_model").items():
            records = self.env[model].browse(rows.mapped("res_id")).exists()
            groups.append(records._filtered_access("read"))
        return groups

    def _quiet_until(self, day, days=None):
        """Return until when nothing is proposed again after ``day``.

        Figures stay quiet until the window has moved past the cases that were looked at.
        """
        rule = self.sudo().rule_id
        days = rule.snooze_days if days is None else max(int(days), 1)
        if self.rule_kind == "measure":
            days = max(days, rule.window_days)
        return day + datetime.timedelta(days=days)

    def _today(self):
        zone = self.company_id._qms_timezone()
        return fields.Date.context_today(self.with_context(tz=zone))

    # === BUSINESS METHODS: FOLDING === #

    @api.model
    def _fold(self, company, findings):
        """Note what was found again, propose what is new; returns the new signals."""
        if not findings:
            return self.browse()
        by_name = {finding.name: finding for finding in findings}
        past = self.search(
            [
                ("company_id", "=", company.id),
                ("root_id", "in", [root for root, _key in by_name]),
                ("scope_key", "in", [key for _root, key in by_name]),
            ],
            order="id",
        )
        known = past.grouped(lambda row: (row.root_id.id, row.scope_key))
        today = self.env["qms.signal.job"]._today(company)
        new, again, _quiet = kernel.fold(
            by_name,
            {name: [row._past() for row in rows] for name, rows in known.items()},
            today,
        )
        self._note_again({row_id: by_name[name] for row_id, name in again.items()}, today)
        return self._propose([by_name[name] for name in new], known, today)

    def _past(self):
        """Return what the kernel needs to know of an earlier signal."""
        ended = self.nonconformity_id
        is_open = self.state == "accepted" and ended.state in NC_OPEN
        quiet_until = self.quiet_until or None
        if ended.closing_date:
            quiet_until = self._quiet_until(ended.closing_date.date())
        return kernel.Past(self.id, self.state, is_open, quiet_until)

    @api.model
    def _propose(self, findings, known, today):
        names = self._names(findings)
        rows = self._record(
            [
                {
                    **self._found_vals(finding, today),
                    **self._recurrence(known.get(finding.name, self.browse())),
                    "company_id": finding.company_id,
                    "name": names[finding],
                    "root_id": finding.root_id,
                    "scope_key": finding.scope_key,
                    "state": "proposed",
                    "first_seen": today,
                }
                for finding in findings
            ]
        )
        rows._keep_evidence(findings)
        return rows

    @api.model
    def _note_again(self, again, today):
        """Write the figures of tonight on open signals; new evidence where they moved."""
        rows = self.browse(again)
        moved = rows.filtered(
            lambda row: (
                row.state == "proposed"
                and again[row.id].figure
                and row._figure() != again[row.id].figure
            )
        )
        self._complete_each(
            {
                row.id: {
                    **self._found_vals(again[row.id], today),
                    "nights": row.nights + (row.last_seen < today),
                }
                for row in rows
            }
        )
        moved.evidence_ids._discard()
        moved._keep_evidence([again[row.id] for row in moved])

    @api.model
    def _found_vals(self, finding, today):
        rule = self.env["qms.signal.rule"].browse(finding.rule_id)
        model, res_id = finding.record or (None, None)
        figure = self._figure_vals(finding.figure) if finding.figure else {}
        count = 1
        if finding.figure:
            is_share = finding.figure.kind == "share"
            count = int(finding.figure.part if is_share else finding.figure.cases)
        return {
            **figure,
            "rule_id": rule.id,
            "rule_kind": rule.kind,
            "severity": rule.severity,
            "measure_key": rule.measure_key if rule.kind == "measure" else None,
            "limit": rule.limit,
            "date_from": finding.date_from,
            "date_to": finding.date_to,
            "procedure_id": finding.procedure_id or None,
            "department_id": finding.department_id or None,
            "res_model": model,
            "res_id": res_id,
            "evidence_count": count,
            "last_seen": today,
        }

    @api.model
    def _recurrence(self, past):
        """Say whether a closed nonconformity with a cause came back."""
        closed = past.nonconformity_id.filtered(
            lambda row: row.state == "done" and (row.cause_ids or stripped(row.analysis))
        )
        last = closed.sorted("closing_date")[-1:]
        return {"is_recurrence": bool(last), "recurrence_of_id": last.id or None}

    @api.model
    def _names(self, findings):
        """Return ``{finding: what it is about}``, by one reading for each kind of record."""
        models_of = {}
        for finding in findings:
            models_of.setdefault(self._about(finding)[0], set()).add(self._about(finding)[1])
        found = {}
        for model, ids in models_of.items():
            records = self.env[model].sudo().browse(ids)
            found.update({(model, record.id): record.display_name for record in records})
        return {finding: found[self._about(finding)] for finding in findings}

    @api.model
    def _about(self, finding):
        if finding.record:
            return finding.record
        if finding.procedure_id:
            return "qms.procedure", finding.procedure_id
        if finding.department_id:
            return "hr.department", finding.department_id
        return "res.company", finding.company_id

    def _keep_evidence(self, findings):
        """Keep the newest records of the part by name: one query for each measure."""
        scope_of = self.env["qms.signal.job"]._scope
        todo, vals_list = {}, []
        for signal, finding in zip(self, findings, strict=True):
            if finding.record:
                vals_list.append((signal, *finding.record))
            else:
                todo.setdefault(signal.measure_key, {})[signal] = scope_of(finding)
        for key, scopes in todo.items():
            measures = self.env["qms.measure"]
            model = measures._measure(key).model
            found = measures._samples(key, list(scopes.values()), MAX_EVIDENCE)
            for signal, scope in scopes.items():
                vals_list += [(signal, model, record_id) for record_id in found[scope]]
        self.env["qms.signal.evidence"]._note(vals_list)

    # === BUSINESS METHODS: NOTICE === #

    @api.model
    def _tell_officers(self, company, new):
        """Put what is new before the ISO officers: one activity a night for each of them."""
        if not new:
            return
        first = new.sorted(lambda row: (row.severity != "major", row.id))[0]
        self._drop_notices(company)
        open_count = self.search_count(
            [("company_id", "=", company.id), ("state", "=", "proposed")]
        )
        day = first.first_seen + datetime.timedelta(days=7)
        self.env["mail.activity"]._qms_put(
            ACTIVITY_TYPE,
            [
                (
                    first,
                    officer,
                    day,
                    self.with_context(lang=officer.lang).env._(
                        "%(new)s new signals, %(open)s wait for a decision",
                        new=len(new),
                        open=open_count,
                    ),
                )
                for officer in company._qms_officers()
            ],
        )

    @api.model
    def _drop_notices(self, company):
        self._notices(company).unlink()

    @api.model
    def _notices(self, company):
        own = self.sudo()._search([("company_id", "=", company.id)])
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", own),
                    ("activity_type_id", "=", self.env.ref(ACTIVITY_TYPE).id),
                ]
            )
        )

    def _settle_notices(self):
        """Take the notice back when nothing waits any more, or move it to what does."""
        for company in self.company_id:
            waiting = self.sudo().search(
                [("company_id", "=", company.id), ("state", "=", "proposed")], limit=1
            )
            if waiting:
                self._notices(company).write({"res_id": waiting.id})
            else:
                self._drop_notices(company)

    # === UTILITIES === #

    def _scope(self):
        return Scope(
            self.company_id.id,
            self.date_from,
            self.date_to,
            self.department_id.id or 0,
            self.procedure_id.id or 0,
            is_one_unit=bool(self.department_id),
        )

    def _words(self):
        """Say in sentences what was found."""
        self.ensure_one()
        if self.rule_kind != "measure":
            return self.env._(
                "%(rule)s: %(name)s. Seen first on %(day)s.",
                rule=self.rule_name,
                name=self.name,
                day=self.first_seen.strftime("%d/%m/%Y"),
            )
        measure = self.env["qms.measure"]._measure_labels().get(self.measure_key, "")
        return self.env._(
            "%(measure)s, %(name)s, from %(since)s to %(until)s: %(value)s (%(cases)s). With 95 %% "
            "certainty between %(interval)s; the threshold is %(limit)s.",
            measure=measure,
            name=self.name,
            since=self.date_from.strftime("%d/%m/%Y"),
            until=self.date_to.strftime("%d/%m/%Y"),
            value=self.value_text,
            cases=self.cases_text,
            interval=self.interval_text,
            limit=self.limit_text,
        )

    def _figure_unit(self):
        measure = self.env["qms.measure"]._measures().get(self.measure_key)
        return self.env._("hours") if measure and measure.unit == "h" else ""
