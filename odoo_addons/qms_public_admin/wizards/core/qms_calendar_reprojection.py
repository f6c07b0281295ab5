from odoo import api, fields, models
from odoo.exceptions import UserError

from ...const import OPEN_STATES
from ...kernel_texts import kernel_text
from ...tools.working_time import WorkingTimeError


class QmsCalendarReprojection(models.TransientModel):
    """Count the due dates of open dossiers again after a correction of the calendar.

    Editing the calendar moves nothing by itself (INV-01). Here the ISO officer sees
    which open dossiers would move and from which date to which, says why, and applies
    it; each move is logged with the old date. Closed dossiers never move.
    """

    _name = "qms.calendar.reprojection"
    _description = "Re-projection of due dates"

    state = fields.Selection(
        [("choice", "Agencies"), ("preview", "Preview"), ("done", "Done")], default="choice"
    )
    company_ids = fields.Many2many(
        "res.company",
        "qms_calendar_reprojection_company_rel",
        "wizard_id",
        "company_id",
        string="Agencies",
        required=True,
        default=lambda self: self.env.companies,
        domain="[('id', 'in', allowed_company_ids)]",
    )
    reason = fields.Text(help="Stands in the log of each dossier moved.")
    line_ids = fields.One2many("qms.calendar.reprojection.line", "wizard_id")
    examined_count = fields.Integer(string="Open dossiers examined", readonly=True)
    line_count = fields.Integer(string="Would move", readonly=True)
    moved_count = fields.Integer(string="Moved", readonly=True)
    calendar_warning = fields.Text(compute="_compute_calendar_warning")

    # === COMPUTE METHODS === #

    @api.depends("company_ids")
    @api.depends_context("lang")
    def _compute_calendar_warning(self):
        for wizard in self:
            wizard.calendar_warning = wizard.company_ids._qms_calendar_warning_text()

    @api.depends("state")
    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._("Re-projection of due dates")

    # === ACTION METHODS === #

    def action_preview(self):
        """List the open dossiers whose due date the calendar of today would move."""
        self.ensure_one()
        dossiers = self._open_dossiers()
        new_due_by_id = self._recomputed(dossiers)
        moving = dossiers.filtered(
            lambda dossier: new_due_by_id.get(dossier.id, dossier.due_at) != dossier.due_at
        )
        self.line_ids.unlink()
        self.line_ids = [
            fields.Command.create(
                self.line_ids._prepare(dossier, new_due_by_id[dossier.id]),
            )
            for dossier in moving
        ]
        self.write(
            {
                "state": "preview",
                "examined_count": len(new_due_by_id),
                "line_count": len(moving),
            }
        )
        return self._reopen()

    def action_apply(self):
        """Move the ticked dossiers, as far as the preview still holds."""
        self.ensure_one()
        lines = self.line_ids.filtered("is_applied")
        if self.state != "preview" or not lines:
            raise UserError(self.env._("Tick the dossiers that shall move."))
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why the due dates are counted again."))
        self._check_preview_holds(lines)
        new_due_by_id = {line.dossier_id.id: line.new_due_at for line in lines}
        self.env["qms.dossier"]._reproject(new_due_by_id, self.reason.strip())
        self.write({"state": "done", "moved_count": len(lines)})
        return self._reopen()

    def action_close(self):
        """Close and show what has changed behind the dialog."""
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === BUSINESS METHODS === #

    def _open_dossiers(self):
        """Dossiers of the chosen agencies that the user may see and whose clock began."""
        companies = self.company_ids & self.env.companies
        return self.env["qms.dossier"].search(
            [
                ("company_id", "in", companies.ids),
                ("state", "in", OPEN_STATES),
                ("due_at", "!=", False),
            ],
            order="due_at, id",
        )

    def _recomputed(self, dossiers):
        try:
            return dossiers._recomputed_due()
        except WorkingTimeError as error:
            raise UserError(
                self.env._(
                    "The due dates cannot be counted: %(reason)s",
                    reason=kernel_text(self.env, error),
                )
            ) from error

    def _check_preview_holds(self, lines):
        """Refuse when a dossier or the calendar moved since the preview."""
        now_due_by_id = self._recomputed(lines.dossier_id)
        stale = lines.filtered(
            lambda line: (
                line.dossier_id.due_at != line.old_due_at
                or now_due_by_id.get(line.dossier_id.id) != line.new_due_at
            )
        )
        if stale:
            raise UserError(
                self.env._(
                    "These dossiers have changed since the preview, look at it again: %(codes)s",
                    codes=", ".join(stale[:10].mapped("dossier_id.display_name")),
                )
            )

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Re-projection of due dates"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
