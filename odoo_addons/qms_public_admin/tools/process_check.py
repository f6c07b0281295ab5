"""Is a procedure version ready to be published?

The checks of an internal process as practised when a process is approved, and
what the other parts of the product rely on: a time limit that can be computed,
a way to the end, somebody who does each step. Input are plain values, output are
findings with a level, a code and parameters; the words belong to the caller.

Durations are hours; ``hours_per_day`` converts what was printed in days.

>>> two = StepInput("1", "Receive", hours=2, kind="receive", has_position=True)
>>> six = StepInput("2", "Issue", hours=6, kind="issue", has_position=True)
>>> term = Term(legal_hours=8, committed_hours=8)
>>> [f.code for f in check(ProcessInput(code="2.000908", term=term, steps=(two, six)))]
[]
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from .time_text import HOURS_PER_DAY, quantities

LEVELS = ("ok", "info", "warning", "error")
CODE_PATTERN = re.compile(r"\d\.\d{6}")
CLOSING_KINDS = ("issue", "return")
# Hours are sums of quarters of days; anything below a second is rounding.
EPSILON = 1e-4


@dataclass(frozen=True)
class Term:
    """A time limit; 0 hours = not stated at this place."""

    legal_hours: float = 0.0
    committed_hours: float = 0.0
    duration_kind: str = "working"
    has_due: bool = True
    issues: tuple[str, ...] = ()

    @property
    def is_stated(self):
        return not self.has_due or bool(self.legal_hours or self.committed_hours)


@dataclass(frozen=True)
class StepInput:
    label: str
    name: str
    hours: float = 0.0
    kind: str = "process"
    time_state: str = "timed"
    stage: str = ""
    case: object = None
    has_position: bool = False
    has_people: bool = True
    is_substep: bool = False
    issues: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaseInput:
    """A case of the procedure; ``stated_hours`` is the total printed under its steps."""

    key: object
    name: str
    term: Term = Term()
    stated_hours: float = 0.0


@dataclass(frozen=True)
class ChannelInput:
    channel: str
    term: Term = Term()
    case: object = None


@dataclass(frozen=True)
class ProcessInput:
    code: str = ""
    term: Term = Term()
    cases: tuple[CaseInput, ...] = ()
    channels: tuple[ChannelInput, ...] = ()
    steps: tuple[StepInput, ...] = ()
    component_count: int = 1
    nameless_components: int = 0
    decision_no: str = "-"
    # "none", "effective" or the reason why it is not
    document: str = "effective"
    # decision that repeals the procedure
    abolished_by: str = ""
    is_partial_online_without_reason: bool = False
    hours_per_day: float = HOURS_PER_DAY


@dataclass(frozen=True)
class Finding:
    level: str
    code: str
    params: dict = field(default_factory=dict)

    def as_dict(self):
        return {"level": self.level, "code": self.code, "params": self.params}


def check(process):
    """Return the findings of a process, the gravest first.

    :param ProcessInput process: what is to be published
    :rtype: list[Finding]
    """
    findings = [
        *_check_identity(process),
        *_check_written_times(process),
        *_check_steps(process),
    ]
    for case in process.cases or (CaseInput(None, ""),):
        findings += _check_case(process, case)
    unique = {(f.level, f.code, repr(sorted(f.params.items()))): f for f in findings}
    return sorted(unique.values(), key=lambda f: -LEVELS.index(f.level))


def worst_level(findings):
    """Return the gravest level of some findings, ``ok`` when there are none."""
    return max((f.level for f in findings), key=LEVELS.index, default="ok")


def resolve_term(candidates):
    """Return the term that applies, from the most specific statement to the general.

    The most specific place that states a time decides its kind and whether there
    is a limit at all; what it leaves open (it may state the legal limit only) is
    filled from the next ones of the same kind. No promise shorter than the law
    means that the law is the promise.
    """
    stated = [term for term in candidates if term.is_stated]
    if not stated:
        return Term()
    first = stated[0]
    if not first.has_due:
        return Term(duration_kind=first.duration_kind, has_due=False)
    alike = [term for term in stated if term.has_due and term.duration_kind == first.duration_kind]
    legal = next((term.legal_hours for term in alike if term.legal_hours), 0.0)
    committed = next((term.committed_hours for term in alike if term.committed_hours), 0.0)
    return Term(legal or committed, committed or legal, first.duration_kind)


def applicable_terms(process, case):
    """Return ``{channel: Term}`` of one case; channel "" when none states a time."""
    case_term = next((item.term for item in process.cases if item.key == case), Term())
    general = [case_term, process.term]
    channels = {item.channel for item in process.channels if item.case in (None, case)}
    terms = {}
    for channel in sorted(channels) or [""]:
        own = [i.term for i in process.channels if i.channel == channel and i.case == case]
        shared = [i.term for i in process.channels if i.channel == channel and i.case is None]
        exact = own if case is not None else []
        terms[channel] = resolve_term([*exact, case_term, *shared, process.term])
    return terms or {"": resolve_term(general)}


# === PARTS OF THE CHECK === #


def _check_identity(process):
    if not process.code:
        yield Finding("warning", "code_missing")
    elif not CODE_PATTERN.fullmatch(process.code):
        yield Finding("error", "code_malformed", {"code": process.code})
    if process.abolished_by:
        yield Finding("error", "procedure_abolished", {"decision": process.abolished_by})
    if not process.decision_no:
        yield Finding("warning", "decision_missing")
    if process.document == "none":
        yield Finding("info", "document_missing")
    elif process.document != "effective":
        yield Finding("error", "document_not_effective", {"document": process.document})
    if not process.component_count:
        yield Finding("warning", "components_missing")
    if process.nameless_components:
        yield Finding("warning", "component_nameless", {"count": process.nameless_components})
    if process.is_partial_online_without_reason:
        yield Finding("warning", "partial_online_without_reason")


def _check_written_times(process):
    """Times that were printed in a way that nobody can read for certain."""
    for issue in process.term.issues:
        yield Finding("error", f"time_{issue}", {"where": ""})
    for case in process.cases:
        for issue in case.term.issues:
            yield Finding("error", f"time_{issue}", {"where": case.name})
    for item in process.channels:
        for issue in item.term.issues:
            yield Finding("error", f"time_{issue}", {"channel": item.channel})
    yield from _check_step_issues(process.steps)
    yield from _check_channel_kinds(process)


def _check_step_issues(steps):
    labels = {}
    for step in steps:
        for issue in step.issues:
            # A step without a time is judged among its neighbours, see _check_steps.
            if issue != "missing":
                labels.setdefault(issue, []).append(step.label or step.name)
    for issue, where in labels.items():
        yield Finding("error", f"time_{issue}", {"steps": _enumerate(where)})


def _check_channel_kinds(process):
    stated = [item for item in process.channels if item.term.is_stated and item.term.has_due]
    if len({item.term.duration_kind for item in stated}) > 1:
        yield Finding("error", "channel_kinds_mixed")
    repeated = Counter()
    terms = {}
    for item in stated:
        repeated[item.channel, item.case] += 1
        terms.setdefault((item.channel, item.case), set()).add(item.term)
    for key, count in repeated.items():
        if count > 1 and len(terms[key]) > 1:
            yield Finding("error", "channel_repeated", {"channel": key[0]})


def _check_steps(process):
    steps = process.steps
    if not steps:
        yield Finding("error", "no_steps")
        return
    timed = any(step.time_state == "timed" and step.hours for step in steps)
    missing = [step for step in steps if step.time_state == "missing" and not step.is_substep]
    if timed and missing:
        yield Finding("error", "step_without_time", {"steps": _step_names(missing)})
    vacant = [step for step in steps if not step.has_position and not step.is_substep]
    if vacant:
        yield Finding("error", "step_without_position", {"steps": _step_names(vacant)})
    unmanned = [step for step in steps if step.has_position and not step.has_people]
    if unmanned:
        yield Finding("error", "position_without_people", {"steps": _step_names(unmanned)})
    if any(step.hours < 0 for step in steps):
        yield Finding("error", "negative_time")


def _check_case(process, case):
    steps = [step for step in process.steps if step.case in (None, case.key)]
    total = sum(step.hours for step in steps)
    if process.steps:
        yield from _check_closing(steps, case)
        yield from _check_labels(steps, case)
        yield from _check_stages(steps, case, process.hours_per_day)
    if case.stated_hours and steps and abs(total - case.stated_hours) > EPSILON:
        yield Finding(
            "error",
            "stated_total_mismatch",
            {"case": case.name, "steps": total, "stated": case.stated_hours},
        )
    has_times = any(step.hours for step in steps)
    for channel, term in applicable_terms(process, case.key).items():
        yield from _check_term(process, case, channel, term, total, has_times)


def _check_term(process, case, channel, term, total, has_times):
    place = {"case": case.name, "channel": channel}
    if not term.has_due:
        return
    if not term.is_stated:
        yield Finding("error", "term_missing", place)
        return
    if min(term.legal_hours, term.committed_hours) < 0:
        yield Finding("error", "negative_time")
    if term.committed_hours > term.legal_hours + EPSILON:
        yield Finding(
            "error",
            "committed_exceeds_legal",
            {**place, "committed": term.committed_hours, "legal": term.legal_hours},
        )
    if term.duration_kind == "calendar" and _is_part_of_day(term, process.hours_per_day):
        yield Finding("error", "calendar_not_whole_days", place)
    if not process.steps:
        return
    numbers = {"case": case.name, "steps": total, "committed": term.committed_hours}
    if total > term.committed_hours + EPSILON:
        yield Finding("error", "steps_exceed_committed", numbers)
    elif has_times and total < term.committed_hours - EPSILON:
        yield Finding("info", "slack", numbers)
    elif not has_times:
        yield Finding("warning", "no_step_times", {"case": case.name})


def _is_part_of_day(term, hours_per_day):
    return any(
        abs(hours / hours_per_day - round(hours / hours_per_day)) > EPSILON
        for hours in (term.legal_hours, term.committed_hours)
    )


def _check_closing(steps, case):
    if not any(step.kind in CLOSING_KINDS for step in steps):
        yield Finding("error", "no_closing_step", {"case": case.name})


def _check_labels(steps, case):
    """Step numbers start again in each stage; within one, each occurs once."""
    counted = Counter((step.stage, step.label) for step in steps if step.label)
    repeated = [label for (_stage, label), count in counted.items() if count > 1]
    if repeated:
        yield Finding(
            "warning", "step_label_repeated", {"case": case.name, "steps": _enumerate(repeated)}
        )


def _check_stages(steps, case, hours_per_day):
    """A stage may state its own time in its title: "II. Provincial level (15 ngày)"."""
    sums = {}
    for step in steps:
        if step.stage:
            sums[step.stage] = sums.get(step.stage, 0.0) + step.hours
    for stage, total in sums.items():
        stated = quantities(stage, hours_per_day)
        if len(stated) == 1 and abs(stated[0].hours - total) > EPSILON:
            yield Finding(
                "warning",
                "stage_sum_mismatch",
                {"case": case.name, "stage": stage, "steps": total, "stated": stated[0].hours},
            )


def _step_names(steps):
    return _enumerate([step.label or step.name for step in steps])


def _enumerate(names, shown=6):
    more = f" … (+{len(names) - shown})" if len(names) > shown else ""
    return ", ".join(name[:60] for name in names[:shown]) + more
