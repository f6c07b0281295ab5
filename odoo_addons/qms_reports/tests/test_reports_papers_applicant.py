from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.qms_public_admin.tests.frontdesk.common_citizen import CitizenCommon

from ..const import APPLICANT_KINDS, FORM_KINDS


@tagged("post_install", "-at_install")
class TestReportsPapersApplicant(CitizenCommon):
    """The papers of a dossier are handed to its applicant, and to nobody else."""

    def setUp(self):
        super().setUp()
        self.env["qms.public.attempt"].search([]).unlink()
        self.dossier = self._accepted_dossier(
            partner_id=self.citizen.partner_id.id, holder_phone="0912 345 678"
        )
        self.dossier.action_issue_control_slip()
        self.receipt = self._paper(self.dossier, "receipt")
        self.slip = self._paper(self.dossier, "control_slip")

    def _paper(self, dossier, kind):
        return dossier.paper_ids.filtered(lambda row: row.kind == kind)

    def _open(self, dossier=None, factor=None):
        """Return the address of the look-up's page, opened in this session."""
        dossier = dossier or self.dossier
        return self._look_up(dossier.code, factor or dossier.sudo().lookup_key).url

    def _is_file(self, response):
        return response.headers.get("Content-Type") == "application/pdf"

    def _attempt(self, address, paper):
        return self._is_file(self.url_open(f"{address}/paper/{paper.id}"))

    def test_premise_each_kind_is_for_one_of_both(self):
        own = {"control_slip", "register"}
        self.assertEqual({kind for kind, _label in FORM_KINDS} - own, set(APPLICANT_KINDS))
        self.assertTrue(self.receipt and self.slip)

    def test_the_owner_is_handed_the_paper_that_was_issued(self):
        self.authenticate(self.citizen.login, self.citizen.login)
        address = f"/my/dossiers/{self.dossier.id}"
        page = self.url_open(address).text
        self.assertIn(f"{address}/paper/{self.receipt.id}", page)
        self.assertNotIn(f"/paper/{self.slip.id}", page)
        response = self.url_open(f"{address}/paper/{self.receipt.id}")
        self.assertTrue(response.content.startswith(b"%PDF-"))
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertIn("no-store", response.headers["Cache-Control"])
        self.receipt.invalidate_recordset()
        self.assertEqual(response.content, self.receipt.sudo()._kept_file("pdf"))
        again = self.url_open(f"{address}/paper/{self.receipt.id}")
        self.assertEqual(again.content, response.content, "the same bytes ever after")

    @mute_logger("odoo.http")
    def test_the_owner_gets_no_paper_of_the_agency_and_none_of_another(self):
        foreign = self._accepted_dossier()
        self.authenticate(self.citizen.login, self.citizen.login)
        address = f"/my/dossiers/{self.dossier.id}"
        for paper in (self.slip, self._paper(foreign, "receipt")):
            self.assertEqual(self.url_open(f"{address}/paper/{paper.id}").status_code, 404)

    @mute_logger("odoo.http")
    def test_another_citizen_gets_none(self):
        self.authenticate(self.other_citizen.login, self.other_citizen.login)
        address = f"/my/dossiers/{self.dossier.id}"
        self.assertEqual(self.url_open(f"{address}/paper/{self.receipt.id}").status_code, 404)
        staff = self.url_open(f"/qms/papers/{self.receipt.id}.pdf")
        self.assertFalse(self._is_file(staff))

    def test_nobody_gets_none(self):
        for address in (f"/my/dossiers/{self.dossier.id}", "/tra-cuu/d/x", "/lookup/d/x"):
            self.assertFalse(self._attempt(address, self.receipt), address)

    def test_the_key_of_the_receipt_opens_the_papers_in_this_session(self):
        address = self._open()
        self.assertIn(f"/paper/{self.receipt.id}", self.url_open(address).text)
        self.assertNotIn(f"/paper/{self.slip.id}", self.url_open(address).text)
        self.assertTrue(self._attempt(address, self.receipt))
        self.opener.cookies.clear()
        self.assertFalse(self._attempt(address, self.receipt), "another browser")

    @mute_logger("odoo.http")
    def test_the_key_opens_the_papers_of_its_dossier_alone(self):
        address = self._open()
        foreign = self._accepted_dossier()
        for paper in (self.slip, self._paper(foreign, "receipt")):
            self.assertEqual(self.url_open(f"{address}/paper/{paper.id}").status_code, 404)

    def test_the_end_of_a_phone_number_opens_no_paper(self):
        self.company.qms_lookup = "key_or_phone"
        address = self._open(factor="345678")
        self.assertIn("/d/", address)
        self.assertNotIn("/paper/", self.url_open(address).text)
        self.assertFalse(self._attempt(address, self.receipt))

    @mute_logger("odoo.http")
    def test_a_look_up_that_is_switched_off_hands_out_nothing(self):
        address = self._open()
        self.company.qms_lookup = "off"
        self.assertFalse(self._attempt(address, self.receipt))
