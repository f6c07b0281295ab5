from odoo import models

from ....tools import catalogue
from ....tools.vietnamese import fold
from .qms_catalogue_loader import Item


class QmsCatalogueLoaderAgency(models.AbstractModel):
    """Agencies with their level, identifier and superior agency."""

    _name = "qms.catalogue.loader.agency"
    _description = "Loader of agencies"
    _inherit = "qms.catalogue.loader"

    def _load(self, rows, options, report):
        levels = {level.code: level for level in self.env["qms.agency.level"].search([])}
        items = self._read_items(rows, report, lambda row: self._read(row, levels))
        agencies = self.env["qms.agency"].with_context(active_test=False)
        existing = {
            agency.external_key: agency
            for agency in agencies.search([("external_key", "in", [i.key for i in items])])
        }
        loaded = self._upsert(self.env["qms.agency"], items, existing, report)
        self._set_parents(items, loaded, report)

    def _read(self, row, levels):
        values = catalogue.agency_values(row)
        level = levels.get(values.pop("level_code"))
        if level:
            values["level_id"] = level.id
        return Item(row, row.required("agency_key"), values)

    def _set_parents(self, items, loaded, report):
        """Tie the agencies to their superiors, named by identifier or by name."""
        by_code = {i.row.text("identifier_code"): loaded.get(i.key) for i in items}
        by_name = {self._name_key(i.row, "name"): loaded.get(i.key) for i in items}
        for item in items:
            agency, row = loaded.get(item.key), item.row
            parent_name = row.text("parent_name")
            if not agency or not parent_name:
                continue
            parent = (
                by_code.get(row.text("parent_identifier"))
                if row.text("parent_identifier")
                else None
            )
            parent = parent or by_name.get(self._name_key(row, "parent_name"))
            if not parent:
                report.add("warning", "unknown_parent", row, name=parent_name)
            elif agency.parent_id != parent:
                agency.parent_id = parent
        self._inherit_levels(loaded.values())

    def _inherit_levels(self, agencies):
        """A unit stands on the level of its superior agency."""
        waiting = [agency for agency in agencies if not agency.level_id and agency.parent_id]
        while waiting:
            ready = [agency for agency in waiting if agency.parent_id.level_id]
            if not ready:
                break
            for agency in ready:
                agency.level_id = agency.parent_id.level_id
            waiting = [agency for agency in waiting if not agency.level_id]

    def _name_key(self, row, column):
        return (row.text("system"), row.text("province"), fold(row.text(column)))
