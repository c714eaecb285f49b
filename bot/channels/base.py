"""The port of all channels: what each may carry (as data), how it sends, how sending can fail.

DeliveryError
├── TryLater        nothing was delivered; the same message may be sent again, after a while
├── NotNow          the same, and nothing else has to wait for it
├── Unclear         it may or may not have been delivered
├── Unreachable     this person cannot be written to now; other people can
│   └── Silent      they have been silent for too long: words of ours are not taken, a template is
├── Rejected        the channel will never take this message
├── Moved           the chat has a new address
└── ChannelDown     the channel takes nothing from us until a person has acted
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.messages import Attachment, Incoming, Outgoing

#: What `json.loads` gives.
JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel can carry, as data: dialogue code never asks which channel it is."""

    text_length: int  #: UTF-16 units of one message, as the strictest platform counts
    buttons: int  #: under one message; 0 means that choices are a numbered list
    button_label: int = 100  #: characters
    upload_bytes: int = 0  #: largest file that can be sent; 0 means none
    upload_types: tuple[str, ...] = ()  #: endings that can be sent; () means any
    picture_bytes: int = 0  #: largest picture that can be sent, where it differs; 0: as any file
    download_bytes: int = 0  #: largest file that can be received; 0 means none
    resend: bool = True  #: whether a message that may have arrived is sent again
    per_second: int = 30  #: messages in any second, over all chats; 0 means as fast as we can
    per_chat_seconds: float = 0.0  #: between two messages to one chat
    free_hours: int = 0  #: after the person's last message; later ones cost; 0: all are free
    window_hours: int = 0  #: after the person's last message; 0 means that it never closes
    templates: bool = False  #: whether a template goes out where the window has closed
    fetches: bool = False  #: reads its replies from us by itself: nothing is sent
    floods: bool = True  #: whether somebody could flood it; not whoever sits at the machine
    draws: bool = False  #: takes a whole reply and draws it, instead of messages of text


class DeliveryError(Exception):
    """The message did not go out as it should; `code` is the channel's own, for the log."""

    def __init__(self, code: str, *, after: float | None = None) -> None:
        """`after`: seconds that the channel asks us to wait."""
        # Some of it a foreign server wrote: not every sign can be stored, or logged in one line.
        self.code = "".join(sign if sign.isprintable() else "?" for sign in code)
        self.after = after
        super().__init__(self.code)


class TryLater(DeliveryError):
    """Nothing was delivered and the same message may be sent again."""


class NotNow(DeliveryError):
    """This kind of message is taken again in `wait` seconds; others go on."""

    def __init__(self, code: str, wait: float) -> None:
        super().__init__(code)
        self.wait = wait


class Unclear(DeliveryError):
    """The answer was lost: the message may have been delivered."""


class Unreachable(DeliveryError):
    """The person has left, blocked us, or the window for writing is over."""


class Silent(Unreachable):
    """The person has not written for so long that only a template reaches them."""


class Rejected(DeliveryError):
    """The channel refuses this very message, for ever."""


class ChannelDown(DeliveryError):
    """The token or the account is refused: nothing can be sent until a person has acted."""


class Moved(DeliveryError):
    """The chat has a new address, `chat`; the message is to be sent there."""

    def __init__(self, chat: str) -> None:
        super().__init__("moved")
        self.chat = chat


class TooLarge(Exception):
    """A file that came in is larger than we take."""


class Channel(Protocol):
    """Sends one message to one chat, and fetches what people send."""

    name: str
    limits: Limits

    async def send(self, message: Outgoing) -> str:
        """Deliver it; returns the channel's own id of the message, raises DeliveryError."""
        ...

    async def fetch(self, attachment: Attachment, largest: int) -> bytes:
        """The bytes of a file that came in; raises TooLarge (bytes) or DeliveryError."""
        ...

    async def acknowledge(self, receipt: str) -> None:
        """Tell the channel that a tap has arrived; nothing depends on its success."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Poller(Protocol):
    """Fetches events from a channel that does not call us."""

    async def poll(self, cursor: str | None) -> tuple[tuple[Incoming, ...], str | None]:
        """Wait for events after `cursor`; they and the cursor to go on from once they are kept.

        Raises DeliveryError. The same cursor gives the same events again, where the channel can.
        """
        ...


class Refused(Exception):
    """A webhook that is not the channel's: `status` is what it is answered with."""

    def __init__(self, status: int, why: str) -> None:
        """`why`: for the log, without anything that was sent."""
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class Admitted:
    """What a webhook brought: events to keep; `stale` ones are kept and not answered."""

    events: tuple[Incoming, ...] = ()
    stale: bool = False


class Door(Protocol):
    """Decides whether a webhook is the channel's and reads it; does nothing else."""

    def admit(
        self, headers: Mapping[str, str], raw: bytes, body: JsonValue, now: datetime
    ) -> Admitted:
        """`headers` with lower-case names; `body`: `raw` as JSON; raises Refused."""
        ...
