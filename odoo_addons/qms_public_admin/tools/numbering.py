"""Dossier codes from a pattern, an agency, a local day and an ordinal.

The usual pattern is ``{agency}-{yyMMdd}-{ordinal}`` with four digits, e.g.
``H15.50.05.13-261008-0975``. Pattern and width are settings because uniform
rules are announced (Decree 309/2026, article 35.2.g).

>>> import datetime
>>> format_code("{agency}-{yyMMdd}-{ordinal}", "H15.50", datetime.date(2026, 10, 8), 975)
'H15.50-261008-0975'
>>> counter_scope("{agency}-{yyyy}-{ordinal}", datetime.date(2026, 10, 8))
'2026'
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


class PatternError(ValueError):
    """The pattern of the dossier code cannot give unique codes."""


def check_pattern(pattern):
    """Raise :class:`PatternError` unless the pattern can number dossiers."""
    tokens = _TOKEN.findall(pattern or "")
    unknown = [t for t in tokens if t not in {"agency", "ordinal", *_DATE_TOKENS}]
    if unknown:
        raise PatternError(", ".join(unknown))
    if tokens.count("ordinal") != 1:
        raise PatternError("{ordinal}")
    if not set(tokens) & set(_DATE_TOKENS):
        raise PatternError("{yyMMdd}")


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
