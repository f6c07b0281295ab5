from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

AGENCY_KINDS = [
    ("people_committee", "People's Committee"),
    ("department", "Department"),
    ("sub_department", "Sub-department"),
    ("service_centre", "Public service centre"),
    ("unit", "Unit"),
    ("other", "Other"),
]


class QmsAgency(models.Model):
    """A public body. An agency that works in this database is also a company."""

    _name = "qms.agency"
    _description = "Agency"
    _inherit = ["mail.thread"]
    _parent_store = True
    _order = "parent_path, name"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, index="trigram", tracking=True)
    code = fields.Char(
        string="Identifier",
        index="btree_not_null",
        tracking=True,
        help="Electronic identifier of the agency, e.g. H15.50.05.13.",
    )
    external_key = fields.Char(
        index="btree_not_null", copy=False, help="Key of the agency in an imported list."
    )
    level_id = fields.Many2one("qms.agency.level", index=True, tracking=True)
    agency_kind = fields.Selection(AGENCY_KINDS, default="department", required=True)
    parent_id = fields.Many2one(
        "qms.agency", string="Superior agency", index=True, ondelete="restrict", tracking=True
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("qms.agency", "parent_id", string="Subordinate agencies")
    child_count = fields.Integer(compute="_compute_child_count")
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        copy=False,
        ondelete="restrict",
        help="The company whose users work for this agency; empty when the agency "
        "works outside this database.",
    )
    province = fields.Char()
    gso_code = fields.Char(string="Statistical code", help="Code of the administrative unit.")
    is_mandatory = fields.Boolean(
        string="Must apply ISO 9001",
        tracking=True,
        help="The agency is bound to apply the standard (Decision 19/2014/QĐ-TTg, art. 2.1).",
    )
    valid_from = fields.Date()
    valid_to = fields.Date()
    source = fields.Char()
    note = fields.Text()
    active = fields.Boolean(default=True)

    _company_unique = models.Constraint(
        "UNIQUE(company_id)", "This company already stands for another agency."
    )
    _external_key_unique = models.UniqueIndex(
        "(external_key) WHERE external_key IS NOT NULL",
        "An agency with this key exists already.",
    )
    _validity = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from)",
        "The agency cannot end before it begins.",
    )

    # === COMPUTE METHODS === #

    def _compute_child_count(self):
        counts = dict(self._read_group([("parent_id", "in", self.ids)], ["parent_id"], ["__count"]))
        for agency in self:
            agency.child_count = counts.get(agency, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(self.env._("An agency cannot be its own superior."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        agencies = super().create(vals_list)
        agencies._link_company()
        return agencies

    def write(self, vals):
        if "company_id" in vals:
            self._check_may_link(vals["company_id"])
        result = super().write(vals)
        if "company_id" in vals:
            self._link_company()
        return result

    # === ACTIONS === #

    def action_view_children(self):
        """Open the agencies directly below this one."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("qms_public_admin.qms_agency_action")
        action["domain"] = [("parent_id", "=", self.id)]
        action["context"] = {"default_parent_id": self.id}
        return action

    # === BUSINESS METHODS === #

    def _check_may_link(self, company_id):
        """Who stands for an agency reads the dossiers it co-ordinates: no self-service."""
        changed = self.filtered(lambda agency: agency.company_id.id != (company_id or False))
        if changed and not (self.env.su or self.env.user.has_group("base.group_erp_manager")):
            raise AccessError(
                self.env._(
                    "Only an administrator says which company works for “%(agency)s”.",
                    agency=changed[:1].display_name,
                )
            )

    def _link_company(self):
        """Keep the company's link to its agency in step."""
        companies = self.env["res.company"].sudo()
        stale = companies.search([("qms_agency_id", "in", self.ids)])
        stale.filtered(lambda c: c.qms_agency_id.company_id != c).qms_agency_id = False
        for agency in self.filtered("company_id"):
            agency.company_id.sudo().qms_agency_id = agency
