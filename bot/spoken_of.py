"""What was spoken of: the paper and the body that the talk before a question named."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.understanding import Understood
from knowledge.citations import find_numbers
from knowledge.documents import Document
from knowledge.vietnamese import fold

_LONGEST_LEAD = 400  #: characters of an answer in which the body it names is looked for
_POINTED_PAPER = re.compile(
    r"\b(quyet dinh|cong van|ke hoach|thong tu|nghi dinh|chi thi|bao cao) (?:do|nay|ay|kia)\b"
)
#: Which of those that were offered: "cái của huyện ấy", "bên sở kia".
_PICKED = re.compile(
    r"\b(?:cua|o|ben|cap) (?:cai )?(?P<level>huyen|tinh|so|xa|phuong|quan|bo|truong|thanh pho)"
    r"(?: (?:ay|do|kia|day|nay))?\b"
)
_OFFERED = re.compile(r"\b(?:hay|hoac)\b|\n")


def paper_pointed_at(asked: Understood, answer: str) -> str:
    """The one paper that the answer named by number and that is meant.

    "Quyết định đó ai ký?": the one of that kind; "cái 1309 ấy": the one of that number.
    """
    papers = [n for n in find_numbers(answer) if n.sign]
    numbers = {w.text for w in asked.words if w.text.isdigit()}
    by_number = {n.text for n in papers if n.number in numbers}
    if len(by_number) == 1 and not asked.papers:
        return by_number.pop()
    found = _POINTED_PAPER.search(asked.folded)
    if not found:
        return ""
    kind = found.group(1)
    before = {n.text: fold(answer[: n.start]).rstrip().removesuffix(" so") for n in papers}
    named = [text for text, words in before.items() if words.endswith(kind)]
    return f"{kind} {named[0]}" if len(named) == 1 else ""


def scope_words(
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
    numbers = {fold(n.text) for n in find_numbers(answer)}
    held = [d for d in documents if fold(d.identity.number or "") in numbers]
    if len(held) == 1:
        return f"{held[0].identity.kind or ''} {held[0].identity.number}"
    return " ".join(w.text for w in before.words if w.role in ("owner", "year"))


def body_meant(before: Understood, answer: str, read: Callable[[str], Understood]) -> str:
    """ "Bộ phận đó", "họ": the body that was asked about, else the first that the answer named."""
    words = [w.text for w in before.words if w.role == "body"]
    if words:
        return " ".join(words)
    said = read(answer.split("—")[0][:_LONGEST_LEAD])
    return said.bodies[0] if said.bodies else ""


def picked(asked: Understood, answer: str) -> str:
    """Of what the last answer offered to choose from, the one whose level is named; "": none."""
    found = _PICKED.search(asked.folded)
    if not found or not answer.rstrip().endswith("?") or asked.places:
        return ""
    offered = _OFFERED.split(fold(answer).rstrip("? "))
    if len(offered) < 2:
        return ""
    level = re.compile(rf"\b{found['level']}\b.*")
    named = [match.group() for one in offered if (match := level.search(one))]
    return named[0] if len(named) == 1 else ""
