import functools

from odoo import models

OUTCOME_TEXTS = {"early": "Trước hạn", "on_time": "Đúng hạn", "late": "Quá hạn"}


class QmsDossier(models.Model):
    """What the papers of a dossier say, gathered for many dossiers at once.

    The words are Vietnamese in every language: the forms are law. Values are plain
    texts and lists, so that they are kept as JSON and filled into any template.
    """

    _inherit = "qms.dossier"

    # === BUSINESS METHODS === #

    def _paper_values(self, kind, moments, events=None):
        """Return ``{dossier: values}`` of the placeholders of a form (``form_names``).

        :param dict moments: when each paper is issued
        :param dict events: the act behind each paper, if there is one
        """
        events = events or {}
        dossiers_sudo = self.sudo()
        more = getattr(self, f"_paper_{kind}_values", None)
        additions = more(events) if more else {}
        officer = self._paper_officer_values()
        agencies = {}  # the same for all dossiers of an agency at one moment
        components = dossiers_sudo._paper_components()
        texts = {
            company: functools.cache(company._qms_long_moment_text)
            for company in dossiers_sudo.company_id
        }
        result = {}
        for dossier, row_sudo in zip(self, dossiers_sudo, strict=True):
            event = events.get(dossier)
            key = (row_sudo.company_id, moments[dossier])
            if key not in agencies:
                agencies[key] = row_sudo._paper_agency_values(moments[dossier])
            result[dossier] = {
                **officer,
                **agencies[key],
                **row_sudo._paper_unit_values(agencies[key]["agency_name"]),
                **row_sudo._paper_applicant_values(),
                **row_sudo._paper_subject_values(),
                "components": components.get(row_sudo.id, []),
                **row_sudo._paper_time_values(texts[row_sudo.company_id]),
                "reason": (event and event.reason) or "",
                **additions.get(dossier, {}),
            }
        return result

    def _paper_officer_values(self):
        user = self.env.user
        return {
            "officer_name": user.sudo().name,
            "officer_position": user._qms_positions()[:1].name or "",
        }

    def _paper_agency_values(self, moment):
        company = self.company_id
        heading = company._qms_heading()
        agency = company.qms_agency_id.name or company.name or ""
        return {
            "superior_name": heading["superior"],
            "agency_upper": heading["agency"],
            "agency_name": agency,
            "agency_address": company.partner_id._qms_address(),
            "agency_phone": company.phone or "",
            "agency_email": company.email or "",
            "agency_website": company.website or "",
            "place_date": company._qms_place_and_date(moment),
        }

    def _paper_unit_values(self, agency):
        """The units and agencies that handle the dossier; the agency itself by default."""
        return {
            "receiving_unit": self.receiving_unit_id.name or agency,
            "department_name": self.current_department_id.name or "",
            "lead_agency": self.lead_agency_id.name or agency,
            "partner_agencies": ", ".join(self.coordinating_agency_ids.mapped("name")),
        }

    def _paper_applicant_values(self):
        """The holder, and who came to the counter when that is somebody else."""
        other = self.submitter_name and self.submitter_name != self.holder_name
        return {
            "holder_name": self.holder_name or "",
            "holder_address": self.holder_address or "",
            "holder_phone": self.holder_phone or "",
            "holder_email": self.holder_email or "",
            "holder_identity": self.holder_identity or "",
            "submitter_name": self.submitter_name or self.holder_name or "",
            "submitter_phone": self.submitter_phone or self.holder_phone or "",
            "submitter_identity": self.submitter_identity or self.holder_identity or "",
            "other_holder": self.holder_name if other else "",
        }

    def _paper_subject_values(self):
        procedure = self.procedure_id.name or ""
        return {
            "dossier_code": self.display_name,
            "submission_ref": self.submission_ref or "",
            "procedure_name": procedure,
            "procedure_code": self.procedure_id.code or "",
            "content": self.content or procedure,
            "set_qty": str(self.set_qty),
            "is_inter_agency": "1" if self.is_inter_agency else "",
            "stage_reached": self.current_step_id.name or "",
        }

    def _paper_components(self):
        """Return ``{dossier id: papers handed in}``; all listed when none was ticked."""
        names = ("dossier_id", "name", "is_received", "original_qty", "certified_qty", "copy_qty")
        rows_sudo = self.env["qms.dossier.component"].sudo()
        query = rows_sudo._search([("dossier_id", "in", self.ids)])
        listed = {}
        columns = (rows_sudo._field_to_sql(query.table, name, query) for name in names)
        for dossier_id, *row in self.env.execute_query(query.select(*columns)):
            listed.setdefault(dossier_id, []).append(row)
        return {
            dossier_id: [
                {
                    "number": str(number),
                    "name": name or "",
                    "original": str(original or ""),
                    "certified": str(certified or ""),
                    "copies": str(copies or ""),
                }
                for number, (name, _received, original, certified, copies) in enumerate(
                    [row for row in rows if row[1]] or rows, 1
                )
            ]
            for dossier_id, rows in listed.items()
        }

    def _paper_time_values(self, text):
        """The limit and the moments; ``text`` writes a moment in words."""
        return {
            "legal_time": self._paper_legal_time(),
            "submitted_text": text(self.submitted_at),
            "received_text": text(self.accepted_at),
            "due_text": self._paper_due_text(text),
            "done_text": text(self.done_at),
            "returned_text": text(self.returned_at),
            "outcome_text": OUTCOME_TEXTS.get(self.outcome, ""),
        }

    def _paper_due_text(self, text):
        if self.due_at:
            return text(self.due_at)
        if self.is_non_territorial and not self.clock_start_at:
            return "tính từ khi cơ quan có thẩm quyền nhận được hồ sơ (Nghị định 118/2025/NĐ-CP)"
        return "không quy định thời hạn"

    def _paper_legal_time(self):
        """The time limit of the law, and the shorter one the agency has promised."""
        if not self.has_due:
            return "không quy định thời hạn"
        legal = self._paper_duration(self.legal_hours or self.committed_hours)
        promised = self._paper_duration(self.committed_hours)
        if self.committed_hours and promised != legal:
            return f"{legal} (cơ quan cam kết: {promised})"
        return legal

    def _paper_duration(self, hours):
        """Hours in words; limits are stored 8 hours to the day."""
        days = (hours or 0) / 8
        unit = "ngày làm việc" if self.duration_kind != "calendar" else "ngày"
        if days and (days == int(days) or self.duration_kind == "calendar"):
            return f"{days:g} {unit}".replace(".", ",")
        return f"{hours or 0:g} giờ làm việc".replace(".", ",")

    # === BY KIND OF FORM === #

    def _paper_supplement_values(self, events):
        """What the applicant is asked for, from the pause that was just recorded."""
        pauses = self._paper_last_facts("qms.dossier.interruption", "kind", "supplement")
        return {
            dossier: {
                "items": pauses[dossier.id].items or "",
                "reason": pauses[dossier.id].reason or "",
            }
            for dossier in self
            if dossier.id in pauses
        }

    def _paper_extension_values(self, events):
        extensions = self._paper_last_facts("qms.dossier.extension")
        values = {}
        for dossier in self:
            row = extensions.get(dossier.id)
            if row:
                text = row.company_id._qms_long_moment_text
                values[dossier] = {
                    "old_due_text": text(row.old_due_at),
                    "new_due_text": text(row.new_due_at),
                    "delaying_unit": row.delaying_unit or "",
                    "apology": row.apology or "",
                    "reason": row.reason,
                }
        return values

    def _paper_stop_values(self, events):
        payments = self._paper_last_facts("qms.dossier.interruption", "kind", "payment")
        values = {}
        for dossier in self:
            row = payments.get(dossier.id)
            financial = "không phát sinh"
            if row:
                state = "đã thực hiện" if row.ended_at else "chưa thực hiện"
                financial = f"{row.reason} ({state})"
            event = events.get(dossier)
            values[dossier] = {
                "financial_state": financial,
                "stop_request": (event and event.reason) or "",
            }
        return values

    def _paper_control_slip_values(self, events):
        """The hand-overs up to now, from the log."""
        slips = self.env["report.qms_reports.control_slip"]
        rows = slips._rows_of(self)
        return {
            dossier: {
                "hand_overs": rows[dossier],
                "log_text": f"{dossier.event_count} dòng; mã xác thực của dòng cuối: "
                f"{dossier.event_head or ''}",
            }
            for dossier in self
        }

    def _paper_last_facts(self, model, field=None, value=None):
        """Return ``{dossier id: last row}`` of a model of facts, in one query."""
        domain = [("dossier_id", "in", self.ids)]
        if field:
            domain.append((field, "=", value))
        rows_sudo = self.env[model].sudo().search(domain, order="dossier_id, id")
        return {row.dossier_id.id: row for row in rows_sudo}
