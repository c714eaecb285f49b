"""Files of tables: what officers take along, for a day, and what they hand in, until it is read.

Both may hold what people have told of themselves: nobody else on the machine reads them.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO
from uuid import uuid4

from service.settings import Settings

KEPT = timedelta(days=1)  #: so long a table that was made can be fetched


class TakenAway(Exception):
    """Somebody who may be in a table was forgotten while it was being written."""


def exported_file(settings: Settings, job_id: int) -> Path:
    """Where the table of that job lies once it is whole."""
    return settings.exports_dir / str(job_id)


@contextmanager
def writing(settings: Settings, job_id: int, encoding: str) -> Iterator[TextIO]:
    """Write the table of a job: it is there whole at the end, or not at all.

    Raises TakenAway where somebody's erasure has done so meanwhile.
    """
    drop_unfinished(settings, job_id)  # of a process that was killed
    beside = _unfinished(settings, job_id)
    with os.fdopen(_open(beside), "w", encoding=encoding, newline="") as file:
        yield file
    try:
        os.replace(beside, exported_file(settings, job_id))
    except FileNotFoundError:
        raise TakenAway from None


def drop_unfinished(settings: Settings, job_id: int) -> None:
    """What a job has written that it does not finish."""
    _unfinished(settings, job_id).unlink(missing_ok=True)


def drop_exports(settings: Settings) -> None:
    """Every table goes, those too that are being written: somebody in them is to be forgotten."""
    for file in _files(settings.exports_dir):
        file.unlink(missing_ok=True)


def keep_import(settings: Settings, content: bytes) -> str:
    """Keep a table that was handed in; what it is called from now on."""
    name = uuid4().hex
    with os.fdopen(_open(settings.imports_dir / name), "wb") as file:
        file.write(content)
    return name


def read_import(settings: Settings, name: str) -> bytes | None:
    """The table that was handed in; None where it is not kept any more."""
    try:
        return (settings.imports_dir / name).read_bytes()
    except FileNotFoundError:
        return None


def drop_import(settings: Settings, name: str) -> None:
    """It was read."""
    (settings.imports_dir / name).unlink(missing_ok=True)


def sweep(settings: Settings, handed_in: Collection[str]) -> None:
    """Delete what is older than its time; `handed_in`: what jobs have still to read."""
    before = (datetime.now(UTC) - KEPT).timestamp()
    unread = (file for file in _files(settings.imports_dir) if file.name not in handed_in)
    for file in (*_files(settings.exports_dir), *unread):
        with suppress(FileNotFoundError):
            if file.stat().st_mtime < before:
                file.unlink()


def _unfinished(settings: Settings, job_id: int) -> Path:
    return settings.exports_dir / f".{job_id}"


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _open(file: Path) -> int:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
