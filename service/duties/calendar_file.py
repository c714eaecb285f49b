"""What a unit owes as a file that every calendar reads (iCalendar, RFC 5545)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.owed import OwedDuty, of_calendar
from service.storage.duty_tables import Obligation

MEDIA_TYPE = "text/calendar"
_DAY = timedelta(days=1)
_LINE = 75  #: octets of a line, without its end
_FIRST = datetime(2020, 1, 1, tzinfo=UTC)
#: An event of a whole day begins at midnight: two days before it, at eight in the morning.
_ALARM = "-P1DT16H"
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


@dataclass(frozen=True, slots=True)
class Event:
    """One day of a calendar."""

    uid: str  #: the same for the same thing for ever: what is added again takes its place
    day: date
    summary: str
    description: str


def event_of(obligation: Obligation, duty: OwedDuty) -> Event:
    """What a unit owes, on the last day on which it may be done."""
    # Numbers of other offices are the same: the moment at which it was put on units is not.
    made = f"{duty.id} {obligation.created_at.astimezone(UTC).isoformat()}"
    uid = f"{hashlib.sha256(made.encode()).hexdigest()[:32]}@troly"
    return Event(uid, duty.last_day, *of_calendar(duty))


def calendar_file(events: Iterable[Event], at: datetime) -> bytes:
    """The file as it is made at this instant: of two for one event the later one counts."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//troly//troly//VI",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        *(line for event in events for line in _event(event, at)),
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _event(event: Event, at: datetime) -> Iterator[str]:
    summary = _text(event.summary)
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    # Nobody counts how often a day was moved; seconds grow, too, and fit until 2088.
    yield f"SEQUENCE:{max(int((at - _FIRST).total_seconds()), 0)}"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.day + _DAY:%Y%m%d}"
    yield f"SUMMARY:{summary}"
    yield f"DESCRIPTION:{_text(event.description)}"
    yield "TRANSP:TRANSPARENT"  # nobody is busy all day with it
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"TRIGGER:{_ALARM}"
    yield f"DESCRIPTION:{summary}"
    yield "END:VALARM"
    yield "END:VEVENT"


def _text(text: str) -> str:
    """A value with what would end or divide it escaped; a space for what nobody sees."""
    lines = text.splitlines()
    seen = ("".join(sign if sign.isprintable() else " " for sign in line) for line in lines)
    return "\n".join(seen).translate(_ESCAPED)


def _folded(line: str) -> bytes:
    """The line with its end, as lines of at most 75 octets; no letter is cut in two."""
    pieces, room = [b""], _LINE
    for letter in line:
        octets = letter.encode()
        if len(pieces[-1]) + len(octets) > room:
            pieces.append(b"")
            room = _LINE - 1  # the space that goes on with a line
        pieces[-1] += octets
    return b"\r\n ".join(pieces) + b"\r\n"
