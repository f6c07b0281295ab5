import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from ...models.dossier import qms_dossier_bulk
from .. import common
from .test_dossier_paper_hook import PAPER

CLOSE = {"type": "ir.actions.act_window_close"}


class BulkCommon(common.QmsCommon):
    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    def _accepted(self, count):
        dossiers = self.env["qms.dossier"].union(*(self._new_dossier() for _i in range(count)))
        self._as(dossiers, self.user_clerk).action_accept()
        return dossiers

    def _bulk(self, verb, dossiers, user=None):
        action = self._as(dossiers, user or self.user_clerk).action_bulk(verb)
        self.assertEqual((action["res_model"], action["target"]), ("qms.dossier.bulk", "new"))
        bulk = self.env["qms.dossier.bulk"].browse(action["res_id"])
        return self._as(bulk, user or self.user_clerk)

    def _states(self, bulk):
        return {line.dossier_id: line.state for line in bulk.line_ids}

    def _as_job(self, bulk):
        """Run the bulk as a job, whatever its size."""
        bulk.invalidate_recordset()
        with patch.object(qms_dossier_bulk, "AT_ONCE", 0):
            action = bulk.action_run()
        self.assertEqual((action["res_id"], bulk.state), (bulk.id, "running"))
        return bulk

    def _work(self, bulk, batches=99):
        """Do so many batches as the cron does; return what was committed."""
        done = []

        def commit(count, remaining):
            done.append(count)
            return len([number for number in done if number]) < batches

        bulk.sudo()._as_asker()._work(commit)
        self.env.invalidate_all()
        return done


@tagged("post_install", "-at_install")
class TestDossierBulk(BulkCommon):
    """Many dossiers in one go: preview, run at once, run as a job."""

    def test_the_preview_of_many_procedures_asks_once_for_all(self):
        """What is read of the versions in force is read at once, however many there are."""
        procedures = [
            self._create_procedure(f"9.1000{number:02}", self.company)[0] for number in range(8)
        ]

        def preview(kinds):
            dossiers = self.env["qms.dossier"].union(
                *(
                    self._new_dossier(procedure_id=procedures[number % kinds].id)
                    for number in range(8)
                )
            )
            self.env.flush_all()
            self.env.invalidate_all()
            queries = self.cr.sql_log_count
            self._bulk("accept", dossiers)
            return self.cr.sql_log_count - queries

        preview(1)  # what is asked once in a registry
        one, eight = preview(1), preview(8)
        self.assertEqual(eight, one)
        self.assertLessEqual(eight, 12)

    def test_the_preview_tells_who_is_skipped_in_the_words_of_the_predicate(self):
        dossiers = self._accepted(3)
        self._as(dossiers[1], self.user_clerk).action_complete_step()
        fresh = self._new_dossier()
        bulk = self._bulk("complete_step", dossiers | fresh)
        self.assertEqual(
            (bulk.total_count, bulk.ready_count, bulk.skipped_count, bulk.done_count), (4, 2, 2, 0)
        )
        for line in bulk.line_ids:
            seen = self._as(line.dossier_id, self.user_clerk)
            self.assertEqual(line.message or "", seen._verb_error("complete_step"))
            self.assertEqual(line.state, "skipped" if line.message else "ready")
        self.assertEqual(dossiers.mapped("state"), ["accepted", "processing", "accepted"])

    def test_few_are_done_at_once(self):
        dossiers = self._accepted(3)
        bulk = self._bulk("complete_step", dossiers)
        action = bulk.action_run()
        self.assertEqual(action["params"]["next"], CLOSE)
        self.assertEqual(bulk.state, "done")
        self.assertEqual(set(dossiers.mapped("current_position_id")), {self.position_specialist})
        self.assertEqual(set(dossiers.step_ids.mapped("done_by_id")), {self.user_clerk})
        self.assertEqual((bulk.done_count, bulk.progress), (3, 100.0))
        self.assertEqual(bulk.action_view_dossiers()["domain"], [("id", "in", dossiers.ids)])

    def test_results_are_returned_with_one_paper_for_all(self):
        asked = []

        def _paper_action(dossiers, verb):
            asked.append((set(dossiers.ids), verb))
            return dict(PAPER)

        self.patch(self.registry["qms.dossier"], "_paper_action", _paper_action)
        dossiers = self._accepted(2)
        for user in (self.user_clerk, self.user_specialist, self.user_head):
            self._bulk("complete_step", dossiers, user).action_run()
        self.assertEqual(asked, [])
        self.assertEqual(set(dossiers.mapped("state")), {"done"})
        bulk = self._bulk("return_result", dossiers)
        self.assertEqual(bulk.action_run(), {**PAPER, "close_on_report_download": True})
        self.assertEqual(set(dossiers.mapped("state")), {"returned"})
        bulk.action_print()
        self.assertEqual(asked, [(set(dossiers.ids), "return_result")] * 2)

    def test_many_are_accepted(self):
        dossiers = self._new_dossier() | self._new_dossier(holder_name=False)
        bulk = self._bulk("accept", dossiers)
        self.assertEqual(bulk.skipped_count, 1)
        bulk.action_run()
        self.assertEqual(dossiers.mapped("state"), ["accepted", "submitted"])

    def test_steps_are_completed_only_when_they_are_still_current(self):
        """My work: the step the user ticked, not the one that follows it."""
        dossiers = self._accepted(2)
        self.position_specialist.holder_ids |= self.user_clerk
        steps = self._as(dossiers.current_step_id, self.user_clerk)
        action = steps.action_bulk_complete()
        bulk = self._as(self.env["qms.dossier.bulk"].browse(action["res_id"]), self.user_clerk)
        self._as(dossiers[0], self.user_clerk).action_complete_step()
        self.assertEqual(bulk.action_run()["res_id"], bulk.id)
        self.assertEqual(self._states(bulk), {dossiers[0]: "refused", dossiers[1]: "done"})
        self.assertEqual(set(dossiers.mapped("current_step_id.name")), {"Examine"})

    def test_one_click_on_many_steps_is_one_batch(self):
        dossiers = self._accepted(6)
        few, many = dossiers[:2].current_step_id, dossiers[2:].current_step_id
        counts = []
        for steps in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._as(steps, self.user_clerk).action_complete()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 4 * 2, counts)
        with self.assertRaises(UserError):
            self._as(few, self.user_clerk).action_complete()

    def test_the_preview_costs_the_same_however_many_are_chosen(self):
        dossiers = self._accepted(12)
        counts = []
        for chosen in (dossiers[:2], dossiers):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._bulk("complete_step", chosen)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1, counts)

    # === JOB === #

    def test_a_large_one_runs_as_a_job_of_the_asker(self):
        dossiers = self._accepted(5)
        bulk = self._as_job(self._bulk("complete_step", dossiers))
        self.assertEqual(set(dossiers.mapped("state")), {"accepted"})
        with patch.object(qms_dossier_bulk, "BATCH", 2):
            self.assertEqual([count for count in self._work(bulk) if count], [2, 2, 1])
        self.assertEqual((bulk.state, bulk.done_count), ("done", 5))
        done = dossiers.step_ids.filtered(lambda step: step.state == "done")
        self.assertEqual(set(done.mapped("done_by_id")), {self.user_clerk})

    def test_a_job_goes_on_where_it_was_interrupted(self):
        dossiers = self._accepted(5)
        bulk = self._as_job(self._bulk("complete_step", dossiers))
        with patch.object(qms_dossier_bulk, "BATCH", 2):
            self._work(bulk, batches=1)
            self.assertEqual((bulk.state, bulk.done_count, bulk.progress), ("running", 2, 40.0))
            bulk.action_stop()
            self._work(bulk)
            self.assertEqual((bulk.state, bulk.done_count), ("stopped", 2))
            self._as_job(bulk)
            self._work(bulk)
        self.assertEqual((bulk.state, bulk.done_count), ("done", 5))
        self.assertEqual(set(dossiers.mapped("current_position_id")), {self.position_specialist})
        self.assertEqual(len(dossiers.step_ids.filtered("done_at")), 5)

    def test_each_dossier_is_asked_again_when_its_turn_comes(self):
        dossiers = self._accepted(3)
        bulk = self._as_job(self._bulk("complete_step", dossiers))
        self._as(dossiers[1], self.user_clerk).action_withdraw("gone")
        self._work(bulk)
        self.assertEqual(
            self._states(bulk), dict(zip(dossiers, ("done", "refused", "done"), strict=True))
        )
        self.assertIn("is not in a step now", bulk.line_ids.filtered("message").message)
        self.assertEqual(bulk.state, "done")

    def test_an_error_of_one_leaves_the_others_alone(self):
        dossiers = self._accepted(4)
        bulk = self._as_job(self._bulk("complete_step", dossiers))
        complete = self.registry["qms.dossier"]._complete_current
        broken = dossiers[2]

        words = "Torn page"

        def _complete_current(records, *args):
            if broken in records:
                raise UserError(words)
            return complete(records, *args)

        self.patch(self.registry["qms.dossier"], "_complete_current", _complete_current)
        self._work(bulk)
        self.assertEqual(self._states(bulk)[broken], "refused")
        self.assertEqual((bulk.done_count, bulk.refused_count), (3, 1))
        self.assertEqual(bulk.line_ids.filtered("message").message, "Torn page")
        self.assertEqual(broken.state, "accepted")

    def test_a_job_has_no_more_rights_than_its_asker_has_then(self):
        dossiers = self._accepted(2)
        bulk = self._as_job(self._bulk("complete_step", dossiers))
        self.position_clerk.holder_ids = self.user_colleague
        self._work(bulk)
        self.assertEqual((bulk.done_count, bulk.refused_count), (0, 2))
        self.assertEqual(set(dossiers.mapped("state")), {"accepted"})

    def test_the_job_of_a_closed_account_stops(self):
        dossiers = self._accepted(2)
        bulk = self._as_job(self._bulk("complete_step", dossiers)).sudo()
        self.user_clerk.active = False
        self._work(bulk)
        self.assertEqual((bulk.state, bulk.done_count), ("stopped", 0))
        self.assertTrue(bulk.failure)

    def test_the_job_of_someone_moved_to_another_agency_does_nothing(self):
        dossiers = self._accepted(2)
        bulk = self._as_job(self._bulk("complete_step", dossiers)).sudo()
        self.user_clerk.write(
            {
                "company_id": self.company_b.id,
                "company_ids": [fields.Command.set(self.company_b.ids)],
            }
        )
        self._work(bulk)
        self.assertEqual(bulk.done_count, 0)
        self.assertEqual(set(dossiers.mapped("state")), {"accepted"})

    def test_the_cron_takes_what_is_running(self):
        bulk = self._as_job(self._bulk("complete_step", self._accepted(2)))
        with self.enter_registry_test_mode():
            self.env.ref("qms_public_admin.ir_cron_qms_dossier_bulk").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((bulk.state, bulk.done_count), ("done", 2))

    @mute_logger("odoo.addons.qms_public_admin.models.dossier.qms_dossier_bulk")
    def test_old_previews_are_swept_away(self):
        dossiers = self._accepted(1)
        kept, old = (self._bulk("complete_step", dossiers) for _i in range(2))
        old.flush_recordset()
        self.env.cr.execute(
            "UPDATE qms_dossier_bulk SET create_date = %s WHERE id = %s",
            [common.NOW - datetime.timedelta(days=2), old.id],
        )
        self.env["qms.dossier.bulk"]._gc_bulks()
        self.assertEqual((kept | old).sudo().exists(), kept.sudo())


@tagged("post_install", "-at_install")
class TestDossierBulkAttacks(BulkCommon, HttpCase):
    """Rows of a job are nobody's to write, a job is nobody else's to run."""

    def _call(self, user, model, method, args, **kwargs):
        self.authenticate(user.login, user.login)
        return self.make_jsonrpc_request(
            "/web/dataset/call_kw",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def test_rows_are_not_forged(self):
        dossiers = self._accepted(2)
        bulk = self._bulk("complete_step", dossiers[0])
        line = bulk.line_ids
        forged = [
            ("qms.dossier.bulk", "create", [{"verb": "accept", "user_id": self.user_head.id}]),
            ("qms.dossier.bulk", "write", [bulk.ids, {"user_id": self.user_head.id}]),
            ("qms.dossier.bulk", "write", [bulk.ids, {"state": "running"}]),
            ("qms.dossier.bulk", "web_save", [bulk.ids, {"verb": "return_result"}, {}]),
            ("qms.dossier.bulk", "unlink", [bulk.ids]),
            ("qms.dossier.bulk", "copy", [bulk.ids]),
            ("qms.dossier.bulk.line", "write", [line.ids, {"dossier_id": dossiers[1].id}]),
            ("qms.dossier.bulk.line", "write", [line.ids, {"step_id": False}]),
            (
                "qms.dossier.bulk.line",
                "create",
                [{"bulk_id": bulk.id, "dossier_id": dossiers[1].id, "state": "ready"}],
            ),
            ("qms.dossier.bulk.line", "unlink", [line.ids]),
            ("qms.dossier.bulk", "_prepare", ["accept", dossiers.ids]),
            ("qms.dossier.bulk", "_cron_run", []),
        ]
        for context in ({}, {"_qms_fact": True, "_qms_lifecycle": True}):
            for user in (self.user_clerk, self.user_officer):
                for model, method, args in forged:
                    with (
                        self.subTest(method=method, args=args, user=user.login),
                        mute_logger("odoo.http"),
                        self.assertRaises(JsonRpcException),
                    ):
                        self._call(user, model, method, args, context=context)
        self.env.invalidate_all()
        self.assertEqual(
            (bulk.state, bulk.verb, bulk.user_id), ("draft", "complete_step", self.user_clerk)
        )
        self.assertEqual(bulk.line_ids, line)

    def test_nobody_runs_or_sees_what_another_asked_for(self):
        bulk = self._bulk("complete_step", self._accepted(1))
        for user in (self.user_head, self.user_colleague, self.user_clerk_b):
            for method in (
                "action_run",
                "action_stop",
                "action_print",
                "action_view_dossiers",
                "read",
            ):
                with (
                    self.subTest(user=user.login, method=method),
                    self.assertRaises(JsonRpcException),
                ):
                    self._call(user, "qms.dossier.bulk", method, [bulk.ids])
            found = self._call(user, "qms.dossier.bulk.line", "search_read", [[]])
            self.assertEqual(found, [])
        self.assertEqual(bulk.state, "draft")

    def test_a_verb_is_one_of_the_three(self):
        dossiers = self._accepted(1)
        for verb in ("withdraw", "unlink", "__class__", "", False, "extend"):
            with self.subTest(verb=verb), self.assertRaises(JsonRpcException):
                self._call(self.user_clerk, "qms.dossier", "action_bulk", [dossiers.ids, verb])

    def test_dossiers_of_another_agency_are_not_previewed(self):
        dossiers = self._accepted(1)
        with self.assertRaises(AccessError):
            self._bulk("complete_step", dossiers, self.user_clerk_b)

    def test_each_role_gets_what_its_predicate_gives(self):
        dossiers = self._accepted(1)
        for role, user in self.users_by_role.items():
            for verb in ("accept", "complete_step", "return_result"):
                expected = not self._as(dossiers, user)._verb_error(verb)
                bulk = self._bulk(verb, dossiers, user)
                self.assertEqual(bool(bulk.ready_count), expected, (role, verb))
        with self.assertRaises(AccessError):
            self._bulk("accept", dossiers, self.user_outsider)
