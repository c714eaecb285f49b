"""What is typed to remind of one duty in its own way: read, or refused with what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.owed import day_in_words
from service.admin.words import words
from service.duties.calendar import Calendar
from service.duties.policies import tells_heads
from service.duties.schedule import Policy, of_heads, schedule
from service.settings import Settings
from service.shapes import clean

MOST_DAYS = 366  #: before or after the last day
_MOST = 20  #: reminders of one kind
LONGEST = 120  #: characters of a list of days
_DAY = timedelta(days=1)
#: Whether heads are told without anybody asked first, as the form names it.
HEADS: dict[str, bool | None] = {"as_set": None, "alone": True, "asked": False}


@dataclass(frozen=True, slots=True)
class TypedPolicy:
    """The fields as they were typed; they come back so when something is wrong."""

    before: str = ""
    late: str = ""
    escalate: str = ""
    heads: str = "as_set"
    announce: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One day on which somebody is reminded, ready to draw."""

    day: str
    why: str
    moved: str  #: the day off that it was moved from; ""
    head: bool
    over: bool  #: before today


class PolicyFault(ValueError):
    """What is wrong, in words."""


def typed_of(policy: Policy) -> TypedPolicy:
    """A policy as it would be typed."""
    return TypedPolicy(
        before=", ".join(map(str, policy.before)),
        late=", ".join(map(str, policy.late)),
        escalate=str(policy.escalate) if _escalates(policy) else "",
        heads=next(name for name, alone in HEADS.items() if alone is policy.heads),
        announce="1" if policy.announce else "",
    )


def read_policy(typed: TypedPolicy) -> Policy:
    """What was typed; raises PolicyFault."""
    before = tuple(sorted(_days(typed.before, "before"), reverse=True))
    late = tuple(sorted(_days(typed.late, "late")))
    escalate = _escalate(typed.escalate, late)
    if typed.heads not in HEADS:
        raise _fault("heads")
    return Policy(before, late, escalate, bool(typed.announce), HEADS[typed.heads])


def days_told(last_day: date, policy: Policy, calendar: Calendar, today: date) -> list[Told]:
    """Day by day what a policy yields for one last day."""
    said = words()["policies"]
    heads = {one.day for one in of_heads(last_day, policy, calendar)}
    found = []
    for one in schedule(last_day, policy, calendar):
        if one.late:
            wanted, why = last_day + (1 + one.offset) * _DAY, said["days_late"]
        else:
            wanted = last_day - one.offset * _DAY
            why = said["days_before" if one.offset else "on_last_day"]
        found.append(
            Told(
                day=day_in_words(one.day),
                why=str(why).format(days=one.offset),
                moved="" if wanted == one.day else day_in_words(wanted),
                head=one.day in heads,
                over=one.day < today,
            )
        )
    return found


def in_words(policy: Policy, settings: Settings) -> Iterator[str]:
    """A policy in short sentences."""
    said = words()["policies"]
    yield _counted(said, "before", policy.before)
    yield _counted(said, "late", policy.late)
    if not _escalates(policy):
        yield str(said["no_heads"])
    else:
        told = said["heads_alone" if tells_heads(policy, settings) else "heads_asked"]
        yield str(told).format(days=policy.escalate)
    if policy.announce:
        yield str(said["announced"])


def _escalates(policy: Policy) -> bool:
    """Whether any late notice goes to heads, too."""
    first = policy.escalate
    return first is not None and any(days >= first for days in policy.late)


def _counted(said: dict[str, str], which: str, days: Sequence[int]) -> str:
    if not days:
        return said[f"no_{which}"]
    return said[f"told_{which}"].format(days=", ".join(map(str, days)))


def _days(text: str, field: str) -> list[int]:
    parts = [part.strip() for part in clean(text).replace(";", ",").split(",") if part.strip()]
    if len(text) > LONGEST or len(parts) > _MOST:
        raise _fault("many", field=_label(field), most=_MOST)
    for part in parts:
        if not (part.isascii() and part.isdecimal()) or int(part) > MOST_DAYS:
            raise _fault("days", field=_label(field), typed=part[:40], most=MOST_DAYS)
    found = [int(part) for part in parts]
    twice = next((day for day in found if found.count(day) > 1), None)
    if twice is not None:
        raise _fault("twice", field=_label(field), days=twice)
    return found


def _escalate(text: str, late: Sequence[int]) -> int | None:
    typed = clean(text)
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= len(str(MOST_DAYS))):
        raise _fault("days", field=_label("escalate"), typed=typed[:40], most=MOST_DAYS)
    if not any(days >= int(typed) for days in late):
        raise _fault("escalate", days=int(typed))
    return int(typed)


def _label(field: str) -> str:
    return str(words()["policies"][field])


def _fault(key: str, **values: object) -> PolicyFault:
    return PolicyFault(words()["policies"]["faults"][key].format(**values))
