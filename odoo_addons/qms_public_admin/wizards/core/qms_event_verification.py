from odoo import api, fields, models


class QmsEventVerification(models.TransientModel):
    """The result of reading event chains or day anchors again."""

    _name = "qms.event.verification"
    _description = "Verification of the event log"

    verified_at = fields.Datetime(default=fields.Datetime.now, readonly=True)
    user_id = fields.Many2one("res.users", default=lambda self: self.env.user, readonly=True)
    record_count = fields.Integer(string="Chains read", readonly=True)
    event_count = fields.Integer(string="Events read", readonly=True)
    broken_count = fields.Integer(string="Broken", readonly=True)
    is_intact = fields.Boolean(compute="_compute_is_intact")
    line_ids = fields.One2many(
        "qms.event.verification.line", "verification_id", string="Broken chains", readonly=True
    )

    # === COMPUTE METHODS === #

    @api.depends("broken_count")
    def _compute_is_intact(self):
        for verification in self:
            verification.is_intact = not verification.broken_count

    @api.depends("verified_at")
    def _compute_display_name(self):
        for verification in self:
            verification.display_name = self.env._("Verification of the event log")

    # === BUSINESS METHODS === #

    @api.model
    def _verify_records(self, records):
        """Read the chains of ``records`` and keep one line for each broken one."""
        breaks = records._verify_chain()
        return self._verify_breaks(records, breaks, sum(records.mapped("event_count")))

    @api.model
    def _verify_breaks(self, records, breaks, row_count):
        """Keep one line for each of ``records`` whose chain of rows is broken."""
        lines = [
            {
                "name": record.display_name,
                "res_model": record._name,
                "res_id": record.id,
                "sequence": found.sequence,
                "reason": self._reason(found.code),
            }
            for record in records
            if (found := breaks[record.id])
        ]
        return self._store(len(records), row_count, lines)

    @api.model
    def _verify_anchors(self, anchors):
        """Compute day anchors again and keep one line for each that differs."""
        lines = [
            {
                "name": anchor.display_name,
                "res_model": anchor._name,
                "res_id": anchor.id,
                "reason": self.env._(
                    "The events recorded on this day no longer give the anchored hash."
                ),
            }
            for anchor in anchors.sudo()
            if anchor._recomputed_hash() != anchor.hash
        ]
        return self._store(len(anchors), sum(anchors.mapped("event_count")), lines)

    @api.model
    def _store(self, record_count, event_count, lines):
        return self.sudo().create(
            {
                "user_id": self.env.uid,
                "record_count": record_count,
                "event_count": event_count,
                "broken_count": len(lines),
                "line_ids": [fields.Command.create(line) for line in lines],
            }
        )

    @api.model
    def _reason(self, code):
        return {
            "altered": self.env._("The content of this row was changed after it was written."),
            "gap": self.env._("A row is missing or out of order here."),
            "unlinked": self.env._("This row does not follow the row before it."),
            "tail": self.env._("Rows are missing or were added at the end of the log."),
        }[code]

    def _action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Verification of the event log"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class QmsEventVerificationLine(models.TransientModel):
    _name = "qms.event.verification.line"
    _description = "Broken chain found by a verification"

    verification_id = fields.Many2one(
        "qms.event.verification", required=True, ondelete="cascade", index=True
    )
    name = fields.Char(string="Record", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    sequence = fields.Integer(string="First broken row", readonly=True, aggregator=None)
    reason = fields.Char(readonly=True)

    def action_open_record(self):
        """Open the record whose chain is broken."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
