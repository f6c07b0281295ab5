from urllib.parse import urljoin

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...tools import event_chain
from ..mixins.bulk_rows import insert_rows
from .qms_event import utc_now

VERBS = [
    ("request", "Approval requested"),
    ("approve", "Approved"),
    ("reject", "Rejected"),
    ("withdraw", "Withdrawn"),
]
CAPACITIES = [("own", "In person"), ("behalf", "On behalf of")]


class QmsDecision(models.Model):
    """Who decided what on which content, when, in which capacity and with which words.

    One chain of hashes for each subject (procedure version, document revision, …),
    whose last hash the subject remembers. Written by the verbs of
    ``qms.approval.mixin`` alone; nobody changes or deletes a row, elevated code
    neither (INV-07). Readable by whoever may read the subject, in the agencies of
    the user.
    """

    _name = "qms.decision"
    _description = "Decision"
    _inherit = ["qms.fact.mixin"]
    _order = "subject, sequence"

    # Read by the day anchors: one digest for each subject.
    _chain_field = "subject"
    _hashed_fields = (
        "subject",
        "res_model",
        "res_id",
        "subject_name",
        "company_id",
        "sequence",
        "round",
        "verb",
        "is_final",
        "is_self_approval",
        "is_identity_proven",
        "at",
        "recorded_at",
        "user_id",
        "user_name",
        "position_name",
        "capacity",
        "on_behalf_of_id",
        "on_behalf_of_name",
        "on_behalf_of_position",
        "tier_name",
        "reviewers",
        "content_sha256",
        "words",
        "review_key",
    )

    subject = fields.Char(
        string="Key of the subject",
        required=True,
        readonly=True,
        help="Model and id, as one word.",
    )
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    subject_name = fields.Char(string="Subject", readonly=True, help="Name at that time.")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    sequence = fields.Integer(required=True, readonly=True, aggregator=None)
    round = fields.Integer(
        readonly=True, aggregator=None, help="Counts the requests for approval of a subject."
    )
    verb = fields.Selection(VERBS, string="Decision", required=True, readonly=True)
    is_final = fields.Boolean(
        string="Concluding", readonly=True, help="With this decision the request was settled."
    )
    is_self_approval = fields.Boolean(
        string="Own work",
        readonly=True,
        help="A head alone in the unit decided on own work, with the justification given.",
    )
    is_identity_proven = fields.Boolean(
        string="Password confirmed", readonly=True, help="The password was asked for anew."
    )
    at = fields.Datetime(string="When", required=True, readonly=True)
    recorded_at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    user_name = fields.Char(string="Decided by", required=True, readonly=True)
    position_name = fields.Char(string="Position", readonly=True)
    capacity = fields.Selection(CAPACITIES, required=True, readonly=True)
    on_behalf_of_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    on_behalf_of_name = fields.Char(string="On behalf of", readonly=True)
    on_behalf_of_position = fields.Char(string="Position of the absent person", readonly=True)
    tier_name = fields.Char(string="Role", readonly=True)
    reviewers = fields.Text(
        string="May decide", readonly=True, help="The persons named when the request was made."
    )
    content_sha256 = fields.Char(
        string="Content (SHA-256)", required=True, readonly=True, help="What was decided on."
    )
    words = fields.Text(string="Statement", readonly=True)
    review_key = fields.Integer(
        readonly=True, aggregator=None, help="Number of the review that was settled."
    )
    previous_hash = fields.Char(readonly=True)
    hash = fields.Char(required=True, readonly=True)

    _subject_sequence = models.UniqueIndex(
        "(subject, sequence)", "Somebody else decided at the same moment. Reload the page."
    )
    _hash_unique = models.UniqueIndex("(hash)", "A decision is recorded once.")
    _res_index = models.Index("(res_model, res_id)")
    _one_decision_a_review = models.UniqueIndex(
        "(review_key) WHERE review_key IS NOT NULL", "This review is decided already."
    )
    _behalf = models.Constraint(
        "CHECK(capacity != 'behalf' OR COALESCE(on_behalf_of_name, '') != '')",
        "Whoever decides for somebody names that person.",
    )
    _justified = models.Constraint(
        "CHECK(NOT COALESCE(is_self_approval, FALSE) OR COALESCE(words, '') != '')",
        "The approval of own work needs a justification.",
    )

    # === COMPUTE METHODS === #

    @api.depends("verb", "subject_name")
    def _compute_display_name(self):
        verbs = dict(self._fields["verb"]._description_selection(self.env))
        for decision in self:
            decision.display_name = f"{verbs.get(decision.verb, '')}: {decision.subject_name or ''}"

    # === ACCESS === #

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or operation != "read" or not self:
            return result
        forbidden = result[0] if result else self.browse()
        forbidden |= self._hidden_rows(self - forbidden)
        return (forbidden, self._unreadable_error) if forbidden else None

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & self._domain_of_readable()
        return super()._search(domain, offset, limit, order, bypass_access=bypass_access, **kwargs)

    @api.model
    def _hidden_rows(self, rows, model_field="res_model"):
        """Return those of ``rows`` whose record, model and ``res_id``, the user does not read."""
        hidden = rows.browse()
        for model, same in rows.sudo().grouped(model_field).items():
            subjects = self._subjects(model, same.mapped("res_id"))
            readable = set(subjects._filtered_access("read").ids) if subjects else ()
            hidden |= rows.browse(row.id for row in same if row.res_id not in readable)
        return hidden

    @api.model
    def _domain_of_readable(self, model_field="res_model"):
        """The rows on what the user may read, as one subselect for each model.

        :param str model_field: of ``qms.decision`` or of another model with ``res_id``
        """
        return Domain.OR(
            Domain(model_field, "=", name)
            & Domain("res_id", "in", self._subjects(name, [])._search([]))
            for name in self._subject_models()
            if self.env[name].has_access("read")
        )

    @api.model
    def _subjects(self, model, ids):
        """Records of a model that is decided on, archived ones included.

        :return: None for any other name
        """
        if model in self._subject_models():
            return self.env[model].with_context(active_test=False).browse(ids)
        return None

    @api.model
    def _unreadable_error(self):
        return AccessError(self.env._("You may not read what these decisions are about."))

    @api.model
    def _subject_models(self):
        """Names of the models that are approved with ``qms.approval.mixin``."""
        names = self.env.registry.descendants(["qms.approval.mixin"], "_inherit")
        return sorted(name for name in names if not self.env[name]._abstract)

    # === CRUD METHODS === #

    def _check_fact_writer(self):
        raise AccessError(
            self.env._(
                "Decisions are recorded by the system alone: they are neither added by hand, "
                "nor changed, nor deleted. A mistake is corrected by a further decision."
            )
        )

    # === ACTIONS === #

    def action_open_subject(self):
        """Open the record that was decided on."""
        self.ensure_one()
        return self._subjects(self.res_model, self.res_id).get_formview_action()

    # === BUSINESS METHODS === #

    @api.model
    def _append(self, pairs):
        """Write decisions at the end of the chains of their subjects and return them.

        The subjects must be locked by the caller.

        :param list pairs: ``(subject, values)`` in the order of the decisions
        """
        now = utc_now()
        heads, rows, titles = {}, [], {}
        for subject, vals in pairs:
            subject_sudo = subject.sudo()
            count, head = heads.get(
                subject, (subject_sudo.decision_count, subject_sudo.decision_head or "")
            )
            row = self._prepare_decision(subject_sudo, vals, now, titles)
            row.update(sequence=count + 1, previous_hash=head)
            row["hash"] = event_chain.row_hash(head, self._hash_payload(row))
            heads[subject] = (count + 1, row["hash"])
            rows.append(row)
        for subject in {subject._name: subject for subject in heads}.values():
            subject._lifecycle_write_each(
                {
                    row.id: {"decision_count": count, "decision_head": head}
                    for row, (count, head) in heads.items()
                    if row._name == subject._name
                }
            )
        return insert_rows(self.sudo(), rows, remember=True).with_env(self.env)

    @api.model
    def _prepare_decision(self, subject, vals, now, titles):
        """Complete the values of one row; every hashed field gets a value.

        :param dict titles: what was found of ``(user, agency)`` so far
        """
        user = self.env.user
        company = subject._approval_company()
        vals = dict(vals)
        absent = vals.pop("on_behalf_of", None)
        row = dict.fromkeys(self._hashed_fields, False)
        row.update(
            subject=f"{subject._name},{subject.id}",
            res_model=subject._name,
            res_id=subject.id,
            subject_name=subject.display_name,
            company_id=company.id,
            at=now,
            recorded_at=now,
            user_id=user.id,
            user_name=user.sudo().name,
            position_name=self._title_of(user, company, titles),
            capacity="own",
        )
        if absent:
            row.update(
                capacity="behalf",
                on_behalf_of_id=absent.id,
                on_behalf_of_name=absent.sudo().name,
                on_behalf_of_position=self._title_of(absent, company, titles),
            )
        row.update(vals)
        return row

    @staticmethod
    def _title_of(user, company, titles):
        if (user, company) not in titles:
            titles[user, company] = user._qms_title(company)
        return titles[user, company]

    @api.model
    def _hash_payload(self, row):
        return {name: row[name] for name in self._hashed_fields}

    def _hash_rows(self):
        """Yield what :func:`event_chain.find_break` reads."""
        for decision in self:
            yield (
                decision.sequence,
                decision.previous_hash or "",
                decision.hash,
                decision._stored_payload(),
            )

    def _stored_payload(self):
        self.ensure_one()
        row = {}
        for name in self._hashed_fields:
            value = self[name]
            row[name] = value.id if isinstance(value, models.BaseModel) else value
        return row

    def _is_intact(self):
        """Tell whether the row still gives the hash that was printed."""
        self.ensure_one()
        return self.hash == event_chain.row_hash(self.previous_hash or "", self._stored_payload())

    def _standing(self):
        """Tell what the log says of a decision found on paper.

        :return: ``unknown`` without a row, ``altered`` when the log no longer fits,
            ``ended`` when it was taken back or rejected since, else ``valid``
        """
        if not self:
            return "unknown"
        self.ensure_one()
        subject = self._subjects(self.res_model, self.res_id)
        if not subject or not self._is_intact() or self._verify_chains(subject)[subject.id]:
            return "altered"
        later = Domain("subject", "=", self.subject) & Domain("sequence", ">", self.sequence)
        ending = Domain("verb", "in", ("reject", "withdraw")) & Domain("round", "=", self.round)
        return "ended" if self.sudo().search_count(later & ending, limit=1) else "valid"

    def _kind_name(self):
        """What kind of record was decided on."""
        self.ensure_one()
        return self.env["ir.model"]._get(self.res_model).sudo().name or ""

    def _code(self):
        """The code of the record, as it stands on the paper."""
        self.ensure_one()
        subject = self._subjects(self.res_model, self.res_id)
        return subject.exists()._approval_code() if subject else ""

    def _check_url(self):
        """Address at which the holder of a print checks this decision."""
        self.ensure_one()
        return urljoin(self.get_base_url(), f"/qms/decision/{self.hash}")

    def _local_date(self):
        """The day of the decision on the clock of the agency."""
        self.ensure_one()
        zone = self.company_id.sudo()._qms_timezone()
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), self.at).date()

    @api.model
    def _verify_chains(self, subjects):
        """Return ``{subject id: event_chain.Break or None}``, reading the database anew."""
        decisions_sudo = self.sudo()
        decisions_sudo.invalidate_model()
        subjects.invalidate_recordset(["decision_count", "decision_head"])
        grouped = decisions_sudo.search(
            [("res_model", "=", subjects._name), ("res_id", "in", subjects.ids)],
            order="res_id, sequence, id",
        ).grouped("res_id")
        return {
            subject.id: event_chain.find_break(
                grouped.get(subject.id, decisions_sudo.browse())._hash_rows(),
                subject.decision_count,
                subject.decision_head or "",
            )
            for subject in subjects.sudo()
        }
