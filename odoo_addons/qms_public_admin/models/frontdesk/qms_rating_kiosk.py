import datetime
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.urls import urljoin

from .qms_rating_invitation import TOKEN_BYTES

# How long a dossier waits on the tablet for its applicant.
SHOWN_MINUTES = 5


class QmsRatingKiosk(models.Model):
    """A tablet at a counter on which the applicant rates the dossier just returned.

    ISO officers set it up, the clerks named on it send dossiers to it: by returning a
    result, or by the button on the dossier. The page knows a token and the one dossier
    that is shown, nothing else; it opens no session.
    """

    _name = "qms.rating.kiosk"
    _description = "Rating tablet"
    _inherit = ["qms.placement.mixin"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="Desk at which the tablet stands.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Clerks at this desk",
        help="What they return is shown on this tablet.",
    )
    token = fields.Char(
        copy=False, groups=fields.NO_ACCESS, default=lambda self: secrets.token_urlsafe(TOKEN_BYTES)
    )
    address = fields.Char(
        compute="_compute_address",
        groups="qms_public_admin.group_qms_clerk,qms_public_admin.group_qms_officer",
        help="Open it on the tablet, in full screen. Whoever has it can answer for the dossier "
        "that is shown: give a new address when a tablet is lost.",
    )
    current_dossier_id = fields.Many2one(
        "qms.dossier", string="Dossier shown", copy=False, readonly=True, ondelete="restrict"
    )
    current_slot = fields.Char(copy=False, groups=fields.NO_ACCESS)
    shown_at = fields.Datetime(copy=False, readonly=True)

    _token_unique = models.UniqueIndex("(token)", "This token is taken already.")

    # === COMPUTE METHODS === #

    @api.depends("token")
    def _compute_address(self):
        for kiosk in self:
            token = kiosk.sudo().token
            kiosk.address = token and urljoin(kiosk.get_base_url(), f"/qms/kiosk/{token}")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_shown(*vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._refuse_shown(vals)
        return super().write(vals)

    def _refuse_shown(self, *vals_list):
        names = {"token", "current_dossier_id", "current_slot", "shown_at"}
        if not self.env.su and any(names & vals.keys() for vals in vals_list):
            raise UserError(self.env._("What a tablet shows is set by handing over a result."))

    # === ACTIONS === #

    def action_open(self):
        """Open the page of the tablet in a new tab."""
        self.ensure_one()
        self.check_access("read")
        return {"type": "ir.actions.act_url", "url": self.address, "target": "new"}

    def action_renew_address(self):
        """Give a new address: the old one stops working."""
        self.check_access("write")
        for kiosk_sudo in self.sudo():
            kiosk_sudo.write(
                {
                    "token": secrets.token_urlsafe(TOKEN_BYTES),
                    "current_dossier_id": False,
                    "current_slot": False,
                }
            )
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _of_clerk(self, user, company):
        """Return the tablet of a clerk in an agency, if there is one (elevated)."""
        return self.sudo().search(
            [("user_ids", "in", user.id), ("company_id", "=", company.id)], limit=1
        )

    def _show(self, dossier):
        """Put a dossier on this tablet; what was there before goes (elevated)."""
        self.ensure_one()
        self.write(
            {
                "current_dossier_id": dossier.id,
                "current_slot": secrets.token_urlsafe(12),
                "shown_at": fields.Datetime.now(),
            }
        )

    def _clear(self):
        self.write({"current_dossier_id": False, "current_slot": False, "shown_at": False})

    def _shown(self):
        """Return the dossier that can be rated on this tablet now (elevated)."""
        self.ensure_one()
        dossier = self.current_dossier_id
        since = fields.Datetime.now() - datetime.timedelta(minutes=SHOWN_MINUTES)
        if dossier and self.shown_at >= since and dossier._rating_status() == "open":
            return dossier
        return self.env["qms.dossier"]
