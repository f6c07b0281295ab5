from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import ReportsCommon

PERIOD = ("2026-01-01", "2026-01-31")


@tagged("post_install", "-at_install")
class TestReportsSecurity(ReportsCommon, HttpCase):
    """Reports count what their user may read, and nobody else sees them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dossier = cls._accept("2026-01-05 08:00", holder_phone="0912345678")
        procedure_b, _version = cls._create_procedure(
            "9.000002", cls.company_b, step_ids=cls._step_commands_b()
        )
        with cls._at("2026-01-06 08:00"):
            cls.dossier_b = (
                cls.env["qms.dossier"]
                .with_user(cls.user_clerk_b)
                .with_context(allowed_company_ids=cls.company_b.ids)
                .create(
                    {
                        "procedure_id": procedure_b.id,
                        "holder_name": "Lê Văn Hai",
                        "company_id": cls.company_b.id,
                    }
                )
            )
            cls.dossier_b.action_accept()
        cls.both = cls.company | cls.company_b
        cls.user_provincial.company_ids = [fields.Command.set(cls.both.ids)]

    @classmethod
    def _step_commands_b(cls):
        position = cls.env["qms.position"].create(
            {
                "name": "Specialist of B",
                "company_id": cls.company_b.id,
                "holder_ids": [fields.Command.set(cls.user_clerk_b.ids)],
            }
        )
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
            for number, (name, kind, hours) in enumerate(
                [("Examine", "process", 8.0), ("Return", "return", 0.0)], 1
            )
        ]

    # === COMPANIES === #

    def test_report_counts_own_agency_only(self):
        report = self._report(*PERIOD)
        self.assertEqual(report.total_line_id.total, 1)
        self.assertEqual(self._opened(report.total_line_id, "total"), self.dossier)

    def test_report_over_foreign_agency_is_refused(self):
        with self.assertRaises(AccessError):
            self._report(*PERIOD, companies=self.both)
        with self.assertRaises(AccessError):
            report = self._report(*PERIOD)
            report.company_ids = self.both
            report.action_compute()

    def test_provincial_office_counts_its_agencies(self):
        report = self._report(*PERIOD, user=self.user_provincial, companies=self.both)
        self.assertEqual(report.total_line_id.total, 2)
        report = self._report(
            *PERIOD, user=self.user_provincial, companies=self.both, grouping="company"
        )
        self.assertEqual(
            {line.name: line.total for line in report.line_ids if not line.is_total},
            {self.company.name: 1, self.company_b.name: 1},
        )

    def test_figure_of_foreign_agency_is_refused(self):
        report = self._report(*PERIOD, user=self.user_provincial, companies=self.both)
        key = report._period().key(None, "total")
        dossiers = self._as(self.env["qms.dossier"], self.user_auditor)
        with self.assertRaises(AccessError):
            dossiers.search([("report_figure", "=", key)])

    def test_inter_agency_dossier_counts_once(self):
        """INV-11: an agency that co-ordinates does not count the dossier again."""
        agency_b = self.env["qms.agency"].search([("company_id", "=", self.company_b.id)])
        self._accept(
            "2026-01-07 08:00",
            is_inter_agency=True,
            coordinating_agency_ids=[fields.Command.set(agency_b.ids)],
        )
        report = self._report(
            *PERIOD, user=self.user_provincial, companies=self.both, grouping="company"
        )
        self.assertEqual(
            {line.name: line.total for line in report.line_ids},
            {self.company.name: 2, self.company_b.name: 1, "Total": 3},
        )

    def test_step_time_is_split_by_agency(self):
        """INV-11: the time of a dossier goes to the agency that held it."""
        step = self.dossier.sudo().step_ids[1]
        step._complete({"handler_company_id": self.company_b.id})
        with self._at("2026-01-05 10:00"):
            self._as(self.dossier, self.user_clerk).action_complete_step()
        step._complete({"state": "done", "done_at": "2026-01-06 03:00:00", "hours_used": 6.0})
        rows = self.env["qms.dossier.step.analysis"]._read_group(
            [("dossier_id", "=", self.dossier.id), ("done_at", "!=", False)],
            ["handler_company_id"],
            ["hours_used:sum"],
        )
        self.assertEqual(rows, [(self.company, 2.0), (self.company_b, 6.0)])
        seen_by_b = self._as(self.env["qms.dossier.step.analysis"], self.user_clerk_b).search([])
        self.assertIn(step.id, seen_by_b.ids)
        self.assertEqual(
            seen_by_b.mapped("dossier_id.id").count(self.dossier.id), 1, "its own step only"
        )

    def test_analysis_shows_own_agency_only(self):
        for model in ("qms.dossier.analysis", "qms.dossier.step.analysis"):
            rows = self._as(self.env[model], self.user_auditor).search([])
            self.assertEqual(rows.company_id, self.company, model)
            self.assertTrue(rows)
            rows = self._as(self.env[model], self.user_clerk_b).search([])
            self.assertEqual(rows.company_id, self.company_b, model)

    # === OWN REPORTS === #

    def test_reports_are_seen_by_their_makers_only(self):
        report = self._report(*PERIOD)
        colleague = self._as(report, self.user_leader)
        with self.assertRaises(AccessError):
            colleague.read(["date_from"])
        with self.assertRaises(AccessError):
            self._as(report.line_ids, self.user_leader).read(["total"])
        with self.assertRaises(AccessError):
            colleague.action_compute()
        with self.assertRaises(AccessError):
            self._as(report.line_ids, self.user_leader)[:1].action_open_figure("total")

    def test_users_without_role_make_no_reports(self):
        for model in (
            "qms.period.report",
            "qms.period.report.line",
            "qms.dossier.register",
            "qms.dossier.analysis",
            "qms.dossier.step.analysis",
        ):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.user_outsider).search([])

    def test_every_role_makes_reports(self):
        for role, user in self.users_by_role.items():
            report = self._report(*PERIOD, user=user)
            self.assertEqual(report.total_line_id.total, 1, role)

    def test_lines_are_written_by_the_computation_alone(self):
        report = self._report(*PERIOD)
        line = report.line_ids[:1]
        with self.assertRaises(AccessError):
            line.write({"total": 99})
        with self.assertRaises(AccessError):
            line.create({"report_id": report.id, "total": 99})
        with self.assertRaises(AccessError):
            line.unlink()
        with self.assertRaises(AccessError):
            report.write({"line_ids": [fields.Command.create({"total": 99})]})

    # === RPC === #

    def _rpc(self, model, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def _refused(self, *args, **kwargs):
        with self.assertRaises(JsonRpcException) as caught, mute_logger("odoo.http"):
            self._rpc("qms.period.report", *args, **kwargs)
        self.assertIn("AccessError", str(caught.exception))

    def test_rpc_cannot_widen_the_companies(self):
        self.authenticate("qms_auditor", "qms_auditor")
        both = [[6, 0, self.both.ids]]
        days = {"date_from": "2026-01-01", "date_to": "2026-01-31"}
        self._refused("create", [{**days, "company_ids": both}])
        own = [[6, 0, self.company.ids]]
        [report_id] = self._rpc("qms.period.report", "create", [{**days, "company_ids": own}])
        self._refused("write", [report_id], {"company_ids": both})
        self._refused("action_compute", [report_id], context={"allowed_company_ids": self.both.ids})
        report = self.env["qms.period.report"].browse(report_id)
        self.assertFalse(report.line_ids)
        # Even in a report that somehow names both, this user's own agency counts alone.
        report.company_ids = self.both
        self._rpc("qms.period.report", "action_compute", [report_id])
        self.assertEqual(report.total_line_id.total, 1)

    def test_rpc_has_no_way_to_the_query(self):
        self.authenticate("qms_auditor", "qms_auditor")
        for method in ("_figures", "_placed_sql", "_dossiers_sql"):
            with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
                self._rpc("qms.period.figures", method, [])

    def test_print_of_a_foreign_report_is_refused(self):
        report = self._report(*PERIOD)
        prints = self._as(self.env["ir.actions.report"], self.user_leader)
        for name in ("period_report_pdf_action", "period_report_xlsx_action"):
            action = self.env.ref(f"qms_reports.{name}")
            with self.assertRaises(AccessError):
                if action.report_type == "xlsx":
                    prints._render_xlsx(action, report.ids, None)
                else:
                    prints._render_qweb_html(action, report.ids)

    # === REGISTER === #

    def _register(self, user, company=None, **vals):
        company = company or self.company
        return (
            self.env["qms.dossier.register"]
            .with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
            .create(
                {
                    "company_id": company.id,
                    "date_from": "2026-01-01",
                    "date_to": "2026-01-31",
                    **vals,
                }
            )
        )

    def test_register_masks_phones_for_those_not_at_the_counter(self):
        """INV-18: identity numbers and phones are masked in exports without the right."""
        shown = [row["holder_phone"] for row in self._register(self.user_clerk)._rows()]
        self.assertEqual(shown, ["0912345678"])
        masked = [row["holder_phone"] for row in self._register(self.user_provincial)._rows()]
        self.assertEqual(masked, ["•••••••678"])

    def test_register_with_phones_leaves_a_row_for_each_dossier(self):
        """INV-18: who takes numbers out of the house in full is recorded, others are not."""
        for user, count in ((self.user_clerk, 1), (self.user_provincial, 0)):
            rows = list(self._register(user)._rows())
            noted = self.env["qms.disclosure"].search([("user_id", "=", user.id)])
            self.assertEqual(len(noted), count, user.login)
            self.assertEqual(noted.dossier_id.ids, [row["id"] for row in rows][:count])
            self.assertEqual(set(noted.mapped("action")) - {"register"}, set())

    def test_register_of_foreign_agency_is_refused(self):
        with self.assertRaises(AccessError):
            self._register(self.user_clerk, self.company_b)
        register = self._register(self.user_clerk)
        register.company_id = self.company_b
        with self.assertRaises(AccessError):
            list(register._rows())
