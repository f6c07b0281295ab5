"""Keep what people typed out of the server's log.

A statement that the database refuses is logged by Odoo with all its values, and
PostgreSQL adds the row that failed. For tables that hold data of persons the log keeps
what an administrator needs, the statement and the reason, without the values.
"""

import logging
import re

from .masking import MASK

# Every table whose name begins so: dossiers with their papers, messages and imports, …
TABLES = re.compile(r"\b(?:qms_dossier|helpdesk_ticket|res_partner|mail_message)")
_LITERAL = re.compile(r"'(?:[^'\\]|''|\\.)*'", re.DOTALL)
# PostgreSQL's explanations quote the values; so does the line that shows the place.
_DETAIL = re.compile(r"^(?:DETAIL|CONTEXT|LINE \d+):.*", re.MULTILINE | re.DOTALL)


def without_values(text):
    """Return the text of a failed statement without what it was to write.

    >>> without_values("INSERT INTO qms_dossier (a, b) VALUES ('0123', 'O''Neil') RETURNING id")
    'INSERT INTO qms_dossier (a, b) VALUES (•, •) RETURNING id'
    >>> print(without_values("ERROR: violates check\\nDETAIL:  Failing row contains (1, 0912)."))
    ERROR: violates check
    DETAIL: •
    """
    return _DETAIL.sub(f"DETAIL: {MASK}", _LITERAL.sub(MASK, text))


class ValueFilter(logging.Filter):
    """Takes the values out of errors about tables of persons; lets every record pass."""

    def filter(self, record):
        if record.levelno >= logging.ERROR and str(record.msg).startswith("bad query"):
            statement, *rest = (_text(arg) for arg in record.args)
            if TABLES.search(statement):
                record.args = tuple(map(without_values, (statement, *rest)))
        return True


def _text(value):
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def install():
    """Filter the log of the database from now on, once however often it is called."""
    logger = logging.getLogger("odoo.sql_db")
    if not any(isinstance(known, ValueFilter) for known in logger.filters):
        logger.addFilter(ValueFilter())
