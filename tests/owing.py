"""Units that owe something, the people who act for them, and a clock that tests move by days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path

from pydantic import JsonValue
from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from service.clock import VIETNAM
from service.duties.reminding import remind
from service.settings import Settings
from service.storage import bindings, units
from service.storage.assignments import add_obligation, put_on
from service.storage.delivery_tables import OutboundMessage
from service.storage.duty_tables import Assignment, Notice, Obligation, Reminder
from service.storage.engine import transaction
from service.storage.submissions import Decision, decide, keep_submission
from tests.builders import some_settings
from tests.desk import Clock, an_account

DAY = timedelta(days=1)


class Owing:
    """An office with a database, whose day is moved by hand."""

    def __init__(self, engine: Engine, folder: Path, first: date, **settings: object) -> None:
        self.engine = engine
        self.clock = Clock(folder / "clock.json", at(first))
        self.settings: Settings = some_settings(
            folder, **{"clock": self.clock.file, "telegram_token": "1:a", **settings}
        )
        self.away = False  #: whether the channels are: then nothing is sent by the next day
        self._codes = 0

    @property
    def today(self) -> date:
        """In Việt Nam."""
        return self.clock.now.astimezone(VIETNAM).date()

    def go_to(self, day: date, hour: int = 8) -> None:
        """That day, at the hour; what waited to be sent is sent before another day."""
        if day > self.today and not self.away:
            with transaction(self.engine) as session:
                waits = col(OutboundMessage.state) == "waiting"
                session.execute(update(OutboundMessage).where(waits).values(state="sent"))
        self.clock.forward(at(day, hour) - self.clock.now)

    def remind(self) -> None:
        """What the worker does every few seconds."""
        remind(self.engine, self.settings)

    def unit(
        self, name: str, people: int = 1, head: bool = False, channel: str = "telegram"
    ) -> int:
        """A unit with people who act for it; its id."""
        with transaction(self.engine) as session:
            unit = units.add_unit(session, name, self.clock.now, kind="Trường THPT").id or 0
            for number in range(people):
                self.person(session, unit, f"{name}/{number}", channel=channel)
            if head:
                self.person(session, unit, f"{name}/head", channel=channel, head=True)
        return unit

    def person(
        self,
        session: Session,
        unit: int,
        chat: str,
        *,
        channel: str = "telegram",
        head: bool = False,
    ) -> int:
        """Somebody who acts for the unit from now on."""
        now = self.clock.now
        person = an_account(session, channel, chat, now).person_id
        binding = bindings.ask(session, person, unit, "Người", "cán bộ", now, head=head)
        bindings.confirm(session, binding.id or 0, "admin:1", now)
        return person

    def obligation(self, **changes: object) -> int:
        """Something that a paper asks; its id."""
        values: dict[str, object] = {
            "document": "hai-phong-gddt-2023",
            "address": "III#2.6",
            "fingerprint": "f" * 64,
            "title": "Báo cáo kết quả thực hiện công tác truyền thông",
            "source": "Mục III.6 (Tổ chức thực hiện), Kế hoạch năm 2023",
            "recipient": "Sở GDĐT",
            "printed": "trước ngày 20/9/2023",
            "form": "bao-cao",
            "policy": {},
            "created_at": self.clock.now,
            "created_by": "command",
        }
        with transaction(self.engine) as session:
            return add_obligation(session, Obligation(**{**values, **changes})).id or 0

    def owes(
        self,
        unit: int,
        last_day: date,
        policy: Mapping[str, JsonValue] | None = None,
        **changes: object,
    ) -> int:
        """The unit owes something by that day from today on; the id of the assignment."""
        obligation = self.obligation(policy=dict(policy or {}), **changes)
        with transaction(self.engine) as session:
            put_on(session, obligation, [unit], last_day, self.today)
            found = select(Assignment.id).where(col(Assignment.obligation_id) == obligation)
            return session.exec(found).one() or 0

    def report(
        self, assignment: int, decision: Decision | None = None, settles: bool = True
    ) -> int:
        """Something was sent for it, and decided on; its id."""
        self._codes += 1
        with transaction(self.engine) as session:
            unit = session.get_one(Assignment, assignment).unit_id
            sent = keep_submission(
                session,
                code=f"HS-{self._codes:05}",
                form="bao-cao",
                form_version=1,
                person_id=None,
                unit_id=unit,
                policy_id=None,
                answers={"outcome": "xong"},
                files=(),
                pending=False,
                at=self.clock.now,
                previous=None,
                assignment=assignment,
                settles=settles,
            )
            if decision:
                decide(session, sent.id or 0, decision, "lý do", "admin:1", self.clock.now)
            return sent.id or 0

    def reminders(self) -> list[Reminder]:
        """All of them, in order."""
        with transaction(self.engine) as session:
            return list(
                session.exec(select(Reminder).order_by(col(Reminder.day), col(Reminder.id)))
            )

    def told(self, assignment: int) -> list[str]:
        """On which days it was told, "05/09 before"; what was dropped or drafted says so."""
        return [
            f"{one.day:%d/%m} {one.kind}" + ("" if one.state == "told" else f" {one.state}")
            for one in self.reminders()
            if one.assignment_id == assignment
        ]

    def notices(self) -> list[Notice]:
        """All messages, in order."""
        with transaction(self.engine) as session:
            return list(session.exec(select(Notice).order_by(col(Notice.id))))


def at(day: date, hour: int = 8, minute: int = 0) -> datetime:
    """An instant of that day in Việt Nam."""
    return datetime.combine(day, time(hour, minute), VIETNAM)
