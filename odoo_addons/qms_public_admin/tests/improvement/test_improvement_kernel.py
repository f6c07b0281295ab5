import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...tools import periods
from ...tools.measure import Figure, change, exceeds, total, trend

DAYS = st.dates(datetime.date(2000, 1, 1), datetime.date(2100, 12, 31))
FREQUENCIES = st.sampled_from(sorted(periods.MONTHS))


@st.composite
def shares(draw):
    whole = draw(st.integers(1, 5000))
    return Figure("share", draw(st.integers(0, whole)), whole)


@tagged("post_install", "-at_install")
class TestImprovementKernel(BaseCase):
    """Periods and figures without the ORM."""

    @given(FREQUENCIES, DAYS)
    @settings(max_examples=200, deadline=None)
    def test_every_day_lies_in_one_period(self, frequency, day):
        first, last = periods.bounds(frequency, day)
        self.assertLessEqual(first, day)
        self.assertGreaterEqual(last, day)
        one = datetime.timedelta(days=1)
        self.assertEqual(periods.bounds(frequency, first), (first, last))
        self.assertEqual(periods.bounds(frequency, last), (first, last))
        self.assertEqual(periods.bounds(frequency, last + one)[0], last + one)

    @given(FREQUENCIES, DAYS, DAYS)
    @settings(max_examples=200, deadline=None)
    def test_periods_follow_without_a_gap(self, frequency, one, other):
        since, until = sorted((one, other))
        found = periods.between(frequency, since, until)
        self.assertLessEqual(found[0][0], since)
        self.assertGreaterEqual(found[-1][1], until)
        for before, after in zip(found, found[1:], strict=False):
            self.assertEqual(before[1] + datetime.timedelta(days=1), after[0])

    @given(shares(), shares())
    @settings(max_examples=300, deadline=None)
    def test_a_change_lies_in_its_interval_and_turns_with_its_sides(self, one, other):
        found, back = change(one, other), change(other, one)
        self.assertLessEqual(found.low, found.difference + 1e-12)
        self.assertGreaterEqual(found.high, found.difference - 1e-12)
        self.assertAlmostEqual(found.difference, -back.difference)
        self.assertAlmostEqual(found.low, -back.high)
        self.assertLessEqual(abs(found.difference), 1)
        verdicts = {"better": "worse", "worse": "better", "unclear": "unclear"}
        self.assertEqual(verdicts[found.judge("up")], found.judge("down"))
        self.assertEqual(verdicts[found.judge("up")], back.judge("up"))

    @given(shares())
    @settings(max_examples=100, deadline=None)
    def test_nothing_changes_between_equal_figures(self, figure):
        self.assertEqual(change(figure, figure).judge("up"), "unclear")

    @given(shares(), st.floats(0, 1), st.integers(2, 50))
    @settings(max_examples=200, deadline=None)
    def test_more_cases_of_the_same_share_never_take_a_verdict_back(self, figure, limit, times):
        larger = figure._replace(part=figure.part * times, whole=figure.whole * times)
        for better in ("up", "down"):
            if exceeds(figure, limit, better):
                self.assertTrue(exceeds(larger, limit, better))

    @given(st.lists(shares(), min_size=1, max_size=12))
    @settings(max_examples=100, deadline=None)
    def test_a_total_lies_between_its_parts(self, figures):
        values = [figure.value for figure in figures]
        self.assertLessEqual(min(values) - 1e-9, total(figures).value)
        self.assertGreaterEqual(max(values) + 1e-9, total(figures).value)

    @given(st.floats(-5, 5), st.floats(-100, 100), st.integers(3, 30))
    @settings(max_examples=100, deadline=None)
    def test_a_straight_line_is_its_own_trend(self, slope, start, count):
        line = [start + slope * place for place in range(count)]
        for value, fitted in zip(line, trend(line), strict=True):
            self.assertAlmostEqual(value, fitted, places=6)
