import datetime

from freezegun import freeze_time

from odoo import fields
from odoo.tests import new_test_user

from .. import common
from .common_measure import MeasureCommon

DAY = datetime.timedelta(days=1)


class ReviewCommon(MeasureCommon):
    """A review of the year planned by the ISO officer, with a participant and figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.procedure.department_id = cls.department
        cls._completed("2026-03-02", count=6)
        cls._completed("2026-04-03", "late", count=2)
        cls.user_guest = new_test_user(
            cls.env,
            login="qms_participant",
            groups="qms_public_admin.group_qms_staff",
            company_id=cls.company.id,
            company_ids=[fields.Command.set(cls.company.ids)],
        )

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    @classmethod
    def _review(cls, day=None, **vals):
        """Return a review as the ISO officer plans it, two days ahead."""
        return cls._as(cls.env["mgmtsystem.review"], cls.user_officer).create(
            {
                "name": "Xem xét năm 2026",
                "date": day or common.NOW + 2 * DAY,
                "qms_place": "Phòng họp số 1",
                "qms_date_from": "2026-01-01",
                "qms_date_to": "2026-10-31",
                "qms_chair_id": cls.user_leader.id,
                "qms_attendance_ids": [fields.Command.create({"user_id": cls.user_guest.id})],
                **vals,
            }
        )

    @classmethod
    def _held(cls, day=None, **vals):
        """Return a review that was held, with minutes and one decision."""
        review = cls._review(day or common.NOW - 2 * DAY, **vals)
        review.action_compile()
        review.action_hold()
        review.action_all_present()
        review.qms_input_ids.write({"verdict": "good", "comment": "<p>Ổn định</p>"})
        review.qms_output_ids = [fields.Command.create(cls._decision_vals())]
        return review

    @classmethod
    def _decision_vals(cls, **vals):
        return {
            "name": "Rút ngắn bước thẩm định",
            "kind": "improvement",
            "owner_id": cls.user_specialist.id,
            "due_date": "2026-12-31",
            **vals,
        }

    @classmethod
    def _submitted(cls, day=None, **vals):
        review = cls._held(day, **vals)
        review.action_submit()
        return review

    @classmethod
    def _approved(cls, day=None, **vals):
        review = cls._submitted(day, **vals)
        cls._as(review, cls.user_leader).action_approve()
        return review
