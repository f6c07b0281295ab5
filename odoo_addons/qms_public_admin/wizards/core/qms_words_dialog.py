from odoo import api, fields, models
from odoo.exceptions import UserError


class QmsWordsDialog(models.TransientModel):
    """Asks for the words of an act: why a plan is changed, a risk closed, a class given up.

    Which acts may be asked for each domain adds (:meth:`_acts`); who may act and what words
    are needed the act itself checks.
    """

    _name = "qms.words.dialog"
    _description = "Words of an act"

    res_model = fields.Char(required=True, readonly=True)
    res_ids = fields.Json(required=True, readonly=True)
    act = fields.Char(required=True, readonly=True)
    about = fields.Text(string="It is about", readonly=True)
    question = fields.Text(readonly=True, help="What is to be answered, or what the act does.")
    words = fields.Text(string="In your words", required=True)

    # === ACTIONS === #

    def action_confirm(self):
        """Act with these words."""
        self.ensure_one()
        if (self.res_model, self.act) not in self._acts():
            raise UserError(self.env._("This is not asked here."))
        records = self.env[self.res_model].browse(self.res_ids).exists()
        getattr(records, self.act)(self.words)
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    @api.model
    def _acts(self):
        """Return ``{(model, method)}``: methods that take words and nothing else."""
        return set()

    @api.model
    def _ask(self, act, title, records, about="", question=""):
        """Return the action that asks for the words of ``act`` of ``records``."""
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_res_model": records._name,
                "default_res_ids": records.ids,
                "default_act": act,
                "default_about": about or "\n".join(records.mapped("display_name")),
                "default_question": question,
            },
        }
