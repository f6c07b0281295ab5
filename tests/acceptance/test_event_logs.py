"""Real event logs go in as event rows; their figures come out of the records.

Issue section F. With the full logs where they stand beside the checkout, else with
excerpts. The truth was computed by others' arithmetic; here only ``qms.dossier`` and
``qms.dossier.event`` are asked.
"""

import base64
import json
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from odoo.addons.qms_public_admin.tools import statistics

ROOT = Path(__file__).resolve().parents[2]
FULL = ROOT.parent / "shared" / "data" / "event_log"
HAS_FULL = FULL.is_dir()
SOURCE = FULL if HAS_FULL else ROOT / "tests" / "data"


def files(name):
    """Give the log and its truth."""
    if not HAS_FULL:
        return SOURCE / f"{name}_excerpt.csv", SOURCE / f"truth_{name}_excerpt.json"
    truth = "truth_dev.json" if name == "receipt" else f"truth_{name}_dev.json"
    return SOURCE / f"{name}_dev.csv", SOURCE / truth


def utc(text):
    """Naive UTC of an ISO text, with or without an offset."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment.tzinfo else moment


class EventLogCase(TransactionCase):
    """One log, imported once as an officer does: upload, check, run."""

    log = ""
    timezone = "Europe/Amsterdam"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path, truth = files(cls.log)
        cls.content = path.read_bytes()
        cls.file_name = path.name
        cls.truth = json.loads(truth.read_text("utf-8"))

    @classmethod
    def _import(cls, agency, on_time_by="date", targets=None, **vals):
        """Import the log into an agency of its own; return the import."""
        company = cls._agency(agency, on_time_by)
        env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        procedure = env["qms.procedure"].create(
            {"name": f"Procedure of {cls.log}", "company_id": company.id}
        )
        record = env["qms.dossier.import"].create(
            {
                "file": base64.b64encode(cls.content),
                "file_name": cls.file_name,
                "company_id": company.id,
                "timezone": "UTC",  # of the logs without offsets
            }
        )
        record.write({"procedure_id": procedure.id, **vals})
        cls._map(record, targets or {})
        record.action_check()
        record.action_run()
        record._work(lambda done, *, remaining=0: float("inf"))
        return record

    @classmethod
    def _agency(cls, name, on_time_by):
        company = cls.env["res.company"].create({"name": name})
        calendar = cls.env["resource.calendar"].create(
            {"name": name, "company_id": company.id, "tz": cls.timezone}
        )
        company.write(
            {
                "qms_calendar_id": calendar.id,
                "qms_timezone": cls.timezone,
                "qms_on_time_by": on_time_by,
            }
        )
        cls.env.user.company_ids |= company
        return company

    @classmethod
    def _map(cls, record, targets):
        """Change the suggested columns; leave out channels that have no meaning here."""
        for column in record.column_ids:
            if column.name in targets:
                column.target = targets[column.name]
        record.action_check()  # lists the words of the whole file
        record.action_draft()
        record.value_ids.filtered("is_open").is_left_out = True

    # === FIGURES FROM THE RECORDS === #

    def _dossiers(self, record):
        return self.env["qms.dossier"].search([("import_id", "=", record.id)])

    def _event_domain(self, record):
        """Rows of the log that are rows of the file."""
        return [("dossier_id.import_id", "=", record.id), ("activity", "!=", False)]

    def _assert_counts(self, record):
        truth, events = self.truth, self.env["qms.dossier.event"]
        self.assertEqual(record.state, "done", record.failure)
        self.assertEqual(record.rejected_count, 0, record.error_ids[:3].mapped("message"))
        self.assertEqual(record.row_count, truth["events"])
        self.assertEqual(len(self._dossiers(record)), truth["cases"])
        domain = self._event_domain(record)
        self.assertEqual(events.search_count(domain), truth["events"])
        for field_name, key in (
            ("activity", "activities"),
            ("user_name", "resources"),
            ("unit_name", "org_groups"),
        ):
            groups = events._read_group(domain, [field_name], ["__count"])
            expected = Counter(truth.get(key, {"": truth["events"]}))
            self.assertEqual(Counter({name or "": count for name, count in groups}), expected)

    def _assert_stamps(self, record):
        truth = self.truth
        groups = self.env["qms.dossier.event"]._read_group(
            self._event_domain(record), ["dossier_id"], ["at:min", "at:max", "__count"]
        )
        cases = {
            dossier.external_code: {"first": first, "last": last, "events": count}
            for dossier, first, last, count in groups
        }
        expected = {
            code: {**case, "first": utc(case["first"]), "last": utc(case["last"])}
            for code, case in truth["per_case"].items()
        }
        self.assertEqual(cases, expected)
        keys = ("first_timestamp", "last_timestamp")
        wanted = [truth.get(key) or truth[f"{key}_utc"] for key in keys]
        self.assertEqual(min(case["first"] for case in cases.values()), utc(wanted[0]))
        self.assertEqual(max(case["last"] for case in cases.values()), utc(wanted[1]))

    def _assert_throughput(self, record):
        hours = [
            (dossier.last_event_at - dossier.first_event_at).total_seconds() / 3600
            for dossier in self._dossiers(record)
        ]
        wanted = self.truth["throughput_hours_last_minus_first"]
        self.assertAlmostEqual(statistics.percentile(hours, 0.5), wanted["median"], 6)
        self.assertAlmostEqual(statistics.percentile(hours, 0.95), wanted["p95_linear"], 6)

    def _assert_chains(self, record):
        """Every chain is whole; the file, its hash and the row are on every event."""
        dossiers = self._dossiers(record)
        self.assertFalse([found for found in dossiers._verify_chain().values() if found])
        events = self.env["qms.dossier.event"]
        imported = [("dossier_id.import_id", "=", record.id)]
        origin = [("source_file", "=", self.file_name), ("source_hash", "=", record.file_hash)]
        self.assertEqual(
            events.search_count(imported + origin + [("source_row", ">", 1)]),
            events.search_count(imported),
        )


@tagged("post_install", "-at_install")
class TestReceiptLog(EventLogCase):
    """Municipal permits: actors, groups, planned ends, offsets of winter and summer."""

    log = "receipt"
    # Submission is left out here so that the log of a dossier starts with its first event.
    LAST_EVENT = {"case:startdate": False, "case:enddate": False}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.record = cls._import(
            "Receipt, deadline", targets=cls.LAST_EVENT, close_rule="last_event"
        )

    def test_counts_stamps_and_throughput(self):
        self._assert_counts(self.record)
        self._assert_stamps(self.record)
        self._assert_throughput(self.record)

    def test_chains_and_origin(self):
        self._assert_chains(self.record)

    def test_the_same_log_again_changes_nothing(self):
        again = self.record.create(
            {
                "file": base64.b64encode(self.content),
                "file_name": self.file_name,
                "company_id": self.record.company_id.id,
                "timezone": "UTC",
                "procedure_id": self.record.procedure_id.id,
            }
        )
        again.close_rule = "last_event"
        self._map(again, self.LAST_EVENT)
        again.action_check()
        self.assertEqual(
            (again.new_count, again.updated_count, again.unchanged_count, again.rejected_count),
            (0, 0, self.truth["cases"], 0),
        )

    def test_late_last_event_against_the_deadline(self):
        self._assert_late(self.record, "late_last_event_vs_deadline")

    def test_late_last_event_against_the_planned_end(self):
        targets = {"case:deadline": False, "case:enddate_planned": "due_at", **self.LAST_EVENT}
        record = self._import("Receipt, planned", targets=targets, close_rule="last_event")
        self._assert_late(record, "late_last_event_vs_enddate_planned")

    def test_late_end_against_the_deadline(self):
        record = self._import("Receipt, end", close_rule="column")
        self._assert_counts(record)
        self._assert_late(record, "late_enddate_vs_deadline")

    def test_late_end_against_the_planned_end(self):
        targets = {"case:deadline": False, "case:enddate_planned": "due_at"}
        record = self._import("Receipt, end planned", targets=targets, close_rule="column")
        self._assert_late(record, "late_enddate_vs_enddate_planned")

    def _assert_late(self, record, key):
        """By date as the agency judges, and by the instants of the records."""
        wanted, dossiers = self.truth[key], self._dossiers(record)
        judged = dossiers.filtered(lambda dossier: dossier.done_at and dossier.due_at)
        self.assertEqual(len(judged), wanted["cases_with_both"])
        self.assertEqual(
            self.env["qms.dossier"].search_count(
                [("import_id", "=", record.id), ("outcome", "=", "late")]
            ),
            wanted["late_by_date_only_europe_amsterdam"],
        )
        late = judged.filtered(lambda dossier: dossier.done_at > dossier.due_at)
        self.assertEqual(len(late), wanted["late"])


@tagged("post_install", "-at_install")
class TestBuildingPermitLog(EventLogCase):
    """No deadline, no zone, exact duplicate rows: each row stays a row of the log."""

    log = "bpic15_1"

    def test_figures(self):
        record = self._import("Building permits")
        self.assertEqual((record.shape, record.close_rule), ("event", "last_event"))
        self._assert_counts(record)
        self._assert_stamps(record)
        self._assert_throughput(record)
        self._assert_chains(record)
        self.assertEqual(
            self.env["qms.dossier"].search_count(
                [("import_id", "=", record.id), ("outcome", "=", "on_time")]
            ),
            self.truth["cases"],
            "without a deadline nothing is late",
        )


@tagged("post_install", "-at_install")
class TestTrafficFineLog(EventLogCase):
    """Dates only, actors such as “548.0” and none at all."""

    log = "road_traffic_fine"
    timezone = "Europe/Rome"

    def test_figures(self):
        record = self._import("Traffic fines")
        self._assert_counts(record)
        self._assert_stamps(record)
        self._assert_throughput(record)
        self._assert_chains(record)
