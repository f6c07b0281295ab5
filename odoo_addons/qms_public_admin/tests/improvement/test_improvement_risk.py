from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged, users, warmup

from .common_risk import ALL, RiskCommon

OFFICERS = (
    "qms.interested.party",
    "qms.interested.party.need",
    "qms.context.issue",
    "qms.risk.kind",
    "qms.risk.matrix",
    "qms.risk.matrix.level",
    "qms.risk.matrix.band",
)
FACTS = ("qms.risk.assessment", "qms.context.review")


@tagged("post_install", "-at_install")
class TestImprovementRisk(RiskCommon):
    """From identified to closed; level and score follow from assessments alone."""

    def test_an_assessment_takes_words_and_level_of_the_matrix(self):
        risk = self._risk()
        self.assertEqual(risk.code, "RR-2026-001")
        risk.action_assess(4, 3, "Eleven cases since June")
        row = risk.assessment_ids
        self.assertEqual((risk.state, risk.score, row.score), ("assessed", 12, 12))
        words = self.matrix.with_context(lang=self.env["res.lang"]._qms_of_papers()).name
        self.assertEqual((row.matrix_name, row.reason), (words, "first"))
        self.assertEqual(row.user_name, self.user_specialist.name)
        self.assertEqual(str(risk.date_next), "2027-02-09")  # three months at this level
        self.assertTrue(risk.needs_treatment)

    def test_history_and_trend(self):
        risk = self._risk()
        self.assertFalse(risk.trend)
        risk.action_assess(4, 4, "first")
        risk.action_assess(2, 4, "again")
        self.assertEqual((risk.trend, risk.first_score, risk.score), ("down", 16, 8))
        self.assertEqual(risk.assessment_ids.mapped("score"), [8, 16])
        risk.action_assess(2, 4, "again")
        self.assertEqual(risk.trend, "same")
        risk.action_assess(5, 4, "again")
        self.assertEqual(risk.trend, "up")

    def test_a_change_of_the_matrix_moves_no_recorded_level(self):
        matrix = self.matrix.copy({"company_id": self.company.id})
        risk = self._risk(matrix_id=matrix.id)
        risk.action_assess(1, 1, "seldom")
        level = risk.level
        matrix.band_ids.sorted("score_from")[0].name = "Changed"
        self.assertEqual((risk.level, risk.assessment_ids.level), (level, level))

    def test_values_outside_the_matrix_are_refused(self):
        risk = self._risk()
        for values in ((0, 1), (6, 1), (1, 6), (True, 1), ("5", 1), (-5, -5)):
            with self.subTest(values=values), self.assertRaises(UserError), self.cr.savepoint():
                risk.action_assess(*values, "why")
        for why in ("", "  ", None, False):
            with self.subTest(why=why), self.assertRaises(UserError), self.cr.savepoint():
                risk.action_assess(1, 1, why)

    def test_a_broken_matrix_is_refused(self):
        matrix = self.matrix.copy({"company_id": self.company.id})
        with self.assertRaises(ValidationError), self.cr.savepoint():
            matrix.write({"band_ids": [(2, matrix.band_ids[0].id)]})
        with self.assertRaises(ValidationError), self.cr.savepoint():
            matrix.write({"impact_ids": [(1, matrix.impact_ids[0].id, {"value": 9})]})
        risk = self._risk(matrix_id=matrix.id)
        matrix.band_ids[0].unlink()
        with self.assertRaises(ValidationError):
            risk.action_assess(1, 1, "why")

    def test_treatment_before_treated(self):
        risk = self._risk()
        with self.assertRaises(UserError), self.cr.savepoint():
            risk.action_treat()
        risk.action_assess(4, 4, "why")
        with self.assertRaises(UserError), self.cr.savepoint():
            risk.action_treat()
        risk.treatment = "accept"
        with self.assertRaises(UserError), self.cr.savepoint():
            risk.action_treat()
        risk.treatment_plan = "Costs more than it saves"
        risk.action_treat()
        self.assertEqual(risk.state, "treated")

    def test_open_actions_keep_a_risk_from_being_treated(self):
        risk = self._risk()
        risk.action_assess(4, 4, "why")
        risk.treatment = "reduce"
        action = self._action(risk)
        with self.assertRaises(UserError), self.cr.savepoint():
            risk.action_treat()
        self.assertEqual(risk.action_count, 1)
        action.action_qms_start()
        action.action_qms_done("Agreed in writing")
        risk.action_treat()
        self.assertEqual(risk.state, "treated")

    def test_who_works_on_a_risk_plans_its_actions(self):
        risk = self._risk()
        action = self._action(risk)
        self.assertTrue(action.qms_may_plan)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._action(risk, self.user_colleague)
        other = self._risk(self.user_colleague)
        with self.assertRaises(AccessError), self.cr.savepoint():
            action.qms_risk_id = other
        self._as(action, self.user_officer).qms_risk_id = other
        with self.assertRaises(AccessError), self.cr.savepoint():
            action.qms_risk_id = False

    def test_what_was_treated_is_open_again_when_it_grows(self):
        risk = self._risk(treatment_plan="Written agreement")
        risk.action_assess(4, 4, "why")
        risk.treatment = "reduce"
        risk.action_treat()
        risk.action_assess(1, 2, "it works")
        self.assertEqual((risk.state, risk.assessment_ids[:1].reason), ("treated", "treated"))
        risk.action_assess(4, 5, "it came back")
        self.assertEqual(risk.state, "assessed")

    def test_closing_and_reopening_with_a_reason(self):
        risk = self._risk()
        risk.action_assess(1, 1, "why")
        with self.assertRaises(UserError), self.cr.savepoint():
            risk.action_close(" ")
        risk.action_close("The procedure was abolished")
        self.assertEqual(risk.state, "closed")
        with self.assertRaises(ValidationError), self.cr.savepoint():
            risk.name = "x"
        with self.assertRaises(UserError), self.cr.savepoint():
            risk.action_assess(1, 1, "why")
        risk.action_reopen("It is back")
        self.assertEqual((risk.state, risk.reopen_count), ("assessed", 1))

    def test_a_treatment_is_chosen_and_told(self):
        risk = self._risk(treatment_plan="Two people more")
        risk.action_assess(4, 3, "why")
        with self.assertRaisesRegex(UserError, "Choose how"):
            risk.action_treat()
        risk.write({"treatment": "reduce", "treatment_plan": " "})
        with self.assertRaisesRegex(UserError, "Say how"):
            risk.action_treat()
        risk.treatment_plan = "Two people more"
        risk.action_treat()
        self.assertEqual(risk.state, "treated")

    def test_days_and_reasons_are_asked_for(self):
        risk = self._risk()
        for day in ("2026-11-09", "2020-01-01"):
            with self.assertRaisesRegex(UserError, "after today"):
                risk.action_assess(2, 2, "why", day)
        risk.action_close("No longer so")
        for words in (None, " ", ["x"]):
            with self.assertRaisesRegex(UserError, "Say why"):
                risk.action_reopen(words)
        self.assertEqual(risk.state, "closed")

    def test_the_step_is_one_of_the_procedure(self):
        other, version = self._create_procedure("9.000055", self.company)
        with self.assertRaises(ValidationError):
            self._risk(procedure_id=self.procedure.id, step_id=version.step_ids[0].id)
        self._risk(procedure_id=other.id, step_id=version.step_ids[0].id)

    def test_who_plans_by_another_right_hangs_no_action_on_a_risk_of_others(self):
        """Heads plan the actions of their units; the risk is not theirs."""
        risk = self._risk(self.user_officer)
        self.department.manager_id = self.env["hr.employee"].create(
            {"name": "Head", "user_id": self.user_head.id, "company_id": self.company.id}
        )
        plan = {
            "name": "x",
            "type_action": "prevention",
            "user_id": self.user_head.id,
            "qms_department_id": self.department.id,
        }
        actions = self._as(self.env["mgmtsystem.action"], self.user_head)
        action = actions.create(plan)
        with self.assertRaises(AccessError):
            actions.create({**plan, "qms_risk_id": risk.id})
        with self.assertRaises(AccessError):
            action.qms_risk_id = risk.id

    def test_who_no_longer_reads_it_follows_it_no_more(self):
        risk = self._risk()
        action = self._action(risk)
        readers = self.user_specialist | self.user_officer
        for record in (risk, action):
            record.sudo().message_subscribe((readers | self.user_clerk).partner_id.ids)
        risk.is_confidential = True
        self.assertNotIn(self.user_clerk.partner_id, risk.sudo().message_partner_ids)
        for user in readers:
            self.assertIn(user.partner_id, risk.sudo().message_partner_ids)
        self.assertNotIn(self.user_clerk.partner_id, action.sudo().message_partner_ids)
        self.assertNotIn("Agree", action.with_user(self.user_clerk).sudo().display_name)

    def test_ways_of_treatment_belong_to_the_sort(self):
        chance = self._risk(kind="opportunity", kind_id=False)
        self.assertEqual(chance.code, "CH-2026-001")
        chance.treatment_opportunity = "exploit"
        self.assertEqual(chance.treatment, "exploit")
        with self._violated():
            chance.treatment = "avoid"
            chance.flush_recordset()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            chance.kind_id = self.kind_late
        chance.action_assess(2, 2, "why")
        with self.assertRaises(ValidationError), self.cr.savepoint():
            chance.kind = "risk"

    def test_the_dialog_shows_what_it_comes_to(self):
        risk = self._risk()
        form = Form(
            self._as(self.env["qms.risk.assess"], self.user_specialist).with_context(
                default_risk_id=risk.id
            )
        )
        form.likelihood_id = self.matrix._level("likelihood", 3)
        form.impact_id = self.matrix._level("impact", 5)
        self.assertEqual(form.score, 15)
        self.assertTrue(form.response)
        form.why = "why"
        form.save().action_confirm()
        self.assertEqual(risk.score, 15)

    # === EDITIONS === #

    def test_clauses_follow_the_edition(self):
        self.assertEqual(self._risk().qms_clause_ids.mapped("number"), ["6.1"])
        self.company.qms_standard_id = self.env.ref("qms_public_admin.qms_standard_iso9001_2026")
        self.assertEqual(self._risk().qms_clause_ids.mapped("number"), ["6.1.2"])
        chance = self._risk(kind="opportunity", kind_id=False)
        self.assertEqual(chance.qms_clause_ids.mapped("number"), ["6.1.3"])
        model = self._as(self.env["qms.risk"], self.user_officer)
        context = model._qms_risk_register_action()["context"]
        self.assertIn("search_default_group_kind", context)

    # === REMINDER === #

    def test_the_owner_is_reminded_once_until_it_is_assessed_anew(self):
        risk = self._risk()
        risk.action_assess(4, 3, "why")
        for _night in range(2):
            with freeze_time("2027-02-05 01:00:00"):
                self.env["qms.risk"]._remind_all(lambda *args, **kwargs: 1)
        self.assertEqual(risk.sudo().activity_ids.user_id, self.user_specialist)
        self.assertEqual(len(risk.sudo().activity_ids), 1)
        with freeze_time("2027-02-06 01:00:00"):
            risk.action_assess(4, 3, "why")
        self.assertFalse(risk.sudo().activity_ids)

    def test_one_agency_that_fails_does_not_hold_up_the_others(self):
        for user in (self.user_specialist, self.user_clerk_b):
            self._risk(user).action_assess(4, 3, "why")
        model = self.env["qms.risk"]
        work = type(model)._remind_company

        def failing(records, company):
            if company == self.company:
                raise ValueError("x")
            return work(records, company)

        self.patch(type(model), "_remind_company", failing)
        failure = None
        with freeze_time("2027-02-05 01:00:00"):
            try:  # assertRaises would roll the work of the other agency back
                model._remind_all(lambda *args, **kwargs: 1)
            except ValueError as error:
                failure = error
        self.assertTrue(failure)
        reminded = self.env["qms.risk"].search([("reminded_for", "!=", False)])
        self.assertEqual(reminded.company_id, self.company_b)

    # === HEAT MAP === #

    def test_cells_count_what_one_may_read_and_open_it(self):
        first = self._risk()
        first.action_assess(4, 3, "why")
        secret = self._risk(self.user_officer, kind_id=self.kind_corruption.id)
        secret.action_assess(4, 3, "why")
        self._risk()
        other = self._risk(self.user_clerk_b)
        other.action_assess(4, 3, "why")

        def seen(user):
            model = self._as(self.env["qms.risk"], user)
            data = model.qms_heat_map("risk")
            cells = [cell for row in data["grid"]["rows"] for cell in row["cells"]]
            found = [cell for cell in cells if cell["count"]]
            opened = model.qms_heat_cell("risk", data["matrix_id"], 4, 3)["domain"]
            self.assertEqual(model.search_count(opened), sum(c["count"] for c in found))
            return data["open"], data["unassessed"]

        self.assertEqual(seen(self.user_colleague), (1, 1))
        self.assertEqual(seen(self.user_leader), (2, 1))

    @users("qms_officer")
    @warmup
    def test_the_heat_map_costs_the_same_for_many(self):
        self._as(self.env["qms.risk"], self.env.user).create(
            [{"name": f"Risk {number}", "company_id": self.company.id} for number in range(20)]
        ).action_assess(2, 2, "why")
        model = self._as(self.env["qms.risk"], self.env.user)
        model.qms_heat_map("risk")
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(15):
            model.qms_heat_map("risk")


@tagged("post_install", "-at_install")
class TestImprovementContext(RiskCommon):
    """Parties and issues are reviewed on a day, and the history stays."""

    def _party(self, user=None):
        model = self._as(self.env["qms.interested.party"], user or self.user_officer)
        need = {"name": "Answers in time", "is_requirement": True, "follow_up": "Ratings"}
        return model.create({"name": "Citizens", "need_ids": [(0, 0, need)]})

    def _issue(self, user=None, **vals):
        model = self._as(self.env["qms.context.issue"], user or self.user_officer)
        return model.create({"name": "Communes merged", "topic": "organisation", **vals})

    def test_a_review_keeps_what_stood_there(self):
        party = self._party()
        self.assertEqual(party.qms_clause_ids.mapped("number"), ["4.2"])
        entered = party.create_date.date()
        self.assertEqual(party.review_due, fields.Date.add(entered, years=1))
        with self.assertRaises(UserError), self.cr.savepoint():
            party.action_review("changed", " ")
        party.action_review("unchanged")
        self.assertEqual(str(party.reviewed_on), "2026-11-09")
        party.need_ids.name = "Answers at once"
        self.assertIn("Answers in time", party.review_ids.content)
        with freeze_time("2027-03-01 01:00:00"):
            party.action_review("changed", "A further need", "2027-09-01")
        self.assertEqual((len(party.review_ids), str(party.review_due)), (2, "2027-09-01"))

    def test_a_review_is_one_of_who_keeps_them_with_an_outcome_and_a_day_to_come(self):
        party = self._party()
        for user in (self.user_specialist, self.user_leader):
            with self.assertRaises(AccessError):
                self._as(party, user).action_review("unchanged")
        with self.assertRaises(UserError):
            party.action_review("fine")
        for day in ("2026-11-09", "2020-01-01"):
            with self.assertRaises(UserError):
                party.action_review("unchanged", date_next=day)
        self.assertFalse(party.review_ids)

    def test_who_is_in_charge_is_reminded_once(self):
        party, issue = self._party(), self._issue()
        due = fields.Datetime.to_datetime(party.review_due)
        for _night in range(2):
            with freeze_time(fields.Datetime.subtract(due, days=3)):
                for record in (party, issue):
                    self.env[record._name]._remind_all(lambda *args, **kwargs: 1)
        for record in (party, issue):
            self.assertEqual(record.sudo().activity_ids.user_id, self.user_officer)
            self.assertEqual(len(record.sudo().activity_ids), 1)
            record.action_review("unchanged")
            self.assertFalse(record.sudo().activity_ids)

    def test_climate_that_does_not_matter_is_explained(self):
        with self._violated():
            self._issue(is_climate=True, is_relevant=False)
        issue = self._issue(is_climate=True, is_relevant=False, description="Office work only")
        self.assertEqual(issue.qms_clause_ids.mapped("number"), ["4.1"])

    def test_clients_write_no_dates_of_review(self):
        party = self._party()
        party.write({"reviewed_on": "2020-01-01", "review_due": "2099-01-01"})
        self.assertFalse(party.reviewed_on)
        self.assertNotEqual(str(party.review_due), "2099-01-01")

    def test_links_go_both_ways(self):
        party, issue = self._party(), self._issue()
        risk = self._risk(party_ids=[(4, party.id)], issue_ids=[(4, issue.id)])
        self.assertEqual((party.risk_ids, issue.risk_ids), (risk, risk))

    def test_they_count_as_evidence(self):
        party, issue = self._party(), self._issue()
        party.action_review("unchanged")
        issue.action_review("unchanged")
        risk = self._risk()
        risk.action_assess(1, 1, "why")
        edition = self.company._qms_standard()
        evidence = self._as(self.env["qms.evidence"], self.user_officer)
        found = {
            clause.number: row for clause, row in evidence._collect(edition, self.company).items()
        }
        for number, record in (("4.1", issue), ("4.2", party), ("6.1", risk)):
            self.assertIn(record.id, found[number].records[record._name])
            self.assertEqual(found[number].status, "fresh")


@tagged("post_install", "-at_install")
class TestImprovementRiskSecurity(RiskCommon):
    """Who reads and who writes; two agencies; what is confidential."""

    def test_rights_by_role(self):
        for role, user in self.users_by_role.items():
            is_officer = role == "officer"
            for model in OFFICERS:
                with self.subTest(role=role, model=model):
                    self.assertEqual(self._rights(model, user), ALL if is_officer else {"read"})
            for model in FACTS:
                with self.subTest(role=role, model=model):
                    self.assertEqual(self._rights(model, user), {"read"})
            with self.subTest(role=role, model="qms.risk"):
                expected = ALL if is_officer else ALL - {"unlink"}
                self.assertEqual(self._rights("qms.risk", user), expected)
        for model in (*OFFICERS, *FACTS, "qms.risk", "qms.risk.counter"):
            self.assertEqual(self._rights(model, self.user_outsider), set())

    def test_owner_head_of_unit_and_officers_write(self):
        manager = self.env["hr.employee"].create(
            {
                "name": "Head",
                "user_id": self.user_head.id,
                "company_id": self.company.id,
                "department_id": self.department.id,
            }
        )
        self.department.manager_id = manager
        risk = self._risk(department_id=self.department.id)
        for user in (self.user_specialist, self.user_head, self.user_officer):
            self._as(risk, user).write({"note": user.login})
            self._as(risk, user).action_assess(2, 2, user.login)
        for user in (self.user_colleague, self.user_auditor, self.user_leader):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    self._as(risk, user).write({"note": "x"})
                with self.assertRaises(UserError), self.cr.savepoint():
                    self._as(risk, user).action_assess(1, 1, "x")
                with self.assertRaises(UserError), self.cr.savepoint():
                    self._as(risk, user).action_close("x")

    def test_nobody_enters_risks_for_another_owner_but_officers(self):
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._risk(owner_id=self.user_colleague.id)
        self._risk(self.user_officer, owner_id=self.user_colleague.id)

    def test_the_provincial_office_changes_nothing(self):
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._risk(self.user_provincial)
        risk = self._risk(self.user_officer, owner_id=self.user_provincial.id)
        with self.assertRaises(UserError), self.cr.savepoint():
            self._as(risk, self.user_provincial).action_assess(1, 1, "x")

    def test_what_is_confidential_is_read_by_few(self):
        risk = self._risk(kind_id=self.kind_corruption.id)
        risk.action_assess(4, 4, "why")
        action = self._action(risk, self.user_officer)
        readers = (self.user_specialist, self.user_officer, self.user_leader)
        others = (self.user_colleague, self.user_head, self.user_auditor, self.user_provincial)
        for user in readers:
            for record in (risk, risk.assessment_ids):
                self.assertTrue(self._as(record, user).has_access("read"), user.login)
        for user in others:
            with self.subTest(user=user.login):
                for record in (risk, risk.assessment_ids, action):
                    own = self._as(record, user)
                    self.assertFalse(own.has_access("read"))
                    self.assertFalse(own.search([("id", "=", record.id)]))
                named = self._as(risk, user).sudo().display_name
                self.assertNotIn("Survey", named)
        self._as(risk, self.user_officer).reader_ids = self.user_auditor
        self.assertTrue(self._as(risk, self.user_auditor).has_access("read"))
        self.assertIn("Survey", self._as(risk, self.user_auditor).display_name)

    def test_marking_hides_at_once_and_kinds_cannot_be_unmarked(self):
        risk = self._risk()
        self.assertTrue(self._as(risk, self.user_colleague).has_access("read"))
        risk.is_confidential = True
        self.assertFalse(self._as(risk, self.user_colleague).has_access("read"))
        risk.write({"is_confidential": False, "kind_id": self.kind_corruption.id})
        risk.write({"is_restricted": False})
        self.assertTrue(risk.is_restricted)

    def test_another_agency_is_not_seen(self):
        risk = self._risk(self.user_clerk_b)
        risk.action_assess(2, 2, "why")
        records = [risk, risk.assessment_ids]
        for model, vals in (
            ("qms.interested.party", {"name": "B", "need_ids": [(0, 0, {"name": "n"})]}),
            ("qms.context.issue", {"name": "B"}),
            ("qms.risk.kind", {"name": "B"}),
            ("qms.risk.matrix", {"name": "B"}),
        ):
            record = self._as(self.env[model], self.user_officer_b).create(vals)
            self.assertEqual(record.company_id, self.company_b)
            records.append(record)
            if "review_ids" in record._fields:
                record.action_review("unchanged")
                records.append(record.review_ids)
        records.append(records[2].need_ids or records[3].need_ids)
        for record in records:
            with self.subTest(model=record._name):
                own = self._as(record, self.user_officer)
                self.assertFalse(own.has_access("read"))
                self.assertFalse(own.search([("id", "=", record.id)]))

    def test_nothing_is_pushed_into_another_agency(self):
        risk = self._as(self._risk(), self.user_officer)
        matrix_b = self._as(self.env["qms.risk.matrix"], self.user_officer_b).create({"name": "B"})
        party_b = self._as(self.env["qms.interested.party"], self.user_officer_b).create(
            {"name": "B"}
        )
        indicator_b = self.env["qms.indicator"].create(
            {"name": "B", "code": "B", "company_id": self.company_b.id}
        )
        year_b = self.env["qms.objective.year"].create(
            {
                "company_id": self.company_b.id,
                "year": 2026,
                "objective_ids": [
                    Command.create({"name": "B", "indicator_id": indicator_b.id, "target": 0.9})
                ],
            }
        )
        for vals in (
            {"company_id": self.company_b.id},
            {"matrix_id": matrix_b.id},
            {"owner_id": self.user_clerk_b.id},
            {"party_ids": [(4, party_b.id)]},
            {"objective_ids": [(4, year_b.objective_ids.id)]},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError), self.cr.savepoint():
                risk.write(vals)

    def test_shared_matrices_and_kinds_are_not_changed_for_all(self):
        for record, vals in (
            (self.matrix, {"name": "x"}),
            (self.matrix.band_ids[0], {"name": "x"}),
            (self.matrix.level_ids[0], {"name": "x"}),
            (self.kind_corruption, {"is_confidential": False}),
        ):
            with (
                self.subTest(model=record._name),
                self.assertRaises(AccessError),
                self.cr.savepoint(),
            ):
                self._as(record, self.user_officer).write(vals)
