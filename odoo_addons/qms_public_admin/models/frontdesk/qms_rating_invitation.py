import secrets

from odoo import fields, models

# 192 random bits: as URL-safe text 32 characters.
TOKEN_BYTES = 24


class QmsRatingInvitation(models.Model):
    """The one key by which the applicant of one dossier rates the service (INV-08).

    Made by the server when the address is first asked for, printed on the receipt,
    read back by no client: neither staff nor a citizen gets the token over RPC.
    """

    _name = "qms.rating.invitation"
    _description = "Invitation to rate"
    _inherit = ["qms.fact.mixin"]
    _rec_name = "dossier_id"

    dossier_id = fields.Many2one("qms.dossier", required=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="restrict")
    token = fields.Char(required=True, copy=False, groups=fields.NO_ACCESS)
    tried_at = fields.Datetime(
        string="Last answer handed in", help="Written to make two answers at once wait in line."
    )

    _dossier_unique = models.UniqueIndex("(dossier_id)", "A dossier has one invitation to rate.")
    _token_unique = models.UniqueIndex("(token)", "This token is taken already.")

    # === BUSINESS METHODS === #

    def _for_dossiers(self, dossiers):
        """Return the invitations of these dossiers, making those that are missing.

        Two requests at once make one row: the loser of the race reads the winner's.
        """
        known = self.sudo().search([("dossier_id", "in", dossiers.ids)])
        missing = dossiers - known.dossier_id
        if not missing:
            return known
        self.env.cr.execute(
            "INSERT INTO qms_rating_invitation"
            " (dossier_id, company_id, token, create_uid, write_uid, create_date, write_date)"
            " SELECT dossier, company, token, %(uid)s, %(uid)s, %(now)s, %(now)s"
            " FROM unnest(%(dossiers)s, %(companies)s, %(tokens)s) AS row(dossier, company, token)"
            " ON CONFLICT (dossier_id) DO NOTHING",
            {
                "uid": self.env.uid,
                "now": fields.Datetime.now(),
                "dossiers": missing.ids,
                "companies": [dossier.company_id.id for dossier in missing],
                "tokens": [secrets.token_urlsafe(TOKEN_BYTES) for _dossier in missing],
            },
        )
        return self.sudo().search([("dossier_id", "in", dossiers.ids)])
