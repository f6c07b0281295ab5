import base64
import datetime
import io
import zipfile

import docx
import psycopg2
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..const import FORM_KINDS
from ..form_names import DECLARATION, NAMES, TEXT_NAMES
from ..form_sample import VALUES
from ..tools import form_docx, form_text
from .test_reports_papers import PapersCommon

# What an officer might try, and what it would give without the check.
ESCAPES = [
    "{{ ''.__class__ }}",
    "{{ title.__class__.__mro__[1].__subclasses__() }}",
    "{{ title['__class__'] }}",
    "{{ title|attr('__class__') }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ self._TemplateReference__context }}",
    "{{ 'a' * 999999999 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ range(999999999) }}",
    "{{ title.format(title) }}",
    "{{ '%s' % title }}",
    "{{ lipsum() }}",
    "{{ title|map('upper')|list }}",
    "{{ title|safe }}",
    "{% for a in title %}{% for b in title %}x{% endfor %}{% endfor %}",
    "{% set x = title %}{{ x }}",
    "{% include 'x' %}",
    "{% import 'os' as os %}",
    "{% macro x() %}{% endmacro %}",
    "{% autoescape false %}{{ title }}{% endautoescape %}",
    "{% if title.__class__ %}x{% endif %}",
    "{{ unknown }}",
    "{{ title ",
    "{% if title %}",
]
HOSTILE_HTML = [
    "<script>x</script>",
    "<p onclick='x()'>x</p>",
    "<img src='http://127.0.0.1:8069/'/>",
    "<iframe src='file:///etc/passwd'></iframe>",
    "<object data='file:///etc/passwd'></object>",
    "<link rel='stylesheet' href='http://127.0.0.1/'/>",
    "<style>@import url(http://127.0.0.1/)</style>",
    "<p style='background: url(http://127.0.0.1/)'>x</p>",
    "<a href='javascript:x'>x</a>",
    "<svg><script>x</script></svg>",
    "<meta http-equiv='refresh' content='0'/>",
    "<{# #}script>x</{# #}script>",
    "<{% if title %}script{% endif %}>x",
    "<p style='{{ title }}'>x</p>",
    "<!-- x -->",
]


@tagged("post_install", "-at_install")
class TestReportsForms(PapersCommon):
    """A form says who may change it, when it is in force, and what its texts may do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receipt = cls.env.ref("qms_reports.form_2025_receipt")
        cls.forms = cls._as(cls.env["qms.form.template"], cls.user_officer)

    def _own(self, **vals):
        own = self._as(self.receipt, self.user_officer).copy(
            {"company_id": self.company.id, **vals}
        )
        return self._as(own, self.user_officer)

    # === SHIPPED === #

    def test_both_circulars_are_complete(self):
        forms = self.env["qms.form.template"].search([("company_id", "=", False)])
        kinds = {kind for kind, _label in FORM_KINDS}
        by_circular = forms.grouped("legal_instrument")
        new = by_circular["Thông tư 03/2025/TT-VPCP"]
        old = by_circular["Thông tư 01/2018/TT-VPCP"]
        self.assertEqual(set(new.mapped("kind")), kinds)
        self.assertEqual(set(old.mapped("kind")), kinds - {"stop"})
        codes = {kind: f"Mẫu số {number:02d}" for number, kind in enumerate(dict(FORM_KINDS), 1)}
        self.assertEqual({form.kind: form.legal_code for form in new}, codes)
        self.assertEqual(
            sorted(old.mapped("legal_code")), [f"Mẫu số {number:02d}" for number in range(1, 7)]
        )
        self.assertEqual(set(new.mapped("valid_from")), {datetime.date(2025, 9, 15)})
        self.assertEqual(set(old.mapped("valid_from")), {datetime.date(2018, 11, 23)})
        self.assertEqual(set(old.mapped("valid_to")), {datetime.date(2025, 9, 14)})
        self.assertTrue(all(forms.mapped("iso_code")))
        self.assertEqual(set(forms.mapped("state")), {"in_use"})

    def test_all_placeholders_are_documented_and_the_sample_knows_no_others(self):
        listed = {
            row[0].strip("{} ") for _title, rows in self.receipt.placeholder_ids for row in rows
        }
        self.assertEqual(listed, NAMES)
        known = TEXT_NAMES | form_docx.LISTS.keys()
        self.assertLessEqual(VALUES.keys(), known)

    def test_papers_give_every_text_a_form_may_name(self):
        """No placeholder of the list stays empty for want of a value."""
        dossier = self._accept("2026-01-05 08:05", **self.applicant)
        given = set()
        for kind, _label in FORM_KINDS[:-1]:
            values = dossier._paper_values(kind, {dossier: dossier.accepted_at})[dossier]
            given |= values.keys()
            self.assertLessEqual(values.keys() - form_docx.LISTS.keys(), TEXT_NAMES)
        elsewhere = {
            *("legal_code", "legal_instrument", "iso_code", "iso_line", "title"),
            *("number_text", "copy_name", "period_text"),
            *("lookup_url", "lookup_key", "rating_url"),
            *("old_due_text", "new_due_text", "delaying_unit", "apology", "items"),
            *DECLARATION,
        }
        self.assertEqual(TEXT_NAMES - given - elsewhere, set())

    # === VALIDITY === #

    def test_no_two_forms_of_a_kind_are_in_use_on_the_same_day(self):
        own = self._own()
        own.action_put_in_use()
        second = self._own(valid_from="2026-06-01")
        with (
            self.assertRaisesRegex(ValidationError, "in use on some of these days"),
            self.cr.savepoint(),
        ):
            second.action_put_in_use()
        self.env.invalidate_all()
        own.valid_to = "2026-05-31"
        second.action_put_in_use()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            own.valid_to = "2026-06-01"
        self.env.invalidate_all()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            second.valid_from = "2026-05-31"

    def test_the_database_refuses_an_overlap_itself(self):
        """Two officers at the same moment: each sees no other form."""
        own = self._own()
        own.action_put_in_use()
        second = self._own(valid_from="2026-06-01")
        self.env.flush_all()
        self.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        in_use = "UPDATE qms_form_template SET state = 'in_use', {} = %s WHERE id = %s"
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.ExclusionViolation),
            self.cr.savepoint(),
        ):
            self.cr.execute(in_use.format("kind"), ["receipt", second.id])
        for column, value in (("kind", "refusal"), ("company_id", self.company_b.id)):
            with self.cr.savepoint() as savepoint:
                self.cr.execute(in_use.format(column), [value, second.id])
                savepoint.rollback()

    def test_the_form_of_the_agency_wins_while_it_is_in_force(self):
        own = self._own(iso_code="BM-01", valid_from="2026-02-01", valid_to="2026-02-28")
        own.action_put_in_use()
        chosen = {
            day: self.forms._in_force("receipt", self.company, datetime.date.fromisoformat(day))
            for day in ("2018-01-01", "2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01")
        }
        self.assertEqual(chosen["2026-02-01"], own)
        self.assertEqual(chosen["2026-02-28"], own)
        self.assertEqual(chosen["2026-01-31"], self.receipt)
        self.assertEqual(chosen["2026-03-01"], self.receipt)
        self.assertEqual(chosen["2018-01-01"], self.env.ref("qms_reports.form_2018_receipt"))
        day = datetime.date(2026, 2, 14)
        self.assertEqual(self.forms._in_force("receipt", self.company_b, day), self.receipt)

    def test_without_any_form_the_act_says_what_to_do(self):
        self.env["qms.form.template"].search([("kind", "=", "receipt")]).action_retire()
        with self.assertRaisesRegex(UserError, "No form .* is in use"):
            self._accept("2026-01-05 08:00")

    # === VERSIONS === #

    def test_a_form_with_papers_is_frozen(self):
        own = self._own()
        own.body = "<p>Trước</p>"
        own.action_put_in_use()
        own.body = "<p>{{ holder_name }}</p>"
        paper = self._accept("2026-01-05 08:05", **self.applicant).paper_ids
        self.assertEqual(paper.template_id, own)
        for vals in (
            {"body": "<p>x</p>"},
            {"title": "x"},
            {"iso_code": "x"},
            {"copies": "x"},
            {"kind": "refusal"},
            {"docx_file": base64.b64encode(own._docx_template())},
        ):
            for form in (own, own.sudo()):
                with self.subTest(vals=vals), self.assertRaises(UserError):
                    form.write(vals)
        with self.assertRaises(UserError):
            own.unlink()
        own.valid_to = "2030-01-01"

    def test_a_new_version_leaves_earlier_papers_as_they_are(self):
        own = self._own(body="<p>Lời văn cũ</p>")
        own.action_put_in_use()
        old = self._as(self._accept("2026-01-05 08:05").paper_ids, self.user_clerk)
        draft = self.forms.browse(own.action_new_version()["res_id"])
        self.assertEqual((draft.version, draft.previous_id, draft.state), (2, own, "draft"))
        draft.body = "<p>Lời văn mới</p>"
        draft.action_put_in_use()
        self.assertEqual(own.state, "archived")
        self.assertFalse(own.active)
        new = self._as(self._accept("2026-01-06 08:05").paper_ids, self.user_clerk)
        texts = [self._text(paper._pdf_files()[paper]) for paper in (old, new)]
        self.assertIn("Lời văn cũ", texts[0])
        self.assertIn("Lời văn mới", texts[1])
        with self.assertRaises(UserError):
            own.body = "<p>x</p>"

    def test_an_agency_makes_its_own_copy(self):
        shared = self._as(self.receipt, self.user_officer)
        copy = self.forms.browse(shared.action_own_copy()["res_id"])
        self.assertEqual((copy.company_id, copy.state), (self.company, "draft"))
        self.assertEqual(copy.body, shared.body)

    def test_a_form_is_born_as_draft(self):
        vals = {
            "kind": "receipt",
            "title": "x",
            "legal_code": "x",
            "legal_instrument": "x",
            "valid_from": "2026-01-01",
        }
        for forged in ({"state": "in_use"}, {"version": 5}, {"previous_id": self.receipt.id}):
            with self.assertRaises(UserError):
                self.forms.create({**vals, **forged})
        with self.assertRaises(UserError):
            self.forms.with_context(default_state="in_use").create(vals)

    def test_shipped_forms_are_put_in_use_again_by_no_upgrade(self):
        self.receipt.action_retire()
        self.env["qms.form.template"]._put_shipped_in_use()
        self.assertEqual(self.receipt.state, "archived")

    # === TEXTS === #

    def test_no_text_escapes(self):
        own = self._own()
        for text in ESCAPES:
            for name in ("body", "header", "footer", "signatures", "copies"):
                with (
                    self.subTest(text=text, field=name),
                    self.assertRaises(ValidationError),
                    self.cr.savepoint(),
                ):
                    own.write({name: text})
                self.env.invalidate_all()

    def test_no_markup_acts(self):
        for text in HOSTILE_HTML:
            with self.subTest(text=text), self.assertRaises(form_text.FormError):
                form_text.check_text(text, NAMES)

    def test_what_reaches_the_table_past_the_check_is_not_rendered(self):
        """The check is asked again at each print."""
        own = self._own()
        for text in (ESCAPES[0], HOSTILE_HTML[2], HOSTILE_HTML[11]):
            self.cr.execute("UPDATE qms_form_template SET body = %s WHERE id = %s", [text, own.id])
            self.env.invalidate_all()
            with self.subTest(text=text), self.assertRaises(UserError):
                self.env["qms.form.print"]._html(own, own._sample_values())

    def test_what_an_applicant_wrote_stays_text(self):
        hostile = "<script>x</script>{{ ''.__class__ }}{% if %}"
        values = {**self.receipt._sample_values(), "holder_name": hostile}
        html = self.env["qms.form.print"]._html(self.receipt, values)
        self.assertNotIn("<script>", html)
        self.assertIn("&lt;script&gt;x&lt;/script&gt;{{", html)
        prints = self.env["qms.form.print"]
        self.assertIn(hostile, self._word_text(prints._docx_file(self.receipt, values)))

    def test_lines_without_value_take_no_room(self):
        values = {**self.receipt._sample_values(), "other_holder": "", "is_inter_agency": ""}
        html = self.env["qms.form.print"]._html(self.receipt, values)
        self.assertNotIn("Chủ hồ sơ:", html)
        self.assertNotIn("<p></p>", html)

    # === WORD TEMPLATES === #

    def _word(self, *paragraphs):
        document = docx.Document()
        for text in paragraphs:
            document.add_paragraph(text)
        return document

    def _bytes(self, document):
        stream = io.BytesIO()
        document.save(stream)
        return stream.getvalue()

    def _refused(self, own, content):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            own.write({"docx_file": base64.b64encode(content), "docx_name": "x.docx"})
        self.env.invalidate_all()

    def test_an_agency_hands_in_its_own_word_template(self):
        own = self._own()
        document = self._word("Của riêng: {{ holder_name }}", "{{ qr_lookup }}")
        table = document.add_table(rows=3, cols=1)
        for row, text in zip(
            table.rows,
            ("{%tr for row in components %}", "{{ row.name }}", "{%tr endfor %}"),
            strict=True,
        ):
            row.cells[0].text = text
        own.docx_file = base64.b64encode(self._bytes(document))
        content = self.env["qms.form.print"]._docx_file(own, own._sample_values())
        text = self._word_text(content)
        self.assertIn("Của riêng: Công ty TNHH Ví Dụ", text)
        self.assertIn("Đơn đề nghị theo mẫu", text)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.assertTrue([name for name in archive.namelist() if name.endswith(".png")])

    def test_the_template_made_from_the_texts_can_be_handed_in(self):
        own = self._own()
        own.docx_file = base64.b64encode(own._docx_template())
        self.assertTrue(own.docx_file)

    def test_no_word_template_escapes(self):
        own = self._own()
        for text in [
            *ESCAPES[:-2],
            "{%p for a in components %}{%p for b in components %}x{%p endfor %}{%p endfor %}",
            "{% for row in components %}{{ row.__class__ }}{% endfor %}",
            "{% for row in components %}{{ row.keys() }}{% endfor %}",
            "{% for row in title %}{{ row }}{% endfor %}",
            "{{ qr_lookup.tpl }}",
            "{{ barcode.image_descriptor.read() }}",
        ]:
            with self.subTest(text=text):
                self._refused(own, self._bytes(self._word(text)))
        document = self._word("x")
        document.sections[0].header.paragraphs[0].text = ESCAPES[0]
        self._refused(own, self._bytes(document))
        document = self._word("x")
        document.core_properties.title = ESCAPES[0]
        self._refused(own, self._bytes(document))

    def test_no_word_template_reaches_out(self):
        own = self._own()
        document = self._word("x")
        document.part.relate_to("file:///etc/passwd", RELATIONSHIP_TYPE.IMAGE, is_external=True)
        self._refused(own, self._bytes(document))
        plain = self._bytes(self._word("x"))
        for name in ("word/vbaProject.bin", "word/embeddings/object.bin"):
            stream = io.BytesIO(plain)
            with zipfile.ZipFile(stream, "a") as archive:
                archive.writestr(name, b"x")
            self._refused(own, stream.getvalue())
        for content in (b"no word", b"PK\x03\x04", plain[:500]):
            self._refused(own, content)

    def test_no_field_of_a_word_template_fetches_a_file(self):
        own = self._own()
        for code in ("DDEAUTO c:\\\\cmd.exe", 'INCLUDEPICTURE "http://192.0.2.1/x" \\d', "LINK x"):
            document = self._word("x")
            # Split over runs, as Word itself does it.
            for part in (code[:4], code[4:]):
                run = document.add_paragraph().add_run()
                instruction = OxmlElement("w:instrText")
                instruction.text = part
                run._r.append(instruction)
            self._refused(own, self._bytes(document))
            document = self._word("x")
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), code)
            document.add_paragraph()._p.append(field)
            self._refused(own, self._bytes(document))
        document = self._word("x")
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        document.add_paragraph()._p.append(field)
        own.docx_file = base64.b64encode(self._bytes(document))

    def test_no_part_of_a_word_template_is_taken_in(self):
        own = self._own()
        for kind in ("aFChunk", "oleObject", "attachedTemplate"):
            document = self._word("x")
            part = Part(
                PackURI(f"/word/{kind}.html"), "text/html", b"<img/>", document.part.package
            )
            document.part.relate_to(part, f"http://schemas.example/relationships/{kind}")
            self._refused(own, self._bytes(document))

    def test_a_template_written_past_the_constraint_is_not_used(self):
        """The attachment of the field can be written by who writes the form."""
        own = self._as(self._own(), self.user_officer)
        own.docx_file = base64.b64encode(self._bytes(self._word("{{ title }}")))
        document = self._word("x")
        document.part.relate_to("http://192.0.2.1/x", RELATIONSHIP_TYPE.IMAGE, is_external=True)
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", own._name),
                ("res_id", "=", own.id),
                ("res_field", "=", "docx_file"),
            ]
        )
        self._as(attachment, self.user_officer).write({"raw": self._bytes(document)})
        own.invalidate_recordset()
        for use in (
            own._docx_template,
            lambda: self.env["qms.form.print"]._docx_file(own, own._sample_values()),
        ):
            with self.assertRaisesRegex(UserError, "192.0.2.1"):
                use()

    def test_a_word_template_that_unpacks_to_too_much_is_refused(self):
        self.patch(form_docx, "MAX_UNPACKED", 1000)
        self._refused(self._own(), self._bytes(self._word("x")))
