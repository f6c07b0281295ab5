"""An agency's database goes from each earlier release to this one with its data in it.

The release is installed from its archive, filled through its own verbs, upgraded as an
administrator does it, and compared. Whoever adds a stored column adds a test of its
filling at the end of this file: ``release.value("SELECT …")`` reads the upgraded database.
"""

import pytest

from .release import Release

#: Columns that an upgrade may write.
TOUCHED = {"write_date", "write_uid"}
#: Columns that a release no longer has: the rows say who and when by themselves.
ACCESS_LOG = {"create_uid", "create_date", "write_uid", "write_date"}
GONE = {"qms_dossier_event": ACCESS_LOG, "qms_dossier_step": ACCESS_LOG}
#: Tables that hold nothing to keep: what a dialog asked for.
PASSING = {"qms_dossier_dialog"}


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """Release 19.0.1.0.0 with data, upgraded; ``before`` is what it held."""
    made = Release.unpack("19.0.1.0.0", tmp_path_factory.mktemp("upgrade"))
    try:
        made.install()
        made.play("fill_19_0_1_0_0.py", old=True)
        made.old_columns = {
            table: [name for name in names if name not in TOUCHED | GONE.get(table, set())]
            for table, names in made.columns().items()
            if table not in PASSING
        }
        made.before = made.content(made.old_columns)
        made.upgrade()
        made.after = made.content(
            {
                table: [name for name in names if name in made.columns().get(table, ())]
                for table, names in made.old_columns.items()
            }
        )
        yield made
    finally:
        made.drop()


def test_the_modules_are_of_this_release(release):
    rows = release.rows(
        "SELECT name, state, latest_version FROM ir_module_module WHERE name LIKE 'qms\\_%'"
    )
    assert {row["state"] for row in rows} == {"installed"}
    assert all(row["latest_version"] > "19.0.1.0.0" for row in rows), rows


def test_the_upgrade_warns_of_nothing(release):
    assert release.offences("install") == []
    assert release.offences("upgrade") == []


def test_the_data_held_every_state(release):
    """The premise of the comparison: there was something to lose."""
    states = {row["state"] for row in release.before["qms_dossier"]}
    assert len(states) == 10
    for table in ("event", "step", "interruption", "extension", "component", "import"):
        assert release.before[f"qms_dossier_{table}"], table
    assert any(row["is_imported"] for row in release.before["qms_dossier"])
    assert release.before["qms_event_anchor"] and release.before["qms_calendar_exception"]


def test_what_was_recorded_is_unchanged(release):
    """States, dates, codes, logs, papers, pauses, extensions, settings: row by row."""
    for table, rows in release.before.items():
        assert release.after[table] == rows, table


def test_settings_are_kept(release):
    [company] = release.rows("SELECT * FROM res_company WHERE name = 'Sở Nâng cấp'")
    assert company["qms_due_soon_hours"] == 12
    assert company["qms_supplement_clock_mode"] == "shift"
    assert (company["qms_extension_max"], company["qms_code_width"]) == (2, 5)


def test_each_migration_script_says_what_it_did(release):
    for when in ("before the models", "after the models"):
        assert f"19.0.1.1.0, {when}: " in release.log("upgrade")


def test_logs_hold_and_work_goes_on(release):
    release.play("verify.py")


def test_agencies_at_work_see_no_first_steps(release):
    closed = "SELECT name FROM res_company WHERE qms_onboarding_closed ORDER BY name"
    assert release.rows(closed) == [{"name": "Sở Nâng cấp"}]


def test_settings_that_are_new_have_their_default(release):
    new = "SELECT DISTINCT qms_reminders, qms_digest FROM res_company"
    assert release.rows(new) == [{"qms_reminders": True, "qms_digest": True}]
