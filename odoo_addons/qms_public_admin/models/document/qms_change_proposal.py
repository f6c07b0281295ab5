from odoo import api, fields, models

from .qms_change_request import ACTIVITY_TYPE


class QmsChangeProposal(models.Model):
    """That an agency was told of a change of the law, once for each legal document.

    Written when a legal document that changes another is registered or gets its date of
    effect, and something of the agency rests on either. Staff read the rows of their
    agencies; nobody writes or deletes them, so that nobody is told twice.
    """

    _name = "qms.change.proposal"
    _description = "Change of the law proposed"
    _inherit = ["qms.fact.mixin"]
    _order = "id desc"
    _rec_name = "legal_document_id"

    legal_document_id = fields.Many2one(
        "qms.legal.document", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", string="Agency", required=True, index=True, ondelete="cascade"
    )
    proposed_at = fields.Datetime(string="Proposed on", required=True)

    _once = models.Constraint(
        "UNIQUE(legal_document_id, company_id)", "The agency was told of this document."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _propose(self, documents):
        """Tell the agencies in which something rests on what these documents change.

        By setting of each agency its ISO officers get an activity, or the change itself
        is opened. Done with the rights of the system: who registers a shared document
        need not belong to the agencies it concerns.

        :param documents: recordset of ``qms.legal.document``
        """
        acting = documents.sudo()._that_change_others()
        known = {
            (row.legal_document_id.id, row.company_id.id)
            for row in self.sudo().search([("legal_document_id", "in", acting.ids)])
        } | self.env["qms.change.request"]._followed(acting)
        pairs = [
            (document, company)
            for document, companies in acting._agencies_concerned().items()
            for company in companies
            if (document.id, company.id) not in known and company.qms_change_proposal != "none"
        ]
        self._record(
            [
                {
                    "legal_document_id": document.id,
                    "company_id": company.id,
                    "proposed_at": fields.Datetime.now(),
                }
                for document, company in pairs
            ]
        )
        for document, company in pairs:
            self._bring(document, company)

    @api.model
    def _bring(self, document, company):
        officers = company._qms_officers()
        lang = officers[:1].lang or self.env.lang
        document = document.with_context(lang=lang, allowed_company_ids=company.ids)
        if company.qms_change_proposal == "open":
            document._make_change(company, officers[:1])
            return
        self._tell(document, officers)

    @api.model
    def _tell(self, document, officers):
        today = fields.Date.context_today(document)
        day = max(today, document.effective_date or today)
        summary = document.env._(
            "Open the change: something of the agency rests on what %(number)s changes",
            number=document.number,
        )
        self.env["mail.activity"]._qms_put(
            ACTIVITY_TYPE, [(document, officer, day, summary) for officer in officers]
        )
