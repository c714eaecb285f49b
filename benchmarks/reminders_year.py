"""Five months of the plan of Hải Phòng 2023 with 200 units, against a model of its own."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import update
from sqlmodel import Session, select

from benchmarks.channels_product import scaled
from benchmarks.forms_office import progress
from benchmarks.prove import Figure
from knowledge.library import SHIPPED, load_library
from knowledge.organisations import load_organisations
from service.duties.assigning import assign, days_of, meant_units
from service.duty_reviews import listed_duties
from service.storage.assignments import owed_by
from service.storage.delivery_tables import OutboundMessage
from service.storage.duty_tables import Reminder
from service.storage.engine import migrate, open_engine, transaction
from service.storage.unit_tables import Binding, Unit
from service.storage.units import add_unit
from tests.builders import some_settings
from tests.owing import Owing

PAPER = "hai-phong-gddt-2023"
FIRST, LAST = date(2023, 8, 1), date(2023, 12, 31)
_DAY = timedelta(days=1)
_UNITS = 200
#: The public days off of those months that are no Saturday or Sunday, as the State announced them.
_DAYS_OFF = frozenset((date(2023, 9, 1), date(2023, 9, 4)))
_KINDS = ("Phòng GDĐT", "Trường THPT", "Đơn vị trực thuộc")
#: The two deadlines of the plan: as printed, and the last day that they leave.
DEADLINES = {date(2023, 9, 20): date(2023, 9, 19), date(2023, 12, 10): date(2023, 12, 9)}

#: Day, unit, kind → how many.
Told = Counter[tuple[date, str, date, str]]


@dataclass(frozen=True, slots=True)
class Cast:
    """One unit: how many officers, whether a head beside them, when it reports."""

    name: str
    officers: int
    head: bool
    reports: Mapping[date, date | None]  #: by last day


def five_months() -> Iterable[Figure]:
    """The plan of Hải Phòng 2023, 200 units, every day from 1 August to 31 December 2023."""
    with tempfile.TemporaryDirectory(prefix="troly-prove-") as folder:
        settings = some_settings(Path(folder))
        settings.data_dir.mkdir(parents=True)
        engine = open_engine(settings.storage_url)
        migrate(engine)
        office = Owing(engine, Path(folder), FIRST)
        cast = the_cast(random.Random(407))
        owed = _assigned(office, cast)
        _live(office, cast, owed)
        told = _told(office, owed)
        engine.dispose()
    model = demanded(cast)
    missing, extra = model - told, told - model
    yield Figure(f"{len(cast)} đơn vị, {len(owed)} việc: lượt nhắc", f"{told.total()}",
                 f"{model.total()} theo mô hình", model == told)  # fmt: skip
    yield Figure("lượt nhắc thiếu", _first(missing), "0", not missing)
    yield Figure("lượt nhắc thừa", _first(extra), "0", not extra)
    for printed, last in DEADLINES.items():
        for day, line in _by_day(told, last):
            yield Figure(f"trước ngày {printed:%d/%m/%Y}: {day:%a %d/%m}", line, "", True)


def the_cast(chance: random.Random) -> list[Cast]:
    """200 units of three kinds: some report early, some late, some never."""
    found = []
    for number in range(scaled(_UNITS)):
        reports: dict[date, date | None] = {}
        for last in DEADLINES.values():
            late = chance.random() < 0.1  # never reports
            reports[last] = None if late else last + chance.randint(-20, 10) * _DAY
        name = f"{_KINDS[number % 3]} số {number}"
        found.append(Cast(name, 1 + number % 2, number % 4 == 0, reports))
    return found


def _assigned(office: Owing, cast: Iterable[Cast]) -> dict[tuple[str, date], int]:
    """Units with their people, and both duties of the plan on those that it names."""
    with transaction(office.engine) as session:
        for one in cast:
            unit = add_unit(session, one.name, office.clock.now, kind=one.name.split(" số ")[0])
            for number in range(one.officers):
                office.person(session, unit.id or 0, f"{one.name}/{number}")
            if one.head:
                office.person(session, unit.id or 0, f"{one.name}/head", head=True)
        return put_duties(session, office.clock.now)


def put_duties(session: Session, at: datetime) -> dict[tuple[str, date], int]:
    """Both duties of the plan on the units that it names: the assignments by unit and last day."""
    library, units = load_library(SHIPPED), list(session.exec(select(Unit)))
    duties = [d for d in listed_duties(session, library) if d.document.id == PAPER]
    for duty in duties:
        if duty.duty.when.before not in DEADLINES:
            continue
        days = days_of(duty, FIRST, due=None, rule=None)
        meant = meant_units(duty.duty.leads, units, load_organisations())
        ids = [one.id for one in meant if one.id is not None]
        assign(session, duty, days, ids, "command", at, since=FIRST)
    return {
        (one.unit.name, one.assignment.last_day): one.assignment.id or 0
        for one in owed_by(session, [unit.id or 0 for unit in units], FIRST)
    }


def _live(office: Owing, cast: Iterable[Cast], owed: Mapping[tuple[str, date], int]) -> None:
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + number * _DAY
        if day.day == 1:
            progress(f"{day:%d/%m/%Y}")
        for hour in (7, 8, 12, 21):
            office.go_to(day, hour)
            office.remind()
        with transaction(office.engine) as session:
            session.execute(update(OutboundMessage).values(state="sent"))
        for one in cast:
            for last, when in one.reports.items():
                if when == day:
                    office.report(owed[one.name, last])


def _told(office: Owing, owed: Mapping[tuple[str, date], int]) -> Told:
    by_id = {id_: key for key, id_ in owed.items()}
    with transaction(office.engine) as session:
        heads = set(session.exec(select(Binding.person_id).where(Binding.head)))
        rows = list(session.exec(select(Reminder)))
    assert all((row.person_id in heads) == (row.kind == "head") for row in rows)
    return Counter((row.day, *by_id[row.assignment_id], row.kind) for row in rows)


# --- the model: every day is asked by itself ------------------------------------------------------


def _works(day: date) -> bool:
    return day.isoweekday() < 6 and day not in _DAYS_OFF


def _demanded(last: date, day: date, counts: tuple[int, ...] = (1, 3, 7)) -> str | None:
    """What the policy demands on that day; `counts`: of days late."""
    if not _works(day):
        return None
    for count in (0, 1, 3, 7, 14):
        asked = last - count * _DAY
        rest = [asked - n * _DAY for n in range((asked - day).days)]
        if day <= asked and not any(map(_works, rest)):
            return "before"
    for count in counts:
        asked = last + (1 + count) * _DAY
        rest = [asked + n * _DAY for n in range((day - asked).days)]
        if day >= asked and not any(map(_works, rest)):
            return "late"
    return None


def demanded(cast: Iterable[Cast]) -> Told:
    """What the policy demands of those months, each day asked by itself."""
    told: Told = Counter()
    for one in cast:
        for last, reported in one.reports.items():
            for number in range((LAST - FIRST).days + 1):
                day = FIRST + number * _DAY
                if reported is not None and reported < day:
                    continue
                if kind := _demanded(last, day):
                    told[day, one.name, last, kind] += one.officers
                if one.head and _demanded(last, day, (3, 7)) == "late":
                    told[day, one.name, last, "head"] += 1
    return told


def _by_day(told: Told, last: date) -> Iterable[tuple[date, str]]:
    words = {"before": "nhắc trước", "late": "nhắc sau hạn", "head": "nháp gửi người đứng đầu"}
    days = sorted({day for day, _, until, _ in told if until == last})
    for day in days:
        counts: Counter[str] = Counter()
        for (when, _, until, kind), count in told.items():
            if (when, until) == (day, last):
                counts[kind] += count
        yield day, ", ".join(f"{words[kind]} {counts[kind]}" for kind in words if counts[kind])


def _first(of: Told) -> str:
    shown = [f"{day:%d/%m} {unit} {kind}" for day, unit, _, kind in list(of)[:3]]
    return "; ".join((str(of.total()), *shown))
