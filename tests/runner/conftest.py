"""What the tests of the launcher share. None of them needs Odoo."""

import stat

import pytest


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Return a function that puts a shell script first on the search path."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=":")

    def write(name: str, body: str):
        path = folder / name
        path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return write


@pytest.fixture
def bare_path(tmp_path, monkeypatch):
    """Leave no program to be found."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
