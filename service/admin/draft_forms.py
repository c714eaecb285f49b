"""What somebody types about a draft policy: read, or refused with what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from service import shapes
from service.admin.words import words
from service.shapes import clean
from service.storage.form_tables import PolicyDraft
from service.storage.policy_drafts import Drafted

#: Characters that each field may have.
LONGEST = {"title": 300, "lead": 200, "summary": 2_000, "link": 500}


@dataclass(frozen=True, slots=True)
class Entered:
    """The fields as they were typed; they come back so when something is wrong."""

    title: str = ""
    lead: str = ""
    summary: str = ""
    link: str = ""
    closes_on: str = ""


class DraftFault(ValueError):
    """What is wrong, in words."""


def entered(draft: PolicyDraft) -> Entered:
    """A draft as it would be typed."""
    last = in_words(draft.closes_on) if draft.closes_on else ""
    return Entered(draft.title, draft.lead, draft.summary, draft.link, last)


def read_draft(typed: Entered, today: date, before: date | None = None) -> Drafted:
    """What was typed; raises DraftFault. A last day that is over may stay as it was `before`."""
    values = {name: clean(getattr(typed, name).replace("\r\n", "\n")) for name in LONGEST}
    for name, longest in LONGEST.items():
        if name != "link" and not values[name]:
            raise _fault(f"no_{name}")
        if len(values[name]) > longest:
            raise _fault("long", name=words()["drafts"][name], longest=longest)
    if values["link"] and not is_address(values["link"]):
        raise _fault("link")
    closes_on = read_day(typed.closes_on)
    if closes_on is not None and closes_on < today and closes_on != before:
        raise _fault("past", today=in_words(today))
    return Drafted(**values, closes_on=closes_on)


def read_day(typed: str) -> date | None:
    """ "20/9/2026" or "2026-09-20"; None for nothing; raises DraftFault."""
    if not clean(typed):
        return None
    day = shapes.read_day(typed)
    if day is None:
        raise _fault("date")
    return day


def in_words(day: date) -> str:
    """ "20/09/2026"."""
    return f"{day:%d/%m/%Y}"


def is_address(text: str) -> bool:
    """Whether it is the whole address of a page."""
    try:
        parts = urlsplit(text)
    except ValueError:  # a bracket that is not closed
        return False
    known = parts.scheme in ("http", "https") and bool(parts.hostname)
    return known and not re.search(r"[\s\\]", text)


def _fault(key: str, **values: object) -> DraftFault:
    return DraftFault(words()["drafts"]["faults"][key].format(**values))
