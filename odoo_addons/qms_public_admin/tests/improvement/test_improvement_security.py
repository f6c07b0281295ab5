from markupsafe import Markup

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_nonconformity import NonconformityCommon


@tagged("post_install", "-at_install")
class TestImprovementSecurity(NonconformityCommon):
    """Role by role what the class docstrings say, for own and other agencies."""

    READERS_OF_CONFIDENTIAL = {"officer", "leader", "auditor"}

    def _can(self, record, user, operation):
        return self._as(record, user).has_access(operation)

    # === NONCONFORMITIES === #

    def test_who_does_what_with_a_nonconformity(self):
        row = self._raise(qms_department_id=False, responsible_user_id=self.user_colleague.id)
        expected = {
            # role: read, write
            "clerk": (True, False),
            "staff": (True, False),
            "head": (True, False),
            "officer": (True, True),
            "auditor": (True, False),
            "leader": (True, True),
            "provincial": (True, False),
        }
        for role, user in self.users_by_role.items():
            with self.subTest(role=role):
                found = tuple(self._can(row, user, operation) for operation in ("read", "write"))
                self.assertEqual(found, expected[role])
                self.assertFalse(self._can(row, user, "unlink"))
        self.assertTrue(self._can(row, self.user_colleague, "write"))
        self.assertFalse(self._can(row, self.user_outsider, "read"))

    def test_a_head_works_on_those_of_the_own_unit(self):
        self.assertEqual(self.position_head.department_id, self.department)
        own = self._raise()
        other_unit = self.env["hr.department"].create(
            {"name": "Land division", "company_id": self.company.id}
        )
        other = self._raise(qms_department_id=other_unit.id)
        self.assertTrue(self._can(own, self.user_head, "write"))
        self.assertFalse(self._can(other, self.user_head, "write"))

    def test_everybody_but_the_provincial_office_may_raise_one(self):
        for role, user in self.users_by_role.items():
            wizard = self._as(self.env["qms.nonconformity.raise"], user)
            with self.subTest(role=role):
                dialog = wizard.create({"name": "x", "description": "y"})
                if role == "provincial":
                    with self.assertRaises(AccessError):
                        dialog.action_raise()
                    with self.assertRaises(AccessError):
                        self._as(self.nc_model, user).create({"name": "x", "description": "y"})
                else:
                    opened = dialog.action_raise()
                    row = self.nc_model.browse(opened["res_id"])
                    self.assertEqual(row.user_id, user)
                    self.assertTrue(self._can(row, user, "write"))

    def test_who_raised_it_works_on_the_draft_alone(self):
        row = self._raise(user=self.user_clerk)
        self._as(row, self.user_clerk).description = "More"
        self._as(row, self.user_officer).action_qms_analyse()
        with self.assertRaises(AccessError):
            self._as(row, self.user_clerk).description = "More still"

    def test_verbs_by_role(self):
        verbs = {
            "analyse": {"officer", "leader", "head", "staff"},
            "cancel": {"officer", "leader"},
        }
        row = self._raise()  # staff: the responsible; head: of the unit
        for verb, allowed in verbs.items():
            for role, user in self.users_by_role.items():
                with self.subTest(verb=verb, role=role):
                    seen = self._as(row, user)
                    self.assertEqual(seen[f"qms_can_{verb}"], role in allowed)
                    if role not in allowed:
                        with self.assertRaises(UserError):
                            words = ("x",) if verb == "cancel" else ()
                            getattr(seen, f"action_qms_{verb}")(*words)
        self.assertEqual(row.state, "draft")

    def test_verifying_closing_and_reopening_by_role(self):
        row, action = self._open_row()
        self._finish(action)
        self._verb_by_role(row, "verify", {"officer", "leader", "auditor"})
        self._as(row, self.user_auditor).action_qms_verify("x")
        self._verb_by_role(row, "close", {"officer", "leader"})
        self._as(row, self.user_leader).action_qms_close("x")
        self._verb_by_role(row, "reopen", {"officer", "leader", "auditor"})

    def _verb_by_role(self, row, verb, allowed):
        state = row.state
        for role, user in self.users_by_role.items():
            with self.subTest(verb=verb, role=role):
                seen = self._as(row, user)
                self.assertEqual(seen[f"qms_can_{verb}"], role in allowed)
                if role not in allowed:
                    with self.assertRaises(UserError):
                        getattr(seen, f"action_qms_{verb}")("x")
        self.assertEqual(row.state, state)

    # === CONFIDENTIAL ONES === #

    def _confidential(self):
        row, action = self._open_row(
            qms_is_confidential=True,
            responsible_user_id=self.user_specialist.id,
            qms_verifier_id=self.user_head.id,
        )
        row.qms_why_ids = [fields.Command.create({"answer": "secret"})]
        row.qms_branch_ids = [fields.Command.create({"category_id": self.cause.id})]
        row._qms_add_evidence(self.procedure)
        row.message_post(body=Markup("secret"))
        return row, action

    def test_a_confidential_one_is_read_by_few_with_all_that_belongs_to_it(self):
        row, action = self._confidential()
        parts = [
            row,
            row.qms_why_ids,
            row.qms_branch_ids,
            row.qms_evidence_ids,
            row.qms_event_ids,
            row.message_ids,
        ]
        named = {self.user_specialist, self.user_head}
        for role, user in self.users_by_role.items():
            reads = role in self.READERS_OF_CONFIDENTIAL or user in named
            for records in parts:
                with self.subTest(role=role, model=records._name):
                    self.assertTrue(records)
                    self.assertEqual(self._can(records, user, "read"), reads)
                    model = self._as(self.env[records._name], user)
                    found = model.search([("id", "in", records.ids)])
                    self.assertEqual(bool(found), reads)
        owner = self.user_colleague
        self.assertTrue(self._can(action, owner, "read"))
        self.assertFalse(self._can(row, owner, "read"))
        self.assertFalse(self._can(action, self.user_clerk, "read"))
        self.assertFalse(self._can(action.qms_event_ids, self.user_clerk, "read"))
        self.assertTrue(self._can(action.qms_event_ids, owner, "read"))

    def test_pages_of_rows_are_whole(self):
        """Rows are left out by the search itself: no short page where some are hidden."""
        secret, _action = self._confidential()
        for _number in range(3):
            open_row = self._as(self._raise(), self.user_officer)
            open_row.qms_why_ids = [fields.Command.create({"answer": "x"})]
            secret.qms_why_ids = [fields.Command.create({"answer": "secret"})]
        whys = self._as(self.env["qms.nonconformity.why"], self.user_clerk)
        self.assertEqual(len(whys.search([], limit=3, order="id desc")), 3)
        self.assertNotIn("secret", whys.search([]).mapped("answer"))

    def test_counts_do_not_tell_of_hidden_ones(self):
        self._confidential()
        seen = self._as(self.procedure, self.user_clerk)
        self.assertEqual(seen.qms_nonconformity_count, 0)
        seen = self._as(self.procedure, self.user_officer)
        self.assertEqual(seen.qms_nonconformity_count, 1)

    def test_followers_who_may_not_read_are_dropped(self):
        row = self._as(self._raise(), self.user_officer)
        row.message_subscribe((self.user_clerk | self.user_auditor).partner_id.ids)
        row.qms_is_confidential = True
        self.assertNotIn(self.user_clerk.partner_id, row.message_partner_ids)
        self.assertIn(self.user_auditor.partner_id, row.message_partner_ids)

    def test_confidence_is_lifted_by_officer_and_leader_alone(self):
        row, _action = self._confidential()
        with self.assertRaises(AccessError):
            self._as(row, self.user_specialist).qms_is_confidential = False
        self._as(row, self.user_officer).qms_is_confidential = False
        self.assertTrue(self._can(row, self.user_clerk, "read"))

    def test_staff_raise_a_confidential_one_and_do_not_read_it(self):
        wizard = self._as(self.env["qms.nonconformity.raise"], self.user_clerk)
        told = wizard.create(
            {"name": "x", "description": "y", "qms_is_confidential": True}
        ).action_raise()
        self.assertEqual(told["tag"], "display_notification")
        row = self.nc_model.search([("user_id", "=", self.user_clerk.id)], limit=1)
        self.assertTrue(row.qms_is_confidential)
        self.assertFalse(self._can(row, self.user_clerk, "read"))

    def test_a_complaint_about_an_official_stays_out_of_their_hands(self):
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Harassment",
                "description": "<p>x</p>",
                "company_id": self.company.id,
                "qms_kind": "complaint",
                "qms_department_id": self.department.id,
                "qms_officer_id": self.user_head.id,
            }
        )
        self.department.manager_id = self.env["hr.employee"].create(
            {"name": "Head", "user_id": self.user_head.id, "company_id": self.company.id}
        )
        seen = self._as(ticket, self.user_officer)
        opened = seen.action_qms_raise_nonconformity()
        wizard = seen.env["qms.nonconformity.raise"].with_context(opened["context"])
        result = wizard.create({"name": "x", "description": "y"}).action_raise()
        row = self.nc_model.browse(result["res_id"])
        self.assertTrue(row.qms_is_confidential)
        self.assertEqual(row.qms_source, "complaint")
        self.assertNotEqual(row.responsible_user_id, self.user_head)
        self.assertFalse(self._can(row, self.user_head, "read"))

    # === OTHER AGENCIES === #

    def test_rows_of_another_agency_are_never_read(self):
        row, action = self._open_row()
        row.qms_why_ids = [fields.Command.create({"answer": "x"})]
        row._qms_add_evidence(self.procedure)
        records = [row, action, row.qms_why_ids, row.qms_evidence_ids, row.qms_event_ids]
        for records_of in records:
            model = self._as(self.env[records_of._name], self.user_officer_b)
            with self.subTest(model=records_of._name):
                self.assertTrue(records_of)
                self.assertFalse(self._can(records_of, self.user_officer_b, "read"))
                self.assertFalse(model.search([("id", "in", records_of.ids)]))

    def test_rows_without_an_agency_are_read_by_nobody(self):
        """The base shows them to all; new ones cannot be made (see the flow)."""
        _row, action = self._open_row()
        self.env.cr.execute("ALTER TABLE mgmtsystem_action ALTER company_id DROP NOT NULL")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mgmtsystem_action SET company_id = NULL WHERE id = %s", [action.id]
        )
        self.env.invalidate_all()
        for user in (self.user_officer, self.user_officer_b):
            model = self._as(self.env["mgmtsystem.action"], user)
            self.assertFalse(model.search([("id", "=", action.id)]))

    def test_verbs_refuse_other_agencies(self):
        row = self._raise()
        with self.assertRaises(AccessError):
            self._as(row, self.user_officer_b).action_qms_analyse()

    def test_nobody_hands_a_row_to_another_agency(self):
        row = self._as(self._raise(), self.user_officer)
        with self.assertRaises(UserError):
            row.company_id = self.company_b

    # === ACTIONS === #

    def test_who_does_what_with_an_action(self):
        row = self._raise(qms_department_id=False, responsible_user_id=self.user_officer.id)
        action = self._plan_action(row)
        expected = {
            "clerk": (True, False),
            "staff": (True, False),
            "head": (True, False),
            "officer": (True, True),
            "auditor": (True, False),
            "leader": (True, True),
            "provincial": (True, False),
        }
        for role, user in self.users_by_role.items():
            with self.subTest(role=role):
                found = tuple(self._can(action, user, operation) for operation in ("read", "write"))
                self.assertEqual(found, expected[role])
        self.assertTrue(self._can(action, self.user_colleague, "write"))

    # === LISTS === #

    def test_lists_shared_by_agencies_are_kept_by_who_works_in_all(self):
        cause = self.cause
        with self.assertRaises(AccessError):
            self._as(cause, self.user_officer).name = "x"
        with self.assertRaises(AccessError):
            self._as(cause, self.user_specialist).name = "x"
        everywhere = self.env["res.company"].search([])
        self.user_officer.company_ids = everywhere
        self._as(cause, self.user_officer).name = "Staff"
        self.assertEqual(cause.name, "Staff")

    def test_groups_of_the_bases_give_no_more(self):
        user = self.user_outsider
        user.group_ids += self.env.ref("mgmtsystem.group_mgmtsystem_manager")
        self.env.invalidate_all()
        row, action = self._open_row(qms_is_confidential=True)
        for record in (row, action):
            self.assertFalse(self._can(record, user, "read"))
            self.assertFalse(self._can(record, user, "write"))
