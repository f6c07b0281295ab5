from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .qms_figure_mixin import KIND_LABELS
from .qms_indicator import BY_HAND, DIRECTIONS, FREQUENCIES


class QmsIndicatorTemplate(models.Model):
    """A proposal of an indicator, shipped with the product, that an agency takes over.

    Shared by all agencies and kept with the product: nobody changes it. ISO officers take
    over what their agency wants; from then on the indicator is theirs.
    """

    _name = "qms.indicator.template"
    _description = "Proposal of an indicator"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, readonly=True)
    code = fields.Char(readonly=True)
    sequence = fields.Integer(readonly=True, aggregator=None)
    measure_key = fields.Selection(
        "_selection_measure_key", string="Measure", required=True, readonly=True
    )
    kind = fields.Selection(list(KIND_LABELS.items()), string="Kind of figure", readonly=True)
    better = fields.Selection(DIRECTIONS, string="Direction", readonly=True)
    unit = fields.Char(string="Unit of measure", translate=True, readonly=True)
    frequency = fields.Selection(FREQUENCIES, string="Measured", required=True, readonly=True)
    has_target = fields.Boolean(readonly=True)
    target = fields.Float(readonly=True, aggregator=None)
    target_text = fields.Char(string="Target (as text)", compute="_compute_target_text")
    note = fields.Text(string="What it tells", translate=True, readonly=True)
    clause_numbers = fields.Char(
        string="Clauses", readonly=True, help="Numbers of the clauses it stands for."
    )
    is_taken = fields.Boolean(string="In use", compute="_compute_is_taken")

    # === COMPUTE METHODS === #

    @api.model
    def _selection_measure_key(self):
        return self.env["qms.indicator"]._selection_measure_key()

    @api.depends("measure_key", "target", "has_target")
    @api.depends_context("lang")
    def _compute_target_text(self):
        for row in self:
            draft = self.env["qms.indicator"].new(row._indicator_vals())
            row.target_text = draft.target_text

    @api.depends_context("allowed_company_ids", "company")
    def _compute_is_taken(self):
        taken = self._taken()
        for row in self:
            row.is_taken = row in taken

    def _taken(self):
        """Return those of which the current agency has an indicator."""
        indicators = self.env["qms.indicator"].search(
            [("template_id", "in", self.ids), ("company_id", "=", self.env.company.id)]
        )
        return indicators.template_id

    # === ACTIONS === #

    def action_take_over(self):
        """Make indicators of the current agency from these and open them."""
        todo = self - self._taken()
        if not todo:
            raise UserError(self.env._("The agency has these indicators already."))
        made = self.env["qms.indicator"].create([row._prepare_indicator() for row in todo])
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Indicators taken over"),
            "res_model": "qms.indicator",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", made.ids)],
        }
        if len(made) == 1:
            action.update(views=[(False, "form")], res_id=made.id)
        return action

    # === BUSINESS METHODS === #

    def _indicator_vals(self):
        """Return the values that the proposal gives; a measure gives its own kind."""
        self.ensure_one()
        names = ("name", "measure_key", "frequency", "has_target", "target", "note")
        if self.measure_key == BY_HAND:
            names += ("kind", "better", "unit")
        return {name: self[name] for name in names}

    def _prepare_indicator(self):
        company = self.env.company
        known = self.env["qms.indicator"].with_context(active_test=False)
        has_code = known.search_count([("company_id", "=", company.id), ("code", "=", self.code)])
        numbers = [number.strip() for number in (self.clause_numbers or "").split(",")]
        clauses = company._qms_standard().clause_ids.filtered(
            lambda clause: clause.number in numbers
        )
        return {
            **self._indicator_vals(),
            "code": False if has_code else self.code,
            "sequence": self.sequence,
            "company_id": company.id,
            "template_id": self.id,
            "qms_clause_ids": [Command.set(clauses.ids)],
        }
