import datetime
import io
import unicodedata
import zipfile
from dataclasses import replace

import openpyxl

from odoo.tests import BaseCase, tagged

from ...tools import dossier_rows, moments, tabular
from ...tools import mapping as mapping_kernel

NOW = datetime.datetime(2026, 11, 21, 3, 0)
VIETNAMESE = "Mã hồ sơ;Họ và tên;Ngày tiếp nhận\nH99-1;Nguyễn Thị Thử;01/02/2026\n"


def workbook(*rows, change=None):
    """Give the bytes of a workbook with ``rows`` in its only sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def patched(content, part, change):
    """Give a workbook with one of its parts changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w") as target:
        for info in source.infolist():
            data = source.read(info)
            target.writestr(info.filename, change(data) if info.filename == part else data)
    return stream.getvalue()


def in_cp1258(text):
    """Encode as Windows for Vietnam does: letters with their tones as marks behind."""
    encoded = b""
    for sign in text:
        parts = unicodedata.normalize("NFD", sign)
        tones = "".join(mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323")
        letter = unicodedata.normalize("NFC", "".join(p for p in parts if p not in tones))
        encoded += (letter + tones).encode("cp1258")
    return encoded


class KernelCase(BaseCase):
    def assertRefused(self, code, content, name="a.xlsx", **options):
        with self.assertRaises(tabular.TabularError) as caught:
            tabular.read_table(content, name, **options)
        self.assertEqual(caught.exception.code, code)
        return str(caught.exception)


@tagged("standard", "at_install")
class TestTabular(KernelCase):
    SHEET = "xl/worksheets/sheet1.xml"

    def test_text_in_every_encoding_a_vietnamese_office_writes(self):
        header = ["Mã hồ sơ", "Họ và tên", "Ngày tiếp nhận"]
        texts = {
            "utf-8": VIETNAMESE.encode(),
            "utf-8-sig": VIETNAMESE.encode("utf-8-sig"),
            "utf-16": VIETNAMESE.encode("utf-16"),
            "utf-16-le": VIETNAMESE.encode("utf-16-le"),
            "utf-16-be": VIETNAMESE.encode("utf-16-be"),
            "cp1258": in_cp1258(VIETNAMESE),
        }
        for encoding, content in texts.items():
            with self.subTest(encoding=encoding):
                table = tabular.read_table(content, "a.csv")
                self.assertEqual(table.encoding, encoding)
                self.assertEqual(table.delimiter, ";")
                self.assertEqual(table.header, header)
                self.assertEqual(table.rows[0][1], "Nguyễn Thị Thử")

    def test_decomposed_letters_are_composed(self):
        content = unicodedata.normalize("NFD", VIETNAMESE).encode()
        self.assertEqual(tabular.read_table(content, "a.csv").header[0], "Mã hồ sơ")

    def test_broken_utf8_is_not_taken_for_another_encoding(self):
        content = VIETNAMESE.encode() * 3 + b"\xe1;x;y\n"
        message = self.assertRefused("bad_encoding", content, "a.csv")
        self.assertIn(str(len(VIETNAMESE.encode()) * 3), message)

    def test_delimiters_and_numbers_of_rows(self):
        for sign in ",;\t|":
            content = f"a{sign}b\n\n1{sign}2\n".encode()
            table = tabular.read_table(content, "a.csv")
            self.assertEqual((table.delimiter, table.numbers), (sign, [3]))
        table = tabular.read_table(b"sep=;\na;b\n1;2,5\n", "a.csv")
        self.assertEqual((table.header_row, table.rows), (2, [["1", "2,5"]]))

    def test_title_lines_above_the_header_are_skipped(self):
        content = workbook(["DANH SÁCH HỒ SƠ"], [], ["Mã", "Tên", "Ngày"], ["1", "x", "y"])
        table = tabular.read_table(content, "a.xlsx")
        self.assertEqual((table.header_row, table.numbers), (3, [4]))

    def test_workbook_cells_keep_their_types(self):
        moment = datetime.datetime(2026, 11, 20, 16, 30)
        table = tabular.read_table(
            workbook(["a", "b", "c", "d"], [1, moment, None, 2.5], [None, "x", True, "y"]),
            "a.xlsx",
        )
        self.assertEqual(table.rows, [[1, moment, "", 2.5], ["", "x", True, "y"]])
        self.assertEqual(table.sheet, "Sheet")

    def test_formula_is_refused_and_its_cell_named(self):
        content = workbook(["a", "b"], ["x", "=1+1"])
        self.assertIn("B2", self.assertRefused("formula_cell", content))
        self.assertIn("B3", self.assertRefused("formula_cell", b"a,b\n1,2\n3,=cmd()\n", "a.csv"))
        table = tabular.read_table(content, "a.xlsx", formulas="mark")
        self.assertIsInstance(table.rows[0][1], tabular.FormulaCell)

    def test_bombs_are_refused(self):
        def far(book):
            book.active.cell(1_048_576, 16_384, "x")

        wide = workbook([f"c{number}" for number in range(300)])
        small = workbook(["a", "b"], [1, 2])
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", "x")
            archive.writestr(self.SHEET, b" " * 20_000_000)
        entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        attacks = {
            "huge_dimension": workbook(["a", "b"], change=far),
            "too_many_columns": wide,
            "zip_ratio": stream.getvalue(),
            "external_entity": patched(small, self.SHEET, lambda xml: entity + xml),
            "too_many_rows": patched(
                small, self.SHEET, lambda xml: xml.replace(b'r="2"', b'r="2000000000"')
            ),
        }
        for code, content in attacks.items():
            with self.subTest(code=code):
                self.assertRefused(code, content)
        self.assertRefused("too_large", b"a,b\n" * 9, "a.csv", limits=tabular.Limits(max_bytes=9))
        limits = tabular.Limits(max_rows=2)
        self.assertRefused("too_many_rows", b"a,b\n" + b"1,2\n" * 3, "a.csv", limits=limits)
        limits = tabular.Limits(max_unpacked_bytes=10)
        self.assertRefused("unpacked_too_large", small, limits=limits)

    def test_a_wrong_declaration_of_size_pads_nothing(self):
        content = patched(
            workbook(["a", "b"], [1, 2]),
            self.SHEET,
            lambda xml: xml.replace(b"A1:B2", b"A1:XFD9"),
        )
        self.assertEqual(tabular.read_table(content, "a.xlsx").rows, [[1, 2]])

    def test_wrong_types_are_told_by_their_content(self):
        self.assertRefused("empty_file", b"", "a.csv")
        self.assertRefused("wrong_type", b"%PDF-1.7", "a.pdf")
        self.assertRefused("legacy_xls", tabular.OLE_MAGIC + b"\0" * 512, "a.xls")
        self.assertRefused("html_file", b"<html><table></table></html>", "a.xls")
        self.assertRefused("content_mismatch", b"a,b\n1,2\n", "a.xlsx")
        self.assertRefused("content_mismatch", workbook(["a"]), "a.csv")
        self.assertRefused("damaged_file", b"PK\x03\x04 not a zip", "a.xlsx")
        self.assertRefused("binary_text", bytes(range(3)) * 50, "a.csv")
        macros = patched(workbook(["a", "b"], [1, 2]), "x", bytes)
        stream = io.BytesIO(macros)
        with zipfile.ZipFile(stream, "a") as archive:
            archive.writestr("xl/vbaProject.bin", b"x")
        self.assertRefused("macros", stream.getvalue())

    def test_headers_are_complete_and_different(self):
        self.assertIn("B", self.assertRefused("empty_header", b"a,,c\n1,2,3\n", "a.csv"))
        self.assertIn("A", self.assertRefused("duplicate_header", b"a,b, A\n1,2,3\n", "a.csv"))
        self.assertRefused("no_header", b"\n\n", "a.csv")

    def test_a_stray_quotation_mark_swallows_nothing(self):
        self.assertIn("3", self.assertRefused("bad_quoting", b'a,b\n1,2\n3,"4\n5,6\n', "a.csv"))

    def test_result_workbook_holds_no_formula(self):
        stream = io.BytesIO()
        dangerous = ["=1+1", "+84", "-x", "@SUM(A1)", "\t=1", "http://x"]
        tabular.write_workbook(stream, [("A/b", ["=h"], [[text] for text in dangerous])])
        sheet = openpyxl.load_workbook(io.BytesIO(stream.getvalue())).active
        self.assertEqual(sheet.title, "A b")
        for row, text in zip(sheet.iter_rows(min_row=2), dangerous, strict=True):
            self.assertEqual((row[0].data_type, row[0].value), ("s", text))
            self.assertIsNone(row[0].hyperlink)
            self.assertEqual(row[0].quotePrefix, text.startswith(tabular.FORMULA_STARTS))


@tagged("standard", "at_install")
class TestMoments(KernelCase):
    READINGS = [
        ("2026-11-20 16:30:00", "iso", "2026-11-20 09:30:00"),
        ("2026-11-20", "iso", "2026-11-19 17:00:00"),
        ("2011-10-11 13:45:40.276000+02:00", "iso", "2011-10-11 11:45:40.276000"),
        ("2011-10-11T13:45:40Z", "iso", "2011-10-11 13:45:40"),
        ("20/11/2026 16:30", "dmy", "2026-11-20 09:30:00"),
        ("20.11.2026", "dmy", "2026-11-19 17:00:00"),
        ("16:30 20/11/2026", "hm_dmy", "2026-11-20 09:30:00"),
        ("16 giờ 30 phút, ngày 20/11/2026", "hm_dmy", "2026-11-20 09:30:00"),
        ("16h30 ngày 20/11/2026", "hm_dmy", "2026-11-20 09:30:00"),
        ("11/20/2026 4:30 PM", "mdy", "2026-11-20 09:30:00"),
        ("2026/11/20 16:30", "ymd", "2026-11-20 09:30:00"),
        ("20261120163000", "compact", "2026-11-20 09:30:00"),
        ("46346.6875", "serial", "2026-11-20 09:30:00"),
    ]

    def test_formats_are_detected_and_read_in_hanoi(self):
        for text, name, expected in self.READINGS:
            with self.subTest(text=text):
                self.assertEqual(moments.detect([text]).name, name)
                moment, _has_time = moments.MomentReader(name, "Asia/Ho_Chi_Minh").read(text)
                self.assertEqual(moment, datetime.datetime.fromisoformat(expected))

    def test_day_and_month_that_could_be_exchanged_are_told(self):
        self.assertTrue(moments.detect(["03/04/2026"]).is_ambiguous)
        self.assertFalse(moments.detect(["03/04/2026", "13/04/2026"]).is_ambiguous)

    def test_offsets_of_both_halves_of_the_year_are_instants(self):
        reader = moments.MomentReader("iso", "UTC")
        summer, _t = reader.read("2011-10-11 13:45:40.276000+02:00")
        winter, _t = reader.read("2011-11-24 12:45:40.276000+01:00")
        self.assertEqual((summer.hour, winter.hour), (11, 11))

    def test_zero_of_a_spreadsheet_is_no_date(self):
        for name, value in (
            ("dmy", "30/12/1899"),
            ("iso", "1900-01-01"),
            ("serial", "0"),
            ("serial", 0.5),
            ("iso", datetime.time(0, 0)),
            ("iso", datetime.datetime(1899, 12, 30)),
        ):
            with self.subTest(value=value), self.assertRaises(moments.MomentError) as caught:
                moments.MomentReader(name, "UTC").read(value)
            self.assertEqual(caught.exception.code, "date_too_early")

    def test_what_is_no_date_is_an_error(self):
        for name, value in (("iso", "2026-02-30"), ("dmy", "soon"), ("iso", True)):
            with self.subTest(value=value), self.assertRaises(moments.MomentError):
                moments.MomentReader(name, "UTC").read(value)


@tagged("standard", "at_install")
class TestMapping(KernelCase):
    def test_vietnamese_and_english_headers_are_guessed(self):
        headers = {
            "Mã hồ sơ": "external_code",
            "Mã TTHC": "procedure",
            "Chủ hồ sơ": "holder_name",
            "Hình thức nộp": "channel",
            "Ngày tiếp nhận": "accepted_at",
            "Ngày hẹn trả": "due_at",
            "Ngày hoàn thành": "done_at",
            "Ngày trả kết quả": "returned_at",
            "Trạng thái": "state",
        }
        row = ["1", "1.000001", "x", "Trực tuyến", "01/02/2026", "", "", "", "Đang xử lý"]
        mapping = mapping_kernel.guess([*headers, "STT"], [[*row, "1"]])
        self.assertEqual(mapping.columns, headers)
        self.assertEqual(mapping.shape, "dossier")
        self.assertEqual(mapping.value_maps["channel"], {"Trực tuyến": "online"})
        self.assertEqual(mapping.value_maps["state"], {"Đang xử lý": "processing"})
        self.assertEqual(mapping.date_formats, {"accepted_at": "dmy"})

    def test_an_event_log_is_told_by_its_columns(self):
        header = ["Case ID", "Activity", "Resource", "Complete Timestamp", "outcome"]
        mapping = mapping_kernel.guess(header, [["1", "a", "b", "2001-01-02 00:00:00", ""]])
        self.assertEqual((mapping.shape, mapping.close_rule), ("event", "last_event"))

    def test_a_mapping_survives_json(self):
        mapping = mapping_kernel.Mapping(
            shape="event",
            columns={"a": "external_code"},
            close_rule="activities",
            close_activities=("x",),
            value_maps={"channel": {"Desk": "direct", "?": ""}},
        )
        self.assertEqual(mapping_kernel.Mapping.from_json(mapping.to_json()), mapping)

    def test_a_wrong_mapping_file_is_refused_by_key(self):
        good = mapping_kernel.Mapping(columns={"a": "external_code"}).to_json()
        wrong = {
            "shape": "cube",
            "columns": {"a": "company_id"},
            "timezone": "Mars/Base",
            "value_maps": {"state": {"x": "archived"}},
            "constants": {"company_id": "1"},
            "encoding": "klingon",
            "surprise": 1,
            "date_formats": {"at": "%Y"},
            "close_activities": [1],
        }
        for key, value in wrong.items():
            with self.subTest(key=key), self.assertRaises(mapping_kernel.MappingError) as caught:
                mapping_kernel.Mapping.from_json({**good, key: value})
            self.assertEqual(caught.exception.code, "bad_mapping")
        with self.assertRaises(mapping_kernel.MappingError):
            mapping_kernel.Mapping.from_json({**good, "version": 99})
        for data in (None, [], "x"):
            with self.assertRaises(mapping_kernel.MappingError):
                mapping_kernel.Mapping.from_json(data)


@tagged("standard", "at_install")
class TestDossierRows(KernelCase):
    HEADER = ["code", "state", "submitted", "accepted", "due", "done", "returned", "closed"]
    TARGETS = [
        "external_code",
        "state",
        "submitted_at",
        "accepted_at",
        "due_at",
        "done_at",
        "returned_at",
        "closed_at",
    ]

    def _reader(self, **changes):
        mapping = mapping_kernel.Mapping(
            columns=dict(zip(self.HEADER, self.TARGETS, strict=True)),
            date_formats=dict.fromkeys(self.TARGETS[2:], "iso"),
            timezone="UTC",
            value_maps={"state": {state: state for state in mapping_kernel.STATES}},
        )
        return dossier_rows.DossierReader(replace(mapping, **changes), self.HEADER, NOW)

    def _read(self, *values):
        row = ["D1", *values] + [""] * (len(self.HEADER) - len(values) - 1)
        return self._reader().read("D1", [(2, row)])

    def _problems(self, *values):
        with self.assertRaises(dossier_rows.Refused) as caught:
            self._read(*values)
        return [problem.code for problem in caught.exception.problems]

    def test_a_returned_dossier_gets_its_stamps_in_the_log(self):
        item = self._read(
            "", "2026-01-05", "2026-01-06", "2026-01-10", "2026-01-09 08:00", "2026-01-12"
        )
        self.assertEqual(item["state"], "returned")
        self.assertEqual(
            [(e["event_type"], e["state"], str(e["at"])) for e in item["events"]],
            [
                ("submitted", "submitted", "2026-01-05 00:00:00"),
                ("accepted", "processing", "2026-01-06 00:00:00"),
                ("done", "done", "2026-01-09 08:00:00"),
                ("returned", "returned", "2026-01-12 00:00:00"),
            ],
        )
        # Any time of the due day is in time.
        self.assertEqual(item["due_at"], datetime.datetime(2026, 1, 10, 23, 59, 59))

    def test_negative_durations_are_errors(self):
        accepted = "2026-01-06"
        self.assertEqual(
            self._problems("", "", accepted, "", "2026-01-05"), ["done_before_accepted"]
        )
        self.assertEqual(
            self._problems("", "", accepted, "", "2026-01-08", "2026-01-07"),
            ["returned_before_done"],
        )
        self.assertEqual(
            self._problems("withdrawn", "", accepted, "", "", "", "2026-01-05"),
            ["closed_before_accepted"],
        )

    def test_impossible_dates_are_errors(self):
        self.assertEqual(self._problems("", "", "1899-12-30"), ["date_too_early"])
        self.assertEqual(self._problems("", "", "9999-12-31"), ["date_too_late"])
        self.assertEqual(self._problems("", "", "2026-12-31"), ["in_future"])
        self.assertEqual(self._problems("", "", "yesterday"), ["bad_date"])

    def test_a_state_needs_its_stamps(self):
        self.assertEqual(self._problems("processing"), ["no_acceptance"])
        self.assertEqual(self._problems("done", "", "2026-01-06"), ["no_completion"])
        self.assertEqual(self._problems("refused", "2026-01-06"), ["no_closing"])
        self.assertEqual(self._problems("asleep", "", "2026-01-06"), ["unknown_state"])

    def test_what_is_odd_is_a_warning_and_nothing_is_invented(self):
        item = self._read("", "2026-01-08", "2026-01-06", "2026-01-05")
        codes = {warning.code for warning in item["warnings"]}
        self.assertEqual(codes, {"submitted_after_accepted", "due_before_accepted"})
        self.assertNotIn("submitted_at", item)
        item = self._read("processing", "", "2026-01-06", "", "2026-01-07")
        self.assertEqual([w.code for w in item["warnings"]], ["done_but_open"])
        self.assertNotIn("done_at", item)
        item = self._read("returned", "", "2026-01-06", "", "", "2026-01-07")
        self.assertEqual([w.code for w in item["warnings"]], ["done_from_return"])

    def test_a_present_state_without_a_time_is_logged_now(self):
        item = self._read("supplement", "", "2026-01-06")
        last = item["events"][-1]
        self.assertEqual((last["event_type"], last["state"]), ("imported", "supplement"))
        self.assertEqual(last["at"], NOW)

    def test_formula_and_surplus_cells_are_errors_of_their_row(self):
        row = ["D1", tabular.FormulaCell("=A1"), "", "2026-01-06", "", "", "", ""]
        with self.assertRaises(dossier_rows.Refused) as caught:
            self._reader().read("D1", [(7, row)])
        self.assertIn("B7", str(caught.exception))
        with self.assertRaises(dossier_rows.Refused) as caught:
            self._reader().read("D1", [(7, ["D1", "", "", "2026-01-06", "", "", "", "", "x"])])
        self.assertEqual(caught.exception.problems[0].code, "row_too_long")


@tagged("standard", "at_install")
class TestEventRows(KernelCase):
    HEADER = ["case", "activity", "at", "who"]

    def _item(self, *rows, header=None, **changes):
        header = header or self.HEADER
        mapping = mapping_kernel.guess(header, rows, "UTC")
        mapping = replace(mapping, shape="event", **changes)
        reader = dossier_rows.DossierReader(mapping, header, NOW)
        groups, _stray = reader.group(enumerate(rows, 2))
        code, lines = next(iter(groups.items()))
        return reader.read(code, lines)

    def _guessed(self, *rows, **changes):
        columns = dict(zip(self.HEADER, ("external_code", "activity", "at", "actor"), strict=True))
        formats = {"at": "iso"}
        return self._item(*rows, columns=columns, date_formats=formats, **changes)

    ROWS = (
        ["c1", "Receive", "2026-01-05 08:00:00", "A"],
        ["c1", "Examine", "2026-01-06 08:00:00", ""],
        ["c1", "Examine", "2026-01-06 08:00:00", ""],
        ["c1", "Sign", "2026-01-07 08:00:00", "548.0"],
    )

    def _kinds(self, item):
        return [(event["event_type"], event["state"]) for event in item["events"]]

    def test_every_row_is_one_row_of_the_log(self):
        item = self._guessed(*self.ROWS, close_rule="last_event")
        self.assertEqual(
            self._kinds(item),
            [
                ("accepted", "accepted"),
                ("activity", "processing"),
                ("activity", "processing"),
                ("done", "done"),
            ],
        )
        self.assertEqual([e["source_row"] for e in item["events"]], [2, 3, 4, 5])
        self.assertEqual([e["user_name"] for e in item["events"]], ["A", False, False, "548.0"])

    def test_closing_by_activities_or_not_at_all(self):
        closed = self._guessed(*self.ROWS, close_rule="activities", close_activities=("Examine",))
        self.assertEqual(closed["done_at"], datetime.datetime(2026, 1, 6, 8))
        self.assertEqual(self._kinds(closed)[-2:], [("done", "done"), ("activity", "done")])
        self.assertEqual(self._guessed(*self.ROWS, close_rule="open")["state"], "processing")

    def test_activities_can_be_events_of_the_dossier(self):
        rows = (
            ["c1", "Nộp", "2026-01-04 08:00:00", "A"],
            ["c1", "Tiếp nhận", "2026-01-05 08:00:00", "A"],
            ["c1", "Bổ sung", "2026-01-06 08:00:00", "B"],
            ["c1", "Ghi chú", "2026-01-06 09:00:00", "B"],
            ["c1", "Đủ hồ sơ", "2026-01-07 08:00:00", "A"],
            ["c1", "Trả", "2026-01-09 08:00:00", "A"],
        )
        words = {
            "Nộp": "submitted",
            "Tiếp nhận": "accepted",
            "Bổ sung": "supplement_requested",
            "Đủ hồ sơ": "resumed",
            "Trả": "returned",
        }
        item = self._guessed(*rows, close_rule="open", value_maps={"activity": words})
        self.assertEqual(
            [event["state"] for event in item["events"]],
            ["submitted", "accepted", "supplement", "supplement", "processing", "returned"],
        )
        self.assertEqual(item["accepted_at"], datetime.datetime(2026, 1, 5, 8))
        self.assertEqual(item["returned_at"], item["done_at"])

    def test_a_bad_row_refuses_its_whole_dossier(self):
        rows = [list(row) for row in self.ROWS]
        rows[2][2] = "never"
        with self.assertRaises(dossier_rows.Refused) as caught:
            self._guessed(*rows, close_rule="open")
        self.assertEqual([problem.row for problem in caught.exception.problems], [4])

    def test_completion_before_the_first_event_leaves_acceptance_empty(self):
        header = [*self.HEADER, "end"]
        rows = [[*row, "2026-01-01 00:00:00"] for row in self.ROWS]
        columns = dict(
            zip(header, ("external_code", "activity", "at", "actor", "done_at"), strict=True)
        )
        item = self._item(
            *rows,
            header=header,
            columns=columns,
            date_formats={"at": "iso", "done_at": "iso"},
            close_rule="column",
        )
        self.assertNotIn("accepted_at", item)
        self.assertEqual([w.code for w in item["warnings"]], ["done_before_first"])
        self.assertEqual(item["state"], "done")
