"""When a dossier will probably be done: advice from earlier steps and from the queue.

No ORM. All durations are working hours as the clock counts them (8 = one day). Advice
changes nothing: no state, no date, no outcome follows from it (ND 309/2026, art. 35.2.h;
regulation OS-12).

The time a step takes, its wait in the queue included, is what it took before: the median
for what to expect, the eightieth percentile for what caution expects. Of the step in
progress the hours it has had already are taken off. Who has others before them in the
queue waits at least until these are through, at the pace of the last weeks (Little's law).
"""

from typing import NamedTuple

# Fewer completions than these say nothing; the planned hours stand in.
MIN_SAMPLES = 5
CAUTIOUS_SHARE = 0.8


class History(NamedTuple):
    """How long a step took before, in working hours."""

    count: int
    median: float
    cautious: float


class Remaining(NamedTuple):
    """Working hours still to go, and on how many earlier steps that rests."""

    expected: float
    cautious: float
    samples: int


def step_hours(planned, history=None):
    """Return what a step takes: ``(expected, cautious, samples)``.

    >>> step_hours(8, History(12, 10.0, 16.0))
    Remaining(expected=10.0, cautious=16.0, samples=12)
    >>> step_hours(8, History(2, 10.0, 16.0)), step_hours(8)
    (Remaining(expected=8, cautious=8, samples=0), Remaining(expected=8, cautious=8, samples=0))
    """
    if history and history.count >= MIN_SAMPLES:
        return Remaining(history.median, history.cautious, history.count)
    return Remaining(planned, planned, 0)


def queue_hours(ahead, done, hours):
    """Return how long the steps ahead in the queue take at the pace of late.

    :param ahead: steps at the position that are due before this one
    :param done: steps completed at the position in the last ``hours``

    >>> queue_hours(6, 40, 80)
    12.0
    >>> queue_hours(6, 0, 80)
    0.0
    """
    return ahead * hours / done if done else 0.0


def remaining(current, spent, wait, following):
    """Return the hours until the last step is done.

    :param Remaining current: what the step in progress takes as a whole
    :param spent: hours it has had already
    :param wait: hours until those ahead in the queue are through
    :param following: what each later step takes

    >>> remaining(Remaining(10, 16, 12), 4, 1.5, [Remaining(3, 5, 9)])
    Remaining(expected=9, cautious=17, samples=9)
    >>> remaining(Remaining(10, 16, 12), 20, 7.0, [])
    Remaining(expected=7.0, cautious=7.0, samples=12)
    """
    steps = [
        Remaining(
            max(current.expected - spent, wait, 0),
            max(current.cautious - spent, wait, 0),
            current.samples,
        ),
        *following,
    ]
    return Remaining(
        sum(step.expected for step in steps),
        sum(step.cautious for step in steps),
        min(step.samples for step in steps),
    )
