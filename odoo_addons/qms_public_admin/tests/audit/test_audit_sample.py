import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from ...tools import sampling
from .common_check import CheckCommon


@tagged("post_install", "-at_install")
class TestAuditSample(CheckCommon):
    """A draw depends on seed and population alone; it is a fact that nobody changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dossiers = cls._dossiers(12)
        cls.samples = cls.env["qms.audit.sample"]

    def _draw(self, audit, user=None, **wish):
        samples = self._as(self.samples, user or self.user_auditor)
        return samples._draw(self._as(audit, user or self.user_auditor), self._wish(**wish))

    def _make_late(self, dossiers):
        """As if these were completed after their day: raw, for the test of the draw alone."""
        self.env["qms.dossier"].flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE qms_dossier SET outcome = 'late', done_at = accepted_at WHERE id = ANY(%s)",
                dossiers.ids,
            )
        )
        dossiers.invalidate_recordset()

    # === KERNEL === #

    def test_the_database_draws_as_the_kernel_does(self):
        sample = self._draw(self._audit())
        wanted = sampling.draw(self.dossiers.ids, 5, "2026")
        self.assertEqual(sample.line_ids.mapped("dossier_id").ids, wanted)

    # === DRAW === #

    def test_the_same_seed_gives_the_same_dossiers(self):
        first = self._draw(self._audit())
        second = self._draw(self._audit())
        other = self._draw(self._audit(), seed="2027")
        self.assertEqual(first.line_ids.mapped("code"), second.line_ids.mapped("code"))
        self.assertNotEqual(first.line_ids.mapped("code"), other.line_ids.mapped("code"))
        self.assertEqual(first.action_verify()["params"]["type"], "success")

    def test_seed_population_method_and_author_are_recorded(self):
        sample = self._draw(self._audit(), seed=" 4711 ")
        self.assertEqual((sample.seed, sample.seed_origin), ("4711", "given"))
        self.assertEqual(sample.population, 12)
        self.assertEqual(sample.method, sampling.METHOD)
        self.assertEqual(sample.drawn_by_name, self.user_auditor.name)
        self.assertEqual(len(sample.population_sha256), 64)

    def test_without_a_seed_the_system_throws_one(self):
        seeds = {self._draw(self._audit(), seed="").seed for _time in range(3)}
        self.assertEqual(len(seeds), 3)
        self.assertTrue(all(len(seed) == 8 for seed in seeds))

    def test_late_dossiers_and_those_with_a_supplement_have_their_share(self):
        self._make_late(self.dossiers[:3])
        self.dossiers[3:5].sudo()._lifecycle_write({"supplement_count": 1})
        sample = self._draw(self._audit(), size=6, late_size=2, supplement_size=1)
        strata = sample.line_ids.mapped("stratum")
        self.assertEqual(strata, ["late", "late", "supplement", "any", "any", "any"])
        late = sample.line_ids.filtered(lambda line: line.stratum == "late").dossier_id
        self.assertLessEqual(late, self.dossiers[:3])
        self.assertEqual((sample.population_late, sample.population_supplement), (3, 2))
        self.assertEqual(len(sample.line_ids.dossier_id), 6)

    def test_only_dossiers_of_period_procedure_unit_and_agency_are_drawn(self):
        audit = self._audit()
        other, _version = self._create_procedure("9.000002", self.company)
        self._accepted_dossier(procedure_id=other.id)
        for wish, count in (
            ({}, 13),
            ({"procedures": other}, 1),
            ({"departments": self.department}, 13),
            ({"departments": self.env["hr.department"].create({"name": "Empty"})}, 0),
            ({"date_to": datetime.date(2026, 11, 8)}, 0),
        ):
            with self.subTest(wish=wish):
                frame = self.samples._frame_of(audit, self._wish(**wish), "1")
                self.assertEqual(self.samples._population_counts(frame)["population"], count)
        frame = self.samples._frame_of(audit, self._wish(), "1") | {"company_id": self.company_b.id}
        self.assertEqual(self.samples._population_counts(frame)["population"], 0)

    def test_a_day_is_that_of_the_agency(self):
        """Accepted at 08:00 in Hanoi on the 9th: the period of the 9th has it."""
        day = datetime.date(2026, 11, 9)
        sample = self._draw(self._audit(), date_from=day, date_to=day)
        self.assertEqual(sample.population, 12)

    def test_an_empty_population_gives_no_sample(self):
        with self.assertRaisesRegex(UserError, "no dossier to draw from"):
            self._draw(self._audit(), date_to=datetime.date(2026, 1, 2))

    def test_a_further_draw_needs_a_reason_and_the_first_stays(self):
        audit = self._audit()
        first = self._draw(audit)
        with self.assertRaisesRegex(UserError, "why it is drawn again"):
            self._draw(audit, seed="8")
        second = self._draw(audit, seed="8", reason="The archive was closed")
        self.assertEqual(audit.qms_sample_ids, second.browse([first.id, second.id]))
        self.assertEqual(second.number, 2)

    def test_sizes_are_checked(self):
        audit = self._audit()
        for wish in ({"size": 0}, {"size": 201}, {"size": 3, "late_size": 4}, {"late_size": -1}):
            with self.subTest(wish=wish), self.assertRaises(UserError):
                self._draw(audit, **wish)

    def test_verification_tells_when_the_population_changed(self):
        sample = self._draw(self._audit())
        self.env["qms.dossier"].flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE qms_dossier SET accepted_at = accepted_at - interval '2 years'"
                " WHERE id = %s",
                sample.line_ids[0].dossier_id.id,
            )
        )
        self.assertEqual(sample.action_verify()["params"]["type"], "warning")

    # === RIGHTS === #

    def test_team_and_officers_draw_from_the_announcement_to_the_end_of_the_visit(self):
        for state, may in (("draft", False), ("notified", True), ("open", True)):
            audit = self._audit(state)
            with self.subTest(state=state):
                if may:
                    self._draw(audit, self.user_officer)
                    continue
                with self.assertRaises(UserError):
                    self._draw(audit)
        with self.assertRaises(UserError):
            self._draw(self._reported())

    def test_nobody_else_draws(self):
        audit = self._audit()
        for role in ("clerk", "staff", "head", "leader", "provincial"):
            with self.subTest(role=role), self.assertRaises(UserError):
                self._draw(audit, self.users_by_role[role])
        with self.assertRaises(UserError):
            self._draw(audit, self.user_auditor_2)

    @mute_logger("odoo.models.unlink")
    def test_a_sample_is_never_rewritten(self):
        sample = self._draw(self._audit())
        for user in self.users_by_role.values():
            for operation in ("write", "create", "unlink"):
                self.assertFalse(self._as(sample, user).has_access(operation))
                self.assertFalse(self._as(sample.line_ids, user).has_access(operation))
        for record in (sample.sudo(), sample.sudo().line_ids[:1]):
            with self.assertRaises(AccessError):
                record.write({"company_id": self.company_b.id})
            with self.assertRaises(AccessError):
                record.unlink()

    def test_samples_of_another_agency_are_not_seen(self):
        sample = self._draw(self._audit())
        for record in (sample, sample.line_ids[:1]):
            foreign = self._as(record, self.user_auditor_b)
            self.assertFalse(foreign.search([("id", "=", record.id)]))

    # === SCREEN === #

    def test_the_wizard_advises_a_size_and_draws(self):
        audit = self._audit()
        action = audit.action_draw_sample()
        wizards = self._as(self.env["qms.audit.draw"], self.user_auditor)
        wizard = wizards.with_context(**action["context"]).create({})
        self.assertEqual((wizard.population, wizard.size), (12, 5))
        sample = self.samples.browse(wizard.action_draw()["res_id"])
        self.assertEqual(sample.drawn_count, 5)
        self.assertEqual(audit.qms_sample_count, 5)

    def test_the_wizard_says_beforehand_why_there_is_nothing_to_draw_from(self):
        """Other units or procedures, or no dossier at all: the words differ, nothing is drawn."""
        audit = self._audit()
        wizards = self._as(self.env["qms.audit.draw"], self.user_auditor)
        context = audit.action_draw_sample()["context"]
        with Form(wizards.with_context(**context)) as form:
            self.assertFalse(form.empty_text)
            form.date_to = form.date_from = datetime.date(2001, 1, 1)
            self.assertFalse(form.population)
            self.assertIn("no dossier on these days", form.empty_text)
        with self.assertRaisesRegex(UserError, "Draw 1 to"):
            form.record.action_draw()
        wizard = wizards.with_context(**context).create({})
        wizard.department_ids = self.env["hr.department"].create(
            {"name": "Đơn vị khác", "company_id": self.company.id}
        )
        self.assertFalse(wizard.population)
        self.assertIn("there are 12", wizard.empty_text)
        with self.assertRaises(UserError):
            wizard.action_draw()

    def test_sampled_dossiers_stand_beside_the_questions(self):
        audit = self._audit()
        sample = self._draw(audit)
        board = audit.qms_checklist_board()
        self.assertEqual([row["code"] for row in board["samples"]], sample.line_ids.mapped("code"))
        action = sample.line_ids[:1].action_open_dossier()
        self.assertEqual(action["res_id"], sample.line_ids[:1].dossier_id.id)

    def test_a_draw_takes_the_same_queries_for_any_population(self):
        audits = [self._audit() for _time in range(2)]
        costs = []
        for audit in audits:
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._draw(audit)
            costs.append(self.env.cr.sql_log_count - before)
            self._dossiers(10)
        self.assertLessEqual(costs[1], costs[0])
        self.assertLess(costs[0], 40)
