from odoo import fields, models

from ...const import TICKET_KINDS


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    qms_kind = fields.Selection(
        TICKET_KINDS,
        string="Kind of its mails",
        default="question",
        required=True,
        help="What a mail to the address of this team becomes.",
    )
