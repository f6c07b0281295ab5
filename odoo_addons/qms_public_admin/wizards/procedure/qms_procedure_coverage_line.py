from odoo import fields, models
from odoo.fields import Domain


class QmsProcedureCoverageLine(models.TransientModel):
    """The coverage of one agency, field or unit."""

    _name = "qms.procedure.coverage.line"
    _description = "Coverage of an agency, field or unit"
    _order = "coverage_id, published_count desc, catalogue_count desc, sequence"

    coverage_id = fields.Many2one(
        "qms.procedure.coverage", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    record_id = fields.Integer()
    name = fields.Char()
    catalogue_count = fields.Integer(string="In the catalogue")
    published_count = fields.Integer(string="Published")
    covered_count = fields.Integer(string="Under the QMS")
    uncovered_count = fields.Integer(string="Not under the QMS")
    unpublished_count = fields.Integer(string="Not published")
    coverage = fields.Float(string="Coverage (%)", aggregator=None)

    def action_open_catalogue(self):
        return self._open("catalogue")

    def action_open_published(self):
        return self._open("published")

    def action_open_covered(self):
        return self._open("covered")

    def action_open_uncovered(self):
        return self._open("uncovered")

    def action_open_unpublished(self):
        return self._open("unpublished")

    def _open(self, key):
        self.ensure_one()
        screen = self.coverage_id
        own = Domain(screen.group_by, "=", self.record_id or False)
        return screen._open_procedures(key, own)
