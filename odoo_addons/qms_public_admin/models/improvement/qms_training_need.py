from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.words import stripped
from .qms_competence import COMPETENCE_LEVELS

NEED_REASONS = [
    ("gap", "Competence lacking"),
    ("document", "New or changed document"),
    ("law", "Change of the law"),
    ("audit", "Audit finding"),
    ("newcomer", "New in the position"),
    ("own", "Wish of the person or unit"),
    ("other", "Other"),
]


class QmsTrainingNeed(models.Model):
    """Who needs to learn what, and why (ISO 9001, 7.2.c).

    Everyone of the agency reads the needs of units and positions; those of a single person
    are read by that person, heads, auditors, leaders and ISO officers. Staff enter needs of
    their own, heads those of their units, ISO officers all. A need is met when a class that
    serves it was evaluated, or is dropped with a reason.
    """

    _name = "qms.training.need"
    _description = "Training need"
    _inherit = ["qms.lifecycle.mixin", "mail.thread"]
    _order = "state, date_wanted, id desc"
    _check_company_auto = True

    # Who enters a need for oneself or one's unit does not hand it to other people.
    _placing_fields = ("company_id", "user_id", "department_id")
    # Classes name the needs they serve.
    _derived_fields = ("training_ids",)
    _lifecycle_initial = "open"
    _transitions = {"open": ("met", "dropped"), "met": ("open",), "dropped": ("open",)}
    _protected_fields = ("met_on", "drop_reason")
    _frozen_fields = {"met": "*", "dropped": "*"}

    name = fields.Char(
        string="To be learned",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    reason = fields.Selection(NEED_REASONS, required=True, default="own", tracking=True)
    description = fields.Text(help="Why it is needed, and what should be better afterwards.")
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    position_id = fields.Many2one(
        "qms.position", index="btree_not_null", ondelete="restrict", check_company=True
    )
    department_id = fields.Many2one(
        "hr.department", string="Unit", index="btree_not_null", check_company=True
    )
    competence_id = fields.Many2one(
        "qms.competence", index="btree_not_null", ondelete="restrict", check_company=True
    )
    level = fields.Selection(COMPETENCE_LEVELS, string="Degree")
    page_id = fields.Many2one(
        "document.page",
        string="Controlled document",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('qms_status', '!=', False)]",
    )
    legal_document_id = fields.Many2one(
        "qms.legal.document", index="btree_not_null", ondelete="restrict", check_company=True
    )
    finding_ref = fields.Char(
        string="Audit finding no.",
        help="Number of the finding or nonconformity that showed the need.",
    )
    date_wanted = fields.Date(string="Wanted by", tracking=True)
    training_ids = fields.Many2many(
        "qms.training",
        "qms_training_need_rel",
        "need_id",
        "training_id",
        string="Classes",
        readonly=True,
    )
    is_planned = fields.Boolean(
        string="In a class", compute="_compute_is_planned", search="_search_is_planned"
    )
    state = fields.Selection(
        [("open", "To be met"), ("met", "Met"), ("dropped", "Dropped")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    met_on = fields.Date(string="Met on", readonly=True, copy=False)
    drop_reason = fields.Text(string="Why dropped", readonly=True, copy=False)

    # === COMPUTE METHODS === #

    @api.depends("competence_id", "page_id", "legal_document_id")
    def _compute_name(self):
        for need in self:
            about = need.competence_id.name or need.page_id.name or need.legal_document_id.number
            need.name = need.name or about

    @api.depends("training_ids.state")
    def _compute_is_planned(self):
        for need in self:
            states = need.sudo().training_ids.mapped("state")
            need.is_planned = any(state in ("planned", "held") for state in states)

    def _search_is_planned(self, operator, value):
        if operator != "in":
            return NotImplemented
        planned = self.env["qms.training"].sudo()._search([("state", "in", ("planned", "held"))])
        return [("training_ids", "in" if True in value else "not in", planned)]

    # === ACTIONS === #

    def action_plan(self):
        """Open a new class that serves these needs."""
        self.check_access("read")
        competences = self.competence_id
        lines = [
            fields.Command.create(
                {
                    "competence_id": competence.id,
                    "level": max(
                        self.filtered(
                            lambda need, row=competence: need.competence_id == row
                        ).mapped(lambda need: need.level or "1")
                    ),
                }
            )
            for competence in competences
        ]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New class"),
            "res_model": "qms.training",
            "views": [(False, "form")],
            "context": {
                "default_name": ", ".join(dict.fromkeys(self.mapped("name"))),
                "default_company_id": self.company_id[:1].id,
                "default_need_ids": [fields.Command.set(self.ids)],
                "default_competence_ids": lines,
                "default_page_ids": [fields.Command.set(self.page_id.ids)],
            },
        }

    def action_open_drop(self):
        """Ask why the needs are dropped."""
        return self.env["qms.words.dialog"]._ask(
            "action_drop",
            self.env._("Drop the training need"),
            self,
            question=self.env._("Say why the need is dropped."),
        )

    def action_drop(self, reason=None):
        """Give needs up, with the reason."""
        self.check_access("write")
        words = stripped(reason)
        if not words:
            raise UserError(self.env._("Say why the need is dropped."))
        self._transition("dropped", {"drop_reason": words})
        return True

    def action_reopen(self):
        """Take needs up again that were met or dropped."""
        self.check_access("write")
        self._transition("open", {"met_on": False, "drop_reason": False})
        return True

    # === BUSINESS METHODS === #

    def _transition_error(self, target):
        error = super()._transition_error(target)
        if error or target == "met" or self.has_access("write"):
            return error
        return self.env._("“%(name)s” is not yours to change.", name=self.display_name)

    def _meet(self):
        """Note that open needs were met by a class; the caller evaluated it."""
        still_open = self.filtered(lambda need: need.state == "open")
        still_open._lifecycle_write({"state": "met", "met_on": fields.Date.context_today(self)})
