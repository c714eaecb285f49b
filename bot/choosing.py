"""Of the readings of a question that leans on what was said before, the one to answer.

Which one is meant the words do not always say. The papers do: the one whose clause answers it more
surely, by meaning, with a start for the likelier one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.answers import Answered, Clarify, Outcome
from bot.understanding import Understood

#: How much more surely another reading must be answered: its own words alone, these in the form of
#: the question before, and with the subject of that. The last means the earlier clause in any case.
ALONE, IN_FORM, MERGED = 0.2, 0.1, 0.3
OF_BODY = -0.2  #: The same of the body spoken of: its clause need not be the surer one.
_UNANSWERED = 0.5  #: not to be answered counts as this
_APART = 0.3  #: A clause that means so much less to its own words is that of the question before.
#: Below this nothing in the papers states what is said.
_UNTOLD = 0.2
#: Of how surely the whole reading of a question is answered, what is about as sure.
_ABOUT = 0.8

Key = tuple[str, str]  # document, address


@dataclass(frozen=True, slots=True)
class Other:
    """A reading that is less likely than another."""

    understood: Understood
    more: float  #: how much more surely it must be answered: ALONE, IN_FORM or MERGED


@dataclass(frozen=True, slots=True)
class Readings:
    """What a question may mean after what was said before."""

    whole: Understood  #: with all that it inherits
    own: Understood | None = None  #: its own words alone, asked of the paper spoken of
    own_first: bool = False  #: it has a subject of its own, so that reading comes first
    topic: bool = False  #: that subject is said to be one, so the other need not be weighed
    others: tuple[Other, ...] = ()  #: taken where they are answered more surely
    stated: Understood | None = None  #: what it says itself, which the papers must state
    of_several: Understood | None = None  #: one paper is meant, and this names more


@dataclass(frozen=True, slots=True)
class Choice:
    """How readings are asked and weighed."""

    ask: Callable[[Understood], Outcome]
    #: How surely one of these clauses answers, by meaning, 0–1; of none: any of the papers named.
    meaning: Callable[[Understood, Sequence[Key]], float]
    taught: Callable[[str], bool]  #: whether little meaning in a document says little, too

    def of(self, meant: Readings) -> Outcome:
        """The outcome of the likelier reading, or of one that is answered more surely."""
        first, outcome = self._likelier(meant)
        best = self._surety(first, outcome)
        for other in meant.others:
            found = self.ask(other.understood)
            if not self._is_known(found) or _borrows(other, outcome):
                continue
            sure = self._surety(other.understood, found)
            if (
                other.understood is meant.stated
                and sure - self._surety(meant.stated, outcome) > _APART
            ):
                return found
            if sure - other.more > best:
                outcome, best = found, sure - other.more
        if meant.stated and self._is_untold(meant.stated, outcome):
            alone = self.ask(meant.stated)
            return outcome if isinstance(alone, Answered) else alone
        return outcome

    def _likelier(self, meant: Readings) -> tuple[Understood, Outcome]:
        if meant.own and meant.own_first:
            outcome = self.ask(meant.own)
            about = _ABOUT * self.meaning(meant.whole, ())
            sure = meant.topic or self.meaning(meant.own, ()) >= about
            if sure and isinstance(outcome, Answered):
                return meant.own, outcome
        outcome = self.ask(meant.whole)
        if meant.own is None:
            return meant.whole, outcome
        if self._surety(meant.whole, outcome) < _UNTOLD:
            return meant.own, self.ask(meant.own)  # a few words met, and nothing meant
        if not isinstance(outcome, Answered):
            other = self.ask(meant.own)
            if isinstance(outcome, Clarify) or isinstance(other, Answered):
                return meant.own, other
        return meant.whole, outcome

    def _is_untold(self, stated: Understood, outcome: Outcome) -> bool:
        """Whether nothing in the papers states what the question says itself."""
        return self._is_known(outcome) and self.meaning(stated, ()) < _UNTOLD

    def _is_known(self, outcome: Outcome) -> bool:
        """Whether it is an answer of whose clauses the meaning says something."""
        return isinstance(outcome, Answered) and all(
            self.taught(s.document) for s in outcome.sources
        )

    def _surety(self, understood: Understood, outcome: Outcome) -> float:
        """How surely what is cited answers, by meaning alone; 1 where that says nothing."""
        if not isinstance(outcome, Answered):
            return _UNANSWERED
        if not self._is_known(outcome):
            return 1.0
        return self.meaning(understood, [(s.document, s.address) for s in outcome.sources])


def _borrows(other: Other, outcome: Outcome) -> bool:
    """Whether only the subject of the question before would be answered: this one is not."""
    return other.more == MERGED and not isinstance(outcome, Answered)
