import base64
import datetime
import io

import pytz

from odoo import models

from ...tools import tabular


class QmsDossierImport(models.Model):
    """The result workbook: what happened, and each rejected row with its reason."""

    _inherit = "qms.dossier.import"

    def action_result(self):
        """Write the result workbook of the last check or run and download it."""
        self.ensure_one()
        self._check_officer()
        self._store_result()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/result_file?download=true",
            "target": "self",
        }

    def _store_result(self):
        stem = (self.file_name or "").rpartition(".")[0] or "import"
        self._lifecycle_write(
            {
                "result_file": base64.b64encode(self._result_workbook()),
                "result_name": f"{stem}-result.xlsx",
            }
        )

    def _result_workbook(self):
        """Give the bytes of the workbook; no text in it can act as a formula."""
        stream = io.BytesIO()
        errors = self.sudo().error_ids
        problem_header = [
            self.env._("Row"),
            self.env._("Dossier"),
            self.env._("Reason"),
        ]
        tabular.write_workbook(
            stream,
            [
                (self.env._("Summary"), *self._summary_sheet()),
                (self.env._("Rejected rows"), *self._rejected_sheet(problem_header, errors)),
                (
                    self.env._("Remarks"),
                    problem_header,
                    _problem_rows(errors.filtered("is_warning")),
                ),
            ],
            title=self.file_name,
        )
        return stream.getvalue()

    def _summary_sheet(self):
        labels = self.fields_get(
            [
                "file_name",
                "file_hash",
                "state",
                "row_count",
                "total_count",
                "new_count",
                "updated_count",
                "unchanged_count",
                "rejected_count",
                "warning_count",
                "started_at",
                "finished_at",
                "failure",
            ]
        )
        rows = []
        for name, info in labels.items():
            value = self[name]
            if info["type"] == "selection":
                value = dict(info["selection"]).get(value)
            elif isinstance(value, datetime.datetime):
                zone = pytz.timezone(self.timezone)
                value = pytz.utc.localize(value).astimezone(zone).replace(tzinfo=None)
            if value not in (False, None):
                rows.append([info["string"], value])
        return [self.env._("What"), self.env._("Value")], rows

    def _rejected_sheet(self, problem_header, errors):
        """The rejected rows with all their cells, to be corrected and sent again."""
        reasons = {}
        for error in errors:
            if not error.is_warning:
                reasons.setdefault(error.row, []).append(error)
        try:
            rows = self._rows_of_file(reasons)
        except tabular.TabularError:
            rows = {}
        body = []
        for number, found in sorted(reasons.items()):
            code = found[0].dossier_code or ""
            why = "\n".join(error.message for error in found)
            body.append([number, code, why, *rows.get(number, [])])
        return problem_header + (self.header or []), body

    def _rows_of_file(self, wanted):
        """Give ``{row number: cells}`` of the rows wanted, reading the file once."""
        if not wanted:
            return {}
        return {
            number: [tabular.cell_text(cell) for cell in cells]
            for number, cells in self._open_table()
            if number in wanted
        }


def _problem_rows(errors):
    return [[error.row, error.dossier_code or "", error.message] for error in errors]
