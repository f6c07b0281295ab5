import base64
import csv
import io
import zipfile

import xlsxwriter
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...tools import tabular
from .. import common

PROCEDURES = [
    {
        "code": "9.100001",
        "name": "Cấp giấy phép A",
        "field": "Đất đai",
        "ministry": "Bộ Xây dựng",
        "level": "Cấp tỉnh, Cấp xã",
        "subjects": "Công dân Việt Nam, Doanh nghiệp, Cán bộ, công chức, viên chức",
        "deadline_text": "Trực tiếp: 5 Ngày làm việc",
        "deadline_value": "5",
        "deadline_unit": "working_day",
        "deadline_same_for_all_channels": "yes",
        "online_channel": "yes",
        "publication_decision": "10/QĐ-BXD",
    },
    {
        "code": "9.100002",
        "name": "Cấp giấy phép B",
        "field": "đất  đai",
        "ministry": "Bộ Xây dựng",
        "level": "Cấp tỉnh",
        "deadline_text": "Trực tiếp: 1",
    },
]
COMPONENTS = [
    {"code": "9.100001", "seq": "1", "document_name": "* Giấy tờ phải nộp:"},
    {"code": "9.100001", "seq": "2", "document_name": "Đơn đề nghị", "originals": "1"},
    {"code": "9.100001", "seq": "3", "document_name": "Căn cước công dân", "copies": "01"},
    {"code": "9.100002", "seq": "1", "document_name": "", "form": "Mẫu 01.doc"},
]
CHANNELS = [
    {"code": "9.100001", "seq": "1", "channel": "in_person", "time_text": "5 Ngày làm việc"},
    {"code": "9.100001", "seq": "2", "channel": "online", "time_text": "5 Ngày làm việc"},
    {"code": "9.100002", "seq": "1", "channel": "in_person", "time_text": "1"},
]


def _step(key, seq, content, time, unit="Phòng chuyên môn", **values):
    return {
        "process_key": key,
        "process_code": f"QT-{key}",
        "tthc_code": "9.100001",
        "tthc_name": "Cấp giấy phép A",
        "decision": "20/QĐ-UBND",
        "decision_date": "2025-11-27",
        "province": "Cao Bằng",
        "seq": str(seq),
        "step_label": f"Bước {seq}",
        "substep": "no",
        "step_content": content,
        "unit_position": unit,
        "time_text": time,
        **values,
    }


PROCESSES = [
    _step("P1", 1, "Tiếp nhận hồ sơ", "0,5 ngày làm việc", "Bộ phận một cửa"),
    _step("P1", 2, "Thẩm định hồ sơ", "3 ngày làm việc"),
    _step("P1", 3, "Trả kết quả", "Không tính thời gian", "Bộ phận một cửa"),
    _step("P2", 1, "Tiếp nhận hồ sơ", "1 ngày", tthc_code="9.100003; 9.100004",
          tthc_name="1.1. Cấp C 1.2. Cấp lại C", decision="21/QĐ-UBND"),
    _step("P2", 2, "Trả kết quả", "2 ngày", tthc_code="9.100003; 9.100004",
          tthc_name="1.1. Cấp C 1.2. Cấp lại C", decision="21/QĐ-UBND"),
    _step("P3", 1, "Tiếp nhận hồ sơ", "", tthc_code="", tthc_name="Thủ tục không mã",
          decision="22/QĐ-UBND"),
]  # fmt: skip
TOTALS = [
    {"process_key": "P1", "printed_totals": "Tổng: 04 ngày làm việc", "deadline_line": ""},
    {"process_key": "P2", "printed_totals": "Tổng: 3 ngày", "deadline_line": ""},
    {"process_key": "P9", "printed_totals": "Tổng: 3 ngày", "deadline_line": ""},
]
SECTIONS = [
    {
        "process_code": "QT-P1",
        "decision": "20/QĐ-UBND",
        "tthc_code": "9.100001",
        "section": "2.1",
        "kind": "Điều kiện thực hiện TTHC",
        "text": "Có đất",
    },
    {
        "process_code": "QT-P1",
        "decision": "20/QĐ-UBND",
        "tthc_code": "9.100001",
        "section": "3",
        "kind": "form",
        "reference": "Mẫu 01",
        "text": "Giấy tiếp nhận",
    },
]
REPLACEMENTS = [
    {"no": "1", "code": "9.100001", "component": "Căn cước", "database": "CSDL dân cư"},
    {"no": "2", "code": "9.999999", "component": "Giấy khác", "database": "CSDL khác"},
]
PUBLICATIONS = [
    {"code": "9.100001", "name": "Cấp giấy phép A", "decision": "30/QĐ-UBND",
     "decision_date": "2025-11-19", "online_level": "Một phần", "action": "online-service list"},
    {"code": "9.999998", "name": "Chưa có", "decision": "30/QĐ-UBND", "action": "abolished"},
]  # fmt: skip
AGENCIES = [
    {"agency_key": "T1", "system": "2-level (from 2025-07-01)", "province": "P",
     "name": "UBND tỉnh P", "level": "province", "identifier_code": "T98"},
    {"agency_key": "T2", "system": "2-level (from 2025-07-01)", "province": "P",
     "name": "Sở Ðịa chính", "level": "department", "parent_name": "UBND Tỉnh P"},
    {"agency_key": "T3", "system": "2-level (from 2025-07-01)", "province": "P",
     "name": "Phòng Một", "level": "unit", "parent_name": "Sở Địa chính"},
]  # fmt: skip
FILES = {
    "tthc.csv": PROCEDURES,
    "components.csv": COMPONENTS,
    "channels.csv": CHANNELS,
    "internal_processes.csv": PROCESSES,
    "internal_process_totals.csv": TOTALS,
    "internal_process_documents.csv": SECTIONS,
    "components_replaced_by_data.csv": REPLACEMENTS,
    "decision_lists.csv": PUBLICATIONS,
    "agencies.csv": AGENCIES,
}


def as_csv(rows):
    names = list(dict.fromkeys(name for row in rows for name in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def as_xlsx(rows_by_sheet):
    buffer = io.BytesIO()
    sheets = []
    for sheet, rows in rows_by_sheet.items():
        names = list(dict.fromkeys(name for row in rows for name in row))
        table = [[row.get(name, "") for name in names] for row in rows]
        sheets.append((sheet, names, table))
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    for sheet, names, table in sheets:
        page = workbook.add_worksheet(sheet)
        for line, cells in enumerate([names, *table]):
            page.write_row(line, 0, cells)
    workbook.close()
    return buffer.getvalue()


class CatalogueImportCase(common.QmsCommon):
    def _import(self, files, run=True, user=None, **vals):
        """Import files given as ``{name: rows or bytes}`` for the agency."""
        user = user or self.user_officer
        attachments = self._as(self.env["ir.attachment"], user).create(
            [
                {
                    "name": name,
                    "datas": base64.b64encode(rows if isinstance(rows, bytes) else as_csv(rows)),
                }
                for name, rows in files.items()
            ]
        )
        job = self._as(self.env["qms.catalogue.import"], user).create(
            {
                "attachment_ids": attachments.ids,
                "company_id": self.company.id,
                "position_policy": "create",
                **vals,
            }
        )
        job.action_run() if run else job.action_check()
        return job

    def _procedure(self, code):
        return self.env["qms.procedure"].search(
            [("code", "=", code), ("company_id", "=", self.company.id)]
        )

    def _counts(self):
        models = (
            "qms.procedure", "qms.procedure.version", "qms.procedure.component",
            "qms.procedure.channel", "qms.procedure.case", "qms.procedure.step",
            "qms.procedure.section", "qms.procedure.publication",
            "qms.procedure.replacement", "qms.agency", "qms.position",
        )  # fmt: skip
        return {model: self.env[model].search_count([]) for model in models}

    def _errors(self, job):
        return [
            (line.row, line.code)
            for line in job.line_ids.filtered(lambda line: line.level == "error")
        ]


@tagged("post_install", "-at_install")
class TestProcedureImport(CatalogueImportCase):
    def test_all_kinds_at_once_in_any_order(self):
        job = self._import(dict(reversed(FILES.items())))
        self.assertEqual(job.state, "done")
        self.assertEqual(self._errors(job), [(4, "unknown_process")])
        self.assertEqual(job.progress, 100)
        version = self._procedure("9.100001").version_ids
        self.assertEqual(len(version), 1)
        self.assertEqual(len(version.component_ids), 3)
        self.assertEqual(len(version.channel_ids), 2)
        self.assertEqual(version.step_ids.mapped("hours"), [4, 24, 0])
        self.assertEqual(version.step_ids.mapped("kind"), ["receive", "process", "return"])
        self.assertEqual(version.case_ids.committed_hours, 32)
        self.assertEqual(version.legal_hours, 40)
        self.assertEqual(version.decision_no, "20/QĐ-UBND")
        self.assertEqual(len(version.section_ids), 2)

    def test_a_procedure_takes_over_what_is_published(self):
        self._import({"tthc.csv": PROCEDURES})
        procedure = self._procedure("9.100001")
        self.assertEqual(procedure.field_id.name, "Đất đai")
        self.assertEqual(procedure.field_id, self._procedure("9.100002").field_id)
        self.assertEqual(set(procedure.level_ids.mapped("code")), {"province", "commune"})
        self.assertEqual(
            set(procedure.applicant_kind_ids.mapped("code")), {"citizen", "business", "other"}
        )
        self.assertEqual(procedure.publication_decision, "10/QĐ-BXD")
        self.assertTrue(procedure.has_online_channel)

    def test_defects_are_flagged_and_stop_publication_not_loading(self):
        self._import(FILES)
        version = self._procedure("9.100002").version_ids
        found = {finding["code"] for finding in version.check_report}
        self.assertLessEqual(
            {"time_missing_unit", "term_missing", "no_steps", "component_nameless"}, found
        )
        self.assertEqual(version.check_level, "error")
        with self.assertRaises(UserError):
            self._as(version, self.user_officer).action_publish()
        self.assertEqual(version.channel_ids.time_text, "1")

    def test_sums_that_do_not_match_are_flagged(self):
        self._import(FILES)
        report = self._procedure("9.100001").version_ids.check_report
        mismatch = [f for f in report if f["code"] == "stated_total_mismatch"]
        self.assertEqual(
            (mismatch[0]["params"]["steps"], mismatch[0]["params"]["stated"]), (28, 32)
        )

    def test_header_lines_are_no_documents(self):
        self._import(FILES)
        header = self._procedure("9.100001").version_ids.component_ids[0]
        self.assertTrue(header.is_header)
        self.assertFalse(header.is_required)

    def test_data_replace_components(self):
        self._import(FILES)
        components = self._procedure("9.100001").version_ids.component_ids
        card = components.filtered(lambda component: component.copy_qty)
        self.assertEqual(card.from_database, "CSDL dân cư")
        lines = self.env["qms.procedure.replacement"].search([])
        self.assertEqual(lines.mapped("is_matched"), [True, False])

    def test_decisions_give_the_online_level(self):
        self._import(FILES)
        procedure = self._procedure("9.100001")
        self.assertEqual(procedure.online_level, "partial")
        self.assertEqual(procedure.publication_ids.decision_no, "30/QĐ-UBND")

    def test_a_process_for_two_procedures_serves_both(self):
        self._import(FILES)
        first, second = self._procedure("9.100003"), self._procedure("9.100004")
        self.assertEqual((first.name, second.name), ("Cấp C", "Cấp lại C"))
        self.assertEqual(len(second.version_ids.step_ids), 2)
        self.assertEqual(second.version_ids.case_ids.shared_from_id, first.version_ids.case_ids)
        self.assertEqual(second.version_ids.case_ids.committed_hours, 24)

    def test_a_process_without_a_code_is_filed_by_its_name(self):
        job = self._import(FILES)
        procedure = self.env["qms.procedure"].search([("name", "=", "Thủ tục không mã")])
        self.assertFalse(procedure.code)
        self.assertIn("process_without_code", job.line_ids.mapped("code"))
        self.assertIn("code_missing", str(procedure.version_ids.check_report))

    def test_a_second_decision_makes_a_version_with_the_catalogues_content(self):
        self._import(FILES)
        other = [
            {**row, "process_key": "P8", "decision": "88/QĐ-UBND"}
            for row in PROCESSES
            if row["process_key"] == "P1"
        ]
        self._import({"internal_processes.csv": other})
        versions = self._procedure("9.100001").version_ids.sorted("number")
        self.assertEqual(versions.mapped("decision_no"), ["20/QĐ-UBND", "88/QĐ-UBND"])
        self.assertEqual(len(versions[1].component_ids), 3)
        self.assertFalse(any(versions[1].component_ids.mapped("external_key")))

    def test_positions_are_made_or_matched_or_left(self):
        self._import(FILES)
        position = self.env["qms.position"].search([("name", "=", "Bộ phận một cửa")])
        self.assertEqual(position.company_id, self.company)
        self.assertIn(position, self._procedure("9.100001").version_ids.step_ids.position_id)
        count = self.env["qms.position"].search_count([])
        other = [{**row, "process_key": "P7"} for row in PROCESSES[:3]]
        self._import({"p.csv": other}, position_policy="none")
        steps = self.env["qms.procedure.step"].search([("external_key", "=like", "P7/%")])
        self.assertFalse(steps.position_id)
        self.assertEqual(self.env["qms.position"].search_count([]), count)

    def test_agencies_know_their_superiors_and_levels(self):
        self._import({"agencies.csv": AGENCIES})
        agencies = self.env["qms.agency"].search([("external_key", "=like", "T%")])
        by_key = {agency.external_key: agency for agency in agencies}
        self.assertEqual(by_key["T2"].name, "Sở Địa chính")
        self.assertEqual(by_key["T2"].parent_id, by_key["T1"])
        self.assertEqual(by_key["T3"].parent_id, by_key["T2"])
        self.assertEqual(by_key["T3"].level_id.code, "province")
        self.assertEqual(
            [by_key[key].is_mandatory for key in ("T1", "T2", "T3")], [True, True, False]
        )
        self.assertEqual(str(by_key["T1"].valid_from), "2025-07-01")

    # === AGAIN, NEWER, PUBLISHED === #

    def test_the_same_files_twice_change_nothing(self):
        self._import(FILES)
        before = self._counts()
        job = self._import(FILES)
        self.assertEqual(self._counts(), before)
        self.assertEqual((job.created_count, job.updated_count), (0, 0))

    def test_what_people_corrected_stays_until_the_file_says_something_else(self):
        self._import(FILES)
        channel = self._procedure("9.100002").version_ids.channel_ids
        channel.write({"legal_hours": 8, "duration_kind": "working"})
        self._import(FILES)
        self.assertEqual((channel.legal_hours, channel.time_issue), (8, False))
        newer = [*CHANNELS[:2], {**CHANNELS[2], "time_text": "2 Ngày làm việc"}]
        self._import({"channels.csv": newer})
        self.assertEqual(channel.legal_hours, 16)

    def test_a_newer_file_updates_drafts(self):
        self._import(FILES)
        newer = [{**PROCEDURES[0], "name": "Cấp giấy phép A (sửa)", "deadline_value": "4"}]
        job = self._import({"tthc.csv": newer})
        procedure = self._procedure("9.100001")
        self.assertEqual(procedure.name, "Cấp giấy phép A (sửa)")
        self.assertEqual(procedure.version_ids.legal_hours, 32)
        self.assertEqual((job.created_count, job.updated_count), (0, 1))

    def _published(self):
        """Import and publish 9.100001 after its printed total was corrected."""
        self._import(FILES)
        version = self._as(self._procedure("9.100001").version_ids, self.user_officer)
        version.case_ids.stated_hours = 28
        self.env["qms.position"].search(
            [("company_id", "=", self.company.id)]
        ).holder_ids = self.user_clerk
        with freeze_time(common.NOW):
            version.action_publish()
        return version

    def test_a_published_version_is_not_touched_changes_make_a_draft(self):
        version = self._published()
        fingerprint = version.content_hash
        self._import(FILES)
        self.assertEqual(version.procedure_id.version_ids, version)
        newer = [{**COMPONENTS[1], "document_name": "Đơn mới"}, COMPONENTS[0], COMPONENTS[2]]
        job = self._import({"components.csv": newer})
        draft = version.procedure_id.version_ids - version
        self.assertEqual(draft.state, "draft")
        self.assertIn("Đơn mới", draft.component_ids.mapped("name"))
        self.assertNotIn("Đơn mới", version.component_ids.mapped("name"))
        self.assertEqual(version._content_fingerprint(), fingerprint)
        self.assertIn("new_draft", job.line_ids.mapped("code"))
        self.assertFalse(self._import({"components.csv": newer}).created_count)

    def test_new_steps_of_a_published_process_keep_their_case_in_the_draft(self):
        version = self._published()
        newer = [dict(PROCESSES[0]), {**PROCESSES[1], "time_text": "2 ngày làm việc"}, PROCESSES[2]]
        self._import({"internal_processes.csv": newer})
        draft = version.procedure_id.version_ids - version
        self.assertEqual(draft.step_ids.case_id, draft.case_ids)
        self.assertEqual(sorted(draft.step_ids.mapped("hours")), [0, 4, 16])
        self.assertEqual(sorted(version.step_ids.mapped("hours")), [0, 4, 24])

    def test_rows_that_went_are_told_or_removed(self):
        self._import(FILES)
        job = self._import({"components.csv": COMPONENTS[:2]})
        self.assertIn("row_gone", job.line_ids.mapped("code"))
        components = self._procedure("9.100001").version_ids.component_ids
        self.assertEqual(len(components), 3)
        self._import({"components.csv": COMPONENTS[:2]}, remove_missing=True)
        self.assertEqual(len(self._procedure("9.100001").version_ids.component_ids), 2)

    # === FILES === #

    def test_a_dry_run_says_the_same_and_loads_nothing(self):
        before = self._counts()
        job = self._import(FILES, run=False)
        self.assertEqual(self._counts(), before)
        self.assertEqual(job.state, "checked")
        created, errors = job.created_count, self._errors(job)
        job.action_run()
        self.assertEqual((job.created_count, self._errors(job)), (created, errors))
        self.assertNotEqual(self._counts(), before)

    def test_a_zip_holds_several_files(self):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, rows in FILES.items():
                archive.writestr(f"catalogue/{name}", as_csv(rows))
        job = self._import({"catalogue.zip": buffer.getvalue()})
        self.assertEqual(len(job.file_ids), len(FILES))
        self.assertEqual(len(self._procedure("9.100001").version_ids.step_ids), 3)

    def test_a_workbook_holds_several_sheets(self):
        book = as_xlsx({"TTHC": PROCEDURES, "Thành phần": COMPONENTS, "Ghi chú": [{"a": "b"}]})
        job = self._import({"catalogue.xlsx": book})
        self.assertEqual(set(job.file_ids.mapped("kind")), {"procedure", "component"})
        self.assertEqual(len(self._procedure("9.100001").version_ids.component_ids), 3)

    def test_errors_name_the_row_and_the_others_load(self):
        bad = [
            COMPONENTS[1],
            {"code": "9.777777", "seq": "1", "document_name": "Không có thủ tục"},
            {**COMPONENTS[1]},
            {"code": "", "seq": "1", "document_name": "Không có mã"},
            {"code": "9.100001", "seq": "", "document_name": "Không có số"},
            {"code": "9.100001", "seq": "9", "document_name": "Tốt", "originals": "hai"},
        ]
        job = self._import({"tthc.csv": PROCEDURES, "components.csv": bad})
        self.assertEqual(
            self._errors(job), [(3, "unknown_procedure"), (4, "repeated"), (5, "cell_empty")]
        )
        self.assertEqual(job.error_count, 3)
        self.assertEqual(len(self._procedure("9.100001").version_ids.component_ids), 3)

    def test_bad_channels_and_dates_are_named(self):
        channels = [CHANNELS[0], {**CHANNELS[1], "channel": "Bồ câu"}]
        steps = [dict(PROCESSES[0]), {**PROCESSES[1], "decision_date": "31/02/2025"}]
        job = self._import({"a.csv": PROCEDURES, "b.csv": channels, "c.csv": steps})
        self.assertEqual(self._errors(job), [(3, "unknown_channel"), (3, "not_a_date")])

    def test_formula_cells_are_refused_row_by_row(self):
        buffer = io.BytesIO()
        workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["code", "name", "field"])
        sheet.write_row(1, 0, ["9.100001", "Tốt", "Đất đai"])
        sheet.write_string(2, 0, "9.100002")
        sheet.write_formula(2, 1, '=CONCAT("a","b")', None, "ab")
        workbook.close()
        job = self._import({"tthc.xlsx": buffer.getvalue()})
        self.assertEqual(self._errors(job), [(3, "formula")])
        self.assertFalse(self._procedure("9.100002"))

    def test_what_the_database_refuses_is_told_with_its_row(self):
        twin = {**PROCEDURES[1], "code": "", "name": "Cấp giấy phép C"}
        self.env["qms.procedure"].create(
            {
                "name": "Cấp giấy phép A",
                "code": "9.100001",
                "company_id": self.company.id,
                "qms_from": "2020-01-01",
            }
        )
        job = self._import({"tthc.csv": [PROCEDURES[0], twin]})
        self.assertFalse(self._errors(job))
        self.assertEqual((job.created_count, job.updated_count), (1, 1))

    def test_unknown_and_unreadable_files_are_told(self):
        for name, content in {
            "other.csv": b"a,b\n1,2\n",
            "broken.zip": b"PK nothing",
            "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "empty.csv": b"",
        }.items():
            with self.subTest(name=name), self.assertRaises(UserError), self.cr.savepoint():
                self._import({name: content})
        job = self._import({"tthc.csv": PROCEDURES, "other.csv": b"a,b\n1,2\n"})
        self.assertEqual(job.state, "done")
        self.assertEqual(len(job.line_ids.filtered(lambda line: line.level == "error")), 1)
        self.assertEqual((job.error_count, job.progress), (1, 100))

    def test_nothing_to_import_is_told(self):
        with self.assertRaises(UserError):
            self._import({})

    # === IN THE BACKGROUND === #

    def test_a_large_import_waits_for_the_background(self):
        many = [
            {"code": f"9.3{number:05}", "name": f"Thủ tục {number}", "field": "Đất đai"}
            for number in range(10)
        ]
        self.patch(type(self.env["qms.catalogue.import"]), "_direct_rows", 5)
        job = self._import({"tthc.csv": many})
        self.assertEqual((job.state, job.write_uid), ("queued", self.user_officer))
        self.assertFalse(self._procedure("9.300001"))
        cron = self.env.ref("qms_public_admin.ir_cron_qms_catalogue_import")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((job.state, job.created_count), ("done", 10))

    def test_a_failed_import_can_be_run_again(self):
        job = self._import({"tthc.csv": PROCEDURES}, run=False)
        job.state = "queued"
        loader = type(self.env["qms.catalogue.loader.procedure"])
        original = loader._load

        def fail(*args):
            raise ConnectionError("No connection")

        self.patch(loader, "_load", fail)
        cron = self.env.ref("qms_public_admin.ir_cron_qms_catalogue_import")
        with (
            self.enter_registry_test_mode(),
            self.assertLogs("odoo.addons.qms_public_admin", "ERROR"),
        ):
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((job.state, job.failure), ("failed", "No connection"))
        self.patch(loader, "_load", original)
        job.action_run_now()
        self.assertEqual(job.state, "done")

    # === RIGHTS === #

    def test_an_import_has_the_rights_of_who_runs_it(self):
        with self.assertRaises(AccessError):
            self._import({"tthc.csv": PROCEDURES}, company_id=self.company_b.id)
        with self.assertRaises(AccessError):
            self._import({"tthc.csv": PROCEDURES}, company_id=False)
        with self.assertRaises(AccessError):
            self._import({"tthc.csv": PROCEDURES}, user=self.user_clerk)

    def test_reading_uses_the_shared_reader(self):
        table = tabular.read_table(as_csv(PROCEDURES), "tthc.csv")
        self.assertEqual(len(table.rows), 2)
