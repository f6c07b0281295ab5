from odoo import api, fields, models

# In the order in which a reader wants to see them.
LINE_STATES = [
    ("refused", "Not possible"),
    ("skipped", "Skipped"),
    ("ready", "To be handled"),
    ("done", "Handled"),
]


class QmsDossierBulkLine(models.Model):
    """One dossier of an action on many: to be handled, or skipped and why.

    Seen by the user who asked; written by the preview and the run alone.
    """

    _name = "qms.dossier.bulk.line"
    _description = "Dossier of an action on many"
    _inherit = ["qms.fact.mixin"]
    _order = "bulk_id, state desc, id"

    bulk_id = fields.Many2one("qms.dossier.bulk", required=True, index=True, ondelete="cascade")
    dossier_id = fields.Many2one("qms.dossier", required=True, ondelete="cascade")
    step_id = fields.Many2one(
        "qms.dossier.step",
        ondelete="cascade",
        help="The step the user saw; another one is not completed.",
    )
    state = fields.Selection(LINE_STATES, required=True)
    message = fields.Char(string="Why not")
    holder_name = fields.Char(related="dossier_id.holder_name", string="Dossier holder")
    procedure_id = fields.Many2one(related="dossier_id.procedure_id", string="Procedure")

    _waiting_idx = models.Index("(bulk_id, id) WHERE state = 'ready'")

    # === COMPUTE METHODS === #

    @api.depends("dossier_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.dossier_id.display_name

    # === ACTIONS === #

    def action_open_dossier(self):
        """Open the dossier of this line."""
        self.ensure_one()
        return self.dossier_id._action_open()

    # === BUSINESS METHODS === #

    @api.model
    def _prepare(self, bulk, dossier, expected_step=None):
        """Return the values of the line of one dossier, judged now."""
        step = dossier.current_step_id if expected_step is None else expected_step
        is_step_verb = bulk.sudo().verb == "complete_step"
        message = self._judge(dossier, bulk.sudo().verb, step.id if is_step_verb else False)
        return {
            "bulk_id": bulk.id,
            "dossier_id": dossier.id,
            "step_id": step.id if is_step_verb else False,
            "state": "skipped" if message else "ready",
            "message": message or False,
        }

    def _error(self, verb):
        """Return why the user cannot use ``verb`` on this dossier now, '' when possible."""
        line_sudo = self.sudo()
        dossier = self.env["qms.dossier"].browse(line_sudo.dossier_id.id)
        return self._judge(dossier, verb, line_sudo.step_id.id)

    @api.model
    def _judge(self, dossier, verb, step_id):
        if step_id and dossier.current_step_id.id != step_id:
            return self.env._("The step was already completed by somebody else.")
        return dossier._verb_error(verb)


class QmsDossier(models.Model):
    _inherit = "qms.dossier"

    def action_bulk(self, verb):
        """Show who of these dossiers ``verb`` would handle and who is skipped, and why."""
        bulk = self.env["qms.dossier.bulk"]._prepare(verb, self)
        return bulk._action_show()

    def action_bulk_return(self):
        """Return the results of these dossiers, after a preview."""
        return self.action_bulk("return_result")


class QmsDossierStep(models.Model):
    _inherit = "qms.dossier.step"

    def action_bulk_complete(self):
        """Show which of these steps can be completed and handed over, then do it."""
        self.check_access("read")
        steps = {step.dossier_id: step for step in self}
        dossiers = self.env["qms.dossier"].union(*steps)
        bulk = self.env["qms.dossier.bulk"]._prepare("complete_step", dossiers, steps)
        return bulk._action_show()
