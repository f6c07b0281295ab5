from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...tools.words import stripped
from .improvement_texts import GROUP_HEAD, GROUP_OFFICER
from .qms_competence import COMPETENCE_LEVELS

LEVELS_GIVEN = [("0", "Not there"), *COMPETENCE_LEVELS]
BASES = [
    ("training", "Training"),
    ("certificate", "Certificate or degree"),
    ("practice", "Observed at work"),
    ("test", "Test"),
]


class QmsCompetenceAssessment(models.Model):
    """What somebody is able to do, from a day on, in whose judgement and on what basis.

    The last row that has not run out counts. Staff read their own, heads, auditors, leaders,
    ISO officers and the provincial office those of the agency. Rows come from an evaluated
    training, or from ISO officers and, for the people of their units, heads: never from the
    person judged. They are not rewritten: a later row corrects.
    """

    _name = "qms.competence.assessment"
    _description = "Assessment of a competence"
    _inherit = ["qms.fact.mixin"]
    _order = "date desc, id desc"
    _rec_name = "competence_name"

    user_id = fields.Many2one(
        "res.users",
        string="Person",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    user_name = fields.Char(string="Name", required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    competence_id = fields.Many2one(
        "qms.competence", required=True, readonly=True, index=True, ondelete="restrict"
    )
    competence_name = fields.Char(string="Competence in words", required=True, readonly=True)
    level = fields.Selection(LEVELS_GIVEN, string="Degree", required=True, readonly=True)
    date = fields.Date(string="From", required=True, readonly=True)
    valid_to = fields.Date(string="Valid until", readonly=True)
    basis = fields.Selection(BASES, required=True, readonly=True)
    participant_id = fields.Many2one(
        "qms.training.participant",
        string="Training",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    words = fields.Text(string="Grounds", readonly=True)
    assessor_id = fields.Many2one(
        "res.users", string="Judged by", readonly=True, index=True, ondelete="restrict"
    )
    assessor_name = fields.Char(required=True, readonly=True)

    _term = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_to >= date)", "It runs out before it begins."
    )
    _not_by_oneself = models.Constraint(
        "CHECK(basis = 'training' OR assessor_id != user_id)",
        "Nobody judges their own competence.",
    )
    _current_idx = models.Index("(company_id, user_id, competence_id, date)")

    # === BUSINESS METHODS === #

    @api.model
    def _judge(self, users, competence, level, basis, words, valid_to=None):
        """Record what people are able to do; refuse who may not judge them.

        :raise AccessError: for persons the current user does not judge
        """
        company = self.env.company
        if level not in dict(LEVELS_GIVEN) or basis not in dict(BASES) or basis == "training":
            raise UserError(self.env._("Choose the level and on what it is based."))
        if not stripped(words):
            raise UserError(self.env._("Say on what grounds."))
        (users | self.env.user).check_access("read")
        competence.check_access("read")
        strangers = users - self._judged_by_me(company)
        if strangers:
            raise AccessError(
                self.env._(
                    "You do not judge the competence of %(names)s: ISO officers do, and heads "
                    "for the people of their units, never for themselves.",
                    names=", ".join(strangers.mapped("name")),
                )
            )
        vals = {"basis": basis, "words": stripped(words), "valid_to": valid_to or False}
        return self._record(
            [self._judgement(user, company, competence, level, vals) for user in users]
        )

    @api.model
    def _judgement(self, user, company, competence, level, vals):
        """Return the values of one row."""
        local = self.with_context(tz=company._qms_timezone())
        return {
            "user_id": user.id,
            "user_name": user.sudo().name,
            "company_id": company.id,
            "competence_id": competence.id,
            "competence_name": competence.sudo().name,
            "level": level,
            "date": fields.Date.context_today(local),
            "assessor_id": self.env.uid,
            "assessor_name": self.env.user.sudo().name,
            **vals,
        }

    @api.model
    def _judged_by_me(self, company):
        """Return the people of an agency whom the current user judges."""
        user = self.env.user
        people = self.env["qms.competence"]._people(company)
        if user.has_group(GROUP_OFFICER):
            return people - user
        if not user.has_group(GROUP_HEAD):
            return people.browse()
        units = user._qms_units()[user.id]
        of_units = units.member_ids.user_id | (
            self.env["qms.position"].sudo().search([("department_id", "in", units.ids)]).holder_ids
        )
        return (people & of_units) - user

    @api.model
    def _current(self, company, users):
        """Return ``{(user id, competence id): level}`` as it counts today, in one query."""
        local = self.with_context(tz=company._qms_timezone())
        today = fields.Date.context_today(local)
        rows = self.search_fetch(
            Domain("company_id", "=", company.id)
            & Domain("user_id", "in", users.ids)
            & Domain("date", "<=", today),
            ["user_id", "competence_id", "level", "valid_to"],
            order="date, id",
        )
        current = {}
        for row in rows:
            ended = row.valid_to and row.valid_to < today
            current[row.user_id.id, row.competence_id.id] = 0 if ended else int(row.level)
        return current
