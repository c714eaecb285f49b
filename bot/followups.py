"""A question that leans on the ones before it, made whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.lexicon import Lexicon, says, word_set
from bot.messages import Turn
from bot.understanding import Understood
from knowledge.documents import Document
from knowledge.vietnamese import fold

_YEAR = re.compile(r"\b20\d\d\b")
#: Facets that mean nothing without a task; the others may be asked of a whole paper.
_OF_A_TASK = word_set("lead coordinate when start recipient task")
#: Words that name a kind of fact, not a subject.
_FACET_WORDS = word_set(
    "phoi hop chu tri don vi kinh phi hinh thuc noi dung tieu chi yeu cau muc dich gui nop"
)
#: Weighty words up to which a question that points back leans on the ones before it.
_POINTING = 6
#: Up to so many weighty words in so many words in all a question names almost nothing.
_SHORT_WEIGHTY, _SHORT = 2, 8


def leans(asked: Understood, lexicon: Lexicon, knows: Callable[[str], bool]) -> bool:
    """Whether a question cannot be understood alone: it points back or names almost nothing.

    `knows`: whether a syllable or pair occurs in the papers; a subject that does not is a new one.
    """
    weighty = _weighty(asked, lexicon)
    pointed = says("leans", asked.folded)
    if pointed and len(weighty) <= _POINTING:
        return True
    if not pointed and _has_new_subject(asked, knows):
        return False
    short = len(weighty) <= _SHORT_WEIGHTY and len(asked.words) <= _SHORT
    return len(weighty) <= 1 or short


def _weighty(asked: Understood, lexicon: Lexicon) -> list[str]:
    """The content of a question without the words of the trade."""
    return [t for t in asked.content if t not in lexicon.trade]


def _has_new_subject(asked: Understood, knows: Callable[[str], bool]) -> bool:
    """Whether a word, or a pair of them, occurs in no paper."""
    if any(w.text.isalpha() and not w.role and not knows(w.text) for w in asked.words):
        return True
    return any(
        not one.role and not other.role and not knows(f"{one.text}_{other.text}")
        for one, other in pairwise(asked.words)
    )


def complete(
    asked: Understood,
    history: Sequence[Turn],
    documents: Sequence[Document],
    lexicon: Lexicon,
    read: Callable[[str], Understood],
    knows: Callable[[str], bool],
) -> Understood:
    """`asked` with what it inherits: whose paper, and the subject when it names none itself."""
    earlier = [t.content for t in history if t.role == "user"]
    if (
        not earlier
        or not any(c.isalpha() for c in asked.folded)
        or not leans(asked, lexicon, knows)
    ):
        return asked
    before = read(_whole_earlier(earlier, lexicon, read, knows))
    own_scope = bool(asked.places or asked.papers or _owns(asked, documents))
    strong = [f for f in asked.facets if f != "definition"]
    parts = [asked.text]
    if not own_scope:
        words = _scope_words(before, history, documents)
        parts.append(_YEAR.sub("", words) if asked.years else words)
    if _lacks_subject(asked, strong, lexicon, own_scope=own_scope):
        parts.append(_subject(before, keep_cues=not strong, bodies=not asked.bodies))
    merged = read(" ".join(p for p in parts if p))
    return replace(merged, facets=asked.facets) if strong else merged


def _lacks_subject(
    asked: Understood, strong: Sequence[str], lexicon: Lexicon, *, own_scope: bool
) -> bool:
    """Whether the subject is still the earlier one; `strong`: kinds of fact surely asked for."""
    if own_scope and strong and not set(strong) & _OF_A_TASK:
        return False  # the fact is asked of the whole paper
    weighty = _weighty(asked, lexicon)
    if strong:
        weighty = [t for t in weighty if t not in _FACET_WORDS]
    bare = len(weighty) <= 1 or (not strong and len(weighty) <= _SHORT_WEIGHTY)
    return bare or says("points", asked.folded)


def _whole_earlier(
    earlier: Sequence[str],
    lexicon: Lexicon,
    read: Callable[[str], Understood],
    knows: Callable[[str], bool],
) -> str:
    """The last question, with the one before it when it leaned itself."""
    last = earlier[-1]
    if len(earlier) > 1 and leans(read(last), lexicon, knows):
        return f"{last} {earlier[-2]}"
    return last


def _owns(asked: Understood, documents: Sequence[Document]) -> bool:
    issuers = fold(" ".join(d.identity.issuer or "" for d in documents))
    return any(fold(b) in issuers for b in asked.bodies)


def _scope_words(before: Understood, history: Sequence[Turn], documents: Sequence[Document]) -> str:
    if before.places or before.papers:
        return " ".join(
            w.text for w in before.words if w.role in ("place", "owner", "paper", "year")
        )
    said = fold(" ".join(t.content for t in history[-2:] if t.role == "assistant"))
    named = [d for d in documents if fold(d.short_title) in said]
    if len(named) == 1:
        return named[0].short_title
    return " ".join(w.text for w in before.words if w.role in ("owner", "year"))


def _subject(before: Understood, *, keep_cues: bool, bodies: bool) -> str:
    roles = {"", "stop"} if keep_cues else {""}
    roles |= {"body"} if bodies else set()
    return " ".join(w.text for w in before.words if w.role in roles)
