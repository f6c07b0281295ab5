from odoo import api, fields, models


class QmsChangeRequestLine(models.Model):
    """Procedures among what a change touches: a published version settles them."""

    _inherit = "qms.change.request.line"

    procedure_id = fields.Many2one(
        "qms.procedure",
        string="Administrative procedure",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('company_id', '=', company_id)]",
    )
    item_kind = fields.Selection(selection_add=[("a_procedure", "Procedures")])
    base_version_id = fields.Many2one(
        "qms.procedure.version",
        string="Version in force when opened",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    version_id = fields.Many2one(
        "qms.procedure.version",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    form_names = fields.Text(
        string="Forms of the procedure",
        readonly=True,
        copy=False,
        help="Forms that the components and steps of the version in force name.",
    )

    _procedure_once = models.UniqueIndex(
        "(request_id, procedure_id) WHERE procedure_id IS NOT NULL",
        "The procedure is in the list already.",
    )
    _has_item = models.Constraint(
        "CHECK((page_id IS NOT NULL) != (procedure_id IS NOT NULL))", "Say which item it is."
    )

    # === COMPUTE METHODS === #

    @api.depends("procedure_id.display_name", "procedure_id.department_id")
    def _compute_item(self):
        result = super()._compute_item()
        for line in self.filtered(lambda line: line.procedure_id and not line._is_settled()):
            procedure = line._seen(line.procedure_id)
            line.name = procedure.display_name
            line.item_kind = "a_procedure"
            line.department_id = procedure.department_id
        return result

    # === ACTIONS === #

    def action_open_item(self):
        """Open the version that was begun, or the procedure."""
        self.ensure_one()
        self.check_access("read")
        if not self.procedure_id:
            return super().action_open_item()
        return (self.version_id or self.procedure_id)._qms_open_record()

    def action_abolish(self):
        """Retire the versions of procedures that the decision abolishes.

        They were in force until the day before the change takes effect. Dossiers received
        under them keep them (INV-19).
        """
        self.check_access("read")
        self._raise_errors(line._abolish_error() for line in self)
        for line in self:
            start = line.request_id.effective_date or fields.Date.context_today(self)
            line._published_versions().action_retire(fields.Date.subtract(start, days=1))
        self._follow_items()
        return True

    # === PREDICATES === #

    def _abolish_error(self):
        if self.procedure_id and self.expected == "abolish":
            return self._running_error() or self._right_error()
        return self.env._("“%(item)s” is not to be abolished.", item=self.name)

    # === BUSINESS METHODS === #

    def _guarded_fields(self):
        return super()._guarded_fields() | {"base_version_id", "version_id", "form_names"}

    @api.model
    def _place_fields(self):
        return (*super()._place_fields(), "procedure_id")

    def _is_item_fit(self):
        if self.procedure_id:
            return self.procedure_id.company_id == self.company_id
        return super()._is_item_fit()

    def _item_key(self):
        if self.procedure_id:
            return ("procedure_id", self.procedure_id.id)
        return super()._item_key()

    def _published_versions(self):
        return self.procedure_id.version_ids.filtered(lambda row: row.state == "published")

    def _begin_from_today(self):
        """Remember the version in force and the forms it names."""
        result = super()._begin_from_today()
        lines = self.filtered("procedure_id")
        current = {line: line.sudo().procedure_id.current_version_id.id for line in lines}
        names = self._form_names([version for version in current.values() if version])
        self._lifecycle_write_each(
            {
                line.id: {"base_version_id": version, "form_names": names.get(version, False)}
                for line, version in current.items()
                if version
            }
        )
        return result

    @api.model
    def _form_names(self, version_ids):
        """Return ``{version id: names}`` of the forms that components and steps name."""
        found = {}
        for model in ("qms.procedure.component", "qms.procedure.step"):
            rows = (
                self.env[model]
                .sudo()
                .search_fetch(
                    [("version_id", "in", version_ids), ("form_name", "!=", False)],
                    ["version_id", "form_name"],
                )
            )
            for row in rows:
                found.setdefault(row.version_id.id, {})[row.form_name.strip()] = True
        return {version: "\n".join(filter(None, names)) for version, names in found.items()}

    def _start(self):
        """Begin the version for this change, or take the newest draft there is."""
        procedure = self.procedure_id
        if not procedure:
            return super()._start()
        if self.expected == "abolish":
            return self.action_open_item()
        newest = procedure.version_ids.sorted("number")[-1:]
        draft = newest if newest.state == "draft" else newest.browse()
        if not draft and newest:
            draft = newest.copy(
                {"decision_no": False, "decision_date": False, "decision_issuer": False}
            )
        draft = draft or newest.create({"procedure_id": procedure.id})
        self._lifecycle_write({"version_id": draft.id, "state": "in_work"})
        return draft._open_form()

    def _start_error(self, units=None):
        error = super()._start_error(units)
        if error or not self.procedure_id or self.request_id._is_officer():
            return error
        return self.env._("ISO officers write the versions of procedures.")

    def _outcomes(self):
        """Return ``{line id: values}``, of procedures by their versions."""
        lines = self.filtered("procedure_id")
        found = super(QmsChangeRequestLine, self - lines)._outcomes()
        versions = self.env["qms.procedure.version"].sudo()
        rows = versions.search_fetch(
            [("procedure_id", "in", lines.procedure_id.ids)],
            ["procedure_id", "number", "state", "published_at"],
            order="number",
        )
        by_procedure = rows.grouped("procedure_id")
        for line in lines:
            own = by_procedure.get(line.procedure_id, versions)
            found[line.id] = line._procedure_outcome(own)
        return found

    def _procedure_outcome(self, versions):
        """Return the values a line has by the versions of its procedure.

        :param versions: in the order of their numbers
        """
        states = set(versions.mapped("state"))
        if "retired" in states and "published" not in states:
            words = self.env._("%(item)s was retired", item=self.procedure_id.display_name)
            return {"state": "done", "outcome": words}
        opened, base = self.request_id.opened_at, self.base_version_id
        later = versions.filtered(
            lambda row: row.published_at and row.published_at >= opened and row != base
        )[-1:]
        if later and self.expected != "abolish":
            return {"state": "done", "outcome": later.display_name, "version_id": later.id}
        draft = versions.filtered(lambda row: row.state == "draft")[-1:]
        if draft and self.expected != "abolish":
            return {"state": "in_work", "version_id": draft.id}
        return {"state": "open", "version_id": False}
