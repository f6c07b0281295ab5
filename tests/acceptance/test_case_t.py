"""Reference case T: the transition of an ethnic committee in the autumn of 2018."""

import io

from freezegun import freeze_time
from pypdf import PdfReader

from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.qms_public_admin.tools.declaration import CHAIN

from ..scenarios import case_t


@tagged("post_install", "-at_install")
class TestCaseT(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env["res.company"].create({"name": "Ban Dân tộc"})
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})

        def user(login, group):
            return new_test_user(
                cls.env,
                login=login,
                groups=f"qms_public_admin.group_qms_{group}",
                company_id=company.id,
                company_ids=[(6, 0, company.ids)],
            )

        cls.officer = user("case_t_officer", "officer")
        cls.specialist = user("case_t_specialist", "staff")
        cls.leader = user("case_t_leader", "leader")
        cls.case = case_t.load(cls.env, cls.officer, cls.specialist, cls.leader)

    def _quarter(self, day):
        return (day.year, (day.month - 1) // 3 + 1)

    def test_from_the_third_to_the_fourth_quarter(self):
        project = self.case.project
        self.assertEqual(project.state, "done")
        self.assertEqual(self._quarter(project.started_on), (2018, 3))
        self.assertEqual(self._quarter(project.finished_on), (2018, 4))
        self.assertIn("684/UBND-KSTTHC", project.basis)

    def test_the_agency_works_by_2015_afterwards(self):
        self.assertEqual(self.case.company._qms_standard().year, 2015)

    def test_every_clause_of_2015_was_dealt_with(self):
        lines = self.case.project.line_ids
        leaves = lines.clause_id.standard_id.clause_ids.filtered(lambda one: not one.child_ids)
        self.assertEqual(lines.clause_id, leaves)
        self.assertEqual(set(lines.mapped("state")), {"done", "not_needed"})
        left_out = lines.filtered(lambda line: line.state == "not_needed")
        self.assertEqual(set(left_out.clause_id.mapped("parent_id.number")), {"8.3"})
        self.assertTrue(all(left_out.mapped("justification")))

    def test_the_map_told_what_was_new(self):
        lines = {line.clause_id.number: line for line in self.case.project.line_ids}
        for number in ("4.1", "4.2", "7.1.6", "8.5.6"):
            self.assertEqual(lines[number].kind, "new", number)
        # Prevention became the handling of risks.
        self.assertEqual(lines["6.1.1"].source_ids.mapped("number"), ["8.5.3"])
        self.assertEqual(self.case.project.dropped_ids.from_clause_id.mapped("number"), ["5.5.2"])

    def test_the_fourteen_procedures_stood_before_and_stand_after(self):
        lines = {line.clause_id.number: line for line in self.case.project.line_ids}
        self.assertEqual(lines["8.1"].before_count, case_t.PROCEDURES)
        # 7.2.2 of 2008 is the same in 2015: its evidence was carried over.
        self.assertEqual(lines["8.2.3.1"].after_count, case_t.PROCEDURES)
        self.assertEqual(lines["8.1"].after_count, 0)

    def test_progress_grew_with_the_work(self):
        progress = list(self.case.progress.values())
        self.assertEqual(progress, sorted(progress))
        self.assertEqual(progress[-1], 100.0)
        self.assertLess(progress[0], 50.0)

    def test_tasks_were_given_and_closed(self):
        lines = self.case.project.line_ids
        self.assertFalse(lines.activity_ids)
        done = (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search_count([("res_model", "=", lines._name), ("res_id", "in", lines.ids)])
        )
        settled = lines.filtered(lambda line: line.state == "done")
        self.assertEqual(done, len(settled))
        self.assertEqual(settled.settled_by_id, self.officer | self.specialist)

    def test_the_milestones_are_those_of_the_decision(self):
        reached = [str(one.done_on) for one in self.case.project.milestone_ids]
        self.assertEqual(reached, list(case_t.MILESTONES))

    def test_the_papers_are_in_the_register(self):
        register = self.env["qms.legal.document"].with_user(self.officer)
        found = register.search([("number", "in", ["684/UBND-KSTTHC", "537/QĐ-BDT"])])
        self.assertEqual(set(found.mapped("kind")), {"letter", "decision"})

    # === DECLARATION === #

    def test_the_declaration_of_2016_lists_17_items(self):
        old = self.case.declarations[0]
        self.assertEqual((old.decision_no, str(old.decision_date)), ("537/QĐ-BDT", "2016-12-30"))
        self.assertEqual(old.standard_name, "TCVN ISO 9001:2008")
        self.assertEqual(len(old.line_ids), 17)
        self.assertEqual((old.document_count, old.procedure_count), (3, case_t.PROCEDURES))
        kinds = old.line_ids.page_id.qms_kind_id.mapped("key")
        self.assertEqual(set(kinds), {"manual", "objectives", "policy"})
        self.assertEqual(set(old.line_ids.filtered("page_id").mapped("mark")), {"1/0"})
        self.assertEqual(old.taken_over_name, self.officer.name)

    def test_it_is_printed_in_the_prescribed_form(self):
        old, new = self.case.declarations
        for declaration in (old, new):
            with freeze_time(f"{case_t.DECLARED} 05:00:00"):
                [content] = declaration.with_user(self.specialist)._pdf_files()
            pages = PdfReader(io.BytesIO(content)).pages
            text = "".join("".join(page.extract_text().split()) for page in pages)
            for words in (
                "BẢN CÔNG BỐ",
                f"Tiêu chuẩn quốc gia {declaration.standard_name}",
                declaration.decision_no,
                "Trưởng ban".upper(),
                "Nguyễn Văn Mẫu",
                *declaration.line_ids.mapped("code"),
            ):
                self.assertIn("".join(words.split()), text)
        self.assertIn("".join(self.leader.name.split()), text)

    def test_it_is_replaced_at_the_end_of_the_transition(self):
        old, new = self.case.declarations
        self.assertEqual((old.state, old.replaced_by_id), ("replaced", new))
        self.assertEqual(str(old.valid_to), case_t.DECLARED)
        self.assertEqual((new.state, new.standard_name), ("declared", "TCVN ISO 9001:2015"))
        self.assertEqual(len(new.line_ids), 17)
        self.assertEqual(new.approval_decision_id.user_id, self.leader)
        days = [new[name] for name in CHAIN]
        self.assertEqual(days, sorted(days))
        self.assertEqual(str(new.notified_on), case_t.DECLARED)

    def test_all_of_it_is_posted(self):
        with freeze_time(f"{case_t.DECLARED} 05:00:00"):
            self.env.invalidate_all()
            gaps = self.env["qms.posting.gap"].with_user(self.specialist)
            own = [("company_id", "=", self.case.company.id)]
            self.assertFalse(gaps.search(own))
            postings = self.env["qms.posting"].search([*own, ("posting_state", "=", "current")])
        # 18 things at two places; the manual need not be posted, and is.
        self.assertEqual(len(postings), 36)
        removed = self.env["qms.posting"].search([*own, ("removed_on", "!=", False)])
        self.assertEqual(removed.declaration_id, self.case.declarations[0])

    def test_inv_13_a_fifteenth_procedure_calls_for_a_new_declaration(self):
        new = self.case.declarations[1].with_user(self.officer)
        with freeze_time("2019-03-01 03:00:00"):
            self.env.invalidate_all()
            self.assertEqual(new.redeclare_state, "none")
            version = self.case.procedures[:1].version_ids.with_user(self.officer)
            procedure = version.procedure_id.copy(
                {"code": "9.200099", "qms_from": "2019-03-01", "company_id": new.company_id.id}
            )
            procedure.version_ids.write({"effective_from": "2019-03-01", "decision_no": "9/QĐ-BDT"})
            procedure.version_ids.action_publish()
            self.env.invalidate_all()
            self.assertEqual((new.redeclare_state, new.change_count), ("needed", 1))
            self.assertIn("9.200099", new.change_html)
        with freeze_time("2019-03-16 03:00:00"):
            self.env.invalidate_all()
            self.assertEqual(new.redeclare_state, "late")

    def test_the_matrix_after_the_declaration(self):
        with freeze_time(f"{case_t.DECLARED} 05:00:00"):
            matrices = self.env["qms.evidence.matrix"].with_user(self.officer)
            matrix = matrices.create({})
            matrix._fill()
        self.assertEqual(matrix.standard_id.year, 2015)
        line = matrix.line_ids.filtered(lambda one: one.number == "8.2.3.1")
        self.assertEqual((line.count, line.status), (case_t.PROCEDURES, "ageing"))
