from odoo.tests import HttpCase, tagged

from ..document.common_change import ChangeCommon


@tagged("post_install", "-at_install")
class TestProcedureChangeTour(ChangeCommon, HttpCase):
    """Law change → affected → revised, in a browser."""

    def test_a_law_is_followed(self):
        login = self.user_officer.login
        self.start_tour("/odoo/qms-legal", "qms_officer_follows_a_law", login=login)
        change = self.env["qms.change.request"].search(
            [("legal_document_id.number", "=", "200/2026/NĐ-CP")]
        )
        self.assertEqual((change.state, change.law_kind), ("open", "replacing"))
        self.assertEqual(str(change.due_date), "2027-02-01")
        line = self._line(change, self.page)
        self.assertEqual(line.state, "in_work")

        self._approved(line.revision_id)
        self._approved(self._next_revision(self.iso))
        new = self._as(self.version, self.user_officer).copy({"decision_no": "5/QĐ-UBND"})
        new.effective_from = "2026-11-09"
        new.action_publish()
        self.assertLessEqual(set(change.line_ids.mapped("state")), {"done", "justified"})

        self.start_tour(
            f"/odoo/qms-changes/{change.id}", "qms_officer_closes_a_change", login=login
        )
        self.assertEqual(change.state, "closed")
