from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.qms_public_admin.tools.satisfaction import CITIZEN_INDICES
from odoo.addons.qms_public_admin.tools.statistics import number_text, percent_text

from .qms_nine_index_report import GROUP_COLUMNS, NINE_GRADES, TASK_LEVELS


class QmsNineIndexReportLine(models.TransientModel):
    """The nine indices of one agency or unit, their total, grade and place.

    Read by the user who made the report, written by its computation alone.
    """

    _name = "qms.nine.index.report.line"
    _description = "Line of the nine indices"
    _order = "report_id, sequence, id"

    report_id = fields.Many2one(
        "qms.nine.index.report", required=True, readonly=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(readonly=True)
    company_id = fields.Many2one("res.company", string="Agency", readonly=True)
    department_id = fields.Many2one("hr.department", string="Unit", readonly=True)
    procedure_id = fields.Many2one("qms.procedure", readonly=True)
    officer_id = fields.Many2one("res.users", string="Handled by", readonly=True)
    forms = fields.Integer(readonly=True, help="Forms of the nine indices that were answered.")
    known = fields.Char(readonly=True)
    index_1 = fields.Float(string="1 – Total time", readonly=True)
    index_2 = fields.Float(string="2 – Time of each agency", readonly=True)
    index_3 = fields.Float(string="3 – Contacts with the place of receipt", readonly=True)
    index_4 = fields.Float(string="4 – Agencies to be contacted", readonly=True)
    index_5 = fields.Float(string="5 – One-stop handling", readonly=True)
    index_6 = fields.Float(string="6 – Publicity of procedures", readonly=True)
    index_7 = fields.Float(string="7 – Attitude of officials", readonly=True)
    index_8 = fields.Float(string="8 – Handling of complaints", readonly=True)
    index_9 = fields.Float(string="9 – Online service", readonly=True)
    total = fields.Float(string="Sum of points", readonly=True)
    is_complete = fields.Boolean(readonly=True)
    grade = fields.Selection(NINE_GRADES, readonly=True)
    task_level = fields.Selection(TASK_LEVELS, string="Part of the task", readonly=True)
    rank = fields.Integer(readonly=True)
    very_satisfied = fields.Integer(readonly=True)
    satisfied = fields.Integer(readonly=True)
    not_satisfied = fields.Integer(readonly=True)
    total_text = fields.Char(string="Total points", compute="_compute_texts")
    grade_text = fields.Char(string="Grade of the total", compute="_compute_texts")
    rank_text = fields.Char(string="Place", compute="_compute_texts")
    satisfaction_text = fields.Char(
        string="Not satisfied / satisfied / very satisfied", compute="_compute_texts"
    )

    # === COMPUTE METHODS === #

    @api.depends("company_id", "department_id", "procedure_id", "officer_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line._name_text()

    @api.depends("total", "grade", "task_level", "rank", "known")
    @api.depends_context("lang")
    def _compute_texts(self):
        lang = self.env.lang or "en_US"
        grades = {
            key: label
            for name in ("grade", "task_level")
            for key, label in self._fields[name]._description_selection(self.env)
        }
        for line in self:
            line.total_text = number_text(line.total, 2, lang)
            wanted, known = line.report_id._indices(), line._known()
            missing = [str(number) for number in wanted if number not in known]
            line.grade_text = grades.get(line.grade or line.task_level) or self.env._(
                "Without index %(missing)s", missing=", ".join(missing)
            )
            line.rank_text = str(line.rank) if line.rank else "–"
            levels = (line.not_satisfied, line.satisfied, line.very_satisfied)
            line.satisfaction_text = " / ".join(
                percent_text(count, sum(levels), lang=lang) for count in levels
            )

    def _name_text(self):
        name = self.company_id.sudo().name
        group = self._group()
        if group is None:
            return name
        part = group.sudo().display_name or self.env._("Unknown")
        return f"{part} · {name}" if len(self.report_id.company_ids) > 1 else part

    def _group(self):
        """Return the record the line is about beside its agency, None without."""
        column, _source = GROUP_COLUMNS.get(self.report_id.grouping, (None, None))
        return self[column] if column else None

    def _known(self):
        return [int(number) for number in (self.known or "").split(",") if number]

    # === ACTIONS === #

    def action_open_figure(self, figure):
        """Open what a figure rests on: forms, dossiers, or the scores of the unit."""
        self.ensure_one()
        self.check_access("read")
        number = int(figure.partition("_")[2] or 0)
        if number in (5, 8, 9):
            return self._action_unit_figure(number)
        domain = self.report_id._answers_domain() & Domain(
            "qms_company_id", "=", self.company_id.id
        )
        column, source = GROUP_COLUMNS.get(self.report_id.grouping, (None, None))
        if column:
            domain &= Domain(source, "=", self[column].id)
        if number in CITIZEN_INDICES:
            domain &= Domain("user_input_line_ids", "any", [("qms_index", "=", number)])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.survey_user_input_action_rating"
        )
        return {**action, "domain": list(domain), "context": {}}

    def _action_unit_figure(self, number):
        """Open the score the unit entered, else what the index was computed from."""
        if number == 5 or self._unit_scores().filtered(lambda score: score.index == str(number)):
            return self._action_unit_scores()
        return self._action_complaints() if number == 8 else self._action_dossiers()

    def _unit_scores(self):
        report = self.report_id
        return self.env["qms.index.score"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("date_from", "<=", report.date_to),
                ("date_to", ">=", report.date_from),
            ]
        )

    def _action_unit_scores(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("qms_reports.qms_index_score_action")
        return {**action, "domain": [("id", "in", self._unit_scores().ids)]}

    def _action_complaints(self):
        """Open the complaints counted, those the reader may see."""
        rows = self.env["qms.complaint.analysis"]
        rows.check_access("read")
        domain = rows._handled_domain(*self.report_id._instants())
        domain &= Domain("company_id", "=", self.company_id.id)
        column, _source = GROUP_COLUMNS.get(self.report_id.grouping, (None, None))
        if column:
            domain &= Domain(column, "=", self[column].id)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_reports.qms_complaint_analysis_action"
        )
        views = [(False, "list"), (False, "pivot")]
        return {**action, "views": views, "view_mode": "list,pivot", "domain": list(domain)}

    def _action_dossiers(self):
        start, end = map(fields.Datetime.to_string, self.report_id._instants())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Online dossiers"),
            "res_model": "qms.dossier",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("accepted_at", ">=", start),
                ("accepted_at", "<", end),
                ("intake_channel", "=", "online"),
            ],
            "context": {"create": False},
        }

    # === BUSINESS METHODS === #

    def _table_row(self):
        """Return this line as the table of the screen shows it."""
        lang = self.env.lang or "en_US"
        known = self._known()
        figures = [
            {
                "name": "forms",
                "value": self.forms,
                "text": number_text(self.forms, lang=lang),
                "is_bad": False,
            }
        ]
        for number in self.report_id._indices():
            value = self[f"index_{number}"]
            is_known = number in known
            figures.append(
                {
                    "name": f"index_{number}",
                    "value": True,
                    "text": number_text(value, 2, lang) if is_known else "–",
                    "is_bad": is_known and not value,
                }
            )
        return {
            "id": self.id,
            "name": self._name_text(),
            "is_total": False,
            "figures": figures,
            "texts": [self[name] for name in self.report_id._texts()],
        }
