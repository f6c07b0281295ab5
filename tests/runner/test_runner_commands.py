"""The commands: what they are told, what they refuse, what makes a run fail."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from runner import cli, database, paths, serverlog
from runner.commands import demo, test
from runner.errors import QmsError

WARNING = "2026-01-05 08:00:00,000 7 WARNING qms odoo.models: a label is used twice\n"
FOREIGN = (
    "2026-01-05 08:00:00,000 7 WARNING qms py.warnings: "
    "/x/site-packages/y.py:1: DeprecationWarning: old\n"
)
INFO = "2026-01-05 08:00:00,000 7 INFO qms odoo.models: all is well\n"


def test_a_databases_name_tells_its_checkout():
    here, there = paths.checkout_id(Path("/a")), paths.checkout_id(Path("/b"))
    assert here != there and re.fullmatch(r"[0-9a-f]{6}", here)
    assert database.own_name("test") == f"qms_{paths.checkout_id()}_test"


@pytest.mark.parametrize("name", ["", 'a"; DROP DATABASE b', "Upper", "a" * 64, "-x", "a'b"])
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(QmsError, match="no name for a database"):
        database._checked(name)


def test_the_template_holds_what_the_addons_depend_on_and_not_themselves():
    modules = database.dependencies()
    assert {"base", "web", "document_page"} <= set(modules)
    assert not set(modules) & set(paths.OWN_ADDONS)


def test_warnings_that_we_cause_are_found_and_others_left(tmp_path):
    log = tmp_path / "server.log"
    trace = "Traceback\n  File x\nKeyError: 'y'\n\n"
    log.write_text(INFO + FOREIGN + trace + WARNING + trace + INFO, encoding="utf-8")
    assert serverlog.offences(log) == [WARNING.strip() + " | KeyError: 'y'"]
    assert serverlog.offences(tmp_path / "none.log") == []


def test_a_refused_request_is_no_fault_and_a_failed_one_is(tmp_path):
    log = tmp_path / "server.log"
    refused = "2026-01-05 08:00:00,000 7 WARNING qms odoo.http: Not allowed.\n"
    failed = refused.replace("WARNING", "ERROR")
    log.write_text(refused + failed, encoding="utf-8")
    assert serverlog.offences(log) == [failed.strip()]


@pytest.mark.parametrize("level", ["WARNING", "ERROR", "CRITICAL"])
def test_every_level_from_warning_on_counts(tmp_path, level):
    log = tmp_path / "server.log"
    log.write_text(WARNING.replace("WARNING", level), encoding="utf-8")
    assert len(serverlog.offences(log)) == 1


def run_pytest(folder: Path, log: str, body: str, **variables) -> subprocess.CompletedProcess:
    """Run pytest with our plugin on one test of its own."""
    (folder / "test_one.py").write_text(body, encoding="utf-8")
    (folder / "server.log").write_text(log, encoding="utf-8")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "ODOO_"))}
    kept.pop("CI", None)
    kept.update(variables, QMS_SERVER_LOG=str(folder / "server.log"), PYTHONPATH=str(paths.ROOT))
    command = [sys.executable, "-m", "pytest", "-p", "runner.pytest_plugin", "-p", "no:odoo"]
    command += ["-p", "no:cacheprovider", str(folder)]
    return subprocess.run(
        command, cwd=folder, env=kept, capture_output=True, text=True, check=False
    )


PASSES = "def test_one():\n    assert True\n"
SKIPS = "import pytest\n\n\ndef test_one():\n    pytest.skip('no browser')\n"


def test_a_clean_run_passes(tmp_path):
    result = run_pytest(tmp_path, INFO + FOREIGN, PASSES)
    assert result.returncode == 0 and "1 passed" in result.stdout


def test_a_warning_in_the_log_fails_the_run_and_is_shown(tmp_path):
    result = run_pytest(tmp_path, WARNING, PASSES)
    assert result.returncode == 1
    assert "a label is used twice" in result.stdout
    assert "1 passed" in result.stdout.splitlines()[-1]


def test_a_skipped_test_fails_a_run_in_ci_only(tmp_path):
    assert run_pytest(tmp_path, INFO, SKIPS).returncode == 0
    result = run_pytest(tmp_path, INFO, SKIPS, CI="true")
    assert result.returncode == 1 and "no browser" in result.stdout


def test_pytests_own_options_reach_it():
    assert cli.parse(["test", "-k", "due", "-x"]).words == ["-k", "due", "-x"]
    assert cli.parse(["bench", "--help-me"]).words == ["--help-me"]
    assert not test.names_a_test("-x")
    assert test.names_a_test("tests/runner/test_runner_commands.py::test_x")


def test_only_the_import_takes_options_of_odoos_own(capsys):
    words = ["import", "file.csv", "--mapping", "one", "--user", "officer"]
    assert cli.parse(words).others == ["--user", "officer"]
    with pytest.raises(SystemExit):
        cli.parse(["demo", "--user", "officer"])
    assert "unknown: --user officer" in capsys.readouterr().err


def test_an_import_needs_a_mapping(capsys):
    with pytest.raises(SystemExit):
        cli.main(["import", "file.csv"])
    assert "--mapping" in capsys.readouterr().err


def test_an_import_of_no_file_is_refused(capsys, tmp_path):
    words = ["import", str(tmp_path / "none.csv"), "--mapping", "one"]
    assert cli.main(words) == 1
    assert "is no file" in capsys.readouterr().err


def test_a_port_that_is_taken_is_refused_or_passed_over():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(QmsError, match="is taken"):
            demo.free_port(taken.getsockname()[1])
    assert 8069 <= demo.free_port(None) < 8169


def test_an_old_python_is_told_so():
    text = (paths.ROOT / "qms").read_text(encoding="utf-8")
    assert text.index("Python 3.10 or newer") < text.index("from runner")


def test_help_names_every_command():
    result = subprocess.run(
        [sys.executable, str(paths.ROOT / "qms"), "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(name in result.stdout for name in cli.COMMANDS)
