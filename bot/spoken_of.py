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
#: The same where papers are offered: "Kế hoạch năm 2023 và Công văn năm 2024".
_PAPERS_OFFERED = re.compile(r"\b(?:hay|hoac|va)\b|[\n,;:.]")
_YEAR = re.compile(r"\bnam 20\d\d\b")
#: Roles of the words that say whose paper is meant.
OF_SCOPE = ("place", "owner", "paper", "year")
#: The source behind a quotation: "… — Mục II.1, Kế hoạch …", "… (Kế hoạch … – mục II.1)".
SOURCE = re.compile(
    r"—([^—]*)$|\(([^()]*\b(?:mục|phần|điều|khoản|điểm|căn cứ)\b[^()]*)\)[.\s]*$", re.I
)


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
    cited = SOURCE.search(answer)
    source = read(cited[1] or cited[2]) if cited else None
    if before.places or before.papers:
        words = [w.text for w in before.words if w.role in OF_SCOPE]
        if source and not before.years and len(source.years) == 1 and len(before.places) == 1:
            words += [w.text for w in source.words if w.role == "year"]
        return " ".join(words)
    said = fold(answer)
    named = [d for d in documents if fold(d.short_title) in said]
    if len(named) == 1:
        return named[0].short_title
    if source and len(source.places) == 1:
        return " ".join(w.text for w in source.words if w.role in OF_SCOPE)
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
    """Of what the last answer offered to choose from, the one whose level or kind is named."""
    if not answer.rstrip().endswith("?") or asked.places:
        return ""
    if len(asked.kinds) == 1 and not asked.years:
        pieces = _PAPERS_OFFERED.split(fold(answer))
        of_kind = [year[0] for p in pieces if asked.kinds[0] in p and (year := _YEAR.search(p))]
        return of_kind[0] if len(of_kind) == 1 else ""
    found = _PICKED.search(asked.folded)
    if not found:
        return ""
    offered = _OFFERED.split(fold(answer).rstrip("? "))
    if len(offered) < 2:
        return ""
    level = re.compile(rf"\b{found['level']}\b.*")
    named = [match.group() for one in offered if (match := level.search(one))]
    return named[0] if len(named) == 1 else ""
