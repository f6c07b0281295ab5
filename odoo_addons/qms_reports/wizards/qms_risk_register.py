from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

KINDS = [("both", "Risks and opportunities"), ("risk", "Risks"), ("opportunity", "Opportunities")]
TITLES = {
    "both": "SỔ THEO DÕI RỦI RO VÀ CƠ HỘI",
    "risk": "SỔ THEO DÕI RỦI RO",
    "opportunity": "SỔ THEO DÕI CƠ HỘI",
}
SHEETS = {"both": "Rủi ro và cơ hội", "risk": "Rủi ro", "opportunity": "Cơ hội"}


class QmsRiskRegister(models.TransientModel):
    """The register of risks and opportunities, to be printed or kept as a workbook.

    In one table where the agency's edition keeps both together, in two where it keeps them
    apart. Everybody prints what they may read: confidential ones stand on the registers of
    those for whom they are.
    """

    _name = "qms.risk.register"
    _description = "Register of risks and opportunities"
    _inherit = ["qms.table.source.mixin"]

    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    kind = fields.Selection(KINDS, string="What to print", required=True, default="both")
    department_id = fields.Many2one(
        "hr.department", string="Unit", domain="[('company_id', 'in', (company_id, False))]"
    )
    with_closed = fields.Boolean(string="Closed ones, too")
    without_confidential = fields.Boolean(
        string="Without confidential ones",
        default=True,
        help="For a register that is posted or passed on.",
    )
    risk_count = fields.Integer(string="Entries", compute="_compute_risk_count")

    # === COMPUTE METHODS === #

    @api.depends("company_id", "kind", "department_id", "with_closed", "without_confidential")
    def _compute_risk_count(self):
        for register in self:
            register.risk_count = self.env["qms.risk"].search_count(register._domain())

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Register of risks and opportunities")

    # === BUSINESS METHODS === #

    def _domain(self, kind=None):
        domain = Domain("company_id", "=", self.company_id.id)
        wanted = kind or self.kind
        if wanted != "both":
            domain &= Domain("kind", "=", wanted)
        if self.department_id:
            domain &= Domain("department_id", "child_of", self.department_id.id)
        if not self.with_closed:
            domain &= Domain("state", "!=", "closed")
        if self.without_confidential:
            domain &= Domain("is_restricted", "=", False)
        return domain

    def _table_sections(self):
        self.ensure_one()
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("Choose an agency you are working in."))
        is_apart = self.company_id._qms_standard().splits_risks
        kinds = ("risk", "opportunity") if is_apart and self.kind == "both" else (self.kind,)
        return [self._section(kind) for kind in kinds]

    def _section(self, kind):
        found = self.env["qms.risk"].search(self._domain(kind))
        risks = self._on_paper(found.sorted(lambda risk: (-(risk.score or 0), risk.code)))
        today = self._day(fields.Date.context_today(self))
        subtitles = [f"Đến ngày {today}"]
        if self.department_id:
            subtitles.append(f"Đơn vị: {self.department_id.sudo().name}")
        return {
            "sheet": SHEETS[kind],
            "title": TITLES[kind],
            "subtitles": subtitles,
            "heads": [
                ("STT", 3), ("Mã", 9), ("Rủi ro, cơ hội", 14), ("Nhóm", 8),
                ("Nguyên nhân, hậu quả", 12), ("KN", 3), ("AH", 3), ("Điểm", 4), ("Mức", 6),
                ("Kiểm soát hiện có", 8), ("Biện pháp xử lý", 11), ("Phụ trách", 8),
                ("Đánh giá lại", 7), ("Tình trạng", 6),
            ],
            "rows": [self._row(number, risk) for number, risk in enumerate(risks, 1)],
            "foot": self._foot(risks),
        }  # fmt: skip

    def _row(self, number, risk):
        causes = filter(None, (risk.cause, risk.consequence))
        return [
            str(number),
            risk.code or "",
            risk.name,
            risk.kind_id.name or "",
            "\n".join(causes),
            str(risk.likelihood or ""),
            str(risk.impact or ""),
            str(risk.score or ""),
            risk.level or "",
            risk.controls or "",
            self._treatment(risk),
            "\n".join(filter(None, (risk.owner_id.sudo().name, risk.department_id.sudo().name))),
            self._day(risk.date_next),
            self._label(risk, "state"),
        ]

    def _treatment(self, risk):
        """Way and plan, then one line for each action with its deadline."""
        lines = [self._label(risk, "treatment"), risk.treatment_plan or ""]
        lines += [
            f"– {action.name} ({self._day(action.date_deadline)})" for action in risk.action_ids
        ]
        return "\n".join(filter(None, lines))

    def _foot(self, risks):
        levels = {}
        for risk in risks:
            word = risk.level or "Chưa đánh giá"
            levels[word] = levels.get(word, 0) + 1
        counts = "; ".join(f"{word}: {count}" for word, count in levels.items())
        return [
            f"Tổng số: {len(risks)}{'. ' + counts if counts else ''}.",
            "KN: khả năng xảy ra; AH: mức ảnh hưởng; Điểm = KN × AH.",
        ]

    def _table_signers(self):
        return self._committee_signers(self.company_id)
