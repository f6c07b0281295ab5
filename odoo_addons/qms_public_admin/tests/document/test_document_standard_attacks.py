from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ..rpc_case import RpcCase
from .test_document_transition import TransitionCommon


@tagged("post_install", "-at_install")
class TestDocumentStandardAttacks(TransitionCommon, RpcCase):
    """What a login alone can send: direct calls, forged contexts, commands on the parent."""

    FORGED = (
        {"_qms_lifecycle": True},
        {"_qms_lifecycle": "<object object>", "default_state": "done"},
        {"default_company_id": 1, "tracking_disable": True},
    )

    def _state_of(self, project):
        self.env.invalidate_all()
        return (
            project.state,
            project.finished_on,
            set(project.line_ids.mapped("state")),
            set(project.milestone_ids.mapped("state")),
            len(project.line_ids),
            self.company.qms_standard_id,
        )

    def test_a_transition_moves_by_its_verbs_alone(self):
        project = self._project()
        self.env.flush_all()
        line, point = project.line_ids[0], project.milestone_ids[0]
        before = self._state_of(project)
        officer = self.user_officer
        for model, record, vals in (
            (project._name, project, {"state": "done"}),
            (project._name, project, {"finished_on": "2026-01-01"}),
            (line._name, line, {"state": "done"}),
            (line._name, line, {"evidence_status": "fresh", "after_count": 9}),
            (line._name, line, {"justification": "x"}),
            (line._name, line, {"clause_id": self._clause("4.1").id}),
            (point._name, point, {"state": "reached"}),
            (point._name, point, {"done_on": "2026-01-01"}),
            (project._name, project, {"line_ids": [[1, line.id, {"state": "done"}]]}),
            (project._name, project, {"line_ids": [[2, line.id]]}),
            (
                project._name,
                project,
                {"line_ids": [[0, 0, {"clause_id": self._clause("4").id, "kind": "same"}]]},
            ),
            (project._name, project, {"milestone_ids": [[1, point.id, {"state": "reached"}]]}),
        ):
            self._refused(officer, model, "write", record.ids, vals)
            self._refused(officer, model, "web_save", record.ids, vals, {})
        self._refused(officer, line._name, "unlink", line.ids)
        self._refused(officer, project._name, "unlink", project.ids)
        self._refused(officer, line._name, "copy", line.ids)
        self._refused(officer, project._name, "action_finish", project.ids)
        self._refused(officer, project._name, "_lifecycle_write", {"state": "done"})
        self.assertEqual(self._state_of(project), before)

    def test_a_transition_is_not_born_running(self):
        vals = {
            "name": "x",
            "from_standard_id": self.old.id,
            "to_standard_id": self.standard.id,
            "date_start": "2026-01-01",
            "date_end": "2026-12-01",
        }
        model = "qms.standard.transition"
        self._refused(self.user_officer, model, "create", [{**vals, "state": "done"}])
        self._refused(self.user_officer, model, "create", [{**vals, "finished_on": "2026-01-01"}])
        count = self.env[model].search_count([])
        with mute_logger("odoo.http"):
            with self.assertRaises(JsonRpcException):
                self._call(
                    self.user_officer,
                    model,
                    "create",
                    [vals],
                    context={"default_state": "running"},
                )
            loaded = self._call(
                self.user_officer,
                model,
                "load",
                ["name", "from_standard_id/.id", "to_standard_id/.id", "date_start", "date_end",
                 "state"],
                [["x", str(self.old.id), str(self.standard.id), "2026-01-01", "2026-12-01",
                  "done"]],
            )  # fmt: skip
        self.assertFalse(loaded["ids"])
        self.assertEqual(self.env[model].search_count([]), count)

    def test_readers_write_nothing(self):
        project = self._project()
        line = project.line_ids[0]
        line.owner_id = self.user_specialist
        document = self._legal("1/2020/QĐ-X")
        self.env.flush_all()
        for user in (self.user_specialist, self.user_leader, self.user_provincial):
            for record, vals in (
                (project, {"name": "x"}),
                (line, {"need": "x"}),
                (line, {"owner_id": user.id}),
                (project.milestone_ids[0], {"name": "x"}),
                (document, {"name": "x"}),
                (document, {"qms_clause_ids": [[4, self._clause("4").id]]}),
                (self.procedure, {"legal_document_ids": [[4, document.id]]}),
                (self.procedure, {"qms_clause_ids": [[4, self._clause("4").id]]}),
            ):
                self._refused(user, record._name, "write", record.ids, vals)
            self._refused(user, project._name, "action_start", project.ids)
            self._refused(user, project._name, "action_carry_over", project.ids)
        self._call(self.user_specialist, line._name, "action_settle", line.ids)
        self.env.invalidate_all()
        self.assertEqual(line.state, "done")

    def test_officers_do_not_change_the_editions(self):
        clause = self._clause("7.5")
        row = self.env["qms.standard.map"].search([], limit=1)
        for record, vals in (
            (self.standard, {"name": "x"}),
            (self.standard, {"clause_ids": [[1, clause.id, {"name": "x"}]]}),
            (clause, {"name": "x"}),
            (row, {"note": "x"}),
        ):
            self._refused(self.user_officer, record._name, "write", record.ids, vals)
            self._refused(self.user_officer, record._name, "unlink", record.ids)

    def test_another_agency_reaches_nothing(self):
        project = self._project()
        line, document = project.line_ids[0], self._legal("1/2020/QĐ-X")
        self.env.flush_all()
        officer = self.user_officer_b
        for record in (project, line, project.milestone_ids[0], document):
            self._refused(officer, record._name, "read", record.ids, ["display_name"])
            self._refused(officer, record._name, "write", record.ids, {"note": "x"})
        self._refused(officer, line._name, "action_settle", line.ids)
        self._refused(officer, line._name, "action_not_needed", line.ids, "x")
        self._refused(officer, project._name, "action_cancel", project.ids)
        self._refused(officer, document._name, "action_checked", document.ids)
        matrix = "qms.evidence.matrix"
        self._refused(officer, matrix, "_open_clauses", line.ids, self.company.id)
        screen = self._call(officer, matrix, "create", [{"company_id": officer.company_id.id}])
        self._refused(officer, matrix, "write", screen, {"company_id": self.company.id})

    def test_a_reason_asks_for_the_right(self):
        line = self._project().line_ids[0]
        self.env.flush_all()
        model = "qms.standard.transition.reason"
        wizard = self._call(
            self.user_colleague,
            model,
            "create",
            [{"line_ids": [[6, 0, line.ids]], "justification": "x"}],
        )
        self._refused(self.user_colleague, model, "action_confirm", wizard)
        self.env.invalidate_all()
        self.assertEqual(line.state, "todo")
