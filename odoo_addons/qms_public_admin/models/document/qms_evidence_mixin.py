from odoo import api, fields, models
from odoo.fields import Domain


class QmsEvidenceMixin(models.AbstractModel):
    """Records that stand for clauses of a standard.

    A model with this mixin has ``qms_clause_ids`` and is counted by the matrix of
    evidence from then on. It may say which of its records count
    (:meth:`_evidence_domain`), how new each is (:meth:`_evidence_dates`) and where it
    stands among the others (``_evidence_sequence``). Whoever may change a record may
    link it.
    """

    _name = "qms.evidence.mixin"
    _description = "Evidence of clauses"

    # Place of the model among the columns of the matrix.
    _evidence_sequence = 50
    # Stored date by which a record is new or old.
    _evidence_date_field = "write_date"

    qms_clause_ids = fields.Many2many(
        "qms.standard.clause",
        string="Clauses",
        context={"qms_with_edition": True},
        help="Clauses of the standard that this stands for, in any edition.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _evidence_label(self):
        """Return what the records are called in the matrix."""
        return self.env["ir.model"]._get(self._name).name

    @api.model
    def _evidence_domain(self, company):
        """Return the domain of the records that count for an agency."""
        if "company_id" not in self._fields:
            return Domain.TRUE
        return Domain("company_id", "in", [False, company.id])

    def _evidence_dates(self):
        """Return ``{record id: date}``: how new each is; without a date it counts as old."""
        found = {}
        for record in self:
            value = record[self._evidence_date_field]
            found[record.id] = fields.Date.to_date(value) if value else None
        return found

    @api.model
    def _evidence_links(self, clauses, company):
        """Return ``(clause id, record id, date)`` of all records that stand for clauses."""
        records = self.search(
            self._evidence_domain(company) & Domain("qms_clause_ids", "in", clauses.ids)
        )
        dates = records._evidence_dates()
        wanted = set(clauses.ids)
        return [
            (clause_id, record.id, dates.get(record.id))
            for record in records
            for clause_id in record.qms_clause_ids.ids
            if clause_id in wanted
        ]

    def _link_clauses_like(self, before, after):
        """Link the records that stand for ``before`` to ``after``, too.

        :return: the records that were not linked yet
        """
        todo = self.filtered(
            lambda record: before & record.qms_clause_ids and after - record.qms_clause_ids
        )
        todo.write({"qms_clause_ids": [fields.Command.link(clause.id) for clause in after]})
        return todo
