"""A year of the department in which one procedure becomes slow and is made fast again.

Who applies and who is slow is set here, with a fixed seed; due dates and outcomes are the
product's. Nobody tells it which dossiers an auditor will draw.
"""

import datetime
import random

from . import applicants
from .office import Case, Office

SEED = 101
#: The procedure in question and the one that makes up most of the work.
SLOW, QUICK = "1.010060", "2.002206"
#: Days ago from, until, dossiers, of these late.
BEFORE = (
    (SLOW, 362, 252, 32, 3),
    (SLOW, 250, 160, 46, 12),
    (SLOW, 158, 124, 14, 4),
    (QUICK, 362, 124, 46, 1),
)
AFTER = (
    (SLOW, 120, 44, 40, 1),
    (QUICK, 122, 42, 22, 0),
)
#: Share of those served in time who say what they think; who waited too long always does.
RATED = 0.3
REASON = "Chờ lâu, phải hỏi nhiều lần mới biết hồ sơ đang ở đâu."


class Year:
    """Lets the office work from one day of the diary to another."""

    def __init__(self, diary, frozen):
        self.diary, self.chance = diary, random.Random(SEED)
        self.office = Office(diary.scene, frozen, self.chance)
        self.cases, self.asked = [], diary.scene.env["qms.dossier"]

    @property
    def dossiers(self):
        """What has come in so far."""
        dossiers = self.diary.scene.env["qms.dossier"]
        return dossiers.browse([case.dossier_id for case in self.cases if case.dossier_id])

    def play(self, phases, until=None):
        """Let these dossiers come in; work until ``until`` days ago, or to the end of them."""
        for phase in phases:
            for case in self._cases(*phase):
                self.cases.append(case)
                self.office.expect(case)
        self.go_on(until)

    def go_on(self, until=None):
        """Handle what is in the diary of the office."""
        self.office.until = None if until is None else self.diary.moment(until)
        self.office.run()

    def _cases(self, code, first, last, volume, late):
        """Return the cases of a phase, the late ones spread over it."""
        slow = set(self.chance.sample(range(volume), late))
        start, end = self.diary.moment(first, 8), self.diary.moment(last, 8)
        moments = sorted(start + (end - start) * self.chance.random() for _number in range(volume))
        return [
            self._case(code, moment, {"late"} if number in slow else set(), number)
            for number, moment in enumerate(moments)
        ]

    def _case(self, code, moment, plan, number):
        scene = self.diary.scene
        procedure = scene.ref(f"procedure_{code.replace('.', '_')}")
        accepted = self.office.session("receive", moment.replace(second=0, microsecond=0))
        channel = self.chance.choice(("direct", "online", "post"))
        vals = {
            "procedure_id": procedure.id,
            "company_id": scene.company.id,
            "receiving_unit_id": scene.ref("department_one_stop").id,
            "intake_channel": channel,
            **applicants.invent(scene, self.chance, code),
        }
        submitted = accepted - datetime.timedelta(minutes=6)
        return Case(number, procedure.version_ids[:1], vals, submitted, accepted, plan)

    def rate(self, frozen):
        """Let some of those who got their result say what they think, once asked."""
        question = self.diary.scene.record("survey_three_levels").question_ids
        asked = self.dossiers.filtered("returned_at") - self.asked
        self.asked |= asked
        for dossier in asked.sorted("returned_at"):
            if dossier.outcome == "late" or self.chance.random() < RATED:
                frozen.move_to(dossier.returned_at + datetime.timedelta(minutes=4))
                chosen, details = _opinion(self.chance, question, dossier)
                dossier._rate({question.id: chosen.ids}, "kiosk", **details)


def _opinion(chance, question, dossier):
    """Return the answer of one applicant with its details."""
    very, satisfied, not_satisfied = question.suggested_answer_ids
    details = {"seconds": chance.randint(9, 80)}
    if dossier.outcome == "late":
        return not_satisfied, {**details, "reason": REASON}
    return (very if chance.random() < 0.6 else satisfied), details
