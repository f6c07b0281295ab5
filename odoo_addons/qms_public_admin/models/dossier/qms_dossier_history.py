from collections import Counter

from odoo import api, models

from ...const import DONE_STATES
from ...tools import event_chain
from ...tools.outcome import outcome
from ..core.qms_event import utc_now
from ..mixins.bulk_rows import insert_rows, reserve_ids


class QmsDossier(models.Model):
    """Dossiers that were handled in the one-stop system of the province.

    They get the stamps of their source, never those of the import, and their log
    rows name the file, its hash and the row. Called by ``qms.dossier.import``
    alone, which has checked the right to import.
    """

    _inherit = "qms.dossier"

    _IMPORT_EVENT_KEY = ("event_type", "at", "activity", "user_name")
    # Stamps and facts that a newer file of the same source may move.
    _IMPORT_MOVABLE = (
        "state",
        "due_at",
        "done_at",
        "returned_at",
        "closed_at",
        "accepted_at",
        "is_terminal",
    )

    @api.model
    def _import_batch(self, items):
        """Create historical dossiers with their logs and return them.

        :param list items: dictionaries of dossier values; ``events`` holds the
            rows of the log in their order, the other keys are fields of the dossier
        """
        if not items:
            return self.browse()
        self.env["qms.dossier"].check_access("read")
        vals_list = [self._prepare_import(item) for item in items]
        self._complete_imported(vals_list)
        events = []
        for dossier_id, vals, item in zip(
            reserve_ids(self, len(items)), vals_list, items, strict=True
        ):
            vals["id"] = dossier_id
            owner = {**vals, "due_at": item.get("due_at") or False}
            chain = self._imported_chain(owner, item["events"])
            vals.update(event_count=len(chain), event_head=chain[-1]["hash"])
            events += chain
        dossiers = insert_rows(self, vals_list)
        self.env["qms.dossier.event"]._insert_chains(events)
        return dossiers

    @api.model
    def _complete_imported(self, vals_list):
        """Give all rows the same keys, and the defaults of the fields left out."""
        names = {name for vals in vals_list for name in vals} | {"procedure_field_id"}
        stored = [name for name, field in self._fields.items() if field.store]
        defaults = self.default_get([name for name in stored if name not in names])
        procedures = self.env["qms.procedure"].browse(
            {vals["procedure_id"] for vals in vals_list if vals.get("procedure_id")}
        )
        field_ids = {procedure.id: procedure.field_id.id for procedure in procedures.sudo()}
        own_defaults = self.default_get([name for name in names if name in stored])
        for vals in vals_list:
            vals["procedure_field_id"] = field_ids.get(vals.get("procedure_id"), False)
            for name in names:
                if not vals.get(name):
                    vals[name] = own_defaults.get(name, False)
            for name, value in defaults.items():
                vals.setdefault(name, value)

    @api.model
    def _imported_chain(self, owner, events):
        """Return the complete log rows of one dossier that has none yet."""
        event_model = self.env["qms.dossier.event"]
        common = dict.fromkeys(event_model._hashed_fields, False)
        common.update(
            recorded_at=utc_now(),
            dossier_id=owner["id"],
            company_id=owner["company_id"],
            state=owner["state"],
            due_at=owner["due_at"],
            is_imported=True,
        )
        canonical = event_chain.canonical
        payload = {
            key: canonical(value) for key, value in event_model._hash_payload(common).items()
        }
        head, rows = "", []
        for sequence, event in enumerate(self._judged_events(events, owner["outcome"]), 1):
            row = {**common, **event, "sequence": sequence, "previous_hash": head}
            told = {key: canonical(value) for key, value in event.items() if key in payload}
            head = event_chain.canonical_hash(head, {**payload, **told, "sequence": sequence})
            row["hash"] = head
            rows.append(row)
        return rows

    @api.model
    def _judged_events(self, events, outcome_key):
        """Give the completion in the log its outcome, as the verbs do."""
        return [
            {**event, "outcome": outcome_key} if event["event_type"] == "done" else event
            for event in events
        ]

    @api.model
    def _prepare_import(self, item):
        vals = {key: value for key, value in item.items() if key != "events"}
        moments = [event["at"] for event in item["events"]]
        vals.setdefault("code", vals.get("external_code"))
        vals.update(
            is_imported=True,
            receipt_reference=vals.get("external_code"),
            submitted_at=vals.get("submitted_at") or vals.get("accepted_at") or moments[0],
            clock_start_at=vals.get("accepted_at"),
            first_due_at=vals.get("due_at"),
            judged_due_at=vals.get("due_at"),
            has_due=bool(vals.get("due_at")),
            first_event_at=min(moments),
            last_event_at=max(moments),
        )
        vals.update(self._imported_outcome(vals))
        return vals

    @api.model
    def _imported_outcome(self, vals):
        """Judge an imported dossier by the one definition (regulation §1.9)."""
        if vals.get("state") not in DONE_STATES or not vals.get("done_at"):
            return {"outcome": False}
        company = self.env["res.company"].browse(vals["company_id"]).sudo()
        return {
            "outcome": outcome(
                vals["done_at"],
                vals.get("due_at") or None,
                company._qms_timezone(),
                company.qms_on_time_by,
            )
        }

    def _import_events(self, events, item):
        self.ensure_one()
        return [
            {
                "dossier_id": self.id,
                "company_id": self.company_id.id,
                "state": self.state,
                "due_at": item.get("due_at") or False,
                "user_name": False,
                "is_imported": True,
                **event,
            }
            for event in self._judged_events(events, self.outcome)
        ]

    def _moved_event(self, item, moved):
        """The row that tells of dates moved by a newer file without an act in it."""
        source = {
            key: value for key, value in item["events"][-1].items() if key.startswith("source_")
        }
        labels = self._field_labels([name for name in self._IMPORT_MOVABLE if name in moved])
        return {
            **source,
            "at": utc_now(),
            "event_type": "imported",
            "reason": self.env._("Changed by a newer file: %(fields)s", fields=", ".join(labels)),
        }

    def _import_update(self, item):
        """Bring one dossier up to a newer file; return whether anything changed.

        Rows of the log are only added; stamps move as the source says.
        """
        self.ensure_one()
        known = Counter(
            tuple(event[key] or False for key in self._IMPORT_EVENT_KEY)
            for event in self.sudo().event_ids
        )
        fresh = []
        for event in item["events"]:
            key = tuple(event.get(name) or False for name in self._IMPORT_EVENT_KEY)
            if known[key]:
                known[key] -= 1
            else:
                fresh.append(event)
        moved = self._import_moved(item)
        if not fresh and not moved:
            return False
        self._lock_lifecycle()
        moments = [event["at"] for event in fresh]
        if moments:
            moved["last_event_at"] = max([self.last_event_at, *moments])
            moved["first_event_at"] = min([self.first_event_at, *moments])
        self._lifecycle_write(moved)
        fresh = fresh or [self._moved_event(item, moved)]
        self.env["qms.dossier.event"]._append(self._import_events(fresh, item))
        return True

    def _import_moved(self, item):
        """Return the values of a newer file that differ from the stored ones."""
        moved = {
            name: item[name]
            for name in self._IMPORT_MOVABLE
            if name in item and (item[name] or False) != self[name]
        }
        if "due_at" in moved:
            moved.update(judged_due_at=item["due_at"], has_due=bool(item["due_at"]))
        if moved:
            merged = {
                "company_id": self.company_id.id,
                "state": moved.get("state", self.state),
                "done_at": moved.get("done_at", self.done_at),
                "due_at": moved.get("due_at", self.due_at),
            }
            moved.update(self._imported_outcome(merged))
        return moved
