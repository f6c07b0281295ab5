from odoo import api, fields, models


class QmsSignalEvidence(models.Model):
    """One of the records on which a signal rests, by what it was called then. A fact.

    Whoever reads the signal sees its name; opening it asks for the right to read it.
    """

    _name = "qms.signal.evidence"
    _description = "Evidence of a signal"
    _inherit = ["qms.fact.mixin"]
    _order = "signal_id, id"

    signal_id = fields.Many2one(
        "qms.signal", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    name = fields.Char(string="What", required=True, readonly=True)

    # === ACTIONS === #

    def action_open(self):
        """Open the record, with the rights of the reader."""
        self.ensure_one()
        self.check_access("read")
        record = self.env[self.res_model].browse(self.res_id)
        record.check_access("read")
        return record.get_formview_action()

    # === BUSINESS METHODS === #

    @api.model
    def _note(self, links):
        """Record ``[(signal, model, id)]`` with the names as of now, as all may read them."""
        ids_of = {}
        for _signal, model, res_id in links:
            ids_of.setdefault(model, set()).add(res_id)
        names = {}
        for model, ids in ids_of.items():
            records = self.env[model].sudo().with_context(active_test=False, qms_for_all=True)
            records = records.browse(ids)
            names.update({(model, record.id): record.display_name for record in records})
        return self._record(
            [
                {
                    "signal_id": signal.id,
                    "company_id": signal.company_id.id,
                    "res_model": model,
                    "res_id": res_id,
                    "name": names[model, res_id] or f"{model},{res_id}",
                }
                for signal, model, res_id in links
            ]
        )
