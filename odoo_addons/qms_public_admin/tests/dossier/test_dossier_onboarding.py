from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .. import common


@tagged("post_install", "-at_install")
class TestDossierOnboarding(common.QmsCommon):
    """The first steps are done when the records say so, for each agency by itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_new = cls._create_agency("Department of Culture", "H99.03")
        cls.officer = cls.user_officer.copy(
            {
                "name": "New officer",
                "login": "qms_officer_new",
                "company_id": cls.company_new.id,
                "company_ids": [(6, 0, cls.company_new.ids)],
            }
        )
        cls.env["qms.position"].search([("company_id", "=", False)]).holder_ids = False

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    def _panel(self, user=None):
        panel = self._as(self.env["qms.onboarding"], user or self.officer).get_panel()
        return panel and {step["key"]: step["is_done"] for step in panel}

    def test_each_step_is_done_when_its_records_are_there(self):
        nothing = dict.fromkeys(("calendar", "positions", "procedures", "dossier"), False)
        self.assertEqual(self._panel(), nothing)
        self.env["qms.calendar.exception"].create(
            {
                "name": "National Day",
                "date": "2026-09-02",
                "kind": "holiday",
                "company_id": self.company_new.id,
            }
        )
        self.assertEqual(self._panel(), {**nothing, "calendar": True})
        position = self.env["qms.position"].create(
            {
                "name": "Officer",
                "company_id": self.company_new.id,
                "holder_ids": [(6, 0, self.officer.ids)],
            }
        )
        self.assertTrue(self._panel()["positions"])
        steps = self._step_commands()
        for _command, _id, vals in steps:
            vals["position_id"] = position.id
        procedure, version = self._create_procedure(
            "9.000003", self.company_new, publish=False, step_ids=steps
        )
        self.assertFalse(self._panel()["procedures"])
        version.action_publish()
        self.assertTrue(self._panel()["procedures"])
        dossier = self.env["qms.dossier"].create(
            {
                "procedure_id": procedure.id,
                "holder_name": "First",
                "company_id": self.company_new.id,
            }
        )
        self.assertFalse(self._panel()["dossier"])
        self.user_clerk.company_ids |= self.company_new
        dossier.with_user(self.user_clerk).with_context(
            allowed_company_ids=self.company_new.ids
        ).action_accept()
        self.assertEqual(set(self._panel().values()), {True})

    def test_closed_for_all_officers_of_the_agency_by_one_of_them(self):
        self._as(self.env["qms.onboarding"], self.officer).close_panel()
        self.assertFalse(self._panel())
        self.assertTrue(self._panel(self.user_officer_b))

    def test_others_neither_see_nor_close_it(self):
        for role, user in self.users_by_role.items():
            if role != "officer":
                with self.subTest(role=role):
                    self.assertFalse(self._panel(user))
                    with self.assertRaises(AccessError):
                        self._as(self.env["qms.onboarding"], user).close_panel()
        self.assertFalse(self.company.qms_onboarding_closed)

    def test_each_button_leads_to_an_action_the_officer_may_open(self):
        for step in self._as(self.env["qms.onboarding"], self.officer).get_panel():
            action = self.env.ref(step["action"])
            self.assertFalse(action.group_ids and not action.group_ids & self.officer.all_group_ids)
            self.env[action.res_model].with_user(self.officer).check_access("read")
