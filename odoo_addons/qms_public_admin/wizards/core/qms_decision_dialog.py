from odoo import api, fields, models
from odoo.exceptions import UserError

VERBS = [("approve", "Approve"), ("reject", "Reject")]


class QmsDecisionDialog(models.TransientModel):
    """Asks for the words of a decision and, where needed, for the password.

    The verbs of the subjects check and act; what this dialog shows decides nothing. The
    password goes into no column: saving the dialog checks it and leaves a proof on the
    server (``qms.identity.proof``).
    """

    _name = "qms.decision.dialog"
    _description = "Dialog of a decision"

    verb = fields.Selection(VERBS, required=True, readonly=True)
    review_ids = fields.Many2many("tier.review", string="To decide", readonly=True)
    review_count = fields.Integer(compute="_compute_needs")
    words = fields.Text(string="Statement")
    needs_words = fields.Boolean(compute="_compute_needs")
    is_self_approval = fields.Boolean(compute="_compute_needs")
    on_behalf_of = fields.Char(compute="_compute_needs")
    needs_password = fields.Boolean(compute="_compute_needs")
    password = fields.Char(compute="_compute_password", inverse="_inverse_password")

    # === COMPUTE METHODS === #

    @api.depends("review_ids", "verb")
    def _compute_needs(self):
        for dialog in self:
            reviews = dialog.review_ids.sudo()
            dialog.review_count = len(reviews)
            absent = dict.fromkeys(dialog.review_ids.mapped("qms_on_behalf_of"))
            dialog.on_behalf_of = ", ".join(filter(None, absent))
            dialog.is_self_approval = dialog.verb == "approve" and any(
                reviews.mapped("qms_is_self")
            )
            dialog.needs_words = dialog.verb == "reject" or dialog.is_self_approval
            dialog.needs_password = any(review._qms_needs_proof() for review in reviews)

    @api.depends("verb")
    def _compute_display_name(self):
        titles = dict(self._fields["verb"]._description_selection(self.env))
        for dialog in self:
            dialog.display_name = titles.get(dialog.verb, "")

    def _compute_password(self):
        """Nobody reads a password back."""
        self.password = False

    def _inverse_password(self):
        for dialog in self:
            if dialog.password:
                self.env["qms.identity.proof"]._prove(dialog.password)

    # === ACTIONS === #

    def action_confirm(self):
        """Decide on all subjects of the dialog, or on none."""
        self.ensure_one()
        proof = self.needs_password and self.env["qms.identity.proof"]._take()
        for subjects in self.review_ids._qms_subjects():
            subjects._decide(self.verb, self.words, proof=proof)
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    @api.model
    def _open_for(self, verb, reviews):
        """Open the dialog on reviews that wait for the current user."""
        mine = reviews.filtered("qms_waits_for_me")
        if not mine:
            raise UserError(
                self.env._("Nothing of this waits for your decision any more. Reload the page.")
            )
        dialog = self.create({"verb": verb, "review_ids": [fields.Command.set(mine.ids)]})
        return {
            "type": "ir.actions.act_window",
            "name": dialog.display_name,
            "res_model": self._name,
            "res_id": dialog.id,
            "views": [(False, "form")],
            "target": "new",
        }
