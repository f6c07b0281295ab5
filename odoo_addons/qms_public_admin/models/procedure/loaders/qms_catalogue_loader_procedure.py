from odoo import models

from ....tools import catalogue
from ....tools.vietnamese import clean, fold
from .qms_catalogue_loader import Item


class QmsCatalogueLoaderProcedure(models.AbstractModel):
    """Procedures of a published catalogue, each with a draft of its first version."""

    _name = "qms.catalogue.loader.procedure"
    _description = "Loader of procedures"
    _inherit = "qms.catalogue.loader"

    def _load(self, rows, options, report):
        fields_by_name = self._fields_by_name(rows)
        levels = {level.code: level.id for level in self.env["qms.agency.level"].search([])}
        kinds = {kind.code: kind.id for kind in self.env["qms.applicant.kind"].search([])}

        def read(row):
            values = catalogue.procedure_values(row)
            codes = catalogue.level_codes(row.text("level"))
            applicants = catalogue.applicant_codes(values["subjects"])
            values.update(
                company_id=options.company.id,
                field_id=fields_by_name.get(fold(row.text("field"))),
                level_ids=[(6, 0, [levels[code] for code in codes if code in levels])],
                applicant_kind_ids=[(6, 0, [kinds[c] for c in applicants if c in kinds])],
            )
            return Item(row, catalogue.procedure_key(values["code"], values["name"]), values)

        items = self._read_items(rows, report, read)
        changed = self._changed_keys(items, options)
        procedures = self._upsert(
            self.env["qms.procedure"], items, self._known(items, options), report
        )
        self._load_versions(
            [item for item in items if item.key in changed], procedures, options, report
        )

    def _fields_by_name(self, rows):
        """Return ``{folded name: id}`` of the fields of procedures, made where missing."""
        model = self.env["qms.procedure.field"].with_context(active_test=False)
        known = {fold(record.name): record.id for record in model.search([])}
        names = {}
        for row in rows:
            name = clean(row.text("field"))
            if name and fold(name) not in known:
                names.setdefault(fold(name), name)
        created = model.create([{"name": name} for name in names.values()])
        return known | dict(zip(names, created.ids, strict=True))

    def _known(self, items, options):
        """Return the procedures by key, also those entered by hand with the same code."""
        model = self.env["qms.procedure"]
        known = self._by_key(model, [item.key for item in items], options.company)
        codes = {item.vals["code"] for item in items if item.vals["code"]} - known.keys()
        by_code = self._by_key(model, codes, options.company, "code")
        return by_code | known

    def _changed_keys(self, items, options):
        known = self._known(items, options)
        return {
            item.key
            for item in items
            if item.key not in known or known[item.key].import_hash != item.import_hash
        }

    def _load_versions(self, items, procedures, options, report):
        """Give each new or changed procedure a draft with the published time limit."""
        fresh = []
        for item in items:
            procedure = procedures.get(item.key)
            if not procedure:
                continue
            values = self._version_values(item, procedure, options)
            version = self._catalogue_version(procedure, item, values, report)
            if not version:
                fresh.append(values)
                continue
            if version.process_key:
                # The decision that approved the internal process stays.
                values = {k: v for k, v in values.items() if not k.startswith("decision_")}
            if version.state == "draft":
                self._try(lambda v=version, w=values: v.write(w), item, report)
        self.env["qms.procedure.version"].create(fresh)

    def _catalogue_version(self, procedure, item, values, report):
        """Return the version that takes the catalogue's content: its own draft, or one
        made for an internal process that has none yet. When its own is published and
        the time limit changed, a new draft is made from it.
        """
        versions = procedure.version_ids.sorted("number")
        own = versions.filtered(lambda v: v.external_key == item.key)[-1:]
        if not own:
            return versions.filtered(lambda v: v.state == "draft" and v.process_key)[:1]
        compared = ("legal_hours", "duration_kind", "time_text")
        if own.state != "draft" and any((own[n] or "") != (values[n] or "") for n in compared):
            report.add("info", "new_draft", item.row, version=own.display_name)
            return own.copy()
        return own

    def _version_values(self, item, procedure, options):
        row = item.row
        term = catalogue.procedure_term(row, options.hours_per_day)
        values = {
            "procedure_id": procedure.id,
            "external_key": item.key,
            "decision_no": row.text("publication_decision"),
            "decision_issuer": row.text("ministry"),
            "time_text": row.text("deadline_text"),
            "legal_hours": 0.0,
            "duration_kind": "working",
            "time_issue": False,
        }
        if term:
            parsed = self.env["qms.procedure.version"]._parsed_term_values(term)
            values.update(parsed)
        return values
