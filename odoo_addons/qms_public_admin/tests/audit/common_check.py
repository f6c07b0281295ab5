import datetime

from freezegun import freeze_time

from odoo import fields
from odoo.tests import new_test_user

from ..common import NOW, QmsCommon


class CheckCommon(QmsCommon):
    """An audit under way: a team, a head of the unit audited, two questions, dossiers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        freezer = freeze_time(NOW)
        freezer.start()
        cls.addClassCleanup(freezer.stop)
        cls.user_auditor_2 = new_test_user(
            cls.env,
            login="qms_auditor_2",
            groups="qms_public_admin.group_qms_auditor",
            company_id=cls.company.id,
            company_ids=[fields.Command.set(cls.company.ids)],
            tz="Asia/Ho_Chi_Minh",
        )
        cls.user_auditor_b = new_test_user(
            cls.env,
            login="qms_auditor_b",
            groups="qms_public_admin.group_qms_auditor",
            company_id=cls.company_b.id,
            company_ids=[fields.Command.set(cls.company_b.ids)],
        )
        cls.department.manager_id = cls.env["hr.employee"].create(
            {
                "name": "Head",
                "user_id": cls.user_head.id,
                "company_id": cls.company.id,
                "department_id": cls.department.id,
            }
        )
        cls.clause = cls.env.ref("qms_public_admin.qms_clause_2015_8_5_1")

    @classmethod
    def _audit(cls, state="open", **vals):
        """Return an audit of the unit, led by the auditor, moved to ``state`` by its verbs."""
        audit = cls._as(cls.env["mgmtsystem.audit"], cls.user_officer).create(
            {
                "name": "Audit of the budget division",
                "company_id": cls.company.id,
                "user_id": cls.user_officer.id,
                "qms_date_from": "2026-11-09",
                "qms_department_ids": [fields.Command.set(cls.department.ids)],
                "qms_clause_ids": [fields.Command.set(cls.clause.ids)],
                "qms_procedure_ids": [fields.Command.set(cls.procedure.ids)],
                "qms_period_from": "2026-01-01",
                "qms_period_to": "2026-11-09",
                "qms_scope": "Handling of dossiers",
                "qms_criteria": "ISO 9001:2015, internal process",
                "qms_team_ids": [
                    fields.Command.create({"user_id": cls.user_auditor.id, "role": "leader"})
                ],
                **vals,
            }
        )
        audit.action_generate_questions()
        cls._move(audit, state)
        return cls._as(audit, cls.user_auditor)

    @classmethod
    def _move(cls, audit, state):
        way = {"draft": (), "notified": ("notify",), "open": ("notify", "start")}
        for verb in way[state]:
            getattr(audit, f"action_{verb}")()

    @classmethod
    def _answered(cls, audit, **answers):
        """Answer all questions: the first by each of ``answers``, the rest as conforming."""
        lines = cls._as(audit, cls.user_auditor).line_ids.sorted()
        for line, (answer, note) in zip(lines, answers.items(), strict=False):
            line.write({"qms_answer": answer, "comments": note})
        lines[len(answers) :].write({"qms_answer": "conforming"})
        return lines

    @classmethod
    def _reported(cls, **answers):
        """Return an audit whose visit has ended."""
        audit = cls._audit()
        cls._answered(audit, **(answers or {"minor": "Two receipts are missing."}))
        audit.action_end()
        return audit

    @classmethod
    def _approved(cls, **answers):
        """Return an audit whose report was approved by a leader."""
        audit = cls._reported(**answers)
        audit.qms_conclusion = "The system works."
        audit.action_request_approval()
        cls._as(audit, cls.user_leader).action_approve()
        return audit

    @classmethod
    def _dossiers(cls, count, **vals):
        """Return accepted dossiers of the period."""
        dossiers = cls.env["qms.dossier"]
        for _number in range(count):
            dossiers |= cls._accepted_dossier(**vals)
        return dossiers.sudo()

    @classmethod
    def _wish(cls, **vals):
        return {
            "date_from": datetime.date(2026, 1, 1),
            "date_to": datetime.date(2026, 12, 31),
            "procedures": cls.env["qms.procedure"],
            "departments": cls.env["hr.department"],
            "size": 5,
            "late_size": 0,
            "supplement_size": 0,
            "seed": "2026",
            "reason": "",
            **vals,
        }
