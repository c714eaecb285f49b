"""Addresses of clauses and numbers of papers: written for people, found in what they write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from knowledge.documents import FIXED_ADDRESSES, Clause, Document
from knowledge.reading.labels import roman_value, to_roman
from knowledge.vietnamese import compose, fold

_FIXED_WORDS = {
    "head": "phần mở đầu",
    "preamble": "phần căn cứ",
    "closing": "phần kết",
    "signature": "phần chữ ký",
}
# "407/QĐ-TTg", "56/2023/TT-BTC", "64/2025/QH15", "643/UBND-KGVX". Not "20/9/2023", "30/11".
_PAPER = re.compile(
    r"(?<![\w/])(\d{1,5})/(?:(\d{4})/)?([A-ZĐa-zđ]{1,12}\d{0,4}(?:[-&][A-ZĐa-zđ]{1,12}\d{0,3}){0,3})(?![\w/])"
)
_KINDS_SHORT = r"(?:quyet dinh|qd|chi thi|ct|nghi dinh|nd|thong tu|tt|ke hoach|kh|cong van|cv)"
# "QĐ 407", "chỉ thị số 07": a number without its sign, believed only after a kind of paper.
_BARE = re.compile(rf"\b{_KINDS_SHORT}\s*(?:so\s*)?(\d{{1,5}})(?![\w/.]|\s*(?:thang|nam))")

_SHARE = re.compile(r"\s?%|\s(?:phần trăm|phan tram)\b", re.I)
_LEVEL = {"phan": 0, "chuong": 0, "muc": 1, "dieu": 1, "khoan": 2, "diem": 3, "y": 3}
_NAMED = re.compile(
    r"\b(phan|chuong|muc|dieu|khoan|diem)\s+(?:thu\s+(nhat|hai|ba|tu|nam|sau|bay|tam|chin|muoi)\b"
    r"|([ivxl]+(?:#\d+)?(?:\.[\w#]+)*|\d{1,3}[a-zđ]?(?:#\d+)?(?:\.\d+|\.[a-zđ]\b)*|[a-zđ])"
    r"(?![\w/]))"
)
_ORDINAL = dict(
    zip(
        ["nhat", "hai", "ba", "tu", "nam", "sau", "bay", "tam", "chin", "muoi"],
        map(to_roman, range(1, 11)),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class PaperNumber:
    """A number of a paper as written, and where."""

    text: str  #: as printed: "407/QĐ-TTG"
    number: str  #: "407"
    year: int | None  #: of "56/2023/TT-BTC"
    sign: str  #: "QĐ-TTG"; "" when only "QĐ 407" was written
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FoundAddress:
    """An address as people write it, and where it was written."""

    address: str  #: as in `Clause.address`: "III.6", "5.2.c"
    start: int
    end: int


def anchor(address: str) -> str:
    """The address as an HTML id; `from_anchor` reverses it."""
    return address.replace("#", "~")


def from_anchor(text: str) -> str:
    """The address behind an HTML id."""
    return text.replace("~", "#")


def in_words(document: Document, address: str) -> str:
    """An address for people: "Mục III.6 (Tổ chức thực hiện)"; raises CitationNotFound."""
    clause = document.clause(address)
    base = address.split("#", 1)[0]
    if base in FIXED_ADDRESSES:
        if base == "recipients":
            return "phần “Kính gửi”" if clause.heading == "Kính gửi" else "phần “Nơi nhận”"
        return _FIXED_WORDS[base]
    if document.digest and _is_inferred(document, address):
        return _digest_words(document, clause)
    chain = _chain(document, clause)
    articles = [i for i, c in enumerate(chain) if c.label.lower().startswith("điều")]
    if articles:
        return _article_words(chain[articles[-1] :])
    printed = re.sub(r"#\d+", "", address)
    heading = chain[0].heading or (chain[-1].heading if len(chain) > 1 else "")
    return f"Mục {printed} ({_sentence_case(heading)})" if heading else f"Mục {printed}"


def _is_inferred(document: Document, address: str) -> bool:
    return any(
        not entry.numbered and (address == entry.address or address.startswith(entry.address + "."))
        for entry in document.entries
    )


def _digest_words(document: Document, clause: Clause) -> str:
    """Only numbers that were read are shown: "Phần III (thời điểm truyền thông)"."""
    chain = _chain(document, clause)
    shown = [c for c in chain if not _is_inferred(document, c.address)]
    heading = clause.heading or next((c.heading for c in reversed(chain) if c.heading), "")
    heading = heading[:1].lower() + heading[1:] if heading[1:2].islower() else heading
    if not shown:
        return f"phần “{heading}”" if heading else "bản tóm lược"
    return f"Phần {shown[-1].address} ({heading})" if heading else f"Phần {shown[-1].address}"


def _chain(document: Document, clause: Clause) -> list[Clause]:
    chain = [clause]
    while chain[0].parent is not None:
        chain.insert(0, document.clause(chain[0].parent))
    return chain


def _article_words(chain: list[Clause]) -> str:
    """ "điểm c khoản 2 Điều 5", from the article down."""
    names = ["Điều", "khoản", "điểm", "tiết"]
    parts: list[str] = []
    for level, clause in enumerate(chain):
        number = re.sub(r"#\d+", "", clause.address.rsplit(".", 1)[-1])
        name = names[min(level, 3)]
        if level == 1 and number.isalpha():
            name = "điểm" if number.islower() else "phần"
        parts.insert(0, f"{name} {number}")
    return " ".join(parts)


def _sentence_case(heading: str) -> str:
    """Headings in capitals as one would write them in a sentence."""
    if not heading or any(c.islower() for c in heading):
        return heading
    return heading[0] + heading[1:].lower()


def find_numbers(text: str) -> list[PaperNumber]:
    """Numbers of papers in `text`, in order: "407/QĐ-TTg", "56/2023/TT-BTC", "QĐ 407"."""
    found = [
        PaperNumber(m[0], m[1], int(m[2]) if m[2] else None, m[3], m.start(), m.end())
        for m in _PAPER.finditer(text)
        if m[2] or not m[3].islower() or "-" in m[3]
    ]
    taken = [(n.start, n.end) for n in found]
    for match in _BARE.finditer(_same_length_fold(text)):
        start, end = match.span(1)
        if not any(s < end and start < e for s, e in taken):
            found.append(PaperNumber(text[start:end], match[1], None, "", start, end))
    return sorted(found, key=lambda n: n.start)


def _same_length_fold(text: str) -> str:
    """Folded, but letter for letter, so that offsets hold."""
    return "".join(map(_folded_letter, text))


@lru_cache(1024)
def _folded_letter(letter: str) -> str:
    return (fold(letter) or " ")[0]


def find_addresses(text: str) -> list[FoundAddress]:
    """Addresses in `text`: "mục III.6", "điểm c khoản 2 phần I", "khoản 2 Điều 5"."""
    folded = _same_length_fold(compose(text) if len(compose(text)) == len(text) else text)
    parts = [_part(match, text) for match in _NAMED.finditer(folded)]
    found: list[FoundAddress] = []
    group: list[_Part] = []
    for part in [p for p in parts if p]:
        if group and not _joins(group[-1], part, folded):
            found.append(_join(group))
            group = []
        group.append(part)
    if group:
        found.append(_join(group))
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    level: int
    value: str
    start: int
    end: int


def _part(match: re.Match[str], text: str) -> _Part | None:
    name = match[1]
    if _SHARE.match(text, match.end()):
        return None  # "mức 100%"
    if match[2]:
        return _Part(_LEVEL[name], _ORDINAL[match[2]], match.start(), match.end())
    written = text[match.start(3) : match.end(3)]
    head, *rest = written.split(".")
    bare, hash_, count = head.partition("#")
    # "điểm i" is a letter, "điểm I.2.d" a whole path.
    whole = bool(rest) or name not in ("diem", "khoan")
    if bare.isalpha() and set(bare.upper()) <= set("IVXL") and whole:
        if not roman_value(bare.upper()):
            return None
        bare = bare.upper()
    elif bare.isalpha() and name in ("phan", "chuong", "muc"):
        bare = bare.upper()
        if written.islower():
            return None  # "mục đ…", "phần c…": the first letter of a word, not a label
    elif bare.isalpha() and name in ("dieu", "khoan"):
        return None
    letter = name == "diem" and not rest
    value = ".".join([bare.lower() if letter else bare + hash_ + count, *rest])
    return _Part(_LEVEL[name], value, match.start(), match.end())


def _joins(last: _Part, part: _Part, folded: str) -> bool:
    """ "điểm c khoản 2 phần I" goes up; "Phần III, mục 2" goes down; both name one clause."""
    between = folded[last.end : part.start].strip(" ,;")
    return between in ("", "cua", "thuoc", "tai") and last.level != part.level


def _join(group: list[_Part]) -> FoundAddress:
    ordered = sorted(group, key=lambda part: part.level)
    return FoundAddress(".".join(part.value for part in ordered), group[0].start, group[-1].end)
