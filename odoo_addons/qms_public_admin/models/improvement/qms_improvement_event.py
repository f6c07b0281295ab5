from odoo import api, fields, models

from .improvement_texts import EVENT_KINDS


class QmsImprovementEvent(models.Model):
    """What happened to a nonconformity or an action: a fact, with the words said then.

    The dates of the base (opened, closed) hold the last state alone; these rows hold all
    of them, reopenings too. Who reads the nonconformity or the action reads its rows;
    nobody writes them but the verbs.
    """

    _name = "qms.improvement.event"
    _description = "History of a nonconformity or an action"
    _inherit = ["qms.fact.mixin"]
    _order = "happened_at desc, id desc"
    _rec_name = "kind"

    nonconformity_id = fields.Many2one(
        "mgmtsystem.nonconformity", index="btree_not_null", readonly=True, ondelete="restrict"
    )
    action_id = fields.Many2one(
        "mgmtsystem.action",
        string="Corrective action",
        index="btree_not_null",
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", string="Agency", readonly=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(EVENT_KINDS, string="What", required=True, readonly=True)
    words = fields.Text(string="What was said", readonly=True)
    happened_at = fields.Datetime(string="When", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Account", readonly=True, ondelete="restrict")
    user_name = fields.Char(string="Who", readonly=True)
    user_title = fields.Char(string="Position", readonly=True)

    _about_one = models.Constraint(
        "CHECK((nonconformity_id IS NULL) != (action_id IS NULL))",
        "A row of the history is about one nonconformity or one action.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _log(self, records, kind, words=""):
        """Record ``kind`` for nonconformities or actions, with name and title as of now."""
        field = "action_id" if records._name == "mgmtsystem.action" else "nonconformity_id"
        user = self.env.user
        titles = {company: user._qms_title(company) for company in records.sudo().company_id}
        return self._record(
            [
                {
                    field: record.id,
                    "company_id": record.company_id.id,
                    "kind": kind,
                    "words": words or False,
                    "happened_at": fields.Datetime.now(),
                    "user_id": user.id,
                    "user_name": user.sudo().name,
                    "user_title": titles.get(record.company_id) or False,
                }
                for record in records.sudo()
            ]
        )
