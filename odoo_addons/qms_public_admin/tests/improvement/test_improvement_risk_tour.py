from odoo.tests import HttpCase, tagged

from .common_training import TrainingCommon


@tagged("post_install", "-at_install")
class TestImprovementRiskTour(TrainingCommon, HttpCase):
    """The heat map and the competence matrix in a browser."""

    def test_a_risk_is_assessed_and_opened_from_the_map(self):
        risk = self._risk()
        self.start_tour(
            "/odoo/qms-risk-map", "qms_risk_assessed_on_the_map", login=self.user_specialist.login
        )
        self.assertEqual((risk.state, risk.score), ("assessed", 12))
        self.start_tour(
            "/odoo/qms-risk-map", "qms_risk_opened_from_the_map", login=self.user_leader.login
        )

    def test_gaps_are_planned(self):
        self._call_for(self.position_specialist)
        self.start_tour(
            "/odoo/qms-competence-matrix",
            "qms_competence_gaps_planned",
            login=self.user_officer.login,
        )
        need = self.env["qms.training.need"].search([("user_id", "=", self.user_specialist.id)])
        self.assertEqual(need.competence_id, self.competence)
