from odoo import fields

from ..common import QmsCommon


class NonconformityCommon(QmsCommon):
    """A nonconformity of the budget division, with people for each part in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env["mgmtsystem.action"])
        cls.nc_model = cls.env["mgmtsystem.nonconformity"]
        cls.cause = cls.env.ref("qms_public_admin.cause_people")

    # === DATA === #

    @classmethod
    def _raise(cls, user=None, **vals):
        """Return a nonconformity as the wizard makes it, seen by who raised it."""
        user = user or cls.user_officer
        values = {
            "name": "Late results",
            "description": "Five results were handed out late",
            "qms_source": "dossier",
            "company_id": cls.company.id,
            "qms_department_id": cls.department.id,
            "responsible_user_id": cls.user_specialist.id,
            **vals,
        }
        return cls._as(cls.nc_model, user)._qms_raise([values])

    @classmethod
    def _plan_action(cls, row, user=None, **vals):
        """Return an action of a nonconformity, planned by an officer."""
        values = {
            "name": "Shorten a step",
            "type_action": "correction",
            "user_id": cls.user_colleague.id,
            "date_deadline": fields.Date.add(cls.today, days=20),
            "company_id": row.company_id.id,
            "nonconformity_ids": [fields.Command.link(row.id)],
            **vals,
        }
        return cls._as(cls.env["mgmtsystem.action"], user or cls.user_officer).create(values)

    @classmethod
    def _open_row(cls, **vals):
        """Return ``(nonconformity, action)`` under way."""
        row = cls._as(cls._raise(**vals), cls.user_officer)
        row.action_qms_analyse()
        row.analysis = "A step takes too long"
        row.action_qms_plan()
        action = cls._plan_action(row)
        row.action_qms_start()
        return row, action

    @classmethod
    def _finish(cls, action):
        """Report an action done by its owner and verify it."""
        cls._as(action, action.user_id).action_qms_done("The step is shorter")
        cls._as(action, cls.user_auditor).action_qms_verify("Seen in the process")

    @classmethod
    def _closed_row(cls, **vals):
        row, action = cls._open_row(**vals)
        cls._finish(action)
        cls._as(row, cls.user_auditor).action_qms_verify("Seen")
        cls._as(row, cls.user_leader).action_qms_close("On time since")
        return row, action
