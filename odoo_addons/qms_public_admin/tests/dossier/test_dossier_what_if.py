import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .. import common
from .test_dossier_reminder import moment


@tagged("post_install", "-at_install")
class TestDossierWhatIf(common.QmsCommon):
    """The page gives what a dossier handled like that would have."""

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        self.clock = freezer.start()
        self.addCleanup(freezer.stop)

    def _ask(self, user=None, **vals):
        model = self._as(self.env["qms.clock.what.if"], user or self.user_specialist)
        return model.create({"procedure_id": self.procedure.id, "received_at": common.NOW, **vals})

    def test_the_dates_are_those_of_a_dossier(self):
        for hour in (0, 3, 9, 14):
            received = common.NOW + datetime.timedelta(hours=hour)
            self.clock.move_to(received)
            dossier = self._accepted_dossier()
            plan = self._ask(received_at=received)._plan()
            with self.subTest(hour=hour):
                for name in ("due_at", "legal_due_at", "transfer_due_at"):
                    self.assertEqual(plan[name], dossier[name], name)
                self.assertEqual(
                    [step["until"] for step in plan["steps"]],
                    dossier.step_ids.mapped("planned_due_at"),
                )

    def test_pauses_and_extension_move_them_as_in_a_dossier(self):
        dossier = self._accepted_dossier()
        dossier.action_complete_step()
        pauses = []
        for start, end, verb, kind in (
            ("10 09:00", "12 10:00", "action_request_supplement", "supplement"),
            ("13 08:00", "17 15:00", "action_request_payment", "payment"),
        ):
            self.clock.move_to(moment(start))
            getattr(self._as(dossier, self.user_specialist), verb)("Missing")
            self.clock.move_to(moment(end))
            self._as(dossier, self.user_clerk).action_resume()
            pauses.append(
                Command.create({"kind": kind, "started_at": moment(start), "ended_at": moment(end)})
            )
        question = self._ask(pause_ids=pauses)
        plan = question._plan()
        self.assertEqual(plan["due_at"], dossier.due_at)
        self.assertEqual(plan["legal_due_at"], dossier.legal_due_at)
        later = dossier.due_at + datetime.timedelta(days=2)
        self._as(dossier, self.user_head).action_extend(new_due_at=later, reason="Survey")
        question.extended_to = later
        self.assertEqual(question._plan()["due_at"], dossier.due_at)

    def test_it_says_why(self):
        question = self._ask(received_at=moment("06 18:00"))
        why = " ".join(question.with_context(lang="en_US")._plan()["why"])
        self.assertIn("because it was received after working hours", why)
        self.assertIn("Time limit: 24 working hours", why)
        self.assertIn("Due: 11/11/2026 17:00 (Wednesday)", why)
        self.assertIn("09/11/2026", question.answer)

    def test_a_pause_without_end_leaves_the_date_open(self):
        plan = self._ask(
            pause_ids=[Command.create({"kind": "payment", "started_at": moment("10 09:00")})]
        )._plan()
        self.assertFalse(plan["due_at"] or plan["legal_due_at"])

    def test_contradictions_are_told_on_the_page(self):
        question = self._ask(
            pause_ids=[Command.create({"kind": "payment", "started_at": moment("01 09:00")})]
        )
        self.assertIn("does not fit", question.with_context(lang="en_US").answer)
        question = self._ask(extended_to=moment("10 09:00"))
        self.assertIn("later date", question.with_context(lang="en_US").answer)

    def test_the_page_answers_while_one_types(self):
        model = self._as(self.env["qms.clock.what.if"], self.user_specialist)
        with Form(model) as form:
            self.assertIn("Choose a procedure", form.answer)
            form.procedure_id = self.procedure
            self.assertEqual(form.version_id, self.version)
            form.received_at = common.NOW
            self.assertIn("12/11/2026 08:00", form.answer)
            with form.pause_ids.new() as pause:
                pause.kind = "payment"
                pause.started_at = moment("10 08:00")
                pause.ended_at = moment("11 08:00")
            self.assertIn("13/11/2026 08:00", form.answer)

    def test_a_procedure_without_a_limit_says_so(self):
        procedure, _version = self._create_procedure("9.000099", self.company, has_due=False)
        question = self._ask(procedure_id=procedure.id)
        self.assertIn("no time limit", question.with_context(lang="en_US").answer)

    def test_questions_are_one_s_own(self):
        question = self._ask()
        with self.assertRaises(AccessError):
            self._as(question, self.user_colleague).read(["answer"])
        with self.assertRaises(AccessError):
            self._ask(self.user_outsider)
        with self.assertRaises(AccessError):
            self._ask(company_id=self.company_b.id)
