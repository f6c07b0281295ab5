from odoo import api, fields, models
from odoo.tools import email_normalize

from ..const import APPLICANT_KINDS, FORM_OF_VERB

# A print of more papers than this is offered as a list: it would outlast the time a
# worker of the server has.
PRINT_LIMIT = 150


class QmsDossier(models.Model):
    """The papers issued for a dossier, and how a verb offers the one it has issued."""

    _inherit = "qms.dossier"

    paper_ids = fields.One2many("qms.dossier.paper", "dossier_id", string="Issued papers")
    paper_count = fields.Integer(string="Issued", compute="_compute_paper_count")
    # Not a verb of the dossier: nothing changes in it.
    may_issue_slip = fields.Boolean(
        string="May issue the control slip", compute="_compute_may_issue_slip"
    )

    # === COMPUTE METHODS === #

    @api.depends("paper_ids")
    def _compute_paper_count(self):
        counts = dict(
            self.env["qms.dossier.paper"]._read_group(
                [("dossier_id", "in", self.ids)], ["dossier_id"], ["__count"]
            )
        )
        for dossier in self:
            dossier.paper_count = counts.get(dossier._origin, 0)

    @api.depends_context("uid")
    @api.depends("accepted_at", "company_id")
    def _compute_may_issue_slip(self):
        for dossier in self:
            dossier.may_issue_slip = bool(dossier._origin) and not dossier._issue_slip_error()

    # === PREDICATES === #

    def _issue_slip_error(self):
        if not self.accepted_at:
            return self.env._("“%(name)s” is not accepted yet.", name=self.display_name)
        if self.company_id not in self.env.user.sudo().company_ids:
            return self.env._("“%(name)s” belongs to another agency.", name=self.display_name)
        if not self.shows_personal_data:
            return self.env._("You have no part in “%(name)s”.", name=self.display_name)
        return ""

    # === ACTIONS === #

    def action_view_papers(self):
        """Open the papers issued for these dossiers."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_reports.qms_dossier_paper_action"
        )
        action["domain"] = [("dossier_id", "in", self.ids)]
        action["context"] = {}
        return action

    def action_issue_control_slip(self):
        """Issue the control slip as it is now: numbered and kept."""
        self.check_access("read")
        self._raise_errors(dossier._issue_slip_error() for dossier in self)
        papers = self.env["qms.dossier.paper"]
        for dossiers in self.grouped("company_id").values():
            papers |= papers._issue("control_slip", dossiers)
        return papers._action_open()

    # === BUSINESS METHODS === #

    def _paper_action(self, verb):
        """Return the action that offers the papers ``verb`` has just issued.

        A receipt is printed at once, so that the counter goes on by keyboard; another
        paper opens with its print, its e-mail and its Word file. Several are one print,
        a great many a list to choose from.
        """
        kind = FORM_OF_VERB.get(verb)
        if not kind:
            return super()._paper_action(verb)
        found = self.env["qms.dossier.paper"].search(
            [("dossier_id", "in", self.ids), ("kind", "=", kind)], order="id"
        )
        latest = {paper.dossier_id: paper for paper in found}
        papers = found.browse([latest[row].id for row in self if row in latest])
        readable = papers.filtered("can_read_file")
        if not readable:
            return super()._paper_action(verb)
        is_single = len(readable) == 1 and verb != "accept"
        if is_single or len(readable) > PRINT_LIMIT:
            return readable._action_open()
        return readable.action_print()

    def _paper_address(self):
        """Return the e-mail address of the applicant, empty when there is none."""
        self.ensure_one()
        written = self.holder_email or self.partner_id.sudo().email or ""
        return email_normalize(written, strict=False) or ""

    # === FOR THE APPLICANT === #

    def _papers_for_applicant(self):
        """Return the papers issued to the applicant, newest first, elevated."""
        self.ensure_one()
        papers_sudo = self.sudo().paper_ids.filtered(lambda row: row.kind in APPLICANT_KINDS)
        return papers_sudo.sorted(lambda row: (row.issued_at, row.id), reverse=True)

    def _applicant_paper_list(self):
        kinds = dict(self.paper_ids._fields["kind"]._description_selection(self.env))
        return [
            (
                paper.id,
                self.env._(
                    "%(kind)s, no. %(number)s of %(day)s",
                    kind=kinds[paper.kind],
                    number=paper.number_text,
                    day=paper.company_id._qms_day_text(paper.issued_at),
                ),
            )
            for paper in self._papers_for_applicant()
        ]

    def _applicant_paper(self, paper_id):
        """Return the file of a paper of this dossier, drawn when first wanted."""
        paper_sudo = self._papers_for_applicant().filtered(lambda row: row.id == paper_id)
        if not paper_sudo:
            return None
        content = paper_sudo._pdf_files()[paper_sudo]
        return paper_sudo._file_name("pdf"), "application/pdf", content
