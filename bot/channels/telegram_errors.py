"""What went wrong at Telegram, as python-telegram-bot tells it, in the terms of the port."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channels.base import (
    ChannelDown,
    DeliveryError,
    Moved,
    Rejected,
    TryLater,
    Unclear,
    Unreachable,
)
from bot.channels.connections import NOTHING_SENT

#: What a refused request (400) says when it is the chat that cannot be written to.
_NOBODY_THERE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "chat_write_forbidden",
    "not enough rights",
    "have no rights to send",
    "not a member",
)
_LONGEST_CODE = 100


@contextmanager
def told_as_delivery_errors() -> Iterator[None]:
    """Whatever Telegram and python-telegram-bot raise becomes a DeliveryError."""
    try:
        yield
    except TelegramError as error:
        raise delivery_error(error) from error
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        # The library takes an answer for an object with a result; this one was not.
        raise Unclear("malformed answer") from error


def delivery_error(error: TelegramError) -> DeliveryError:
    """What `error` means for the message that was to be sent."""
    code = error.message[:_LONGEST_CODE]
    match error:
        case RetryAfter():
            return TryLater("too many requests", after=_seconds(error.retry_after))
        case ChatMigrated():
            return Moved(str(error.new_chat_id))
        case Forbidden():
            return Unreachable(code)
        case InvalidToken() | EndPointNotFound():
            # The library says it in words of its own; what Telegram said is underneath.
            return ChannelDown(str(error.__cause__ or error)[:_LONGEST_CODE])
        case Conflict():
            return TryLater(f"conflict: {code}")
        case BadRequest():
            nobody = any(said in code.casefold() for said in _NOBODY_THERE)
            return Unreachable(code) if nobody else Rejected(code)
        case NetworkError():
            return _network(error)
        case _:
            return Unclear("malformed answer")


def _network(error: NetworkError) -> DeliveryError:
    """No answer, or one that python-telegram-bot has no name for: mostly 5xx of a gateway."""
    said = error.message.casefold()
    if isinstance(error.__cause__, NOTHING_SENT):
        return TryLater(f"network: {type(error.__cause__).__name__}")
    if "too many requests" in said:  # without saying how long to wait
        return TryLater("too many requests", after=1.0)
    if "entity too large" in said:
        return Rejected("file too large")
    return Unclear(f"no answer: {type(error.__cause__ or error).__name__}")


def _seconds(wait: float | timedelta) -> float:
    """An installation may have asked the library for either type."""
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
