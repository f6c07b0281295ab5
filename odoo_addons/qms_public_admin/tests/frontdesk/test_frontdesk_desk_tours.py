from odoo import fields
from odoo.tests import tagged

from .common_citizen import PDF, CitizenCommon


@tagged("post_install", "-at_install")
class TestFrontdeskLookupTour(CitizenCommon):
    """A citizen with a receipt, on a phone, without a login."""

    browser_size = "360x740"
    touch_enabled = True

    def test_public_lookup_on_a_phone(self):
        dossier = self._accepted_dossier()
        dossier._lifecycle_write({"lookup_key": "ACDE2345"})
        self.start_tour(f"/tra-cuu?code={dossier.code}", "qms_citizen_looks_up")
        message = dossier.applicant_message_ids
        self.assertEqual(message.body, "Khi nào tôi nhận được kết quả?")


@tagged("post_install", "-at_install")
class TestFrontdeskTicketTour(CitizenCommon):
    """A request at the front desk becomes a dossier."""

    def test_ticket_becomes_a_dossier(self):
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Xin cấp lại giấy phép",
                "description": "<p>Kính gửi</p>",
                "qms_kind": "request",
                "company_id": self.company.id,
                "partner_name": "Nguyễn Thị Thử",
                "attachment_ids": [
                    fields.Command.create(
                        {"name": "don.pdf", "raw": PDF, "res_model": "helpdesk.ticket"}
                    )
                ],
            }
        )
        self.start_tour(
            "/odoo/action-qms_public_admin.helpdesk_ticket_action_requests",
            "qms_clerk_opens_dossier",
            login=self.user_clerk.login,
        )
        dossier = ticket.qms_opened_dossier_id
        self.assertEqual(dossier.state, "accepted")
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "qms.dossier"), ("res_id", "=", dossier.id)]
        )
        self.assertEqual(files.mapped("name"), ["don.pdf"])
