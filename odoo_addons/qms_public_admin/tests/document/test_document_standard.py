from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

STEPS = ((2008, 2015), (2015, 2026))


@tagged("post_install", "-at_install")
class TestDocumentStandard(TransactionCase):
    """Editions stand side by side, each with its own tree; the map leaves nothing out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.editions = {
            year: cls.env.ref(f"qms_public_admin.qms_standard_iso9001_{year}")
            for year in (2008, 2015, 2026)
        }

    def _clause(self, year, number):
        return self.env.ref(f"qms_public_admin.qms_clause_{year}_{number.replace('.', '_')}")

    # === CLAUSES === #

    def test_a_clause_hangs_under_the_nearest_number_above(self):
        for edition in self.editions.values():
            for clause in edition.clause_ids:
                above = clause.number.rpartition(".")[0]
                with self.subTest(edition=edition.year, clause=clause.number):
                    self.assertEqual(clause.parent_id.number or "", above)
                    self.assertIn(clause.parent_id.standard_id, (edition, edition.browse()))
                    self.assertTrue(clause.name)

    def test_ten_comes_after_nine(self):
        edition = self.editions[2015].copy({"name": "x", "year": 2099, "family": "X"})
        self.env["qms.standard.clause"].create(
            [
                {"standard_id": edition.id, "number": number, "name": number}
                for number in ("4.10", "10", "4.9", "4.9.1", "4")
            ]
        )
        clauses = self.env["qms.standard.clause"].search([("standard_id", "=", edition.id)])
        self.assertEqual(clauses.mapped("number"), ["4", "4.9", "4.9.1", "4.10", "10"])
        self.assertEqual(clauses[2].parent_id, clauses[1])
        # One that comes later takes its place between those there.
        clauses[1].number = "4.8"
        self.assertEqual(clauses[2].parent_id, clauses[0])

    def test_what_is_no_number_is_refused(self):
        for number in ("A.1", "4.", "4..1", ".4"):
            with self.subTest(number=number), self.assertRaises(ValidationError):
                self.env["qms.standard.clause"].create(
                    {"standard_id": self.editions[2015].id, "number": number, "name": "x"}
                )

    def test_the_place_in_the_tree_is_not_given_by_hand(self):
        clause = self._clause(2015, "7.5.3")
        clause.parent_id = self._clause(2015, "4")
        self.assertEqual(clause.parent_id, self._clause(2015, "7.5"))

    def test_known_differences_of_2026(self):
        """6.1 is split, 10.1 is what 10.3 was, 10.3 is gone."""
        numbers = set(self.editions[2026].clause_ids.mapped("number"))
        self.assertLessEqual({"6.1.1", "6.1.2", "6.1.3", "10.1", "10.2"}, numbers)
        self.assertNotIn("10.3", numbers)
        self.assertTrue(self.editions[2026].is_provisional)
        self.assertFalse(self.editions[2015].is_provisional)
        self.assertEqual(self._clause(2026, "10.1").name, self._clause(2015, "10.3").name)
        self.assertNotEqual(self._clause(2026, "10.1").name, self._clause(2015, "10.1").name)

    def test_documented_information_of_2015(self):
        """Regulation 3.1: what is maintained, what is retained."""
        expected = {"4.3": "maintain", "5.2.2": "maintain", "6.2.1": "maintain", "7.2": "retain"}
        expected |= {"8.6": "retain", "9.2.2": "retain", "9.3.3": "retain", "10.2.2": "retain"}
        for number, need in expected.items():
            self.assertEqual(self._clause(2015, number).document_need, need, number)

    def test_development_is_mostly_not_applicable(self):
        seldom = self.editions[2015].clause_ids.filtered("is_seldom")
        self.assertEqual({number[:3] for number in seldom.mapped("number")}, {"8.3"})

    # === STATE === #

    def test_state_follows_from_dates(self):
        today = "2026-11-21"
        for date, expected in (
            ("2016-01-01", ("superseded", "current", "upcoming")),
            ("2018-09-16", ("withdrawn", "current", "upcoming")),
            (today, ("withdrawn", "superseded", "current")),
        ):
            with self.subTest(date=date), self._at(date):
                editions = list(self.editions.values())
                self.assertEqual(tuple(one.state for one in editions), expected)
                for edition, state in zip(editions, expected, strict=True):
                    found = edition.search([("state", "=", state), ("id", "=", edition.id)])
                    self.assertEqual(found, edition)
                    self.assertFalse(
                        edition.search([("state", "!=", state), ("id", "=", edition.id)])
                    )

    def _at(self, date):
        self.env.invalidate_all()
        return freeze_time(f"{date} 05:00:00")

    # === MAP === #

    def test_every_clause_is_mapped_or_said_to_be_new_or_dropped(self):
        for before, after in STEPS:
            with self.subTest(before=before):
                lost, unknown = self.editions[before]._unmapped_clauses(self.editions[after])
                self.assertEqual(lost.mapped("number"), [])
                self.assertEqual(unknown.mapped("number"), [])

    def test_a_missing_row_of_the_map_is_noticed(self):
        row = self.env.ref("qms_public_admin.qms_map_2008_none_2015_7_1_6")
        row.unlink()
        _lost, unknown = self.editions[2008]._unmapped_clauses(self.editions[2015])
        self.assertEqual(unknown.mapped("number"), ["7.1.6"])

    def test_what_changed_is_said_in_words(self):
        rows = self.env["qms.standard.map"].search([("kind", "!=", "same")])
        self.assertGreater(len(rows), 60)
        self.assertFalse(rows.filtered(lambda row: not row.note).mapped("display_name"))

    def test_ten_one_changes_its_meaning(self):
        rows = self.env["qms.standard.map"].search(
            [("to_clause_id", "=", self._clause(2026, "10.1").id)]
        )
        self.assertEqual(set(rows.from_clause_id.mapped("number")), {"10.1", "10.3"})

    def test_kind_and_clauses_fit(self):
        clause, other = self._clause(2008, "4"), self._clause(2015, "4")
        base = {
            "from_standard_id": self.editions[2008].id,
            "to_standard_id": self.editions[2026].id,
        }
        for kind, before, after in (
            ("new", clause, other),
            ("dropped", clause.browse(), other),
            ("same", clause, other.browse()),
        ):
            with (
                self.subTest(kind=kind),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.env["qms.standard.map"].create(
                    {**base, "kind": kind, "from_clause_id": before.id, "to_clause_id": after.id}
                )
                self.env.flush_all()

    def test_a_map_names_clauses_of_its_editions(self):
        with self.assertRaises(ValidationError):
            self.env["qms.standard.map"].create(
                {
                    "from_standard_id": self.editions[2008].id,
                    "to_standard_id": self.editions[2026].id,
                    "from_clause_id": self._clause(2015, "4").id,
                    "to_clause_id": self._clause(2026, "4").id,
                }
            )

    # === WORDS === #

    def test_a_clause_names_its_edition_where_editions_meet(self):
        clause = self._clause(2015, "10.1")
        self.assertTrue(clause.display_name.startswith("10.1 "))
        named = clause.with_context(qms_with_edition=True)
        self.assertTrue(named.display_name.startswith("2015: 10.1 "))
