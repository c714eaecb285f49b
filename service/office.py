"""The office as people meet it: its profile where that is filled in, the settings where it is not.

Read anew for every message and page, so that what is changed at the desk counts at once, in every
process.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.home import Home
from bot.texts import say
from knowledge.library import Library
from service.settings import Settings
from service.storage.office import Office


def home_of(office: Office | None, library: Library) -> Home:
    """As the assistant is told of it."""
    if office is None:
        return Home(samples=any(paper.sample for paper in library.documents))
    return Home(office.name, office.place, office.superior, contact_in(office), office.public_url)


def contact_in(office: Office) -> str:
    """Whom people turn to, in words; "" where the profile does not say."""
    if office.contact and office.phone:
        return say("office.contact", person=office.contact, phone=office.phone)
    return office.contact or (say("office.phone", phone=office.phone) if office.phone else "")


def settled(office: Office | None, settings: Settings) -> Settings:
    """The settings, with what the profile says in the place of contact, hours and address."""
    told = _told(office) if office else {}
    return settings.model_copy(update=told) if told else settings


def _told(office: Office) -> Mapping[str, str]:
    told = {
        "contact": contact_in(office),
        "work_hours": office.hours,
        "public_url": office.public_url,
    }
    return {name: value for name, value in told.items() if value}


def letterhead_of(office: Office | None) -> tuple[str, ...]:
    """The lines on top of what it prints: its own, or its name; none where no office is known."""
    if office is None:
        return ()
    lines = tuple(line.strip() for line in office.letterhead.splitlines() if line.strip())
    return lines or (office.name,)
