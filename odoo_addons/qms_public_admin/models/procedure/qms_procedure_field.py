from odoo import fields, models


class QmsProcedureField(models.Model):
    """Subject group of procedures (lĩnh vực)."""

    _name = "qms.procedure.field"
    _description = "Field of procedures"
    _order = "name, id"

    name = fields.Char(required=True, index="trigram")
    code = fields.Char(index="btree_not_null")
    active = fields.Boolean(default=True)
    procedure_ids = fields.One2many("qms.procedure", "field_id", string="Procedures")
    procedure_count = fields.Integer(compute="_compute_procedure_count")

    _name_unique = models.UniqueIndex("(name)", "This field of procedures exists already.")
    _code_unique = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL", "A field of procedures with this code exists already."
    )

    def _compute_procedure_count(self):
        counts = dict(
            self.env["qms.procedure"]._read_group(
                [("field_id", "in", self.ids)], ["field_id"], ["__count"]
            )
        )
        for field in self:
            field.procedure_count = counts.get(field, 0)

    def action_view_procedures(self):
        """Open the procedures of this field."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_procedure_action"
        )
        action["domain"] = [("field_id", "=", self.id)]
        action["context"] = {"default_field_id": self.id}
        return action
