"""What the nightly job proposes, and what the ISO officer makes of it."""

import datetime

#: Days ago of two nights before the audit, and of the decisions after it.
NIGHTS, DECIDED = (158, 156), 143
DISMISSED = "Đánh giá nội bộ đã lập điểm không phù hợp về việc này, không lập thêm."
# The rules by which the officer goes.
LATE, LOW = "signal_rule_late_procedure", "signal_rule_low_ratings_procedure"


def watch(diary, days):
    """Let the job look at the department in a night; return the signals there are."""
    scene = diary.scene
    job = scene.env["qms.signal.job"].sudo()
    with diary.at(days, 7):
        job._propose(scene.company, job._find(scene.company).get(scene.company.id, []))
    return scene.env["qms.signal"].search([("company_id", "=", scene.company.id)])


def decide(diary, signals):
    """Dismiss what the audit found already, accept what citizens say; return the latter."""
    scene = diary.scene
    own = signals.with_env(scene.as_login("thuky"))
    late = own.filtered(lambda row: row.root_id == scene.record(LATE))
    low = own.filtered(lambda row: row.root_id == scene.record(LOW))
    with diary.at(DECIDED):
        (own - low).action_dismiss(DISMISSED)
        low.action_accept()
        raised = low.nonconformity_id
        raised.write(
            {
                "responsible_user_id": scene.ref("user_truongphong").id,
                "qms_due_date": (diary.now + datetime.timedelta(days=20)).date(),
            }
        )
    with diary.at(DECIDED - 2):
        raised.with_env(scene.as_login("truongphong")).action_qms_analyse()
    return late, low
