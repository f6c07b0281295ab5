from odoo import api, models

# What an agency may have put on its form, but not everybody who prints it may see.
PERSONAL = (
    "holder_phone",
    "holder_email",
    "holder_identity",
    "submitter_phone",
    "submitter_identity",
)
OUTCOME_TEXTS = {"early": "Trước hạn", "on_time": "Đúng hạn", "late": "Quá hạn"}
# Events that are notes on the slip, not hand-overs: what the note starts with.
NOTES = {
    "supplement_requested": "Yêu cầu bổ sung, hoàn thiện hồ sơ",
    "payment_requested": "Yêu cầu thực hiện nghĩa vụ tài chính",
    "paused": "Tạm dừng giải quyết",
    "resumed": "Tiếp tục giải quyết",
    "extended": "Gia hạn thời gian giải quyết",
    "withdrawn": "Rút hồ sơ",
    "stopped": "Dừng giải quyết hồ sơ",
    "reprojected": "Tính lại ngày hẹn trả",
    "sent_back": "Chuyển trả lại bước trước",
    "assigned": "Phân công xử lý",
    "refused": "Từ chối tiếp nhận",
}
HAND_OVERS = (
    "accepted",
    "competent_received",
    "handed_over",
    "step_completed",
    "sent_back",
    "returned",
    "activity",
)


class QmsControlSlip(models.AbstractModel):
    """Form 06, "Phiếu kiểm soát quá trình giải quyết hồ sơ", from the event log.

    One row for each hand-over, none of which can be rewritten; what happened in
    between stands in the notes. The form is Vietnamese in every language.
    """

    _name = "report.qms_reports.control_slip"
    _description = "Control slip of a dossier"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Print on demand: what the log says now, without a number and not kept."""
        dossiers = self.env["qms.dossier"].browse(docids)
        dossiers.check_access("read")
        pages = {}
        shown = dossiers.browse()
        for dossier in dossiers:
            moment = dossier.accepted_at or dossier.submitted_at
            form = dossier.company_id._qms_form("control_slip", moment)
            values = dossier._paper_values("control_slip", {dossier: moment})[dossier]
            if not dossier.shows_personal_data:
                values = {**values, **dict.fromkeys(PERSONAL, "")}
            elif form._names_numbers():
                shown |= dossier
            pages[dossier] = self.env["qms.form.print"]._html(
                form, {**values, **form._code_values()}
            )
        if shown:
            shown._disclose("paper")
        return {
            "doc_ids": docids,
            "doc_model": "qms.dossier",
            "docs": dossiers,
            "page": pages.__getitem__,
        }

    @api.model
    def _rows_of(self, dossiers):
        """Return ``{dossier: rows}`` of the slips of many dossiers, in one reading."""
        events = self.env["qms.dossier.event"].search(
            [("dossier_id", "in", dossiers.ids)], order="dossier_id, at, sequence"
        )
        by_dossier = events.grouped("dossier_id")
        return {row: self._rows(row, by_dossier.get(row, ())) for row in dossiers}

    def _rows(self, dossier, events):
        """Return the rows of the slip, one for each event that belongs on it."""
        kept = [event for event in events if event.event_type in {*HAND_OVERS, *NOTES}]
        return [
            self._prepare_row(dossier, event, kept[index + 1 :]) for index, event in enumerate(kept)
        ]

    def _prepare_row(self, dossier, event, following):
        giver, receiver = self._parties(dossier, event)
        actor = event.user_name or ""
        if event.on_behalf_of_name:
            actor = f"{actor} (thay {event.on_behalf_of_name})"
        takes = event.event_type in ("accepted", "competent_received", "resumed")
        return {
            "giver": giver,
            "receiver": receiver,
            "moment": dossier.company_id._qms_moment_text(event.at),
            "giver_name": self._applicant(dossier) if takes else actor,
            "receiver_name": actor if takes else self._receiver_name(dossier, event, following),
            "result": self._result(event),
            "note": self._note(event),
        }

    def _parties(self, dossier, event):
        """Return who gave and who received, as unit and position."""
        unit = dossier.receiving_unit_id.sudo().name or dossier.company_id.sudo().name
        place = ", ".join(filter(None, [event.from_position_name, event.unit_name]))
        if event.event_type == "accepted":
            return self._applicant(dossier), unit
        if event.event_type == "competent_received":
            return unit, dossier.company_id.sudo().name
        if event.event_type == "returned":
            return place or unit, self._applicant(dossier)
        if event.event_type in ("supplement_requested", "payment_requested"):
            return place or unit, self._applicant(dossier)
        if event.event_type == "resumed":
            return self._applicant(dossier), place or unit
        return place or event.activity or unit, event.to_position_name or ""

    def _applicant(self, dossier):
        return dossier.submitter_name or dossier.holder_name or ""

    def _receiver_name(self, dossier, event, following):
        """Return who took over: the actor of the next hand-over by that position."""
        if event.event_type == "returned":
            return self._applicant(dossier)
        if event.to_position_name:
            for later in following:
                if later.from_position_name == event.to_position_name:
                    return later.user_name or ""
        return ""

    def _result(self, event):
        if event.event_type not in ("step_completed", "sent_back"):
            return ""
        return OUTCOME_TEXTS.get(event.step_id.outcome, "")

    def _note(self, event):
        start = NOTES.get(event.event_type)
        work = event.activity if event.event_type not in ("activity", "assigned") else ""
        parts = [start, work, event.reason]
        if event.event_type == "activity":
            parts = [event.activity, event.reason]
        if event.is_imported:
            parts.append("(nhập từ hệ thống một cửa)")
        return ": ".join(filter(None, parts))
