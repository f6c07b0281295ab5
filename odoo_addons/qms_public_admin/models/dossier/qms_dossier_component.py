from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class QmsDossierComponent(models.Model):
    """A paper of the dossier: what was asked for and what was handed in.

    The list comes from the published components (Decree 63/2010, art. 18.6: no
    paper outside the list); a paper added by hand is marked as a deviation.
    Written by the counter while the dossier is not accepted or is waiting for a
    supplement, frozen otherwise.
    """

    _name = "qms.dossier.component"
    _description = "Paper of a dossier"
    _inherit = ["qms.placement.mixin"]
    _order = "dossier_id, sequence, id"

    _placing_fields = ("dossier_id", "company_id")
    _derived_fields = (
        "company_id",
        "form_name",
        "is_required",
        "from_database",
        "is_deviation",
    )

    dossier_id = fields.Many2one("qms.dossier", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="dossier_id.company_id", store=True, precompute=True)
    component_id = fields.Many2one(
        "qms.procedure.component", index="btree_not_null", ondelete="restrict"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(
        string="Paper",
        required=True,
        compute="_compute_from_published",
        compute_sudo=False,
        store=True,
        precompute=True,
        readonly=False,
    )
    form_name = fields.Char(
        string="Form",
        compute="_compute_from_published",
        compute_sudo=False,
        store=True,
        precompute=True,
    )
    is_required = fields.Boolean(
        string="Required",
        compute="_compute_from_published",
        compute_sudo=False,
        store=True,
        precompute=True,
    )
    from_database = fields.Char(
        string="Retrieved from",
        compute="_compute_from_published",
        compute_sudo=False,
        store=True,
        precompute=True,
        help="The paper is not asked for because this shared database holds the data.",
    )
    original_qty = fields.Integer(string="Originals")
    certified_qty = fields.Integer(string="Certified copies")
    copy_qty = fields.Integer(string="Copies")
    is_received = fields.Boolean(string="Received")
    is_deviation = fields.Boolean(
        string="Outside the list", compute="_compute_is_deviation", store=True
    )
    is_missing = fields.Boolean(string="Missing", compute="_compute_is_missing")
    note = fields.Char()

    _quantities = models.Constraint(
        "CHECK(original_qty >= 0 AND certified_qty >= 0 AND copy_qty >= 0)",
        "The number of papers cannot be negative.",
    )

    @api.depends("component_id")
    def _compute_from_published(self):
        """Take over what the published list says; a paper outside it has its own name.

        With the rights of the user: an onchange would tell the papers of others.
        """
        for component in self:
            published = component.component_id
            component.name = published.display_name if published else component.name
            component.form_name = published.form_name
            component.is_required = published.is_required
            component.from_database = published.from_database

    @api.model
    def _prepare_published(self, published):
        """Return the complete row of a paper of the published list."""
        return {
            "component_id": published.id,
            "sequence": published.sequence,
            "name": published.display_name,
            "form_name": published.form_name,
            "is_required": published.is_required,
            "from_database": published.from_database,
            "is_deviation": False,
        }

    @api.depends("component_id")
    def _compute_is_deviation(self):
        for component in self:
            component.is_deviation = not component.component_id

    @api.depends("component_id", "is_required", "is_received", "from_database")
    def _compute_is_missing(self):
        """Conditional papers and those a shared database holds are not missed."""
        for component in self:
            wanted = component.is_required and not component.from_database
            is_conditional = component.component_id.is_conditional
            component.is_missing = wanted and not is_conditional and not component.is_received

    @api.constrains("component_id", "dossier_id")
    def _check_component_id(self):
        """A paper outside the list cannot hide behind that of another procedure."""
        for component in self:
            published = component.component_id
            if published and published.procedure_id != component.dossier_id.procedure_id:
                raise ValidationError(
                    self.env._(
                        "“%(paper)s” is not in the list of the procedure of the dossier.",
                        paper=component.name,
                    )
                )

    @api.onchange("original_qty", "certified_qty", "copy_qty")
    def _onchange_quantities(self):
        if self.original_qty or self.certified_qty or self.copy_qty:
            self.is_received = True

    @api.onchange("is_received")
    def _onchange_is_received(self):
        """A ticked paper came in the numbers that the published list asks for."""
        names = ("original_qty", "certified_qty", "copy_qty")
        if self.is_received and any(self[name] for name in names):
            return
        for name in names:
            self[name] = self.component_id[name] if self.is_received else 0

    @api.model_create_multi
    def create(self, vals_list):
        components = super().create(vals_list)
        components._name_as_published()
        components._check_open_for_papers()
        return components

    def write(self, vals):
        self._check_open_for_papers()
        result = super().write(vals)
        if "name" in vals:
            self._name_as_published()
        self._check_open_for_papers()
        return result

    def _name_as_published(self):
        """Forms send the name along; of a published paper it is not theirs to give."""
        published = self.filtered("component_id")
        self.env.add_to_compute(self._fields["name"], published)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_accepted(self):
        self._check_open_for_papers()

    def _keeping_files(self):
        """Return the papers whose files are kept."""
        return self.filtered(lambda paper: paper.dossier_id._is_closed_for_papers())

    def _check_open_for_papers(self):
        """Refuse while the dossier is not in the hands of the counter."""
        closed = self.dossier_id.filtered(lambda dossier: dossier._is_closed_for_papers())
        if closed:
            raise UserError(
                self.env._(
                    "The papers of %(dossiers)s were recorded at acceptance and can no longer "
                    "be changed. Ask the applicant for a supplement if something is missing.",
                    dossiers=", ".join(closed.mapped("display_name")),
                )
            )


class QmsDossier(models.Model):
    _inherit = "qms.dossier"

    def _is_closed_for_papers(self):
        return self.state not in ("submitted", "supplement")
