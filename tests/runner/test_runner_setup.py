"""What is there already is used, and what is missing is named in one line."""

import subprocess
import sys
from pathlib import Path

import pytest

from runner import debian, environment, odoo, paths, tools
from runner.errors import QmsError
from runner.locking import exclusive


def fake_odoo(folder: Path, version: str) -> Path:
    (folder / "odoo").mkdir(parents=True)
    text = f"version_info = ({version}, FINAL, 0, '')\n"
    (folder / "odoo" / "release.py").write_text(text, encoding="utf-8")
    return folder


def test_odoo_home_is_used(tmp_path, monkeypatch):
    home = fake_odoo(tmp_path / "home", "19, 0, 0")
    (home / "addons" / "web").mkdir(parents=True)
    monkeypatch.setenv("ODOO_HOME", str(home))
    found = odoo.locate(tmp_path / "cache")
    assert found.source == home
    assert found.addons == (home / "odoo" / "addons", home / "addons")


def test_odoo_home_may_name_the_package_itself(tmp_path, monkeypatch):
    home = fake_odoo(tmp_path / "home", "19, 0, 0")
    monkeypatch.setenv("ODOO_HOME", str(home / "odoo"))
    assert odoo.given().source == home


@pytest.mark.parametrize("version", ["18, 0, 0", "20, 0, 0", "19, 1, 0"])
def test_another_series_is_refused(tmp_path, monkeypatch, version):
    monkeypatch.setenv("ODOO_HOME", str(fake_odoo(tmp_path, version)))
    with pytest.raises(QmsError, match="holds no Odoo 19.0"):
        odoo.given()


def test_a_folder_without_odoo_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(QmsError, match="found: none"):
        odoo.given()


def test_the_pinned_odoo_in_the_cache_is_preferred(tmp_path):
    pinned = next(pin.version for pin in debian.read_pins() if pin.package == "odoo-19")
    for version in (pinned, "19.0.9+dfsg-1"):
        fake_odoo(tmp_path / f"odoo-{version}/usr/lib/python3/dist-packages", "19, 0, 0")
    assert f"odoo-{pinned}/" in str(odoo.unpacked(tmp_path).source)


@pytest.mark.parametrize(
    "text, expected",
    [("ID=debian\n", True), ('ID="debian"\n', True), ("ID=ubuntu\nID_LIKE=debian\n", False)],
)
def test_only_debian_itself_is_taken_for_it(tmp_path, program, text, expected):
    program("apt-get", "exit 0")
    release = tmp_path / "os-release"
    release.write_text(text, encoding="utf-8")
    assert debian.is_debian(release) is expected


def test_what_is_missing_is_named_in_one_line(bare_path, monkeypatch):
    needs = tools.missing(browser=True)
    assert tools.BROWSER in needs and tools.PDF in needs
    line = tools.complaint([tools.BROWSER, tools.PDF])
    assert line == (
        "no browser tests, PDF documents until this is run as root: "
        "apt-get install chromium wkhtmltopdf"
    )
    assert tools.BROWSER not in tools.missing(browser=False)


def test_a_second_run_is_refused_with_the_first_ones_process(tmp_path):
    lock = tmp_path / "test.lock"
    with exclusive(lock, "the tests", wait=False):
        code = (
            "from pathlib import Path\n"
            "from runner.locking import exclusive\n"
            f"with exclusive(Path({str(lock)!r}), 'the tests', wait=False): pass\n"
        )
        result = subprocess.run(
            [sys.executable, "-c", code],
            cwd=paths.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "the tests is already running (process " in result.stderr
    with exclusive(lock, "the tests", wait=False):
        assert lock.read_text(encoding="utf-8").isdigit()


def test_the_kernel_frees_the_lock_of_a_killed_run(tmp_path):
    lock = tmp_path / "test.lock"
    code = (
        "import os, signal\n"
        "from pathlib import Path\n"
        "from runner.locking import exclusive\n"
        f"with exclusive(Path({str(lock)!r}), 'x', wait=False): os.kill(os.getpid(), 9)\n"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT, check=False)
    assert result.returncode == -9
    with exclusive(lock, "the tests", wait=False):
        pass


def test_the_cache_lies_where_it_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("QMS_CACHE", str(tmp_path / "a"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "b"))
    assert paths.cache_folder() == tmp_path / "a"
    monkeypatch.delenv("QMS_CACHE")
    assert paths.cache_folder() == tmp_path / "b" / "qms"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert paths.cache_folder() == Path.home() / ".cache" / "qms"


def test_an_addons_hash_leaves_its_tests_out(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "a.py").write_text("a = 1")
    before = paths.addon_hash(tmp_path)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_a.py").write_text("assert True")
    assert paths.addon_hash(tmp_path) == before
    (tmp_path / "models" / "a.py").write_text("a = 2")
    assert paths.addon_hash(tmp_path) != before


def test_build_tools_are_taken_out_of_the_lock(tmp_path):
    words = environment._only(paths.LOCKS / "odoo.txt", "setuptools", "wheel", folder=tmp_path)
    lines = Path(words[1]).read_text(encoding="utf-8").splitlines()
    named = [line.split("==")[0] for line in lines if not line.startswith(" ")]
    assert named == ["setuptools", "wheel"]
    assert sum("--hash=sha256:" in line for line in lines) >= len(named)


@pytest.mark.parametrize("name", ["odoo", "addons", "bench", "server", "test"])
def test_every_locked_package_is_pinned_with_hashes_and_no_address(name):
    text = (paths.LOCKS / f"{name}.txt").read_text(encoding="utf-8")
    blocks = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert blocks and all("==" in line and line.endswith("\\") for line in blocks)
    assert "://" not in text


def test_requirements_and_their_lock_say_the_same():
    def pins(path):
        lines = path.read_text(encoding="utf-8").splitlines()
        named = [line.split(" ")[0] for line in lines if "==" in line and line[0] != " "]
        return {line.lower().replace("_", "-") for line in named}

    assert pins(paths.ROOT / "requirements.txt") == pins(paths.LOCKS / "addons.txt")
