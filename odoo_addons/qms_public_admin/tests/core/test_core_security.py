import datetime

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .. import common
from ..rpc_case import RpcCase

NOW = common.NOW
TODAY = NOW.date()
ALL = {"read", "write", "create", "unlink"}
OPERATIONS = sorted(ALL)
# Model: operations of (ISO officer, every other role); people without a role have none.
RIGHTS = {
    "qms.agency": (ALL, {"read"}),
    "qms.agency.level": (ALL, {"read"}),
    "qms.position": (ALL, {"read"}),
    "qms.delegation": (ALL, ALL),
    "qms.calendar.exception": (ALL, {"read"}),
    "qms.event.anchor": ({"read"}, {"read"}),
    "qms.event.verification": ({"read"}, {"read"}),
    "qms.event.verification.line": ({"read"}, {"read"}),
    "qms.calendar.reprojection": (ALL, set()),
    "qms.calendar.reprojection.line": (ALL, set()),
    "qms.holiday.wizard": (ALL, set()),
    "qms.holiday.wizard.option": (ALL, set()),
    "qms.holiday.wizard.line": (ALL, set()),
}


@tagged("post_install", "-at_install")
class TestCoreSecurity(common.QmsCommon):
    def setUp(self):
        super().setUp()
        freezer = freeze_time(NOW)
        self.clock = freezer.start()
        self.addCleanup(freezer.stop)

    def _refused(self, record, vals):
        with self.assertRaises(UserError), self.cr.savepoint():
            record.write(vals)
        self.env.invalidate_all()

    # === ROLES × OPERATIONS === #

    def test_rights_by_role(self):
        users = {**self.users_by_role, "outsider": self.user_outsider}
        for model, (officer, others) in RIGHTS.items():
            for role, user in users.items():
                expected = {"officer": officer, "outsider": set()}.get(role, others)
                records = self.env[model].with_user(user)
                with self.subTest(model=model, role=role):
                    found = {name for name in OPERATIONS if records.has_access(name)}
                    self.assertEqual(found, expected)

    def test_portal_and_public_users_have_nothing(self):
        strangers = self.env.ref("base.public_user") | self.env["res.users"].create(
            {
                "name": "Citizen",
                "login": "qms_citizen",
                "group_ids": [fields.Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        ours = [name for name in self.env.registry if name.startswith("qms.")]
        self.assertGreater(len(ours), 40)
        for model in ours:
            for user in strangers:
                records = self.env[model].with_user(user)
                found = {name for name in OPERATIONS if records.has_access(name)}
                self.assertFalse(found, (model, user.login))

    def test_every_model_of_an_agency_has_its_company_rule(self):
        """Rows with a company are shown to its users only (the register of agencies and
        the rows a user wrote for themselves are the exceptions)."""
        rules = self.env["ir.rule"].search([("groups", "=", False), ("perm_read", "=", True)])
        guarded = {rule.model_id.model for rule in rules if "company" in rule.domain_force}
        own = {rule.model_id.model for rule in rules if "user.id" in rule.domain_force}
        bound = {
            name
            for name, model in self.env.items()
            if name.startswith("qms.")
            and not model._abstract
            and "company_id" in model._fields
            and model._fields["company_id"].store
        }
        self.assertFalse(bound - guarded - own - {"qms.agency"})

    def test_every_screen_of_one_user_is_closed_to_others(self):
        """Odoo itself shows transient rows to everybody with the access right."""
        rules = self.env["ir.rule"].search([("groups", "=", False), ("perm_read", "=", True)])
        own = {rule.model_id.model for rule in rules if "user.id" in rule.domain_force}
        screens = {
            name
            for name, model in self.env.items()
            if name.startswith("qms.") and model._transient and not model._abstract
        }
        self.assertFalse(screens - own)

    # === TWO AGENCIES === #

    def test_rows_are_not_pushed_into_another_agency(self):
        position = self._as(self.position_clerk, self.user_officer)
        self._refused(position, {"company_id": self.company_b.id, "department_id": False})
        self._refused(position, {"company_id": False, "department_id": False})
        day = self._as(self.env["qms.calendar.exception"], self.user_officer).create(
            {"name": "x", "date": "2026-12-01", "company_id": self.company.id}
        )
        self._refused(day, {"company_id": self.company_b.id})
        self._refused(day, {"company_id": False})
        self.user_specialist.company_ids |= self.company_b
        self.user_colleague.company_ids |= self.company_b
        delegation = self._delegation()
        self._refused(self._as(delegation, self.user_specialist), {"company_id": self.company_b.id})

    def test_rows_of_another_agency_are_not_seen(self):
        delegation = self._delegation()
        anchor = self._anchor()
        for records in (self.position_clerk, delegation, anchor):
            foreign = self._as(records, self.user_officer_b)
            with self.subTest(model=records._name):
                self.assertTrue(records)
                self.assertFalse(foreign.search([("id", "in", records.ids)]))
                for operation in OPERATIONS:
                    self.assertFalse(foreign.has_access(operation), operation)
        with self.assertRaises(AccessError):
            self._as(anchor, self.user_officer_b).action_verify()

    def _anchor(self):
        self._accepted_dossier()
        self.clock.move_to(NOW + datetime.timedelta(days=1))
        anchors = self.env["qms.event.anchor"]._anchor_company(self.company)
        self.assertTrue(anchors)
        return anchors

    def test_anchors_are_written_by_nobody(self):
        anchor = self._anchor()[:1]
        for user in (*self.users_by_role.values(), self.env.ref("base.user_root")):
            mine = anchor.with_user(user)
            for attack in (
                lambda mine=mine: mine.write({"hash": "x"}),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.with_context(_qms_anchor=True).create(
                    {"company_id": self.company.id, "date": TODAY, "hash": "x"}
                ),
            ):
                with self.assertRaises(AccessError):
                    attack()

    def test_an_officer_does_not_become_another_agency(self):
        """Its company reads what an agency co-ordinates: an administrator links the two."""
        outside = self.env["qms.agency"].create({"name": "Outside", "code": "H99.03"})
        own = self.company.qms_agency_id
        for agency, company in ((own, False), (outside, self.company.id)):
            self._refused(self._as(agency, self.user_officer), {"company_id": company})
        self._as(outside, self.user_officer).write({"note": "the register is kept by all"})
        self._refused(self._as(self.company_b.qms_agency_id, self.user_officer), {"note": "x"})
        admin = self.user_auditor
        admin.group_ids |= self.env.ref("base.group_erp_manager")
        admin.group_ids |= self.env.ref("qms_public_admin.group_qms_officer")
        self._as(own, admin).write({"company_id": False})
        self.assertFalse(own.company_id)

    # === POSITIONS === #

    def test_a_shared_position_is_kept_by_who_works_for_all(self):
        shared = self.env["qms.position"].create(
            {
                "name": "Clerk of a commune",
                "company_id": False,
                "holder_ids": [fields.Command.set((self.user_clerk | self.user_clerk_b).ids)],
            }
        )
        officer = self._as(shared, self.user_officer)
        for vals in (
            {"name": "x"},
            {"active": False},
            {"company_id": self.company.id},
            {"holder_ids": [fields.Command.unlink(self.user_clerk_b.id)]},
            {"holder_ids": [fields.Command.set(self.user_officer.ids)]},
            {"holder_ids": [fields.Command.link(self.user_officer_b.id)]},
        ):
            with self.subTest(vals=vals):
                self._refused(officer, vals)
        with self.assertRaises(AccessError):
            officer.unlink()
        with self.assertRaises(AccessError):
            officer.create({"name": "x", "company_id": False})
        officer.write({"holder_ids": [fields.Command.link(self.user_specialist.id)]})
        self.assertEqual(
            shared.holder_ids, self.user_clerk | self.user_clerk_b | self.user_specialist
        )
        with self.assertRaises(AccessError):
            self._as(shared, self.user_clerk).write(
                {"holder_ids": [fields.Command.link(self.user_clerk.id)]}
            )

    # === DELEGATIONS === #

    def _delegation(self, **vals):
        return (
            self.env["qms.delegation"]
            .with_user(self.user_specialist)
            .create(
                {
                    "company_id": self.company.id,
                    "substitute_id": self.user_colleague.id,
                    "date_from": TODAY,
                    "date_to": TODAY,
                    "reason": "Away",
                    **vals,
                }
            )
        )

    def test_nobody_deletes_or_ends_the_delegation_of_a_colleague(self):
        delegation = self._delegation()
        colleague = self._as(delegation, self.user_colleague)
        for attack in (colleague.unlink, colleague.action_activate, colleague.action_end):
            with self.assertRaises(UserError):
                attack()
        for vals in (
            {"user_id": self.user_colleague.id, "substitute_id": self.user_auditor.id},
            {"state": "active"},
            {"ended_at": NOW},
        ):
            self._refused(colleague, vals)
        self._as(delegation, self.user_specialist).unlink()
        self.assertFalse(delegation.exists())

    def test_an_own_delegation_is_not_turned_into_that_of_a_colleague(self):
        delegation = self._as(self._delegation(), self.user_specialist)
        self._refused(delegation, {"user_id": self.user_head.id})

    def test_a_delegation_in_force_is_ended_by_who_gave_it(self):
        delegation = self._delegation()
        delegation.action_activate()
        with self.assertRaises(UserError):
            self._as(delegation, self.user_colleague).action_end()
        self.assertEqual(delegation.state, "active")

    def test_a_delegation_holds_for_its_agency_only(self):
        """Both work for two agencies; one of them is stood in for in the first."""
        both = self.company | self.company_b
        (self.user_specialist | self.user_colleague).company_ids = both
        self.position_specialist.write({"company_id": False, "department_id": False})
        self._delegation().action_activate()
        nobody = self.env["res.users"]
        for company, expected in ((self.company, True), (self.company_b, False)):
            may, _absent = self.user_colleague._qms_capacity(
                self.position_specialist, company, "process", nobody
            )
            self.assertEqual(may, expected, company.name)

    def test_due_dates_are_moved_by_the_officer_alone(self):
        dossier = self._accepted_dossier()
        moved = {dossier.id: dossier.due_at + datetime.timedelta(days=1)}
        for role, user in self.users_by_role.items():
            mine = self._as(dossier, user)
            if role == "officer":
                self.assertEqual(mine._reproject(moved, "x"), 1)
                continue
            with self.subTest(role=role), self.assertRaises(AccessError):
                mine._reproject(moved, "x")
        with self.assertRaises(AccessError):
            self._as(dossier, self.user_officer_b)._reproject(moved, "x")

    def test_a_state_does_not_come_in_by_a_default(self):
        with self.assertRaises(ValidationError):
            self._delegation_with({"default_state": "active"})
        with self.assertRaises(ValidationError):
            self._delegation(state="active")

    def _delegation_with(self, context):
        self.env["qms.delegation"].with_user(self.user_specialist).with_context(**context).create(
            {
                "company_id": self.company.id,
                "substitute_id": self.user_colleague.id,
                "date_to": TODAY,
                "reason": "Away",
            }
        )

    def test_the_zone_of_the_client_does_not_stretch_a_delegation(self):
        """Days are those of the agency, whatever clock a client claims to have."""
        dossier = self._accepted_dossier()
        self._as(dossier, self.user_clerk).action_complete_step()
        tomorrow = TODAY + datetime.timedelta(days=1)
        self._delegation(date_from=tomorrow, date_to=tomorrow).action_activate()
        colleague = self._as(dossier, self.user_colleague)
        self.clock.move_to(NOW + datetime.timedelta(hours=12))  # 20:00 in Hanoi
        early = colleague.with_context(tz="Pacific/Kiritimati")
        self.assertFalse(early.can_complete_step)
        with self.assertRaises(UserError):
            early.action_complete_step()
        self.clock.move_to(NOW + datetime.timedelta(days=1, hours=18))  # 02:00, too late
        late = colleague.with_context(tz="Pacific/Pago_Pago")
        self.env.invalidate_all()
        self.assertFalse(late.can_complete_step)
        with self.assertRaises(UserError):
            late.action_complete_step()
        self.clock.move_to(NOW + datetime.timedelta(days=1))
        self.env.invalidate_all()
        colleague.action_complete_step()

    def test_a_delegation_ends_with_the_work_for_the_agency(self):
        dossier = self._accepted_dossier()
        self._as(dossier, self.user_clerk).action_complete_step()
        self._delegation().action_activate()
        self.assertTrue(self._as(dossier, self.user_colleague).can_complete_step)
        self.position_specialist.holder_ids -= self.user_specialist
        self.env.invalidate_all()
        self.assertFalse(self._as(dossier, self.user_colleague).can_complete_step)

    # === CALENDAR === #

    def test_an_employee_moves_no_due_date_by_a_closure(self):
        """Odoo lets every employee write own absences; none becomes a closure for all."""
        user = self.user_outsider
        leaves = self._as(self.env["resource.calendar.leaves"], user)
        dates = {"date_from": "2026-11-10 00:00:00", "date_to": "2026-11-20 00:00:00"}
        with self.assertRaises(AccessError):
            leaves.create({"name": "x", "company_id": False, **dates})
        resource = self.env["resource.resource"].create(
            {"name": "x", "user_id": user.id, "company_id": self.company.id}
        )
        own = leaves.create({"name": "x", "resource_id": resource.id, **dates})
        due = self.company._qms_working_time().due(NOW, 8)
        self._refused(own, {"resource_id": False})
        self._refused(own, {"resource_id": False, "company_id": False, "calendar_id": False})
        self.assertEqual(self.company._qms_working_time().due(NOW, 8), due)

    def test_only_administrators_change_the_hours_of_the_week(self):
        for user in (self.user_outsider, *self.users_by_role.values()):
            calendar = self._as(self.company.qms_calendar_id, user)
            with self.assertRaises(AccessError):
                calendar.write({"tz": "UTC"})
            with self.assertRaises(AccessError):
                calendar.attendance_ids.unlink()
            with self.assertRaises(AccessError):
                self._as(self.company, user).write({"qms_hours_per_day": 24})

    # === PAGES === #

    def test_a_page_runs_no_script(self):
        editor = self.user_colleague
        editor.group_ids |= self.env.ref("document_page.group_document_editor")
        page = self._as(self.env["document.page"], editor).create(
            {
                "name": "Page",
                "content": "<p>Text</p><script>alert(1)</script><img src=x onerror=alert(1)>",
            }
        )
        page.history_ids.write({"content": "<p>Text</p><a href='javascript:alert(1)'>x</a>"})
        self.env.flush_all()
        self.env.invalidate_all()
        for text in (page.content, page.history_head.content):
            self.assertIn("Text", text)
            for word in ("<script", "onerror", "javascript:"):
                self.assertNotIn(word, text)


@tagged("post_install", "-at_install")
class TestCoreAttacks(common.QmsCommon, RpcCase):
    """What can be sent over HTTP with nothing but a login."""

    @mute_logger("odoo.http")
    def test_private_methods_cannot_be_called(self):
        for model, method in (
            ("qms.event.anchor", "_anchor_company"),
            ("qms.event.anchor", "_cron_anchor_days"),
            ("qms.event.verification", "_store"),
            ("qms.position", "_write_own_holders"),
            ("qms.delegation", "_transition"),
            ("qms.calendar.exception", "_forget_clocks"),
            ("res.users", "_qms_capacity"),
            ("res.company", "_qms_working_time"),
        ):
            with self.subTest(model=model, method=method), self.assertRaises(JsonRpcException):
                self._rpc(self.user_officer, model, method, [])

    @mute_logger("odoo.http")
    def test_a_plain_employee_writes_nothing_of_the_core(self):
        ways = (
            ("qms.position", "write", [self.position_clerk.ids, {"name": "forged"}]),
            ("qms.position", "web_save", [[], {"name": "forged"}, {}]),
            ("qms.position", "create", [[{"name": "forged"}]]),
            ("qms.position", "copy", [self.position_clerk.ids]),
            ("qms.position", "unlink", [self.position_clerk.ids]),
            ("qms.position", "action_archive", [self.position_clerk.ids]),
            ("qms.position", "message_post", [self.position_clerk.ids]),
            ("qms.agency", "create", [[{"name": "forged"}]]),
            ("qms.delegation", "create", [[{"reason": "forged"}]]),
            ("qms.event.anchor", "action_verify", [[]]),
        )
        for user in (self.user_outsider, self.user_specialist):
            for model, method, args in ways:
                if user == self.user_specialist and model != "qms.position":
                    continue
                with (
                    self.subTest(user=user.login, model=model, method=method),
                    self.assertRaises(JsonRpcException),
                ):
                    self._rpc(user, model, method, *args)
        for model in ("qms.position", "qms.agency"):
            result = self._rpc(self.user_specialist, model, "load", ["name"], [["forged"]])
            self.assertFalse(result["ids"])
        self.env.invalidate_all()
        self.assertFalse(self.env["qms.position"].search([("name", "=", "forged")]))
