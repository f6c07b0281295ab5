from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..dossier.qms_dossier_verbs import GROUP_CLERK, GROUP_HEAD

DIRECTIONS = [("in", "From the applicant"), ("out", "From the agency")]
ORIGINS = [("lookup", "Public look-up"), ("portal", "My dossiers"), ("desk", "Front desk")]
MAX_TEXT = 4000


class QmsDossierMessage(models.Model):
    """What the applicant and the agency write to each other about a dossier.

    Apart from the chatter on purpose: notes of officials and the log of the system stay
    there and cannot be shown to a citizen by a mistake in a filter. Written by the pages
    of the applicant and by the answer of the counter, changed by nobody, its files kept.
    """

    _name = "qms.dossier.message"
    _description = "Message between applicant and agency"
    _inherit = ["qms.fact.mixin"]
    _order = "sent_at desc, id desc"

    dossier_id = fields.Many2one(
        "qms.dossier", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    direction = fields.Selection(DIRECTIONS, required=True, readonly=True)
    origin = fields.Selection(ORIGINS, string="Written on", required=True, readonly=True)
    sent_at = fields.Datetime(string="Sent", required=True, readonly=True)
    author_name = fields.Char(string="Written by", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Written by (user)",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    body = fields.Text(string="What was written", required=True, readonly=True)
    answered_at = fields.Datetime(
        string="Answered", readonly=True, help="When the agency wrote back for the first time."
    )
    attachment_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        string="Files",
        domain=[("res_model", "=", "qms.dossier.message")],
        readonly=True,
    )
    dossier_state = fields.Selection(related="dossier_id.state", string="State of the dossier")

    _waiting_idx = models.Index(
        "(company_id, sent_at) WHERE direction = 'in' AND answered_at IS NULL"
    )

    # === COMPUTE METHODS === #

    @api.depends("dossier_id", "sent_at")
    def _compute_display_name(self):
        for message in self:
            message.display_name = message.dossier_id.display_name

    # === ACTIONS === #

    def action_answer(self):
        """Open the dialog that writes back."""
        self.ensure_one()
        return self.dossier_id.action_write_applicant()

    def action_open_dossier(self):
        self.ensure_one()
        return self.dossier_id._action_open()

    # === BUSINESS METHODS === #

    def _keeping_files(self):
        """Files of messages are kept, all of them."""
        return self

    def _tell_applicant(self):
        """Mail that there is a message; what it says only to who can read it nowhere else."""
        told_sudo = self.sudo().filtered(
            lambda row: row.dossier_id.holder_email and row.company_id.qms_notify_applicant
        )
        template = self.env.ref(
            "qms_public_admin.mail_template_dossier_message", raise_if_not_found=False
        )
        for message_sudo in template and told_sudo:
            files_sudo = message_sudo.attachment_ids
            if message_sudo.dossier_id._applicant_pages():
                files_sudo = files_sudo.browse()
            template.sudo().send_mail(
                message_sudo.id, email_values={"attachment_ids": files_sudo.ids}
            )

    def _add_files(self, files):
        """Keep checked files with this message, out of everybody's reach but its readers'.

        :param list files: ``(name, type, content)`` of :func:`tools.upload.checked_all`
        """
        self.ensure_one()
        return (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {
                        "name": name,
                        "mimetype": mimetype,
                        "raw": content,
                        "res_model": self._name,
                        "res_id": self.id,
                        "company_id": self.company_id.id,
                        "public": False,
                    }
                    for name, mimetype, content in files
                ]
            )
        )


class QmsDossier(models.Model):
    _inherit = "qms.dossier"

    applicant_message_ids = fields.One2many(
        "qms.dossier.message", "dossier_id", string="Correspondence", readonly=True
    )
    can_write_applicant = fields.Boolean(compute="_compute_can_verbs")

    # === PREDICATES === #

    def _write_applicant_error(self):
        if self._group_error(GROUP_CLERK) and self._group_error(GROUP_HEAD):
            return self._capacity_error()
        return ""

    # === VERBS === #

    def action_write_applicant(self, body=None, attachment_ids=None):
        """Write to the applicant, who reads it at the look-up page or among *My dossiers*.

        :param list attachment_ids: files of the user that go along, as copies
        """
        if body is None:
            return self._action_write_applicant_dialog()
        self.ensure_one()
        now = self._begin("write_applicant")
        if not self._reaches_applicant():
            raise UserError(self._reach_text())
        message = self._record_message(
            "out", "desk", body, now, user_id=self.env.uid, author_name=self.company_id.sudo().name
        )
        self._copy_files(message, attachment_ids or [])
        waiting = self.applicant_message_ids.filtered(
            lambda row: row.direction == "in" and not row.answered_at
        )
        waiting._complete({"answered_at": now})
        self.sudo().activity_unlink(["qms_public_admin.mail_activity_applicant_message"])
        message._tell_applicant()
        return True

    def _action_write_applicant_dialog(self):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write to the applicant"),
            "res_model": "qms.dossier.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_dossier_id": self.id},
        }

    # === REACH === #

    def _applicant_pages(self):
        """Return on which pages the applicant reads what is written: any of
        ``lookup`` and ``portal``.

        The look-up shows accepted dossiers and wants the key of a receipt, which a dossier
        from elsewhere may not have; *My dossiers* wants an account.
        """
        self.ensure_one()
        dossier_sudo = self.sudo()
        pages = set()
        by_phone = dossier_sudo.company_id.qms_lookup == "key_or_phone"
        has_factor = dossier_sudo.lookup_key or (by_phone and dossier_sudo.holder_phone)
        if dossier_sudo.accepted_at and has_factor and dossier_sudo.company_id.qms_lookup != "off":
            pages.add("lookup")
        if dossier_sudo.partner_id and dossier_sudo._has_account():
            pages.add("portal")
        return pages

    def _has_account(self):
        """Tell whether the applicant, or who acts for the company, has a login."""
        partner = self.partner_id
        domain = Domain("partner_id", "=", partner.id)
        if partner.is_company:
            domain |= Domain("partner_id.commercial_partner_id", "=", partner.id)
        return bool(self.env["res.users"].search_count(domain, limit=1))

    def _is_mailed(self):
        return bool(self.sudo().holder_email and self.company_id.sudo().qms_notify_applicant)

    def _reaches_applicant(self):
        return bool(self._applicant_pages() or self._is_mailed())

    def _reach_text(self):
        """Say to who writes how the applicant will read it."""
        pages, is_mailed = self._applicant_pages(), self._is_mailed()
        if not pages:
            if is_mailed:
                return self.env._(
                    "This dossier is on no page the applicant can open: the message goes to their "
                    "e-mail address word for word, with its files."
                )
            return self.env._(
                "This dossier is on no page the applicant can open, and nothing can be sent to an "
                "e-mail address: call them or write by post."
            )
        where = {
            "lookup": self.env._("The applicant reads this on the public look-up page."),
            "portal": self.env._("The applicant reads this among their dossiers, after a login."),
            "both": self.env._(
                "The applicant reads this on the public look-up page or among their dossiers."
            ),
        }["both" if len(pages) > 1 else next(iter(pages))]
        if is_mailed:
            told = self.env._("An e-mail tells them that there is a message, not what it says.")
        else:
            told = self.env._("No e-mail goes out: nobody tells them to look.")
        return f"{where} {told}"

    # === BUSINESS METHODS === #

    def _record_message(self, direction, origin, body, now, **vals):
        self.ensure_one()
        body = (body or "").strip()
        if not body:
            raise UserError(self.env._("Write something first."))
        return self.env["qms.dossier.message"]._record(
            [
                {
                    "dossier_id": self.id,
                    "company_id": self.company_id.id,
                    "direction": direction,
                    "origin": origin,
                    "body": body[:MAX_TEXT],
                    "sent_at": now,
                    **vals,
                }
            ]
        )

    def _copy_files(self, message, attachment_ids):
        """Copy files of the user to the message; of others' files nothing is handed out."""
        attachments = self.env["ir.attachment"].browse(attachment_ids)
        attachments.check_access("read")
        # A file, not an address: the applicant is led nowhere from the page of the agency.
        if attachments.sudo().filtered(
            lambda row: row.create_uid != self.env.user or row.type != "binary" or row.url
        ):
            raise AccessError(self.env._("Only files that you added yourself can be sent."))
        for attachment in attachments.sudo():
            attachment.copy(
                {
                    "res_model": message._name,
                    "res_id": message.id,
                    "public": False,
                    "access_token": False,
                }
            )

    def _receive_message(self, origin, body, files):
        """Take a message of the applicant; the page has checked who writes.

        :param list files: ``(name, type, content)``, checked
        """
        self.ensure_one()
        dossier_sudo = self.sudo()
        message_sudo = dossier_sudo._record_message(
            "in", origin, body, self._stamp(), author_name=dossier_sudo.holder_name
        )
        message_sudo._add_files(files)
        dossier_sudo._ask_for_answer()
        return message_sudo

    def _ask_for_answer(self):
        """Put the message on somebody's list, once however many messages come."""
        xmlid = "qms_public_admin.mail_activity_applicant_message"
        if self.activity_search([xmlid]):
            return
        user = self._who_answers()
        if user:
            # No mail for it: what waits is in the list of activities.
            self.with_context(mail_activity_quick_update=True).activity_schedule(
                xmlid, user_id=user.id, summary=self.env._("The applicant has written")
            )

    def _who_answers(self):
        """Return who works on the dossier now, or who received it."""
        holders = self.current_position_id._active_holders(self.company_id)
        received = self.event_ids.filtered(lambda event: event.event_type == "accepted").user_id
        candidates = self.current_user_id | holders | received
        return candidates.filtered(lambda user: user.active and not user.share)[:1]

    @api.model
    def _waiting_messages_domain(self):
        return Domain("direction", "=", "in") & Domain("answered_at", "=", False)
