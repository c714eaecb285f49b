"""What messages cost, and the cap of a month that is never passed.

A price is counted when a message begins to be sent, in the transaction that takes it: what is on
its way is spent already, whichever process sends it. It is put back when the channel has refused
the message; what was sent, and what perhaps was, stays spent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.texts import say
from service.clock import VIETNAM
from service.settings import Settings
from service.storage.alerts import raise_alert
from service.storage.spending import is_first_word, put_back, spent_in, take

PAID: Final = "zalo_paid"  #: Zalo OA once its free hours are over
TEMPLATE: Final = "zalo_template"  #: its approved template, when it takes no words of ours
CAP: Final = "cap"  #: why a message is not sent: the month's money is used up
_NEARLY = 80  #: per cent of the cap


@dataclass(frozen=True, slots=True)
class Reserved:
    """What one attempt costs, counted already."""

    month: str
    dong: int


def price_of(settings: Settings, route: str) -> int:
    """What one message costs by this way, in đồng; 0 where it is free."""
    prices = {PAID: settings.price_zalo_paid, TEMPLATE: settings.price_zalo_template}
    return prices.get(route, 0)


def estimate(settings: Settings, routes: Iterable[str]) -> int:
    """What messages by these ways cost together, in đồng."""
    return sum(price_of(settings, route) for route in routes)


def spent(session: Session, at: datetime) -> int:
    """In đồng, in the calendar month of `at` in Việt Nam, with what is on its way."""
    return spent_in(session, _month(at))


def may_spend(session: Session, settings: Settings, route: str, at: datetime) -> bool:
    """Whether one message by this way is free or within the cap; nothing is counted by asking."""
    price = price_of(settings, route)
    return price == 0 or spent(session, at) + price <= settings.spend_month


def reserve(session: Session, settings: Settings, route: str, at: datetime) -> Reserved | None:
    """Count one message that begins to be sent; None where the cap forbids it.

    The desk is told once a month that the cap is nearly used up, and that it stops messages.
    """
    price, month = price_of(settings, route), _month(at)
    if price == 0:
        return Reserved(month, 0)
    now = take(session, month, price, settings.spend_month)
    if now is None:
        tell_of_cap(session, settings, at)
        return None
    if is_nearly(now, settings.spend_month):
        _warn(session, settings, month, at)
    return Reserved(month, price)


def release(session: Session, reserved: Reserved) -> None:
    """The channel has refused it: nothing was spent."""
    if reserved.dong:
        put_back(session, reserved.month, reserved.dong)


def tell_of_cap(session: Session, settings: Settings, at: datetime) -> None:
    """The desk learns that the cap keeps people from being reached, once a month."""
    month, cap = _month(at), settings.spend_month
    if is_first_word(session, month, "stopped_of", cap):
        raise_alert(session, "spend_stopped", _source(at), say("alerts.cap", cap=dong(cap)), at)


def _warn(session: Session, settings: Settings, month: str, at: datetime) -> None:
    cap = settings.spend_month
    if is_first_word(session, month, "warned_of", cap):
        spent_now = dong(spent_in(session, month))
        detail = say("alerts.cap_near", spent=spent_now, cap=dong(cap))
        raise_alert(session, "spend_near", _source(at), detail, at)


def is_nearly(sum_: int, cap: int) -> bool:
    """Whether so much of the cap is spent that somebody ought to know."""
    return 0 < cap * _NEARLY <= sum_ * 100


def dong(sum_: int) -> str:
    """ "100.000", as sums are written in Việt Nam."""
    return f"{sum_:,}".replace(",", ".")


def _month(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%Y-%m}"


def _source(at: datetime) -> str:
    """As the desk names the month."""
    return f"month:{at.astimezone(VIETNAM):%m/%Y}"
