from odoo import api, fields, models

# Causes of the base and the category under which they are shown.
PLACES = {
    "badly_defined_need": "cause_process",
    "work_conditions": "cause_environment",
    "information_not_available": "cause_coordination",
    "bad_communication": "cause_people",
    "bad_partner_relation": "cause_people",
    "hr_unavailable_inadequate": "cause_people",
    "instruction_not_respected": "cause_people",
    "procedure_not_respected": "cause_process",
    "technical_failure": "cause_it",
    "procedure_not_defined": "cause_process",
}


class MgmtsystemNonconformityCause(models.Model):
    """Causes in two levels: the bones of the fishbone, and what is found on each.

    Everybody reads them; ISO officers keep them, for all agencies of the database.
    """

    _name = "mgmtsystem.nonconformity.cause"
    _inherit = ["mgmtsystem.nonconformity.cause", "qms.shared.list"]

    active = fields.Boolean(default=True)
    qms_category_id = fields.Many2one(
        "mgmtsystem.nonconformity.cause",
        string="Group of causes",
        compute="_compute_qms_category_id",
        help="The bone of the fishbone: the cause at the top.",
    )

    # === COMPUTE METHODS === #

    @api.depends("parent_path", "parent_id")
    def _compute_qms_category_id(self):
        for cause in self:
            path = (cause.parent_path or "").split("/")
            cause.qms_category_id = int(path[0]) if path[0] else cause._origin

    @api.depends("name", "parent_id.display_name")
    @api.depends_context("qms_short_cause")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        if self.env.context.get("qms_short_cause"):
            for cause in self:
                cause.display_name = cause.name
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _qms_place_shipped(self):
        """Put the causes of the base under our categories; those placed already stay."""
        for name, category in PLACES.items():
            cause = self.env.ref(f"mgmtsystem_nonconformity.{name}", raise_if_not_found=False)
            parent = self.env.ref(f"qms_public_admin.{category}", raise_if_not_found=False)
            if cause and parent and not cause.parent_id and not cause.child_ids:
                cause.parent_id = parent
