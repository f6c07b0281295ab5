"""Reference case T: the transition of an ethnic committee in the autumn of 2018."""

from freezegun import freeze_time

from odoo.tests import TransactionCase, new_test_user, tagged

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
        cls.case = case_t.load(cls.env, cls.officer, cls.specialist)

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

    def test_the_matrix_after_the_declaration(self):
        with freeze_time(f"{case_t.DECLARED} 05:00:00"):
            matrices = self.env["qms.evidence.matrix"].with_user(self.officer)
            matrix = matrices.create({})
            matrix._fill()
        self.assertEqual(matrix.standard_id.year, 2015)
        line = matrix.line_ids.filtered(lambda one: one.number == "8.2.3.1")
        self.assertEqual((line.count, line.status), (case_t.PROCEDURES, "ageing"))
