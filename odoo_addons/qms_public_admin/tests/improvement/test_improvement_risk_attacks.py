from odoo.tests import tagged

from ..rpc_case import RpcCase
from .common_risk import RiskCommon


@tagged("post_install", "-at_install")
class TestImprovementRiskAttacks(RiskCommon, RpcCase):
    """What a login alone can send against the history of a risk."""

    FORGED = (
        {"_qms_lifecycle": True, "_qms_fact": True},
        {"_qms_lifecycle": "<object object>", "_qms_fact": "<object object>"},
    )

    def test_an_assessment_is_not_rewritten(self):
        risk = self._risk()
        risk.action_assess(5, 5, "why")
        self.env.flush_all()
        row = risk.assessment_ids
        before = (row.score, row.why, risk.score, risk.level, risk.assessed_on)
        vals = {"likelihood": 1, "impact": 1, "score": 1, "level": "Low", "why": "x"}
        for user in (self.user_specialist, self.user_officer, self.env.ref("base.user_admin")):
            if user.login == "admin":
                user.password = "admin"
                self.env.flush_all()
            self._refused(user, row._name, "write", row.ids, vals)
            self._refused(user, row._name, "web_save", row.ids, vals, {})
            self._refused(user, row._name, "unlink", row.ids)
            self._refused(user, row._name, "create", [{**vals, "risk_id": risk.id}])
            self._refused(user, row._name, "copy", row.ids)
        for commands in ([[1, row.id, vals]], [[2, row.id]], [[0, 0, vals]], [[5]]):
            self._refused(
                self.user_officer, "qms.risk", "write", risk.ids, {"assessment_ids": commands}
            )
        self.env.invalidate_all()
        self.assertEqual((row.score, row.why, risk.score, risk.level, risk.assessed_on), before)

    def test_level_score_and_state_are_not_written(self):
        risk = self._risk()
        self.env.flush_all()
        for vals in (
            {"state": "treated"},
            {"score": 1},
            {"level": "Low"},
            {"likelihood": 1},
            {"assessed_on": "2026-01-01"},
            {"closed_at": "2026-01-01 00:00:00"},
            {"code": "RR-1"},
            {"needs_treatment": False},
        ):
            for user in (self.user_specialist, self.user_officer):
                self._refused(user, "qms.risk", "write", risk.ids, vals)
                self._refused(user, "qms.risk", "web_save", risk.ids, vals, {})
        for method, args in (
            ("_take_over", [{"score": 1}]),
            ("_lifecycle_write", [{"score": 1}]),
            ("_record", [[{}]]),
        ):
            self._refused(self.user_officer, "qms.risk", method, risk.ids, *args)

    def test_a_risk_is_not_born_assessed(self):
        for extra in (
            {"state": "closed"},
            {"score": 5},
            {"level": "Low"},
            {"assessed_on": "2026-01-01"},
        ):
            vals = {"name": "x", **extra}
            self._refused(self.user_specialist, "qms.risk", "create", [vals])
        self._refused(
            self.user_specialist,
            "qms.risk",
            "create",
            [{"name": "x"}],
            contexts=({"default_state": "treated"}, {"default_score": 3}),
        )

    def test_colleagues_and_other_agencies_act_on_nothing(self):
        risk = self._risk()
        secret = self._risk(self.user_officer, is_confidential=True)
        self.env.flush_all()
        for user in (self.user_colleague, self.user_provincial, self.user_officer_b):
            self._refused(user, "qms.risk", "action_assess", risk.ids, 1, 1, "x")
            self._refused(user, "qms.risk", "action_close", risk.ids, "x")
            self._refused(user, "qms.risk", "write", risk.ids, {"owner_id": user.id})
            self._refused(user, "qms.risk", "read", secret.ids, ["name"])
            self._refused(user, "qms.risk", "write", secret.ids, {"reader_ids": [[4, user.id]]})
            dialog = self._call(
                user,
                "qms.words.dialog",
                "create",
                [
                    {
                        "res_model": "qms.risk",
                        "res_ids": secret.ids,
                        "act": "action_close",
                        "words": "x",
                    }
                ],
            )
            self._refused(user, "qms.words.dialog", "action_confirm", dialog)

    def test_reviews_are_not_forged(self):
        party = self._as(self.env["qms.interested.party"], self.user_officer).create({"name": "P"})
        party.action_review("unchanged")
        self.env.flush_all()
        row = party.review_ids
        for user in (self.user_specialist, self.user_officer):
            self._refused(user, row._name, "write", row.ids, {"date": "2020-01-01"})
            self._refused(user, row._name, "unlink", row.ids)
            self._refused(user, row._name, "create", [{"party_id": party.id, "outcome": "changed"}])
        self._refused(self.user_specialist, party._name, "action_review", party.ids, "unchanged")
        self._refused(self.user_officer, party._name, "write", party.ids, {"review_ids": [[5]]})
