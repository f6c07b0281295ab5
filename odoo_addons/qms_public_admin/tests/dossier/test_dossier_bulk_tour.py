from odoo.tests import HttpCase, tagged

from .. import common


@tagged("post_install", "-at_install")
class TestDossierBulkTour(common.QmsCommon, HttpCase):
    """Many dossiers in a browser: from the list of all, and from My work."""

    def test_two_are_handed_over_and_one_is_skipped(self):
        dossiers = self._new_dossier() | self._new_dossier() | self._new_dossier()
        dossiers.action_accept()
        with_specialist = dossiers[:2]
        with_specialist.action_complete_step()
        login = self.user_specialist.login
        self.start_tour("/odoo/dossiers", "qms_specialist_hands_many_over", login=login)
        self.assertEqual(set(with_specialist.mapped("current_position_id")), {self.position_head})
        self.assertEqual(dossiers[2].current_position_id, self.position_clerk)

        self.start_tour("/odoo/my-work", "qms_head_signs_many", login=self.user_head.login)
        self.assertEqual(set(with_specialist.mapped("state")), {"done"})
        self.assertEqual(dossiers[2].state, "accepted")
