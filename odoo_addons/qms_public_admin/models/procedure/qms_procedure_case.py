from odoo import fields, models


class QmsProcedureCase(models.Model):
    """A case (trường hợp) of a procedure with its own time limit, steps, components."""

    _name = "qms.procedure.case"
    _description = "Procedure case"
    _inherit = ["qms.procedure.term.mixin", "qms.procedure.part"]

    name = fields.Char(required=True)
    process_code = fields.Char(help="Code of the internal process as printed in the decision.")
    stated_hours = fields.Float(
        string="Printed total (hours)",
        help="Total printed under the steps of the internal process. The version is not "
        "published while it differs from the sum of the steps.",
    )
    totals_text = fields.Text(string="Totals as printed")
    total_hash = fields.Char(readonly=True, help="What the file of totals said.")
    shared_from_id = fields.Many2one(
        "qms.procedure.case",
        string="Shared process",
        index="btree_not_null",
        ondelete="set null",
        help="Similar procedures may share one process (Circular 26/2014, art. 41.6): this "
        "case repeats the process of another procedure.",
    )
    step_ids = fields.One2many("qms.procedure.step", "case_id", string="Steps")
    component_ids = fields.One2many("qms.procedure.component", "case_id", string="Components")
    channel_ids = fields.One2many("qms.procedure.channel", "case_id", string="Channels")

    _key_unique = models.UniqueIndex(
        "(version_id, external_key) WHERE external_key IS NOT NULL",
        "This case was already imported into the version.",
    )
    _stated_not_negative = models.Constraint(
        "CHECK(stated_hours >= 0)", "A printed total cannot be negative."
    )
