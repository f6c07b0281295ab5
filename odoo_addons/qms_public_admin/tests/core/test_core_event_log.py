import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .. import common

NOW = common.NOW


@tagged("post_install", "-at_install")
class TestEventLog(common.QmsCommon):
    """The log is append-only and tells when somebody went around it (INV-07)."""

    def setUp(self):
        super().setUp()
        freezer = freeze_time(NOW)
        self.clock = freezer.start()
        self.addCleanup(freezer.stop)
        self.dossier = self._accepted_dossier()
        self._as(self.dossier, self.user_clerk).action_complete_step()
        self.events = self.env["qms.dossier.event"]

    def _break(self, dossier=None):
        dossier = dossier or self.dossier
        return dossier._verify_chain()[dossier.id]

    def _sql(self, query, *args):
        self.env.flush_all()
        self.env.cr.execute(SQL(query, *args))
        self.env.invalidate_all()

    def test_the_chain_of_living_dossiers_is_whole(self):
        self.assertIsNone(self._break())
        self.assertEqual(self.dossier.event_count, 3)
        self.assertEqual(self.dossier.event_ids.mapped("sequence"), [1, 2, 3])

    def test_nobody_writes_creates_or_deletes_not_even_elevated(self):
        event = self.dossier.event_ids[0]
        for records in (event, event.sudo(), event.with_user(self.env.ref("base.user_admin"))):
            with self.assertRaises(AccessError):
                records.write({"reason": "rewritten"})
            with self.assertRaises(AccessError):
                records.unlink()
            with self.assertRaises(AccessError):
                records.create(
                    {
                        "dossier_id": self.dossier.id,
                        "company_id": self.company.id,
                        "event_type": "done",
                        "at": NOW,
                        "sequence": 9,
                        "hash": "x",
                    }
                )

    def test_a_forged_context_opens_nothing(self):
        for key in (True, "object", {"a": 1}):
            forged = self.events.sudo().with_context(_qms_event=key)
            with self.assertRaises(AccessError):
                forged.browse(self.dossier.event_ids[0].id).write({"reason": "x"})
            with self.assertRaises(AccessError):
                forged.create({"event_type": "done"})

    def test_changed_content_is_found_at_its_row(self):
        event = self.dossier.event_ids[1]
        for column, value in (
            ("at", NOW - datetime.timedelta(days=1)),
            ("user_name", "Somebody else"),
            ("state", "done"),
            ("reason", "x"),
        ):
            with self.subTest(column), self.env.cr.savepoint() as savepoint:
                self._sql(
                    "UPDATE qms_dossier_event SET %s = %s WHERE id = %s",
                    SQL.identifier(column),
                    value,
                    event.id,
                )
                found = self._break()
                self.assertEqual((found.sequence, found.code), (2, "altered"))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_removed_row_is_found(self):
        self._sql("DELETE FROM qms_dossier_event WHERE id = %s", self.dossier.event_ids[0].id)
        found = self._break()
        self.assertEqual((found.sequence, found.code), (1, "gap"))

    def test_a_cut_tail_is_found(self):
        self._sql("DELETE FROM qms_dossier_event WHERE id = %s", self.dossier.event_ids[-1].id)
        self.assertEqual(self._break().code, "tail")

    def test_a_row_slipped_in_is_found(self):
        self._sql(
            """INSERT INTO qms_dossier_event
                      (dossier_id, company_id, event_type, at, recorded_at, sequence, hash)
               SELECT dossier_id, company_id, 'done', at, recorded_at, 4, 'forged'
                 FROM qms_dossier_event WHERE id = %s""",
            self.dossier.event_ids[-1].id,
        )
        self.assertEqual(self._break().sequence, 4)

    def test_verify_names_the_record_and_the_first_broken_row(self):
        other = self._accepted_dossier()
        self._sql(
            "UPDATE qms_dossier_event SET reason = 'x' WHERE id = %s",
            self.dossier.event_ids[2].id,
        )
        action = self._as(self.dossier | other, self.user_auditor).action_verify_chain()
        result = self.env["qms.event.verification"].browse(action["res_id"])
        self.assertEqual(result.broken_count, 1)
        self.assertFalse(result.is_intact)
        self.assertEqual(result.line_ids.name, self.dossier.code)
        self.assertEqual(result.line_ids.sequence, 3)

    # === DAY ANCHORS === #

    def _anchor(self):
        self.clock.move_to(NOW + datetime.timedelta(days=1))
        return self.env["qms.event.anchor"]._anchor_company(self.company)

    def test_an_anchor_closes_each_finished_day_once(self):
        anchors = self._anchor()
        self.assertEqual(anchors.mapped("date"), [NOW.date()])
        self.assertEqual(anchors.event_count, 3)
        self.assertEqual(anchors.chain_count, 1)
        self.assertEqual(anchors._recomputed_hash(), anchors.hash)
        self.assertFalse(self.env["qms.event.anchor"]._anchor_company(self.company))
        self.clock.move_to(NOW + datetime.timedelta(days=3))
        later = self.env["qms.event.anchor"]._anchor_company(self.company)
        self.assertEqual(later.mapped("event_count"), [0, 0])
        self.assertEqual(later[0].previous_hash, anchors.hash)

    def test_an_anchor_finds_a_chain_rewritten_with_its_head(self):
        """Who recomputes the whole chain by SQL still meets the printed anchor."""
        anchor = self._anchor()
        tail = self.dossier.event_ids[-1]
        self._sql("DELETE FROM qms_dossier_event WHERE id = %s", tail.id)
        self._sql(
            "UPDATE qms_dossier SET event_count = 2, event_head = %s WHERE id = %s",
            self.dossier.event_ids[1].hash,
            self.dossier.id,
        )
        self.assertIsNone(self._break())
        self.assertNotEqual(anchor._recomputed_hash(), anchor.hash)
        action = anchor.with_user(self.user_auditor).action_verify()
        self.assertEqual(
            self.env["qms.event.verification"].browse(action["res_id"]).broken_count, 1
        )

    def test_anchors_are_written_by_the_system_alone(self):
        anchor = self._anchor()
        for action in (
            lambda: anchor.sudo().write({"hash": "x"}),
            lambda: anchor.sudo().unlink(),
            lambda: anchor.sudo().with_context(_qms_anchor=True).copy(),
        ):
            with self.assertRaises(AccessError):
                action()

    def test_the_log_names_the_substitute_and_the_absent_person(self):
        delegation = self.env["qms.delegation"].create(
            {
                "company_id": self.company.id,
                "user_id": self.user_specialist.id,
                "substitute_id": self.user_colleague.id,
                "date_from": NOW.date(),
                "date_to": NOW.date(),
                "reason": "Leave",
            }
        )
        delegation.action_activate()
        self._as(self.dossier, self.user_colleague).action_complete_step()
        event = self.dossier.event_ids[-1]
        self.assertEqual(event.user_name, self.user_colleague.name)
        self.assertEqual(event.on_behalf_of_name, self.user_specialist.name)
