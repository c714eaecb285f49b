"""A paper that was handed in, read: the words of its files, then identity, clauses and duties."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.texts import say
from knowledge.documents import Document
from knowledge.errors import EmptyDocument, ImageOnlyDocument, UnreadableDocument
from knowledge.library import Library
from knowledge.reading.files import Limits, extract
from knowledge.reading.inspect import Inspection, inspect_text
from knowledge.reading.kinds import READABLE
from service.delivery.files import PICTURES, kind_of
from service.delivery.marks import bears_mark
from service.delivery.ocr import can_read, words_and_doubts
from service.delivery.pictures import pages_of
from service.describing import Description, Paper, describe, name_paper
from service.errors import NothingToCite, PaperRefused
from service.settings import Settings

#: Kinds that LibreOffice makes into DOCX, where it is installed.
CONVERTED = (".doc", ".odt", ".rtf")
#: What a paper may be handed in as.
ACCEPTED = (*(k for k in READABLE if k not in (".text", ".markdown")), *CONVERTED, *PICTURES)

_PAGES = 60  #: of a scan, per file
_DRAWN = 30.0  #: seconds to draw them
_WORDS = 20.0  #: seconds for the words of one page
_DOUBTED = 8  #: words of a page that are named as doubtful
_CONVERTING = 90.0  #: seconds

_BETWEEN = "\n\n"  #: the texts of a paper and of its annexes

Spans = tuple[tuple[int, int], ...]

#: Told how far it is: a step of the texts, parts done, of how many.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Words:
    """The text of a file, and what to know about it."""

    text: str
    warnings: tuple[str, ...] = ()
    scanned: bool = False  #: whether it was read off pictures


@dataclass(frozen=True, slots=True)
class ReadPaper:
    """A paper as it was understood, before a person has looked at it."""

    paper: Document
    warnings: tuple[str, ...]


def words_of(name: str, data: bytes, settings: Settings, progress: Progress) -> Words:
    """The words of one file, of a scan by OCR; raises a kind of UnreadableDocument."""
    limits = Limits(bytes=settings.upload_limit_mb << 20)
    kind = Path(name).suffix.lower()
    if kind not in READABLE:
        kind = kind_of(data, name) or kind
    if kind in PICTURES:
        return _scanned(data, kind, progress)
    if kind in CONVERTED:
        data, name = _converted(data, kind), f"{name}.docx"
    try:
        extracted = extract(data, name, limits)
    except ImageOnlyDocument:
        return _scanned(data, ".pdf", progress)
    return Words(extracted.text, extracted.warnings)


def read_parts(
    parts: Sequence[tuple[str, Words]],
    library: Library,
    today: date,
    *,
    source: str = "",
    audience: tuple[str, ...] | None = None,
    id_: str | None = None,
    title: str | None = None,
) -> ReadPaper:
    """A paper out of the words of its files, the paper itself first, then its annexes.

    `audience`: of a paper that the library does not have yet. Raises PaperRefused for a paper that
    bears a mark of secrecy and for one in which nothing can be cited.
    """
    text, scanned = _joined([words for _, words in parts])
    if bears_mark(text):
        raise PaperRefused(say("papers.secret"))
    warnings = tuple(dict.fromkeys(each for _, words in parts for each in words.warnings))
    inspection = inspect_text(text, warnings)
    if not inspection.clauses:
        raise NothingToCite
    document_id = id_ or name_paper(inspection.identity, library)
    before = library.find(document_id)
    paper = Paper(inspection.identity, text, parts[0][0])
    described = describe(document_id, paper, before, title, today)
    if before is None and audience is not None:
        described = replace(described, audience=audience)
    if source:
        described = replace(described, source=source)
    return ReadPaper(as_document(described, text, inspection, scanned), inspection.warnings)


def _joined(parts: Sequence[Words]) -> tuple[str, Spans]:
    """The text of a paper with its annexes, and which of it was read off pictures."""
    if not parts[1:]:
        text = parts[0].text
        return text, ((0, len(text)),) if parts[0].scanned else ()
    texts = [part.text.strip("\n") for part in parts]
    spans: list[tuple[int, int]] = []
    at = 0
    for part, text in zip(parts, texts, strict=True):
        if part.scanned:
            spans.append((at, at + len(text)))
        at += len(text) + len(_BETWEEN)
    return _BETWEEN.join(texts), tuple(spans)


def as_document(
    described: Description, text: str, inspection: Inspection, scanned: Spans = ()
) -> Document:
    """The paper as the library will have it."""
    return Document(
        id=described.id,
        identity=described.identity,
        text=text,
        clauses=inspection.clauses,
        duties=inspection.duties,
        validity=described.validity,
        short_title=described.short_title,
        years=described.years,
        implements=described.implements,
        audience=described.audience,
        source=described.source,
        version=described.version,
        notes=described.notes,
        supersedes=described.supersedes,
        scanned=scanned,
    )


def _scanned(data: bytes, kind: str, progress: Progress) -> Words:
    """The words on pictures; a scan without words is no paper."""
    if not can_read():
        raise ImageOnlyDocument(say("papers.no_ocr"))
    pages = pages_of(data, kind, _PAGES + 1, _DRAWN)
    if not pages:
        raise UnreadableDocument
    if len(pages) > _PAGES:
        raise UnreadableDocument(say("papers.many_pages", most=_PAGES))
    found: list[str] = []
    doubts: list[str] = []
    for number, page in enumerate(pages, 1):
        progress("ocr", number, len(pages))
        seen = words_and_doubts(page, _WORDS)
        found.append(seen.text)
        if seen.doubtful:
            doubts.append(_doubt(number, seen.doubtful))
    text = "\n".join(found)
    if not any(map(str.isalnum, text)):
        raise EmptyDocument
    if bears_mark(text, scanned=True):
        raise PaperRefused(say("papers.secret"))
    empty = [str(n) for n, words in enumerate(found, 1) if not any(map(str.isalnum, words))]
    warnings = [say("papers.scanned")]
    if empty:
        warnings.append(say("papers.empty_pages", pages=", ".join(empty)))
    warnings += doubts
    return Words(text, tuple(warnings), scanned=True)


def _doubt(page: int, words: Sequence[str]) -> str:
    """What to compare on a page; numbers first, for dates and numbers of papers matter most."""
    first = sorted(dict.fromkeys(words), key=lambda word: not any(map(str.isdigit, word)))
    shown = ", ".join(f"“{word}”" for word in first[:_DOUBTED])
    return say("papers.doubtful_words", page=page, count=len(words), words=shown)


def _converter() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def _converted(data: bytes, kind: str) -> bytes:
    """The DOCX of an old Word file; raises UnreadableDocument."""
    program = _converter()
    if program is None:
        raise UnreadableDocument(say("papers.no_converter"))
    with tempfile.TemporaryDirectory(prefix="troly-") as place:
        home = Path(place)
        given = home / f"paper{kind}"
        given.write_bytes(data)
        command = [program, "--headless", "--norestore", f"-env:UserInstallation=file://{place}/u"]
        command += ["--convert-to", "docx", "--outdir", place, str(given)]
        late = False
        try:
            late = not _run_with_children(command, {"HOME": place, "PATH": "/usr/bin:/bin"})
            return (home / "paper.docx").read_bytes()
        except OSError:
            raise UnreadableDocument(
                say("papers.converting_late" if late else "papers.not_converted")
            ) from None


def _run_with_children(command: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Run a program that starts others; False where all of them had to be stopped."""
    silent = subprocess.DEVNULL
    process = subprocess.Popen(
        command, stdin=silent, stdout=silent, stderr=silent, env=environment, start_new_session=True
    )
    try:
        process.wait(_CONVERTING)
    except subprocess.TimeoutExpired:
        return False
    finally:
        with suppress(ProcessLookupError):  # what it left running is of no use any more
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return True
