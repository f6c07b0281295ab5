from odoo import api, fields, models
from odoo.fields import Domain


class QmsPosition(models.Model):
    """A job position that handles steps, with the people who hold it now.

    A position without a company is shared by all agencies ("one-stop clerk of a
    commune"): its holders see the steps of their own agencies only. It is kept by
    officers allowed in every agency; the others say which of their own people hold it.
    """

    _name = "qms.position"
    _description = "Position"
    _inherit = ["qms.placement.mixin", "mail.thread"]
    _order = "sequence, name"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True
    _shared_is_for_all = True

    name = fields.Char(required=True, translate=True, index="trigram", tracking=True)
    code = fields.Char(tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
        help="Empty: the position exists in every agency.",
    )
    department_id = fields.Many2one(
        "hr.department", string="Unit", check_company=True, index=True, tracking=True
    )
    holder_ids = fields.Many2many(
        "res.users",
        "qms_position_holder_rel",
        "position_id",
        "user_id",
        string="Holders",
        domain="[('share', '=', False)]",
        tracking=True,
    )
    holder_count = fields.Integer(compute="_compute_holder_count")
    has_holders = fields.Boolean(compute="_compute_holder_count", search="_search_has_holders")
    note = fields.Text(string="Duties")
    active = fields.Boolean(default=True)

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code IS NOT NULL",
        "A position with this code exists already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("holder_ids")
    def _compute_holder_count(self):
        for position in self:
            position.holder_count = len(position.holder_ids)
            position.has_holders = bool(position.holder_ids)

    def _search_has_holders(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("holder_ids", "!=" if True in value else "=", False)

    # === CRUD METHODS === #

    def write(self, vals):
        if vals.keys() != {"holder_ids"} or self._works_for_all():
            return super().write(vals)
        shared = self.filtered(lambda position: not position.company_id)
        self.env["qms.position"].check_access("write")
        before = {position.id: position.holder_ids for position in shared.sudo()}
        super(QmsPosition, shared.sudo()).write(vals)
        shared._check_own_holders_only(before)
        return super(QmsPosition, self - shared).write(vals)

    def _check_own_holders_only(self, before):
        """An officer says only of their own people who holds a shared position."""
        own = self.env.user.company_ids
        for position_sudo in self.sudo():
            old, new = before[position_sudo.id], position_sudo.holder_ids
            if any(user.company_ids - own for user in (old - new) | (new - old)):
                raise self._shared_error()

    # === BUSINESS METHODS === #

    def _active_holders(self, company):
        """Return the active users who hold these positions in ``company``."""
        return self.sudo().holder_ids.filtered(
            lambda user: user.active and company in user.company_ids
        )
