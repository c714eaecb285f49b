"""What is sent for money: counted when it begins, given back when refused, never beyond the cap."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from bot.channels.base import DeliveryError, Rejected, Silent, TryLater, Unclear, Unreachable
from service import clock
from service.delivery.sending import Sender
from service.spending import spent
from service.storage.engine import transaction
from service.storage.outbox import settle_lost
from service.storage.people import account_for
from service.storage.people_tables import ChannelAccount
from tests.builders import an_incoming, some_settings
from tests.delivering import Office, running, threads, until
from tests.fakes.answers import FakeAnswers
from tests.fakes.channels import LIMITS, FakeChannel

pytestmark = pytest.mark.anyio

OF_ZALO = replace(LIMITS, resend=False, free_hours=48, window_hours=7 * 24, templates=True)
TEMPLATE = {"id": "77", "data": {"viec": "Nộp báo cáo"}}


def an_office(folder: Path, engine: Engine, answers: FakeAnswers, cap: int) -> Office:
    return Office(some_settings(folder, spend_month=cap), engine, answers)


@pytest.fixture
def paying(tmp_path: Path, sqlite: Engine, answers: FakeAnswers) -> Office:
    """An office that may spend 500 đồng a month: 55 for a message, 200 for a template."""
    return an_office(tmp_path, sqlite, answers, 500)


def wrote(office: Office, person: str, days: float) -> None:
    """Somebody has written so many days ago."""
    with transaction(office.engine) as session:
        at = clock.now(office.settings) - timedelta(days=days)
        account_for(session, an_incoming(person=person, chat=person), at)


async def send_all(office: Office, channel: FakeChannel) -> None:
    with threads() as pool:
        async with running(Sender(office.desk, channel, "w", pool, 16).run):
            await until(lambda: not {"waiting", "sending"} & set(office.states()))


def told(office: Office) -> list[tuple[str, str | None]]:
    return [(message.state, message.error) for message in office.messages()]


def spent_by(office: Office) -> int:
    with transaction(office.engine) as session:
        return spent(session, clock.now(office.settings))


def unreachable(office: Office) -> list[str | None]:
    with transaction(office.engine) as session:
        return [account.unreachable for account in session.exec(select(ChannelAccount))]


async def test_each_message_costs_what_its_time_costs(paying: Office) -> None:
    for person, days in (("a", 1.9), ("b", 2.1), ("c", 6.9), ("d", 7.1)):
        wrote(paying, person, days)
        paying.write("tin", person, template=TEMPLATE)
    channel = FakeChannel(limits=OF_ZALO)
    await send_all(paying, channel)
    by_chat = {message.chat: message.template is not None for message in channel.sent}
    assert by_chat == {"a": False, "b": False, "c": False, "d": True}
    assert spent_by(paying) == 0 + 55 + 55 + 200


async def test_another_channel_costs_nothing(paying: Office) -> None:
    wrote(paying, "a", 5)
    paying.write("tin", "a")
    await send_all(paying, FakeChannel())
    assert (paying.states(), spent_by(paying)) == (["sent"], 0)


async def test_the_cap_lets_so_many_out_and_no_more(paying: Office) -> None:
    for number in range(12):
        wrote(paying, f"p{number}", 3)
        paying.write("tin", f"p{number}")
    wrote(paying, "free", 1)
    paying.write("tin", "free")
    channel = FakeChannel(limits=OF_ZALO)
    await send_all(paying, channel)
    assert len(channel.tried) == 500 // 55 + 1
    assert told(paying).count(("failed", "cap")) == 12 - 500 // 55
    assert told(paying)[-1] == ("sent", None)
    assert spent_by(paying) == 495
    assert paying.alerts() == ["spend_near", "spend_stopped"]


@pytest.mark.parametrize(
    ("error", "kept"),
    [(Rejected("-201"), 0), (Unreachable("-244"), 0), (Unclear("timeout"), 55), (ValueError(), 55)],
)
async def test_only_what_was_surely_refused_is_given_back(
    paying: Office, error: Exception, kept: int
) -> None:
    wrote(paying, "a", 3)
    paying.write("tin", "a")
    await send_all(paying, FakeChannel(limits=OF_ZALO, script=[error]))
    assert spent_by(paying) == kept


async def test_each_attempt_is_counted_once(paying: Office) -> None:
    wrote(paying, "a", 3)
    paying.write("tin", "a")
    again: list[Exception | asyncio.Event | None] = [TryLater("-32", after=0.01)] * 3
    channel = FakeChannel(limits=OF_ZALO, script=again)
    await send_all(paying, channel)
    assert (len(channel.tried), paying.states(), spent_by(paying)) == (4, ["sent"], 55)


async def test_what_a_dead_process_began_stays_counted(paying: Office) -> None:
    wrote(paying, "a", 3)
    paying.write("tin", "a")
    channel = FakeChannel(limits=OF_ZALO)
    with threads() as pool, transaction(paying.engine) as session:
        Sender(paying.desk, channel, "dead", pool, 16)._claim(session, 16)
    assert spent_by(paying) == 55  # before anybody knows what comes of it
    with transaction(paying.engine) as session:
        later = datetime.now(UTC) + timedelta(hours=1)
        settle_lost(session, channel.name, later, resend=channel.limits.resend)
    await send_all(paying, channel)
    assert (paying.states(), spent_by(paying), channel.tried) == (["unclear"], 55, [])


async def test_words_that_are_refused_cost_nothing_and_their_template_does(paying: Office) -> None:
    wrote(paying, "a", 6.9)
    paying.write("tin", "a", template=TEMPLATE)
    channel = FakeChannel(limits=OF_ZALO, script=[Silent("-230")])
    await send_all(paying, channel)
    assert [message.template is None for message in channel.tried] == [True, False]
    assert (paying.states(), spent_by(paying)) == (["sent"], 200)


async def test_a_template_that_would_pass_the_cap_does_not_follow(
    tmp_path: Path, sqlite: Engine, answers: FakeAnswers
) -> None:
    office = an_office(tmp_path, sqlite, answers, 199)
    wrote(office, "a", 6.9)
    office.write("tin", "a", template=TEMPLATE)
    channel = FakeChannel(limits=OF_ZALO, script=[Silent("-230")])
    await send_all(office, channel)
    assert (told(office), spent_by(office)) == ([("failed", "cap")], 0)
    assert (len(channel.tried), unreachable(office)) == (1, [None])


async def test_whom_the_platform_calls_silent_a_template_reaches(paying: Office) -> None:
    wrote(paying, "a", 3)
    paying.write("một", "a")
    await send_all(paying, FakeChannel(limits=OF_ZALO, script=[Silent("-230")]))
    assert (paying.states(), unreachable(paying)) == (["failed"], ["window"])
    paying.write("hai", "a")
    paying.write("ba", "a", template=TEMPLATE)
    channel = FakeChannel(limits=OF_ZALO)
    await send_all(paying, channel)
    assert told(paying)[1:] == [("failed", "window"), ("sent", None)]
    assert [message.template is not None for message in channel.sent] == [True]
    assert spent_by(paying) == 200


@pytest.mark.parametrize("error", [Unreachable("-217"), Unreachable("-139")])
async def test_whom_the_platform_calls_gone_no_template_reaches(
    paying: Office, error: DeliveryError
) -> None:
    wrote(paying, "a", 3)
    paying.write("một", "a")
    await send_all(paying, FakeChannel(limits=OF_ZALO, script=[error]))
    paying.write("hai", "a", template=TEMPLATE)
    channel = FakeChannel(limits=OF_ZALO)
    await send_all(paying, channel)
    assert (told(paying)[1], channel.tried) == (("failed", error.code), [])
