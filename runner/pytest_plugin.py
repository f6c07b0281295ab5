"""Pytest's part of ``./qms test``: the server's log and skipped tests count as results."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from . import serverlog
from .download import link

SHOWN = 40


def _offences() -> list[str]:
    path = os.environ.get("QMS_SERVER_LOG")
    return serverlog.offences(Path(path)) if path else []


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


@contextmanager
def _own_filestore(original: str, name: str) -> Iterator[None]:
    """Give a worker's copy of the database a file store of its own.

    Pytest-odoo lets the workers share one. Odoo clears a store of what its database
    does not name, so that each would take away the others' files.
    """
    from odoo.tools import config

    target = Path(config.filestore(name))
    if original == name:
        yield
        return
    shutil.rmtree(target, ignore_errors=True)
    if Path(config.filestore(original)).exists():
        shutil.copytree(config.filestore(original), target, copy_function=link)
    try:
        yield
    finally:
        shutil.rmtree(target, ignore_errors=True)


def pytest_configure(config: pytest.Config) -> None:
    """Keep the file stores of parallel workers apart."""
    if _is_worker(config) and config.pluginmanager.hasplugin("odoo"):
        import pytest_odoo

        pytest_odoo._shared_filestore = _own_filestore


def _skipped(config: pytest.Config) -> list:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return reporter.stats.get("skipped", []) if os.environ.get("CI") else []


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run whose tests passed when its log or a skipped test says otherwise."""
    passed = exitstatus == pytest.ExitCode.OK and not _is_worker(session.config)
    if passed and (_offences() or _skipped(session.config)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    """Show the lines that fail the run, before the closing summary."""
    lines = _offences()
    if lines:
        terminalreporter.section("warnings in the server's log", red=True)
        for line in lines[:SHOWN]:
            terminalreporter.line(line)
        if len(lines) > SHOWN:
            terminalreporter.line(f"… and {len(lines) - SHOWN} more")
    skipped = _skipped(config)
    if skipped:
        terminalreporter.section("a run in CI skips no test", red=True)
        for report in skipped:
            terminalreporter.line(f"{report.nodeid}: {report.longrepr}")
