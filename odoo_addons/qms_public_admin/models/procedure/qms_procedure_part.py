from odoo import api, fields, models
from odoo.exceptions import ValidationError


class QmsProcedurePart(models.AbstractModel):
    """A part of a procedure version: frozen with it.

    Once the version has left the draft state no part of it is created, changed or
    deleted: by nobody, by no way in, and there is no writer that may. To change a
    published version one makes a new version from it.

    Parts that came from a file carry ``external_key`` (their key in the file) and
    ``import_hash`` (what the file said), so that the same file changes nothing.
    """

    _name = "qms.procedure.part"
    _description = "Part of a procedure version"
    _inherit = ["qms.placement.mixin"]
    _order = "version_id, sequence, id"

    _placing_fields = ("version_id", "company_id")
    _derived_fields = ("procedure_id", "company_id")

    version_id = fields.Many2one(
        "qms.procedure.version",
        string="Procedure version",
        required=True,
        index=True,
        ondelete="cascade",
    )
    procedure_id = fields.Many2one(
        related="version_id.procedure_id", store=True, index=True, string="Procedure"
    )
    company_id = fields.Many2one(related="version_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    external_key = fields.Char(index="btree_not_null", readonly=True)
    import_hash = fields.Char(readonly=True)

    # === CONSTRAINT METHODS === #

    def _check_case_of_version(self):
        """A part can only belong to a case of its own version."""
        for part in self:
            if part.case_id and part.case_id.version_id != part.version_id:
                raise ValidationError(
                    self.env._(
                        "The case “%(case)s” belongs to another version of the procedure.",
                        case=part.case_id.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.version_id._check_content_open()
        return parts

    def write(self, vals):
        self.version_id._check_content_open()
        result = super().write(vals)
        if "version_id" in vals:
            self.version_id._check_content_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self.version_id._check_content_open()
