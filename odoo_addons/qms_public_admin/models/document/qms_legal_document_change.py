import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools import legal_number
from .qms_change_request import ACTIVITY_TYPE, GROUP_OFFICER
from .qms_change_request_impact import CHANGING_KINDS

# What took effect longer ago is history when it is entered.
HISTORY_MONTHS = 12
# In the context while documents are created: no client can send this object.
ENTERING = object()


class QmsLegalDocument(models.Model):
    """The changes that follow a legal document."""

    _inherit = "qms.legal.document"

    change_ids = fields.One2many("qms.change.request", "legal_document_id", string="Changes")
    change_count = fields.Integer(string="Number of changes", compute="_compute_change_count")

    # === COMPUTE METHODS === #

    @api.depends("change_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_change_count(self):
        counts = dict(
            self.env["qms.change.request"]._read_group(
                [("legal_document_id", "in", self.ids), ("state", "!=", "cancelled")],
                ["legal_document_id"],
                ["__count"],
            )
        )
        for document in self:
            document.change_count = counts.get(document, 0)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Propose the changes when the documents are whole, with what they do to others."""
        entering = self.with_context(_qms_entering=ENTERING)
        documents = super(QmsLegalDocument, entering).create(vals_list).with_env(self.env)
        self.env["qms.change.proposal"]._propose(documents)
        return documents

    def write(self, vals):
        result = super().write(vals)
        if vals.get("effective_date"):
            self.env["qms.change.proposal"]._propose(self)
        return result

    # === ACTIONS === #

    def action_open_change(self):
        """Open the change of the user's agency that follows this text, or show it."""
        self.ensure_one()
        self.check_access("read")
        company = self.env.company
        if not self.env.user.has_group(GROUP_OFFICER):
            raise AccessError(self.env._("ISO officers open changes."))
        change = self.env["qms.change.request"].search(
            [
                ("legal_document_id", "=", self.id),
                ("company_id", "=", company.id),
                ("state", "!=", "cancelled"),
            ],
            limit=1,
        )
        return (change or self._make_change(company, self.env.user))._open_form()

    def action_view_changes(self):
        """Show the changes that follow these texts."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_change_request_action"
        )
        return {**action, "domain": [("legal_document_id", "in", self.ids)], "context": {}}

    # === BUSINESS METHODS === #

    def _make_change(self, company, owner):
        """Make and open the change of an agency that follows this text."""
        change = self.env["qms.change.request"].create(
            [
                {
                    "cause": "law",
                    "legal_document_id": self.id,
                    "company_id": company.id,
                    "owner_id": owner.id,
                }
            ]
        )
        change._open()
        self._end_proposals(company)
        return change

    def _end_proposals(self, company):
        """End the activities that asked the agency's officers to open the change."""
        asked = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", self.env.ref(ACTIVITY_TYPE).id),
                    ("user_id", "in", company._qms_officers().ids),
                ]
            )
        )
        if asked:
            asked.action_feedback(feedback=self.env._("The change was opened."))

    def _that_change_others(self):
        """Return the documents that replace, repeal or amend another, and are no history.

        Whoever enters the law of earlier years starts no change by it; they may open one.
        """
        past = fields.Date.subtract(fields.Date.context_today(self), months=HISTORY_MONTHS)
        return self.filtered(
            lambda document: document._changing_links() and document._first_day() >= past
        )

    def _first_day(self):
        """Return the day of effect, else that of issue, else one in the year of the number."""
        self.ensure_one()
        year = legal_number.year(self.number)
        known = self.effective_date or self.issued_on
        return known or (datetime.date(year, 12, 31) if year else fields.Date.context_today(self))

    def _changing_links(self):
        return self.outgoing_ids.filtered(lambda link: link.kind in CHANGING_KINDS)

    def _agencies_concerned(self):
        """Return ``{document: agencies}`` of which something rests on each of these texts,
        or on what it changes.
        """
        resting = self._agencies_resting(self | self._changing_links().to_id)
        concerned, nobody = {}, self.env["res.company"]
        for document in self:
            texts = document | document._changing_links().to_id
            agencies = nobody.union(*(resting.get(text.id, nobody) for text in texts))
            own = document.company_id
            concerned[document] = agencies & own if own else agencies
        return concerned

    @api.model
    def _agencies_resting(self, documents):
        """Return ``{document id: agencies}`` whose documents rest on each of these texts;
        procedures extend this.
        """
        return self._grouped_agencies(
            self.env["document.page"],
            "qms_legal_ids",
            documents,
            [("qms_kind_id", "!=", False), ("qms_status", "!=", "withdrawn")],
        )

    @api.model
    def _grouped_agencies(self, model, field_name, documents, domain):
        """Return ``{document id: agencies}`` of the records that rest on documents."""
        found = {}
        groups = model._read_group(
            [(field_name, "in", documents.ids), ("company_id", "!=", False), *domain],
            [field_name, "company_id"],
        )
        for document, company in groups:
            found[document.id] = found.get(document.id, company) | company
        return found
