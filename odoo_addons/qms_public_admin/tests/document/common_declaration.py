from freezegun import freeze_time

from odoo import fields
from odoo.tests import new_test_user

from .. import common
from .common_document import DocumentCommon

CHAIN = {
    "documents_approved_on": "2026-08-03",
    "audited_on": "2026-09-01",
    "reviewed_on": "2026-10-01",
    "confirmed_on": "2026-10-15",
}


class DeclarationCommon(DocumentCommon):
    """A policy and a procedure in force; the ISO officer declares, the leader approves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind_policy = cls.env.ref("qms_public_admin.qms_document_kind_policy")
        cls.kind_policy.is_posted = True
        cls.procedure.qms_from = "2018-01-01"
        cls.procedure.department_id = cls.department
        cls.policy = cls._taken_over("CSCL-01", "Chính sách chất lượng", cls.kind_policy)

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    @classmethod
    def _taken_over(cls, code, name, kind, day="2018-01-02"):
        """Return a document that was approved on paper and is in force."""
        page = cls._new_document(name=name, qms_code=code, qms_kind_id=kind.id)
        draft = cls._draft(page)
        draft.effective_from = day
        draft._take_over(
            {"issue_no": 1, "revision_no": 0, "issued_on": day, "effective_from": day}, "1/QĐ"
        )
        return page

    @classmethod
    def _declaration(cls, **vals):
        """Return a draft as the ISO officer makes it, with its scope."""
        draft = cls._as(cls.env["qms.declaration"], cls.user_officer).create(
            {"head_name": "Trần Thị Thử", "head_title": "Giám đốc", **CHAIN, **vals}
        )
        draft.action_fill_scope()
        return draft

    @classmethod
    def _approved_declaration(cls, **vals):
        draft = cls._declaration(**vals)
        draft.action_submit()
        cls._as(draft, cls.user_leader).action_approve()
        return draft

    @classmethod
    def _declared(cls, number="12/QĐ-STC", day="2026-11-02", **vals):
        draft = cls._approved_declaration(**vals)
        draft.write({"decision_no": number, "decision_date": day})
        draft.action_declare()
        return draft

    def _add_procedure(self, code="9.000777"):
        procedure, _version = self._create_procedure(code, self.company)
        procedure.qms_from = fields.Date.context_today(procedure)
        self.env.invalidate_all()
        return procedure

    def _procedure_of(self, code, company):
        """Return a procedure under the QMS of another agency."""
        user = new_test_user(
            self.env,
            login=f"clerk_{code}",
            groups="qms_public_admin.group_qms_clerk",
            company_id=company.id,
            company_ids=[fields.Command.set(company.ids)],
        )
        position = self.env["qms.position"].create(
            {
                "name": "Clerk",
                "company_id": company.id,
                "holder_ids": [fields.Command.set(user.ids)],
            }
        )
        steps = [
            fields.Command.create(
                {"name": "Issue", "kind": "issue", "hours": 24, "position_id": position.id}
            )
        ]
        procedure, _version = self._create_procedure(code, company, step_ids=steps)
        procedure.qms_from = "2020-01-01"
        return procedure
