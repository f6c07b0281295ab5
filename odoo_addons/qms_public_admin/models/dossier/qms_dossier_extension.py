from odoo import fields, models


class QmsDossierExtension(models.Model):
    """A new due date after an apology; the old one is kept (regulation INV-06)."""

    _name = "qms.dossier.extension"
    _description = "Extension of a dossier"
    _inherit = ["qms.fact.mixin"]
    _order = "dossier_id, decided_at, id"

    dossier_id = fields.Many2one("qms.dossier", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="restrict")
    decided_at = fields.Datetime(string="Decided", required=True)
    old_due_at = fields.Datetime(string="Due before", required=True)
    new_due_at = fields.Datetime(string="Due after", required=True)
    reason = fields.Text(required=True)
    delaying_unit = fields.Char(help="The unit or agency that caused the delay.")
    apology = fields.Text(string="Words of apology")
    channel = fields.Selection(
        [("letter", "Letter"), ("email", "E-mail"), ("message", "Message"), ("phone", "Telephone")],
        string="Sent by",
    )
    sent_at = fields.Datetime(string="Apology sent")
    is_notice_late = fields.Boolean(
        string="Notice too late",
        help="The apology was decided later than the notice the agency has set itself.",
    )
    signatory_id = fields.Many2one("res.users", string="Signatory (user)", ondelete="restrict")
    signatory_name = fields.Char(string="Signatory", required=True)

    _new_later = models.Constraint(
        "CHECK(new_due_at > old_due_at)", "An extension moves the due date to a later moment."
    )
