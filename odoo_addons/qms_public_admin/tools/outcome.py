"""Early, on time, late: one definition for slips, lists, reports and scores.

``regulation.md`` §1.9, on-time test: dates of the agency's zone are compared, so a
completion at 17:05 on the due date is on time. The variant by minute is a setting.
All moments are naive UTC.
"""

from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

NOT_STARTED = ("submitted",)
RUNNING = ("accepted", "processing")
PAUSED = ("supplement", "payment", "stopped")
CLOSED = ("refused", "withdrawn", "done", "returned")


def _unit(moment, tz, by):
    """What is compared: the local date, or the minute."""
    if by == "minute":
        return moment.replace(second=0, microsecond=0)
    if by != "date":
        raise ValueError(f"Compared by date or by minute, not by {by!r}.")
    zone = ZoneInfo(tz)
    return moment.replace(tzinfo=timezone.utc).astimezone(zone).date()


def outcome(done_at, due_at, tz, by="date"):
    """Judge a completed dossier: ``early``, ``on_time`` or ``late``.

    Without a due date a dossier is on time.

    >>> from datetime import datetime
    >>> due = datetime(2026, 11, 26, 10, 0)  # 17:00 in Hanoi
    >>> outcome(datetime(2026, 11, 26, 10, 5), due, "Asia/Ho_Chi_Minh")
    'on_time'
    >>> outcome(datetime(2026, 11, 26, 10, 5), due, "Asia/Ho_Chi_Minh", by="minute")
    'late'
    """
    if not due_at:
        return "on_time"
    done, due = _unit(done_at, tz, by), _unit(due_at, tz, by)
    if done < due:
        return "early"
    return "on_time" if done == due else "late"


def timeliness(now, due_at, state, tz, by="date", due_soon_hours=24, is_terminal=False):
    """Where a dossier stands at ``now``, never stored.

    :param due_soon_hours: hours on the clock (not of work) before the due time from
        which a dossier is *due soon*.
    :param is_terminal: status 8 that ended the case (form 05): closed, not paused.
    :return: ``not_started``, ``within``, ``due_soon``, ``overdue``, ``paused`` or
        ``closed``.
    :raise ValueError: for a state that is none of the ten national ones.
    """
    if state in NOT_STARTED:
        return "not_started"
    if state in CLOSED or (state in PAUSED and is_terminal):
        return "closed"
    if state in PAUSED:
        return "paused"
    if state not in RUNNING:
        raise ValueError(f"Unknown dossier state: {state!r}.")
    if not due_at:
        return "within"
    if _unit(now, tz, by) > _unit(due_at, tz, by):
        return "overdue"
    soon = now >= due_at - timedelta(hours=due_soon_hours)
    return "due_soon" if soon else "within"
