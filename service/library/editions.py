"""Editions of the library: which papers answer, since when and why; taken into use whole.

A version of a paper is a folder that never changes: `papers/<id>/<n>/`. An edition is a file that
never changes either: `editions/<number>.json`, which names the versions. `editions/current.json`
names the edition in use, and putting another one in its place is one rename: whoever looks sees
the old edition or the new one, and whoever has opened one keeps it whole.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast
from uuid import uuid4

from index.generations import sync
from service.errors import EditionMissing
from service.settings import Settings

_POINTER, _LOCK = "current.json", "library.lock"
#: What an edition differs by from the one before it.
What = Literal["first", "published", "removed", "restored", "left_out", "taken_in"]


@dataclass(frozen=True, slots=True)
class Edition:
    """One state of the library, whole."""

    number: int  #: from 1; 0: nothing has been changed since the product was installed
    papers: Mapping[str, int]  #: of the office: id → version
    left_out: tuple[str, ...] = ()  #: papers that ship and are not used
    before: int | None = None  #: the edition that was in use before it
    what: What = "first"
    subject: str = ""  #: the paper, or the number of the edition that was gone back to
    by: str = ""  #: as the audit trail names people
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def same_papers(self) -> tuple[object, ...]:
        """Equal only where two editions answer alike."""
        return tuple(sorted(self.papers.items())), tuple(sorted(self.left_out))


def current_edition(settings: Settings) -> Edition:
    """The one in use; number 0 where there has been no change yet."""
    if _pointed(settings) is None and _old(settings).is_dir():
        with alone(settings):
            pass  # that is where papers from before there were editions are adopted
    return get_edition(settings, _pointed(settings) or 0)


def get_edition(settings: Settings, number: int) -> Edition:
    """Any of them; raises EditionMissing."""
    if number == 0:
        return Edition(0, {})
    try:
        told = json.loads((_folder(settings) / f"{number:06d}.json").read_text("utf-8"))
        return Edition(
            number=int(told["number"]),
            papers={str(id_): int(version) for id_, version in told["papers"].items()},
            left_out=tuple(map(str, told["left_out"])),
            before=told["before"],
            what=cast(What, str(told["what"])),
            subject=str(told["subject"]),
            by=str(told["by"]),
            at=datetime.fromisoformat(told["at"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EditionMissing from error


def history(settings: Settings) -> Iterator[Edition]:
    """The edition in use, the one that was in use before it, and so on to the first."""
    edition = current_edition(settings)
    while True:
        yield edition
        if edition.before is None or edition.before >= edition.number:
            return
        edition = get_edition(settings, edition.before)


def edition_stamp(settings: Settings) -> int:
    """Changes whenever another edition is taken into use; costs one look at a file's date."""
    try:
        return (_folder(settings) / _POINTER).stat().st_mtime_ns
    except OSError:
        return 0


def write_edition(settings: Settings, edition: Edition) -> Edition:
    """Keep it under the next free number, not yet in use; the lock must be held."""
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    numbers = (int(file.stem) for file in folder.glob("[0-9]*.json"))
    numbered = replace(edition, number=max(numbers, default=0) + 1)
    told = {
        "number": numbered.number,
        "papers": dict(sorted(numbered.papers.items())),
        "left_out": sorted(numbered.left_out),
        "before": numbered.before,
        "what": numbered.what,
        "subject": numbered.subject,
        "by": numbered.by,
        "at": numbered.at.isoformat(),
    }
    _write(folder / f"{numbered.number:06d}.json", told)
    return numbered


def take_into_use(settings: Settings, edition: Edition) -> None:
    """From now on it answers; one rename."""
    _write(_folder(settings) / _POINTER, {"current": edition.number})


def paper_folder(settings: Settings, document_id: str, version: int) -> Path:
    """Where a version of a paper lies."""
    return settings.data_dir / "papers" / document_id / f"{version}"


def versions_of(settings: Settings, document_id: str) -> list[int]:
    """Every version that lies there, the oldest first."""
    folder = settings.data_dir / "papers" / document_id
    names = (each.name for each in folder.iterdir()) if folder.is_dir() else iter(())
    return sorted(int(name) for name in names if name.isdecimal())


def shelve(settings: Settings, document_id: str, version: int, filled: Path) -> None:
    """Put a complete folder (on the same disk) where that version belongs, in one step."""
    placed = paper_folder(settings, document_id, version)
    placed.parent.mkdir(parents=True, exist_ok=True)
    for file in filled.iterdir():
        sync(file)
    filled.rename(placed)


@contextmanager
def workspace(settings: Settings) -> Iterator[Path]:
    """A folder on the disk of the library, gone afterwards; `alone` sweeps what a crash left."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    folder = settings.data_dir / f"staging-{uuid4().hex}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """One process at a time changes the library; what a killed one left is swept first."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / _LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in settings.data_dir.glob("staging-*"):
            shutil.rmtree(left, ignore_errors=True)
        _adopt(settings)
        yield


def _adopt(settings: Settings) -> None:
    """Papers of a data folder from before there were editions become the first one."""
    old = _old(settings)
    if not old.is_dir() or _pointed(settings) is not None:
        return
    papers = {}
    for folder in sorted(file.parent for file in old.glob("*/document.toml")):
        if not paper_folder(settings, folder.name, 1).exists():
            with workspace(settings) as space:
                copy = space / folder.name
                shutil.copytree(folder, copy)
                shelve(settings, folder.name, 1, copy)
        papers[folder.name] = 1
    if papers:
        first = Edition(0, papers, before=0, by="command", at=datetime.now(UTC))
        take_into_use(settings, write_edition(settings, first))
    shutil.rmtree(old, ignore_errors=True)


def _folder(settings: Settings) -> Path:
    return settings.data_dir / "editions"


def _old(settings: Settings) -> Path:
    return settings.data_dir / "library"


def _pointed(settings: Settings) -> int | None:
    """The number of the edition in use; None before the first."""
    try:
        return int(json.loads((_folder(settings) / _POINTER).read_text("utf-8"))["current"])
    except FileNotFoundError:
        return None


def _write(file: Path, told: Mapping[str, object]) -> None:
    draft = file.with_name(f".{file.name}.{uuid4().hex}")
    draft.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    sync(draft)
    os.replace(draft, file)
    with suppress(OSError):  # some file systems cannot; the rename itself is whole
        sync(file.parent)
