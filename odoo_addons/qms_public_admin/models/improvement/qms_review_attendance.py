from odoo import api, fields, models

ROLES = [
    ("chair", "Chair"),
    ("secretary", "Secretary"),
    ("member", "Member of the meeting"),
    ("guest", "Guest"),
]
ATTENDANCES = [
    ("expected", "Asked to come"),
    ("present", "Attended"),
    ("excused", "Absent with reason"),
    ("absent", "Absent"),
]


class QmsReviewAttendance(models.Model):
    """Who was asked to a management review and who came.

    Name and position are kept as text: people are renamed and move on. Somebody without a
    login is entered by name.
    """

    _name = "qms.review.attendance"
    _description = "Attendance of a management review"
    _inherit = ["qms.review.part.mixin"]
    _order = "review_id, sequence, id"
    _rec_name = "name"

    sequence = fields.Integer(default=10)
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, required=True,
        precompute=True,
    )  # fmt: skip
    title = fields.Char(
        string="Position", compute="_compute_name", store=True, readonly=False, precompute=True
    )
    role = fields.Selection(ROLES, default="member", required=True)
    attendance = fields.Selection(ATTENDANCES, default="expected", required=True)
    note = fields.Char(help="E.g. who came instead, or why somebody was absent.")

    _once = models.UniqueIndex(
        "(review_id, user_id) WHERE user_id IS NOT NULL", "Each person is named once."
    )

    # === COMPUTE METHODS === #

    @api.depends("user_id")
    def _compute_name(self):
        for row in self:
            if row.user_id:
                user_sudo = row.user_id.sudo()
                row.name = user_sudo.name
                row.title = user_sudo._qms_title(row.review_id.sudo().company_id)
            else:
                row.name = row.name or False
                row.title = row.title or False

    # === BUSINESS METHODS === #

    def _content(self):
        """Return what is hashed of a row."""
        self.ensure_one()
        names = ("name", "title", "role", "attendance", "note")
        return [self[name] or "" for name in names]
