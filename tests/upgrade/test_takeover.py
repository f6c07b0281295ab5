"""The addons are installed where OCA's audits, nonconformities and reviews are in use."""

import pytest

from .release import Release

NEGATIVE_DAYS = (
    "FROM mgmtsystem_action WHERE number_of_days_to_open < 0 OR number_of_days_to_close < 0"
)


@pytest.fixture(scope="module")
def taken_over(tmp_path_factory):
    """A database with rows of OCA's modules, our addons installed over them."""
    made = Release.dependencies("", tmp_path_factory.mktemp("takeover"))
    try:
        made.play("fill_mgmtsystem.py")
        made.install_current()
        yield made
    finally:
        made.drop()


def test_the_installation_warns_of_nothing(taken_over):
    assert taken_over.offences("install") == []


def test_every_row_has_its_agency(taken_over):
    for table in ("action", "nonconformity", "audit", "review", "verification_line"):
        lost = f"SELECT count(*) FROM mgmtsystem_{table} WHERE company_id IS NULL"
        assert taken_over.value(lost) == 0, table


def test_states_and_stamps_follow_from_the_stages(taken_over):
    states = """SELECT qms_state, qms_done_at IS NOT NULL AS done, date_closed IS NOT NULL AS ended
        FROM mgmtsystem_action ORDER BY id"""
    assert [tuple(row.values()) for row in taken_over.rows(states)] == [
        ("draft", False, False),
        ("open", False, False),
        ("verified", True, True),
        ("cancelled", False, True),
    ]
    ends = """SELECT state, closing_date IS NOT NULL AS ended,
        (SELECT count(*) FROM qms_nonconformity_branch WHERE nonconformity_id = row.id) AS causes
        FROM mgmtsystem_nonconformity row ORDER BY id"""
    assert [tuple(row.values()) for row in taken_over.rows(ends)] == [
        ("draft", False, 1),
        ("done", True, 1),
    ]


def test_days_of_actions_run_forward_from_their_planning(taken_over):
    days = "SELECT DISTINCT qms_planned_on, number_of_days_to_close FROM mgmtsystem_action"
    assert {tuple(row.values()) for row in taken_over.rows(days)} == {
        ("2025-03-03", 0),
        ("2025-03-03", 4),
    }
    assert taken_over.value(f"SELECT count(*) {NEGATIVE_DAYS}") == 0


def test_audits_keep_title_answers_and_edition(taken_over):
    audits = """SELECT state, name IS NOT NULL AS named, qms_standard_id IS NOT NULL AS edition
        FROM mgmtsystem_audit ORDER BY id"""
    assert [tuple(row.values()) for row in taken_over.rows(audits)] == [
        ("open", True, True),
        ("done", True, True),
    ]
    assert taken_over.value("SELECT qms_answer FROM mgmtsystem_verification_line") == "conforming"


def test_a_review_keeps_its_year_and_nobody_is_named_for_it(taken_over):
    review = """SELECT state, qms_date_from, qms_date_to, qms_chair_id, qms_secretary_id,
        qms_standard_id IS NOT NULL AS edition FROM mgmtsystem_review"""
    [row] = taken_over.rows(review)
    assert tuple(row.values()) == ("done", "2025-01-01", "2025-12-31", None, None, True)
