from odoo import fields, models


class ResCompany(models.Model):
    """How the applicants of an agency are asked for their rating."""

    _inherit = "res.company"

    qms_rating_opens = fields.Selection(
        [("returned", "The result was returned"), ("done", "Handling was completed")],
        string="A dossier can be rated once",
        default="returned",
        required=True,
        help="Also decides which dossiers the response rate is counted on, and by which day.",
    )
    qms_rating_days = fields.Integer(
        string="Days to rate",
        default=30,
        help="The address on the receipt works for so many days from then on.",
    )
    qms_rating_reason_required = fields.Boolean(
        string="Reason for a low rating",
        default=True,
        help="Who is not satisfied is asked why before the rating is taken.",
    )
    qms_rating_min_seconds = fields.Float(
        string="Too fast below (seconds)",
        default=5.0,
        help="Answers given faster than this after opening the page are flagged.",
    )
    qms_rating_cooldown_hours = fields.Float(
        string="Same device within (hours)",
        default=12.0,
        help="A second answer from the same device within this time is flagged.",
    )
    qms_rating_repeats = fields.Integer(
        string="Same text from (times)",
        default=3,
        help="So many answers with the same comment are flagged.",
    )

    _qms_rating_settings = models.Constraint(
        "CHECK(qms_rating_days BETWEEN 1 AND 3650 AND qms_rating_min_seconds >= 0"
        " AND qms_rating_cooldown_hours >= 0 AND qms_rating_repeats >= 2)",
        "Rating settings: 1 to 3650 days, no negative times, texts repeat from two times on.",
    )
