"""Where a conversation stands: all that the next message needs, and how choices join it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.commands import Command, slash
from bot.forms.engine import Progress
from bot.messages import Button, Reply, Turn
from bot.offers import Offer, offer_of
from bot.texts import say
from knowledge.readers import PUBLIC, Readers

_OFFERS = 5  #: old choices that can still be tapped


@dataclass(frozen=True, slots=True)
class Cited:
    """The first clause of an answer, and what is said of its paper."""

    document: str
    address: str
    status: str


@dataclass(frozen=True, slots=True)
class KeptFile:
    """What became of a file that came in: kept, or refused with a sentence."""

    name: str
    size: int  #: bytes
    refusal: str = ""
    sha256: str = ""  #: under which its bytes are kept
    media_type: str = ""  #: by its content
    #: What was read in it: number, date, title, signatory, year, issuer, kind; only what is there.
    facts: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()  #: what to look at, as keys of `reading.…`
    blurred: bool = False  #: a picture on which words cannot be made out
    picture: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A form that somebody wants to begin, while they are asked whether they agree."""

    form: str
    known: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that the next message needs."""

    turns: tuple[Turn, ...] = ()
    offers: tuple[Offer, ...] = ()  #: newest last
    choosing: bool = False  #: whether a typed number or label answers the newest offer
    offered: int = 0  #: how many offers there have been
    more: str = ""  #: the rest of the last answer
    answered: str = ""  #: the last answer as a text to pass on, with its sources
    cited: Cited | None = None  #: behind the last answer
    awaits_unit: bool = False  #: we asked for the name of the person's unit
    told_pause: bool = False  #: the person has been told that automatic answers are paused
    form: Progress | None = None  #: a form that was begun
    filling: bool = False  #: whether what is written answers it
    resting: tuple[Progress, ...] = ()  #: other forms that were begun, the latest first
    agreeing: Asked | None = None  #: the person is asked whether they agree
    early: tuple[KeptFile, ...] = ()  #: files that came before their form
    last_code: str = ""  #: of what was sent last
    asked: int = 0  #: number of the question that was answered last, which may be voted on; or 0
    #: Audiences beyond the public in whose papers the answers kept here were looked for.
    readers: tuple[str, ...] = ()
    told_vote: bool = False  #: the person knows that answers can be voted on

    @property
    def begun(self) -> tuple[Progress, ...]:
        """Every form that was begun, the one at hand first."""
        return (self.form, *self.resting) if self.form else self.resting


Turned = tuple[Conversation, tuple[Reply, ...]]


def within(state: Conversation, readers: Readers) -> Conversation:
    """The conversation of somebody who may read this much now.

    Whoever may read less than before finds nothing here of the answers that they were given.
    """
    if not readers.issuperset(state.readers):
        state = replace(
            state, turns=(), offers=(), choosing=False, more="", answered="", cited=None
        )
    return replace(state, readers=tuple(sorted(readers - PUBLIC)))


def notice(key: str, commands: Sequence[Command] = (), **values: object) -> Reply:
    """A word of the assistant about itself, with commands to tap."""
    buttons = tuple(Button(say(f"commands.{name}"), slash(name)) for name in commands)
    return worded(say(key, **values), buttons)


def worded(text: str, buttons: Sequence[Button] = ()) -> Reply:
    """The same in words that are at hand."""
    return Reply("notice", text, "", text, "", buttons=tuple(buttons))


def offering(state: Conversation, *replies: Reply) -> Turned:
    """Give the buttons of the last reply their ids and remember them."""
    *before, last = replies
    if not last.buttons:
        return replace(state, choosing=False), replies
    offer = offer_of(state.offered + 1, last.buttons)
    offers = (*state.offers, offer)[-_OFFERS:]
    state = replace(state, offers=offers, offered=offer.number, choosing=True)
    return state, (*before, replace(last, buttons=offer.buttons))


def offering_beside(
    state: Conversation, buttons: Sequence[Button]
) -> tuple[Conversation, tuple[Button, ...]]:
    """Buttons of a message that nobody has asked for, with their ids; they may be pressed.

    What a typed number answers stays as it was: it is meant for what the person was reading.
    """
    offer = offer_of(state.offered + 1, buttons)
    newest = state.offers[-1:] if state.choosing else ()
    before = state.offers[:-1] if state.choosing else state.offers
    offers = (*before, offer, *newest)[-_OFFERS:]
    return replace(state, offers=offers, offered=offer.number), offer.buttons


def size_of(size: int) -> str:
    """Bytes in words: "20 KB", "1,5 MB"."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1_000))} KB"
    return f"{size / 1_000_000:.1f} MB".replace(".", ",")
