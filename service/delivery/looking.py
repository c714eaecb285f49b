"""A file that came in, looked at before anything is kept: what it is, says, lacks, and must not be.

Nothing here raises, whatever the bytes are: what cannot be read is said to be so. All decoding is
done in children with limits; at most two files are looked at in one process at a time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.texts import say
from knowledge.reading.inspect import inspect_text
from service.delivery import ocr
from service.delivery.files import PICTURES, TABLES, kind_of
from service.delivery.fronts import front_of
from service.delivery.marks import bears_mark
from service.delivery.paper_work import READ, understand
from service.delivery.pictures import pages_of, see
from service.delivery.remarks import facts_of

_SECONDS = 20.0  #: for one file
_STEP = 8.0  #: for one way of looking at it, so that others have their turn
_SCANNED_PAGES = 3  #: that are read by their picture
_SCANNED_WORDS = 30_000  #: characters of those pages
_AT_ONCE = threading.BoundedSemaphore(2)  #: a child may use as much as a whole worker


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen of a file."""

    kind: str  #: its ending by its content, ".pdf"; "" for none that is known
    secret: bool = False  #: a mark of secrecy stands on its first page
    facts: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()  #: keys of "reading" in texts.vi.yaml
    pages: int = 0  #: 0: not known
    readable: bool = False  #: its words could be read
    blurred: bool = False  #: a picture on which words cannot be made out
    picture: bool = False
    refusal: str = ""  #: why it must not be kept, as a key of "chat" in texts.vi.yaml


def look(content: bytes, name: str, seconds: float = _SECONDS) -> Looked:
    """Look at the bytes of a file; `name` only decides where its content does not."""
    kind = kind_of(content, name)
    with _AT_ONCE:
        deadline = time.monotonic() + seconds
        if kind in PICTURES:
            return _look_at_picture(content, kind, deadline)
        return _look_at_paper(content, kind, deadline)


def remark(key: str) -> str:
    """A warning in words."""
    return say(f"reading.{key}")


def _look_at_picture(content: bytes, kind: str, deadline: float) -> Looked:
    seen = see(content, _step(deadline))
    looked = Looked(kind, pages=seen.pages, blurred=seen.blurred, picture=True)
    if seen.too_large:
        return replace(looked, refusal="file_picture_too_large")
    if not seen.pages:
        return _unreadable(looked)
    return _scanned(looked, content, deadline)


def _look_at_paper(content: bytes, kind: str, deadline: float) -> Looked:
    # First, and apart: whether it is secret must be known even of a paper that is slow to read.
    front = front_of(content, kind, _step(deadline))
    looked = Looked(kind, pages=front.pages, readable=bool(front.text.strip()))
    if front.unsafe:
        return replace(looked, refusal="file_unsafe")
    if bears_mark(front.text, table=kind in TABLES):
        return replace(looked, secret=True)
    if kind not in READ:
        return looked
    if looked.readable or looked.pages:
        found = understand(content, kind, _step(deadline))
        if found.unsafe:
            return replace(looked, refusal="file_unsafe")
        if found.readable:
            return replace(looked, facts=found.facts, warnings=found.warnings, readable=True)
        if kind == ".pdf":
            looked = _scanned(replace(looked, readable=False), content, deadline)
    return looked if looked.readable or looked.secret else _unreadable(looked)


def _unreadable(looked: Looked) -> Looked:
    return replace(looked, warnings=("unreadable",))


def _scanned(looked: Looked, content: bytes, deadline: float) -> Looked:
    """The same with the words on its first pages, where they can be made out.

    Nothing is said to be missing: a number by hand, a page further on are not read.
    """
    if not ocr.can_read():
        return looked
    drawn = pages_of(content, looked.kind, _SCANNED_PAGES, _step(deadline))
    text = ocr.words_on(drawn, _left(deadline))[:_SCANNED_WORDS]
    if not any(map(str.isalnum, text)):
        return looked
    if bears_mark(text, scanned=True):
        return replace(looked, secret=True)
    return replace(looked, facts=facts_of(inspect_text(text).identity), readable=True)


def _step(deadline: float) -> float:
    return min(_left(deadline), _STEP)


def _left(deadline: float) -> float:
    return max(deadline - time.monotonic(), 0.1)
