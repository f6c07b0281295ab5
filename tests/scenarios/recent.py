"""The last weeks of the department, up to this minute: what is open, late, waiting."""

import datetime
import random

from freezegun import freeze_time

from . import applicants, world
from .office import Case, Office

SEED = 7
WEEKS = 5
VOLUME = {
    "2.002206": 34,
    "1.010060": 7,
    "1.009644": 3,
    "1.009646": 4,
    "1.009659": 3,
    "1.014316": 3,
    "1.012735": 2,
    "1.012744": 5,
    "3.000257": 2,
    "3.000291": 3,
    "1.005169": 6,
}
# What happens on the way, to how many; nobody gets round to a forgotten dossier.
MISHAPS = (
    ({"forgotten"}, 4, "early"),
    ({"late", "extend"}, 1, "early"),
    ({"late"}, 1, "early"),
    ({"supplement"}, 3, "new"),
    ({"pay"}, 1, "new"),
    ({"hold"}, 1, "new"),
    ({"supplement"}, 4, "any"),
    ({"pay"}, 1, "any"),
    ({"send_back"}, 4, "any"),
    ({"assign"}, 6, "any"),
)


def load(env):
    """Play the last weeks and return the dossiers that came in."""
    until = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    start = until - datetime.timedelta(weeks=WEEKS)
    freezer = freeze_time(start)
    frozen = freezer.start()
    try:
        scene = world.enter(env)
        if _is_played(scene, start, until):
            return env["qms.dossier"]
        chance = random.Random(SEED)
        office = Office(scene, frozen, chance, until)
        cases = _cases(scene, office, chance, start, until)
        for case in cases:
            office.expect(case)
        office.run()
        scene.env.flush_all()
        return env["qms.dossier"].browse(case.dossier_id for case in cases if case.dossier_id)
    finally:
        freezer.stop()


def _is_played(scene, start, until):
    """Whether the weeks before today already hold dossiers."""
    domain = [
        ("company_id", "=", scene.company.id),
        ("accepted_at", ">=", start),
        ("accepted_at", "<", until - datetime.timedelta(days=1)),
    ]
    return bool(scene.env["qms.dossier"].search_count(domain, limit=1))


def _cases(scene, office, chance, start, until):
    cases = []
    for code, volume in sorted(VOLUME.items()):
        procedure = scene.ref(f"procedure_{code.replace('.', '_')}")
        for _count in range(volume):
            cases.append(_case(scene, office, chance, procedure, start, until, len(cases)))
    _plan_mishaps(office, chance, cases, until)
    return cases


def _case(scene, office, chance, procedure, start, until, number):
    """Return a case that came in at the counter or online, at some hour since ``start``."""
    span = (until - start).total_seconds()
    channel = chance.choice(("direct", "online", "online", "post"))
    submitted = start + datetime.timedelta(seconds=chance.uniform(0, span))
    submitted = submitted.replace(second=0, microsecond=0)
    accepted = office.session("receive", submitted)
    if channel == "direct" and office.clock.is_open(submitted):
        accepted = submitted + datetime.timedelta(minutes=6)
    elif channel == "direct":
        submitted = accepted - datetime.timedelta(minutes=6)
    vals = {
        "procedure_id": procedure.id,
        "company_id": scene.company.id,
        "receiving_unit_id": scene.ref("department_one_stop").id,
        "intake_channel": channel,
        "holder_phone": f"0900 {chance.randint(100, 999)} {chance.randint(100, 999)}",
        **applicants.invent(scene, chance, procedure.code),
    }
    return Case(number, procedure.version_ids[:1], vals, submitted, accepted)


def _plan_mishaps(office, chance, cases, until):
    """Decide what happens to whom, first to dossiers of different procedures."""
    free = list(cases)
    chance.shuffle(free)
    for plan, number, kind in MISHAPS:
        fitting = [case for case in free if _fits(office, case, kind, until)]
        firsts = {case.version: case for case in reversed(fitting)}
        fitting.sort(key=lambda case: (firsts[case.version] is not case, case.number))
        for case in fitting[:number]:
            case.plan = set(plan)
            free.remove(case)


def _fits(office, case, kind, until):
    """``early``: due some days ago, room to be late; ``new``: still on the way."""
    due = office.clock.due(case.accepted_at, case.version.committed_hours)
    if kind == "early":
        return due < until - datetime.timedelta(days=3)
    if kind == "new":
        return case.version.committed_hours > 24 and due > until + datetime.timedelta(days=4)
    return True
