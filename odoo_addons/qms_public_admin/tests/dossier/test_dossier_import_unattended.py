import base64
import io
import json
import os
import pathlib
import tempfile
import time
from types import SimpleNamespace
from unittest.mock import patch

import openpyxl

from odoo.cli.command import find_command
from odoo.tests import tagged
from odoo.tools import config

from ...tools import mapping as mapping_kernel
from .test_dossier_import_flow import ImportCase, row, table


class UnattendedCase(ImportCase):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        # The test rolls back; the commits of the command are none of its business.
        self.enterContext(patch.object(self.env.cr, "commit"))
        self.enterContext(patch.object(self.env.cr, "rollback"))
        record = self._upload(table([row("X")]))
        self.definition = record._kernel_mapping().to_json()
        self.mapping = self.env["qms.dossier.import.mapping"].create(
            {
                "name": "Export of the one-stop system",
                "code": "export",
                "company_id": self.company.id,
                "definition": self.definition,
            }
        )

    def _file(self, content, name="export.csv", folder=None):
        path = (folder or self.folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        old = time.time() - 3600
        os.utime(path, (old, old))
        return path


@tagged("post_install", "-at_install")
class TestDossierImportCommand(UnattendedCase):
    def _command(self, path, **options):
        options = {
            "file": path,
            "mapping": "export",
            "dry_run": False,
            "company": "H99.01",
            "user": self.user_officer.login,
            "result": None,
            **options,
        }
        self.out, self.err = io.StringIO(), io.StringIO()
        return self.env["qms.dossier.import"]._run_command(
            SimpleNamespace(**options), self.out, self.err
        )

    def test_odoo_finds_the_command(self):
        command = find_command("qms_import")
        self.assertEqual(command.name, "qms_import")
        self.assertIn("exit code", command().parser.format_help())

    def test_a_good_file(self):
        code = self._command(self._file(table([row("A-1"), row("A-2")])))
        self.assertEqual(code, 0, self.err.getvalue())
        self.assertEqual(self._dossiers().mapped("code"), ["A-1", "A-2"])
        self.assertEqual(self._dossiers().import_id.origin, "command")
        self.assertIn("2", self.out.getvalue())

    def test_a_dry_run_writes_nothing_but_tells_all(self):
        path = self._file(table([row("A-1"), row("A-2", **{"Mã TTHC": "1.999999"})]))
        self.assertEqual(self._command(path, dry_run=True), 1)
        self.assertFalse(self._dossiers())
        self.assertIn("1.999999", self.out.getvalue())

    def test_rejected_rows_show_in_exit_code_and_workbook(self):
        path = self._file(table([row("A-1"), row("")]))
        result = self.folder / "result.xlsx"
        self.assertEqual(self._command(path, result=result), 1)
        sheet = openpyxl.load_workbook(result).worksheets[1]
        self.assertEqual(sheet.cell(2, 1).value, 3)

    def test_a_file_nothing_of_which_goes_in(self):
        self.assertEqual(self._command(self._file(b"PK nonsense", "x.xlsx")), 2)
        self.assertIn("x.xlsx", self.err.getvalue())
        self.assertEqual(self._command(self._file(table([row("")]))), 2)
        self.assertEqual(self._command(self.folder / "missing.csv"), 2)

    def test_a_mapping_from_a_file(self):
        path = self._file(json.dumps(self.definition).encode(), "map.json")
        data = self._file(table([row("A-1")]))
        self.assertEqual(self._command(data, mapping=str(path)), 0, self.err.getvalue())
        path.write_text('{"shape": "cube"}')
        self.assertEqual(self._command(data, mapping=str(path)), 2)
        self.assertIn("shape", self.err.getvalue())

    def test_unknown_names_are_told(self):
        data = self._file(table([row("A-1")]))
        for options in ({"mapping": "none"}, {"company": "none"}, {"user": "none"}):
            self.assertEqual(self._command(data, **options), 2)
            self.assertIn("none", self.err.getvalue())

    def test_only_in_the_name_of_an_officer(self):
        data = self._file(table([row("A-1")]))
        self.assertEqual(self._command(data, user=self.user_clerk.login), 2)
        self.assertFalse(self._dossiers())


@tagged("post_install", "-at_install")
class TestDossierImportFolder(UnattendedCase):
    def setUp(self):
        super().setUp()
        rc = self.folder / "odoo.conf"
        root = self.folder / "in"
        rc.write_text(f"[qms_public_admin]\nimport_dir = {root}\n")
        self.watched = root / self.env.cr.dbname / "export"
        self.watched.mkdir(parents=True)
        self.enterContext(patch.dict(config.options, {"config": str(rc)}))

    def _watch(self):
        self.env["qms.dossier.import"]._cron_watch_folder()

    def _names(self, folder):
        found = self.watched / folder
        return sorted(path.name for path in found.iterdir()) if found.is_dir() else []

    def test_a_file_is_imported_and_put_away_with_its_result(self):
        self._file(table([row("A-1")]), folder=self.watched)
        self._watch()
        self.assertEqual(self._dossiers().mapped("code"), ["A-1"])
        self.assertEqual(self._dossiers().import_id.origin, "folder")
        done = self._names("done")
        self.assertEqual(len(done), 2)
        self.assertTrue(done[0].endswith("export.csv"))
        self.assertTrue(done[1].endswith("export.csv.result.xlsx"))
        self.assertFalse(list(self.watched.glob("*.csv")))

    def test_a_file_with_bad_rows_goes_to_failed_but_the_good_rows_are_in(self):
        self._file(table([row("A-1"), row("")]), folder=self.watched)
        self._watch()
        self.assertEqual(self._dossiers().mapped("code"), ["A-1"])
        self.assertEqual(len(self._names("failed")), 2)

    def test_a_file_that_cannot_be_read_says_why(self):
        self._file(b"PK nonsense", "x.xlsx", folder=self.watched)
        with self.assertLogs("odoo.addons.qms_public_admin", "WARNING"):
            self._watch()
        failed = self._names("failed")
        self.assertTrue(failed[1].endswith("x.xlsx.error.txt"))
        text = (self.watched / "failed" / failed[1]).read_text("utf-8")
        self.assertIn("x.xlsx", text)

    def test_files_still_being_written_and_hidden_ones_wait(self):
        path = self._file(table([row("A-1")]), folder=self.watched)
        os.utime(path)
        self._file(table([row("A-2")]), ".export.csv", folder=self.watched)
        self._file(table([row("A-3")]), "export.csv.part", folder=self.watched)
        # the clock of the test is frozen far from that of the file system
        with patch("time.time", lambda: path.stat().st_mtime + 1):
            self._watch()
        self.assertFalse(self._dossiers())
        self.assertTrue(path.exists())

    def test_links_lead_nowhere(self):
        outside = self._file(table([row("A-1")]), "outside.csv")
        (self.watched / "link.csv").symlink_to(outside)
        other = self.folder / "elsewhere"
        self._file(table([row("A-2")]), folder=other)
        (self.watched.parent / "linked").symlink_to(other)
        self.mapping.copy({"code": "linked", "name": "Linked"})
        self._watch()
        self.assertFalse(self._dossiers())
        self.assertTrue(outside.exists())

    def test_without_the_option_nothing_is_watched(self):
        self._file(table([row("A-1")]), folder=self.watched)
        with patch.dict(config.options, {"config": str(self.folder / "none.conf")}):
            self._watch()
        self.assertFalse(self._dossiers())

    def test_the_folder_is_no_setting_of_the_database(self):
        self.env["ir.config_parameter"].set_param("qms_public_admin.import_dir", str(self.folder))
        self.env["ir.config_parameter"].set_param("import_dir", str(self.folder))
        with patch.dict(config.options, {"config": str(self.folder / "none.conf")}):
            self.assertIsNone(self.env["qms.dossier.import"]._watched_root())

    def test_an_interrupted_file_is_taken_up_again(self):
        content = table([row("A-1")])
        path = self._file(content, folder=self.watched)
        imports = self.env["qms.dossier.import"]
        record = imports._started(path.name, content, self.company, self.mapping)
        record.flush_recordset()
        self._watch()
        self.assertEqual(record.state, "done")
        same = imports.search([("file_hash", "=", record.file_hash)])
        self.assertEqual(same, record)

    def test_a_shared_mapping_serves_the_first_agency(self):
        shared = self.env["qms.dossier.import.mapping"].create(
            {
                "name": "Shared",
                "code": "shared",
                "company_id": False,
                "definition": mapping_kernel.Mapping().to_json(),
            }
        )
        self.assertEqual(shared._kernel_mapping().shape, "dossier")
        self.assertTrue(base64.b64decode(shared.json_file))
