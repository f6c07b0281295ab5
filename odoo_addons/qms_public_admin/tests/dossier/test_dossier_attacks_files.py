import base64
import contextlib

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .. import common
from .test_dossier_import_flow import row, table

TEXT = base64.b64encode(b"as handed in").decode()
OTHER = base64.b64encode(b"exchanged").decode()


class FilesCase(common.QmsCommon):
    def _file(self, record, name="application.txt", **vals):
        return self.env["ir.attachment"].create(
            {"name": name, "datas": TEXT, "res_model": record._name, "res_id": record.id, **vals}
        )


@tagged("post_install", "-at_install")
class TestDossierAttackedFiles(FilesCase):
    """Attachments ask for access to the record, not its write(): they need a guard."""

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    def _assert_kept(self, attachment, user):
        mine = self._as(attachment, user)
        for vals in (
            {"datas": OTHER},
            {"raw": b"exchanged"},
            {"name": "renamed.txt"},
            {"res_id": False},
            {"res_model": "res.partner", "res_id": user.partner_id.id},
            {"type": "url", "url": "https://example.com"},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                mine.write(vals)
        with self.assertRaises(UserError):
            mine.unlink()
        self.env.invalidate_all()
        self.assertEqual(attachment.raw, b"as handed in")

    def test_files_of_an_accepted_dossier_stay_as_they_are(self):
        dossier = self._new_dossier()
        attachment = self._file(dossier)
        free = self._as(self._file(dossier, "wrong.txt"), self.user_clerk)
        free.write({"datas": OTHER})
        free.unlink()
        dossier.action_accept()
        self._assert_kept(attachment, self.user_clerk)
        for user in (self.user_officer, self.user_leader, self.user_clerk_b):
            self._assert_kept(attachment, user)

    def test_files_are_added_to_a_dossier_all_along(self):
        dossier = self._accepted_dossier()
        added = self._as(self.env["ir.attachment"], self.user_clerk).create(
            {
                "name": "supplement.txt",
                "datas": TEXT,
                "res_model": "qms.dossier",
                "res_id": dossier.id,
            }
        )
        self._assert_kept(added, self.user_clerk)

    def test_files_of_papers_stay_with_them(self):
        dossier = self._new_dossier()
        attachment = self._file(dossier.component_ids[0])
        dossier.action_accept()
        self._assert_kept(attachment, self.user_clerk)

    def test_elevated_code_keeps_them_too(self):
        dossier = self._accepted_dossier()
        attachment = self._file(dossier).sudo()
        with self.assertRaises(UserError):
            attachment.write({"datas": OTHER})
        with self.assertRaises(UserError):
            attachment.unlink()

    def test_files_of_facts_take_nobody(self):
        step = self._accepted_dossier().step_ids[0]
        for user in self.users_by_role.values():
            with self.assertRaises(AccessError):
                self._as(self.env["ir.attachment"], user).create(
                    {"name": "x", "datas": TEXT, "res_model": step._name, "res_id": step.id}
                )

    def test_the_file_of_a_checked_import_cannot_be_exchanged(self):
        record = self._as(self.env["qms.dossier.import"], self.user_officer).create(
            {"file": base64.b64encode(table([row("A-1")])), "file_name": "a.csv"}
        )
        record.action_check()
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("res_field", "=", "file"),
            ]
        )
        self.assertTrue(attachment)
        mine = self._as(attachment, self.user_officer)
        with self.assertRaises(UserError):
            mine.write({"datas": OTHER})
        with self.assertRaises(UserError):
            mine.unlink()
        record.action_result()
        record.action_draft()
        record.unlink()
        self.assertFalse(attachment.exists())

    def test_a_message_brings_its_file_along(self):
        """Posting links the uploaded file; afterwards it is kept."""
        dossier = self._as(self._accepted_dossier(), self.user_specialist)
        message = dossier.message_post(attachments=[("a.txt", b"as handed in")])
        self.assertEqual(message.attachment_ids.res_id, dossier.id)
        self._assert_kept(message.attachment_ids, self.user_specialist)


@tagged("post_install", "-at_install")
class TestDossierAttackedFilesRpc(FilesCase, HttpCase):
    @mute_logger("odoo.http")
    def test_the_mail_routes_delete_no_kept_file(self):
        dossier = self._accepted_dossier()
        attachment = self._file(dossier)
        for user in (self.user_clerk, self.user_specialist, self.user_clerk_b):
            self.authenticate(user.login, user.login)
            with contextlib.suppress(JsonRpcException):
                self.make_jsonrpc_request(
                    "/mail/attachment/delete", {"attachment_id": attachment.id}
                )
            self.env.invalidate_all()
            self.assertTrue(attachment.exists(), user.login)

    @mute_logger("odoo.http")
    def test_strangers_get_no_file(self):
        attachment = self._file(self._accepted_dossier())
        for user in (self.user_outsider, self.user_clerk_b, None):
            self.authenticate(user and user.login, user and user.login)
            response = self.url_open(f"/web/content/{attachment.id}?download=true")
            self.assertNotIn("as handed in", response.text)

    @mute_logger("odoo.http")
    def test_strangers_reach_no_thread(self):
        dossier = self._accepted_dossier()
        thread = {"thread_model": "qms.dossier", "thread_id": dossier.id}
        for user in (self.user_outsider, self.user_clerk_b):
            self.authenticate(user.login, user.login)
            for route, params in (
                ("/mail/thread/messages", thread),
                ("/mail/message/post", {**thread, "post_data": {"body": "forged"}}),
            ):
                with self.subTest(user=user.login, route=route):
                    try:
                        told = self.make_jsonrpc_request(route, params)
                    except JsonRpcException:
                        continue
                    self.assertNotIn(dossier.code, str(told))
        self.env.invalidate_all()
        self.assertFalse(dossier.message_ids.filtered(lambda m: "forged" in (m.body or "")))
