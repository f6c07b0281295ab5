import datetime
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessDenied, UserError
from odoo.http import STORED_SESSION_BYTES, request

# How long a password just entered stands for the person who is deciding.
LIFETIME = datetime.timedelta(minutes=2)


class QmsIdentityProof(models.Model):
    """A password was entered just now, by this user, in this session; good for one act.

    The proof is made on the server from the credentials of the user, is bound to the
    session, lives two minutes and is used up by the decision it was made for. What a
    client says in a context or in a parameter proves nothing. The password itself is
    kept nowhere.
    """

    _name = "qms.identity.proof"
    _description = "Proof of identity"
    _inherit = ["qms.fact.mixin"]
    _order = "id desc"

    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, ondelete="restrict"
    )
    at = fields.Datetime(required=True, readonly=True)
    used_at = fields.Datetime(readonly=True)
    session_digest = fields.Char(readonly=True)

    # === BUSINESS METHODS === #

    @api.model
    def _prove(self, password):
        """Check the password of the current user and remember that it was right.

        :raise UserError: when it is not, with the cooldown of the login page
        """
        user = self.env.user
        credential = {"login": user.login, "password": password or "", "type": "password"}
        try:
            with user._assert_can_auth(user=user.id):
                user._check_credentials(credential, {"interactive": True})
        except AccessDenied as error:
            raise UserError(
                self.env._("The password is not right. Enter the password you sign in with.")
            ) from error
        return self._record(
            [
                {
                    "user_id": user.id,
                    "at": fields.Datetime.now(),
                    "session_digest": self._session_digest(),
                }
            ]
        )

    @api.model
    def _take(self):
        """Use up the proof of the current user and session.

        :raise UserError: when there is none that is fresh
        """
        proof = self.sudo().search(
            [
                ("user_id", "=", self.env.uid),
                ("used_at", "=", False),
                ("at", ">", fields.Datetime.now() - LIFETIME),
                ("session_digest", "=", self._session_digest()),
            ],
            limit=1,
        )
        if not proof:
            raise UserError(
                self.env._("This decision needs your password. Enter it in the dialog and confirm.")
            )
        proof._complete({"used_at": fields.Datetime.now()})
        return proof

    @api.model
    def _session_digest(self):
        """Tell sessions apart without keeping their keys."""
        key = request.session.sid[:STORED_SESSION_BYTES] if request else ""
        return hashlib.sha256(key.encode()).hexdigest()
