"""A running product is led through five months while it is killed, and what it tells is heard."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Literal, TypeVar

from sqlmodel import Session, col, func, select

from benchmarks.channels_fakes import TelegramFake, ZaloFake
from benchmarks.channels_product import SCALE, Product
from benchmarks.forms_office import progress
from benchmarks.reminders_clock import RunningClock
from benchmarks.reminders_due import Demanded, When, demanded_of
from benchmarks.reminders_gate import Gate
from benchmarks.reminders_kills import Killed
from benchmarks.reminders_people import ZALO, Ears, Someone, move_in, written_lately
from benchmarks.reminders_year import FIRST, LAST, Cast, put_duties
from bot.texts import say
from service.clock import VIETNAM
from service.storage.delivery_tables import OutboundMessage
from service.storage.duty_tables import Assignment, Notice, NoticeAttempt, Reminder
from service.storage.engine import migrate, transaction
from service.storage.people_tables import ChannelAccount
from service.storage.reminders import is_falling
from service.storage.submissions import keep_submission

#: On the first day nobody is at Zalo's address; on the next working day it is there again.
AWAY = date(2023, 9, 5), date(2023, 9, 6)
#: Before eight on the first day the clock jumps to the same time of the second.
JUMPED = date(2023, 9, 12), date(2023, 9, 13)
BACK = date(2023, 9, 19)  #: a little after eight the clock goes an hour back
#: Tried out at a smaller scale, only the first deadline is lived through.
UNTIL = LAST if SCALE >= 1 else date(2023, 10, 31)
_DAY, _WAIT = timedelta(days=1), timedelta(hours=4)
_QUIET_DAY = 0.2  #: seconds of a day on which nobody is to hear anything
_QUIET_KILLS = 0.2  #: share of the kills that fall on such days
_LONGEST = 3.0  #: seconds from a moment of the day, or from the last kill, to the next
#: Of so few seconds a third passes from when something is on its way.
_ON_ITS_WAY = 1.5
_PATIENCE = 150.0  #: seconds until a part of a day must have ended
_MARK = say("remind.missed", day="|").partition("|")[2]

T = TypeVar("T")
Part = Literal["sáng", "trưa"]


@dataclass(frozen=True, slots=True)
class Plan:
    """At which moments it is killed."""

    busy: Mapping[tuple[date, Part], Sequence[float]]  #: seconds, one after the other
    quiet: Mapping[date, int]  #: at which hour

    @classmethod
    def by_chance(cls, chance: random.Random, demanded: Demanded, kills: int) -> Plan:
        """So many moments: most while something is to be told."""
        days = sorted({day for day, _ in demanded.messages} - {JUMPED[0]})
        busy: dict[tuple[date, Part], list[float]] = {}
        quiet: dict[date, int] = {}
        while sum(map(len, busy.values())) + len(quiet) < kills:
            if chance.random() < _QUIET_KILLS:
                day = FIRST + chance.randrange((UNTIL - FIRST).days) * _DAY
                if not {day, day + _DAY} & {*days, *AWAY, *JUMPED}:
                    quiet[day] = chance.randrange(24)
            else:
                part: Part = "sáng" if chance.random() < 0.75 else "trưa"
                busy.setdefault((chance.choice(days), part), []).append(chance.uniform(0, _LONGEST))
        return cls(busy, quiet)


@dataclass
class Living:
    """All that stands around the product, and what was heard and read of it."""

    product: Product
    door: Gate
    clock: RunningClock
    ears: Ears
    killed: Killed
    cast: Sequence[Cast]
    people: Sequence[Someone]
    plan: Plan
    owed: Mapping[tuple[str, date], int]
    persons: Mapping[int, int]  #: id in the product → number
    #: Day, person, channel → messages.
    arrived: Counter[tuple[date, int, str]] = field(default_factory=Counter)
    marked: set[When] = field(default_factory=set)
    night: Counter[str] = field(default_factory=Counter)  #: day and channel → messages
    unclear: dict[int, tuple[When, str]] = field(default_factory=dict)
    #: Day of the notice, person, channel, what became of it.
    attempts: dict[int, tuple[date, int, str, str]] = field(default_factory=dict)
    stuck: list[str] = field(default_factory=list)
    _reported: date = FIRST - _DAY  #: until when what units hand in is handed in

    @classmethod
    def begun(
        cls,
        product: Product,
        zalo: ZaloFake,
        telegram: TelegramFake,
        door: Gate,
        cast: Sequence[Cast],
        people: Sequence[Someone],
        plan: Plan,
    ) -> Living:
        """Everybody is there, every duty is put on, the product runs; it is 1 August."""
        home = product.data.parent
        clock = RunningClock(home / "clock.json")
        clock.set(FIRST, 8)
        product.settings["clock"] = str(clock.file)
        with product.database() as engine:
            migrate(engine)
            with transaction(engine) as session:
                move_in(session, cast, people, clock.now)
                owed = put_duties(session, clock.now)
                persons = _persons(session, people)
        killed = Killed(product, zalo, random.Random(407), product.serve())
        ears = Ears(product, zalo, telegram, people)
        return cls(product, door, clock, ears, killed, cast, people, plan, owed, persons)

    def demanded(self) -> Demanded:
        """What the policy demands, on the days on which it can be told."""
        found, cast = (
            demanded_of(self.cast, self.people, UNTIL),
            {one.name: one for one in self.cast},
        )
        found.put_off(*AWAY, [one for one in self.people if one.ways == (ZALO,)], cast)
        found.put_off(*JUMPED, self.people, cast)
        return found

    def five_months(self) -> None:
        """Until the last day, through each on which somebody is to hear something."""
        due = Counter(day for day, _ in self.demanded().messages)
        for day in sorted({*due, AWAY[0], AWAY[1], JUMPED[1], BACK}):
            self._quiet_until(day)
            self._morning(day)
            self._noon(day)
            self._evening(day)
            came = sum(n for (when, _, _), n in self.arrived.items() if when == day)
            progress(f"{day:%d/%m/%Y}: {came} tin tới, theo mô hình {due[day]}")
        self._quiet_until(UNTIL)
        self._settle(UNTIL, "cuối cùng")
        self._hear(UNTIL)
        open_ = [told for told in self.attempts.values() if told[3] in ("", "waited")]
        if open_:
            self.stuck.append(f"{len(open_)} lần gửi chưa rõ kết quả")

    # --- the parts of a day ---------------------------------------------------------------------

    def _quiet_until(self, day: date) -> None:
        """Days on which nobody is told anything pass fast; what units hand in is handed in."""
        for stop in [*sorted(d for d in self.plan.quiet if self.clock.today < d < day), day - _DAY]:
            days = (stop - self.clock.today).days
            if days > 0:
                self.clock.run(86400 / _QUIET_DAY)
                time.sleep((days - 1) * _QUIET_DAY)
            if stop in self.plan.quiet:
                self.clock.set(stop, self.plan.quiet[stop])
                self.killed.kill(f"{stop:%d/%m}")
        self.clock.set(day - _DAY, 21)
        self._hand_in(day - _DAY)
        self._hear(day - _DAY, night=True)

    def _morning(self, day: date) -> None:
        if day == AWAY[0]:
            self.door.shut()
        if day == JUMPED[1]:
            self.clock.set(JUMPED[0], 7, 30)
            time.sleep(1)
        self.clock.set(day, 7, 30)
        self._write(lambda session: written_lately(session, self.clock.now))
        self._hear(day, night=True)
        self.clock.set(day, 8)
        if day == BACK:
            self._an_hour_back(day)
        self._kill(day, "sáng")
        self._settle(day, "sáng", away=day == AWAY[0])
        self._hear(day)

    def _an_hour_back(self, day: date) -> None:
        """As soon as some have been told."""
        until = time.monotonic() + _PATIENCE
        while not any(when == day for when, _, _ in self.arrived) and time.monotonic() < until:
            time.sleep(0.2)
            self._hear(day)
        self.clock.set(day, 7, 2)
        time.sleep(2)
        self._hear(day)  # what was on its way
        self.clock.set(day, 8, 2)

    def _noon(self, day: date) -> None:
        """Four hours later the next way is due."""
        self.clock.set(day, 12, 30)
        self._kill(day, "trưa")
        self._settle(day, "trưa", away=day == AWAY[0])
        self._hear(day)

    def _evening(self, day: date) -> None:
        self.clock.set(day, 20, 30)
        if day == AWAY[0]:
            self._settle(day, "tối")
            self.door.open()
            time.sleep(2)
        self._hand_in(day)
        self._hear(day, night=True)

    def _kill(self, day: date, part: Part) -> None:
        for seconds in self.plan.busy.get((day, part), ()):
            if seconds < _ON_ITS_WAY:
                self.killed.wait_in_flight(_ON_ITS_WAY)
                seconds /= 3
            time.sleep(seconds)
            self.killed.kill(f"{day:%d/%m} {part}, sau {seconds:.2f} giây")

    # --- what is done and looked at -------------------------------------------------------------

    def _hand_in(self, until: date) -> None:
        """What units report up to that day, its evening included."""
        for one in self.cast:
            for last, when in one.reports.items():
                if when and self._reported < when <= until:
                    self._write(partial(self._report, self.owed[one.name, last]))
        self._reported = max(self._reported, until)

    def _report(self, assignment: int, session: Session) -> None:
        keep_submission(
            session,
            code=f"HS-{assignment:05}",
            form="bao-cao",
            form_version=1,
            person_id=None,
            unit_id=session.get_one(Assignment, assignment).unit_id,
            policy_id=None,
            answers={"outcome": "xong"},
            files=(),
            pending=False,
            at=self.clock.now,
            previous=None,
            assignment=assignment,
            settles=True,
        )

    def _hear(self, day: date, *, night: bool = False) -> None:
        for way, one, text in self.ears.new():
            self.arrived[day, one.number, way] += 1
            self.night[f"{day:%d/%m} {way}"] += night
            if _MARK in text:
                self.marked.add((day, one.number))
        self._write(self._read)

    def _read(self, session: Session) -> None:
        """Kept here, since the product forgets after a while."""
        chats = {one.address(ZALO): one.number for one in self.people}
        unclear = select(OutboundMessage).where(col(OutboundMessage.state) == "unclear")
        for message in session.exec(unclear):
            day = message.created_at.astimezone(VIETNAM).date()
            told = (day, chats[message.chat]), message.channel
            self.unclear[message.id or 0] = told
        tried = select(NoticeAttempt, Notice).join(
            Notice, col(Notice.id) == col(NoticeAttempt.notice_id)
        )
        for attempt, notice in session.exec(tried):
            number = self.persons[notice.person_id]
            told_by = (notice.day, number, attempt.channel, attempt.outcome)
            self.attempts[attempt.id or 0] = told_by

    def _settle(self, day: date, part: str, *, away: bool = False) -> None:
        """Until nothing more is to be done at this moment; `away`: Zalo's messages may wait."""
        until, looks = time.monotonic() + _PATIENCE, 0
        while True:
            left = self._write(partial(self._left, day, away))
            if not left:
                return
            if time.monotonic() > until:
                self.stuck.append(f"{day:%d/%m} {part}: {', '.join(left)}")
                progress(f"CHƯA XONG {self.stuck[-1]}")
                return
            looks += 1
            if looks % 50 == 0:
                self.killed.consent()
            time.sleep(0.2)

    def _left(self, day: date, away: bool, session: Session) -> list[str]:
        at = self.clock.now
        by_day = 8 <= at.astimezone(VIETNAM).hour < 20
        waiting = select(func.count()).select_from(OutboundMessage).where(
            col(OutboundMessage.state).in_(("waiting", "sending")),
            col(OutboundMessage.channel) != (ZALO if away else ""),
        )  # fmt: skip
        told = select(func.count()).select_from(Reminder).where(col(Reminder.state) == "waiting")
        late = select(func.count()).select_from(NoticeAttempt).where(
            col(NoticeAttempt.outcome) == "", col(NoticeAttempt.at) < at - _WAIT
        )  # fmt: skip
        # In the order in which one becomes the next: nothing is between two of these looks.
        counts = {
            "việc chưa lên lịch": int(by_day and is_falling(session, day)),
            "lượt chưa nói": session.exec(told).one() if by_day else 0,
            "lần gửi quá giờ": session.exec(late).one() if by_day else 0,
            "tin chờ gửi": session.exec(waiting).one(),
        }
        return [f"{count} {what}" for what, count in counts.items() if count]

    def _write(self, work: Callable[[Session], T]) -> T:
        with self.product.database() as engine, transaction(engine) as session:
            return work(session)


def _persons(session: Session, people: Sequence[Someone]) -> dict[int, int]:
    of = {(way, one.address(way)): one.number for one in people for way in one.ways}
    accounts = session.exec(select(ChannelAccount)).all()
    return {one.person_id: of[one.channel, one.address] for one in accounts}
