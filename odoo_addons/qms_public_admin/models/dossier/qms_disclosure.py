from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...const import DISCLOSURE_ACTIONS
from ..mixins.bulk_rows import insert_rows, reserve_ids


class QmsDisclosure(models.Model):
    """Who looked at whose identity and phone numbers in full, when and how.

    ISO officers, leaders and auditors read the rows of their agencies. Nobody writes
    one but :meth:`_note`, nobody changes or deletes one: not an administrator, not
    elevated code (regulation OS-10, INV-18; Decree 63/2010, art. 18.4).
    """

    _name = "qms.disclosure"
    _description = "Numbers shown in full"
    _order = "at desc, id desc"
    _rec_name = "user_name"

    dossier_id = fields.Many2one(
        "qms.dossier", required=True, index=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", string="Agency", required=True, readonly=True, ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users", string="Shown to (user)", required=True, readonly=True, ondelete="restrict"
    )
    user_name = fields.Char(string="Shown to", readonly=True)
    capacity = fields.Char(
        string="As", readonly=True, help="The role or the part in the process that gave the right."
    )
    at = fields.Datetime(string="When", required=True, readonly=True)
    action = fields.Selection(DISCLOSURE_ACTIONS, string="How", required=True, readonly=True)

    _company_at_idx = models.Index("(company_id, at)")
    _user_at_idx = models.Index("(user_id, at)")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse()

    def write(self, vals):
        self._refuse()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_nothing(self):
        self._refuse()

    def _refuse(self):
        raise AccessError(
            self.env._(
                "The list of numbers shown in full is written by the system alone and never "
                "changed."
            )
        )

    # === BUSINESS METHODS === #

    @api.model
    def _note(self, companies, action, capacity):
        """Keep one row for each dossier shown to the current user, in one statement.

        :param dict companies: ``{dossier id: company id}``
        :param action: key of ``DISCLOSURE_ACTIONS``
        """
        now = fields.Datetime.now()
        common = {
            "user_id": self.env.uid,
            "user_name": self.env.user.sudo().name,
            "capacity": capacity,
            "at": now,
            "action": action,
        }
        rows = [
            {"id": row_id, "dossier_id": dossier_id, "company_id": company_id, **common}
            for row_id, (dossier_id, company_id) in zip(
                reserve_ids(self, len(companies)), companies.items(), strict=True
            )
        ]
        return insert_rows(self, rows)
