import base64
import csv
import io
import json

import openpyxl
from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .. import common
from .test_dossier_import_kernel import workbook

HEADER = [
    "Mã hồ sơ",
    "Mã TTHC",
    "Đơn vị tiếp nhận",
    "Chủ hồ sơ",
    "Hình thức nộp",
    "Ngày tiếp nhận",
    "Ngày hẹn trả",
    "Ngày hoàn thành",
    "Ngày trả kết quả",
    "Trạng thái",
]


def table(rows, header=None):
    """Give the bytes of a CSV file as a one-stop system exports it."""
    stream = io.StringIO()
    csv.writer(stream).writerows([header or HEADER, *rows])
    return stream.getvalue().encode()


def row(code, **changes):
    """Give one row of a dossier received on 2 and completed on 5 November 2026."""
    values = dict(zip(HEADER, [""] * len(HEADER), strict=True))
    values.update(
        {
            "Mã hồ sơ": code,
            "Mã TTHC": "9.000001",
            "Đơn vị tiếp nhận": "Budget division",
            "Chủ hồ sơ": "Trần Văn Thử",
            "Hình thức nộp": "Trực tuyến",
            "Ngày tiếp nhận": "02/11/2026 08:00",
            "Ngày hẹn trả": "06/11/2026 16:00",
            "Ngày hoàn thành": "05/11/2026 15:00",
            "Trạng thái": "Đã xử lý xong",
        }
    )
    values.update(changes)
    return [values[name] for name in HEADER]


def commit(done, *, remaining=0):
    """Stand in for the commit of a job: the test rolls everything back."""
    return float("inf")


class ImportCase(common.QmsCommon):
    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)
        self.imports = self._as(self.env["qms.dossier.import"], self.user_officer)

    def _upload(self, content, name="export.csv", **vals):
        return self.imports.create(
            {
                "file": base64.b64encode(content),
                "file_name": name,
                "company_id": self.company.id,
                **vals,
            }
        )

    def _run(self, record):
        record.action_check()
        record.action_run()
        record._work(commit)
        return record

    def _import(self, rows, **vals):
        return self._run(self._upload(table(rows), **vals))

    def _counts(self, record):
        return tuple(
            record[f"{name}_count"] for name in ("new", "updated", "unchanged", "rejected")
        )

    def _dossiers(self):
        return self.env["qms.dossier"].search(
            [("company_id", "=", self.company.id), ("is_imported", "=", True)], order="id"
        )


@tagged("post_install", "-at_install")
class TestDossierImportFlow(ImportCase):
    def test_upload_suggests_a_mapping_and_shows_the_first_rows(self):
        record = self._upload(table([row("A-1")]))
        self.assertEqual(record.state, "draft")
        targets = {column.name: column.target for column in record.column_ids}
        self.assertEqual(targets["Ngày hẹn trả"], "due_at")
        self.assertEqual(record.encoding, "utf-8")
        self.assertEqual(record.delimiter, ",")
        self.assertIn("Trần Văn Thử", record.preview)
        formats = set(record.column_ids.mapped("date_format")) - {False}
        self.assertEqual(formats, {"dmy"})
        words = {value.word: value._key() for value in record.value_ids}
        self.assertEqual(words, {"Trực tuyến": "online", "Đã xử lý xong": "done"})

    def test_markup_of_a_cell_is_shown_as_text(self):
        record = self._upload(table([row("<script>alert(1)</script>")]))
        self.assertNotIn("<script>", record.preview)

    def test_a_check_writes_no_dossier(self):
        record = self._upload(table([row("A-1"), row("A-2", **{"Ngày hoàn thành": "01/11/2026"})]))
        record.action_check()
        self.assertEqual(record.state, "checked")
        self.assertEqual(self._counts(record), (1, 0, 0, 1))
        self.assertFalse(self._dossiers())
        self.assertEqual(record.error_ids.mapped("row"), [3])

    def test_a_dossier_gets_the_stamps_of_its_source(self):
        record = self._import([row("A-1")])
        dossier = self._dossiers()
        self.assertEqual(record.state, "done")
        self.assertEqual(dossier.code, "A-1")
        self.assertEqual(dossier.external_code, "A-1")
        self.assertEqual(dossier.receipt_reference, "A-1")
        self.assertEqual(dossier.procedure_id, self.procedure)
        self.assertEqual(dossier.version_id, self.version, "INV-19")
        self.assertEqual(dossier.receiving_unit_id, self.department)
        self.assertEqual(dossier.intake_channel, "online")
        self.assertEqual(str(dossier.accepted_at), "2026-11-02 01:00:00")
        self.assertEqual((dossier.state, dossier.outcome), ("done", "early"))
        self.assertEqual(dossier.import_id, record)
        events = dossier.event_ids
        self.assertEqual(events.mapped("event_type"), ["accepted", "done"])
        self.assertEqual(str(events[0].at), "2026-11-02 01:00:00")
        self.assertEqual(events.mapped("source_row"), [2, 2])
        self.assertEqual(set(events.mapped("source_file")), {"export.csv"})
        self.assertEqual(set(events.mapped("source_hash")), {record.file_hash})
        self.assertTrue(all(events.mapped("is_imported")))
        self.assertIsNone(dossier._verify_chain()[dossier.id])

    def test_the_same_file_twice_changes_nothing(self):
        rows = [row("A-1"), row("A-2", **{"Trạng thái": "Đang xử lý", "Ngày hoàn thành": ""})]
        self._import(rows)
        before = [(d.write_date, d.event_head, d.event_count) for d in self._dossiers()]
        again = self._import(rows)
        self.assertEqual(self._counts(again), (0, 0, 2, 0))
        after = [(d.write_date, d.event_head, d.event_count) for d in self._dossiers()]
        self.assertEqual(before, after)

    def test_a_newer_file_adds_to_the_log_and_rewrites_nothing(self):
        opened = {"Trạng thái": "Đang xử lý", "Ngày hoàn thành": ""}
        self._import([row("A-1", **opened), row("A-2", **opened)])
        first = self._dossiers()[0]
        hashes = first.event_ids.mapped("hash")
        newer = self._import([row("A-1"), row("A-2", **opened), row("A-3")])
        self.assertEqual(self._counts(newer), (1, 1, 1, 0))
        self.assertEqual((first.state, first.outcome), ("done", "early"))
        self.assertEqual(first.event_ids.mapped("hash")[: len(hashes)], hashes)
        self.assertEqual(first.event_ids[-1].event_type, "done")
        self.assertIsNone(first._verify_chain()[first.id])
        found = self.env["qms.dossier"].search(newer.action_view_updated()["domain"])
        self.assertEqual(found, first)

    def test_a_moved_due_date_leaves_a_row(self):
        opened = {"Trạng thái": "Đang xử lý", "Ngày hoàn thành": ""}
        self._import([row("A-1", **opened)])
        self._import([row("A-1", **opened, **{"Ngày hẹn trả": "13/11/2026 16:00"})])
        dossier = self._dossiers()
        self.assertEqual(str(dossier.due_at), "2026-11-13 09:00:00")
        last = dossier.event_ids[-1]
        self.assertEqual((last.event_type, last.due_at), ("imported", dossier.due_at))
        self.assertIn("13", last.reason)

    def test_an_older_file_takes_nothing_back(self):
        self._import([row("A-1")])
        older = self._import([row("A-1", **{"Trạng thái": "Đang xử lý", "Ngày hoàn thành": ""})])
        self.assertEqual(self._counts(older), (0, 0, 1, 0))
        self.assertEqual(self._dossiers().state, "done")
        self.assertEqual(older.error_ids.mapped("code"), ["lags_behind"])

    def test_ten_bad_rows_among_a_thousand_are_named(self):
        rows = [row(f"A-{number}") for number in range(1000)]
        bad = {
            7: {"Mã hồ sơ": ""},
            107: {"Ngày tiếp nhận": "30/12/1899"},
            207: {"Ngày hoàn thành": "01/11/2026"},
            307: {"Mã TTHC": "1.999999"},
            407: {"Đơn vị tiếp nhận": "Nowhere"},
            507: {"Ngày tiếp nhận": "hôm qua"},
            607: {"Mã hồ sơ": "A-1"},
            707: {"Trạng thái": "Lạ"},
            807: {"Hình thức nộp": "Bồ câu"},
            907: {"Chủ hồ sơ": "=1+1"},
        }
        for number, changes in bad.items():
            rows[number] = row(f"A-{number}", **changes)
        record = self._import(rows)
        self.assertEqual(self._counts(record), (990, 0, 0, 10))
        self.assertEqual(len(self._dossiers()), 990)
        self.assertEqual(record.error_ids.mapped("row"), [number + 2 for number in bad])
        sheets = openpyxl.load_workbook(
            io.BytesIO(base64.b64decode(record.with_context(bin_size=False).result_file))
        )
        rejected = list(sheets.worksheets[1].iter_rows(min_row=2, values_only=True))
        self.assertEqual([line[0] for line in rejected], [number + 2 for number in bad])
        self.assertTrue(all(line[2] for line in rejected))
        self.assertIn("A-307", rejected[3])

    def test_a_row_the_database_refuses_is_isolated(self):
        taken = self._new_dossier()
        taken._lifecycle_write({"code": "A-2"})
        record = self._import([row("A-1"), row("A-2"), row("A-3")])
        self.assertEqual(self._counts(record), (2, 0, 0, 1))
        self.assertEqual(record.error_ids.code, "code_taken")
        dossier_class = type(self.env["qms.dossier"])
        prepare = dossier_class._prepare_import

        def fail_for_one(model, item):
            if item["external_code"] == "B-2":
                raise ValueError("B-2 is out of order")
            return prepare(model, item)

        self.patch(dossier_class, "_prepare_import", fail_for_one)
        record = self._import([row("B-1"), row("B-2"), row("B-3")])
        self.assertEqual(self._counts(record), (2, 0, 0, 1))
        self.assertEqual(record.error_ids.mapped("dossier_code"), ["B-2"])

    def test_unknown_procedure_or_unit_can_be_flagged(self):
        rows = [
            row("A-1", **{"Mã TTHC": "1.999999"}),
            row("A-2", **{"Đơn vị tiếp nhận": "Nowhere"}),
        ]
        record = self._upload(table(rows))
        record.unknown_rule = "flag"
        self._run(record)
        self.assertEqual(self._counts(record), (2, 0, 0, 0))
        dossiers = self._dossiers()
        self.assertEqual(dossiers.mapped("needs_review"), [True, True])
        self.assertFalse(dossiers[0].procedure_id)
        self.assertIn("1.999999", dossiers[0].note)
        self.assertIn("Nowhere", dossiers[1].note)

    def test_a_procedure_is_found_by_its_name_too(self):
        self._import([row("A-1", **{"Mã TTHC": "procedure  9.000001"})])
        self.assertEqual(self._dossiers().procedure_id, self.procedure)

    def test_unknown_words_are_listed_to_be_mapped(self):
        record = self._upload(table([row("A-1", **{"Hình thức nộp": "Bồ câu"})]))
        value = record.value_ids.filtered(lambda v: v.word == "Bồ câu")
        self.assertTrue(value.is_open)
        value.is_left_out = True
        self._run(record)
        self.assertEqual(self._counts(record), (1, 0, 0, 0))

    def test_workbook_as_well_as_text(self):
        record = self._run(self._upload(workbook(HEADER, row("A-1")), "export.xlsx"))
        self.assertEqual(self._counts(record), (1, 0, 0, 0))

    def test_what_cannot_be_read_leaves_nothing(self):
        before = self.imports.search_count([])
        for name, content in (("a.csv", b""), ("a.pdf", b"%PDF"), ("a.xlsx", b"PK\3\4x")):
            with (
                self.subTest(name=name),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                self._upload(content or b"\n", name)
        self.assertEqual(self.imports.search_count([]), before)

    def test_a_file_exchanged_after_the_check_is_refused(self):
        record = self._upload(table([row("A-1")]))
        record.action_check()
        # Past the guard of the file, as somebody on the server could.
        record._lifecycle_write({"file": base64.b64encode(table([row("EVIL")]))})
        record.action_run()
        record._work(commit)
        self.assertEqual(record.state, "failed")
        self.assertIn("exchanged", record.failure)
        self.assertFalse(self._dossiers())

    def test_a_mapping_is_saved_exported_and_applied_again(self):
        record = self._upload(table([row("A-1", **{"Hình thức nộp": "Bồ câu"})]))
        record.value_ids.filtered(lambda v: v.word == "Bồ câu").to_channel = "post"
        record.unknown_rule = "flag"
        action = record.action_save_mapping()
        saved = self._as(self.env[action["res_model"]].browse(action["res_id"]), self.user_officer)
        data = json.loads(base64.b64decode(saved.json_file))
        self.assertEqual(data["value_maps"]["channel"]["Bồ câu"], "post")
        other = saved.create({"name": "From elsewhere", "json_file": saved.json_file})
        again = self._upload(table([row("A-2", **{"Hình thức nộp": "Bồ câu"})]))
        again.mapping_id = other
        self.assertEqual(again.unknown_rule, "flag")
        self._run(again)
        self.assertEqual(self._dossiers().intake_channel, "post")

    def test_a_wrong_mapping_file_is_refused(self):
        mappings = self._as(self.env["qms.dossier.import.mapping"], self.user_officer)
        for content in (b"{", b"[]", b'{"shape": "cube"}', b"\xff\xfe", b"[" * 100_000):
            with self.subTest(content=content[:9]), self.assertRaises(ValidationError):
                mappings.create({"name": "x", "json_file": base64.b64encode(content)})
        with self.assertRaises(ValidationError):
            mappings.create({"name": "x", "code": "../etc"})

    def test_the_mapping_of_a_checked_file_stays(self):
        record = self._upload(table([row("A-1")]))
        record.action_check()
        with self.assertRaises(UserError):
            record.column_ids[0].target = False
        with self.assertRaises(ValidationError):
            record.shape = "event"
        record.action_draft()
        record.column_ids[0].target = False
        with self.assertRaises(UserError):
            record.action_check()

    def test_cancelled_and_resumed_where_it_stopped(self):
        self.patch(type(self.env["qms.dossier.import"]), "_batch_size", lambda self: 2)
        record = self._upload(table([row(f"A-{number}") for number in range(5)]))
        record.action_check()
        record.action_run()
        batches = []

        def stop_after_one(done, *, remaining=0):
            batches.append(done)
            if done:
                record.action_cancel()
            return float("inf")

        record._work(stop_after_one)
        self.assertEqual((record.state, record.position), ("cancelled", 2))
        self.assertEqual(len(self._dossiers()), 2)
        record.action_run()
        record._work(commit)
        self.assertEqual((record.state, record.position), ("done", 5))
        self.assertEqual(self._counts(record), (5, 0, 0, 0))

    def test_out_of_time_goes_on_in_the_next_job(self):
        self.patch(type(self.env["qms.dossier.import"]), "_batch_size", lambda self: 2)
        record = self._upload(table([row(f"A-{number}") for number in range(5)]))
        record.action_check()
        record.action_run()
        record._work(lambda done, *, remaining=0: 0.0 if done else 60.0)
        self.assertEqual((record.state, record.position), ("running", 2))
        record._work(commit)
        self.assertEqual((record.state, self._counts(record)), ("done", (5, 0, 0, 0)))

    def test_a_large_file_is_checked_in_the_background(self):
        record = self._upload(table([row("A-1")]))
        record._lifecycle_write({"file_size": 10**8})
        record.action_check()
        self.assertEqual((record.state, record.is_check_queued), ("draft", True))
        record._work(commit)
        self.assertEqual((record.state, record.is_check_queued), ("checked", False))

    def test_cost_does_not_grow_with_the_rows(self):
        def queries(count):
            record = self._upload(table([row(f"Q{count}-{n}") for n in range(count)]))
            record.action_check()
            record.action_run()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            record._work(commit)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(10), queries(100))

    def test_form_offers_what_the_state_allows(self):
        record = self._upload(table([row("A-1")]))
        with Form(record) as form:
            form.unknown_rule = "flag"
        record.action_check()
        self.assertEqual(record.mapping["unknown"], "flag")

    def test_dossiers_keep_their_import_as_evidence(self):
        record = self._import([row("A-1")])
        with self.assertRaises(UserError):
            record.unlink()
        draft = self._upload(table([row("A-2")]))
        draft.unlink()
        self.assertFalse(draft.exists())


@tagged("post_install", "-at_install")
class TestDossierImportEvents(ImportCase):
    HEADER = ["Mã hồ sơ", "Hoạt động", "Thời điểm", "Người xử lý", "Ngày hẹn trả"]
    DUE = "06/11/2026 16:00"

    def _events(self, *rows, **vals):
        record = self._upload(table(rows, self.HEADER), **vals)
        record.procedure_id = self.procedure
        return record

    def _line(self, code, activity, at, who="Cán bộ A"):
        return [code, activity, at, who, self.DUE]

    def test_rows_of_a_case_scattered_over_the_file(self):
        record = self._events(
            self._line("E-1", "Tiếp nhận", "02/11/2026 08:00"),
            self._line("E-2", "Tiếp nhận", "02/11/2026 09:00"),
            self._line("E-1", "Thẩm định", "03/11/2026 08:00", ""),
            self._line("E-1", "Thẩm định", "03/11/2026 08:00", ""),
            self._line("E-2", "Ký", "09/11/2026 07:30"),
        )
        self.assertEqual(record.shape, "event")
        self._run(record)
        self.assertEqual(self._counts(record), (2, 0, 0, 0))
        first, second = self._dossiers()
        self.assertEqual(
            first.event_ids.mapped("activity"), ["Tiếp nhận", "Thẩm định", "Thẩm định"]
        )
        self.assertEqual(first.event_ids.mapped("source_row"), [2, 4, 5])
        self.assertEqual((first.outcome, second.outcome), ("early", "late"))

    def test_a_longer_log_is_appended(self):
        lines = [
            self._line("E-1", "Tiếp nhận", "02/11/2026 08:00"),
            self._line("E-1", "Thẩm định", "03/11/2026 08:00"),
            self._line("E-1", "Thẩm định", "03/11/2026 08:00"),
        ]
        self._run(self._events(*lines))
        dossier = self._dossiers()
        hashes = dossier.event_ids.mapped("hash")
        newer = self._run(self._events(*lines, self._line("E-1", "Ký", "05/11/2026 08:00")))
        self.assertEqual(self._counts(newer), (0, 1, 0, 0))
        self.assertEqual(dossier.event_ids.mapped("hash")[:3], hashes)
        self.assertEqual(len(dossier.event_ids), 4)
        self.assertEqual(str(dossier.done_at), "2026-11-05 01:00:00")
        again = self._run(self._events(*lines, self._line("E-1", "Ký", "05/11/2026 08:00")))
        self.assertEqual(self._counts(again), (0, 0, 1, 0))

    def test_a_bad_event_keeps_its_dossier_out_and_is_named(self):
        record = self._run(
            self._events(
                self._line("E-1", "Tiếp nhận", "02/11/2026 08:00"),
                self._line("E-1", "Ký", "32/11/2026 08:00"),
                self._line("E-2", "Tiếp nhận", "02/11/2026 08:00"),
                self._line("", "Ký", "03/11/2026 08:00"),
            )
        )
        self.assertEqual(self._counts(record), (1, 0, 0, 1))
        self.assertEqual(self._dossiers().external_code, "E-2")
        self.assertEqual(
            [(error.row, error.code) for error in record.error_ids],
            [(3, "bad_date"), (5, "no_code")],
        )
