import datetime
import hashlib

from odoo import api, fields, models
from odoo.fields import Command, Domain

from ...tools import declaration as kernel

REDECLARE_STATES = [
    ("none", "As declared"),
    ("needed", "To be declared anew"),
    ("late", "To be declared anew, late"),
]
GROUP_OFFICER = "qms_public_admin.group_qms_officer"
PLACES = {"document": 0, "procedure": 10_000}


class QmsDeclaration(models.Model):
    """The scope: what is in force, and what is no longer as it was declared (INV-13)."""

    _inherit = "qms.declaration"

    redeclare_state = fields.Selection(
        REDECLARE_STATES,
        string="Scope today",
        compute="_compute_redeclare",
        search="_search_redeclare_state",
    )
    redeclare_since = fields.Date(string="Scope changed on", compute="_compute_redeclare")
    change_count = fields.Integer(string="Changes", compute="_compute_redeclare")
    change_html = fields.Html(string="What changed", compute="_compute_redeclare", sanitize=False)
    reminded_for = fields.Char(readonly=True, copy=False)

    # === COMPUTE METHODS === #

    @api.depends("state", "line_ids")
    @api.depends_context("lang")
    def _compute_redeclare(self):
        today = fields.Date.context_today(self)
        changes = self._changes()
        for row in self:
            calling = [one for one in changes.get(row.id, ()) if one.calls]
            row.change_count = len(changes.get(row.id, ()))
            row.redeclare_since = min((one.item.since or today for one in calling), default=False)
            row.redeclare_state = "none"
            if calling:
                days = row.sudo().company_id.qms_redeclare_warning_days
                is_late = fields.Date.add(row.redeclare_since, days=days) <= today
                row.redeclare_state = "late" if is_late else "needed"
            row.change_html = row.id in changes and self.env["ir.qweb"]._render(
                "qms_public_admin.declaration_changes", {"changes": changes[row.id]}
            )

    def _search_redeclare_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        live = self.search([("state", "=", "declared")])
        found = Domain("id", "in", live.filtered(lambda row: row.redeclare_state in value).ids)
        return found | Domain("state", "!=", "declared") if "none" in value else found

    # === ACTIONS === #

    def action_fill_scope(self):
        """Take into the scope what was in force in the QMS on the day of the scope."""
        self.check_access("write")
        self._check_open()
        self.line_ids.unlink()
        vals_list = []
        for row in self:
            rows = self._scope_of(row.company_id, row._scope_day()).get(row.company_id, [])
            units = self.env["hr.department"].union(*(found["unit"] for found in rows))
            row.department_ids = [Command.set(units.ids)]
            vals_list += [
                {
                    "declaration_id": row.id,
                    "page_id": found["vals"].get("page_id"),
                    "procedure_id": found["vals"].get("procedure_id"),
                }
                for found in rows
            ]
        self.env["qms.declaration.line"].create(vals_list)
        return True

    # === BUSINESS METHODS === #

    def _scope_day(self):
        return self.scope_date or fields.Date.context_today(self)

    def _scope_by_record(self):
        """Return ``{(link field, id): row}`` of what was in force on the day of the scope."""
        self.ensure_one()
        rows = self._scope_of(self.company_id, self._scope_day()).get(self.company_id, [])
        return {
            (field, row["vals"][field]): row
            for row in rows
            for field in ("page_id", "procedure_id")
            if row["vals"].get(field)
        }

    @api.model
    def _scope_of(self, companies, day):
        """Return ``{company: rows}`` of what was in the QMS of each agency on ``day``.

        A row has the values of a line (``vals``), its place (``sequence``), the owner unit
        (``unit``) and the day from which it is so (``since``). Elevated: a declaration
        lists what is restricted, too, by its code and title.
        """
        found = {}
        for row in self._scope_rows(companies, day):
            found.setdefault(row["company"], []).append(row)
        for rows in found.values():
            rows.sort(key=lambda row: (row["sequence"], row["vals"]["code"] or ""))
            for place, row in enumerate(rows, 1):
                row["sequence"] = place
        return found

    @api.model
    def _scope_rows(self, companies, day):
        """Return the rows of all agencies; procedures add theirs."""
        return self._scope_documents(companies, day)

    @api.model
    def _scope_documents(self, companies, day):
        """Return the rows of the documents in force on ``day``, each in its last revision."""
        in_force = Domain("qms_state", "in", ("effective", "obsolete")) & (
            Domain("effective_to", "=", False) | Domain("effective_to", ">=", day)
        )
        withdrawn = Domain("qms_state", "=", "withdrawn") & Domain("effective_to", ">", day)
        revisions_sudo = (
            self.env["document.page.history"]
            .sudo()
            .search(
                Domain("page_id.company_id", "in", companies.ids)
                & Domain("page_id.active", "=", True)
                & Domain("page_id.qms_kind_id.is_declared", "=", True)
                & Domain("effective_from", "<=", day)
                & (in_force | withdrawn),
                order="page_id, issue_no, revision_no",
            )
        )
        last = {revision.page_id: revision for revision in revisions_sudo}
        return [self._document_row(revision) for revision in last.values()]

    @api.model
    def _document_row(self, revision):
        page = revision.page_id
        lang = self.env["res.lang"]._qms_of_papers()
        kind = page.qms_kind_id.with_context(lang=lang)
        return {
            "company": page.company_id.with_env(self.env),
            "unit": page.qms_owner_id.with_env(self.env),
            "since": revision.effective_from,
            "sequence": PLACES["document"] + kind.sequence,
            "vals": {
                "kind": "document",
                "page_id": page.id,
                "revision_id": revision.id,
                "group_name": kind.name,
                "code": page.qms_code,
                "name": revision.title or page.name,
                "issue_no": revision.issue_no,
                "revision_no": revision.revision_no,
                "effective_from": revision.effective_from,
            },
        }

    # === BUSINESS METHODS: DIFFERENCE === #

    def _changes(self):
        """Return ``{id: changes}`` from the declarations in force to the QMS of today."""
        live = self.filtered(lambda row: row.state == "declared" and row.id)
        if not live:
            return {}
        scopes = self._scope_of(live.sudo().company_id, fields.Date.context_today(self))
        lines = live.sudo().line_ids
        ends = self._ends_of(lines)
        changes = {}
        for row in live.sudo():
            present = [self._present_item(found) for found in scopes.get(row.company_id, [])]
            declared = [line._as_item() for line in row.line_ids]
            changes[row.id] = [
                self._dated(one, ends) for one in kernel.difference(declared, present)
            ]
        return changes

    @api.model
    def _present_item(self, found):
        vals = found["vals"]
        mark = self.env["qms.declaration.line"]._mark_of(
            vals["kind"], vals.get("issue_no"), vals.get("revision_no"), vals.get("version_no")
        )
        record = vals.get("page_id") or vals.get("procedure_id")
        return kernel.Item(
            vals["kind"], record, vals["code"] or "", vals["name"], mark, found["since"]
        )

    @api.model
    def _dated(self, change, ends):
        """Give a removal its day."""
        item = change.item
        if change.change != "removed":
            return change
        since = ends.get((item.kind, item.record))
        item = kernel.Item(item.kind, item.record, item.code, item.name, item.mark, since)
        return kernel.Change(change.change, item, change.declared_mark)

    @api.model
    def _ends_of(self, lines):
        """Return ``{(kind, record id): first day without}`` where it is known."""
        groups = (
            self.env["document.page.history"]
            .sudo()
            ._read_group(
                [("page_id", "in", lines.page_id.ids), ("effective_to", "!=", False)],
                ["page_id"],
                ["effective_to:max"],
            )
        )
        return {("document", page.id): last for page, last in groups}

    # === BUSINESS METHODS: REMINDER === #

    @api.model
    def _cron_remind(self):
        """Put late declarations before their ISO officers, each change of a scope once."""
        self._remind_all(self.env["ir.cron"]._commit_progress)

    @api.model
    def _remind_all(self, commit):
        live = self.env["res.company"]._qms_with(self, [("state", "=", "declared")])
        live._qms_each(self._remind_company, commit)

    @api.model
    def _remind_company(self, company):
        zoned = self.sudo().with_context(tz=company._qms_timezone())
        row = zoned.search([("company_id", "=", company.id), ("state", "=", "declared")])
        if row.redeclare_state != "late":
            return
        calling = [one for one in row._changes()[row.id] if one.calls]
        words = repr([(one.change, one.item.kind, one.item.code) for one in calling])
        key = hashlib.sha256(words.encode()).hexdigest()
        officer = row._officer()
        if key == row.reminded_for or not officer:
            return
        row._lifecycle_write({"reminded_for": key})
        local = row.with_context(lang=officer.lang)
        local.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=fields.Date.context_today(row) + datetime.timedelta(days=7),
            summary=local.env._("Declare conformity anew"),
            note=local.change_html,
            user_id=officer.id,
        )

    def _officer(self):
        """Return who is in charge, or an ISO officer of the agency."""
        owner, company = self.owner_id, self.company_id
        if owner.active and company in owner.company_ids and owner.has_group(GROUP_OFFICER):
            return owner
        return company._qms_officers().sorted("id")[:1]
