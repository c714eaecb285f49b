"""Outside files → text: what may be sent, how much, and the child process that reads it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from knowledge import errors
from knowledge.errors import (
    DamagedDocument,
    DocumentTooLarge,
    EmptyDocument,
    UnreadableDocument,
)
from knowledge.reading import sandbox
from knowledge.reading.kinds import Kind, agree, claimed_kind, sniff

_MEGABYTE = 1 << 20
_HANDLER = "knowledge.reading.files:serve"
_SENTENCE = 600  # characters a refusal may have
_KINDS: dict[str, Kind] = {"pdf": "pdf", "docx": "docx", "text": "text"}


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one file may cost."""

    bytes: int = 20 * _MEGABYTE
    seconds: float = 30  #: wall clock, and processor time of the child
    memory: int = 768 * _MEGABYTE  #: bytes of the child's address space, interpreter included
    pages: int = 2_000
    characters: int = 5_000_000


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a file as it stands in it (not normalised), and what to know about it."""

    text: str
    kind: Kind
    warnings: tuple[str, ...] = ()


def extract(source: Path | bytes, name: str, limits: Limits | None = None) -> Extracted:
    """The text of `source`, whose kind `name` claims; raises a kind of UnreadableDocument.

    `name` is never opened. The bytes are parsed only in a child process and nothing is written.
    """
    limits = limits or Limits()
    claimed_kind(name)
    data = _load(source, limits)
    argument = json.dumps({"name": name[-255:], "limits": asdict(limits)})
    cage = sandbox.Cage(limits.seconds, limits.memory, 4 * limits.characters + _MEGABYTE)
    try:
        answer = sandbox.run(_HANDLER, argument, data, cage)
    except sandbox.ChildStopped as stopped:
        raise _stopped(stopped.reason, limits) from None
    return _understand(answer)


def _load(source: Path | bytes, limits: Limits) -> bytes:
    if isinstance(source, bytes):
        data = source
    else:
        if not source.is_file():
            raise UnreadableDocument(
                "Không tìm thấy tệp này; Anh/chị vui lòng kiểm tra lại tên tệp."
            )
        with source.open("rb") as file:
            data = file.read(limits.bytes + 1)
    if len(data) > limits.bytes:
        raise DocumentTooLarge(
            f"Tệp lớn hơn mức cho phép {_size(limits.bytes)}; "
            "Anh/chị vui lòng tách nhỏ rồi gửi lại."
        )
    if not data:
        raise EmptyDocument
    return data


def _size(count: int) -> str:
    return f"{count // _MEGABYTE} MB" if count >= _MEGABYTE else f"{count} byte"


def _stopped(reason: sandbox.Reason, limits: Limits) -> UnreadableDocument:
    if reason == "time":
        return DocumentTooLarge(
            f"Đọc tệp quá {limits.seconds:g} giây nên đã dừng; Anh/chị vui lòng tách nhỏ tệp."
        )
    if reason == "crash":
        return DamagedDocument(
            "Việc đọc tệp bị dừng giữa chừng vì tệp hỏng hoặc quá nặng; "
            "Anh/chị vui lòng xuất lại tệp rồi gửi lại."
        )
    return DocumentTooLarge()


def _understand(answer: bytes) -> Extracted:
    """The child's answer, checked: its process handled outside bytes and is not trusted."""
    try:
        found = json.loads(answer)
        refused = getattr(errors, str(found.get("error")), None)
        if isinstance(refused, type) and issubclass(refused, UnreadableDocument):
            raise refused(str(found["message"])[:_SENTENCE])
        warnings = tuple(str(warning)[:_SENTENCE] for warning in found["warnings"][:20])
        return Extracted(str(found["text"]), _KINDS[found["kind"]], warnings)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DamagedDocument from None


def serve(data: bytes, argument: str) -> bytes:
    """What the child runs: the text, or the refusal, as JSON."""
    given = json.loads(argument)
    try:
        read = parse(data, given["name"], Limits(**given["limits"]))
        answer: dict[str, object] = asdict(read)
    except UnreadableDocument as refusal:
        answer = {"error": type(refusal).__name__, "message": str(refusal)}
    return json.dumps(answer, ensure_ascii=False).encode("utf-8")


def parse(data: bytes, name: str, limits: Limits) -> Extracted:
    """The text of a file, parsed in this very process: only for the child and for tests."""
    # Each reader is loaded only when its kind of file has come: a child starts in 0.1 s.
    from knowledge.reading import plain

    claimed, found = claimed_kind(name), sniff(data)
    package = None
    if found == "zip":
        from knowledge.reading import archive

        package = archive.open_package(data)
        found = archive.kind_inside(package)
    kind = agree(claimed, found, name, data)
    if package is not None:
        from knowledge.reading.docx import read_docx

        text, warnings = read_docx(package)
    elif kind == "pdf":
        from knowledge.reading.pdf import read_pdf

        text, warnings = read_pdf(data, limits.pages, limits.characters)
    else:
        text, warnings = plain.read_text(data)
    text = plain.clean(text)
    if not text.strip():
        raise EmptyDocument
    if len(text) > limits.characters:
        raise DocumentTooLarge
    text, notes = plain.unicode_of(text)
    return Extracted(text, kind, warnings + notes + plain.doubts(text))
