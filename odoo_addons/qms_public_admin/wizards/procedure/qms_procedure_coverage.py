from odoo import api, fields, models
from odoo.fields import Domain


class QmsProcedureCoverage(models.TransientModel):
    """Procedures under the QMS over published procedures, as of a date.

    Published are the procedures with a version in force on the date. The parts add
    up: published under the QMS + published outside + not published = catalogue.
    """

    _name = "qms.procedure.coverage"
    _description = "Coverage of the quality management system"

    date = fields.Date(
        string="As of", required=True, default=lambda self: fields.Date.context_today(self)
    )
    group_by = fields.Selection(
        [
            ("company_id", "Agency"),
            ("field_id", "Field"),
            ("department_id", "Unit in charge"),
        ],
        required=True,
        default="company_id",
    )
    line_ids = fields.One2many("qms.procedure.coverage.line", "coverage_id")
    catalogue_count = fields.Integer(compute="_compute_totals", string="In the catalogue")
    published_count = fields.Integer(compute="_compute_totals", string="Published")
    covered_count = fields.Integer(compute="_compute_totals", string="Published and under the QMS")
    uncovered_count = fields.Integer(
        compute="_compute_totals", string="Published, not under the QMS"
    )
    unpublished_count = fields.Integer(compute="_compute_totals", string="Not published")
    coverage = fields.Float(compute="_compute_totals", string="Coverage (%)")
    unit_count = fields.Integer(compute="_compute_units", string="Units")
    covered_unit_count = fields.Integer(
        compute="_compute_units", string="Units with procedures under the QMS"
    )

    # === COMPUTE METHODS === #

    @api.depends("date")
    def _compute_display_name(self):
        for screen in self:
            screen.display_name = self.env._("Coverage of the QMS")

    @api.depends("date")
    def _compute_totals(self):
        procedures = self.env["qms.procedure"].with_context(active_test=False)
        for screen in self:
            counts = {
                key: procedures.search_count(screen._domain(key))
                for key in ("catalogue", "published", "covered")
            }
            screen.catalogue_count = counts["catalogue"]
            screen.published_count = counts["published"]
            screen.covered_count = counts["covered"]
            screen.uncovered_count = counts["published"] - counts["covered"]
            screen.unpublished_count = counts["catalogue"] - counts["published"]
            screen.coverage = _percentage(counts["covered"], counts["published"])

    @api.depends("date")
    def _compute_units(self):
        for screen in self:
            covered = self.env["qms.procedure"]._read_group(
                screen._domain("covered") & Domain("department_id", "!=", False),
                ["department_id"],
            )
            screen.unit_count = self.env["hr.department"].search_count(
                [("company_id", "in", self.env.companies.ids)]
            )
            screen.covered_unit_count = len(covered)

    # === ACTIONS === #

    @api.model
    def action_open_screen(self):
        """Open the screen with the figures of today."""
        screen = self.create({})
        screen.action_refresh()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Coverage of the QMS"),
            "res_model": self._name,
            "res_id": screen.id,
            "views": [(False, "form")],
        }

    def action_refresh(self):
        """Count again for the chosen date and grouping."""
        self.ensure_one()
        self.line_ids.unlink()
        self.env["qms.procedure.coverage.line"].create(self._line_vals())
        return True

    def action_open_catalogue(self):
        return self._open_procedures("catalogue")

    def action_open_published(self):
        return self._open_procedures("published")

    def action_open_covered(self):
        return self._open_procedures("covered")

    def action_open_uncovered(self):
        return self._open_procedures("uncovered")

    def action_open_unpublished(self):
        return self._open_procedures("unpublished")

    def action_open_units(self):
        """Open the units that have procedures under the QMS."""
        self.ensure_one()
        groups = self.env["qms.procedure"]._read_group(self._domain("covered"), ["department_id"])
        ids = [department.id for (department,) in groups if department]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Units with procedures under the QMS"),
            "res_model": "hr.department",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
        }

    # === BUSINESS METHODS === #

    def _domain(self, key):
        """Return the domain of the procedures behind a figure."""
        self.ensure_one()
        procedures = self.env["qms.procedure"]
        published = procedures._published_domain(self.date)
        in_qms = procedures._qms_domain(self.date)
        own = Domain("company_id", "in", [False, *self.env.companies.ids])
        alive = Domain("active", "=", True) | published
        domains = {
            "catalogue": own & alive,
            "published": own & published,
            "covered": own & published & in_qms,
            "uncovered": own & published & ~in_qms,
            "unpublished": own & alive & ~published,
        }
        return domains[key]

    def _counts(self, key):
        procedures = self.env["qms.procedure"].with_context(active_test=False)
        groups = procedures._read_group(self._domain(key), [self.group_by], ["__count"])
        return {record: count for record, count in groups}

    def _line_vals(self):
        counts = {key: self._counts(key) for key in ("catalogue", "published", "covered")}
        vals_list = []
        for place, record in enumerate(counts["catalogue"]):
            published = counts["published"].get(record, 0)
            covered = counts["covered"].get(record, 0)
            vals_list.append(
                {
                    "coverage_id": self.id,
                    "sequence": place,
                    "record_id": record.id,
                    "name": record.display_name or self._empty_name(),
                    "catalogue_count": counts["catalogue"][record],
                    "published_count": published,
                    "covered_count": covered,
                    "uncovered_count": published - covered,
                    "unpublished_count": counts["catalogue"][record] - published,
                    "coverage": _percentage(covered, published),
                }
            )
        return vals_list

    def _empty_name(self):
        if self.group_by == "company_id":
            return self.env._("Shared catalogue of the province")
        return self.env._("Not given")

    def _open_procedures(self, key, extra=None):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_procedure_action"
        )
        domain = self._domain(key) & (extra or Domain.TRUE)
        action["domain"] = list(domain)
        action["context"] = {"active_test": False}
        action["display_name"] = self._fields[f"{key}_count"]._description_string(self.env)
        return action


def _percentage(part, whole):
    return 100.0 * part / whole if whole else 0.0
