from freezegun import freeze_time
from lxml import etree

from odoo.tests import tagged

from .. import common


@tagged("post_install", "-at_install")
class TestDossierPerformance(common.QmsCommon):
    """What a verb or a list costs does not grow with the dossiers."""

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    # === TOOLS === #

    def _queries(self, function, *args):
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        result = function(*args)
        self.env.flush_all()
        return self.env.cr.sql_log_count - start, result

    def _received(self, count):
        dossiers = self._as(self.env["qms.dossier"], self.user_clerk)
        vals = {"procedure_id": self.procedure.id, "holder_name": "Nguyễn Thị Thử"}
        return dossiers.create([{**vals, "company_id": self.company.id}] * count)

    def _accepted(self, count):
        dossiers = self._received(count)
        dossiers.action_accept()
        return dossiers

    def _assert_same_cost(self, make, verb):
        """``verb`` of eight dossiers takes the queries of two, once caches are warm."""
        verb(make(2))
        few, _result = self._queries(verb, make(2))
        many, _result = self._queries(verb, make(8))
        self.assertEqual(many, few)

    # === VERBS === #

    def test_many_are_received_by_the_queries_of_few(self):
        self._received(2)
        few, _dossiers = self._queries(self._received, 2)
        many, dossiers = self._queries(self._received, 8)
        self.assertEqual(many, few)
        self.assertEqual(len(set(dossiers.mapped("submission_ref"))), 8)
        self.assertEqual({len(dossier.component_ids) for dossier in dossiers}, {2})

    def test_many_are_accepted_by_the_queries_of_few(self):
        self._assert_same_cost(self._received, lambda dossiers: dossiers.action_accept())

    def test_many_steps_are_completed_by_the_queries_of_few(self):
        self._assert_same_cost(self._accepted, lambda dossiers: dossiers.action_complete_step())

    def test_many_are_paused_and_resumed_by_the_queries_of_few(self):
        def paused(count):
            dossiers = self._as(self._accepted(count), self.user_head)
            dossiers.action_request_supplement(reason="A paper is missing")
            return dossiers

        def pause(dossiers):
            self._as(dossiers, self.user_head).action_request_payment(reason="Fee")

        self._assert_same_cost(self._accepted, pause)
        self._assert_same_cost(paused, lambda dossiers: dossiers.action_resume())

    def test_many_results_are_returned_by_the_queries_of_few(self):
        def done(count):
            dossiers = self._accepted(count)
            for user in (self.user_clerk, self.user_specialist, self.user_head):
                self._as(dossiers, user).action_complete_step()
            return dossiers

        self._assert_same_cost(done, lambda dossiers: dossiers.action_return_result())

    def test_one_step_is_completed_with_twelve_queries(self):
        first, second = self._accepted(1), self._accepted(1)
        first.action_complete_step()
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        second.action_complete_step()
        self.env.flush_all()
        self.assertLessEqual(self.env.cr.sql_log_count - start, 12)

    def test_the_log_of_a_batch_holds_together(self):
        dossiers = self._accepted(3)
        dossiers.action_complete_step(note="Complete")
        self.assertEqual(set(dossiers._verify_chain().values()), {None})
        for dossier in dossiers:
            self.assertEqual(
                dossier.event_ids.mapped("event_type"),
                ["submitted", "accepted", "step_completed"],
            )
            self.assertEqual(
                dossier.step_ids.mapped("state"), ["done", "current"] + ["waiting"] * 2
            )
            self.assertEqual(dossier.current_step_id, dossier.step_ids[1])

    def test_no_context_fills_in_what_a_verb_leaves_out(self):
        context = {"default_outcome": "late", "default_note": "forged", "default_round": 7}
        dossier = self._received(1).with_context(**context)
        dossier.action_accept()
        self.assertFalse(any(dossier.step_ids.mapped("note")))
        self.assertEqual(set(dossier.step_ids.mapped("round")), {1})
        self.assertFalse(any(dossier.event_ids.mapped("outcome")))

    # === LISTS === #

    def _open(self, model, domain, user):
        """Read a list as the web client does: its fields, its order, its count."""
        records = self._as(self.env[model], user)
        arch = etree.fromstring(records.get_view(view_type="list")["arch"])
        names = {node.get("name") for node in arch.iter("field") if node.get("name")}
        specification = {
            name: {"fields": {"display_name": {}}} if records._fields[name].relational else {}
            for name in names
        }
        order = arch.get("default_order") or ""

        def read():
            return records.web_search_read(
                domain, specification, limit=80, order=order, count_limit=10001
            )

        read()
        return self._queries(read)

    def test_lists_cost_the_same_for_many_dossiers(self):
        work = [("is_my_work", "=", True), ("dossier_id.state", "in", ("accepted", "processing"))]
        lists = (
            ("qms.dossier", [("state", "=", "accepted")], self.user_head),
            ("qms.dossier", [("timeliness", "=", "within")], self.user_specialist),
            ("qms.dossier.step", work, self.user_clerk),
            ("qms.dossier.step", [("state", "=", "current")], self.user_head),
        )
        self._accepted(2)
        few = [self._open(*entry) for entry in lists]
        self._accepted(10)
        many = [self._open(*entry) for entry in lists]
        for entry, (before, _result), (after, result) in zip(lists, few, many, strict=True):
            with self.subTest(model=entry[0], domain=entry[1]):
                self.assertLessEqual(after, before)
                self.assertGreaterEqual(result["length"], 12)

    def test_the_rule_on_reading_asks_for_an_array(self):
        """A subquery would read the dossiers of the whole province one by one."""
        query = self._as(self.env["qms.dossier"], self.user_clerk)._search([])
        self.assertIn("= ANY(ARRAY(", query.select().code)

    def test_co_ordinated_dossiers_are_found_as_they_are_told(self):
        agency = self.env["qms.agency"].search([("company_id", "=", self.company_b.id)])
        mine = self._new_dossier(coordinating_agency_ids=[(6, 0, agency.ids)])
        other = self._new_dossier()
        seen = self._as(self.env["qms.dossier"], self.user_clerk_b)
        self.assertEqual(seen.search([("id", "in", (mine | other).ids)]), seen.browse(mine.id))
        self.assertTrue(seen.browse(mine.id).is_coordinated)
        both = seen.sudo().browse((mine | other).ids)
        self.assertEqual(both.filtered("is_coordinated"), both.browse(mine.id))
        self.assertEqual(
            both.search([("id", "in", both.ids), ("is_coordinated", "=", False)]),
            both.browse(other.id),
        )
