from odoo import api, fields, models


class QmsProcedureComponent(models.Model):
    """A document of the published list of dossier components.

    Nothing outside this list may be asked for (Decree 63/2010, art. 18.6), and no
    paper for data a shared database holds (Decree 118/2025, art. 4.2a).
    """

    _name = "qms.procedure.component"
    _description = "Dossier component of a procedure"
    _inherit = "qms.procedure.part"

    name = fields.Text(
        string="Document", help="Empty when the published list does not name the document."
    )
    heading = fields.Char(help="Heading of the published list under which the document stands.")
    case_id = fields.Many2one("qms.procedure.case", index="btree_not_null")
    form_name = fields.Char(string="Form")
    original_qty = fields.Integer(string="Originals")
    certified_qty = fields.Integer(string="Certified copies")
    copy_qty = fields.Integer(string="Plain copies")
    is_required = fields.Boolean(string="Required", default=True)
    is_conditional = fields.Boolean(
        string="Conditional", help="Only in certain cases (“nếu có”, “trường hợp …”)."
    )
    from_database = fields.Char(
        string="Retrieved from",
        help="Shared database that holds the data, so that the paper may not be asked for.",
    )
    is_header = fields.Boolean(
        string="Heading line", help="A line of the published list that is no document."
    )
    note = fields.Text()

    _key_unique = models.UniqueIndex(
        "(version_id, external_key) WHERE external_key IS NOT NULL",
        "This component was already imported into the version.",
    )
    _quantities = models.Constraint(
        "CHECK(original_qty >= 0 AND certified_qty >= 0 AND copy_qty >= 0)",
        "The number of copies cannot be negative.",
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "form_name")
    def _compute_display_name(self):
        for component in self:
            component.display_name = (
                component.name or component.form_name or self.env._("Document without a name")
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("case_id", "version_id")
    def _check_case_id(self):
        self._check_case_of_version()
