"""Before the models of 19.0.1.2.0 are loaded: make new stored columns by SQL.

A column that is here already is not computed row by row by the ORM: a wiki may hold many
thousands of texts, none of which is a controlled document, and no version of a procedure
waits for an approval. Each step returns how many rows it changed; the number is logged.
"""

import logging

from openupgradelib import openupgrade

_logger = logging.getLogger(__name__)

APPROVED = ("document_page_history", "qms_procedure_version")


def leave_texts_out_of_search(cursor):
    """Texts of the wiki are not what the search of documents reads."""
    cursor.execute("ALTER TABLE document_page_history ADD COLUMN IF NOT EXISTS plain_text text")
    return 0


def ask_for_no_approval(cursor):
    """Nothing waits for an approval that nobody asked for."""
    changed = 0
    for table in APPROVED:
        cursor.execute(f'ALTER TABLE "{table}" ADD COLUMN IF NOT EXISTS validation_status varchar')
        cursor.execute(
            f"""UPDATE "{table}" SET validation_status = 'no' WHERE validation_status IS NULL"""
        )
        changed += cursor.rowcount
    return changed


# (what is done, function of the cursor that does it and returns the rows changed)
STEPS = (
    ("texts of the wiki left out of the search", leave_texts_out_of_search),
    ("records that wait for no approval", ask_for_no_approval),
)


@openupgrade.migrate()
def migrate(env, version):
    for label, step in STEPS:
        _logger.info("%s: %s rows", label, step(env.cr))
    _logger.info("19.0.1.2.0, before the models: %s steps", len(STEPS))
