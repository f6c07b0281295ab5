import datetime

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import chart_svg
from .qms_measure import Scope

VERDICTS = [
    ("good", "Nothing to object"),
    ("watch", "To be watched"),
    ("act", "Action needed"),
]


class QmsReviewInput(models.Model):
    """One topic of a management review: what the records say, and what people say of it.

    The content is compiled, never typed; comment, minutes and conclusion are. Each figure
    opens the records behind it, with the rights of who looks.
    """

    _name = "qms.review.input"
    _description = "Input of a management review"
    _inherit = ["qms.review.part.mixin"]
    _order = "review_id, sequence, id"
    _served_fields = frozenset({"topic_id", "letter", "name", "content", "compiled_at"})

    topic_id = fields.Many2one(
        "qms.review.topic", string="Agenda topic", required=True, readonly=True, index=True,
        ondelete="restrict",
    )  # fmt: skip
    sequence = fields.Integer(default=100)
    letter = fields.Char(string="Item of the clause", readonly=True)
    name = fields.Char(string="Topic as discussed", readonly=True, required=True)
    note = fields.Text(related="topic_id.note")
    content = fields.Json(string="Compiled", readonly=True, copy=False)
    content_html = fields.Html(
        string="What the records say", compute="_compute_content_html", sanitize=False
    )
    compiled_at = fields.Datetime(string="Compiled on", readonly=True, copy=False)
    is_empty = fields.Boolean(string="Nothing recorded", compute="_compute_is_empty")
    comment = fields.Html(help="What the ISO secretary says of the figures, before the meeting.")
    minutes = fields.Html(help="What was said in the meeting.")
    verdict = fields.Selection(VERDICTS, string="Conclusion")

    _topic_unique = models.Constraint(
        "UNIQUE(review_id, topic_id)", "The review has this topic already."
    )

    # === COMPUTE METHODS === #

    @api.depends("letter", "name")
    def _compute_display_name(self):
        for row in self:
            row.display_name = " ".join(filter(None, (row.letter and f"{row.letter})", row.name)))

    @api.depends("content")
    def _compute_content_html(self):
        for row in self:
            row.content_html = row._render_content()

    @api.depends("content")
    def _compute_is_empty(self):
        for row in self:
            sections = (row.content or {}).get("sections", [])
            row.is_empty = all(found["is_empty"] for found in sections)

    # === ACTIONS === #

    def action_open_figure(self, number):
        """Open the records behind a figure of the compiled content.

        :param int number: place in the list that the server made
        """
        self.ensure_one()
        self.check_access("read")
        opens = (self.content or {}).get("opens", [])
        if not isinstance(number, int) or not 0 <= number < len(opens):
            raise UserError(self.env._("This figure has no records to show."))
        found = opens[number]
        if "measure" in found:
            company_id, since, until, department_id, procedure_id = found["scope"]
            scope = Scope(
                company_id,
                datetime.date.fromisoformat(since),
                datetime.date.fromisoformat(until),
                department_id,
                procedure_id,
            )
            return self.env["qms.measure"]._open(found["measure"], scope, found.get("part", False))
        self.env[found["model"]].check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": found.get("name") or self.name,
            "res_model": found["model"],
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": found["domain"],
            "context": {"create": False, "active_test": False},
        }

    def action_open_form(self):
        """Open this topic with room for its figures."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_next(self):
        """Go on to the next topic of the agenda, after the last one back to the review."""
        self.ensure_one()
        rows = self.review_id.qms_input_ids
        place = rows.ids.index(self.id) + 1
        if place < len(rows):
            return rows[place].action_open_form()
        return self.review_id._open_form()

    # === BUSINESS METHODS === #

    def _render_content(self, is_screen=True):
        """Return the compiled content as HTML, for screen and paper alike."""
        self.ensure_one()
        if not self.content:
            return ""
        lang = self.env["res.lang"]._qms_of_papers()
        return (
            self.with_context(lang=lang)
            .env["ir.qweb"]
            ._render(
                "qms_public_admin.review_input_content",
                {
                    "content": self.content,
                    "svg": lambda chart: Markup(chart_svg.svg(chart)),
                    "is_screen": is_screen,
                },
            )
        )

    def _content(self):
        """Return what is hashed of a topic."""
        self.ensure_one()
        names = ("letter", "name", "comment", "minutes", "verdict")
        return [*(str(self[name] or "") for name in names), self.content or {}]
