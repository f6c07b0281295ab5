from odoo import fields, models

from ...models.document.qms_evidence import newest_of
from ...models.document.qms_standard_transition_line import EVIDENCE_STATES


class QmsEvidenceMatrixLine(models.TransientModel):
    """One clause of the matrix."""

    _name = "qms.evidence.matrix.line"
    _description = "Clause of the evidence matrix"
    _order = "matrix_id, sort_key, id"
    _rec_name = "clause_id"

    matrix_id = fields.Many2one(
        "qms.evidence.matrix", required=True, index=True, ondelete="cascade"
    )
    clause_id = fields.Many2one("qms.standard.clause", required=True)
    standard_id = fields.Many2one(related="clause_id.standard_id", store=True, string="Edition")
    number = fields.Char(related="clause_id.number")
    name = fields.Char(related="clause_id.name")
    sort_key = fields.Char(related="clause_id.sort_key", store=True)
    chapter = fields.Char(related="clause_id.chapter", store=True)
    level = fields.Integer(related="clause_id.level")
    document_need = fields.Selection(related="clause_id.document_need")
    is_leaf = fields.Boolean(string="Without sub-clauses")
    status = fields.Selection(EVIDENCE_STATES, string="State of evidence")
    count = fields.Integer(string="Evidence")
    newest = fields.Date()
    via = fields.Char(string="Through", help="Clause above whose evidence is meant.")
    summary = fields.Char(string="What stands for it")
    cell_ids = fields.One2many("qms.evidence.matrix.cell", "line_id", readonly=True)

    # === ACTIONS === #

    def action_open(self):
        """Open the records; where they are of several kinds, the kinds first."""
        self.ensure_one()
        if len(self.cell_ids) == 1:
            return self.cell_ids.action_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.clause_id.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # === BUSINESS METHODS === #

    def _cell_vals(self, evidence, sources):
        return [
            {
                "line_id": self.id,
                "model_name": name,
                "name": sources[name]._evidence_label(),
                "record_ids": list(evidence.records[name]),
                "count": len(evidence.records[name]),
                "newest": newest_of(evidence.records[name]),
            }
            for name in sources
            if evidence.records.get(name)
        ]
