import datetime

from odoo import fields

from ...models.improvement.qms_measure import Scope
from ..common import QmsCommon


class MeasureCommon(QmsCommon):
    """Completed dossiers of chosen days and outcomes, without working through each."""

    YEAR = (datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))

    @classmethod
    def _completed(cls, day, outcome="on_time", count=1, procedure=None, hours=8, **vals):
        """Record dossiers completed at 09:00 in Hanoi of a day; returns them."""
        done_at = datetime.datetime.combine(fields.Date.to_date(day), datetime.time(2))
        procedure = procedure or cls.procedure
        number = cls.env["qms.dossier"].sudo().search_count([])
        vals_list = [
            {
                "company_id": cls.company.id,
                "procedure_id": procedure.id,
                "holder_name": "Nguyễn Văn An",
                "code": f"H99.01-{number + place:06d}",
                "state": "done",
                "accepted_at": done_at - datetime.timedelta(hours=hours),
                "done_at": done_at,
                "outcome": outcome,
                **vals,
            }
            for place in range(count)
        ]
        return cls.env["qms.dossier"]._lifecycle_create(vals_list)

    @classmethod
    def _year(cls, **place):
        """Return the scope of the year of the tests."""
        return Scope(cls.company.id, *cls.YEAR, **place)
