"""Whoever was forgotten stays forgotten: a restored backup must not bring them back.

A backup is older than the requests made since. So requests are also kept in a file beside the
database, which no restore of the database touches: a hash of the account and when it was erased.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from service import clock
from service.personal_fields import personal_fields
from service.settings import Settings
from service.storage.engine import empty_log, transaction
from service.storage.erasing import forget
from service.storage.erasures import erasures, note_erasures, returned
from service.table_files import drop_exports


def clean_up(engine: Engine, settings: Settings, orphans: Sequence[str]) -> None:
    """After an erasure: bytes go that nobody else has sent, and tables; the file learns of it."""
    drop_exports(settings)
    for sha256 in orphans:
        (settings.received_dir / sha256).unlink(missing_ok=True)
    empty_log(engine)
    _tell_file(engine, settings)


def _tell_file(engine: Engine, settings: Settings) -> None:
    with transaction(engine) as session:
        known = erasures(session)
    _append(settings.erasures_file, _newer(known, _read(settings.erasures_file)))


def forget_again(engine: Engine, settings: Settings) -> int:
    """Erase whoever a backup has brought back; how many. Done at each start."""
    kept = _read(settings.erasures_file)
    at = clock.now(settings)
    orphans: list[str] = []
    personal = personal_fields(settings)
    with transaction(engine) as session:
        note_erasures(session, _newer(kept, erasures(session)).items())
        people = returned(session, erasures(session))
        for person_id in people:
            orphans += forget(session, person_id, at, personal=personal, by="restore")
    if people:
        clean_up(engine, settings, orphans)
    else:
        _tell_file(engine, settings)
    return len(people)


def _newer(ones: Mapping[str, datetime], others: Mapping[str, datetime]) -> dict[str, datetime]:
    """What `ones` know and `others` do not, or know an earlier request of."""
    return {name: at for name, at in ones.items() if name not in others or others[name] < at}


def _read(file: Path) -> dict[str, datetime]:
    latest: dict[str, datetime] = {}
    for name, at in _lines(file):
        latest[name] = max(at, latest.get(name, at))
    return latest


def _lines(file: Path) -> Iterator[tuple[str, datetime]]:
    """Each request; a line that was cut off by a full disk says nothing."""
    if not file.exists():
        return
    for line in file.read_text("ascii", "replace").splitlines():
        name, _, told = line.partition(" ")
        try:
            at = datetime.fromisoformat(told)
        except ValueError:
            continue
        if len(name) == 64 and at.tzinfo is not None:
            yield name, at


def _append(file: Path, requests: Mapping[str, datetime]) -> None:
    if not requests:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    # A line that was cut off must not spoil the next.
    lines = "\n" + "".join(f"{name} {at.isoformat()}\n" for name, at in requests.items())
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as open_file:
        open_file.write(lines)
        open_file.flush()
        os.fsync(open_file.fileno())
