"""What forms ask of the service: who the person is, what is offered, what is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from bot.forms.definition import Choice, Form
from bot.forms.engine import SentFile
from bot.messages import Enclosure
from bot.owed import OwedDuty
from bot.who_owes import DutyOfUnits, Which

#: Version of the notice `consent.ask`: who agreed to an earlier one is asked again.
NOTICE = 1
#: States in which a record may be corrected or taken back by whoever sent it.
OPEN_STATES = ("pending", "received", "returned")


@dataclass(frozen=True, slots=True)
class Acting:
    """A unit that the person acts for, or asks to."""

    unit_id: int
    name: str
    plan: str  #: id of the document that it follows; "" when none has been named
    head: bool
    shared: bool  #: several people use the account
    confirmed: bool


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form as it was sent."""

    form: Form
    answers: Mapping[str, str]
    files: tuple[SentFile, ...]
    known: Mapping[str, str]
    previous: str = ""  #: the code of the record that it corrects


@dataclass(frozen=True, slots=True)
class Record:
    """Something that was sent, as its sender or the head of their unit may see it."""

    code: str
    form: str
    title: str
    state: str  #: pending | received | accepted | returned | answered | withdrawn | replaced
    sent_at: datetime
    unit: str = ""
    reply: str = ""  #: what the office said
    own: bool = True  #: whether whoever looks has sent it
    # Of a record that was looked up by its code; lists go without.
    by: str = ""  #: who sent it, as they named themselves for the unit
    decided_at: datetime | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    told: tuple[tuple[str, str], ...] = ()  #: the answers in words: question, answer
    files: tuple[SentFile, ...] = ()
    stays: bool = False  #: an official record, which the office keeps without its sender


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who waits to be confirmed for a unit."""

    binding_id: int
    name: str
    post: str
    unit: str


class Registry(Protocol):
    """Given to each conversation anew; what it changes is written with the conversation."""

    def form(self, id_: str) -> Form:
        """A form as the office has it."""
        ...

    def acting(self) -> tuple[Acting, ...]:
        """The units that the person acts for or asks to."""
        ...

    def options(self, source: str, answers: Mapping[str, str]) -> tuple[Choice, ...]:
        """What a question offers besides its own choices."""
        ...

    def units_like(self, name: str) -> tuple[str, ...]:
        """Names of open units that `name` may stand for, best first; one: it is that."""
        ...

    def known(self) -> Mapping[str, str]:
        """What is known: "person.name", "person.post", "unit.name", "unit.plan"."""
        ...

    def flags(self, answers: Mapping[str, str]) -> frozenset[str]:
        """What is so, given the answers: "shared"."""
        ...

    def agreed(self, purpose: str) -> bool:
        """Whether the person agrees to it, under the notice as it is now."""
        ...

    def agree(self, purpose: str) -> None:
        """Keep that the person agrees."""
        ...

    def withdraw_consent(self) -> None:
        """The person agrees to nothing any more."""
        ...

    def drop_files(self, hashes: Sequence[str]) -> None:
        """Files that the person sent and that are not to be kept."""
        ...

    def invited_to(self, code: str) -> str | None:
        """The unit that an invitation is for; None for a code that is not one."""
        ...

    def register(self, filled: FilledForm) -> str:
        """Ask to act for a unit; the key of `register.…` that says what came of it."""
        ...

    def submit(self, filled: FilledForm) -> Record:
        """Keep what was sent."""
        ...

    def edits(self) -> bool:
        """Whether the person keeps the library: joined to an account of the desk that may."""
        ...

    def hand_in(self, filled: FilledForm) -> None:
        """A paper for the library: its files, or a link to it; read later, then reviewed."""
        ...

    def sent(self, *, of_units: bool = False) -> tuple[Record, ...]:
        """What the person has sent, or what was sent for the units that they head."""
        ...

    def record(self, code: str) -> Record | None:
        """What was sent under this code, whole: by the person, or for a unit that they head."""
        ...

    def record_files(self, record: Record) -> tuple[Enclosure, ...]:
        """The files of a record that was looked up, as far as they are kept and can be sent."""
        ...

    def withdraw(self, code: str) -> bool:
        """Take back what the person has sent; False when that is not possible any more."""
        ...

    def candidates(self) -> tuple[Candidate, ...]:
        """Who waits to be confirmed for the units that the person heads."""
        ...

    def decide(self, binding_id: int, *, confirmed: bool) -> bool:
        """Confirm or refuse one of the candidates; False when they wait no more."""
        ...

    def my_data(self) -> tuple[str, tuple[Enclosure, ...]]:
        """What is kept about the person: in words, and as files."""
        ...

    def owed(self) -> tuple[OwedDuty, ...]:
        """What the units owe that the person was confirmed to act for, the nearest first."""
        ...

    def hear_news(self, *, on: bool) -> None:
        """Whether the person is told what the office says to everybody."""
        ...

    def follow(self, number: int, *, on: bool) -> bool:
        """Hear what is said of a draft, or no more; False where there is no such draft."""
        ...

    def mailbox(self) -> str | None:
        """Where letters go to the person, "" for nowhere; None where the office sends none."""
        ...

    def ask_mail(self, address: str) -> bool:
        """Send a code to it, by which it is proved; False when too many were sent today."""
        ...

    def confirm_mail(self, code: str) -> str | None:
        """Letters go where this code was sent, as the person agrees; None: it is not theirs."""
        ...

    def stop_mail(self) -> bool:
        """Forget the address; False where there was none."""
        ...

    def put_off(self, duty_id: int, days: int) -> date:
        """Not to be reminded of one of these for so many days; the day of the next reminder."""
        ...

    def calendar(self, duty_ids: Sequence[int]) -> Enclosure:
        """Those of these that the units owe, as a file for a calendar."""
        ...

    def units_owing(self, which: Which) -> tuple[DutyOfUnits, ...] | None:
        """How far all units are, the nearest duty first, with the units that are `which`.

        None for whoever may not know: anybody who has no part in the work of the desk.
        """
        ...
