from odoo import api, fields, models

from ...const import INTAKE_CHANNELS


class QmsProcedureChannel(models.Model):
    """Manner of submission: one intake channel with its time limit and fee."""

    _name = "qms.procedure.channel"
    _description = "Channel terms of a procedure"
    _inherit = ["qms.procedure.term.mixin", "qms.procedure.part"]

    intake_channel = fields.Selection(INTAKE_CHANNELS, string="Channel", required=True)
    case_id = fields.Many2one("qms.procedure.case", index="btree_not_null")
    fee_text = fields.Text(string="Fee")
    description = fields.Text()

    _key_unique = models.UniqueIndex(
        "(version_id, external_key) WHERE external_key IS NOT NULL",
        "This channel was already imported into the version.",
    )

    # === COMPUTE METHODS === #

    @api.depends("intake_channel", "case_id.name")
    def _compute_display_name(self):
        labels = dict(self._fields["intake_channel"]._description_selection(self.env))
        for channel in self:
            names = [labels.get(channel.intake_channel, ""), channel.case_id.name]
            channel.display_name = " – ".join(name for name in names if name)

    # === CONSTRAINT METHODS === #

    @api.constrains("case_id", "version_id")
    def _check_case_id(self):
        self._check_case_of_version()
