from odoo.tests import HttpCase, tagged

from .common_document import DocumentCommon


@tagged("post_install", "-at_install")
class TestDocumentTours(DocumentCommon, HttpCase):
    """Draft → review → approve → in force → acknowledge, one person after the other."""

    def test_a_document_reaches_its_readers(self):
        self.start_tour("/odoo", "qms_officer_drafts_document", login=self.user_officer.login)
        revision = self.env["document.page.history"].search([("qms_state", "=", "review")])
        self.assertEqual(revision.title, "Quy trình tiếp khách")

        self.start_tour("/odoo", "qms_head_reviews_document", login=self.user_head.login)
        self.assertEqual(revision.qms_state, "approval")

        self.start_tour("/odoo", "qms_leader_approves_document", login=self.user_leader.login)
        self.assertEqual(revision.qms_state, "effective")
        self.assertEqual(revision.approval_decision_id.user_id, self.user_leader)

        url = f"/odoo/qms-revisions/{revision.id}"
        self.start_tour(url, "qms_officer_asks_to_read", login=self.user_officer.login)
        row = self.env["qms.acknowledgement"].search(
            [("revision_id", "=", revision.id), ("user_id", "=", self.user_specialist.id)]
        )
        self.assertFalse(row.acknowledged_at)

        self.start_tour(
            f"/qms/documents/{revision.page_id.id}",
            "qms_staff_acknowledges_document",
            login=self.user_specialist.login,
        )
        self.assertTrue(row.acknowledged_at)


@tagged("post_install", "-at_install")
class TestDocumentTourOnAPhone(DocumentCommon, HttpCase):
    """A leader decides on a phone, from the list to the dialog."""

    browser_size = "390x844"
    touch_enabled = True

    def test_a_leader_approves_on_a_phone(self):
        revision = self._reviewed(self._draft(self._new_document()))
        self.start_tour(
            "/odoo/qms-to-approve", "qms_leader_approves_on_a_phone", login=self.user_leader.login
        )
        self.assertEqual(revision.qms_state, "approved")
