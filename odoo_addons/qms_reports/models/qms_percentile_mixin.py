from odoo import models
from odoo.tools import SQL

SHARES = {"median": 0.5, "p95": 0.95}


class QmsPercentileMixin(models.AbstractModel):
    """Adds the aggregators ``median`` and ``p95`` to a report model.

    Linear interpolation, as ``tools.statistics.percentile``; rows without a value do
    not count. A middle value cannot be put together from those of sub-groups, so the
    database computes it for each group that is asked for.
    """

    _name = "qms.percentile.mixin"
    _description = "Median and 95th percentile in groups"

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, aggregator = aggregate_spec.partition(":")
        if aggregator not in SHARES or name not in self._fields:
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "percentile_cont(%s) WITHIN GROUP (ORDER BY %s)",
            SHARES[aggregator],
            self._field_to_sql(self._table, name, query),
        )
