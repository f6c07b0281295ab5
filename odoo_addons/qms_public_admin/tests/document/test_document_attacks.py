import base64

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ..rpc_case import RpcCase
from .common_document import PDF, DocumentCommon

REFUSALS = UserError  # of which those about access and validation are kinds
FORGED = {
    "_qms_lifecycle": True,
    "_qms_fact": "object",
    "skip_validation_check": True,
    "default_qms_state": "approved",
    "import_file": True,
    "_qms_take_over": "object",
    "_qms_review": "object",
    "skip_check_state_condition": True,
    "tier_validation_defer_compute_can_review": True,
    "qms_is_revision_form": False,
}


class AttackCommon(DocumentCommon):
    """A document in force with a file and an approved successor; nobody changes either."""

    def setUp(self):
        super().setUp()
        self.page = self._effective_document()
        self.effective = self.page.qms_effective_id
        self.approved = self._approved(
            self._next_revision(self.page, effective_from="2099-01-01", content="<p>Sau</p>")
        )
        self.frozen = self.effective | self.approved
        self.env.flush_all()
        self.before = self._picture()

    def _picture(self):
        """Return all that must stay, read from the database."""
        self.env.flush_all()
        self.env.invalidate_all()
        frozen, page = self.frozen.sudo(), self.page.sudo()
        names = (
            *("title", "content", "qms_state", "issue_no", "revision_no", "reason", "issued_on"),
            *("effective_from", "effective_to", "content_sha256", "page_id", "company_id"),
            *("author_id", "plain_text", "contributor_ids"),
        )
        return [
            *[{name: row[name] for name in names} for row in frozen],
            [(f.name, f.sha256, f._bytes()) for f in frozen.file_ids],
            [(s.role, s.user_name, s.at, s.words, s.decision_id) for s in frozen.sign_off_ids],
            [(row.approval_state, row.approval_round, row.decision_head) for row in frozen],
            [(d.verb, d.user_name, d.hash) for d in frozen.decision_ids],
            [(r.status, r.qms_reviewer_ids, r.done_by) for r in frozen.review_ids],
            (page.name, page.qms_code, page.content, page.qms_status, page.qms_effective_id),
            (page.active, page.company_id, page.qms_kind_id, page.type),
            *(self._attached(frozen) + self._attached(frozen.file_ids)),
        ]

    def _attached(self, records):
        """Return what is attached to these records, files of fields included."""
        found = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", records._name),
                    ("res_id", "in", records.ids),
                    ("res_field", "in", (False, "content")),
                ],
                order="id",
            )
        )
        return [(row.id, row.checksum, row.name) for row in found]

    def _assert_nothing_changed(self):
        self.assertEqual(self._picture(), self.before)


@tagged("post_install", "-at_install")
class TestDocumentAttackedByCode(AttackCommon):
    """What code with any rights cannot do, not even elevated (rights are lifted, guards not)."""

    def _refused(self, attack):
        with self.assertRaises(REFUSALS), mute_logger("odoo.sql_db"), self.cr.savepoint():
            attack()
            self.env.flush_all()
        self.env.invalidate_all()
        self._assert_nothing_changed()

    def _all_hands(self, record):
        """Yield ``record`` as each role and with elevated rights, with forged contexts."""
        for user in (self.user_officer, self.user_leader, self.user_head):
            yield self._as(record, user)
            yield self._as(record, user).with_context(**FORGED)
        yield record.sudo()
        yield record.sudo().with_context(**FORGED)

    def test_every_field_of_a_frozen_revision_is_refused(self):
        vals_list = [
            {"content": "<p>Khác</p>"},
            {"title": "Khác"},
            {"qms_state": "draft"},
            {"qms_state": "withdrawn"},
            {"issue_no": 9},
            {"revision_no": 9},
            {"issued_on": "2020-01-01"},
            {"effective_from": "2020-01-01"},
            {"effective_to": "2020-01-01"},
            {"content_sha256": "0" * 64},
            {"is_imported": True},
            {"author_id": self.user_colleague.id},
            {"contributor_ids": [(5, 0, 0)]},
            {"reason": "x"},
            {"impact": "x"},
            {"decision_no": "x"},
            {"name": "x"},
            {"summary": "x"},
            {"page_id": False},
            {"change_kind": "issue"},
            {"submitted_at": False},
            {"company_id": self.company_b.id},
            {"plain_text": "x"},
            {"approval_state": False},
            {"approval_state": "rejected"},
            {"approval_round": 9},
            {"approval_decision_id": False},
            {"approval_editors": []},
            {"decision_head": "x"},
            {"decision_count": 0},
            {"decision_ids": [(5, 0, 0)]},
            {"validation_status": "no"},
            {"review_ids": [(5, 0, 0)]},
        ]
        for revision in self.frozen:
            for vals in vals_list:
                for hand in (self._as(revision, self.user_officer), revision.sudo()):
                    with self.subTest(state=revision.qms_state, vals=vals, su=hand.env.su):
                        self._refused(lambda hand=hand, vals=vals: hand.write(vals))

    def test_every_way_of_writing_is_refused(self):
        for revision in self.frozen:
            for hand in self._all_hands(revision):
                with self.subTest(state=revision.qms_state, user=hand.env.user.login):
                    self._refused(lambda hand=hand: hand.write({"content": "<p>x</p>"}))
                    self._refused(lambda hand=hand: hand.web_save({"content": "x"}, {}))
                    self._refused(lambda hand=hand: hand.unlink())

    def test_the_page_does_not_lead_to_its_revisions(self):
        for hand in self._all_hands(self.page):
            for vals in (
                {"content": "<p>x</p>"},
                {"draft_name": "x"},
                {"draft_summary": "x"},
                {"history_ids": [(1, self.effective.id, {"content": "<p>x</p>"})]},
                {"history_ids": [(2, self.effective.id, 0)]},
                {"history_ids": [(3, self.effective.id, 0)]},
                {"history_ids": [(5, 0, 0)]},
                {"qms_revision_ids": [(1, self.approved.id, {"qms_state": "effective"})]},
                {"qms_revision_ids": [(2, self.approved.id, 0)]},
                {"history_head": self.approved.id},
                {"qms_effective_id": self.approved.id},
                {"qms_effective_id": False},
                {"qms_status": "draft"},
                {"qms_kind_id": False},
                {"qms_code": "KHAC"},
                {"name": "Tên khác"},
                {"company_id": self.company_b.id},
                {"type": "category"},
                {"active": False},
            ):
                with self.subTest(user=hand.env.user.login, su=hand.env.su, vals=vals):
                    self._refused(lambda hand=hand, vals=vals: hand.write(vals))
            with self.subTest(user=hand.env.user.login, su=hand.env.su, verb="unlink"):
                self._refused(lambda hand=hand: hand.unlink())
                self._refused(lambda hand=hand: hand.action_archive())

    def test_no_revision_is_born_approved(self):
        revisions = self.env["document.page.history"]
        page = self._new_document()
        self._draft(page).unlink()
        for hand in self._all_hands(revisions):
            for state in ("approved", "effective"):
                with self.assertRaises(REFUSALS), self.cr.savepoint():
                    born = hand.with_context(default_qms_state=state).create(
                        {"page_id": page.id, "content": "<p>x</p>", "qms_state": state}
                    )
                    self.assertEqual(born.qms_state, "draft")
                    outcome = "born as a draft"
                    raise UserError(outcome)
                self.env.invalidate_all()
        born = revisions.sudo().create(
            {
                "page_id": page.id,
                "content": "<p>x</p>",
                "issue_no": 7,
                "contributor_ids": [(5, 0, 0)],
                "content_sha256": False,
            }
        )
        self.assertEqual((born.issue_no, born.qms_state), (1, "draft"))
        self.assertTrue(born._approval_author())
        self._assert_nothing_changed()

    def test_a_wiki_text_does_not_become_a_revision(self):
        self.user_officer.group_ids |= self.env.ref("document_page.group_document_manager")
        wiki = self._as(self.env["document.page"], self.user_officer).create(
            {"name": "Trang", "content": "<p>x</p>"}
        )
        self.before = self._picture()
        self._refused(lambda: wiki.history_ids.write({"page_id": self.page.id}))
        self._refused(lambda: wiki.history_ids.write({"qms_state": "effective"}))
        self._refused(lambda: wiki.write({"qms_kind_id": self.kind.id}))
        draft = self._draft(self._new_document())
        self._refused(lambda: draft.write({"page_id": wiki.id}))

    def test_files_are_neither_changed_nor_added_nor_taken_away(self):
        other = base64.b64encode(PDF + b"x")
        files = self.frozen.sudo().file_ids
        self.assertEqual(files.revision_id, self.frozen)
        for file in files:
            attachment = (
                self.env["ir.attachment"]
                .sudo()
                .search(
                    [
                        ("res_model", "=", file._name),
                        ("res_id", "=", file.id),
                        ("res_field", "=", "content"),
                    ]
                )
            )
            self.assertEqual(len(attachment), 1)
            for hand in (file, self._as(file, self.user_officer), file.with_context(**FORGED)):
                self._refused(lambda hand=hand: hand.write({"content": other}))
                self._refused(lambda hand=hand: hand.write({"sha256": "0" * 64, "name": "a.pdf"}))
                self._refused(lambda hand=hand: hand.unlink())
            for hand in (attachment, self._as(attachment, self.user_officer)):
                self._refused(lambda hand=hand: hand.write({"datas": other}))
                self._refused(lambda hand=hand: hand.write({"res_id": 0}))
                self._refused(lambda hand=hand: hand.unlink())
        for revision in self.frozen:
            for model, res_id in (
                ("document.page.history", revision.id),
                ("qms.document.file", revision.sudo().file_ids[:1].id),
            ):
                vals = {"name": "b.pdf", "datas": other, "res_model": model, "res_id": res_id}
                for user in (self.user_officer, self.env.user):
                    attachments = self.env["ir.attachment"].with_user(user)
                    self._refused(lambda a=attachments, v=vals: a.create(v))
                    self._refused(
                        lambda a=attachments, v=vals: a.create({"name": "c", "datas": other}).write(
                            {"res_model": v["res_model"], "res_id": v["res_id"]}
                        )
                    )
            vals = {"revision_id": revision.id, "name": "b.pdf", "content": other}
            self._refused(lambda vals=vals: self.env["qms.document.file"].sudo().create(vals))
            self._refused(
                lambda revision=revision: self.env["qms.document.amendment"].create(
                    {"revision_id": revision.id, "description": "x"}
                )
            )

    def test_a_file_does_not_move_to_another_revision(self):
        draft = self._draft(self._new_document())
        mine = self._add_file(draft)
        self._refused(lambda: mine.write({"revision_id": self.effective.id}))
        self._refused(lambda: self.effective.file_ids.sudo().write({"revision_id": draft.id}))

    def test_the_fingerprint_of_a_file_is_taken_by_the_server(self):
        draft = self._draft(self._new_document())
        file = self.env["qms.document.file"].create(
            {
                "revision_id": draft.id,
                "name": "a.pdf",
                "content": base64.b64encode(PDF),
                "sha256": "0" * 64,
                "size": 1,
            }
        )
        self.assertTrue(file._is_intact())
        self.assertEqual(file.size, len(PDF))
        file.write({"sha256": "0" * 64, "description": "x"})
        self.assertTrue(file._is_intact())
        for name, content in (("a.html", b"<html>"), ("a.pdf", b"MZ"), ("a.exe", b"MZ")):
            with self.assertRaises(UserError), self.cr.savepoint():
                self._add_file(draft, name, content)

    def test_sign_offs_and_copies_are_facts(self):
        copy = self._as(self.effective, self.user_officer).action_register_copy("Một cửa")
        self.before = self._picture()
        for fact in (self.effective.sign_off_ids[:1], copy):
            for hand in (fact.sudo(), fact.sudo().with_context(**FORGED)):
                self._refused(lambda hand=hand: hand.write({"revision_id": self.approved.id}))
                self._refused(lambda hand=hand: hand.unlink())
                self._refused(lambda hand=hand: hand.create(hand.copy_data()[0]))

    def test_a_touched_text_is_not_approved(self):
        revision = self._reviewed(self._draft(self._new_document()))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE document_page_history SET content = '<p>lén</p>' WHERE id = %s", [revision.id]
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "differs"):
            self._as(revision, self.user_leader).action_approve()

    @mute_logger("odoo.sql_db")
    def test_the_database_holds_one_revision_in_force(self):
        for statement in (
            "UPDATE document_page_history SET qms_state = 'effective' WHERE id = %s",
            "UPDATE document_page_history SET content_sha256 = NULL WHERE id = %s",
            "UPDATE document_page_history SET issued_on = NULL WHERE id = %s",
            "DELETE FROM document_page_history WHERE id = %s",
        ):
            with (
                self.subTest(sql=statement),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [self.approved.id])
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.env.cr.execute("DELETE FROM document_page WHERE id = %s", [self.page.id])

    def test_scripts_are_taken_out(self):
        draft = self._draft(self._new_document())
        draft.content = "<p>Chữ</p><script>alert(1)</script><img src=x onerror=alert(1)>"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertIn("Chữ", draft.content)
        for word in ("<script", "onerror"):
            self.assertNotIn(word, draft.content)


@tagged("post_install", "-at_install")
class TestDocumentAttackedByRpc(AttackCommon, RpcCase):
    """What can be sent over HTTP with nothing but a login."""

    @mute_logger("odoo.http", "odoo.sql_db")
    def _attack(self, user, model, method, *args, **kwargs):
        for context in ({}, FORGED):
            with self.subTest(user=user.login, model=model, method=method, context=bool(context)):
                with self.assertRaises(JsonRpcException):
                    self._rpc(user, model, method, *args, **{**kwargs, "context": context})
                self._assert_nothing_changed()

    def _attackers(self):
        return (self.user_officer, self.user_specialist, self.user_leader, self.user_leader_b)

    def test_revisions(self):
        model, ids = "document.page.history", self.effective.ids
        for user in self._attackers():
            self._attack(user, model, "write", ids, {"content": "<p>x</p>"})
            self._attack(user, model, "write", ids, {"qms_state": "draft"})
            self._attack(user, model, "web_save", ids, {"title": "x"}, specification={})
            self._attack(user, model, "unlink", ids)
            self._attack(user, model, "action_submit", ids)
            self._attack(user, model, "action_approve", ids)
            self._attack(user, model, "action_reject", ids, "x")
            self._attack(user, model, "_lifecycle_write", ids, {"title": "x"})
            self._attack(user, model, "_take_over", ids, {"issue_no": 3}, "x")

    def test_cancelling_by_who_may_not(self):
        for user in (self.user_officer, self.user_specialist, self.user_head, self.user_leader_b):
            for revision in self.frozen:
                self._attack(user, "document.page.history", "action_withdraw", revision.ids, "x")

    def test_pages(self):
        model, ids = "document.page", self.page.ids
        for user in self._attackers():
            self._attack(user, model, "write", ids, {"content": "<p>x</p>"})
            self._attack(user, model, "write", ids, {"name": "x"})
            self._attack(
                user,
                model,
                "write",
                ids,
                {"history_ids": [[1, self.effective.id, {"content": "x"}]]},
            )
            self._attack(
                user,
                model,
                "web_save",
                ids,
                {"qms_revision_ids": [[1, self.approved.id, {"title": "x"}]]},
                specification={},
            )
            self._attack(user, model, "unlink", ids)
            self._attack(user, model, "action_archive", ids)

    @mute_logger("odoo.http", "odoo.sql_db", "odoo.addons.base.models.ir_model")
    def test_import(self):
        """``load`` answers with messages, not with an error."""
        external = f"__export__.rev_{self.effective.id}"
        self.env["ir.model.data"].create(
            {
                "module": "__export__",
                "name": f"rev_{self.effective.id}",
                "model": "document.page.history",
                "res_id": self.effective.id,
            }
        )
        for fields, row in (
            (["id", "content"], [external, "<p>x</p>"]),
            ([".id", "title"], [str(self.effective.id), "x"]),
            (["page_id/.id", "qms_state"], [str(self.page.id), "no such state"]),
        ):
            for user in (self.user_officer, self.user_leader):
                result = None
                try:
                    result = self._rpc(user, "document.page.history", "load", fields, [row])
                except JsonRpcException:
                    result = {"ids": False}
                with self.subTest(user=user.login, fields=fields):
                    self.assertFalse(result["ids"])
                    self._assert_nothing_changed()

    def test_parts_and_facts(self):
        file = self.effective.sudo().file_ids
        sign_off = self.effective.sudo().sign_off_ids[:1]
        other = base64.b64encode(PDF + b"x").decode()
        for user in self._attackers():
            self._attack(user, "qms.document.file", "write", file.ids, {"content": other})
            self._attack(user, "qms.document.file", "unlink", file.ids)
            self._attack(
                user,
                "qms.document.file",
                "create",
                [{"revision_id": self.effective.id, "name": "b.pdf", "content": other}],
            )
            self._attack(
                user,
                "ir.attachment",
                "create",
                [
                    {
                        "name": "b.pdf",
                        "datas": other,
                        "res_model": "document.page.history",
                        "res_id": self.effective.id,
                    }
                ],
            )
            self._attack(user, "qms.document.sign.off", "write", sign_off.ids, {"user_name": "x"})
            self._attack(user, "qms.document.sign.off", "unlink", sign_off.ids)
            self._attack(
                user,
                "qms.document.sign.off",
                "create",
                [{"revision_id": self.effective.id, "role": "approved", "at": "2026-01-01"}],
            )

    def test_the_author_does_not_approve_over_rpc(self):
        revision = self._reviewed(self._draft(self._new_document()))
        self.user_officer.group_ids |= self.env.ref("qms_public_admin.group_qms_leader")
        self.before = self._picture()
        self._attack(self.user_officer, "document.page.history", "action_approve", revision.ids)
        self.assertEqual(revision.qms_state, "approval")
        self._attack(
            self.user_officer,
            "document.page.history",
            "write",
            revision.ids,
            {"contributor_ids": [[5, 0, 0]], "author_id": self.user_head.id},
        )


@tagged("post_install", "-at_install")
class TestDocumentApprovalAttackedByRpc(AttackCommon, RpcCase):
    """A revision that waits for approval: nobody decides but who was named, by no way in."""

    def setUp(self):
        super().setUp()
        self.waiting = self._draft(self._new_document(name="Chờ phê duyệt"))
        self._add_file(self.waiting)
        self.waiting.amendment_ids = [(0, 0, {"description": "Sửa mục 5"})]
        self._reviewed(self.waiting)
        self.frozen |= self.waiting
        self.env.flush_all()
        self.before = self._picture()

    @mute_logger("odoo.http", "odoo.sql_db")
    def _attack(self, user, model, method, *args, **kwargs):
        for context in ({}, FORGED):
            with self.subTest(user=user.login, model=model, method=method, args=args):
                with self.assertRaises(JsonRpcException):
                    self._rpc(user, model, method, *args, **{**kwargs, "context": context})
                self._assert_nothing_changed()

    def _everybody(self):
        """Author, reviewer, approver, readers, another agency, no role at all."""
        return (
            self.user_officer,
            self.user_head,
            self.user_leader,
            self.user_specialist,
            self.user_auditor,
            self.user_leader_b,
            self.user_outsider,
        )

    def test_nobody_writes_what_waits(self):
        model, ids = "document.page.history", self.waiting.ids
        for user in self._everybody():
            for vals in (
                {"content": "<p>x</p>"},
                {"title": "x"},
                {"effective_from": "2020-01-01"},
                {"qms_state": "approved"},
                {"qms_state": "effective", "is_imported": True, "issued_on": "2020-01-01"},
                {"is_imported": True},
                {"approval_state": "approved"},
                {"approval_state": False},
                {"approval_decision_id": self.effective.approval_decision_id.id},
                {"contributor_ids": [[5, 0, 0]]},
                {"author_id": self.user_colleague.id},
                {"approval_editors": []},
                {"validation_status": "validated"},
                {"decision_count": 0},
                {"file_ids": [[5, 0, 0]]},
                {"amendment_ids": [[5, 0, 0]]},
                {"review_ids": [[5, 0, 0]]},
                {"decision_ids": [[5, 0, 0]]},
                {"sign_off_ids": [[0, 0, {"role": "approved", "at": "2026-01-01"}]]},
            ):
                self._attack(user, model, "write", ids, vals)
            self._attack(user, model, "unlink", ids)

    def test_only_who_was_named_decides(self):
        model, ids = "document.page.history", self.waiting.ids
        for user in self._everybody():
            for verb, args in (
                ("action_approve", []),
                ("action_reject", ["x"]),
                ("validate_tier", []),
                ("reject_tier", []),
                ("action_open_approve", []),
            ):
                if user != self.user_leader:
                    self._attack(user, model, verb, ids, *args)
            for verb, args in (
                ("request_validation", []),
                ("action_request_approval", ["x"]),
                ("action_confirm_review", ["x"]),
                ("action_send_back", ["x"]),
                ("action_submit", []),
                ("action_make_effective", []),
                ("action_withdraw", ["x"]),
                ("_decide", ["approve"]),
                ("_settle_rounds", ["approved"]),
                ("_come_into_force", []),
                ("_take_over", [{"issue_no": 1, "revision_no": 0}, "x"]),
            ):
                self._attack(user, model, verb, ids, *args)

    def test_only_its_keepers_take_a_request_back(self):
        """Restarting is withdrawing: not for readers, approvers, other agencies."""
        model = "document.page.history"
        for user in (
            self.user_leader,
            self.user_specialist,
            self.user_auditor,
            self.user_leader_b,
            self.user_outsider,
        ):
            for verb in ("action_withdraw_request", "restart_validation"):
                self._attack(user, model, verb, self.waiting.ids)
        for user in self._everybody():
            for verb in ("action_withdraw_request", "restart_validation"):
                self._attack(user, model, verb, self.approved.ids)
                self._attack(user, model, verb, self.effective.ids)

    def test_steps_decisions_and_sign_offs_are_written_by_nobody(self):
        review = self.waiting.review_ids
        decision = self.waiting.decision_ids
        rows = {
            "tier.review": (
                review,
                {"qms_reviewer_ids": [[6, 0, self.user_officer.ids]], "status": "approved"},
                {"model": "document.page.history", "res_id": self.waiting.id},
            ),
            "qms.decision": (
                decision,
                {"user_name": "x"},
                {"subject": decision.subject, "verb": "approve", "res_id": self.waiting.id},
            ),
            "qms.document.sign.off": (
                self.waiting.sudo().sign_off_ids[:1],
                {"user_name": "x"},
                {"revision_id": self.waiting.id, "role": "approved", "at": "2026-01-01"},
            ),
        }
        for user in self._everybody():
            for model, (row, vals, new) in rows.items():
                self._attack(user, model, "write", row.ids, vals)
                self._attack(user, model, "unlink", row.ids)
                self._attack(user, model, "create", [new])

    def test_parts_of_what_waits_stay(self):
        file, amendment = self.waiting.sudo().file_ids, self.waiting.sudo().amendment_ids
        other = base64.b64encode(PDF + b"x").decode()
        for user in self._everybody():
            self._attack(user, file._name, "write", file.ids, {"content": other})
            self._attack(user, file._name, "unlink", file.ids)
            vals = {"revision_id": self.waiting.id, "name": "b.pdf", "content": other}
            self._attack(user, file._name, "create", [vals])
            self._attack(user, amendment._name, "write", amendment.ids, {"description": "x"})
            self._attack(user, amendment._name, "unlink", amendment.ids)
            vals = {"revision_id": self.waiting.id, "description": "x"}
            self._attack(user, amendment._name, "create", [vals])

    def test_the_page_and_its_archive_open_no_way(self):
        page = self.waiting.page_id
        for user in self._everybody():
            for vals in (
                {"content": "<p>x</p>"},
                {"qms_effective_id": self.waiting.id, "qms_status": "effective"},
                {"qms_revision_ids": [[1, self.waiting.id, {"qms_state": "approved"}]]},
                {"history_ids": [[2, self.waiting.id, 0]]},
            ):
                self._attack(user, page._name, "write", page.ids, vals)
            self._attack(user, page._name, "unlink", page.ids)
        page._lifecycle_write({"active": False})
        self.env.flush_all()
        for user in (self.user_officer, self.user_head, self.user_specialist, self.user_leader_b):
            self._attack(user, "document.page.history", "action_approve", self.waiting.ids)
            vals = {"qms_state": "approved"}
            self._attack(user, "document.page.history", "write", self.waiting.ids, vals)

    @mute_logger("odoo.http", "odoo.sql_db", "odoo.addons.base.models.ir_model")
    def test_import_changes_nothing(self):
        """``load`` answers with messages, not with an error."""
        for model, names, row in (
            ("document.page.history", [".id", "qms_state"], [str(self.waiting.id), "Approved"]),
            ("document.page.history", [".id", "content"], [str(self.waiting.id), "<p>x</p>"]),
            ("document.page.history", [".id", "is_imported"], [str(self.waiting.id), "1"]),
            ("tier.review", [".id", "status"], [str(self.waiting.review_ids.id), "Approved"]),
            ("qms.decision", [".id", "words"], [str(self.waiting.decision_ids.id), "x"]),
        ):
            for user in (self.user_officer, self.user_head, self.user_leader):
                try:
                    ids = self._rpc(user, model, "load", names, [row], context=FORGED)["ids"]
                except JsonRpcException:
                    ids = False
                with self.subTest(user=user.login, model=model, names=names):
                    self.assertFalse(ids)
                    self._assert_nothing_changed()

    def test_no_page_no_revision_is_born_approved(self):
        page = self._new_document(name="Mới")
        self._draft(page).unlink()
        self.env.flush_all()
        self.before = self._picture()
        for vals in (
            {"approval_state": "approved"},
            {"approval_decision_id": self.effective.approval_decision_id.id},
            {"is_imported": True},
            {"validation_status": "validated"},
        ):
            self._attack(
                self.user_officer,
                "document.page.history",
                "create",
                [{"page_id": page.id, "content": "<p>x</p>", **vals}],
            )

    def test_a_new_account_of_the_author_does_not_approve(self):
        """The persons are fixed: nobody becomes an approver of what waits already."""
        self.user_officer.group_ids |= self.env.ref("qms_public_admin.group_qms_leader")
        self.user_head.group_ids |= self.env.ref("qms_public_admin.group_qms_leader")
        self.env.flush_all()
        self.before = self._picture()
        for user in (self.user_officer, self.user_head, self.user_leader_b):
            self._attack(user, "document.page.history", "action_approve", self.waiting.ids)
            vals = {"verb": "approve", "review_ids": [[6, 0, self.waiting.review_ids.ids]]}
            try:
                dialog_ids = self._rpc(user, "qms.decision.dialog", "create", [vals])
            except JsonRpcException:
                continue
            self._attack(user, "qms.decision.dialog", "action_confirm", dialog_ids)
