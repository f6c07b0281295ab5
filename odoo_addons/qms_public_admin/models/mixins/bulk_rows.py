"""Write many new rows of a model in one statement, past the record cache.

For imports of hundreds of thousands of rows, where ``create()`` costs a
millisecond a row. Everything the database checks is still checked (foreign keys,
unique and check constraints); what Python constraints check must have been made
sure by the caller. Only a model's own writer may use it.
"""

import json

from odoo import fields
from odoo.tools import SQL


def reserve_ids(model, count):
    """Take ``count`` ids from the sequence of a model's table."""
    rows = model.env.execute_query(
        SQL(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            model._table,
            count,
        )
    )
    return [row_id for (row_id,) in rows]


def insert_rows(model, rows):
    """Insert complete rows and return their records.

    Defaults of fields that are not given are the caller's to give. Stored computed
    fields that are not given are computed afterwards as usual.

    :param list rows: dictionaries of field values, all with the same keys, ``id``
        included
    """
    records = model.browse(row["id"] for row in rows)
    if not rows:
        return records
    env, given = model.env, rows[0]
    fields_given = [model._fields[name] for name in given if model._fields[name].store]
    env.flush_all()
    columns = {field.name: _plain_column(field.type, rows, field.name) for field in fields_given}
    env.cr.execute(_insert_statement(model, columns))
    for field in model._fields.values():
        is_left = field.store and field.compute and field.name not in given
        if is_left and field.type != "properties":  # of new rows these are empty
            env.add_to_compute(field, records)
    model.invalidate_model(flush=False)
    return records


def _insert_statement(model, columns):
    """One INSERT of all rows, which travel as JSON.

    A column with one value in all rows is sent once, an empty one not at all.
    """
    log = {"create_uid": model.env.uid, "write_uid": model.env.uid}
    log.update(dict.fromkeys(("create_date", "write_date"), fields.Datetime.now()))
    same, varying = {}, {}
    for name, values in columns.items():
        if values.count(values[0]) != len(values):
            varying[name] = values
        elif values[0] is not None:
            same[name] = SQL("%s::%s", values[0], SQL(model._fields[name].column_type[1]))
    same.update({name: SQL("%s", value) for name, value in log.items()})
    varying.setdefault("id", columns["id"])  # of a single row nothing varies
    same.pop("id", None)
    rows = [
        dict(zip(varying, values, strict=True)) for values in zip(*varying.values(), strict=True)
    ]
    return SQL(
        "INSERT INTO %s (%s) SELECT %s FROM json_to_recordset(%s::json) AS given(%s)",
        SQL.identifier(model._table),
        SQL(", ").join(SQL.identifier(name) for name in (*varying, *same)),
        SQL(", ").join([*map(SQL.identifier, varying), *same.values()]),
        json.dumps(rows, ensure_ascii=False),
        SQL(", ").join(
            SQL("%s %s", SQL.identifier(name), SQL(model._fields[name].column_type[1]))
            for name in varying
        ),
    )


def _plain_column(kind, rows, name):
    """Values as JSON carries them; Odoo's False is NULL but in booleans."""
    values = [row[name] for row in rows]
    if kind == "boolean":
        return [bool(value) for value in values]
    if kind in ("datetime", "date"):
        return [value.isoformat() if value else None for value in values]
    return [None if value is False or value == "" else value for value in values]
