from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.qms_public_admin.tests import common


@tagged("post_install", "-at_install")
class TestReportsComplaints(common.QmsCommon):
    """Figures of complaints agree with the tickets and hide what they hide."""

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    def _complaint(self, **vals):
        return self._as(self.env["helpdesk.ticket"], self.user_clerk).create(
            {
                "name": "Phản ánh",
                "description": "<p>Nội dung</p>",
                "qms_kind": "complaint",
                "company_id": self.company.id,
                "partner_name": "Nguyễn Thị Thử",
                "qms_phone": "0912345678",
                "qms_address": "Hà Nội",
                "user_id": False,
                **vals,
            }
        )

    def _rows(self, user=None):
        self.env.flush_all()
        return self._as(self.env["qms.complaint.analysis"], user or self.user_clerk).search([])

    def test_rows_say_what_the_tickets_say(self):
        answered, late, waiting = (
            self._complaint(qms_department_id=self.department.id),
            self._complaint(),
            self._complaint(),
        )
        answered.action_qms_classify("conduct")
        answered.action_qms_answer("Trả lời", "founded")
        late.action_qms_classify("not_ours")
        with freeze_time("2026-11-20 03:00:00"):
            late.action_qms_transfer("Sở khác")
            rows = {row.ticket_id: row for row in self._rows()}
            for ticket in answered | late | waiting:
                ticket.invalidate_recordset()
                self.assertEqual(rows[ticket].timeliness, ticket.qms_timeliness, ticket.name)
                self.assertEqual(rows[ticket].state, ticket.qms_state)
            self.assertEqual([rows[row].late_count for row in (answered, late, waiting)], [0, 1, 1])
        self.assertEqual(rows[answered].department_id, self.department)
        self.assertEqual(rows[answered].finding, "founded")

    def test_questions_and_requests_are_not_counted(self):
        self._complaint(qms_kind="question")
        self._complaint(qms_kind="request")
        self.assertFalse(self._rows())

    def test_a_figure_does_not_tell_what_the_list_hides(self):
        self._complaint(qms_officer_id=self.user_head.id)
        self.assertEqual(len(self._rows()), 1)
        self.assertFalse(self._rows(self.user_head))
        groups = self._as(self.env["qms.complaint.analysis"], self.user_head)._read_group(
            [], ["ticket_class"], ["__count"]
        )
        self.assertEqual(groups, [])

    def test_another_agency_and_plain_staff_see_no_figure(self):
        self._complaint()
        self.assertFalse(self._rows(self.user_clerk_b))
        analysis = self.env["qms.complaint.analysis"]
        self.assertFalse(self._as(analysis, self.user_specialist).has_access("read"))
