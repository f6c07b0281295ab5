from odoo import api, fields, models
from odoo.fields import Domain

from ...tools import legal_number


class QmsLegalDocument(models.Model):
    """The procedures that rest on a legal document."""

    _inherit = "qms.legal.document"

    procedure_ids = fields.Many2many(
        "qms.procedure",
        "qms_procedure_legal_document_rel",
        "document_id",
        "procedure_id",
        string="Procedures",
    )
    procedure_count = fields.Integer(
        string="Number of procedures", compute="_compute_procedure_count"
    )

    # === COMPUTE METHODS === #

    @api.depends("procedure_ids")
    def _compute_procedure_count(self):
        counts = dict(
            self.env["qms.procedure"]._read_group(
                [("legal_document_ids", "in", self.ids)], ["legal_document_ids"], ["__count"]
            )
        )
        for document in self:
            document.procedure_count = counts.get(document, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("procedure_ids", "company_id")
    def _check_procedure_agencies(self):
        self._check_agencies_of("procedure_ids", [])

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents._link_procedures()
        return documents

    def write(self, vals):
        result = super().write(vals)
        if "number" in vals:
            self._link_procedures()
        return result

    # === ACTIONS === #

    def action_view_procedures(self):
        """Open the procedures that rest on these documents."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_procedure_action"
        )
        return {
            **action,
            "domain": [("legal_document_ids", "in", self.ids)],
            "context": {},
        }

    # === BUSINESS METHODS === #

    def _link_procedures(self):
        """Let the procedures whose published text names these numbers rest on them."""
        begins = {legal_number.key(number).rpartition("/")[0] for number in self.mapped("number")}
        texts = Domain.OR(
            Domain(name, "ilike", f"{begin}/")
            for begin in begins
            for name in ("legal_basis", "legal_numbers")
        )
        # Whichever agency it is: a shared document concerns the procedures of all.
        owners = (
            Domain.TRUE
            if any(not one.company_id for one in self)
            else Domain("company_id", "in", self.company_id.ids)
        )
        found = self.env["qms.procedure"].sudo().search(texts & owners)
        found._link_legal_documents(self)

    @api.model
    def _agencies_resting(self, documents):
        """Count the agencies whose procedures rest on these texts, too."""
        found = super()._agencies_resting(documents)
        procedures = self._grouped_agencies(
            self.env["qms.procedure"],
            "legal_document_ids",
            documents,
            [("state", "!=", "retired")],
        )
        for document_id, companies in procedures.items():
            found[document_id] = found.get(document_id, companies) | companies
        return found
