from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...models.document.qms_posting import PLACE_KINDS


class QmsPostingEntry(models.TransientModel):
    """Enters what was posted: one board or one page of the website for any number of things."""

    _name = "qms.posting.entry"
    _description = "Entry of a posting"

    page_ids = fields.Many2many(
        "document.page",
        string="Documents",
        domain="[('qms_status', '=', 'effective')]",
    )
    procedure_ids = fields.Many2many("qms.procedure", string="Procedures")
    declaration_ids = fields.Many2many(
        "qms.declaration", string="Declarations", domain="[('state', '=', 'declared')]"
    )
    place_kind = fields.Selection(
        PLACE_KINDS, string="Kind of place", required=True, default="office"
    )
    place = fields.Char(help="Board, room, address of the page.")
    posted_on = fields.Date(
        string="Posted on", required=True, default=lambda self: fields.Date.context_today(self)
    )
    link = fields.Char(string="Address", help="Where it can be seen on the web.")
    photo = fields.Binary(help="JPG or PNG, at most 5 MB.")
    photo_name = fields.Char()
    note = fields.Text()

    # === ACTIONS === #

    def action_post(self):
        """Record the postings; who may is checked there."""
        self.ensure_one()
        given = [records for records in self._subjects() if records]
        if not given:
            raise UserError(self.env._("Choose what was posted."))
        names = ("place_kind", "place", "posted_on", "link", "note")
        self.env["qms.posting"]._post(
            given,
            {name: self[name] for name in names},
            photo=self.with_context(bin_size=False).photo,
            photo_name=self.photo_name,
        )
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    def _subjects(self):
        """Return the recordsets of what was posted."""
        return [self.page_ids, self.procedure_ids, self.declaration_ids]

    @api.model
    def _open_for(self, pages, procedures, declarations):
        """Open the entry for these records."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Post it up"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_page_ids": [Command.set(pages.ids)],
                "default_procedure_ids": [Command.set(procedures.ids)],
                "default_declaration_ids": [Command.set(declarations.ids)],
            },
        }
