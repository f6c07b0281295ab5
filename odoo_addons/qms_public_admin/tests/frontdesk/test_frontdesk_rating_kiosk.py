from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .rating_common import RatingHttpCase


@tagged("post_install", "-at_install")
class TestFrontdeskRatingKiosk(RatingHttpCase):
    """The tablet: the dossier just returned, one tap, back to rest; nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kiosk = cls.env["qms.rating.kiosk"].create(
            {"name": "Desk 1", "company_id": cls.company.id, "user_ids": cls.user_clerk.ids}
        )
        cls.token = cls.kiosk.sudo().token

    def _show(self, slot=None):
        return self.make_jsonrpc_request(f"/qms/kiosk/{self.token}/show", {"slot": slot})

    def _tap(self, slot, position=1, **data):
        question = self.three_levels.question_ids
        answer = question.suggested_answer_ids[position - 1]
        return self.url_open(
            f"/qms/kiosk/{self.token}/rate",
            data={f"q-{question.id}": answer.id, "slot": slot, **data},
        ).json()

    def test_one_tap(self):
        self.assertFalse(self._show()["slot"])
        dossier = self._returned_dossier()
        shown = self._show()
        self.assertIn(dossier.code, shown["html"])
        self.assertNotIn(dossier.holder_name, shown["html"])
        self.assertEqual(self._show(shown["slot"]), {"slot": shown["slot"], "is_known": True})
        self.assertTrue(self._tap(shown["slot"])["done"])
        answer = self._answer(dossier)
        self.assertEqual((answer.qms_channel, answer.qms_grade), ("kiosk", "very_satisfied"))
        self.assertFalse(self._show()["slot"])

    def test_a_low_tap_asks_why(self):
        dossier = self._returned_dossier()
        slot = self._show()["slot"]
        result = self._tap(slot, 3)
        self.assertFalse(result["done"])
        self.assertTrue(result["message"])
        self.assertTrue(self._tap(slot, 3, reason="The waiting was long")["done"])
        self.assertEqual(self._answer(dossier).qms_reason, "The waiting was long")

    def test_a_late_tap_rates_no_other_dossier(self):
        first = self._returned_dossier()
        slot = self._show()["slot"]
        second = self._returned_dossier()
        self.assertEqual(self._tap(slot), {"done": False, "gone": True})
        self.assertFalse(self._answer(first) or self._answer(second))
        slot = self._show()["slot"]
        self._tap(slot)
        self.assertEqual(self._tap(slot), {"done": False, "gone": True})
        self.assertTrue(self._answer(second))

    def test_the_dossier_leaves_the_tablet_after_a_while(self):
        self._returned_dossier()
        slot = self._show()["slot"]
        with freeze_time(self._in_days(0.01)):
            self.assertFalse(self._show()["slot"])
            self.assertEqual(self._tap(slot), {"done": False, "gone": True})

    def test_the_page_ends_the_session_of_the_clerk(self):
        self.authenticate(self.user_clerk.login, self.user_clerk.login)
        page = self.url_open(f"/qms/kiosk/{self.token}")
        self.assertEqual(page.status_code, 200)
        self.assertIn("qr-kiosk", page.text)
        self.assertIn("/web/login", self.url_open("/odoo").url)

    def test_a_wrong_or_replaced_address_tells_nothing(self):
        dossier = self._returned_dossier()
        old = self.token
        self._as(self.kiosk, self.user_officer).action_renew_address()
        for token in (old, "x", "0" * 32):
            with self.subTest(token=token):
                self.assertEqual(self.url_open(f"/qms/kiosk/{token}").status_code, 404)
                shown = self.make_jsonrpc_request(f"/qms/kiosk/{token}/show", {})
                self.assertEqual(shown, {"slot": False, "is_known": False})
                result = self.url_open(f"/qms/kiosk/{token}/rate", data={"slot": ""}).json()
                self.assertEqual(result, {"done": False, "gone": True})
        self.assertFalse(self._answer(dossier))

    def test_a_forged_slot_is_no_error(self):
        self._returned_dossier()
        self.assertEqual(self._tap("é"), {"done": False, "gone": True})

    def test_nothing_shown_takes_no_answer(self):
        for slot in ("", "False", "None"):
            self.assertEqual(self._tap(slot), {"done": False, "gone": True})

    # === RIGHTS === #

    def test_who_sets_up_tablets(self):
        vals = {"name": "Desk 2", "company_id": self.company.id}
        for role, user in self.users_by_role.items():
            kiosks = self._as(self.env["qms.rating.kiosk"], user)
            with self.subTest(role=role):
                if role == "officer":
                    kiosks.create(vals)
                    continue
                with self.assertRaises(AccessError):
                    kiosks.create(vals)
                with self.assertRaises(AccessError):
                    kiosks.browse(self.kiosk.id).write({"name": "x"})
        kiosk = self._as(self.kiosk, self.user_officer)
        dossier = self._returned_dossier()
        for forged in ({"token": "x"}, {"current_dossier_id": dossier.id}, {"current_slot": "x"}):
            with self.subTest(vals=forged), self.assertRaises(UserError):
                kiosk.write(forged)
            with self.subTest(vals=forged), self.assertRaises(UserError):
                kiosk.create({**vals, **forged})

    def test_another_agency_sees_no_tablet(self):
        for user in (self.user_clerk_b, self.user_officer_b):
            kiosks = self._as(self.env["qms.rating.kiosk"], user)
            self.assertFalse(kiosks.search([]))
            with self.assertRaises(AccessError):
                kiosks.browse(self.kiosk.id).read(["address"])
        with self.assertRaises(AccessError):
            self._as(self.kiosk, self.user_specialist).read(["address"])
