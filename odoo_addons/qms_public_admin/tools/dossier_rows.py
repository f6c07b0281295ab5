"""Rows of a foreign file to dossiers with their logs, by a mapping, without the ORM.

A dossier row gives one dossier, whose log is made of its stamps. Event rows are
gathered by the code of the dossier; each row becomes exactly one row of the log,
duplicates included, and stamps that stand in columns of their own are added.
Nothing is invented: what the file does not say stays empty.
"""

import datetime
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from . import moments
from .mapping import (
    ACTIVITY_STATES,
    CASE_TARGETS,
    MESSAGES,
    MOMENTS,
    TEXTS,
    MappingError,
)
from .tabular import ErrorCell, FormulaCell, cell_text, column_letter

MAX_CODE = 128
DONE = ("done", "returned")
CLOSED_BY_DECISION = ("refused", "withdrawn", "stopped")
#: stamps of a dossier, in the order in which equal moments are logged
STAMPS = ("submitted", "accepted", "done", "returned")
_BEFORE_ROWS, _ROWS, _AFTER_ROWS = 0, 1, 2


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row. ``code`` is a key of ``mapping.MESSAGES``."""

    row: int
    code: str
    params: dict = field(default_factory=dict)
    is_warning: bool = False

    @property
    def template(self):
        return MESSAGES[self.code]

    def __str__(self):
        return self.template % self.params


class Refused(Exception):
    """A dossier that cannot be imported; ``problems`` say why."""

    def __init__(self, problems):
        self.problems = problems
        super().__init__("; ".join(str(problem) for problem in problems))


class DossierReader:
    """Turn rows into items for ``qms.dossier._import_batch``.

    An item has the texts ``procedure``, ``unit`` and ``holder_kind`` as the file
    gives them (the ORM side looks them up), field values under the names of the
    fields, ``events`` in the order of time, and ``warnings``.

    :param mapping.Mapping mapping: checked against ``header``
    :param list header: names of the columns
    :param datetime.datetime now: naive UTC; events later than a day after are errors
    """

    def __init__(self, mapping, header, now):
        mapping.check(header)
        self.mapping = mapping
        self.header = header
        self._now = now
        self._latest = now + datetime.timedelta(days=1)
        self._zone = ZoneInfo(mapping.timezone)
        self._index = {target: header.index(column) for column, target in mapping.columns.items()}
        self._used = sorted(self._index.values())
        self._code_at = self._index["external_code"]
        self._moments = {
            target: self._moment_reader(target)
            for target in (*MOMENTS, "at")
            if target in self._index
        }
        self._case_targets = [t for t in CASE_TARGETS if t in self._index]
        self._case_indexes = [self._index[target] for target in self._case_targets]
        self._accepting = {
            word
            for word, kind in mapping.value_maps.get("activity", {}).items()
            if kind == "accepted"
        }

    def _moment_reader(self, target):
        name = self.mapping.date_formats.get(target)
        if not name:
            column = self.mapping.column_of(target)
            raise MappingError("no_date_format", {"column": column, "value": ""})
        return moments.MomentReader(name, self.mapping.timezone)

    # === CODES AND GROUPS === #

    def code_of(self, cells):
        """Give the code of the dossier a row belongs to, ``""`` when missing."""
        return cell_text(cells[self._code_at])

    def group(self, rows):
        """Gather event rows by code, in the order of first appearance.

        :return: ``({code: [(row number, cells)]}, [Problem])``; the problems are
            rows that belong to no dossier
        """
        groups, problems = {}, []
        for number, cells in rows:
            code = self.code_of(cells)
            if code:
                groups.setdefault(code, []).append((number, cells))
            else:
                problems.append(Problem(number, "no_code"))
        return groups, problems

    # === ONE DOSSIER === #

    def read(self, code, rows):
        """Make one item from the rows of one dossier.

        :raises Refused: with one problem or more for each bad row
        """
        problems = []
        self._check_code(code, rows[0][0], problems)
        for number, cells in rows:
            self._check_cells(number, cells, problems)
        if problems:
            raise Refused(problems)
        if self.mapping.shape == "event":
            return self._read_case(code, rows)
        return self._read_row(code, *rows[0])

    def _read_row(self, code, number, cells):
        problems = []
        item = self._case_values(number, cells, problems)
        item.update(external_code=code, import_row=number, warnings=[])
        if problems:
            raise Refused(problems)
        self._complete_row(item)
        self._check_order(item, item["import_row"], problems)
        if problems:
            raise Refused(problems)
        item["events"] = _in_order(self._stamp_events(item))
        self._finish(item)
        return item

    def _read_case(self, code, rows):
        problems = []
        events = [self._read_event(number, cells, problems) for number, cells in rows]
        values = self._merged_values(rows, problems)
        if problems:
            raise Refused(problems)
        item = {**values, "external_code": code, "import_row": rows[0][0]}
        item["warnings"] = []
        events.sort(key=lambda event: (event["at"], event["source_row"]))
        self._close(item, events)
        self._accept(item, events)
        self._check_order(item, item["import_row"], problems)
        if problems:
            raise Refused(problems)
        item["events"] = _in_order(events + self._missing_stamps(item, events))
        self._walk_states(item)
        self._finish(item)
        return item

    # === CHECKS OF A ROW === #

    def _check_code(self, code, number, problems):
        if not code:
            problems.append(Problem(number, "no_code"))
        elif len(code) > MAX_CODE:
            params = {"value": code[:20], "limit": MAX_CODE}
            problems.append(Problem(number, "code_too_long", params))

    def _check_cells(self, number, cells, problems):
        if len(cells) > len(self.header):
            params = {"count": len(cells), "limit": len(self.header)}
            problems.append(Problem(number, "row_too_long", params))
        for index in self._used:
            cell = cells[index]
            if isinstance(cell, FormulaCell | ErrorCell):
                params = {
                    "column": self.header[index],
                    "cell": f"{column_letter(index)}{number}",
                    "value": str(cell),
                }
                problems.append(Problem(number, cell.code, params))

    def _check_order(self, item, number, problems):
        """Refuse negative durations; warn about what is only odd."""
        accepted, done = item.get("accepted_at"), item.get("done_at")
        returned, closed = item.get("returned_at"), item.get("closed_at")
        submitted, due = item.get("submitted_at"), item.get("due_at")
        text = self._local_text
        if accepted and done and done < accepted:
            params = {"done": text(done), "accepted": text(accepted)}
            problems.append(Problem(number, "done_before_accepted", params))
        if done and returned and returned < done:
            params = {"returned": text(returned), "done": text(done)}
            problems.append(Problem(number, "returned_before_done", params))
        if accepted and closed and closed < accepted:
            params = {"closed": text(closed), "accepted": text(accepted)}
            problems.append(Problem(number, "closed_before_accepted", params))
        began = accepted or done
        if submitted and began and submitted > began:
            params = {"submitted": text(submitted), "accepted": text(began)}
            self._warn(item, "submitted_after_accepted", params)
            item["submitted_at"] = None
        if due and accepted and due < accepted:
            params = {"due": text(due), "accepted": text(accepted)}
            self._warn(item, "due_before_accepted", params)

    def _warn(self, item, code, params):
        item["warnings"].append(Problem(item["import_row"], code, params, True))

    def _local_text(self, moment):
        local = moment.replace(tzinfo=moments.UTC).astimezone(self._zone)
        return local.strftime("%d/%m/%Y %H:%M")

    # === VALUES === #

    def _case_values(self, number, cells, problems):
        values = dict(self.mapping.constants)
        for target in self._case_targets:
            cell = cells[self._index[target]]
            if cell in (None, ""):
                continue
            if target in MOMENTS:
                values[target] = self._moment(target, number, cell, problems)
            elif target in ("channel", "state"):
                values[target] = self._word(target, number, cell, problems)
            elif target != "external_code":
                values[target] = cell_text(cell)
        values["intake_channel"] = values.pop("channel", "")
        return values

    def _merged_values(self, rows, problems):
        """Values of a case: the last row in time order that gives one wins."""
        merged, read = {}, None
        for number, cells in rows:
            told = [cells[index] for index in self._case_indexes]
            if told == read and not problems:
                continue  # most files repeat what they say of the dossier in each row
            read = told
            found = self._case_values(number, cells, problems)
            found.pop("state", None)
            merged.update((key, value) for key, value in found.items() if value)
        return merged

    def _word(self, target, number, cell, problems):
        text = cell_text(cell)
        words = self.mapping.value_maps.get(target, {})
        if text not in words:
            problems.append(Problem(number, f"unknown_{target}", {"value": text}))
            return ""
        return words[text]

    def _moment(self, target, number, cell, problems):
        column = self.header[self._index[target]]
        try:
            moment, has_time = self._moments[target].read(cell)
        except moments.MomentError as error:
            params = {
                "column": column,
                "value": cell_text(error.value),
                "cell": f"{column_letter(self._index[target])}{number}",
            }
            problems.append(Problem(number, error.code, params))
            return None
        if target == "due_at" and moment and not has_time:
            # A due date without a time of day means any time of that day.
            return moment + datetime.timedelta(hours=23, minutes=59, seconds=59)
        if target != "due_at" and moment and moment > self._latest:
            params = {"column": column, "value": cell_text(cell)}
            problems.append(Problem(number, "in_future", params))
        return moment

    # === A ROW A DOSSIER === #

    def _complete_row(self, item):
        """Derive the state where the file has none, and demand the stamps it needs."""
        state = item.get("state") or self._state_by_stamps(item)
        item["state"] = state
        if state in DONE and not item.get("done_at") and item.get("returned_at"):
            item["done_at"] = item["returned_at"]
            params = {"returned": self._local_text(item["returned_at"])}
            self._warn(item, "done_from_return", params)
        number, params = item["import_row"], {"state": state}
        if item.get("done_at") and state not in (*DONE, *CLOSED_BY_DECISION):
            done = self._local_text(item.pop("done_at"))
            self._warn(item, "done_but_open", {"state": state, "done": done})
        needs_acceptance = state not in ("submitted", *CLOSED_BY_DECISION)
        if needs_acceptance and not item.get("accepted_at"):
            raise Refused([Problem(number, "no_acceptance", params)])
        if state in DONE and not item.get("done_at"):
            raise Refused([Problem(number, "no_completion", params)])
        if state in ("refused", "withdrawn"):
            item["closed_at"] = item.get("closed_at") or item.get("done_at")
            if not item["closed_at"]:
                raise Refused([Problem(number, "no_closing", params)])
        if state not in DONE:
            item.pop("done_at", None)
        if not any(item.get(name) for name in MOMENTS if name != "due_at"):
            raise Refused([Problem(number, "no_acceptance", params)])

    def _state_by_stamps(self, item):
        if item.get("returned_at"):
            return "returned"
        if item.get("done_at"):
            return "done"
        return "processing" if item.get("accepted_at") else "submitted"

    def _stamp_events(self, item):
        state, number = item["state"], item["import_row"]
        running = "accepted" if state == "accepted" else "processing"
        after = {"accepted": running, "done": "done", "returned": "returned"}
        events = []
        for stamp in STAMPS:
            moment = item.get(f"{stamp}_at")
            if moment and (stamp in ("submitted", "accepted") or state in DONE):
                events.append(_stamp_event(stamp, moment, number, after.get(stamp)))
        if state in CLOSED_BY_DECISION and item.get("closed_at"):
            events.append(_stamp_event(state, item["closed_at"], number, state))
            item["is_terminal"] = state == "stopped"
        elif state not in (*DONE, running, "submitted"):
            # The file tells the present state but not since when.
            events.append(_stamp_event("imported", self._now, number, state))
        return events

    # === A ROW AN EVENT === #

    def _read_event(self, number, cells, problems):
        index = self._index
        activity = cell_text(cells[index["activity"]])
        if not activity:
            problems.append(Problem(number, "no_activity"))
        cell = cells[index["at"]]
        moment = None
        if cell in (None, ""):
            problems.append(Problem(number, "no_event_time"))
        else:
            moment = self._moment("at", number, cell, problems)
        words = self.mapping.value_maps.get("activity", {})
        event = {
            "at": moment,
            "event_type": words.get(activity, "activity"),
            "activity": activity,
            "source_row": number,
            "order": _ROWS,
        }
        if "state" in index and cells[index["state"]] not in (None, ""):
            event["state"] = self._word("state", number, cells[index["state"]], problems)
        for target, name in (("actor", "user_name"), ("actor_unit", "unit_name")):
            if target in index:
                event[name] = cell_text(cells[index[target]]) or False
        return event

    def _accept(self, item, events):
        """The first event is the acceptance, unless the file says otherwise."""
        if item.get("accepted_at"):
            return
        accepting = [e for e in events if e["event_type"] == "accepted"]
        if accepting:
            item["accepted_at"] = accepting[0]["at"]
            return
        if self._accepting or events[0]["event_type"] == "submitted":
            return
        first = events[0]
        if item.get("done_at") and item["done_at"] < first["at"]:
            params = {
                "done": self._local_text(item["done_at"]),
                "first": self._local_text(first["at"]),
            }
            self._warn(item, "done_before_first", params)
            return
        item["accepted_at"] = first["at"]
        if first["event_type"] == "activity":
            first["event_type"] = "accepted"

    def _close(self, item, events):
        """Find the completing event by the rule of the mapping."""
        rule, closing = self.mapping.close_rule, None
        if rule == "last_event":
            closing = events[-1]
        elif rule == "activities":
            names = self.mapping.close_activities
            matching = [e for e in events if e["activity"] in names]
            closing = matching[-1] if matching else None
        if rule in ("last_event", "activities", "open"):
            item.pop("done_at", None)
        if closing and closing["event_type"] in ("activity", "step_completed"):
            closing["event_type"] = "done"
        for kind, name in (("done", "done_at"), ("returned", "returned_at")):
            typed = [e for e in events if e["event_type"] == kind]
            if typed and not item.get(name):
                item[name] = typed[-1]["at"]
        decided = [e for e in events if e["event_type"] in CLOSED_BY_DECISION]
        if decided:
            item["closed_at"] = item.get("closed_at") or decided[-1]["at"]

    def _missing_stamps(self, item, events):
        """Stamps of columns of their own that no event row carries."""
        number, stamps = item["import_row"], []
        typed = {(e["event_type"], e["at"]) for e in events}
        for stamp in STAMPS:
            moment = item.get(f"{stamp}_at")
            if not moment or (stamp, moment) in typed:
                continue
            if stamp == "accepted" and any(t == "accepted" for t, _at in typed):
                continue
            stamps.append(_stamp_event(stamp, moment, number))
        return stamps

    def _walk_states(self, item):
        """Give each event the state of the dossier after it.

        After the end only a state of the file itself opens the dossier again.
        """
        state, is_over, is_terminal = "submitted", False, False
        for event in item["events"]:
            kind, told = event["event_type"], event.get("state")
            given = told or ACTIVITY_STATES.get(kind)
            if is_over and not told and given not in DONE:
                given = state
            state = given or ("processing" if state == "accepted" else state)
            is_terminal = state == "stopped" and (is_terminal or kind == "stopped")
            is_over = state in (*DONE, "refused", "withdrawn") or is_terminal
            event["state"] = state
        item.update(state=state, is_terminal=is_terminal)
        if state in DONE and not item.get("done_at"):
            last = next(e for e in reversed(item["events"]) if e["state"] in DONE)
            item["done_at"] = last["at"]

    # === END === #

    def _finish(self, item):
        """Drop what is empty and what only this module needs."""
        for event in item["events"]:
            event.pop("order", None)
            event["due_at"] = item.get("due_at") or False
        for name in (*TEXTS, *MOMENTS, "intake_channel"):
            if not item.get(name):
                item.pop(name, None)


def _stamp_event(stamp, moment, number, state=None):
    before = stamp in ("submitted", "accepted")
    event = {
        "at": moment,
        "event_type": stamp,
        "activity": False,
        "source_row": number,
        "order": _BEFORE_ROWS if before else _AFTER_ROWS,
    }
    if state or stamp == "submitted":
        event["state"] = state or "submitted"
    return event


def _in_order(events):
    """Order by time; at the same moment stamps of the start come first."""
    return sorted(events, key=lambda e: (e["at"], e["order"], e["source_row"]))
