from odoo import fields, models


class QmsDossierImportError(models.Model):
    """One row that was not imported, or imported with a remark, and why.

    Written by the check and the run alone; officers and auditors read it.
    """

    _name = "qms.dossier.import.error"
    _description = "Row with a problem"
    _order = "import_id, is_warning, row, id"
    _rec_name = "message"

    import_id = fields.Many2one(
        "qms.dossier.import", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    row = fields.Integer(readonly=True, aggregator=None, help="Row of the file.")
    dossier_code = fields.Char(string="Dossier", readonly=True)
    message = fields.Text(string="Reason", required=True, readonly=True)
    code = fields.Char(string="Kind", readonly=True)
    is_warning = fields.Boolean(
        string="Remark", readonly=True, help="The dossier was imported all the same."
    )
