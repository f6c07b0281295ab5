from odoo.tests import HttpCase, tagged

from . import common


@tagged("post_install", "-at_install")
class TestTours(common.QmsCommon, HttpCase):
    """The main job in a browser, one user after the other."""

    def test_publish_receive_steps_return(self):
        procedure, version = self._create_procedure("9.000077", self.company, publish=False)
        url = f"/odoo/action-qms_public_admin.qms_procedure_version_action/{version.id}"
        self.start_tour(url, "qms_officer_publishes", login=self.user_officer.login)
        self.assertEqual(version.state, "published")

        self.start_tour("/odoo", "qms_clerk_receives", login=self.user_clerk.login)
        dossier = self.env["qms.dossier"].search([("procedure_id", "=", procedure.id)])
        self.assertEqual(dossier.state, "processing")
        self.assertTrue(dossier.code and dossier.due_at)

        self.start_tour("/odoo", "qms_specialist_completes", login=self.user_specialist.login)
        self.start_tour("/odoo", "qms_head_signs", login=self.user_head.login)
        self.assertEqual(dossier.state, "done")

        self.start_tour("/odoo", "qms_clerk_returns", login=self.user_clerk.login)
        self.assertEqual(dossier.state, "returned")
        self.assertEqual(
            dossier.step_ids.mapped("done_by_id"),
            (self.user_clerk | self.user_specialist | self.user_head),
        )
        self.assertIsNone(dossier._verify_chain()[dossier.id])
