from odoo import fields, models


class QmsInterestedPartyNeed(models.Model):
    """A need or expectation: whether it is a requirement of the system, how it is met."""

    _name = "qms.interested.party.need"
    _description = "Need of an interested party"
    _inherit = ["qms.placement.mixin"]
    _order = "party_id, sequence, id"
    _check_company_auto = True

    _placing_fields = ("party_id", "company_id")
    _derived_fields = ("company_id",)

    party_id = fields.Many2one(
        "qms.interested.party", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="party_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Need or expectation", required=True)
    is_requirement = fields.Boolean(
        string="Requirement",
        help="The agency has to meet it or has taken it upon itself: by law, by its charter of "
        "service, by its objectives.",
    )
    legal_document_id = fields.Many2one(
        "qms.legal.document",
        string="By which text",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    follow_up = fields.Char(
        string="How it is met and followed up",
        help="By which procedure, document or measure, and how it is checked.",
    )
    department_id = fields.Many2one(
        "hr.department", string="Unit", index="btree_not_null", check_company=True
    )
    is_climate = fields.Boolean(string="Climate change")
