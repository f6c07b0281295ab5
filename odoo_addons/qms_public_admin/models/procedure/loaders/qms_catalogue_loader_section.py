from odoo import models

from ....tools.catalogue import RowError
from .qms_catalogue_loader import Item

# Sections of an ISO-style process that the catalogue keeps as fields, by number.
_PROCEDURE_FIELDS = {
    "2.1": "requirement_text",
    "2.7": "executing_agency",
    "2.8": "subjects",
    "2.9": "result_type",
}
_KINDS = {"component", "form", "record", "retention"}


class QmsCatalogueLoaderSection(models.AbstractModel):
    """Sections of internal processes written in ISO style.

    All rows are kept as printed; the listed components become components where
    the catalogue gave none, texts fill fields of the procedure that are empty.
    """

    _name = "qms.catalogue.loader.section"
    _description = "Loader of sections of internal processes"
    _inherit = "qms.catalogue.loader"

    def _load(self, rows, options, report):
        cases = self._cases(rows, options)
        counters = {}

        def read(row):
            case = cases.get(self._process(row))
            if not case:
                raise RowError("unknown_process", key=" ".join(self._process(row)))
            place = (*self._process(row), row.text("section"), row.text("kind"))
            counters[place] = counters.get(place, 0) + 1
            key = "|".join((*place, str(counters[place])))
            return Item(row, key, self._values(row), case_key=case.external_key)

        items = self._read_items(rows, report, read)
        by_version = {}
        for item in items:
            version = cases[self._process(item.row)].version_id
            by_version.setdefault(version, []).append(item)
        self._add_components(by_version)
        self._upsert_parts(self.env["qms.procedure.section"], by_version, report, options)
        self._complete_procedures(by_version)

    def _process(self, row):
        return (row.text("decision"), row.text("process_code"), row.text("tthc_code"))

    def _cases(self, rows, options):
        """Return ``{(decision, process code, procedure code): case}``, the newest."""
        cases = self.env["qms.procedure.case"].search(
            [
                ("company_id", "=", options.company.id),
                ("version_id.decision_no", "in", list({row.text("decision") for row in rows})),
            ]
        )
        return {
            (
                case.version_id.decision_no,
                case.process_code or "",
                case.procedure_id.code or "",
            ): case
            for case in cases.sorted(lambda case: case.version_id.number)
        }

    def _values(self, row):
        kind = row.text("kind")
        number = row.text("section")
        return {
            "number": number,
            "kind": kind if kind in _KINDS else "text",
            "name": "" if kind in _KINDS else kind,
            "reference": row.text("reference"),
            "text": row.text("text"),
            "copies_text": row.text("original_or_copy_columns"),
            "sequence": row.number,
        }

    def _add_components(self, by_version):
        """Make components of the listed papers where the version has none."""
        vals_list = [
            {
                "version_id": version.id,
                "name": item.vals["text"],
                "note": item.vals["copies_text"],
                "sequence": item.vals["sequence"],
                "is_required": "nếu có" not in item.vals["text"].lower(),
                "is_conditional": "nếu có" in item.vals["text"].lower(),
            }
            for version, items in by_version.items()
            if version.state == "draft" and not version.component_ids
            for item in items
            if item.vals["kind"] == "component" and item.vals["text"]
        ]
        self.env["qms.procedure.component"].create(vals_list)

    def _complete_procedures(self, by_version):
        for version, items in by_version.items():
            procedure = version.procedure_id
            values = {
                name: item.vals["text"]
                for item in items
                if (name := _PROCEDURE_FIELDS.get(item.vals["number"]))
                and item.vals["text"]
                and not procedure[name]
            }
            if values:
                procedure.write(values)
