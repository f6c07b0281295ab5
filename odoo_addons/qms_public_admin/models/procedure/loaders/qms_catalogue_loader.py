from collections import Counter
from dataclasses import dataclass

from psycopg2 import Error as DatabaseError

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from ....tools.catalogue import Row, RowError
from ....tools.tabular import ErrorCell, FormulaCell

CHUNK = 500


@dataclass
class LoadOptions:
    """How a file is loaded: for which agency, and what may be made on the way."""

    company: object
    hours_per_day: float = 8.0
    position_policy: str = "match"
    remove_missing: bool = False


@dataclass
class Item:
    """A record to be loaded: its key, where it came from and its values."""

    row: Row
    key: str
    vals: dict
    import_hash: str = ""
    # key of the case a part belongs to, looked up in the version it ends up in
    case_key: str = ""


class QmsCatalogueLoader(models.AbstractModel):
    """Load the rows of one kind of catalogue file; one loader a kind.

    A loader turns rows into items, finds the records that were loaded before by
    their key, and writes only where the file says something else than last time:
    what people corrected since stays. A row that cannot be loaded is named and
    left out, the others load.
    """

    _name = "qms.catalogue.loader"
    _description = "Loader of catalogue files"
    # Field that remembers what the file said about a record.
    _hash_field = "import_hash"

    def _load(self, rows, options, report):
        """Load all rows of a file.

        :param list rows: ``catalogue.Row`` of the file, in its order
        :param LoadOptions options: how to load
        :param ImportReport report: receives counts and messages
        """
        raise NotImplementedError

    # === UTILITIES FOR LOADERS === #

    def _read_items(self, rows, report, read):
        """Return the items of the rows that can be read; note the others.

        :param read: function of a row that returns an ``Item``, or None to skip it
        """
        items, first_rows = [], {}
        for row in rows:
            try:
                self._check_cells(row)
                item = read(row)
                if not item:
                    continue
                if item.key in first_rows:
                    raise RowError("repeated", key=item.key, row=first_rows[item.key])
            except RowError as error:
                report.error(row, error)
                continue
            first_rows[item.key] = row.number
            item.import_hash = item.import_hash or row.fingerprint
            items.append(item)
        return items

    def _check_cells(self, row):
        if any(isinstance(cell, FormulaCell | ErrorCell) for cell in row.cells.values()):
            raise RowError("formula")

    def _upsert(self, model, items, existing, report):
        """Create or update one record an item; return ``{key: record}``.

        :param dict existing: records loaded before, by key
        """
        records, fresh = {}, []
        for item in items:
            record = existing.get(item.key)
            if not record:
                fresh.append(item)
            elif record[self._hash_field] == item.import_hash:
                records[item.key] = record
                report.unchanged += 1
            elif self._try(lambda r=record, i=item: r.write(self._stamped(i)), item, report):
                records[item.key] = record
                report.updated += 1
        records.update(self._create_all(model, fresh, report))
        return records

    def _create_all(self, model, items, report):
        """Create records in chunks; when a chunk fails, one by one to name the row."""
        created = {}
        for start in range(0, len(items), CHUNK):
            chunk = items[start : start + CHUNK]
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                    records = model.create([self._stamped(item) for item in chunk])
                    records.flush_recordset()
            except (UserError, DatabaseError, ValueError):
                created.update(self._create_one_by_one(model, chunk, report))
                continue
            created.update(zip([item.key for item in chunk], records, strict=True))
            report.created += len(chunk)
        return created

    def _create_one_by_one(self, model, items, report):
        created = {}
        for item in items:
            record = self._try(lambda i=item: model.create(self._stamped(i)), item, report)
            if record:
                created[item.key] = record
                report.created += 1
        return created

    def _try(self, function, item, report):
        """Run a function in a savepoint; note a refusal and return None."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                result = function()
                self.env.flush_all()
                return result
        except AccessError:
            raise
        except (UserError, DatabaseError, ValueError) as error:
            reason = " ".join(str(error).split("\n")[:1])
            report.add("error", "refused", item.row, reason=reason)
            return None

    def _stamped(self, item):
        return {**item.vals, "external_key": item.key, self._hash_field: item.import_hash}

    def _by_key(self, model, keys, company, key_field="external_key"):
        """Return the records of an agency by their key."""
        records = model.with_context(active_test=False).search(
            [(key_field, "in", list(keys)), ("company_id", "=", company.id)]
        )
        return {record[key_field]: record for record in records}

    # === UTILITIES FOR PARTS OF VERSIONS === #

    def _upsert_parts(self, model, items_by_version, report, options, scope=()):
        """Create or update parts of versions. A published version stays as it is:
        what the file says differently goes into a draft made from it.

        :param dict items_by_version: ``{version: [Item]}``
        :param scope: domain of the parts this file speaks about
        """
        versions = self.env["qms.procedure.version"].union(*items_by_version)
        known = self._parts_by_key(model, versions, scope)
        created, moved = [], {}
        for version, items in items_by_version.items():
            changed = [item for item in items if self._differs(known, version, item)]
            report.unchanged += len(items) - len(changed)
            target = version
            if changed and version.state != "draft":
                target = version.copy()
                moved[version] = target
                report.add("info", "new_draft", changed[0].row, version=version.display_name)
                known.update(self._parts_by_key(model, target, scope))
            created += self._update_parts(known, target, changed, report)
            self._handle_missing(known, target, items, report, options)
        self._create_all(model, created, report)
        return moved

    def _parts_by_key(self, model, versions, scope):
        parts = model.search(
            [("version_id", "in", versions.ids), ("external_key", "!=", False), *scope]
        )
        return {(part.version_id, part.external_key): part for part in parts}

    def _differs(self, known, version, item):
        part = known.get((version, item.key))
        return not part or part[self._hash_field] != item.import_hash

    def _update_parts(self, known, version, items, report):
        """Write the changed parts; return the items that are new."""
        fresh = []
        case_ids = {case.external_key: case.id for case in version.case_ids}
        for item in items:
            part = known.get((version, item.key))
            vals = dict(item.vals)
            if item.case_key:
                vals["case_id"] = case_ids[item.case_key]
            placed = Item(item.row, item.key, vals, item.import_hash)
            if not part:
                vals["version_id"] = version.id
                fresh.append(placed)
            elif self._try(lambda p=part, i=placed: p.write(self._stamped(i)), item, report):
                report.updated += 1
        return fresh

    def _handle_missing(self, known, version, items, report, options):
        """Parts of an earlier file that the file no longer has: told, or removed."""
        keys = {item.key for item in items}
        gone = [
            part for (owner, key), part in known.items() if owner == version and key not in keys
        ]
        if not gone:
            return
        if options.remove_missing and version.state == "draft":
            gone[0].union(*gone).unlink()
            report.add("info", "row_removed", items[0].row, count=len(gone))
        else:
            report.add("warning", "row_gone", items[0].row, count=len(gone))

    def _number_repeated(self, items):
        """Tell rows with the same key apart by their order."""
        seen = Counter()
        for item in items:
            seen[item.key] += 1
            if seen[item.key] > 1:
                item.key = f"{item.key}#{seen[item.key]}"
        return items
