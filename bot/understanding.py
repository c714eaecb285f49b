"""What a question names: place, body, year, paper, kind of fact; and what is left, its content."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.content import tag_plain
from bot.elsewhere import elsewhere_in
from bot.lexicon import Lexicon, says, word_set
from bot.naming import districts_in, strangers_in, tag_names, unknown_names
from bot.papers import KINDS, Paper, mentions_in, tag_papers
from bot.sides import has_sides
from bot.words import Vocabulary, Word
from bot.years import years_in
from knowledge.citations import find_addresses
from knowledge.organisations import Found, Names, Organisations, tokens_of
from knowledge.vietnamese import compose, fold

#: A kind that is asked for ("theo công văn nào?") is not the kind of the paper meant, nor is one
#: that comes from above: "công văn của UBND tỉnh mà Sở dẫn".
_NOT_ASKED = r"(?! (?:nao|gi|may|so (?:may|bao nhieu|nao)|cua (?:uy ban|hoi dong|tinh|thanh pho)))"
_CAPITALS = re.compile(r"\b[A-ZĐ]{2,}\b")
_NUMBER = re.compile(
    r"\bso (?:may|bao nhieu|hieu)\b|\bky hieu\b|"
    r"\b(?:van|hoach|chi thi|dinh|thong tu|luat|ban) so nao\b"
)
_LAW_REPLACED = re.compile(
    r"\bluat (?:\w+ ){0,14}(?:bi |duoc |da )?thay\b|\bluat (?:do|nay|ay|kia)\b"
)
#: Facts asked for in words that are also names or abbreviations: "Giám đốc", "số đt".
_AS_TYPED = word_set("person_name phone why_not")
#: Where something is in the way, each of these asks to whom it is told.
_WHOM = word_set("coordinate lead recipient which")
#: Somebody is asked for, whatever the task is about.
_WHO = re.compile(
    r"\b(?:phong|bo phan|don vi|co quan|ai|ben) (?:nao(?! cung)|lo|lam|phu trach|huong dan)\b"
)
_MEANING = re.compile(
    r"\b(?:nghia la (?:gi|(?:lam|viec|cai|dieu|lam cai|lam viec) gi|sao|the nao)|"
    r"khai niem|dinh nghia)\b"
)
#: A name that holds a cue: "Hội đồng phối hợp" asks for no coordinator.
#: Who is trained or sent is asked for, not who sees to it.
_SERVED = re.compile(
    r"\b(?:ai|nhung ai|nguoi nao) (?:se |thi )?duoc (?:cu |moi |di |tham gia |du )*"
    r"(?:tap huan|boi duong|dao tao)\b"
)
#: "Để làm gì" asks for the aim; no task is asked for with it.
_TO_WHAT_END = re.compile(r"\bde (?:\w+ )?lam (?:gi|j|chi)\b")
_COUNCIL = re.compile(r"\bhoi dong phoi hop\b")
#: A paper in a list with places: "QĐ 407, Hải Phòng 2023 và Ia H'Drai".
_LISTED = re.compile(
    r"\b(?:qd|quyet dinh|ct|chi thi|de an) ?(?:so )?\d+[^\s,;?]*\)?, (?:[^\s,;?]+ ){1,8}(?:va|voi) "
)
_POINTER = "mục này"  #: stands for an address that was understood
#: Beside one of these, "phòng nào …" says of whom it is asked, not that a lead is asked for.
_ASKED_OTHERWISE = word_set(
    "lead coordinate recipient basis number when start where percent signer validity paper_date "
    "abolished"
)


#: Without its accents it reads as an office: "tôi sợ làm hai lần", "sở làm".
_AFRAID = re.compile(r"\bsợ\b", re.IGNORECASE)


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
    sides: bool = False  #: a paper named by number and a place stand side by side
    central: bool = False  #: "ở trung ương": the national papers are spoken of
    exact: bool = False  #: an exact day is asked for
    unknown: tuple[str, ...] = ()  #: names in capitals that the papers never print
    addresses: tuple[str, ...] = ()  #: of clauses named: "III.6"
    districts: tuple[tuple[str, str], ...] = ()  #: province that was named by a district, and that
    strangers: tuple[str, ...] = ()  #: places named that neither table nor papers know
    elsewhere: tuple[str, ...] = ()  #: districts and offices that no paper can be of
    leans: bool = False  #: something was said before it
    inherited: tuple[str, ...] = ()  #: of the bodies, those that an earlier question named
    spoken: tuple[str, ...] = ()  #: addresses of the clauses that the last answer cited

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
    """Take a question apart; `owners`: bodies that issued a paper of the library."""
    plain = _AFRAID.sub("ngại", compose(text))
    said = _without_addresses(plain)
    districts = districts_in(said, organisations)
    whole = [Found(organisations.districts[d.name], d.start, d.end) for d in districts]
    words = tag_names(said, organisations.body_names, places, whole)
    mentions = mentions_in(words, vocabulary.numbers)
    words = tag_papers(words, mentions)
    words = _expand(words, plain, organisations, lexicon, vocabulary.correct)
    folded, masked = " ".join(w.text for w in words), _masked(words)
    tagged = tag_plain(words, folded, lexicon, owners, vocabulary.pair)
    sides = has_sides(tagged) or bool(_LISTED.search(fold(compose(text))))
    return Understood(
        text=text,
        folded=folded,
        words=tagged,
        places=_names_of(words, "place"),
        bodies=_names_of(words, "body"),
        askers=_names_of(words, "asker"),
        years=years_in(words, folded, today),
        papers=tuple(dict.fromkeys(m.paper for m in mentions)),
        kinds=tuple(k for k in KINDS if re.search(rf"\b{k}\b{_NOT_ASKED}", folded)),
        facets=_facets(text, masked, lexicon),
        facts=_facts(text, masked, lexicon),
        compares=sides or says("compares", folded),
        sides=sides,
        central=says("central", folded),
        exact=says("day_asked", folded),
        unknown=unknown_names(text, organisations, vocabulary),
        addresses=tuple(found.address for found in find_addresses(text)),
        districts=tuple((w.name, d.name) for w, d in zip(whole, districts, strict=True)),
        strangers=strangers_in(text, words, places, organisations, vocabulary),
        elsewhere=elsewhere_in(text, organisations, vocabulary),
    )


def _without_addresses(text: str) -> str:
    for found in reversed(find_addresses(text)):
        text = " ".join((text[: found.start], _POINTER, text[found.end :]))
    return text


def _expand(
    words: Sequence[Word],
    text: str,
    organisations: Organisations,
    lexicon: Lexicon,
    correct: Callable[[str], str | None],
) -> list[Word]:
    """Abbreviations in full, mistyped words as the papers spell them."""
    capitals = {fold(w) for w in _CAPITALS.findall(text)} if text.upper() != text else set()
    expanded: list[Word] = []
    for i, word in enumerate(words):
        full = organisations.abbreviations.get(word.text)
        # "da" is "dạ" unless it is typed "ĐA" or stands before a number.
        number = i + 1 < len(words) and words[i + 1].text.isdigit()
        if full and not number and word.text not in capitals:
            polite = word.text in lexicon.particles
            full = None if polite and not _all_particles(full[0], lexicon) else full
        if full and word.role in ("", "intro"):
            expanded.extend(Word(t, word.role) for t in tokens_of(full[0]))
        elif word.role or word.text.isdigit():
            expanded.append(word)
        else:
            expanded.append(Word(correct(word.text) or word.text))
    return expanded


def _all_particles(text: str, lexicon: Lexicon) -> bool:
    return set(tokens_of(text)) <= lexicon.particles


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
    return _COUNCIL.sub("_", " ".join(texts))


def _facets(text: str, masked: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Each facet once; "%" is not a word, and "giao cho ai" asks for no address."""
    found = [f.name for f in lexicon.facets if f.cue.search(masked)]
    if says("assigned", masked):
        found = [f for f in found if f != "recipient"]
    if says("difficulty", masked) and _WHOM & set(found):
        # "vướng thì báo phòng nào", "kêu với ai": to whom, not who leads
        found = ["recipient", *(f for f in found if f not in _WHOM)]
    if "number" in found and "lead" in found and not _NUMBER.search(masked):
        found.remove("number")  # "ở tỉnh sở nào làm đầu mối"
    # "Luật … bị thay thế bởi luật nào" is asked of the law, not of the paper.
    if "validity" in found and _LAW_REPLACED.search(masked):
        found.remove("validity")
    # "phòng nào …" asks who leads only when it asks for nothing else.
    if "which" in found:
        found.remove("which")
        elsewhere = _ASKED_OTHERWISE & set(found) or says("addressees", masked)
        found += [] if elsewhere else ["lead"]
    if found[:1] == ["money"] and "lead" in found and _WHO.search(masked):
        found = ["lead", *(f for f in found if f != "lead")]
    if "definition" in found and _MEANING.search(masked):
        found = ["definition", *(f for f in found if f not in ("definition", "lead"))]
    if _SERVED.search(masked):
        found = [f for f in found if f != "lead"]
    if "purpose" in found and "task" in found and _TO_WHAT_END.search(masked):
        found.remove("task")
    if "guide" in found and "lead" in found:
        found.remove("lead")
    if "%" in text:
        found.insert(0, "percent")
    return tuple(dict.fromkeys(found))


def _facts(text: str, masked: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Facts that papers seldom state; "Giám đốc Sở" is a body, or a person of whom it is asked."""
    said = " ".join(tokens_of(text))
    return tuple(
        f.name
        for f in lexicon.facts
        if f.cue.search(masked) or (f.name in _AS_TYPED and f.cue.search(said))
    )


def _names_of(words: Sequence[Word], role: str) -> tuple[str, ...]:
    names = (w.role.split(":", 1)[1] for w in words if w.role.startswith(f"{role}:"))
    return tuple(dict.fromkeys(names))
