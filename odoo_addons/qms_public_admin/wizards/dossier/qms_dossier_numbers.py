from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...models.dossier.qms_dossier_privacy import NUMBERS


class QmsDossierNumbers(models.TransientModel):
    """The numbers of one dossier in full, shown once; each showing is recorded first.

    Created by who may see them, read by its creator alone, never changed: to look at
    another dossier is to ask, and be recorded, again.
    """

    _name = "qms.dossier.numbers"
    _description = "Numbers of a dossier"

    dossier_id = fields.Many2one("qms.dossier", required=True, readonly=True, ondelete="cascade")
    holder_name = fields.Char(compute="_compute_numbers", string="Dossier holder")
    holder_identity = fields.Char(compute="_compute_numbers", string="Identity number")
    holder_phone = fields.Char(compute="_compute_numbers", string="Phone")
    submitter_name = fields.Char(compute="_compute_numbers", string="Submitter")
    submitter_identity = fields.Char(
        compute="_compute_numbers", string="Identity number of the submitter"
    )
    submitter_phone = fields.Char(compute="_compute_numbers", string="Phone of the submitter")

    # === COMPUTE METHODS === #

    @api.depends_context("uid")
    @api.depends("dossier_id")
    def _compute_numbers(self):
        for shown in self:
            # A record that is not stored was recorded nowhere.
            dossier_sudo = shown.dossier_id.sudo() if shown._is_recorded() else False
            for name in ("holder_name", "submitter_name", *NUMBERS):
                shown[name] = dossier_sudo and dossier_sudo[name]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        dossiers = self.env["qms.dossier"].browse([vals.get("dossier_id") for vals in vals_list])
        if len(dossiers._disclose("form")) != len(dossiers):
            raise AccessError(
                self.env._(
                    "The numbers are shown to the counter, to heads of the agency and to who "
                    "handles the dossier."
                )
            )
        return super().create(vals_list)

    def write(self, vals):
        raise AccessError(self.env._("Ask for the numbers of each dossier anew."))

    def _is_recorded(self):
        return bool(self.id) and self.create_uid == self.env.user
