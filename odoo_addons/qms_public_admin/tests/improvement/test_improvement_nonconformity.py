from odoo.tests import Form, tagged

from .improvement_common import ImprovementCommon


@tagged("post_install", "-at_install")
class TestImprovementNonconformity(ImprovementCommon):
    """From the finding to the closing, and what stands in the way of it."""

    def test_the_whole_way(self):
        row, action = self._open_row()
        self.assertEqual(row.state, "open")
        self.assertEqual(row.stage_id.state, "open")
        self.assertEqual(action.qms_state, "open")
        self._finish(action)
        self._as(row, self.user_auditor).action_qms_verify("Seen")
        self._as(row, self.user_leader).action_qms_close("On time since")
        self.assertEqual((row.state, row.stage_id.state), ("done", "done"))
        self.assertEqual(row.qms_closed_by_id, self.user_leader)
        self.assertTrue(row.closing_date)
        self.assertEqual(
            row.qms_event_ids.sorted("id").mapped("kind"),
            ["raised", "analysed", "planned", "started", "verified", "closed"],
        )

    def test_the_form_of_the_officer_saves(self):
        with Form(self._as(self.nc_model, self.user_officer)) as form:
            form.name = "Late"
            form.description = "Late results"
        row = form.record
        self.assertEqual(row.state, "draft")
        self.assertTrue(row.origin_ids)
