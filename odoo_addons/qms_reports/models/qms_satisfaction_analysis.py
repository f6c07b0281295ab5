from odoo import models


class QmsSatisfactionAnalysis(models.Model):
    """Ratings and the dossiers they are counted on, without the persons who handled them.

    Read by heads, leaders, ISO officers, auditors and the provincial office: who reads
    the rating of one dossier can tell from its steps whom it concerns (OS-11).
    """

    _name = "qms.satisfaction.analysis"
    _description = "Satisfaction"
    _inherit = ["qms.satisfaction.mixin"]
    _auto = False
    _rec_name = "dossier_id"
    _order = "eligible_at desc, id desc"
