from freezegun import freeze_time

from odoo.tests import tagged, warmup

from .. import common


@tagged("post_install", "-at_install")
class TestProcedurePerformance(common.QmsCommon):
    """What is counted is the property: cost does not grow with the number of records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(common.NOW):
            for number in range(12):
                cls._create_procedure(f"9.2000{number:02}", cls.company)
        cls.procedures = cls.env["qms.procedure"].search(
            [("company_id", "=", cls.company.id)], order="id"
        )
        cls.versions = cls.env["qms.procedure.version"].search(
            [("procedure_id", "in", cls.procedures.ids)], order="id"
        )
        cls.env.flush_all()

    def _queries(self, function, records):
        """Count the queries of reading some records with an empty cache."""
        self.env.invalidate_all()
        start = self.cr.sql_log_count
        function(records)
        self.env.flush_all()
        return self.cr.sql_log_count - start

    def _assert_flat(self, function, records):
        self._queries(function, records)  # fills the caches of rules and groups
        few = self._queries(function, records[:2])
        many = self._queries(function, records)
        self.assertEqual(few, many, "the number of queries grows with the records")

    def test_the_list_of_procedures(self):
        spec = {
            "code": {}, "name": {}, "field_id": {"fields": {"display_name": {}}},
            "level_ids": {"fields": {"display_name": {}}}, "online_level": {},
            "is_in_qms": {}, "check_level": {}, "state": {}, "version_count": {},
            "dossier_count": {}, "publication_count": {},
            "current_version_id": {"fields": {"display_name": {}}},
        }  # fmt: skip
        procedures = self._as(self.procedures, self.user_officer)
        self._assert_flat(lambda records: records.web_read(spec), procedures)

    def test_the_list_of_versions(self):
        spec = {
            "procedure_id": {"fields": {"display_name": {}}}, "number": {}, "decision_no": {},
            "step_hours": {}, "step_count": {}, "check_level": {}, "state": {}, "flow": {},
        }  # fmt: skip
        versions = self._as(self.versions, self.user_officer)
        self._assert_flat(lambda records: records.web_read(spec), versions)

    def test_checking_versions(self):
        def check(versions):
            self.env.add_to_compute(versions._fields["check_report"], versions)
            versions.mapped("check_report")

        self._assert_flat(check, self.versions)

    @warmup
    def test_opening_a_version(self):
        version = self._as(self.version, self.user_specialist)
        with self.assertQueryCount(30):
            version.web_read(
                {
                    "display_name": {}, "flow": {}, "check_html": {}, "can_publish": {},
                    "can_retire": {}, "step_ids": {"fields": {"name": {}, "hours": {}}},
                    "component_ids": {"fields": {"name": {}}},
                }
            )  # fmt: skip

    def test_coverage_by_field(self):
        fields = self.env["qms.procedure.field"].create(
            [{"name": f"Field {number}"} for number in range(12)]
        )
        screens = self._as(self.env["qms.procedure.coverage"], self.user_officer)

        def count(_records):
            screens.create({"group_by": "field_id"}).action_refresh()

        self._queries(count, self.procedures)
        few = self._queries(count, self.procedures)
        for procedure, field in zip(self.procedures, fields, strict=False):
            procedure.field_id = field
        self.env.flush_all()
        many = self._queries(count, self.procedures)
        self.assertLessEqual(many, few + 2)
