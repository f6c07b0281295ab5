from collections import Counter, defaultdict
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.audit_priority import spread, wanted_count
from .qms_audit_programme_line import OPERATION_NUMBERS, SUPPORT_NUMBERS


class QmsAuditProgramme(models.Model):
    """What the system proposes for the year, and how it is taken into the programme."""

    _inherit = "qms.audit.programme"

    proposal_ids = fields.One2many("qms.audit.proposal", "programme_id", string="Proposals")
    proposal_count = fields.Integer(compute="_compute_proposal_count")
    spread_from = fields.Date(
        string="Audits from", help="The audits proposed are spread evenly between these two days."
    )
    spread_to = fields.Date(string="Audits until")

    # === COMPUTE METHODS === #

    @api.depends("proposal_ids")
    def _compute_proposal_count(self):
        for programme in self:
            programme.proposal_count = len(programme.proposal_ids)

    # === ACTIONS === #

    def action_rank(self):
        """Compute the proposals anew from what is recorded today."""
        self._check_planning()
        for programme in self:
            programme._rank()
        return True

    def action_propose_year(self):
        """Complete the draft: each unit, the most urgent procedures, the clauses left over.

        What stands in the draft already stays. Procedures are taken by their rank, as many
        as the cycle asks of a year; clauses no line covers go to the unit that keeps the
        system. The days lie evenly between the two days of the programme; each audit gets
        two auditors of other units, those with the least to do first.
        """
        self._check_planning()
        for programme in self:
            programme._rank()
            programme._take(programme._due_proposals())
            programme._cover_clauses()
            programme._spread_days()
            programme._assign_auditors()
        return True

    def action_view_proposals(self):
        """Open the ranked list, with what is not planned yet."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_audit_proposal_action"
        )
        return {
            **action,
            "domain": [("programme_id", "=", self.id)],
            "context": {"search_default_open": 1},
        }

    # === BUSINESS METHODS: PROPOSALS === #

    def _check_planning(self):
        """Only who keeps the programme plans it, and only a draft."""
        self.check_access("write")
        self._check_open()

    def _rank(self):
        """Replace the proposals by those of today."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        ranked = self.env["qms.audit.priority"]._ranked(self.company_id, today)
        self.sudo().proposal_ids.unlink()
        self.env["qms.audit.proposal"].sudo().create(
            [
                {
                    "programme_id": self.id,
                    "sequence": place,
                    **{name: value for name, value in row.items() if name != "name"},
                }
                for place, row in enumerate(ranked, 1)
            ]
        )
        self._lifecycle_write({"ranked_at": fields.Datetime.now()})
        self.invalidate_recordset(["proposal_ids"])

    def _due_proposals(self):
        """Return the proposals the year needs: units of the cycle, procedures by rank."""
        self.ensure_one()
        covered = self._covered()
        rows = self.proposal_ids
        procedures = rows.filtered("procedure_id")
        wanted = wanted_count(len(procedures), self.company_id.qms_audit_procedure_years)
        planned = procedures.filtered("is_planned")
        due = procedures.filtered(lambda row: row.procedure_id not in covered["procedure"])
        chosen = due[: max(wanted - len(planned), 0)]
        left = self._applicable()["unit"] - covered["unit"] - chosen.department_id
        for unit in left:
            # A unit none of whose procedures is due is audited all the same.
            chosen |= rows.filtered(lambda row, unit=unit: row.department_id == unit)[:1]
        return chosen

    def _take(self, proposals):
        """Put proposals into the programme: one line for each unit, completed if it is there."""
        self.ensure_one()
        self._check_planning()
        homeless = proposals.filtered(lambda row: not row.department_id)
        system_unit = self._system_unit() if homeless else self.env["hr.department"]
        by_unit = defaultdict(proposals.browse)
        for proposal in proposals:
            by_unit[proposal.department_id or system_unit] |= proposal
        lines = self.line_ids.grouped("department_id")
        created = []
        for unit, rows in by_unit.items():
            if unit in lines:
                lines[unit][0]._complete(rows)
            else:
                created.append(self._line_vals(unit, rows))
        self.env["qms.audit.programme.line"].create(created)

    def _line_vals(self, unit, proposals):
        procedures = proposals.procedure_id
        numbers = OPERATION_NUMBERS if procedures else SUPPORT_NUMBERS
        return {
            "programme_id": self.id,
            "department_id": unit.id,
            "procedure_ids": [fields.Command.set(procedures.ids)],
            "clause_ids": [fields.Command.set(self._clauses(numbers).ids)],
            "reason": proposals._reason_text(),
        }

    def _system_unit(self):
        """Return the unit that keeps the system: that of whoever has the programme in charge."""
        owner = self.owner_id or self.env.user
        own = owner._qms_home_units()[owner.id].filtered(
            lambda unit: unit.company_id == self.company_id
        )
        unit = own[:1] or self._applicable()["unit"][:1]
        if not unit:
            raise UserError(self.env._("The agency has no units yet: enter them first."))
        return unit

    # === BUSINESS METHODS: CLAUSES AND DAYS === #

    def _clauses(self, numbers):
        """Return the sections of the edition with these numbers that apply to the agency."""
        clauses = self.env["qms.standard.clause"].search(
            [("standard_id", "=", self.standard_id.id), ("number", "in", numbers)]
        )
        excluded = self._excluded()
        return clauses.filtered(lambda clause: clause not in excluded)

    def _cover_clauses(self):
        """Give the clauses nobody looks at to the unit that keeps the system."""
        self.ensure_one()
        gap = self._applicable()["clause"] - self._covered()["clause"]
        if not gap:
            return
        unit = self._system_unit()
        wanted = gap._without_parts(self._applicable()["clause"])
        line = self.line_ids.filtered(lambda row: row.department_id == unit)[:1]
        if line:
            line.clause_ids |= wanted
            return
        self.env["qms.audit.programme.line"].create(
            {
                "programme_id": self.id,
                "department_id": unit.id,
                "clause_ids": [fields.Command.set(wanted.ids)],
                "reason": self.env._("Leads and keeps the system: clauses no other audit covers."),
            }
        )

    def _spread_days(self):
        """Give a working day to each line without one."""
        self.ensure_one()
        undated = self.line_ids.filtered(lambda line: not line.date_from).sorted("id")
        for line, day in zip(undated, spread(self._open_days(), len(undated)), strict=True):
            line.date_from = day

    def _open_days(self):
        """Return the working days between the two days of the programme, none in the past."""
        first = self.spread_from or date(self.year, 1, 1)
        last = self.spread_to or date(self.year, 11, 30)
        today = fields.Date.context_today(self)
        first = max(first, min(today, date(self.year, 12, 31)), date(self.year, 1, 1))
        last = min(max(last, first), date(self.year, 12, 31))
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        is_open = self.company_id._qms_is_open_day()
        return [day for day in days if is_open(day)]

    # === BUSINESS METHODS: AUDITORS === #

    def _assign_auditors(self):
        """Give each line without auditors a leader and a second, none of them of its unit."""
        self.ensure_one()
        register = self.env["qms.auditor"].search(
            [("company_id", "=", self.company_id.id), ("is_valid", "=", True)]
        )
        units = register._own_units()
        load = Counter(auditor for line in self.line_ids for auditor in line.auditor_ids)
        for line in self.line_ids.filtered(lambda row: not row.auditor_ids).sorted("id"):
            free = register.filtered(lambda who, line=line: who._may_audit(line, units))
            free = free.sorted(lambda who: (load[who], who.id))
            leader = free.filtered("is_lead")[:1]
            team = leader | (free - leader)[:1]
            load.update(team)
            line.auditor_ids = team
