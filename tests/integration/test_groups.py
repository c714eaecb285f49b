"""Groups: public answers only, codes and files in private, and a conversation that moves along."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from bot.texts import say
from service.delivery.files import Received
from service.settings import Settings
from service.storage.codes import keep_code
from service.storage.engine import transaction
from service.storage.outbox import enqueue
from service.storage.people import find_account, group_key, load_conversation
from service.storage.people_tables import OneTimeCode, Person, StoredFile
from service.storage.switches import turn
from tests.builders import NOON
from tests.desk import Clock, an_admin
from tests.fakes.answers import LEAD
from tests.integration.talks import Talks

OLD, NEW = "-500", "-1000000000500"
IN_GROUP = {"group": True, "chat": OLD}


@pytest.fixture
def talks(sqlite: Engine, settings: Settings, clock: Clock) -> Talks:
    """People who write, at noon."""
    return Talks(sqlite, settings)


def test_a_choice_is_for_everybody_of_the_group_by_tap_number_or_label(talks: Talks) -> None:
    for chosen in ("tap", "1", "hai phong"):
        [asked] = talks.tell(text="nào?", person="1", **IN_GROUP)
        [button] = asked.buttons
        how = {"event": "press", "button": button["id"]} if chosen == "tap" else {"text": chosen}  # type: ignore[index, call-overload]
        [answer] = talks.tell(person="2", **IN_GROUP, **how)
        assert answer.text.startswith(LEAD)
        assert answer.chat == OLD


def test_a_group_that_moves_keeps_its_choices(talks: Talks, sqlite: Engine) -> None:
    [asked] = talks.tell(text="nào?", person="1", **IN_GROUP)
    assert talks.tell(event="migrated", text=NEW, person="1087968824", **IN_GROUP) == []
    [waiting] = talks.waiting("telegram")
    assert (waiting.id, waiting.chat) == (asked.id, NEW)
    [button] = asked.buttons
    [answer] = talks.tell(
        event="press",
        button=button["id"],
        person="2",
        group=True,
        chat=NEW,  # type: ignore[index, call-overload]
    )
    assert answer.text.startswith(LEAD)
    with transaction(sqlite) as session:
        assert load_conversation(session, group_key("telegram", OLD))[1] == 0


def test_a_group_that_was_faster_than_its_move_goes_on_where_it_is(talks: Talks) -> None:
    talks.tell(text="nào?", person="1", **IN_GROUP)
    [asked] = talks.tell(text="nào?", person="2", group=True, chat=NEW)
    talks.tell(event="migrated", text=NEW, person="9", **IN_GROUP)
    [button] = asked.buttons
    tapped = {"event": "press", "button": button["id"], "group": True, "chat": NEW}  # type: ignore[index, call-overload]
    [answer] = talks.tell(person="1", **tapped)
    assert answer.text.startswith(LEAD)


def test_on_trial_nobody_shows_a_code_to_the_group(talks: Talks, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        turn(session, "trial", True, NOON)
        keep_code(session, "invite", "K7M2-P9QX", NOON.replace(hour=6), uses=9)
    told = say("chat.trial_group")
    assert talks.say("hạn nộp?", **IN_GROUP) == [told]
    assert talks.say("mã mời K7M2-P9QX", **IN_GROUP) == [told]
    assert talks.say("mã mời K7M2-P9QX") == [say("chat.invited")]
    [answer] = talks.say("hạn nộp?", **IN_GROUP)  # who was invited may ask there too
    assert answer.startswith(LEAD)


def test_a_code_of_the_desk_counts_in_private_only(talks: Talks, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        keep_code(session, "test", "K7M2-P9QX", NOON.replace(hour=6), admin_id=an_admin(session))
    talks.say("K7M2-P9QX", **IN_GROUP)
    with transaction(sqlite) as session:
        assert session.exec(select(OneTimeCode)).one().uses_left == 1
    assert talks.say("K7M2-P9QX") == [say("chat.test_joined")]


def test_who_wrote_only_in_a_group_is_not_written_to_there(talks: Talks, sqlite: Engine) -> None:
    talks.say("hạn nộp?", **IN_GROUP)
    with transaction(sqlite) as session:
        account = find_account(session, "telegram", "7")
        assert account is not None
        assert account.chat == ""
        assert len(session.exec(select(Person)).all()) == 1


def test_a_file_in_a_group_is_not_kept(talks: Talks, sqlite: Engine) -> None:
    file = Received("a.pdf", "application/pdf", b"%PDF-1.7\n")
    event_id = talks.keep(event="file", text="@tro_ly", person="1", **IN_GROUP)
    [told] = talks.answer(event_id, (file,))
    assert told.text == say("chat.group_private")
    with transaction(sqlite) as session:
        assert session.exec(select(StoredFile)).all() == []


def test_what_waits_for_another_group_stays_where_it_is(talks: Talks, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        enqueue(session, "telegram", "-7", "cho nhóm khác", NOON)
    talks.tell(event="migrated", text=NEW, person="9", **IN_GROUP)
    assert [message.chat for message in talks.waiting("telegram")] == ["-7"]
