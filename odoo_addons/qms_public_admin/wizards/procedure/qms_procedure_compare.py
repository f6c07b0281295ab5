from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...models.procedure.finding_texts import duration_text
from ...models.procedure.qms_procedure_version import CONTENT_FIELDS, VERSION_FIELDS
from ...tools import version_diff


class QmsProcedureCompare(models.TransientModel):
    """Two versions of a procedure side by side."""

    _name = "qms.procedure.compare"
    _description = "Comparison of procedure versions"

    old_version_id = fields.Many2one(
        "qms.procedure.version", string="Version", required=True, ondelete="cascade"
    )
    new_version_id = fields.Many2one(
        "qms.procedure.version", string="Compared with", required=True, ondelete="cascade"
    )
    procedure_id = fields.Many2one(related="new_version_id.procedure_id")
    is_everything = fields.Boolean(string="Show what is equal, too")
    line_ids = fields.One2many("qms.procedure.compare.line", "compare_id", readonly=True)
    change_count = fields.Integer(compute="_compute_change_count")

    @api.depends("procedure_id")
    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._(
                "Versions of %(procedure)s", procedure=wizard.procedure_id.display_name or ""
            )

    @api.depends("line_ids.change")
    def _compute_change_count(self):
        for wizard in self:
            wizard.change_count = len(wizard.line_ids.filtered(lambda line: line.change != "equal"))

    @api.constrains("old_version_id", "new_version_id")
    def _check_procedures(self):
        for wizard in self:
            if wizard.old_version_id.procedure_id != wizard.new_version_id.procedure_id:
                raise ValidationError(
                    self.env._("Only versions of the same procedure can be compared.")
                )

    def action_compare(self):
        """Compare again after the choice of versions changed."""
        self.ensure_one()
        self._fill_lines()
        return True

    def _open(self):
        self._fill_lines()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare versions"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _fill_lines(self):
        self.line_ids.unlink()
        differences = version_diff.compare(
            self._readable(self.old_version_id),
            self._readable(self.new_version_id),
            with_equal=self.is_everything,
        )
        labels = self._labels()
        self.env["qms.procedure.compare.line"].create(
            [
                {
                    "compare_id": self.id,
                    "sequence": place,
                    "section": labels[difference.section, ""],
                    "item": difference.item,
                    "field_label": difference.field
                    and labels[difference.section, difference.field],
                    "old_text": difference.old,
                    "new_text": difference.new,
                    "change": difference.change,
                }
                for place, difference in enumerate(differences)
            ]
        )

    def _readable(self, version):
        """Return the content of a version as texts that people read."""
        content = {"version": [self._texts(version, VERSION_FIELDS, "version")]}
        for name, field_names in CONTENT_FIELDS.items():
            content[name] = [self._texts(part, field_names, name) for part in version[name]]
        return content

    def _texts(self, record, field_names, section):
        key = (
            self.env._("Version")
            if section == "version"
            else " ".join((record.display_name or "").split())[:200]
        )
        return {"_key": key} | {name: self._text(record, name) for name in field_names}

    def _text(self, record, name):
        field, value = record._fields[name], record[name]
        if field.type == "many2one":
            return value.display_name or ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type == "float":
            return duration_text(self.env, value)
        return str(value) if value else ""

    def _labels(self):
        """Return ``{(section, field): label}``; the section itself has no field."""
        versions = self.env["qms.procedure.version"]
        labels = {("version", ""): self.env._("Version")}
        for name, field in versions.fields_get(VERSION_FIELDS, ["string"]).items():
            labels["version", name] = field["string"]
        titles = versions.fields_get(list(CONTENT_FIELDS), ["string"])
        for section, field_names in CONTENT_FIELDS.items():
            labels[section, ""] = titles[section]["string"]
            model = self.env[versions._fields[section].comodel_name]
            for name, field in model.fields_get(field_names, ["string"]).items():
                labels[section, name] = field["string"]
        return labels
