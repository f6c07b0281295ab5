import io
import zipfile

from odoo.tests import BaseCase, tagged

from ...models.procedure import finding_texts
from ...tools import (
    archive,
    catalogue,
    process_check,
    tabular,
    time_text,
)
from ...tools.process_check import CaseInput, ChannelInput, ProcessInput, StepInput, Term

# (as printed, unit of the column head, state, hours, kind, issues)
TIMES = [
    ("0,25 ngày làm việc", "", "timed", 2.0, "working", ()),
    ("0.5 ngày làm việc", "", "timed", 4.0, "working", ()),
    ("10 Ngày làm việc", "", "timed", 80.0, "working", ()),
    ("15 Ngày", "", "timed", 120.0, "calendar", ()),
    ("1/4 ngày", "", "timed", 2.0, "calendar", ("ambiguous_day",)),
    ("½ ngày làm việc", "", "timed", 4.0, "working", ()),
    ("04 giờ", "", "timed", 4.0, "working", ()),
    ("24 giờ", "", "timed", 24.0, "working", ("ambiguous_hour",)),
    ("12 giờ làm việc", "", "timed", 12.0, "working", ()),
    ("30 phút", "", "timed", 0.5, "working", ()),
    ("01 buổi", "", "timed", 4.0, "working", ()),
    ("02 tháng", "", "timed", 480.0, "calendar", ("approximate",)),
    ("Mười (10) ngày làm việc kể từ ngày nhận", "", "timed", 80.0, "working", ()),
    ("15 (mười lăm) ngày làm việc", "", "timed", 120.0, "working", ()),
    ("02 ngày làm việc (cắt giảm 01/03 ngày làm việc)", "", "timed", 16.0, "working", ()),
    ("Giờ hành chính", "", "not_counted", None, "", ("office_hours",)),
    ("Không tính thời gian", "", "not_counted", None, "", ("not_counted",)),
    ("Không quy định", "", "not_counted", None, "", ("not_specified",)),
    ("Ngay sau khi nhận đủ hồ sơ hợp lệ", "", "not_counted", None, "", ("immediate",)),
    ("Ngay trong ngày; sau 15 giờ thì ngày tiếp theo", "", "not_counted", None, "", ("immediate",)),
    ("1", "", "missing", None, "", ("missing_unit",)),
    ("0,5", "working_day", "timed", 4.0, "working", ()),
    ("", "", "missing", None, "", ("missing",)),
    ("10 ngày; nếu phải xác minh: 30 ngày", "", "missing", None, "", ("several_values",)),
    ("Trước khi tàu rời cảng", "", "missing", None, "", ("unparsed",)),
    ("1/0 ngày làm việc", "", "timed", 8.0, "working", ()),
]  # fmt: skip


def steps(*hours, last="return", **values):
    """Steps of the given hours, all with a position; the last one closes the case."""
    return tuple(
        StepInput(
            label=str(place),
            name=f"Step {place}",
            hours=hour,
            kind=last if place == len(hours) else "process",
            time_state="timed" if hour else "not_counted",
            has_position=True,
            **values,
        )
        for place, hour in enumerate(hours, 1)
    )


def days(*numbers):
    return [number * 8 for number in numbers]


def process(**values):
    """A process that passes: 24 of 40 hours promised, both stated."""
    return ProcessInput(
        **{"code": "2.000908", "term": Term(40, 24), "steps": steps(4, 16, 4), **values}
    )


def codes(level=None, **values):
    findings = process_check.check(process(**values))
    return {finding.code for finding in findings if level in (None, finding.level)}


@tagged("post_install", "-at_install")
class TestProcedureKernels(BaseCase):
    def test_time_texts(self):
        for text, unit, state, hours, kind, issues in TIMES:
            with self.subTest(text=text):
                parsed = time_text.parse(text, default_unit=unit)
                found = (parsed.state, parsed.hours, parsed.kind, parsed.issues)
                self.assertEqual(found, (state, hours, kind, issues))
                self.assertEqual(parsed.text, text.strip())

    def test_time_texts_take_the_hours_of_the_agencys_day(self):
        self.assertEqual(time_text.parse("2 ngày làm việc", hours_per_day=7).hours, 14)

    def test_step_times_are_worded_in_several_ways(self):
        printed = ["a) 40 giờ làm việc", "b) 56 giờ làm việc", "Tổng: 96 giờ làm việc"]
        term = catalogue.process_term(" || ".join(printed), "", [], 96, 8)
        self.assertEqual((term.committed_hours, term.issue), (96, ""))

    def test_two_totals_that_fit_no_sum_are_a_doubt(self):
        term = catalogue.process_term("10 ngày || 30 ngày", "", [], 320, 8)
        self.assertEqual((term.committed_hours, term.issue), (0, "several_totals"))

    def test_half_a_plain_day_cannot_be_a_calendar_day(self):
        half = time_text.parse("0,5 ngày")
        whole = time_text.parse("2 ngày")
        self.assertEqual(catalogue.process_term("3 ngày", "", [half], 24, 8).issue, "ambiguous_day")
        plain = catalogue.process_term("3 ngày", "", [whole], 24, 8)
        self.assertEqual((plain.duration_kind, plain.issue), ("calendar", ""))

    def test_days_and_working_days_contradict_each_other(self):
        plain = time_text.parse("2 ngày")
        term = catalogue.process_term("03 ngày", "03 ngày làm việc", [plain], 24, 8)
        self.assertEqual((term.duration_kind, term.issue), ("working", "mixed_units"))

    def test_a_process_for_several_procedures_names_each(self):
        row = catalogue.Row(
            2,
            {"tthc_code": "1.014464; 1.014465", "tthc_name": "1.1. Cấp CFS; 1.2. Cấp lại CFS"},
        )
        self.assertEqual(catalogue.process_codes(row), ["1.014464", "1.014465"])
        self.assertEqual(catalogue.process_names(row, 2), ["Cấp CFS;", "Cấp lại CFS"])

    def test_dates_out_of_reason_are_refused(self):
        for text in ("1899-12-30", "31/02/2025", "soon", "2025-13-01"):
            with self.subTest(text=text), self.assertRaises(catalogue.RowError):
                catalogue.parse_date(text)

    def test_odd_quantities_are_kept_as_text(self):
        row = catalogue.Row(2, {"originals": "02 bản", "copies": "x", "note": "n", "seq": "8a"})
        values = catalogue.component_values(row)
        self.assertEqual((values["original_qty"], values["copy_qty"]), (2, 0))
        self.assertEqual(values["note"], "n\noriginals: 02 bản\ncopies: x")
        self.assertEqual(values["sequence"], 2)
        plain = catalogue.component_values(catalogue.Row(2, {"originals": "01", "seq": "7"}))
        self.assertEqual((plain["original_qty"], plain["note"], plain["sequence"]), (1, "", 7))

    def test_an_archive_bomb_is_not_unpacked(self):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("tthc.csv", b"0" * (8 * archive.MIB))
        with self.assertRaises(archive.ArchiveError) as raised:
            catalogue.unpack(buffer.getvalue(), "catalogue.zip")
        self.assertEqual(raised.exception.code, "archive_too_large")

    def test_what_is_no_archive_is_told(self):
        with self.assertRaises(archive.ArchiveError):
            catalogue.unpack(b"no zip", "catalogue.zip")

    def test_unpacking_skips_what_is_no_table(self):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name in ("a/tthc.csv", "readme.txt", "__MACOSX/tthc.csv", "../x/agencies.csv"):
                archive.writestr(name, "code,name,field\n")
        names = [name for name, _content in catalogue.unpack(buffer.getvalue(), "c.zip")]
        self.assertEqual(names, ["tthc.csv", "agencies.csv"])

    def test_rows_know_their_vietnamese_heads(self):
        content = "Mã TTHC;Tên TTHC;Lĩnh vực\n1.000001;Cấp giấy;Đất đai\n"
        table = tabular.read_table(content.encode(), "tthc.csv")
        row = catalogue.rows(table)[0]
        self.assertEqual(row.text("name"), "Cấp giấy")
        self.assertEqual(row.number, 2)


@tagged("post_install", "-at_install")
class TestProcedureCheck(BaseCase):
    """The check table of an internal process; the names quote it."""

    def test_a_sound_process_has_no_finding(self):
        self.assertEqual(codes(steps=steps(4, 16, 4), term=Term(24, 24)), set())

    def test_inv02_steps_over_committed_time_is_an_error(self):
        self.assertIn("steps_exceed_committed", codes("error", steps=steps(8, 16, 4)))
        self.assertNotIn("steps_exceed_committed", codes(steps=steps(8, 12, 4)))

    def test_inv02_committed_over_legal_is_an_error(self):
        self.assertIn("committed_exceeds_legal", codes("error", term=Term(16, 24)))
        self.assertNotIn("committed_exceeds_legal", codes(term=Term(24, 24)))

    def test_a_step_without_time_where_others_have_one_is_an_error(self):
        silent = StepInput("9", "Wait", time_state="missing", has_position=True)
        self.assertIn("step_without_time", codes("error", steps=(*steps(4, 4), silent)))
        self.assertNotIn("step_without_time", codes(steps=steps(4, 0)))

    def test_a_stage_sum_that_differs_is_a_warning(self):
        stage = "II. Cấp tỉnh (3 ngày làm việc)"
        self.assertIn("stage_sum_mismatch", codes("warning", steps=steps(8, 8, stage=stage)))
        self.assertNotIn("stage_sum_mismatch", codes(steps=steps(8, 16, stage=stage)))

    def test_slack_is_information(self):
        self.assertEqual(codes("info", steps=steps(4, 4)), {"slack"})

    def test_a_step_without_a_position_is_an_error(self):
        vacant = StepInput("1", "Sign", hours=4, kind="issue")
        self.assertIn("step_without_position", codes("error", steps=(vacant,)))

    def test_a_position_without_people_is_an_error(self):
        self.assertIn(
            "position_without_people", codes("error", steps=steps(4, 4, has_people=False))
        )

    def test_no_closing_step_is_an_error(self):
        self.assertIn("no_closing_step", codes("error", steps=steps(4, 4, last="approve")))
        for kind in ("issue", "return"):
            self.assertNotIn("no_closing_step", codes(steps=steps(4, 4, last=kind)))

    def test_no_steps_is_an_error(self):
        self.assertEqual(codes("error", steps=()), {"no_steps"})

    def test_each_case_is_checked_with_its_own_steps(self):
        cases = (CaseInput(1, "a", Term(committed_hours=8)), CaseInput(2, "b"))
        own = (*steps(4, 4, case=1), *steps(8, 20, case=2))
        findings = process_check.check(process(cases=cases, steps=own))
        exceeding = [f.params for f in findings if f.code == "steps_exceed_committed"]
        self.assertEqual([params["case"] for params in exceeding], ["b"])

    def test_a_printed_total_that_differs_is_an_error(self):
        stated = (CaseInput(None, "", stated_hours=84),)
        self.assertIn("stated_total_mismatch", codes("error", cases=stated))

    def test_no_time_limit_anywhere_is_an_error_unless_there_is_none(self):
        self.assertIn("term_missing", codes("error", term=Term()))
        self.assertNotIn("term_missing", codes(term=Term(has_due=False)))

    def test_channels_that_count_differently_are_an_error(self):
        channels = (
            ChannelInput("direct", Term(40)),
            ChannelInput("online", Term(40, duration_kind="calendar")),
        )
        self.assertIn("channel_kinds_mixed", codes("error", channels=channels))

    def test_a_channel_listed_twice_with_different_times_is_an_error(self):
        channels = (ChannelInput("direct", Term(40)), ChannelInput("direct", Term(48)))
        self.assertIn("channel_repeated", codes("error", channels=channels))
        alike = (ChannelInput("direct", Term(40)), ChannelInput("direct", Term(40)))
        self.assertNotIn("channel_repeated", codes(channels=alike))

    def test_calendar_limits_are_whole_days(self):
        self.assertIn(
            "calendar_not_whole_days",
            codes("error", term=Term(44, 44, "calendar"), steps=steps(4)),
        )

    def test_every_doubt_about_a_time_is_an_error(self):
        for issue in sorted(time_text.BLOCKING_ISSUES):
            with self.subTest(issue=issue):
                doubtful = Term(40, 24, issues=(issue,))
                self.assertIn(f"time_{issue}", codes("error", term=doubtful))

    def test_codes_of_procedures(self):
        self.assertIn("code_missing", codes("warning", code=""))
        for code in ("2.00908", "2,000908", "2.0009080", "x.000908"):
            with self.subTest(code=code):
                self.assertIn("code_malformed", codes("error", code=code))

    def test_repealed_procedures_and_documents_not_in_force_are_errors(self):
        self.assertIn("procedure_abolished", codes("error", abolished_by="1/QĐ"))
        self.assertIn("document_not_effective", codes("error", document="QT-01"))
        self.assertIn("document_missing", codes("info", document="none"))

    def test_hanoi_663_passes(self):
        """QĐ 663/QĐ-TTPVHCC, 2.000908: 2+3+2+1 = 8 h."""
        found = codes(term=Term(8, 8), steps=steps(2, 3, 2, 1))
        self.assertEqual(found, set())

    def test_land_certificate_renewal_fails(self):
        """Promises 10 days, steps 0.5+9+2+0.5+0 = 12."""
        found = codes("error", term=Term(80, 80), steps=steps(*days(0.5, 9, 2, 0.5, 0)))
        self.assertEqual(found, {"steps_exceed_committed"})

    def test_land_allocation_warns(self):
        """Promises 15 days; stage 1 states 5, its steps 3.75; stage 2 makes 7."""
        first = steps(*days(1.75, 2), stage="Giai đoạn 1 (5 ngày làm việc)", last="process")
        second = steps(*days(3, 4), stage="Giai đoạn 2")
        values = {"term": Term(120, 120), "steps": (*first, *second)}
        self.assertEqual(codes("error", **values), set())
        self.assertEqual(codes("warning", **values), {"stage_sum_mismatch"})
        self.assertEqual(codes("info", **values), {"slack"})

    def test_gravest_findings_come_first(self):
        levels = [f.level for f in process_check.check(process(steps=steps(8, 30), code=""))]
        order = [process_check.LEVELS.index(level) for level in levels]
        self.assertEqual(order, sorted(order, reverse=True))

    def test_every_finding_has_words(self):
        known = {f"time_{issue}" for issue in time_text.BLOCKING_ISSUES}
        self.assertLessEqual(known, finding_texts.TEXTS.keys())


@tagged("post_install", "-at_install")
class TestProcedureTerm(BaseCase):
    def test_the_most_specific_statement_decides(self):
        term = process_check.resolve_term([Term(), Term(committed_hours=8), Term(40, 24)])
        self.assertEqual((term.legal_hours, term.committed_hours), (40, 8))

    def test_the_law_is_the_promise_when_no_shorter_one_is_made(self):
        self.assertEqual(process_check.resolve_term([Term(40)]).committed_hours, 40)

    def test_kinds_are_not_mixed(self):
        term = process_check.resolve_term([Term(80, duration_kind="calendar"), Term(40, 24)])
        self.assertEqual(
            (term.legal_hours, term.committed_hours, term.duration_kind), (80, 80, "calendar")
        )

    def test_no_limit_is_a_statement_too(self):
        self.assertFalse(process_check.resolve_term([Term(has_due=False), Term(40)]).has_due)
