import base64
import json
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...kernel_texts import kernel_text
from ...tools import mapping as mapping_kernel
from .qms_dossier_import import SHAPES

CODE_PATTERN = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
MAX_JSON = 1024 * 1024


class QmsDossierImportMapping(models.Model):
    """What the columns of a file mean, kept for the next one.

    ISO officers keep the mappings of their agencies; those without an agency are
    shared by all and kept by officers allowed in every agency. A mapping leaves the house as a
    JSON file and comes in as one; what comes in is checked key by key.
    """

    _name = "qms.dossier.import.mapping"
    _description = "Mapping of an import"
    _inherit = ["qms.placement.mixin"]
    _order = "name, id"
    _shared_is_for_all = True

    name = fields.Char(required=True)
    code = fields.Char(
        required=True,
        copy=False,
        default=lambda self: self._default_code(),
        help="Names the mapping on the command line and as a folder of the watched directory: "
        "small letters, digits, - and _.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
        help="Empty: offered to all agencies.",
    )
    definition = fields.Json(required=True, default=lambda self: mapping_kernel.Mapping().to_json())
    definition_text = fields.Text(string="Content", compute="_compute_definition_text")
    shape = fields.Selection(SHAPES, compute="_compute_shape")
    json_file = fields.Binary(
        string="JSON file",
        compute="_compute_json_file",
        inverse="_inverse_json_file",
        help="Download it for another agency, or upload one from there.",
    )
    json_name = fields.Char(compute="_compute_json_file")
    note = fields.Text()
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint(
        "UNIQUE(code)", "A mapping with this code exists already, perhaps in another agency."
    )

    # === DEFAULTS === #

    @api.model
    def _default_code(self):
        last = self.sudo().with_context(active_test=False).search([], order="id desc", limit=1)
        return f"mapping-{last.id + 1}"

    # === COMPUTE METHODS === #

    @api.depends("definition")
    def _compute_definition_text(self):
        for mapping in self:
            mapping.definition_text = mapping._to_text()

    @api.depends("definition")
    def _compute_shape(self):
        for mapping in self:
            mapping.shape = (mapping.definition or {}).get("shape") or False

    @api.depends("definition", "code")
    def _compute_json_file(self):
        for mapping in self:
            mapping.json_file = base64.b64encode(mapping._to_text().encode())
            mapping.json_name = f"{mapping.code or 'mapping'}.json"

    def _inverse_json_file(self):
        for mapping in self:
            if mapping.json_file:
                content = base64.b64decode(mapping.json_file)
                mapping.definition = self._parse_json(content)

    # === CONSTRAINT METHODS === #

    @api.constrains("code")
    def _check_code(self):
        for mapping in self:
            if not CODE_PATTERN.fullmatch(mapping.code or ""):
                raise ValidationError(
                    self.env._(
                        "The code “%(code)s” may only have small letters, digits, - and _.",
                        code=mapping.code,
                    )
                )

    @api.constrains("definition")
    def _check_definition(self):
        for mapping in self:
            mapping._kernel_mapping()

    # === BUSINESS METHODS === #

    def _kernel_mapping(self):
        """Give the mapping as plain data, checked.

        :raises ValidationError: naming the key that is wrong
        """
        self.ensure_one()
        try:
            return mapping_kernel.Mapping.from_json(self.definition)
        except mapping_kernel.MappingError as error:
            raise ValidationError(kernel_text(self.env, error)) from error

    @api.model
    def _parse_json(self, content):
        """Read the bytes of a mapping file and check them.

        :raises ValidationError: when it is no mapping
        """
        try:
            if len(content) > MAX_JSON:
                raise mapping_kernel.MappingError("not_json")
            data = json.loads(content.decode("utf-8-sig"))
            return mapping_kernel.Mapping.from_json(data).to_json()
        except (ValueError, RecursionError) as error:
            if not isinstance(error, mapping_kernel.MappingError):
                error = mapping_kernel.MappingError("not_json")
            raise ValidationError(kernel_text(self.env, error)) from error

    @api.model
    def _find(self, name, company):
        """Find a mapping by code or name, the agency's own before the shared."""
        found = self.search(
            [
                "|",
                ("code", "=", name),
                ("name", "=", name),
                ("company_id", "in", [company.id, False]),
            ]
        )
        return found.sorted(lambda m: (m.code != name, not m.company_id))[:1]

    def _to_text(self):
        return json.dumps(self.definition or {}, ensure_ascii=False, indent=2, sort_keys=True)
