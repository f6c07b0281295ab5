from odoo import api, models
from odoo.exceptions import AccessError

_WRITER = object()


class QmsFactMixin(models.AbstractModel):
    """A row that records what happened: written by verbs only, never deleted.

    Access rights give users nothing but reading; this guard holds against
    elevated code as well (regulation INV-07).
    """

    _name = "qms.fact.mixin"
    _description = "Recorded fact"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_fact_writer()
        return super().create(vals_list)

    def write(self, vals):
        self._check_fact_writer()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_nothing(self):
        self._check_fact_writer()

    def _check_fact_writer(self):
        if self.env.context.get("_qms_fact") is not _WRITER:
            raise AccessError(
                self.env._(
                    "“%(model)s” rows are recorded by the actions of the dossier and kept as "
                    "they are.",
                    model=self._description,
                )
            )

    @api.model
    def _record(self, vals_list):
        """Create facts; the caller has checked the right to do so."""
        facts = self.sudo().with_context(_qms_fact=_WRITER).create(vals_list)
        return facts.with_env(self.env)

    def _complete(self, vals):
        """Write the end of a fact (completion, resumption)."""
        return self.sudo().with_context(_qms_fact=_WRITER).write(vals)
