"""The legal clock against Odoo's own ``plan_hours`` on the same calendar."""

import datetime
import time

from tests.scenarios import world

OURS, THEIRS = 20000, 100
HOURS = (4.0, 8.0, 40.0, 160.0)


def measure(env):
    """Return ``due_ratio``: dates counted in a second, ours over Odoo's."""
    company = world.enter(env).company
    calendar = company._qms_calendar()
    clock = company._qms_working_time()
    starts = [
        datetime.datetime(2026, 3, 2, 1, 0) + datetime.timedelta(hours=number % 2000)
        for number in range(OURS)
    ]
    items = [(start, HOURS[number % 4], "working") for number, start in enumerate(starts)]
    begun = time.perf_counter()
    clock.due_many(items)
    ours = OURS / (time.perf_counter() - begun)
    begun = time.perf_counter()
    for start, hours, _kind in items[:THEIRS]:
        calendar.plan_hours(hours, start.replace(tzinfo=datetime.timezone.utc), compute_leaves=True)
    theirs = THEIRS / (time.perf_counter() - begun)
    return {"due_per_s": ours, "plan_hours_per_s": theirs, "due_ratio": ours / theirs}
