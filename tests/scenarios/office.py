"""An office at work: people handle dossiers at the hours they come to it.

The office knows when somebody does something; what that means – codes, due dates,
early, on time, late – is left to the product. Whoever is due at the same minute does
the same act for all dossiers at once, as at a desk with a pile on it.
"""

import datetime
import heapq
from dataclasses import dataclass, field
from itertools import count, groupby

from .world import HANOI

# When each kind of work is looked at, local hours; a specialist works all day.
SESSIONS = {
    "receive": ((8, 0), (10, 45), (14, 15), (16, 30)),
    "approve": ((10, 15), (15, 15)),
    "issue": ((11, 0), (16, 0)),
    "return": ((8, 30), (14, 30)),
}
# Share of the planned hours that a step really takes.
PACE = (0.25, 0.85)
# Working hours that people keep in hand before a due date.
MARGIN = 4


@dataclass(eq=False)
class Case:
    """One dossier of the story: what comes in and what happens on the way."""

    number: int
    version: object
    vals: dict
    submitted_at: datetime.datetime
    accepted_at: datetime.datetime
    plan: set = field(default_factory=set)
    dossier_id: int = 0

    def __lt__(self, other):
        return self.number < other.number


class Office:
    """Plays cases in the order of time.

    :param world: where and by whom
    :param frozen: the frozen clock (freezegun), moved from act to act
    :param random.Random chance: the only source of chance
    :param until: nothing happens after this moment
    """

    def __init__(self, world, frozen, chance, until=None):
        self.world, self.frozen, self.chance, self.until = world, frozen, chance, until
        self.clock = world.company._qms_working_time()
        self.dossiers = world.env["qms.dossier"]
        self.queue, self.ticket = [], count()
        self.now = None

    # -- the run ---------------------------------------------------------------

    def expect(self, case):
        """Put a case into the diary: it comes in when it is accepted."""
        self._at(case.accepted_at, "come_in", 0, case)

    def run(self, on_month=None):
        """Play everything in the diary; ``on_month`` is called when a month is over."""
        month = None
        while self.queue and not (self.until and self.queue[0][0] > self.until):
            self.now = self.queue[0][0]
            local = self.now + HANOI
            if on_month and month not in (None, local.month):
                on_month(local)
            month = local.month
            self.frozen.move_to(self.now)
            self._play(self._due_now())

    def _due_now(self):
        entries = []
        while self.queue and self.queue[0][0] == self.now:
            entries.append(heapq.heappop(self.queue))
        return sorted(entries, key=lambda entry: (entry[2], entry[3], entry[1]))

    def _play(self, entries):
        for (act, actor_id), group in groupby(entries, key=lambda entry: entry[2:4]):
            getattr(self, f"_{act}")(actor_id, [entry[4] for entry in group])

    def _at(self, moment, act, actor_id, case):
        heapq.heappush(self.queue, (moment, next(self.ticket), act, actor_id, case))

    # -- moments ---------------------------------------------------------------

    def later(self, hours, start=None):
        """The moment after working ``hours``, to the minute."""
        moment = self.clock.due(start or self.now, max(hours, 0.02))
        return moment.replace(second=0, microsecond=0) + datetime.timedelta(minutes=1)

    def session(self, kind, moment):
        """The next time somebody looks at this kind of work."""
        day = (moment + HANOI).date()
        while True:
            for hour, minute in SESSIONS[kind]:
                found = datetime.datetime.combine(day, datetime.time(hour, minute)) - HANOI
                if found >= moment and self.clock.is_open(found):
                    return found
            day += datetime.timedelta(days=1)

    # -- acts ------------------------------------------------------------------

    def _come_in(self, _actor_id, cases):
        """The clerk registers what has come in, accepts it or refuses it."""
        clerk = self.world.as_login(self.chance.choice(("canbo", "canbo2")))
        vals_list = [{**case.vals, "submitted_at": case.submitted_at} for case in cases]
        for case, dossier in zip(cases, clerk["qms.dossier"].create(vals_list), strict=True):
            case.dossier_id = dossier.id
        refused = self._pile(clerk, [case for case in cases if "refuse" in case.plan])
        if refused:
            refused.action_refuse("Hồ sơ không thuộc thẩm quyền giải quyết của Sở Tài chính")
        taken = [case for case in cases if "refuse" not in case.plan]
        self._pile(clerk, taken).action_accept()
        for case in taken:
            if case.vals.get("is_non_territorial"):
                self._at(self.session("receive", self.later(3)), "arrive", clerk.uid, case)
            else:
                self._next(case)

    def _arrive(self, actor_id, cases):
        """What was handed in elsewhere reaches the competent agency."""
        self._pile(self._env(actor_id), cases).action_receive_competent()
        self._follow(cases)

    def _complete(self, actor_id, cases):
        self._pile(self._env(actor_id), cases).action_complete_step()
        self._follow(cases)

    def _return(self, actor_id, cases):
        self._pile(self._env(actor_id), cases).action_return_result()

    def _supplement(self, actor_id, cases):
        for case in cases:
            self._pile(self._env(actor_id), [case]).action_request_supplement(
                "Hồ sơ chưa đủ căn cứ để thẩm định", "Bản chính có xác nhận của cơ quan chủ quản"
            )
            self._resume_after(case, self.chance.uniform(8, 48))

    def _supplement_again(self, _actor_id, cases):
        """A second request is the head's to make (OS-04)."""
        self._supplement(self._head(cases[0]).id, cases)

    def _pay(self, actor_id, cases):
        for case in cases:
            self._pile(self._env(actor_id), [case]).action_request_payment(
                "Chờ tổ chức nộp chi phí thẩm định theo thông báo"
            )
            self._resume_after(case, self.chance.uniform(6, 30))

    def _hold(self, actor_id, cases):
        for case in cases:
            self._pile(self._env(actor_id), [case]).action_stop(
                "Chờ ý kiến bằng văn bản của cơ quan cấp trên", terminal=False
            )
            self._resume_after(case, self.chance.uniform(16, 60))

    def _resume(self, actor_id, cases):
        self._pile(self._env(actor_id), cases).action_resume()
        self._follow(cases)

    def _send_back(self, actor_id, cases):
        for case in cases:
            dossier = self._pile(self._env(actor_id), [case])
            target = dossier.step_ids.filtered(lambda step: step.kind == "process")[-1:]
            dossier.action_send_back(target.id, "Dự thảo chưa nêu đủ căn cứ pháp lý")
        self._follow(cases)

    def _assign(self, actor_id, cases):
        """The head gives the pile to one of the specialists; they go on from there."""
        pile = self._pile(self._env(actor_id), cases)
        holders = pile[:1].current_position_id.sudo().holder_ids.sorted("login")
        pile.action_assign(self.chance.choice(holders.ids))
        self._follow(cases)

    def _extend(self, actor_id, cases):
        for case in cases:
            dossier = self._pile(self._env(actor_id), [case])
            dossier.action_extend(
                new_due_at=self.clock.due(dossier.due_at, 40),
                reason="Phải lấy thêm ý kiến của cơ quan phối hợp",
                apology="Sở Tài chính xin lỗi vì chưa trả kết quả đúng hẹn",
                delaying_unit=dossier.current_department_id.name,
                channel="message",
                sent_at=self.now,
            )

    # -- what comes next -------------------------------------------------------

    def _env(self, user_id):
        return self.world.as_user(self.world.env["res.users"].browse(user_id))

    def _pile(self, env, cases):
        return env["qms.dossier"].browse([case.dossier_id for case in cases])

    def _head(self, case):
        """The head of the unit that examines the dossier."""
        steps = self.dossiers.browse(case.dossier_id).step_ids
        return steps.filtered(lambda step: step.kind == "approve")[:1].position_id.holder_ids[:1]

    def _follow(self, cases):
        for case in cases:
            self._next(case)

    def _resume_after(self, case, hours):
        clerk = self.world.ref(f"user_{self.chance.choice(('canbo', 'canbo2'))}")
        self._at(self.session("receive", self.later(hours)), "resume", clerk.id, case)

    def _next(self, case):
        """Put the next act for a dossier into the diary."""
        dossier = self.dossiers.browse(case.dossier_id)
        step = dossier.current_step_id
        holders = step.position_id.holder_ids.sorted("login")
        actor = step.user_id or self.chance.choice(holders)
        if dossier.state == "done":
            moment = self.session("return", self.later(self.chance.uniform(0, 20)))
            self._at(moment, "return", actor.id, case)
        elif step.kind == "process" and self._on_the_way(case, step, actor):
            return
        elif "send_back" in case.plan and step.kind == "approve":
            case.plan.discard("send_back")
            self._at(self.session("approve", self.later(1)), "send_back", actor.id, case)
        else:
            self._at(self._ready(case, dossier, step), "complete", actor.id, case)

    def _on_the_way(self, case, step, actor):
        """Put what interrupts the examination into the diary; tell whether it does."""
        hours = step.hours * self.chance.uniform(0.1, 0.35)
        if "assign" in case.plan:
            case.plan.discard("assign")
            self._at(self.session("approve", self.later(0.5)), "assign", self._head(case).id, case)
            return True
        self._announce(case, step)
        for act in ("supplement", "supplement_again", "pay", "hold"):
            if act in case.plan:
                case.plan.discard(act)
                by = self._head(case) if act == "hold" else actor
                self._at(self.later(hours), act, by.id, case)
                return True
        return False

    def _ready(self, case, dossier, step):
        """When the current step will be completed.

        People take the time they need as long as the date allows; when it does not,
        they do this dossier first.
        """
        if step.kind == "process" and "forgotten" in case.plan:
            return datetime.datetime.max
        if step.kind == "process" and "late" in case.plan:
            case.plan.discard("late")
            return self.later(self.chance.uniform(6, 20), start=dossier.due_at)
        waiting = dossier.step_ids.filtered(lambda row: row.state == "waiting")
        left = self.clock.elapsed(self.now, dossier.judged_due_at)
        budget = left - 0.6 * sum(waiting.mapped("hours")) - MARGIN
        wanted = step.hours * self.chance.uniform(*PACE)
        if wanted >= budget:
            return self.later(min(max(0.6 * budget, 0.3), max(left / (len(waiting) + 2), 0.03)))
        done = self.later(wanted)
        return self.session(step.kind, done) if step.kind in SESSIONS else done

    def _announce(self, case, step):
        """An apology goes out: as a precaution, or a day before the date is missed."""
        dossier, head = step.dossier_id, self._head(case)
        if "extend" in case.plan:
            wait = 0.2 * step.hours
            if "late" in case.plan:
                wait = self.clock.elapsed(self.now, dossier.due_at) - 10
            case.plan.discard("extend")
            self._at(self.session("approve", self.later(wait)), "extend", head.id, case)
