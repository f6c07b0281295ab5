from odoo.tests import tagged

from ..rpc_case import RpcCase
from .common_training import TrainingCommon


@tagged("post_install", "-at_install")
class TestImprovementTrainingAttacks(TrainingCommon, RpcCase):
    """What a participant or a keeper alone can send."""

    FORGED = (
        {"_qms_lifecycle": True, "_qms_fact": True},
        {"_qms_lifecycle": "<object object>", "default_state": "evaluated"},
    )

    def test_a_participant_forges_no_result(self):
        training = self._held(self.user_specialist, self.user_colleague)
        own = training.participant_ids.filtered(lambda row: row.user_id == self.user_specialist)
        self.env.flush_all()
        user = self.user_specialist
        for vals in ({"result": "passed", "score": 100}, {"attended": True}, {"hours": 99}):
            self._refused(user, own._name, "write", own.ids, vals)
            self._refused(user, own._name, "web_save", own.ids, vals, {})
            self._refused(
                user,
                "qms.training",
                "write",
                training.ids,
                {"participant_ids": [[1, own.id, vals]]},
            )
        self._refused(user, own._name, "create", [{"training_id": training.id, "name": "x"}])
        self._refused(user, own._name, "unlink", own.ids)
        for verb, args in (
            ("action_hold", ()),
            ("action_evaluate", ("effective", "x")),
            ("action_all_attended", ()),
            ("action_fetch_quiz", ()),
            ("action_cancel", ("x",)),
        ):
            self._refused(user, "qms.training", verb, training.ids, *args)
        self.env.invalidate_all()
        self.assertEqual((own.result, own.score), ("untested", 0))

    def test_competences_are_not_forged(self):
        row = self._as(self.env["qms.competence.assessment"], self.user_officer)._judge(
            self.user_specialist, self.competence, "1", "test", "x"
        )
        self.env.flush_all()
        vals = {"user_id": self.user_specialist.id, "competence_id": self.competence.id}
        for user in (self.user_specialist, self.user_officer):
            self._refused(user, row._name, "write", row.ids, {"level": "3"})
            self._refused(user, row._name, "unlink", row.ids)
            self._refused(user, row._name, "create", [{**vals, "level": "3"}])
            self._refused(user, row._name, "_judge", user.ids, self.competence.id, "3")
        self._refused(self.user_specialist, "qms.competence.judge", "create", [{"words": "x"}])

    def test_a_need_of_oneself_is_not_made_one_of_others(self):
        training = self._held(self.user_colleague)
        need = self._as(self.env["qms.training.need"], self.user_specialist).create(
            {"name": "n", "user_id": self.user_specialist.id}
        )
        self.env.flush_all()
        user = self.user_specialist
        for vals in ({"user_id": self.user_colleague.id}, {"user_id": False}):
            self._refused(user, need._name, "write", need.ids, vals)
            self._refused(user, need._name, "create", [{"name": "n", **vals}])
        for vals in (
            {"training_ids": [[4, training.id]]},
            {"training_ids": [[6, 0, training.ids]]},
        ):
            self._call(user, need._name, "write", need.ids, vals)
        self._call(
            user, need._name, "create", [{"name": "n", "user_id": user.id}],
            context={"default_training_ids": [[4, training.id]]},
        )  # fmt: skip
        self.env.invalidate_all()
        self.assertFalse(training.need_ids)
        self.assertEqual(need.user_id, user)

    def test_a_class_moves_by_its_verbs_alone(self):
        training = self._held(self.user_specialist)
        self.env.flush_all()
        for vals in (
            {"state": "evaluated"},
            {"verdict": "effective"},
            {"evaluated_by_name": "x"},
            {"code": "DT-1"},
            {"date_from": "2020-01-01"},
        ):
            self._refused(self.user_officer, "qms.training", "write", training.ids, vals)
            self._refused(self.user_officer, "qms.training", "web_save", training.ids, vals, {})
        vals = {"name": "x", "date_from": "2026-01-01"}
        for extra in ({"state": "held"}, {"verdict": "effective"}):
            self._refused(self.user_officer, "qms.training", "create", [{**vals, **extra}])
        need = self._as(self.env["qms.training.need"], self.user_officer).create({"name": "n"})
        self.env.flush_all()
        self._refused(self.user_officer, need._name, "write", need.ids, {"state": "met"})
        self._refused(self.user_officer, need._name, "_meet", need.ids)

    def test_staff_do_not_read_the_results_of_others(self):
        training = self._held(self.user_colleague)
        row = training.participant_ids
        self.env.flush_all()
        self._refused(self.user_specialist, row._name, "read", row.ids, ["score"])
        found = self._call(
            self.user_specialist,
            row._name,
            "formatted_read_group",
            [["training_id", "=", training.id]],
            ["name"],
            ["__count"],
        )
        self.assertEqual(found, [])
