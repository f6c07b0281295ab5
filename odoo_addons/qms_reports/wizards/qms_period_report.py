from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.qms_public_admin.models.core.qms_event import utc_now
from odoo.addons.qms_public_admin.tools.statistics import number_text, percent_text

from ..const import FIGURES, FOLDED_FIGURES, GROUPINGS
from ..models.qms_period_figures import Period

# Text columns of the layout with all parts, behind the counts.
TEXTS = (
    "rate_completed",
    "interval_completed",
    "rate_received",
    "points_completed",
    "hours_median",
)


class QmsPeriodReport(models.TransientModel):
    """The figures of a period, each of which opens its dossiers.

    Staff make reports for themselves, over agencies they are working in and dossiers
    they may read; nobody sees or changes the report of another user, and the lines
    are written by the computation alone.
    """

    _name = "qms.period.report"
    _description = "Period report"
    _inherit = ["qms.report.wizard.mixin"]

    _options = frozenset(
        {"date_from", "date_to", "company_ids", "grouping", "variant", "comparison"}
    )

    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._default_date_from()
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=fields.Date.context_today,
        help="Last day, included. Days are those of the agency's own time zone.",
    )
    company_ids = fields.Many2many(
        "res.company",
        string="Agencies",
        default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    grouping = fields.Selection(GROUPINGS, string="Grouped by", required=True, default="procedure")
    variant = fields.Selection(
        [("full", "All parts"), ("table_06a", "Statistical table 06a")],
        string="Layout",
        required=True,
        default="full",
        help="Table 06a folds withdrawn and paused dossiers as practice does; the other layout "
        "shows each part.",
    )
    comparison = fields.Selection(
        [("previous", "The period before"), ("year", "The same days a year before")],
        string="Compared with",
        required=True,
        default="previous",
    )
    known_at = fields.Datetime(string="Computed at", readonly=True)
    line_ids = fields.One2many("qms.period.report.line", "report_id", readonly=True)
    total_line_id = fields.Many2one("qms.period.report.line", compute="_compute_total_line_id")
    unclassified = fields.Integer(compute="_compute_total_line_id")
    unaccepted = fields.Integer(compute="_compute_total_line_id")
    previous_name = fields.Char(compute="_compute_previous_name")
    summary = fields.Char(compute="_compute_summary")
    table = fields.Json(compute="_compute_table", help="The table as the screen shows it.")

    # === DEFAULTS === #

    @api.model
    def _default_date_from(self):
        return fields.Date.context_today(self).replace(month=1, day=1)

    # === COMPUTE METHODS === #

    @api.depends("line_ids")
    def _compute_total_line_id(self):
        for report in self:
            total = report.line_ids.filtered("is_total")[:1]
            report.total_line_id = total
            report.unclassified = total.unclassified
            report.unaccepted = total.unaccepted

    @api.depends("date_from", "date_to")
    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._(
                "Period report %(start)s – %(end)s",
                start=format_date(self.env, report.date_from),
                end=format_date(self.env, report.date_to),
            )

    @api.depends("date_from", "date_to", "comparison")
    @api.depends_context("lang")
    def _compute_previous_name(self):
        for report in self:
            if not (report.date_from and report.date_to):
                report.previous_name = False
                continue
            previous = report._period_before()
            report.previous_name = self.env._(
                "%(start)s – %(end)s",
                start=format_date(self.env, previous.date_from),
                end=format_date(self.env, previous.date_to),
            )

    @api.depends("line_ids")
    @api.depends_context("lang")
    def _compute_summary(self):
        lang = self.env.lang or "en_US"
        for report in self:
            total = report.total_line_id
            report.summary = total and self.env._(
                "%(received)s received, %(completed)s completed: %(good)s on time or early "
                "(%(good_rate)s), %(late)s late (%(late_rate)s)",
                received=number_text(total.received, lang=lang),
                completed=number_text(total.completed, lang=lang),
                good=number_text(total.completed_good, lang=lang),
                good_rate=percent_text(total.completed_good, total.completed, lang=lang),
                late=number_text(total.late, lang=lang),
                late_rate=percent_text(total.late, total.completed, lang=lang),
            )

    @api.depends("line_ids", "variant", "grouping")
    @api.depends_context("lang")
    def _compute_table(self):
        for report in self:
            report.table = bool(report.line_ids) and report._table_content()

    def _table_content(self):
        """Return what the screen shows; print and workbook have the same columns."""
        groups = self.env["report.qms_reports.period_report_pdf"]._columns(self)
        labels = self.line_ids.fields_get(attributes=["string", "help"])
        names = [name for _heading, columns in groups for name, _label in columns]
        texts = TEXTS if self.variant == "full" else ()
        return {
            "model": self.line_ids._name,
            "group_label": self._group_label(),
            "groups": [
                {
                    "label": heading,
                    "columns": [{"name": name, "label": label} for name, label in columns],
                }
                for heading, columns in groups
            ],
            "texts": [
                {"name": name, "label": labels[name]["string"], "help": labels[name].get("help")}
                for name in texts
            ],
            "rows": [line._table_row(names, texts) for line in self.line_ids],
        }

    def _group_label(self):
        """Return the heading of the first column; that of table 06a is Vietnamese."""
        self.ensure_one()
        if self.variant == "table_06a":
            names = {"field": "Lĩnh vực", "procedure": "Thủ tục hành chính"}
            return names.get(self.grouping, "Đơn vị")
        return dict(self._fields["grouping"]._description_selection(self.env))[self.grouping]

    # === ACTIONS === #

    @api.model
    def action_open_new(self, variant="full"):
        """Open a report of this year up to today, computed."""
        return self._open_new(self.env._("Period report"), {"variant": variant})

    def action_print(self):
        """Print the report as shown."""
        self._ensure_lines()
        return self.env.ref("qms_reports.period_report_pdf_action").report_action(self)

    def action_export(self):
        """Export the report as a workbook."""
        self._ensure_lines()
        return self.env.ref("qms_reports.period_report_xlsx_action").report_action(self)

    def action_open_unclassified(self):
        """Open the dossiers that are in none of the parts."""
        return self.total_line_id.action_open_figure("unclassified")

    def action_open_unaccepted(self):
        """Open the dossiers handled without an acceptance on record."""
        return self.total_line_id.action_open_figure("unaccepted")

    # === BUSINESS METHODS === #

    def _period(self):
        self.ensure_one()
        return Period(
            self.date_from,
            self.date_to,
            tuple(self.company_ids.ids),
            self.grouping,
            self.known_at or utc_now(),
        )

    def _period_before(self):
        """Return the period the rates are compared with."""
        period = self._period()
        return period.year_before() if self.comparison == "year" else period.previous()

    def _notes(self):
        """Return what a reader of the print has to know about the figures."""
        self.ensure_one()
        if self.variant == "table_06a":
            return self._notes_06a()
        total = self.total_line_id
        moment = self.company_ids[:1]._qms_moment_text(self.known_at)
        notes = [
            self.env._(
                "Computed from the event log at %(moment)s. State and due date are those at the "
                "end of the period.",
                moment=moment,
            ),
            self.env._(
                "On time / completed: early and on time among the dossiers completed in the "
                "period. On time / received: among those accepted in the period."
            ),
            self.env._(
                "Changes are percentage points against %(previous)s.", previous=self.previous_name
            ),
        ]
        if total.unclassified:
            notes.append(
                self.env._(
                    "%(count)s dossiers are in none of the parts and printed as unclassified.",
                    count=total.unclassified,
                )
            )
        if total.unaccepted:
            notes.append(
                self.env._(
                    "%(count)s dossiers were handled without an acceptance on record; they are "
                    "outside the total.",
                    count=total.unaccepted,
                )
            )
        return notes

    def _notes_06a(self):
        as_done = self.env.company.sudo().qms_table_06a_stopped == "done"
        stopped = "đã giải quyết đúng hạn" if as_done else "đang giải quyết trong hạn"
        moment = self.company_ids[:1]._qms_moment_text(self.known_at)
        folding = (
            "Ghi chú: hồ sơ rút tính vào đã giải quyết đúng hạn; hồ sơ chờ bổ sung, chờ thực hiện "
            "nghĩa vụ tài chính tính vào đang giải quyết trong hạn; hồ sơ dừng giải quyết tính "
            f"vào {stopped}."
        )
        notes = [folding, f"Số liệu lấy từ nhật ký hồ sơ lúc {moment}."]
        if self.total_line_id.unclassified:
            notes.append(f"Không phân loại: {self.total_line_id.unclassified} hồ sơ.")
        return notes

    def _compute_lines(self):
        """Write one line for each group and the total, by two queries."""
        self.ensure_one()
        self.check_access("write")
        if not self.company_ids:
            raise UserError(self.env._("Choose at least one agency."))
        self.sudo().line_ids.unlink()
        self.known_at = utc_now()
        figures_model = self.env["qms.period.figures"]
        period = self._period()
        figures = figures_model._figures(period)
        before = figures_model._figures(self._period_before())
        names = figures_model._group_names(self.grouping, list(figures))
        ordered = sorted(names, key=lambda key: (key == "", names[key].casefold(), key))
        vals_list = [
            self._prepare_line(sequence, key, names[key], figures[key], before.get(key))
            for sequence, key in enumerate(ordered, 1)
        ]
        vals_list.append(
            self._prepare_line(
                len(ordered) + 1, None, self.env._("Total"), figures[None], before.get(None)
            )
        )
        self.env["qms.period.report.line"].sudo().create(vals_list)
        self.invalidate_recordset(["line_ids"])

    def _prepare_line(self, sequence, group_key, name, figures, before):
        before = before or {}
        return {
            "report_id": self.id,
            "sequence": sequence,
            "group_key": group_key,
            "is_total": group_key is None,
            "name": name,
            **{figure: figures[figure] for figure in (*FIGURES, *FOLDED_FIGURES)},
            "hours_median": figures["hours_median"] or 0.0,
            "hours_p95": figures["hours_p95"] or 0.0,
            "previous_completed": before.get("completed", 0),
            "previous_completed_good": before.get("completed_good", 0),
            "previous_received": before.get("received", 0),
            "previous_received_good": before.get("received_good", 0),
        }
