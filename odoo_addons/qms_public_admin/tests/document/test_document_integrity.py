import base64
import contextlib
import re
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .. import common
from .common_document import PDF, DocumentCommon
from .test_document_flow import commit

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
OTHER_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


class IntegrityCommon(DocumentCommon):
    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    def _refused(self, call, words=""):
        with (
            self.assertRaisesRegex(UserError, words),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            call()
            self.env.flush_all()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestDocumentPictures(IntegrityCommon, HttpCase):
    """What a revision shows is its own from the submission on."""

    def _picture(self, user=None, raw=PNG, **vals):
        attachments = self._as(self.env["ir.attachment"], user or self.user_officer)
        return attachments.create({"name": "p.png", "raw": raw, **vals})

    def _with_content(self, content, **vals):
        page = self._new_document(**vals)
        draft = self._draft(page)
        draft.content = content
        return draft

    def _held(self, revision):
        return (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", revision._name), ("res_id", "=", revision.id)])
        )

    def test_local_pictures_become_the_revisions_own(self):
        for form in (
            "/web/image/%s",
            "/web/image/%s-abc/p.png?access_token=secret",
            "/web/image/ir.attachment/%s/datas",
            "/web/image?model=ir.attachment&amp;id=%s&amp;field=datas",
            "/web/content/ir.attachment/%s/raw/p.png",
            self.env["document.page"].get_base_url() + "/web/image/%s",
        ):
            with self.subTest(form=form):
                original = self._picture()
                draft = self._with_content(f"<p>x <img src='{form % original.id}'/></p>")
                self._effective(draft)
                held = self._held(draft)
                self.assertEqual(len(held), 1)
                self.assertEqual(held.raw, PNG)
                self.assertIn(f'src="/web/image/{held.id}"', draft.content)
                self.assertNotIn("secret", draft.content)
                self.assertIn(held.checksum, draft._approval_content())
                original.write({"raw": OTHER_PNG})
                original.unlink()
                self.assertFalse(draft._touched_error())
                mine = self._as(held, self.user_officer)
                self._refused(lambda mine=mine: mine.write({"raw": OTHER_PNG}))
                self._refused(lambda held=held: held.write({"res_id": 0}))
                self._refused(lambda mine=mine: mine.unlink())

    def test_fields_of_records_and_pictures_in_the_text_are_held_too(self):
        data = base64.b64encode(PNG).decode()
        self.company.logo = base64.b64encode(PNG)
        draft = self._with_content(
            f"<p><img src='data:image/png;base64,{data}'/>"
            f"<img src='/web/image/res.company/{self.company.id}/logo'/></p>"
        )
        self._submitted(draft)
        held = self._held(draft)
        self.assertEqual(len(held), 2)
        for attachment in held:
            self.assertIn(f"/web/image/{attachment.id}", draft.content)
        self.assertNotIn("data:", draft.content)

    def test_linked_files_are_held_and_other_links_stay(self):
        file = self._picture(raw=PDF, name="a.pdf", mimetype="application/pdf")
        draft = self._with_content(
            f"<p><a href='/web/content/{file.id}?download=true'>a</a>"
            "<a href='https://vanban.chinhphu.vn'>b</a></p>"
        )
        self._submitted(draft)
        held = self._held(draft)
        self.assertEqual((held.raw, held.mimetype), (PDF, "application/pdf"))
        self.assertIn(f"/web/content/{held.id}?download=true", draft.content)
        self.assertIn("https://vanban.chinhphu.vn", draft.content)

    def test_what_cannot_be_held_is_refused_by_name(self):
        foreign = self._picture(self.user_officer_b)
        script = self._picture(raw=SVG).sudo()
        gone = self._picture()
        number = gone.id
        gone.unlink()
        link = self._picture(raw=False, type="url", url="https://evil.example/x.png")
        for source in (
            "https://evil.example/x.png",
            "//evil.example/x.png",
            "/web/static/img/logo.png",
            "/web/image/base.main_company/logo",
            f"/web/image/{foreign.id}",
            f"/web/image/ir.attachment/{foreign.id}/datas",
            f"/web/image/{number}",
            f"/web/image/{script.id}",
            f"/web/image/{link.id}",
            f"/web/image/res.users/{self.user_leader.id}/password",
            "data:image/png;base64," + base64.b64encode(SVG).decode(),
        ):
            draft = self._with_content(f"<p>x <img src='{source}'/></p>")
            shown = source[:40].replace("+", r"\+").replace("?", r"\?")
            with self.subTest(source=source):
                self._refused(self._as(draft, self.user_officer).action_submit, shown)
                self.assertEqual(draft.qms_state, "draft")
        draft = self._with_content("<p style='background-image: url(https://evil.example/x)'>x</p>")
        self._refused(self._as(draft, self.user_officer).action_submit, "evil.example")

    def test_readers_see_the_picture_and_the_next_revision_keeps_it(self):
        original = self._picture()
        draft = self._with_content(f"<p>x <img src='/web/image/{original.id}'/></p>")
        self._effective(draft)
        held = self._held(draft)
        self.authenticate(self.user_colleague.login, self.user_colleague.login)
        page = self.url_open(f"/qms/documents/{draft.page_id.id}").text
        self.assertIn(f"/web/image/{held.id}", page)
        served = self.url_open(f"/web/image/{held.id}")
        self.assertEqual((served.status_code, served.content), (200, PNG))
        after = self._next_revision(draft.page_id)
        self.assertIn(f"/web/image/{held.id}", after.content)
        self._effective(after)
        own = self._held(after)
        self.assertNotEqual(own, held)
        self.assertIn(f"/web/image/{own.id}", after.content)
        self.assertEqual(self.url_open(f"/web/image/{own.id}").content, PNG)
        self.assertFalse(draft._touched_error() or after._touched_error())

    def test_a_picture_sent_back_and_submitted_again_is_held_once(self):
        draft = self._with_content(f"<p>x <img src='/web/image/{self._picture().id}'/></p>")
        self._submitted(draft)
        held = self._held(draft)
        self._as(draft, self.user_head).action_send_back("Lại")
        self._submitted(draft)
        self.assertEqual(self._held(draft), held)


@tagged("post_install", "-at_install")
class TestDocumentIntegrity(IntegrityCommon):
    """Between approval and force nothing changes; what did change does not come in force."""

    def _planned(self, **vals):
        draft = self._draft(self._new_document(**vals))
        draft.effective_from = "2026-12-01"
        return self._approved(draft)

    def _touch(self, revision):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE document_page_history SET content = '<p>lén</p>' WHERE id = %s", [revision.id]
        )
        self.env.invalidate_all()

    # === CODE AND ARCHIVE === #

    def test_the_code_stays_once_a_revision_was_submitted(self):
        page = self._new_document()
        page.qms_code = "QT-01"
        revision = self._submitted(self._draft(page))
        self._refused(lambda: page.write({"qms_code": "QT-02"}), "the code stays")
        self._refused(lambda: page.sudo().write({"qms_code": "QT-02"}), "the code stays")
        page.write({"qms_code": "QT-01", "qms_description": "x"})
        self._as(revision, self.user_head).action_send_back("Mã khác")
        page.qms_code = "QT-03"
        self._approved(revision)
        self._refused(lambda: page.write({"qms_code": "QT-04"}), "the code stays")
        self.assertFalse(revision._touched_error())

    def test_a_verb_locks_revision_and_document(self):
        """A code written at the same moment waits or is refused, whoever comes first."""
        draft = self._draft(self._new_document())
        self.env.flush_all()
        with self.capture_sql() as statements:
            draft._lock_lifecycle()
        self.assertEqual(statements, ["document_page_history", "document_page"])
        with self.capture_sql() as statements:
            draft.page_id.qms_code = "QT-09"
        self.assertIn("document_page_history", statements)

    @contextlib.contextmanager
    def capture_sql(self):
        """Collect the tables whose rows are locked."""
        tables, execute = [], self.env.cr.execute

        def note(query, params=None, **options):
            text = query.code if isinstance(query, SQL) else query
            if " UPDATE SKIP LOCKED" in text:
                tables.append(re.search(r'FROM "(\w+)"', text)[1])
            return execute(query, params, **options)

        with patch.object(self.env.cr, "execute", note):
            yield tables

    def test_what_is_on_the_way_is_not_archived(self):
        page = self._new_document()
        revision = self._draft(page)
        page.action_archive()
        self._refused(self._as(revision, self.user_officer).action_submit, "archived")
        page.action_unarchive()
        for step in (self._submitted, self._reviewed_now, self._approved_now):
            step(revision)
            with self.subTest(state=revision.qms_state):
                self._refused(page.action_archive, "before archiving")
                self._refused(page.sudo().action_archive, "before archiving")
        self._as(revision, self.user_leader).action_make_effective()
        self._refused(page.action_archive, "before archiving")
        page._lifecycle_write({"active": False})
        page.action_unarchive()
        self.assertTrue(page.active)
        self._as(revision, self.user_leader).action_withdraw("Hết hiệu lực")
        page.action_archive()
        page.action_unarchive()
        self.assertTrue(page.active)

    def _reviewed_now(self, revision):
        self._as(revision, self.user_head).action_confirm_review()

    def _approved_now(self, revision):
        self._as(revision, self.user_leader).action_approve()

    # === INTO FORCE === #

    def test_what_was_changed_after_its_approval_is_not_brought_into_force(self):
        revision = self._planned()
        self._touch(revision)
        mine = self._as(revision, self.user_leader)
        self._refused(mine.action_make_effective, "Take out of force")
        self.assertEqual(revision.qms_state, "approved")
        mine.action_withdraw("Nội dung bị sửa")
        self.assertEqual(revision.qms_state, "withdrawn")
        self._as(revision.page_id, self.user_officer).action_new_revision()
        self.assertEqual(self._draft(revision.page_id).qms_state, "draft")

    def test_the_job_skips_it_goes_on_and_tells_once(self):
        revision, other = self._planned(), self._planned()
        self._touch(revision)
        jobs = self.env["document.page.history"]
        with freeze_time("2026-12-02 02:00:00"):
            for _night in range(2):
                jobs._bring_due_into_force(commit)
        self.assertEqual((revision.qms_state, other.qms_state), ("approved", "effective"))
        told = revision.page_id.activity_ids
        self.assertEqual(told.user_id, self.company._qms_officers()[:1])
        told.action_done()
        with freeze_time("2026-12-03 02:00:00"):
            jobs._bring_due_into_force(commit)
        self.assertFalse(revision.page_id.activity_ids)

    def test_a_touched_document_taken_over_does_not_come_into_force(self):
        page = self._new_document()
        draft = self._draft(page)
        vals = {"issued_on": "2026-01-05", "effective_from": "2026-12-01"}
        draft._take_over({**vals, "issue_no": 3, "revision_no": 0}, "QĐ 537")
        self._touch(draft)
        self._refused(self._as(draft, self.user_leader).action_make_effective, "Take out of force")

    def test_by_hand_means_from_today(self):
        page = self._effective_document()
        before = page.qms_effective_id
        today = fields.Date.from_string("2026-11-09")
        revision = self._approved(self._next_revision(page, effective_from="2099-01-01"))
        self._as(revision, self.user_leader).action_make_effective()
        self.assertEqual((revision.qms_state, revision.effective_from), ("effective", today))
        self.assertEqual(before.effective_to, today)

    # === FILES AND PARTS === #

    def test_a_file_exchanged_behind_its_row_is_not_submitted(self):
        draft = self._draft(self._new_document())
        file = self._add_file(draft)
        of_file = [("res_model", "=", file._name), ("res_id", "=", file.id)]
        attachments = self.env["ir.attachment"].sudo()
        attachment = attachments.search([*of_file, ("res_field", "=", "content")])
        self._as(attachment, self.user_officer).write({"raw": PDF + b"x"})
        self.env.invalidate_all()
        self._refused(self._as(draft, self.user_officer).action_submit, "quy-trinh.pdf")
        self.assertEqual(draft.qms_state, "draft")
        file.content = base64.b64encode(PDF + b"x")
        self._submitted(draft)

    def test_rows_are_read_and_written_by_who_does_so_with_the_revision(self):
        draft = self._draft(self._new_document())
        file = self._add_file(draft)
        foreign = self._as(file, self.user_officer_b)
        for user in (self.user_specialist, self.user_officer_b):
            with self.assertRaises(AccessError):
                self._as(file, user).read(["name"])
            self.assertFalse(self._as(file, user).has_access("read"))
        self.assertTrue(self._as(file, self.user_head).has_access("read"))
        for call in (
            lambda: self._as(file, self.user_head).write({"name": "b.pdf"}),
            lambda: self._as(file, self.user_head).unlink(),
            lambda: self._add_file(self._as(draft, self.user_head), "b.pdf"),
            lambda: foreign.write({"name": "b.pdf"}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                call()
            self.env.invalidate_all()

    def test_who_adds_a_part_is_an_author(self):
        """Not the file or line alone: the approver's right goes with it."""
        makers = (
            lambda draft: self._add_file(draft),
            lambda draft: draft.env["qms.document.amendment"].create(
                {"revision_id": draft.id, "description": "Sửa mục 5"}
            ),
        )
        second = self._second_leader()
        second.group_ids |= self.env.ref("qms_public_admin.group_qms_officer")
        for make in makers:
            draft = self._draft(self._new_document())
            make(self._as(draft, second))
            self.assertIn(second, draft.sudo().contributor_ids)
            self._submitted(draft)
            self._refused(self._as(draft, second).action_confirm_review, "You wrote")
            self._reviewed_now(draft)
            self.assertNotIn(second, draft.sudo().review_ids.qms_reviewer_ids)
            self._refused(self._as(draft, second).action_approve)
            self._approved_now(draft)

    # === OLD TEXTS === #

    def test_old_texts_of_a_controlled_page_are_for_its_keepers_and_stay(self):
        groups = "document_page.group_document_editor,base.group_user"
        here = {
            "company_id": self.company.id,
            "company_ids": [fields.Command.set(self.company.ids)],
        }
        editor = new_test_user(self.env, login="wiki", groups=groups, **here)
        self.user_officer.group_ids |= self.env.ref("document_page.group_document_editor")
        wiki = self._as(self.env["document.page"], editor).create(
            {"name": "Mật", "content": "<p>nội dung mật</p>", "company_id": self.company.id}
        )
        old = wiki.history_ids
        old.content = "<p>nội dung mật hai</p>"
        page = self._as(wiki, self.user_officer)
        page.action_take_under_control(self.kind.id)
        page.qms_confidentiality = "restricted"
        self.env.invalidate_all()
        for user in (editor, self.user_specialist):
            rows = self._as(self.env["document.page.history"], user)
            self.assertFalse(rows.search([("page_id", "=", wiki.id)]))
            with self.assertRaises(AccessError):
                self._as(old, user).read(["content"])
        for user in (self.user_officer, self.user_auditor, self.user_leader):
            self.assertIn("mật hai", self._as(old, user).content)
        for hand in (old.sudo(), self._as(old, self.user_officer)):
            self._refused(lambda hand=hand: hand.write({"content": "<p>giả</p>"}))
            self._refused(lambda hand=hand: hand.unlink())


@tagged("post_install", "-at_install")
class TestDocumentNamesByRpc(IntegrityCommon, HttpCase):
    """No dialog tells the title of a document that its user may not read."""

    @mute_logger("odoo.http", "odoo.sql_db")
    def _onchange(self, user, model, name, revision):
        self.authenticate(user.login, user.login)
        shown = {"fields": {"display_name": {}}}
        spec = {"revision_id": shown, name: shown, "page_id": shown}
        spec = {key: value for key, value in spec.items() if key in self.env[model]}
        found = []
        for context in ({}, {f"default_{name}": revision.id}):
            vals = {} if context else {name: revision.id}
            try:
                found.append(
                    self.make_jsonrpc_request(
                        "/web/dataset/call_kw",
                        {
                            "model": model,
                            "method": "onchange",
                            "args": [[], vals, [] if context else [name], spec],
                            "kwargs": {"context": context},
                        },
                    )
                )
            except JsonRpcException as error:
                found.append(str(error))
        return str(found)

    def test_onchange_tells_no_title(self):
        foreign = self._new_document(self.user_officer_b, name="Bí mật của B")
        restricted = self._new_document(name="Mật của A", qms_confidentiality="restricted")
        for page, user in (
            (foreign, self.user_specialist),
            (foreign, self.user_officer),
            (restricted, self.user_specialist),
            (restricted, self.user_head),
        ):
            page = page.sudo()
            page.qms_owner_id = False
            revision = page.qms_revision_ids
            for model, name in (
                ("qms.document.file", "revision_id"),
                ("qms.document.amendment", "revision_id"),
                ("qms.document.sign.off", "revision_id"),
                ("qms.document.compare", "new_revision_id"),
                ("qms.acknowledgement", "revision_id"),
                ("qms.acknowledgement.campaign", "revision_id"),
            ):
                with self.subTest(user=user.login, model=model, page=page.name):
                    answer = self._onchange(user, model, name, revision)
                    self.assertNotIn(page.name, answer)
                    self.assertNotIn(page.qms_code, answer)
