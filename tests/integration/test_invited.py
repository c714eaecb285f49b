"""Somebody has used an invitation: whoever may confirm them learns it at once, where they chat."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bot.texts import say
from service import clock, offices
from service.channels import open_lines
from service.delivery.handling import handle
from service.delivery.sending import Sender
from service.errors import Overtaken
from service.settings import Settings
from service.storage import bindings
from service.storage.consents import agree, withdraw_consents
from service.storage.delivery_tables import InboundEvent, OutboundMessage
from service.storage.engine import transaction
from service.storage.inbox import incoming_of, take_over
from service.storage.invitations import invite
from service.storage.people import (
    account_for,
    find_account,
    load_conversation,
    save_conversation,
)
from service.storage.unit_tables import Binding
from service.storage.units import add_unit
from tests.builders import NOON, an_incoming, some_settings
from tests.delivering import Office, running, threads, until
from tests.fakes.answers import FakeAnswers
from tests.fakes.zalo import FakeZalo, served
from tests.integration.talks import Talks

SCHOOL = "Trường THPT Ngô Quyền"
NAME, POST = "Trần Văn An", "Giáo viên"
HEAD = "3000000000000000003"


@pytest.fixture
def zalo() -> Iterator[FakeZalo]:
    with served(FakeZalo()) as fake:
        fake.user(HEAD, last_interaction=time.time())
        yield fake


@pytest.fixture
def talks(sqlite: Engine, settings: Settings) -> Talks:
    """People who write, and a unit."""
    with transaction(sqlite) as session:
        add_unit(session, SCHOOL, NOON)
    return Talks(sqlite, settings)


def a_head(talks: Talks, person: str, channel: str = "telegram", *, head: bool = True) -> int:
    """Somebody who has written and was confirmed; the binding."""
    at = clock.now(talks.settings)
    with transaction(talks.engine) as session:
        account_for(session, an_incoming(channel=channel, person=person, chat=person), at)
        return bound(session, talks, channel, person, head=head)


def bound(session: Session, talks: Talks, channel: str, person: str, *, head: bool) -> int:
    at = clock.now(talks.settings)
    account = find_account(session, channel, person)
    assert account is not None
    asked = bindings.ask(session, account.person_id, 1, "Lê Thị Bình", "Hiệu trưởng", at, head=head)
    assert offices.confirm(session, asked.id or 0, "admin:1", at)
    return asked.id or 0


def redeem(talks: Talks, person: str = "2", **terms: bool) -> None:
    """Somebody uses an invitation and says who they are."""
    with transaction(talks.engine) as session:
        code = invite(session, 1, clock.now(talks.settings), **terms)
    for text in (f"mã đơn vị {code}", "đồng ý", NAME, POST):
        talks.say(text, person)
    assert talks.say("gửi", person) == [say("register.asked", unit=SCHOOL)]


def heard(talks: Talks, chat: str, channel: str = "telegram") -> list[OutboundMessage]:
    """What was said to somebody about the one who waits."""
    with transaction(talks.engine) as session:
        theirs = select(OutboundMessage).where(
            col(OutboundMessage.channel) == channel,
            col(OutboundMessage.chat) == chat,
            col(OutboundMessage.text).contains(NAME),
            col(OutboundMessage.event_id).is_(None),
        )
        return list(session.exec(theirs))


def waits(talks: Talks) -> bool:
    with transaction(talks.engine) as session:
        [binding] = session.exec(select(Binding).where(Binding.name == NAME))
        return binding.confirmed_at is None and binding.ended_at is None


@pytest.mark.parametrize(("pressed", "told"), [(0, "people.confirmed"), (1, "people.refused")])
def test_the_head_is_told_once_and_decides_by_a_tap(talks: Talks, pressed: int, told: str) -> None:
    a_head(talks, "1")
    redeem(talks)
    [message] = heard(talks, "1")
    assert message.text == say("people.asks", name=NAME, post=POST, unit=SCHOOL)
    assert message.state == "waiting"
    labels = [button["label"] for button in message.buttons if isinstance(button, dict)]
    assert labels == [f"Xác nhận {NAME}", f"Từ chối {NAME}"]
    button = message.buttons[pressed]
    assert isinstance(button, dict)
    [answer] = talks.tell(event="press", button=button["id"], person="1")
    assert answer.text == say(told)
    assert not waits(talks)
    assert len(heard(talks, "1")) == 1


def test_every_head_is_told_and_nobody_else(talks: Talks) -> None:
    for person in ("1", "3"):
        a_head(talks, person)
    a_head(talks, "4", head=False)
    a_head(talks, "5", head=False)
    redeem(talks)
    assert [len(heard(talks, person)) for person in ("1", "3", "4", "5", "2")] == [1, 1, 0, 0, 0]


def test_nobody_is_told_who_is_not_reached_or_acts_no_more(talks: Talks) -> None:
    """Revoked; blocked; no longer willing to be written to; head without being confirmed."""
    revoked, *_ = [a_head(talks, person) for person in ("1", "3", "4")]
    at = clock.now(talks.settings)
    with transaction(talks.engine) as session:
        assert offices.revoke(session, revoked, "admin:1", at, contact="")
        blocked, unwilling = (find_account(session, "telegram", who) for who in ("3", "4"))
        assert blocked is not None
        assert unwilling is not None
        blocked.unreachable = "left"
        session.add(blocked)
        agree(session, unwilling.person_id, "register", 1, at)
        withdraw_consents(session, unwilling.person_id, at)
        account = account_for(session, an_incoming(channel="telegram", person="5", chat="5"), at)
        bindings.ask(session, account.person_id, 1, "Người Chờ", "Hiệu phó", at, head=True)
    redeem(talks)
    assert [heard(talks, person) for person in ("1", "3", "4", "5")] == [[], [], [], []]


def test_who_acts_for_the_unit_already_is_announced_only_to_become_its_head(talks: Talks) -> None:
    a_head(talks, "1")
    redeem(talks)
    [message] = heard(talks, "1")
    talks.tell(event="press", button=message.buttons[0]["id"], person="1")  # type: ignore[index, call-overload]
    for terms, count in (({}, 1), ({"head": True}, 2)):
        with transaction(talks.engine) as session:
            code = invite(session, 1, clock.now(talks.settings), **terms)
        for text in (f"mã đơn vị {code}", "gửi"):
            talks.say(text, "2")
        assert len(heard(talks, "1")) == count, terms


def test_without_an_invitation_the_head_is_not_called(talks: Talks) -> None:
    a_head(talks, "1")
    for text in ("đăng ký", "đồng ý", SCHOOL, NAME, POST, "gửi"):
        talks.say(text, "2")
    assert waits(talks)
    assert heard(talks, "1") == []


def test_a_number_that_is_typed_still_answers_what_was_read_before(talks: Talks) -> None:
    a_head(talks, "1")
    talks.say("báo cáo", "1")
    talks.say("đồng ý", "1")
    redeem(talks)
    talks.say("1", "1")  # the first choice of the form, not the one who waits
    assert waits(talks)


def test_while_the_head_is_writing_it_is_tried_again(
    talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_head(talks, "1")
    with transaction(talks.engine) as session:
        code = invite(session, 1, clock.now(talks.settings))
    for text in (f"mã đơn vị {code}", "đồng ý", NAME, POST):
        talks.say(text, "2")
    event_id = talks.keep(text="gửi", person="2")

    def elsewhere(session: Session, key: str) -> Any:
        state, version = load_conversation(session, key)
        assert save_conversation(session, key, state, version, NOON)
        return state, version

    monkeypatch.setattr("service.delivery.telling.load_conversation", elsewhere)
    with transaction(talks.engine) as session:
        event = session.get_one(InboundEvent, event_id)
        assert take_over(session, event_id, "test", max(NOON, event.held_until))
    with pytest.raises(Overtaken):
        handle(talks.post, incoming_of(event), event_id, "test")
    monkeypatch.undo()
    assert heard(talks, "1") == []
    assert handle(talks.post, incoming_of(event), event_id, "test")
    assert len(heard(talks, "1")) == 1


def test_on_the_page_it_appears_with_its_buttons(talks: Talks, client: TestClient) -> None:
    def post(**said: str) -> list[Mapping[str, Any]]:
        answer = client.post("/chat/messages", json={"id": str(uuid4()), **said})
        replies: list[Mapping[str, Any]] = answer.json()["replies"]
        return replies

    [first] = post(text="trợ giúp")
    with transaction(talks.engine) as session:
        [account] = session.exec(select(OutboundMessage.chat))
        bound(session, talks, "web", account, head=True)
    redeem(talks)
    told = client.get("/chat/updates", params={"after": first["id"]}).json()["replies"]
    [asks] = [reply for reply in told if NAME in reply["text"]]
    assert [button["label"] for button in asks["buttons"]] == [
        f"Xác nhận {NAME}",
        f"Từ chối {NAME}",
    ]
    [answer] = post(button=asks["buttons"][0]["id"])
    assert answer["text"] == say("people.confirmed")
    assert not waits(talks)


@pytest.mark.anyio
async def test_over_zalo_it_goes_out_with_buttons_that_decide(
    tmp_path: Path, sqlite: Engine, talks: Talks, zalo: FakeZalo, answers: FakeAnswers
) -> None:
    settings = some_settings(
        tmp_path,
        zalo_app_id=zalo.zalo.app_id,
        zalo_app_secret=zalo.zalo.secret,
        zalo_oa_secret_key=zalo.zalo.oa_secret,
        zalo_refresh_token=zalo.mint()["refresh_token"],
        zalo_oauth_url=zalo.url,
        zalo_openapi_url=zalo.url,
        zalo_business_url=zalo.url,
    )
    a_head(talks, HEAD, "zalo_oa")
    redeem(talks)
    office = Office(settings, sqlite, answers)
    [line] = open_lines(settings, sqlite)
    with threads() as pool:
        async with running(Sender(office.desk, line.channel, "w", pool, 4).run):
            await until(lambda: any(NAME in one.text for one in zalo.sent(HEAD)))
    assert line.close is not None
    await line.close()
    await line.channel.close()
    [asks] = [one for one in zalo.sent(HEAD) if NAME in one.text]
    confirm, refuse = asks.buttons
    assert confirm.title == f"Xác nhận {NAME}"
    assert refuse.title == f"Từ chối {NAME}"
    command = str(confirm.payload).removeprefix("#troly1:")
    assert talks.say(command, HEAD, channel="zalo_oa") == [say("people.confirmed")]
    assert not waits(talks)
