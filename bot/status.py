"""The one status line of an answer, and notes on slips of the source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache

from bot.answers import LONGEST_STATUS
from bot.texts import say
from knowledge.documents import Document
from knowledge.organisations import Names, Organisations, Status, tokens_of


def status_line(
    documents: Sequence[Document],
    said: str,
    organisations: Organisations,
    today: date,
) -> str:
    """One line ≤ LONGEST_STATUS: expired, digest, abolished body; always the day of the look-up."""
    parts = [
        *_validity_notes(documents, today),
        *_body_notes(documents, said, organisations, today),
    ]
    day = say("status.day", day=f"{today:%d/%m/%Y}")
    line = ""
    for part in dict.fromkeys(parts):
        longer = f"{line}; {part}" if line else part
        if len(f"{longer}; {day}") <= LONGEST_STATUS:
            line = longer
    return f"{line}; {day}" if line else first_upper(day)


def day_line(today: date) -> str:
    """The status line that says no more than the day of the look-up."""
    return first_upper(say("status.day", day=f"{today:%d/%m/%Y}"))


def is_over(document: Document, today: date) -> bool:
    """Whether the paper no longer counts on `today`."""
    until = document.validity.until
    return until is not None and today > until


def notes_for(document: Document, said: str) -> list[str]:
    """Notes on slips of the source that stand in what is quoted."""
    return [note for slip, note in document.notes if slip in said]


def first_upper(text: str) -> str:
    """`text` as a sentence begins; the rest is left as it is."""
    return text[:1].upper() + text[1:]


def _validity_notes(documents: Sequence[Document], today: date) -> Iterator[str]:
    if any(d.digest for d in documents):
        yield say("status.digest")
    for document in documents:
        validity = document.validity
        if is_over(document, today) and validity.until:
            since = validity.until + timedelta(days=1)
            over = validity.reason.startswith("hết")
            reason = first_upper(validity.reason) if over else say("status.over")
            yield say("status.expired", reason=reason, day=f"{since:%d/%m/%Y}")


def _body_notes(
    documents: Sequence[Document], said: str, organisations: Organisations, today: date
) -> Iterator[str]:
    """What became of bodies that are quoted, then of those that issued the papers.

    An entry without a day has always held of what is quoted, but says nothing of an issuer.
    """
    yield from _notes_on(said, organisations, today, undated=True)
    issued = " ".join(d.identity.issuer or "" for d in documents)
    yield from _notes_on(issued, organisations, today, undated=False)


def _notes_on(
    text: str, organisations: Organisations, today: date, *, undated: bool
) -> Iterable[str]:
    for name in _bodies_in(text, organisations.body_names):
        body = organisations.body(name)
        for status in body.status if body else ():
            if status.ended <= today if status.ended else undated:
                yield _of_body(status, organisations, today)


def _of_body(status: Status, organisations: Organisations, today: date) -> str:
    """What became of it and, where a line has room, what it is called now."""
    told = {"note": status.note, "basis": _short(status.basis)}
    successor = organisations.called_now(status, today)
    now = say("status.body_now", **told, successor=successor) if successor else ""
    return now if now and fits(now, today) else say("status.body", **told)


def fits(part: str, today: date) -> bool:
    """Whether a line has room for it beside the day of the look-up."""
    return len(f"{part}; {say('status.day', day=f'{today:%d/%m/%Y}')}") <= LONGEST_STATUS


def note_fits(note: str, basis: str, today: date) -> bool:
    """Whether a line has room for what became of a body."""
    return fits(say("status.body", note=note, basis=_short(basis)), today)


@lru_cache(512)
def _bodies_in(text: str, names: Names) -> tuple[str, ...]:
    """Of what is quoted, answer after answer."""
    return tuple(found.name for found in names.find(tokens_of(text)))


def _short(basis: str) -> str:
    """ "Luật Thanh tra số 84/2025/QH15" → "Luật 84/2025/QH15": a status line has little room."""
    return re.sub(r"^(Luật|Nghị quyết|Nghị định)\D*? (?:số )?(?=\d)", r"\1 ", basis)
