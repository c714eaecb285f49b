"""What is asked of each side of a question over several papers, as if it stood alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.content import starts_of
from bot.lexicon import load_lexicon
from bot.understanding import Understood
from bot.words import Word
from knowledge.organisations import tokens_of
from knowledge.vietnamese import fold

#: What tells sides apart: a place, the number of a paper, a year, the national papers.
Side = tuple[str, str]
_CENTRAL: Side = ("level", "trung ương")
#: Marks and words between two parts of a question; the weak ones stand within names, too.
_STRONG = re.compile(
    r"[,;?.!:]\s+|[?.!]$|\s+còn\s+(?!hiệu|giá|áp|hoạt|tồn|hạn|dùng|phải)"
    r"|\s+con\s+(?=ở|o|kế|ke|bên|ben|sở|so)\b",
    re.I,
)
#: Between two questions of one message.
_APART = re.compile(r"(?<=[;?.!])\s+(?=\S)|\n+|[,;]?\s+(?=(?:còn|con)\s)|[;,]\s+", re.I)
_WEAK = re.compile(r"\s+(?:và|va|với|voi|so với|so voi|hay)\s+", re.I)
_THEN = re.compile(r"^\s*(?:còn|con|và|va|thế|the)\s+", re.I)  #: what leads over to the next part
#: What is asked of the sides together: "…, bên nào dài hơn?", "… có khác nhau không?"
_JUDGED = re.compile(
    r"^(?:xin |nho )?(?:so sanh|doi chieu)\b|^(?:thi )?(?:ben|noi|cho|dang|cai|van ban) nao\b"
    r"|\b(?:giong|khac)\b|canh nhau"
)
_ASKED = re.compile(
    r"\b(?:gi|ai|nao|sao|dau|may|bao nhieu|bao gio)\b"
    r"|\b(?:co|duoc|phai|con)\b.*\b(?:khong|ko|chua)\b"
)
_STATES = ("viet", "neu", "ghi", "noi", "quy", "dinh")  #: what any paper does
_MOST_STRONG = 30  #: pieces in which the parts of sides are looked for
_MOST_PIECES = 12  #: between marks; each is read with what leads to it
_MOST_QUESTIONS = 4  #: of one message: an answer has no room for more
_LEAST = 2  #: words of its own that a part needs to say what it is about
#: Facets that somebody is asked for by: what he does has words of its own.
_WHO = ("lead", "coordinate", "which")
#: Facets that are a subject of their own: "căn cứ văn bản nào?"
_TOPICS = ("percent", "form", "basis", "money", "purpose", "criteria")
#: What only says that sides are told apart: no question about one of them has it.
_NEXT = r"(?: (?:gi|nhau|the nao|ra sao|sao|khong|ko|k|o|cho nao|diem nao|nao))"
_TOLD_APART = re.compile(
    r"^(?:so sanh|doi chieu|so(?= (?:giup|ho|thu)\b))(?: giup| ho| thu| cho| toi| em| minh)*\b"
    rf"|\b(?:co )?(?:khac|giong){_NEXT}+(?! )"
    r"|\b(?:con )?thi (?:sao|the nao)(?! )"
)
#: What joined a name that is left out, or stood before it: "theo kế hoạch của …".
_JOINING = ("va", "voi", "hay", "giua")
_BEFORE = frozenset((*_JOINING, "o", "tai", "theo", "cua", "ben", "con", "sang"))
_ITS_PAPER = ("ke", "hoach")


@dataclass(frozen=True, slots=True)
class Part:
    """One side and what is asked about it."""

    side: Side
    shared: Understood  #: the whole question without the sides' names
    alone: Understood | None = None  #: its own part of the question, where that asks something
    full: bool = False  #: that part leaves nothing out that another one gives


def parts_of(asked: Understood, read: Callable[[str], Understood]) -> Iterator[Part]:
    """For each side the question about it alone, and its own part of the question."""
    sides = _sides_of(asked)
    if len(sides) < 2:
        return
    halves = {side: _without(h, sides) for side, h in _halves(asked.text, sides, read)}
    each = all(_asks(half) for half in halves.values())
    shared = _without(asked, sides)
    first = next(iter(halves), None)  # what is left out stands before, not behind
    for side in sides:
        alone = halves.get(side)
        if alone and (_asks(alone) or (side == first and _ASKED.search(alone.folded))):
            yield Part(side, shared, alone, full=each and _is_full(alone))
        else:
            yield Part(side, shared)


def questions_in(asked: Understood, read: Callable[[str], Understood]) -> list[str]:
    """The questions of a message that asks several, each of which says what it is about; else [].

    "Ai ký Quyết định 765? Còn họp báo thì nơi nào làm?"
    """
    texts: list[str] = []
    open_ = ""  # what leads to a question and asks nothing itself
    pieces = _APART.split(asked.text)
    if not 1 < len(pieces) <= _MOST_PIECES:
        return []
    for piece in pieces:
        open_ = f"{open_}, {piece}" if open_ else piece
        if _ASKED.search(read(open_).folded):
            texts.append(_THEN.sub("", open_))
            open_ = ""
    if open_ and texts:
        texts[-1] = f"{texts[-1]}, {open_}"
    years = {half.years for half in map(read, texts)}
    of_years = () not in years and len(years) == len(texts)  # "năm 2022 …, sang 2023 thì …"
    whole = [
        half
        for half in map(read, texts)
        if of_years or _is_full(_own(half)) or (half.papers and half.facets)
    ]
    return texts if 1 < len(texts) == len(whole) <= _MOST_QUESTIONS else []


def _own(half: Understood) -> Understood:
    """A question without the names of papers and places, which say nothing about its subject."""
    return _without(half, tuple(_named(half)))


def asks_each(asked: Understood, read: Callable[[str], Understood]) -> bool:
    """Whether each of several papers named by number has a part of the question that asks.

    So have a place and such a paper, or a place and "ở trung ương".
    """
    sides = _sides_of(replace(asked, sides=True))
    kinds = {kind for kind, _ in set(sides)}
    if len(set(sides)) < 2 or kinds in ({"place"}, {"year"}):
        return False
    halves = _halves(asked.text, sides, read)
    return bool(halves) and all(_ASKED.search(half.folded) for _, half in halves)


def _asks(half: Understood) -> bool:
    """Whether a part asks for something: in words of its own or by the kind of fact it names."""
    asks = _ASKED.search(half.folded) and not half.compares
    of_facet = half.facets[:1] not in ((), ("content",)) and half.facets[0] not in _WHO
    says = (of_facet and bool(half.content)) or bool(_own_words(half)) or _is_full(half)
    return says and (bool(asks) or half.facets[:1] not in ((), ("percent",)))


def _is_full(half: Understood) -> bool:
    """Whether a part says what it is about.

    "Lạng Sơn giao phòng nào?" after another part leaves out what is given.
    """
    if half.facets[:1] and half.facets[0] in _TOPICS:
        return True
    return len(_own_words(half)) >= _LEAST or any(word.role == "body" for word in half.words)


def _own_words(half: Understood) -> list[str]:
    """Words of a part that neither ask who nor stand in every question about these papers."""
    lexicon = load_lexicon()
    spans = [
        found.span()
        for facet in lexicon.facets
        if facet.name in _WHO
        for found in facet.cue.finditer(half.folded)
    ]
    return [
        word.text
        for word, start in zip(half.words, starts_of(half.words), strict=True)
        if not (word.role or word.text in lexicon.trade or word.text in _STATES)
        and not any(begins <= start < ends for begins, ends in spans)
    ]


def _sides_of(asked: Understood) -> tuple[Side, ...]:
    """The sides that a question names: places, with papers beside them; else papers; else years."""
    places = [("place", p) for p in asked.places]
    papers = [("paper", p.number) for p in asked.papers if p.number]
    if places and asked.central and not papers:
        return (*places, _CENTRAL)
    if len(places) > 1:
        return (*places, *(papers if asked.sides else ()))
    if places and papers and asked.sides:
        return (*places, *papers)
    if len(papers) > 1 and not places:
        return tuple(papers)
    return tuple(("year", str(y)) for y in asked.years)


def _halves(
    text: str, sides: Sequence[Side], read: Callable[[str], Understood]
) -> list[tuple[Side, Understood]]:
    """The parts of a question that name one side each; [] when some part names several."""
    strong = _STRONG.split(text)
    if len(strong) > _MOST_STRONG:
        return []
    pieces = [p for piece in strong for p in _split_weak(piece, sides, read)]
    groups: list[tuple[str, set[Side]]] = []
    for piece in pieces:
        named = set(sides) & set(_named(read(piece)))
        joins = groups and (not named or not groups[-1][1] or named == groups[-1][1])
        if joins and not named and _JUDGED.search(fold(piece)):
            continue
        if joins:
            before, already = groups.pop()
            groups.append((f"{before}, {piece}", already | named))
        else:
            groups.append((piece, named))
    if len(groups) < 2 or any(len(named) != 1 for _, named in groups):
        return []
    return [(next(iter(named)), read(_THEN.sub("", part))) for part, named in groups]


def _split_weak(
    text: str, sides: Sequence[Side], read: Callable[[str], Understood]
) -> Iterator[str]:
    """Pieces of `text` around "và" and its like, where both pieces name a side."""
    start = 0
    for found in _WEAK.finditer(text):
        before, after = text[start : found.start()], text[found.end() :]
        if all(set(sides) & set(_named(read(t))) for t in (before, after)):
            yield before
            start = found.end()
    if text[start:].strip():
        yield text[start:].strip()


def _named(asked: Understood) -> Iterator[Side]:
    """Everything in a piece of a question that may be a side."""
    yield from (("place", p) for p in asked.places)
    yield from (("paper", p.number) for p in asked.papers if p.number)
    yield from (("year", str(y)) for y in asked.years)
    if asked.central:
        yield _CENTRAL


def _without(asked: Understood, sides: Sequence[Side]) -> Understood:
    """A question without the names of the sides and of the offices before them.

    Within one paper its name tells nothing, and it blurs what the rest means.
    """
    names = [tuple(tokens_of(name)) for _, name in sides]
    kept: list[Word] = []
    at, words = 0, asked.words
    while at < len(words):
        found = next((n for n in names if _stands_at(n, words, at)), ())
        if not found:
            kept.append(words[at])
            at += 1
            continue
        at += len(found)
        while at < len(words) and (words[at].role == "year" or _year_follows(words, at)):
            at += 1
        if at < len(words) and words[at].text in _JOINING:
            at += 1
        _drop_before(kept)
    kept = _of_one(kept)
    return replace(asked, words=tuple(kept), folded=" ".join(w.text for w in kept))


def _year_follows(words: Sequence[Word], at: int) -> bool:
    return words[at].text == "nam" and at + 1 < len(words) and words[at + 1].role == "year"


def _drop_before(kept: list[Word]) -> None:
    """Drop what only led to a name: its office, its paper, "và", "theo kế hoạch năm 2023 của"."""
    while kept:
        if kept[-1].role in ("owner", "paper") or kept[-1].text in _BEFORE:
            kept.pop()
        elif kept[-1].role == "year":
            kept.pop()
            if kept and kept[-1].text == "nam":
                kept.pop()
        elif tuple(w.text for w in kept[-2:]) == _ITS_PAPER:
            del kept[-2:]
        else:
            return


def _of_one(words: Sequence[Word]) -> list[Word]:
    """Words without those that only say that sides are told apart."""
    folded = " ".join(w.text for w in words)
    apart = [found.span() for found in _TOLD_APART.finditer(folded)]
    starts = starts_of(words)
    return [
        word
        for word, start in zip(words, starts, strict=True)
        if not any(begins <= start < ends for begins, ends in apart)
    ]


def _stands_at(name: Sequence[str], words: Sequence[Word], at: int) -> bool:
    here = words[at : at + len(name)]
    return [w.text for w in here] == list(name) and all(w.role for w in here)
