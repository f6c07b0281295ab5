from odoo import api, fields, models
from odoo.tools import SQL

KINDS = [
    ("training", "Training class"),
    ("reading", "Document read"),
    ("quiz", "Document read, quiz passed"),
]
RESULTS = [
    ("passed", "Passed"),
    ("failed", "Not passed"),
    ("untested", "No test"),
    ("confirmed", "Confirmed"),
]


class QmsLearningRecord(models.Model):
    """What each person has learned: classes attended, documents read, quizzes passed.

    Staff read their own rows; heads, auditors, leaders, ISO officers and the provincial
    office those of the agency, as with the rows they come from.
    """

    _name = "qms.learning.record"
    _description = "Learning of a person"
    _auto = False
    _rec_name = "subject"
    _order = "date desc, id desc"
    _depends = {
        "qms.training": ["name", "code", "state", "date_to"],
        "qms.training.participant": [
            "training_id",
            "user_id",
            "name",
            "unit_name",
            "attended",
            "hours",
            "result",
            "score",
            "person_key",
            "company_id",
        ],
        "qms.acknowledgement": [
            "campaign_id",
            "revision_id",
            "user_id",
            "user_name",
            "acknowledged_at",
            "score",
            "company_id",
        ],
        "qms.acknowledgement.campaign": ["survey_id"],
        "document.page.history": ["page_id"],
        "document.page": ["name", "qms_code"],
    }

    kind = fields.Selection(KINDS, readonly=True)
    subject = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", string="Account", readonly=True)
    name = fields.Char(string="Person", readonly=True)
    unit_name = fields.Char(string="Unit", readonly=True)
    company_id = fields.Many2one("res.company", string="Agency", readonly=True)
    date = fields.Date(string="Learned on", readonly=True)
    hours = fields.Float(readonly=True, aggregator="sum")
    result = fields.Selection(RESULTS, readonly=True)
    score = fields.Float(string="Score (%)", readonly=True, aggregator="avg")
    person_key = fields.Integer(string="Persons", readonly=True, aggregator="count_distinct")

    @property
    def _table_query(self):
        return SQL("%s UNION ALL %s", self._classes_sql(), self._readings_sql())

    # === BUSINESS METHODS === #

    @api.model
    def _classes_sql(self):
        """Even ids; those of the participants doubled."""
        return SQL(
            """SELECT row.id * 2 AS id, 'training' AS kind,
                      concat_ws(' – ', training.code, training.name) AS subject,
                      row.user_id, row.name, row.unit_name, row.company_id,
                      training.date_to AS date, row.hours, row.result, row.score, row.person_key
                 FROM qms_training_participant row
                 JOIN qms_training training ON training.id = row.training_id
                WHERE row.attended AND training.state IN ('held', 'evaluated')"""
        )

    @api.model
    def _readings_sql(self):
        """Odd ids; those of the acknowledgements doubled, plus one."""
        return SQL(
            """SELECT row.id * 2 + 1 AS id,
                      CASE WHEN campaign.survey_id IS NULL THEN 'reading' ELSE 'quiz' END AS kind,
                      concat_ws(' – ', page.qms_code, page.name) AS subject,
                      row.user_id, row.user_name AS name, NULL AS unit_name, row.company_id,
                      (row.acknowledged_at AT TIME ZONE 'UTC' AT TIME ZONE
                       COALESCE(company.qms_timezone, 'Asia/Ho_Chi_Minh'))::date AS date,
                      0.0 AS hours,
                      CASE WHEN campaign.survey_id IS NULL THEN 'confirmed' ELSE 'passed' END
                          AS result,
                      CASE WHEN campaign.survey_id IS NULL THEN NULL ELSE row.score END AS score,
                      row.user_id AS person_key
                 FROM qms_acknowledgement row
                 JOIN qms_acknowledgement_campaign campaign ON campaign.id = row.campaign_id
                 JOIN document_page_history revision ON revision.id = row.revision_id
                 JOIN document_page page ON page.id = revision.page_id
                 JOIN res_company company ON company.id = row.company_id
                WHERE row.acknowledged_at IS NOT NULL"""
        )
