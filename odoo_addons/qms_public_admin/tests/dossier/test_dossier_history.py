import datetime

from odoo.tests import tagged

from .. import common

NOW = common.NOW


@tagged("post_install", "-at_install")
class TestDossierHistory(common.QmsCommon):
    """What a newer file of the source system leaves in the log (INV-01, INV-10)."""

    def _item(self, **vals):
        return {
            "external_code": "OLD-7",
            "company_id": self.company.id,
            "state": "processing",
            "accepted_at": NOW,
            "due_at": NOW + datetime.timedelta(days=3),
            "events": [
                {"at": NOW, "event_type": "accepted", "source_file": "a.csv", "source_row": 2}
            ],
            **vals,
        }

    def _imported(self):
        return self.env["qms.dossier"]._import_batch([self._item()])

    def test_the_same_again_changes_nothing(self):
        dossier = self._imported()
        self.assertFalse(dossier._import_update(self._item()))
        self.assertEqual(dossier.event_count, 1)

    def test_a_moved_due_date_leaves_a_row_with_the_new_date(self):
        dossier = self._imported()
        later = NOW + datetime.timedelta(days=9)
        self.assertTrue(dossier._import_update(self._item(due_at=later)))
        first, last = dossier.event_ids
        self.assertEqual((first.due_at, last.due_at), (NOW + datetime.timedelta(days=3), later))
        self.assertEqual((last.event_type, last.source_file), ("imported", "a.csv"))
        self.assertIsNone(dossier._verify_chain()[dossier.id])

    def test_the_log_carries_the_outcome_of_the_completion(self):
        dossier = self._imported()
        done_at = NOW + datetime.timedelta(days=5)
        events = [*self._item()["events"], {"at": done_at, "event_type": "done"}]
        dossier._import_update(self._item(state="done", done_at=done_at, events=events))
        self.assertEqual(dossier.outcome, "late")
        self.assertEqual(dossier.event_ids[-1].outcome, "late")
        self.assertIsNone(dossier._verify_chain()[dossier.id])
