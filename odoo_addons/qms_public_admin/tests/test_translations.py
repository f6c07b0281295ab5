import re
from pathlib import Path

import polib

from odoo.modules import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TranslationModuleReader

ADDONS = ("qms_public_admin", "qms_reports")
# What has to be the same in the source and in its translation: arguments of the
# % operator and of str.format, tags and what they carry beside readable text.
PLACEHOLDER = re.compile(r"%\(\w+\)[-+#0-9.]*[a-zA-Z]|%[-+#0-9.]*[a-zA-Z]|\{\w*\}")
TAG = re.compile(r"<[^>]+>")
READABLE = re.compile(r'\b(title|alt|placeholder|aria-label|string)="[^"]*"')
# External ids of records in XML (attribute) and CSV (first column) data files.
XMLID = re.compile(r'(?:\bid="|^)(\w+)(?=[",])', re.MULTILINE)
# How an export says whose code a term comes from.
CODE = {"odoo-python", "odoo-javascript"}


def _places(entry):
    """Yield the places whose text an entry translates."""
    yield from CODE.intersection(entry.comment.split())
    for reference, _line in entry.occurrences:
        if not reference.startswith("code:"):
            yield reference


def _marks(text):
    """Return the placeholders and tags of a text, whatever their order."""
    tags = [READABLE.sub(r"\1", tag) for tag in TAG.findall(text)]
    return sorted(PLACEHOLDER.findall(text) + tags)


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """Every text of the addons is there in Vietnamese, with its placeholders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.paths = {
            name: Path(manifest.path)
            for name in ADDONS
            if (manifest := Manifest.for_addon(name, display_warning=False))
            and cls.env["ir.module.module"]._get(name).state == "installed"
        }
        cls.catalogues = {
            name: polib.pofile(str(path / "i18n" / "vi.po")) for name, path in cls.paths.items()
        }

    def _demo_ids(self, name):
        """External ids that only the demonstration data defines; they stay as written."""
        texts = [
            (self.paths[name] / file).read_text("utf-8")
            for file in Manifest.for_addon(name)["demo"]
        ]
        return {f"{name}.{xmlid}" for text in texts for xmlid in XMLID.findall(text)}

    def _missing(self, name):
        """Return the terms Odoo would export for the addon that ``vi.po`` does not load.

        A translation is loaded for the places its entry names: a record, a view, the
        Python or the JavaScript of the addon.
        """
        places = {
            (place, entry.msgid)
            for entry in self.catalogues[name].translated_entries()
            for place in _places(entry)
        }
        demo_ids = self._demo_ids(name)
        return sorted(
            f"{place}: {source}"
            for module, kind, field, record, source, _value, comments in TranslationModuleReader(
                self.env.cr, modules=[name]
            )
            if module == name and record not in demo_ids
            for place in ([*comments] if kind == "code" else [f"{kind}:{field}:{record}"])
            if place in CODE or kind != "code"
            if (place, source) not in places
        )

    def test_every_term_has_its_vietnamese(self):
        for name in self.catalogues:
            missing = self._missing(name)
            self.assertEqual(missing, [], f"{name}: export the terms and translate these")

    def test_no_translation_is_uncertain_or_repeated(self):
        for name, catalogue in self.catalogues.items():
            self.assertEqual([entry.msgid for entry in catalogue.fuzzy_entries()], [], name)
            msgids = [entry.msgid for entry in catalogue if not entry.obsolete]
            self.assertEqual(len(msgids), len(set(msgids)), name)

    def test_translations_keep_placeholders_and_tags(self):
        for name, catalogue in self.catalogues.items():
            broken = [
                entry.msgid
                for entry in catalogue.translated_entries()
                if _marks(entry.msgid) != _marks(entry.msgstr)
            ]
            self.assertEqual(broken, [], name)

    def test_translations_are_loaded_on_the_screens(self):
        """A file nobody loads would be of no use."""
        self.env["res.lang"]._activate_lang("vi_VN")
        self.env["ir.module.module"]._load_module_terms(list(self.paths), ["vi_VN"])
        model = self.env["ir.model"]._get("qms.dossier")
        self.assertEqual(model.with_context(lang="vi_VN").name, "Hồ sơ")
        states = self.env["qms.dossier"].with_context(lang="vi_VN")
        labels = dict(states._fields["state"]._description_selection(states.env))
        self.assertEqual(labels["submitted"], "Mới đăng ký")
        self.assertEqual(labels["withdrawn"], "Công dân yêu cầu rút hồ sơ")
