from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .. import common

NUMBERS = {
    "holder_identity": "001099012345",
    "holder_phone": "0912345678",
    "submitter_identity": "001088054321",
    "submitter_phone": "0987654321",
}
MASKED = {
    "holder_identity": "•••••••••345",
    "holder_phone": "•••••••678",
    "submitter_identity": "•••••••••321",
    "submitter_phone": "•••••••321",
}
# Roles that see the numbers of every dossier of their agency.
SEEING = {"clerk", "head", "leader"}


@tagged("post_install", "-at_install")
class TestDossierPrivacy(common.QmsCommon):
    """INV-18: numbers of persons are masked in lists and exports without the right."""

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)
        self.dossier = self._new_dossier(**NUMBERS)

    def _told(self, user, method, *args):
        self.env.invalidate_all()
        return getattr(self._as(self.dossier, user), method)(*args)

    def test_lists_and_exports_are_masked_by_role(self):
        names = list(NUMBERS)
        specification = {name: {} for name in names}
        for role, user in self.users_by_role.items():
            user.group_ids |= self.env.ref("base.group_allow_export")
            expected = NUMBERS if role in SEEING else MASKED
            with self.subTest(role=role):
                [read] = self._told(user, "read", names)
                self.assertEqual({name: read[name] for name in names}, expected)
                [read] = self._told(user, "web_read", specification)
                self.assertEqual({name: read[name] for name in names}, expected)
                found = self._told(user, "web_search_read", [], specification)["records"]
                self.assertIn(expected["holder_phone"], [row["holder_phone"] for row in found])
                exported = self._told(user, "export_data", names)["datas"]
                self.assertEqual(exported, [list(expected.values())])

    def test_who_has_a_part_in_the_process_sees_them(self):
        self.dossier.action_accept()
        [read] = self._told(self.user_specialist, "read", ["holder_phone"])
        self.assertEqual(read["holder_phone"], NUMBERS["holder_phone"])
        [read] = self._told(self.user_colleague, "read", ["holder_phone"])
        self.assertEqual(read["holder_phone"], MASKED["holder_phone"])
        self.position_specialist.holder_ids = self.user_colleague
        [read] = self._told(self.user_colleague, "read", ["holder_phone"])
        self.assertEqual(read["holder_phone"], NUMBERS["holder_phone"])

    def test_a_co_ordinating_agency_reads_them_masked(self):
        self.dossier.coordinating_agency_ids = self.company_b.qms_agency_id
        [read] = self._told(self.user_clerk_b, "read", ["holder_phone"])
        self.assertEqual(read["holder_phone"], MASKED["holder_phone"])

    def test_groups_do_not_list_the_numbers(self):
        for user in (self.user_auditor, self.user_provincial, self.user_officer):
            dossiers = self._as(self.env["qms.dossier"], user)
            for groupby, aggregates in (
                (["holder_phone"], ["__count"]),
                ([], ["holder_identity:array_agg"]),
                ([], ["submitter_phone:max"]),
            ):
                with self.assertRaises(AccessError):
                    dossiers.formatted_read_group([], groupby, aggregates)
            with self.assertRaises(AccessError):
                self._as(self.env["qms.dossier.event"], user).formatted_read_group(
                    [], ["dossier_id.holder_phone"], ["__count"]
                )
        clerk = self._as(self.env["qms.dossier"], self.user_clerk)
        self.assertTrue(clerk.formatted_read_group([], ["holder_phone"], ["__count"]))

    def test_elevated_code_reads_them(self):
        [read] = self.dossier.sudo().read(["holder_phone"])
        self.assertEqual(read["holder_phone"], NUMBERS["holder_phone"])


@tagged("post_install", "-at_install")
class TestDossierPrivacyRpc(common.QmsCommon, HttpCase):
    @mute_logger("odoo.http")
    def test_no_reader_over_http_tells_the_number(self):
        dossier = self._new_dossier(**NUMBERS)
        self.env.flush_all()
        user = self.user_auditor
        self.authenticate(user.login, user.login)
        for context in ({}, {"su": True, "uid": self.user_clerk.id, "active_test": False}):
            for method, args in (
                ("read", [dossier.ids, ["holder_phone"]]),
                ("search_read", [[], ["holder_phone"]]),
                ("export_data", [dossier.ids, ["holder_phone"]]),
                ("web_search_read", [[], {"holder_phone": {}}]),
                ("formatted_read_group", [[], ["holder_phone"], ["__count"]]),
                ("web_read_group", [[], ["holder_phone"]]),
                ("onchange", [dossier.ids, {}, [], {"holder_phone": {}}]),
            ):
                try:
                    told = self.make_jsonrpc_request(
                        f"/web/dataset/call_kw/qms.dossier/{method}",
                        {
                            "model": "qms.dossier",
                            "method": method,
                            "args": args,
                            "kwargs": {"context": context},
                        },
                    )
                except JsonRpcException:
                    continue
                with self.subTest(method=method, context=context):
                    self.assertNotIn(NUMBERS["holder_phone"], str(told))
