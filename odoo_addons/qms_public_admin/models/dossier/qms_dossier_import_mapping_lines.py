import hashlib
import itertools
from dataclasses import replace

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError

from ...kernel_texts import kernel_text
from ...tools import mapping as mapping_kernel
from ...tools import tabular
from ...tools.masking import masked
from .qms_dossier_privacy import NUMBERS

# Rows from which encoding, dates, shape and words are told.
SAMPLE_ROWS = 2_000
# Rows shown on the screen.
PREVIEW_ROWS = 5
# Different activities listed for mapping; an event log may have hundreds.
MAX_WORDS = 300


class QmsDossierImport(models.Model):
    """From the file to the mapping on the screen, and back to plain data."""

    _inherit = "qms.dossier.import"

    # === COMPUTE METHODS === #

    @api.depends("header", "sample", "column_ids.target")
    def _compute_preview(self):
        for record in self:
            record.preview = record._preview_table()

    def _preview_table(self):
        if not self.header:
            return False
        cell, head = Markup("<td>%s</td>"), Markup("<th>%s</th>")
        row, empty = Markup("<tr>%s</tr>"), Markup()
        body = empty.join(
            row % empty.join(cell % text for text in self._masked_cells(cells))
            for cells in self.sample or []
        )
        return Markup(
            '<div class="table-responsive">'
            '<table class="table table-sm table-bordered text-nowrap small"'
            ' style="table-layout: auto;">'
            "<thead>%s</thead><tbody>%s</tbody></table></div>"
        ) % (row % empty.join(head % name for name in self.header), body)

    def _masked_cells(self, cells):
        """Hide the numbers of persons in one row of the file."""
        numbers = {column.name for column in self.column_ids if column.target in NUMBERS}
        for position, text in enumerate(cells):
            is_number = position < len(self.header) and self.header[position] in numbers
            yield masked(str(text or "")) if is_number else text

    @api.depends("rejected_count", "warning_count", "new_count", "updated_count", "state")
    def _compute_problem_summary(self):
        groups = self.env["qms.dossier.import.error"]._read_group(
            [("import_id", "in", self.ids)],
            ["import_id", "is_warning", "code"],
            ["__count", "row:min", "message:min"],
            order="is_warning, __count DESC",
        )
        lines = {record.id: [] for record in self}
        for record, is_warning, _code, count, row, example in groups:
            lines[record.id].append(
                self.env._(
                    "%(count)s × %(kind)s: %(example)s (first in row %(row)s)",
                    count=count,
                    kind=self.env._("remark") if is_warning else self.env._("rejected"),
                    example=example,
                    row=row,
                )
            )
        for record in self:
            record.problem_summary = _bullets(lines[record.id][:12])

    @api.depends("header", "encoding", "delimiter", "sheet", "header_row", "shape")
    def _compute_detected(self):
        labels = dict(self._fields["delimiter"]._description_selection(self.env))
        for record in self:
            if not record.header:
                record.detected = False
            elif record.sheet:
                record.detected = self.env._(
                    "XLSX, sheet “%(sheet)s”, header in row %(row)s, %(count)s columns",
                    sheet=record.sheet,
                    row=record.header_row,
                    count=len(record.header),
                )
            else:
                record.detected = self.env._(
                    "Text, encoding %(encoding)s, delimiter: %(delimiter)s, "
                    "header in row %(row)s, %(count)s columns",
                    encoding=record.encoding,
                    delimiter=labels.get(record.delimiter, record.delimiter),
                    row=record.header_row,
                    count=len(record.header),
                )

    @api.depends(
        "header",
        "state",
        "shape",
        "close_rule",
        "unknown_rule",
        "procedure_id",
        "column_ids.target",
        "column_ids.remark",
        "value_ids.is_open",
    )
    def _compute_hints(self):
        for record in self:
            found = record._mapping_hints() if record.header and record.state == "draft" else []
            record.hints = _bullets(found)

    def _mapping_hints(self):
        """Say what a check would refuse or what is worth a look, before it runs."""
        targets, hints = set(self.column_ids.mapped("target")), []
        try:
            self._kernel_mapping().check(self.header)
        except mapping_kernel.MappingError as error:
            hints.append(kernel_text(self.env, error))
        knows_procedure = "procedure" in targets or self.procedure_id
        if not knows_procedure and self.unknown_rule == "reject":
            hints.append(
                self.env._(
                    "No column is the procedure: choose the “Procedure of all rows” under Rules, "
                    "or let the dossiers be flagged for review."
                )
            )
        open_words = self.value_ids.filtered("is_open").mapped("word")
        if open_words:
            hints.append(
                self.env._("Words without a meaning: %(words)s", words=", ".join(open_words[:10]))
            )
        for column in self.column_ids.filtered("target"):
            if column.remark_is_doubt:
                hints.append(f"{column.name}: {column.remark}")
        return hints

    # === READING THE UPLOAD === #

    def _read_upload(self):
        """Look into the file: how it is written, what its columns may mean.

        :raises UserError: when the file cannot be read; nothing is kept then
        """
        self.ensure_one()
        content = self._content()
        try:
            table = self._open_table()
            rows = [cells for _n, cells in itertools.islice(table, SAMPLE_ROWS)]
        except tabular.TabularError as error:
            raise UserError(kernel_text(self.env, error)) from error
        if table.kind == "csv" and table.delimiter not in [*tabular.DELIMITERS]:
            raise UserError(
                self.env._("The delimiter “%(sign)s” is not known.", sign=table.delimiter)
            )
        self._lifecycle_write(
            {
                "file_hash": hashlib.sha256(content).hexdigest(),
                "file_size": len(content),
                "origin": self.origin or "screen",
                "header": table.header,
                "sample": [[_short(cell) for cell in row] for row in rows[:PREVIEW_ROWS]],
                "encoding": table.encoding or False,
                "delimiter": table.delimiter or False,
                "sheet": table.sheet or False,
                "header_row": table.header_row,
            }
        )
        if self.mapping_id:
            suggested = self.mapping_id._kernel_mapping()
        else:
            suggested = mapping_kernel.guess(table.header, rows, self.timezone)
        self._set_lines(suggested, table.header, rows)

    def _apply_mapping(self, mapping):
        """Put a saved mapping on the screen; what it leaves open is detected."""
        self.ensure_one()
        try:
            table = self._open_table()
            rows = [cells for _n, cells in itertools.islice(table, SAMPLE_ROWS)]
        except tabular.TabularError as error:
            raise UserError(kernel_text(self.env, error)) from error
        self._set_lines(mapping, table.header, rows)

    def _set_lines(self, mapping, header, rows):
        """Write the mapping to the fields and lines of this record."""
        mapping = mapping_kernel.with_known_words(mapping, header, rows)
        found = mapping_kernel.detections(mapping, header, rows)
        formats = {target: d.name for target, d in found.items() if d.name}
        formats.update(mapping.date_formats)
        constants = mapping.constants
        lookup = self._lookup()
        self._lifecycle_write(
            {
                "shape": mapping.shape,
                "timezone": mapping.timezone,
                "close_rule": mapping.close_rule,
                "close_activities": "\n".join(mapping.close_activities) or False,
                "unknown_rule": mapping.unknown,
                "intake_channel": constants.get("channel") or False,
                "procedure_id": self._constant_id(lookup._procedure, constants, "procedure"),
                "receiving_unit_id": self._constant_id(lookup._unit, constants, "unit"),
            }
        )
        self.sudo().column_ids.unlink()
        self.sudo().value_ids.unlink()
        self.env["qms.dossier.import.column"].sudo().create(
            self._prepare_columns(mapping, formats, found, header, rows)
        )
        self.env["qms.dossier.import.value"].sudo().create(
            self._prepare_values(mapping, header, rows)
        )

    def _constant_id(self, look_up, constants, name):
        """A constant of a mapping names a procedure or unit; keep it only if known."""
        text = constants.get(name)
        if not text:
            return self[{"procedure": "procedure_id", "unit": "receiving_unit_id"}[name]].id
        return look_up(text) or False

    def _prepare_columns(self, mapping, formats, found, header, rows):
        vals_list = []
        for sequence, name in enumerate(header):
            target = mapping.columns.get(name) or False
            values = mapping_kernel.sample_values(header, rows, name)
            examples = list(dict.fromkeys(_short(value) for value in values[:50]))[:3]
            vals_list.append(
                {
                    "import_id": self.id,
                    "sequence": sequence,
                    "name": name,
                    "examples": "\n".join(examples),
                    "target": target,
                    "date_format": formats.get(target) or False,
                    "remark": self._detection_remark(found.get(target)),
                    "remark_is_doubt": _is_doubtful(found.get(target)),
                }
            )
        return vals_list

    def _detection_remark(self, found):
        """Say what is uncertain about the dates of a column."""
        if not found:
            return False
        if found.unread:
            return self.env._("“%(value)s” cannot be read as a date", value=found.unread)
        if found.is_ambiguous:
            return self.env._("Day and month could be exchanged: please check the format")
        if found.has_offset:
            return self.env._("With offsets: instants, whatever the time zone")
        return False if found.has_time else self.env._("Dates without a time of day")

    def _prepare_values(self, mapping, header, rows):
        words = self._distinct_words(mapping, header, rows)
        vals_list = []
        for field_name, found in words.items():
            known = mapping.value_maps.get(field_name, {})
            for word in dict.fromkeys([*known, *found]):
                vals_list.append(
                    self._prepare_value(field_name, word, known.get(word), word in known)
                )
        return vals_list

    def _prepare_value(self, field_name, word, key=None, is_known=False):
        column = {"channel": "to_channel", "state": "to_state", "activity": "to_event"}
        vals = {"import_id": self.id, "field_name": field_name, "word": word}
        vals[column[field_name]] = key or False
        if field_name == "activity":
            vals["to_event"] = key or "activity"
        vals["is_left_out"] = is_known and not key and field_name != "activity"
        return vals

    def _distinct_words(self, mapping, header, rows):
        """Words of channels, states and activities that occur in the rows."""
        words = {}
        for field_name in mapping_kernel.VALUE_FIELDS:
            column = mapping.column_of(field_name)
            if column in header:
                values = mapping_kernel.sample_values(header, rows, column)
                found = dict.fromkeys(tabular.cell_text(value) for value in values)
                words[field_name] = list(found)[:MAX_WORDS]
        return words

    def _add_unknown_words(self, unknown):
        """List words met in the whole file that the mapping does not know."""
        listed = {(line.field_name, line.word) for line in self.sudo().value_ids}
        self.env["qms.dossier.import.value"].sudo().create(
            [
                self._prepare_value(field_name, word)
                for field_name, word in sorted(unknown - listed)[:MAX_WORDS]
            ]
        )

    # === BACK TO PLAIN DATA === #

    def _kernel_mapping(self):
        """Give the mapping of the screen as plain data.

        :rtype: mapping_kernel.Mapping
        """
        self.ensure_one()
        columns = self.column_ids.filtered("target")
        activities = [line.strip() for line in (self.close_activities or "").splitlines()]
        constants = {
            "procedure": self.procedure_id.code or self.procedure_id.name,
            "unit": self.receiving_unit_id.complete_name,
            "channel": self.intake_channel,
        }
        return mapping_kernel.Mapping(
            shape=self.shape,
            columns={column.name: column.target for column in columns},
            date_formats={c.target: c.date_format for c in columns if c.date_format},
            timezone=self.timezone,
            value_maps=self.value_ids._value_maps(),
            constants={key: value for key, value in constants.items() if value},
            close_rule=self.close_rule,
            close_activities=tuple(filter(None, activities)),
            unknown=self.unknown_rule,
        )

    def _complete_mapping(self, table):
        """Give the mapping with every date format filled in, checked against the file.

        :raises mapping_kernel.MappingError: when it does not fit
        """
        mapping = self._kernel_mapping()
        mapping.check(table.header)
        rows = [cells for _n, cells in itertools.islice(table, SAMPLE_ROWS)]
        mapping = mapping_kernel.with_detected_formats(mapping, table.header, rows)
        targets = (*mapping_kernel.MOMENTS, "at")
        for column, target in mapping.columns.items():
            if target in targets and target not in mapping.date_formats:
                values = mapping_kernel.sample_values(table.header, rows, column)
                if values:
                    params = {"column": column, "value": tabular.cell_text(values[0])}
                    raise mapping_kernel.MappingError("no_date_format", params)
                formats = {**mapping.date_formats, target: "iso"}
                mapping = replace(mapping, date_formats=formats)
        return mapping


def _is_doubtful(found):
    """Whether the dates of a column need a person's eye."""
    return bool(found and (found.unread or found.is_ambiguous))


def _bullets(texts):
    if not texts:
        return False
    item = Markup("<li>%s</li>")
    return Markup('<ul class="mb-0">%s</ul>') % Markup().join(item % text for text in texts)


def _short(value):
    text = tabular.cell_text(value)
    return text if len(text) <= 60 else text[:59] + "…"
