"""What a conversation may ask of the service: everything that reaches beyond its own state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, Protocol

from bot.home import Home
from bot.messages import Enclosure, Reply, Turn
from knowledge.documents import Document
from knowledge.readers import Readers

if TYPE_CHECKING:
    from bot.forms.criteria import CriteriaNote
    from bot.registry import Registry
    from bot.standing import Conversation


#: What was over by the person's wish: a talk with an officer, the wait for one, or nothing.
Ended = Literal["left", "recalled", "absent"]


class Assistance(Protocol):
    """Given to each conversation anew."""

    contact: str  #: how to reach a person, in words
    home: Home  #: the office whose assistant it is
    links: bool  #: whether answers carry a link to their clause, which people can open
    today: date  #: in Việt Nam
    registry: Registry  #: what forms ask of the service
    now: datetime  #: the same with the time
    readers: Readers  #: which papers this person may read here

    def answer(self, text: str, history: Sequence[Turn], *, kept: bool = True) -> Reply:
        """From the papers; `kept`: among the questions that the desk sees."""
        ...

    def clause(self, document: str, address: str) -> str:
        """A clause as it is printed; "" when there is no such clause any more."""
        ...

    def place(self, document: str, address: str) -> str:
        """Where a clause stands, in words; "" when there is no such clause any more."""
        ...

    def paper(self, document: str) -> Document | None:
        """The paper with this id; None when there is none that this person may read."""
        ...

    def move_code(self) -> str:
        """A new one-time code by which this person continues on another channel."""
        ...

    def join(self, code: str) -> Conversation | None:
        """Become the person who made `code`: their conversation; None for a code that is not."""
        ...

    def vote(self, question: int, *, helpful: bool, comment: str) -> None:
        """Keep what this person says of the answer to a question of theirs."""
        ...

    def hand_off(self) -> str:
        """Tell the officers that this person wants one of them; when they work, in words."""
        ...

    def end_hand_off(self) -> Ended:
        """The person needs no officer any more."""
        ...

    def erase(self) -> None:
        """Forget this person."""
        ...

    def enclosures(self, text: str) -> tuple[Enclosure, ...]:
        """What goes with a text for a group: the QR of our address, where there is one."""
        ...

    def note_files(self, note: CriteriaNote) -> tuple[Enclosure, ...]:
        """The note of reference as files to keep or print."""
        ...
