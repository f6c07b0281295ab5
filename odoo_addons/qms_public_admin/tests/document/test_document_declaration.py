import datetime

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .common_declaration import CHAIN, DeclarationCommon


@tagged("post_install", "-at_install")
class TestDocumentDeclaration(DeclarationCommon):
    """From the scope to the declaration in force, and what calls for a new one."""

    # === SCOPE === #

    def test_the_scope_is_what_is_in_force_in_the_qms(self):
        outside, _version = self._create_procedure("9.000500", self.company)
        draft_only = self._new_document(name="Sổ tay", qms_code="STCL-09")
        form = self.env.ref("qms_public_admin.qms_document_kind_form")
        form.is_declared = False
        self._taken_over("BM-01", "Biểu mẫu", form)
        declaration = self._declaration()
        self.assertEqual(declaration.line_ids.mapped("code"), ["CSCL-01", "9.000001"])
        self.assertEqual(declaration.line_ids.mapped("mark"), ["1/0", f"v{self.version.number}"])
        self.assertEqual(declaration.line_ids.version_id, self.version)
        self.assertEqual(declaration.line_ids.revision_id, self.policy.qms_effective_id)
        self.assertEqual(declaration.department_ids, self.department)
        self.assertEqual((declaration.document_count, declaration.procedure_count), (1, 1))
        self.assertNotIn(outside, declaration.line_ids.procedure_id)
        self.assertNotIn(draft_only, declaration.line_ids.page_id)

    def test_the_scope_of_an_earlier_day(self):
        late = self._taken_over("CSCL-02", "Chính sách mới", self.kind_policy, day="2026-05-04")
        declaration = self._declaration(scope_date="2026-05-03")
        self.assertNotIn(late, declaration.line_ids.page_id)
        declaration.scope_date = "2026-05-04"
        declaration.action_fill_scope()
        self.assertIn(late, declaration.line_ids.page_id)

    def test_a_withdrawn_document_has_left_the_scope_on_that_day(self):
        self._as(self.policy.qms_effective_id, self.user_leader).action_withdraw("Hết hạn")
        self.assertNotIn(self.policy, self._declaration().line_ids.page_id)

    def test_a_line_takes_its_text_from_its_record(self):
        declaration = self._declaration()
        line = declaration.line_ids.filtered("page_id")
        line.unlink()
        line = self.env["qms.declaration.line"].with_user(self.user_officer).create(
            {"declaration_id": declaration.id, "page_id": self.policy.id, "name": "Khác",
             "code": "X", "issue_no": 9}
        )  # fmt: skip
        self.assertEqual((line.code, line.name, line.mark), ("CSCL-01", self.policy.name, "1/0"))
        for vals in ({"name": "Khác"}, {"issue_no": 3}, {"page_id": False}):
            with self.assertRaises(ValidationError):
                line.write(vals)

    def test_lines_are_typed_only_for_what_was_declared_on_paper(self):
        vals = {"name": "Sổ tay chất lượng", "code": "STCL", "issue_no": 2}
        lines = self.env["qms.declaration.line"].with_user(self.user_officer)
        declaration = self._declaration()
        with self.assertRaisesRegex(ValidationError, "typed by hand"):
            lines.create({"declaration_id": declaration.id, **vals})
        declaration.is_imported = True
        self.assertEqual(lines.create({"declaration_id": declaration.id, **vals}).mark, "2/0")

    def test_what_is_not_in_force_is_no_item(self):
        declaration = self._declaration()
        other = self._procedure_of("9.000501", self.company_b)
        draft = self._new_document(name="Sổ tay", qms_code="STCL-09")
        lines = self.env["qms.declaration.line"].with_user(self.user_officer)
        for link in ({"procedure_id": other.id}, {"page_id": draft.id}):
            with self.assertRaisesRegex(ValidationError, "not in force"):
                lines.create({"declaration_id": declaration.id, **link})

    # === NOTHING INVENTED === #

    def _paper(self, **vals):
        """Return a draft of a declaration made on paper with one line typed by hand."""
        typed = Command.create({"code": "QT-GIA", "name": "Không có thật", "issue_no": 7})
        return self.env["qms.declaration"].with_user(self.user_officer).create(
            {"head_name": "Thử", "is_imported": True, "line_ids": [typed], **CHAIN, **vals}
        )  # fmt: skip

    def test_a_typed_line_keeps_its_declaration_one_of_paper(self):
        paper = self._paper()
        for vals in ({"is_imported": False}, {"is_imported": False, "scope_note": "x"}):
            with self.assertRaisesRegex(ValidationError, "typed by hand"), self.cr.savepoint():
                paper.write(vals)
        paper.write({"is_imported": False, "line_ids": [Command.clear()]})
        self.assertFalse(paper.is_imported)

    def test_a_typed_line_is_not_put_before_those_who_approve(self):
        paper = self._paper()
        self.env.flush_all()
        self.cr.execute("UPDATE qms_declaration SET is_imported = FALSE WHERE id = %s", [paper.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "typed by hand"):
            paper.action_submit()

    def test_a_line_stays_in_its_declaration(self):
        paper, draft = self._paper(), self._declaration()
        with self.assertRaises(ValidationError):
            paper.line_ids.write({"declaration_id": draft.id})
        with self.assertRaises(ValidationError):
            draft.write({"line_ids": [Command.link(paper.line_ids.id)]})
        for vals in (
            {"revision_id": self.policy.qms_effective_id.id},
            {"version_id": self.version.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                paper.line_ids.write(vals)
        paper.line_ids.write({"name": "Sổ tay"})
        self.assertEqual(paper.line_ids.name, "Sổ tay")

    def test_defaults_link_nothing(self):
        page = self._new_document(name="Nháp")
        values = {
            "page_id": page.id,
            "revision_id": self._draft(page).id,
            "version_id": self.version.id,
            "version_no": 9,
        }
        paper, draft = self._paper(), self._declaration()
        draft.line_ids.filtered("page_id").unlink()
        lines = self._as(self.env["qms.declaration.line"], self.user_officer)
        for name, value in values.items():
            self.env["ir.default"].set("qms.declaration.line", name, value)
        context = {f"default_{name}": value for name, value in values.items()}
        for asking in (lines, lines.with_context(**context)):
            typed = asking.create({"declaration_id": paper.id, "name": "x"})
            self.assertFalse(typed.page_id or typed.revision_id or typed.version_id)
            linked = asking.create({"declaration_id": draft.id, "page_id": self.policy.id})
            self.assertEqual(linked.revision_id, self.policy.qms_effective_id)
            self.assertFalse(linked.version_id or linked.version_no)
            linked.unlink()

    def test_the_scope_is_that_of_its_day_when_it_is_handed_over(self):
        declaration = self._declaration()
        for day, words in (("2017-06-01", "fill the scope again"), (False, "Scope as of")):
            declaration.scope_date = day
            with self.subTest(day=day), self.assertRaisesRegex(UserError, words):
                declaration.action_submit()
        declaration.scope_date = "2026-11-09"
        declaration.action_submit()
        self.assertEqual(declaration.state, "review")

    def test_another_revision_on_the_day_of_the_scope_is_not_declared(self):
        declaration = self._declaration()
        revision = self._next_revision(self.policy)
        self._add_file(revision)
        self._effective(revision)
        with self.assertRaisesRegex(UserError, "fill the scope again"):
            declaration.action_submit()
        declaration.action_fill_scope()
        declaration.action_submit()
        self.assertEqual(declaration.line_ids.revision_id, revision)

    def test_a_refusal_does_not_name_what_the_officer_may_not_read(self):
        page = self._new_document(self.user_officer_b, name="Tên bí mật")
        draft = self._declaration()
        with self.assertRaisesRegex(ValidationError, "not in force") as caught:
            draft.write({"line_ids": [Command.create({"page_id": page.id})]})
        self.assertNotIn("bí mật", str(caught.exception))

    # === ORDER OF THE DAYS === #

    def test_inv_15_each_day_follows_the_one_before(self):
        names = [*CHAIN, "decision_date"]
        days = {**CHAIN, "decision_date": "2026-11-02"}
        labels = self.env["qms.declaration"].fields_get(names, ["string"])
        for before, after in zip(names, names[1:], strict=False):
            wrong = datetime.date.fromisoformat(days[before]) - datetime.timedelta(days=1)
            with (
                self.subTest(after=after),
                self.assertRaisesRegex(ValidationError, labels[after]["string"]) as caught,
            ):
                self._declaration(**{**days, after: wrong})
            self.assertIn(labels[before]["string"], str(caught.exception))

    def test_the_same_day_will_do(self):
        same = dict.fromkeys(CHAIN, "2026-11-02")
        self.assertEqual(self._declared(day="2026-11-02", **same).state, "declared")

    def test_the_database_keeps_the_order_itself(self):
        declaration = self._declared()
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.CheckViolation),
            self.cr.savepoint(),
        ):
            self.cr.execute(
                "UPDATE qms_declaration SET confirmed_on = '2026-01-01' WHERE id = %s",
                [declaration.id],
            )

    def test_what_is_missing_is_named(self):
        declaration = self._declaration(confirmed_on=False, head_name=False)
        with self.assertRaisesRegex(UserError, "Effectiveness confirmed on, Head of the agency"):
            declaration.action_submit()
        empty = self._declaration()
        empty.line_ids.unlink()
        with self.assertRaisesRegex(UserError, "scope is empty"):
            empty.action_submit()

    # === APPROVAL AND DECLARATION === #

    def test_from_draft_to_force(self):
        declaration = self._declaration()
        declaration.action_submit()
        self.assertEqual((declaration.state, declaration.approval_state), ("review", "running"))
        self._as(declaration, self.user_leader).action_approve()
        self.assertEqual(declaration.state, "approved")
        with self.assertRaisesRegex(UserError, "still missing: Decision, Declared on"):
            declaration.action_declare()
        declaration.write({"decision_no": "12/QĐ-STC", "decision_date": "2026-11-02"})
        declaration.action_declare()
        self.assertEqual(declaration.state, "declared")
        self.assertEqual(declaration.agency_name, "Department of Finance")
        self.assertEqual(declaration.standard_name, "TCVN ISO 9001:2015")
        self.assertEqual(declaration.content_sha256, declaration._declared_digest())
        self.assertEqual(declaration.approval_decision_id.user_id, self.user_leader)

    def test_a_rejected_one_is_a_draft_again(self):
        declaration = self._declaration()
        declaration.action_submit()
        self._as(declaration, self.user_leader).action_reject("Thiếu sổ tay")
        self.assertEqual(declaration.state, "draft")
        declaration.scope_note = "Hoạt động nội bộ"
        declaration.action_submit()
        self.assertEqual(declaration.state, "review")

    def test_the_author_does_not_approve(self):
        self.user_leader.group_ids += self.env.ref("qms_public_admin.group_qms_officer")
        own = self._as(self._declaration(), self.user_leader)
        own.scope_note = "Thêm"
        with self.assertRaisesRegex(UserError, "author does not count"):
            self._as(own, self.user_officer).action_submit()

    def test_who_puts_a_line_in_or_takes_one_out_is_an_author(self):
        self.user_leader.group_ids += self.env.ref("qms_public_admin.group_qms_officer")
        for method, args in (("unlink", ()), ("write", ({"sequence": 7},))):
            declaration = self._declaration()
            self.assertNotIn(self.user_leader, declaration._approval_author())
            getattr(self._as(declaration.line_ids[:1], self.user_leader), method)(*args)
            self.assertIn(self.user_leader, declaration._approval_author())
        declaration = self._declaration()
        declaration.line_ids.filtered("page_id").unlink()
        self._as(self.env["qms.declaration.line"], self.user_leader).create(
            {"declaration_id": declaration.id, "page_id": self.policy.id}
        )
        self.assertIn(self.user_leader, declaration._approval_author())

    def test_what_is_offered_is_what_the_role_may(self):
        draft, approved = self._declaration(), self._approved_declaration()
        paper = self._paper()
        for role, user in self.users_by_role.items():
            with self.subTest(role=role):
                may = role == "officer"
                self.assertEqual(self._as(draft, user).can_submit, may)
                self.assertEqual(self._as(approved, user).can_declare, may)
                self.assertEqual(self._as(paper, user).can_take_over, may)

    def test_the_new_one_replaces_the_old_one(self):
        old = self._declared("1/QĐ-STC", "2026-10-20")
        new = self._declared("2/QĐ-STC", "2026-11-02")
        self.assertEqual((old.state, old.replaced_by_id), ("replaced", new))
        self.assertEqual(old.valid_to, new.decision_date)
        earlier = self._approved_declaration()
        earlier.write({"decision_no": "3/QĐ-STC", "decision_date": "2026-10-25"})
        with self.assertRaisesRegex(UserError, "later day"):
            earlier.action_declare()

    def test_one_of_an_agency_is_in_force(self):
        old = self._declared("1/QĐ-STC", "2026-10-20")
        new = self._declared("2/QĐ-STC", "2026-11-02")
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.cr.savepoint(),
        ):
            self.cr.execute(
                "UPDATE qms_declaration SET state = 'declared' WHERE id IN %s", [(old.id, new.id)]
            )

    def test_a_declaration_of_tomorrow_waits(self):
        declaration = self._approved_declaration()
        declaration.write({"decision_no": "12/QĐ-STC", "decision_date": "2026-11-10"})
        with self.assertRaisesRegex(UserError, "future"):
            declaration.action_declare()

    def test_one_of_paper_is_taken_over_under_a_name(self):
        in_force = self._declared()
        paper = self._declaration(
            is_imported=True, decision_no="537/QĐ", decision_date="2020-12-30",
            **dict.fromkeys(CHAIN, False), scope_date="2020-12-30",
        )  # fmt: skip
        with self.assertRaises(UserError):
            paper.action_submit()
        paper.action_take_over()
        self.assertEqual((paper.state, paper.replaced_by_id), ("replaced", in_force))
        self.assertEqual(paper.taken_over_name, self.user_officer.name)
        self.assertFalse(paper.decision_ids)
        self.assertEqual(in_force.state, "declared")
        with self.assertRaises(UserError):
            self._declaration().action_take_over()

    def test_a_later_one_of_paper_comes_into_force(self):
        old = self._declared("1/QĐ-STC", "2026-10-20")
        paper = self._declaration(is_imported=True, decision_no="2/QĐ", decision_date="2026-10-30")
        paper.action_take_over()
        self.assertEqual((paper.state, old.replaced_by_id), ("declared", paper))

    def test_leaders_withdraw_with_a_reason(self):
        declaration = self._declared()
        leader = self._as(declaration, self.user_leader)
        with self.assertRaises(UserError):
            leader.action_withdraw("  ")
        with self.assertRaises(UserError):
            declaration.action_withdraw("Sáp nhập")
        wizard = leader.env["qms.declaration.withdrawal"].create(
            {"declaration_id": declaration.id, "words": "Sáp nhập"}
        )
        wizard.action_confirm()
        self.assertEqual(
            (declaration.state, declaration.withdraw_reason), ("withdrawn", "Sáp nhập")
        )

    def test_the_notice_stays_open_and_the_rest_does_not(self):
        declaration = self._declared()
        declaration.write({"notified_on": "2026-11-05", "notified_ref": "7/STC-VP"})
        with self.assertRaisesRegex(ValidationError, "not before it"):
            declaration.notified_on = "2026-11-01"
        for name in ("decision_no", "scope_note", "head_name", "note", "owner_id"):
            with self.subTest(name=name), self.assertRaises(ValidationError):
                declaration[name] = False

    def test_a_change_in_the_database_shows(self):
        declaration = self._declared()
        shown = declaration.action_verify_content()["params"]
        self.assertEqual(shown["type"], "success")
        self.env.flush_all()
        self.cr.execute(
            "UPDATE qms_declaration_line SET name = 'x' WHERE declaration_id = %s", [declaration.id]
        )
        self.env.invalidate_all()
        self.assertEqual(declaration.action_verify_content()["params"]["type"], "danger")

    def test_what_changed_after_the_approval_is_not_declared(self):
        declaration = self._approved_declaration()
        declaration.write({"decision_no": "12/QĐ-STC", "decision_date": "2026-11-02"})
        self.env.flush_all()
        self.cr.execute(
            "UPDATE qms_declaration_line SET name = 'x' WHERE declaration_id = %s", [declaration.id]
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "changed after its approval"):
            declaration.action_declare()

    def test_later_names_change_nothing(self):
        declaration = self._declared()
        before = declaration._approval_content()
        self.policy.sudo()._lifecycle_write({"name": "Tên khác"})
        self.procedure.name = "Tên khác"
        self.company.name = "Tên khác"
        self.department.name = "Tên khác"
        self.env.invalidate_all()
        self.assertEqual(declaration._approval_content(), before)

    # === DECLARING ANEW === #

    def test_inv_13_a_procedure_added_calls_for_a_new_declaration(self):
        declaration = self._declared()
        self.assertEqual(declaration.redeclare_state, "none")
        self._add_procedure()
        self.assertEqual(declaration.redeclare_state, "needed")
        self.assertIn("9.000777", declaration.change_html)
        self.assertEqual(str(declaration.redeclare_since), "2026-11-09")
        found = declaration.search([("redeclare_state", "in", ("needed", "late"))])
        self.assertEqual(found, declaration)
        self.assertFalse(declaration.search([("redeclare_state", "=", "none")]) & declaration)
        with freeze_time("2026-11-24 03:00:00"):
            self.env.invalidate_all()
            self.assertEqual(declaration.redeclare_state, "late")

    def test_inv_13_a_procedure_removed_calls_from_its_last_day_on(self):
        declaration = self._declared()
        self.procedure.with_user(self.user_officer).action_remove_from_qms()
        self.env.invalidate_all()
        self.assertEqual(declaration.redeclare_state, "none")
        with freeze_time("2026-11-10 03:00:00"):
            self.env.invalidate_all()
            self.assertEqual(declaration.redeclare_state, "needed")
            self.assertEqual(str(declaration.redeclare_since), "2026-11-10")

    def test_documents_call_when_they_come_and_go_not_when_they_are_revised(self):
        declaration = self._declared()
        revision = self._next_revision(self.policy)
        self._add_file(revision)
        self._effective(revision)
        self.env.invalidate_all()
        self.assertEqual((declaration.redeclare_state, declaration.change_count), ("none", 1))
        self.assertIn("1/1", declaration.change_html)
        self._as(self.policy.qms_effective_id, self.user_leader).action_withdraw("Hết hạn")
        self.env.invalidate_all()
        self.assertEqual(declaration.redeclare_state, "needed")

    def test_the_new_declaration_settles_it(self):
        declaration = self._declared()
        self._add_procedure()
        action = declaration.action_new_declaration()
        draft = declaration.browse(action["res_id"])
        self.assertEqual((draft.state, draft.procedure_count), ("draft", 2))
        self.assertEqual(draft.head_name, declaration.head_name)
        self.assertFalse(draft.decision_no or draft.audited_on)
        draft.write(CHAIN)
        draft.action_submit()
        self._as(draft, self.user_leader).action_approve()
        draft.write({"decision_no": "13/QĐ-STC", "decision_date": "2026-11-09"})
        draft.action_declare()
        self.env.invalidate_all()
        self.assertEqual((draft.redeclare_state, declaration.redeclare_state), ("none", "none"))

    def test_the_officer_is_reminded_once_for_each_change(self):
        declaration = self._declared()
        model = self.env["qms.declaration"]

        def remind(day):
            with freeze_time(f"{day} 03:00:00"):
                self.env.invalidate_all()
                model._remind_all(lambda *args, **kwargs: 60)
            return declaration.activity_ids

        self._add_procedure()
        self.assertFalse(remind("2026-11-23"))
        first = remind("2026-11-24")
        self.assertEqual((len(first), first.user_id), (1, self.user_officer))
        self.assertEqual(remind("2026-11-25"), first)
        first.action_done()
        self.assertFalse(remind("2026-11-26"))
        self._add_procedure("9.000778")
        self.assertEqual(len(remind("2026-12-10")), 1)

    def test_the_days_until_late_are_a_setting(self):
        declaration = self._declared()
        self._add_procedure()
        self.company.qms_redeclare_warning_days = 0
        self.env.invalidate_all()
        self.assertEqual(declaration.redeclare_state, "late")

    def test_differences_of_many_agencies_take_no_query_each(self):
        declaration = self._declared()
        self._add_procedure()
        agencies = [declaration]
        for number in range(4):
            company = self._create_agency(f"Agency {number}", f"H98.{number:02d}")
            self._procedure_of(f"9.00060{number}", company)
            paper = self.env["qms.declaration"].with_context(allowed_company_ids=company.ids)
            paper = paper.create(
                {"company_id": company.id, "is_imported": True, "decision_no": "1/QĐ",
                 "decision_date": "2026-11-02", "head_name": "Thử"}
            )  # fmt: skip
            paper.action_fill_scope()
            paper.action_take_over()
            agencies.append(paper.with_env(self.env))
        counts = []
        for found in (agencies[:2], agencies):
            rows = self.env["qms.declaration"].union(*found).sudo()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            rows.mapped("redeclare_state")
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    # === ROLES === #

    def test_roles_and_operations(self):
        declaration = self._declared()
        draft = self._declaration()
        for role, user in self.users_by_role.items():
            with self.subTest(role=role):
                is_officer = role == "officer"
                for record in (declaration, draft, draft.line_ids):
                    own = self._as(record, user)
                    self.assertTrue(own.has_access("read"))
                    for operation in ("write", "create", "unlink"):
                        self.assertEqual(own.has_access(operation), is_officer)
        for user in (self.user_outsider, self.user_officer_b):
            for record in (declaration, draft.line_ids):
                self.assertFalse(self._as(record, user).has_access("read"))
        with self.assertRaises(AccessError):
            self._as(declaration, self.user_officer_b).action_withdraw("x")

    @users("qms_specialist")
    def test_staff_see_what_changed_without_reading_restricted_documents(self):
        self.policy.sudo().qms_confidentiality = "restricted"
        declaration = self._declared().with_user(self.env.user)
        self.env.invalidate_all()
        self.assertEqual(declaration.with_env(self.env).redeclare_state, "none")
