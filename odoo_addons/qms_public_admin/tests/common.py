import datetime

from freezegun import freeze_time

from odoo import fields
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon

SLOTS = [(7.0, 11.5, "morning"), (13.5, 17.0, "afternoon")]
# Monday 9 November 2026, 08:00 in Hanoi: an ordinary working day.
NOW = datetime.datetime(2026, 11, 9, 1, 0)


class QmsCommon(BaseCommon):
    """Two agencies, a user for each role, and a published procedure of four steps."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls._create_agency("Department of Finance", "H99.01")
        cls.company_b = cls._create_agency("Department of Justice", "H99.02")
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids, "tz": "UTC"}
        )
        cls.department = cls.env["hr.department"].create(
            {"name": "Budget division", "company_id": cls.company.id}
        )
        cls._create_users()
        cls._create_positions()
        cls.procedure, cls.version = cls._create_procedure("9.000001", cls.company)

    # === DATA === #

    @classmethod
    def _create_agency(cls, name, code):
        """Return a company with its agency and a calendar 07:00–11:30, 13:30–17:00."""
        company = cls.env["res.company"].create({"name": name})
        calendar = cls.env["resource.calendar"].create(
            {
                "name": f"{name}: office hours",
                "company_id": company.id,
                "tz": "Asia/Ho_Chi_Minh",
                "attendance_ids": [
                    fields.Command.create(
                        {
                            "name": period,
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": end,
                            "day_period": period,
                        }
                    )
                    for day in range(5)
                    for start, end, period in SLOTS
                ],
            }
        )
        company.qms_calendar_id = calendar
        cls.env["qms.agency"].create({"name": name, "code": code, "company_id": company.id})
        return company

    @classmethod
    def _create_users(cls):
        def user(login, groups, company=cls.company):
            return new_test_user(
                cls.env,
                login=login,
                groups=groups,
                company_id=company.id,
                company_ids=[fields.Command.set(company.ids)],
                tz="Asia/Ho_Chi_Minh",
            )

        group = "qms_public_admin.group_qms_"
        cls.user_clerk = user("qms_clerk", f"{group}clerk")
        cls.user_specialist = user("qms_specialist", f"{group}staff")
        cls.user_colleague = user("qms_colleague", f"{group}staff")
        cls.user_head = user("qms_head", f"{group}head")
        cls.user_officer = user("qms_officer", f"{group}officer")
        cls.user_auditor = user("qms_auditor", f"{group}auditor")
        cls.user_leader = user("qms_leader", f"{group}leader")
        cls.user_provincial = user("qms_provincial", f"{group}provincial")
        cls.user_outsider = user("qms_outsider", "base.group_user")
        cls.user_clerk_b = user("qms_clerk_b", f"{group}clerk", cls.company_b)
        cls.user_officer_b = user("qms_officer_b", f"{group}officer", cls.company_b)
        cls.users_by_role = {
            "clerk": cls.user_clerk,
            "staff": cls.user_specialist,
            "head": cls.user_head,
            "officer": cls.user_officer,
            "auditor": cls.user_auditor,
            "leader": cls.user_leader,
            "provincial": cls.user_provincial,
        }

    @classmethod
    def _create_positions(cls):
        def position(name, users):
            return cls.env["qms.position"].create(
                {
                    "name": name,
                    "company_id": cls.company.id,
                    "department_id": cls.department.id,
                    "holder_ids": [fields.Command.set(users.ids)],
                }
            )

        cls.position_clerk = position("Clerk at the counter", cls.user_clerk)
        cls.position_specialist = position("Specialist", cls.user_specialist)
        cls.position_head = position("Head of division", cls.user_head)

    @classmethod
    def _create_procedure(cls, code, company, publish=True, **version_vals):
        """Return a procedure and its version: 1 + 20 + 2 + 1 hours, 24 of 40 promised."""
        procedure = cls.env["qms.procedure"].create(
            {"code": code, "name": f"Procedure {code}", "company_id": company.id}
        )
        version = cls.env["qms.procedure.version"].create(
            {
                "procedure_id": procedure.id,
                "decision_no": "1/QĐ-UBND",
                "effective_from": "2018-01-01",
                "legal_hours": 40,
                "committed_hours": 24,
                "duration_kind": "working",
                "has_due": True,
                "component_ids": [
                    fields.Command.create(
                        {"name": "Application", "original_qty": 1, "is_required": True}
                    ),
                    fields.Command.create({"name": "Identity paper", "copy_qty": 1}),
                ],
                "step_ids": cls._step_commands(),
                **version_vals,
            }
        )
        if publish:
            with freeze_time(NOW):
                version.action_publish()
        return procedure, version

    @classmethod
    def _step_commands(cls):
        plan = [
            ("Receive and hand over", "receive", cls.position_clerk, 1.0),
            ("Examine", "process", cls.position_specialist, 20.0),
            ("Sign", "approve", cls.position_head, 3.0),
            ("Return the result", "return", cls.position_clerk, 0.0),
        ]
        return [
            fields.Command.create(
                {
                    "sequence": number,
                    "name": name,
                    "kind": kind,
                    "position_id": position.id,
                    "hours": hours,
                    "time_state": "timed" if hours else "not_counted",
                }
            )
            for number, (name, kind, position, hours) in enumerate(plan, 1)
        ]

    @classmethod
    def _new_dossier(cls, **vals):
        """Return a dossier as the clerk enters it."""
        return (
            cls.env["qms.dossier"]
            .with_user(cls.user_clerk)
            .with_context(allowed_company_ids=cls.company.ids)
            .create(
                {
                    "procedure_id": cls.procedure.id,
                    "holder_name": "Nguyễn Thị Thử",
                    "company_id": cls.company.id,
                    **vals,
                }
            )
        )

    @classmethod
    def _accepted_dossier(cls, **vals):
        dossier = cls._new_dossier(**vals)
        dossier.action_accept()
        return dossier

    @classmethod
    def _as(cls, record, user):
        """Return ``record`` seen by ``user`` in their own company."""
        return record.with_user(user).with_context(allowed_company_ids=user.company_id.ids)
