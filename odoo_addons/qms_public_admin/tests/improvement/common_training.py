from .common_risk import RiskCommon


class TrainingCommon(RiskCommon):
    """Classes, needs and competences."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.competence = cls.env.ref("qms_public_admin.qms_competence_iso")

    @classmethod
    def _training(cls, user=None, **vals):
        """Return a planned class of today."""
        model = cls._as(cls.env["qms.training"], user or cls.user_officer)
        return model.create(
            {
                "name": "ISO 9001 for staff",
                "date_from": "2026-11-09",
                "hours": 8,
                "trainer": "Nguyễn Văn Thầy",
                **vals,
            }
        )

    @classmethod
    def _join(cls, training, *people, **vals):
        """Return the rows of persons: users, or names of people from outside."""
        return training.participant_ids.create(
            [
                {
                    "training_id": training.id,
                    **({"name": one} if isinstance(one, str) else {"user_id": one.id}),
                    **vals,
                }
                for one in people
            ]
        )

    @classmethod
    def _held(cls, *people, **vals):
        training = cls._training(**vals)
        cls._join(training, *people, attended=True)
        training.action_hold()
        return training

    @classmethod
    def _call_for(cls, position, competence=None, level="2"):
        return cls.env["qms.position.competence"].create(
            {
                "position_id": position.id,
                "competence_id": (competence or cls.competence).id,
                "level": level,
            }
        )
