import base64
from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...kernel_texts import kernel_text
from ...tools import name_list, tabular
from ...tools.vietnamese import fold

LIMITS = tabular.Limits(max_rows=name_list.MAX_PEOPLE, max_bytes=5 * tabular.MIB)
SOURCES = [
    ("people", "People of the agency"),
    ("list", "Pasted list"),
    ("file", "Workbook (XLSX, CSV)"),
]


class QmsTrainingEntry(models.TransientModel):
    """Adds many participants to a class at once: by position or unit, from a list, a file.

    Who has an account in the agency is found by e-mail, login or name; a name that several
    people have, or nobody, is entered as text. Who is registered already is left out.
    """

    _name = "qms.training.entry"
    _description = "Entry of participants"

    training_id = fields.Many2one("qms.training", required=True, ondelete="cascade")
    source = fields.Selection(SOURCES, string="From where", required=True, default="people")
    is_for_all = fields.Boolean(string="All staff")
    position_ids = fields.Many2many("qms.position", string="Positions")
    department_ids = fields.Many2many("hr.department", string="Units")
    user_ids = fields.Many2many(
        "res.users", string="Single persons", domain="[('share', '=', False)]"
    )
    from_needs = fields.Boolean(string="Persons of the needs served")
    text = fields.Text(string="List", help="One person a line: name; unit; position; e-mail.")
    file = fields.Binary(string="Workbook", attachment=False)
    file_name = fields.Char()
    attended = fields.Boolean(
        string="They took part", help="Tick when the list is that of who was there."
    )
    found_count = fields.Integer(string="Persons found", compute="_compute_preview")
    matched_count = fields.Integer(string="With an account", compute="_compute_preview")
    known_count = fields.Integer(string="Registered already", compute="_compute_preview")
    new_count = fields.Integer(string="To be added", compute="_compute_preview")
    problem = fields.Char(compute="_compute_preview")

    # === COMPUTE METHODS === #

    @api.depends(
        "source",
        "is_for_all",
        "position_ids",
        "department_ids",
        "user_ids",
        "from_needs",
        "text",
        "file",
    )
    def _compute_preview(self):
        for entry in self:
            problem, people = "", []
            try:
                people = entry._people()
            except UserError as error:
                problem = str(error)
            rows = entry._rows(people)
            entry.problem = problem
            entry.found_count = len(people)
            entry.matched_count = sum(1 for user, _person in people if user)
            entry.new_count = len(rows)
            entry.known_count = len(people) - len(rows)

    # === ACTIONS === #

    def action_add(self):
        """Register the persons; who may is checked there."""
        self.ensure_one()
        self.training_id.check_access("write")
        rows = self._rows(self._people())
        if not rows:
            raise UserError(self.env._("Nobody would be added."))
        self.env["qms.training.participant"].create(rows)
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    def _people(self):
        """Return ``[(user or empty, person)]`` of the source chosen."""
        self.ensure_one()
        if self.source == "people":
            none = name_list.Person("")
            return [(user, none) for user in self._chosen_users().sorted("name")]
        people = self._read_file() if self.source == "file" else name_list.read_lines(self.text)
        return self._matched(people)

    def _chosen_users(self):
        company = self.training_id.company_id
        staff = self.env["qms.competence"]._people(company)
        if self.is_for_all:
            return staff
        chosen = self.user_ids.sudo() | self.position_ids.sudo().holder_ids
        if self.department_ids:
            units = self.env["hr.department"].sudo()
            units = units.search([("id", "child_of", self.department_ids.ids)])
            held = self.env["qms.position"].sudo().search([("department_id", "in", units.ids)])
            chosen |= units.member_ids.user_id | held.holder_ids
        if self.from_needs:
            needs = self.training_id.sudo().need_ids
            chosen |= needs.user_id | needs.position_id.holder_ids
        return chosen & staff

    def _read_file(self):
        if not self.file:
            return []
        content = base64.b64decode(self.with_context(bin_size=False).file)
        try:
            table = tabular.read_table(content, self.file_name or "", limits=LIMITS)
        except tabular.TabularError as error:
            raise UserError(kernel_text(self.env, error)) from error
        columns = name_list.columns_of(table.header)
        if "name" not in columns:
            raise UserError(
                self.env._("The table has no column with names, e.g. “Họ và tên” or “Name”.")
            )
        rows = (name_list.read_row(columns, row) for row in table.rows)
        return [row for row in rows if row]

    def _matched(self, people):
        """Return the persons with their accounts; one query for all of them."""
        by_key = self._accounts()
        names = Counter(fold(person.name) for person in people if not person.email)
        matched = []
        for person in people:
            user = by_key.get(person.email.lower()) if person.email else None
            key = fold(person.name)
            if not user and names[key] <= 1:
                user = by_key.get(key)
            matched.append((user or self.env["res.users"], person))
        return matched

    def _accounts(self):
        """Return ``{e-mail, login or name: user}`` of the staff; a name of several is none."""
        staff = self.env["qms.competence"]._people(self.training_id.company_id)
        by_name = defaultdict(list)
        for user in staff:
            by_name[fold(user.name)].append(user)
        found = {name: users[0] for name, users in by_name.items() if len(users) == 1}
        for user in staff:
            found |= {key.lower(): user for key in (user.login, user.email) if key}
        return found

    def _rows(self, people):
        """Return the values of the participants that are not registered yet."""
        known = self.training_id.sudo().participant_ids
        users = set(known.user_id.ids)
        names = {(fold(row.name), fold(row.unit_name or "")) for row in known if not row.user_id}
        rows = []
        for user, person in people:
            key = (fold(person.name), fold(person.unit))
            if (user and user.id in users) or (not user and key in names):
                continue
            users.add(user.id)
            names.add(key)
            rows.append(self._row(user, person))
        return rows

    def _row(self, user, person):
        is_there = self.attended if person.attended is None else person.attended
        vals = {
            "training_id": self.training_id.id,
            "user_id": user.id,
            "title": person.title or False,
            "unit_name": person.unit or False,
            "attended": is_there,
            "result": person.result or "untested",
            "score": person.score or 0.0,
            "certificate_no": person.certificate or False,
        }
        return vals if user else {**vals, "name": person.name}
