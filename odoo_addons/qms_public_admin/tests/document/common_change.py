from freezegun import freeze_time

from odoo.fields import Command

from .. import common
from .common_document import DocumentCommon


class ChangeCommon(DocumentCommon):
    """A decree that replaces another, and what rests on the other: procedure → paper → form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        freezer = freeze_time(common.NOW)
        freezer.start()
        cls.addClassCleanup(freezer.stop)
        cls.company.qms_change_proposal = "none"
        cls.department.manager_id = cls.env["hr.employee"].create(
            {"name": "Head", "user_id": cls.user_head.id, "company_id": cls.company.id}
        )
        cls.old = cls._law("9901/2018/NĐ-CP", effective_date="2018-01-01")
        cls.new = cls._law("99/2026/NĐ-CP", effective_date="2026-10-15")
        cls.link = cls._act(cls.new, "replaces", cls.old)
        cls.form = cls._effective_document(
            name="Tờ khai", qms_kind_id=cls.env.ref("qms_public_admin.qms_document_kind_form").id
        )
        cls.page = cls._effective_document(qms_legal_ids=cls.old.ids, qms_form_ids=cls.form.ids)
        cls.iso = cls._effective_document(name="Quy trình cấp giấy")
        cls.procedure.write(
            {
                "legal_document_ids": [Command.set(cls.old.ids)],
                "iso_document_id": cls.iso.id,
                "department_id": cls.department.id,
            }
        )

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    @classmethod
    def _law(cls, number, **vals):
        return cls.env["qms.legal.document"].create(
            {"number": number, "name": number, "company_id": cls.company.id, **vals}
        )

    @classmethod
    def _act(cls, acting, kind, concerned):
        return cls.env["qms.legal.document.link"].create(
            {"from_id": acting.id, "kind": kind, "to_id": concerned.id}
        )

    @classmethod
    def _change(cls, law=None, user=None):
        """Return the change that the ISO officer opens from a legal document."""
        action = cls._as(law or cls.new, user or cls.user_officer).action_open_change()
        change = cls.env["qms.change.request"].browse(action["res_id"])
        return cls._as(change, user or cls.user_officer)

    def _line(self, change, item):
        return change.line_ids.filtered(lambda line: item in (line.page_id, line.procedure_id))

    def _settle_all(self, change):
        left = change.line_ids.filtered(lambda line: line.state in ("open", "in_work"))
        left.action_justify("Không phải sửa")
