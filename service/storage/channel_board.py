"""What the desk sees of the channels; the only SQL that sums them up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from service.storage.delivery_tables import ChannelState, ChannelToken


@dataclass(frozen=True, slots=True)
class TokenAge:
    """How old a token is; the token itself never leaves the database for a page."""

    refreshed_at: datetime
    expires_at: datetime


def channel_states(session: Session) -> dict[str, ChannelState]:
    """How each channel fares, by name; a channel that did nothing yet is not there."""
    return {state.channel: state for state in session.exec(select(ChannelState))}


def token_age(session: Session, account: str) -> TokenAge | None:
    """When the token pair of `account` was renewed and when it ends."""
    row = session.exec(
        select(ChannelToken.refreshed_at, ChannelToken.expires_at).where(
            col(ChannelToken.account) == account
        )
    ).first()
    return TokenAge(*row) if row else None


def access_token(session: Session, account: str) -> str | None:
    """The token in use, to ask the platform whether it still knows it."""
    row = session.get(ChannelToken, account)
    return row.access_token if row else None
