from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ...tools import lookup_key
from .. import common


@tagged("post_install", "-at_install")
class TestFrontdeskLookupKey(common.QmsCommon):
    """The second factor: random, on the receipt, in nobody else's hands."""

    def test_acceptance_gives_each_dossier_its_own_key(self):
        dossiers = self._new_dossier() | self._new_dossier()
        self.assertFalse(any(dossiers.mapped("lookup_key")))
        dossiers.action_accept()
        keys = dossiers.mapped("lookup_key")
        self.assertEqual(len(set(keys)), 2)
        for key in keys:
            self.assertEqual(len(key), lookup_key.LENGTH)
            self.assertLessEqual(set(key), set(lookup_key.ALPHABET))

    def test_the_key_stays_and_the_text_is_that_of_the_receipt(self):
        dossier = self._accepted_dossier()
        key = dossier.lookup_key
        self.assertEqual(dossier._lookup_key_text(), f"{key[:4]}-{key[4:]}")
        dossier._give_lookup_keys()
        self.assertEqual(dossier.lookup_key, key)

    def test_a_dossier_from_before_gets_a_key_when_first_asked_for(self):
        dossier = self._accepted_dossier()
        dossier._lifecycle_write({"lookup_key": False})
        self.assertTrue(dossier._lookup_key_text())
        self.assertTrue(dossier.lookup_key)

    def test_the_address_has_the_code_and_not_the_key(self):
        dossier = self._accepted_dossier()
        url = dossier._lookup_url()
        self.assertTrue(url.startswith(dossier.get_base_url()), url)
        self.assertIn(f"/tra-cuu?code={dossier.code}", url)
        self.assertNotIn(dossier.lookup_key, url)

    def test_only_who_hands_out_receipts_reads_the_key(self):
        dossier = self._accepted_dossier()
        for role, user in self.users_by_role.items():
            seen = self._as(dossier, user)
            with self.subTest(role=role):
                if role in ("clerk", "head", "officer", "leader"):
                    self.assertTrue(seen.read(["lookup_key"])[0]["lookup_key"])
                    continue
                for attack in (
                    lambda seen=seen: seen.read(["lookup_key"]),
                    lambda seen=seen: seen._export_rows([["lookup_key"]]),
                    lambda seen=seen: seen.search([("lookup_key", "=like", "A%")]),
                    lambda seen=seen: seen._read_group([], ["lookup_key"]),
                    lambda seen=seen: seen.search([], order="lookup_key"),
                ):
                    with self.assertRaises(AccessError):
                        attack()

    def test_nobody_writes_the_key(self):
        dossier = self._as(self._accepted_dossier(), self.user_clerk)
        for attack in (
            lambda: dossier.write({"lookup_key": "AAAAAAAA"}),
            lambda: self._new_dossier(lookup_key="AAAAAAAA"),
            lambda: dossier.create(
                {"holder_name": "x", "company_id": self.company.id, "lookup_key": "AAAAAAAA"}
            ),
        ):
            with self.assertRaises(ValidationError):
                attack()
