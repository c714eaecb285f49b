"""One channel as the desk draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from service.admin.words import moment, words
from service.settings import Settings
from service.storage.admins import own_accounts
from service.storage.channel_board import TokenAge, channel_states, queue_counts, token_age
from service.storage.delivery_tables import ChannelState

CHANNELS = ("web", "telegram", "zalo_oa", "zalo_bot", "email")
_QUEUES = ("in_waiting", "in_parked", "out_waiting", "out_failed", "out_unclear")
_WORRYING = {"in_parked", "out_failed", "out_unclear"}


@dataclass(frozen=True, slots=True)
class Count:
    """How many messages are in one state."""

    name: str
    count: int
    worrying: bool


@dataclass(frozen=True, slots=True)
class ChannelView:
    """What the page says of one channel; "" for what there is nothing to say of."""

    channel: str
    name: str
    configured: bool
    last_event: str
    last_sent: str
    last_error: str
    token: str
    stopped: str
    quiet_until: str
    counts: tuple[Count, ...]
    can_test: bool


def channel_views(
    session: Session, settings: Settings, admin_id: int, at: datetime
) -> list[ChannelView]:
    """Every channel; a test message can go where the person has an account."""
    states, counts = channel_states(session), queue_counts(session)
    own = own_accounts(session, admin_id, at)
    configured = ("web", *settings.channels)
    token = token_age(session, f"zalo_oa:{settings.zalo_app_id}")
    return [
        ChannelView(
            channel=channel,
            name=words()["channel_names"][channel],
            configured=channel in configured,
            token=_token(token, at) if channel == "zalo_oa" else "",
            counts=_counts(channel, counts),
            can_test=channel in configured and channel in own,
            **_state(states.get(channel) or ChannelState(channel=channel), at),
        )
        for channel in CHANNELS
    ]


def _state(state: ChannelState, at: datetime) -> dict[str, str]:
    quiet = state.quiet_until is not None and state.quiet_until > at
    error = f"{moment(state.last_error_at)}: {state.last_error}" if state.last_error else ""
    return {
        "last_event": moment(state.last_event_at),
        "last_sent": moment(state.last_sent_at),
        "last_error": error,
        "stopped": state.stopped or "",
        "quiet_until": moment(state.quiet_until) if quiet else "",
    }


def _token(age: TokenAge | None, at: datetime) -> str:
    said = words()["channels"]
    if age is None:
        return str(words()["never"])
    renewed = f"{said['token_renewed']} {moment(age.refreshed_at)}"
    if age.expires_at <= at:
        return f"{renewed}, {said['token_ended']}"
    return f"{renewed}, {said['token_ends']} {moment(age.expires_at)}"


def _counts(channel: str, counts: Mapping[tuple[str, str], int]) -> tuple[Count, ...]:
    said = words()["channels"]
    found = ((queue, counts.get((channel, queue), 0)) for queue in _QUEUES)
    return tuple(Count(said[queue], n, bool(n) and queue in _WORRYING) for queue, n in found)
