"""Bodies and places as the office has them: its own entries over those that ship.

The office's entries are one file, checked as a whole before it is put in use; the file before it
is kept beside it under its number.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal
from uuid import uuid4

from sqlmodel import Session

from bot.texts import say
from knowledge.organisations import (
    Body,
    Organisations,
    Place,
    Status,
    load_organisations,
    read_organisations,
    with_own,
)
from service.errors import OrganisationRefused
from service.organisation_checks import faults_of
from service.settings import Settings
from service.storage.alerts import AlertKind, raise_alert, settle_alert
from service.storage.channel_states import take_turn

log = logging.getLogger(__name__)

Table = Literal["body", "place"]
TABLES: tuple[Table, ...] = ("body", "place")
_LARGEST = 2 << 20  #: bytes of the file
_NAME = "organisations"
_UNUSABLE: AlertKind = "organisations_unusable"


@dataclass(frozen=True, slots=True)
class Own:
    """The office's own entries."""

    version: int = 0  #: 0: it has none
    entries: Organisations = field(default_factory=lambda: Organisations((), (), {}))
    fault: str = ""  #: why the file is not used


def organisations_of(settings: Settings) -> Organisations:
    """All entries, as questions are understood by them; a change is seen at once."""
    return _merged(str(_file(settings)), organisations_stamp(settings))


def own_of(settings: Settings) -> Own:
    """Those of the office; none where its file cannot be used."""
    return _read(str(_file(settings)), organisations_stamp(settings))


def organisations_stamp(settings: Settings) -> int:
    """Changes with the file; costs one look at its date."""
    try:
        # Not when it was written: a file that may be read again, or an old one put back, counts.
        return _file(settings).stat().st_ctime_ns
    except OSError:
        return 0


@cache
def shipped() -> Organisations:
    """Those that come with the product."""
    return load_organisations()


def set_entry(settings: Settings, entry: Body | Place, today: date) -> int:
    """Use it from now on, in every process; the number of the file.

    Raises OrganisationRefused for what is wrong with it; nothing changes then.
    """
    with _alone(settings):
        own = _usable(settings)
        before = with_own(shipped(), own.entries)
        if faults := faults_of(entry, before, today):
            raise OrganisationRefused(faults[0])
        return _write(settings, own, with_own(own.entries, _alone_in(entry)))


def reset_entry(settings: Settings, table: Table, name: str, today: date) -> bool:
    """The entry that ships again, or none where none does; False where the office has none.

    Raises OrganisationRefused where another of its entries names it as its successor.
    """
    with _alone(settings):
        own = _usable(settings)
        left = Organisations(
            tuple(b for b in own.entries.bodies if table != "body" or b.name != name),
            tuple(p for p in own.entries.places if table != "place" or p.name != name),
            own.entries.abbreviations,
        )
        if left == own.entries:
            return False
        _check(left, today)
        _write(settings, own, left)
        return True


def watch_organisations(session: Session, settings: Settings, at: datetime) -> None:
    """An alert while the file cannot be used, once for each time that it was changed."""
    stamp = organisations_stamp(settings)
    if not own_of(settings).fault:
        settle_alert(session, _UNUSABLE, _NAME, at)
    elif take_turn(session, _UNUSABLE, f"{stamp}", at):
        raise_alert(session, _UNUSABLE, _NAME, say("alerts.organisations_unusable"), at)


def _usable(settings: Settings) -> Own:
    """What a change is made on: not a file that cannot be used, its entries would be lost."""
    own = own_of(settings)
    if own.fault:
        raise OrganisationRefused(own.fault)
    return own


def _check(own: Organisations, today: date) -> None:
    """Raises OrganisationRefused for the first thing that is wrong with these entries."""
    every = with_own(shipped(), own)
    entries: tuple[Body | Place, ...] = (*own.bodies, *own.places)
    for entry in entries:
        if faults := faults_of(entry, every, today):
            raise OrganisationRefused(f"{entry.name}: {faults[0]}")


def _alone_in(entry: Body | Place) -> Organisations:
    if isinstance(entry, Body):
        return Organisations((entry,), (), {})
    return Organisations((), (entry,), {})


def _write(settings: Settings, own: Own, entries: Organisations) -> int:
    file = _file(settings)
    version = max([own.version, *_kept(file)]) + 1
    if file.exists():  # it stays in use until the next one takes its place
        _put(file.with_name(f"{_NAME}.v{own.version}.toml"), file.read_text("utf-8"))
    _put(file, _toml(entries, version))
    return version


def _put(file: Path, text: str) -> None:
    """Whole or not at all."""
    beside = file.with_name(f".{uuid4().hex}")
    beside.write_text(text, "utf-8")
    os.replace(beside, file)


def _kept(file: Path) -> Iterator[int]:
    """Numbers of the files that were in use before."""
    for kept in file.parent.glob(f"{_NAME}.v*.toml"):
        if found := re.fullmatch(rf"{_NAME}\.v(\d+)\.toml", kept.name):
            yield int(found[1])


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One change at a time: each is made on the file as the one before it left it."""
    folder = _file(settings).parent
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".{_NAME}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _file(settings: Settings) -> Path:
    return settings.data_dir / "overrides" / f"{_NAME}.toml"


@lru_cache(4)
def _merged(file: str, stamp: int) -> Organisations:
    own = _read(file, stamp)
    return with_own(shipped(), own.entries) if own.version and not own.fault else shipped()


@lru_cache(4)
def _read(file: str, stamp: int) -> Own:
    """`stamp`: when the file was changed, so that a change is seen."""
    if not stamp:
        return Own()
    try:
        with open(file, encoding="utf-8") as opened:
            text = opened.read(_LARGEST + 1)
        entries = read_organisations(text)
        found = re.match(r"version = (\d+)\n", text)
        _check(entries, date.max)
        return Own(int(found[1]) if found else 1, entries)
    except OrganisationRefused as refusal:
        fault = str(refusal)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        fault = say("organisations.unread", reason=f"{type(error).__name__}: {error}")
    log.error("the office's bodies and places are not used: %s", fault)
    return Own(1, fault=fault)


def _toml(entries: Organisations, version: int) -> str:
    rows = [f"version = {version}\n"]
    for body in entries.bodies:
        rows.append(_entry("body", body, {"kind": body.kind}))
    for place in entries.places:
        rows.append(_entry("place", place, {}))
    return "".join(rows)


def _entry(table: Table, entry: Body | Place, more: dict[str, str]) -> str:
    lines = [f"\n[[{table}]]\n", _line("name", entry.name)]
    lines += [_line(key, value) for key, value in more.items()]
    lines.append(_line("aliases", list(entry.aliases)))
    for status in entry.status:
        lines.append(f"\n[[{table}.status]]\n")
        told: dict[str, str | date | None] = {
            "note": status.note,
            "basis": status.basis,
            "issued": status.issued,
            "ended": status.ended,
            "recorded": status.recorded,
            "successor": status.successor or None,
        }
        lines += [_line(key, value) for key, value in told.items() if value is not None]
    return "".join(lines)


def _line(key: str, value: str | list[str] | date) -> str:
    if isinstance(value, date):
        return f"{key} = {value.isoformat()}\n"
    # A JSON string or list is also a TOML one, once DEL is escaped.
    told = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"{key} = {told}\n"


def recorded_on(status: Status, before: tuple[Status, ...], today: date) -> Status:
    """The status as it is recorded: that day, or as before where nothing has changed."""
    for earlier in before:
        if replace(earlier, recorded=None) == replace(status, recorded=None):
            return earlier
    return replace(status, recorded=today)
