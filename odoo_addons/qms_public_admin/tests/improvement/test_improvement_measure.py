import datetime

from odoo.exceptions import ValidationError

from ...models.improvement.qms_measure import Scope
from .common_measure import MeasureCommon


class TestImprovementMeasure(MeasureCommon):
    """The fixed list of measures, each over real records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.measures = cls.env["qms.measure"]
        cls.other, _version = cls._create_procedure("9.000002", cls.company)
        cls.procedure.department_id = cls.department
        cls._completed("2026-03-02", count=6)
        cls._completed("2026-03-02", "early", count=1)
        cls._completed("2026-03-03", "late", count=3, hours=24)
        cls._completed("2026-03-03", count=5, procedure=cls.other)

    def _value(self, key, **place):
        scope = self._year(**place)
        return self.measures._figures(key, [scope])[scope]

    # === FIGURES === #

    def test_share_of_dossiers_on_time(self):
        """Early and on time count together; late is the rest (one definition of outcome)."""
        figure = self._value("dossiers_on_time")
        self.assertEqual((figure.part, figure.whole), (12, 15))
        self.assertEqual(self._value("dossiers_late").part, 3)

    def test_figures_of_a_procedure_and_of_a_unit(self):
        by_procedure = self._value("dossiers_on_time", procedure_id=self.procedure.id)
        self.assertEqual((by_procedure.part, by_procedure.whole), (7, 10))
        by_unit = self._value("dossiers_on_time", department_id=self.department.id)
        self.assertEqual((by_unit.part, by_unit.whole), (7, 10))

    def test_a_unit_takes_in_the_units_below(self):
        below = self.env["hr.department"].create(
            {"name": "Team", "parent_id": self.department.id, "company_id": self.company.id}
        )
        self.other.department_id = below
        self.assertEqual(self._value("dossiers_late", department_id=self.department.id).whole, 15)
        self.assertEqual(self._value("dossiers_late", department_id=below.id).whole, 5)

    def test_mean_hours(self):
        figure = self._value("dossier_hours", procedure_id=self.procedure.id)
        self.assertEqual(figure.whole, 10)
        self.assertAlmostEqual(figure.value, (7 * 8 + 3 * 24) / 10)

    def test_days_are_those_of_the_agency(self):
        """00:30 in Hanoi on 1 April is 31 March in UTC and counts for April."""
        self._completed("2026-04-01").sudo()
        late_evening = self._completed("2026-04-01")
        late_evening._lifecycle_write({"done_at": datetime.datetime(2026, 3, 31, 17, 30)})
        april = Scope(self.company.id, datetime.date(2026, 4, 1), datetime.date(2026, 4, 30))
        self.assertEqual(self.measures._figures("dossiers_late", [april])[april].whole, 2)

    def test_supplements_are_counted_on_what_was_accepted(self):
        self._completed("2026-05-04", supplement_count=1)
        self._completed("2026-05-04", supplement_count=2)
        self.assertEqual(self._value("supplements").part, 2)
        self.assertEqual(self._value("second_supplements").part, 1)
        self.assertEqual(self._value("supplements").whole, 17)

    def test_complaints_are_a_number_of_the_days(self):
        self.env["helpdesk.ticket"].create(
            {
                "name": "Late",
                "description": "Came late",
                "qms_kind": "complaint",
                "company_id": self.company.id,
                "qms_procedure_id": self.procedure.id,
            }
        )
        year = datetime.date.today().year
        scope = Scope(self.company.id, datetime.date(year, 1, 1), datetime.date(year, 12, 31))
        figure = self.measures._figures("complaints", [scope])[scope]
        self.assertEqual((figure.value, figure.kind), (1, "count"))
        self.assertIn(figure.whole, (365, 366))

    def test_coverage_is_as_of_the_last_day(self):
        figure = self._value("procedures_covered")
        self.assertEqual((figure.part, figure.whole), (0, 2))
        self.procedure.write({"qms_from": "2026-02-01"})
        self.assertEqual(self._value("procedures_covered").part, 1)
        before = Scope(self.company.id, datetime.date(2026, 1, 1), datetime.date(2026, 1, 31))
        self.assertEqual(self.measures._figures("procedures_covered", [before])[before].part, 0)

    def test_other_agencies_are_not_counted(self):
        scope = self._year()._replace(company_id=self.company_b.id)
        self.assertEqual(self.measures._figures("dossiers_late", [scope])[scope].whole, 0)

    def test_a_key_that_is_none_is_refused(self):
        with self.assertRaises(ValidationError):
            self._value("SELECT 1")

    def test_every_measure_has_a_name_and_can_be_taken(self):
        """Each source gives the columns that figures and records need."""
        self.assertEqual(set(self.measures._measures()), set(self.measures._measure_labels()))
        for key in self.measures._measures():
            with self.subTest(measure=key):
                self._value(key, procedure_id=self.procedure.id, department_id=self.department.id)
                for group in ("procedure_id", "department_id"):
                    self.measures._figures_by(key, self.company, *self.YEAR, group)
                action = self.measures._open(key, self._year(), part=True)
                self.env[action["res_model"]].search(action["domain"])

    # === GROUPS === #

    def test_groups_add_up_to_the_whole(self):
        found = self.measures._figures_by("dossiers_late", self.company, *self.YEAR, "procedure_id")
        self.assertEqual(set(found), {(self.company.id, p.id) for p in self.procedure + self.other})
        self.assertEqual(sum(figure.whole for figure in found.values()), 15)
        self.assertEqual(found[self.company.id, self.procedure.id].part, 3)

    def test_many_scopes_take_one_query(self):
        scopes = [self._year(procedure_id=number) for number in range(50)]
        self.measures._figures("dossiers_late", scopes)
        with self.assertQueryCount(1):
            self.measures._figures("dossiers_late", scopes)

    # === RECORDS BEHIND A FIGURE === #

    def test_a_figure_opens_its_records(self):
        scope = self._year(procedure_id=self.procedure.id)
        figure = self.measures._figures("dossiers_late", [scope])[scope]
        whole = self.measures._open("dossiers_late", scope)
        part = self.measures._open("dossiers_late", scope, part=True)
        dossiers = self.env["qms.dossier"]
        self.assertEqual(dossiers.search_count(whole["domain"]), figure.whole)
        late = dossiers.search(part["domain"])
        self.assertEqual((len(late), set(late.mapped("outcome"))), (figure.part, {"late"}))

    def test_records_open_with_the_rights_of_the_reader(self):
        domain = self.measures._open("dossiers_late", self._year())["domain"]
        foreign = (
            self.env["qms.dossier"]
            .with_user(self.user_officer_b)
            .with_context(allowed_company_ids=self.company_b.ids)
        )
        self.assertFalse(foreign.search(domain))

    def test_a_forged_key_finds_nothing(self):
        forged = ["[]", "x", '["dossiers_late", true, "2026", "2027", 1, 0, 0]', "null", "[1]"]
        for text in forged:
            self.assertFalse(self.env["qms.dossier"].search([("qms_measure_key", "=", text)]))
        steps = self.measures._open("steps_on_time", self._year())["domain"]
        self.assertFalse(self.env["qms.dossier"].search(steps))
