from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import legal_number


class QmsProcedure(models.Model):
    """The legal documents a procedure rests on, and the clauses it stands for.

    The published text of the legal basis stays as it was published; the documents it
    names by number are linked when they are in the register, whichever came first. A
    link is only ever added here: taking one away is the ISO officer's.
    """

    _name = "qms.procedure"
    _inherit = ["qms.procedure", "qms.evidence.mixin"]
    _evidence_sequence = 20

    legal_document_ids = fields.Many2many(
        "qms.legal.document",
        "qms_procedure_legal_document_rel",
        "procedure_id",
        "document_id",
        string="Legal basis (register)",
        check_company=True,
        help="Documents of the register; those named in the published text are linked by number.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        procedures = super().create(vals_list)
        procedures._link_legal_documents()
        return procedures

    def write(self, vals):
        result = super().write(vals)
        if {"legal_basis", "legal_numbers", "company_id"} & vals.keys():
            self._link_legal_documents()
        return result

    # === BUSINESS METHODS === #

    def _legal_numbers_named(self):
        """Return the numbers the published texts name, each once."""
        self.ensure_one()
        return legal_number.find(" ; ".join(filter(None, (self.legal_basis, self.legal_numbers))))

    def _link_legal_documents(self, documents=None):
        """Link the documents of the register that the published texts name.

        :param documents: link these alone; all of the register when not given
        """
        named = {
            procedure: [legal_number.key(number) for number in procedure._legal_numbers_named()]
            for procedure in self
        }
        # The register is read as a whole: which document may be linked is decided below.
        register = self.env["qms.legal.document"].sudo()
        if documents is None:
            keys = {key for found in named.values() for key in found}
            documents = register.search([("number_key", "in", list(keys))]) if keys else register
        by_key = documents.sudo().grouped("number_key")
        self._insert_legal_links(
            (procedure.id, document.id)
            for procedure, found in named.items()
            for key in found
            for document in self._fitting(by_key.get(key, register), procedure.company_id)
        )

    def _fitting(self, documents, owner):
        """Return the document a procedure rests on: the agency's own row before the shared."""
        fitting = documents.filtered(lambda one: one.company_id in (one.company_id.browse(), owner))
        return fitting.sorted(lambda one: not one.company_id)[:1]

    @api.model
    def _insert_legal_links(self, pairs):
        """Write the links in one statement; those there already stay."""
        pairs = list(pairs)
        if not pairs:
            return
        self.env.execute_query(
            SQL(
                """INSERT INTO qms_procedure_legal_document_rel (procedure_id, document_id)
                   SELECT * FROM unnest(%s, %s) ON CONFLICT DO NOTHING RETURNING 1""",
                [procedure for procedure, _document in pairs],
                [document for _procedure, document in pairs],
            )
        )
        self.env["qms.procedure"].invalidate_model(["legal_document_ids"], flush=False)
        self.env["qms.legal.document"].invalidate_model(
            ["procedure_ids", "procedure_count"], flush=False
        )

    # === EVIDENCE === #

    def _evidence_domain(self, company):
        """A procedure in force stands for a clause, a draft does not."""
        today = fields.Date.context_today(self)
        return super()._evidence_domain(company) & self._published_domain(today)

    def _evidence_dates(self):
        """A procedure is as new as the newest version that is or was in force."""
        today = fields.Date.context_today(self)
        groups = self.env["qms.procedure.version"]._read_group(
            Domain("procedure_id", "in", self.ids)
            & Domain("state", "!=", "draft")
            & Domain("effective_from", "<=", today),
            ["procedure_id"],
            ["effective_from:max"],
        )
        newest = {procedure.id: day for procedure, day in groups}
        return {procedure.id: newest.get(procedure.id) for procedure in self}
