import io

import openpyxl
from pypdf import PdfReader

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.qms_public_admin.tests.document.common_document import DocumentCommon
from odoo.addons.qms_public_admin.tests.improvement.common_training import TrainingCommon


class ImprovementPrintCommon(TrainingCommon):
    def _pdf(self, xmlid, records, user=None):
        prints = self._as(self.env["ir.actions.report"], user or self.user_officer)
        prints = prints.with_context(force_report_rendering=True)
        content, kind = prints._render_qweb_pdf(f"qms_reports.{xmlid}", records.ids)
        self.assertEqual(kind, "pdf")
        pages = PdfReader(io.BytesIO(content)).pages
        return " ".join(" ".join(page.extract_text().split()) for page in pages)

    def _book(self, xmlid, records, user=None):
        prints = self._as(self.env["ir.actions.report"], user or self.user_officer)
        content, kind = prints._render_xlsx(f"qms_reports.{xmlid}", records.ids, {})
        self.assertEqual(kind, "xlsx")
        return openpyxl.load_workbook(io.BytesIO(content))

    def _cells(self, book):
        return [
            str(cell.value)
            for sheet in book
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        ]

    def _register(self, model, user=None, **vals):
        return self._as(self.env[model], user or self.user_officer).create(vals)


@tagged("post_install", "-at_install")
class TestReportsRisk(ImprovementPrintCommon):
    """The register of risks and opportunities, of the committee."""

    def test_together_by_2015_and_apart_by_2026(self):
        self._risk().action_assess(4, 3, "why")
        self._risk(kind="opportunity", kind_id=False, name="=1+1 shorter way")
        register = self._register("qms.risk.register")
        self.assertEqual(register.risk_count, 2)
        book = self._book("risk_register_xlsx_action", register)
        self.assertEqual(len(book.sheetnames), 1)
        self.assertIn("=1+1 shorter way", self._cells(book))
        text = self._pdf("risk_register_pdf_action", register)
        for words in ("SỔ THEO DÕI RỦI RO VÀ CƠ HỘI", "RR-2026-001", "CH-2026-001", "12"):
            self.assertIn(words.replace(" ", ""), text.replace(" ", ""))
        self.company.qms_standard_id = self.env.ref("qms_public_admin.qms_standard_iso9001_2026")
        book = self._book("risk_register_xlsx_action", register)
        self.assertEqual(len(book.sheetnames), 2)

    def test_confidential_ones_are_printed_by_who_reads_them(self):
        self._risk(self.user_officer, kind_id=self.kind_corruption.id, name="Undue payment")
        for user, without, expected in (
            (self.user_officer, True, False),
            (self.user_officer, False, True),
            (self.user_colleague, False, False),
        ):
            register = self._register("qms.risk.register", user, without_confidential=without)
            text = self._pdf("risk_register_pdf_action", register, user)
            self.assertEqual("Undue payment" in text, expected, user.login)

    def test_a_register_of_another_agency_is_refused(self):
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._register("qms.risk.register", company_id=self.company_b.id)
        register = self._register("qms.risk.register")
        for user in (self.user_leader, self.user_officer_b):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self._pdf("risk_register_pdf_action", register, user)

    def test_the_committee_with_its_decision(self):
        committee = self._recorded("12/QĐ-STC")
        text = self._pdf("committee_pdf_action", committee, self.user_specialist)
        self.assertIn("12/QĐ-STC", text)
        for member in committee.member_ids:
            self.assertIn(member.name, text)


@tagged("post_install", "-at_install")
class TestReportsTraining(ImprovementPrintCommon, DocumentCommon):
    """Lists of participants, registers, and what each person has learned."""

    def test_a_list_to_sign_and_a_list_with_results(self):
        training = self._training()
        rows = self._join(training, self.user_specialist, "Lê Thị Khách")
        self.assertIn("Ký tên", self._pdf("training_list_pdf_action", training))
        rows[0].write({"attended": True, "result": "passed", "score": 85.5})
        training.action_hold()
        text = self._pdf("training_list_pdf_action", training)
        self.assertIn("85,5", text)
        self.assertNotIn("Ký tên", text)
        self.assertIn(
            "Lê Thị Khách", self._cells(self._book("training_list_xlsx_action", training))
        )

    def test_staff_print_no_list_of_others(self):
        training = self._held(self.user_specialist, self.user_colleague)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self._pdf("training_list_pdf_action", training, self.user_specialist)

    def test_the_register_counts_classes_learners_persons_hours(self):
        self._held(self.user_specialist, "Lê A", hours=8)
        self._held(self.user_specialist, "Trần B", hours=4)
        self._training(name="To come").action_cancel("x")
        register = self._register("qms.training.register", with_participants=True)
        figures = (register.training_count, register.learner_count, register.person_count)
        self.assertEqual((*figures, register.hours), (2, 4, 3, 24.0))
        self.assertIn("2 lớp; 4 lượt", self._pdf("training_register_pdf_action", register))
        self.assertEqual(len(self._book("training_register_xlsx_action", register).sheetnames), 3)

    def test_classes_and_readings_of_each_person(self):
        self._held(self.user_specialist, self.user_colleague)
        page = self._effective_document()
        campaign = self._as(self.env["qms.acknowledgement.campaign"], self.user_officer).create(
            {
                "revision_id": page.qms_effective_id.id,
                "date_due": "2026-12-01",
                "position_ids": [(4, self.position_specialist.id)],
            }
        )
        campaign.action_open()
        row = campaign.sudo().acknowledgement_ids.filtered(
            lambda found: found.user_id == self.user_specialist
        )
        self._as(row, self.user_specialist).action_acknowledge()
        model = self.env["qms.learning.record"]

        def kinds(user, person):
            found = self._as(model, user).search([("user_id", "=", person.id)])
            return sorted(found.mapped("kind"))

        self.env.flush_all()
        self.assertEqual(kinds(self.user_specialist, self.user_specialist), ["reading", "training"])
        self.assertEqual(kinds(self.user_head, self.user_specialist), ["reading", "training"])
        self.assertEqual(kinds(self.user_specialist, self.user_colleague), [])
        self.assertEqual(kinds(self.user_officer_b, self.user_specialist), [])
        for role, user in self.users_by_role.items():
            self.assertEqual(self._rights(model._name, user), {"read"}, role)
