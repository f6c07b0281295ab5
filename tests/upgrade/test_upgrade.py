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
PASSING = {"qms_dossier_dialog", "qms_dossier_numbers"}
#: Tables to which a release adds rows of its own.
SHIPPED = {"qms_form_template"}
#: The scripts that fill each release, in order.
FILLED = {
    "19.0.1.0.0": ("fill_19_0_1_0_0.py",),
    "19.0.1.1.0": ("fill_19_0_1_0_0.py", "fill_19_0_1_1_0.py"),
    "19.0.1.2.0": ("fill_19_0_1_0_0.py", "fill_19_0_1_1_0.py", "fill_19_0_1_2_0.py"),
}
#: The scripts of each release, by the moment at which they run.
SCRIPTS = {
    "19.0.1.1.0": ("before the models", "after the models"),
    "19.0.1.2.0": ("before the models",),
    "19.0.1.3.0": ("before the models", "after the models"),
}


@pytest.fixture(scope="module", params=FILLED)
def release(request, tmp_path_factory):
    """A release with data, upgraded; ``before`` is what it held."""
    made = Release.unpack(request.param, tmp_path_factory.mktemp("upgrade"))
    try:
        made.install()
        for script in FILLED[request.param]:
            made.play(script, old=True)
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
    assert all(row["latest_version"] > release.version for row in rows), rows


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
        found = release.after[table]
        kept = [row for row in found if row in rows] if table in SHIPPED else found
        assert kept == rows, table


def test_settings_are_kept(release):
    [company] = release.rows("SELECT * FROM res_company WHERE name = 'Sở Nâng cấp'")
    assert company["qms_due_soon_hours"] == 12
    assert company["qms_supplement_clock_mode"] == "shift"
    assert (company["qms_extension_max"], company["qms_code_width"]) == (2, 5)


def test_each_migration_script_says_what_it_did(release):
    log = release.log("upgrade")
    for version, moments in SCRIPTS.items():
        for when in moments:
            ran = f"{version}, {when}: " in log
            assert ran == (release.version < version), (version, when)


def test_logs_hold_and_work_goes_on(release):
    release.play("verify.py")


def test_agencies_at_work_see_no_first_steps(release):
    closed = "SELECT name FROM res_company WHERE qms_onboarding_closed ORDER BY name"
    expected = [{"name": "Sở Nâng cấp"}] if release.version < "19.0.1.1.0" else []
    assert release.rows(closed) == expected


def test_each_agency_counts_on_in_the_zone_its_calendar_had(release):
    """From 19.0.1.1.0 on the zone is a setting, kept as any other."""
    zones = """SELECT c.name FROM res_company c JOIN resource_calendar r
        ON r.id = COALESCE(c.qms_calendar_id, c.resource_calendar_id)
        WHERE c.qms_timezone IS DISTINCT FROM r.tz"""
    moved = release.rows(zones)
    assert release.version >= "19.0.1.1.0" or not moved


def test_settings_that_are_new_have_their_default(release):
    new = "SELECT DISTINCT qms_reminders, qms_digest FROM res_company"
    assert release.rows(new) == [{"qms_reminders": True, "qms_digest": True}]


def test_pages_of_the_wiki_stay_ordinary_pages(release):
    controlled = "SELECT count(*) FROM document_page WHERE qms_kind_id IS NOT NULL"
    revisions = "SELECT count(*) FROM document_page_history WHERE qms_state IS NOT NULL"
    expected = (4, 4) if release.version >= "19.0.1.2.0" else (0, 0)
    assert (release.value(controlled), release.value(revisions)) == expected


def test_the_texts_of_the_wiki_are_kept(release):
    texts = "SELECT content FROM document_page_history WHERE content LIKE '%Điều%' ORDER BY id"
    found = [row["content"] for row in release.rows(texts)]
    expected = ["<p>Điều 1. Giờ làm việc.</p>", "<p>Điều 1. Giờ làm việc. Điều 2. Trang phục.</p>"]
    assert found == (expected if release.version >= "19.0.1.1.0" else [])


def test_procedures_rest_on_the_documents_they_name(release):
    """The register comes with the release; what was published finds its documents by itself."""
    linked = """SELECT d.number FROM qms_procedure_legal_document_rel r
        JOIN qms_procedure p ON p.id = r.procedure_id AND p.code = '9.777777'
        JOIN qms_legal_document d ON d.id = r.document_id"""
    expected = [{"number": "63/2010/NĐ-CP"}] if release.version >= "19.0.1.1.0" else []
    assert release.rows(linked) == expected


def test_no_version_waits_for_an_approval_nobody_asked_for(release):
    asked = 4 if release.version >= "19.0.1.2.0" else 0
    for table, most in (("qms_procedure_version", 0), ("document_page_history", asked)):
        waiting = f"""SELECT count(*) FROM {table}
            WHERE approval_state IS NOT NULL OR validation_status IS DISTINCT FROM 'no'"""
        assert release.value(waiting) <= most, table
    assert not release.value("SELECT bool_or(qms_version_approval) FROM res_company")


def test_documents_keep_their_revisions(release):
    """What was approved, in force or on its way stays so, with its sign-off and its readers."""
    if release.version < "19.0.1.2.0":
        assert release.value("SELECT count(*) FROM qms_document_sign_off") == 0
        return
    states = "SELECT qms_state FROM document_page_history WHERE qms_state IS NOT NULL ORDER BY id"
    found = [row["qms_state"] for row in release.rows(states)]
    assert found == ["effective", "effective", "approval", "draft"]
    assert release.before["qms_acknowledgement"] and release.before["qms_decision"]
    assert release.before["qms_declaration"][0]["state"] == "declared"
    assert release.before["qms_posting"] and release.before["qms_change_request_line"]


def test_what_an_agency_kept_with_the_addons_below_is_taken_over(release):
    """Audits, nonconformities, actions and reviews of OCA's modules get agency and state."""
    if release.version < "19.0.1.2.0":
        assert release.value("SELECT count(*) FROM mgmtsystem_action") == 0
        return
    states = """SELECT qms_state, qms_done_at IS NOT NULL AS done, date_closed IS NOT NULL AS ended
        FROM mgmtsystem_action ORDER BY id"""
    found = [tuple(row.values()) for row in release.rows(states)]
    assert found == [
        ("draft", False, False),
        ("open", False, False),
        ("verified", True, True),
        ("cancelled", False, True),
    ]
    days = """SELECT DISTINCT qms_planned_on, number_of_days_to_close FROM mgmtsystem_action
        WHERE date_closed IS NOT NULL"""
    assert [tuple(row.values()) for row in release.rows(days)] == [("2025-03-03", 4)]
    names = "SELECT DISTINCT company_id IS NULL AS lost FROM mgmtsystem_{}"
    for table in ("action", "nonconformity", "audit", "review"):
        assert release.rows(names.format(table)) == [{"lost": False}], table
    ends = """SELECT state, closing_date IS NOT NULL AS ended,
        qms_found_on = create_date::date AS dated,
        (SELECT count(*) FROM qms_nonconformity_branch WHERE nonconformity_id = row.id) AS causes
        FROM mgmtsystem_nonconformity row ORDER BY id"""
    assert [tuple(row.values()) for row in release.rows(ends)] == [
        ("draft", False, True, 1),
        ("done", True, True, 1),
    ]
    audits = "SELECT state, name IS NOT NULL AS named FROM mgmtsystem_audit ORDER BY id"
    assert [tuple(row.values()) for row in release.rows(audits)] == [("open", True), ("done", True)]
    review = "SELECT state, qms_date_from, qms_date_to FROM mgmtsystem_review"
    assert [tuple(row.values()) for row in release.rows(review)] == [
        ("done", "2025-01-01", "2025-12-31")
    ]
