"""Procedures, units and kinds of applicants by the names a file gives them."""

from ...tools.vietnamese import fold as fold_name

AMBIGUOUS = object()


class Lookup:
    """Reads each catalogue once, so that a row costs no query.

    :param env: environment of the user who imports
    :param company: the agency whose procedures and units count, with the shared ones
    """

    def __init__(self, env, company):
        self._env = env
        self._company = company
        self._tables = {}
        self._versions = None

    def _procedure(self, text):
        """Give the id of a procedure by code or name, None, or AMBIGUOUS."""
        return self._find("procedure", text)

    def _unit(self, text):
        return self._find("unit", text)

    def _kind(self, text):
        return self._find("kind", text)

    def _version(self, procedure_id, date):
        """Give the id of the version in force on a date, False when there was none."""
        if self._versions is None:
            self._versions = self._read_versions()
        for start, end, version_id in self._versions.get(procedure_id, ()):
            if start <= date and (not end or date <= end):
                return version_id
        return False

    # === TABLES === #

    def _find(self, name, text):
        if name not in self._tables:
            self._tables[name] = getattr(self, f"_read_{name}")()
        by_code, by_name = self._tables[name]
        return by_code.get(text.strip()) or by_name.get(fold_name(text)) or None

    def _domain(self):
        return [("company_id", "in", [self._company.id, False])]

    def _read_procedure(self):
        procedures = self._env["qms.procedure"].with_context(active_test=False)
        found = procedures.search_fetch(self._domain(), ["code", "name", "company_id"])
        # The agency's own procedure wins over the shared one with the same code.
        found = found.sorted(lambda p: not p.company_id, reverse=True)
        by_code = {p.code: p.id for p in found if p.code}
        return by_code, self._by_name((p.name, p.id) for p in found)

    def _read_unit(self):
        found = self._env["hr.department"].search_fetch(self._domain(), ["name", "complete_name"])
        names = [(d.complete_name, d.id) for d in found] + [(d.name, d.id) for d in found]
        return {}, self._by_name(names)

    def _read_kind(self):
        names = []
        for lang, _label in self._env["res.lang"].get_installed():
            kinds = self._env["qms.applicant.kind"].with_context(lang=lang).search([])
            names += [(kind.name, kind.id) for kind in kinds]
        by_code = {kind.code: kind.id for kind in kinds}
        return by_code, self._by_name(names)

    def _by_name(self, pairs):
        """A name that two records share names neither of them."""
        table = {}
        for name, record_id in pairs:
            key = fold_name(name or "")
            if key and table.setdefault(key, record_id) != record_id:
                table[key] = AMBIGUOUS
        return table

    def _read_versions(self):
        rows = self._env["qms.procedure.version"].search_read(
            [
                ("state", "!=", "draft"),
                ("effective_from", "!=", False),
                ("procedure_id.company_id", "in", [self._company.id, False]),
            ],
            ["procedure_id", "effective_from", "effective_to"],
            order="effective_from desc, id desc",
            load=None,
        )
        versions = {}
        for row in rows:
            entry = (row["effective_from"], row["effective_to"], row["id"])
            versions.setdefault(row["procedure_id"], []).append(entry)
        return versions
