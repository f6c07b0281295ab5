from odoo import api, fields, models
from odoo.fields import Domain


class DocumentPage(models.Model):
    """How documents are found: by words without accents, and by who has to follow them."""

    _inherit = "document.page"

    qms_search = fields.Char(
        string="Text", compute="_compute_qms_search", search="_search_qms_search"
    )
    qms_is_mine = fields.Boolean(
        string="My documents", compute="_compute_qms_is_mine", search="_search_qms_is_mine"
    )
    qms_review_state = fields.Selection(
        [("none", "No date"), ("ahead", "Ahead"), ("due", "Due within 30 days"), ("late", "Late")],
        string="Review",
        compute="_compute_qms_review_state",
    )

    # === COMPUTE METHODS === #

    def _compute_qms_search(self):
        self.qms_search = False

    @api.model
    def _search_qms_search(self, operator, value):
        """Find documents that hold all words in code, title or text, accents or not.

        The text is that of the revision in force; of a document not yet in force, that
        of revisions the user reads.
        """
        if operator not in ("ilike", "=ilike", "like", "=") or not isinstance(value, str):
            return NotImplemented
        readable = self.env["document.page.history"]._search([("qms_state", "!=", False)])
        domains = []
        for word in value.split():
            in_text = (
                self.env["document.page.history"]
                .sudo()
                ._search(
                    Domain("id", "in", readable)
                    & Domain("plain_text", "ilike", word)
                    & Domain("qms_state", "in", ("effective", "draft", "review", "approval"))
                )
            )
            domains.append(
                Domain("qms_code", "ilike", word)
                | Domain("qms_external_no", "ilike", word)
                | Domain("qms_revision_ids", "in", in_text)
            )
        return Domain.AND(domains) if domains else Domain.TRUE

    @api.depends_context("uid")
    def _compute_qms_is_mine(self):
        mine = self.filtered_domain(self._qms_mine_domain())
        for page in self:
            page.qms_is_mine = page in mine

    @api.model
    def _search_qms_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._qms_mine_domain()
        return domain if True in value else ~domain

    @api.model
    def _qms_mine_domain(self):
        """Domain of the documents the current user has to follow, by position and unit.

        Those of colleagues they stand in for are theirs for that time, too.
        """
        user = self.env.user
        positions = user._qms_document_positions()
        units = positions.sudo().department_id | user.sudo().employee_ids.department_id
        mine = (
            Domain("qms_is_for_all", "=", True)
            | Domain("qms_position_ids", "in", positions.ids)
            | Domain("qms_department_ids", "in", units.ids)
            | Domain("qms_owner_id", "in", units.ids)
        )
        return Domain("qms_status", "=", "effective") & mine

    @api.depends("qms_next_review", "qms_status")
    def _compute_qms_review_state(self):
        today = fields.Date.context_today(self)
        soon = fields.Date.add(today, days=30)
        for page in self:
            day = page.qms_next_review if page.qms_status == "effective" else False
            if not day:
                page.qms_review_state = "none"
            elif day < today:
                page.qms_review_state = "late"
            else:
                page.qms_review_state = "due" if day <= soon else "ahead"
