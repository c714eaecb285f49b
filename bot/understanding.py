"""What a question names: place, body, year, paper, kind of fact; and what is left, its content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from bot.lexicon import Lexicon, load_lexicon, says
from knowledge.citations import find_addresses, find_numbers
from knowledge.organisations import Found, Names, Organisations, tokens_of, typed_tokens
from knowledge.vietnamese import compose, fold, is_syllable

_CAPITALS = re.compile(r"\b[A-ZĐ]{3,}\b")
_POINTER = "mục này"  #: stands for an address that was understood
_SLIPS = (
    (re.compile(r"([aeiouy])g$"), r"\1ng"),
    (re.compile(r"^f"), "ph"),
    (re.compile(r"^w"), "qu"),
    (re.compile(r"^z"), "d"),
)
_YEAR = re.compile(r"20[0-4]\d")
_DAY = re.compile(r"\d{1,2}[./]\d{1,2}(?:[./]\d{4})?")
_RELATIVE_YEARS = (
    ("nam nay", 0),
    ("nam ngoai", -1),
    ("nam truoc", -1),
    ("nam sau", 1),
    ("nam toi", 1),
)
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
_SYMBOLS = frozenset(
    [
        "kh",
        "qd",
        "ct",
        "tt",
        "nd",
        "nq",
        "bc",
        "cv",
        "tb",
        "ubnd",
        "hdnd",
        "sgddt",
        "skhcn",
        "skhdt",
        "hdph",
        "hdpbgdpl",
        "btp",
        "vp",
        "ttg",
        "cp",
        "qh",
        "tw",
        "btc",
        "bttt",
        "btttt",
        "kgvx",
        "ksttc",
        "kstthc",
        "tr",
        "dc",
        "xdpbpl",
        "pbgdpl",
        "kem",
    ]
)
_AREA = re.compile(
    r"\b(?:[Hh]uyện|[Xx]ã|[Pp]hường|[Qq]uận|[Tt]hị xã|[Tt]hị trấn|[Tt]ỉnh|[Tt]hành phố|TP\.?)\s+"
    r"((?:[A-ZĐÀ-Ỹ][\w’'ʼ-]*\s?){1,3})"
)
_ASKED_OTHERWISE = frozenset(
    (
        "lead",
        "coordinate",
        "recipient",
        "basis",
        "number",
        "when",
        "start",
        "where",
        "percent",
        "signer",
        "validity",
        "paper_date",
        "abolished",
    )
)
_BARE_AREAS = frozenset({"huyen", "tinh"})


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper named by its number, as far as the question gives it."""

    number: str  #: digits: "407", "56/2023"
    kind: str | None = None  #: a key of KINDS
    symbols: tuple[str, ...] = ()  #: folded letters after the number


@dataclass(frozen=True, slots=True)
class Word:
    """One folded token of the question; `role` says what it was recognised as."""

    text: str
    role: str = ""  #: "", "place", "owner", "body", "paper", "year", "stop"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the library's words are."""

    knows: Callable[[str], bool]  #: whether a folded token occurs in it
    pair: Callable[[str], bool]  #: whether two adjacent ones do, as "a_b"
    correct: Callable[[str], str | None]  #: the known word that a mistyped one stands for


@dataclass(frozen=True, slots=True)
class Understood:
    """A question, taken apart."""

    text: str
    folded: str  #: expanded tokens joined by one space
    words: tuple[Word, ...]
    places: tuple[str, ...]
    bodies: tuple[str, ...]
    askers: tuple[str, ...]  #: bodies the person says to be of
    years: tuple[int, ...]
    papers: tuple[Paper, ...]
    kinds: tuple[str, ...]  #: kinds of paper spoken of: "ke hoach", "cong van" …
    facets: tuple[str, ...]
    facts: tuple[str, ...]
    compares: bool
    year_is_relative: bool = False
    exact: bool = False  #: an exact day is asked for
    unknown: tuple[str, ...] = ()  #: names in capitals that the papers never print
    addresses: tuple[str, ...] = ()  #: of clauses named: "III.6"
    strangers: tuple[str, ...] = ()  #: places named that neither table nor papers know

    @property
    def content(self) -> tuple[str, ...]:
        """Tokens that a clause must meet."""
        return tuple(w.text for w in self.words if not w.role)


def understand(
    text: str,
    lexicon: Lexicon,
    organisations: Organisations,
    places: Names,
    *,
    today: date,
    vocabulary: Vocabulary,
    owners: frozenset[str] = frozenset(),
) -> Understood:
    """Take a question apart.

    `owners`: bodies that issued a paper of the library.
    """
    words = _tag_names(_without_addresses(text), organisations.body_names, places)
    papers = _papers(words)
    words = _tag_papers(words, papers)
    words = _expand(words, organisations, vocabulary.correct)
    folded = " ".join(w.text for w in words)
    masked = _masked(words)
    facets = tuple(f.name for f in lexicon.facets if f.cue.search(masked))
    years, relative = _years(words, folded, today)
    return Understood(
        text=text,
        folded=folded,
        words=_tag_plain(words, folded, lexicon, owners, vocabulary.pair),
        places=_named(words, "place"),
        bodies=_named(words, "body"),
        askers=_named(words, "asker"),
        years=years,
        papers=tuple(p for p, _, _ in papers),
        kinds=tuple(k for k in KINDS if re.search(rf"\b{k}\b", folded)),
        facets=_settled(facets, text, masked),
        facts=tuple(f.name for f in lexicon.facts if f.cue.search(masked)),
        compares=says("compares", folded),
        year_is_relative=relative,
        exact=says("day_asked", folded),
        unknown=_unknown_names(text, organisations, vocabulary.knows),
        addresses=tuple(found.address for found in find_addresses(text)),
        strangers=_strangers(text, words, places, vocabulary.knows, vocabulary.pair),
    )


def _without_addresses(text: str) -> str:
    for found in reversed(find_addresses(text)):
        text = " ".join((text[: found.start], _POINTER, text[found.end :]))
    return text


def _signs(text: str) -> set[int]:
    """Positions of the tokens of papers' numbers: "KH-SGDĐT" names no body, "đc" no word."""
    inside: set[int] = set()
    for found in find_numbers(text):
        if found.sign:
            start = len(tokens_of(text[: found.start]))
            inside |= set(range(start, start + len(tokens_of(text[found.start : found.end]))))
    return inside


def _settled(facets: Sequence[str], text: str, masked: str) -> tuple[str, ...]:
    """Each facet once; "%" is not a word, and "giao cho ai" asks for no address."""
    found = [f for f in facets if f != "recipient" or not says("assigned", masked)]
    # "phòng nào …" asks who leads only when it asks for nothing else.
    if "which" in found:
        found.remove("which")
        elsewhere = set(found) & _ASKED_OTHERWISE or says("addressees", masked)
        found += [] if elsewhere else ["lead"]
    if set(found) & {"guide"} and "lead" in found:
        found.remove("lead")
    if "%" in text:
        found.insert(0, "percent")
    return tuple(dict.fromkeys(found))


def _masked(words: Sequence[Word]) -> str:
    """The question with each name as "_": "Sở Kế hoạch …" is not a question about a plan."""
    texts: list[str] = []
    for word in words:
        if word.role == "intro":
            continue
        named = word.role.startswith(("body:", "place:", "asker:"))
        if not named:
            texts.append(word.text)
        elif texts[-1:] != ["_"]:
            texts.append("_")
    return " ".join(texts)


def _strangers(
    text: str,
    words: Sequence[Word],
    places: Names,
    known: Callable[[str], bool],
    pair: Callable[[str], bool],
) -> tuple[str, ...]:
    """Places that are named and that nobody knows: "huyện Sa Thầy", "huyen sa thay"."""
    found = []
    for name in _AREA.findall(compose(text)):
        tokens = tokens_of(name)
        strange = not all(known(t) for t in tokens) or (
            len(tokens) > 1 and not pair(f"{tokens[0]}_{tokens[1]}")
        )
        if tokens and strange and not places.find(tokens):
            found.append(name.strip())
    for word, following in pairwise(words):
        bare = word.text in _BARE_AREAS and not word.role and not following.role
        if bare and following.text.isalpha() and not known(following.text):
            found.append(following.text)
    for area, one, two in zip(words, words[1:], words[2:], strict=False):
        bare = area.text in _BARE_AREAS and not (area.role or one.role or two.role)
        if bare and two.text.isalpha() and known(one.text) and not known(two.text):
            found.append(f"{one.text} {two.text}")
    return tuple(dict.fromkeys(found))


def _unknown_names(
    text: str, organisations: Organisations, known: Callable[[str], bool]
) -> tuple[str, ...]:
    """ "VNPT", "EVN": capitals that neither the papers nor the tables know."""
    if text.upper() == text:
        return ()
    names = dict.fromkeys(_CAPITALS.findall(compose(text)))
    return tuple(
        name
        for name in names
        if not known(fold(name))
        and fold(name) not in organisations.abbreviations
        and not organisations.body_names.find([fold(name)])
        and not all(is_syllable(t) for t in tokens_of(name))
    )


def _named(words: Sequence[Word], role: str) -> tuple[str, ...]:
    names = (w.role.split(":", 1)[1] for w in words if w.role.startswith(f"{role}:"))
    return tuple(dict.fromkeys(names))


def _tag_names(text: str, bodies: Names, places: Names) -> list[Word]:
    """Tokens with the names in them; where a body and a place overlap, the longer one counts."""
    tokens, typed = _unslipped(tokens_of(compose(text))), typed_tokens(text)
    if len(typed) != len(tokens):
        typed = list(tokens)
    words: list[Word] = []
    at = 0
    introduced, signs = _introduction(text), _signs(text)
    while at < len(tokens):
        intro = at < introduced
        if at in signs:
            words.append(Word(tokens[at], "sign"))
            at += 1
            continue
        body = bodies.at(tokens, at, typed=typed)
        if body and _misread(tokens, body):
            body = None
        place = places.at(tokens, at, typed=typed) or places.near(tokens, at, typed=typed)
        if place and (not body or place.end >= body.end):
            words.extend(Word(t, f"place:{place.name}") for t in tokens_of(place.name))
            at = place.end
        elif body:
            ours = {"chung", "toi", "em", "minh"} & set(tokens[body.end : body.end + 1])
            role = "asker" if intro or ours else "body"
            words.extend(Word(t, f"{role}:{body.name}") for t in tokens_of(body.name))
            # "thanh tra sở gd": the last word begins a second name.
            again = bodies.at(tokens, body.end - 1, typed=typed)
            chained = again and again.end > body.end and not _misread(tokens, again)
            at = body.end - 1 if chained else body.end
        else:
            words.append(Word(tokens[at], "intro" if intro else ""))
            at += 1
    return words


def _introduction(text: str) -> int:
    """How many tokens say who is asking ("Tôi là hiệu trưởng THPT, …") before the question."""
    asker = load_lexicon().patterns["asker"]
    folded, tokens = fold(compose(text)), 0
    while found := asker.search(folded):
        said = len(tokens_of(found.group()))
        if not said or said >= len(tokens_of(folded)) - 2:
            break
        tokens += said
        folded = folded[found.end() :].lstrip()
    return tokens


def _misread(tokens: Sequence[str], body: Found) -> bool:
    """ "so ke hoach cua …" is a plan's number, "lãnh đạo Sở xây dựng kế hoạch" no department."""
    following = tokens[body.end : body.end + 1]
    if not following:
        return False
    if list(tokens[body.start : body.end]) == ["tt", "so"]:
        return following[0] in {"may", "bao", "nao"} or following[0].isdigit()
    if tokens[body.start] != "so":
        return False
    building = list(tokens[body.start : body.end]) == ["so", "xay", "dung"]
    return following == ["cua"] or (building and following[0] in _BUILT)


_BUILT = frozenset(("ke", "noi", "tai", "van", "chuong", "bao", "chinh"))


def _unslipped(tokens: Sequence[str]) -> list[str]:
    """Common slips that leave no syllable mended: "lag" → "lang", "fong" → "phong"."""
    return [t if is_syllable(t) else _mended(t) for t in tokens]


def _mended(token: str) -> str:
    for slip, right in _SLIPS:
        mended = slip.sub(right, token)
        if mended != token and is_syllable(mended):
            return mended
    return token


def _papers(words: Sequence[Word]) -> list[tuple[Paper, int, int]]:
    """Papers named by number: "quyết định 407", "qd407", "117/KH-SGDĐT", "thông tư 56/2023"."""
    papers = []
    texts = [w.text for w in words]
    short = {v: k for k, v in KINDS.items()}
    for i, token in enumerate(texts):
        if not re.fullmatch(r"\d{1,4}(?:/\d{4})?", token) or _YEAR.fullmatch(token):
            continue
        start, kind = i, None
        before = texts[:i]
        if before and before[-1] == "so":
            before = before[:-1]
        if len(before) >= 2 and " ".join(before[-2:]) in KINDS:
            kind, start = " ".join(before[-2:]), len(before) - 2
        elif before and before[-1] in KINDS:
            kind, start = before[-1], len(before) - 1
        elif before and before[-1] in short:
            kind, start = short[before[-1]], len(before) - 1
        signed = words[i].role == "sign"
        if signed and i and words[i - 1].role == "sign":
            continue  # the 15 of "64/2025/QH15"
        end = i + 1
        while end < len(texts) and _is_symbol(words[end], signed=signed):
            end += 1
        symbols = tuple(texts[i + 1 : end])
        if not symbols and (kind == "bao cao" or texts[end : end + 1] == ["thang"]):
            continue  # "báo cáo 6 tháng" has no number
        # "… ngày 11/10/2022" right after a number is that paper's date, not a year asked for.
        if texts[end : end + 1] == ["ngay"] and _DAY.fullmatch("".join(texts[end + 1 : end + 2])):
            end += 2
        if kind is None and symbols:
            kind = next((short[s] for s in symbols if s in short), None)
        if kind or symbols or token.lstrip("0") in {"407"}:
            papers.append((Paper(token.lstrip("0") or token, kind, symbols), start, end))
    return papers


def _is_symbol(word: Word, *, signed: bool) -> bool:
    """Part of a paper's sign: marked as such, or a usual sign where only "qd 407 ttg" is typed."""
    return word.role == "sign" if signed else not word.role and word.text in _SYMBOLS


def _tag_papers(words: Sequence[Word], papers: Iterable[tuple[Paper, int, int]]) -> list[Word]:
    tagged = list(words)
    for _, start, end in papers:
        for i in range(start, end):
            tagged[i] = Word(tagged[i].text, "paper")
    return tagged


def _expand(
    words: Sequence[Word], organisations: Organisations, correct: Callable[[str], str | None]
) -> list[Word]:
    expanded: list[Word] = []
    for word in words:
        full = organisations.abbreviations.get(word.text)
        if full and word.role in ("", "intro"):
            expanded.extend(Word(t, word.role) for t in tokens_of(full[0]))
        elif word.role or word.text.isdigit():
            expanded.append(word)
        else:
            expanded.append(Word(correct(word.text) or word.text))
    return expanded


def _years(words: Sequence[Word], folded: str, today: date) -> tuple[tuple[int, ...], bool]:
    years = [
        int(w.text) + (words[i - 1].text == "sau" if i else 0)
        for i, w in enumerate(words)
        if _YEAR.fullmatch(w.text) and not _names_a_law(words, i)
    ]
    if years:
        return tuple(dict.fromkeys(years)), False
    dates = [
        int(w.text[-4:]) for w in words if not w.role and _DAY.fullmatch(w.text) and len(w.text) > 7
    ]
    for phrase, offset in _RELATIVE_YEARS:
        if re.search(rf"\b{phrase}\b", folded):
            return (today.year + offset,), True
    return tuple(dict.fromkeys(dates)), False


def _names_a_law(words: Sequence[Word], at: int) -> bool:
    """ "Luật Giáo dục 2019": the year belongs to the law's name."""
    before = [w.text for w in words[max(0, at - 8) : at]]
    if "luat" not in before or before[-1:] == ["nam"]:
        return False
    between = before[len(before) - before[::-1].index("luat") :]
    return not {"hoach", "cong", "roi", "thi", "nam"} & set(between)


def _tag_plain(
    words: Sequence[Word],
    folded: str,
    lexicon: Lexicon,
    owners: frozenset[str],
    knows: Callable[[str], bool],
) -> tuple[Word, ...]:
    """Mark words without content: particles, turns of a question, years."""
    hidden: set[int] = set()
    starts, at = [], 0
    for word in words:
        starts.append(at)
        at += len(word.text) + 1
    for found in lexicon.stop_phrases.finditer(folded):
        hidden.update(i for i, s in enumerate(starts) if found.start() <= s < found.end())
    paired = _paired(words, hidden, lexicon, knows)
    tagged = []
    for i, word in enumerate(words):
        if ":" in word.role and word.role.split(":", 1)[1] in owners:
            tagged.append(Word(word.text, "owner"))
        elif word.role:
            tagged.append(Word(word.text, word.role.split(":")[0]))
        elif _YEAR.fullmatch(word.text) or _before_year(words, i):
            tagged.append(Word(word.text, "year"))
        elif i in hidden or (word.text in lexicon.stop and i not in paired):
            tagged.append(Word(word.text, "stop"))
        else:
            tagged.append(word)
    return tuple(tagged)


def _before_year(words: Sequence[Word], at: int) -> bool:
    following = words[at + 1].text if at + 1 < len(words) else ""
    return words[at].text == "nam" and bool(_YEAR.fullmatch(following))


def _paired(
    words: Sequence[Word], hidden: set[int], lexicon: Lexicon, knows: Callable[[str], bool]
) -> set[int]:
    """Positions of words in a pair that the papers use, particles and hidden words apart."""
    free = [
        not w.role and i not in hidden and w.text not in lexicon.particles
        for i, w in enumerate(words)
    ]
    paired: set[int] = set()
    for i in range(len(words) - 1):
        if free[i] and free[i + 1] and knows(f"{words[i].text}_{words[i + 1].text}"):
            paired |= {i, i + 1}
    return paired
