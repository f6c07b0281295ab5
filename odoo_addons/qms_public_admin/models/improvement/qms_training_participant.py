import zlib

from odoo import api, fields, models

from ...tools.vietnamese import fold

RESULTS = [("passed", "Passed"), ("failed", "Not passed"), ("untested", "No test")]


class QmsTrainingParticipant(models.Model):
    """Who was registered for a class, whether they took part, and with what result.

    Staff read their own rows; heads, auditors, leaders, ISO officers and the provincial
    office those of the agency. ISO officers write them while the class is not evaluated;
    nobody changes them afterwards. Name, position and unit are kept as text; people from
    outside have a name alone.
    """

    _name = "qms.training.participant"
    _description = "Participant of a class"
    _inherit = ["qms.placement.mixin"]
    _order = "training_id, sequence, name, id"
    _check_company_auto = True

    _placing_fields = ("training_id", "company_id")
    _derived_fields = ("company_id", "person_key", "hours", "date", "training_state")

    training_id = fields.Many2one(
        "qms.training", string="Training class", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="training_id.company_id", store=True, index=True)
    date = fields.Date(related="training_id.date_from", string="First day", store=True, index=True)
    training_state = fields.Selection(
        related="training_id.state", string="State of the class", store=True
    )
    sequence = fields.Integer(default=10, aggregator=None)
    user_id = fields.Many2one(
        "res.users",
        string="Account",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Empty for people from outside.",
    )
    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, precompute=True, required=True
    )
    title = fields.Char(
        string="Position held", compute="_compute_name", store=True, readonly=False, precompute=True
    )
    unit_name = fields.Char(
        string="Unit", compute="_compute_name", store=True, readonly=False, precompute=True
    )
    attended = fields.Boolean(string="Took part")
    hours = fields.Float(
        string="Hours attended", compute="_compute_hours", store=True, aggregator="sum"
    )
    result = fields.Selection(RESULTS, default="untested", required=True)
    score = fields.Float(string="Score (%)", aggregator="avg")
    certificate_no = fields.Char(string="Certificate no.")
    certificate = fields.Binary(attachment=True)
    certificate_name = fields.Char(string="File of the certificate")
    note = fields.Char()
    person_key = fields.Integer(
        string="Persons",
        compute="_compute_person_key",
        store=True,
        precompute=True,
        aggregator="count_distinct",
        help="Counts a person once, however many classes they attended.",
    )

    _once = models.UniqueIndex(
        "(training_id, user_id) WHERE user_id IS NOT NULL",
        "A person is registered for a class once.",
    )
    _score = models.Constraint("CHECK(score BETWEEN 0 AND 100)", "A score lies between 0 and 100.")
    _result_of_who_came = models.Constraint(
        "CHECK(COALESCE(attended, FALSE) OR result = 'untested')",
        "Who did not take part has no result.",
    )

    # === COMPUTE METHODS === #

    @api.depends("user_id")
    def _compute_name(self):
        with_account = self.filtered("user_id")
        units = with_account._units()
        for row in with_account:
            row.name = row.user_id.sudo().name
            row.title = row.title or units.get(row.user_id.id, ("", ""))[0]
            row.unit_name = row.unit_name or units.get(row.user_id.id, ("", ""))[1]
        for row in self - with_account:
            row.name, row.title, row.unit_name = row.name, row.title, row.unit_name

    def _units(self):
        """Return ``{user id: (position, unit)}`` of all persons in two queries."""
        companies = self.training_id.company_id or self.env.company
        users = self.user_id.sudo()
        employees = (
            self.env["hr.employee"]
            .sudo()
            .search([("user_id", "in", users.ids), ("company_id", "in", companies.ids)])
        )
        positions = (
            self.env["qms.position"]
            .sudo()
            .search(
                [
                    ("holder_ids", "in", users.ids),
                    ("company_id", "in", [False, *companies.ids]),
                ]
            )
        )
        found = {}
        for user in users:
            held = positions.filtered(lambda row, user=user: user in row.holder_ids)
            employee = employees.filtered(lambda row, user=user: row.user_id == user)[:1]
            title = ", ".join(held.mapped("name")) or employee.job_title or ""
            unit = employee.department_id or held.department_id[:1]
            found[user.id] = (title, unit.name or "")
        return found

    @api.depends("attended", "training_id.hours")
    def _compute_hours(self):
        for row in self:
            row.hours = row.training_id.hours if row.attended else 0.0

    @api.depends("user_id", "name", "unit_name")
    def _compute_person_key(self):
        for row in self:
            words = f"{fold(row.name)}|{fold(row.unit_name)}"
            # Accounts are positive; who has none is known by name and unit.
            row.person_key = row.user_id.id or -(zlib.crc32(words.encode()) >> 1) - 1

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows.training_id._check_open()
        return rows

    def write(self, vals):
        self.training_id._check_open()
        result = super().write(vals)
        self.training_id._check_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evaluated(self):
        self.training_id._check_open()

    # === BUSINESS METHODS === #

    def _keeping_files(self):
        """Certificates of an evaluated class stay as they are."""
        return self.filtered(lambda row: row.sudo().training_id.state in ("evaluated", "cancelled"))
