import contextlib

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo.tools import mute_logger

from .. import common

ALL = {"read", "write", "create", "unlink"}


class RiskCommon(common.QmsCommon):
    """Risks, committees and trainings of two agencies, on an ordinary Monday."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.matrix = cls.env.ref("qms_public_admin.qms_risk_matrix_5")
        cls.kind_late = cls.env.ref("qms_public_admin.qms_risk_kind_late")
        cls.kind_corruption = cls.env.ref("qms_public_admin.qms_risk_kind_corruption")

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    # === DATA === #

    @classmethod
    def _risk(cls, user=None, **vals):
        """Return a risk as its owner enters it."""
        user = user or cls.user_specialist
        model = cls._as(cls.env["qms.risk"], user)
        return model.create({"name": "Survey comes late", "kind_id": cls.kind_late.id, **vals})

    @classmethod
    def _action(cls, risk, user=None):
        """Return an action against a risk, planned and owned by ``user``."""
        user = user or cls.user_specialist
        return cls._as(cls.env["mgmtsystem.action"], user).create(
            {
                "name": "Agree on a day for the answer",
                "type_action": "prevention",
                "user_id": user.id,
                "date_deadline": "2026-12-31",
                "qms_risk_id": risk.id,
            }
        )

    @classmethod
    def _committee(cls, user=None, **vals):
        """Return a draft with a head, the secretary and a member."""
        user = user or cls.user_officer
        model = cls._as(cls.env["qms.committee"], user)
        people = [
            {"role": "head", "user_id": cls.user_leader.id},
            {"role": "secretary", "user_id": cls.user_officer.id},
            {"role": "member", "user_id": cls.user_head.id},
        ]
        if user.company_id != cls.company:
            people = [
                {"role": "head", "name": "Trần Văn Ba"},
                {"role": "secretary", "user_id": user.id},
            ]
        return model.create(
            {
                "date_from": "2026-11-01",
                "date_to": "2027-10-31",
                "member_ids": [(0, 0, person) for person in people],
                **vals,
            }
        )

    @classmethod
    def _add_file(cls, record, name="decision.pdf"):
        return cls.env["ir.attachment"].create(
            {"name": name, "raw": b"%PDF-1.4", "res_model": record._name, "res_id": record.id}
        )

    @classmethod
    def _recorded(cls, number="1/QĐ-STC", user=None, **vals):
        """Return a committee in force by a decision signed on paper."""
        committee = cls._committee(
            user, is_on_paper=True, decision_no=number, decision_date="2026-10-30", **vals
        )
        cls._add_file(committee)
        committee.action_record()
        return committee

    # === ASSERTS === #

    @contextlib.contextmanager
    def _violated(self):
        """Expect that the database refuses what is written here."""
        with (
            self.assertRaises(CheckViolation),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            yield

    def _rights(self, model, user):
        records = self.env[model].with_user(user)
        return {operation for operation in ALL if records.has_access(operation)}
