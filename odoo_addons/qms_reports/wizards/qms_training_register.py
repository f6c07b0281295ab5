from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class QmsTrainingRegister(models.TransientModel):
    """The classes of a period with their figures, and who took part in them."""

    _name = "qms.training.register"
    _description = "Register of classes"
    _inherit = ["qms.table.source.mixin"]

    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(month=1, day=1),
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(month=12, day=31),
    )
    with_participants = fields.Boolean(string="With the participants")
    training_count = fields.Integer(string="Classes", compute="_compute_figures")
    learner_count = fields.Integer(string="Learners", compute="_compute_figures")
    person_count = fields.Integer(
        string="Persons", compute="_compute_figures", help="Each person counted once."
    )
    hours = fields.Float(string="Hours of learning", compute="_compute_figures")

    # === COMPUTE METHODS === #

    @api.depends("company_id", "date_from", "date_to")
    def _compute_figures(self):
        for register in self:
            trainings = register._trainings() if register.date_from and register.date_to else []
            figures = register._figures(trainings)
            register.training_count = len(trainings)
            register.learner_count, register.person_count, register.hours = figures

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Register of classes")

    # === BUSINESS METHODS === #

    def _trainings(self):
        return self.env["qms.training"].search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "!=", "cancelled")
            & Domain("date_from", ">=", self.date_from)
            & Domain("date_from", "<=", self.date_to),
            order="date_from, id",
        )

    def _figures(self, trainings):
        """Return learners, persons and hours; numbers are for everybody."""
        if not trainings:
            return 0, 0, 0.0
        ((learners, persons, hours),) = (
            self.env["qms.training.participant"]
            .sudo()
            ._read_group(
                [("training_id", "in", trainings.ids), ("attended", "=", True)],
                [],
                ["__count", "person_key:count_distinct", "hours:sum"],
            )
        )
        return learners, persons, hours or 0.0

    def _table_sections(self):
        self.ensure_one()
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("Choose an agency you are working in."))
        trainings = self._on_paper(self._trainings())
        sections = [self._classes(trainings)]
        if self.with_participants:
            sections += [training._participants_section() for training in trainings]
        return sections

    def _classes(self, trainings):
        learners, persons, hours = self._figures(trainings)
        period = f"Từ ngày {self._day(self.date_from)} đến ngày {self._day(self.date_to)}"
        return {
            "sheet": "Lớp đào tạo",
            "title": "SỔ THEO DÕI ĐÀO TẠO, TẬP HUẤN",
            "subtitles": [period],
            "heads": [
                ("STT", 4), ("Mã", 10), ("Nội dung", 23), ("Thời gian", 12), ("Số giờ", 6),
                ("Giảng viên", 13), ("Đăng ký", 6), ("Tham dự", 6), ("Đạt", 5),
                ("Không đạt", 6), ("Hiệu lực", 9),
            ],
            "rows": [self._class_row(number, row) for number, row in enumerate(trainings, 1)],
            "foot": [
                f"Tổng số: {len(trainings)} lớp; {learners} lượt người học; {persons} người; "
                f"{self._number(hours)} giờ học."
            ],
        }  # fmt: skip

    def _class_row(self, number, training):
        return [
            str(number),
            training.code or "",
            training.name,
            training._days_text(),
            self._number(training.hours),
            training.trainer or training.provider or "",
            str(training.participant_count),
            str(training.attended_count),
            str(training.passed_count),
            str(training.failed_count),
            self._label(training, "verdict") or self._label(training, "state"),
        ]

    def _table_signers(self):
        return self._committee_signers(self.company_id)
