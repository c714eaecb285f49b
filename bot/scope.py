"""Whose paper is meant: the documents that meet every place, issuer, paper and year named."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bot.homes import Ours
from bot.lexicon import says
from bot.papers import KINDS, Paper
from bot.periods import absent_years
from bot.profiles import Profile, is_of, places_of, says_place
from bot.understanding import Understood
from knowledge.citations import find_numbers
from knowledge.documents import Document
from knowledge.organisations import Names, Organisations, tokens_of
from knowledge.vietnamese import fold

_LONGEST_KIND = 40  #: characters before a number in which its kind stands
_ENDS, _LETTERS = re.compile(r"\b"), re.compile(r" [a-z]+\b")
_NUMBER_ENDS = re.compile(r"(?:/\d{4})?\b")
_LONGEST_NAME = 40  #: characters; what is longer is no name of a place
#: Kinds of local papers that "những kế hoạch nào …" chooses among.
_WHOLE_LIBRARY = frozenset(("ke hoach", "cong van"))
#: Bodies that have plans of their own.
_OFFICE = re.compile("Sở |Bộ |Công an|Cục |Ủy ban nhân dân (?:tỉnh|thành phố)|Hội đồng nhân dân")
#: Of a superior these may be asked: its paper is what others are based on.
_OF_SUPERIOR = frozenset(("number", "basis"))
#: The paper of a body, or the body as the one whose office is asked about; "_" is the body, "@" a
#: place.
_OWN_PAPER = re.compile(
    r"\b(?:ke hoach|cong van|van ban)(?: (?!nao|so|theo|cho|gui)\w+){0,8} cua _"
    r"|^(?:\w+ ){0,3}_ @ (?:\w+ ){0,2}"
    r"(?:co|ra|ban hanh|trien khai|phan|giao|dat|quy dinh|yeu cau|lam|dung)\b"
)
#: The asker's own office's plan: "kế hoạch của sở tôi", "kh đề án 407 sở em".
_MINE = re.compile(
    r"\bke hoach(?: (?!theo)\w+){0,6}? (?:so|bo|cuc|nganh) (?:em|toi|minh|tui|chung toi|chung em)\b"
)
#: By when something goes to somebody: an office says so in a paper of its own.
_DUE = re.compile(r"\b(?:han|nop|gui|bao cao)\b")
Missing = Literal["place", "body", "year", "paper", "home"]


@dataclass(frozen=True, slots=True)
class Scope:
    """The documents meant, and what the question named that none of them meets."""

    profiles: tuple[Profile, ...]
    missing: tuple[tuple[Missing, str], ...] = ()
    named: bool = False  #: the question itself (or the person's unit) chose
    cited: tuple[tuple[Paper, Document], ...] = field(default=())  #: papers that are only cited
    mentioned: Paper | None = None  #: the papers meant are those that cite this one
    without: str = ""  #: the office, where the library has none of its papers and nobody was named


def _cites(profile: Profile, paper: Paper) -> bool:
    """Whether the text names the paper: by its sign, by "số", or by a number before letters."""
    text = profile.text
    signed = " ".join([paper.number, *paper.symbols])
    kind = f" {paper.kind} " if paper.kind else " "
    for start, end in _standing(signed, text):
        if paper.symbols:
            if _ENDS.match(text, end):
                return True
            continue
        before = f" {text[max(0, start - _LONGEST_KIND) : start]}"
        kind_said = not paper.kind or before.endswith((kind, f"{kind}so "))
        if kind_said and _LETTERS.match(text, end):
            return True
        if before.endswith((f"{kind}so ", f"{kind}so so ")) and _NUMBER_ENDS.match(text, end):
            return True
    return False


def _standing(number: str, text: str) -> Iterator[tuple[int, int]]:
    """Where a number stands in folded tokens, with the noughts before it: half-open positions.

    A pattern that may begin with noughts would be tried at every letter of every paper.
    """
    at = text.find(number)
    while at >= 0:
        start = at
        while start and text[start - 1] == "0":
            start -= 1
        if not (start and text[start - 1].isalnum()):
            yield start, at + len(number)
        at = text.find(number, at + 1)


def _is(profile: Profile, paper: Paper) -> bool:
    if profile.own_number != paper.number:
        return False
    kind = fold(profile.document.identity.kind or "")
    if paper.kind and paper.kind != kind:
        # "công văn 407" is a letter about it; "quyết định 765" is another paper.
        return paper.kind in _WHOLE_LIBRARY and profile.national and not paper.symbols
    own = tokens_of(profile.document.identity.number or "")[1:]
    return all(s in own or s == KINDS.get(kind) for s in paper.symbols)


def resolve(
    asked: Understood,
    profiles: Sequence[Profile],
    unit: Sequence[str] = (),
    places: Collection[str] = (),
    ours: Ours | None = None,
) -> Scope:
    """Narrow `profiles` by everything `asked` names.

    `unit`: places and bodies of the asker; `places`: those of them that are places; `ours`: what
    counts where nobody is named, None: everything.
    """
    missing: list[tuple[Missing, str]] = []
    local = [p for p in profiles if not p.national]
    per_place = [[p for p in local if place in p.places] for place in asked.places]
    left, named = list(profiles), bool(asked.places)
    if asked.places:
        left = _by_place(asked, local, missing)
        if asked.central and asked.compares:
            left += [p for p in profiles if p.national]
    elif asked.strangers:
        missing.append(("place", asked.strangers[0]))
    elsewhere = (e for e in asked.elsewhere[:1] if not any(is_of(p, e) for p in profiles))
    missing.extend(("place", name) for name in elsewhere)
    of_plan = "ke hoach" in asked.kinds and "basis" in asked.facets and not asked.papers
    own = not asked.compares and (of_plan or _says_local(asked))
    if own and len(left) > len(local):
        left = local
    elif not named and not unit and _asks_national(asked):
        left = [p for p in left if p.national] or left
    issued = _by_issuer(asked, profiles, left, per_place, missing)
    if ours and not asked.places:  # "về Sở": the office itself, not such a body elsewhere
        issued = [p for p in issued if p.issuer not in ours.bodies or _counts(p, ours)]
    if issued:
        left, named = issued, True
    other = _other_owner(asked, profiles)
    if other:
        missing.append(("body", other))
    absent = absent_years(asked, profiles, left, named=named or bool(unit))
    if absent and not ours:
        missing.append(("year", absent))
    if asked.papers and says("mentions", asked.folded):
        paper = asked.papers[0]
        citing = tuple(p for p in left if _cites(p, paper) and not _is(p, paper))
        if citing and not missing:
            return Scope(citing, named=True, mentioned=paper)
    left, cited, chosen = _by_paper(asked, profiles, left, named or own, missing)
    named = named or chosen
    left = _by_kind(asked, left)
    if not named and unit:
        stranger = next((u for u in unit if u in places and not _is_held(u, local)), None)
        if stranger and _says_local(asked):
            missing.append(("place", stranger))
        mine = _of_unit(left, set(unit))
        if mine:
            left, named = mine, True
    if ours and not (named or missing or cited):
        return _at_home(asked, left, profiles, per_place, ours, own=own)
    left = _by_year(asked, left, per_place, named=named)
    return Scope(tuple(left), tuple(missing), named, tuple(cited))


def _says_local(asked: Understood) -> bool:
    """Whether an office's own paper is asked about, or its level, whatever paper that is."""
    level = says("level", asked.folded) and not asked.papers
    return level or says("local", asked.folded)


def _counts(profile: Profile, ours: Ours) -> bool:
    return profile.national or profile.document.id in ours.papers


def _at_home(
    asked: Understood,
    left: list[Profile],
    profiles: Sequence[Profile],
    per_place: list[list[Profile]],
    ours: Ours,
    *,
    own: bool,
) -> Scope:
    """Nobody is named: what is national, of the office itself, and of its superior."""
    counts = [p for p in left if _counts(p, ours)]
    national = [p for p in profiles if p.national]
    held = any(p.document.id in ours.papers for p in profiles)
    due = "when" in asked.facets and not asked.bodies and bool(_DUE.search(asked.folded))
    local = own or due or bool(_WHOLE_LIBRARY & set(asked.kinds))
    if not counts or (local and not held):
        return Scope(tuple(national), (("home", ours.name),))
    left = _by_year(asked, counts, per_place, named=False)
    return Scope(tuple(left), without="" if held else ours.name)


def _asks_national(asked: Understood) -> bool:
    """The national aim or rule is asked for: "đề án phải đạt bao nhiêu %"."""
    general = asked.facets[:1] in (("percent",), ("criteria",))
    return general and not asked.bodies and not asked.compares and says("national", asked.folded)


def _by_place(
    asked: Understood, local: list[Profile], missing: list[tuple[Missing, str]]
) -> list[Profile]:
    """Papers of the places named; all local ones when there are none."""
    wanted = set(asked.places)
    met = [p for p in local if not wanted.isdisjoint(p.places)]
    # A second place may be the superior's, named in the paper itself.
    typed = dict(asked.districts)
    missing.extend(
        ("place", typed.get(place, place))
        for place in asked.places
        if not any(place in p.places for p in local)
        and (place in typed or not any(says_place(p, place) for p in met))
    )
    return met or local


def _other_owner(asked: Understood, profiles: Sequence[Profile]) -> str:
    """The one body named, when a paper or a task of its own is asked for and it issued no paper.

    "Kế hoạch của Sở Y tế Hải Phòng", "Sở Tài chính Hưng Yên phân cho phòng nào …"
    """
    mine = next((a for a in asked.askers if _OFFICE.match(a)), "")
    if mine and asked.places and not asked.compares and _MINE.search(asked.folded):
        return "" if any(p.issuer == mine for p in profiles) else mine
    if len(asked.bodies) != 1 or not asked.places or asked.compares or asked.sides:
        return ""
    body = asked.bodies[0]
    which = says("which_paper", asked.folded) or bool(_OF_SUPERIOR & set(asked.facets))
    above = which and not body.startswith(("Sở", "Bộ"))
    if above or not _OFFICE.match(body) or any(p.issuer == body for p in profiles):
        return ""
    roles: list[str] = []
    for word in asked.words:
        mark = {"body": "_", "place": "@"}.get(word.role, word.text)
        if roles[-1:] != [mark]:
            roles.append(mark)
    return body if _OWN_PAPER.search(" ".join(roles)) else ""


def _by_issuer(
    asked: Understood,
    profiles: Sequence[Profile],
    left: list[Profile],
    per_place: list[list[Profile]],
    missing: list[tuple[Missing, str]],
) -> list[Profile]:
    """Papers that a body named has issued; none when no body named has issued any that is left."""
    said = (*asked.bodies, *asked.askers)
    issuers = {p.issuer for p in profiles} if said else set()
    owners = {b for b in said if b in issuers}
    met = [p for p in left if p.issuer in owners] if owners else []
    if owners and not met and asked.places and not any(owners & p.bodies for p in left):
        missing.append(("body", min(owners)))
    # "Sở KHCN Hưng Yên và huyện Ia H’Drai": an issuer narrows its own place only.
    for group in per_place if met else ():
        if set(met).isdisjoint(group):
            met.extend(group)
    return met


def _by_year(
    asked: Understood, left: list[Profile], per_place: list[list[Profile]], *, named: bool
) -> list[Profile]:
    """Papers of the years named, where there are some; of several places each by itself."""
    years = set(asked.years)
    if not years or (asked.compares and len({p.number for p in asked.papers}) > 1):
        return left  # papers told apart by number: a year belongs to one of them
    if len(asked.places) > 1:
        return _of_years(left, per_place, years)
    printed = {str(y) for y in years}
    covered = {p for p in left if years & p.years or printed & p.figures}
    if not covered or len(covered) == len(left):
        return left
    # A paper that stands beside a place is no paper of the year named for that.
    beside = bool(asked.sides and asked.papers)
    return [p for p in left if p in covered or (p.national and (beside or not (named or p.years)))]


def _is_held(place: str, local: Sequence[Profile]) -> bool:
    """Whether some paper is of the place, or names it."""
    return any(place in p.places or says_place(p, place) for p in local)


def _of_unit(left: list[Profile], unit: set[str]) -> list[Profile]:
    """Papers of the asker's own place or body, those of the body first of all."""
    mine = [p for p in left if unit & (p.places | {p.issuer or ""})]
    return [p for p in mine if p.issuer is None or p.issuer in unit] or mine


def _of_years(
    left: list[Profile], per_place: list[list[Profile]], years: set[int]
) -> list[Profile]:
    """Of each place that has papers of the years named, those only."""
    dropped = {
        p
        for group in per_place
        if any(years & q.years for q in group)
        for p in group
        if not years & p.years
    }
    return [p for p in left if p not in dropped]


def _by_paper(
    asked: Understood,
    everything: Sequence[Profile],
    left: list[Profile],
    named: bool,
    missing: list[tuple[Missing, str]],
) -> tuple[list[Profile], list[tuple[Paper, Document]], bool]:
    cited: list[tuple[Paper, Document]] = []
    meant = [p for paper in asked.papers for p in everything if _is(p, paper)]
    if named and ((asked.sides and meant) or (asked.compares and says("sides", asked.folded))):
        return list(dict.fromkeys([*left, *meant])), cited, True
    if meant and (not named or (not asked.places and set(left).issuperset(meant))):
        both = asked.compares or says("together", asked.folded)
        chosen = meant if both else meant[:1]
        # "07-CT/TW với 07/CT-TTg": the other one of that number, which is only spoken of.
        same = {p.number for p in asked.papers if any(_is(q, p) for q in chosen)}
        others = [
            p for p in asked.papers if p.number in same and not any(_is(q, p) for q in chosen)
        ]
        # "Báo cáo 361 về Đề án 407 nêu gì?": the one it begins with is the subject.
        begins = next((w.role for w in asked.words if w.role not in ("stop", "intro")), "")
        first = asked.papers[0]
        held = any(_is(q, first) for q in everything)
        if begins == "paper" and not held and first not in others:
            others.append(first)
        cited.extend((p, q.document) for p in others for q in chosen if _cites(q, p))
        return chosen, cited, True
    for paper in asked.papers:
        own = [p for p in everything if _is(p, paper)]
        if own:
            continue
        citing = [p for p in left if _cites(p, paper)] or [
            p for p in everything if _cites(p, paper)
        ]
        if citing:
            cited.extend((paper, p.document) for p in citing)
            left = citing
        else:
            missing.append(("paper", paper_words(paper, asked.text)))
    return left, cited, False


def paper_words(paper: Paper, text: str = "") -> str:
    """The paper as the question `text` gave it, for people."""
    for found in find_numbers(text):
        if found.sign and found.number.lstrip("0") == paper.number.split("/")[0]:
            return found.text
    symbols = "-".join(s.upper() for s in paper.symbols)
    return f"{paper.number}/{symbols}" if symbols else paper.number


def _by_kind(asked: Understood, left: list[Profile]) -> list[Profile]:
    """ "công văn" against "kế hoạch", where both are in what is left."""
    named = {k for k in asked.kinds if not any(p.kind == k for p in asked.papers)}
    spoken = {k for k in _WHOLE_LIBRARY if k in asked.folded} if asked.compares else set()
    if spoken and not asked.places and not asked.papers:
        met = [p for p in left if fold(p.document.identity.kind or "") in spoken]
        return met if len(met) > 1 else left
    if len(spoken) > 1 or len(set(asked.years)) > 1:
        return left  # "năm 2023 với công văn 2024": each year has its own
    for kind in ("cong van", "chi thi", "quyet dinh"):
        if kind in named and (kind != "cong van" or "ke hoach" not in named):
            met = [p for p in left if fold(p.document.identity.kind or "") == kind]
            # "công văn của Hải Phòng, còn Ia H'Drai": a kind narrows its own place only.
            others = [p for p in left if not any(p.places & q.places for q in met)]
            # "công văn mà kế hoạch 2023 dựa vào": the paper meant is of that year.
            years = set(asked.years)
            other_year = any(years & p.years for p in left) and not any(
                years & p.years for p in met
            )
            if met and not other_year:
                apart = len(asked.places) > 1 or (asked.sides and asked.papers)
                return [*met, *others] if apart else met
    return left


def gazetteer(organisations: Organisations, documents: Iterable[Document]) -> Names:
    """Every place known from the table and from the documents themselves."""
    rows: list[tuple[str, Sequence[str]]] = [(p.name, p.aliases) for p in organisations.places]
    known = {fold(p.name) for p in organisations.places}
    for document in documents:
        for name in places_of(document):
            if fold(name) not in known and len(name) < _LONGEST_NAME:
                rows.append((name, ()))
                known.add(fold(name))
    return Names(rows)
