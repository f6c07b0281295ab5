from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..document.common_change import ChangeCommon


@tagged("post_install", "-at_install")
class TestProcedureChange(ChangeCommon):
    """Law → procedures → versions → ISO documents → forms; decisions that publish."""

    def test_the_chain_is_complete(self):
        self.iso.qms_form_ids = self.form
        change = self._change()
        line = self._line(change, self.procedure)
        self.assertEqual((line.item_kind, line.expected), ("a_procedure", "new_version"))
        self.assertEqual(line.base_version_id, self.version)
        self.assertEqual(line.owner_id, self.user_head)
        self.assertIn("9901/2018/NĐ-CP", line.why)
        iso = self._line(change, self.iso)
        self.assertIn(self.procedure.code, iso.why)
        self.assertEqual(change.line_ids.page_id, self.page | self.iso | self.form)
        self.assertEqual(self.procedure.change_count, 1)

    def test_forms_that_the_version_names(self):
        procedure, _version = self._create_procedure(
            "9.000002",
            self.company,
            component_ids=[
                Command.create({"name": "Đơn", "form_name": "Mẫu số 01"}),
                Command.create({"name": "Tờ khai", "form_name": "Mẫu số 02"}),
            ],
        )
        procedure.legal_document_ids = self.old
        line = self._line(self._change(), procedure)
        self.assertEqual(line.form_names, "Mẫu số 01\nMẫu số 02")

    def test_a_published_version_settles_the_line(self):
        change = self._change()
        line = self._line(change, self.procedure)
        line.action_start()
        draft = line.version_id
        self.assertEqual((line.state, draft.state, draft.decision_no), ("in_work", "draft", False))
        self.assertEqual(len(draft.step_ids), 4)
        self.assertEqual(line.action_start()["res_id"], draft.id)
        draft.write({"decision_no": "9/QĐ-UBND", "effective_from": "2026-11-10"})
        draft.action_publish()
        self.assertEqual((line.state, line.version_id), ("done", draft))

    def test_a_version_from_before_settles_nothing(self):
        change = self._change()
        change.action_recompute()
        self.assertEqual(self._line(change, self.procedure).state, "open")

    def test_a_retired_procedure_is_settled(self):
        change = self._change()
        self._as(self.version, self.user_officer).action_retire()
        self.assertEqual(self._line(change, self.procedure).state, "done")

    def test_the_head_begins_no_version(self):
        line = self._as(self._line(self._change(), self.procedure), self.user_head)
        self.assertFalse(line.can_start)
        self.assertTrue(line.can_justify)
        with self.assertRaises(UserError):
            line.action_start()

    def test_the_head_begins_the_revision_of_the_own_unit(self):
        line = self._as(self._line(self._change(), self.page), self.user_head)
        line.action_start()
        self.assertEqual(line.revision_id.author_id, self.user_head)

    # === DECISIONS THAT PUBLISH === #

    def _publish(self, action, code, **vals):
        return self.env["qms.procedure.publication"].create(
            {
                "action": action,
                "code": code,
                "name": f"Procedure {code}",
                "decision_no": "1502/QĐ-UBND",
                "decision_date": "2026-11-05",
                "company_id": self.company.id,
                **vals,
            }
        )

    def _open(self, lines):
        action = self._as(lines, self.user_officer).action_open_change()
        change = self.env["qms.change.request"].browse(action["res_id"])
        return self._as(change, self.user_officer)

    def test_publication_types_act_on_procedures(self):
        others = {
            action: self._create_procedure(f"9.00001{number}", self.company)[0]
            for number, action in enumerate(("amended", "replaced", "abolished"))
        }
        lines = self._publish("new", "9.000020").union(
            *(self._publish(action, one.code) for action, one in others.items())
        )
        change = self._open(lines)
        self.assertEqual((change.state, change.cause), ("open", "publication"))
        self.assertEqual(str(change.due_date), "2027-02-05")
        new = self.env["qms.procedure"].search([("code", "=", "9.000020")])
        self.assertEqual((new.state, new.company_id), ("draft", self.company))
        expected = {line.procedure_id: line.expected for line in change.line_ids}
        self.assertEqual(
            expected,
            {
                new: "new_version",
                others["amended"]: "new_version",
                others["replaced"]: "new_version",
                others["abolished"]: "abolish",
            },
        )
        self.assertEqual(self._open(lines), change)
        self.assertEqual(len(change.line_ids), 4)

    def test_lines_of_one_decision(self):
        lines = self._publish("new", "9.000020") | self._publish(
            "new", "9.000021", decision_no="7/QĐ-UBND"
        )
        with self.assertRaises(UserError):
            self._open(lines)
        with self.assertRaises(UserError):
            self._open(self._publish("online", "9.000020"))
        with self.assertRaises(AccessError):
            self._as(lines[:1], self.user_head).action_open_change()

    def test_a_shared_decision_acts_on_the_own_procedures(self):
        lines = self._publish("amended", self.procedure.code, company_id=False)
        lines |= self._publish("abolished", "9.009999", company_id=False)
        change = self._open(lines)
        self.assertEqual(change.line_ids.procedure_id, self.procedure)
        self.assertIn("9.009999", "".join(change.message_ids.mapped("body")))
        self.assertIn(self.iso, change.line_ids.page_id)

    def test_an_abolished_procedure_is_retired_and_running_dossiers_keep_theirs(self):
        """INV-19: a dossier shows the version that applied to it."""
        dossier = self._accepted_dossier()
        change = self._open(self._publish("abolished", self.procedure.code))
        line = self._line(change, self.procedure)
        with self.assertRaises(UserError):
            self._as(line, self.user_head).action_abolish()
        line.action_abolish()
        self.assertEqual(self.version.state, "retired")
        self.assertEqual(str(self.version.effective_to), "2026-11-04")
        self.assertEqual(line.state, "done")
        self.assertEqual(dossier.version_id, self.version)
        dossier.action_complete_step()
        self.assertEqual(dossier.state, "processing")

    def test_a_new_version_leaves_running_dossiers_theirs(self):
        dossier = self._accepted_dossier()
        change = self._open(self._publish("amended", self.procedure.code))
        line = self._line(change, self.procedure)
        line.action_start()
        line.version_id.write({"decision_no": "2/QĐ-UBND", "effective_from": "2026-11-09"})
        due = dossier.due_at
        line.version_id.action_publish()
        self.assertEqual((dossier.version_id, dossier.due_at), (self.version, due))
        self.assertEqual(line.state, "done")


@tagged("post_install", "-at_install")
class TestProcedureChangePerformance(ChangeCommon):
    def test_200_procedures_on_one_law(self):
        procedures = self.env["qms.procedure"].create(
            [
                {
                    "code": f"8.{number:06d}",
                    "name": f"P {number}",
                    "company_id": self.company.id,
                    "legal_document_ids": [Command.set(self.old.ids)],
                    "department_id": self.department.id,
                    "iso_document_id": self.iso.id,
                }
                for number in range(200)
            ]
        )
        self.env["qms.procedure.version"].create([{"procedure_id": one.id} for one in procedures])
        change = self._as(
            self.env["qms.change.request"].create(
                {"cause": "law", "legal_document_id": self.new.id, "company_id": self.company.id}
            ),
            self.user_officer,
        )
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(110):
            change.action_open()
            self.env.flush_all()
        self.assertEqual(len(change.line_ids.procedure_id), 201)
        self.env.invalidate_all()
        with self.assertQueryCount(60):
            change.action_recompute()
            self.env.flush_all()
