"""Papers that a question names by number: "quyết định 407", "117/KH-SGDĐT"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.lexicon import word_set
from bot.words import DAY, YEAR, Word

#: Folded kinds of paper → what may stand for them in a number's symbol.
KINDS = {
    "ke hoach": "kh",
    "cong van": "cv",
    "quyet dinh": "qd",
    "chi thi": "ct",
    "thong tu": "tt",
    "nghi dinh": "nd",
    "nghi quyet": "nq",
    "bao cao": "bc",
    "luat": "qh",
    "thong bao": "tb",
}
_KIND_OF = {symbol: kind for kind, symbol in KINDS.items()}
#: Letters of a sign where it is typed without its slash: "qd 407 ttg".
_SYMBOLS = word_set(
    "kh qd ct tt nd nq bc cv tb ubnd hdnd sgddt skhcn skhdt hdph hdpbgdpl btp vp ttg cp qh tw btc "
    "bttt btttt kgvx ksttc kstthc tr xdpbpl pbgdpl"
)
_NUMBER = re.compile(r"\d{1,4}(?:/\d{4})?")


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper named by its number, as far as the question gives it."""

    number: str  #: digits: "407", "56/2023"
    kind: str | None = None  #: a key of KINDS
    symbols: tuple[str, ...] = ()  #: folded letters after the number


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a question names a paper; half-open positions of its tokens."""

    paper: Paper
    start: int
    end: int


def mentions_in(words: Sequence[Word], alone: Collection[str] = ()) -> list[Mention]:
    """Papers named by number: "quyết định 407", "qd407", "117/KH-SGDĐT", "thông tư 56/2023".

    `alone`: numbers that name a paper without its kind.
    """
    numbers = (
        at
        for at, word in enumerate(words)
        if _NUMBER.fullmatch(word.text) and not YEAR.fullmatch(word.text)
    )
    return [found for at in numbers if (found := _mention(words, at, alone))]


def tag_papers(words: Sequence[Word], mentions: Iterable[Mention]) -> list[Word]:
    """`words` with those that name a paper marked so."""
    tagged = list(words)
    for mention in mentions:
        for i in range(mention.start, mention.end):
            tagged[i] = Word(tagged[i].text, "paper")
    return tagged


def _mention(words: Sequence[Word], at: int, alone: Collection[str]) -> Mention | None:
    """The paper whose number stands at `at`, if it is one."""
    signed = words[at].role == "sign"
    if signed and at and words[at - 1].role == "sign":
        return None  # the 15 of "64/2025/QH15"
    texts = [w.text for w in words]
    kind, start = _kind_before(texts, at)
    end = at + 1
    while end < len(words) and _is_symbol(words[end], signed=signed):
        if kind and not signed and _KIND_OF.get(texts[end], kind) != kind:
            break  # "chỉ thị 07, KH Hải Phòng": the next paper
        end += 1
    symbols = tuple(texts[at + 1 : end])
    if not symbols and (kind == "bao cao" or texts[end : end + 1] == ["thang"]):
        return None  # "báo cáo 6 tháng" has no number
    # "… ngày 11/10/2022" right after a number is that paper's date, not a year asked for.
    if texts[end : end + 1] == ["ngay"] and DAY.fullmatch("".join(texts[end + 1 : end + 2])):
        end += 2
    kind = kind or next((_KIND_OF[s] for s in symbols if s in _KIND_OF), None)
    number = texts[at].lstrip("0")
    if not (kind or symbols or number in alone):
        return None
    return Mention(Paper(number or texts[at], kind, symbols), start, end)


def _kind_before(texts: Sequence[str], at: int) -> tuple[str | None, int]:
    """The kind said before the number at `at`, and where the mention of the paper begins."""
    before = texts[:at]
    if before and before[-1] == "so":
        before = before[:-1]
    if len(before) >= 2 and " ".join(before[-2:]) in KINDS:
        return " ".join(before[-2:]), len(before) - 2
    if before and before[-1] in KINDS:
        return before[-1], len(before) - 1
    if before and before[-1] in _KIND_OF:
        return _KIND_OF[before[-1]], len(before) - 1
    return None, at


def _is_symbol(word: Word, *, signed: bool) -> bool:
    """Part of a paper's sign: marked as such, or a usual sign where only "qd 407 ttg" is typed."""
    return word.role == "sign" if signed else not word.role and word.text in _SYMBOLS
