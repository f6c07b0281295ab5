from odoo import fields, models

from ...tools.satisfaction import GRADES


class QmsSatisfactionLevel(models.Model):
    """One answer of a scale: its points, and what it means for the figures."""

    _name = "qms.satisfaction.level"
    _description = "Level of a satisfaction scale"
    _order = "scale_id, sequence, id"

    scale_id = fields.Many2one(
        "qms.satisfaction.scale", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    grade = fields.Selection(GRADES, string="Meaning")
    score = fields.Float(string="Points")
    is_satisfied = fields.Boolean(
        string="Counts as satisfied", help="In the share of satisfied answers."
    )
    is_low = fields.Boolean(string="Low", help="The applicant is asked for the reason.")
    is_not_applicable = fields.Boolean(
        string="Not applicable", help="Leaves averages and shares, above and below the line."
    )

    def _answer_vals(self):
        """Return the values of a suggested answer that stands for each level."""
        return [
            {
                "sequence": level.sequence,
                "value": level.name,
                "answer_score": 0.0 if level.is_not_applicable else level.score,
                "qms_level_id": level.id,
                "qms_has_score": not level.is_not_applicable,
                "qms_grade": level.grade,
                "qms_is_satisfied": level.is_satisfied,
                "qms_is_low": level.is_low,
                "qms_is_not_applicable": level.is_not_applicable,
            }
            for level in self
        ]
