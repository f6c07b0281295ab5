from odoo import api, fields, models

from ...tools import sampling


class QmsAuditDraw(models.TransientModel):
    """Asks for what is drawn: period, units, procedures, how many, with which seed.

    The audit knows most of it. Sharing the seed with the unit audited (a number it names,
    thrown dice) shows that nobody chose the dossiers.
    """

    _name = "qms.audit.draw"
    _description = "Draw of a sample"

    audit_id = fields.Many2one("mgmtsystem.audit", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="audit_id.company_id", store=True)
    date_from = fields.Date(string="Dossiers accepted from", required=True)
    date_to = fields.Date(string="until", required=True)
    procedure_ids = fields.Many2many(
        "qms.procedure",
        string="Procedures",
        domain="[('company_id', 'in', [False, company_id])]",
        help="Empty: all procedures.",
    )
    department_ids = fields.Many2many(
        "hr.department",
        string="Units",
        domain="[('company_id', 'in', [False, company_id])]",
        help="Dossiers that went through these units. Empty: all units.",
    )
    population = fields.Integer(
        string="Dossiers to draw from", compute="_compute_population", store=True
    )
    population_late = fields.Integer(
        string="of these late", compute="_compute_population", store=True
    )
    population_supplement = fields.Integer(
        string="of these with a supplement", compute="_compute_population", store=True
    )
    empty_text = fields.Char(compute="_compute_empty_text")
    size = fields.Integer(
        string="Draw",
        compute="_compute_population",
        store=True,
        readonly=False,
        help="The root of the number of dossiers is advised, 5 at least and 30 at most.",
    )
    late_size = fields.Integer(string="at least late")
    supplement_size = fields.Integer(string="at least with a supplement")
    seed = fields.Char(help="Empty: the system throws one. It is kept and printed in any case.")
    is_again = fields.Boolean(compute="_compute_is_again")
    reason = fields.Text(string="Why drawn again")

    # === COMPUTE METHODS === #

    @api.depends("date_from", "date_to", "procedure_ids", "department_ids", "audit_id")
    def _compute_population(self):
        samples = self.env["qms.audit.sample"]
        for wizard in self:
            counts = dict.fromkeys(("population", "late", "supplement"), 0)
            if wizard.audit_id and wizard.date_from and wizard.date_to:
                audit = wizard.audit_id._origin
                audit.check_access("read")
                counts = samples._population_counts(samples._frame_of(audit, wizard._wish(), ""))
            wizard.population = counts["population"]
            wizard.population_late = counts["late"]
            wizard.population_supplement = counts["supplement"]
            wizard.size = sampling.advised_size(counts["population"])

    @api.depends("population", "date_from", "date_to", "procedure_ids", "department_ids")
    def _compute_empty_text(self):
        """Say before anything is pressed why there is nothing to draw from, and what helps."""
        for wizard in self:
            wizard.empty_text = "" if wizard.population else wizard._empty_text()

    @api.depends("audit_id")
    def _compute_is_again(self):
        for wizard in self:
            wizard.is_again = bool(wizard.audit_id.qms_sample_ids)

    # === ACTIONS === #

    def action_draw(self):
        """Draw and show what was drawn; who may is checked there."""
        self.ensure_one()
        sample = self.env["qms.audit.sample"]._draw(self.audit_id, self._wish())
        return {
            "type": "ir.actions.act_window",
            "res_model": "qms.audit.sample",
            "res_id": sample.id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _open_for(self, audit):
        """Open the wizard with what the audit knows."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Draw a sample of dossiers"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_audit_id": audit.id,
                "default_date_from": audit.qms_period_from,
                "default_date_to": audit.qms_period_to,
                "default_procedure_ids": [fields.Command.set(audit.qms_procedure_ids.ids)],
                "default_department_ids": [fields.Command.set(audit.qms_department_ids.ids)],
            },
        }

    def _empty_text(self):
        """Return what there is to change; one count more, and only when nothing is left."""
        if not self.audit_id or not self.date_from or not self.date_to:
            return self.env._("Enter the first and the last day dossiers were accepted.")
        if self.date_to < self.date_from:
            return self.env._("The period does not end before it begins.")
        samples = self.env["qms.audit.sample"]
        nothing = {
            "procedures": self.procedure_ids.browse(),
            "departments": self.department_ids.browse(),
        }
        frame = samples._frame_of(self.audit_id._origin, {**self._wish(), **nothing}, "")
        if count := samples._population_counts(frame)["population"]:
            return self.env._(
                "No dossier of these days belongs to the procedures and went through the units "
                "chosen; all in all there are %(count)s. Take out a unit or a procedure, or "
                "choose other days.",
                count=count,
            )
        return self.env._(
            "The agency accepted no dossier on these days. Choose earlier days or a longer period."
        )

    def _wish(self):
        return {
            "date_from": self.date_from,
            "date_to": self.date_to,
            "procedures": self.procedure_ids._origin,
            "departments": self.department_ids._origin,
            "size": self.size,
            "late_size": self.late_size,
            "supplement_size": self.supplement_size,
            "seed": self.seed,
            "reason": self.reason,
        }
