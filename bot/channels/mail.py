"""The channel of letters (e-mail): sends by the office's own mail server, and takes none in.

What is written is at least sent once: of a letter whose answer was lost nobody knows whether it
went, and it goes again, under the same id, by which many mail programs show it once.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from ipaddress import ip_address

from bot.channels.base import (
    ChannelDown,
    DeliveryError,
    Limits,
    Rejected,
    TryLater,
    Unclear,
    Unreachable,
)
from bot.mail_addresses import is_address
from bot.messages import Attachment, Outgoing

CHANNEL = "email"
_TIMEOUT = 30.0  #: seconds for each step
_PER_SECOND = 5  #: letters; servers of offices think of more as of a flood
_FOR_NOW, _FOR_GOOD = 400, 500  #: answers from there on
_TOO_LARGE = "552"
_POLICY = " 5.7."  #: how servers that say more begin to tell that they are not willing
_STATUS = re.compile(rb"\b[245]\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True, slots=True)
class Server:
    """Where letters are handed in, and as whom."""

    host: str
    port: int
    sender: str  #: the address that letters come from
    sender_name: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    encrypted: bool = False  #: from the first byte on (smtps); otherwise where the server offers it
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)


class Mail:
    """Hands one letter after the other in."""

    name = CHANNEL
    limits = Limits(text_length=20_000, buttons=0, per_second=_PER_SECOND)

    def __init__(self, server: Server, *, now: Callable[[], datetime]) -> None:
        """`now`: the service's clock, for the date of a letter."""
        self._server, self._now = server, now

    async def send(self, message: Outgoing) -> str:
        """Hand it in; returns the letter's id, raises DeliveryError.

        The first line is the subject where an empty one follows.
        """
        if message.enclosure:
            raise Rejected("file")
        if not is_address(message.chat):
            raise Rejected("address")
        letter = letter_of(self._server, message, self._now())
        await asyncio.to_thread(_hand_in, self._server, message.chat, letter)
        return str(letter["Message-ID"])

    async def fetch(self, attachment: Attachment, largest: int) -> bytes:
        """Nothing comes in by this channel."""
        raise Rejected("no letters come in")

    async def acknowledge(self, receipt: str) -> None:
        """Nothing comes in by this channel."""

    async def close(self) -> None:
        """Each letter has a connection of its own."""


def letter_of(server: Server, message: Outgoing, at: datetime) -> EmailMessage:
    """The letter as it is handed in."""
    subject, _, body = message.text.partition("\n\n")
    if "\n" in subject or not body:
        subject, body = message.text.split("\n", 1)[0], message.text
    letter = EmailMessage(policy=SMTP)
    letter["Subject"] = subject.strip()
    letter["From"] = Address(server.sender_name, addr_spec=server.sender)
    letter["To"] = Address(addr_spec=message.chat)
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = _id(server, message, at)
    letter["Auto-Submitted"] = "auto-generated"  # no out-of-office notes, please
    # Letters with accents in seven bits: old servers change others on their way.
    letter.set_content(body.strip() + "\n", charset="utf-8", cte="quoted-printable")
    return letter


def _id(server: Server, message: Outgoing, at: datetime) -> str:
    """The same for the same letter on a day, so that one that is sent again is known."""
    said = f"{message.chat}\n{at.date()}\n{message.text}"
    domain = server.sender.rpartition("@")[2]
    return f"<{hashlib.sha256(said.encode()).hexdigest()[:32]}@{domain}>"


def greet(server: Server) -> str:
    """Sign in and leave again: how the server calls itself. Raises DeliveryError."""
    with _errors(), _connected(server) as connection:
        return (connection.ehlo_resp or b"").split(b"\n", 1)[0].decode("ascii", "replace")


def _hand_in(server: Server, to: str, letter: EmailMessage) -> None:
    with _errors(), _connected(server) as connection:
        _take(connection.mail(server.sender), _of_sender)
        _take(connection.rcpt(to), _of_recipient)
        try:
            answer = connection.data(letter.as_bytes())
        except smtplib.SMTPResponseException:
            raise
        except OSError as error:  # smtplib's own is one, too
            raise Unclear(f"no answer: {type(error).__name__}") from None
        _take(answer, Rejected)


@contextmanager
def _connected(server: Server) -> Iterator[smtplib.SMTP]:
    """Signed in, over TLS where there is any."""
    ours = server.sender.rpartition("@")[2]
    if server.encrypted:
        context = server.context
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, ours, timeout=_TIMEOUT, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, ours, timeout=_TIMEOUT)
    try:
        connection.ehlo_or_helo_if_needed()
        safe = server.encrypted or _is_here(server.host)
        if not server.encrypted and connection.has_extn("starttls"):
            connection.starttls(context=server.context)
            connection.ehlo_or_helo_if_needed()
            safe = True
        if server.user and not safe:
            raise ChannelDown("no TLS: the password is not sent")
        if server.user:
            connection.login(server.user, server.password)
        yield connection
        with suppress(OSError):
            connection.putcmd("quit")  # whatever it answers, the letter is there
    finally:
        connection.close()


@contextmanager
def _errors() -> Iterator[None]:
    """Whatever smtplib and the network raise becomes a DeliveryError."""
    try:
        yield
    except smtplib.SMTPDataError as error:
        _take((error.smtp_code, _said(error)), Rejected)
        raise
    except smtplib.SMTPResponseException as error:  # refused as a whole, or its password
        if error.smtp_code >= _FOR_GOOD:
            _take((error.smtp_code, _said(error)), ChannelDown)
        raise TryLater(f"network: {error.smtp_code}") from None  # the server is not ready
    except smtplib.SMTPNotSupportedError:
        raise ChannelDown("it takes no password") from None
    except ssl.SSLCertVerificationError:
        raise ChannelDown("its certificate is not valid") from None
    except OSError as error:
        raise TryLater(f"network: {type(error).__name__}") from None


def _take(answer: tuple[int, bytes], refused: Callable[[str], DeliveryError]) -> None:
    """Go on, or raise what the answer means; `refused`: for good."""
    code, said = answer
    found = _STATUS.search(said)
    told = f"{code} {found[0].decode()}" if found else str(code)
    if code >= _FOR_GOOD:
        raise refused(told)
    if code >= _FOR_NOW or code < 0:
        raise TryLater(told)


def _of_sender(told: str) -> DeliveryError:
    """Nothing goes out in the name of this sender, unless it is this letter that is too large."""
    return Rejected(told) if told.startswith(_TOO_LARGE) else ChannelDown(told)


def _of_recipient(told: str) -> DeliveryError:
    """Nobody is there; or our server does not take letters to there: not the person's doing."""
    return Rejected(told) if _POLICY in told else Unreachable(told)


def _said(error: smtplib.SMTPResponseException) -> bytes:
    said = error.smtp_error
    return said if isinstance(said, bytes) else str(said).encode()


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
