from odoo.tests import tagged

from .rating_common import RatingHttpCase


@tagged("post_install", "-at_install")
class TestFrontdeskRatingTour(RatingHttpCase):
    """On a phone-sized screen, by somebody without a login."""

    browser_size = "375x667"
    touch_enabled = True

    def test_rating_on_a_phone_sized_screen(self):
        dossier = self._returned_dossier()
        self.start_tour(self._path(dossier), "qms_citizen_rates")
        answer = self._answer(dossier)
        self.assertEqual(answer.qms_grade, "not_satisfied")
        self.assertEqual(answer.qms_reason, "Chờ lâu")


@tagged("post_install", "-at_install")
class TestFrontdeskKioskTour(RatingHttpCase):
    """On the tablet at the counter."""

    browser_size = "1024x768"

    def test_rating_on_the_tablet(self):
        kiosk = self.env["qms.rating.kiosk"].create(
            {"name": "Desk 1", "company_id": self.company.id, "user_ids": self.user_clerk.ids}
        )
        dossier = self._returned_dossier()
        self.start_tour(f"/qms/kiosk/{kiosk.sudo().token}", "qms_citizen_taps")
        self.assertEqual(self._answer(dossier).qms_grade, "satisfied")
