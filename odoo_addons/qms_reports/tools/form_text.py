"""The editable texts of a form: HTML with placeholders, and nothing that can act.

An officer writes ``<p>Họ tên: {{ holder_name }}</p>``. What a text may hold is said
here by lists of what is allowed, so that nothing has to be thought of as forbidden:
tags and attributes without addresses, names of the documented list, ``if`` without
calls, attributes or arithmetic. Values are plain data and are escaped.
"""

import functools
import re

import lxml.html
from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

TAGS = frozenset(
    ["b", "br", "div", "em", "h1", "h2", "h3", "h4", "hr", "i", "li", "ol", "p", "small", "span"]
    + ["strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"]
)
ATTRIBUTES = frozenset(["align", "class", "colspan", "rowspan", "style", "valign", "width"])
FILTERS = frozenset({"capitalize", "lower", "upper"})
# What an expression may be made of, in the texts and (with loops) in Word templates.
_PLAIN_NODES = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.If,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Const,
    nodes.Filter,
)
_PLACEHOLDER_IN_TAG = re.compile(r"<[^<>]*\{[{%#][^<>]*>")
_UNSAFE_STYLE = re.compile(r"url\s*\(|expression|@|javascript|\\|/\*", re.IGNORECASE)
_EMPTY_PARAGRAPH = re.compile(r"<p(?: [^<>]*)?>(?:\s|&nbsp;|<br\s*/?>)*</p>")
_LONE_BLOCK = re.compile(
    r"<p(?: [^<>]*)?>\s*(\{\{\s*\w+_(?:table|block)\s*\}\}|\{\{\s*page_break\s*\}\})\s*</p>"
)


class FormError(ValueError):
    """A text or a Word template holds what a form must not hold.

    ``code`` says what is wrong, ``detail`` where: ``syntax``, ``name``, ``expression``,
    ``tag``, ``attribute``, ``style``, ``placement``.
    """

    def __init__(self, code, detail=""):
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class FormEnvironment(ImmutableSandboxedEnvironment):
    """Jinja reduced to placeholders and conditions (and rows of lists, for Word).

    The check sits in the parser: no template of this environment is compiled
    unchecked, whoever calls it, docxtpl included.
    """

    def __init__(self, names, lists=None, autoescape=True):
        """:param dict lists: names of lists with the columns of their rows"""
        super().__init__(autoescape=autoescape, undefined=StrictUndefined)
        self.form_names = frozenset(names)
        self.form_lists = lists or {}
        self.filters = {name: self.filters[name] for name in FILTERS}
        self.globals = {}
        self.tests = {}

    def _parse(self, source, name, filename):
        tree = super()._parse(source, name, filename)
        self._check_node(tree, {})
        return tree

    def _check_node(self, node, rows):
        if isinstance(node, nodes.For):
            self._check_loop(node, rows)
            return
        if isinstance(node, nodes.Getattr):
            self._check_column(node, rows)
            return
        if not isinstance(node, _PLAIN_NODES):
            raise FormError("expression", type(node).__name__)
        if isinstance(node, nodes.Name) and node.name not in self.form_names:
            raise FormError("name", node.name)
        if isinstance(node, nodes.Filter) and (
            node.name not in FILTERS or node.args or node.kwargs or node.dyn_args
        ):
            raise FormError("expression", node.name)
        for child in node.iter_child_nodes():
            self._check_node(child, rows)

    def _check_loop(self, node, rows):
        """Allow ``for row in list`` over a known list, not inside another."""
        is_simple = isinstance(node.iter, nodes.Name) and isinstance(node.target, nodes.Name)
        if rows or not is_simple or node.test or node.recursive or node.else_:
            raise FormError("expression", "for")
        if node.iter.name not in self.form_lists:
            raise FormError("name", node.iter.name)
        for child in node.body:
            self._check_node(child, {node.target.name: self.form_lists[node.iter.name]})

    def _check_column(self, node, rows):
        columns = rows.get(node.node.name, ()) if isinstance(node.node, nodes.Name) else ()
        if node.attr not in columns:
            raise FormError("name", node.attr)


def check_text(text, names):
    """Raise :class:`FormError` unless ``text`` is a safe text of a form.

    >>> check_text("<p>{% if holder_email %}{{ holder_email }}{% endif %}</p>", {"holder_email"})
    >>> check_text("{{ ''.__class__ }}", set())
    Traceback (most recent call last):
    ...
    odoo.addons.qms_reports.tools.form_text.FormError: ('name', '__class__')
    >>> check_text("<img src='http://127.0.0.1/'>", set())
    Traceback (most recent call last):
    ...
    odoo.addons.qms_reports.tools.form_text.FormError: ('tag', 'img')
    """
    _compile(text, names)
    if _PLACEHOLDER_IN_TAG.search(text or ""):
        raise FormError("placement")
    _check_elements(text)


def render_text(text, names, values):
    """Return ``text`` with its placeholders filled, as safe HTML.

    Paragraphs that end up empty are left out: a line of the form whose condition does
    not hold takes no room.

    >>> print(render_text("<p>{{ a }}</p><p>{% if b %}x{% endif %}</p>", {"a", "b"},
    ...                   {"a": "<i>", "b": ""}))
    <p>&lt;i&gt;</p>
    """
    check_text(text, names)
    template = _compile(_LONE_BLOCK.sub(r"\1", text or ""), names)
    # Blocks are made by the addon and go in last: what is checked is the officer's.
    blocks = {name: value for name, value in values.items() if isinstance(value, Markup)}
    tokens = {name: f"[qms-block-{name}]" for name in blocks}
    filled = {name: tokens.get(name, values.get(name, "")) for name in names}
    try:
        rendered = template.render(filled)
    except TemplateError as error:
        raise FormError("syntax", str(error)) from error
    _check_elements(rendered)
    rendered = _EMPTY_PARAGRAPH.sub("", rendered)
    for name, token in tokens.items():
        rendered = rendered.replace(token, str(blocks[name]))
    return Markup(rendered)


def plain_text(text, names, values):
    """Return a text without tags with its placeholders filled, not escaped.

    >>> plain_text("{{ a }} <b>", {"a"}, {"a": "x & y"})
    'x & y <b>'
    """
    template = _compile(text, names, autoescape=False)
    return template.render({name: values.get(name, "") for name in names})


def _compile(text, names, autoescape=True):
    return _compiled(text or "", frozenset(names), autoescape)


@functools.lru_cache(maxsize=256)
def _compiled(text, names, autoescape):
    """Compile each text of a form once for a whole print."""
    try:
        return FormEnvironment(names, autoescape=autoescape).from_string(text)
    except TemplateSyntaxError as error:
        raise FormError("syntax", str(error)) from error


def _check_elements(text):
    if not (text or "").strip():
        return
    try:
        root = lxml.html.fragment_fromstring(text, create_parent="div")
    except (lxml.etree.ParserError, ValueError) as error:
        raise FormError("syntax", str(error)) from error
    for node in root.iter():
        _check_element(node)


def _check_element(node):
    if not isinstance(node.tag, str):
        raise FormError("tag", "<!-- -->")
    if node.tag not in TAGS:
        raise FormError("tag", node.tag)
    for name, value in node.attrib.items():
        if name not in ATTRIBUTES and not name.startswith("data-"):
            raise FormError("attribute", name)
        if name == "style" and _UNSAFE_STYLE.search(value):
            raise FormError("style", value)
