from odoo import api, fields, models


class QmsProcedureReplacement(models.Model):
    """A paper that may no longer be asked for, because a national database has it.

    Government resolution 66.7/2025/NQ-CP and Decree 118/2025, art. 4.2a.
    """

    _name = "qms.procedure.replacement"
    _description = "Component replaced by data"
    _order = "code, id"
    _inherit = ["qms.placement.mixin"]
    _check_company_auto = True
    _rec_names_search = ["code", "component_text"]

    procedure_id = fields.Many2one(
        "qms.procedure", index="btree_not_null", check_company=True, ondelete="set null"
    )
    code = fields.Char(string="Procedure code", index="btree_not_null")
    code_as_printed = fields.Char()
    name = fields.Text(string="Procedure as printed")
    ministry = fields.Char()
    component_text = fields.Text(
        string="Component", help="Empty in lines that continue the one above."
    )
    database = fields.Char()
    database_owner = fields.Char(string="Owner of the database")
    legal_document = fields.Char()
    clause = fields.Char(string="Provision")
    item = fields.Char(string="No.")
    note = fields.Text()
    is_matched = fields.Boolean(
        string="Found in the components",
        readonly=True,
        help="A component of the procedure has this name and is marked as retrieved.",
    )
    company_id = fields.Many2one("res.company", string="Agency", index=True)
    external_key = fields.Char(index="btree_not_null", readonly=True, copy=False)
    import_hash = fields.Char(readonly=True, copy=False)

    _key_unique = models.UniqueIndex(
        "(external_key, COALESCE(company_id, 0)) WHERE external_key IS NOT NULL",
        "This line was already imported.",
    )

    @api.depends("code", "component_text")
    def _compute_display_name(self):
        for line in self:
            line.display_name = ": ".join(
                part for part in (line.code, (line.component_text or "")[:80]) if part
            )
