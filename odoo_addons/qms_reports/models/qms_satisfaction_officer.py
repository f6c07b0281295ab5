from odoo import fields, models
from odoo.tools import SQL


class QmsSatisfactionOfficer(models.Model):
    """The same by the persons who handled the dossier and returned the result.

    For heads, leaders and ISO officers alone: who is rated low is to be talked to, in
    the end replaced (OS-11, Decree 118/2025, art. 11.8); it is nobody else's business.
    """

    _name = "qms.satisfaction.officer"
    _description = "Satisfaction by officer"
    _inherit = ["qms.satisfaction.mixin"]
    _auto = False
    _rec_name = "dossier_id"
    _order = "eligible_at desc, id desc"

    officer_id = fields.Many2one("res.users", string="Handled by", readonly=True)
    returner_id = fields.Many2one("res.users", string="Result returned by", readonly=True)

    def _more_columns(self):
        returner = SQL(
            """(SELECT event.user_id FROM qms_dossier_event event
                 WHERE event.dossier_id = dossier.id AND event.event_type = 'returned'
                 ORDER BY event.sequence DESC LIMIT 1)"""
        )
        return SQL(
            ", COALESCE(answer.qms_officer_id, %s) AS officer_id,"
            " COALESCE(answer.qms_returner_id, %s) AS returner_id",
            self._handled("done_by_id"),
            returner,
        )
