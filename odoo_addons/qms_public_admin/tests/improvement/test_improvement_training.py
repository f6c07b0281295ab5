import base64
import io

import openpyxl
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common_risk import ALL
from .common_training import TrainingCommon


@tagged("post_install", "-at_install")
class TestImprovementTraining(TrainingCommon):
    """From planned to evaluated; who was there with what result stays as it was."""

    def test_a_class_from_planned_to_evaluated(self):
        training = self._training()
        self.assertTrue(training.code.startswith("DT-2026-"))
        self.assertEqual(training.qms_clause_ids.mapped("number"), ["7.2"])
        self.assertEqual(str(training.evaluate_by), "2027-02-09")
        with self.assertRaises(UserError), self.cr.savepoint():
            training.action_hold()
        rows = self._join(training, self.user_specialist, self.user_head, "Lê Thị Khách")
        training.action_all_attended()
        training.action_hold()
        rows[0].write({"result": "passed", "score": 85})
        rows[1].write({"result": "failed", "score": 30})
        self.assertEqual(
            (training.participant_count, training.passed_count, training.failed_count), (3, 1, 1)
        )
        for verdict, words in (("effective", " "), ("great", "x"), (None, "x")):
            with self.assertRaises(UserError), self.cr.savepoint():
                training.action_evaluate(verdict, words)
        training.action_evaluate("effective", "Fewer supplements are asked for")
        self.assertEqual(training.state, "evaluated")
        self.assertEqual(training.evaluated_by_name, self.user_officer.name)

    def test_a_class_to_come_is_not_held(self):
        training = self._training(date_from="2026-11-20")
        self._join(training, self.user_specialist, attended=True)
        with self.assertRaises(UserError):
            training.action_hold()

    def test_cancelling_needs_a_reason_and_ends_it(self):
        training = self._training()
        with self.assertRaises(UserError), self.cr.savepoint():
            training.action_cancel("")
        training.action_cancel("The trainer is ill")
        with self.assertRaises(ValidationError):
            self._join(training, self.user_specialist)

    def test_names_and_positions_stay_as_text(self):
        row = self._join(self._training(), self.user_specialist)
        self.assertEqual((row.title, row.unit_name), ("Specialist", "Budget division"))
        self.user_specialist.name = "Renamed"
        self.position_specialist.name = "Renamed"
        self.assertNotIn("Renamed", (row.name, row.title))

    def test_classes_count_as_training_of_auditors(self):
        """Held and attended; the results of others are not for everybody."""
        auditor = self.env["qms.auditor"].create(
            {"user_id": self.user_auditor.id, "company_id": self.company.id}
        )
        planned = self._training(name="To come")
        self._join(planned, self.user_auditor)
        held = self._held(self.user_auditor, name="Auditing by ISO 19011")
        self.assertEqual(auditor.class_ids.training_id, held)
        self.assertFalse(self._as(auditor, self.user_colleague).class_ids)

    def test_persons_are_counted_once(self):
        first, second = self._held(self.user_specialist, "Lê A", "Trần B"), self._training()
        self._join(second, self.user_specialist, "  lê  a", attended=True)
        second.action_hold()
        ((learners, persons, hours),) = self.env["qms.training.participant"]._read_group(
            [("training_id", "in", (first | second).ids)],
            [],
            ["__count", "person_key:count_distinct", "hours:sum"],
        )
        self.assertEqual((learners, persons, hours), (5, 3, 40.0))

    def test_who_did_not_come_has_no_result(self):
        row = self._join(self._training(), self.user_specialist)
        with self._violated():
            row.result = "passed"
            row.flush_recordset()

    def test_the_organiser_is_reminded_once(self):
        training = self._held(self.user_specialist)
        for _night in range(2):
            with freeze_time("2027-02-05 01:00:00"):
                self.env["qms.training"]._remind_all(lambda *args, **kwargs: 1)
        self.assertEqual(training.sudo().activity_ids.user_id, self.user_officer)
        self.assertEqual(len(training.sudo().activity_ids), 1)
        training.action_evaluate("partly", "Some")
        self.assertFalse(training.sudo().activity_ids)

    def test_an_evaluated_class_counts_as_evidence(self):
        training = self._training()
        domain = training._evidence_domain(self.company)
        self.assertFalse(training.filtered_domain(domain))
        training = self._held(self.user_specialist)
        self.assertTrue(training.filtered_domain(domain))

    # === COMPETENCES === #

    def test_who_passed_has_the_competence(self):
        training = self._held(
            self.user_specialist,
            self.user_head,
            "Lê A",
            competence_ids=[(0, 0, {"competence_id": self.competence.id, "level": "2"})],
        )
        rows = training.participant_ids.sorted("id")
        rows[1].result = "failed"
        self._join(training, self.user_colleague)
        training.action_evaluate("effective", "x")
        given = self.env["qms.competence.assessment"].search(
            [("participant_id", "in", training.participant_ids.ids)]
        )
        self.assertEqual(given.user_id, self.user_specialist)
        self.assertEqual((given.level, given.basis), ("2", "training"))

    def test_a_class_is_evaluated_once_it_is_over_and_then_closed(self):
        training = self._held(self.user_specialist, date_to="2026-11-20")
        self._join(training, self.user_colleague)
        with self.assertRaisesRegex(UserError, "not over"):
            training.action_evaluate("effective", "x")
        other = self._held(self.user_head)
        with freeze_time("2026-11-21 01:00:00"):
            training.action_evaluate("effective", "x")
        for act in (
            training.action_all_attended,
            training.action_fetch_quiz,
            lambda: other.participant_ids.write({"training_id": training.id}),
            lambda: training.competence_ids.create(
                {"training_id": training.id, "competence_id": self.competence.id}
            ),
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                act()

    def test_an_ineffective_class_gives_nothing(self):
        need = self._need()
        training = self._held(
            self.user_specialist,
            need_ids=[(4, need.id)],
            competence_ids=[(0, 0, {"competence_id": self.competence.id, "level": "2"})],
        )
        training.action_evaluate("ineffective", "Nobody applies it")
        self.assertEqual(need.state, "open")
        self.assertFalse(
            self.env["qms.competence.assessment"].search(
                [("participant_id", "in", training.participant_ids.ids)]
            )
        )

    def test_gaps_are_what_positions_call_for_and_people_lack(self):
        self._call_for(self.position_specialist)
        self._call_for(self.position_head, level="1")
        model = self._as(self.env["qms.competence"], self.user_officer)
        data = model.qms_matrix()
        self.assertEqual((data["gaps"], data["required"]), (2, 2))
        judge = self._as(self.env["qms.competence.assessment"], self.user_officer)
        judge._judge(self.user_specialist, self.competence, "1", "practice", "Seen at work")
        cells = {row["id"]: row["cells"][0] for row in model.qms_matrix()["rows"]}
        self.assertTrue(cells[self.user_specialist.id]["is_part"])
        judge._judge(self.user_specialist, self.competence, "3", "test", "Test of May")
        judge._judge(self.user_head, self.competence, "1", "certificate", "No. 5", "2026-11-30")
        self.assertEqual(model.qms_matrix()["gaps"], 0)
        with freeze_time("2026-12-02 01:00:00"):
            self.assertEqual(model.qms_matrix()["gaps"], 1)

    def test_gaps_become_needs_once(self):
        self._call_for(self.position_specialist)
        model = self._as(self.env["qms.competence"], self.user_officer)
        model.qms_plan_gaps()
        model.qms_plan_gaps()
        need = self.env["qms.training.need"].search([("company_id", "=", self.company.id)])
        self.assertEqual(need.user_id, self.user_specialist)
        self.assertEqual((need.competence_id, need.level), (self.competence, "2"))
        context = need.action_plan()["context"]
        form = Form(self._as(self.env["qms.training"], self.user_officer).with_context(**context))
        form.hours = 4
        training = form.save()
        self.assertEqual(training.need_ids, need)
        self.assertTrue(need.is_planned)
        self.assertEqual(training.competence_ids.level, "2")
        self._join(training, self.user_specialist, attended=True)
        training.action_hold()
        training.action_evaluate("effective", "x")
        self.assertEqual(need.state, "met")
        self.assertEqual(model.qms_matrix()["gaps"], 0)

    def test_the_matrix_costs_the_same_for_many(self):
        self._call_for(self.position_specialist)
        self.position_specialist.holder_ids = [(4, user.id) for user in self.users_by_role.values()]
        model = self._as(self.env["qms.competence"], self.user_officer)
        model.qms_matrix()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            self.assertGreater(model.qms_matrix()["gaps"], 5)

    def _need(self, user=None, **vals):
        user = user or self.user_specialist
        model = self._as(self.env["qms.training.need"], user)
        return model.create({"name": "Land law", "user_id": user.id, **vals})

    def test_dropping_and_taking_up_a_need(self):
        need = self._need()
        with self.assertRaises(UserError), self.cr.savepoint():
            need.action_drop("")
        need.action_drop("Moved to another unit")
        self.assertEqual(need.state, "dropped")
        need.action_reopen()
        self.assertEqual(need.state, "open")

    # === MANY AT ONCE === #

    def _entry(self, training, **vals):
        model = self._as(self.env["qms.training.entry"], self.user_officer)
        return model.create({"training_id": training.id, **vals})

    def test_people_of_units_positions_and_needs(self):
        training = self._training(need_ids=[(4, self._need().id)])
        self._entry(training, from_needs=True).action_add()
        self.assertEqual(training.participant_ids.user_id, self.user_specialist)
        entry = self._entry(training, department_ids=[(4, self.department.id)])
        self.assertEqual((entry.found_count, entry.known_count, entry.new_count), (3, 1, 2))
        entry.action_add()
        self._entry(training, is_for_all=True).action_add()
        users = training.participant_ids.user_id
        self.assertLessEqual(set(self.users_by_role.values()), set(users))
        self.assertNotIn(self.user_clerk_b, users)

    def test_a_pasted_list_finds_accounts_by_mail_and_name(self):
        self.user_specialist.name = "Phạm Thu Hà"
        self.user_colleague.write({"name": "Lê An", "email": "an@example.vn"})
        self.user_head.name = "Trần Hai"
        self.user_clerk.name = "Trần Hai"
        training = self._training()
        text = "\n".join(
            [
                "1. Phạm Thu  Hà; Phòng A; Chuyên viên",
                "2\tAn\tPhòng B\tan@example.vn",
                "3) Trần Hai; Phòng C",
                "Người Ngoài; UBND xã",
                "người ngoài; UBND xã",
                "",
            ]
        )
        entry = self._entry(training, source="list", text=text, attended=True)
        self.assertEqual((entry.found_count, entry.matched_count, entry.new_count), (5, 2, 4))
        entry.action_add()
        rows = training.participant_ids
        self.assertEqual(rows.user_id, self.user_specialist | self.user_colleague)
        self.assertTrue(all(rows.mapped("attended")))
        with self.assertRaises(UserError):
            self._entry(training, source="list", text=text).action_add()

    def _workbook(self, *rows):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        stream = io.BytesIO()
        book.save(stream)
        return base64.b64encode(stream.getvalue())

    def test_three_classes_and_about_two_hundred_learners(self):
        """Reference case B: 3 classes, about 200 learners, from workbooks."""
        trainings = self.env["qms.training"]
        for number, size in enumerate((70, 68, 62)):
            training = self._training(name=f"Class {number}", hours=8)
            rows = [
                [place, f"Học viên {number}-{place}", "UBND xã Long Châu", "Đạt", "80,5"]
                for place in range(1, size + 1)
            ]
            content = self._workbook(["STT", "Họ và tên", "Đơn vị", "Kết quả", "Điểm"], *rows)
            entry = self._entry(training, source="file", file=content, file_name="x.xlsx")
            self.assertEqual(entry.new_count, size)
            self.env.flush_all()
            with self.assertQueryCount(60):
                entry.action_add()
            training.action_hold()
            trainings |= training
        self.assertEqual(sum(trainings.mapped("passed_count")), 200)
        rows = trainings.participant_ids
        self.assertEqual(set(rows.mapped("score")), {80.5})
        self.assertEqual(sum(rows.mapped("hours")), 1600)

    def test_a_table_without_names_is_refused(self):
        content = self._workbook(["STT", "Đơn vị"], [1, "UBND"])
        entry = self._entry(self._training(), source="file", file=content, file_name="x.xlsx")
        self.assertTrue(entry.problem)
        with self.assertRaises(UserError):
            entry.action_add()

    # === QUIZ === #

    def test_results_of_the_quiz_are_fetched(self):
        quiz = self.env["survey.survey"].create(
            {
                "title": "Quiz",
                "scoring_type": "scoring_without_answers",
                "scoring_success_min": 50,
                "question_and_page_ids": [
                    (
                        0,
                        0,
                        {
                            "title": "Q",
                            "question_type": "simple_choice",
                            "suggested_answer_ids": [
                                (0, 0, {"value": "a", "is_correct": True, "answer_score": 1})
                            ],
                        },
                    )
                ],
            }
        )
        training = self._training(survey_id=quiz.id)
        row = self._join(training, self.user_specialist, attended=True)
        answer = quiz._create_answer(user=self.user_specialist)
        question = quiz.question_ids
        answer._save_lines(question, question.suggested_answer_ids.id)
        answer._mark_done()
        training.action_fetch_quiz()
        self.assertEqual((row.result, row.score), ("passed", 100))


@tagged("post_install", "-at_install")
class TestImprovementTrainingSecurity(TrainingCommon):
    """Results of persons are for few, and nobody writes their own."""

    def test_rights_by_role(self):
        for role, user in self.users_by_role.items():
            is_officer = role == "officer"
            for model in (
                "qms.competence",
                "qms.position.competence",
                "qms.training",
                "qms.training.competence",
                "qms.training.participant",
            ):
                with self.subTest(role=role, model=model):
                    self.assertEqual(self._rights(model, user), ALL if is_officer else {"read"})
            self.assertEqual(self._rights("qms.competence.assessment", user), {"read"})
            self.assertEqual(
                self._rights("qms.training.need", user), ALL if is_officer else ALL - {"unlink"}
            )
        for model in ("qms.training", "qms.training.participant", "qms.competence.assessment"):
            self.assertEqual(self._rights(model, self.user_outsider), set())

    def test_staff_read_their_own_results(self):
        training = self._held(self.user_specialist, self.user_colleague)
        learners = training.participant_ids.user_id
        for user in (self.user_specialist, self.user_clerk):
            self.env.invalidate_all()
            rows = self._as(training, user).participant_ids
            self.assertEqual(rows.user_id, user & learners)
            self.assertEqual(self._as(training, user).attended_count, 2)
        for role in ("head", "auditor", "leader", "officer", "provincial"):
            self.env.invalidate_all()
            rows = self._as(training, self.users_by_role[role]).participant_ids
            self.assertEqual(len(rows), 2, role)
        self._call_for(self.position_specialist)
        self._call_for(self.position_head)
        data = self._as(self.env["qms.competence"], self.user_specialist).qms_matrix()
        self.assertTrue(data["rows"])
        self.assertLessEqual({row["id"] for row in data["rows"]}, {self.user_specialist.id})

    def test_nobody_judges_themselves_nor_strangers(self):
        model = self.env["qms.competence.assessment"]
        args = (self.competence, "3", "practice", "x")
        for judge, judged in (
            (self.user_officer, self.user_officer),
            (self.user_head, self.user_head),
            (self.user_specialist, self.user_specialist),
            (self.user_specialist, self.user_clerk),
            (self.user_specialist, self.user_colleague),
            (self.user_head, self.user_colleague),
            (self.user_leader, self.user_specialist),
            (self.user_officer, self.user_clerk_b),
            (self.user_officer_b, self.user_specialist),
        ):
            with (
                self.subTest(judge=judge.login, judged=judged.login),
                self.assertRaises(UserError),
                self.cr.savepoint(),
            ):
                self._as(model, judge)._judge(judged, *args)
        for level, basis, words in (
            ("9", "practice", "x"),
            ("3", "training", "x"),
            ("3", "rumour", "x"),
            ("3", "practice", " "),
        ):
            with self.assertRaisesRegex(UserError, "Choose the level|Say on what"):
                self._as(model, self.user_officer)._judge(
                    self.user_specialist, self.competence, level, basis, words
                )
        self._as(model, self.user_head)._judge(self.user_specialist, *args)
        self._as(model, self.user_officer)._judge(self.user_colleague, *args)

    def test_needs_of_oneself_of_the_unit_of_all(self):
        model = self.env["qms.training.need"]
        self._as(model, self.user_specialist).create(
            {"name": "x", "user_id": self.user_specialist.id}
        )
        for user, about in (
            (self.user_specialist, self.user_colleague),
            (self.user_provincial, self.user_provincial),
            (self.user_clerk, self.env["res.users"]),
        ):
            with (
                self.subTest(user=user.login),
                self.assertRaises(AccessError),
                self.cr.savepoint(),
            ):
                self._as(model, user).create({"name": "x", "user_id": about.id})
        manager = self.env["hr.employee"].create(
            {"name": "H", "user_id": self.user_head.id, "company_id": self.company.id}
        )
        self.department.manager_id = manager
        self._as(model, self.user_head).create({"name": "x", "department_id": self.department.id})

    def test_another_agency_is_not_seen(self):
        training = self._training(self.user_officer_b)
        self.assertEqual(training.company_id, self.company_b)
        row = self._join(training, self.user_clerk_b, attended=True)
        line = training.competence_ids.create(
            {"training_id": training.id, "competence_id": self.competence.id}
        )
        need = self._as(self.env["qms.training.need"], self.user_officer_b).create({"name": "n"})
        judged = self._as(self.env["qms.competence.assessment"], self.user_officer_b)._judge(
            self.user_clerk_b, self.competence, "1", "test", "x"
        )
        for record in (training, row, line, need, judged):
            with self.subTest(model=record._name):
                own = self._as(record, self.user_officer)
                self.assertFalse(own.has_access("read"))
                self.assertFalse(own.search([("id", "=", record.id)]))

    def test_nothing_is_pushed_into_another_agency(self):
        foreign = self._training(self.user_officer_b)
        training = self._training()
        row = self._join(training, self.user_specialist)
        need_b = self._as(self.env["qms.training.need"], self.user_officer_b).create({"name": "n"})
        for record, vals in (
            (training, {"company_id": self.company_b.id}),
            (training, {"need_ids": [(4, need_b.id)]}),
            (training, {"owner_id": self.user_officer_b.id}),
            (row, {"training_id": foreign.id}),
            (row, {"user_id": self.user_clerk_b.id}),
        ):
            with (
                self.subTest(model=record._name, vals=vals),
                self.assertRaises(UserError),
                self.cr.savepoint(),
            ):
                record.write(vals)

    def test_an_evaluated_class_is_closed_to_everybody(self):
        training = self._held(
            self.user_specialist,
            competence_ids=[(0, 0, {"competence_id": self.competence.id})],
        )
        row, line = training.participant_ids, training.competence_ids
        row.certificate = base64.b64encode(b"%PDF-1.4")
        training.action_evaluate("effective", "x")
        for record, vals in (
            (training, {"name": "x"}),
            (training, {"participant_ids": [(0, 0, {"name": "x"})]}),
            (row, {"result": "failed"}),
            (row, {"attended": False}),
            (line, {"level": "3"}),
        ):
            with (
                self.subTest(model=record._name, vals=vals),
                self.assertRaises(UserError),
                self.cr.savepoint(),
            ):
                record.sudo().write(vals)
        for record in (training, row, line):
            with self.assertRaises(UserError), self.cr.savepoint():
                record.sudo().unlink()
        file = self.env["ir.attachment"].search(
            [("res_model", "=", row._name), ("res_id", "=", row.id), ("res_field", "!=", False)]
        )
        self.assertTrue(file)
        with self.assertRaises(UserError), self.cr.savepoint():
            file.write({"raw": b"forged"})
