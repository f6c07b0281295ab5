from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_document_transition import TransitionCommon

ALL = {"read", "write", "create", "unlink"}
SHARED = ("qms.standard", "qms.standard.clause", "qms.standard.map")
OFFICERS = (
    "qms.standard.exclusion",
    "qms.standard.transition",
    "qms.standard.transition.line",
    "qms.standard.transition.milestone",
    "qms.legal.document",
    "qms.legal.document.link",
)
SCREENS = (
    "qms.evidence.matrix",
    "qms.evidence.matrix.line",
    "qms.evidence.matrix.cell",
    "qms.standard.transition.reason",
)
IMPORTS = ("qms.legal.document.import", "qms.legal.document.import.line")


@tagged("post_install", "-at_install")
class TestDocumentStandardSecurity(TransitionCommon):
    """Everyone reads; officers keep what is their agency's; editions are administrators'."""

    def _rights(self, model, user):
        records = self.env[model].with_user(user)
        return {operation for operation in ALL if records.has_access(operation)}

    # === ROLES × OPERATIONS === #

    def test_rights_by_role(self):
        for role, user in self.users_by_role.items():
            is_officer = role == "officer"
            for models, officer, others in (
                (SHARED, {"read"}, {"read"}),
                (OFFICERS, ALL, {"read"}),
                (SCREENS, ALL, ALL),
                (IMPORTS, ALL, set()),
            ):
                for model in models:
                    with self.subTest(role=role, model=model):
                        self.assertEqual(
                            self._rights(model, user), officer if is_officer else others
                        )

    def test_people_without_a_role_see_nothing(self):
        for model in (*SHARED, *OFFICERS, *SCREENS, *IMPORTS):
            with self.subTest(model=model):
                self.assertEqual(self._rights(model, self.user_outsider), set())

    def test_administrators_keep_the_editions(self):
        for model in SHARED:
            with self.subTest(model=model):
                self.assertEqual(self._rights(model, self.env.ref("base.user_admin")), ALL)

    # === TWO AGENCIES === #

    def _of_agency_b(self):
        officer = self.user_officer_b
        project = self._project(user=officer, company_id=self.company_b.id, owner_id=officer.id)
        document, other = (
            self._legal(f"{n}/2020/QĐ-B", company_id=self.company_b.id) for n in (1, 2)
        )
        return {
            "qms.standard.transition": project,
            "qms.standard.transition.line": project.line_ids[0],
            "qms.standard.transition.milestone": project.milestone_ids[0],
            "qms.standard.exclusion": self.env["qms.standard.exclusion"].create(
                {
                    "company_id": self.company_b.id,
                    "clause_id": self._clause("8.3").id,
                    "reason": "x",
                }
            ),
            "qms.legal.document": document,
            "qms.legal.document.link": self.env["qms.legal.document.link"].create(
                {"from_id": other.id, "to_id": document.id, "kind": "amends"}
            ),
        }

    def test_another_agency_is_not_seen(self):
        for model, record in self._of_agency_b().items():
            with self.subTest(model=model):
                self.assertEqual(record.company_id, self.company_b)
                own = self._as(record, self.user_officer)
                self.assertFalse(own.has_access("read"))
                self.assertFalse(own.search([("id", "=", record.id)]))
                self.assertTrue(self._as(record, self.user_officer_b).has_access("write"))

    def test_a_line_of_another_agency_is_not_moved(self):
        line = self._of_agency_b()["qms.standard.transition.line"]
        for verb in ("action_settle", "action_take_up", "action_view_evidence"):
            with self.assertRaises(UserError), self.cr.savepoint():
                getattr(self._as(line, self.user_officer), verb)()

    def test_nothing_is_pushed_into_another_agency(self):
        foreign = self._of_agency_b()
        project = self._project()
        exclusion = self._as(self.env["qms.standard.exclusion"], self.user_officer).create(
            {"clause_id": self._clause("8.4").id, "reason": "x", "company_id": self.company.id}
        )
        document = self._as(self._legal("5/2020/QĐ-X"), self.user_officer)
        for record, vals in (
            (exclusion, {"company_id": self.company_b.id}),
            (document, {"company_id": self.company_b.id}),
            (project, {"company_id": self.company_b.id}),
            (
                project.milestone_ids[0],
                {"transition_id": foreign["qms.standard.transition"].id},
            ),
            (project.line_ids[0], {"transition_id": foreign["qms.standard.transition"].id}),
            (project.line_ids[0], {"owner_id": self.user_officer_b.id}),
        ):
            with self.subTest(model=record._name, vals=vals):
                with self.assertRaises(UserError), self.cr.savepoint():
                    record.write(vals)
                    self.env.flush_all()
                self.env.invalidate_all()

    def test_a_link_is_not_pushed_into_the_shared_register(self):
        shared, other = (self._legal(f"{n}/2020/NĐ-CP", company_id=False) for n in (1, 2))
        mine = self._legal("5/2020/QĐ-X")
        links = self._as(self.env["qms.legal.document.link"], self.user_officer)
        link = links.create({"from_id": mine.id, "to_id": shared.id, "kind": "repeals"})
        for act in (
            lambda: link.write({"from_id": other.id}),
            lambda: links.create({"from_id": other.id, "to_id": shared.id, "kind": "repeals"}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                act()
            self.env.invalidate_all()
        link.write({"company_id": False})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(link.company_id, self.company)

    def test_a_procedure_takes_no_document_of_another_agency(self):
        document = self._legal("1/2020/QĐ-B", company_id=self.company_b.id)
        with self.assertRaises(UserError):
            self._as(self.procedure, self.user_officer).legal_document_ids = document

    # === SCREENS === #

    def test_screens_are_seen_by_who_opened_them(self):
        matrix = self._as(self.env["qms.evidence.matrix"], self.user_leader).create({})
        matrix._fill()
        for record in (matrix, matrix.line_ids):
            self.assertTrue(self._as(record, self.user_leader).has_access("read"))
            self.assertFalse(self._as(record, self.user_officer).has_access("read"))

    def test_what_one_may_not_read_does_not_count(self):
        """A user allowed in both agencies counts one agency at a time."""
        clause = self._clause("7.2")
        self._legal("1/2020/QĐ-X", qms_clause_ids=clause.ids)
        self._legal("1/2020/QĐ-B", company_id=self.company_b.id, qms_clause_ids=clause.ids)
        self.user_provincial.company_ids |= self.company_b
        both = (self.company | self.company_b).ids
        service = self.env["qms.evidence"].with_user(self.user_provincial)
        found = service.with_context(allowed_company_ids=both)._collect(
            self.standard, self.company_b
        )
        self.assertEqual(found[clause].count, 1)

    def test_forged_ids_in_a_cell_open_nothing_of_others(self):
        document = self._legal("1/2020/QĐ-B", company_id=self.company_b.id)
        matrix = self._as(self.env["qms.evidence.matrix"], self.user_specialist).create({})
        matrix._fill()
        cell = self._as(self.env["qms.evidence.matrix.cell"], self.user_specialist).create(
            {
                "line_id": matrix.line_ids[0].id,
                "model_name": "qms.legal.document",
                "record_ids": document.ids,
            }
        )
        action = cell.action_open()
        self.assertFalse(cell.env[action["res_model"]].search(action["domain"]))
