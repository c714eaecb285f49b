"""Vietnamese as people type it: NFC, folded accents, syllables, abbreviations. One place for all."""

from __future__ import annotations

import re
import unicodedata

_SPACE = re.compile(r"\s+")
_TOKEN = re.compile(r"[0-9]+(?:[.,/][0-9]+)*|[a-z0-9]+")


def compose(text: str) -> str:
    """NFC, so that Word on a Mac and a phone keyboard give the same letters."""
    return unicodedata.normalize("NFC", text)


def collapse(text: str) -> str:
    """White space (hard spaces and tabs too) as single spaces."""
    return _SPACE.sub(" ", text).strip()


def fold(text: str) -> str:
    """Lower case without accents; `đ` has no decomposition and is mapped by hand."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d").replace("ð", "d"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def syllables(text: str) -> list[str]:
    """Folded syllables and numbers, punctuation dropped: "Ia H’Drai" → ["ia", "h", "drai"]."""
    return _TOKEN.findall(fold(text))
