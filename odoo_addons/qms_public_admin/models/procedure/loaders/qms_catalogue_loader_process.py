from collections import Counter

from odoo import models
from odoo.fields import Domain

from ....tools import catalogue, step_kind
from ....tools.vietnamese import clean, fold
from .qms_catalogue_loader import Item


class QmsCatalogueLoaderProcess(models.AbstractModel):
    """Internal processes with their steps.

    A decision approves processes: each becomes a case of the version made for the
    decision. The first decision completes the catalogue's draft of the procedure,
    further ones get versions of their own with the catalogue's components and
    channels. A process that serves several procedures is repeated for each
    (Circular 26/2014, art. 41.6), with a link to the first.
    """

    _name = "qms.catalogue.loader.process"
    _description = "Loader of internal processes"
    _inherit = "qms.catalogue.loader"

    def _load(self, rows, options, report):
        items = self._read_items(rows, report, lambda row: self._read_step(row, options))
        processes = {}
        for item in items:
            processes.setdefault(item.row.text("process_key"), []).append(item)
        heads = {key: steps[0].row for key, steps in processes.items()}
        targets = self._targets(heads, options, report)
        versions = self._versions(heads, targets, options)
        cases = self._cases(heads, processes, targets, versions, report, options)
        self._steps(processes, cases, options, report)

    # === STEPS === #

    def _read_step(self, row, options):
        parsed = catalogue.step_time(row, options.hours_per_day)
        result = row.text("result_form")
        work = row.text("step_content") or result or row.text("unit_position")
        row.date("decision_date")  # a date that cannot be read is an error of the row
        values = {
            "sequence": row.sequence,
            "stage": row.text("stage"),
            "label": row.text("step_label"),
            "name": work or row.required("step_content"),
            "unit_position": clean(row.text("unit_position")),
            "time_text": row.text("time_text"),
            "is_substep": row.text("substep") == "yes",
            "result": result,
            "note": row.text("time_note"),
            **self.env["qms.procedure.step"]._time_values(parsed),
        }
        return Item(row, f"{row.required('process_key')}/{row.required('seq')}", values)

    def _steps(self, processes, cases, options, report):
        """Load the steps into each case made from their process."""
        positions = self._positions(processes, options)
        by_version = {}
        for (key, suffix), case in cases.items():
            steps = processes[key]
            for index, item in enumerate(steps):
                values = {
                    **item.vals,
                    "kind": step_kind.guess(item.row.text("step_content"), index, len(steps)),
                    "position_id": positions.get(fold(item.vals["unit_position"]), False),
                }
                by_version.setdefault(case.version_id, []).append(
                    Item(item.row, item.key + suffix, values, item.import_hash, key + suffix)
                )
        model = self.env["qms.procedure.step"]
        self._upsert_parts(model, by_version, report, options)

    def _positions(self, processes, options):
        """Return ``{folded name: position id}`` for the units printed in the steps."""
        if options.position_policy == "none":
            return {}
        model = self.env["qms.position"]
        company = options.company
        known = model.search(
            Domain("company_id", "=", False) | Domain("company_id", "=", company.id)
        )
        by_name = {fold(position.name): position.id for position in known}
        names = {}
        for item in (item for steps in processes.values() for item in steps):
            name = item.vals["unit_position"]
            if name and fold(name) not in by_name:
                names.setdefault(fold(name), name)
        if options.position_policy == "create" and names:
            created = model.create(
                [{"name": name, "company_id": company.id} for name in names.values()]
            )
            by_name.update(zip(names, created.ids, strict=True))
        return by_name

    # === PROCEDURES === #

    def _targets(self, heads, options, report):
        """Return ``{process key: [(suffix, procedure)]}``; procedures that the
        catalogue does not have are made.
        """
        wanted = {key: self._wanted(row, report) for key, row in heads.items()}
        by_code, by_name = self._known_procedures(options)
        missing = {}
        for key, names in wanted.items():
            for code, name in names:
                found = by_code.get(code) if code else by_name.get(fold(name))
                if not found:
                    missing.setdefault(catalogue.procedure_key(code, name), (code, name, key))
        created = self._create_procedures(missing, heads, options, report)
        targets = {}
        for key, names in wanted.items():
            for index, (code, name) in enumerate(names):
                procedure = by_code.get(code) if code else by_name.get(fold(name))
                procedure = procedure or created[catalogue.procedure_key(code, name)]
                self._note_name_match(code, name, procedure, heads[key], report)
                suffix = f"#{code}" if index else ""
                targets.setdefault(key, []).append((suffix, procedure))
        return targets

    def _wanted(self, row, report):
        codes = catalogue.process_codes(row)
        if len(codes) > 1:
            report.add("info", "process_shared", row, codes=", ".join(codes))
        names = catalogue.process_names(row, len(codes) or 1)
        return list(zip(codes or [""], names, strict=True))

    def _known_procedures(self, options):
        procedures = (
            self.env["qms.procedure"]
            .with_context(active_test=False)
            .search([("company_id", "=", options.company.id)])
        )
        by_code = {procedure.code: procedure for procedure in procedures if procedure.code}
        names = Counter(fold(procedure.name) for procedure in procedures)
        by_name = {
            fold(procedure.name): procedure
            for procedure in procedures
            if names[fold(procedure.name)] == 1 or not procedure.code
        }
        return by_code, by_name

    def _create_procedures(self, missing, heads, options, report):
        if not missing:
            return {}
        loader = self.env["qms.catalogue.loader.procedure"]
        names = {
            key: self._field_name(heads[process]) for key, (_c, _n, process) in missing.items()
        }
        rows = [catalogue.Row(0, {"field": name}) for name in names.values()]
        fields_by_name = loader._fields_by_name(rows)
        levels = {level.code: level.id for level in self.env["qms.agency.level"].search([])}
        created = self.env["qms.procedure"].create(
            [
                {
                    "code": code or False,
                    "name": name,
                    "external_key": key,
                    "company_id": options.company.id,
                    "field_id": fields_by_name.get(fold(names[key])),
                    "level_ids": [
                        (6, 0, [levels[c] for c in self._level_codes(heads[process], levels)])
                    ],
                }
                for key, (code, name, process) in missing.items()
            ]
        )
        return dict(zip(missing, created, strict=True))

    def _level_codes(self, row, levels):
        return [code for code in catalogue.level_codes(row.text("level")) if code in levels]

    def _field_name(self, row):
        """ "LĨNH VỰC KHÍ TƯỢNG THỦY VĂN" names the field "Khí tượng thủy văn"."""
        name = clean(row.text("field"))
        if fold(name).startswith("lĩnh vực"):
            name = name[len("lĩnh vực") :].strip(" :")
        return name.capitalize() if name.isupper() else name

    def _note_name_match(self, code, name, procedure, row, report):
        if code:
            return
        if procedure.code:
            report.add("info", "process_code_by_name", row, name=name, code=procedure.code)
        else:
            report.add("info", "process_without_code", row, name=name)

    # === VERSIONS AND CASES === #

    def _versions(self, heads, targets, options):
        """Return ``{(decision key, procedure): version}`` for the approving decisions."""
        procedures = self.env["qms.procedure"].union(
            *(procedure for found in targets.values() for _suffix, procedure in found)
        )
        versions = {}
        for version in procedures.version_ids.sorted("number"):
            if version.process_key:
                versions[version.process_key, version.procedure_id] = version
        for key, row in heads.items():
            decision = self._decision_key(row)
            for _suffix, procedure in targets[key]:
                if (decision, procedure) not in versions:
                    versions[decision, procedure] = self._make_version(decision, procedure, row)
        return versions

    def _make_version(self, decision, procedure, row):
        values = {
            "process_key": decision,
            "decision_no": row.text("decision"),
            "decision_date": row.date("decision_date"),
            "decision_issuer": self._issuer(row),
        }
        newest = procedure.version_ids.sorted("number")
        free = newest.filtered(
            lambda v: v.state == "draft" and not v.process_key and not v.step_ids
        )[:1]
        if free:
            free.write(values)
            return free
        version = self.env["qms.procedure.version"].create({"procedure_id": procedure.id, **values})
        source = newest.filtered(lambda v: v.external_key)[-1:]
        if source:
            terms = {name: source[name] for name in (*source._term_fields, "time_text")}
            version.write({**terms, "time_issue": source.time_issue})
            source._copy_parts_to(version, with_keys=False, parts=self._catalogue_parts())
        return version

    def _catalogue_parts(self):
        return ("channel_ids", "component_ids")

    def _issuer(self, row):
        issuer = row.text("issuer")
        return issuer or " ".join(
            part for part in ("UBND", row.text("province")) if row.text("province")
        )

    def _decision_key(self, row):
        return "|".join((row.text("decision"), row.text("province")))

    def _cases(self, heads, processes, targets, versions, report, options):
        """Return ``{(process key, suffix): case}``, made or brought up to date."""
        by_version, places = {}, []
        for key, row in heads.items():
            for suffix, procedure in targets[key]:
                version = versions[self._decision_key(row), procedure]
                item = Item(row, key + suffix, self._case_values(row, key), self._case_hash(row))
                by_version.setdefault(version, []).append(item)
                places.append((key, suffix, version))
        model = self.env["qms.procedure.case"]
        counts = (report.created, report.updated, report.unchanged)
        own = [("external_key", "in", [i.key for items in by_version.values() for i in items])]
        moved = self._upsert_parts(model, by_version, report, options, own)
        # Cases are not rows of the file: only steps are counted.
        report.created, report.updated, report.unchanged = counts
        known = self._parts_by_key(
            model, self.env["qms.procedure.version"].union(*by_version, *moved.values()), ()
        )
        cases = {}
        for key, suffix, version in places:
            case = known.get((moved.get(version, version), key + suffix))
            if case:
                cases[key, suffix] = case
        self._link_shared(cases)
        return cases

    def _case_values(self, row, key):
        code, case = row.text("process_code"), row.text("case")
        return {
            "name": case or code or row.text("item") or key,
            "process_code": code,
            "sequence": 10,
        }

    def _case_hash(self, row):
        return "|".join(row.text(name) for name in ("process_code", "item", "case"))

    def _link_shared(self, cases):
        for (key, suffix), case in cases.items():
            first = cases.get((key, ""))
            if (
                suffix
                and first
                and case.shared_from_id != first
                and case.version_id.state == "draft"
            ):
                case.shared_from_id = first
