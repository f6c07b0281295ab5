import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged, users, warmup

from .. import common


class EvidenceCommon(common.QmsCommon):
    """A procedure in force since 2018 and the clauses of 2015."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.standard = cls.env.ref("qms_public_admin.qms_standard_iso9001_2015")

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    @classmethod
    def _clause(cls, number, year=2015):
        return cls.env.ref(f"qms_public_admin.qms_clause_{year}_{number.replace('.', '_')}")

    @classmethod
    def _legal(cls, number, **vals):
        return cls.env["qms.legal.document"].create(
            {
                "number": number,
                "name": number,
                "effective_date": "2020-01-01",
                "company_id": cls.company.id,
                **vals,
            }
        )

    def _collect(self, user=None, company=None):
        service = self._as(self.env["qms.evidence"], user or self.user_officer)
        standard = self._as(self.standard, user or self.user_officer)
        found = service._collect(standard, company or self.company)
        return {clause.number: evidence for clause, evidence in found.items()}


@tagged("post_install", "-at_install")
class TestDocumentEvidence(EvidenceCommon):
    """What stands for a clause is counted from records, whatever model they are of."""

    def test_procedures_and_legal_documents_are_sources(self):
        names = [source._name for source in self._as(self.env["qms.evidence"],
                                                     self.user_officer)._sources()]  # fmt: skip
        self.assertLessEqual({"qms.procedure", "qms.legal.document"}, set(names))
        self.assertNotIn("qms.evidence.mixin", names)

    def test_nothing_is_red(self):
        found = self._collect()
        self.assertEqual({evidence.status for evidence in found.values()}, {"missing"})
        self.assertEqual({evidence.count for evidence in found.values()}, {0})

    def test_green_amber_red(self):
        clause = self._clause("7.5.2")
        document = self._legal("1/2020/QĐ-X", qms_clause_ids=clause.ids)
        for checked, status in (
            ("2026-11-09", "fresh"),
            ("2025-11-09", "fresh"),
            ("2025-11-08", "ageing"),
            (False, "ageing"),
        ):
            document.checked_on = checked
            with self.subTest(checked=checked):
                self.assertEqual(self._collect()["7.5.2"].status, status)
        self.company.qms_evidence_months = 24
        document.checked_on = "2025-11-08"
        self.assertEqual(self._collect()["7.5.2"].status, "fresh")
        document.expiry_date = "2026-11-09"
        self.assertEqual(self._collect()["7.5.2"].status, "missing")

    def test_a_clause_holds_what_is_below_it_once(self):
        both = self._clause("7.5.2") | self._clause("7.5.1")
        self._legal("1/2020/QĐ-X", qms_clause_ids=both.ids)
        found = self._collect()
        self.assertEqual(found["7.5"].count, 1)
        self.assertEqual(found["7"].count, 1)
        self.assertEqual(found["4"].count, 0)

    def test_a_clause_is_as_good_as_the_worst_below(self):
        for number in ("5.2.1", "5.2.2"):
            self._legal(f"{number[-1]}/2020/QĐ-X", qms_clause_ids=self._clause(number).ids)
        found = self._collect()
        self.assertEqual(found["5.2"].status, "fresh")
        self.assertEqual(found["5"].status, "missing")
        document = self.env["qms.legal.document"].search([("number", "=", "1/2020/QĐ-X")])
        document.checked_on = "2020-01-01"
        self.assertEqual(self._collect()["5.2"].status, "ageing")

    def test_a_sub_clause_takes_the_evidence_above_short_of_the_chapter(self):
        self._legal("1/2020/QĐ-X", qms_clause_ids=self._clause("7.5").ids)
        self._legal("2/2020/QĐ-X", qms_clause_ids=self._clause("8").ids)
        found = self._collect()
        self.assertEqual((found["7.5.3.1"].status, found["7.5.3.1"].via), ("fresh", "7.5"))
        self.assertEqual(found["7.5"].via, "")
        self.assertEqual((found["8.1"].status, found["8.1"].via), ("missing", ""))

    def test_what_does_not_apply_is_neither_red_nor_counted_against(self):
        self.env["qms.standard.exclusion"].create(
            {
                "company_id": self.company.id,
                "clause_id": self._clause("8.3").id,
                "reason": "No service is developed here.",
            }
        )
        found = self._collect()
        self.assertEqual({found[n].status for n in ("8.3", "8.3.1", "8.3.6")}, {"excluded"})
        self.assertEqual(found["8.4"].status, "missing")
        self.assertEqual(self._collect(self.user_officer_b, self.company_b)["8.3"].status,
                         "missing")  # fmt: skip

    def test_a_procedure_counts_from_its_newest_version_in_force(self):
        self.procedure.qms_clause_ids = self._clause("8.1")
        evidence = self._collect()["8.1"]
        self.assertEqual(evidence.newest, datetime.date(2018, 1, 1))
        self.assertEqual(evidence.status, "ageing")
        draft, _version = self._create_procedure("9.000002", self.company, publish=False)
        draft.qms_clause_ids = self._clause("8.2.1")
        self.assertEqual(self._collect()["8.2.1"].count, 0)

    def test_another_agency_does_not_count(self):
        self._legal("1/2020/QĐ-X", company_id=self.company_b.id,
                    qms_clause_ids=self._clause("7.2").ids)  # fmt: skip
        self.assertEqual(self._collect()["7.2"].count, 0)
        found = self._collect(self.user_officer_b, self.company_b)
        self.assertEqual(found["7.2"].count, 1)

    def test_shared_documents_count_for_everyone(self):
        self._legal("1/2020/QĐ-X", company_id=False, qms_clause_ids=self._clause("7.2").ids)
        self.assertEqual(self._collect()["7.2"].count, 1)

    # === SCREEN === #

    def _matrix(self, user=None, **vals):
        matrix = self._as(self.env["qms.evidence.matrix"], user or self.user_leader).create(vals)
        matrix._fill()
        return matrix

    def test_the_screen_counts_clauses_without_sub_clauses(self):
        self._legal("1/2020/QĐ-X", qms_clause_ids=self._clause("7.2").ids)
        matrix = self._matrix()
        leaves = self.standard.clause_ids.filtered(lambda clause: not clause.child_ids)
        counts = (matrix.fresh_count, matrix.ageing_count, matrix.missing_count)
        self.assertEqual(counts, (1, 0, len(leaves) - 1))
        self.assertEqual(len(matrix.line_ids), len(self.standard.clause_ids))
        self.assertEqual(matrix.action_open_fresh()["domain"][0], ("matrix_id", "=", matrix.id))

    def test_a_line_opens_its_records(self):
        clause = self._clause("8.1")
        document = self._legal("1/2020/QĐ-X", qms_clause_ids=clause.ids)
        line = self._matrix().line_ids.filtered(lambda line: line.number == "8.1")
        action = line.action_open()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, document)
        self.procedure.qms_clause_ids = clause
        line = self._matrix().line_ids.filtered(lambda line: line.number == "8.1")
        self.assertEqual(line.action_open()["res_model"], line._name)
        self.assertEqual(sum(line.cell_ids.mapped("count")), line.count)
        opened = {cell.model_name: cell.action_open()["domain"] for cell in line.cell_ids}
        self.assertEqual(self.procedure.search(opened["qms.procedure"]), self.procedure)

    def test_another_edition_is_filled_anew(self):
        matrix = self._matrix()
        edition = self.env.ref("qms_public_admin.qms_standard_iso9001_2026")
        matrix.standard_id = edition
        self.assertEqual(matrix.line_ids.clause_id.standard_id, edition)
        self.assertTrue(matrix.is_provisional)

    def test_the_matrix_of_another_agency_is_refused(self):
        with self.assertRaises(AccessError):
            self._matrix(company_id=self.company_b.id)

    def test_the_edition_of_the_agency_is_shown_first(self):
        self.assertEqual(self._matrix().standard_id.year, 2015)
        self.company.qms_standard_id = self.env.ref("qms_public_admin.qms_standard_iso9001_2026")
        self.assertEqual(self._matrix().standard_id.year, 2026)

    # === COST === #

    @users("qms_officer")
    @warmup
    def test_cost_does_not_grow_with_the_evidence(self):
        self.env = self.env(context={"allowed_company_ids": self.company.ids})
        clauses = self.standard.clause_ids
        self.env["qms.legal.document"].sudo().create(
            [
                {
                    "number": f"{number}/2020/QĐ-X",
                    "name": "x",
                    "effective_date": "2020-01-01",
                    "company_id": self.company.id,
                    "qms_clause_ids": clauses.ids[number : number + 3],
                }
                for number in range(1, 61)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        standard = self.standard.with_env(self.env)
        with self.assertQueryCount(qms_officer=30):
            self.env["qms.evidence"]._collect(standard, self.company.with_env(self.env))
