from freezegun import freeze_time

from odoo import fields

from .. import common


class PlanCommon(common.QmsCommon):
    """An agency with two units, two auditors, a leader who approves and a draft programme."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        freezer = freeze_time(common.NOW)
        freezer.start()
        cls.addClassCleanup(freezer.stop)
        cls.office = cls.env["hr.department"].create(
            {"name": "Office", "company_id": cls.company.id}
        )
        cls.procedure.write({"department_id": cls.department.id, "qms_from": "2020-01-01"})
        cls.head_employee = cls.env["hr.employee"].create(
            {
                "name": "Head",
                "user_id": cls.user_head.id,
                "company_id": cls.company.id,
                "department_id": cls.department.id,
            }
        )
        cls.department.manager_id = cls.head_employee
        cls.auditor = cls._register(cls.user_auditor, is_lead=True, department_id=cls.office.id)
        cls.auditor_2 = cls._register(cls.user_colleague)

    @classmethod
    def _register(cls, user, **vals):
        return cls.env["qms.auditor"].create(
            {"user_id": user.id, "company_id": cls.company.id, **vals}
        )

    @classmethod
    def _programme(cls, user=None, **vals):
        user = user or cls.user_officer
        return cls._as(cls.env["qms.audit.programme"], user).create(
            {"year": 2026, "company_id": user.company_id.id, **vals}
        )

    @classmethod
    def _line(cls, programme, **vals):
        return programme.line_ids.create(
            {
                "programme_id": programme.id,
                "department_id": cls.department.id,
                "date_from": "2026-11-17",
                **vals,
            }
        )

    @classmethod
    def _approved(cls, **vals):
        """Return an approved programme with one line."""
        programme = cls._programme()
        cls._line(programme, **vals)
        programme.action_submit()
        cls._as(programme, cls.user_leader).action_approve()
        return programme

    @classmethod
    def _audit(cls, user=None, leader=None, **vals):
        """Return the plan of an audit that could be announced."""
        leader = leader or cls.auditor
        return cls._as(cls.env["mgmtsystem.audit"], user or cls.user_officer).create(
            {
                "name": "Audit of the budget division",
                "company_id": cls.company.id,
                "qms_date_from": "2026-11-17",
                "qms_department_ids": [fields.Command.set(cls.department.ids)],
                "qms_procedure_ids": [fields.Command.set(cls.procedure.ids)],
                "qms_period_from": "2026-01-01",
                "qms_period_to": "2026-11-30",
                "qms_scope": "Dossiers",
                "qms_criteria": "ISO 9001",
                "qms_team_ids": [
                    fields.Command.create({"auditor_id": leader.id, "role": "leader"})
                ],
                **vals,
            }
        )

    @classmethod
    def _held(cls, audit):
        """Announce and begin an audit, answer its questions and end the visit."""
        audit.action_generate_questions()
        audit.action_notify()
        audit.action_start()
        cls._as(audit, cls.user_auditor).line_ids.write({"qms_answer": "conforming"})
        audit.action_end()
        return audit

    @classmethod
    def _closed(cls, audit):
        """Hold an audit and have its report approved."""
        cls._held(audit)
        audit.qms_conclusion = "The system works."
        audit.action_request_approval()
        cls._as(audit, cls.user_leader).action_approve()
        return audit
