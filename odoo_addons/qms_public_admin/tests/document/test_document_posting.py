import base64
import hashlib

from odoo.exceptions import AccessError, UserError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ..rpc_case import RpcCase
from .common_declaration import DeclarationCommon

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
LINK = "https://stc.example.com/niem-yet"


class PostingCommon(DeclarationCommon):
    def _post(self, *subjects, user=None, **vals):
        """Post as somebody at the entry screen."""
        user = user or self.user_clerk
        links = {"document.page": "page_ids", "qms.procedure": "procedure_ids",
                 "qms.declaration": "declaration_ids"}  # fmt: skip
        entry = self._as(self.env["qms.posting.entry"], user).create(
            {
                **{links[records._name]: [(6, 0, records.ids)] for records in subjects},
                "place_kind": "office",
                "place": "Bảng tin tầng 1",
                "link": LINK,
                **vals,
            }
        )
        entry.action_post()
        postings = self.env["qms.posting"].search([], order="id desc")
        return postings[: sum(map(len, subjects))]

    def _gaps(self, user=None):
        self.env.invalidate_all()
        gaps = self._as(self.env["qms.posting.gap"], user or self.user_specialist).search([])
        return {(row.code, row.gap_state) for row in gaps}


@tagged("post_install", "-at_install")
class TestDocumentPosting(PostingCommon):
    """What was posted where, and what was not."""

    def test_what_is_posted_keeps_its_state_and_its_proof(self):
        photo = base64.b64encode(PNG)
        posting = self._post(self.policy, link=False, photo=photo, photo_name="bang-tin.png")
        self.assertEqual(posting.subject, "CSCL-01 – Chính sách chất lượng")
        self.assertEqual((posting.mark, posting.posting_state), ("1/0", "current"))
        self.assertEqual(posting.photo_sha256, hashlib.sha256(PNG).hexdigest())
        self.assertEqual(base64.b64decode(posting.photo), PNG)
        self.assertEqual(posting.poster_name, self.user_clerk.name)
        self.assertEqual(self.policy.posting_count, 1)

    def test_one_board_shows_many_things(self):
        declaration = self._declared()
        postings = self._post(self.policy, self.procedure, declaration)
        self.assertEqual(
            set(postings.mapped("subject_kind")), {"document", "procedure", "declaration"}
        )
        self.assertEqual(len(set(postings.mapped("recorded_at"))), 1)
        self.assertEqual((self.procedure.posting_count, declaration.posting_count), (1, 1))

    def test_without_proof_nothing_is_posted(self):
        for vals, words in (
            ({"link": False}, "Add a photo"),
            ({"link": "ftp://example.com"}, "begins with http"),
            ({"link": "javascript:alert(1)"}, "begins with http"),
            ({"link": "https://user:pass@example.com"}, "begins with http"),
            ({"link": "http://"}, "begins with http"),
            ({"link": "http://[x"}, "begins with http"),
            ({"photo": base64.b64encode(b"<svg/>"), "photo_name": "a.svg"}, "cannot be taken"),
            ({"photo": base64.b64encode(b"x"), "photo_name": "a.png"}, "not what its name says"),
            ({"posted_on": "2026-11-10"}, "future"),
        ):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, words):
                self._post(self.policy, **vals)
        with self.assertRaisesRegex(UserError, "Choose what"):
            self._post()

    def test_a_large_photo_is_refused(self):
        photo = base64.b64encode(PNG + b"\0" * (5 * 2**20))
        with self.assertRaisesRegex(UserError, "too large"):
            self._post(self.policy, photo=photo, photo_name="a.png")

    def test_what_is_not_in_force_is_not_posted(self):
        draft = self._new_document(name="Sổ tay", qms_code="STCL-09")
        with self.assertRaisesRegex(UserError, "not in force"):
            self._post(draft, user=self.user_officer)
        with self.assertRaisesRegex(UserError, "not in force"):
            self._post(self._declaration(), user=self.user_officer)

    def test_not_posted_shows(self):
        declaration = self._declared()
        system = self._taken_over("QTHT-01", "Kiểm soát tài liệu", self.kind_system)
        self.assertEqual(
            self._gaps(),
            {("CSCL-01", "missing"), ("9.000001", "missing"), ("12/QĐ-STC", "missing")},
        )
        self._post(self.policy, self.procedure, declaration)
        self.assertFalse(self._gaps())
        self.assertFalse(self._as(system, self.user_clerk).posting_count)

    def test_an_outdated_copy_shows(self):
        posting = self._post(self.policy, self.procedure)[1:]
        revision = self._next_revision(self.policy)
        self._add_file(revision)
        self._effective(revision)
        self.assertEqual(self._gaps(), {("CSCL-01", "outdated")})
        row = self.env["qms.posting.gap"].search([])
        self.assertEqual((row.mark, str(row.posted_on)), ("1/1", "2026-11-09"))
        posting = self.policy.env["qms.posting"].search([("page_id", "=", self.policy.id)])
        self.assertEqual(posting.posting_state, "outdated")
        outdated = self.env["qms.posting"].search([("posting_state", "=", "outdated")])
        self.assertEqual(outdated, posting)
        self._post(self.policy)
        self.assertFalse(self._gaps())

    def test_a_new_declaration_makes_the_posted_one_outdated(self):
        old = self._declared("1/QĐ-STC", "2026-10-20")
        posting = self._post(old, self.policy, self.procedure).filtered("declaration_id")
        self._declared("2/QĐ-STC", "2026-11-02")
        self.assertEqual(self._gaps(), {("2/QĐ-STC", "outdated")})
        self.env.invalidate_all()
        self.assertEqual(posting.posting_state, "outdated")

    def test_taken_down_is_a_fact_too(self):
        posting = self._post(self.policy, posted_on="2026-11-02")
        clerk = self._as(posting, self.user_clerk)
        with self.assertRaises(UserError):
            clerk.action_remove("2026-11-01")
        with self.assertRaises(UserError):
            clerk.action_remove("2026-11-10")
        clerk.action_remove("2026-11-04")
        self.assertEqual((str(posting.removed_on), posting.remover_name),
                         ("2026-11-04", self.user_clerk.name))  # fmt: skip
        self.assertEqual(posting.posting_state, "removed")
        removed = self.env["qms.posting"].search([("posting_state", "=", "removed")])
        self.assertEqual(removed, posting)
        with self.assertRaisesRegex(UserError, "already"):
            clerk.action_remove()
        self.assertIn(("CSCL-01", "missing"), self._gaps())

    def test_from_the_list_of_what_is_missing(self):
        gaps = self._as(self.env["qms.posting.gap"], self.user_clerk).search([])
        context = gaps.action_post()["context"]
        self.assertEqual(context["default_page_ids"][0][2], self.policy.ids)
        self.assertEqual(context["default_procedure_ids"][0][2], self.procedure.ids)
        self.assertEqual(gaps[:1].action_open_subject()["res_model"], "document.page")

    def test_roles(self):
        may = {"clerk", "head", "leader", "officer"}
        for role, user in self.users_by_role.items():
            with self.subTest(role=role):
                if role in may:
                    posting = self._post(self.policy, user=user)
                    self.assertTrue(self._as(posting, self.user_auditor).has_access("read"))
                else:
                    with self.assertRaises(AccessError):
                        self._post(self.policy, user=user)
        posting = self.env["qms.posting"].search([], limit=1)
        self.assertFalse(self._as(posting, self.user_officer_b).has_access("read"))
        with self.assertRaises(UserError):
            self._as(posting, self.user_specialist).action_remove()
        self.assertFalse(self._gaps(self.user_officer_b))

    def test_the_right_is_asked_behind_the_screen_too(self):
        """Who may read the policy but does not post is refused by the model itself."""
        for user in (self.user_specialist, self.user_auditor, self.user_provincial):
            postings = self._as(self.env["qms.posting"], user)
            with self.assertRaisesRegex(AccessError, "post for their own agency"):
                postings._post(
                    [self._as(self.policy, user)], {"place_kind": "office", "link": LINK}
                )

    def test_elevated_code_posts_for_the_agencies_of_its_user_alone(self):
        postings = self._as(self.env["qms.posting"], self.user_clerk_b).sudo()
        policy = self._as(self.policy, self.user_clerk_b).sudo()
        with self.assertRaisesRegex(AccessError, "post for their own agency"):
            postings._post([policy], {"place_kind": "office", "link": LINK})

    def test_the_photo_is_kept_from_elevated_code_too(self):
        posting = self._post(self.policy, photo=base64.b64encode(PNG), photo_name="a.png")
        file = self.env["ir.attachment"].sudo().search(
            [("res_model", "=", "qms.posting"), ("res_field", "=", "photo")]
        )  # fmt: skip
        for act in (lambda: file.write({"raw": b"x"}), file.unlink):
            with self.assertRaises(UserError), self.cr.savepoint():
                act()
        self.assertEqual(base64.b64decode(posting.photo), PNG)

    def test_the_list_of_what_is_missing_costs_one_query(self):
        self.env.invalidate_all()
        gaps = self._as(self.env["qms.posting.gap"], self.user_officer)
        gaps.search_read([], ["code", "gap_state"])
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            gaps.search_read([], ["code", "name", "mark", "gap_state", "posted_on"])


@tagged("post_install", "-at_install")
class TestDocumentPostingAttacks(PostingCommon, RpcCase):
    """Postings over RPC: no row is written, forged or deleted."""

    FORGED = ({"_qms_fact": True}, {"_qms_fact": "<object object>"})

    def test_facts_stay_as_they_are(self):
        photo = base64.b64encode(PNG)
        posting = self._post(self.policy, photo=photo, photo_name="a.png")
        self.env.flush_all()
        file = self.env["ir.attachment"].sudo().search(
            [("res_model", "=", "qms.posting"), ("res_field", "=", "photo")]
        )  # fmt: skip
        row = {"company_id": self.company.id, "subject": "x", "subject_kind": "document",
               "page_id": self.policy.id, "place_kind": "office", "posted_on": "2026-11-01",
               "link": LINK, "subject_key": "x", "item_key": "x",
               "recorded_at": "2026-11-01 00:00:00"}  # fmt: skip
        model = posting._name
        for user in (self.user_officer, self.user_clerk, self.user_officer_b):
            for args in (
                (model, "write", posting.ids, {"posted_on": "2026-01-01"}),
                (model, "write", posting.ids, {"removed_on": "2026-11-09"}),
                (model, "web_save", posting.ids, {"place": "x"}, {}),
                (model, "create", [row]),
                (model, "unlink", posting.ids),
                (model, "copy", posting.ids),
                (model, "_post", [], {}),
                (model, "_complete", posting.ids, {"place": "x"}),
                ("qms.posting.gap", "unlink", [1]),
                ("ir.attachment", "write", file.ids, {"raw": "eA=="}),
                ("ir.attachment", "unlink", file.ids),
            ):
                self._refused(user, *args)
        with mute_logger("odoo.http"):
            loaded = self._call(self.user_officer, model, "load", ["subject", "posted_on"],
                                [["x", "2026-11-01"]])  # fmt: skip
        self.assertFalse(loaded["ids"])
        self.env.invalidate_all()
        self.assertEqual(str(posting.posted_on), "2026-11-09")
        self.assertEqual(self.env[model].search_count([]), 1)

    def test_nobody_posts_for_another_agency_or_takes_down_there(self):
        posting = self._post(self.policy)
        self.env.flush_all()
        self._refused(self.user_clerk_b, "qms.posting", "action_remove", posting.ids)
        self._refused(self.user_specialist, "qms.posting", "action_remove", posting.ids)
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            [entry] = self._call(
                self.user_clerk_b,
                "qms.posting.entry",
                "create",
                [{"page_ids": [[6, 0, self.policy.ids]], "link": LINK}],
            )
            self._call(self.user_clerk_b, "qms.posting.entry", "action_post", [entry])
        self.assertEqual(self.env["qms.posting"].search_count([]), 1)
