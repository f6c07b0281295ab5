from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

ORIGINS = [("internal", "Internal documents"), ("external", "External documents")]


class QmsMasterList(models.TransientModel):
    """The list of documents in force of an agency, to be printed or kept as a workbook.

    Everybody prints what they may read: restricted documents stand on the lists of those
    for whom they are.
    """

    _name = "qms.master.list"
    _description = "Master list of documents"

    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    origin = fields.Selection(ORIGINS, default="internal", required=True)
    kind_ids = fields.Many2many("qms.document.kind", string="Document kinds")
    department_id = fields.Many2one(
        "hr.department", string="Owner unit", domain="[('company_id', 'in', (company_id, False))]"
    )
    document_count = fields.Integer(string="Documents", compute="_compute_document_count")

    # === COMPUTE METHODS === #

    @api.depends("company_id", "origin", "kind_ids", "department_id")
    def _compute_document_count(self):
        for wizard in self:
            wizard.document_count = self.env["document.page"].search_count(wizard._domain())

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Master list")

    # === BUSINESS METHODS === #

    def _domain(self):
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("qms_status", "=", "effective")
            & Domain("qms_kind_id.is_external", "=", self.origin == "external")
        )
        if self.kind_ids:
            domain &= Domain("qms_kind_id", "in", self.kind_ids.ids)
        if self.department_id:
            domain &= Domain("qms_owner_id", "child_of", self.department_id.id)
        return domain

    def _documents(self):
        """Return the documents of the list in the order of kinds and codes."""
        self.ensure_one()
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("Choose an agency you are working in."))
        # The paper is Vietnamese in every language.
        lang = self.env["res.lang"]._qms_of_papers()
        pages = self.env["document.page"].search(self._domain()).with_context(lang=lang)
        return pages.sorted(lambda page: (page.qms_kind_id.sequence, page.qms_code or ""))

    def _rows(self):
        """Return the rows of the list as texts, in the order of :meth:`_heads`."""
        return [
            self._external_row(number, page)
            if self.origin == "external"
            else self._internal_row(number, page)
            for number, page in enumerate(self._documents(), 1)
        ]

    def _heads(self):
        """Return ``[(head, share of the width in percent)]``; Vietnamese as the paper is."""
        if self.origin == "external":
            return [
                ("STT", 5), ("Mã hiệu", 12), ("Tên tài liệu", 35), ("Số, ký hiệu", 14),
                ("Cơ quan ban hành", 16), ("Ngày văn bản", 9), ("Ngày áp dụng", 9),
            ]  # fmt: skip
        return [
            ("STT", 5), ("Mã hiệu", 13), ("Tên tài liệu", 34), ("Loại tài liệu", 13),
            ("Lần BH/SĐ", 7), ("Ngày ban hành", 9), ("Ngày hiệu lực", 9), ("Đơn vị", 10),
        ]  # fmt: skip

    def _title(self):
        external = self.origin == "external"
        return "DANH MỤC TÀI LIỆU BÊN NGOÀI" if external else "DANH MỤC TÀI LIỆU NỘI BỘ"

    def _internal_row(self, number, page):
        return [
            str(number),
            page.qms_code,
            page.name,
            page.qms_kind_id.name,
            f"{page.qms_issue_no}/{page.qms_revision_no}",
            _day(page.qms_issued_on),
            _day(page.qms_effective_from),
            page.sudo().qms_owner_id.name or "",
        ]

    def _external_row(self, number, page):
        return [
            str(number),
            page.qms_code,
            page.name,
            page.qms_external_no or "",
            page.qms_external_issuer or "",
            _day(page.qms_external_date),
            _day(page.qms_effective_from),
        ]


def _day(value):
    return value.strftime("%d/%m/%Y") if value else ""
