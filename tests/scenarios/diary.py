"""When things happen in a story that ends today: days ago, at an hour somebody works."""

import datetime
from contextlib import contextmanager
from dataclasses import dataclass

from freezegun import freeze_time

from .world import HANOI


def utc_now():
    """The moment at which a story is played, naive UTC."""
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None, microsecond=0)


@dataclass
class Diary:
    """The days of a story, counted back from ``now``."""

    scene: object
    now: datetime.datetime

    def moment(self, days, hour=9):
        """The hour of the last working day at least ``days`` days ago, naive UTC."""
        day = (self.now + HANOI).date() - datetime.timedelta(days=days)
        while True:
            found = datetime.datetime.combine(day, datetime.time(hour, 5)) - HANOI
            if self.scene.company._qms_working_time().is_open(found):
                return found
            day -= datetime.timedelta(days=1)

    def coming(self, days, hour=9):
        """The hour of the first working day at least ``days`` days from now, naive UTC."""
        wanted = (self.now + HANOI).date() + datetime.timedelta(days=days)
        while self.day(-days) < wanted:
            days += 1
        return self.moment(-days, hour)

    def day(self, days):
        """The working day at least ``days`` days ago, in Hanoi."""
        return (self.moment(days) + HANOI).date()

    @contextmanager
    def at(self, days, hour=9):
        """Let it be that hour; yields the local day."""
        with freeze_time(self.moment(days, hour)):
            yield self.day(days)
