from freezegun import freeze_time

from .common_measure import MeasureCommon

PROOF = {"link": "https://example.gov.vn/list.pdf"}


class IndicatorCommon(MeasureCommon):
    """An indicator a quarter over dossiers of two procedures, and one entered by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.procedure.department_id = cls.department
        cls.indicator = cls._indicator()
        cls.by_hand = cls._indicator(
            name="Training held",
            code="DT-01",
            measure_key="manual",
            kind="share",
            better="up",
            owner_id=cls.user_specialist.id,
        )

    @classmethod
    def _indicator(cls, **vals):
        return cls.env["qms.indicator"].create(
            {
                "name": "On time",
                "code": "HS-01",
                "company_id": cls.company.id,
                "measure_key": "dossiers_on_time",
                "frequency": "quarter",
                "measured_from": "2026-01-01",
                "owner_id": cls.user_officer.id,
                "has_target": True,
                "target": 0.9,
                **vals,
            }
        )

    @classmethod
    def _figures(cls, indicator=None):
        rows = (indicator or cls.indicator).measure_ids.sorted("period_from")
        return {row.period_from.isoformat(): row for row in rows}

    @classmethod
    def _night(cls, day):
        """The nightly job as it runs on a day."""
        with freeze_time(f"{day} 18:00:00"):
            cls.env["qms.indicator"]._measure_company(cls.company)
        cls.env.invalidate_all()

    def _enter(self, day="2026-03-31", part=9, whole=10, user=None, **vals):
        row = self._as(self.by_hand, user or self.user_specialist)
        row.action_enter(day, {"part": part, "whole": whole, **PROOF, **vals})
        return self._figures(self.by_hand)[
            {"2026-03-31": "2026-01-01", "2026-06-30": "2026-04-01"}[day]
        ]
