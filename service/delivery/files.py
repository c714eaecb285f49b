"""Files that people send: checked, kept under their hash, or refused with a sentence."""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import puremagic
from sqlmodel import Session

from bot.standing import KeptFile
from bot.texts import say
from service.storage.people_tables import StoredFile

#: Endings that a file may truly have, whatever its name says.
_PAPERS = {
    ".pdf": "application/pdf",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".rtf": "application/rtf",
    ".txt": "text/plain",
}
TABLES = {
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".csv": "text/csv",
}
PICTURES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".heic": "image/heic",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
}
KINDS = {**_PAPERS, **TABLES, **PICTURES}
#: What photos of iPhones call themselves behind "ftyp".
_HEIF = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Received:
    """A file that came in and was fetched; `content` is None when it could not be."""

    name: str
    media_type: str
    content: bytes | None
    refusal: str = ""  #: why there is no content, in words


def check(received: Received, largest_mb: int) -> KeptFile:
    """Whether the file may be kept; the refusal says what to do instead."""
    name = plain_name(received.name)
    size = len(received.content or b"")
    if received.content is None:
        return KeptFile(name, 0, received.refusal or say("chat.file_unavailable"))
    if not size:
        return KeptFile(name, 0, say("chat.file_empty"))
    if size > largest_mb << 20:
        return KeptFile(name, size, say("chat.file_too_large", limit=largest_mb))
    if kind_of(received.content, name) not in KINDS:
        return KeptFile(name, size, say("chat.file_kind"))
    return KeptFile(name, size)


def kind_of(content: bytes, name: str) -> str:
    """The ending that fits the content; a text without a signature keeps the one of its name."""
    ending = Path(name).suffix.lower()
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF:
        return ".heic"
    try:
        found = {match.extension.lower() for match in puremagic.magic_stream(io.BytesIO(content))}
    except (puremagic.PureError, ValueError):
        found = set()
    if ending in found:
        return ending
    if ending in (".txt", ".csv") and b"\0" not in content:
        return ending
    return next((kind for kind in sorted(found) if kind in KINDS), "")


def media_type_of(kind: str) -> str:
    """The media type of an ending, whatever a sender calls the file."""
    return KINDS.get(kind, "application/octet-stream")


def store(folder: Path, content: bytes) -> str:
    """Write the bytes under their SHA-256, whole or not at all; returns it."""
    sha256 = hashlib.sha256(content).hexdigest()
    kept = folder / sha256
    if kept.exists():
        os.utime(kept)  # it is wanted again: it must not be swept away as forgotten
    else:
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f".{uuid4().hex}"
        beside.write_bytes(content)
        os.replace(beside, kept)
    return sha256


def record(session: Session, person_id: int, file: KeptFile, at: datetime) -> None:
    """Note whose file it is."""
    session.add(
        StoredFile(
            person_id=person_id,
            sha256=file.sha256,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            received_at=at,
        )
    )


def plain_name(name: str) -> str:
    """The name without folders and control characters, its end kept when it is cut."""
    bare = _printable(name.replace("\\", "/").split("/")[-1]).strip()
    return bare[-_LONGEST_NAME:] or say("chat.file_name")


def true_name(name: str, kind: str) -> str:
    """The name with an ending that a file may have: a PDF that is a page as well is not called one.

    `kind`: what its content is; whoever is handed the file opens it by its name.
    """
    if Path(name).suffix.lower() in KINDS:
        return name
    return f"{name[len(kind) - _LONGEST_NAME :]}{kind}"


def _printable(text: str) -> str:
    """What a sender wrote, without what no database keeps and no page shows."""
    return "".join(sign for sign in text if sign.isprintable())
