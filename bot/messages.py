"""The one vocabulary of all channels: what comes in, what goes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["answer", "clarify", "silent"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Button:
    """A choice: what is shown and what the person's next message would be."""

    label: str
    send: str


@dataclass(frozen=True, slots=True)
class Source:
    """A clause behind a reply, ready to show."""

    document: str
    title: str  #: how people call the paper
    address: str
    place: str  #: the address in words: "Mục III.6 (Tổ chức thực hiện)"
    quote: str | None  #: verbatim; None for a digest
    digest: bool


@dataclass(frozen=True, slots=True)
class Row:
    """What one paper says, in a comparison."""

    title: str  #: how people call the paper
    line: str  #: the fact, or that the paper does not state it; "" when the quotes say it
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes out. Channels render it within their limits."""

    kind: Kind
    lead: str  #: the first message, ≤ 600 characters, complete in itself
    more: str  #: the whole answer, behind "Xem thêm"; "" when the lead is all of it
    text: str  #: the whole answer, ≤ 1,800 characters
    status: str  #: one line ≤ 120 characters: expired, abolished body, digest; "tra cứu ngày …"
    sources: tuple[Source, ...] = ()
    buttons: tuple[Button, ...] = ()
    table: tuple[Row, ...] = ()  #: a comparison, where the channel can draw one
    private: bool = False  #: neither the message nor this reply may be kept
