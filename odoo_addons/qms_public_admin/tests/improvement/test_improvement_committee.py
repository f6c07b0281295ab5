from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..rpc_case import RpcCase
from .common_risk import ALL, RiskCommon


@tagged("post_install", "-at_install")
class TestImprovementCommittee(RiskCommon):
    """One committee in force, by a decision; those before it stay as history."""

    def test_a_committee_is_approved_and_brought_into_force(self):
        committee = self._committee()
        committee.action_submit()
        self.assertEqual(committee.state, "review")
        with self.assertRaises(UserError):
            self._as(committee, self.user_head).action_approve()
        self._as(committee, self.user_leader).action_approve()
        self.assertEqual(committee.state, "approved")
        with self.assertRaises(UserError), self.cr.savepoint():
            committee.action_bring_into_force()
        committee.write({"decision_no": "12/QĐ-STC", "decision_date": "2026-11-09"})
        committee.action_bring_into_force()
        self.assertEqual(committee.state, "in_force")
        self.assertEqual(committee.action_verify_content()["params"]["type"], "success")

    def test_a_decision_on_paper_needs_its_file_and_names_who_recorded_it(self):
        committee = self._committee(
            is_on_paper=True, decision_no="1/QĐ", decision_date="2026-10-30"
        )
        with self.assertRaises(UserError), self.cr.savepoint():
            committee.action_record()
        self._add_file(committee)
        committee.action_record()
        self.assertEqual(committee.state, "in_force")
        self.assertEqual(committee.recorded_name, self.user_officer.name)

    def test_what_was_decided_on_paper_and_what_is_decided_here_stay_apart(self):
        vals = {"decision_no": "1/QĐ", "decision_date": "2026-10-30"}
        on_paper, here = self._committee(is_on_paper=True, **vals), self._committee(**vals)
        for committee, verb in ((on_paper, "submit"), (here, "record")):
            self._add_file(committee)
            with self.assertRaises(UserError), self.cr.savepoint():
                getattr(committee, f"action_{verb}")()
            self.assertEqual(committee.state, "draft")

    def test_recording_on_paper_asks_for_number_day_and_people(self):
        for more in (
            {"decision_no": False},
            {"decision_date": False},
            {"member_ids": [(0, 0, {"role": "head", "name": "A"})]},
        ):
            vals = {"decision_no": "1/QĐ", "decision_date": "2026-10-30", **more}
            committee = self._committee(is_on_paper=True, **vals)
            self._add_file(committee)
            with self.assertRaises(UserError), self.cr.savepoint():
                committee.action_record()

    def test_it_begins_and_ends_on_days_that_fit(self):
        later = {"decision_no": "2/QĐ", "decision_date": "2026-10-30", "date_from": "2026-12-01"}
        committee = self._committee(is_on_paper=True, **later)
        self._add_file(committee)
        with self.assertRaisesRegex(UserError, "comes into force then"):
            committee.action_record()
        running = self._recorded()
        for day in ("2026-10-31", "2026-11-10"):
            with self.assertRaises(UserError), self.cr.savepoint():
                running.action_close(day)
        same_day = self._committee(is_on_paper=True, **{**later, "date_from": "2026-11-01"})
        self._add_file(same_day)
        with self.assertRaises(UserError), self.cr.savepoint():
            same_day.action_record()
        self.assertEqual((running.state, same_day.state), ("in_force", "draft"))

    def test_members_are_written_while_it_is_a_draft(self):
        committee = self._committee()
        member = committee.member_ids[0]
        new = {"committee_id": committee.id, "name": "X", "leave_reason": "Ill"}
        self.assertFalse(committee.member_ids.create(new).leave_reason)
        committee.action_submit()
        for state in ("review", "approved"):
            self.assertEqual(committee.state, state)
            with self.assertRaises(ValidationError), self.cr.savepoint():
                committee.member_ids.create(new)
            with self.assertRaises(ValidationError), self.cr.savepoint():
                member.name = "X"
            with self.assertRaises(ValidationError), self.cr.savepoint():
                member.unlink()
            if state == "review":
                self._as(committee, self.user_leader).action_approve()

    def test_who_leaves_early_says_why_within_the_term(self):
        member = self._recorded().member_ids[2]
        for day, words in (
            ("2026-11-05", " "),
            ("2026-11-05", None),
            ("2026-10-31", "Retired"),
            ("2027-11-01", "Retired"),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                member.action_leave(day, words)
        member.action_leave("2026-11-05", "Retired")
        self.assertEqual((str(member.date_to), member.leave_reason), ("2026-11-05", "Retired"))
        draft = self._committee().member_ids[0]
        draft.leave_reason = "Ill"
        self.assertFalse(draft.leave_reason)

    def test_who_writes_a_member_does_not_approve(self):
        self.user_leader.group_ids += self.env.ref("qms_public_admin.group_qms_officer")
        for write in (
            lambda rows: rows.create({"committee_id": rows.committee_id.id, "name": "X"}),
            lambda rows: rows[:1].write({"duties": "All"}),
            lambda rows: rows[2:].unlink(),
        ):
            committee = self._committee()
            self.assertNotIn(self.user_leader, committee._approval_author())
            write(self._as(committee.member_ids, self.user_leader))
            self.assertIn(self.user_leader, committee._approval_author())

    def test_a_committee_has_one_head_and_a_secretary(self):
        for members in (
            [{"role": "secretary", "name": "A"}],
            [{"role": "head", "name": "A"}],
            [{"role": "head", "name": "A"}, {"role": "head", "name": "B", "is_secretary": True}],
        ):
            committee = self._committee(member_ids=[(0, 0, vals) for vals in members])
            with self.assertRaises(UserError), self.cr.savepoint():
                committee.action_submit()
        committee = self._committee(
            member_ids=[(0, 0, {"role": "head", "name": "A", "is_secretary": True})]
        )
        committee.action_submit()

    def test_the_next_committee_ends_the_one_before_it(self):
        first = self._recorded()
        with freeze_time("2027-11-02 01:00:00"):
            second = self.env["qms.committee"].browse(first.action_renew()["res_id"])
            self.assertEqual(str(second.date_from), "2027-11-02")
            self.assertEqual(second.member_ids.mapped("role"), first.member_ids.mapped("role"))
            second = self._as(second, self.user_officer)
            second.write(
                {"is_on_paper": True, "decision_no": "2/QĐ", "decision_date": "2027-11-01"}
            )
            self._add_file(second)
            second.action_record()
        self.assertEqual((first.state, str(first.closed_on)), ("closed", "2027-11-01"))
        self.assertEqual(second.state, "in_force")

    def test_the_database_holds_one_in_force(self):
        first = self._recorded()
        second = self._committee()
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self.cr.execute(
                "UPDATE qms_committee SET state = 'in_force', decision_no = 'x',"
                " decision_date = '2026-01-01', content_sha256 = 'x', recorded_name = 'x'"
                " WHERE id = %s",
                [second.id],
            )
        self.assertEqual(first.state, "in_force")

    def test_an_older_decision_becomes_history(self):
        present = self._recorded()
        older = self._recorded("9/QĐ", date_from="2024-01-01", date_to="2024-12-31")
        self.assertEqual((older.state, str(older.closed_on)), ("closed", "2024-12-31"))
        self.assertEqual(present.state, "in_force")

    def test_one_that_begins_later_waits_for_its_day(self):
        first = self._recorded()
        later = self._committee(date_from="2026-11-20", date_to=False)
        later.action_submit()
        self._as(later, self.user_leader).action_approve()
        later.write({"decision_no": "3/QĐ", "decision_date": "2026-11-09"})
        with self.assertRaises(UserError), self.cr.savepoint():
            later.action_bring_into_force()
        self.env["qms.committee"]._follow_all(lambda *args, **kwargs: 1)
        self.assertEqual(later.state, "approved")
        with freeze_time("2026-11-20 01:00:00"):
            self.env["qms.committee"]._follow_all(lambda *args, **kwargs: 1)
        self.assertEqual((first.state, later.state), ("closed", "in_force"))
        self.assertEqual(str(first.closed_on), "2026-11-19")

    def test_the_officer_is_reminded_once_of_the_end_of_the_term(self):
        committee = self._recorded()
        for _night in range(2):
            with freeze_time("2027-10-10 01:00:00"):
                self.env["qms.committee"]._follow_all(lambda *args, **kwargs: 1)
        self.assertEqual(len(committee.sudo().activity_ids), 1)
        self.assertEqual(committee.sudo().activity_ids.user_id, self.user_officer)

    # === ROLES ON PAPERS === #

    def test_the_role_of_a_person_on_a_day(self):
        committee = self._recorded()
        role = self.company._qms_committee_role
        self.assertEqual(role(self.user_specialist), "")
        self.assertTrue(role(self.user_leader))
        self.assertEqual(role(self.user_leader, "2026-10-31"), "")
        self.assertEqual(role(self.user_leader, "2027-10-31"), role(self.user_leader))
        self.assertEqual(role(self.user_leader, "2027-11-01"), "")
        self.assertEqual(self.company_b._qms_committee_role(self.user_leader), "")
        self.assertEqual(self.company._qms_secretaries(), self.user_officer)
        member = committee.member_ids.filtered(lambda row: row.user_id == self.user_head)
        self._as(member, self.user_officer).action_leave("2026-11-05", "Retired")
        self.assertEqual(role(self.user_head, "2026-11-06"), "")
        self.assertTrue(role(self.user_head, "2026-11-05"))
        with self.assertRaises(UserError):
            self._as(member, self.user_officer).action_leave("2026-11-04", "Again")

    def test_who_signs_keeps_the_role_as_text(self):
        self._recorded()
        later = self._committee(date_from="2026-11-09")
        later.action_submit()
        self._as(later, self.user_leader).action_approve()
        role = self.company._qms_committee_role(self.user_leader)
        decisions = later.sudo().decision_ids
        signed = decisions.filtered(lambda row: row.user_id == self.user_leader)
        self.assertIn(role, signed.position_name)
        self.assertIn(role, [row["title"] for row in later._sign_off_rows()])
        later.write({"decision_no": "3/QĐ", "decision_date": "2026-11-09"})
        later.action_bring_into_force()
        later.action_close()
        self.assertIn(role, signed.position_name)

    # === ROLES × OPERATIONS === #

    def test_rights_by_role(self):
        for role, user in self.users_by_role.items():
            expected = ALL if role == "officer" else {"read"}
            for model in ("qms.committee", "qms.committee.member"):
                with self.subTest(role=role, model=model):
                    self.assertEqual(self._rights(model, user), expected)
        self.assertEqual(self._rights("qms.committee", self.user_outsider), set())

    def test_another_agency_is_not_seen(self):
        other = self._recorded(user=self.user_officer_b)
        self.assertEqual(other.company_id, self.company_b)
        for record in (other, other.member_ids[:1]):
            own = self._as(record, self.user_officer)
            self.assertFalse(own.search([("id", "=", record.id)]))
            with self.assertRaises(AccessError):
                own.read(["company_id"])

    def test_readers_change_nothing(self):
        committee = self._recorded()
        for user in (self.user_specialist, self.user_leader, self.user_provincial):
            for act in ("action_close", "action_renew"):
                with (
                    self.subTest(user=user.login, act=act),
                    self.assertRaises(UserError),
                    self.cr.savepoint(),
                ):
                    getattr(self._as(committee, user), act)()

    def test_nobody_changes_a_committee_in_force(self):
        committee = self._recorded().sudo()
        member = committee.member_ids[0]
        for record, vals in (
            (committee, {"decision_no": "2"}),
            (committee, {"date_to": "2030-01-01"}),
            (committee, {"member_ids": [(0, 0, {"name": "X", "role": "member"})]}),
            (member, {"role": "member"}),
            (member, {"name": "Somebody else"}),
            (member, {"date_to": "2030-01-01"}),
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError), self.cr.savepoint():
                record.write(vals)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            member.unlink()
        with self.assertRaises(UserError), self.cr.savepoint():
            committee.unlink()
        with self.assertRaises(UserError), self.cr.savepoint():
            committee.attachment_ids.unlink()


@tagged("post_install", "-at_install")
class TestImprovementCommitteeAttacks(RiskCommon, RpcCase):
    """What a login alone can send."""

    FORGED = (
        {"_qms_lifecycle": True, "default_state": "in_force"},
        {"_qms_lifecycle": "<object object>"},
    )

    def test_a_committee_in_force_is_not_changed(self):
        committee = self._recorded()
        self.env.flush_all()
        member = committee.member_ids[0]
        before = (committee.state, committee.decision_no, member.name, member.role)
        for record, vals in (
            (committee, {"state": "closed"}),
            (committee, {"state": "draft"}),
            (committee, {"decision_no": "forged"}),
            (committee, {"member_ids": [[0, 0, {"name": "X", "role": "head"}]]}),
            (committee, {"member_ids": [[1, member.id, {"name": "X"}]]}),
            (committee, {"member_ids": [[2, member.id]]}),
            (member, {"role": "deputy"}),
            (member, {"name": "X", "user_id": self.user_specialist.id}),
            (member, {"leave_reason": "X", "date_to": "2026-11-02"}),
        ):
            self._refused(self.user_officer, record._name, "write", record.ids, vals)
            self._refused(self.user_officer, record._name, "web_save", record.ids, vals, {})
        self._refused(self.user_officer, "qms.committee.member", "unlink", member.ids)
        self._refused(self.user_officer, "qms.committee", "_come_into_force", committee.ids)
        self.env.invalidate_all()
        self.assertEqual((committee.state, committee.decision_no, member.name, member.role), before)

    def test_a_committee_is_not_born_in_force(self):
        vals = {"decision_no": "x", "decision_date": "2026-01-01", "date_from": "2026-01-01"}
        for extra in (
            {"state": "in_force"},
            {"recorded_name": "x"},
            {"content_sha256": "x"},
            {"approval_state": "approved"},
        ):
            self._refused(self.user_officer, "qms.committee", "create", [{**vals, **extra}])

    def test_staff_join_no_committee(self):
        committee = self._committee()
        self.env.flush_all()
        vals = {"committee_id": committee.id, "name": "x", "role": "head"}
        self._refused(self.user_specialist, "qms.committee.member", "create", [vals])
        self._refused(self.user_specialist, "qms.committee", "write", committee.ids, {"note": "x"})
        self._refused(self.user_officer_b, "qms.committee.member", "create", [vals])
