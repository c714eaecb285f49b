"""The one vocabulary of all channels: what comes in, what goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

#: What an outcome of the papers is.
Kind = Literal["answer", "clarify", "silent"]
#: What a reply is: an outcome, or a word of the assistant about itself.
ReplyKind = Literal["answer", "clarify", "silent", "notice"]

#: What an event of a channel is. `text`, `press`, `file` and `start` want a reply from the
#: dialogue; `voice`, `sticker`, `location`, `contact` and `unknown` a courteous sentence; the
#: rest say something about the person or the chat and want none.
Event = Literal[
    "text",
    "press",  # a button that carries an id
    "file",
    "start",  # "/start", a follow, the first opening
    "voice",
    "sticker",
    "location",
    "contact",
    "unknown",
    "secret",  # bore a secrecy mark: its text was dropped at the door
    "left",  # blocked or unfollowed
    "returned",
    "operator",  # an officer wrote by hand in the channel's own console
    "withdrawn",  # the person asks for erasure
    "migrated",  # a group has a new address, given in `text`
    "ignored",
]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came in, before it is fetched."""

    name: str  #: as the person sees it; "" when the channel tells none
    source: str  #: where the channel keeps it: a file id or an address
    size: int | None = None  #: bytes, when the channel tells
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event of a channel, in words that all channels share."""

    channel: str
    event_id: str  #: the channel's own key: the same event again has the same
    event: Event
    chat: str  #: where a reply goes
    person: str  #: who wrote, in the channel's name space
    text: str = ""
    button: str = ""  #: the id of a pressed button
    attachments: tuple[Attachment, ...] = ()
    name: str = ""  #: display name, when the channel tells
    group: bool = False
    addressed: bool = True  #: False: said in a group, not to us
    receipt: str = ""  #: what must be acknowledged to the channel (a callback query)


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
    id: str = ""  #: short and versioned, given when it is offered; for channels that carry ids
    spare: bool = False  #: left out where a channel has no room for all; stands behind the others


@dataclass(frozen=True, slots=True)
class Source:
    """A clause behind a reply, ready to show."""

    document: str
    title: str  #: how people call the paper
    address: str
    place: str  #: the address in words: "Mục III.6 (Tổ chức thực hiện)"
    quote: str | None  #: verbatim; None for a digest
    digest: bool
    public: bool = True  #: whether everybody may open the paper's page


@dataclass(frozen=True, slots=True)
class Row:
    """What one paper says, in a comparison."""

    title: str  #: how people call the paper
    line: str  #: the fact, or that the paper does not state it; "" when the quotes say it
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes out with a message."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes out. Channels render it within their limits."""

    kind: ReplyKind
    lead: str  #: the first message, ≤ 600 characters, complete in itself
    more: str  #: the whole answer, behind "Xem thêm"; "" when the lead is all of it
    text: str  #: the whole answer, ≤ 1,800 characters
    status: str  #: one line ≤ 120 characters: expired, abolished body, digest; "tra cứu ngày …"
    sources: tuple[Source, ...] = ()
    buttons: tuple[Button, ...] = ()
    table: tuple[Row, ...] = ()  #: a comparison, where the channel can draw one
    private: bool = False  #: neither the message nor this reply may be kept
    enclosures: tuple[Enclosure, ...] = ()  #: files that go out after the text


@dataclass(frozen=True, slots=True)
class Template:
    """Words that a platform has approved beforehand, and what fills their blanks."""

    id: str  #: the platform's
    data: Mapping[str, str]
    tracking_id: str  #: our own name of the message


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way to one chat, already within the channel's limits."""

    chat: str
    text: str
    buttons: tuple[Button, ...] = ()
    enclosure: Enclosure | None = None
    template: Template | None = None  #: goes instead of all this: free words are not taken now
