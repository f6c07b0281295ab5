from odoo.fields import Command

from .common_indicator import IndicatorCommon


class ObjectiveCommon(IndicatorCommon):
    """The objectives of an agency for 2026: one, with an indicator, a plan and resources."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.year = cls._as(cls.env["qms.objective.year"], cls.user_officer).create(
            {
                "company_id": cls.company.id,
                "year": 2026,
                "introduction": "From the policy",
                "objective_ids": [Command.create(cls._objective_vals())],
            }
        )
        cls.objective = cls.year.objective_ids

    @classmethod
    def _objective_vals(cls, **vals):
        return {
            "name": "On time for all",
            "indicator_id": cls.indicator.id,
            "target": 0.9,
            "owner_id": cls.user_head.id,
            "resources": "Two people",
            "task_ids": [
                Command.create(
                    {
                        "name": "Shorten the step",
                        "owner_id": cls.user_specialist.id,
                        "date_deadline": "2026-06-30",
                    }
                )
            ],
            **vals,
        }

    @classmethod
    def _approve(cls, year=None):
        year = year or cls.year
        cls._as(year, cls.user_officer).action_submit()
        cls._as(year, cls.user_leader).action_approve()
        cls.env.invalidate_all()
