import datetime

from odoo import api, fields, models

from odoo.addons.qms_public_admin.tools.vietnamese import long_day

# Noon in Hanoi, as naive UTC: the day is the same wherever the agency is.
NOON = datetime.time(5)


class QmsDeclaration(models.Model):
    """The declaration on paper: the form in force on its day, filled with what is frozen.

    The words are Vietnamese in every language. The form a declaration came into force with
    is remembered and stays as it is.
    """

    _inherit = "qms.declaration"

    form_id = fields.Many2one(
        "qms.form.template",
        string="Printed on",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    # === ACTIONS === #

    def action_print(self):
        """Print the declarations."""
        return self.env.ref("qms_reports.declaration_action").report_action(self)

    def action_docx(self):
        """Hand out the declaration as Word document."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/qms/declarations/{self.id}.docx"}

    def action_sealed(self):
        """Seal the print with the certificate of the agency and hand it out."""
        attachment = self._sealed_print("qms_reports.declaration")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "self",
        }

    # === BUSINESS METHODS === #

    def _on_declared(self):
        for row in self:
            row._lifecycle_write({"form_id": row._form().id})
        return super()._on_declared()

    def _form(self):
        """Return the form: the one it was declared on, or that of its day."""
        self.ensure_one()
        day = self.decision_date or fields.Date.context_today(self)
        forms = self.env["qms.form.template"]
        return self.form_id or forms._in_force("declaration", self.company_id, day)

    def _pdf_files(self):
        """Return one PDF for each declaration."""
        self.check_access("read")
        jobs = [(row._form().sudo(), row._paper_values()) for row in self]
        return self.env["qms.form.print"]._pdf_files(jobs)

    def _docx_content(self):
        self.ensure_one()
        self.check_access("read")
        return self.env["qms.form.print"]._docx_file(self._form().sudo(), self._paper_values())

    def _file_name(self, extension):
        number = (self.decision_no or self.env._("draft")).replace("/", "-")
        return f"{number}.{extension}"

    def _paper_values(self):
        """Return what the placeholders of the form stand for."""
        row = self.sudo()
        lang = self.env["res.lang"]._qms_of_papers()
        snapshot = row._snapshot_vals()  # what a draft would be frozen with
        if row.standard_name:
            snapshot = {name: row[name] or "" for name in snapshot}
        return {
            **row._form()._code_values(),
            **row._paper_agency(snapshot),
            **row._paper_scope(snapshot),
            **row._paper_chain(),
            "title": row._paper_title(),
            "decision_no": row.decision_no or "………",
            "number_text": row.decision_no or "",
            "decision_day": row._long_day(row.decision_date),
            "head_name": row.head_name or "",
            "head_title": row.head_title or "",
            "head_title_upper": (row.head_title or "THỦ TRƯỞNG CƠ QUAN").upper(),
            "sign_offs": [
                {**found, "date": self._short_day(found["date"]), "qr": ""}
                for found in self.with_context(lang=lang)._sign_off_rows()
            ],
        }

    def _paper_title(self):
        is_final = self.state in ("declared", "replaced", "withdrawn")
        return self._form().title + ("" if is_final else " (DỰ THẢO)")

    def _paper_agency(self, snapshot):
        company = self.company_id
        moment = self.decision_date and datetime.datetime.combine(self.decision_date, NOON)
        return {
            "superior_name": company._qms_heading()["superior"],
            "agency_name": snapshot["agency_name"] or "",
            "agency_upper": (snapshot["agency_name"] or "").upper(),
            "agency_address": snapshot["agency_address"] or "",
            "agency_phone": company.phone or "",
            "agency_website": company.website or "",
            "place_date": company._qms_place_and_date(moment or None),
        }

    def _paper_scope(self, snapshot):
        lines = self.line_ids.grouped("kind")
        documents = lines.get("document", self.line_ids.browse())
        procedures = lines.get("procedure", self.line_ids.browse())
        return {
            "standard_name": snapshot["standard_name"] or "",
            "unit_names": "; ".join((snapshot["unit_names"] or "").splitlines()),
            "scope_note": self.scope_note or "",
            "document_count": str(len(documents)),
            "procedure_count": str(len(procedures)),
            "declared_documents": self._paper_lines(documents),
            "declared_procedures": self._paper_lines(procedures),
        }

    @api.model
    def _paper_lines(self, lines):
        return [
            {
                "number": str(number),
                "code": line.code or "",
                "name": line.name,
                "mark": line.mark.removeprefix("v"),
                "effective": self._short_day(line.effective_from),
            }
            for number, line in enumerate(lines, 1)
        ]

    def _paper_chain(self):
        keys = ("approved_text", "audit_text", "review_text", "confirmation_text")
        return {
            key: f"ngày {self._short_day(day)}{f' ({paper})' if paper else ''}" if day else ""
            for key, (_label, day, paper) in zip(keys, self._chain_rows(), strict=True)
        }

    @api.model
    def _short_day(self, day):
        return day.strftime("%d/%m/%Y") if day else ""

    @api.model
    def _long_day(self, day):
        return long_day(day) if day else ""

    # === GUARD === #

    def _guarded_fields(self):
        return super()._guarded_fields() | {"form_id"}
