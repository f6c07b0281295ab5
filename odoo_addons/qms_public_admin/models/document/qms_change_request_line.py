from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...tools.words import stripped
from .qms_change_request import RUNNING

GROUP_HEAD = "qms_public_admin.group_qms_head"
LINE_STATES = [
    ("open", "Not begun"),
    ("in_work", "In work"),
    ("done", "Revised"),
    ("justified", "No change needed"),
]
UNSETTLED = ("open", "in_work")
EXPECTED = [
    ("revise", "Revise"),
    ("new_version", "New version"),
    ("abolish", "Abolish"),
    ("none", "Probably no change"),
]
# States of a revision in which a document has followed (ISO-01: an approved revision).
SETTLED_REVISIONS = ("approved", "effective", "obsolete")
OPEN_REVISIONS = ("draft", "review", "approval")
# What a line is about is said once.
_PLACE = ("request_id", "page_id")


class QmsChangeRequestLine(models.Model):
    """An item that a change touches: why, who revises it by when, what became of it.

    Lines are made from the computed impact; ISO officers add others by hand. Whether an
    item was revised is read from its revisions or versions, never typed: *done* takes an
    approved revision, a published version or a withdrawal after the change was opened.
    *No change needed* takes a reason and the ISO officer, or the head of the unit that
    owns the item. Settled lines stay as they are; ISO officers reopen justified ones.
    """

    _name = "qms.change.request.line"
    _description = "Item touched by a change"
    _inherit = ["qms.lifecycle.mixin"]
    _order = "request_id desc, item_kind, id"
    _rec_names_search = ["name", "request_id.code"]
    _check_company_auto = True

    _placing_fields = ("request_id", "company_id")
    _derived_fields = ("company_id", "department_id", "name", "item_kind")
    _lifecycle_initial = "open"
    _transitions = {
        "open": ("in_work", "done", "justified"),
        "in_work": ("open", "done", "justified"),
        "justified": ("open",),
    }
    _protected_fields = (
        "is_computed",
        "base_revision_id",
        "revision_id",
        "outcome",
        "settled_on",
        "settled_by_id",
        "justification",
    )
    _frozen_fields = {"done": "*", "justified": "*"}

    request_id = fields.Many2one(
        "qms.change.request", string="Change", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="request_id.company_id", string="Agency", store=True, index=True
    )
    request_state = fields.Selection(related="request_id.state", string="State of the change")
    page_id = fields.Many2one(
        "document.page",
        string="Document",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('qms_kind_id', '!=', False), ('company_id', '=', company_id)]",
    )
    name = fields.Char(string="Item", compute="_compute_item", store=True)
    item_kind = fields.Selection(
        string="Kind",
        selection=[("document", "Documents"), ("form", "QMS forms")],
        compute="_compute_item",
        store=True,
    )
    department_id = fields.Many2one(
        "hr.department", string="Unit", compute="_compute_item", store=True, index=True
    )
    why = fields.Char(help="How the change comes to this item.")
    is_computed = fields.Boolean(string="Found by itself", readonly=True, copy=False)
    owner_id = fields.Many2one(
        "res.users",
        compute="_compute_owner_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    due_date = fields.Date(
        string="Due on",
        compute="_compute_due_date",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    is_late = fields.Boolean(string="Late", compute="_compute_is_late", search="_search_is_late")
    expected = fields.Selection(EXPECTED, string="To do", default="revise", required=True)
    state = fields.Selection(
        LINE_STATES, default="open", required=True, readonly=True, copy=False, index=True
    )
    base_revision_id = fields.Many2one(
        "document.page.history",
        string="Revision when opened",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    revision_id = fields.Many2one(
        "document.page.history",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    outcome = fields.Char(string="Settled with", readonly=True, copy=False)
    justification = fields.Text(string="Why no change is needed", readonly=True, copy=False)
    settled_on = fields.Date(string="Settled on", readonly=True, copy=False)
    settled_by_id = fields.Many2one(
        "res.users", string="Settled by", readonly=True, copy=False, ondelete="restrict"
    )
    can_start = fields.Boolean(compute="_compute_can")
    can_justify = fields.Boolean(compute="_compute_can")
    can_reopen = fields.Boolean(compute="_compute_can")

    _page_once = models.UniqueIndex(
        "(request_id, page_id) WHERE page_id IS NOT NULL", "The document is in the list already."
    )
    _has_item = models.Constraint("CHECK(page_id IS NOT NULL)", "Say which item it is.")
    _justified_with_words = models.Constraint(
        "CHECK(state != 'justified' OR (length(trim(COALESCE(justification, ''))) > 0"
        " AND settled_by_id IS NOT NULL))",
        "Say why no change is needed.",
    )
    _done_with_outcome = models.Constraint(
        "CHECK(state != 'done' OR outcome IS NOT NULL)", "What was revised is named."
    )

    # === COMPUTE METHODS === #

    @api.depends("page_id.display_name", "page_id.qms_kind_id", "page_id.qms_owner_id")
    def _compute_item(self):
        form = self.env.ref("qms_public_admin.qms_document_kind_form", raise_if_not_found=False)
        for line in self:
            page = line._seen(line.page_id)
            if not page or line._is_settled():
                line._keep("name", "item_kind", "department_id")
                continue
            line.name = page.display_name
            line.item_kind = "form" if form and page.qms_kind_id == form else "document"
            line.department_id = page.qms_owner_id

    @api.depends("department_id")
    def _compute_owner_id(self):
        """The manager of the unit, when they work with the system; else who keeps the change."""
        for line in self:
            manager = line.department_id.sudo().manager_id.user_id
            fits = manager.active and line.company_id in manager.company_ids
            line.owner_id = line.owner_id or (manager if fits else line.request_id.owner_id)

    @api.depends("request_id.due_date")
    def _compute_due_date(self):
        for line in self:
            kept = line._is_settled() and line.due_date
            line.due_date = kept or line.request_id.due_date

    @api.depends("due_date", "state", "request_state")
    def _compute_is_late(self):
        late = self.filtered_domain(self._late_domain())
        late.is_late = True
        (self - late).is_late = False

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._late_domain()
        return domain if True in value else ~domain

    @api.depends("state", "request_state", "department_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can(self):
        units = self.env.user._qms_units()[self.env.uid]
        for line in self:
            stored = line._origin
            line.can_start = bool(stored) and not stored._start_error(units)
            line.can_justify = bool(stored) and not stored._justify_error(units)
            line.can_reopen = bool(stored) and not stored._reopen_error()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not self._is_lifecycle_writer():
            lines._raise_errors(line._closed_error() for line in lines)
            lines._check_items()
            for request, added in lines.grouped("request_id").items():
                added._added_by_hand(request)
        return lines

    def write(self, vals):
        if self._is_lifecycle_writer():
            return super().write(vals)
        moved = sorted({*self._place_fields()} & vals.keys())
        if moved:
            raise ValidationError(self.env._("A line stays with its item and its change."))
        if vals.keys() - self._never_frozen_fields:
            self._raise_errors(line._closed_error() for line in self)
        result = super().write(vals)
        if {"owner_id", "due_date"} & vals.keys():
            self.request_id._sync_activities()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        """Only what was added by hand and nobody began is taken away again."""
        kept = self.filtered(lambda line: line.is_computed or line.state != "open")
        self._raise_errors(
            self.env._(
                "“%(item)s” stays in the list of what is affected: say why no change is needed.",
                item=line.name,
            )
            for line in kept
        )
        self._raise_errors(line._closed_error() for line in self)

    # === ACTIONS === #

    def action_open_item(self):
        """Open the document; what was begun for this change opens its draft."""
        self.ensure_one()
        self.check_access("read")
        if self.revision_id and self.revision_id.has_access("read"):
            return self.revision_id._open_form()
        return self.page_id._qms_open_card()

    def action_start(self):
        """Begin the revision for this change, or open the one that was begun."""
        self.ensure_one()
        self.check_access("read")
        self._raise_errors([self._start_error()])
        return self._start()

    def action_justify(self, justification=None):
        """Say that no change is needed, and why.

        :param str justification: the reason; without one the dialog asks for it
        """
        self.check_access("read")
        words = stripped(justification)
        if not words:
            title = self.env._("No change needed")
            return self.env["qms.document.words"]._ask("justify", title, line_ids=self.ids)
        self._transition(
            "justified",
            {
                "justification": words,
                "settled_on": fields.Date.context_today(self),
                "settled_by_id": self.env.uid,
            },
        )
        self._tell_settled(self.env._("No change needed: %(words)s", words=words))
        return True

    def action_reopen(self):
        """Take a justification back, as long as the change runs."""
        self.check_access("read")
        self._raise_errors(line._reopen_error() for line in self)
        self._transition(
            "open", {"justification": False, "settled_on": False, "settled_by_id": False}
        )
        self._tell_settled(self.env._("Open again"))
        self._follow_items()
        return True

    # === PREDICATES === #

    def _transition_error(self, target):
        error = super()._transition_error(target)
        if error or target != "justified":
            return error
        return self._justify_error()

    def _closed_error(self):
        state = self.request_id.sudo().state
        if state in ("closed", "cancelled"):
            return self.env._(
                "“%(name)s” is ended: it stays as it is.", name=self.request_id.display_name
            )
        return ""

    def _running_error(self):
        if self.request_id.sudo().state in RUNNING and self.state in UNSETTLED:
            return ""
        return self.env._("“%(item)s” is settled, or its change is not open.", item=self.name)

    def _start_error(self, units=None):
        return self._running_error() or self._right_error(units)

    def _justify_error(self, units=None):
        return self._running_error() or self._right_error(units)

    def _reopen_error(self):
        running = self.request_id.sudo().state in RUNNING
        if self.state == "justified" and running and self.request_id._is_officer():
            return ""
        return self.env._("ISO officers reopen what was justified, as long as the change runs.")

    def _right_error(self, units=None):
        """Say who may do this: the ISO officer, or the head of the unit that owns the item."""
        user = self.env.user
        if self.request_id._is_officer():
            return ""
        if self.company_id.id in user._get_company_ids() and user.has_group(GROUP_HEAD):
            units = user._qms_units()[user.id] if units is None else units
            if self.department_id and self.department_id.id in units.ids:
                return ""
        return self.env._(
            "The ISO officer, or the head of the unit that owns “%(item)s”, does this.",
            item=self.name,
        )

    def _is_settled(self):
        return self.state not in UNSETTLED

    def _keep(self, *names):
        """Let stored computed fields be what they are."""
        for name in names:
            self[name] = self[name]

    def _late_domain(self):
        today = fields.Date.context_today(self)
        return (
            Domain("due_date", "<", today)
            & Domain("state", "in", UNSETTLED)
            & Domain("request_id.state", "in", RUNNING)
        )

    # === BUSINESS METHODS: WHAT IT IS ABOUT === #

    @api.model
    def _place_fields(self):
        return _PLACE

    def _item_key(self):
        """Return the field and the id of the item."""
        return ("page_id", self.page_id.id)

    def _check_items(self):
        """Refuse what is not of the agency of the change, or is under no control."""
        for line in self.sudo():
            if not line._is_item_fit():
                raise ValidationError(
                    self.env._(
                        "“%(item)s” is no controlled document or procedure of the agency of "
                        "the change.",
                        item=line.name,
                    )
                )

    def _is_item_fit(self):
        return bool(self.page_id.qms_kind_id) and self.page_id.company_id == self.company_id

    def _seen(self, record):
        """Return the record elevated; for a line that is not stored, as far as it may be read.

        Otherwise a form that is only being filled would name what its user may not read.
        """
        return (record if self.id else record.sudo(False)._filtered_access("read")).sudo()

    def _added_by_hand(self, request):
        """Begin lines added by hand, and tell their owners when the change runs."""
        for line in self.filtered(lambda line: not line.why):
            line.why = self.env._("Added by hand")
        self._begin_from_today()
        if request.sudo().state in RUNNING:
            self._follow_items()
            request._sync_activities()

    def _begin_from_today(self):
        """Remember what is there: only what comes after it settles the line."""
        newest = {}
        for row in self._revisions(SETTLED_REVISIONS):
            newest[row.page_id.id] = row.id  # in the order of their numbers
        self._lifecycle_write_each(
            {
                line.id: {"base_revision_id": newest[line.page_id.id]}
                for line in self
                if line.page_id.id in newest
            }
        )

    def _start(self):
        """Begin the revision of the document, or take the one in preparation."""
        page = self.page_id
        if self.expected == "abolish":
            return self.action_open_item()
        revision = page.qms_open_revision_id
        if not revision:
            revision = page._new_revision(reason=self._reason())
        self._lifecycle_write({"revision_id": revision.id, "state": "in_work"})
        return revision._open_form()

    def _reason(self):
        """Return the reason a revision begun for this change is given."""
        request = self.request_id
        parts = (f"{request.code}: {request.name}", self.why, request.reason)
        return "\n".join(filter(None, parts))

    # === BUSINESS METHODS: WHAT BECAME OF IT === #

    @api.model
    def _follow(self, domain):
        """Look at the unsettled lines of running changes that a domain names."""
        unsettled = Domain("state", "in", UNSETTLED) & Domain("request_id.state", "in", RUNNING)
        lines = self.sudo().search(unsettled & Domain(domain))
        if lines:
            lines._follow_items()
            lines.request_id._sync_activities()

    def _follow_items(self):
        """Move the unsettled lines of running changes to where their items are.

        No right is asked: the facts decide, and whoever made them had the right to.
        """
        lines = self.sudo().filtered(
            lambda line: line.state in UNSETTLED and line.request_id.state in RUNNING
        )
        outcomes = lines._outcomes()
        moved = {
            line: outcomes[line.id]
            for line in lines
            if outcomes[line.id]["state"] != line.state
            or any(line[name].id != value for name, value in outcomes[line.id].items()
                   if name.endswith("_id"))
        }  # fmt: skip
        today = fields.Date.context_today(self)
        settled = self.browse()
        for line, vals in moved.items():
            if vals["state"] == "done":
                vals.update(settled_on=today, settled_by_id=self.env.uid)
                settled |= line
        lines._lifecycle_write_each({line.id: vals for line, vals in moved.items()})
        settled._tell_settled(self.env._("Revised"))

    def _outcomes(self):
        """Return ``{line id: values}``: state and links as the items have them now."""
        by_page = {}
        for row in self._revisions((*SETTLED_REVISIONS, *OPEN_REVISIONS)):
            by_page.setdefault(row.page_id.id, []).append(row)
        return {line.id: line._page_outcome(by_page.get(line.page_id.id, [])) for line in self}

    def _page_outcome(self, rows):
        """Return the values a line has by the revisions of its document.

        :param rows: revisions in the order of their numbers
        """
        page, base = self.page_id, self.base_revision_id.id
        place = next((n for n, row in enumerate(rows) if row.id == base), -1)
        later = [row for row in rows[place + 1 :] if row.qms_state in SETTLED_REVISIONS]
        if page.qms_status == "withdrawn":
            words = self.env._("%(item)s was withdrawn", item=page.display_name)
            return {"state": "done", "outcome": words}
        if later and self.expected != "abolish":
            return {
                "state": "done",
                "outcome": later[-1].display_name,
                "revision_id": later[-1].id,
            }
        begun = [row for row in rows if row.qms_state in OPEN_REVISIONS]
        if begun:
            return {"state": "in_work", "revision_id": begun[-1].id}
        return {"state": "open", "revision_id": False}

    def _revisions(self, states):
        """Return the revisions of the documents in the order of their numbers, without text."""
        pages = self.sudo().page_id
        if not pages:
            return self.env["document.page.history"].sudo()
        return (
            self.env["document.page.history"]
            .sudo()
            .search_fetch(
                [("page_id", "in", pages.ids), ("qms_state", "in", states)],
                ["page_id", "qms_state", "issue_no", "revision_no"],
                order="issue_no, revision_no",
            )
        )

    def _tell_settled(self, words):
        """Note in the change what became of its items."""
        if not self:
            return
        for request, lines in self.grouped("request_id").items():
            names = "; ".join(line.outcome or line.name for line in lines)
            note = f"{words} – {names}"
            request.sudo().message_post(body=note)
        self.request_id._sync_activities()
