"""What the desk sees of the channels; the only SQL that sums them up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from service.storage.delivery_tables import (
    ChannelState,
    ChannelToken,
    InboundEvent,
    OutboundMessage,
)


@dataclass(frozen=True, slots=True)
class TokenAge:
    """How old a token is; the token itself never leaves the database for a page."""

    refreshed_at: datetime
    expires_at: datetime


def channel_states(session: Session) -> dict[str, ChannelState]:
    """How each channel fares, by name; a channel that did nothing yet is not there."""
    return {state.channel: state for state in session.exec(select(ChannelState))}


def queue_counts(session: Session) -> dict[tuple[str, str], int]:
    """(channel, "in_waiting" | "in_parked" | "out_waiting" | "out_failed" …) → how many."""
    counts: dict[tuple[str, str], int] = {}
    for prefix, table, states in (
        ("in", InboundEvent, ("waiting", "parked")),
        ("out", OutboundMessage, ("waiting", "failed", "unclear")),
    ):
        grouped = (
            select(table.channel, table.state, func.count())
            .where(col(table.state).in_(states))
            .group_by(col(table.channel), col(table.state))
        )
        for channel, state, count in session.exec(grouped):
            counts[channel, f"{prefix}_{state}"] = count
    return counts


def token_age(session: Session, account: str) -> TokenAge | None:
    """When the token pair of `account` was renewed and when it ends."""
    row = session.exec(
        select(ChannelToken.refreshed_at, ChannelToken.expires_at).where(
            col(ChannelToken.account) == account
        )
    ).first()
    return TokenAge(*row) if row else None


def clear_stop(session: Session, channel: str) -> bool:
    """Sending may be tried again; False when it was not stopped."""
    state = session.get(ChannelState, channel)
    if state is None or state.stopped is None:
        return False
    state.stopped = None
    session.add(state)
    return True
