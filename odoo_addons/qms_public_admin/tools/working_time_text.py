"""Plain lines that say how a due date came about, in Vietnamese and English.

Used by :meth:`working_time.WorkingTime.explain`. Dates are written dd/mm/yyyy and
times HH:MM in the agency's zone; Vietnamese numbers have a decimal comma. The texts
stand here and not in a translation file because the kernel has no ORM and because a
slip is printed in the applicant's language, not in the user's.
"""

from datetime import timedelta

WEEKDAYS = {
    "vi": (
        "thứ Hai",
        "thứ Ba",
        "thứ Tư",
        "thứ Năm",
        "thứ Sáu",
        "thứ Bảy",
        "Chủ nhật",
    ),
    "en": (
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ),
}
# A longer list of weekends says nothing: beyond this they are counted.
LISTED_REST_DAYS = 8

TEXTS = {
    "vi": {
        "received": "Nhận lúc {at}.",
        "counted": "Tính từ {at}.",
        "counted_because": "Tính từ {at}, vì {why}.",
        "why_before": "nhận trước giờ làm việc",
        "why_break": "nhận trong giờ nghỉ trưa",
        "why_after": "nhận sau giờ làm việc",
        "why_rest": "nhận vào ngày nghỉ hằng tuần",
        "why_holiday": "nhận vào ngày nghỉ: {name}",
        "why_holiday_unnamed": "nhận vào ngày nghỉ lễ",
        "why_closed": "cơ quan không làm việc vào lúc nhận",
        "term_working": "Thời hạn: {hours} giờ làm việc ({days} ngày làm việc).",
        "term_calendar": "Thời hạn: {days} ngày theo lịch.",
        "rest": "Không tính ngày nghỉ hằng tuần: {days}.",
        "rest_count": "Không tính {count} ngày nghỉ hằng tuần.",
        "holidays": "Không tính ngày nghỉ lễ: {days}.",
        "closed": "Không tính ngày cơ quan đóng cửa: {days}.",
        "worked": "Có tính ngày làm bù: {days}.",
        "landed": "Ngày cuối {day} là ngày nghỉ, hạn chuyển sang ngày làm việc kế tiếp.",
        "paused_shift": "Tạm dừng từ {since} đến {until}{reason}; thời gian còn lại được "
        "tính tiếp, hạn mới {due}.",
        "paused_restart": "Tạm dừng từ {since} đến {until}{reason}; thời hạn được tính "
        "lại từ đầu, hạn mới {due}.",
        "paused_open": "Đang tạm dừng từ {since}{reason}; hạn sẽ được tính khi hồ sơ "
        "được tiếp tục giải quyết.",
        "extended": "Gia hạn từ {old} đến {new}{reason}.",
        "reason": " (lý do: {reason})",
        "due": "Hạn trả kết quả: {at}.",
        "differs": "Hạn đã ghi nhận được giữ nguyên; theo lịch làm việc hiện nay sẽ là {at}.",
        "years": "Chưa có đủ lịch nghỉ chính thức của năm {years}: hạn có thể phải tính lại.",
    },
    "en": {
        "received": "Received at {at}.",
        "counted": "Counted from {at}.",
        "counted_because": "Counted from {at}, because it was {why}.",
        "why_before": "received before working hours",
        "why_break": "received during the lunch break",
        "why_after": "received after working hours",
        "why_rest": "received on a weekly day of rest",
        "why_holiday": "received on a day off: {name}",
        "why_holiday_unnamed": "received on a public holiday",
        "why_closed": "received while the agency was closed",
        "term_working": "Time limit: {hours} working hours ({days} working days).",
        "term_calendar": "Time limit: {days} calendar days.",
        "rest": "Weekly days of rest not counted: {days}.",
        "rest_count": "{count} weekly days of rest not counted.",
        "holidays": "Public holidays not counted: {days}.",
        "closed": "Days on which the agency is closed not counted: {days}.",
        "worked": "Working days in lieu counted: {days}.",
        "landed": "The last day {day} is a day off, so the next working day applies.",
        "paused_shift": "Paused from {since} to {until}{reason}; the remaining time "
        "goes on, new due date {due}.",
        "paused_restart": "Paused from {since} to {until}{reason}; the time limit "
        "starts again, new due date {due}.",
        "paused_open": "Paused since {since}{reason}; the due date will be set when "
        "handling goes on.",
        "extended": "Extended from {old} to {new}{reason}.",
        "reason": " (reason: {reason})",
        "due": "Due: {at}.",
        "differs": "The recorded due date stands; today's working calendar would give {at}.",
        "years": "No complete official calendar yet for {years}: the due date may have to be "
        "projected again.",
    },
}


def explain(clock, start, hours, kind, pauses, extensions, lang, due_at=None):
    """Lines for :meth:`WorkingTime.explain`, which documents the parameters."""
    return _Explanation(clock, hours, kind, lang).lines_of(start, pauses, extensions, due_at)


class _Explanation:
    """One explanation being written: the clock, the language, the lines so far."""

    def __init__(self, clock, hours, kind, lang):
        self.clock, self.hours, self.kind = clock, hours, kind
        self.lang = "vi" if (lang or "").startswith("vi") else "en"
        self.lines = []

    def lines_of(self, start, pauses, extensions, due_at):
        self.say("received", at=self.moment(start))
        cursor = self.counted_from(start)
        self.term()
        self.landed(start)
        due = self.clock.due(start, self.hours, self.kind)
        for change in _in_order(pauses, extensions):
            if change["type"] == "extension":
                due = self.extension(due, change)
                continue
            self.skipped(cursor, change["at"])
            due, cursor = self.pause(due, change)
            if due is None:
                return self.lines
        self.skipped(cursor, due)
        self.closing(start, due, due_at)
        return self.lines

    # === PARTS ===#

    def counted_from(self, start):
        counted = self.clock.counted_from(start, self.kind)
        if counted == start.replace(microsecond=0):
            self.say("counted", at=self.moment(counted))
        else:
            self.say("counted_because", at=self.moment(counted), why=self.why(start))
        return counted

    def why(self, start):
        """Why a moment is not open."""
        day = self.clock.local(start).date()
        day_kind, name = self.clock.day_kind(day), self.clock.day_name(day)
        if day_kind == "holiday" and name:
            return self.text("why_holiday", name=name)
        if day_kind in ("holiday", "rest", "closed"):
            key = "holiday_unnamed" if day_kind == "holiday" else day_kind
            return self.text(f"why_{key}")
        opened, closed = self.clock.opening(day)
        if start < opened:
            return self.text("why_before")
        return self.text("why_after" if start >= closed else "why_break")

    def term(self):
        """The time limit in words."""
        days = self.clock.days(self.hours)
        self.say(f"term_{self.kind}", hours=self.number(self.hours), days=self.number(days))

    def pause(self, due, change):
        """Write a pause; return the new due date and where counting goes on."""
        reason = self.reason(change["reason"])
        since = self.moment(change["at"])
        if not change["until"]:
            self.say("paused_open", since=since, reason=reason)
            return None, change["at"]
        new_due = self.clock.resume(
            due, change["at"], change["until"], self.hours, change["mode"], self.kind
        )
        self.say(
            f"paused_{change['mode']}",
            since=since,
            until=self.moment(change["until"]),
            reason=reason,
            due=self.moment(new_due),
        )
        if change["mode"] == "restart":
            self.landed(change["until"])
        return new_due, change["until"]

    def extension(self, due, change):
        self.say(
            "extended",
            old=self.moment(due),
            new=self.moment(change["new_due"]),
            reason=self.reason(change["reason"]),
        )
        return change["new_due"]

    def closing(self, start, due, due_at):
        recorded = (due_at or due).replace(microsecond=0)
        self.say("due", at=self.moment(recorded))
        if recorded.replace(second=0) != due.replace(second=0, microsecond=0):
            self.say("differs", at=self.moment(due))
        years = self.clock.warnings(start, max(recorded, due))
        if years:
            self.say("years", years=", ".join(str(year) for year in years))

    def skipped(self, start, end):
        """Name the days between two moments that were not counted, and those in lieu."""
        if self.kind == "calendar":
            return
        first, last = self.clock.local(start).date(), self.clock.local(end).date()
        days = [first + timedelta(days=n) for n in range(1, (last - first).days)]
        found = {}
        for day in days:
            found.setdefault(self.clock.day_kind(day), []).append(day)
        if self.clock.day_kind(last) == "working_day" and last != first:
            found.setdefault("working_day", []).append(last)
        self.rest_days(found.get("rest", []))
        for key, day_kind in (
            ("holidays", "holiday"),
            ("closed", "closed"),
            ("worked", "working_day"),
        ):
            if found.get(day_kind):
                self.say(key, days="; ".join(map(self.named, found[day_kind])))

    def rest_days(self, days):
        if len(days) > LISTED_REST_DAYS:
            self.say("rest_count", count=len(days))
        elif days:
            self.say("rest", days=", ".join(f"{day:%d/%m/%Y}" for day in days))

    def landed(self, start):
        """A calendar term skips nothing on its way, only a closed last day."""
        if self.kind != "calendar":
            return
        last = self.clock.last_calendar_day(start, self.hours)
        if not self.clock.is_open_day(last):
            self.say("landed", day=self.named(last))

    # === WORDS ===#

    def say(self, key, **values):
        self.lines.append(self.text(key, **values))

    def text(self, key, **values):
        return TEXTS[self.lang][key].format(**values)

    def reason(self, reason):
        return self.text("reason", reason=reason) if reason else ""

    def moment(self, moment):
        local = self.clock.local(moment)
        return f"{local:%d/%m/%Y %H:%M} ({WEEKDAYS[self.lang][local.weekday()]})"

    def named(self, day):
        text = f"{WEEKDAYS[self.lang][day.weekday()]} {day:%d/%m/%Y}"
        name = self.clock.day_name(day)
        return f"{text} – {name}" if name else text

    def number(self, value):
        text = f"{value:.2f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if self.lang == "vi" else text


def _in_order(pauses, extensions):
    """Pauses and extensions as they happened; an undated extension comes last."""
    changes = [_pause(*pause) for pause in pauses]
    changes += [_extension(*extension) for extension in extensions]
    dated = sorted((c for c in changes if c["at"]), key=lambda change: change["at"])
    return dated + [change for change in changes if not change["at"]]


def _pause(paused_at, resumed_at, mode="shift", reason=""):
    return {
        "type": "pause",
        "at": paused_at,
        "until": resumed_at,
        "mode": mode,
        "reason": reason,
    }


def _extension(new_due_at, reason="", decided_at=None):
    return {
        "type": "extension",
        "at": decided_at,
        "new_due": new_due_at,
        "reason": reason,
    }
