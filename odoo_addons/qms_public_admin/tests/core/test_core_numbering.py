import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...tools import event_chain, numbering

DAYS = st.dates(min_value=datetime.date(2018, 1, 1), max_value=datetime.date(2099, 12, 31))


@tagged("post_install", "-at_install")
class TestNumbering(BaseCase):
    def test_the_example_of_the_regulation(self):
        code = numbering.format_code(
            "{agency}-{yyMMdd}-{ordinal}", "H15.50.05.13", datetime.date(2026, 10, 8), 975
        )
        self.assertEqual(code, "H15.50.05.13-261008-0975")

    @given(DAYS, st.integers(1, 10**6), DAYS, st.integers(1, 10**6), st.integers(1, 8))
    @settings(max_examples=200, deadline=None)
    def test_codes_differ_when_day_or_ordinal_differ(self, day, one, other_day, two, width):
        """INV-03: no two dossiers of an agency share a code."""
        pattern = "{agency}-{yyyyMMdd}-{ordinal}"
        first = numbering.format_code(pattern, "H1", day, one, width)
        second = numbering.format_code(pattern, "H1", other_day, two, width)
        self.assertEqual(first == second, (day, one) == (other_day, two))

    @given(DAYS, st.integers(1, 10**9), st.integers(1, 12))
    @settings(max_examples=100, deadline=None)
    def test_an_ordinal_is_padded_and_never_cut(self, day, ordinal, width):
        code = numbering.format_code("{yy}{ordinal}", "", day, ordinal, width)
        self.assertEqual(int(code[2:]), ordinal)
        self.assertGreaterEqual(len(code) - 2, width)

    def test_patterns_that_cannot_number_are_refused(self):
        for pattern in (
            "",
            "{agency}",
            "{ordinal}",
            "{yyMMdd}-{ordinal}-{x}",
            "{yy}{ordinal}{ordinal}",
        ):
            with self.subTest(pattern), self.assertRaises(numbering.PatternError):
                numbering.check_pattern(pattern)

    @given(st.lists(st.text(max_size=8), min_size=1, max_size=12), st.data())
    @settings(max_examples=150, deadline=None)
    def test_any_change_of_any_row_is_found_there(self, reasons, data):
        rows, previous = [], ""
        for number, reason in enumerate(reasons, 1):
            payload = {"sequence": number, "reason": reason}
            digest = event_chain.row_hash(previous, payload)
            rows.append((number, previous, digest, payload))
            previous = digest
        self.assertIsNone(event_chain.find_break(rows, len(rows), previous))
        place = data.draw(st.integers(0, len(rows) - 1))
        number, before, digest, payload = rows[place]
        rows[place] = (number, before, digest, {**payload, "reason": payload["reason"] + "x"})
        found = event_chain.find_break(rows, len(rows), previous)
        self.assertEqual((found.sequence, found.code), (place + 1, "altered"))
