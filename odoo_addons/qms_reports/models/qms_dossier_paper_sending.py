from odoo import api, fields, models

CHANNELS = [("email", "E-mail")]


class QmsDossierPaperSending(models.Model):
    """That a paper was sent: when, how and to whom, the address masked.

    Read by the staff of the agency; recorded by the sending, never changed.
    """

    _name = "qms.dossier.paper.sending"
    _description = "Sending of a paper"
    _inherit = ["qms.fact.mixin"]
    _order = "paper_id, sent_at, id"

    paper_id = fields.Many2one(
        "qms.dossier.paper", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    sent_at = fields.Datetime(string="Sent", required=True, readonly=True)
    channel = fields.Selection(CHANNELS, string="Sent by", required=True, readonly=True)
    recipient = fields.Char(string="To", required=True, readonly=True, help="Masked.")
    file_sha256 = fields.Char(string="SHA-256 of the file", readonly=True)
    sent_by_id = fields.Many2one(
        "res.users", string="Sender (user)", readonly=True, ondelete="restrict"
    )
    sent_by_name = fields.Char(string="Sender", readonly=True)

    # === BUSINESS METHODS === #

    @api.model
    def _record_sending(self, paper, channel, address):
        """Record a sending and say so in the chatter of the dossier, without the file."""
        shown = masked_address(address)
        sending = self._record(
            [
                {
                    "paper_id": paper.id,
                    "company_id": paper.company_id.id,
                    "sent_at": fields.Datetime.now(),
                    "channel": channel,
                    "recipient": shown,
                    "file_sha256": paper.pdf_sha256,
                    "sent_by_id": self.env.uid,
                    "sent_by_name": self.env.user.sudo().name,
                }
            ]
        )
        paper.dossier_id.message_post(
            body=self.env._(
                "%(paper)s sent by e-mail to %(address)s.",
                paper=f"{paper.title} {paper.number_text}",
                address=shown,
            )
        )
        return sending


def masked_address(address):
    """Hide the name of a mailbox but its first character.

    >>> masked_address("lan.nguyen@example.com")
    'l•••@example.com'
    """
    name, at, host = address.rpartition("@")
    return f"{name[:1]}•••{at}{host}"
