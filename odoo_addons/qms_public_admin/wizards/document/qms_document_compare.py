from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...tools import document_text, text_diff

CARD_FIELDS = ("title", "issue_no", "revision_no", "issued_on", "effective_from", "reason")
_MARKS = {
    "equal": Markup("%s"),
    "added": Markup("<ins class='bg-success-subtle text-decoration-none'>%s</ins>"),
    "removed": Markup("<del class='bg-danger-subtle'>%s</del>"),
}
_ROW_CLASSES = {"added": "bg-success-subtle", "removed": "bg-danger-subtle", "changed": ""}


class QmsDocumentCompare(models.TransientModel):
    """Two revisions of a document, and what differs, for people who read."""

    _name = "qms.document.compare"
    _description = "Comparison of revisions"

    old_revision_id = fields.Many2one(
        "document.page.history", string="Earlier revision", required=True, ondelete="cascade"
    )
    new_revision_id = fields.Many2one(
        "document.page.history", string="Later revision", required=True, ondelete="cascade"
    )
    # With the rights of the reader: unsaved rows name any revision that a client sends.
    page_id = fields.Many2one(
        related="new_revision_id.page_id", string="Controlled document", related_sudo=False
    )
    is_everything = fields.Boolean(string="Show what is equal, too")
    difference = fields.Html(compute="_compute_difference", sanitize=False)
    change_count = fields.Integer(string="Differences", compute="_compute_difference")

    # === COMPUTE METHODS === #

    @api.depends("page_id")
    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._(
                "Revisions of %(document)s", document=wizard.page_id.display_name or ""
            )

    @api.depends("old_revision_id", "new_revision_id", "is_everything")
    @api.depends_context("lang")
    def _compute_difference(self):
        for wizard in self:
            rows = wizard._rows()
            wizard.change_count = sum(1 for _label, row in rows if row.change != "equal")
            shown = [
                (label, row) for label, row in rows if wizard.is_everything or row.change != "equal"
            ]
            wizard.difference = wizard._html(shown)

    # === CONSTRAINT METHODS === #

    @api.constrains("old_revision_id", "new_revision_id")
    def _check_documents(self):
        for wizard in self:
            if wizard.old_revision_id.page_id != wizard.new_revision_id.page_id:
                raise ValidationError(
                    self.env._("Only revisions of the same document can be compared.")
                )

    # === BUSINESS METHODS === #

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare revisions"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _rows(self):
        """Return ``(label, row)``: first the card, then text and files in order."""
        old, new = self.old_revision_id, self.new_revision_id
        (old | new).check_access("read")
        labels = old.fields_get(CARD_FIELDS, ["string"])
        rows = [(labels[name]["string"], self._card_row(name)) for name in CARD_FIELDS]
        rows = [(label, row) for label, row in rows if row.old or row.new]
        text = self.env._("Text")
        rows += [
            (text, row)
            for row in text_diff.compare(
                document_text.html_blocks(old.content), document_text.html_blocks(new.content)
            )
        ]
        files = self.env._("File")
        rows += [
            (files, row) for row in text_diff.compare(self._file_texts(old), self._file_texts(new))
        ]
        return rows

    def _card_row(self, name):
        """Return a value of the card in both revisions as one row: old and new whole."""
        old = self._card_text(self.old_revision_id, name)
        new = self._card_text(self.new_revision_id, name)
        if old == new:
            return text_diff.Row("equal", old, new)
        parts = [("removed", old), ("equal", " "), ("added", new)]
        return text_diff.Row("changed", old, new, [part for part in parts if part[1]])

    def _card_text(self, revision, name):
        value = revision[name]
        if revision._fields[name].type == "date":
            return format_date(self.env, value, date_format="dd/MM/yyyy") if value else ""
        return "" if value is False else str(value)

    def _file_texts(self, revision):
        return [f"{file.name} ({(file.sha256 or '')[:12]})" for file in revision.file_ids]

    def _html(self, rows):
        """Return the rows as a table; all words in it are escaped."""
        lines = []
        for label, row in rows:
            if row.pieces:
                text = Markup("").join(_MARKS[change] % words for change, words in row.pieces)
            else:
                text = _MARKS[row.change] % (row.new or row.old)
            lines.append(
                Markup(
                    "<tr class='%s'><td class='text-muted' style='width: 11rem'>%s</td>"
                    "<td>%s</td></tr>"
                )
                % (_ROW_CLASSES.get(row.change, ""), label, text)
            )
        if not lines:
            return False
        return Markup("<table class='table table-sm o_qms_difference'>%s</table>") % Markup(
            ""
        ).join(lines)
