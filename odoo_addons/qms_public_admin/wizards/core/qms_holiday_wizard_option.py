from odoo import fields, models


class QmsHolidayWizardOption(models.TransientModel):
    """One of several overlapping proposals for the days off of a year."""

    _name = "qms.holiday.wizard.option"
    _description = "Option of a list of days off"
    _order = "year, name"

    wizard_id = fields.Many2one("qms.holiday.wizard", required=True, ondelete="cascade", index=True)
    year = fields.Integer(readonly=True, aggregator=None)
    name = fields.Char(string="Option", readonly=True)
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True)
    day_count = fields.Integer(string="Days", readonly=True)
    is_chosen = fields.Boolean(string="Chosen", readonly=True)

    def action_choose(self):
        """Take this option and none of the others of its year."""
        self.ensure_one()
        wizard = self.wizard_id
        wizard.option_ids.filtered(lambda option: option.year == self.year).is_chosen = False
        self.is_chosen = True
        return wizard.action_preview()
