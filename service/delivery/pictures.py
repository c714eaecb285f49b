"""Pictures that came in: whether they can be read, and several of them as the pages of one PDF."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.texts import say
from knowledge.reading import sandbox
from service.delivery.picture_work import unpacked

_WORK = "service.delivery.picture_work:"
_MEMORY = 1 << 30
_OUTPUT = 200 << 20
_SECONDS = 10.0  #: for one picture
_BINDING = 30.0  #: for all pages together
_MOST_PAGES = 200

#: Tuned on pages of text: in focus they give .25 and more, at the edge of legible .02, then .005.
_SHARP = 0.012
_DARK = 60.0  #: of 255: paper that is darker was photographed without light


class BadPicture(Exception):
    """A picture that cannot become a page; `position` counts from 1. Says so in words."""

    def __init__(self, position: int) -> None:
        super().__init__(say("reading.bad_picture", position=position))
        self.position = position


class TooManyPages(Exception):
    """More pages than one PDF is made of. Says so in words."""

    def __init__(self) -> None:
        super().__init__(say("reading.too_many_pages", limit=_MOST_PAGES))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a picture shows of itself."""

    pages: int = 0  #: 0: it cannot be opened
    blurred: bool = False  #: out of focus, empty, or too dark
    too_large: bool = False


def see(content: bytes, seconds: float = _SECONDS) -> Seen:
    """Look at a picture, whatever it holds."""
    try:
        told = json.loads(_work("measure", "", content, seconds))
        if "error" in told:
            return Seen(too_large=told["error"] == "large")
        blurred = float(told["sharpness"]) < _SHARP or float(told["light"]) < _DARK
        return Seen(int(told["pages"]), blurred)
    except sandbox.ChildStopped as stopped:
        return Seen(too_large=stopped.reason in ("memory", "time"))
    except (ValueError, KeyError, TypeError):
        return Seen()


def pages_of(content: bytes, kind: str, most: int, seconds: float) -> Sequence[bytes]:
    """The first pages of a picture or a PDF as JPEG; none where it cannot be drawn."""
    try:
        found = unpacked(_work("drawn" if kind == ".pdf" else "pages", str(most), content, seconds))
    except (sandbox.ChildStopped, ValueError, TypeError):
        return ()
    return () if isinstance(found, str) else tuple(found)


def pages_to_pdf(pictures: Sequence[bytes]) -> bytes:
    """One PDF of all pictures in their order, upright, without what a camera notes beside them.

    JPG, PNG, WEBP, HEIC, GIF, and TIFF with all its pages. Raises BadPicture or TooManyPages.
    """
    pages: list[bytes] = []
    for position, content in enumerate(pictures, 1):
        found = pages_of(content, "", _MOST_PAGES, _SECONDS)
        if not found:
            raise BadPicture(position)
        pages += found
        if len(pages) > _MOST_PAGES:
            raise TooManyPages
    lengths = json.dumps([len(page) for page in pages])
    try:
        return _work("bound", lengths, b"".join(pages), _BINDING)
    except sandbox.ChildStopped:
        raise TooManyPages from None


def _work(name: str, argument: str, data: bytes, seconds: float) -> bytes:
    # What iPhones write is decoded in threads, by a library that cannot do without.
    cage = sandbox.Cage(seconds, _MEMORY, _OUTPUT, threads=data[4:8] == b"ftyp")
    return sandbox.run(_WORK + name, argument, data, cage)
