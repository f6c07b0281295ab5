from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestFrontdeskTranslations(TransactionCase):
    """The helpdesk has no Vietnamese; ours for it is loaded from ``i18n_extra``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("vi_VN")
        cls.env["ir.module.module"]._load_module_terms(["qms_public_admin"], ["vi_VN"])

    def test_records_of_the_helpdesk_speak_vietnamese(self):
        for xmlid, name in (
            ("helpdesk_ticket_stage_new", "Mới"),
            ("helpdesk_ticket_stage_rejected", "Không tiếp nhận"),
            ("helpdesk_ticket_team_action", "Nhóm xử lý"),
        ):
            record = self.env.ref(f"helpdesk_mgmt.{xmlid}").with_context(lang="vi_VN")
            self.assertEqual(record.name, name)

    def test_fields_and_pages_of_the_helpdesk_speak_vietnamese(self):
        tickets = self.env["helpdesk.ticket"].with_context(lang="vi_VN")
        labels = tickets.fields_get(["name", "partner_name"], ["string"])
        self.assertEqual(labels["name"]["string"], "Tiêu đề")
        self.assertEqual(labels["partner_name"]["string"], "Tên người gửi")
        view = self.env.ref("helpdesk_mgmt.portal_create_ticket").with_context(lang="vi_VN")
        self.assertIn("Gửi phiếu mới", view.arch_db)
