"""By which channels a person can be told something that they did not ask for, in which order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.settings import Settings
from service.storage.people_tables import ChannelAccount

WEB = "web"
#: Zalo OA takes words from us for so long after the person's last message: first at no charge.
_FREE, _TAKEN = timedelta(hours=48), timedelta(days=7)
_OA = "zalo_oa"
_PAID = "zalo_paid"  #: the same account, when it is no longer free


@dataclass(frozen=True, slots=True)
class Route:
    """One way to somebody."""

    name: str  #: as the order names it
    account: ChannelAccount


def channel_of(route: str) -> str:
    """The channel by whose account a way goes."""
    return _OA if route == _PAID else route


def routes(
    settings: Settings, accounts: Sequence[ChannelAccount], tried: Collection[str], at: datetime
) -> list[Route]:
    """The ways that are open and untried, best first."""
    latest: dict[str, ChannelAccount] = {}
    for account in sorted(accounts, key=lambda a: a.last_seen_at):
        if account.chat and account.unreachable is None:
            latest[account.channel] = account
    found = []
    for name in settings.remind_order.split(","):
        channel = channel_of(name)
        mine = latest.get(channel)
        if mine is None or name in tried or channel not in (WEB, *settings.channels):
            continue
        since = at - mine.last_seen_at
        if channel == _OA and not (since <= _FREE if name == _OA else _FREE < since <= _TAKEN):
            continue
        found.append(Route(name, mine))
    return found
