"""What a question is about, apart from how and of whom it asks."""

from __future__ import annotations

from dataclasses import dataclass

from bot.content import starts_of
from bot.lexicon import Lexicon
from bot.understanding import Understood

_FEWEST = 2  #: words that say what a question is about
_MOST = 8  #: of its own; with more, it tells a story
_NAMES = frozenset(("place", "owner", "paper", "year", "body", "asker"))
#: Facets whose words are themselves what is asked for, in whatever clause says it.
_SAID_BY_FACET = frozenset(("basis", "number", "task", "paper_date"))


@dataclass(frozen=True, slots=True)
class Matter:
    """ "Ai in ấn tài liệu?": in ấn tài liệu."""

    text: str  #: folded
    words: frozenset[str]  #: those that not every question about these papers has

    def share_in(self, text: str) -> float:
        """Which share of its words stands in a folded text, 0–1."""
        return len(self.words & set(text.split())) / len(self.words)


def matter_of(asked: Understood, lexicon: Lexicon) -> Matter | None:
    """None where that is said by an address, a body, a paper, the facet or an earlier question."""
    named = asked.bodies or asked.addresses or len(asked.papers) > 1
    if named or asked.leans or asked.compares or _SAID_BY_FACET & set(asked.facets[:1]):
        return None
    frame = [found.span() for found in lexicon.patterns["frame"].finditer(asked.folded)]
    kept = [
        word.text
        for word, start in zip(asked.words, starts_of(asked.words), strict=True)
        if word.role not in _NAMES and not any(b <= start < e for b, e in frame)
    ]
    own = frozenset(w for w in kept if w not in lexicon.particles | lexicon.trade)
    enough = len(kept) >= _FEWEST and 0 < len(own) <= _MOST
    return Matter(" ".join(kept), own) if enough else None
