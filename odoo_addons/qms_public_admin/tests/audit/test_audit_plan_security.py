from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_plan import PlanCommon

READ = {"read"}
ALL = {"read", "write", "create", "unlink"}
# Who may do what with a draft that an ISO officer made.
MATRIX = {
    "qms.audit.programme": {"officer": ALL},
    "qms.audit.programme.line": {"officer": ALL},
    "qms.audit.proposal": {},
    "mgmtsystem.audit": {"officer": ALL, "auditor": ALL},
    "qms.audit.member": {"officer": ALL, "auditor": ALL},
    "qms.audit.slot": {"officer": ALL, "auditor": ALL},
    "qms.auditor": {"officer": ALL},
    "qms.auditor.training": {"officer": ALL},
}


@tagged("post_install", "-at_install")
class TestAuditPlanSecurity(PlanCommon):
    """Roles × operations, two agencies, and the defects of the base that are closed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        programme = cls._programme()
        cls._line(programme)
        programme.action_rank()
        audit = cls._audit(
            qms_slot_ids=[
                fields.Command.create(
                    {"name": "Work", "start": "2026-11-17 01:00:00", "stop": "2026-11-17 02:00:00"}
                )
            ]
        )
        training = cls.env["qms.auditor.training"].create(
            {"auditor_id": cls.auditor.id, "name": "Class", "date": "2026-01-01"}
        )
        cls.records = {
            "qms.audit.programme": programme,
            "qms.audit.programme.line": programme.line_ids,
            "qms.audit.proposal": programme.proposal_ids,
            "mgmtsystem.audit": audit,
            "qms.audit.member": audit.qms_team_ids,
            "qms.audit.slot": audit.qms_slot_ids,
            "qms.auditor": cls.auditor,
            "qms.auditor.training": training,
        }

    # === ROLES === #

    def test_roles_and_operations(self):
        for name, rights in MATRIX.items():
            for role, user in self.users_by_role.items():
                expected = rights.get(role, READ)
                record = self._as(self.records[name], user)
                for operation in sorted(ALL):
                    with self.subTest(model=name, role=role, operation=operation):
                        self.assertEqual(
                            record.has_access(operation), operation in expected, user.login
                        )

    def test_who_is_outside_reads_nothing(self):
        for name, record in self.records.items():
            with self.subTest(model=name):
                self.assertFalse(self._as(record, self.user_outsider).has_access("read"))

    def test_another_agency_sees_nothing(self):
        for name, record in self.records.items():
            with self.subTest(model=name):
                other = self._as(record, self.user_officer_b)
                self.assertFalse(other.search([("id", "in", record.ids)]))
                with self.assertRaises(AccessError):
                    other.read(["display_name"])

    def test_an_auditor_changes_only_the_audits_they_hold(self):
        other = self._audit(leader=self.auditor_2)
        mine = self._as(other, self.user_auditor)
        for operation in ("write", "unlink"):
            self.assertFalse(mine.has_access(operation))
        for vals in (
            {"user_id": self.user_auditor.id},
            {"qms_team_ids": [fields.Command.create({"auditor_id": self.auditor.id})]},
        ):
            with self.assertRaises(AccessError):
                mine.write(vals)
        with self.assertRaises(AccessError):
            self._as(self.env["qms.audit.member"], self.user_auditor).create(
                {"audit_id": other.id, "auditor_id": self.auditor.id, "role": "auditor"}
            )
        with self.assertRaises(AccessError):
            self._as(self.records["qms.audit.slot"], self.user_auditor).write(
                {"audit_id": other.id}
            )

    def test_verbs_of_roles(self):
        audit = self._audit()
        audit.action_generate_questions()
        for verb, allowed in (
            ("notify", {"officer"}),
            ("start", {"officer", "auditor"}),
            ("end", {"officer", "auditor"}),
        ):
            if verb == "end":
                self._as(audit, self.user_auditor).line_ids.write({"qms_answer": "conforming"})
            for role, user in self.users_by_role.items():
                if role in allowed:
                    continue
                seen = self._as(audit, user)
                with self.subTest(verb=verb, role=role):
                    self.assertFalse(seen[f"can_{verb}"])
                    with self.assertRaises(UserError):
                        getattr(seen, f"action_{verb}")()
            user = self.users_by_role[sorted(allowed)[0]]
            self.assertTrue(self._as(audit, user)[f"can_{verb}"])
            getattr(self._as(audit, user), f"action_{verb}")()
        self.assertEqual(audit.state, "reporting")

    def test_an_auditor_of_the_team_without_the_lead_does_not_ask_for_approval(self):
        second = new_test_user(
            self.env,
            login="qms_auditor_second",
            groups="qms_public_admin.group_qms_auditor",
            company_id=self.company.id,
            company_ids=[fields.Command.set(self.company.ids)],
        )
        audit = self._audit()
        audit.qms_team_ids = [
            fields.Command.create({"user_id": second.id, "role": "auditor"}),
        ]
        audit.action_generate_questions()
        audit.action_notify()
        seen = self._as(audit, second)
        seen.action_start()
        seen.line_ids.write({"qms_answer": "conforming"})
        seen.action_end()
        seen.qms_conclusion = "The system works."
        with self.assertRaisesRegex(UserError, "leader of the team"):
            seen.action_request_approval()

    def test_an_auditor_makes_and_announces_an_audit_of_their_own(self):
        audit = self._audit(user=self.user_auditor)
        self.assertEqual(audit.user_id, self.user_auditor)
        audit.action_notify()
        self.assertEqual(audit.state, "notified")

    # === AGENCIES === #

    def test_an_audit_stays_in_one_agency(self):
        stranger = self.env["hr.department"].create(
            {"name": "Stranger", "company_id": self.company_b.id}
        )
        with self.assertRaises(UserError):
            self._audit(qms_department_ids=[fields.Command.set(stranger.ids)])
        foreign = self.env["qms.auditor"].create(
            {"user_id": self.user_clerk_b.id, "company_id": self.company_b.id}
        )
        with self.assertRaises(UserError):
            self._audit(leader=foreign)
        with self.assertRaises(UserError):
            self._audit(
                qms_team_ids=[
                    fields.Command.create({"user_id": self.user_clerk_b.id, "role": "leader"})
                ]
            )

    def test_an_audit_is_not_handed_to_another_agency(self):
        with self.assertRaises(AccessError):
            self.records["mgmtsystem.audit"].company_id = self.company_b

    def test_an_officer_allowed_elsewhere_alone_runs_no_verb(self):
        audit = self._audit().with_user(self.user_officer_b).sudo()
        with self.assertRaises(UserError):
            audit.with_user(self.user_officer_b).sudo(False).action_notify()

    # === DEFECTS OF THE BASE (engineering.md, 6.4) === #

    def test_an_auditor_creates_audits(self):
        """The base lets its auditors edit audits and not make any."""
        self.assertTrue(
            self._as(self.env["mgmtsystem.audit"], self.user_auditor).has_access("create")
        )

    def test_the_groups_of_the_base_give_no_way_around_the_roles(self):
        for group in ("auditor", "user_manager", "manager"):
            user = new_test_user(
                self.env,
                login=f"base_{group}",
                groups=f"mgmtsystem.group_mgmtsystem_{group}",
                company_id=self.company.id,
                company_ids=[fields.Command.set(self.company.ids)],
            )
            audit = self._as(self.records["mgmtsystem.audit"], user)
            for operation in ("write", "create", "unlink"):
                with self.subTest(group=group, operation=operation):
                    self.assertFalse(audit.has_access(operation))

    def test_an_audit_has_an_agency(self):
        """The rule of the base lets audits without an agency through to everybody."""
        self.assertTrue(self.env["mgmtsystem.audit"]._fields["company_id"].required)
        self.env.cr.execute(
            "SELECT is_nullable FROM information_schema.columns"
            " WHERE table_name = 'mgmtsystem_audit' AND column_name = 'company_id'"
        )
        self.assertEqual(self.env.cr.fetchone(), ("NO",))

    def test_audits_of_the_base_without_an_agency_get_that_of_their_author(self):
        audit = self._audit()
        self.env.cr.execute("ALTER TABLE mgmtsystem_audit ALTER company_id DROP NOT NULL")
        self.env.cr.execute(
            "UPDATE mgmtsystem_audit SET company_id = NULL WHERE id = %s", [audit.id]
        )
        self.env["mgmtsystem.audit"]._qms_fill_agencies()
        audit.invalidate_recordset()
        self.assertEqual(audit.sudo().company_id, self.company)

    def test_the_automations_of_the_base_are_off(self):
        """They run on a date, and do nothing."""
        rules = (
            self.env["base.automation"]
            .with_context(active_test=False)
            .search([("model_name", "=", "mgmtsystem.audit")])
        )
        self.assertEqual(len(rules), 2)
        self.assertFalse(rules.filtered("active"))
        rules[0].active = True
        self.env["mgmtsystem.audit"]._qms_switch_off_base()
        self.assertFalse(rules.filtered("active"))

    def test_team_and_people_audited_are_told_apart_whatever_the_columns_are_called(self):
        """In the tables of the base the column user_id holds the audit."""
        audit = self._audit()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(audit.auditor_user_ids, self.user_auditor)
        self.assertEqual(audit.auditee_user_ids, self.user_head)
        self.assertEqual(
            self.env["mgmtsystem.audit"].search([("auditor_user_ids", "in", self.user_auditor.ids)])
            & audit,
            audit,
        )

    def test_nothing_of_the_base_is_offered_beside_ours(self):
        for name in (
            "audit_report_mgmtsystem_audit",
            "verification_report_mgmtsystem_audit",
            "copy_verification_lines_act_window",
        ):
            with self.subTest(action=name):
                self.assertFalse(self.env.ref(f"mgmtsystem_audit.{name}").binding_model_id)
        menu = self.env.ref("mgmtsystem.menu_mgmtsystem_root")
        self.assertFalse(menu.active)

    @mute_logger("odoo.sql_db")
    def test_the_form_of_an_audit_is_ours(self):
        view = self.env["mgmtsystem.audit"].get_view(view_type="form")
        self.assertEqual(view["id"], self.env.ref("qms_public_admin.mgmtsystem_audit_view_form").id)
