from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..rpc_case import RpcCase
from .common_review import ReviewCommon


class TestImprovementReviewSecurity(ReviewCommon):
    """Who reads and who writes management reviews; two agencies."""

    PARTS = ("qms_attendance_ids", "qms_input_ids", "qms_output_ids")

    def _reads(self, user, record):
        return self._as(record, user).has_access("read") and bool(
            self._as(record, user).search_count([("id", "in", record.ids)])
        )

    def test_participants_read_their_review(self):
        """The base lets only its managers read (its defect)."""
        review = self._held()
        for record in (review, *(review[name] for name in self.PARTS)):
            self.assertTrue(self._reads(self.user_guest, record), record)
            self.assertFalse(self._reads(self.user_colleague, record), record)
            with self.assertRaises(AccessError):
                self._as(record, self.user_guest).check_access("write")
        review.qms_attendance_ids.filtered(lambda row: row.user_id == self.user_guest).unlink()
        self.env.invalidate_all()
        self.assertFalse(self._reads(self.user_guest, review))

    def test_staff_read_an_approved_review_unless_it_is_confidential(self):
        review = self._approved()
        closed = self._approved(qms_is_confidential=True)
        decision = closed.qms_output_ids
        self.assertTrue(self._reads(self.user_colleague, review))
        self.assertFalse(self._reads(self.user_colleague, closed))
        for name in self.PARTS:
            self.assertTrue(self._reads(self.user_colleague, review[name]), name)
            self.assertFalse(self._reads(self.user_colleague, closed[name]), name)
        self.assertTrue(self._reads(decision.owner_id, decision), "its owner")

    def test_roles_and_operations(self):
        """Officers keep, leaders, auditors and participants read, nobody else."""
        review = self._review()
        expected = {
            "clerk": "", "staff": "", "head": "", "provincial": "",
            "officer": "rwcu", "auditor": "r", "leader": "r",
        }  # fmt: skip
        operations = {"read": "r", "write": "w", "create": "c", "unlink": "u"}
        for role, user in self.users_by_role.items():
            found = "".join(
                letter
                for operation, letter in operations.items()
                if self._as(review, user).has_access(operation)
            )
            # The right to create is not one on this record.
            found = found if role == "officer" else found.replace("c", "")
            self.assertEqual(found, expected[role], role)
        self.assertFalse(self._reads(self.user_outsider, review))

    def test_other_agencies_see_nothing(self):
        review = self._approved()
        for record in (review, *(review[name] for name in self.PARTS)):
            self.assertFalse(self._reads(self.user_officer_b, record), record)
            self.assertFalse(self._reads(self.user_clerk_b, record), record)

    def test_a_review_is_not_handed_to_another_agency(self):
        with self.assertRaises(AccessError):
            self._review().write({"company_id": self.company_b.id})

    def test_nobody_has_rights_by_the_rows_of_the_base(self):
        """Its managers could rewrite closed reviews and their lines (its defect)."""
        for xmlid in ("access_mgmtsystem_review_manager", "access_mgmtsystem_review_line_manager"):
            self.assertFalse(self.env.ref(f"mgmtsystem_review.{xmlid}").active)
        self.user_specialist.group_ids |= self.env.ref("mgmtsystem.group_mgmtsystem_manager")
        self.env.invalidate_all()
        manager = self.user_specialist
        review = self._review(qms_chair_id=manager.id)
        with self.assertRaises(AccessError):
            self._as(review, manager).write({"name": "x"})
        self.assertFalse(self._as(self.env["mgmtsystem.review.line"], manager).has_access("read"))

    def test_shared_topics_are_kept_by_who_works_for_all(self):
        topic = self.env.ref("qms_public_admin.qms_review_topic_2015_a")
        with self.assertRaises(AccessError):
            self._as(topic, self.user_officer).write({"name": "x"})
        with self.assertRaises(AccessError):
            self._as(topic.source_ids, self.user_officer).write({"sequence": 5})
        with self.assertRaises(AccessError):
            self._as(topic, self.user_officer).create(
                {"name": "x", "standard_id": topic.standard_id.id}
            )

    def test_figures_open_with_the_rights_of_the_reader(self):
        review = self._review()
        review.action_compile()
        row = review.qms_input_ids.filtered(lambda row: row.letter == "c3")
        guest = self._as(row, self.user_guest)
        action = guest.action_open_figure(row.content["sections"][0]["figures"][0]["opens"])
        dossiers = self._as(self.env[action["res_model"]], self.user_guest)
        self.assertEqual(dossiers.search_count(action["domain"]), 8)
        with self.assertRaises(AccessError):
            self._as(row, self.user_colleague).action_open_figure(0)


@tagged("post_install", "-at_install")
class TestImprovementReviewAttacks(ReviewCommon, RpcCase):
    """What a login alone can send against a management review."""

    FORGED = (
        {"_qms_lifecycle": True, "_qms_review_part": True},
        {"_qms_lifecycle": "<object object>", "_qms_review_part": "<object object>"},
        {"skip_validation_check": True, "default_state": "open"},
    )

    def _whole(self, review):
        self.env.invalidate_all()
        return (
            review.state,
            review._approval_content(),
            review.qms_content_sha256,
            review.reference,
            review.user_ids.ids,
            review.qms_output_ids.ids,
            review.qms_input_ids.mapped("content"),
            review.qms_output_ids.mapped("done_on"),
        )

    def _assaults(self, review):
        model, ids = review._name, review.ids
        topic, decision = review.qms_input_ids[4], review.qms_output_ids[0]
        person = review.qms_attendance_ids[0]
        return (
            (model, "write", ids, {"state": "open"}),
            (model, "write", ids, {"state": "done"}),
            (model, "write", ids, {"conclusion": "x"}),
            (model, "write", ids, {"date": "2026-01-01 00:00:00"}),
            (model, "write", ids, {"reference": "x"}),
            (model, "write", ids, {"user_ids": [[4, self.user_colleague.id]]}),
            (model, "write", ids, {"qms_content_sha256": "0" * 64}),
            (model, "write", ids, {"qms_is_confidential": True}),
            (model, "write", ids, {"approval_state": "approved"}),
            (model, "write", ids, {"company_id": self.company_b.id}),
            (model, "write", ids, {"line_ids": [[0, 0, {"name": "x"}]]}),
            (model, "web_save", ids, {"name": "x"}, {}),
            (model, "write", ids, {"qms_input_ids": [[1, topic.id, {"content": {}}]]}),
            (model, "write", ids, {"qms_input_ids": [[2, topic.id]]}),
            (model, "write", ids, {"qms_output_ids": [[1, decision.id, {"name": "x"}]]}),
            (model, "write", ids, {"qms_output_ids": [[0, 0, {"name": "x"}]]}),
            (model, "write", ids, {"qms_attendance_ids": [[5]]}),
            (model, "action_compile", ids),
            (model, "action_hold", ids),
            (model, "action_plan_anew", ids),
            (model, "action_submit", ids),
            (model, "button_close", ids),
            (model, "unlink", ids),
            (model, "_lifecycle_write", ids, {"state": "open"}),
            (topic._name, "write", topic.ids, {"content": {"sections": [], "opens": []}}),
            (topic._name, "write", topic.ids, {"comment": "x"}),
            (topic._name, "write", topic.ids, {"minutes": "x"}),
            (topic._name, "write", topic.ids, {"verdict": "act"}),
            (topic._name, "unlink", topic.ids),
            (topic._name, "_as_server", topic.ids),
            (decision._name, "write", decision.ids, {"name": "x"}),
            (decision._name, "write", decision.ids, {"due_date": "2030-01-01"}),
            (decision._name, "write", decision.ids, {"done_on": "2026-11-01"}),
            (decision._name, "write", decision.ids, {"action_id": 1}),
            (decision._name, "unlink", decision.ids),
            (decision._name, "create", [{"review_id": review.id, "name": "x"}]),
            (person._name, "write", person.ids, {"attendance": "absent"}),
            (person._name, "unlink", person.ids),
            ("mgmtsystem.review.line", "create", [{"review_id": review.id, "name": "x"}]),
        )

    def test_an_approved_review_stays_as_it_is(self):
        review = self._approved()
        self.env.flush_all()
        before = self._whole(review)
        for user in (self.user_officer, self.user_leader, self.user_guest, self.user_officer_b):
            for assault in self._assaults(review):
                contexts = ({}, *self.FORGED) if user == self.user_officer else ({},)
                self._refused(user, *assault, contexts=contexts)
        self.assertEqual(self._whole(review), before)

    def test_while_it_waits_nobody_writes_and_its_author_does_not_approve(self):
        review = self._submitted()
        self.env.flush_all()
        before = self._whole(review)
        for assault in self._assaults(review):
            self._refused(self.user_officer, *assault, contexts=({}, self.FORGED[0]))
        for user in (self.user_officer, self.user_head, self.user_guest, self.user_officer_b):
            self._refused(user, review._name, "action_approve", review.ids)
        self.assertEqual(self._whole(review), before)

    def test_a_participant_writes_nothing_of_an_open_review(self):
        review = self._held()
        self.env.flush_all()
        before = self._whole(review)
        for assault in self._assaults(review):
            self._refused(self.user_guest, *assault, contexts=({}, self.FORGED[0]))
        self.assertEqual(self._whole(review), before)

    def test_figures_are_not_forged_while_the_review_is_open(self):
        """The officer writes comments; what was compiled is the server's."""
        review = self._held()
        topic = review.qms_input_ids[4]
        self.env.flush_all()
        before = topic.content
        for values in (
            {"content": {"sections": [], "opens": []}},
            {"name": "x"},
            {"compiled_at": "2026-01-01 00:00:00"},
            {"topic_id": review.qms_input_ids[0].topic_id.id},
            {"review_id": self._review().id},
        ):
            self._refused(
                self.user_officer, topic._name, "write", topic.ids, values,
                contexts=({}, *self.FORGED),
            )  # fmt: skip
            command = [[1, topic.id, values]]
            self._refused(
                self.user_officer, review._name, "write", review.ids, {"qms_input_ids": command}
            )
        self._refused(
            self.user_officer, topic._name, "create",
            [{"review_id": review.id, "topic_id": topic.topic_id.id, "name": "x"}],
        )  # fmt: skip
        self.env.invalidate_all()
        self.assertEqual(topic.content, before)

    def test_figures_are_not_forged_by_a_context(self):
        """Topics are made by the server: the defaults of a client are not what was compiled."""
        content = {"sections": [], "opens": [{"model": "res.users", "domain": [], "name": "x"}]}
        forged = {
            "default_content": content,
            "default_compiled_at": "2026-01-01 00:00:00",
            "default_verdict": "good",
            "default_minutes": "<p>Good</p>",
        }
        vals = {"name": "x", "date": "2026-11-20 01:00:00", "qms_date_from": "2026-01-01"}
        (made,) = self._call(
            self.user_officer, "mgmtsystem.review", "create", [vals], context=forged
        )
        topics = self.env["mgmtsystem.review"].browse(made).qms_input_ids
        self.assertTrue(topics)
        for name in ("content", "compiled_at", "verdict", "minutes"):
            self.assertFalse(any(topics.mapped(name)), name)

    def test_people_and_topics_are_those_of_the_agency_and_the_review(self):
        """Names and positions are kept as text: no list of the accounts of others."""
        review, other = self._held(), self._review()
        decision = review.qms_output_ids
        topic_b = self._as(self.env["mgmtsystem.review"], self.user_officer_b).create(
            {"name": "x", "date": "2026-11-20 01:00:00", "qms_date_from": "2026-01-01"}
        ).qms_input_ids[:1]  # fmt: skip
        self.env.flush_all()
        stranger = self.user_officer_b.id
        for model, ids, vals in (
            ("qms.review.attendance", None, {"review_id": review.id, "user_id": stranger}),
            ("qms.review.decision", None, {"review_id": review.id, "name": "x",
                                           "owner_id": stranger}),
            ("qms.review.decision", decision.ids, {"owner_id": stranger}),
            ("qms.review.decision", decision.ids, {"input_id": topic_b.id}),
            ("qms.review.decision", decision.ids, {"input_id": other.qms_input_ids[0].id}),
        ):  # fmt: skip
            if ids:
                self._refused(self.user_officer, model, "write", ids, vals)
            else:
                self._refused(self.user_officer, model, "create", [vals])
        command = [[0, 0, {"user_id": stranger}]]
        self._refused(
            self.user_officer, review._name, "write", review.ids, {"qms_attendance_ids": command}
        )

    def test_actions_against_confidential_risks_are_not_named(self):
        """Everybody reads an approved review, few the risk."""
        risk = self._as(self.env["qms.risk"], self.user_officer).create(
            {"name": "Bribes", "is_confidential": True}
        )
        action = self._as(self.env["mgmtsystem.action"], self.user_officer).create(
            {
                "name": "Watch the counter",
                "type_action": "prevention",
                "user_id": self.user_colleague.id,
                "date_deadline": "2026-09-01",
                "qms_risk_id": risk.id,
            }
        )
        action.action_qms_start()
        review = self._review()
        review.action_compile()
        self.assertNotIn("Watch the counter", str(review.qms_input_ids.mapped("content")))
        risk.is_confidential = False
        review.action_compile()
        self.assertIn("Watch the counter", str(review.qms_input_ids.mapped("content")))

    def test_none_is_born_approved(self):
        model, vals = "mgmtsystem.review", {"name": "x", "date": "2026-11-20 01:00:00"}
        count = self.env[model].search_count([])
        for more in (
            {"state": "done"},
            {"qms_content_sha256": "0" * 64},
            {"approval_state": "approved"},
            {"line_ids": [[0, 0, {"name": "x"}]]},
        ):
            self._refused(self.user_officer, model, "create", [{**vals, **more}], contexts=({},))
        for context in ({"default_state": "done"}, {"default_approval_state": "approved"}):
            self._refused(self.user_officer, model, "create", [vals], contexts=(context,))
        with mute_logger("odoo.http"):
            loaded = self._call(
                self.user_officer, model, "load", ["name", "state"], [["x", "done"]]
            )
        self.assertFalse(loaded["ids"])
        self.assertEqual(self.env[model].search_count([]), count)

    def test_a_number_of_a_figure_opens_nothing_else(self):
        review = self._held()
        topic = review.qms_input_ids[4]
        self.env.flush_all()
        for number in (-1, 10_000, "0", [["id", ">", 0]], None):
            self._refused(
                self.user_officer, topic._name, "action_open_figure", topic.ids, number,
                contexts=({},),
            )  # fmt: skip

    def test_a_decision_is_reported_by_its_owner_alone(self):
        decision = self._approved().qms_output_ids
        self.env.flush_all()
        for user in (self.user_colleague, self.user_guest, self.user_officer_b):
            self._refused(user, decision._name, "action_report_done", decision.ids, "x")
            self._refused(user, decision._name, "action_make_action", decision.ids)
        self._call(self.user_specialist, decision._name, "action_report_done", decision.ids, "Xong")
        self.env.invalidate_all()
        self.assertEqual(decision.done_words, "Xong")
