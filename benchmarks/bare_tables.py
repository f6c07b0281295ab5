"""Load tables without their indexes and foreign keys, and give both back afterwards."""

from contextlib import contextmanager

CONSTRAINTS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
      FROM pg_constraint
     WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u')
  ORDER BY contype DESC
"""
INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid),
           obj_description(indexrelid, 'pg_class')
      FROM pg_index
     WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary
       AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
"""


@contextmanager
def bare(cursor, tables):
    """Within, the tables have their primary keys and checks alone."""
    cursor.execute(CONSTRAINTS, [list(tables)])
    constraints = cursor.fetchall()
    cursor.execute(INDEXES, [list(tables)])
    indexes = cursor.fetchall()
    for table, name, _definition in constraints:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _definition, _comment in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for name, definition, comment in indexes:
        cursor.execute(definition)
        # By the comment Odoo knows later whether the definition has changed.
        cursor.execute(f"COMMENT ON INDEX {name} IS %s", [comment])
    for table, name, definition in reversed(constraints):
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
