from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class QmsDocumentCopy(models.Model):
    """A registered paper copy of a revision: its number, who holds it, when it came back.

    What is printed without being registered is an uncontrolled copy and says so.
    """

    _name = "qms.document.copy"
    _description = "Registered copy of a document"
    _inherit = ["qms.document.row", "qms.fact.mixin"]
    _order = "revision_id, number"
    _rec_name = "holder"

    number = fields.Integer(string="Copy no.", required=True, readonly=True, aggregator=None)
    holder = fields.Char(required=True, readonly=True, help="Unit, position or place.")
    issued_at = fields.Datetime(required=True, readonly=True)
    issuer_name = fields.Char(string="Issued by", readonly=True)
    collected_at = fields.Datetime(readonly=True)
    collector_name = fields.Char(string="Collected by", readonly=True)
    to_collect = fields.Boolean(
        string="To be collected", compute="_compute_to_collect", search="_search_to_collect"
    )

    _number_unique = models.Constraint(
        "UNIQUE(revision_id, number)", "There is a copy with this number already."
    )

    # === COMPUTE METHODS === #

    @api.depends("collected_at", "revision_id.qms_state")
    def _compute_to_collect(self):
        for row in self:
            state = row.sudo().revision_id.qms_state
            row.to_collect = not row.collected_at and state in ("obsolete", "withdrawn")

    def _search_to_collect(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = [
            ("collected_at", "=", False),
            ("revision_id.qms_state", "in", ("obsolete", "withdrawn")),
        ]
        return wanted if True in value else ["!", *wanted]

    # === ACTIONS === #

    def action_collect(self):
        """Note that the paper came back and was destroyed."""
        self.check_access("read")
        if not self.env.user.has_group("qms_public_admin.group_qms_officer"):
            raise AccessError(self.env._("ISO officers keep the register of copies."))
        if any(self.mapped("collected_at")):
            raise UserError(self.env._("This copy was collected already."))
        self._complete(
            {"collected_at": fields.Datetime.now(), "collector_name": self.env.user.name}
        )
        return True
