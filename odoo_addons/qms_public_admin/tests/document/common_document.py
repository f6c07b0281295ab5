import base64

from odoo import fields
from odoo.tests import new_test_user

from .. import common

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


class DocumentCommon(common.QmsCommon):
    """An ISO officer who drafts, a head who reviews, a leader who approves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.department.qms_code = "TC"
        cls.kind = cls.env.ref("qms_public_admin.qms_document_kind_operating")
        cls.kind_system = cls.env.ref("qms_public_admin.qms_document_kind_system")
        cls.user_leader_b = new_test_user(
            cls.env,
            login="qms_leader_b",
            groups="qms_public_admin.group_qms_leader",
            company_id=cls.company_b.id,
            company_ids=[fields.Command.set(cls.company_b.ids)],
        )

    @classmethod
    def _second_leader(cls):
        return new_test_user(
            cls.env,
            login="qms_leader_2",
            groups="qms_public_admin.group_qms_leader",
            company_id=cls.company.id,
            company_ids=[fields.Command.set(cls.company.ids)],
        )

    @classmethod
    def _new_document(cls, user=None, **vals):
        """Return a document as the ISO officer makes it."""
        user = user or cls.user_officer
        return (
            cls.env["document.page"]
            .with_user(user)
            .with_context(allowed_company_ids=user.company_id.ids)
            .create(
                {
                    "name": "Thu phí tham quan",
                    "qms_kind_id": cls.kind.id,
                    "qms_owner_id": cls.department.id if user == cls.user_officer else False,
                    "content": "<h2>1. Mục đích</h2><p>Quy định cách làm.</p>",
                    **vals,
                }
            )
        )

    @classmethod
    def _draft(cls, page, user=None):
        return cls._as(page, user or cls.user_officer).qms_open_revision_id

    @classmethod
    def _add_file(cls, revision, name="quy-trinh.pdf", content=PDF):
        return revision.env["qms.document.file"].create(
            {"revision_id": revision.id, "name": name, "content": base64.b64encode(content)}
        )

    @classmethod
    def _submitted(cls, revision):
        cls._as(revision, cls.user_officer).action_submit()
        return revision

    @classmethod
    def _reviewed(cls, revision):
        cls._as(cls._submitted(revision), cls.user_head).action_confirm_review("Đã soát")
        return revision

    @classmethod
    def _approved(cls, revision):
        cls._as(cls._reviewed(revision), cls.user_leader).action_approve()
        return revision

    @classmethod
    def _effective(cls, revision):
        cls._as(cls._approved(revision), cls.user_leader).action_make_effective()
        return revision

    @classmethod
    def _effective_document(cls, **vals):
        page = cls._new_document(**vals)
        revision = cls._draft(page)
        cls._add_file(revision)
        cls._effective(revision)
        return page

    @classmethod
    def _next_revision(cls, page, **vals):
        page = cls._as(page, cls.user_officer)
        page.action_new_revision()
        draft = page.with_context(refresh=1).qms_open_revision_id or cls._draft(page)
        draft.write({"reason": "Nghị định mới", **vals})
        return draft
