from odoo.tests import HttpCase, tagged

from .. import common
from .test_dossier_import_flow import commit


@tagged("post_install", "-at_install")
class TestDossierImportTour(common.QmsCommon, HttpCase):
    """The import in a browser, by the ISO officer."""

    def test_upload_check_import_result(self):
        login = self.user_officer.login
        self.start_tour("/odoo", "qms_officer_imports", login=login)
        record = self.env["qms.dossier.import"].search([("file_name", "=", "tour.csv")])
        self.assertEqual((record.state, record.user_id), ("running", self.user_officer))
        record._as_starter()._work(commit)
        self.env.invalidate_all()
        self.assertEqual((record.state, record.new_count), ("done", 2))
        dossiers = self.env["qms.dossier"].search([("import_id", "=", record.id)], order="code")
        self.assertEqual(dossiers.mapped("outcome"), ["early", "late"])
        url = f"/odoo/action-qms_public_admin.qms_dossier_import_action/{record.id}"
        self.start_tour(url, "qms_officer_sees_the_result", login=login)
