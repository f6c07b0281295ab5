from odoo import models
from odoo.fields import Domain

from ....tools import catalogue, time_text
from ....tools.catalogue import RowError
from .qms_catalogue_loader import Item


class QmsCatalogueLoaderProcessTotal(models.AbstractModel):
    """Printed totals of internal processes: the time an agency promises."""

    _name = "qms.catalogue.loader.process_total"
    _description = "Loader of totals of internal processes"
    _inherit = "qms.catalogue.loader"
    _hash_field = "total_hash"

    def _load(self, rows, options, report):
        cases_by_key = self._cases_by_key({row.text("process_key") for row in rows}, options)

        def read(row):
            key = row.required("process_key")
            if key not in cases_by_key:
                raise RowError("unknown_process", key=key)
            values = self._term_values(row, cases_by_key[key][0], options)
            return Item(row, key, values)

        items = self._read_items(rows, report, read)
        by_version = {}
        for item in items:
            for case in cases_by_key[item.key]:
                placed = Item(item.row, case.external_key, item.vals, item.import_hash)
                by_version.setdefault(case.version_id, []).append(placed)
        self._upsert_parts(
            self.env["qms.procedure.case"], by_version, report, options, self._scope(items)
        )

    def _scope(self, items):
        keys = [item.key for item in items]
        return Domain("external_key", "in", keys) | Domain(
            "shared_from_id.external_key", "in", keys
        )

    def _cases_by_key(self, keys, options):
        """Return ``{process key: newest cases made from it}``, the first one first."""
        keys = list(keys)
        cases = self.env["qms.procedure.case"].search(
            Domain("company_id", "=", options.company.id)
            & (
                Domain("external_key", "in", keys)
                | Domain("shared_from_id.external_key", "in", keys)
            )
        )
        newest = {}
        for case in cases.sorted(lambda c: c.version_id.number):
            newest[case.procedure_id, case.external_key] = case
        by_key = {}
        for case in sorted(newest.values(), key=lambda c: bool(c.shared_from_id)):
            key = case.external_key.partition("#")[0]
            by_key.setdefault(key, []).append(case)
        return by_key

    def _term_values(self, row, case, options):
        steps = case.step_ids
        times = [
            time_text.parse(step.time_text, options.hours_per_day, "working_day") for step in steps
        ]
        term = catalogue.process_term(
            row.text("printed_totals"),
            row.text("deadline_line"),
            times,
            sum(steps.mapped("hours")),
            options.hours_per_day,
        )
        printed = row.text("printed_totals")
        deadline = row.text("deadline_line")
        return {
            "committed_hours": term.committed_hours,
            "stated_hours": term.stated_hours,
            "duration_kind": term.duration_kind,
            "has_due": term.has_due,
            "time_issue": term.issue or False,
            "time_text": deadline or printed,
            "totals_text": "\n".join(printed.split(" || ")),
        }
