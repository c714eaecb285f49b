"""One question in, one outcome out: understood, made whole, scoped, answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from bot.answering import outcome_of
from bot.answers import Answered, Outcome, Silent, as_row, text_of, to_reply, with_link
from bot.choosing import Choice, Key
from bot.clauses import Clauses
from bot.comparing import AskedSide
from bot.composing import within
from bot.followups import Talk, readings
from bot.home import NOWHERE, Home, greeting
from bot.homes import Ours, ours
from bot.lexicon import Lexicon, load_lexicon, says
from bot.messages import Turn
from bot.outcomes import Asked, answer, clarify, has_room
from bot.parts import Part, asks_each, parts_of, questions_in
from bot.prepared import Prepared, prepare
from bot.scope import Scope, gazetteer, resolve
from bot.sensitive import refused
from bot.terms import terms_of
from bot.texts import say
from bot.understanding import Understood, understand
from bot.words import Vocabulary
from index.search import Search
from knowledge.citations import anchor
from knowledge.library import Library
from knowledge.organisations import Organisations, load_organisations, tokens_of
from knowledge.vietnamese import fold, is_syllable

# What callers need to ask and to show an outcome, from one place.
__all__ = ["Assistant", "as_row", "to_reply"]

_LONGEST_QUESTION = 2_000  #: characters; what is beyond is not read

_KEPT = 256  #: questions whose reading and outcome are kept

_WEIGHED = 60  #: clauses of a reading whose meaning is weighed

#: Characters quoted of each answer, where a message asks several questions; all fit in one text.
_ROOMS = range(1_400, 100, -100)

#: Issuers that are above the offices that plan.
#: "Công văn số mấy".
_KIND_NUMBERED = re.compile(
    r"\b(cong van|quyet dinh|thong tu|nghi dinh|ke hoach) so (?:may|bao nhieu|nao|gi)\b"
)
_SUPERIOR = re.compile(r"(?:uy ban nhan dan|ubnd) (?:tinh|thanh pho)\b")

_NAME_DIGITS = 3  #: a shorter number is too common to name a paper alone


class Assistant:
    """The library and its index, ready to answer. Holds nothing about anybody who asks.

    Whoever asks may read all of the library: what they may not is neither in it nor in the index.
    """

    def __init__(
        self,
        library: Library,
        search: Search,
        *,
        organisations: Organisations | None = None,
        lexicon: Lexicon | None = None,
        contact: str | None = None,
        public_url: str | None = None,
        before: Assistant | None = None,
    ) -> None:
        """Prepare every paper; what `before` has prepared of papers that are equal is taken over.

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
        self._documents = documents
        earlier = before._papers if before else {}
        self._places = gazetteer(self._organisations, documents)
        self._papers: dict[str, Prepared] = {
            d.id: prepare(d, self._organisations, self._places, earlier.get(d.id))
            for d in documents
        }
        self._profiles = tuple(paper.profile for paper in self._papers.values())
        own = (p.own_number for p in self._profiles)
        self._numbers = frozenset(n for n in own if n and len(n) >= _NAME_DIGITS)
        self._owners = frozenset(p.issuer for p in self._profiles if p.issuer)
        self._clauses = Clauses(self._papers.values(), search)
        # What was asked a moment ago is read again as the history of what is asked now.
        self._read = lru_cache(_KEPT)(self._understand)
        # Buttons and notices make many people ask in the very same words.
        self._outcome = lru_cache(_KEPT)(self._found)
        # One office at a time: another one only after its profile was changed.
        self._ours = lru_cache(2)(self._of_home)

    def ask(
        self,
        text: str,
        *,
        today: date,
        history: Sequence[Turn] = (),
        unit: str | None = None,
        home: Home = NOWHERE,
    ) -> Outcome:
        """Answer `text`, ask back, or stay silent; `unit`: the asker's body and place, in words.

        `home`: the office whose assistant is asked; where the question names nobody, papers of
        other offices do not count.
        """
        outcome = self._ask(text, today, history, unit, home)
        public_url = home.public_url or self._public_url
        if public_url and isinstance(outcome, Answered) and _leads_to_a_page(outcome):
            first = outcome.sources[0]
            url = f"{public_url}/documents/{first.document}#{anchor(first.address)}"
            return with_link(outcome, say("link", url=url))
        return outcome

    def _ask(
        self, text: str, today: date, history: Sequence[Turn], unit: str | None, home: Home
    ) -> Outcome:
        understood = self._read(text.strip()[:_LONGEST_QUESTION], today)
        contact = home.contact or self._contact
        early = refused(text, understood.folded, contact) or _small_talk(understood, home)
        if early:
            return early
        if not history:
            found = self._outcome(understood, today, unit, home)
            return self._each(understood, found, (), today, unit, home) or found
        understood = replace(understood, leans=True)
        talk = Talk(
            history,
            self._documents,
            self._lexicon,
            lambda t: replace(self._read(t, today), leans=True),
            self.search.knows,
            self._headed,
        )
        meant = readings(understood, talk)
        several = meant.of_several
        papers = resolve(several, self._profiles).profiles if several else ()
        if len(papers) > 1:
            asked = Asked(understood, (), today, self._lexicon, self._organisations, contact)
            return clarify([p.document for p in papers], asked)
        choice = Choice(
            lambda one: self._outcome(one, today, unit, home), self._meaning, self.search.taught
        )
        found = choice.of(meant)
        return self._each(understood, found, history, today, unit, home) or found

    def _each(
        self,
        understood: Understood,
        found: Outcome,
        history: Sequence[Turn],
        today: date,
        unit: str | None,
        home: Home,
    ) -> Outcome | None:
        """The answers to all questions of one message, where `found` does not hold them all.

        A later question may lean on an earlier one; where one is not answered, `found` stands.
        """
        if isinstance(found, Answered) and found.table:
            return None
        answers: list[Answered] = []
        turns = list(history)
        for text in questions_in(understood, lambda t: self._read(t, today)):
            one = self._ask(text, today, turns, unit, home)
            if not isinstance(one, Answered):
                return None
            answers.append(one)
            turns += [Turn("user", text), Turn("assistant", text_of(one))]
        cited = [{(s.document, s.address) for s in a.sources} for a in answers]
        same = any(a <= b for i, a in enumerate(cited) for b in cited[:i] + cited[i + 1 :])
        held = {(s.document, s.address) for s in getattr(found, "sources", ())}
        if len(answers) < 2 or same or set().union(*cited) <= held:
            return None
        findings = [f for a in answers for f in a.findings]
        contact = home.contact or self._contact
        asked = Asked(understood, (), today, self._lexicon, self._organisations, contact)
        cut = ([within(f, room) for f in findings] for room in _ROOMS)
        fitting = (c for c in cut if has_room(c, asked))
        return answer(next(fitting, findings), asked)

    def _meaning(self, understood: Understood, clauses: Sequence[Key]) -> float:
        """How surely one of these answers, by meaning; of none: any clause of the papers meant."""
        text = understood.folded
        if clauses:
            hits = self.search.find(text, clauses=clauses, limit=len(clauses))
        else:
            scope = resolve(understood, self._profiles)
            documents = [p.document.id for p in scope.profiles]
            hits = self.search.find(text, documents=documents, limit=_WEIGHED)
        return max((h.meaning for h in hits), default=0.0)

    def _found(self, understood: Understood, today: date, unit: str | None, home: Home) -> Outcome:
        mine, places = self._unit(unit)
        if places:  # "quận Lê Chân" of the asker's own unit lies in a place that is known
            own = fold(unit or "")
            others = tuple(s for s in understood.strangers if fold(s) not in own)
            understood = replace(understood, strangers=others)
        if asks_each(understood, lambda t: self._read(t, today)):
            understood = replace(understood, compares=True, sides=True)
        scope = resolve(understood, self._profiles, mine, places, self._ours(home))
        understood = self._within(self._as_unit(understood, scope, unit), scope)
        terms = terms_of(understood, self._lexicon, self.search.rarity, self.search.knows)
        contact = home.contact or self._contact
        asked = Asked(understood, terms, today, self._lexicon, self._organisations, contact)
        parts = tuple(
            self._side(part, asked, scope)
            for part in parts_of(understood, lambda t: self._read(t, today))
        )
        return outcome_of(asked, scope, self._clauses, parts)

    def _side(self, part: Part, asked: Asked, scope: Scope) -> AskedSide:
        def of(understood: Understood) -> Asked:
            within = self._within(understood, scope)
            terms = terms_of(within, self._lexicon, self.search.rarity, self.search.knows)
            return replace(asked, understood=within, terms=terms)

        alone = of(part.alone) if part.alone else None
        return AskedSide(part.side, of(part.shared), alone, full=part.full)

    def _headed(self, understood: Understood) -> frozenset[str]:
        """Bodies to which a paper that `understood` names gives a clause of their own."""
        scope = resolve(understood, self._profiles)
        papers = [self._papers[p.document.id] for p in scope.profiles] if scope.named else []
        return frozenset(body for paper in papers for body in paper.headed)

    def _as_unit(self, understood: Understood, scope: Scope, unit: str | None) -> Understood:
        """ "Phòng tôi phải làm gì": the asker's own unit, where a paper meant gives it a clause."""
        if understood.bodies or not says("own_unit", understood.folded):
            return understood
        found = self._organisations.body_names.find(tokens_of(unit or ""))
        headed = {b for p in scope.profiles for b in self._papers[p.document.id].headed}
        own = dict.fromkeys(f.name for f in found if f.name in headed)
        return replace(understood, bodies=tuple(own))

    def _within(self, understood: Understood, scope: Scope) -> Understood:
        """The question seen from the papers meant: their issuers are no actors in their clauses."""
        issuers = {p.issuer for p in scope.profiles}
        # A body that came along from an earlier question means nothing where no paper names it.
        actors = tuple(
            b
            for b in understood.bodies
            if b not in issuers
            and (b not in self._owners or scope.named)
            and (b not in understood.inherited or any(b in p.bodies for p in scope.profiles))
        )
        exact = understood.exact and scope.named
        return replace(understood, bodies=actors, exact=exact, facets=_facets_in(understood, scope))

    def _understand(self, text: str, today: date) -> Understood:
        return understand(
            text,
            self._lexicon,
            self._organisations,
            self._places,
            today=today,
            owners=self._owners,
            vocabulary=Vocabulary(self._knows, self.search.knows, self._correct, self._numbers),
        )

    def _knows(self, token: str) -> bool:
        return self.search.knows(token) or token in self._lexicon.stop

    def _correct(self, token: str) -> str | None:
        if is_syllable(token) or self.search.knows(token) or token in self._lexicon.foreign:
            return None
        return self.search.nearest(token)

    def _of_home(self, home: Home) -> Ours | None:
        return ours(home, self._documents, self._organisations, self._places)

    def _unit(self, unit: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names of places and bodies in the words for an asker's unit, and those of places."""
        tokens = tokens_of(unit or "")
        places = tuple(f.name for f in self._places.find(tokens))
        bodies = tuple(f.name for f in self._organisations.body_names.find(tokens))
        return places + bodies, places


def _facets_in(understood: Understood, scope: Scope) -> tuple[str, ...]:
    """The kinds of fact asked for.

    The number of a superior's paper, or of one of another kind, is what papers are based on.
    """
    facets = understood.facets
    if "number" not in facets:
        return facets
    identities = [p.document.identity for p in scope.profiles]
    kind = _KIND_NUMBERED.search(understood.folded) if scope.named else None
    other = kind and all(fold(i.kind or "") != kind[1] for i in identities)
    above = says("from_above", understood.folded) and not any(
        _SUPERIOR.match(fold(i.issuer or "")) for i in identities
    )
    return tuple(dict.fromkeys(("basis", *facets))) if other or above else facets


def _leads_to_a_page(outcome: Answered) -> bool:
    return bool(outcome.sources) and outcome.sources[0].public


def _small_talk(understood: Understood, home: Home) -> Silent | None:
    if not understood.folded:
        return Silent(say("empty"), "")
    if says("greeting", understood.folded):
        return Silent(greeting(home), "")
    return Silent(say("thanks"), "") if says("thanks", understood.folded) else None
