import re

from odoo.tests import HttpCase, new_test_user

from .. import common

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


class CitizenCommon(common.QmsCommon, HttpCase):
    """Citizens at the pages of the agency: with a receipt, with a login, with neither."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.citizen = cls._portal_user("qms_citizen", "Nguyễn Thị Thử")
        cls.other_citizen = cls._portal_user("qms_other_citizen", "Trần Văn Khác")

    @classmethod
    def _portal_user(cls, login, name):
        return new_test_user(
            cls.env,
            login=login,
            groups="base.group_portal",
            name=name,
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
            tz="Asia/Ho_Chi_Minh",
        )

    def _csrf(self, response):
        return CSRF.search(response.text).group(1)

    def _post(self, path, data, files=None, page=None):
        """Send a form as a browser does: with the token of the page it stands on."""
        token = self._csrf(self.url_open(page or path))
        return self.url_open(path, data={"csrf_token": token, **data}, files=files)

    def _look_up(self, code, key, path="/tra-cuu"):
        return self._post(path, {"code": code, "key": key})

    def _main(self, response):
        """Return what a page says, without what differs from one request to the next."""
        text = re.sub(r'value="[^"]*"', "", response.text)
        return text[text.index("<main") : text.index("</main>")]
