import datetime
import uuid

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from odoo.addons.qms_public_admin.const import INTAKE_CHANNELS
from odoo.addons.qms_public_admin.tools.masking import masked

# wkhtmltopdf holds the whole document in memory; longer registers go to a workbook.
PDF_LIMIT = 3000
BATCH = 2000


# What is read of each dossier; the name of its procedure comes with it.
COLUMNS = (
    "id",
    "code",
    "content",
    "set_qty",
    "holder_name",
    "holder_address",
    "holder_phone",
    "accepted_at",
    "due_at",
    "done_at",
    "returned_at",
    "state",
    "outcome",
)


class QmsDossierRegister(models.TransientModel):
    """The dossier register (form 07) of the dossiers accepted in some days.

    Staff make registers for themselves, of agencies they are working in and dossiers
    they may read. Who does not work at the counter sees telephone numbers masked
    (regulation INV-18).
    """

    _name = "qms.dossier.register"
    _description = "Dossier register"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    receiving_unit_id = fields.Many2one(
        "hr.department", string="Receiving unit", check_company=True
    )
    intake_channel = fields.Selection(INTAKE_CHANNELS, string="Intake channel")
    date_from = fields.Date(
        string="Accepted from",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
    )
    date_to = fields.Date(string="To", required=True, default=fields.Date.context_today)
    dossier_count = fields.Integer(string="Dossiers", compute="_compute_dossier_count")

    # === COMPUTE METHODS === #

    @api.depends("company_id", "receiving_unit_id", "intake_channel", "date_from", "date_to")
    def _compute_dossier_count(self):
        for register in self:
            is_complete = register.company_id and register.date_from and register.date_to
            register.dossier_count = is_complete and self.env["qms.dossier"].search_count(
                register._domain()
            )

    @api.depends("date_from", "date_to")
    def _compute_display_name(self):
        for register in self:
            register.display_name = self.env._(
                "Dossier register %(start)s – %(end)s",
                start=format_date(self.env, register.date_from),
                end=format_date(self.env, register.date_to),
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for register in self:
            if register.date_from > register.date_to:
                raise ValidationError(self.env._("The period ends before it starts."))

    # === ACTIONS === #

    def action_view(self):
        """Open the dossiers of the register."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "qms.dossier",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": list(self._domain()),
            "context": {"create": False},
        }

    def action_print(self):
        """Print the register, unless it is too long for paper."""
        self._check_printable()
        return self.env.ref("qms_reports.dossier_register_pdf_action").report_action(self)

    def action_export(self):
        """Export the register as a workbook."""
        return self.env.ref("qms_reports.dossier_register_xlsx_action").report_action(self)

    def action_issue(self):
        """Issue the register: numbered, kept with its SHA-256, the same at each reprint."""
        self.ensure_one()
        self.check_access("read")
        self._check_printable()
        if not self._sees_personal_data():
            raise AccessError(self.env._("Only the counter issues a register."))
        papers = self.env["qms.dossier.paper"]
        paper = papers._record_papers(
            "register",
            self.company_id,
            [
                {
                    "dossier_id": None,
                    "event_id": None,
                    "issued_at": fields.Datetime.now(),
                    "values": self._paper_values(),
                }
            ],
        )
        return paper._action_open()

    # === BUSINESS METHODS === #

    def _form(self):
        """Return the form in force on the last day of the register."""
        forms = self.env["qms.form.template"]
        return forms._in_force("register", self.company_id, self.date_to)

    def _form_codes(self):
        values = self._form()._code_values()
        return f"{values['legal_code']} – {values['legal_instrument']}{values['iso_line']}"

    def _paper_values(self):
        """Return what the register says, for the placeholders of its form."""
        self.ensure_one()
        company = self.company_id
        heading = company._qms_heading()
        period = f"Từ ngày {self.date_from:%d/%m/%Y} đến ngày {self.date_to:%d/%m/%Y}"
        unit = self.receiving_unit_id.sudo().name
        return {
            "superior_name": heading["superior"],
            "agency_upper": heading["agency"],
            "agency_name": company.sudo().name or "",
            "place_date": company._qms_place_and_date(),
            "officer_name": self.env.user.sudo().name,
            "period_text": f"{period} – {unit}" if unit else period,
            "register": [self._paper_row(row) for row in self._rows()],
        }

    def _paper_row(self, row):
        day_text = self.company_id._qms_day_text
        return {
            "number": str(row["number"]),
            "set_qty": str(row["set_qty"] or 0),
            **{
                name: row[name] or ""
                for name in (
                    "code",
                    "content",
                    "holder_name",
                    "holder_address",
                    "holder_phone",
                    "note",
                )
            },
            "accepted": day_text(row["accepted_at"]),
            "due": day_text(row["due_at"]),
            "done": day_text(row["done_at"]),
            "returned": day_text(row["returned_at"]),
        }

    def _check_printable(self):
        for register in self:
            if register.dossier_count > PDF_LIMIT:
                raise UserError(
                    self.env._(
                        "The register has %(count)s dossiers, too many for paper. Choose fewer "
                        "days, or export it to Excel.",
                        count=register.dossier_count,
                    )
                )

    def _domain(self):
        self.ensure_one()
        start, stop = self._bounds()
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("accepted_at", ">=", start)
            & Domain("accepted_at", "<", stop)
        )
        if self.receiving_unit_id:
            domain &= Domain("receiving_unit_id", "=", self.receiving_unit_id.id)
        if self.intake_channel:
            domain &= Domain("intake_channel", "=", self.intake_channel)
        return domain

    def _bounds(self):
        """Return the days of the register in UTC, the end excluded."""
        zone = pytz.timezone(self.company_id.sudo()._qms_timezone())
        days = (self.date_from, self.date_to + datetime.timedelta(days=1))
        return [
            zone.localize(datetime.datetime.combine(day, datetime.time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in days
        ]

    def _rows(self):
        """Yield the rows of the register in the order of acceptance, in flat memory.

        A cursor of the database finds and sorts them once and hands them out batch by
        batch, so that a register of any length costs no more memory than one batch.
        """
        self.ensure_one()
        self.check_access("read")
        dossiers = self.env["qms.dossier"]
        dossiers.check_access("read")
        dossiers.flush_model()
        query = dossiers._search(self._domain(), order="accepted_at, id")
        cursor = SQL.identifier(f"qms_register_{uuid.uuid4().hex}")
        self.env.cr.execute(SQL("DECLARE %s NO SCROLL CURSOR FOR %s", cursor, self._select(query)))
        counted, is_full = 0, self._sees_personal_data()
        while rows := self._fetch(cursor):
            self._note_disclosure(rows)
            for number, row in enumerate(rows, counted + 1):
                yield self._prepare_row(number, row, is_full)
            counted += len(rows)
        self.env.cr.execute(SQL("CLOSE %s", cursor))

    def _select(self, query):
        procedure = SQL(
            "(SELECT name FROM qms_procedure WHERE id = %s)",
            SQL.identifier(query.table, "procedure_id"),
        )
        return query.select(*(SQL.identifier(query.table, name) for name in COLUMNS), procedure)

    def _fetch(self, cursor):
        rows = self.env.execute_query(SQL("FETCH %s FROM %s", BATCH, cursor))
        return [dict(zip((*COLUMNS, "procedure"), row, strict=True)) for row in rows]

    def _prepare_row(self, number, row, is_full):
        phone = row["holder_phone"] or ""
        return {
            **row,
            "number": number,
            "content": row["content"] or row["procedure"] or "",
            "holder_phone": phone if is_full else masked(phone),
            "note": self._note(row),
        }

    def _note_disclosure(self, rows):
        """Keep whose numbers leave the house in full: one statement a batch."""
        if self._sees_personal_data() and not self.env.su:
            told = {row["id"]: self.company_id.id for row in rows if row["holder_phone"]}
            dossiers = self.env["qms.dossier"]
            self.env["qms.disclosure"]._note(told, "register", dossiers._disclosure_capacity())

    def _sees_personal_data(self):
        return self.env.user.has_group("qms_public_admin.group_qms_clerk")

    @api.model
    def _note(self, row):
        """Return what became of the dossier, in the words of the form."""
        return {
            "withdrawn": "Rút hồ sơ",
            "stopped": "Dừng giải quyết",
            "supplement": "Chờ bổ sung",
            "payment": "Chờ thực hiện nghĩa vụ tài chính",
        }.get(row["state"]) or {
            "early": "Trước hạn",
            "on_time": "Đúng hạn",
            "late": "Quá hạn",
        }.get(row["outcome"], "")
