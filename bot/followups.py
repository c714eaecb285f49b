"""A question that leans on the ones before it, made whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.lexicon import Lexicon, heard, says, word_set
from bot.messages import Turn
from bot.understanding import Understood
from knowledge.citations import find_numbers
from knowledge.documents import Document
from knowledge.vietnamese import fold

_YEAR = re.compile(r"\b20\d\d\b")
_STOP = re.compile(r"[.!?;…]+(?=\s|$)|\n+")
#: Facets that mean nothing without a task; the others may be asked of a whole paper.
_OF_A_TASK = word_set("lead coordinate when start recipient task")
_OF_A_PAPER = word_set("signer number paper_date validity")
#: Words that name a kind of fact, not a subject.
_FACET_WORDS = word_set(
    "phoi hop chu tri don vi kinh phi hinh thuc noi dung tieu chi yeu cau muc dich gui nop"
)
#: Weighty words up to which a question that points back leans on the ones before it.
_POINTING = 6
_LONGEST_LEAD = 400  #: characters of an answer in which the body it names is looked for
_POINTED_PAPER = re.compile(
    r"\b(quyet dinh|cong van|ke hoach|thong tu|nghi dinh|chi thi|bao cao) (?:do|nay|ay|kia)\b"
)
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
    if not pointed and _has_new_subject(asked, _or_meant(asked, lexicon, knows)):
        return False
    short = len(weighty) <= _SHORT_WEIGHTY and len(asked.words) <= _SHORT
    return len(weighty) <= 1 or short


def _weighty(asked: Understood, lexicon: Lexicon) -> list[str]:
    """The content of a question without the words of the trade."""
    return [t for t in asked.content if t not in lexicon.trade]


def _or_meant(
    asked: Understood, lexicon: Lexicon, knows: Callable[[str], bool]
) -> Callable[[str], bool]:
    """`knows`, or people's word for something that papers have ("nộp" for "gửi"), or for a fact."""
    cues = (m.group() for f in lexicon.facets for m in f.cue.finditer(asked.folded))
    found = [h.words for h in heard(lexicon, asked.folded)]
    meant = {word for phrase in (*found, *cues) for word in phrase.split()}
    return lambda token: knows(token) or token in meant


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
    answer = next((t.content for t in reversed(history) if t.role == "assistant"), "")
    strong = [f for f in asked.facets if f != "definition"]
    if strong == ["lead"] and not _weighty(asked, lexicon) and says("who", asked.folded):
        strong = []  # "bên Lạng Sơn thì là ai?": whatever was asked before
    parts = [_STOP.sub(", ", asked.text)]  # one sentence: what is added belongs to the question
    own_scope = _has_scope(asked, documents)
    if not own_scope:
        words = _paper_pointed_at(asked, answer) or _scope_words(before, answer, documents, read)
        parts.append(_YEAR.sub("", words) if asked.years else words)
    if _lacks_subject(asked, strong, lexicon, own_scope=own_scope):
        parts.append(_subject(before, keep_cues=not strong, bodies=not _names_actor(asked)))
    elif says("points_body", asked.folded) and not _names_actor(asked):
        parts.append(_body_meant(before, answer, read))
    merged = read(" ".join(p for p in parts if p))
    merged = replace(merged, inherited=tuple(b for b in merged.bodies if b not in asked.bodies))
    return replace(merged, facets=asked.facets) if strong else merged


def _has_scope(asked: Understood, documents: Sequence[Document]) -> bool:
    """Whether the question itself says whose paper: a place, a number, an issuer, "của sở"."""
    named = asked.places or asked.papers or _owns(asked, documents)
    return bool(named) or says("local", asked.folded)


def _names_actor(asked: Understood) -> bool:
    """Whether it names a body that is not just the issuer of a paper."""
    return any(w.role == "body" for w in asked.words)


def _lacks_subject(
    asked: Understood, strong: Sequence[str], lexicon: Lexicon, *, own_scope: bool
) -> bool:
    """Whether the subject is still the earlier one; `strong`: kinds of fact surely asked for."""
    of_paper = not set(strong) & _OF_A_TASK or set(strong) & _OF_A_PAPER
    if own_scope and strong and of_paper:
        return False  # the fact is asked of the whole paper
    if "task" in strong and _names_actor(asked):
        return False  # the body is the subject
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
    last = _STOP.sub(", ", earlier[-1])
    if len(earlier) > 1 and leans(read(last), lexicon, knows):
        return f"{last} {_STOP.sub(', ', earlier[-2])}"
    return last


def _owns(asked: Understood, documents: Sequence[Document]) -> bool:
    issuers = fold(" ".join(d.identity.issuer or "" for d in documents))
    return any(fold(b) in issuers for b in asked.bodies)


def _paper_pointed_at(asked: Understood, answer: str) -> str:
    """ "Quyết định đó ai ký?": the one paper of that kind that the answer named by number."""
    found = _POINTED_PAPER.search(asked.folded)
    if not found:
        return ""
    kind = found.group(1)
    named = {
        n.text
        for n in find_numbers(answer)
        if n.sign and fold(answer[: n.start]).rstrip(" so").endswith(kind)
    }
    return f"{kind} {named.pop()}" if len(named) == 1 else ""


def _scope_words(
    before: Understood,
    answer: str,
    documents: Sequence[Document],
    read: Callable[[str], Understood],
) -> str:
    """Words for the paper that was spoken of: as the question named it, else as the answer did."""
    if before.places or before.papers:
        return " ".join(
            w.text for w in before.words if w.role in ("place", "owner", "paper", "year")
        )
    said = fold(answer)
    named = [d for d in documents if fold(d.short_title) in said]
    if len(named) == 1:
        return named[0].short_title
    source = read(answer[answer.rfind("—") :]) if "—" in answer else None
    if source and len(source.places) == 1:
        return " ".join(w.text for w in source.words if w.role in ("place", "owner", "year"))
    return " ".join(w.text for w in before.words if w.role in ("owner", "year"))


def _subject(before: Understood, *, keep_cues: bool, bodies: bool) -> str:
    roles = {"", "stop"} if keep_cues else {""}
    roles |= {"body"} if bodies else set()
    return " ".join(w.text for w in before.words if w.role in roles)


def _body_meant(before: Understood, answer: str, read: Callable[[str], Understood]) -> str:
    """ "Bộ phận đó", "họ": the body that was asked about, else the first that the answer named."""
    words = [w.text for w in before.words if w.role == "body"]
    if words:
        return " ".join(words)
    said = read(answer.split("—")[0][:_LONGEST_LEAD])
    return said.bodies[0] if said.bodies else ""
