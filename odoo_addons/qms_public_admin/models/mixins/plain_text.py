"""Text that is found without its accents, in any case, through an index.

The database gets two immutable functions: ``qms_plain`` takes the accents off,
``qms_digits`` keeps the digits of a number. Both may stand in an index, which the
``unaccent`` extension may not, and neither needs an extension. No column is stored
for it: the index holds the plain text.
"""

import re

from odoo import fields, models
from odoo.tools import SQL

from ...tools.vietnamese import ACCENTED, PLAIN, plain


class _PlainSearch:
    """Part of a text field: ``ilike`` in SQL and in Python ignores accents."""

    def _condition_to_sql(self, field_expr, operator, value, model, alias, query):
        if field_expr != self.name or not operator.endswith("ilike"):
            return super()._condition_to_sql(field_expr, operator, value, model, alias, query)
        column = model._field_to_sql(alias, field_expr, query)
        pattern = str(value) if "=" in operator else f"%{value}%"
        found = SQL("qms_plain(%s) LIKE qms_plain(%s)", column, pattern)
        if operator.startswith("not"):
            return SQL("(NOT %s OR %s IS NULL)", found, column)
        return found

    def filter_function(self, records, field_expr, operator, value):
        if field_expr != self.name or not operator.endswith("ilike"):
            return super().filter_function(records, field_expr, operator, value)
        pattern = _like_pattern(plain(str(value)), is_whole="=" in operator)
        return lambda record: pattern.fullmatch(plain(record[self.name]))


def _like_pattern(value, is_whole):
    parts = [
        {"%": ".*", "_": "."}.get(part, re.escape(part.removeprefix("\\")))
        for part in re.findall(r"\\.|.", value, re.DOTALL)
    ]
    text = "".join(parts)
    return re.compile(text if is_whole else f".*{text}.*", re.DOTALL)


class PlainChar(_PlainSearch, fields.Char):
    """A line of text found without accents; index it with :func:`plain_index`."""


class PlainText(_PlainSearch, fields.Text):
    """The same for longer text."""


def plain_index(column):
    """Return an index by which ``ilike`` finds parts of ``column`` without accents."""
    return models.Index(
        lambda registry: (
            registry.has_trigram and f"USING gin (qms_plain({column}) gin_trgm_ops)" or ""
        )
    )


def digits_index(column):
    """Return an index by which numbers are found by the digits they begin with.

    Not a partial one: PostgreSQL uses no statistics of those and would rather read a
    million rows backwards.
    """
    return models.Index(f"(qms_digits({column}) text_pattern_ops)")


class QmsPlainTextMixin(models.AbstractModel):
    """A model with indexes on plain text; makes their functions before its table."""

    _name = "qms.plain.text.mixin"
    _description = "Text found without accents"

    def _auto_init(self):
        self._create_plain_functions()
        return super()._auto_init()

    def _create_plain_functions(self):
        self.env.cr.execute(
            SQL(
                """
                CREATE OR REPLACE FUNCTION qms_plain(text) RETURNS text
                LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
                AS $$SELECT lower(translate(normalize($1, NFD), %(accented)s, %(plain)s))$$;

                -- The digits alone; +84 of a telephone number is its leading 0.
                CREATE OR REPLACE FUNCTION qms_digits(text) RETURNS text
                LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
                AS $$SELECT regexp_replace(
                    regexp_replace($1, '[^0-9]', '', 'g'), '^84([0-9]{9})$', '0\\1')$$;
                """,
                accented=ACCENTED,
                plain=PLAIN,
            )
        )
