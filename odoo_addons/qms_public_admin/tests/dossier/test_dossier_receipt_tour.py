from odoo.tests import HttpCase, tagged

from .. import common


@tagged("post_install", "-at_install")
class TestDossierReceiptTour(common.QmsCommon, HttpCase):
    """The quick receipt in a browser."""

    def _birth_procedure(self):
        procedure, _version = self._create_procedure(
            "9.000092", self.company, publish=False, effective_from="2020-01-01"
        )
        procedure.name = "Đăng ký khai sinh"
        procedure.version_ids.action_publish()
        return procedure

    def test_a_receipt_that_is_left_unfinished_leaves_nothing_behind(self):
        procedure = self._birth_procedure()
        self.start_tour(
            "/odoo/receive-dossier", "qms_receipt_is_left_unfinished", login=self.user_clerk.login
        )
        self.assertFalse(self.env["qms.dossier"].search([("procedure_id", "=", procedure.id)]))

    def test_a_dossier_is_received_by_keyboard_alone(self):
        procedure = self._birth_procedure()
        self._new_dossier(
            holder_name="Đặng Thị Tiếng Việt",
            holder_identity="079203004005",
            holder_phone="0912345678",
        )
        url = "/odoo/dossiers-to-receive"
        self.start_tour(url, "qms_quick_receipt_by_keyboard", login=self.user_clerk.login)
        dossier = self.env["qms.dossier"].search([("procedure_id", "=", procedure.id)])
        self.assertEqual((dossier.state, len(dossier)), ("accepted", 1))
        self.assertEqual(dossier.holder_name, "Đặng Thị Tiếng Việt")
        self.assertEqual(dossier.holder_identity, "079203004005")
        self.assertEqual(dossier.component_ids.mapped("is_received"), [True, True])
        self.assertEqual(dossier.create_uid, self.user_clerk)
