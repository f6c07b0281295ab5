from odoo import api, models
from odoo.exceptions import AccessError

from .bulk_rows import insert_rows, write_rows

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
                    "“%(model)s” rows are recorded by the actions of the system and kept as "
                    "they are.",
                    model=self._description,
                )
            )

    @api.model
    def _record(self, vals_list):
        """Create facts in one statement; the caller has checked the right to do so."""
        return insert_rows(self.sudo(), vals_list).with_env(self.env)

    def _complete(self, vals):
        """Write the end of a fact (completion, resumption)."""
        return self.sudo().with_context(_qms_fact=_WRITER).write(vals)

    def _complete_each(self, vals_by_id):
        """Write ends that differ from fact to fact: ``{id: values}``."""
        write_rows(self.sudo(), vals_by_id)

    def _discard(self):
        """Delete rows that were provisional; the caller has made sure that they were."""
        return self.sudo().with_context(_qms_fact=_WRITER).unlink()
