"""The real catalogue loads without loss; its defects are flagged and stop publication."""

import csv
from collections import Counter
from pathlib import Path

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
EXCERPT = ROOT / "tests" / "data" / "procedures"
IS_FULL = (SHARED / "procedures" / "tthc_dev.csv").is_file()
# table: (file of the full set, file of the excerpt, rows in each)
TABLES = {
    "agency": ("agencies/agencies.csv", "agencies.csv", 767, 30),
    "procedure": ("procedures/tthc_dev.csv", "tthc.csv", 350, 11),
    "component": ("procedures/components_dev.csv", "components.csv", 1868, 17),
    "channel": ("procedures/channels_dev.csv", "channels.csv", 895, 26),
    "process": ("procedures/internal_processes_dev.csv", "internal_processes.csv", 637, 94),
    "process_total": (
        "procedures/internal_process_totals_dev.csv", "internal_process_totals.csv", 79, 13,
    ),
    "section": (
        "procedures/internal_process_documents_dev.csv", "internal_process_documents.csv",
        178, 22,
    ),
    "replacement": (
        "procedures/components_replaced_by_data_dev.csv", "components_replaced_by_data.csv",
        538, 12,
    ),
    "publication": ("procedures/decision_lists_dev.csv", "decision_lists.csv", 1069, 18),
}  # fmt: skip
CHANNELS = {"in_person": "direct", "online": "online", "post": "post"}


def _path(table):
    full, excerpt, _full_count, _count = TABLES[table]
    return SHARED / full if IS_FULL else EXCERPT / excerpt


def _rows(table):
    with _path(table).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


@tagged("post_install", "-at_install")
class TestProcedureData(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Catalogue acceptance"})
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.rows = {table: _rows(table) for table in TABLES}
        cls.job = cls._import()
        cls.records = {
            "agency": cls._all("qms.agency", "external_key", "!=", False),
            "procedure": cls._own("qms.procedure", ("import_hash", "!=", False)),
            "component": cls._own("qms.procedure.component", ("external_key", "!=", False)),
            "channel": cls._own("qms.procedure.channel", ("external_key", "!=", False)),
            "process": cls._own("qms.procedure.step", ("case_id.shared_from_id", "=", False)),
            "process_total": cls._own("qms.procedure.case", ("shared_from_id", "=", False)),
            "section": cls._own("qms.procedure.section"),
            "replacement": cls._own("qms.procedure.replacement"),
            "publication": cls._own("qms.procedure.publication"),
        }

    @classmethod
    def _import(cls):
        attachments = cls.env["ir.attachment"].create(
            [{"name": _path(table).name, "raw": _path(table).read_bytes()} for table in TABLES]
        )
        job = cls.env["qms.catalogue.import"].create(
            {
                "attachment_ids": attachments.ids,
                "company_id": cls.company.id,
                "position_policy": "create",
            }
        )
        job.action_run()
        return job

    @classmethod
    def _all(cls, model, *condition):
        return cls.env[model].search([condition])

    @classmethod
    def _own(cls, model, *conditions):
        return cls.env[model].search([("company_id", "=", cls.company.id), *conditions])

    def _by_key(self, table):
        return {record.external_key: record for record in self.records[table]}

    # === NOTHING IS LOST === #

    def test_every_row_is_a_record(self):
        for table, (_full, _excerpt, full_count, count) in TABLES.items():
            with self.subTest(table=table):
                self.assertEqual(len(self.rows[table]), full_count if IS_FULL else count)
                self.assertEqual(len(self.records[table]), len(self.rows[table]))

    def test_no_row_is_refused(self):
        self.assertEqual(self.job.state, "done")
        self.assertEqual(self.job.error_count, 0)
        self.assertFalse(self.job.line_ids.filtered(lambda line: line.level == "error"))

    def test_procedures_say_what_the_portal_says(self):
        by_code = {procedure.code: procedure for procedure in self.records["procedure"]}
        for row in self.rows["procedure"]:
            procedure = by_code[row["code"]]
            said = (procedure.name, procedure.field_id.name, procedure.ministry)
            self.assertEqual(said, (row["name"], row["field"], row["ministry"]))
            self.assertEqual(procedure.legal_basis or "", row["legal_basis"])
            self.assertEqual(procedure.requirement_text or "", row["conditions"].strip())
            self.assertEqual(len(procedure.level_ids), len(row["level"].split(",")))

    def test_components_say_what_the_portal_says(self):
        by_key = self._by_key("component")
        for row in self.rows["component"]:
            component = by_key[f"{row['code']}/{row['seq']}"]
            self.assertEqual(component.procedure_id.code, row["code"])
            self.assertEqual(component.name or "", row["document_name"])
            self.assertEqual(component.heading or "", row["case"])
            self.assertEqual(component.original_qty, int(row["originals"] or 0))
            self.assertEqual(component.copy_qty, int(row["copies"] or 0))
            self.assertEqual(component.is_conditional, row["conditional_wording"] == "yes")

    def test_channels_say_what_the_portal_says(self):
        by_key = self._by_key("channel")
        for row in self.rows["channel"]:
            channel = by_key[f"{row['code']}/{row['seq']}"]
            self.assertEqual(channel.intake_channel, CHANNELS[row["channel"]])
            self.assertEqual(channel.time_text or "", row["time_text"])
            self.assertEqual(channel.fee_text or "", row["fee"])
            if row["time_unit"]:
                hours = float(row["time_value"]) * (1 if row["time_unit"] == "hour" else 8)
                kind = "calendar" if row["time_unit"] == "calendar_day" else "working"
                self.assertEqual((channel.legal_hours, channel.duration_kind), (hours, kind))

    def test_steps_say_what_the_decisions_say(self):
        by_key = self._by_key("process")
        for row in self.rows["process"]:
            step = by_key[f"{row['process_key']}/{row['seq']}"]
            self.assertEqual(step.case_id.external_key, row["process_key"])
            self.assertEqual(step.time_text or "", row["time_text"])
            self.assertEqual(step.is_substep, row["substep"] == "yes")
            self.assertEqual(step.stage or "", row["stage"])
            self.assertEqual(step.result or "", row["result_form"])
            # Sub-steps often name no work: then the result or the unit stands for it.
            texts = (row["step_content"], row["result_form"], step.unit_position)
            self.assertEqual(step.name, next(text for text in texts if text))
            self.assertEqual(bool(step.position_id), bool(row["unit_position"]))

    def test_sums_of_steps_are_those_of_the_sources(self):
        """Hours at 8 a day, computed apart by those who collected the decisions."""
        by_key = self._by_key("process_total")
        for row in self.rows["process_total"]:
            case = by_key[row["process_key"]]
            self.assertEqual(len(case.step_ids), int(row["rows"]))
            self.assertAlmostEqual(
                sum(case.step_ids.mapped("hours")), float(row["sum_hours_8h"] or 0), places=3
            )
            self.assertEqual(case.version_id.decision_no, row["decision"])

    def test_promised_times_are_those_of_the_sources(self):
        by_key = self._by_key("process_total")
        for row in self.rows["process_total"]:
            if row["compared_total_hours_8h"]:
                hours = float(row["compared_total_hours_8h"])
                self.assertEqual(by_key[row["process_key"]].committed_hours, hours)

    def test_cases_and_shared_processes_are_kept(self):
        for row in self.rows["process_total"]:
            codes = [code.strip() for code in row["tthc_code"].split(";") if code.strip()]
            case = self._by_key("process_total")[row["process_key"]]
            if codes:
                self.assertEqual(case.procedure_id.code, codes[0])
            shared = self._own("qms.procedure.case", ("shared_from_id", "=", case.id))
            self.assertEqual(set(shared.procedure_id.mapped("code")), set(codes[1:]))
            for copy in shared:
                self.assertEqual(
                    copy.step_ids.mapped("time_text"), case.step_ids.mapped("time_text")
                )

    def test_agencies_stand_below_their_superiors(self):
        by_key = self._by_key("agency")
        for row in self.rows["agency"]:
            agency = by_key[row["agency_key"]]
            self.assertEqual(agency.code or "", row["identifier_code"])
            self.assertEqual(bool(agency.parent_id), bool(row["parent_name"]))
            if row["parent_identifier"]:
                self.assertEqual(agency.parent_id.code, row["parent_identifier"])

    # === DEFECTS === #

    def test_bare_numbers_and_missing_times_are_flagged(self):
        expected = Counter()
        for row in self.rows["channel"]:
            if row["time_value"] and not row["time_unit"]:
                expected["missing_unit"] += 1
            elif not row["time_text"]:
                expected["missing"] += 1
        found = Counter(self.records["channel"].mapped("time_issue"))
        for issue, count in expected.items():
            self.assertEqual(found[issue], count, issue)

    def test_defective_procedures_cannot_be_published(self):
        """Each version with a defect of the sources is refused, with the reason."""
        versions = self._own("qms.procedure.version", ("procedure_id.code", "!=", False))
        doubtful = versions.filtered(
            lambda version: (
                version.channel_ids.filtered("time_issue")
                or version.case_ids.filtered("time_issue")
            )
        )
        self.assertTrue(doubtful)
        for version in doubtful:
            self.assertEqual(version.check_level, "error")
        with self.assertRaises(UserError):
            doubtful[0].action_publish()

    def test_sums_that_do_not_match_are_flagged(self):
        by_key = self._by_key("process_total")
        wrong = [row for row in self.rows["process_total"] if row["sum_matches"] == "no"]
        self.assertTrue(wrong)
        for row in wrong:
            case = by_key[row["process_key"]]
            codes = [
                finding["code"]
                for finding in case.version_id.check_report
                if finding["params"].get("case") == case.name
            ]
            self.assertIn("stated_total_mismatch", codes)

    def test_sound_processes_are_published_once_people_hold_the_positions(self):
        self._own("qms.position").holder_ids = self.env.ref("base.user_admin")
        ready = self._own(
            "qms.procedure.version", ("step_count", ">", 0), ("check_level", "!=", "error")
        )
        self.assertTrue(ready)
        for version in ready.sorted("number"):
            if version.procedure_id.version_ids.filtered(lambda v: v.state == "published"):
                continue
            version.action_publish()
            self.assertEqual(version.procedure_id.state, "published")

    # === AGAIN === #

    def test_the_same_files_twice_change_nothing(self):
        procedures = len(self._own("qms.procedure"))
        versions = len(self._own("qms.procedure.version"))
        again = self._import()
        self.assertEqual((again.created_count, again.updated_count), (0, 0))
        self.assertEqual(len(self._own("qms.procedure")), procedures)
        self.assertEqual(len(self._own("qms.procedure.version")), versions)
