import io

from pypdf import PdfReader

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.qms_public_admin.tests.audit.common_plan import PlanCommon

from .test_reports_audit import docx_text, words_of


@tagged("post_install", "-at_install")
class TestReportsAuditProgramme(PlanCommon, HttpCase):
    """The audit programme of a year on paper: a draft, then with the decision on it."""

    def _printed(self, programme, user=None):
        prints = self._as(self.env["ir.actions.report"], user or self.user_officer)
        prints = prints.with_context(force_report_rendering=True)
        content, kind = prints._render_qweb_pdf("qms_reports.audit_programme", programme.ids)
        self.assertEqual(kind, "pdf")
        return words_of("".join(p.extract_text() for p in PdfReader(io.BytesIO(content)).pages))

    def test_a_draft_is_marked_and_an_approved_one_bears_the_decision(self):
        programme = self._programme(objective="Late dossiers")
        line = self._line(programme, reason="Many were late")
        text = self._printed(programme)
        for words in (
            f"CHƯƠNG TRÌNH ĐÁNH GIÁ NỘI BỘ NĂM {programme.year} (DỰ THẢO)",
            "Late dossiers",
            line.department_id.name,
            "Many were late",
        ):
            self.assertIn(words_of(words), text)
        programme.action_submit()
        self._as(programme, self.user_leader).action_approve()
        text = self._printed(programme)
        self.assertNotIn(words_of("(DỰ THẢO)"), text)
        self.assertIn(words_of(self.user_leader.name), text)

    def test_word_says_the_same_to_who_may_read_it(self):
        programme = self._programme(objective="Late dossiers")
        self._line(programme)
        url = f"/qms/audit-programmes/{programme.id}.docx"
        self.assertEqual(programme.action_docx()["url"], url)
        stranger = new_test_user(
            self.env,
            login="qms_plan_stranger",
            groups="qms_public_admin.group_qms_officer",
            company_id=self.company_b.id,
            company_ids=[(6, 0, self.company_b.ids)],
        )
        with self.assertRaises(AccessError):
            self._printed(programme, stranger)
        for user, status in ((self.user_specialist, 200), (stranger, 403)):
            self.authenticate(user.login, user.login)
            answer = self.url_open(url)
            self.assertEqual(answer.status_code, status, user.login)
            if status == 200:
                self.assertIn(words_of("Late dossiers"), docx_text(answer.content))
        self.authenticate(self.user_specialist.login, self.user_specialist.login)
        self.assertEqual(self.url_open("/qms/audit-programmes/0.docx").status_code, 404)
