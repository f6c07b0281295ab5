from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from odoo.addons.qms_public_admin.tests.improvement.common_nonconformity import NonconformityCommon


@tagged("post_install", "-at_install")
class TestReportsImprovement(NonconformityCommon):
    """Nonconformities and actions in figures and on paper."""

    def _rows(self, model, user, **domain):
        rows = self._as(self.env[model], user)
        self.env.flush_all()
        return rows.search([(name, "=", value) for name, value in domain.items()])

    def test_figures_of_another_agency_are_never_read(self):
        row, action = self._open_row()
        for model, field, record in (
            ("qms.nonconformity.analysis", "nonconformity_id", row),
            ("qms.action.analysis", "action_id", action),
        ):
            with self.subTest(model=model):
                mine = self._rows(model, self.user_specialist, **{field: record.id})
                self.assertEqual(len(mine), 1)
                self.assertFalse(self._rows(model, self.user_officer_b, **{field: record.id}))
                self.assertFalse(self._as(mine, self.user_officer_b).has_access("read"))

    def test_figures_do_not_tell_of_confidential_ones(self):
        row, action = self._open_row(qms_is_confidential=True)
        for model, field, record in (
            ("qms.nonconformity.analysis", "nonconformity_id", row),
            ("qms.action.analysis", "action_id", action),
        ):
            with self.subTest(model=model):
                self.assertTrue(self._rows(model, self.user_auditor, **{field: record.id}))
                self.assertFalse(self._rows(model, self.user_clerk, **{field: record.id}))
                groups = self._as(self.env[model], self.user_clerk)._read_group(
                    [(field, "=", record.id)], [], ["__count"]
                )
                self.assertEqual(groups, [(0,)])

    def test_nonconformities_are_counted(self):
        closed, _action = self._closed_row(qms_found_on=fields.Date.add(self.today, days=-10))
        late = self._raise(qms_due_date=fields.Date.add(self.today, days=-1), qms_cost=500)
        late = self._as(late, self.user_officer)
        late.qms_recurrence_of_id = closed
        late.qms_branch_ids = [
            fields.Command.create({"category_id": self.env.ref("qms_public_admin.cause_it").id}),
            fields.Command.create({"category_id": self.cause.id, "is_root": True}),
        ]
        figures = self._rows(
            "qms.nonconformity.analysis", self.user_officer, department_id=self.department.id
        )
        by_row = {line.nonconformity_id: line for line in figures}
        self.assertEqual(by_row[closed].days, 10)
        self.assertEqual((by_row[closed].open_count, by_row[closed].late_count), (0, 0))
        self.assertEqual((by_row[late].open_count, by_row[late].late_count), (1, 1))
        self.assertEqual(by_row[late].recurrent_count, 1)
        self.assertEqual(by_row[late].cause_id, self.cause)
        self.assertEqual(by_row[late].cost, 500)

    def test_actions_are_counted(self):
        row, on_time = self._open_row()
        late, cancelled = self._plan_action(row), self._plan_action(row)
        (late | cancelled).action_qms_start()
        self._as(cancelled, self.user_officer).action_qms_cancel("x")
        self._finish(on_time)
        day = fields.Date.add(late.date_deadline, days=4)
        with freeze_time(fields.Datetime.to_datetime(day)):
            self._as(late, self.user_colleague).action_qms_done("x")
            figures = {
                line.action_id: line
                for line in self._rows(
                    "qms.action.analysis", self.user_officer, company_id=self.company.id
                )
            }
        self.assertEqual((figures[on_time].on_time_count, figures[on_time].late_count), (1, 0))
        self.assertEqual((figures[late].on_time_count, figures[late].late_count), (0, 1))
        self.assertEqual(figures[late].days_late, 4)
        self.assertEqual((figures[cancelled].on_time_count, figures[cancelled].late_count), (0, 0))
        self.assertEqual(figures[on_time].source, "dossier")
        self.assertGreaterEqual(figures[on_time].days_to_done, 0)

    def test_the_paper_is_vietnamese_and_whole(self):
        row, _action = self._closed_row()
        row = self._as(row, self.user_officer)
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.user_officer)
            ._render_qweb_html("qms_reports.nonconformity", row.ids)
        )
        text = html.decode() if isinstance(html, bytes) else html
        for words in (
            "PHIẾU BÁO CÁO SỰ KHÔNG PHÙ HỢP",
            row.ref,
            "Five results were handed out late",
            "A step takes too long",
            "The step is shorter",
            "On time since",
            self.user_leader.name,
        ):
            self.assertIn(words, text)

    def test_the_paper_is_printed(self):
        row, _action = self._closed_row()
        reports = self.env["ir.actions.report"].with_user(self.user_officer)
        content, kind = reports.with_context(force_report_rendering=True)._render_qweb_pdf(
            "qms_reports.nonconformity", row.ids
        )
        self.assertEqual(kind, "pdf")
        self.assertTrue(content.startswith(b"%PDF"))
