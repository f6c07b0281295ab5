from odoo import api, fields, models
from odoo.tools import SQL

from .qms_posting import SUBJECT_KINDS


class QmsPostingGap(models.Model):
    """What has to be posted and is not, or only in a state that is no longer in force.

    The policy and the objectives (kinds *to be posted*), each procedure in force, the
    declaration in force (Decision 19/2014/QĐ-TTg, art. 4.3). Everyone of the agency reads it.
    """

    _name = "qms.posting.gap"
    _description = "Not posted"
    _auto = False
    _order = "subject_kind, code, id"
    _rec_name = "name"
    _rec_names_search = ["name", "code"]

    company_id = fields.Many2one("res.company", string="Agency", readonly=True)
    subject_kind = fields.Selection(SUBJECT_KINDS, string="Sort", readonly=True)
    code = fields.Char(readonly=True)
    name = fields.Char(string="Title", readonly=True)
    mark = fields.Char(string="Issue/revision, version", readonly=True)
    effective_from = fields.Date(string="In force from", readonly=True)
    gap_state = fields.Selection(
        [("missing", "Not posted"), ("outdated", "Outdated copy posted")],
        string="Status",
        readonly=True,
    )
    posted_on = fields.Date(string="Old copy posted on", readonly=True)
    page_id = fields.Many2one("document.page", string="Controlled document", readonly=True)
    procedure_id = fields.Many2one("qms.procedure", readonly=True)
    declaration_id = fields.Many2one("qms.declaration", readonly=True)

    # What is read below is flushed before the query.
    _depends = {
        "qms.posting": ["subject_key", "item_key", "posted_on", "removed_on"],
        "document.page": ["qms_effective_id", "qms_kind_id", "qms_code", "name", "active"],
        "document.page.history": ["issue_no", "revision_no", "effective_from"],
        "qms.document.kind": ["is_posted"],
        "qms.declaration": ["state", "decision_no", "decision_date", "standard_name"],
    }

    @property
    def _table_query(self):
        today = fields.Date.context_today(self)
        return SQL(
            """SELECT in_force.record_id * 4 + CASE in_force.subject_kind
                          WHEN 'document' THEN 1 WHEN 'procedure' THEN 2
                          WHEN 'declaration' THEN 3 ELSE 0 END AS id,
                      in_force.company_id, in_force.subject_kind, in_force.code,
                      in_force.name, in_force.mark, in_force.effective_from,
                      %(links)s, posted.posted_on,
                      CASE WHEN posted.posted_on IS NULL THEN 'missing' ELSE 'outdated'
                       END AS gap_state
                 FROM (%(in_force)s) AS in_force
                 LEFT JOIN (
                      SELECT subject_key, max(posted_on) AS posted_on
                        FROM qms_posting
                       WHERE removed_on IS NULL OR removed_on > %(today)s
                       GROUP BY subject_key) AS posted
                   ON posted.subject_key = in_force.subject_key
                WHERE in_force.must_be_posted
                  AND NOT EXISTS (
                      SELECT FROM qms_posting shown
                       WHERE shown.subject_key = in_force.subject_key
                         AND shown.item_key = in_force.item_key
                         AND (shown.removed_on IS NULL OR shown.removed_on > %(today)s))""",
            links=self._link_columns(),
            in_force=self.env["qms.posting"]._all_in_force_sql(today),
            today=today,
        )

    # === ACTIONS === #

    def action_post(self):
        """Open the entry of a posting for these."""
        self.check_access("read")
        return self.env["qms.posting.entry"]._open_for(
            self.page_id, self.procedure_id, self.declaration_id
        )

    def action_open_subject(self):
        """Open what is to be posted."""
        self.ensure_one()
        return self._subject().get_formview_action()

    @api.model
    def _link_names(self):
        return ("page_id", "procedure_id", "declaration_id")

    @api.model
    def _link_columns(self):
        return SQL("in_force.page_id, in_force.procedure_id, in_force.declaration_id")

    def _subject(self):
        return next(self[name] for name in self._link_names() if self[name])
