"""What questions of a form offer: the duties of a plan, drafts to comment, bodies to turn to."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from datetime import date

from sqlmodel import Session

from bot.answers import shorten
from bot.forms.definition import Choice
from bot.texts import say
from knowledge.documents import Document, Duty
from service.delivery.owing import owed_choices
from service.delivery.writer import Writer
from service.storage.contacts import contacts
from service.storage.form_tables import PolicyDraft
from service.storage.policy_drafts import open_drafts

_LABEL = 90  #: characters
_SUMMARY = 600
#: Times that somebody can be late for.
_DUE = frozenset(("day", "before", "by", "offset", "month", "quarter", "year", "recurring"))


def offered(
    source: str, answers: Mapping[str, str], writer: Writer, papers: Iterable[Document]
) -> tuple[Choice, ...]:
    """What a question whose choices come from `source` offers whoever writes."""
    match source:
        case "units":
            return tuple(Choice(str(one.unit_id), one.name) for one in writer.offices)
        case "duties":
            return _duties(answers, writer, papers)
        case "drafts":
            with writer.reading() as session:
                return draft_choices(session, writer.today)
        case "bodies":
            with writer.reading() as session:
                return body_choices(session)
        case _:
            return ()


def _duties(
    answers: Mapping[str, str], writer: Writer, papers: Iterable[Document]
) -> tuple[Choice, ...]:
    """What the chosen unit owes, then other duties of its plan; nothing for the unconfirmed."""
    chosen = writer.chosen(answers)
    if chosen is None or not chosen.confirmed:
        return ()
    with writer.reading() as session:
        owed = owed_choices(session, writer, chosen.unit_id)
    paper = next((one for one in papers if chosen.plan and one.id == chosen.plan), None)
    return owed + (duty_choices(paper) if paper else ())


def duty_choices(paper: Document) -> tuple[Choice, ...]:
    """The duties of a plan that have a time, by what they say; all of them."""
    return tuple(_duty(duty) for duty in paper.duties if duty.when.kind in _DUE)


def _duty(duty: Duty) -> Choice:
    when = f" ({duty.when.text})" if duty.when.text else ""
    label = shorten(duty.duty, _LABEL - len(when)) + when
    return Choice(duty_key(duty), label)


def duty_key(duty: Duty) -> str:
    """Its name in an answer; the same as long as its clause says the same."""
    return f"v{zlib.crc32(f'{duty.address} {duty.duty}'.encode()):08x}"


def draft_choices(session: Session, today: date) -> tuple[Choice, ...]:
    """The drafts that people may comment on now: all, since each may be named by its number."""
    return tuple(_draft(draft) for draft in open_drafts(session, today))


def _draft(draft: PolicyDraft) -> Choice:
    closes = draft.closes_on
    until = say("drafts.until", day=f"{closes:%d/%m/%Y}") if closes else say("drafts.no_until")
    summary = shorten(draft.summary, _SUMMARY)
    detail = say("drafts.detail", summary=summary, lead=draft.lead, until=until)
    if draft.link:
        detail = f"{detail}\n{say('drafts.link', link=draft.link)}"
    detail = f"{detail}\n{say('drafts.follow', number=draft.id)}"
    label = say("drafts.option", number=draft.id, title=shorten(draft.title, _LABEL))
    return Choice(str(draft.id), label, (f"gopy {draft.id}",), detail)


def body_choices(session: Session) -> tuple[Choice, ...]:
    """To whom difficulties may be told: bodies of the papers for which the office names a contact.

    Where it has entered none there is nothing to choose: whoever works at the desk reads it.
    """
    return tuple(
        Choice(
            f"b{one.id}",
            shorten(one.body, _LABEL),
            (),
            say("bodies.now", now=one.now or one.body, reach=one.reach),
        )
        for one in contacts(session)
    )
