from odoo import api, fields, models

SIGN_OFF_ROLES = [
    ("drafted", "Drafted"),
    ("reviewed", "Reviewed"),
    ("approved", "Approved"),
    ("rejected", "Sent back"),
    ("recalled", "Request withdrawn"),
    ("effective", "Brought into force"),
    ("withdrawn", "Withdrawn"),
    ("imported", "Taken over"),
]
# What a decision of the approval is in the table.
DECISION_ROLES = {
    "request": "reviewed",
    "approve": "approved",
    "reject": "rejected",
    "withdraw": "recalled",
}


class QmsDocumentSignOff(models.Model):
    """Who drafted, reviewed and approved a revision: “Soạn thảo – Soát xét – Phê duyệt”.

    Names and positions are kept as text: people move on, the paper does not. Lines of the
    approval name the decision from which they were written in the same transaction.
    """

    _name = "qms.document.sign.off"
    _description = "Sign-off of a document"
    _inherit = ["qms.document.row", "qms.fact.mixin"]
    _order = "revision_id, at, id"
    _rec_name = "user_name"

    role = fields.Selection(SIGN_OFF_ROLES, required=True, readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, index=True, ondelete="restrict")
    user_name = fields.Char(string="Name", readonly=True)
    title = fields.Char(string="Position", readonly=True)
    at = fields.Datetime(string="Time", required=True, readonly=True)
    content_sha256 = fields.Char(string="Fingerprint", readonly=True)
    words = fields.Text(string="Remark", readonly=True)
    decision_id = fields.Many2one(
        "qms.decision", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    step = fields.Char(related="decision_id.tier_name", string="Approval step")
    on_behalf_of = fields.Char(related="decision_id.on_behalf_of_name")
    decision_hash = fields.Char(related="decision_id.hash", string="Decision hash")

    # === BUSINESS METHODS === #

    @api.model
    def _record_decisions(self, decisions):
        """Write the lines of decisions on revisions."""
        self._record(
            [
                {
                    "revision_id": decision.res_id,
                    "company_id": decision.company_id.id,
                    "role": DECISION_ROLES[decision.verb],
                    "user_id": decision.user_id.id,
                    "user_name": decision.user_name,
                    "title": decision.position_name,
                    "at": decision.at.replace(microsecond=0),
                    "content_sha256": decision.content_sha256,
                    "words": decision.words,
                    "decision_id": decision.id,
                }
                for decision in decisions.sudo()
            ]
        )

    def _sign_off_line(self, roles):
        """Return a line of the sign-off block; see ``qms.approval.mixin._sign_off_rows``."""
        self.ensure_one()
        decision = self.decision_id
        is_step = self.role == "approved" and self.step
        zone = self.company_id._qms_timezone()
        moment = fields.Datetime.context_timestamp(self.with_context(tz=zone), self.at)
        return {
            "role": self.step if is_step else roles[self.role],
            "name": self.user_name,
            "title": self.title or "",
            "on_behalf": self.on_behalf_of or "",
            "date": moment.date(),
            "hash": (decision.hash or "")[:16],
            "url": decision._check_url() if decision else "",
        }
