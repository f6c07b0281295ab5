import collections
import datetime
import itertools
import logging

import psycopg2
import pytz

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

from ...kernel_texts import kernel_text
from ...tools import dossier_rows
from ...tools import mapping as mapping_kernel
from .import_lookup import AMBIGUOUS, Lookup

_logger = logging.getLogger(__name__)

# Dossiers of one transaction: long enough to be fast, short enough to be lost.
BATCH_SIZE = 500
# A run without a batch for so long has died.
SILENCE_MINUTES = 15
# How far a state is on its way; a file that lags behind changes nothing.
_RANK = {
    "submitted": 0,
    "accepted": 1,
    "processing": 2,
    "supplement": 2,
    "payment": 2,
    "stopped": 2,
    "refused": 3,
    "withdrawn": 3,
    "done": 3,
    "returned": 4,
}
_NEVER_MEANT = (psycopg2.OperationalError, psycopg2.InterfaceError)


class QmsDossierImport(models.Model):
    """Reading the file: the check that writes no dossier, and the run in batches."""

    _inherit = "qms.dossier.import"

    # === CHECK === #

    def _check_file(self):
        """Read the whole file and count what a run would do.

        :raises UserError: when the file or the mapping cannot be used at all
        """
        self.ensure_one()
        try:
            table = self._verified_table()
            mapping = self._complete_mapping(table)
            source = _Source(self, table, mapping)
        except self._kernel_errors() as error:
            raise UserError(kernel_text(self.env, error)) from error
        self._clear_results()
        unknown = set()
        try:
            for batch in source.batches(0):
                plan = self._plan(source, batch)
                unknown |= plan.unknown_words
                self._count(plan)
                self._store_problems(plan.problems)
        except self._kernel_errors() as error:
            raise UserError(kernel_text(self.env, error)) from error
        self._add_unknown_words(unknown)
        self._transition(
            "checked",
            {
                "mapping": mapping.to_json(),
                "total_count": source.total,
                "row_count": source.row_count,
                "position": 0,
                "checked_at": self._now(),
                "is_check_queued": False,
                "failure": False,
                "user_id": self.env.uid,
            },
        )

    def _clear_results(self):
        """Forget counts and problems of an earlier check."""
        # By SQL: unlink() would log the ids of a hundred thousand rows.
        errors = self.env["qms.dossier.import.error"]
        errors.flush_model()
        self.env.cr.execute(
            SQL("DELETE FROM qms_dossier_import_error WHERE import_id = ANY(%s)", self.ids)
        )
        errors.invalidate_model(flush=False)
        self.invalidate_recordset(["error_ids"], flush=False)
        zero = ("new", "updated", "unchanged", "rejected", "warning")
        self._lifecycle_write({f"{name}_count": 0 for name in zero} | {"position": 0})

    # === RUN === #

    @api.model
    def _cron_import(self):
        """Queued checks and running imports, batch by batch."""
        cron = self.env["ir.cron"]
        waiting = self.sudo().search([("is_check_queued", "=", True)], order="id")
        running = self.sudo().search(self._abandoned_domain(), order="id")
        seconds = cron._commit_progress(remaining=len(waiting) + len(running))
        for record in itertools.chain(waiting, running):
            if not seconds:
                return
            seconds = record._as_starter()._work(cron._commit_progress)
        self.sudo().search(self._abandoned_domain(), limit=1)._trigger_cron()

    @api.model
    def _abandoned_domain(self):
        """Running imports that are the job's to do.

        A command and the watched folder do their own work; they are taken over only
        when they have shown no sign of life (each batch is one) for a while.
        """
        silent_since = self._now() - datetime.timedelta(minutes=SILENCE_MINUTES)
        return Domain("state", "=", "running") & (
            Domain("origin", "=", "screen") | Domain("write_date", "<", silent_since)
        )

    def _as_starter(self):
        """The work is done with the rights and in the language of who started it."""
        self.ensure_one()
        user = self.user_id
        return (
            self.with_user(user)
            .with_company(self.company_id)
            .with_context(allowed_company_ids=self.company_id.ids, lang=user.lang, tz=self.timezone)
        )

    def _work(self, commit):
        """Check or run one import; every outcome is stored.

        :param commit: called with the number of dossiers done after each batch;
            commits and returns the seconds left
        :return: seconds left
        """
        self.ensure_one()
        try:
            self._check_officer()
            if self.state != "draft":
                return self._run(commit)
            with self.env.cr.savepoint():
                self._check_file()
        except _NEVER_MEANT:
            raise
        except Exception as error:  # noqa: BLE001 - the import keeps the reason, the job goes on
            self.env.invalidate_all()
            self._fail(error)
        return commit(0, remaining=0)

    def _fail(self, error):
        """Store why an import cannot go on; what was written stays written."""
        if isinstance(error, self._kernel_errors()):
            message = kernel_text(self.env, error)
        elif isinstance(error, UserError):
            message = str(error)
        else:
            _logger.exception("Import %s stopped", self.id)
            message = self.env._("Unexpected error: %(error)s", error=repr(error))
        vals = {"failure": message, "is_check_queued": False}
        if self.sudo().state == "running":
            vals.update(state="failed", finished_at=self._now())
        self._lifecycle_write(vals)

    def _run(self, commit):
        """Write the dossiers from ``position`` on, a transaction a batch."""
        table = self._verified_table()
        source = _Source(self, table, mapping_kernel.Mapping.from_json(self.mapping))
        position, total = self.position, self.total_count
        seconds = commit(0, remaining=max(total - position, 0))
        for batch in source.batches(position):
            if not seconds:
                return 0
            if not self._may_go_on(position):
                return seconds
            with self.env.cr.savepoint():
                self._run_batch(source, batch)
            position += len(batch)
            seconds = commit(len(batch), remaining=max(total - position, 0))
        if self._may_go_on(position):
            self._finish()
        return commit(0, remaining=0)

    def _may_go_on(self, position):
        """Lock the import and see that nobody stopped it or took it over."""
        if not self.sudo().try_lock_for_update():
            return False
        self.invalidate_recordset(["state", "position"])
        return self.state == "running" and self.position == position

    def _run_batch(self, source, batch):
        plan = self._plan(source, batch)
        for work, message in self._write_safely(plan.works):
            plan.reject(work, message)
        self._count(plan)
        self._store_problems(plan.problems)
        self._lifecycle_write({"position": self.position + len(batch)})

    def _finish(self):
        self._transition("done", {"finished_at": self._now()})
        self._store_result()

    # === ONE BATCH === #

    def _plan(self, source, batch):
        """Say for each dossier of a batch what is to be done, without writing."""
        plan = _Plan(self, source)
        known = self._known_dossiers([code for code, _rows in batch if code])
        logged = self._logged_events(known)
        for code, rows in batch:
            try:
                item = source.read(code, rows)
                plan.add(item, known.get(code), logged)
            except dossier_rows.Refused as refusal:
                plan.refuse(code, refusal.problems)
        plan.problems += source.take_stray()
        return plan

    def _known_dossiers(self, codes):
        """Give ``{code: dossier}`` of those this agency has already."""
        dossiers = (
            self.env["qms.dossier"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "=", self.company_id.id),
                    "|",
                    ("external_code", "in", codes),
                    ("code", "in", codes),
                ],
                ["code", "external_code", "state", "is_imported", "needs_review", "procedure_id"],
            )
        )
        return {dossier.external_code or dossier.code: dossier for dossier in dossiers}

    def _logged_events(self, known):
        """Give ``{dossier id: {key: [event types]}}`` of what the logs hold."""
        logged = collections.defaultdict(lambda: collections.defaultdict(list))
        ids = [dossier.id for dossier in known.values()]
        events = (
            self.env["qms.dossier.event"]
            .sudo()
            .search_fetch(
                [("dossier_id", "in", ids)],
                ["dossier_id", "event_type", "at", "activity", "user_name"],
            )
        )
        for event in events:
            key = _event_key(event.at, event.event_type, event.activity, event.user_name)
            logged[event.dossier_id.id][key].append(event.event_type)
        return logged

    def _write_safely(self, works):
        """Write the works of a batch; halve it where something is refused.

        :return: ``[(work, message)]`` of the dossiers that were refused
        """
        if not works:
            return []
        try:
            with self.env.cr.savepoint():
                self._write_works(works)
                self.env.flush_all()
            return []
        except _NEVER_MEANT:
            raise
        except (UserError, psycopg2.Error, ValueError) as error:
            self.env.invalidate_all()
            if len(works) == 1:
                return [(works[0], self._refusal_text(error))]
        middle = len(works) // 2
        return self._write_safely(works[:middle]) + self._write_safely(works[middle:])

    def _write_works(self, works):
        fresh = [work.item for work in works if not work.dossier]
        if fresh:
            self.env["qms.dossier"]._import_batch(fresh)
        for work in works:
            if work.dossier:
                work.dossier._import_update(work.item)

    def _refusal_text(self, error):
        if isinstance(error, psycopg2.Error):
            return self._sql_error_to_message(error)
        return str(error)

    # === COUNTS AND PROBLEMS === #

    def _count(self, plan):
        counts = {
            f"{name}_count": self[f"{name}_count"] + number
            for name, number in plan.counts.items()
            if number
        }
        if counts:
            self._lifecycle_write(counts)

    def _store_problems(self, problems):
        """Keep ``[(dossier code, problem or message, row)]`` as rows of the import."""
        vals_list = []
        for code, problem in problems:
            vals_list.append(
                {
                    "import_id": self.id,
                    "row": problem.row,
                    "dossier_code": code,
                    "code": problem.code,
                    "message": self._problem_text(problem),
                    "is_warning": problem.is_warning,
                }
            )
        self.env["qms.dossier.import.error"].sudo().create(vals_list)

    def _problem_text(self, problem):
        if isinstance(problem, _Message):
            return problem.text
        params = {}
        if "state" in problem.params:
            states = dict(self.env["qms.dossier"]._fields["state"]._description_selection(self.env))
            params["state"] = states.get(problem.params["state"], problem.params["state"])
        return kernel_text(self.env, problem, **params)

    # === CHOICES OF THE RUN === #

    def _lookup(self):
        return Lookup(self.env, self.company_id)

    def _batch_size(self):
        return BATCH_SIZE


class _Message(collections.namedtuple("_Message", "row code text is_warning")):
    """A problem told in words already."""


def _event_key(at, event_type, activity, actor):
    """What makes two rows of the log the same, whatever they closed or opened."""
    return (at, activity, actor or False) if activity else (at, event_type)


class _Source:
    """The dossiers of a file in their order, read as the mapping says."""

    def __init__(self, record, table, mapping):
        self._table = table
        self._record = record
        self._lookup = record._lookup()
        self._reader = dossier_rows.DossierReader(mapping, table.header, record._now())
        self._is_event = mapping.shape == "event"
        self._flags_unknown = mapping.unknown == "flag"
        # Read once: fields cost more than texts where rows come by the million.
        self._origin = {"source_file": record.file_name, "source_hash": record.file_hash}
        self._owner = {"company_id": record.company_id.id, "import_id": record.id}
        self._defaults = {
            "procedure": record.procedure_id.id,
            "unit": record.receiving_unit_id.id,
        }
        self._stray, self._groups = [], None
        self.mapping = mapping
        #: rows and dossiers met so far; of event rows all are met at once
        self.row_count = self.total = 0
        if self._is_event:
            self._gather()

    def _gather(self):
        self._groups, problems = self._reader.group(self._table)
        self._stray = [("", problem) for problem in problems]
        self.row_count = len(problems) + sum(map(len, self._groups.values()))
        self.total = len(self._groups)

    def batches(self, position):
        """Yield lists of ``(code, rows)`` from the dossier at ``position`` on."""
        if position:
            self._stray = []
        units = itertools.islice(self._units(), position, None)
        while batch := list(itertools.islice(units, self._record._batch_size())):
            yield batch

    def _units(self):
        if self._is_event:
            return iter(self._groups.items() or [("", [])])
        return self._dossier_rows()

    def _dossier_rows(self):
        """Each row is a dossier; a code that comes again is an error of its row."""
        first_rows = {}
        for number, cells in self._table:
            code = self._reader.code_of(cells)
            first = first_rows.setdefault(code, number) if code else number
            self.row_count += 1
            self.total += 1
            yield code, [(number, cells if first == number else first)]

    def take_stray(self):
        """Give the problems of rows that belong to no dossier, once."""
        stray, self._stray = self._stray, []
        return stray

    # === ONE DOSSIER === #

    def read(self, code, rows):
        """Make the item for ``_import_batch``.

        :raises dossier_rows.Refused: with all that is wrong
        """
        if not rows:
            raise dossier_rows.Refused([])
        number, cells = rows[0]
        if isinstance(cells, int):
            params = {"code": code, "row": cells}
            problem = dossier_rows.Problem(number, "duplicate_code", params)
            raise dossier_rows.Refused([problem])
        item = self._reader.read(code, rows)
        item.update(self._owner)
        self._resolve(item)
        for event in item["events"]:
            event.update(self._origin)
        return item

    def _resolve(self, item):
        """Replace the names of procedure, unit and kind by records."""
        record, problems = self._record, []
        procedure = self._find(item, "procedure", problems)
        unit = self._find(item, "unit", problems)
        kind = item.pop("holder_kind", "")
        kind_id = self._lookup._kind(kind) if kind else False
        if kind and kind_id in (None, AMBIGUOUS):
            text = record.env._("The kind of applicant “%(kind)s” is not known.", kind=kind)
            problems.append(_Message(item["import_row"], "unknown_kind", text, True))
            kind_id = False
        if not procedure and not any(p.code == "unknown_procedure" for p in problems):
            text = record.env._("No procedure is given for this dossier.")
            problems.append(self._unknown(item, "unknown_procedure", text))
        errors = [problem for problem in problems if not problem.is_warning]
        if errors:
            raise dossier_rows.Refused(errors)
        item["warnings"] += problems
        item.update(procedure_id=procedure, receiving_unit_id=unit, holder_kind_id=kind_id or False)
        if procedure and item.get("accepted_at"):
            item["version_id"] = self._lookup._version(procedure, self._local_date(item))
        if any(p.code in ("unknown_procedure", "unknown_unit") for p in problems):
            self._flag(item, problems)

    def _find(self, item, name, problems):
        """Look up a procedure or unit; say what is wrong when it is not known."""
        text = item.pop(name, "")
        default = self._defaults[name]
        if default and text in (self.mapping.constants.get(name), ""):
            return default
        if not text:
            return False
        found = getattr(self._lookup, f"_{name}")(text)
        if found is None or found is AMBIGUOUS:
            message = self._unknown_text(name, text, found is AMBIGUOUS)
            problems.append(self._unknown(item, f"unknown_{name}", message))
            return False
        return found

    def _unknown(self, item, code, text):
        return _Message(item["import_row"], code, text, self._flags_unknown)

    def _unknown_text(self, name, text, is_ambiguous):
        env = self._record.env
        if name == "procedure":
            if is_ambiguous:
                return env._("Several procedures are called “%(name)s”: use the code.", name=text)
            return env._("The procedure “%(name)s” is not in the catalogue.", name=text)
        if is_ambiguous:
            return env._("Several units are called “%(name)s”.", name=text)
        return env._("The unit “%(name)s” is not known in this agency.", name=text)

    def _flag(self, item, problems):
        texts = [problem.text for problem in problems]
        note = [item["note"]] if item.get("note") else []
        item.update(needs_review=True, note="\n".join(note + texts))

    def _local_date(self, item):
        zone = pytz.timezone(self.mapping.timezone)
        return pytz.utc.localize(item["accepted_at"]).astimezone(zone).date()


class _Work(collections.namedtuple("_Work", "item dossier")):
    """One dossier to create (no ``dossier``) or to bring up to date."""


class _Plan:
    """What a batch will do: works, problems and counts."""

    def __init__(self, record, source):
        self._record = record
        self._mapping = source.mapping
        self.works, self.problems = [], []
        self.unknown_words = set()
        self.counts = collections.Counter()

    def refuse(self, code, problems):
        if not problems:
            return
        self.counts["rejected"] += 1
        for problem in problems:
            self.problems.append((code, problem))
            if problem.code in ("unknown_channel", "unknown_state"):
                field_name = problem.code.removeprefix("unknown_")
                self.unknown_words.add((field_name, problem.params["value"]))

    def reject(self, work, message):
        """Move a work that the database refused to the rejected."""
        self.counts["updated" if work.dossier else "new"] -= 1
        self.counts["rejected"] += 1
        row = work.item["import_row"]
        problem = _Message(row, "refused", message, False)
        self.problems.append((work.item["external_code"], problem))

    def add(self, item, dossier, logged):
        code, warnings = item["external_code"], item.pop("warnings")
        if dossier and not dossier.is_imported:
            text = self._record.env._(
                "The code %(code)s belongs to a dossier that was received here.", code=code
            )
            self.refuse(code, [_Message(item["import_row"], "code_taken", text, False)])
            return
        if dossier:
            self._add_known(item, dossier, logged[dossier.id], warnings)
        else:
            self.counts["new"] += 1
            self.works.append(_Work(item, None))
        self.problems += [(code, warning) for warning in warnings]
        self.counts["warning"] += len(warnings)

    def _add_known(self, item, dossier, logged, warnings):
        """Compare with what is there; add only what is new."""
        if _RANK[item["state"]] < _RANK[dossier.state]:
            self.counts["unchanged"] += 1
            warnings.append(self._lag_message(item, dossier))
            return
        fresh = self._align_events(item, logged)
        moved = dossier._import_moved(item)
        if not fresh and not moved:
            self.counts["unchanged"] += 1
            return
        if moved.keys() & {"state", "due_at"} and not any(
            event["state"] == item["state"] for event in fresh
        ):
            item["events"].append(self._moved_event(item, moved))
        self.counts["updated"] += 1
        self.works.append(_Work(item, dossier))

    def _align_events(self, item, logged):
        """Give rows that are in the log the type they have there; return the others."""
        fresh, events = [], []
        for event in item["events"]:
            if event["event_type"] == "imported":
                continue
            kind = event["event_type"]
            types = logged.get(
                _event_key(event["at"], kind, event["activity"], event.get("user_name"))
            )
            if types:
                taken = types.pop(types.index(kind) if kind in types else 0)
                event = {**event, "event_type": taken}
            else:
                fresh.append(event)
            events.append(event)
        item["events"] = events
        return fresh

    def _moved_event(self, item, moved):
        """The newer file tells another state or due date, but not since when."""
        record = self._record
        reason = False
        if "due_at" in moved:
            due = item["due_at"] and format_datetime(record.env, item["due_at"], tz=record.timezone)
            reason = record.env._("Due date in the newer file: %(due)s", due=due or "–")
        return {
            "at": record._now(),
            "event_type": "imported",
            "activity": False,
            "state": item["state"],
            "reason": reason,
            "source_row": item["import_row"],
            "source_file": record.file_name,
            "source_hash": record.file_hash,
        }

    def _lag_message(self, item, dossier):
        field = dossier._fields["state"]
        states = dict(field._description_selection(self._record.env))
        text = self._record.env._(
            "The file says “%(told)s”, but the dossier is further here: “%(known)s”. "
            "It stays as it is.",
            told=states[item["state"]],
            known=states[dossier.state],
        )
        return _Message(item["import_row"], "lags_behind", text, True)
