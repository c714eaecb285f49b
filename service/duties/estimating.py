"""What the reminders of the coming days may cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from service.clock import VIETNAM
from service.duties.calendar import Calendar
from service.duties.policies import default_policy, policy_of, tells_heads
from service.duties.routes import paid_route
from service.duties.schedule import Policy, of_heads, schedule
from service.duties.wording import calendar_of
from service.settings import Settings
from service.spending import estimate
from service.storage.people import accounts_on
from service.storage.reminders import Responsible, officers_of, policies, responsible
from service.storage.told import Ahead, ahead

_OA = "zalo_oa"  #: the only channel that costs


def reminders_estimate(session: Session, settings: Settings, today: date, days: int) -> int:
    """What reminders cost at most from today on for so many days, in đồng.

    As if nobody wrote, reported or was reached by a free way meanwhile; one message a day for each
    person, with heads only where they are told by themselves. The month's cap is not looked at.
    """
    until = today + timedelta(days=days - 1)
    accounts = accounts_on(session, _OA)
    found = ahead(session, today, until) if accounts else []
    people = responsible(session, {one.unit_id for one in found})
    calendar, default = calendar_of(session), default_policy(settings)
    told_of = policies(session, {one.obligation_id for one in found})
    told: set[tuple[int, date, bool]] = set()
    for one in found:
        try:
            policy = policy_of(told_of[one.obligation_id], default)
            told.update(_told(one, policy, people.get(one.unit_id, []), calendar, settings))
        except (ValueError, OverflowError):  # nobody is reminded of it either
            continue
    morning = time.fromisoformat(settings.remind_at)
    return estimate(
        settings,
        (
            paid_route(settings, accounts[person], datetime.combine(day, morning, VIETNAM))
            for person, day, _ in {(person, max(day, today), head) for person, day, head in told}
            if day <= until and person in accounts
        ),
    )


def _told(
    one: Ahead, policy: Policy, people: list[Responsible], calendar: Calendar, settings: Settings
) -> Iterator[tuple[int, date, bool]]:
    """Who is told on which days, and whether as the head."""
    officers = officers_of(people)
    if policy.announce and one.looked_on is None:
        yield from ((person.person_id, one.next_on, False) for person in officers)
    for planned in schedule(one.last_day, policy, calendar):
        if planned.day >= one.next_on:
            yield from ((person.person_id, planned.day, False) for person in officers)
    if not tells_heads(policy, settings):
        return
    for planned in of_heads(one.last_day, policy, calendar):
        if planned.day >= one.next_on:
            yield from ((p.person_id, planned.day, True) for p in people if p not in officers)
