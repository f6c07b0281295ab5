import base64
import io

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html_escape
from odoo.tools.misc import clean_context

from ...kernel_texts import kernel_text
from ...tools import tabular
from ...tools.vietnamese import fold

#: questions of one form that fit the grid
QUESTIONS = 12
LIMITS = tabular.Limits(max_rows=5000, max_bytes=5 * tabular.MIB)


class QmsRatingBatch(models.TransientModel):
    """Paper forms entered row by row, or from a workbook (channel “paper”).

    For clerks and ISO officers, about dossiers of their own agencies; each sees their
    own batch. Rows that cannot be taken stay with the reason, the others are stored with
    the name of who entered them.
    """

    _name = "qms.rating.batch"
    _description = "Entry of paper ratings"

    company_id = fields.Many2one(
        "res.company", string="Agency", required=True, default=lambda self: self.env.company
    )
    survey_id = fields.Many2one(
        "survey.survey",
        string="Question set",
        required=True,
        default=lambda self: self._default_survey_id(),
        domain="[('survey_type', '=', 'qms_satisfaction'),"
        " ('qms_company_id', 'in', (False, company_id))]",
    )
    question_count = fields.Integer(compute="_compute_legend")
    legend = fields.Html(compute="_compute_legend", help="What the numbers stand for.")
    line_ids = fields.One2many("qms.rating.batch.line", "batch_id", string="Forms")
    file = fields.Binary(string="Workbook", attachment=False)
    file_name = fields.Char()
    saved_count = fields.Integer(string="Forms stored", readonly=True)
    error_count = fields.Integer(compute="_compute_error_count")

    # === DEFAULTS === #

    @api.model
    def _default_survey_id(self):
        assignments = self.env["qms.satisfaction.assignment"]
        return assignments._set_for(
            self.env.company, self.env["qms.procedure"], fields.Date.context_today(self)
        ).sudo(False)

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Enter paper ratings")

    @api.depends("survey_id")
    @api.depends_context("lang")
    def _compute_legend(self):
        for batch in self:
            questions = batch._questions()
            batch.question_count = len(questions)
            rows = []
            for question in questions:
                answers = " · ".join(
                    f"<b>{position}</b> {html_escape(answer.value or '')}"
                    for position, answer in enumerate(question.suggested_answer_ids, 1)
                )
                rows.append(f"<li>{html_escape(question.title)}<br/>{answers}</li>")
            batch.legend = f"<ol>{''.join(rows)}</ol>" if rows else False

    @api.depends("line_ids.error")
    def _compute_error_count(self):
        for batch in self:
            batch.error_count = len(batch.line_ids.filtered("error"))

    def _questions(self):
        return self.survey_id.sudo().question_ids[:QUESTIONS]

    # === ACTIONS === #

    @api.model
    def action_open_new(self):
        """Open an empty batch."""
        return self.create({})._reopen()

    def action_read_file(self):
        """Add the rows of the workbook to the grid, to be looked at before they are stored."""
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose a workbook first."))
        try:
            table = tabular.read_table(
                base64.b64decode(self.file), self.file_name or "", limits=LIMITS
            )
        except tabular.TabularError as error:
            raise UserError(kernel_text(self.env, error)) from error
        columns = self._columns(table.header)
        rows = zip(table.numbers, table.rows, strict=True)
        self.env["qms.rating.batch.line"].create(
            [
                {"batch_id": self.id, **self._line_vals(columns, number, cells)}
                for number, cells in rows
                if any(tabular.cell_text(cell) for cell in cells)
            ]
        )
        self.file = False
        return self._reopen()

    def action_template(self):
        """Download an empty workbook with the columns that are read."""
        self.ensure_one()
        labels = self._labels()
        header = [
            labels["dossier_code"],
            *(str(number) for number in range(1, len(self._questions()) + 1)),
            labels["reason"],
            labels["comment"],
            labels["rated_on"],
        ]
        stream = io.BytesIO()
        tabular.write_workbook(stream, [(self.env._("Paper ratings"), header, [])])
        self.file = base64.b64encode(stream.getvalue())
        self.file_name = f"{self.env._('paper-ratings')}.xlsx"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file"
            f"?download=true&filename={self.file_name}",
            "target": "self",
        }

    def action_save(self):
        """Store what can be stored; the other rows stay and say why."""
        self.ensure_one()
        saved = self.line_ids.browse()
        for line in self.line_ids:
            if line._save():
                saved |= line
        self.sudo().saved_count += len(saved)
        saved.unlink()
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Enter paper ratings"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
            "context": clean_context(self.env.context),
        }

    # === WORKBOOK === #

    def _labels(self):
        described = self.env["qms.rating.batch.line"].fields_get(attributes=["string"])
        return {name: field["string"] for name, field in described.items()}

    def _columns(self, header):
        """Return {position: field} of the columns of a workbook.

        :raise UserError: the column with the dossier code is missing
        """
        known = {fold(label): name for name, label in self._labels().items()}
        known.update({name: name for name in ("reason", "comment", "rated_on")})
        known.update({"dossier code": "dossier_code", "mã hồ sơ": "dossier_code"})
        known.update({"lý do": "reason", "ý kiến": "comment", "ngày": "rated_on"})
        columns = {}
        for position, name in enumerate(header):
            key = fold(tabular.cell_text(name))
            if key.lstrip("q").isdigit() and int(key.lstrip("q")) in range(1, QUESTIONS + 1):
                columns[position] = f"answer_{int(key.lstrip('q'))}"
            elif key in known:
                columns[position] = known[key]
        if "dossier_code" not in columns.values():
            raise UserError(
                self.env._(
                    "The workbook has no column “%(column)s”.",
                    column=self._labels()["dossier_code"],
                )
            )
        return columns

    def _line_vals(self, columns, number, cells):
        """Return the values of one row; what cannot be read is kept as its message."""
        vals, unread = {"sequence": number}, []
        for position, name in columns.items():
            text = tabular.cell_text(cells[position]) if position < len(cells) else ""
            if not text:
                continue
            if name.startswith("answer_"):
                if text.isdecimal():
                    vals[name] = int(text)
                else:
                    unread.append(text)
            elif name == "rated_on":
                try:
                    vals[name] = fields.Date.to_date(text[:10])
                except ValueError:
                    unread.append(text)
            else:
                vals[name] = text
        if unread:
            vals["error"] = self.env._("Cannot be read: %(cells)s", cells=", ".join(unread))
        return vals
