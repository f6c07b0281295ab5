from odoo import api, fields, models

PUBLICATION_ACTIONS = [
    ("new", "New"),
    ("amended", "Amended"),
    ("replaced", "Replaced"),
    ("abolished", "Abolished"),
    ("standardised", "Standardised"),
    ("delegated", "Delegated"),
    ("anyplace", "Filing at any place"),
    ("online", "Online service"),
    ("other", "Listed"),
]
ONLINE_LEVELS = [("none", "None"), ("partial", "Partial online"), ("full", "Full online")]


class QmsProcedurePublication(models.Model):
    """A line of a decision that makes procedures public, changes or repeals them.

    Kept as printed, also for procedures that are not in the catalogue: together
    the lines are the public history of a procedure.
    """

    _name = "qms.procedure.publication"
    _description = "Publication of a procedure"
    _order = "decision_date desc, decision_no, id"
    _inherit = ["qms.placement.mixin"]
    _check_company_auto = True
    _rec_names_search = ["decision_no", "code", "name"]

    procedure_id = fields.Many2one(
        "qms.procedure", index="btree_not_null", check_company=True, ondelete="set null"
    )
    code = fields.Char(string="Procedure code", index="btree_not_null")
    province_suffix = fields.Char()
    name = fields.Text(required=True)
    action = fields.Selection(PUBLICATION_ACTIONS, required=True, default="other")
    level_text = fields.Char(string="Level")
    time_text = fields.Text(string="Time as printed")
    fee_text = fields.Text(string="Fee")
    online_level = fields.Selection(ONLINE_LEVELS)
    decision_no = fields.Char(string="Decision", index="btree_not_null")
    decision_date = fields.Date()
    issuer = fields.Char()
    title = fields.Text()
    item = fields.Char(string="No.")
    source = fields.Char()
    company_id = fields.Many2one("res.company", string="Agency", index=True)
    external_key = fields.Char(index="btree_not_null", readonly=True, copy=False)
    import_hash = fields.Char(readonly=True, copy=False)

    _key_unique = models.UniqueIndex(
        "(external_key, COALESCE(company_id, 0)) WHERE external_key IS NOT NULL",
        "This line of the decision was already imported.",
    )

    @api.depends("decision_no", "name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = ": ".join(
                part for part in (line.decision_no, (line.name or "")[:80]) if part
            )

    def action_create_procedures(self):
        """Add the procedures of these lines to the catalogue as drafts."""
        missing = self.filtered(lambda line: not line.procedure_id and line.code)
        by_key = missing.grouped(lambda line: (line.code, line.company_id.id))
        self.env["qms.procedure"].create(
            [
                {
                    "code": code,
                    "name": lines[:1].name,
                    "company_id": company_id,
                    "publication_decision": lines[:1].decision_no,
                }
                for (code, company_id), lines in by_key.items()
            ]
        )
        return True
