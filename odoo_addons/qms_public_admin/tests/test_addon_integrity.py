import ast
from pathlib import Path

from odoo.modules import Manifest
from odoo.tests import TransactionCase, tagged

ADDONS = ("qms_public_admin", "qms_reports")
# Company rules that name the company through another model.
DELEGATED = {"qms.event.verification", "qms.event.verification.line"}


@tagged("post_install", "-at_install")
class TestAddonIntegrity(TransactionCase):
    """What no single test would notice: a file, a right or an index left out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roots = {
            name: Path(manifest.path)
            for name in ADDONS
            if (manifest := Manifest.for_addon(name, display_warning=False))
            and cls.env["ir.module.module"]._get(name).state == "installed"
        }

    def _own_models(self):
        """Yield the concrete models that our addons define."""
        for name, model in self.env.items():
            if model._original_module in self.roots and not model._abstract:
                yield name, model

    def _python_files(self, *folders):
        for root in self.roots.values():
            for folder in folders:
                yield from (root / folder).rglob("*.py")

    def test_every_data_file_is_in_the_manifest(self):
        for name, root in self.roots.items():
            manifest = Manifest.for_addon(name)
            listed = set(manifest["data"]) | set(manifest["demo"])
            found = {
                path.relative_to(root).as_posix()
                for folder in (
                    "data",
                    "demo",
                    "security",
                    "views",
                    "wizards",
                    "report",
                    "templates",
                )
                for suffix in ("*.xml", "*.csv")
                for path in (root / folder).rglob(suffix)
            }
            self.assertEqual(found - listed, set(), name)

    def test_every_model_has_access_rows(self):
        with_rows = set(self.env["ir.model.access"].search([]).model_id.mapped("model"))
        missing = [name for name, _model in self._own_models() if name not in with_rows]
        self.assertEqual(missing, [])

    def test_every_access_row_names_a_group_and_grants_something(self):
        rows = self.env["ir.model.access"].search(
            [("model_id.model", "in", [name for name, _model in self._own_models()])]
        )
        bad = rows.filtered(
            lambda row: (
                not row.group_id
                or not (row.perm_read or row.perm_write or row.perm_create or row.perm_unlink)
            )
        )
        self.assertEqual(bad.mapped("name"), [])

    def test_every_company_model_has_a_global_company_rule(self):
        rules = self.env["ir.rule"].search([("groups", "=", False)])
        ruled = {rule.model_id.model for rule in rules if "company" in (rule.domain_force or "")}
        missing = [
            name
            for name, model in self._own_models()
            if "company_id" in model._fields and name not in ruled | DELEGATED
        ]
        self.assertEqual(missing, [])

    def test_every_one2many_inverse_is_indexed(self):
        missing = []
        for name, model in self._own_models():
            for field in model._fields.values():
                if field.type != "one2many" or not field.inverse_name or field.related:
                    continue
                comodel = self.env[field.comodel_name]
                inverse = comodel._fields[field.inverse_name]
                own = comodel._original_module in self.roots
                if own and inverse.store and inverse.type == "many2one" and not inverse.index:
                    missing.append(f"{name}.{field.name}")
        self.assertEqual(missing, [])

    def test_every_declared_constraint_exists_in_the_database(self):
        self.env.cr.execute(
            "SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes"
        )
        existing = {name for (name,) in self.env.cr.fetchall()}
        missing = [
            f"{name}: {table_object.name}"
            for name, model in self._own_models()
            if model._auto
            for table_object in model._table_objects.values()
            if table_object.full_name(model) not in existing
        ]
        self.assertEqual(missing, [])

    def test_kernels_import_nothing_of_odoo(self):
        offending = []
        for path in self._python_files("tools"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                names = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    names = [node.module]
                if any(name.split(".")[0] == "odoo" for name in names):
                    offending.append(str(path))
        self.assertEqual(offending, [])

    def test_no_test_file_name_occurs_twice_and_all_are_imported(self):
        for root in self.roots.values():
            files = sorted((root / "tests").rglob("test_*.py"))
            names = [path.stem for path in files]
            self.assertEqual(len(names), len(set(names)), names)
            for path in files:
                imported = (path.parent / "__init__.py").read_text("utf-8")
                self.assertIn(f"import {path.stem}", imported, str(path))

    def test_wizards_live_in_wizards(self):
        transient = [
            str(path)
            for path in self._python_files("models")
            if "models.TransientModel" in path.read_text("utf-8")
            and "res_config_settings" not in path.name
        ]
        self.assertEqual(transient, [])

    def test_neither_kpi_nor_page_approval_is_in_the_closure(self):
        """Both open what we close (data sources for all; approved text overwritten)."""
        names, todo = set(), list(self.roots)
        while todo:
            name = todo.pop()
            if name not in names:
                names.add(name)
                todo += Manifest.for_addon(name)["depends"]
        self.assertFalse(names & {"kpi", "mgmtsystem_kpi", "document_page_approval"})
