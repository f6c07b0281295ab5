from odoo import fields, models


class MgmtsystemAudit(models.Model):
    """The opening and the closing meeting of an audit: when, where, who, what was said."""

    _inherit = "mgmtsystem.audit"

    qms_opening_at = fields.Datetime(string="Opening meeting", copy=False)
    qms_opening_place = fields.Char(string="Place of the opening meeting", copy=False)
    qms_opening_user_ids = fields.Many2many(
        "res.users",
        "qms_audit_opening_user_rel",
        "audit_id",
        "user_id",
        string="Present at the opening",
        copy=False,
        domain="[('share', '=', False)]",
    )
    qms_opening_others = fields.Char(string="Others at the opening", copy=False)
    qms_opening_notes = fields.Text(string="Said at the opening", copy=False)
    qms_closing_at = fields.Datetime(string="Closing meeting", copy=False)
    qms_closing_place = fields.Char(string="Place of the closing meeting", copy=False)
    qms_closing_user_ids = fields.Many2many(
        "res.users",
        "qms_audit_closing_user_rel",
        "audit_id",
        "user_id",
        string="Present at the closing",
        copy=False,
        domain="[('share', '=', False)]",
    )
    qms_closing_others = fields.Char(string="Others at the closing", copy=False)
    qms_closing_notes = fields.Text(
        string="Said at the closing",
        copy=False,
        help="Findings read out, objections of the unit, dates agreed.",
    )
