from collections import Counter

from odoo import models

from ....tools import catalogue
from ....tools.catalogue import RowError
from .qms_catalogue_loader import Item


class QmsCatalogueLoaderContent(models.AbstractModel):
    """Rows that belong to the catalogue version of a procedure, found by its code."""

    _name = "qms.catalogue.loader.content"
    _description = "Loader of parts of procedures"
    _inherit = "qms.catalogue.loader"
    _part_model = None

    def _load(self, rows, options, report):
        versions = self._catalogue_versions({row.text("code") for row in rows}, options)
        places = Counter()

        def read(row):
            code = row.required("code")
            if code not in versions:
                raise RowError("unknown_procedure", code=code)
            places[code] += 1
            place = row.text("seq") or f"#{places[code]}"
            return Item(row, f"{code}/{place}", self._values(row, options))

        items = self._read_items(rows, report, read)
        by_version = {}
        for item in items:
            by_version.setdefault(versions[item.row.text("code")], []).append(item)
        self._upsert_parts(self.env[self._part_model], by_version, report, options)

    def _values(self, row, options):
        raise NotImplementedError

    def _catalogue_versions(self, codes, options):
        """Return ``{code: newest version with content of the catalogue}``."""
        versions = self.env["qms.procedure.version"].search(
            [
                ("procedure_id.code", "in", list(codes - {""})),
                ("company_id", "=", options.company.id),
                ("procedure_id.active", "in", [True, False]),
            ],
            order="number",
        )
        own = versions.filtered("external_key")
        return {v.procedure_id.code: v for v in (*(versions - own), *own)}


class QmsCatalogueLoaderComponent(models.AbstractModel):
    _name = "qms.catalogue.loader.component"
    _description = "Loader of dossier components"
    _inherit = "qms.catalogue.loader.content"
    _part_model = "qms.procedure.component"

    def _values(self, row, options):
        return catalogue.component_values(row)


class QmsCatalogueLoaderChannel(models.AbstractModel):
    _name = "qms.catalogue.loader.channel"
    _description = "Loader of channel terms"
    _inherit = "qms.catalogue.loader.content"
    _part_model = "qms.procedure.channel"

    def _values(self, row, options):
        values = catalogue.channel_values(row)
        channels = self.env["qms.procedure.channel"]
        return values | channels._term_values(values["time_text"], options.hours_per_day)
