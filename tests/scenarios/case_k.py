"""Reference case K: a provincial finance department in the year 2018.

The published account (29 March 2019) says: 11 procedures under the quality management
system, all that are published; 1,322 dossiers received in 2018, 1,319 of them handled
"đúng hẹn" (99.8 %), 3 late (0.2 %, "2.56 % less than in 2017"). It gives neither the
procedures nor the dossiers, so these are ours: the procedures bear the real codes and
names of a finance department (see the ``source`` of each), the applicants, hours and
mishaps are invented with a fixed seed. Only the number of dossiers and who is slow are
set here; every due date and outcome is the product's.
"""

import datetime
import random

from freezegun import freeze_time

from . import applicants, world
from .office import Case, Office
from .world import HANOI, utc

SEED = 20181231
YEAR = 2018
RECEIVED, LATE = 1322, 3
# Opinion forms, all satisfied: response rate 140 / 1,322 = 10.59 %.
RATED = 140
# Dossiers of the year for each procedure.
VOLUME = {
    "2.002206": 870,
    "1.010060": 96,
    "1.009644": 34,
    "1.009646": 41,
    "1.009659": 27,
    "1.014316": 38,
    "1.012735": 22,
    "1.012744": 64,
    "3.000257": 31,
    "3.000291": 45,
    "1.005169": 54,
}
# Turned away at the counter: neither received nor counted.
REFUSED = 9
# Share of the months in what comes in.
SEASON = (13, 6, 10, 8, 8, 8, 7, 7, 8, 9, 9, 7)
# Nothing is taken in so late that it would stay open over the new year.
LAST_DONE = utc("2018-12-27 16:00")
# What happens on the way: (what, to how many dossiers, of which kind).
MISHAPS = (
    ({"late", "extend"}, 2, "long"),
    ({"late"}, 1, "long"),
    ({"extend"}, 2, "long"),
    ({"supplement", "supplement_again"}, 2, "long"),
    ({"hold"}, 6, "long"),
    ({"pay"}, 14, "long"),
    ({"assign"}, 60, "shared"),
    ({"supplement"}, 50, "any"),
    ({"send_back"}, 38, "any"),
)
# What starts after this day has no room left for an interruption.
LAST_MISHAP = utc("2018-10-10 00:00")
# Short thanks: too short to be taken for copies of each other.
COMMENTS = ("Cảm ơn", "Nhanh, gọn", "Tốt", "Lịch sự", "Rất nhanh")
# What the text leaves open (regulation §6.6); the report prints what is known.
OPEN_POINTS = {
    "on_time": "“đúng hẹn” may include early dossiers: early + on time = 1,319",
    "denominator": "1,319 + 3 = 1,322 leaves nothing in progress at the end of the year; "
    "the shares are of dossiers received and completed in the year",
    "rounding": "99.773 % and 0.227 % are printed as 99.8 % and 0.2 %",
    "points": "“giảm 2,56 %” read as percentage points implies a late share of 2.79 % in 2017",
    "forms": "140 forms are taken for dossiers handled in the year; the account says neither how "
    "they were gathered nor how many were handed out",
    "procedures": "the 11 procedures are not named; codes and names are of today's catalogue",
}


def load(env, on_month=None):
    """Play the year and return the dossiers received in it.

    :param on_month: called with the first local moment of each new month
    """
    freezer = freeze_time(utc("2017-12-28 08:00"))
    frozen = freezer.start()
    try:
        scene = world.enter(env)
        done = received(env)
        if done:
            return done
        chance = random.Random(SEED)
        office = Office(scene, frozen, chance)
        for case in _cases(scene, office, chance):
            office.expect(case)
        office.run(on_month)
        scene.env.flush_all()
    finally:
        freezer.stop()
    return received(env)


def rate(env):
    """Let the applicants of 140 dossiers say that they are satisfied; return the ratings.

    By the same door as the page behind the QR code, the tablet and the paper form: what it
    refuses, no scenario gets past. Each at a moment of its own within the days allowed.
    """
    answers = env["survey.user_input"].sudo()
    dossiers = received(env)
    done = answers.search([("qms_dossier_id", "in", dossiers.ids)])
    if done:
        return done
    scene, chance = world.enter(env), random.Random(SEED)
    # One result was fetched in January only: the forms are of what was handled in the year.
    scene.company.qms_rating_opens = "done"
    question = env.ref("qms_public_admin.survey_three_levels").question_ids
    sampled = chance.sample(list(dossiers), RATED)
    plan = sorted(
        (_rating(chance, dossier, question) for dossier in sampled), key=lambda row: row[:2]
    )
    freezer = freeze_time(utc(f"{YEAR}-01-01 00:00"))
    frozen = freezer.start()
    try:
        for moment, dossier_id, chosen, channel, details in plan:
            frozen.move_to(moment)
            if channel == "paper":
                details["entered_by"] = scene.ref("user_canbo")
            done |= dossiers.browse(dossier_id)._rate({question.id: chosen}, channel, **details)
    finally:
        freezer.stop()
    return done


def _rating(chance, dossier, question):
    """Return when and how the applicant of one dossier rates it."""
    very, satisfied, _not = question.suggested_answer_ids
    channel = chance.choices(("link", "kiosk", "paper"), (20, 35, 45))[0]
    after = datetime.timedelta(minutes=2)
    if channel == "link":
        after = datetime.timedelta(hours=chance.randint(1, 24 * 14))
    details = {
        "seconds": chance.randint(8, 90),
        "comment": chance.choice(COMMENTS) if chance.random() < 0.1 else "",
    }
    chosen = very if chance.random() < 0.62 else satisfied
    start = dossier.done_at if channel == "link" else dossier.returned_at
    return start + after, dossier.id, chosen.ids, channel, details


def received(env):
    """Return the dossiers accepted by the department in 2018."""
    company = env.ref(f"{world.PREFIX}company_finance", raise_if_not_found=False)
    if not company:
        return env["qms.dossier"]
    return env["qms.dossier"].search(
        [
            ("company_id", "=", company.id),
            ("accepted_at", ">=", utc(f"{YEAR}-01-01 00:00")),
            ("accepted_at", "<", utc(f"{YEAR + 1}-01-01 00:00")),
        ],
        order="id",
    )


def _cases(scene, office, chance):
    """Return the cases of the year with what happens to each."""
    days = _working_days(office.clock)
    cases = []
    for code, volume in sorted(VOLUME.items()):
        version = scene.ref(f"procedure_{code.replace('.', '_')}").version_ids
        for _count in range(volume):
            cases.append(_case(scene, office, chance, version, days, len(cases)))
    _plan_mishaps(chance, scene, cases)
    for _count in range(REFUSED):
        version = scene.ref("procedure_1_012744").version_ids
        case = _case(scene, office, chance, version, days, len(cases))
        case.vals.update(is_non_territorial=False)
        case.plan = {"refuse"}
        cases.append(case)
    return cases


def _working_days(clock):
    """Return ``{month: its working days}`` of the year."""
    day, days = datetime.date(YEAR, 1, 1), {}
    while day.year == YEAR:
        if clock.is_open(datetime.datetime.combine(day, datetime.time(9)) - HANOI):
            days.setdefault(day.month, []).append(day)
        day += datetime.timedelta(days=1)
    return days


def _case(scene, office, chance, version, days, number):
    procedure = version.procedure_id
    channel = chance.choices(("direct", "online", "post"), _channel_weights(procedure))[0]
    submitted, accepted = _arrival(office, chance, days, channel, version.committed_hours)
    agencies = scene.ref("agency_construction") | scene.ref("agency_commune")
    is_joint = procedure.code == "3.000257"
    return Case(
        number,
        version,
        {
            "procedure_id": procedure.id,
            "company_id": scene.company.id,
            "receiving_unit_id": scene.ref("department_one_stop").id,
            "intake_channel": channel,
            "is_inter_agency": is_joint,
            "lead_agency_id": is_joint and scene.ref("agency_finance").id,
            "coordinating_agency_ids": is_joint and agencies.ids,
            "is_non_territorial": channel == "direct" and chance.random() < 0.015,
            **applicants.invent(scene, chance, procedure.code),
        },
        submitted,
        accepted,
    )


def _channel_weights(procedure):
    return {"full": (45, 45, 10), "partial": (70, 20, 10)}.get(procedure.online_level, (85, 0, 15))


def _arrival(office, chance, days, channel, hours):
    """Return when a dossier is handed in and when it is accepted, both naive UTC."""
    while True:
        month = chance.choices(range(1, 13), SEASON)[0]
        day = chance.choice(days[month])
        if channel == "direct":
            minute = chance.choice((chance.randint(425, 680), chance.randint(815, 1000)))
            submitted = datetime.datetime.combine(day, datetime.time()) - HANOI
            submitted += datetime.timedelta(minutes=minute)
            accepted = submitted + datetime.timedelta(minutes=chance.randint(3, 8))
        else:
            minute = chance.randint(0, 1439) if channel == "online" else 560
            submitted = datetime.datetime.combine(day, datetime.time()) - HANOI
            submitted += datetime.timedelta(minutes=minute)
            accepted = office.session("receive", submitted)
        if office.clock.due(accepted, hours) < LAST_DONE:
            return submitted, accepted


def _plan_mishaps(chance, scene, cases):
    """Decide which dossiers meet what; three of them will be late."""
    unit = scene.ref("department_price")
    free = [
        case
        for case in cases
        if case.accepted_at < LAST_MISHAP and not case.vals["is_non_territorial"]
    ]
    chance.shuffle(free)
    for plan, number, kind in MISHAPS:
        fitting = [
            case
            for case in free
            if kind == "any"
            or (kind == "long" and case.version.committed_hours >= 64)
            or (kind == "shared" and case.version.procedure_id.department_id == unit)
        ]
        for case in fitting[:number]:
            case.plan = set(plan)
            free.remove(case)
