from odoo.tests import HttpCase, tagged

from odoo.addons.web.tests import test_js

SUITE = "@qms_public_admin"


def _suite_id(name):
    """The id that hoot gives a suite: a 32 bit hash of its name."""
    value = 0
    for char in name:
        value = ((value << 5) - value + ord(char)) & 0xFFFFFFFF
    return f"{value:08x}"


class HootCase(HttpCase):
    def _run_suite(self, preset, tags=""):
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset={preset}{tags}&timeout=15000"
            f"&id={_suite_id(SUITE)}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )


@tagged("post_install", "-at_install")
class TestHoot(HootCase):
    def test_widgets_on_a_desk(self):
        self._run_suite("desktop")


@tagged("post_install", "-at_install")
class TestHootMobile(HootCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_widgets_on_a_phone(self):
        self._run_suite("mobile", "&tag=-headless")
