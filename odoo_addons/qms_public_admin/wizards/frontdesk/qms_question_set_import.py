import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ...kernel_texts import kernel_text
from ...tools import question_sets, tabular
from ...tools.vietnamese import clean

LIMITS = tabular.Limits(max_rows=5000, max_bytes=5 * tabular.MIB)
OPTION_FIELDS = (
    "value",
    "answer_score",
    "qms_has_score",
    "qms_grade",
    "qms_is_satisfied",
    "qms_is_low",
    "qms_is_not_applicable",
)


class QmsQuestionSetImport(models.TransientModel):
    """Question sets from a table of questions and, where there is one, a table of sets.

    For ISO officers; the sets belong to the agency they work in. Run again it brings the
    sets up to date and changes nothing that is the same; an answered set stays as it is
    and the row says so. What a source lacks is flagged on the question, not made up.
    """

    _name = "qms.question.set.import"
    _description = "Import of question sets"

    company_id = fields.Many2one(
        "res.company", string="Agency", required=True, default=lambda self: self.env.company
    )
    file = fields.Binary(string="Questions (CSV, XLSX)", attachment=False, required=True)
    file_name = fields.Char()
    sets_file = fields.Binary(string="Titles of the sets (CSV, XLSX)", attachment=False)
    sets_file_name = fields.Char()
    is_dry_run = fields.Boolean(
        string="Try only", default=True, help="Say what would happen, change nothing."
    )
    line_ids = fields.One2many("qms.question.set.import.line", "import_id", readonly=True)
    is_done = fields.Boolean(readonly=True)
    created_count = fields.Integer(string="Sets created", readonly=True)
    updated_count = fields.Integer(string="Sets changed", readonly=True)
    unchanged_count = fields.Integer(string="Sets unchanged", readonly=True)
    question_count = fields.Integer(string="Questions read", readonly=True)
    finding_count = fields.Integer(string="Questions with findings", readonly=True)
    error_count = fields.Integer(string="Rows not read", readonly=True)

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Import question sets")

    # === ACTIONS === #

    def action_import(self):
        """Read the tables; write the sets unless it is a try."""
        self.ensure_one()
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("Choose an agency you are working in."))
        self.line_ids.sudo().unlink()
        messages, sets = self._read_questions()
        titles = self._read_titles()
        counts = dict.fromkeys(("created", "updated", "unchanged"), 0)
        for code, questions in sets.items():
            question_sets.complete_set(questions)
            counts[self._import_set(code, titles.get(code, {}), questions, messages)] += 1
            messages += [self._finding(code, row) for row in questions if row.finding]
        read = [question for questions in sets.values() for question in questions]
        self.sudo().write(
            {
                **{f"{key}_count": count for key, count in counts.items()},
                "is_done": True,
                "question_count": len(read),
                "finding_count": sum(1 for question in read if question.finding),
                "error_count": sum(1 for message in messages if message["level"] == "error"),
                "line_ids": [Command.create(message) for message in messages],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
        }

    def action_open_sets(self):
        """Open the question sets."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.survey_survey_action_satisfaction"
        )

    # === READING === #

    def _read_table(self, content, name):
        try:
            return tabular.read_table(base64.b64decode(content), name or "", limits=LIMITS)
        except tabular.TabularError as error:
            raise UserError(kernel_text(self.env, error)) from error

    def _read_questions(self):
        """Return (messages, {set code: its questions in the order of the file})."""
        table = self._read_table(self.file, self.file_name)
        missing = {"survey", "question", "options"} - set(map(clean, table.header))
        if missing:
            raise UserError(
                self.env._(
                    "The table of questions lacks the columns: %(columns)s",
                    columns=", ".join(sorted(missing)),
                )
            )
        messages, sets = [], {}
        for number, row in table.records():
            row = {clean(key): tabular.cell_text(value) for key, value in row.items()}
            code = clean(row.get("survey"))
            if not code:
                text = self.env._("The code of the set is empty.")
                messages.append(self._message("error", number, "", text))
                continue
            try:
                sets.setdefault(code, []).append(question_sets.read_question(number, row))
            except question_sets.RowError as error:
                text = kernel_text(self.env, error)
                messages.append(self._message("error", number, code, text))
        return messages, {code: questions for code, questions in sets.items() if questions}

    def _read_titles(self):
        if not self.sets_file:
            return {}
        table = self._read_table(self.sets_file, self.sets_file_name)
        rows = [
            {clean(key): tabular.cell_text(value) for key, value in row.items()}
            for _number, row in table.records()
        ]
        return {clean(row.get("survey")): row for row in rows}

    def _message(self, level, row, code, text):
        return {"level": level, "row": row, "set_code": code, "message": text}

    def _finding(self, code, question):
        labels = dict(
            self.env["survey.question"]._fields["qms_finding"]._description_selection(self.env)
        )
        return self._message(
            "warning", question.row, code, f"{labels[question.finding]}: {question.text[:120]}"
        )

    # === WRITING === #

    def _import_set(self, code, title, questions, messages):
        """Bring one set up to date; return what happened to it."""
        surveys = self.env["survey.survey"].with_context(active_test=False)
        survey = surveys.search(
            [("qms_code", "=", code), ("qms_company_id", "=", self.company_id.id)]
        )
        head = {
            "title": title.get("title") or code,
            "qms_source": title.get("source") or False,
            "qms_scoring_note": title.get("scoring") or False,
        }
        if not survey:
            if not self.is_dry_run:
                self._create_set(code, head, questions)
            return "created"
        wanted = self._signature(self._question_vals(questions))
        same_head = all((survey[name] or False) == value for name, value in head.items())
        if same_head and wanted == self._signature_of(survey):
            return "unchanged"
        if survey.qms_is_answered:
            text = self.env._("The set has been answered and stays as it is; copy it to change it.")
            messages.append(self._message("error", questions[0].row, code, text))
            return "unchanged"
        if not self.is_dry_run:
            survey.question_and_page_ids.unlink()
            survey.write(head)
            self._create_questions(survey, questions)
        return "updated"

    def _create_set(self, code, head, questions):
        survey = self.env["survey.survey"].create(
            {
                **head,
                "survey_type": "qms_satisfaction",
                "qms_code": code,
                "qms_company_id": self.company_id.id,
            }
        )
        self._create_questions(survey, questions)

    def _create_questions(self, survey, questions):
        created = self.env["survey.question"].create(
            [{**vals, "survey_id": survey.id} for vals in self._question_vals(questions)]
        )
        by_number = {question.qms_number: question for question in created if question.qms_number}
        for question, record in zip(questions, created, strict=True):
            if not question.condition:
                continue
            number, wanted = question.condition
            triggers = by_number.get(number, created.browse()).suggested_answer_ids
            record.triggering_answer_ids = triggers.filtered(
                lambda answer, wanted=wanted: clean(answer.value) == wanted
            )

    def _question_vals(self, questions):
        return [
            {
                "sequence": 10 * position,
                "title": question.text,
                "question_type": question.kind,
                "comments_allowed": question.allows_other,
                "qms_number": question.number or False,
                "qms_index": question.index,
                "qms_is_overall": question.is_overall,
                "qms_finding": question.finding or False,
                "qms_source_note": question.note or False,
                "constr_mandatory": question.is_overall,
                "suggested_answer_ids": [
                    Command.create(self._option_vals(place, option))
                    for place, option in enumerate(question.options, 1)
                ],
            }
            for position, question in enumerate(questions, 1)
        ]

    def _option_vals(self, place, option):
        return {
            "sequence": place,
            "value": option.text,
            "answer_score": option.score or 0.0,
            "qms_has_score": option.score is not None,
            "qms_grade": option.grade or False,
            "qms_is_satisfied": option.is_satisfied,
            "qms_is_low": option.is_low,
            "qms_is_not_applicable": option.is_not_applicable,
        }

    def _signature(self, vals_list):
        """Return what makes a set the same, from values to be created."""
        return [
            {
                **{key: value for key, value in vals.items() if key != "suggested_answer_ids"},
                "options": [
                    {name: command[2][name] for name in OPTION_FIELDS}
                    for command in vals["suggested_answer_ids"]
                ],
            }
            for vals in vals_list
        ]

    def _signature_of(self, survey):
        """Return the same of a set in the database."""
        names = (
            *("sequence", "title", "question_type", "comments_allowed", "qms_number"),
            *("qms_index", "qms_is_overall", "qms_finding", "qms_source_note", "constr_mandatory"),
        )
        return [
            {
                **{name: question[name] for name in names},
                "options": [
                    {name: answer[name] for name in OPTION_FIELDS}
                    for answer in question.suggested_answer_ids
                ],
            }
            for question in survey.question_and_page_ids.sorted("sequence")
        ]
