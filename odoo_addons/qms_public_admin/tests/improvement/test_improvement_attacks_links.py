from markupsafe import Markup

from odoo.tests import tagged

from ..rpc_case import RpcCase
from .common_nonconformity import NonconformityCommon

NC = "mgmtsystem.nonconformity"
ACTION = "mgmtsystem.action"
MEANWHILE = "2026-12-31"


@tagged("post_install", "-at_install")
class TestImprovementLinkAttacks(NonconformityCommon, RpcCase):
    """A link gives rights to what it leads to: it is made by who has them on both ends."""

    def setUp(self):
        super().setUp()
        self.row, self.action = self._open_row()
        self.own = self._raise(
            self.user_clerk, responsible_user_id=self.user_clerk.id, qms_department_id=False
        ).sudo()
        self.env.flush_all()

    def _plan(self):
        self.env.invalidate_all()
        return self.action.nonconformity_ids, self.action.date_deadline, self.action.qms_state

    def test_who_is_responsible_takes_no_action_of_others(self):
        """Who is responsible plans the actions of a nonconformity: also those of others?"""
        before = self._plan()
        for vals in (
            {"action_ids": [[4, self.action.id, 0]]},
            {"action_ids": [[6, 0, self.action.ids]]},
            {"action_ids": [self.action.id]},
            {"immediate_action_id": self.action.id},
        ):
            for method, more in (("write", ()), ("web_save", ({},))):
                self._refused(self.user_clerk, NC, method, self.own.ids, vals, *more)
            born = {"name": "x", "description": "y", "responsible_user_id": self.user_clerk.id}
            self._refused(self.user_clerk, NC, "create", [{**born, **vals}])
            defaults = {f"default_{name}": value for name, value in vals.items()}
            self._refused(self.user_clerk, NC, "create", [born], contexts=[defaults])
        self._refused(
            self.user_clerk, ACTION, "write", self.action.ids, {"date_deadline": MEANWHILE}
        )
        self.assertEqual(self._plan(), before)

    def test_no_action_is_taken_off_a_nonconformity_of_others(self):
        """A head plans the actions of the own units, wherever they are hung."""
        before = self._plan()
        for command in ([3, self.action.id, 0], [5, 0, 0], [6, 0, []]):
            self._refused(self.user_clerk, NC, "write", self.row.ids, {"action_ids": [command]})
        self.action.sudo().qms_department_id = self.department
        self.department.manager_id = self.env["hr.employee"].create(
            {"name": "Head", "user_id": self.user_head.id, "company_id": self.company.id}
        )
        self.row.sudo().qms_department_id = False
        self.env.flush_all()
        for commands in ([[3, self.row.id, 0]], [[5, 0, 0]], [[4, self.own.id, 0]]):
            self._refused(
                self.user_head, ACTION, "write", self.action.ids, {"nonconformity_ids": commands}
            )
        self.assertEqual(self._plan(), before)

    def test_an_action_is_hung_on_no_nonconformity_of_others(self):
        plan = {"name": "x", "type_action": "correction", "user_id": self.user_clerk.id}
        both = [[6, 0, [self.own.id, self.row.id]]]
        self._refused(self.user_clerk, ACTION, "create", [{**plan, "nonconformity_ids": both}])
        self._refused(
            self.user_clerk,
            ACTION,
            "create",
            [plan],
            contexts=[{"default_nonconformity_ids": both}],
        )
        (made,) = self._call(
            self.user_clerk, ACTION, "create",
            [{**plan, "nonconformity_ids": [[4, self.own.id, 0]]}],
        )  # fmt: skip
        self._refused(self.user_clerk, ACTION, "write", [made], {"nonconformity_ids": both})
        self.assertEqual(self.row.action_ids, self.action)

    def test_the_plan_that_was_verified_stays(self):
        self._finish(self.action)
        self._as(self.row, self.user_auditor).action_qms_verify("Seen")
        plan = {"name": "x", "type_action": "correction", "user_id": self.user_clerk.id}
        link = {"nonconformity_ids": [[4, self.row.id, 0]]}
        self._refused(self.user_officer, ACTION, "create", [{**plan, **link}])
        (made,) = self._call(self.user_officer, ACTION, "create", [plan])
        self._refused(self.user_officer, ACTION, "write", [made], link)
        self.assertEqual(self.row.action_ids, self.action)

    def test_a_confidential_action_is_not_read_by_linking_it(self):
        _row, secret = self._open_row(qms_is_confidential=True)
        self.env.flush_all()
        self._refused(self.user_clerk, ACTION, "read", secret.ids, ["name"])
        for vals in ({"action_ids": [[4, secret.id, 0]]}, {"immediate_action_id": secret.id}):
            self._refused(self.user_clerk, NC, "write", self.own.ids, vals)
        self._refused(self.user_clerk, ACTION, "read", secret.ids, ["name"])

    def test_an_owner_does_not_take_the_plan_by_a_risk_of_their_own(self):
        """Who owns a risk plans the actions against it."""
        risk = self._as(self.env["qms.risk"], self.user_colleague).create({"name": "Mine"})
        self.env.flush_all()
        before = self._plan()
        user = self.action.user_id
        self.assertEqual(user, self.user_colleague)
        self._refused(user, ACTION, "write", self.action.ids, {"qms_risk_id": risk.id})
        self._refused(user, "qms.risk", "write", risk.ids, {"action_ids": [[4, self.action.id, 0]]})
        self.assertEqual(self._plan(), before)

    def test_nothing_is_born_ended_by_a_context(self):
        """Verbs create with elevated rights: what a context pretends does not reach them."""
        made = self._call(
            self.user_clerk,
            "qms.nonconformity.raise",
            "create",
            [{"name": "x", "description": "y"}],
        )
        forged = {
            "default_state": "done",
            "default_stage_id": self.row._stage_of("done").id,
            "default_evaluation_comments": "Nothing to do",
            "default_closing_date": "2026-01-01 00:00:00",
            "default_qms_closed_by_id": self.user_leader.id,
            "default_qms_verified_by_id": self.user_auditor.id,
        }
        last = self.nc_model.search([], order="id desc", limit=1)
        self._call(self.user_clerk, "qms.nonconformity.raise", "action_raise", made, context=forged)
        row = self.nc_model.search([("id", ">", last.id)])
        self.assertEqual(len(row), 1)
        self.assertEqual((row.state, row.stage_id.state), ("draft", "draft"))
        self.assertFalse(row.qms_closed_by_id or row.qms_verified_by_id or row.closing_date)

    def test_no_mail_storm_by_who_plans_nothing(self):
        mails = self.env["mail.mail"].sudo()
        before = mails.search_count([])
        for user in (self.user_clerk, self.user_provincial, self.user_auditor):
            self._refused(user, ACTION, "send_mail_for_action", self.action.ids)
        self.assertEqual(mails.search_count([]), before)


@tagged("post_install", "-at_install")
class TestImprovementConfidence(NonconformityCommon, RpcCase):
    """What is confidential is told by no link, no message and no list."""

    def setUp(self):
        super().setUp()
        self.row, self.action = self._open_row(name="Secret matter")
        self.action.name = "Secret deed"
        self.env.flush_all()

    def test_a_link_does_not_tell_the_title(self):
        again = self._raise(self.user_officer, name="Again", qms_recurrence_of_id=self.row.id)
        self.row.qms_is_confidential = True
        self.env.flush_all()
        for user in (self.user_clerk, self.user_head, self.user_provincial):
            [shown] = self._call(user, NC, "read", again.ids, ["qms_recurrence_of_id"])
            self.assertEqual(shown["qms_recurrence_of_id"][1], self.row.ref)
            [group] = self._call(
                user, NC, "formatted_read_group", [["id", "=", again.id]],
                ["qms_recurrence_of_id"], ["__count"],
            )  # fmt: skip
            self.assertEqual(group["qms_recurrence_of_id"][1], self.row.ref)
            self.env.invalidate_all()
            link = self.action.with_user(user).sudo()
            self.assertEqual(link.display_name, self.action.reference)
        self.assertIn("Secret", self._as(self.row, self.user_officer).display_name)
        self.assertIn("Secret", self._as(self.action, self.user_colleague).display_name)

    def test_evidence_does_not_tell_what_is_confidential(self):
        """Its label is kept for everybody who reads the other one."""
        self.row.qms_is_confidential = True
        other = self._raise(self.user_officer, name="Open to all")
        self._as(other, self.user_officer)._qms_add_evidence(
            [self._as(self.row, self.user_officer), self._as(self.action, self.user_officer)]
        )
        self.env.flush_all()
        rows = self._call(
            self.user_clerk, "qms.nonconformity.evidence", "search_read",
            [["nonconformity_id", "=", other.id]], ["name"],
        )  # fmt: skip
        names = {row["name"] for row in rows}
        self.assertEqual(names, {self.row.ref, self.action.reference})

    def test_who_raised_a_confidential_one_hears_no_more_of_it(self):
        made = self._call(
            self.user_clerk, "qms.nonconformity.raise", "create",
            [{"name": "x", "description": "y", "qms_is_confidential": True}],
        )  # fmt: skip
        last = self.nc_model.search([], order="id desc", limit=1)
        self._call(self.user_clerk, "qms.nonconformity.raise", "action_raise", made)
        row = self.nc_model.sudo().search([("id", ">", last.id)])
        self.assertTrue(row.qms_is_confidential)
        self.assertNotIn(self.user_clerk.partner_id, row.message_partner_ids)
        self._as(row, self.user_officer).message_post(
            body=Markup("secret"), subtype_xmlid="mail.mt_comment"
        )
        self.env.flush_all()
        message = row.message_ids[:1]
        self._refused(self.user_clerk, "mail.message", "read", message.ids, ["body"])

    def test_who_follows_an_action_hears_no_more_once_it_is_confidential(self):
        self.action.message_subscribe(self.user_clerk.partner_id.ids)
        self.row.message_subscribe(self.user_clerk.partner_id.ids)
        self.row.qms_is_confidential = True
        for record in (self.row, self.action):
            self.assertNotIn(self.user_clerk.partner_id, record.message_partner_ids, record)
        self.assertIn(self.user_colleague.partner_id, self.action.message_partner_ids)

    def test_a_copy_is_as_confidential(self):
        self.row.qms_is_confidential = True
        self.env.flush_all()
        (copy,) = self._call(self.user_auditor, NC, "copy", self.row.ids)
        self._refused(self.user_clerk, NC, "read", [copy], ["name"])

    def test_tags_of_all_agencies_are_kept_by_who_works_for_all(self):
        tag = self.env["mgmtsystem.action.tag"].create({"name": "Shared"})
        self.env.flush_all()
        user = self.user_officer
        self._refused(user, tag._name, "write", tag.ids, {"name": "x"})
        self._refused(user, tag._name, "unlink", tag.ids)
        self._refused(user, tag._name, "create", [{"name": "y"}])

    def test_a_follower_is_not_added_past_the_confidence(self):
        """Whoever handles it may tell nobody by the list of followers either."""
        self.row.qms_is_confidential = True
        self.env.flush_all()
        self._call(
            self.user_specialist, NC, "message_subscribe", self.row.ids,
            self.user_clerk.partner_id.ids,
        )  # fmt: skip
        for record in (self.row, self.action):
            record.sudo().message_subscribe(self.user_clerk.partner_id.ids)
            self.env.invalidate_all()
            self.assertNotIn(self.user_clerk.partner_id, record.message_partner_ids)
