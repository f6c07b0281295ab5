from odoo import api, fields, models
from odoo.exceptions import AccessError


class QmsEvidenceMatrix(models.TransientModel):
    """Clause × evidence: what stands for each clause of an edition, and how fresh it is.

    For everyone of the agency, with their own rights: what one may not read does not
    count. Made anew each time it is opened; the lines open into the records.
    """

    _name = "qms.evidence.matrix"
    _description = "Matrix of clauses and evidence"

    company_id = fields.Many2one(
        "res.company", string="Agency", required=True, default=lambda self: self.env.company
    )
    standard_id = fields.Many2one(
        "qms.standard",
        string="Edition",
        required=True,
        default=lambda self: self.env.company._qms_standard(),
    )
    is_provisional = fields.Boolean(related="standard_id.is_provisional")
    months = fields.Integer(
        string="Fresh for (months)", related="company_id.qms_evidence_months", related_sudo=True
    )
    computed_at = fields.Datetime(string="As of", readonly=True)
    line_ids = fields.One2many("qms.evidence.matrix.line", "matrix_id", readonly=True)
    fresh_count = fields.Integer(string="Green", compute="_compute_counts")
    ageing_count = fields.Integer(string="Amber", compute="_compute_counts")
    missing_count = fields.Integer(string="Red", compute="_compute_counts")
    excluded_count = fields.Integer(string="Does not apply", compute="_compute_counts")

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Clauses and evidence")

    @api.depends("line_ids.status", "line_ids.is_leaf")
    def _compute_counts(self):
        for matrix in self:
            leaves = matrix.line_ids.filtered("is_leaf")
            for status in ("fresh", "ageing", "missing", "excluded"):
                found = leaves.filtered(lambda line, status=status: line.status == status)
                matrix[f"{status}_count"] = len(found)

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if {"company_id", "standard_id"} & vals.keys():
            # Lines never stand under a heading they were not made for.
            self._fill()
        return result

    # === ACTIONS === #

    @api.model
    def action_open_screen(self):
        """Open the matrix of the edition the agency works by."""
        matrix = self.create({})
        matrix._fill()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Clauses and evidence"),
            "res_model": self._name,
            "res_id": matrix.id,
            "views": [(False, "form")],
        }

    def action_refresh(self):
        """Count again."""
        self._fill()
        return True

    def action_open_fresh(self):
        return self._open_lines("fresh")

    def action_open_ageing(self):
        return self._open_lines("ageing")

    def action_open_missing(self):
        return self._open_lines("missing")

    def action_open_excluded(self):
        return self._open_lines("excluded")

    # === BUSINESS METHODS === #

    def _fill(self):
        """Make the lines of the chosen edition and agency."""
        for matrix in self:
            if matrix.company_id not in self.env.companies:
                raise AccessError(self.env._("Choose an agency you are working in."))
            matrix.line_ids.unlink()
            found = self.env["qms.evidence"]._collect(matrix.standard_id, matrix.company_id)
            sources = {source._name: source for source in self.env["qms.evidence"]._sources()}
            lines = self.env["qms.evidence.matrix.line"].create(
                [matrix._line_vals(evidence, sources) for evidence in found.values()]
            )
            self.env["qms.evidence.matrix.cell"].create(
                [
                    vals
                    for line, evidence in zip(lines, found.values(), strict=True)
                    for vals in line._cell_vals(evidence, sources)
                ]
            )
            matrix.computed_at = fields.Datetime.now()

    def _line_vals(self, evidence, sources):
        clause = evidence.clause
        texts = [
            f"{sources[name]._evidence_label()} {len(evidence.records[name])}"
            for name in sources
            if evidence.records.get(name)
        ]
        return {
            "matrix_id": self.id,
            "clause_id": clause.id,
            "is_leaf": not clause.child_ids,
            "status": evidence.status,
            "count": evidence.count,
            "newest": evidence.newest,
            "via": evidence.via,
            "summary": ", ".join(texts),
        }

    def _open_lines(self, status):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_evidence_matrix_line_action"
        )
        labels = dict(self.line_ids._fields["status"]._description_selection(self.env))
        return {
            **action,
            "name": labels[status],
            "domain": [
                ("matrix_id", "=", self.id),
                ("is_leaf", "=", True),
                ("status", "=", status),
            ],
        }

    @api.model
    def _open_clauses(self, clauses, company):
        """Return the action that shows the evidence of some clauses of one edition or more."""
        matrices = self.browse()
        for standard in clauses.standard_id:
            matrix = self.create({"company_id": company.id, "standard_id": standard.id})
            matrix._fill()
            matrices |= matrix
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_evidence_matrix_line_action"
        )
        return {
            **action,
            "domain": [("matrix_id", "in", matrices.ids), ("clause_id", "in", clauses.ids)],
            "context": {"search_default_group_edition": 1},
        }
