from odoo import api, fields, models
from odoo.exceptions import UserError

from ...const import TICKET_OPEN_STATES
from ..dossier.qms_dossier_verbs import GROUP_CLERK, GROUP_HEAD, GROUP_OFFICER

HANDLERS = ",".join((GROUP_CLERK, GROUP_HEAD, GROUP_OFFICER))
# Where the display stage of the helpdesk goes with our state.
STAGES = {
    "handling": "helpdesk_mgmt.helpdesk_ticket_stage_in_progress",
    "converted": "helpdesk_mgmt.helpdesk_ticket_stage_done",
    "answered": "helpdesk_mgmt.helpdesk_ticket_stage_done",
    "published": "helpdesk_mgmt.helpdesk_ticket_stage_done",
    "transferred": "helpdesk_mgmt.helpdesk_ticket_stage_done",
    "rejected": "helpdesk_mgmt.helpdesk_ticket_stage_rejected",
    "cancelled": "helpdesk_mgmt.helpdesk_ticket_stage_cancelled",
}
INTAKE = {"post": "post", "electronic": "online"}
TRANSFER_ACTIVITY = "qms_public_admin.mail_activity_complaint_transfer"


class HelpdeskTicket(models.Model):
    """The verbs of a ticket: each locks it, asks its predicate, stamps and tells the sender."""

    _inherit = "helpdesk.ticket"

    qms_can_open_dossier = fields.Boolean(compute="_compute_qms_can_verbs")
    qms_can_classify = fields.Boolean(compute="_compute_qms_can_verbs")
    qms_can_transfer = fields.Boolean(compute="_compute_qms_can_verbs")
    qms_can_answer = fields.Boolean(compute="_compute_qms_can_verbs")
    qms_can_publish = fields.Boolean(compute="_compute_qms_can_verbs")
    qms_can_reject = fields.Boolean(compute="_compute_qms_can_verbs")
    qms_can_reopen = fields.Boolean(compute="_compute_qms_can_verbs")
    qms_can_cancel = fields.Boolean(compute="_compute_qms_can_verbs")

    @api.depends_context("uid")
    @api.depends("qms_state", "qms_kind", "qms_class", "user_id")
    def _compute_qms_can_verbs(self):
        verbs = [name for name in self._fields if name.startswith("qms_can_")]
        for ticket in self:
            for name in verbs:
                verb = name.removeprefix("qms_can_")
                ticket[name] = bool(ticket._origin) and not ticket._origin._verb_error(verb)

    # === PREDICATES === #

    def _verb_error(self, verb):
        """Return why the current user cannot use ``verb`` here, '' when possible."""
        self.ensure_one()
        return self._handler_error() or getattr(self, f"_{verb}_error")()

    def _handler_error(self):
        user = self.env.user
        if self.company_id not in user.sudo().company_ids:
            return self.env._("“%(name)s” belongs to another agency.", name=self.display_name)
        if self.sudo().qms_officer_id == user:
            return self.env._("A complaint is not handled by the official it is about.")
        is_assigned = self.user_id == user and not user.share
        if is_assigned or user.has_groups(HANDLERS):
            return ""
        return self.env._("Only the front desk or who the ticket is assigned to can do this.")

    def _kind_error(self, kind):
        if self.qms_kind == kind:
            return ""
        labels = dict(self._fields["qms_kind"]._description_selection(self.env))
        return self.env._(
            "“%(name)s” is not of the kind “%(kind)s”.", name=self.display_name, kind=labels[kind]
        )

    def _open_dossier_error(self):
        error = self._kind_error("request") or self._transition_error("converted")
        if error:
            return error
        if not self.env.user.has_group(GROUP_CLERK):
            return self.env._("Dossiers are received by the one-stop clerk.")
        return ""

    def _classify_error(self):
        return self._kind_error("complaint") or self._transition_error("handling")

    def _transfer_error(self):
        error = self._kind_error("complaint") or self._transition_error("transferred")
        if error or self.qms_class in ("not_ours", "conduct"):
            return error
        return self.env._(
            "Classify the complaint first: only what is not ours, or the conduct of another "
            "agency, is transferred."
        )

    def _answer_error(self):
        error = self._transition_error("answered")
        if error or self.qms_kind != "complaint":
            return error
        if self.qms_class in ("conduct", "regulation"):
            return ""
        return self.env._("Classify the complaint first: only what is ours is answered.")

    def _publish_error(self):
        error = self._kind_error("complaint") or self._transition_error("published")
        if error:
            return error
        if self.env.user.has_groups(f"{GROUP_HEAD},{GROUP_OFFICER}"):
            return ""
        return self.env._("Answers are published by the head of the unit or the ISO officer.")

    def _reject_error(self):
        if self.qms_kind == "complaint":
            return self.env._("A complaint is classified, transferred or answered.")
        return self._transition_error("rejected")

    def _reopen_error(self):
        if self.qms_state not in ("answered", "rejected"):
            return self._transition_error("new")
        if self.env.user.has_groups(f"{GROUP_HEAD},{GROUP_OFFICER}"):
            return ""
        return self.env._("Tickets are reopened by the head of the unit or the ISO officer.")

    def _cancel_error(self):
        return self._transition_error("cancelled")

    def _begin_verb(self, verb):
        self.check_access("read")
        self._lock_lifecycle()
        self._raise_errors(ticket._verb_error(verb) for ticket in self)
        return fields.Datetime.now()

    def _check_text(self, text):
        if not (text or "").strip():
            raise UserError(self.env._("Say it in words: it is recorded and told to the sender."))
        return text.strip()

    # === VERBS === #

    def action_qms_open_dossier(self):
        """Accept a request: open its dossier, once, with what was sent along."""
        self.ensure_one()
        self._begin_verb("open_dossier")
        if not self.qms_procedure_id:
            raise UserError(self.env._("Choose the administrative procedure that is asked for."))
        dossier = self.env["qms.dossier"].create(self._prepare_dossier())
        self._move("converted", {"qms_opened_dossier_id": dossier.id})
        self._hand_files_to(dossier)
        self._tell_sender()
        return dossier._action_open()

    def action_qms_classify(self, ticket_class=None, reason=None):
        """Say what a complaint is (Decree 20/2008, art. 9); what lacks its contents goes back."""
        if ticket_class is None:
            return self._action_dialog("classify")
        now = self._begin_verb("classify")
        known = dict(self._fields["qms_class"].selection)
        if ticket_class not in known:
            raise UserError(self.env._("Choose one of the classes."))
        for ticket in self:
            ticket._check_contents(ticket_class)
        vals = {
            "qms_class": ticket_class,
            "qms_class_reason": reason,
            "qms_classified_at": now,
            "qms_classified_by": self.env.user.sudo().name,
        }
        self.sudo().activity_unlink([TRANSFER_ACTIVITY])
        if ticket_class == "incomplete":
            vals.update(
                qms_class_reason=self._check_text(reason),
                qms_answer=self._check_text(reason),
                qms_answered_at=now,
                qms_answered_by=self.env.user.sudo().name,
            )
            self._move("rejected", vals)
            self._tell_sender()
            return True
        self._move("handling", vals)
        if ticket_class == "not_ours":
            self._remind_of_transfer()
        return True

    def _check_contents(self, ticket_class):
        missing = self._missing_contents()
        if missing and ticket_class != "incomplete":
            raise UserError(
                self.env._(
                    "%(name)s lacks: %(missing)s. Complete it with the sender, mark it as "
                    "anonymous, or classify it as “Requirements not met”.",
                    name=self.display_name,
                    missing=", ".join(missing),
                )
            )

    def action_qms_transfer(self, agency=None, reason=None):
        """Pass a complaint on to the agency that is competent."""
        if agency is None:
            return self._action_dialog("transfer")
        now = self._begin_verb("transfer")
        agency = self._check_text(agency)
        self._move("transferred", {"qms_transferred_to": agency, "qms_transferred_at": now})
        if reason:
            self._note(reason)
        self.sudo().activity_unlink([TRANSFER_ACTIVITY])
        self._tell_sender()
        return True

    def action_qms_answer(self, answer=None, finding=None):
        """Answer the sender; of a complaint also say whether it was founded."""
        if answer is None:
            return self._action_dialog("answer")
        now = self._begin_verb("answer")
        findings = dict(self._fields["qms_finding"].selection)
        is_complaint = "complaint" in self.mapped("qms_kind")
        if is_complaint and finding not in findings:
            raise UserError(self.env._("Say whether the complaint was founded."))
        vals = {
            "qms_answer": self._check_text(answer),
            "qms_answered_at": now,
            "qms_answered_by": self.env.user.sudo().name,
            "qms_finding": finding if is_complaint else False,
        }
        self._move("answered", vals)
        self._tell_sender()
        return True

    def action_qms_publish(self, place=None, url=None):
        """Record where the result was made public (Decree 20/2008, art. 19)."""
        if place is None:
            return self._action_dialog("publish")
        now = self._begin_verb("publish")
        vals = {
            "qms_published_at": now,
            "qms_published_place": self._check_text(place),
            "qms_published_url": url,
        }
        self._move("published", vals)
        return True

    def action_qms_reject(self, reason=None):
        """Decline a request or a question, with the reason."""
        if reason is None:
            return self._action_dialog("reject")
        now = self._begin_verb("reject")
        vals = {
            "qms_answer": self._check_text(reason),
            "qms_answered_at": now,
            "qms_answered_by": self.env.user.sudo().name,
        }
        self._move("rejected", vals)
        self._tell_sender()
        return True

    def action_qms_reopen(self, reason=None):
        """Take an answered or declined ticket up again; what was said stays in its history."""
        if reason is None:
            return self._action_dialog("reopen")
        self._begin_verb("reopen")
        self._note(self._check_text(reason))
        for ticket in self:
            ticket._note(self.env._("Answer before: %(answer)s", answer=ticket.qms_answer or ""))
        cleared = ("qms_answer", "qms_answered_at", "qms_answered_by", "qms_finding")
        self._move("handling", dict.fromkeys(cleared, False))
        return True

    def action_qms_cancel(self, reason=None):
        """Close a ticket that its sender has taken back."""
        if reason is None:
            return self._action_dialog("cancel")
        self._begin_verb("cancel")
        self._note(self._check_text(reason))
        self._move("cancelled")
        return True

    def _close_by_sender(self, stage):
        """The sender closes their own ticket on the portal; the page has checked who asks."""
        self.ensure_one()
        ticket_sudo = self.sudo()
        ticket_sudo._lock_lifecycle()
        if ticket_sudo.qms_state in TICKET_OPEN_STATES:
            ticket_sudo._transition("cancelled", {"stage_id": stage.id})
            ticket_sudo.activity_unlink([TRANSFER_ACTIVITY])

    # === BUSINESS METHODS === #

    def _move(self, state, vals=None):
        """Write the state with its stamps, and the stage that shows it."""
        stage = self.env.ref(STAGES[state], raise_if_not_found=False)
        vals = {**(vals or {}), "qms_state": state}
        for tickets in self.grouped("team_id").values():
            applicable = tickets.team_id.sudo()._get_applicable_stages()
            shown = {"stage_id": stage.id} if stage and stage in applicable else {}
            tickets._lifecycle_write({**vals, **shown})

    def _note(self, text):
        """Keep a remark in the history that the sender does not see."""
        for ticket in self:
            ticket.sudo().message_post(body=text, subtype_xmlid="mail.mt_note")

    def _remind_of_transfer(self):
        """Put the transfer on the list of who is responsible, for the day it is due."""
        for ticket in self.sudo():
            due = ticket.qms_transfer_due_at
            ticket.with_context(mail_activity_quick_update=True).activity_schedule(
                TRANSFER_ACTIVITY,
                date_deadline=due and ticket._local_date(due, ticket.company_id),
                user_id=(ticket.user_id or self.env.user).id,
                summary=self.env._("Transfer %(number)s", number=ticket.qms_register_no),
            )

    def _tell_sender(self):
        """Mail the sender what became of the ticket, through the queue."""
        template = self.env.ref("qms_public_admin.mail_template_ticket", raise_if_not_found=False)
        told_sudo = self.sudo().filtered(lambda row: row._sender_email())
        if template and told_sudo:
            template.sudo().send_mail_batch(told_sudo.ids)

    def _sender_email(self):
        return self.partner_email or self.partner_id.email or ""

    def _sender_lang(self):
        known = self.partner_id.lang or self.company_id.partner_id.lang
        return self.env["ir.http"].get_nearest_lang(known or "vi_VN")

    def _action_dialog(self, verb):
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env["qms.ticket.dialog"]._verb_title(verb),
            "res_model": "qms.ticket.dialog",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_verb": verb,
                "default_ticket_ids": [fields.Command.set(self.ids)],
            },
        }

    # === BUSINESS METHODS - DOSSIER === #

    def _prepare_dossier(self):
        """Values of the dossier a request becomes: who asks for what, as it was sent."""
        partner = self.partner_id
        return {
            "company_id": self.company_id.id,
            "procedure_id": self.qms_procedure_id.id,
            "content": self.name,
            "intake_channel": INTAKE.get(self.qms_received_via, "direct"),
            "submitted_at": self.qms_received_at,
            "partner_id": partner.id,
            "holder_name": self.partner_name or partner.name,
            "holder_phone": self.qms_phone or partner.phone,
            "holder_email": self._sender_email(),
            "holder_address": self.qms_address or partner._qms_address(),
        }

    def _hand_files_to(self, dossier):
        """Copy what the sender sent to the dossier; internal files of the ticket stay."""
        for attachment_sudo in self._sender_files():
            attachment_sudo.copy(
                {
                    "res_model": "qms.dossier",
                    "res_id": dossier.id,
                    "public": False,
                    "access_token": False,
                }
            )

    def _sender_files(self):
        """Files of the ticket the sender may know of: all but those of internal notes."""
        self.ensure_one()
        files_sudo = self.sudo().attachment_ids
        internal = self.env.ref("mail.mt_note")
        notes_sudo = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("attachment_ids", "in", files_sudo.ids),
                    "|",
                    ("is_internal", "=", True),
                    ("subtype_id", "=", internal.id),
                ]
            )
        )
        return files_sudo - notes_sudo.attachment_ids
