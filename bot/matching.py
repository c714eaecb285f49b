"""How well each clause meets a question: coverage of its words, kind of fact, bodies named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.lexicon import Lexicon, says
from bot.understanding import Understood
from bot.words import Word
from knowledge.documents import FIXED_ADDRESSES, Clause, Document, Duty
from knowledge.organisations import Names, tokens_of
from knowledge.vietnamese import fold

_DATE = re.compile(r"\b\d{1,2}/\d{1,2}(?:/\d{4})?\b")
_TIME = re.compile(
    r"\b\d{1,2}/\d{1,2}|\bquy (?:i|ii|iii|iv|\d)\b|\b(?:thuong xuyen|hang nam|dinh ky|khi co)\b|"
    r"\b0?6 thang\b|\bthang \d|\b(?:ngay tu khi|thoi gian|thoi diem|tu nam)\b|\b20\d\d\b"
)
#: Facet → what a clause's heading path says when the clause is about it.
_HEADINGS = {
    "purpose": re.compile(r"\bmuc dich\b|\bmuc tieu\b"),
    "requirement": re.compile(r"\byeu cau\b|\bquan diem\b"),
    "money": re.compile(r"\bkinh phi\b"),
    "criteria": re.compile(r"\btieu chi\b"),
    "content": re.compile(r"\bnoi dung\b"),
    "form": re.compile(r"\bhinh thuc\b"),
    "scope": re.compile(r"\bpham vi\b|\bdoi tuong\b"),
    "task": re.compile(r"\bnhiem vu\b|\bto chuc thuc hien\b|\bphan cong\b|\bgiai phap\b"),
    "when": re.compile(r"\bthoi gian\b|\bthoi diem\b"),
    "start": re.compile(r"\bthoi diem\b|\bbat dau\b"),
    "recipient": re.compile(r"\bbao cao\b|\bnoi nhan\b|\bkinh gui\b"),
    "definition": re.compile(r"\bkhai niem\b|\bdinh nghia\b|\bgiai thich tu ngu\b"),
}
_TEXTS = {
    "percent": re.compile(r"\d ?%"),
    "money": re.compile(r"\bkinh phi\b|\bngan sach\b"),
    "criteria": re.compile(r"\btieu chi\b"),
    "form": re.compile(r"\bhinh thuc\b|\bphuong tien\b|\bdang tai\b"),
    "content": re.compile(r"\bnoi dung\b"),
    "recipient": re.compile(
        r"\bgui (?:(?:bao cao )?ve|so|phong|uy ban)\b|\bbao cao (?:uy ban|ubnd|so)\b|\bphan anh\b"
    ),
    "lead": re.compile(r"\bchu tri\b|\bgiao\b(?! duc)|\bdau moi\b"),
    "coordinate": re.compile(r"\bphoi hop\b"),
    "definition": re.compile(r"\bla (?:viec|hoat dong|nhiem vu)\b"),
    "basis": re.compile(r"\d+/(?:\d{4}/)?[a-z]+"),
    "guide": re.compile(r"\btheo (?:chi dao,? )?(?:su )?huong dan cua\b"),
    "number": re.compile(r"\bso \d+/(?:\d{4}/)?[a-z]+"),
}


_SPAN = re.compile(r"\btu nam \d{4} den nam \d{4}\b|\bgiai doan \d{4} \d{4}\b")
UNKNOWN_WEIGHT = 0.9
_GRACE = 0.2
_OPENING = 100  #: characters of a clause without a heading that say what it is about


@dataclass(frozen=True, slots=True)
class View:
    """A clause, prepared for matching. Token sets are of folded syllables and their bigrams."""

    document: Document
    clause: Clause
    duties: tuple[Duty, ...]  #: those this clause states
    own: frozenset[str]  #: its heading and text, children included
    path: frozenset[str]  #: headings above it and its document's title
    heading: str  #: folded heading path
    text: str  #: folded heading and text, children included
    plain: str  #: the same with its punctuation
    bodies: frozenset[str]  #: names of bodies in its own heading or text
    heads: frozenset[str]  #: names of bodies in its own heading
    leads: frozenset[str]  #: names of bodies that lead its duties
    partners: frozenset[str]  #: names of bodies that coordinate in its duties
    opening: str  #: folded heading, or the first words of a clause without one


@dataclass(frozen=True, slots=True)
class Match:
    """A clause and how well it meets the question."""

    view: View
    score: float
    coverage: float  #: share of the question's content that the clause meets, 0–1
    unmet: tuple[str, ...] = ()


def grams(tokens: Sequence[str]) -> frozenset[str]:
    """Tokens and adjacent pairs "a_b"."""
    return frozenset(tokens) | {f"{a}_{b}" for a, b in pairwise(tokens)}


_CAPITALS = re.compile(r"\b[A-ZĐ]{3,}\b")
#: What a fixed part says without saying it.
_IMPLIED = {"recipients": "nơi nhận gửi gửi cho", "preamble": "căn cứ thực hiện theo"}


def _written_out(text: str, abbreviations: Mapping[str, tuple[str, ...]]) -> str:
    """The capitals of a text in full: "GDNN" → "giáo dục nghề nghiệp"."""
    found = dict.fromkeys(fold(word) for word in _CAPITALS.findall(text))
    return " . ".join(abbreviations[f][0] for f in found if f in abbreviations)


def views_of(
    document: Document, bodies: Names, abbreviations: Mapping[str, tuple[str, ...]]
) -> tuple[View, ...]:
    """Every clause of `document`, prepared."""
    by_address = {c.address: c for c in document.clauses}
    duties: dict[str, list[Duty]] = {}
    for duty in document.duties:
        duties.setdefault(duty.address, []).append(duty)
    title = " ".join(
        filter(None, (document.short_title, document.identity.title, document.identity.issuer))
    )
    result = []
    for clause in document.clauses:
        above = list(_parents(clause, by_address))
        heading = f"{' '.join(c.heading for c in reversed(above))} {clause.heading}"
        below = [c for c in document.clauses if _is_below(c.address, clause.address)]
        whole = " ".join([clause.heading, clause.text, *(f"{c.heading} {c.text}" for c in below)])
        implied = _IMPLIED.get(clause.address.split("#")[0], "")
        tokens = tokens_of(f"{whole} {implied} {_written_out(whole, abbreviations)}")
        mine = duties.get(clause.address, [])
        led = " ; ".join(lead for d in mine for lead in d.leads)
        helped = " ; ".join(partner for d in mine for partner in d.coordinates)
        result.append(
            View(
                document=document,
                clause=clause,
                duties=tuple(mine),
                own=grams(tokens),
                path=grams(tokens_of(f"{title} {heading}")),
                heading=" ".join(tokens_of(heading)),
                text=" ".join(tokens),
                plain=fold(whole),
                bodies=frozenset(f.name for f in bodies.find(tokens)),
                heads=frozenset(f.name for f in bodies.find(tokens_of(clause.heading))),
                leads=frozenset(f.name for f in bodies.find(tokens_of(led))),
                partners=frozenset(f.name for f in bodies.find(tokens_of(helped))),
                opening=" ".join(tokens_of(clause.heading or clause.text[:_OPENING])),
            )
        )
    return tuple(result)


def _is_below(address: str, parent: str) -> bool:
    return parent not in FIXED_ADDRESSES and address.startswith(f"{parent}.")


def _parents(clause: Clause, by_address: dict[str, Clause]) -> Iterable[Clause]:
    parent = clause.parent
    while parent is not None and parent in by_address:
        yield by_address[parent]
        parent = by_address[parent].parent


@dataclass(frozen=True, slots=True)
class Term:
    """One content token of the question, its neighbours in it, and its weight."""

    token: str
    pairs: tuple[str, ...]  #: bigrams with the neighbouring content tokens
    weight: float
    means: tuple[tuple[str, ...], ...] = ()  #: the papers' words for it


def terms_of(
    asked: Understood, lexicon: Lexicon, rarity: Callable[[str], float]
) -> tuple[Term, ...]:
    """The content of the question, weighted by rarity; words of the trade count little."""
    starts, at = [], 0
    for word in asked.words:
        starts.append(at)
        at += len(word.text) + 1
    means: dict[int, list[tuple[str, ...]]] = {}
    for synonym in lexicon.synonyms:
        for found in synonym.says.finditer(asked.folded):
            for i, start in enumerate(starts):
                if found.start() <= start < found.end():
                    means.setdefault(i, []).extend(synonym.means)
    terms = []
    texts = [w.text for w in asked.words]
    for i, word in enumerate(asked.words):
        if word.role:
            continue
        pairs = []
        if i and asked.words[i - 1].role in ("", "stop"):
            pairs.append(f"{texts[i - 1]}_{word.text}")
        if i + 1 < len(texts) and asked.words[i + 1].role in ("", "stop"):
            pairs.append(f"{word.text}_{texts[i + 1]}")
        weight = 0.2 if word.text in lexicon.trade else _weight(rarity(word.text))
        if not any(_is_content(asked.words, i + step) for step in (-1, 1)):
            weight *= 0.5  # a verb or adverb of the question rather than a subject
        terms.append(Term(word.text, tuple(pairs), weight, tuple(means.get(i, ()))))
    return tuple(terms)


def _weight(rarity: float) -> float:
    """A word no paper has (the highest rarity) says less than a rare one that some clause has."""
    return UNKNOWN_WEIGHT if rarity > 5.3 else min(rarity, 6.0) / 4 + 0.3


def _is_content(words: Sequence[Word], at: int) -> bool:
    return 0 <= at < len(words) and not words[at].role


def met(term: Term, own: frozenset[str], path: frozenset[str]) -> float:
    """How far a clause meets one term: 1 in context, less alone or in a heading above."""
    best = 0.0
    if any(p in own for p in term.pairs):
        best = 1.0
    elif term.token in own:
        best = 0.4 if term.pairs else 0.9
    if best < 0.8 and any(p in path for p in term.pairs):
        best = max(best, 0.8)
    for phrase in term.means:
        wanted = grams(phrase)
        share = len(wanted & own) / len(wanted)
        if share > 0.6:
            best = max(best, min(1.0, share + 0.1))
    return best


def coverage(
    terms: Sequence[Term], own: frozenset[str], path: frozenset[str]
) -> tuple[float, tuple[str, ...]]:
    """Weighted share of `terms` met, 0–1, and the weighty ones that are not."""
    total = sum(t.weight for t in terms)
    values = [(t, met(t, own, path)) for t in terms]
    # A question of few words is met more easily: what is left over may be a turn of speech.
    share = (sum(t.weight * value for t, value in values) + _GRACE) / (total + _GRACE)
    return share, tuple(t.token for t, value in values if value < 0.5 and t.weight >= 0.5)


def score(view: View, asked: Understood, terms: Sequence[Term], found: float) -> Match:
    """`found`: the search engine's score of this clause, 0–1."""
    share, unmet = coverage(terms, view.own, view.path)
    based = asked.facets[:1] == ("basis",) and says("based", asked.folded)
    addressed = view.clause.address == "recipients" and says("addressees", asked.folded)
    if (view.clause.address == "preamble" and based) or addressed:
        share = max(share, 0.6)  # what a paper is based on is asked in words it does not use
    length = len(view.text.split())
    total = 0.55 * share + 0.35 * found + _facet_bonus(view, asked)
    total += 0.6 * at_address(view, asked) + _duty_fit(view, asked, terms)
    total += _body_bonus(view, asked) * (0.4 + 0.6 * share)
    # A whole section meets every word; the clause that meets them alone is the better address.
    total -= 0.10 * min(length / 400, 1.0)
    total += _year_bonus(view, asked) + _list_bonus(view, asked) + _report_bonus(view, asked)
    total += _span_bonus(view, asked)
    if view.clause.address.split("#")[0] in FIXED_ADDRESSES:
        total -= _fixed_penalty(view, asked)
    return Match(view, total, share, unmet)


def _year_bonus(view: View, asked: Understood) -> float:
    return 0.12 if any(str(y) in view.own for y in asked.years) else 0.0


def at_address(view: View, asked: Understood) -> bool:
    """Whether the question names this clause ("mục III.6"), whichever of two "III" is meant."""
    plain = re.sub(r"#\d+", "", view.clause.address)
    return plain in asked.addresses


def _duty_fit(view: View, asked: Understood, terms: Sequence[Term]) -> float:
    """A task is asked about: the clause with the duty that says it best comes first."""
    if not view.duties or not set(asked.facets) & {"lead", "coordinate", "when", "recipient"}:
        return 0.0
    return 0.12 * max(
        coverage(terms, grams(tokens_of(f"{d.duty} {d.quote}")), frozenset())[0]
        for d in view.duties
    )


def _report_bonus(view: View, asked: Understood) -> float:
    """When or where to send something: the clause on reporting says it first."""
    sending = {"when", "recipient"} & set(asked.facets) and says("sending", asked.folded)
    return 0.2 if sending and "bao cao" in view.opening else 0.0


def _span_bonus(view: View, asked: Understood) -> float:
    """ "Đến năm nào?": the clause that gives the first and last year."""
    return 0.12 if says("span", asked.folded) and _SPAN.search(view.text) else 0.0


def _list_bonus(view: View, asked: Understood) -> float:
    """A list is asked for and this clause is one."""
    bullets = sum(p.bullet for p in view.clause.pieces)
    return 0.12 if bullets >= 3 and set(asked.facets) & {"form", "content", "criteria"} else 0.0


def _facet_bonus(view: View, asked: Understood) -> float:
    bonus = 0.0
    for weight, facet in zip((1.0, 0.7, 0.5, 0.4), asked.facets, strict=False):
        if facet in _HEADINGS and _HEADINGS[facet].search(view.opening):
            bonus += 0.22 * weight
        elif facet in _HEADINGS and _HEADINGS[facet].search(view.heading):
            bonus += 0.10 * weight
        if facet in _TEXTS and _TEXTS[facet].search(view.plain):
            bonus += 0.10 * weight
        if facet in ("lead", "coordinate", "when", "recipient", "task"):
            bonus += _duty_bonus(view, facet) * weight
    return min(bonus, 0.45)


def _duty_bonus(view: View, facet: str) -> float:
    has = {
        "lead": any(d.leads for d in view.duties),
        "coordinate": any(d.coordinates for d in view.duties),
        "when": any(d.when.kind != "none" for d in view.duties),
        "recipient": any(d.recipient for d in view.duties),
        "task": bool(view.duties),
    }[facet]
    if has:
        return 0.18
    return 0.05 if facet == "when" and _TIME.search(view.text) else 0.0


def _body_bonus(view: View, asked: Understood) -> float:
    bonus = 0.0
    plain = not asked.facets and not says("addressees", asked.folded)
    about = plain or bool(set(asked.facets) & {"task", "lead", "content", "definition"})
    for body in asked.bodies:
        if body in view.heads:
            bonus += 0.42 if about else 0.18
        elif body in view.partners and "coordinate" in asked.facets:
            bonus += 0.30
        elif body in view.leads:
            bonus += 0.20 if about else 0.12
        elif body in view.bodies:
            bonus += 0.10
        else:
            bonus -= 0.20
    bonus += 0.12 * bool(set(asked.askers) & (view.heads | view.leads | view.bodies))
    return max(-0.20, min(bonus, 0.54))


def _fixed_penalty(view: View, asked: Understood) -> float:
    fixed = view.clause.address.split("#")[0]
    wanted = {
        "preamble": {"basis", "number", "paper_date"},
        "recipients": {"recipient"},
        "closing": {"recipient"},
        "head": {"number", "paper_date"},
        "signature": {"signer"},
    }[fixed]
    if fixed == "preamble" and asked.facets[:1] == ("basis",) and says("based", asked.folded):
        return -0.45
    if fixed == "recipients" and says("addressees", asked.folded):
        return -0.60
    if view.document.digest:
        return 0.05
    if fixed == "closing" and says("difficulty", asked.folded):
        return -0.15
    return 0.05 if wanted & set(asked.facets) else 0.30


def best_first(matches: Iterable[Match]) -> list[Match]:
    """Highest score first; a tie goes to the deeper address."""
    return sorted(matches, key=lambda m: (-m.score, -m.view.clause.address.count(".")))


def boosted(match: Match, extra: float) -> Match:
    """`match` with `extra` added to its score."""
    return replace(match, score=match.score + extra)
