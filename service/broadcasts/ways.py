"""By which way each person of an audience is told: the best that is open, wanted and paid for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.channels.mail import CHANNEL as MAIL
from service.duties.routes import Route, routes
from service.settings import Settings
from service.spending import CAP, TEMPLATE, price_of, spent
from service.storage.audiences import Audience
from service.storage.people import accounts_of
from service.storage.people_tables import ChannelAccount
from service.storage.subscriptions import unsubscribed

#: Why somebody is not told, beside CAP: no channel, does not want it, is no longer meant.
NO_CHANNEL, UNWANTED, LEFT = "channel", "unsubscribed", "left"


#: Zalo's template is approved for reminders, and people gave their address for these alone.
_FOR_REMINDERS = (TEMPLATE, MAIL)


@dataclass
class Purse:
    """What may still be spent, in đồng."""

    left: int

    def pays(self, price: int) -> bool:
        """Take it out, if there is so much."""
        if price > self.left:
            return price == 0
        self.left -= price
        return True


@dataclass(frozen=True, slots=True)
class Way:
    """How one person is told."""

    person_id: int
    route: Route | None
    reason: str = ""  #: why there is no way


def purse_of(session: Session, settings: Settings, at: datetime) -> Purse:
    """What this month leaves."""
    return Purse(settings.spend_month - spent(session, at))


def ways_of(
    session: Session,
    settings: Settings,
    audience: Audience,
    people: Collection[int],
    at: datetime,
    purse: Purse,
) -> list[Way]:
    """For each of these people, in order."""
    # Whoever follows a draft has asked for just that.
    unwanted = set() if audience.draft else unsubscribed(session, people)
    accounts = accounts_of(session, people)
    return [
        Way(person, None, UNWANTED)
        if person in unwanted
        else way_to(settings, person, accounts.get(person, ()), (), at, purse)
        for person in people
    ]


def way_to(
    settings: Settings,
    person: int,
    accounts: Sequence[ChannelAccount],
    tried: Collection[str],
    at: datetime,
    purse: Purse,
) -> Way:
    """The best way to one person that is open, untried and can be paid."""
    open_ = routes(settings, accounts, {*tried, *_FOR_REMINDERS}, at)
    paid = next((one for one in open_ if purse.pays(price_of(settings, one.name))), None)
    return Way(person, paid, "" if paid else CAP if open_ else NO_CHANNEL)
