from odoo import api, fields, models
from odoo.exceptions import UserError


class QmsDossier(models.Model):
    """The quick receipt: one screen from the procedure to the printed receipt.

    The screen is a form of the dossier itself, so what it enters is a dossier by
    the ordinary way in: created, then accepted by the verb, each with the rights of
    the clerk. What is refused at acceptance stays as a submitted dossier, to be
    completed, supplemented or refused.
    """

    _inherit = "qms.dossier"

    all_papers_received = fields.Boolean(
        string="All papers are there",
        store=False,
        help="Ticks the papers of the list at once.",
    )
    missing_papers = fields.Text(
        string="Missing papers",
        compute="_compute_missing_papers",
        help="Required papers that were not handed in, one a line.",
    )
    has_cases = fields.Boolean(
        compute="_compute_has_cases", help="The version in force tells several cases apart."
    )
    due_preview_at = fields.Datetime(string="Due when accepted now", compute="_compute_due_preview")
    due_preview = fields.Text(string="How it is counted", compute="_compute_due_preview")

    # === COMPUTE METHODS === #

    @api.depends(
        "state", "component_ids.is_required", "component_ids.is_received", "component_ids.name"
    )
    def _compute_missing_papers(self):
        for dossier in self:
            missing = dossier.component_ids.browse()
            if not dossier._is_closed_for_papers():
                missing = dossier.component_ids.filtered("is_missing")
            dossier.missing_papers = "\n".join(missing.mapped("name"))

    @api.depends("procedure_id")
    def _compute_has_cases(self):
        for dossier in self:
            version = dossier.version_id
            if not version and dossier.procedure_id:
                version = dossier.procedure_id._version_at(self._stamp())
            dossier.has_cases = len(version.case_ids) > 1

    @api.depends("procedure_id", "case_id", "intake_channel", "is_non_territorial", "state")
    @api.depends_context("lang")
    def _compute_due_preview(self):
        for dossier in self:
            dossier.due_preview_at, dossier.due_preview = dossier._due_if_accepted_now()

    def _due_if_accepted_now(self):
        """Return the due date that acceptance would give now, and how it is counted."""
        if self.state != "submitted" or not self.procedure_id:
            return False, False
        error = self._version_in_force_error()
        if error:
            return False, error
        if self.is_non_territorial:
            return False, self.env._(
                "The clock starts when the competent agency has received the dossier."
            )
        now = self._stamp()
        version = self.procedure_id._version_at(now)
        term = version._term(self.case_id, self.intake_channel)
        if not term["has_due"]:
            return False, self.env._("This procedure has no time limit.")
        try:
            return self._explained_due(now, term)
        except UserError as reason:
            return False, str(reason)

    def _explained_due(self, now, term):
        clock = self._working_time()
        due = self._prepare_due_dates(clock, now, term)["due_at"]
        lines = clock.explain(
            now,
            term["committed_hours"],
            term["duration_kind"],
            lang=self.env.lang or "en_US",
            due_at=due,
        )
        return due, "\n".join(lines)

    # === ONCHANGE METHODS === #

    @api.onchange("all_papers_received")
    def _onchange_all_papers_received(self):
        for paper in self.component_ids.filtered(lambda paper: not paper.from_database):
            paper.is_received = self.all_papers_received
            paper._onchange_is_received()

    # === ACTIONS === #

    def action_accept_and_print(self):
        """Accept these dossiers and give their receipts, one print for all."""
        self.action_accept()
        return self._paper_action("accept") or True

    def action_open_in_full(self):
        """Leave the quick receipt for the complete form of the dossier."""
        return self._action_open()

    def action_receive_next(self):
        """Open an empty quick receipt."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_dossier_action_receive"
        )
