"""Reference case B: a set of 178 operating and 10 common documents loads in one go."""

import ast
import time

from odoo.tests import TransactionCase, new_test_user, tagged

from ..scenarios import case_b


@tagged("post_install", "-at_install")
class TestCaseB(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env["res.company"].create({"name": "UBND xã Long Châu"})
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        cls.officer, cls.reader = (
            new_test_user(
                cls.env,
                login=f"case_b_{role}",
                groups=f"qms_public_admin.group_qms_{role}",
                company_id=company.id,
                company_ids=[(6, 0, company.ids)],
            )
            for role in ("officer", "staff")
        )
        queries, began = cls.cr.sql_log_count, time.monotonic()
        cls.case = case_b.load(cls.env, cls.officer)
        cls.seconds = time.monotonic() - began
        cls.queries = cls.cr.sql_log_count - queries

    def _found(self, words, **options):
        pages = self.env["document.page"].with_user(self.reader)
        return pages.search([("qms_search", "ilike", words)], **options)

    def test_the_dry_run_found_no_fault_and_kept_nothing(self):
        self.assertEqual(self.case.tried, (188, 0))

    def test_figures(self):
        self.assertEqual((self.case.created, len(self.case.documents)), (188, 188))
        kinds = self.case.documents.grouped(lambda page: page.qms_kind_id.key)
        counts = {key: len(pages) for key, pages in kinds.items()}
        self.assertEqual(counts, {"operating": case_b.OPERATING, "system": case_b.COMMON})

    def test_all_are_in_force_with_their_file(self):
        pages = self.case.documents
        self.assertEqual(set(pages.mapped("qms_status")), {"effective"})
        revisions = pages.qms_effective_id
        self.assertTrue(all(revisions.mapped("is_imported")))
        self.assertEqual({str(day) for day in revisions.mapped("effective_from")}, {"2017-11-01"})
        files = revisions.file_ids
        self.assertEqual(len(files), 188)
        self.assertTrue(all(file._is_intact() for file in files[:9]))
        endings = {name.rsplit(".", 1)[1] for name in files.mapped("name")}
        self.assertEqual(endings, {"pdf", "docx", "xlsx"})

    def test_the_master_list_shows_them(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.document_page_action_master"
        )
        pages = self.env["document.page"].with_user(self.reader)
        self.assertEqual(pages.search_count(ast.literal_eval(action["domain"])), 188)

    def test_they_are_found_without_accents(self):
        wanted = self.case.documents.filtered(lambda page: "hộ tịch" in page.name)
        self.assertGreater(len(wanted), 10)
        self.assertLessEqual(wanted, self._found("ho tich"))
        self.assertEqual(self._found("quy trinh danh gia noi bo").mapped("qms_code"), ["QTC-03"])
        # What stands in a file of Word is found as well.
        in_files = self._found("trach nhiem cua cong chuc xa")
        self.assertGreater(len(in_files), 50)

    def test_the_owner_units_are_those_of_the_index(self):
        units = self.case.documents.qms_owner_id
        self.assertEqual(set(units.mapped("name")), set(case_b.UNITS))

    def test_once_more_changes_nothing(self):
        again = case_b.run(self.env(user=self.officer.id), case_b.package())
        self.assertEqual((again.tried, again.created), ((0, 0), 0))
        self.assertEqual(again.documents, self.case.documents)

    def test_time_and_queries_are_those_of_188_documents(self):
        # Dry run and import, each within what a person waits for.
        self.assertLess(self.seconds, 120)
        self.assertLess(self.queries / (2 * 188), 90)
