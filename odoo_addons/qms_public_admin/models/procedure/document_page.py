from odoo import api, fields, models
from odoo.fields import Domain

from ...tools import document_text

STEPS_STATES = [
    ("none", "No procedure"),
    ("in_step", "As the procedure"),
    ("out_of_step", "Differs from the procedure"),
]


class DocumentPage(models.Model):
    """Documents of procedures: whom they concern, and whether they say what is in force."""

    _inherit = "document.page"

    qms_procedure_ids = fields.One2many(
        "qms.procedure", "iso_document_id", string="Procedures", readonly=True
    )
    qms_steps_state = fields.Selection(
        STEPS_STATES,
        string="Steps",
        compute="_compute_qms_steps_state",
        search="_search_qms_steps_state",
        help="Whether the steps in the text in force are those of the procedures in force.",
    )

    # === COMPUTE METHODS === #

    @api.depends("qms_effective_id", "qms_procedure_ids.version_ids.state")
    def _compute_qms_steps_state(self):
        for page in self:
            page.qms_steps_state = page._steps_state()

    def _search_qms_steps_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        pages = self.search([("qms_procedure_ids", "!=", False), ("qms_status", "=", "effective")])
        found = pages.filtered(lambda page: page.qms_steps_state in value)
        domain = Domain("id", "in", found.ids)
        return domain | Domain("id", "not in", pages.ids) if "none" in value else domain

    # === BUSINESS METHODS === #

    def _steps_state(self):
        versions = self._versions_in_force()
        text = self.qms_effective_id.content
        written = document_text.block_text(text, "qms_steps") if text else ""
        if not versions or not written:
            return "none"
        wanted = document_text.html_text(versions._steps_html())
        return "in_step" if written == wanted else "out_of_step"

    def _versions_in_force(self):
        """Return the versions in force of the procedures this document describes."""
        return self.qms_procedure_ids.current_version_id

    def _versions_to_describe(self):
        """Return the newest versions: a revision is written for what is to come."""
        newest = self.env["qms.procedure.version"]
        for procedure in self.qms_procedure_ids:
            versions = procedure.version_ids.filtered(lambda row: row.state != "retired")
            newest |= versions.sorted("number")[-1:]
        return newest

    @api.model
    def _qms_mine_domain(self):
        """The documents of the procedures in whose steps the user's positions work, too."""
        positions = self.env.user._qms_document_positions()
        worked = Domain(
            "qms_procedure_ids.version_ids",
            "any",
            [("state", "=", "published"), ("step_ids.position_id", "in", positions.ids)],
        )
        return super()._qms_mine_domain() | (Domain("qms_status", "=", "effective") & worked)
