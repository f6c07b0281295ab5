"""Reference case Q: the scope of a quality management system as of a date (INV-16)."""

from odoo.tests import TransactionCase, new_test_user, tagged

from ..scenarios import case_q


@tagged("post_install", "-at_install")
class TestCaseQ(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env["res.company"].create({"name": "Department of industry and trade"})
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        cls.officer = new_test_user(
            cls.env,
            login="case_q_officer",
            groups="qms_public_admin.group_qms_officer",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        cls.scope = case_q.load(cls.env, cls.officer)

    def _screen(self, date, **options):
        return (
            self.env["qms.procedure.coverage"]
            .with_user(self.officer)
            .create({"date": date, **options})
        )

    def test_inv_16_scope_at_the_decision(self):
        screen = self._screen(case_q.DECIDED)
        self.assertEqual((screen.covered_unit_count, screen.unit_count), (6, 7))
        self.assertEqual(screen.covered_count, case_q.PROCEDURES)
        self.assertEqual(screen.published_count, 130)
        self.assertEqual(screen.coverage, 100.0)

    def test_the_number_changes_and_the_past_does_not(self):
        counts = {
            date: self._screen(date).covered_count
            for date in ("2021-09-15", "2021-09-16", "2021-09-24", "2021-12-31", "2022-03-01")
        }
        self.assertEqual(
            counts,
            {
                "2021-09-15": 100,
                "2021-09-16": 118,
                "2021-09-24": 130,
                "2021-12-31": 130,
                "2022-03-01": 127,
            },
        )

    def test_every_one_has_an_approved_internal_process(self):
        versions = self.scope.procedures.filtered_domain(
            [("qms_from", "<=", case_q.DECIDED)]
        ).version_ids
        self.assertEqual(len(versions), 130)
        self.assertEqual(set(versions.mapped("state")), {"published"})
        self.assertTrue(all(version.decision_no and version.step_ids for version in versions))

    def test_chemicals_are_promised_sooner_than_the_law_says(self):
        chemicals = self.scope.procedures.filtered(
            lambda procedure: procedure.field_id.name == "Hóa chất"
        )
        for version in chemicals.version_ids:
            self.assertEqual(version.decision_no, "1443/QĐ-UBND")
            self.assertLess(version.committed_hours, version.legal_hours)
            self.assertLessEqual(version.step_hours, version.committed_hours)

    def test_the_units_open_and_add_up(self):
        screen = self._screen(case_q.DECIDED, group_by="department_id")
        screen.action_refresh()
        self.assertEqual(sum(screen.line_ids.mapped("covered_count")), 130)
        action = screen.action_open_units()
        units = self.env["hr.department"].search(action["domain"])
        self.assertEqual(len(units), 6)
        self.assertNotIn("Thanh tra Sở", units.mapped("name"))
