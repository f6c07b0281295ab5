import datetime

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

from ...const import CLOSED_STATES, DONE_STATES, RUNNING_STATES
from ...tools import lookup_key
from ...tools.masking import masked_name

# Codes are unique within an agency; of two agencies with the same one the key decides.
SAME_CODE = 10
USUAL_DAYS = 365
# Events that tell an imported dossier's story where it has no steps of its own.
TOLD_EVENTS = (
    "accepted",
    "handed_over",
    "step_completed",
    "supplement_requested",
    "payment_requested",
    "resumed",
    "extended",
    "done",
    "returned",
)
# Closed without a result: no date is promised and nobody has it any more.
ENDED_STATES = ("refused", "withdrawn")
# Kinds of applicants whose names are no personal data.
ORGANISATIONS = ("business", "state_agency", "organisation")
REASON_EVENTS = {"refused": "refused", "stopped": "stopped", "withdrawn": "withdrawn"}


class QmsDossier(models.Model):
    """What an applicant is shown of their dossier, and how it is found.

    Everything leaves here as plain text in :meth:`_applicant_page`: the pages get no
    record to read further from. Of officials it names who received the dossier, as the
    law wants (Decree 224/2026, art. 15.1.g; regulation OS-13); of the rest the unit.
    """

    _inherit = "qms.dossier"

    # === FINDING === #

    @api.model
    def _find_for_applicant(self, code, factor):
        """Return the accepted dossier of a code and a second factor, or none.

        Known or unknown, a code costs the same: one query, no record read, one comparison
        for each thing that may open a dossier, in constant time. Neither the answer nor
        how long it takes tells whether the code exists.
        """
        rows = self._factors_of((code or "").strip()) or [(None, "", "", "")]
        typed = lookup_key.normalised(factor)
        found = [row_id for row_id, *known in rows if self._matches_factor(typed, known)]
        found_sudo = self.sudo().browse(row_id for row_id in found if row_id)
        return found_sudo if len(found_sudo) == 1 else found_sudo.browse()

    def _matches_key(self, factor):
        """Tell whether ``factor`` is the key of the receipt."""
        self.ensure_one()
        return lookup_key.same(lookup_key.normalised(factor), self.lookup_key or "")

    @api.model
    def _factors_of(self, code):
        """Return ``(id, key, phone, phone)`` of the dossiers that ``code`` may open.

        The phones are empty where the agency opens no dossier by them.
        """
        query = SQL(
            """SELECT dossier.id, dossier.lookup_key,
                      CASE WHEN company.qms_lookup = 'key_or_phone' THEN dossier.holder_phone END,
                      CASE WHEN company.qms_lookup = 'key_or_phone'
                           THEN dossier.submitter_phone END
                 FROM qms_dossier dossier
                 JOIN res_company company ON company.id = dossier.company_id
                WHERE dossier.code IN %s AND dossier.accepted_at IS NOT NULL
                  AND company.qms_lookup != 'off'
             ORDER BY dossier.id
                LIMIT %s""",
            (code, code.upper()),
            SAME_CODE,
        )
        self.env["qms.dossier"].flush_model(
            ["code", "accepted_at", "lookup_key", "holder_phone", "submitter_phone", "company_id"]
        )
        self.env["res.company"].flush_model(["qms_lookup"])
        return self.env.execute_query(query)

    @api.model
    def _matches_factor(self, typed, known):
        """Tell whether ``typed`` is the key or the end of a phone, comparing with each."""
        key, *phones = known
        factors = [key or "", *(lookup_key.phone_end(phone) for phone in phones)]
        return any([lookup_key.same(typed, factor) for factor in factors])

    @api.model
    def _portal_domain(self, partner):
        """Domain of the dossiers of a citizen, and of the company they act for."""
        own = partner
        company = partner.commercial_partner_id
        if company.is_company:
            own |= company
        return Domain("partner_id", "in", own.ids)

    # === WHAT IS SHOWN === #

    def _applicant_page(self, is_owner=False, has_key=False):
        """Return everything the page of the applicant says, as text.

        :param bool is_owner: logged in as the applicant: the name is not masked
        :param bool has_key: opened with the key of the receipt. Papers name the applicant
            in full, so that they are handed to an owner or with the key, not to who knows
            the end of a phone number.
        """
        self.ensure_one()
        return {
            "id": self.id,
            "code": self.display_name,
            "state": self.state,
            "state_label": self._lifecycle_label(self.state),
            "sentence": self._applicant_sentence(),
            "reason": self._applicant_reason(),
            "agency": self.company_id.name,
            "procedure": self.procedure_id.name or self.content or "",
            "holder": self._applicant_holder(is_owner),
            "submitted": self._local_text(self.submitted_at),
            "accepted": self._local_text(self.accepted_at),
            "receiver": self._applicant_receiver(),
            "due": self._applicant_due(),
            "is_late": self.timeliness == "overdue",
            "promised": self._applicant_promised(),
            "why": self._applicant_why(),
            "done": self._local_text(self.done_at),
            "returned": self._local_text(self.returned_at),
            "waiting": self._applicant_waiting(),
            "extension": self._applicant_extension(),
            "steps": self._applicant_steps(),
            "usual": self._usual_text(),
            "rating_url": self._rating_url() if self._rating_status() == "open" else "",
            "messages": self._applicant_messages(),
            "papers": self._applicant_paper_list() if is_owner or has_key else [],
            "files": self._applicant_file_list(),
            "is_closed": self.state in CLOSED_STATES,
        }

    def _applicant_due(self):
        """The date promised, while the clock runs."""
        return self._local_text(self.due_at) if self.state in RUNNING_STATES else ""

    def _applicant_promised(self):
        """The date that was promised, once the result is there."""
        return self._local_text(self.due_at) if self.state in DONE_STATES else ""

    def _applicant_why(self):
        """How the date was counted, a line each; nothing where no date is shown any more."""
        if not self.accepted_at or self.state in ENDED_STATES or self.is_terminal:
            return []
        return (self.clock_explanation or "").splitlines()

    def _applicant_lang(self):
        """The language of the applicant: theirs when known, else that of the agency."""
        known = self.partner_id.lang or self.company_id.partner_id.lang
        return self.env["ir.http"].get_nearest_lang(known or "vi_VN")

    def _applicant_holder(self, is_owner):
        """Return the holder's name; a person's is shown in full to the person alone.

        The name of an enterprise or an agency is no personal data.
        """
        name = self.holder_name or ""
        kind = self.holder_kind_id.code or ("business" if self.partner_id.is_company else "")
        return name if is_owner or kind in ORGANISATIONS else masked_name(name)

    def _applicant_sentence(self):
        """The state in plain words."""
        words = {
            "submitted": self.env._("We have your papers and are checking them."),
            "accepted": self.env._("We have accepted your dossier; it is about to be handled."),
            "refused": self.env._("We could not accept your dossier."),
            "processing": self.env._("Your dossier is being handled."),
            "supplement": self.env._("We are waiting for papers from you."),
            "payment": self.env._("We are waiting for your payment."),
            "withdrawn": self.env._("You have taken your dossier back."),
            "done": self.env._("Your result is ready."),
            "returned": self.env._("The result was handed over to you."),
        }
        if self.state == "stopped":
            if self.is_terminal:
                return self.env._("The handling of your dossier has ended.")
            return self.env._("The handling of your dossier is suspended.")
        return words[self.state]

    def _applicant_reason(self):
        """Why it was refused, stopped or taken back, as told in the log."""
        event_type = REASON_EVENTS.get(self.state)
        if not event_type or self.is_imported:
            return ""
        event = self.event_ids.filtered(lambda row: row.event_type == event_type)[-1:]
        return event.reason or ""

    def _applicant_receiver(self):
        received = self.event_ids.filtered(lambda row: row.event_type == "accepted")[:1]
        return received.user_name or ""

    def _applicant_waiting(self):
        """What the agency waits for: reason, papers one a line, since when."""
        pause = self._open_interruption()
        if not pause:
            return {}
        return {
            "kind": pause.kind,
            "reason": pause.reason,
            "items": [
                line.strip(" -•\t") for line in (pause.items or "").splitlines() if line.strip()
            ],
            "since": self._local_text(pause.started_at),
            "old_due": self._local_text(self.due_at),
        }

    def _applicant_extension(self):
        """The last extension: apology, both dates and why."""
        extension = self.extension_ids[-1:]
        if not extension:
            return {}
        return {
            "dates": self.env._(
                "%(new)s instead of %(old)s",
                new=self._local_text(extension.new_due_at),
                old=self._local_text(extension.old_due_at),
            ),
            "reason": extension.reason,
            "apology": extension.apology or "",
        }

    def _applicant_steps(self):
        """The way of the dossier: who had it when, units and no names."""
        if not self.step_ids:
            return self._applicant_story()
        is_ended = self.state in ENDED_STATES or self.is_terminal
        return [
            {
                "name": step.name,
                "unit": step.department_name or step.handler_company_id.name,
                "state": "ended" if step.state == "current" and is_ended else step.state,
                "started": self._local_text(step.started_at),
                "done": self._local_text(step.done_at),
            }
            for step in self.step_ids
            if step.state != "sent_back"
        ]

    def _applicant_story(self):
        """The same for a dossier without steps of its own: an imported one."""
        labels = dict(self.event_ids._fields["event_type"]._description_selection(self.env))
        return [
            {
                "name": labels[event.event_type],
                "unit": event.unit_name or "",
                "state": "done",
                "started": "",
                "done": self._local_text(event.at),
            }
            for event in self.event_ids
            if event.event_type in TOLD_EVENTS
        ]

    def _applicant_messages(self):
        return [
            {
                "is_own": message.direction == "in",
                "author": message.author_name or "",
                "sent": self._local_text(message.sent_at),
                "body": message.body,
                "files": [(file.id, file.name) for file in message.attachment_ids],
            }
            for message in self.applicant_message_ids.sorted(lambda row: (row.sent_at, row.id))
        ]

    def _applicant_files(self):
        """Files the applicant may download: those the agency sent and their own. A hook."""
        return self.applicant_message_ids.attachment_ids

    def _applicant_file_list(self):
        """What the agency has handed out, newest first; files of messages go with them."""
        shown_with_messages = self.applicant_message_ids.attachment_ids
        files = self._applicant_files() - shown_with_messages
        return [(file.id, file.name) for file in files.sorted("id", reverse=True)]

    def _applicant_paper_list(self):
        """``(id, name)`` of the papers issued to the applicant. A hook of who issues them."""
        return []

    def _applicant_paper(self, paper_id):
        """``(file name, type, content)`` of one of these papers, None when it is none."""
        return None

    # === USUAL TIME === #

    def _usual_text(self):
        """How long this procedure usually takes here, in words; "" when not known."""
        if not self.procedure_id:
            return ""
        today = fields.Date.context_today(self)
        count, middle, most = self._usual_days(self.procedure_id.id, self.company_id.id, today)
        if count < max(self.company_id.qms_usual_min, 1):
            return self.env._("Too few finished dossiers to say how long this usually takes.")
        return self.env._(
            "Of the last %(count)s dossiers of this procedure half were ready within "
            "%(middle)s days and nine in ten within %(most)s days (days off included).",
            count=count,
            middle=middle,
            most=most,
        )

    @api.model
    @ormcache("procedure_id", "company_id", "today")
    def _usual_days(self, procedure_id, company_id, today):
        """Return count, median and 90th percentile of the days from acceptance to result.

        Calendar days, rounded up, of the dossiers finished within the last year. Counted
        once a day and worker.
        """
        since = today - datetime.timedelta(days=USUAL_DAYS)
        query = SQL(
            """WITH finished AS (
                   SELECT CEIL(EXTRACT(EPOCH FROM done_at - accepted_at) / 86400) AS days
                     FROM qms_dossier
                    WHERE procedure_id = %s AND company_id = %s
                      AND state IN %s AND done_at >= %s AND done_at >= accepted_at)
               SELECT COUNT(*),
                      CEIL(PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY days)),
                      CEIL(PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY days))
                 FROM finished""",
            procedure_id,
            company_id,
            DONE_STATES,
            since,
            to_flush=self._fields["state"],
        )
        ((count, middle, most),) = self.env.execute_query(query)
        return count, int(middle or 0), int(most or 0)
