from odoo import api, fields, models


class QmsAuditProposal(models.Model):
    """What the system proposes to audit in a year, ranked, with its reasons and figures.

    Written by the server alone when a draft is ranked; it stays with the programme as
    the evidence of how the year was planned (ISO 9001, 9.2.2 a). Taking one over makes
    or completes a line of the programme.
    """

    _name = "qms.audit.proposal"
    _description = "Proposal for an audit programme"
    _order = "programme_id desc, sequence, id"

    programme_id = fields.Many2one(
        "qms.audit.programme", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="programme_id.company_id", store=True, index=True)
    programme_state = fields.Selection(related="programme_id.state", string="State")
    sequence = fields.Integer(string="Rank", aggregator=None)
    score = fields.Float(
        string="Points",
        digits=(5, 1),
        aggregator=None,
        help="0 to 100: time since the last audit 25; findings, late dossiers, new law 15 each; "
        "changes, complaints, importance 10 each.",
    )
    department_id = fields.Many2one("hr.department", string="Unit", ondelete="cascade", index=True)
    procedure_id = fields.Many2one("qms.procedure", ondelete="cascade", index="btree_not_null")
    reason = fields.Text(string="Why")
    last_audit_on = fields.Date(string="Last audit")
    findings_count = fields.Integer(string="Findings", aggregator=None)
    late_count = fields.Integer(string="Late", aggregator=None)
    judged_count = fields.Integer(string="Dossiers", aggregator=None)
    law_count = fields.Integer(string="Changes of law", aggregator=None)
    changes_count = fields.Integer(string="Changes", aggregator=None)
    complaints_count = fields.Integer(string="Complaints", aggregator=None)
    is_planned = fields.Boolean(
        string="In the programme", compute="_compute_is_planned", store=True
    )

    # === COMPUTE METHODS === #

    @api.depends("department_id", "procedure_id")
    def _compute_display_name(self):
        for proposal in self:
            proposal.display_name = (
                proposal.procedure_id.display_name or proposal.department_id.name or ""
            )

    @api.depends("programme_id.line_ids.department_id", "programme_id.line_ids.procedure_ids")
    def _compute_is_planned(self):
        for proposal in self:
            lines = proposal.programme_id.line_ids
            if proposal.procedure_id:
                proposal.is_planned = proposal.procedure_id in lines.procedure_ids
            else:
                proposal.is_planned = proposal.department_id in lines.department_id

    # === ACTIONS === #

    def action_take(self):
        """Take these proposals into their programme: one line for each unit."""
        for programme in self.programme_id:
            programme._take(self.filtered(lambda row, owner=programme: row.programme_id == owner))
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === BUSINESS METHODS === #

    def _reason_text(self):
        """Return the reasons of these proposals as one text, by rank."""
        return "\n".join(
            f"{row.procedure_id.code or row.display_name}: "
            + " ".join((row.reason or "").splitlines())
            if row.procedure_id
            else row.reason or ""
            for row in self.sorted("sequence")
        )
