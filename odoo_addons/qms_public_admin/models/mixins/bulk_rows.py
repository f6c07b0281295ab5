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


def insert_rows(model, rows, remember=False):
    """Insert rows and return their records, in the order of ``rows``.

    A field that a row leaves out is empty, one that all leave out has the default of
    its field (never one of a client's context). Stored computed fields that no row
    gives are computed afterwards as usual.

    :param list rows: dictionaries of field values; ``id`` in all of them or in none
    :param bool remember: keep the values in the cache, for those who read them next
    """
    if not rows:
        return model.browse()
    env = model.env
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {
        name: _plain_column(model._fields[name].type, rows, name)
        for name in names
        if model._fields[name].store
    }
    _check_words(model, columns)
    columns.update(_defaults(model, names, len(rows)))
    model.flush_model()
    env.cr.execute(_insert_statement(model, columns))
    records = model.browse(row_id for (row_id,) in env.cr.fetchall())
    for field in model._fields.values():
        is_left = field.store and field.compute and field.name not in names
        if is_left and field.type != "properties":  # of new rows these are empty
            env.add_to_compute(field, records)
    model.invalidate_model(flush=False)
    _tell_owners(model, columns)
    if remember:
        _remember(records, rows, columns)
    return records


def write_rows(records, vals_by_id):
    """Write values that differ from record to record, in one UPDATE at the next flush.

    What ``write()`` does beyond this (rights, tracking, inverse methods) is the
    caller's to do or to do without; constraints in Python and the recomputation of
    dependent fields are as usual.

    :param dict vals_by_id: ``{id: {field name: value}}`` of plain stored fields
    """
    env, fields_of = records.env, records._fields
    names = {name for vals in vals_by_id.values() for name in vals}
    links = [name for name in names if env.registry.is_modifying_relations(fields_of[name])]
    changed = records.browse(vals_by_id)
    changed.modified(links, before=True)
    stamp = {"write_uid": env.uid, "write_date": env.cr.now()} if records._log_access else {}
    for record in changed:
        for name, value in (vals_by_id[record.id] | stamp).items():
            field = fields_of[name]
            field._update_cache(record, field.convert_to_cache(value, record), dirty=True)
    changed.modified(names)
    changed._validate_fields(names)


def _defaults(model, names, count):
    """Columns of the fields that are not given but have a default of their own."""
    return {
        name: _plain_column(field.type, [{name: field.default(model)}], name) * count
        for name, field in model._fields.items()
        if field.store and field.column_type and field.default and name not in names
    }


def _check_words(model, columns):
    """Refuse what a selection does not know, as ``create()`` does (ValueError)."""
    for name, values in columns.items():
        field = model._fields[name]
        if field.type == "selection":
            for value in set(values):
                field.convert_to_cache(value, model)


def _remember(records, rows, columns):
    """Put what was written into the cache, so that nobody reads it back."""
    for name in columns.keys() - {"id"}:
        field = records._fields[name]
        values = [row.get(name) for row in rows]
        field._insert_cache(
            records, [field.convert_to_cache(value, records, validate=False) for value in values]
        )


def _tell_owners(model, columns):
    """Forget what owners remember of their lines, and what was computed from them."""
    for name in columns:
        for inverse in model.pool.field_inverses[model._fields[name]]:
            owners = model.env[inverse.model_name].browse(filter(None, set(columns[name])))
            owners.invalidate_recordset([inverse.name], flush=False)
            owners.modified([inverse.name])


def _log_values(model):
    if not model._log_access:
        return {}
    log = {"create_uid": model.env.uid, "write_uid": model.env.uid}
    return log | dict.fromkeys(("create_date", "write_date"), fields.Datetime.now())


def _insert_statement(model, columns):
    """One INSERT of all rows, which travel as JSON.

    A column with one value in all rows is sent once, an empty one not at all.
    """
    same, varying = {}, {}
    owner = "id" if "id" in columns else next(iter(columns))
    for name, values in columns.items():
        if name == owner or values.count(values[0]) != len(values):
            varying[name] = values  # one column at least: it carries the number of rows
        elif values[0] is not None:
            # The driver would send a list as an array.
            value = json.dumps(values[0]) if isinstance(values[0], dict | list) else values[0]
            same[name] = SQL("%s::%s", value, SQL(model._fields[name].column_type[1]))
    same.update({name: SQL("%s", value) for name, value in _log_values(model).items()})
    rows = [
        dict(zip(varying, values, strict=True)) for values in zip(*varying.values(), strict=True)
    ]
    return SQL(
        "INSERT INTO %s (%s) SELECT %s FROM json_to_recordset(%s::json) AS given(%s) RETURNING id",
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
    values = [row.get(name) for row in rows]
    if kind == "boolean":
        return [bool(value) for value in values]
    if kind in ("datetime", "date"):
        return [_iso(value) if value else None for value in values]
    return [None if value is False or value == "" else value for value in values]


def _iso(moment):
    """A moment or a day as text; over RPC it comes as text already."""
    return moment if isinstance(moment, str) else moment.isoformat()
