from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .rating_common import RatingCommon

READERS = ("head", "leader", "officer", "auditor", "provincial")
NAMES = ("qms_officer_id", "qms_officer_name", "qms_returner_id", "qms_returner_name")


@tagged("post_install", "-at_install")
class TestFrontdeskRatingFacts(RatingCommon, HttpCase):
    """A rating is the applicant's: staff, survey managers and elevated code forge none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_manager = new_test_user(
            cls.env,
            login="qms_survey_manager",
            groups="survey.group_survey_manager,base.group_user",
            company_id=cls.company.id,
            company_ids=[fields.Command.set(cls.company.ids)],
        )
        cls.user_all = new_test_user(
            cls.env,
            login="qms_all_rights",
            groups="survey.group_survey_manager,base.group_system,"
            "qms_public_admin.group_qms_officer,qms_public_admin.group_qms_leader,"
            "qms_public_admin.group_qms_clerk",
            company_id=cls.company.id,
            company_ids=[fields.Command.set(cls.company.ids)],
        )
        cls.dossier = cls._returned_dossier()
        cls.answer = cls.dossier._rate(
            cls._chosen(cls.three_levels, 3), "link", reason="The waiting was long", seconds=60
        )
        cls.unrated = cls._returned_dossier()

    def _users(self):
        return {**self.users_by_role, "manager": self.user_manager, "all": self.user_all}

    def _rpc(self, model, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(args), "kwargs": kwargs},
        )

    def _forged(self):
        """Values by which a client would make up a rating of the unrated dossier."""
        return {
            "survey_id": self.three_levels.id,
            "state": "done",
            "qms_dossier_id": self.unrated.id,
            "qms_company_id": self.company.id,
            "qms_channel": "link",
            "qms_answered_at": "2026-11-09 01:00:00",
            "qms_is_valid": True,
            "qms_is_satisfied": True,
        }

    # === FORGING === #

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_rpc_forges_no_rating(self):
        forged, line = self._forged(), self.answer.user_input_line_ids
        flags = ({}, {"_qms_rating": True}, {"_qms_rating": "object", "_qms_fact": True})
        attacks = [
            ("survey.user_input", "create", ([forged],)),
            ("survey.user_input", "create", ([{"survey_id": self.three_levels.id}],)),
            ("survey.user_input", "web_save", ([], forged, {})),
            ("survey.user_input", "write", (self.answer.ids, {"qms_is_satisfied": True})),
            ("survey.user_input", "write", (self.answer.ids, {"qms_dossier_id": False})),
            ("survey.user_input", "write", (self.answer.ids, {"state": "new"})),
            ("survey.user_input", "unlink", (self.answer.ids,)),
            ("survey.user_input", "copy", (self.answer.ids,)),
            (
                "survey.user_input.line",
                "create",
                (
                    [
                        {
                            "user_input_id": self.answer.id,
                            "question_id": line.question_id.id,
                            "skipped": True,
                        }
                    ],
                ),
            ),
            ("survey.user_input.line", "write", (line.ids, {"qms_score": 2})),
            ("survey.user_input.line", "unlink", (line.ids,)),
            (
                "survey.user_input",
                "write",
                (self.answer.ids, {"user_input_line_ids": [[2, line.id, 0]]}),
            ),
            ("qms.dossier", "write", (self.unrated.ids, {"rating_answer_ids": [[0, 0, forged]]})),
            ("qms.rating.invitation", "create", ([{"dossier_id": self.unrated.id}],)),
            ("survey.survey", "unlink", (self.three_levels.ids,)),
        ]
        for role, user in self._users().items():
            self.authenticate(user.login, user.login)
            for model, method, args in attacks:
                for context in flags:
                    with (
                        self.subTest(role=role, model=model, method=method, context=context),
                        self.assertRaises(JsonRpcException),
                    ):
                        self._rpc(model, method, *args, context=context)
        self._assert_untouched()

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_an_import_or_a_default_brings_no_rating(self):
        for user in (self.user_manager, self.user_all):
            self.authenticate(user.login, user.login)
            result = self._rpc(
                "survey.user_input",
                "load",
                ["survey_id/.id", "qms_dossier_id/.id"],
                [[str(self.three_levels.id), str(self.unrated.id)]],
            )
            self.assertFalse(result["ids"])
            for defaults in (
                {"default_qms_dossier_id": self.unrated.id, "default_qms_channel": "link"},
                {"default_survey_id": self.three_levels.id},
            ):
                with self.assertRaises(JsonRpcException):
                    self._rpc("survey.user_input", "create", [{}], context=defaults)
        self._assert_untouched()

    def _assert_untouched(self):
        self.env.invalidate_all()
        answers = self.env["survey.user_input"].sudo()
        found = answers.search([("survey_id", "=", self.three_levels.id)])
        found = found.filtered(lambda row: row.qms_company_id in (self.company, row.env.company))
        self.assertEqual(found & self.answer, self.answer)
        self.assertFalse(answers.search([("qms_dossier_id", "=", self.unrated.id)]))
        self.assertFalse(self.answer.qms_is_satisfied)
        self.assertEqual(self.answer.state, "done")
        self.assertEqual(len(self.answer.user_input_line_ids), 1)

    def test_elevated_code_forges_none(self):
        line = self.answer.user_input_line_ids.sudo()
        answer = self.answer.sudo()
        for attack in (
            lambda: answer.create(self._forged()),
            lambda: answer.write({"qms_comment": "x"}),
            lambda: answer.write({"survey_id": self.nine_indices.id}),
            answer.unlink,
            answer.copy,
            lambda: line.write({"qms_score": 9}),
            lambda: line.copy(),
            line.unlink,
            lambda: line.create({"user_input_id": answer.id, "skipped": True}),
        ):
            with self.subTest(attack=attack), self.assertRaises(AccessError):
                attack()

    def test_the_database_keeps_one_rating_for_a_dossier(self):
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self.cr.execute(
                "INSERT INTO survey_user_input (survey_id, access_token, qms_dossier_id,"
                " qms_company_id, qms_channel, qms_answered_at)"
                " VALUES (%s, 'x', %s, %s, 'link', now())",
                (self.three_levels.id, self.dossier.id, self.company.id),
            )

    # === ANSWERED SETS === #

    def test_an_answered_set_keeps_questions_and_points(self):
        question = self.three_levels.question_ids
        answer = question.suggested_answer_ids[0]
        for attack in (
            lambda: answer.write({"answer_score": 9}),
            lambda: answer.write({"value": "Bad"}),
            answer.unlink,
            lambda: question.write({"title": "Another question?"}),
            lambda: question.write({"qms_is_overall": False}),
            question.unlink,
            lambda: question.copy(),
            lambda: answer.copy(),
            lambda: self.three_levels.write({"survey_type": "custom"}),
            lambda: self.three_levels.write({"access_mode": "public"}),
            lambda: self.three_levels.write({"qms_company_id": self.company_b.id}),
            self.three_levels.unlink,
        ):
            with self.subTest(attack=attack), self.assertRaises(UserError):
                attack()
        self.three_levels.active = False  # it can be taken out of use

    def test_a_copy_of_the_set_can_be_changed(self):
        action = self.three_levels.with_user(self.user_officer).action_qms_copy()
        copy = self.env["survey.survey"].browse(action["res_id"]).with_user(self.user_officer)
        self.assertEqual(copy.qms_company_id, self.company)
        copy.question_ids.suggested_answer_ids[0].answer_score = 9

    def test_a_set_is_never_public(self):
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self.nine_indices.access_mode = "public"
            self.env.flush_all()

    def test_officers_keep_their_own_sets_and_no_shared_or_foreign_one(self):
        officer = self.user_officer
        mine = self.env["survey.survey"].with_user(officer)
        mine = mine.create(
            {
                "title": "Ours",
                "survey_type": "qms_satisfaction",
                "qms_company_id": self.company.id,
                "question_and_page_ids": [
                    fields.Command.create(
                        {
                            "title": "Satisfied?",
                            "question_type": "simple_choice",
                            "qms_scale_id": self.env.ref(
                                "qms_public_admin.satisfaction_scale_five_levels"
                            ).id,
                        }
                    )
                ],
            }
        )
        self.assertEqual(mine.access_mode, "token")
        self.assertEqual(len(mine.question_ids.suggested_answer_ids), 5)
        self.assertTrue(mine.qms_is_ready)
        mine.question_ids.title = "Are you satisfied?"
        for attack in (
            lambda: self.nine_indices.with_user(officer).write({"title": "x"}),
            lambda: self.nine_indices.question_ids[0].with_user(officer).write({"title": "x"}),
            lambda: mine.with_user(self.user_officer_b).write({"title": "x"}),
            lambda: mine.create({"title": "x", "survey_type": "qms_satisfaction"}),
            lambda: mine.create({"title": "x"}),
            lambda: mine.with_user(self.user_clerk).write({"title": "x"}),
        ):
            with (
                self.subTest(attack=attack),
                self.assertRaises(UserError),
                self.cr.savepoint(),
            ):
                attack()
        with self.assertRaises(AccessError):
            mine.with_user(self.user_officer_b).read(["title"])

    # === READING === #

    def test_who_reads_ratings(self):
        for role, user in self._users().items():
            answers = self.answer.with_user(user)
            with self.subTest(role=role):
                if role in (*READERS, "all"):
                    self.assertEqual(answers.read(["qms_grade"])[0]["qms_grade"], "not_satisfied")
                    self.assertTrue(answers.user_input_line_ids.read(["qms_score"]))
                else:
                    with self.assertRaises(AccessError):
                        answers.read(["qms_grade"])

    def test_who_reads_the_names_of_officers(self):
        """OS-11: heads, leaders and ISO officers; nobody groups by them either."""
        for role, user in self.users_by_role.items():
            answers = self.env["survey.user_input"].with_user(user)
            for name in NAMES:
                with self.subTest(role=role, field=name):
                    if role in ("head", "leader", "officer"):
                        self.assertTrue(self.answer.with_user(user)[name])
                        self.assertTrue(answers._read_group([], [name], ["__count"]))
                        continue
                    for attack in (
                        lambda answers=answers, name=name: answers.browse(self.answer.id).read(
                            [name]
                        ),
                        lambda answers=answers, name=name: answers._read_group([], [name]),
                        lambda answers=answers, name=name: answers.search([(name, "!=", False)]),
                    ):
                        with self.assertRaises(AccessError):
                            attack()

    def test_another_agency_reads_nothing(self):
        users = self.user_officer_b | new_test_user(
            self.env,
            login="qms_leader_b",
            groups="qms_public_admin.group_qms_leader",
            company_id=self.company_b.id,
            company_ids=[fields.Command.set(self.company_b.ids)],
        )
        for user in users:
            answers = self._as(self.env["survey.user_input"], user)
            self.assertFalse(answers.search([("qms_dossier_id", "!=", False)]))
            with self.assertRaises(AccessError):
                answers.browse(self.answer.id).read(["qms_grade"])

    def test_device_and_text_keys_are_read_by_nobody(self):
        for name in ("qms_device_key", "qms_text_key"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                self.answer.with_user(self.user_all).read([name])
