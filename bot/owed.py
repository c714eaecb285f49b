"""What a unit owes, in words: one duty, or several in one message, with what may be answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.answers import shorten
from bot.messages import Button, Reply
from bot.offers import standing
from bot.standing import worded
from bot.texts import choices, say
from knowledge.vietnamese import collapse

_TITLE = 220  #: characters of a task in a list
_SHORT, _SUBJECT = 100, 70
_LONGEST = 1800  #: UTF-16 units of a message: what the strictest channel takes, with some room
_IN_LETTER = 30  #: duties in a letter
_LISTED = 5  #: duties in one message: a list that is longer is not read, and has no buttons
#: Words of an answer; behind the code they say what is to be done.
ANSWERS = {
    "done": "đã nộp",
    "submit": "nộp ngay",
    "other_way": "đường khác",
    "postpone": "lùi hạn",
    "later": "nhắc sau",
}


@dataclass(frozen=True, slots=True)
class OwedDuty:
    """What one unit owes by one day, as people are told."""

    id: int
    unit: str
    unit_id: int
    title: str
    source: str  #: the clause and its paper; "" for a request of the office
    printed: str  #: the time as the paper prints it; "" where it prints none
    own_date: bool  #: the office's date, not the paper's
    recipient: str
    form: str  #: that settles it
    last_day: date
    working_day: date  #: the last working day on which it may be done
    missed: date | None = None  #: when it should have been told
    confirmer: str = ""  #: which body confirms it; "" where nobody is named


def day_in_words(day: date) -> str:
    """ "thứ Sáu 08/12/2023"."""
    return f"{choices('remind.weekdays')[day.weekday()]} {day:%d/%m/%Y}"


def told(
    duties: Sequence[OwedDuty], today: date, heading: str = "", *, most: int = _LISTED
) -> Reply:
    """One message about all of them: of one with its answers to tap, of more with each to open.

    It fits into one message of the strictest channel; what has no room is counted.
    """
    reply = _told(duties, today, heading, most)
    while most > 1 and len(reply.text.encode("utf-16-le")) // 2 > _LONGEST:
        most -= 1
        reply = _told(duties, today, heading, most)
    return reply


def letter(duties: Sequence[OwedDuty], today: date, heading: str, url: str | None) -> str:
    """All of them as a letter: its subject, an empty line, the rest; answers go into the chat.

    `url`: where the chat stands; None: no link leaves this machine.
    """
    first = duties[0]
    day = f"{first.last_day:%d/%m/%Y}"
    if len(duties) > 1:
        subject = say("mail.subject_several", count=len(duties), day=day)
    else:
        subject = say("mail.subject_one", task=shorten(first.title, _SUBJECT).rstrip("."), day=day)
    answer = answers_to(first)[0].send
    ways = [say("mail.how_to_answer", example=answer), say("mail.how_to_stop")]
    if url:
        ways.insert(1, say("mail.link", url=url))
    parts = [say("mail.greeting"), *_parts(duties, today, heading, _IN_LETTER), "\n".join(ways)]
    return "\n\n".join([collapse(subject), *parts])


def _told(duties: Sequence[OwedDuty], today: date, heading: str, most: int) -> Reply:
    listed, several = duties[:most], len(duties) > 1
    buttons = [_opens(duty) for duty in listed] if several else answers_to(listed[0])
    parts = _parts(duties, today, heading, most)
    parts.append(say("remind.how", example=buttons[0].send))
    return worded("\n\n".join(parts), buttons)


def _parts(duties: Sequence[OwedDuty], today: date, heading: str, most: int) -> list[str]:
    listed, several = duties[:most], len(duties) > 1
    first = say("remind.several", count=len(duties)) if several else say("remind.one")
    parts = [heading or first]
    for number, duty in enumerate(listed, start=1):
        lines = _lines(duty, today)
        if several:
            lines[0] = say("remind.number", number=number, task=lines[0])
        parts.append("\n".join(lines))
    if len(duties) > len(listed):
        parts.append(say("remind.more", count=len(duties) - len(listed)))
    missed = [duty.missed for duty in duties if duty.missed]
    if missed:
        parts.append(say("remind.missed", day=day_in_words(min(missed))))
    return parts


def listing(duties: Sequence[OwedDuty]) -> Reply:
    """All of them, each in a line with its code; the nearest to tap."""
    lines = [
        say(
            "remind.line_to" if duty.recipient else "remind.line",
            id=duty.id,
            day=f"{duty.last_day:%d/%m/%Y}",
            unit=duty.unit,
            title=shorten(duty.title, _SHORT),
            recipient=duty.recipient,
        )
        for duty in duties
    ]
    buttons = [_opens(duty) for duty in duties[:_LISTED]]
    return worded("\n".join([say("remind.mine"), *lines, say("remind.open_one")]), buttons)


def answers_to(duty: OwedDuty) -> tuple[Button, ...]:
    """What may be said to one duty; each means the same whenever it is tapped."""
    return tuple(
        standing(Button(say(f"remind.{name}"), f"V{duty.id} {words}"))
        for name, words in ANSWERS.items()
    )


def _opens(duty: OwedDuty) -> Button:
    return standing(Button(say("remind.open", id=duty.id), f"V{duty.id}"))


def _lines(duty: OwedDuty, today: date) -> list[str]:
    lines = [say("remind.task", unit=duty.unit, title=shorten(duty.title, _TITLE).rstrip("."))]
    lines.append(_due(duty, today))
    if duty.recipient:
        lines.append(say("remind.recipient", recipient=duty.recipient))
    if duty.confirmer and duty.confirmer != duty.recipient:
        lines.append(say("remind.confirmer", confirmer=duty.confirmer))
    source = say("remind.source", source=duty.source) if duty.source else say("remind.no_source")
    return [*lines, f"{source} {say('remind.code', id=duty.id)}"]


def _due(duty: OwedDuty, today: date) -> str:
    last = day_in_words(duty.last_day)
    if today > duty.last_day:
        return say("remind.late", last=last)
    if duty.own_date or not duty.printed:
        due = say("remind.due_own" if duty.own_date else "remind.due_by", last=last)
    else:
        due = say("remind.due_printed", printed=duty.printed, last=last)
    days = (duty.last_day - today).days
    parts = [due, say("remind.left", days=days) if days else say("remind.left_today")]
    if duty.working_day != duty.last_day:
        parts.append(say("remind.working", day=day_in_words(duty.working_day)))
    return " ".join(parts)
