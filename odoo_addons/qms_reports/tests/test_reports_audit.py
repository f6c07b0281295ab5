import io

import docx
from pypdf import PdfReader

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.qms_public_admin.tests.audit.common_check import CheckCommon


def words_of(text):
    """Return a text without spaces: long words are broken anywhere on paper."""
    return "".join(text.replace("\xa0", " ").split())


def docx_text(content):
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return words_of("".join([*(paragraph.text for paragraph in document.paragraphs), *cells]))


@tagged("post_install", "-at_install")
class TestReportsAudit(CheckCommon, HttpCase):
    """The reports of an audit: all of it, as it was approved, as PDF and as Word document."""

    def _pages(self, audit, name="audit_report", user=None):
        prints = self._as(self.env["ir.actions.report"], user or self.user_auditor)
        prints = prints.with_context(force_report_rendering=True)
        content, kind = prints._render_qweb_pdf(f"qms_reports.{name}", audit.ids)
        self.assertEqual(kind, "pdf")
        return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]

    def _printed(self, audit, name="audit_report", user=None):
        return words_of("".join(self._pages(audit, name, user)))

    def _visited(self, **vals):
        """Return an audit with a sample, an agenda and two findings, one of them confidential."""
        dossiers = self._dossiers(3)
        audit = self._audit(
            qms_slot_ids=[
                fields.Command.create(
                    {
                        "kind": "opening",
                        "name": "Opening",
                        "start": "2026-11-09 01:00:00",
                        "stop": "2026-11-09 01:30:00",
                    }
                )
            ],
            **vals,
        )
        self.env["qms.audit.sample"].with_user(self.user_auditor)._draw(
            audit, self._wish(size=3, seed="4711")
        )
        lines = self._answered(audit, minor="Two receipts are missing.", observation="Gifts seen")
        lines[0].qms_add_evidence("qms.dossier", dossiers[0].id)
        lines[1].write({"qms_is_confidential": True})
        audit.action_end()
        audit.write({"qms_conclusion": "The system works."})
        return audit

    def _close(self, audit):
        audit.action_request_approval()
        self._as(audit, self.user_leader).action_approve()

    def test_the_report_says_all_of_the_audit(self):
        audit = self._visited()
        self._close(audit)
        sampled = audit.qms_sample_ids.line_ids.mapped("code")
        texts = (
            self._printed(audit),
            docx_text(audit._qms_docx_content("internal")),
        )
        for text in texts:
            for words in (
                "BÁO CÁO ĐÁNH GIÁ NỘI BỘ",
                "DEPARTMENT OF FINANCE",
                audit.reference,
                "Handling of dossiers",
                "ISO 9001:2015, internal process",
                self.user_auditor.name,
                "Opening",
                "4711",
                *sampled,
                "Two receipts are missing.",
                "The system works.",
                self.user_leader.name,
            ):
                self.assertIn(words_of(words), text)
            self.assertNotIn(words_of("Gifts seen"), text)
            self.assertNotIn(words_of("DỰ THẢO"), text)
            self.assertNotIn("DOCTYPE", text)

    def test_the_pages_of_a_report_are_numbered(self):
        """From the second page on, of how many: a sheet that is missing shows."""
        pages = self._pages(self._visited())
        self.assertGreater(len(pages), 1)
        self.assertNotIn("Trang 1/", pages[0])
        for number, text in enumerate(pages[1:], 2):
            self.assertIn(f"Trang {number}/{len(pages)}", text)

    def test_the_plan_is_printed_before_the_visit(self):
        audit = self._visited()
        audit.sudo().qms_team_ids[:1].note = "Leads the talks"
        for text in (
            self._printed(audit, "audit_plan"),
            docx_text(audit._qms_docx_content("plan")),
        ):
            for words in (
                "KẾ HOẠCH ĐÁNH GIÁ NỘI BỘ",
                f"{audit.reference}/KHĐG",
                "Handling of dossiers",
                "Ngày 09/11/2026",
                "08:00 – 08:30",
                "Opening",
                "Leads the talks",
                self.user_auditor.name,
            ):
                self.assertIn(words_of(words), text)
            self.assertNotIn(words_of("Two receipts are missing."), text)

    def test_questions_are_printed_without_their_answers(self):
        """To be filled in by hand where there is no tablet; of a combined visit all of them."""
        audit = self._visited(qms_purpose="internal_and_reform")
        text = self._printed(audit, "audit_questions")
        for line in audit.line_ids:
            self.assertIn(words_of(line.name), text)
        self.assertIn(words_of("☐ KPH nặng"), text)
        self.assertNotIn(words_of("Two receipts are missing."), text)

    def test_another_agency_prints_no_plan(self):
        audit = self._visited()
        for name in ("audit_plan", "audit_questions"):
            with self.assertRaises(AccessError):
                self._printed(audit, name, self.user_auditor_b)
        self.authenticate(self.user_auditor_b.login, self.user_auditor_b.login)
        self.assertEqual(self.url_open(f"/qms/audits/{audit.id}/plan.docx").status_code, 403)

    def test_independence_is_printed_with_its_justification(self):
        audit = self._audit("draft")
        member = audit.sudo().qms_team_ids
        self.department.manager_id.user_id = self.user_auditor
        self.env.invalidate_all()
        self._as(member, self.user_officer).action_justify("Nobody else is trained.")
        text = self._printed(audit)
        self.assertIn(words_of("Nobody else is trained."), text)
        self.assertIn(words_of(self.department.name), text)

    def test_a_report_that_is_not_approved_is_marked_as_a_draft(self):
        self.assertIn(words_of("(DỰ THẢO)"), self._printed(self._reported()))

    def test_what_was_approved_stays_on_paper(self):
        audit = self._visited()
        self._close(audit)
        before = self._printed(audit)
        self.department.name = "Another division"
        self.user_auditor.name = "Renamed"
        self.assertIn(words_of("Budget division"), before)
        after = self._printed(audit)
        self.assertIn(words_of("Budget division"), after)
        self.assertNotIn("Anotherdivision", after)

    def test_kept_reports_are_written_by_the_approval_alone(self):
        audit = self._approved()
        for record in (audit, audit.sudo()):
            with self.assertRaises(UserError):
                record.write({"qms_reports_kept": {}})

    def test_a_combined_visit_has_two_reports(self):
        audit = self._visited(qms_purpose="internal_and_reform")
        audit.qms_reform_conclusion = "Reform is kept to."
        self._close(audit)
        internal, reform = self._printed(audit), self._printed(audit, "audit_report_reform")
        self.assertIn(words_of("The system works."), internal)
        self.assertNotIn(words_of("Reform is kept to."), internal)
        self.assertIn(words_of("BÁO CÁO KIỂM TRA CÔNG TÁC CẢI CÁCH HÀNH CHÍNH"), reform)
        self.assertIn(words_of("Reform is kept to."), reform)
        self.assertIn("2đ", reform)
        self.assertNotIn("2đ", internal)

    def test_an_audit_without_a_second_report_prints_none(self):
        with self.assertRaises(UserError):
            self._printed(self._reported(), "audit_report_reform")

    def test_word_is_handed_out_to_who_may_read_the_audit(self):
        audit = self._approved()
        url = f"/qms/audits/{audit.id}/internal.docx"
        for user, status in (
            (self.user_specialist, 200),
            (self.user_auditor_b, 403),
            (self.user_outsider, 403),
        ):
            with self.subTest(user=user.login):
                self.authenticate(user.login, user.login)
                self.assertEqual(self.url_open(url).status_code, status)
        self.authenticate(self.user_specialist.login, self.user_specialist.login)
        for wrong in (f"/qms/audits/{audit.id}/reform.docx", "/qms/audits/0/internal.docx"):
            self.assertEqual(self.url_open(wrong).status_code, 404)

    def test_another_agency_prints_nothing(self):
        audit = self._approved()
        with self.assertRaises(AccessError):
            self._printed(audit, user=self.user_auditor_b)
