from odoo import models
from odoo.tools import format_date

FILLS = {"fresh": "#C6EFCE", "ageing": "#FFEB9C", "missing": "#FFC7CE", "excluded": "#D9D9D9"}
# Names of records written out for one clause; the count tells the rest.
NAMES = 15


class EvidenceMatrixXlsx(models.AbstractModel):
    """Clause × evidence as a workbook: a column a kind of evidence, coloured by state."""

    _name = "report.qms_reports.evidence_matrix_xlsx"
    _description = "Workbook of clauses and evidence"
    _inherit = "report.qms_reports.xlsx_abstract"

    def generate_xlsx_report(self, workbook, data, objs):
        formats = self._formats(workbook)
        formats |= {
            status: workbook.add_format(
                {
                    **{"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"},
                    **{"border": 1, "align": "center", "bg_color": colour},
                }
            )
            for status, colour in FILLS.items()
        }
        for matrix in objs:
            if not matrix.line_ids:
                matrix._fill()
            self._write_matrix(workbook, formats, matrix)

    def _write_matrix(self, workbook, formats, matrix):
        sources = self._sources(matrix)
        head = [
            self.env._("Clause"),
            self.env._("Subject"),
            self.env._("State of evidence"),
            *(sources.values()),
            self.env._("Newest"),
            self.env._("Through"),
            self.env._("What stands for it"),
        ]
        sheet = workbook.add_worksheet(self.env._("Clauses and evidence"))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        last = len(head) - 1
        for first, final, width in ((0, 0, 9), (1, 1, 48), (2, last - 1, 14), (last, last, 60)):
            sheet.set_column(first, final, width)
        row = self._write_heading(
            sheet,
            formats,
            matrix.company_id,
            last,
            self.env._("Clauses and evidence").upper(),
            [self._subtitle(matrix)],
        )
        for column, text in enumerate(head):
            sheet.write_string(row, column, text, formats["head"])
        sheet.freeze_panes(row + 1, 2)
        sheet.repeat_rows(row)
        names = self._names(matrix)
        labels = dict(matrix.line_ids._fields["status"]._description_selection(self.env))
        for line in matrix.line_ids:
            row += 1
            self._write_line(sheet, formats, row, line, sources, names, labels)

    def _write_line(self, sheet, formats, row, line, sources, names, labels):
        kind = "text_bold" if line.level == 1 else "text"
        self._write_text(sheet, row, 0, line.number, formats, kind)
        self._write_text(sheet, row, 1, line.name, formats, kind)
        sheet.write_string(row, 2, labels[line.status], formats[line.status])
        counts = {cell.model_name: cell.count for cell in line.cell_ids}
        for column, name in enumerate(sources, 3):
            sheet.write_number(row, column, counts.get(name, 0), formats["count"])
        newest = format_date(self.env, line.newest, date_format="dd/MM/yyyy") if line.newest else ""
        column = 3 + len(sources)
        self._write_text(sheet, row, column, newest, formats)
        self._write_text(sheet, row, column + 1, line.via or "", formats)
        self._write_text(sheet, row, column + 2, self._named(line, names), formats)

    # === WHAT IS SHOWN === #

    def _sources(self, matrix):
        """Return ``{model: name}`` of the kinds of evidence, in the order of the matrix."""
        return {
            source._name: source._evidence_label() for source in self.env["qms.evidence"]._sources()
        }

    def _subtitle(self, matrix):
        return self.env._(
            "%(edition)s, as of %(day)s; green for %(months)s months",
            edition=matrix.standard_id.national_name or matrix.standard_id.name,
            day=format_date(self.env, matrix.computed_at.date(), date_format="dd/MM/yyyy"),
            months=matrix.months,
        )

    def _names(self, matrix):
        """Return ``{(model, id): name}`` of all evidence of clauses without sub-clauses."""
        names = {}
        leaves = matrix.line_ids.filtered("is_leaf")
        for model, cells in leaves.cell_ids.grouped("model_name").items():
            ids = {record_id for cell in cells for record_id in cell.record_ids[:NAMES]}
            # Found with the rights of the reader, whatever the cells hold.
            for record in self.env[model].search([("id", "in", list(ids))]):
                names[model, record.id] = record.display_name
        return names

    def _named(self, line, names):
        if not line.is_leaf:
            return ""
        found = [
            names[cell.model_name, record_id]
            for cell in line.cell_ids
            for record_id in cell.record_ids[:NAMES]
            if (cell.model_name, record_id) in names
        ]
        more = line.count - len(found)
        return "; ".join(found) + (f"; +{more}" if more > 0 else "")
