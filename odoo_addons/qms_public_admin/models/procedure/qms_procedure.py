import datetime

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..mixins.plain_text import PlainText, plain_index
from .qms_procedure_publication import ONLINE_LEVELS

PROCEDURE_STATES = [("draft", "Draft"), ("published", "Published"), ("retired", "Retired")]
CHECK_LEVELS = [
    ("ok", "Ready"),
    ("info", "Ready, with remarks"),
    ("warning", "Warning"),
    ("error", "Cannot be published"),
]


class QmsProcedure(models.Model):
    """An administrative procedure of the catalogue.

    Everyone reads the procedures of their agencies and the shared catalogue of the
    province (no company). ISO officers keep those of their agencies; the shared
    catalogue is kept by system administrators. What a dossier relies on is in the
    versions, which are frozen once published.
    """

    _name = "qms.procedure"
    _description = "Administrative procedure"
    _inherit = ["qms.plain.text.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "code, name, id"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    code = fields.Char(
        string="Procedure code",
        index="btree_not_null",
        tracking=True,
        copy=False,
        help="National code, one digit, a point and six digits, e.g. 2.000908.",
    )
    name = PlainText(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
        tracking=True,
        help="Empty: the shared catalogue of the province.",
    )
    department_id = fields.Many2one(
        "hr.department",
        string="Unit in charge",
        check_company=True,
        index="btree_not_null",
        tracking=True,
    )
    field_id = fields.Many2one(
        "qms.procedure.field", index=True, ondelete="restrict", tracking=True
    )
    ministry = fields.Char(index="btree_not_null")
    level_ids = fields.Many2many("qms.agency.level", string="Levels")
    kind = fields.Char(string="Type", help="Type of procedure as published.")
    executing_agency = fields.Text()
    competent_agency = fields.Text()
    coordinating_agency = fields.Text(string="Co-ordinating agency")
    applicant_kind_ids = fields.Many2many("qms.applicant.kind", string="Eligible applicants")
    subjects = fields.Text(string="Applicants as published")
    online_level = fields.Selection(ONLINE_LEVELS, default="none", required=True, tracking=True)
    online_reason = fields.Text(
        string="Reason for partial online",
        help="Published reason why the service is not fully online (Decree 224/2026, art. 14).",
    )
    online_source = fields.Char(string="Online level according to")
    has_online_channel = fields.Boolean()
    legal_basis = fields.Text()
    legal_numbers = fields.Text(string="Legal documents")
    requirement_text = fields.Text(string="Requirements and conditions")
    is_requirement_cut = fields.Boolean(
        string="Requirements cut off", help="The source gives the beginning of the text only."
    )
    result_type = fields.Text(string="Result")
    result_codes = fields.Char()
    fee_text = fields.Text(string="Fees and charges")
    time_text = fields.Text(string="Time limit as published")
    publication_decision = fields.Char(tracking=True)
    source_url = fields.Char(string="Official page")
    source = fields.Char()
    iso_document_id = fields.Many2one(
        "document.page", string="ISO document", index="btree_not_null", tracking=True
    )
    qms_from = fields.Date(
        string="Under the QMS since",
        tracking=True,
        help="First day on which the quality management system covers the procedure.",
    )
    qms_to = fields.Date(string="Under the QMS until", tracking=True)
    is_in_qms = fields.Boolean(
        string="Under the QMS", compute="_compute_is_in_qms", search="_search_is_in_qms"
    )
    version_ids = fields.One2many("qms.procedure.version", "procedure_id", string="Versions")
    version_count = fields.Integer(compute="_compute_version_count")
    current_version_id = fields.Many2one(
        "qms.procedure.version",
        string="Version in force",
        compute="_compute_current_version_id",
        search="_search_current_version_id",
    )
    state = fields.Selection(
        PROCEDURE_STATES, compute="_compute_state", store=True, index=True, tracking=True
    )
    check_level = fields.Selection(
        CHECK_LEVELS,
        string="Publication check",
        compute="_compute_check_level",
        store=True,
        index=True,
        help="Of the newest version.",
    )
    dossier_properties_definition = fields.PropertiesDefinition("Fields of the application form")
    publication_ids = fields.One2many(
        "qms.procedure.publication", "procedure_id", string="Publications"
    )
    publication_count = fields.Integer(compute="_compute_publication_count")
    replacement_ids = fields.One2many(
        "qms.procedure.replacement", "procedure_id", string="Components replaced by data"
    )
    note = fields.Text()
    active = fields.Boolean(default=True, tracking=True)
    external_key = fields.Char(index="btree_not_null", readonly=True, copy=False)
    import_hash = fields.Char(readonly=True, copy=False)

    _name_plain_idx = plain_index("name")
    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code IS NOT NULL",
        "A procedure with this code exists already.",
    )
    _external_key_unique = models.UniqueIndex(
        "(external_key, COALESCE(company_id, 0)) WHERE external_key IS NOT NULL",
        "This procedure was already imported.",
    )
    _qms_period = models.Constraint(
        "CHECK(qms_to IS NULL OR (qms_from IS NOT NULL AND qms_to >= qms_from))",
        "A procedure cannot leave the quality management system before it entered it.",
    )

    # === COMPUTE METHODS === #

    @api.depends("code", "name")
    def _compute_display_name(self):
        for procedure in self:
            procedure.display_name = " – ".join(
                part for part in (procedure.code, procedure.name) if part
            )

    @api.depends("qms_from", "qms_to")
    def _compute_is_in_qms(self):
        today = fields.Date.context_today(self)
        in_qms = self.filtered_domain(self._qms_domain(today))
        in_qms.is_in_qms = True
        (self - in_qms).is_in_qms = False

    def _search_is_in_qms(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._qms_domain(fields.Date.context_today(self))
        return domain if True in value else ~domain

    @api.depends("version_ids")
    def _compute_version_count(self):
        counts = dict(
            self.env["qms.procedure.version"]._read_group(
                [("procedure_id", "in", self.ids)], ["procedure_id"], ["__count"]
            )
        )
        for procedure in self:
            procedure.version_count = counts.get(procedure, 0)

    @api.depends("publication_ids")
    def _compute_publication_count(self):
        counts = dict(
            self.env["qms.procedure.publication"]._read_group(
                [("procedure_id", "in", self.ids)], ["procedure_id"], ["__count"]
            )
        )
        for procedure in self:
            procedure.publication_count = counts.get(procedure, 0)

    @api.depends("version_ids.state", "version_ids.effective_from", "version_ids.effective_to")
    def _compute_current_version_id(self):
        versions = self.env["qms.procedure.version"].search(
            Domain("procedure_id", "in", self.ids)
            & self._effective_domain(fields.Date.context_today(self))
        )
        by_procedure = {version.procedure_id: version for version in versions}
        for procedure in self:
            procedure.current_version_id = by_procedure.get(procedure, False)

    def _search_current_version_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        effective = self._effective_domain(fields.Date.context_today(self))
        domain = Domain("version_ids", "any", effective & Domain("id", "in", value))
        if False in value:
            domain |= ~Domain("version_ids", "any", effective)
        return domain

    @api.depends("version_ids.state")
    def _compute_state(self):
        for procedure in self:
            states = set(procedure.version_ids.mapped("state"))
            if "published" in states:
                procedure.state = "published"
            else:
                procedure.state = "retired" if "retired" in states else "draft"

    @api.depends("version_ids.check_level", "version_ids.number")
    def _compute_check_level(self):
        for procedure in self:
            newest = procedure.version_ids.sorted("number")[-1:]
            procedure.check_level = newest.check_level or "error"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        procedures = super().create(
            [{**vals, "code": (vals.get("code") or "").strip() or False} for vals in vals_list]
        )
        procedures._link_public_lines()
        return procedures

    def write(self, vals):
        if "code" in vals:
            vals = {**vals, "code": (vals["code"] or "").strip() or False}
        if "company_id" in vals:
            self._check_agency_kept(vals["company_id"])
        result = super().write(vals)
        if "company_id" in vals:
            # Rules look at the record before the change: nobody hands one to others.
            self.check_access("write")
        if "code" in vals:
            self._link_public_lines()
        return result

    def copy(self, default=None):
        """Copy with the newest version of each as a draft."""
        copies = super().copy(default)
        for procedure, new in zip(self, copies, strict=True):
            newest = procedure.version_ids.sorted("number")[-1:]
            newest.copy({"procedure_id": new.id})
        return copies

    # === ACTIONS === #

    def action_view_versions(self):
        """Open the versions of this procedure."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_procedure_version_action"
        )
        action["domain"] = [("procedure_id", "=", self.id)]
        action["context"] = {"default_procedure_id": self.id}
        return action

    def action_view_publications(self):
        """Open the lines of decisions about this procedure."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_procedure_publication_action"
        )
        action["domain"] = [("procedure_id", "=", self.id)]
        return action

    def action_new_version(self):
        """Make a draft from the newest version, or an empty first one, and open it."""
        self.ensure_one()
        newest = self.version_ids.sorted("number")[-1:]
        if newest:
            return newest.action_new_version()
        version = self.env["qms.procedure.version"].create({"procedure_id": self.id})
        return version._open_form()

    def action_adopt(self):
        """Copy a procedure of the shared catalogue into the user's own agency."""
        self.ensure_one()
        own = (
            self.search(
                [("code", "=", self.code), ("company_id", "=", self.env.company.id)], limit=1
            )
            if self.code
            else self.browse()
        )
        own = own or self.copy({"company_id": self.env.company.id, "code": self.code})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": own.id,
            "views": [(False, "form")],
        }

    def action_add_to_qms(self):
        """Put the procedures under the quality management system from today on."""
        today = fields.Date.context_today(self)
        self.filtered(lambda procedure: not procedure.is_in_qms).write(
            {"qms_from": today, "qms_to": False}
        )

    def action_remove_from_qms(self):
        """Take the procedures out of the quality management system from tomorrow on."""
        today = fields.Date.context_today(self)
        self.filtered("is_in_qms").write({"qms_to": today})

    # === BUSINESS METHODS === #

    def _version_at(self, moment):
        """Return the version that was published and in force at a moment.

        It keeps the prefetch of its procedure: what is read of it is read at once for the
        versions of all procedures at hand.

        :param moment: naive UTC datetime, or the date itself
        """
        self.ensure_one()
        date = self._local_date(moment)
        versions = self.version_ids
        found = versions.sorted("number", reverse=True).filtered(
            lambda version: (
                version.state != "draft"
                and version.effective_from
                and version.effective_from <= date
                and (not version.effective_to or version.effective_to >= date)
            )
        )[:1]
        return found.with_prefetch(versions._prefetch_ids)

    def _local_date(self, moment):
        if not isinstance(moment, datetime.datetime):
            return moment
        zone = (self.company_id or self.env.company)._qms_timezone()
        return pytz.utc.localize(moment).astimezone(pytz.timezone(zone)).date()

    @api.model
    def _effective_domain(self, date):
        """Domain of the versions in force on a date, also of those retired since."""
        return (
            Domain("state", "!=", "draft")
            & Domain("effective_from", "<=", date)
            & (Domain("effective_to", "=", False) | Domain("effective_to", ">=", date))
        )

    @api.model
    def _published_domain(self, date):
        """Domain of the procedures with a version in force on a date."""
        return Domain("version_ids", "any", self._effective_domain(date))

    @api.model
    def _qms_domain(self, date):
        """Domain of the procedures under the QMS on a date."""
        return Domain("qms_from", "<=", date) & (
            Domain("qms_to", "=", False) | Domain("qms_to", ">=", date)
        )

    def _check_agency_kept(self, company_id):
        """The agency that published a version cannot be exchanged afterwards."""
        for procedure in self:
            moved = procedure.company_id.id != (company_id or False)
            if moved and any(version.state != "draft" for version in procedure.version_ids):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” has published versions: it stays with its agency.",
                        name=procedure.display_name,
                    )
                )

    def _abolished_by(self):
        """Return the decision that repeals the procedure, '' when none does."""
        self.ensure_one()
        # An agency repeals nothing in the shared catalogue or in that of others.
        lines = self.sudo().publication_ids.filtered(
            lambda line: line.company_id in (line.company_id.browse(), self.company_id)
        )
        last = lines.sorted(lambda line: (str(line.decision_date or ""), line.id))[-1:]
        return (last.decision_no or "?") if last.action == "abolished" else ""

    def _iso_document_state(self):
        """Return ``none``, ``effective`` or the name of a document not in force."""
        self.ensure_one()
        document = self.iso_document_id.sudo()
        if not document:
            return "none"
        # An ordinary page has no revisions: it is in force as long as it is kept.
        in_force = document.qms_status == "effective" if document.qms_kind_id else document.active
        return "effective" if in_force else document.display_name

    def _link_public_lines(self):
        """Tie lines of decisions that name these codes to the procedures."""
        coded = {p.code: p for p in self.sorted("company_id", reverse=True) if p.code}
        for model in ("qms.procedure.publication", "qms.procedure.replacement"):
            lines = (
                self.env[model]
                .sudo()
                .search([("code", "in", list(coded)), ("procedure_id", "=", False)])
            )
            for code, found in lines.grouped("code").items():
                procedure = coded[code]
                found.filtered(
                    lambda line, p=procedure: line.company_id == p.company_id
                ).procedure_id = procedure
