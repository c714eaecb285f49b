"""One question in, one outcome out: understood, scoped, matched, decided."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.answers import Answered, Outcome, Silent, as_row, to_reply, with_link
from bot.comparing import compare
from bot.composing import Finding, as_source
from bot.deciding import Asked, answer, clarify, decide, silence, silent
from bot.facts import cited_paper, identity_facet, paper_fact
from bot.followups import complete
from bot.lexicon import Lexicon, load_lexicon, says
from bot.matching import Match, best_first, score
from bot.messages import Turn
from bot.scope import Profile, Scope, gazetteer, paper_words, profile, resolve
from bot.terms import Term, terms_of
from bot.texts import say
from bot.understanding import Understood, understand
from bot.views import View, views_of
from bot.words import Vocabulary
from index.search import Search
from knowledge.citations import anchor, find_numbers
from knowledge.library import Library
from knowledge.organisations import Organisations, load_organisations, tokens_of
from knowledge.vietnamese import fold, is_syllable

__all__ = ["Assistant", "as_row", "to_reply"]

LONGEST_QUESTION = 2_000
_CANDIDATES = 60
_PAPER_WEIGHT = 0.8
_LEADERS = "Lãnh đạo Sở"
_TOO_LITTLE = 0.8

_ROLE = re.compile(r"(?:don vi|co quan) (?:chu tri|phoi hop)|thoi (?:gian|han) thuc hien|noi dung")
_OFFICES = frozenset(
    ["thang", "ngay", "nam", "de", "ban", "hanh", "nguoi", "cung", "mot"]
) | frozenset(
    [
        "ky",
        "ki",
        "but",
        "chuc",
        "giu",
        "giam",
        "doc",
        "pho",
        "chu",
        "tich",
        "lanh",
        "dao",
        "thu",
        "truong",
        "bo",
        "truong",
        "sep",
        "ong",
        "ba",
        "vi",
        "chuc",
        "danh",
    ]
)


def _names(profile: Profile, token: str) -> bool:
    identity = profile.document.identity
    printed = (identity.title, identity.issuer, identity.kind, identity.place)
    return token in tokens_of(" ".join(filter(None, printed)))


class Assistant:
    """The library and its index, ready to answer. Holds nothing about anybody who asks."""

    def __init__(
        self,
        library: Library,
        search: Search,
        *,
        organisations: Organisations | None = None,
        lexicon: Lexicon | None = None,
        contact: str | None = None,
        public_url: str | None = None,
    ) -> None:
        """Prepare every clause.

        `contact`: how to reach a person, in words; None: the sentence of the texts.
        `public_url`: where this service is reached from outside; None: no link leaves the machine.
        """
        self.library = library
        self.search = search
        self._public_url = (public_url or "").rstrip("/")
        self._contact = contact or say("contact")
        self._organisations = organisations or load_organisations()
        self._lexicon = lexicon or load_lexicon()
        documents = library.documents
        self._places = gazetteer(self._organisations, documents)
        self._profiles = tuple(profile(d, self._organisations, self._places) for d in documents)
        self._owners = frozenset(p.issuer for p in self._profiles if p.issuer)
        self._views: dict[tuple[str, str], View] = {
            (d.id, v.clause.address): v
            for d in documents
            for v in views_of(d, self._organisations.body_names, self._organisations.abbreviations)
        }

    def ask(
        self,
        text: str,
        *,
        today: date,
        history: Sequence[Turn] = (),
        unit: str | None = None,
    ) -> Outcome:
        """Answer `text`, ask back, or stay silent; `unit`: the asker's body and place, in words."""
        outcome = self._ask(text, today, history, unit)
        if self._public_url and isinstance(outcome, Answered) and outcome.sources:
            first = outcome.sources[0]
            url = f"{self._public_url}/documents/{first.document}#{anchor(first.address)}"
            return with_link(outcome, say("link", url=url))
        return outcome

    def _ask(self, text: str, today: date, history: Sequence[Turn], unit: str | None) -> Outcome:
        text = text.strip()[:LONGEST_QUESTION]
        understood = self._read(text, today)
        asked = self._asked(understood, today)
        small = self._small_talk(understood, asked)
        if small:
            return small
        if history:
            documents = self.library.documents
            understood = complete(
                understood,
                history,
                documents,
                self._lexicon,
                lambda t: self._read(t, today),
                self.search.knows,
            )
            asked = self._asked(understood, today)
        scope = resolve(understood, self._profiles, self._unit(unit))
        issuers = {p.issuer for p in scope.profiles}
        actors = tuple(
            b
            for b in understood.bodies
            if b not in issuers and (b not in self._owners or scope.named)
        )
        exact = understood.exact and scope.named
        understood = replace(understood, bodies=actors, exact=exact)
        return self._outcome(replace(asked, understood=understood), scope)

    def _read(self, text: str, today: date) -> Understood:
        return understand(
            text,
            self._lexicon,
            self._organisations,
            self._places,
            today=today,
            owners=self._owners,
            vocabulary=Vocabulary(self._knows, self.search.knows, self._correct),
        )

    def _knows(self, token: str) -> bool:
        return self.search.knows(token) or token in self._lexicon.stop

    def _correct(self, token: str) -> str | None:
        if is_syllable(token) or self.search.knows(token) or token in self._lexicon.foreign:
            return None
        return self.search.nearest(token)

    def _asked(self, understood: Understood, today: date) -> Asked:
        terms = terms_of(understood, self._lexicon, self.search.rarity)
        return Asked(understood, terms, today, self._lexicon, self._organisations, self._contact)

    def _unit(self, unit: str | None) -> tuple[str, ...]:
        if not unit:
            return ()
        tokens = tokens_of(unit)
        names = [f.name for f in self._places.find(tokens)]
        names += [f.name for f in self._organisations.body_names.find(tokens)]
        return tuple(names)

    def _small_talk(self, understood: Understood, asked: Asked) -> Outcome | None:
        if not understood.folded:
            return Silent(say("empty"), "")
        if says("greeting", understood.folded):
            return Silent(say("greeting"), "")
        if says("thanks", understood.folded):
            return Silent(say("thanks"), "")
        return None

    def _outcome(self, asked: Asked, scope: Scope) -> Outcome:
        understood = asked.understood
        if scope.missing:
            return self._not_held(asked, scope)
        several = max(len(understood.places), len(understood.years), len(understood.papers)) > 1
        if understood.compares or (several and len(scope.profiles) > 1):
            facts = self._compared_facts(asked, scope)
            if facts:
                return facts
            compared = compare(self._matches(asked, scope.profiles), scope, asked)
            if compared:
                return compared
        asked = self._with_papers(asked, scope)
        abolished = self._abolished(asked, scope)
        if abolished:
            return abolished
        cited = cited_paper(understood, scope)
        if cited:
            return answer([cited], asked)
        named = scope.named or understood.facets or understood.bodies or understood.papers
        if not named and sum(t.weight for t in asked.terms) < _TOO_LITTLE:
            return silent(say("silent.off_topic"), (), asked)
        matches = self._matches(asked, scope.profiles)
        if scope.cited:
            matches = [m for m in matches if self._cites(m, scope)]
            if not matches or not self._mentions_only(asked, matches[0]):
                paper, document = scope.cited[0]
                name = paper_words(paper, understood.text)
                reason = say("silent.cited", name=name, document=document.short_title)
                return silent(reason, matches[:1], asked)
        facet = identity_facet(understood) or self._named_signer(asked, scope)
        if facet and not scope.cited and self._of_whole_paper(asked, scope, facet):
            return self._paper_facts(asked, scope, facet)
        return decide(matches, asked, named=scope.named)

    def _with_papers(self, asked: Asked, scope: Scope) -> Asked:
        """Papers named beside a place are a subject: the clause must name them too."""
        if not (asked.understood.places and scope.named and asked.understood.papers):
            return asked
        numbers = (p.number.split("/")[0] for p in asked.understood.papers)
        terms = tuple(Term(n if len(n) > 1 else f"0{n}", (), _PAPER_WEIGHT) for n in numbers)
        return replace(asked, terms=(*asked.terms, *terms))

    def _compared_facts(self, asked: Asked, scope: Scope) -> Outcome | None:
        """The same fact of each paper named: who signed, its number, its date."""
        facet = identity_facet(asked.understood)
        if facet is None or len(scope.profiles) < 2 or not scope.named:
            return None
        chosen = self._for_year(asked, scope.profiles) or scope.profiles
        found = [paper_fact(p.document, facet, asked.today) for p in chosen]
        stated = [f for f in found if isinstance(f, Finding)]
        return answer(stated, asked) if len(stated) > 1 else None

    def _cites(self, match: Match, scope: Scope) -> bool:
        """Whether the clause names one of the cited papers."""
        numbers = {p.number.split("/")[0] for p, _ in scope.cited}
        named = find_numbers(f"{match.view.clause.heading} {match.view.clause.text}")
        return any(n.number.lstrip("0") in numbers for n in named)

    def _mentions_only(self, asked: Asked, match: Match) -> bool:
        """The question is where a cited paper is named, not what that paper itself says."""
        first = [w.role for w in asked.understood.words if w.role not in ("stop", "intro")][:1]
        subject = first == ["paper"] or not asked.understood.places
        if says("content_of", asked.understood.folded) and subject:
            return False
        if {"basis", "number", "money"} & set(asked.understood.facets):
            return True
        weighty = [t for t in asked.terms if t.token not in self._lexicon.trade]
        return sum(t.weight for t in weighty) > 1.5 and match.coverage > 0.75

    def _named_signer(self, asked: Asked, scope: Scope) -> str | None:
        """ "Giám đốc Sở tên gì?": the paper names one director, the one who signed it."""
        if "person_name" not in asked.understood.facts or len(scope.profiles) != 1:
            return None
        title = fold(scope.profiles[0].document.identity.signatory_title or "")
        typed = fold(asked.understood.text)
        asked_for = "giam doc" in typed or "chu tich" in typed
        return "signer" if asked_for and title.startswith(("giam doc", "chu tich")) else None

    def _of_whole_paper(self, asked: Asked, scope: Scope, facet: str) -> bool:
        """All that the question names belongs to the paper as a whole, not to one clause."""
        if facet == "number" and "basis" in asked.understood.facets:
            return False
        loose = [
            t.weight
            for t in asked.terms
            if t.weight != _PAPER_WEIGHT
            and not any(_names(p, t.token) for p in scope.profiles)
            and t.token not in _OFFICES
            and not t.token.isdigit()
        ]
        limit = 3.0 if facet in ("signer", "validity") else 1.2
        actors = set(asked.understood.bodies) - {_LEADERS}
        return sum(loose) < limit and not (facet != "validity" and actors)

    def _abolished(self, asked: Asked, scope: Scope) -> Outcome | None:
        """What became of a body that was asked about, with the clause that names it."""
        understood = asked.understood
        if "abolished" not in understood.facets:
            return None
        for name in understood.bodies:
            body = self._organisations.body(name)
            gone = [s for s in body.status if s.ended and s.ended <= asked.today] if body else []
            views = [v for v in self._views.values() if name in v.bodies]
            ids = {p.document.id for p in scope.profiles}
            views = [v for v in views if v.document.id in ids and v.clause.text]
            if gone and views:
                view = max(views, key=lambda v: (name in v.heads, -len(v.text)))
                line = say("lines.successor", note=gone[0].note, basis=gone[0].basis)
                source = as_source(view.document, view.clause, view.clause.text)
                return answer([Finding(view.document, (source,), line)], asked)
        return None

    def _not_held(self, asked: Asked, scope: Scope) -> Outcome:
        kind, name = scope.missing[0]
        return silent(say(f"silent.{kind}", name=name), (), asked)

    def _paper_facts(self, asked: Asked, scope: Scope, facet: str) -> Outcome:
        lacking = next((f for f in asked.facts if f.name == "in_force_from"), None)
        ids = {p.document.id for p in scope.profiles}
        stated = [v for k, v in self._views.items() if k[0] in ids and v.clause.text]
        if lacking and any(lacking.evidence.search(v.text) for v in stated):
            return decide(self._matches(asked, scope.profiles), asked, named=scope.named)
        if lacking:
            return silent(say("silent.fact", name=lacking.words), (), asked)
        profiles = self._for_year(asked, scope.profiles)
        if not profiles:
            year = asked.understood.years[0]
            return silent(say("silent.year", name=year), (), asked)
        if not scope.named and not asked.understood.papers and len(profiles) > 1:
            profiles = tuple(p for p in profiles if not p.national) or profiles
        if len(profiles) > 1 and not asked.understood.papers:
            return clarify([p.document for p in profiles], asked)
        day = says("day_asked", asked.understood.folded)
        facts = [paper_fact(p.document, facet, asked.today, day=day) for p in profiles]
        found = [f for f in facts if isinstance(f, Finding)]
        if found:
            return answer(found, asked)
        first = next(f for f in facts if isinstance(f, Silent))
        return silence(first.lead, first.sources, asked)

    def _for_year(self, asked: Asked, profiles: Sequence[Profile]) -> tuple[Profile, ...]:
        years = set(asked.understood.years)
        if not years:
            return tuple(profiles)
        return tuple(p for p in profiles if years & p.years or (p.national and not p.years))

    def _matches(self, asked: Asked, profiles: Sequence[Profile]) -> list[Match]:
        """Every likely clause of the documents meant, scored, best first."""
        ids = [p.document.id for p in profiles]
        hits = self.search.find(self._query(asked), documents=ids, limit=_CANDIDATES)
        top = max((h.score for h in hits), default=1.0) or 1.0
        found = {(h.document, h.address): h.score / top for h in hits}
        for key, view in self._views.items():
            if key[0] in ids and view.heads & set(asked.understood.bodies):
                found.setdefault(key, 0.2)
        found = self._lifted(found)
        return best_first(
            score(self._views[key], asked.understood, asked.terms, value)
            for key, value in found.items()
            if key in self._views
        )

    def _lifted(self, found: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
        """A line that only names a lead, a partner or a time counts for the task above it."""
        lifted: dict[tuple[str, str], float] = {}
        for (document, address), value in found.items():
            view = self._views.get((document, address))
            parent = (
                view.clause.parent if view and _ROLE.fullmatch(fold(view.clause.heading)) else None
            )
            key = (document, parent or address)
            lifted[key] = max(value, lifted.get(key, 0.0))
        return lifted

    def _query(self, asked: Asked) -> str:
        meant = [" ".join(p) for t in asked.terms for p in t.means]
        words = " ".join(w.text for w in asked.understood.words if w.role in ("", "body", "stop"))
        return " ".join([words, *dict.fromkeys(meant)]) or asked.understood.folded
