from lxml import etree

from odoo.tests import TransactionCase, tagged

from ..models.procedure.finding_texts import duration_text

ADDONS = ("qms_public_admin", "qms_reports")
VIEW_TYPES = ("form", "list", "kanban")
# Widgets that say a date in words on purpose.
IN_WORDS = {"remaining_days"}


@tagged("post_install", "-at_install")
class TestDates(TransactionCase):
    """Dates stand in figures, day, month and year, as on every paper of an agency.

    Odoo writes them in words by default and leaves out the current year.
    """

    def _date_nodes(self, node, model):
        """Yield the nodes of dates below a node; a sub-view shows another model."""
        for child in node.iterchildren(tag=etree.Element):
            field = model._fields.get(child.get("name")) if child.tag == "field" else None
            if field is None:
                yield from self._date_nodes(child, model)
            elif field.relational:
                yield from self._date_nodes(child, self.env[field.comodel_name])
            elif field.type in ("date", "datetime"):
                yield child

    def test_dates_are_written_in_figures(self):
        views = self.env["ir.ui.view"].search(
            [("type", "in", VIEW_TYPES), ("model", "!=", False), ("inherit_id", "=", False)]
        )
        in_words = [
            f"{view.xml_id}: {node.get('name')}"
            for view in views
            if view.xml_id.split(".")[0] in ADDONS
            for node in self._date_nodes(etree.fromstring(view.arch_db), self.env[view.model])
            if node.get("invisible") not in ("1", "True")
            and node.get("column_invisible") not in ("1", "True")
            and node.get("widget") not in IN_WORDS
            and "numeric" not in (node.get("options") or "")
        ]
        self.assertEqual(in_words, [])

    def test_durations_have_the_comma_of_the_language(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        vietnamese = self.env["qms.procedure"].with_context(lang="vi_VN").env
        self.assertEqual(duration_text(self.env, 10), "10 h (1.25 d)")
        self.assertEqual(duration_text(vietnamese, 10), "10 giờ (1,25 ngày)")
