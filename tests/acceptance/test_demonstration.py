"""The demonstration's own files and stories: no role finds an empty screen."""

import datetime

from freezegun import freeze_time

from odoo.tests import TransactionCase, tagged
from odoo.tools import convert_file

from ..scenarios import declaration, examples, front_desk, quality_system, recent, world

# An ordinary Wednesday afternoon in Hanoi.
NOW = world.utc("2026-11-18 15:20")


@tagged("post_install", "-at_install")
class TestDemonstration(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(NOW):
            cls.scene = world.enter(cls.env)
            name = "demo/dossier/dossiers.xml"
            if not cls.env.ref(f"{world.PREFIX}dossier_land_plan", raise_if_not_found=False):
                convert_file(cls.env, world.ADDON, name, {}, mode="init", noupdate=True)
            cls.played = recent.load(cls.env)
            cls.tickets = front_desk.load(cls.env)
            cls.documents = quality_system.load(cls.env)
            cls.declaration = declaration.load(cls.env)

    def setUp(self):
        super().setUp()
        clock = freeze_time(NOW)
        clock.start()
        self.addCleanup(clock.stop)

    def _count(self, login, model, domain):
        return self.scene.as_login(login)[model].search_count(domain)

    def test_the_examples_of_the_bases_are_taken_away(self):
        """What has an id of another module goes; ours and what people wrote stays."""
        tickets = self.env["helpdesk.ticket"].create(
            [{"name": name, "description": "x"} for name in ("theirs", "ours", "nobody's")]
        )
        keys = (("helpdesk_mgmt", "an_example"), ("qms_public_admin", "a_story"))
        self.env["ir.model.data"].create(
            [
                {"module": module, "name": name, "model": tickets._name, "res_id": ticket.id}
                for (module, name), ticket in zip(keys, tickets, strict=False)
            ]
        )
        self.assertEqual(examples.take_away(self.env), 1)
        self.assertEqual(tickets.exists(), tickets[1:])

    def test_every_state_is_there(self):
        dossiers = self.env["qms.dossier"].search([("company_id", "=", self.scene.company.id)])
        states = dict(self.env["qms.dossier"]._fields["state"].selection)
        self.assertEqual(set(dossiers.mapped("state")), set(states))

    def test_the_lists_of_the_counter_are_filled(self):
        for domain in (
            [("state", "=", "submitted")],
            [("state", "=", "done")],
            [("timeliness", "=", "overdue")],
            [("timeliness", "=", "paused")],
        ):
            self.assertGreater(self._count("canbo", "qms.dossier", domain), 0, domain)

    def test_everybody_who_handles_steps_has_work(self):
        for login in (
            "canbo",
            "chuyenvien",
            "chuyenvien2",
            "truongphong",
            "lanhdao",
            "vanthu",
        ):
            mine = [("is_my_work", "=", True)]
            self.assertGreater(self._count(login, "qms.dossier.step", mine), 0, login)

    def test_a_substitute_sees_the_work_of_the_absent(self):
        steps = self.scene.as_login("truongphong")["qms.dossier.step"].search(
            [("is_my_work", "=", True)]
        )
        absent = self.scene.ref("user_truongphong2")
        self.assertIn(absent.name, steps.stands_in_for_id.mapped("name"))

    def test_each_agency_sees_itself(self):
        commune = self.scene.ref("company_commune")
        env = self.env(
            user=self.scene.ref("user_canboxa").id,
            context={"allowed_company_ids": commune.ids},
        )
        dossiers = env["qms.dossier"].search([])
        own = dossiers.filtered(lambda dossier: dossier.company_id == commune)
        self.assertEqual(len(own), 2)
        self.assertFalse((dossiers - own).filtered(lambda d: not d.is_inter_agency))

    def test_nothing_happened_in_the_future_and_every_log_is_whole(self):
        self.assertGreater(len(self.played), 50)
        self.assertLessEqual(max(self.played.event_ids.mapped("at")), NOW)
        self.assertFalse(any(self.played._verify_chain().values()))
        self.assertLess(max(self.played.mapped("accepted_at")), NOW + datetime.timedelta(seconds=1))

    def test_the_front_desk_has_each_kind_open_and_done(self):
        for kind in ("request", "complaint", "question"):
            waiting = [("qms_kind", "=", kind), ("qms_state", "in", ("new", "handling"))]
            self.assertGreater(self._count("canbo", "helpdesk.ticket", waiting), 0, kind)
        states = {"answered", "published", "transferred"}
        self.assertLessEqual(states, set(self.tickets.mapped("qms_state")))
        self.assertLess(max(self.tickets.mapped("qms_received_at")), NOW)
        unanswered = [("direction", "=", "in"), ("answered_at", "=", False)]
        self.assertEqual(self._count("canbo", "qms.dossier.message", unanswered), 1)

    def test_the_declaration_is_in_force_and_its_officer_has_work(self):
        self.assertEqual(self.declaration.state, "declared")
        self.assertEqual(self.declaration.redeclare_state, "late")
        self.assertTrue(self.declaration.activity_ids)
        self.assertGreater(len(self.declaration.line_ids), 8)
        self.assertGreater(self._count("canbo", "qms.posting", []), 2)
        self.assertGreater(self._count("canbo", "qms.posting.gap", []), 0)

    def test_the_stories_are_played_once(self):
        self.assertFalse(declaration.load(self.env))
        self.assertFalse(recent.load(self.env))
        self.assertFalse(front_desk.load(self.env))
        self.assertFalse(quality_system.load(self.env))

    def test_the_quality_system_is_documented_and_moving(self):
        self.assertEqual(set(self.documents.mapped("qms_status")), {"effective"})
        states = set(self.documents.qms_revision_ids.mapped("qms_state"))
        self.assertLessEqual({"draft", "review", "approval", "effective"}, states)
        waiting = [("status", "=", "pending"), ("model", "=", "document.page.history")]
        self.assertEqual(self._count("lanhdao", "tier.review", waiting), 1)
        mine = [("qms_is_mine", "=", True)]
        self.assertGreater(self._count("chuyenvien", "document.page", mine), 5)
        unread = [("acknowledged_at", "=", False)]
        self.assertGreater(self._count("chuyenvien2", "qms.acknowledgement", unread), 0)
        changes = self.scene.as_login("lanhdao")["qms.change.request"].search([])
        self.assertEqual(set(changes.mapped("state")), {"open", "waiting"})
        self.assertEqual(changes.mapped("timeliness").count("late"), 1)
        gaps = [("state", "=", "todo")]
        self.assertGreater(self._count("thuky", "qms.standard.transition.line", gaps), 20)
