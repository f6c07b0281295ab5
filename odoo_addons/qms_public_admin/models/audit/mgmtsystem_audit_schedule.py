from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.schedule_clash import Booking, clashes

# Length of the meetings, in minutes.
MEETING = 30
# Days of the longest audit.
LONGEST = 366


class MgmtsystemAudit(models.Model):
    """The agenda of an audit: what speaks against its times, and a first one to begin with."""

    _inherit = "mgmtsystem.audit"

    qms_warning_text = fields.Text(string="Warnings", compute="_compute_qms_warning_text")

    # === COMPUTE METHODS === #

    @api.depends(
        "state",
        "qms_date_from",
        "qms_date_to",
        "qms_department_ids",
        "qms_team_ids.user_id",
        "qms_slot_ids.start",
        "qms_slot_ids.stop",
        "qms_slot_ids.department_id",
        "qms_slot_ids.member_ids",
    )
    def _compute_qms_warning_text(self):
        planned = self.filtered(lambda audit: audit.state in ("draft", "notified"))
        (self - planned).qms_warning_text = False
        for audit in planned:
            texts = [
                *audit._qms_notice_texts(),
                *audit._qms_day_texts(),
                *audit._qms_slot_texts(),
                *audit._qms_clash_texts(),
            ]
            audit.qms_warning_text = "\n".join(dict.fromkeys(texts))

    # === ACTIONS === #

    def action_propose_agenda(self):
        """Lay out a first agenda: opening, each unit in turn, closing.

        It is laid over the working hours of the days of the audit; what is there stays.
        """
        self.check_access("write")
        for audit in self:
            audit._qms_propose_agenda()
        return True

    # === BUSINESS METHODS: WARNINGS === #

    def _qms_notice_texts(self):
        """Say when the units are told later than the agency wants."""
        days = self.company_id.qms_audit_notice_days
        if self.state != "draft" or not self.qms_date_from or not days:
            return []
        left = (self.qms_date_from - fields.Date.context_today(self)).days
        if left >= days:
            return []
        return [
            self.env._(
                "The units should be told %(days)s days before; %(left)s are left.",
                days=days,
                left=max(left, 0),
            )
        ]

    def _qms_day_texts(self):
        if not self.qms_date_from:
            return []
        is_open = self.company_id._qms_is_open_day()
        closed = [day for day in self._qms_days() if not is_open(day)]
        if not closed:
            return []
        days = ", ".join(day.strftime("%d/%m/%Y") for day in closed[:5])
        return [self.env._("Day off: %(days)s.", days=days)]

    def _qms_slot_texts(self):
        """Say which slots lie outside the days of the audit, which units have none."""
        slots = self.qms_slot_ids
        if not slots:
            return []
        texts = []
        days = set(self._qms_days())
        outside = slots.filtered(
            lambda slot: slot.start and slot._local(slot.start).date() not in days
        )
        if outside:
            texts.append(
                self.env._(
                    "Outside the days of the audit: %(slots)s.",
                    slots=", ".join(outside.mapped(lambda slot: slot.name or "")),
                )
            )
        without = self.qms_department_ids - slots.department_id
        if without:
            texts.append(
                self.env._("Not in the agenda: %(units)s.", units=", ".join(without.mapped("name")))
            )
        return texts

    def _qms_clash_texts(self):
        """Say who or which unit is booked twice, here or in another audit of the agency."""
        mine = self._qms_bookings()
        if not mine:
            return []
        first = min(booking.start for booking in mine)
        last = max(booking.stop for booking in mine)
        others = self.search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("id", "not in", self._origin.ids)
            & Domain("state", "in", ("draft", "notified", "open"))
            & Domain("qms_date_from", "<=", last.date())
            & Domain("qms_date_to", ">=", first.date() - timedelta(days=1))
        )
        theirs = [booking for other in others for booking in other._qms_bookings()]
        return [
            self._qms_clash_text(*pair)
            for pair in clashes([*mine, *theirs])
            if self in (pair[0].owner[0], pair[1].owner[0])
        ]

    def _qms_clash_text(self, one, other):
        mine, their = (one, other) if one.owner[0] == self else (other, one)
        audit, slot = their.owner
        zone = ZoneInfo(self.company_id._qms_timezone())
        start = mine.start.replace(tzinfo=UTC).astimezone(zone)
        return self.env._(
            "%(who)s is booked twice on %(time)s: also in “%(other)s”.",
            who=mine.key.display_name,
            time=f"{start:%d/%m/%Y %H:%M}",
            other=(slot or audit).display_name,
        )

    def _qms_bookings(self):
        """Return who and what this audit takes: by slots, whole days without an agenda."""
        self.ensure_one()
        slots = self.qms_slot_ids.filtered(lambda slot: slot.start and slot.stop)
        if slots:
            return [
                Booking(key, slot.start, slot.stop, (self, slot))
                for slot in slots
                for key in (*slot.department_id._origin, *slot.member_ids.user_id._origin)
            ]
        if not self.qms_date_from:
            return []
        days = self._qms_days()
        start = self._qms_moment(days[0], time.min)
        stop = self._qms_moment(days[-1] + timedelta(days=1), time.min)
        team = self.qms_team_ids.user_id._origin
        keys = (*self.qms_department_ids._origin, *team)
        return [Booking(key, start, stop, (self, slots)) for key in keys]

    # === BUSINESS METHODS: AGENDA === #

    def _qms_propose_agenda(self):
        self.ensure_one()
        if self.qms_slot_ids:
            raise UserError(self.env._("“%(name)s” has an agenda already.", name=self.display_name))
        if not self.qms_date_from or not self.qms_department_ids:
            raise UserError(self.env._("Set the days and the units of the audit first."))
        openings = self._qms_openings()
        if not openings:
            raise UserError(self.env._("The agency does not work on the days of the audit."))
        parts = self._qms_parts(openings)
        self.env["qms.audit.slot"].create(
            [
                self._qms_meeting_vals("opening", self.env._("Opening meeting"), openings[0][0]),
                *(self._qms_part_vals(unit, part) for unit, part in parts),
                self._qms_meeting_vals(
                    "closing",
                    self.env._("Closing meeting"),
                    openings[-1][1] - timedelta(minutes=MEETING),
                ),
            ]
        )

    def _qms_parts(self, openings):
        """Return ``(unit, (start, stop))``: the open time without the meetings, shared out."""
        units = self.qms_department_ids
        first, last = openings[0], openings[-1]
        meeting = timedelta(minutes=MEETING)
        openings = [(first[0] + meeting, first[1]), *openings[1:]]
        last = openings[-1]
        openings[-1] = (last[0], last[1] - meeting)
        total = sum((stop - start for start, stop in openings), timedelta())
        share = total / len(units)
        parts, place, left = [], 0, share
        for start, stop in openings:
            while start < stop and place < len(units):
                end = min(stop, start + left)
                if end - start >= timedelta(minutes=10):
                    parts.append((units[place], (_to_minutes(start), _to_minutes(end))))
                left -= end - start
                start = end
                if left <= timedelta(seconds=1):
                    place, left = place + 1, share
        return parts

    def _qms_part_vals(self, unit, part):
        start, stop = part
        procedures = self.qms_procedure_ids.filtered(lambda row: row.department_id == unit)
        return {
            "audit_id": self.id,
            "kind": "audit",
            "name": self.env._("Work of the unit: records, dossiers, interviews"),
            "department_id": unit.id,
            "procedure_ids": [fields.Command.set(procedures.ids)],
            "clause_ids": [fields.Command.set(self.qms_clause_ids.ids)],
            "member_ids": [fields.Command.set(self._qms_free_of(unit).ids)],
            "start": start,
            "stop": stop,
        }

    def _qms_free_of(self, unit):
        """Return the auditors of the team who do not belong to the unit."""
        team = self.qms_team_ids.filtered(lambda member: member.role != "observer")
        own = team.user_id._qms_home_units() if team.user_id else {}
        return team.filtered(lambda member: unit not in own.get(member.user_id.id, unit.browse()))

    def _qms_meeting_vals(self, kind, name, start):
        return {
            "audit_id": self.id,
            "kind": kind,
            "name": name,
            "member_ids": [fields.Command.set(self.qms_team_ids.ids)],
            "start": _to_minutes(start),
            "stop": _to_minutes(start + timedelta(minutes=MEETING)),
        }

    def _qms_openings(self):
        """Return the working slots of the days of the audit as moments in UTC."""
        clock = self.company_id._qms_working_time()
        found = [pair for day in self._qms_days() for pair in clock.openings(day)]
        meeting = timedelta(minutes=2 * MEETING)
        return [(start, stop) for start, stop in found if stop - start > meeting]

    # === UTILITIES === #

    def _qms_days(self):
        """Return the calendar days of the audit, those of a year at most."""
        self.ensure_one()
        if not self.qms_date_from:
            return []
        last = max(self.qms_date_to or self.qms_date_from, self.qms_date_from)
        count = min((last - self.qms_date_from).days + 1, LONGEST)
        return [self.qms_date_from + timedelta(days=n) for n in range(count)]

    def _qms_moment(self, day, clock):
        """Return a local moment of the agency in UTC, as Odoo keeps it."""
        zone = ZoneInfo(self.company_id._qms_timezone())
        return datetime.combine(day, clock, zone).astimezone(UTC).replace(tzinfo=None)


def _to_minutes(moment):
    """Cut seconds off and round to five minutes, as agendas are read."""
    whole = moment.replace(second=0, microsecond=0)
    return whole - timedelta(minutes=whole.minute % 5)
