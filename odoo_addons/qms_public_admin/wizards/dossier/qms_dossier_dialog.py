from odoo import api, fields, models

VERBS = [
    ("refuse", "Refuse"),
    ("send_back", "Send back"),
    ("request_supplement", "Request a supplement"),
    ("request_payment", "Request a payment"),
    ("stop", "Stop"),
    ("extend", "Extend"),
    ("withdraw", "Withdraw"),
    ("assign", "Assign"),
    ("identify", "Complete the dossier"),
]


class QmsDossierDialog(models.TransientModel):
    """Asks for what a verb needs; the verb itself checks and acts."""

    _name = "qms.dossier.dialog"
    _description = "Dialog of a dossier action"

    verb = fields.Selection(VERBS, required=True, readonly=True)
    dossier_ids = fields.Many2many("qms.dossier", readonly=True)
    dossier_count = fields.Integer(compute="_compute_dossier_count")
    reason = fields.Text()
    items = fields.Text(
        string="What is missing", help="List everything at once: it is asked for only once."
    )
    step_id = fields.Many2one("qms.dossier.step", readonly=True)
    target_step_id = fields.Many2one(
        "qms.dossier.step",
        string="Back to",
        domain="[('id', 'in', earlier_step_ids)]",
    )
    earlier_step_ids = fields.Many2many("qms.dossier.step", compute="_compute_earlier_step_ids")
    is_second_supplement = fields.Boolean(compute="_compute_earlier_step_ids")
    old_due_at = fields.Datetime(string="Due now", compute="_compute_earlier_step_ids")
    new_due_at = fields.Datetime(string="New due date")
    apology = fields.Text(string="Words of apology")
    delaying_unit = fields.Char(string="Unit that caused the delay")
    channel = fields.Selection(
        [("letter", "Letter"), ("email", "E-mail"), ("message", "Message"), ("phone", "Telephone")],
        string="Sent by",
    )
    sent_at = fields.Datetime(string="Sent")
    terminal = fields.Boolean(string="For good", default=True)
    user_id = fields.Many2one(
        "res.users", string="Assign to", domain="[('id', 'in', candidate_ids)]"
    )
    procedure_id = fields.Many2one("qms.procedure")
    receiving_unit_id = fields.Many2one("hr.department", string="Receiving unit")
    candidate_ids = fields.Many2many("res.users", compute="_compute_earlier_step_ids")

    # === COMPUTE METHODS === #

    @api.depends("dossier_ids")
    def _compute_dossier_count(self):
        for dialog in self:
            dialog.dossier_count = len(dialog.dossier_ids)

    @api.depends("dossier_ids", "verb")
    def _compute_earlier_step_ids(self):
        for dialog in self:
            dossier = dialog.dossier_ids[:1]
            single = len(dialog.dossier_ids) == 1
            dialog.earlier_step_ids = (
                dossier._earlier_steps().ids if single and dossier.current_step_id else False
            )
            dialog.is_second_supplement = single and bool(dossier.supplement_count)
            dialog.old_due_at = single and dossier.due_at
            dialog.candidate_ids = dialog._candidates().ids

    def _candidates(self):
        """Users who hold the positions of all current steps."""
        users = None
        for step in self.dossier_ids.current_step_id.sudo():
            holders = step.position_id._active_holders(step.handler_company_id)
            users = holders if users is None else users & holders
        return users if users is not None else self.env["res.users"]

    @api.depends("verb")
    def _compute_display_name(self):
        for dialog in self:
            dialog.display_name = self._verb_title(dialog.verb)

    # === ACTIONS === #

    def action_confirm(self):
        """Run the verb on the dossiers with what was entered, then offer its paper."""
        self.ensure_one()
        getattr(self, f"_confirm_{self.verb}")()
        paper = self.dossier_ids._paper_action(self.verb)
        if not paper:
            return {"type": "ir.actions.act_window_close"}
        # Only a report reads this key: without it the dialog would stay open behind the print.
        return {**paper, "close_on_report_download": True}

    # === BUSINESS METHODS === #

    @api.model
    def _verb_title(self, verb):
        return dict(self._fields["verb"]._description_selection(self.env)).get(verb, "")

    def _confirm_refuse(self):
        self.dossier_ids.action_refuse(reason=self.reason or "")

    def _confirm_send_back(self):
        self.dossier_ids.action_send_back(self.target_step_id.id, reason=self.reason or "")

    def _confirm_request_supplement(self):
        self.dossier_ids.action_request_supplement(reason=self.reason or "", items=self.items)

    def _confirm_request_payment(self):
        self.dossier_ids.action_request_payment(reason=self.reason or "")

    def _confirm_stop(self):
        self.dossier_ids.action_stop(reason=self.reason or "", terminal=self.terminal)

    def _confirm_extend(self):
        self.dossier_ids.action_extend(
            new_due_at=self.new_due_at,
            reason=self.reason or "",
            apology=self.apology,
            delaying_unit=self.delaying_unit,
            channel=self.channel,
            sent_at=self.sent_at,
        )

    def _confirm_withdraw(self):
        self.dossier_ids.action_withdraw(reason=self.reason or "")

    def _confirm_assign(self):
        self.dossier_ids.action_assign(user_id=self.user_id.id)

    def _confirm_identify(self):
        self.dossier_ids.action_identify(
            procedure_id=self.procedure_id.id, receiving_unit_id=self.receiving_unit_id.id
        )
