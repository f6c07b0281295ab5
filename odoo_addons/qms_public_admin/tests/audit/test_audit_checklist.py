import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_check import CheckCommon

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)


@tagged("post_install", "-at_install")
class TestAuditChecklist(CheckCommon):
    """The library, the questions of an audit, and how they are answered."""

    # === LIBRARY === #

    def test_every_leaf_clause_of_both_editions_has_a_question(self):
        for year in (2015, 2026):
            standard = self.env.ref(f"qms_public_admin.qms_standard_iso9001_{year}")
            leaves = standard.clause_ids.filtered(lambda clause: not clause.child_ids)
            questions = self.env["qms.audit.question"].search(
                [("checklist_id.kind", "=", "clause"), ("clause_ids", "in", leaves.ids)]
            )
            self.assertEqual(leaves - questions.clause_ids, leaves.browse())

    def test_the_thirteen_points_of_circular_26_are_there(self):
        points = self.env.ref("qms_public_admin.qms_audit_checklist_circular26").question_ids
        self.assertEqual(
            points.mapped("point"),
            ["1a", "1b", "1c", "1d", "1đ", "1e", "1g", "2a", "2b", "2c", "2d", "2đ", "2e"],
        )

    def test_shared_lists_are_kept_by_who_works_for_all(self):
        shared = self.env.ref("qms_public_admin.qms_audit_checklist_counter")
        for record in (shared, shared.question_ids[:1]):
            with self.assertRaises(AccessError):
                self._as(record, self.user_auditor).name = "Ours"
            self.assertTrue(self._as(record, self.user_specialist).name)

    def test_a_copy_belongs_to_the_agency(self):
        shared = self.env.ref("qms_public_admin.qms_audit_checklist_counter")
        action = self._as(shared, self.user_auditor).action_copy_own()
        own = self.env["qms.audit.checklist"].browse(action["res_id"])
        self.assertEqual(own.company_id, self.company)
        self.assertEqual(len(own.question_ids), len(shared.question_ids))
        self._as(own.question_ids[:1], self.user_auditor).name = "Reworded"

    def test_lists_of_another_agency_are_not_seen(self):
        own = self.env["qms.audit.checklist"].create(
            {"name": "Of B", "company_id": self.company_b.id}
        )
        self.assertFalse(
            self._as(own, self.user_auditor).search([("id", "=", own.id)]),
        )

    def test_nobody_hands_a_list_to_all_agencies(self):
        own = self._as(self.env["qms.audit.checklist"], self.user_auditor).create({"name": "Ours"})
        with self.assertRaises(AccessError):
            own.company_id = False

    # === GENERATION === #

    def test_questions_come_from_clauses_steps_and_law(self):
        audit = self._audit("draft")
        keys = [(line.qms_key or "").partition(":")[0] for line in audit.line_ids]
        self.assertGreaterEqual(keys.count("question"), 1)
        self.assertEqual(keys.count("step"), 4)
        self.assertEqual(keys.count("no-law"), 1)
        steps = audit.line_ids.filtered(lambda line: line.qms_key.startswith("step:"))
        self.assertIn("20 hours", "\n".join(steps.mapped("qms_look_at")))
        self.assertEqual(steps.qms_procedure_id, self.procedure)

    def test_only_the_clauses_audited_are_asked_and_only_of_their_edition(self):
        audit = self._audit("draft")
        lines = audit.line_ids.filtered("qms_question_id")
        self.assertEqual(lines.qms_clause_ids.mapped("number"), ["8.5.1"])
        self.assertEqual(lines.qms_clause_ids.standard_id.year, 2015)

    def test_an_audit_by_the_2026_edition_asks_about_risks_apart(self):
        standard = self.env.ref("qms_public_admin.qms_standard_iso9001_2026")
        audit = self._audit("draft", qms_standard_id=standard.id, qms_clause_ids=[(5, 0, 0)])
        numbers = audit.line_ids.qms_clause_ids.mapped("number")
        self.assertIn("6.1.3", numbers)
        self.assertNotIn("10.3", numbers)
        self.assertEqual(audit.line_ids.qms_clause_ids.standard_id, standard)

    def test_generating_again_adds_nothing_twice_and_keeps_answers(self):
        audit = self._audit()
        lines = audit.line_ids
        lines[0].write({"qms_answer": "minor", "comments": "Seen"})
        audit.action_generate_questions()
        self.assertEqual(audit.line_ids, lines)
        audit.sudo().qms_procedure_ids = False
        audit.action_generate_questions()
        left = audit.line_ids
        self.assertIn(lines[0], left)
        self.assertEqual(lines[0].qms_answer, "minor")
        self.assertFalse(left.filtered(lambda line: (line.qms_key or "").startswith("step:")))

    def test_a_step_that_was_answered_stays_when_its_procedure_is_taken_out(self):
        audit = self._audit()
        step = audit.line_ids.filtered(lambda line: line.qms_key.startswith("step:"))[:1]
        step.write({"qms_answer": "conforming"})
        audit.sudo().qms_procedure_ids = False
        audit.action_generate_questions()
        self.assertTrue(step.exists())

    def test_questions_added_by_hand_stay_and_are_not_doubled(self):
        audit = self._audit("draft", qms_procedure_ids=[(5, 0, 0)])
        question = audit.line_ids[:1]
        words = question.name
        question.sudo().unlink()
        mine = audit.line_ids.create({"audit_id": audit.id, "name": words})
        audit.action_generate_questions()
        self.assertEqual(audit.line_ids.filtered(lambda line: line.name == words), mine)

    def test_legal_basis_tells_status_and_term(self):
        document = self.env["qms.legal.document"].create(
            {
                "number": "99/2026/NĐ-CP",
                "name": "Decree",
                "issued_on": "2026-05-01",
                "effective_date": "2026-06-01",
                "company_id": self.company.id,
            }
        )
        self.procedure.legal_document_ids = document
        self.env["qms.change.request"].create(
            {"legal_document_id": document.id, "company_id": self.company.id}
        )
        audit = self._audit("draft")
        line = audit.line_ids.filtered(lambda row: row.qms_key == f"law:{document.id}")
        self.assertIn("In force", line.qms_look_at)
        self.assertIn("01/09/2026", line.qms_look_at)
        self.assertIn("late", line.qms_look_at)

    def test_open_findings_of_earlier_audits_are_asked_for(self):
        finding = self._approved().qms_finding_ids
        audit = self._audit("draft")
        line = audit.line_ids.filtered(lambda row: row.qms_key == f"finding:{finding.id}")
        self.assertIn(finding.code, line.name)
        self.assertEqual(line.qms_department_id, self.department)

    def test_a_confidential_finding_is_named_by_its_number_alone(self):
        finding = self._approved().qms_finding_ids
        finding.sudo()._lifecycle_write({"is_confidential": True})
        audit = self._audit("draft")
        line = audit.line_ids.filtered(lambda row: row.qms_key == f"finding:{finding.id}")
        self.assertFalse(line.qms_look_at)

    def test_a_combined_visit_has_the_questions_of_both_reports(self):
        audit = self._audit("draft", qms_purpose="internal_and_reform")
        points = audit.line_ids.filtered(lambda line: line.qms_purpose == "reform")
        self.assertEqual(len(points), 13)
        self.assertTrue(audit.line_ids - points)

    def test_generation_costs_no_query_for_each_question(self):
        audits = [self._audit("draft"), self._audit("draft", qms_clause_ids=[(5, 0, 0)])]
        costs = []
        for audit in audits:
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            audit.sudo().env["qms.audit.generator"]._wanted(audit, audit.line_ids)
            costs.append(self.env.cr.sql_log_count - before)
        self.assertGreater(len(audits[1].line_ids), 4 * len(audits[0].line_ids))
        self.assertLessEqual(costs[1], costs[0] + 5)

    # === ANSWERS === #

    def test_the_team_answers_while_the_audit_is_under_way(self):
        for state, may in (("draft", False), ("notified", False), ("open", True)):
            with self.subTest(state=state):
                line = self._audit(state).line_ids[:1]
                if may:
                    line.write({"qms_answer": "conforming"})
                    self.assertEqual(line.qms_answered_by_id, self.user_auditor)
                    continue
                with self.assertRaises(UserError):
                    line.write({"qms_answer": "conforming"})

    def test_nobody_else_answers(self):
        line = self._audit().line_ids[:1]
        for role, user in {**self.users_by_role, "auditor": self.user_auditor_2}.items():
            with self.subTest(role=role), self.assertRaises(UserError):
                self._as(line, user).write({"qms_answer": "conforming"})
        with self.assertRaises(UserError):
            line.with_user(self.env.ref("base.user_root")).sudo().write({"qms_answer": "minor"})

    def test_a_trainee_answers_an_observer_does_not(self):
        audit = self._audit()
        member = audit.sudo().qms_team_ids.create(
            {"audit_id": audit.id, "user_id": self.user_auditor_2.id, "role": "observer"}
        )
        line = self._as(audit.line_ids[:1], self.user_auditor_2)
        with self.assertRaises(UserError):
            line.qms_save_answer({"qms_answer": "conforming"})
        member.role = "trainee"
        self.env.invalidate_all()
        line.qms_save_answer({"qms_answer": "conforming"})
        self.assertEqual(line.qms_answer, "conforming")

    def test_an_answer_is_kept_at_once_and_is_complete_with_its_note(self):
        line = self._audit().line_ids[:1]
        row = line.qms_save_answer({"qms_answer": "major"}, 0)
        self.assertEqual((row["answer"], row["complete"]), ("major", False))
        row = line.qms_save_answer({"comments": "Seen twice"}, row["version"])
        self.assertTrue(row["complete"])
        self.assertIn(line, line.search([("qms_is_complete", "=", True)]))

    def test_an_answer_of_a_colleague_is_not_written_over(self):
        line = self._audit().line_ids[:1]
        line.qms_save_answer({"qms_answer": "conforming"}, 0)
        found = line.qms_save_answer({"qms_answer": "major"}, 0)
        self.assertEqual(found["conflict"]["answer"], "conforming")
        self.assertEqual(line.qms_answer, "conforming")

    def test_stamps_and_origin_are_not_written(self):
        audit = self._audit()
        line = audit.line_ids[:1]
        key = line.qms_key
        line.write({"qms_answer": "conforming", "qms_answered_by_id": self.user_leader.id})
        self.assertEqual(line.qms_answered_by_id, self.user_auditor)
        line.write({"qms_key": "mine", "company_id": self.company_b.id})
        self.assertEqual((line.qms_key, line.company_id), (key, self.company))
        with self.assertRaises(ValidationError):
            line.with_context(default_qms_key="forged").create(
                {"audit_id": audit.id, "name": "New"}
            )
        with self.assertRaises(ValidationError):
            line.create({"audit_id": audit.id, "name": "New", "qms_answer": "conforming"})

    def test_an_answered_question_is_neither_reworded_nor_deleted(self):
        line = self._audit().line_ids[:1]
        line.write({"qms_answer": "conforming"})
        with self.assertRaises(UserError):
            line.name = "Something else"
        with self.assertRaises(UserError):
            line.unlink()

    def test_a_question_does_not_move_to_another_audit(self):
        line = self._audit().line_ids[:1]
        closed = self._reported()
        with self.assertRaises(UserError):
            line.audit_id = closed

    def test_records_stand_behind_an_answer(self):
        line = self._audit().line_ids[:1]
        dossier = self._accepted_dossier()
        row = line.qms_add_evidence("qms.dossier", dossier.id)
        line.qms_add_evidence("qms.dossier", dossier.id)
        self.assertEqual([one["label"] for one in row["evidence"]], [dossier.display_name])
        self.assertEqual(len(line.qms_evidence_ids), 1)
        self.assertEqual(line.qms_evidence_ids.action_open()["res_id"], dossier.id)
        self.assertEqual(line.qms_remove_evidence(line.qms_evidence_ids.id)["evidence"], [])

    def test_only_what_the_auditor_may_read_is_evidence(self):
        line = self._audit().line_ids[:1]
        foreign = self.env["qms.procedure"].create(
            {"code": "9.000009", "name": "Of B", "company_id": self.company_b.id}
        )
        with self.assertRaises(AccessError):
            line.qms_add_evidence("qms.procedure", foreign.id)
        for model in ("res.config.settings", "no.model", 5, None):
            with self.subTest(model=model), self.assertRaises(UserError):
                line.qms_add_evidence(model, 1)

    def test_photos_are_kept_with_the_answer(self):
        line = self._audit().line_ids[:1]
        row = line.qms_add_file("photo.png", PIXEL)
        self.assertEqual(row["files"][0]["type"], "image/png")
        for name, content in (("page.html", PIXEL), ("photo.png", "§"), ("a.png", "")):
            with self.subTest(name=name), self.assertRaises(UserError):
                line.qms_add_file(name, content)
        self.assertEqual(line.qms_remove_file(row["files"][0]["id"])["files"], [])

    def test_files_are_kept_once_the_report_waits(self):
        audit = self._audit()
        line = audit.line_ids[:1]
        row = line.qms_add_file("photo.png", PIXEL)
        self._answered(audit)
        audit.action_end()
        audit.qms_conclusion = "It works."
        audit.action_request_approval()
        with self.assertRaises(UserError):
            line.qms_remove_file(row["files"][0]["id"])
        with self.assertRaises(UserError):
            line.qms_attachment_ids.sudo().unlink()
        with self.assertRaises(UserError):
            self.env["ir.attachment"].with_user(self.user_auditor).create(
                {
                    "name": "late.png",
                    "raw": base64.b64decode(PIXEL),
                    "res_model": line._name,
                    "res_id": line.id,
                }
            )

    def test_confidential_answers_are_read_by_those_concerned(self):
        line = self._audit().line_ids[:1]
        line.write({"qms_answer": "minor", "comments": "Gifts", "qms_is_confidential": True})
        line.qms_add_evidence("qms.procedure", self.procedure.id)
        readers = {"auditor", "officer", "leader"}
        for role, user in self.users_by_role.items():
            with self.subTest(role=role):
                found = self._as(line, user).search([("id", "=", line.id)])
                self.assertEqual(bool(found), role in readers)
                evidence = self._as(line.qms_evidence_ids, user).search([("line_id", "=", line.id)])
                self.assertEqual(bool(evidence), role in readers)

    @mute_logger("odoo.models.unlink")
    def test_questions_of_another_agency_are_out_of_reach(self):
        line = self._audit().line_ids[:1]
        foreign = self._as(line, self.user_auditor_b)
        self.assertFalse(foreign.search([("id", "=", line.id)]))
        for act in (
            lambda: foreign.read(["name"]),
            lambda: foreign.qms_save_answer({"qms_answer": "minor"}),
            lambda: foreign.audit_id.qms_checklist_board(),
        ):
            with self.assertRaises(AccessError):
                act()

    # === PROGRESS AND THE END OF THE VISIT === #

    def test_the_visit_ends_when_all_questions_are_answered(self):
        audit = self._audit()
        lines = self._answered(audit)
        lines[0].write({"qms_answer": "minor", "comments": "  "})
        with self.assertRaisesRegex(UserError, "lack only the note"):
            audit.action_end()
        lines[0].write({"comments": "Two of five"})
        audit.action_end()
        self.assertEqual(audit.state, "reporting")
        self.assertEqual(audit.qms_progress, 100.0)

    def test_a_visit_without_questions_does_not_end(self):
        audit = self._audit()
        audit.line_ids.unlink()
        with self.assertRaisesRegex(UserError, "generate the checklist"):
            audit.action_end()

    def test_the_screen_gets_all_in_few_queries(self):
        audit = self._audit(qms_clause_ids=[(5, 0, 0)])
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        board = audit.qms_checklist_board()
        cost = self.env.cr.sql_log_count - before
        self.assertGreaterEqual(len(board["lines"]), 50)
        self.assertTrue(board["audit"]["can_answer"])
        self.assertLess(cost, 60)

    # === DEFECTS OF THE BASE === #

    def test_the_copy_of_questions_asks_for_rights_and_doubles_nothing(self):
        source = self._reported()
        target = self._audit("draft", qms_procedure_ids=[(5, 0, 0)])
        wizards = self.env["copy.verification.lines"]
        for _time in range(2):
            self._as(wizards, self.user_auditor).create(
                {"audit_src": source.id, "audit_id": target.id}
            ).copyVerificationLines()
        names = target.line_ids.mapped("name")
        self.assertEqual(sorted(names), sorted(set(names)))
        self.assertLessEqual(set(source.line_ids.mapped("name")), set(names))
        self.assertFalse(any(target.line_ids.mapped("qms_answer")))
        with self.assertRaises(AccessError):
            self._as(wizards, self.user_auditor_2).create(
                {"audit_src": source.id, "audit_id": target.id}
            ).copyVerificationLines()

    def test_the_copy_writes_into_audits_only(self):
        source = self._reported()
        wizard = self._as(self.env["copy.verification.lines"], self.user_auditor).create(
            {"audit_src": source.id}
        )
        with self.assertRaises(ValueError):
            wizard.with_context(
                active_model="res.partner", active_id=self.env.user.partner_id.id
            ).copyVerificationLines()

    def test_prints_and_wizard_of_the_base_are_offered_nowhere(self):
        for xmlid in (
            "audit_report_mgmtsystem_audit",
            "verification_report_mgmtsystem_audit",
            "copy_verification_lines_act_window",
        ):
            self.assertFalse(self.env.ref(f"mgmtsystem_audit.{xmlid}").binding_model_id, xmlid)

    def test_groups_of_the_base_write_no_questions(self):
        line = self._audit().line_ids[:1]
        user = self.user_outsider
        for name in ("auditor", "manager"):
            user.group_ids += self.env.ref(f"mgmtsystem.group_mgmtsystem_{name}")
        self.env.invalidate_all()
        for operation in ("write", "create", "unlink"):
            self.assertFalse(self._as(line, user).has_access(operation), operation)

    def test_a_question_belongs_to_an_audit(self):
        with self.assertRaises(ValidationError):
            self.env["mgmtsystem.verification.line"].create({"name": "Loose"})
