from odoo import models

from ....tools import catalogue
from ....tools.vietnamese import fold
from .qms_catalogue_loader import Item


class QmsCatalogueLoaderPublic(models.AbstractModel):
    """Lines of public lists that name procedures, in the catalogue or not."""

    _name = "qms.catalogue.loader.public"
    _description = "Loader of public lists"
    _inherit = "qms.catalogue.loader"
    _line_model = None

    def _load(self, rows, options, report):
        procedures = self._procedures(rows, options)
        items = self._read_numbered(rows, report, options, procedures)
        existing = self._by_key(
            self.env[self._line_model], [item.key for item in items], options.company
        )
        lines = self._upsert(self.env[self._line_model], items, existing, report)
        unknown = sum(1 for item in items if not item.vals["procedure_id"])
        if unknown:
            report.add("info", "not_in_catalogue", count=unknown)
        self._after(self.env[self._line_model].union(*lines.values()), options)

    def _read_numbered(self, rows, report, options, procedures):
        """Lists repeat themselves: rows with the same key are told apart by order."""
        counters = {}

        def read(row):
            values = self._values(row)
            procedure = procedures.get(values["code"])
            values.update(company_id=options.company.id, procedure_id=procedure or False)
            place = self._key(row)
            counters[place] = counters.get(place, 0) + 1
            key = "|".join((*place, str(counters[place])))
            return Item(row, key, values)

        return self._read_items(rows, report, read)

    def _procedures(self, rows, options):
        found = (
            self.env["qms.procedure"]
            .with_context(active_test=False)
            .search(
                [
                    ("code", "in", list({row.text("code") for row in rows})),
                    ("company_id", "=", options.company.id),
                ]
            )
        )
        return {procedure.code: procedure.id for procedure in found}

    def _key(self, row):
        raise NotImplementedError

    def _values(self, row):
        raise NotImplementedError

    def _after(self, lines, options):
        """Let the lines act on the procedures they name."""


class QmsCatalogueLoaderPublication(models.AbstractModel):
    """Decisions that publish, amend or repeal procedures."""

    _name = "qms.catalogue.loader.publication"
    _description = "Loader of publication decisions"
    _inherit = "qms.catalogue.loader.public"
    _line_model = "qms.procedure.publication"

    def _key(self, row):
        columns = ("decision", "issuer", "source_file", "code", "province_suffix", "stt")
        return tuple(row.text(name) for name in columns)

    def _values(self, row):
        return {
            "code": row.text("code"),
            "province_suffix": row.text("province_suffix"),
            "name": row.required("name"),
            "action": catalogue.PUBLICATION_ACTIONS.get(row.text("action").lower(), "other"),
            "level_text": row.text("level"),
            "time_text": row.text("deadline_text"),
            "fee_text": row.text("fee_text"),
            "online_level": self._online_level(row),
            "decision_no": row.text("decision"),
            "decision_date": row.date("decision_date") or False,
            "issuer": row.text("issuer"),
            "title": row.text("decision_title"),
            "item": row.text("stt"),
            "source": row.text("source_file"),
        }

    def _online_level(self, row):
        text = row.text("online_level").lower()
        if text == "trực tiếp":
            return "none"
        return catalogue.ONLINE_LEVELS.get(text, False)

    def _after(self, lines, options):
        """Where the catalogue gives no online level, the decision of the province does."""
        for line in lines.sorted(lambda line: (str(line.decision_date or ""), line.id)):
            procedure = line.procedure_id
            if procedure.online_level == "none" and line.online_level in ("partial", "full"):
                procedure.write(
                    {
                        "online_level": line.online_level,
                        "online_source": line.decision_no or line.source,
                    }
                )


class QmsCatalogueLoaderReplacement(models.AbstractModel):
    """Components that may no longer be asked for because a database has the data."""

    _name = "qms.catalogue.loader.replacement"
    _description = "Loader of components replaced by data"
    _inherit = "qms.catalogue.loader.public"
    _line_model = "qms.procedure.replacement"

    def _key(self, row):
        return tuple(row.text(name) for name in ("no", "code", "component", "database"))

    def _values(self, row):
        notes = [row.text("code_note"), row.text("row_note")]
        return {
            "code": row.text("code"),
            "code_as_printed": row.text("code_as_printed"),
            "name": row.text("name"),
            "ministry": row.text("ministry_heading"),
            "component_text": row.text("component"),
            "database": row.text("database"),
            "database_owner": row.text("database_owner"),
            "legal_document": row.text("legal_document"),
            "clause": row.text("clause"),
            "item": row.text("no"),
            "note": "\n".join(note for note in notes if note),
        }

    def _after(self, lines, options):
        self._match_components(lines)

    def _match_components(self, lines):
        """Mark the components of drafts that a database replaces."""
        lines = lines.filtered("procedure_id")
        components = self.env["qms.procedure.component"].search(
            [
                ("procedure_id", "in", lines.procedure_id.ids),
                ("version_id.state", "=", "draft"),
                ("is_header", "=", False),
            ]
        )
        by_procedure = components.grouped("procedure_id")
        for line in lines:
            wanted = fold(line.component_text)
            found = by_procedure.get(line.procedure_id, components.browse()).filtered(
                lambda component, w=wanted: w and w in fold(component.name)
            )
            open_ones = found.filtered(lambda component: not component.from_database)
            if open_ones:
                open_ones.write({"from_database": line.database})
            if found and not line.is_matched:
                line.is_matched = True
