"""By which channels a person can be told something that they did not ask for, in which order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.settings import Settings
from service.spending import PAID, TEMPLATE
from service.storage.people_tables import SILENT, WEB, ChannelAccount

#: Zalo OA takes words from us for so long after the person's last message: first at no charge.
_FREE, _TAKEN = timedelta(hours=48), timedelta(days=7)
_OA = "zalo_oa"
#: The same account, when it is no longer free.
_CHANNEL = {PAID: _OA, TEMPLATE: _OA}


@dataclass(frozen=True, slots=True)
class Route:
    """One way to somebody."""

    name: str  #: as the order names it
    account: ChannelAccount


def channel_of(route: str) -> str:
    """The channel by whose account a way goes."""
    return _CHANNEL.get(route, route)


def routes(
    settings: Settings, accounts: Sequence[ChannelAccount], tried: Collection[str], at: datetime
) -> list[Route]:
    """The ways that are open and untried, best first, whatever they cost."""
    latest: dict[str, ChannelAccount] = {}
    for account in sorted(accounts, key=lambda a: a.last_seen_at):
        if account.chat and account.unreachable in (None, SILENT):
            latest[account.channel] = account
    found = []
    for name in settings.remind_order.split(","):
        channel = channel_of(name)
        mine = latest.get(channel)
        if mine is None or name in tried or channel not in (WEB, *settings.channels):
            continue
        if name == (_of_zalo(settings, mine, at) if channel == _OA else _open(mine, name)):
            found.append(Route(name, mine))
    return found


def paid_route(settings: Settings, account: ChannelAccount, at: datetime) -> str:
    """By which way that costs a person of the Zalo OA is told something then; "" by none."""
    if account.unreachable not in (None, SILENT) or _OA not in settings.channels:
        return ""
    name = _of_zalo(settings, account, at)
    return name if name in settings.remind_order.split(",") and name in _CHANNEL else ""


def _open(account: ChannelAccount, name: str) -> str:
    return "" if account.unreachable else name


def _of_zalo(settings: Settings, account: ChannelAccount, at: datetime) -> str:
    """Which of the ways of a Zalo OA is open now; "" for none."""
    since = at - account.last_seen_at
    if since > _TAKEN or account.unreachable:
        return TEMPLATE if settings.zalo_template_reminder else ""
    return _OA if since <= _FREE else PAID
