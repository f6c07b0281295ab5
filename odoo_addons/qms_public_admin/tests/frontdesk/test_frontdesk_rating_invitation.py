from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import common


@tagged("post_install", "-at_install")
class TestFrontdeskRatingInvitation(common.QmsCommon):
    """One address for each dossier, known to who holds the receipt alone."""

    def test_the_address_is_made_once(self):
        dossier = self._accepted_dossier()
        url = dossier._rating_url()
        self.assertRegex(url, r"^https?://[^/]+/qms/rate/[\w-]{32}$")
        self.assertEqual(dossier._rating_url(), url)
        self.assertEqual(self._as(dossier, self.user_head)._rating_url(), url)

    def test_many_receipts_at_once_cost_no_query_each(self):
        dossiers = self._accepted_dossier() | self._accepted_dossier() | self._accepted_dossier()
        urls = dossiers._rating_urls()
        self.assertEqual(len(set(urls.values())), 3)
        self.assertEqual(urls[dossiers[1]], dossiers[1]._rating_url())

    def test_the_database_keeps_one_for_a_dossier(self):
        dossier = self._accepted_dossier()
        dossier._rating_url()
        vals = {"dossier_id": dossier.id, "company_id": self.company.id, "token": "x"}
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self.env["qms.rating.invitation"]._record([vals])

    def test_no_role_reads_the_token(self):
        dossier = self._accepted_dossier()
        dossier._rating_url()
        invitations = self.env["qms.rating.invitation"]
        for role, user in self.users_by_role.items():
            with self.subTest(role=role), self.assertRaises(AccessError):
                invitations.with_user(user).search_read([], ["token"])
        with self.assertRaises(AccessError):
            invitations.with_user(self.user_officer).search([("token", "!=", False)])

    def test_elevated_code_rewrites_none(self):
        dossier = self._accepted_dossier()
        dossier._rating_url()
        invitation = self.env["qms.rating.invitation"].search([("dossier_id", "=", dossier.id)])
        with self.assertRaises(AccessError):
            invitation.sudo().write({"token": "x"})
        with self.assertRaises(AccessError):
            invitation.sudo().unlink()
