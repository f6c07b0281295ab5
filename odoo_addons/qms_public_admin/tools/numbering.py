"""Dossier codes from a pattern, an agency, a local day and an ordinal.

The usual pattern is ``{agency}-{yyMMdd}-{ordinal}`` with four digits, e.g.
``H15.50.05.13-261008-0975``. Pattern and width are settings because uniform
rules are announced (Decree 309/2026, article 35.2.g).

>>> import datetime
>>> format_code("{agency}-{yyMMdd}-{ordinal}", "H15.50", datetime.date(2026, 10, 8), 975)
'H15.50-261008-0975'
>>> counter_scope("{agency}-{yyyy}-{ordinal}", datetime.date(2026, 10, 8))
'2026'

Controlled documents are numbered by kind and unit, usually without a date:

>>> words = {"kind": "QT", "unit": "TC", "agency": "H15"}
>>> document_code("{kind}-{unit}-{ordinal}", words, None, 7, 2)
'QT-TC-07'
>>> document_code("{kind}.{unit}.{ordinal}", {"kind": "STCL", "unit": ""}, None, 1, 2)
'STCL.01'
"""

import re

_DATE_TOKENS = {
    "yyMMdd": "%y%m%d",
    "yyyyMMdd": "%Y%m%d",
    "yyMM": "%y%m",
    "yyyy": "%Y",
    "yy": "%y",
}
_TOKEN = re.compile(r"{([^{}]*)}")


# What a code of documents may name besides a date and the ordinal.
DOCUMENT_WORDS = ("agency", "kind", "unit")


class PatternError(ValueError):
    """The pattern cannot give unique codes."""


def check_pattern(pattern):
    """Raise :class:`PatternError` unless the pattern can number dossiers."""
    tokens = _check_tokens(pattern, ("agency",))
    if not set(tokens) & set(_DATE_TOKENS):
        raise PatternError("{yyMMdd}")


def check_document_pattern(pattern):
    """Raise :class:`PatternError` unless the pattern can number documents."""
    _check_tokens(pattern, DOCUMENT_WORDS)


def _check_tokens(pattern, words):
    tokens = _TOKEN.findall(pattern or "")
    unknown = [t for t in tokens if t not in {*words, "ordinal", *_DATE_TOKENS}]
    if unknown:
        raise PatternError(", ".join(unknown))
    if tokens.count("ordinal") != 1:
        raise PatternError("{ordinal}")
    return tokens


def counter_scope(pattern, day):
    """Key within which ordinals run on: the dated part of the pattern."""
    tokens = [t for t in _TOKEN.findall(pattern) if t in _DATE_TOKENS]
    return "-".join(day.strftime(_DATE_TOKENS[token]) for token in tokens)


def format_code(pattern, agency, day, ordinal, width=4):
    """Return the code; an ordinal wider than ``width`` is never cut."""

    def replace(match):
        token = match.group(1)
        if token == "agency":
            return agency
        if token == "ordinal":
            return str(ordinal).zfill(width)
        return day.strftime(_DATE_TOKENS[token])

    return _TOKEN.sub(replace, pattern)


def document_code(pattern, words, day, ordinal, width=2):
    """Return the code of a document; a word that is empty takes its separator along.

    :param dict words: values of :data:`DOCUMENT_WORDS`
    :param ordinal: a number, or the text that stands for it in the counter's scope
    """
    for word in DOCUMENT_WORDS:
        if not words.get(word):
            pattern = re.sub(rf"[-./_ ]?{{{word}}}", "", pattern)

    def replace(match):
        token = match.group(1)
        if token == "ordinal":
            return str(ordinal).zfill(width)
        return words[token] if token in words else day.strftime(_DATE_TOKENS[token])

    return _TOKEN.sub(replace, pattern).lstrip("-./_ ")


def document_scope(pattern, words, day):
    """Return the key within which ordinals run on: the code without its ordinal.

    >>> document_scope("{kind}-{unit}-{ordinal}", {"kind": "QT", "unit": "TC"}, None)
    'QT-TC-#'
    """
    return document_code(pattern, words, day, "#", 0)
