from odoo import api, fields, models
from odoo.tools import SQL


class QmsCounterMixin(models.AbstractModel):
    """The last ordinal an agency has given within a scope.

    The row is locked by the transaction that numbers: two persons at once get neither the
    same ordinal nor a gap. Who is second waits; who rolls back gives the ordinal back. The
    concrete model declares the unique constraint on company and scope.
    """

    _name = "qms.counter.mixin"
    _description = "Counter without gaps"

    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="restrict")
    scope = fields.Char(required=True)
    last = fields.Integer(required=True, default=0)

    @api.model
    def _advance(self, company, scope, step):
        """Move the counter on by ``step`` and return the last ordinal taken."""
        ((last,),) = self.env.execute_query(
            SQL(
                """INSERT INTO %(table)s AS counter (company_id, scope, last)
                        VALUES (%(company)s, %(scope)s, %(step)s)
                   ON CONFLICT (company_id, scope)
                     DO UPDATE SET last = counter.last + EXCLUDED.last
                     RETURNING last""",
                table=SQL.identifier(self._table),
                company=company.id,
                scope=scope,
                step=step,
            )
        )
        return last
