"""The folder of an index: its generations, which one is in use, and how they are swapped.

`current.json` names the one in use and the one before it; pointing to another is one rename.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import BuildRunning

FORMAT = 2  #: raised when the files of a generation change
KEPT = 4  #: generations that stay, so that going back is instantaneous
UNFINISHED = ".building-"  #: begins the name of a folder that is being written
_NAME = re.compile(r"[0-9]{6}-[0-9a-f]{8}")
_POINTER, _LOCK = "current.json", "build.lock"


@dataclass(frozen=True, slots=True)
class Generation:
    """One built index."""

    name: str
    entries: int
    fingerprint: str  #: of what it was built from
    encoder: str  #: fingerprint of the model, "" when there is none


def read_generation(folder: Path, name: str | None) -> Generation | None:
    """The generation called so; None when there is none that can be read."""
    if name is None:
        return None
    try:
        manifest = read_manifest(folder, name)
        return Generation(**manifest["generation"]) if manifest["format"] == FORMAT else None
    except (KeyError, TypeError):
        return None


def read_manifest(folder: Path, name: str) -> dict[str, Any]:
    """What is written of a generation; empty when that cannot be read."""
    try:
        manifest = json.loads((folder / name / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def is_whole(folder: Path, name: str) -> bool:
    """Whether every file of a generation is as it was written."""
    try:
        sums = read_manifest(folder, name)["files"]
        return all(digest_of(folder / name / file) == digest for file, digest in sums.items())
    except (OSError, KeyError):
        return False


def digest_of(file: Path) -> str:
    """The SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def pointer(folder: Path) -> tuple[str | None, str | None]:
    """The name of the generation in use, and of the one before it."""
    try:
        stored = json.loads((folder / _POINTER).read_text("utf-8"))
        names = stored["current"], stored["previous"]
    except (OSError, ValueError, KeyError, TypeError):
        return None, None
    now, before = (n if isinstance(n, str) and _NAME.fullmatch(n) else None for n in names)
    return now, before


def point(folder: Path, name: str, previous: str | None) -> None:
    """One rename: a reader sees the old pointer or the new one."""
    draft = folder / f"{_POINTER}.new"
    draft.write_text(json.dumps({"current": name, "previous": previous}), "utf-8")
    sync(draft)
    os.replace(draft, folder / _POINTER)


def newest_first(folder: Path) -> list[str]:
    """The names of all generations that lie there."""
    names = (each.name for each in folder.iterdir() if _NAME.fullmatch(each.name))
    return sorted(names, reverse=True)


def next_name(folder: Path, print_: str) -> str:
    """What a new generation with this fingerprint is called."""
    number = max((int(name[:6]) for name in newest_first(folder)), default=0) + 1
    return f"{number:06d}-{print_[:8]}"


def prune(folder: Path) -> None:
    """The one in use, the one before it and the newest others stay."""
    used, names = set(pointer(folder)), newest_first(folder)
    others = [name for name in names if name not in used]
    for name in others[KEPT - len(used & set(names)) :]:
        shutil.rmtree(folder / name, ignore_errors=True)


def unfinished(folder: Path) -> list[Path]:
    """Builds under way or broken off."""
    return list(folder.glob(f"{UNFINISHED}*")) if folder.is_dir() else []


def clear_unfinished(folder: Path) -> None:
    """Remove what builds left that broke off."""
    for each in unfinished(folder):
        shutil.rmtree(each, ignore_errors=True)


def sync(path: Path) -> None:
    """Have what was written to a file or folder on the disk before anything points to it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(folder: Path, wait: bool) -> Iterator[None]:
    """Only one process at a time; the system lets go of the lock when a process dies."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BuildRunning from error
        yield
