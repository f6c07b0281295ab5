from odoo import api, fields, models


class QmsReviewTopic(models.Model):
    """What a management review looks at: an input of clause 9.3.2 of an edition, as data.

    Titles are our own words. Letters are those under which the editions list their inputs;
    those of 2026 come from publications about the edition, so that they are data and no
    rule rests on them. Everyone reads the topics; administrators keep the shared ones, ISO
    officers may add topics of their own agency (e.g. administrative reform).
    """

    _name = "qms.review.topic"
    _description = "Topic of the management review"
    _inherit = ["qms.placement.mixin"]
    _order = "standard_id, sequence, id"
    _rec_names_search = ["letter", "name"]
    _shared_is_for_all = True

    standard_id = fields.Many2one(
        "qms.standard", string="Edition", required=True, index=True, ondelete="restrict"
    )
    clause_id = fields.Many2one(
        "qms.standard.clause",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('standard_id', '=', standard_id)]",
        context={"qms_with_edition": True},
    )
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: for all agencies.",
    )
    sequence = fields.Integer(default=100)
    letter = fields.Char(
        string="Item of the clause",
        help="As the clause lists it, e.g. c1. Of provisional editions it may still change.",
    )
    name = fields.Char(string="Agenda topic", required=True, translate=True)
    note = fields.Text(
        string="What is asked", translate=True, help="In our own words; shown beside the figures."
    )
    source_ids = fields.One2many(
        "qms.review.topic.source", "topic_id", string="Compiled from", copy=True
    )
    active = fields.Boolean(default=True)

    _letter_unique = models.UniqueIndex(
        "(standard_id, letter, COALESCE(company_id, 0)) WHERE letter IS NOT NULL AND active",
        "The edition has a topic with this letter already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("letter", "name")
    def _compute_display_name(self):
        for topic in self:
            parts = [topic.letter and f"{topic.letter})", topic.name]
            topic.display_name = " ".join(filter(None, parts))

    # === BUSINESS METHODS === #

    @api.model
    def _of(self, standard, company):
        """Return the topics of a review: the shared ones of the edition and the agency's."""
        return self.search(
            [("standard_id", "=", standard.id), ("company_id", "in", [False, company.id])]
        )

    def _input_vals(self):
        """Return the values of this topic on the agenda of a review, in the words of papers."""
        self.ensure_one()
        topic = self.with_context(lang=self.env["res.lang"]._qms_of_papers())
        return {
            "topic_id": topic.id,
            "sequence": topic.sequence,
            "letter": topic.letter,
            "name": topic.name,
        }
