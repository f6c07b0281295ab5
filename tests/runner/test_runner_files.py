"""The checks of data files find what is wrong with them."""

import pytest
from lxml import etree

from runner import files

SCHEMA = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <start><element name="odoo"><zeroOrMore><element name="record">
    <attribute name="id"/></element></zeroOrMore></element></start>
</grammar>
"""


@pytest.fixture
def schema():
    return etree.RelaxNG(etree.fromstring(SCHEMA))


def test_broken_xml_and_xml_against_the_schema_are_found(tmp_path, schema):
    (tmp_path / "broken.xml").write_text("<odoo>", encoding="utf-8")
    (tmp_path / "wrong.xml").write_text("<odoo><recrod/></odoo>", encoding="utf-8")
    (tmp_path / "good.xml").write_text("<odoo><record id='a'/></odoo>", encoding="utf-8")
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "t.xml").write_text("<templates/>", encoding="utf-8")
    faults = list(files.check_xml(tmp_path, schema))
    assert [fault.split(".xml")[0].rsplit("/")[-1] for fault in faults] == ["broken", "wrong"]


def test_broken_json_is_found(tmp_path):
    (tmp_path / "a.json").write_text("{", encoding="utf-8")
    (tmp_path / "b.json").write_text("{}", encoding="utf-8")
    assert len(list(files.check_json(tmp_path))) == 1


def test_translations_that_lose_a_placeholder_are_found(tmp_path):
    (tmp_path / "i18n").mkdir()
    (tmp_path / "i18n" / "vi.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Late by %(hours)s hours"\nmsgstr "Trễ %(gio)s giờ"\n\n'
        'msgid "Due %s"\nmsgstr "Hạn %s"\n\n'
        '#, fuzzy\nmsgid "Closed"\nmsgstr "Mở"\n',
        encoding="utf-8",
    )
    faults = list(files.check_translations(tmp_path))
    assert len(faults) == 2
    assert "placeholders differ" in faults[0] and "doubtful" in faults[1]


def test_a_percent_sign_is_no_placeholder():
    assert files.placeholders("100%% of {total} in %(unit)s") == ["%(unit)s", "{total}"]
