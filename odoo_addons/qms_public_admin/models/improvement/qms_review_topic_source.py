from odoo import api, fields, models


class QmsReviewTopicSource(models.Model):
    """From what a topic is compiled: one of the fixed list, never a formula of a user."""

    _name = "qms.review.topic.source"
    _description = "Source of a topic of the management review"
    _inherit = ["qms.placement.mixin"]
    _order = "topic_id, sequence, id"
    _rec_name = "compiler"
    _shared_is_for_all = True
    _placing_fields = ("topic_id", "company_id")
    _derived_fields = ("company_id",)

    topic_id = fields.Many2one(
        "qms.review.topic", string="Agenda topic", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="topic_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    compiler = fields.Selection(
        selection=lambda self: self._compiler_selection(),
        string="Figures and records",
        required=True,
    )

    _once = models.UniqueIndex("(topic_id, compiler)", "A topic names each source once.")

    # === DEFAULT METHODS === #

    @api.model
    def _compiler_selection(self):
        return list(self.env["mgmtsystem.review"]._compiler_labels().items())
