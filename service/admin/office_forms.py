"""What somebody types about the office: read, or refused with what is wrong."""

from __future__ import annotations

import re
from dataclasses import asdict, replace

from knowledge.vietnamese import fold
from service.admin.words import words
from service.setting_checks import an_address
from service.shapes import clean
from service.storage.office import Office
from service.working_hours import read_hours

#: Characters that each field may have.
LONGEST = {
    "name": 200,
    "place": 100,
    "superior": 200,
    "contact": 200,
    "phone": 40,
    "hours": 100,
    "public_url": 300,
    "letterhead": 600,
}
_LINES = 6  #: of a letterhead
_PHONE = re.compile(r"[+(]?\d[\d .()+/;,-]*(?:\w+ ?\d+)?")
_DIGITS = 3  #: of the shortest number
#: What stands on top of papers of State alone.
_OF_STATE = re.compile(r"cong hoa xa hoi chu nghia|doc lap\W+tu do\W+hanh phuc")


class OfficeFault(ValueError):
    """What is wrong, in words."""


def read_office(typed: Office) -> Office:
    """What was typed; raises OfficeFault."""
    values = {name: clean(value.replace("\r\n", "\n")) for name, value in asdict(typed).items()}
    for name, longest in LONGEST.items():
        if name != "letterhead":
            values[name] = " ".join(values[name].split())
        if len(values[name]) > longest:
            raise _fault("long", name=words()["office"][name], longest=longest)
    office = Office(**values)
    if not office.name:
        raise _fault("no_name")
    if not office.place:
        raise _fault("no_place")
    if office.phone and not _is_phone(office.phone):
        raise _fault("phone")
    return replace(
        office,
        hours=_hours(office.hours),
        public_url=_address(office.public_url),
        letterhead=_letterhead(office.letterhead),
    )


def _is_phone(text: str) -> bool:
    digits = sum(sign.isdecimal() for sign in text)
    return bool(_PHONE.fullmatch(text)) and digits >= _DIGITS


def _hours(text: str) -> str:
    if not text:
        return ""
    try:
        return ",".join(f"{s.begins:%H:%M}-{s.ends:%H:%M}" for s in read_hours(text))
    except ValueError:
        raise _fault("hours") from None


def _address(text: str) -> str:
    if not text:
        return ""
    try:
        return an_address(text)
    except ValueError:
        raise _fault("public_url") from None


def _letterhead(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if len(lines) > _LINES:
        raise _fault("lines", longest=_LINES)
    if _OF_STATE.search(" ".join(fold(line) for line in lines)):
        raise _fault("of_state")
    return "\n".join(lines)


def _fault(key: str, **values: object) -> OfficeFault:
    return OfficeFault(words()["office"]["faults"][key].format(**values))
