"""Downloads are checked, and an interrupted one can be run again."""

import hashlib
import tarfile

import pytest

from runner import debian, download, npm
from runner.errors import QmsError

CONTENT = b"the real thing"
HASH = hashlib.sha256(CONTENT).hexdigest()


def test_a_file_with_another_hash_is_refused_and_removed(tmp_path):
    file = tmp_path / "package.deb"
    file.write_bytes(b"something else")
    with pytest.raises(QmsError, match="not the file that was pinned"):
        download.check(file, HASH)
    assert not file.exists()


def test_the_pinned_file_is_accepted(tmp_path):
    file = tmp_path / "package.deb"
    file.write_bytes(CONTENT)
    download.check(file, HASH)
    assert download.is_good(file, HASH)
    assert not download.is_good(tmp_path / "missing", HASH)


def test_an_interrupted_download_leaves_nothing_behind(tmp_path):
    with pytest.raises(KeyboardInterrupt), download.workspace(tmp_path) as folder:
        (folder / "half.deb").write_bytes(b"half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def apt(tmp_path, program, body: str) -> debian.Apt:
    """Return an apt whose ``download`` does what the script says."""
    program("apt-get", body)
    program("apt-cache", 'echo "odoo-19 | 19.0.0-1 | a mirror sid/main"')
    made = debian.Apt(tmp_path)
    made.log = tmp_path / "logs" / "apt.log"
    made._updated = True
    return made


def pin(version: str = "19.0.0-1") -> debian.Pin:
    return debian.Pin("odoo-19", version, HASH)


GOOD = 'printf "the real thing" > odoo-19_19.0.0-1_all.deb'
HALF = 'printf "the re" > odoo-19_19.0.0-1_all.deb; exit 100'
FORGED = 'printf "forged" > odoo-19_19.0.0-1_all.deb'


def test_a_download_that_broke_off_can_be_run_again(tmp_path, program):
    with pytest.raises(QmsError, match="download of odoo-19 failed"):
        apt(tmp_path, program, HALF).fetch(pin())
    version, file = apt(tmp_path, program, GOOD).fetch(pin())
    assert (version, file.read_bytes()) == ("19.0.0-1", CONTENT)
    # From now on no program is asked.
    assert apt(tmp_path, program, "exit 1").fetch(pin()) == (version, file)


def test_a_forged_package_is_refused(tmp_path, program):
    with pytest.raises(QmsError, match="not the file that was pinned"):
        apt(tmp_path, program, FORGED).fetch(pin())
    assert not list((tmp_path / "downloads").iterdir())


def test_a_damaged_file_in_the_cache_is_fetched_again(tmp_path, program):
    _version, file = apt(tmp_path, program, GOOD).fetch(pin())
    file.write_bytes(b"damaged")
    _version, file = apt(tmp_path, program, GOOD).fetch(pin())
    assert file.read_bytes() == CONTENT


def test_a_newer_version_of_the_series_is_taken_with_a_word(tmp_path, program, capsys):
    version, _file = apt(tmp_path, program, FORGED).fetch(pin("18.9"))
    assert version == "19.0.0-1"
    assert "odoo-19 18.9 has left the archive" in capsys.readouterr().err


def test_another_series_is_not_taken(tmp_path, program):
    made = apt(tmp_path, program, GOOD)
    program("apt-cache", 'echo "odoo-19 | 20.0.0-1 | a mirror sid/main"')
    with pytest.raises(QmsError, match="not on this machine's mirror"):
        made.fetch(pin())


def test_the_mirror_is_the_machines_own():
    targets = (
        "http://other.example|Somebody|http://other.example/dists\n"
        "http://safe.example|Debian|http://safe.example/debian-security/dists\n"
        "http://mirror.example|Debian|http://mirror.example/debian/dists\n"
    )
    assert debian.choose_mirror(targets) == "http://mirror.example"
    assert debian.choose_mirror("http://new.example||http://new.example/x") == "http://new.example"
    with pytest.raises(QmsError, match="no mirror"):
        debian.choose_mirror("")


def test_every_pin_is_whole():
    pins = debian.read_pins()
    assert {"odoo-19", "fonts-font-awesome"} <= {made.package for made in pins}
    assert all(len(made.sha256) == 64 for made in [*pins, *npm.read_pins()])


def packed(tmp_path, content: bytes) -> npm.NpmFile:
    """Pack a file as npm would and return its pin."""
    source = tmp_path / "script.js"
    source.write_bytes(content)
    archive = tmp_path / "packed.tgz"
    with tarfile.open(archive, "w:gz") as handle:
        handle.add(source, "package/script.js")
    return npm.NpmFile("@a/b", "1.0", download.sha256(archive), "script.js", "mail/script.js")


def test_the_npm_file_is_put_in_its_place(tmp_path, program):
    made = packed(tmp_path, CONTENT)
    program("npm", f'cp "{tmp_path}/packed.tgz" a-b-1.0.tgz')
    npm.place(made, tmp_path / "addons", tmp_path)
    assert (tmp_path / "addons/mail/script.js").read_bytes() == CONTENT


def test_a_forged_npm_package_is_refused(tmp_path, program):
    made = packed(tmp_path, CONTENT)
    program("npm", "printf forged > a-b-1.0.tgz")
    with pytest.raises(QmsError, match="not the file that was pinned"):
        npm.place(made, tmp_path / "addons", tmp_path)
    assert not (tmp_path / "addons/mail/script.js").exists()


def test_without_npm_an_empty_script_takes_the_place(tmp_path, bare_path, capsys):
    npm.place(packed(tmp_path, CONTENT), tmp_path / "addons", tmp_path)
    assert "no background blur" in capsys.readouterr().err
    assert (tmp_path / "addons/mail/script.js").exists()
