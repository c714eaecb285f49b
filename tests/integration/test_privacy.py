"""Whoever asks to be forgotten is: at once, whole, written down, and again after a restore."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlmodel import col, select

from service.admin.words import words
from service.delivery.files import Received
from service.housekeeping import tidy
from service.privacy import forget_again
from service.settings import Settings
from service.storage.delivery_tables import OutboundMessage
from service.storage.engine import open_engine, transaction
from service.storage.people import find_account
from service.storage.people_tables import ChannelAccount, Person
from tests.desk import Clock, Officer, audited
from tests.integration.talks import Talks

PERSON = "3000000000000000409"
WORDS = "Chuyện riêng của tôi có hạn"
PDF = Received("don-rieng.pdf", "application/pdf", b"%PDF-1.7\n of one person")


@pytest.fixture
def talks(sqlite: Engine, settings: Settings, clock: Clock) -> Talks:
    """Somebody has written, sent a file, asked for an officer and for a code; another as well."""
    talks = Talks(sqlite, settings)
    for person in (PERSON, "9"):
        talks.say(WORDS, person, channel="zalo_oa")
        talks.answer(talks.keep(event="file", person=person, channel="zalo_oa"), (PDF,))
        talks.say("gặp cán bộ", person, channel="zalo_oa")
        talks.say("chuyển kênh", person, channel="zalo_oa")
    clock.forward(timedelta(minutes=5))
    return talks


def erase(talks: Talks, how: str, person: str = PERSON) -> None:
    """By word of the chat, or by what Zalo tells of somebody who withdraws."""
    if how == "withdrawn":
        assert talks.tell(event="withdrawn", person=person, channel="zalo_oa") == []
        return
    [asked] = talks.tell(text="xoa du lieu", person=person, channel="zalo_oa")
    assert [button["label"] for button in asked.buttons] == ["Xác nhận xóa", "Thôi, giữ lại"]  # type: ignore[index, call-overload]
    [told] = talks.say("xác nhận xóa", person, channel="zalo_oa")
    assert told.startswith("Đã xóa dữ liệu")


def kept(engine: Engine) -> str:
    """Every row of every table but that of questions, which nobody's name is on."""
    with engine.connect() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        names = [name for (name,) in tables if name != "asked_question"]
        return "\n".join(
            f"{name}: {row}"
            for name in names
            for row in connection.execute(text(f"SELECT * FROM {name}"))
        )


@pytest.mark.parametrize("how", ["said", "withdrawn"])
def test_nothing_that_names_the_person_or_repeats_them_is_left(
    talks: Talks, sqlite: Engine, how: str
) -> None:
    erase(talks, how, "9")
    erase(talks, how)
    rows = kept(sqlite)
    left = [row for row in rows.splitlines() if PERSON in row]
    assert len(left) == (how == "said")
    assert all("Đã xóa dữ liệu của Anh/chị" in row for row in left)  # it must still reach them
    assert "riêng" not in rows
    assert not list(talks.settings.received_dir.iterdir())


def test_a_day_later_not_even_the_receipt_names_them(
    talks: Talks, sqlite: Engine, clock: Clock
) -> None:
    erase(talks, "said")
    with transaction(sqlite) as session:
        for message in session.exec(select(OutboundMessage)).all():
            message.state = "sent"
            session.add(message)
    tidy(sqlite, talks.settings)
    assert PERSON in kept(sqlite)
    clock.forward(timedelta(days=1, minutes=1))
    tidy(sqlite, talks.settings)
    assert PERSON not in kept(sqlite)
    with transaction(sqlite) as session:
        other = col(OutboundMessage.chat) == "9"
        assert session.exec(select(OutboundMessage).where(other)).all()  # who is still here


def test_a_visitor_of_the_page_is_named_by_nothing(client: TestClient, sqlite: Engine) -> None:
    def say(text: str, id_: str) -> list[dict[str, object]]:
        sent = client.post("/chat/messages", json={"id": id_, "text": text})
        found: list[dict[str, object]] = sent.json()["replies"]
        return found

    say("xóa dữ liệu", str(uuid4()))
    with transaction(sqlite) as session:
        address = session.exec(select(ChannelAccount)).one().address
    id_ = str(uuid4())
    cookie = client.cookies.get("troly_chat", "")
    told = say("xác nhận xóa", id_)
    assert address not in kept(sqlite)
    client.cookies.set("troly_chat", cookie, path="/chat")  # its answer was lost on the way
    assert say("xác nhận xóa", id_) == told


def test_not_even_the_bytes_of_the_database_repeat_them(talks: Talks, sqlite: Engine) -> None:
    told = WORDS.split(" của")[0]  # as it lies in a conversation: the letters of JSON
    marks = [PDF.name.encode(), json.dumps(told)[1:-1].encode()]
    file = Path(str(sqlite.url.database))
    assert all(mark in _bytes(file) for mark in marks)
    for person in (PERSON, "9"):
        talks.answer(talks.keep(event="file", person=person, channel="zalo_oa"), (PDF,))
        erase(talks, "said", person)
    assert not [mark for mark in marks if mark in _bytes(file)]


def _bytes(database: Path) -> bytes:
    """The file with its log."""
    beside = database.with_name(f"{database.name}-wal")
    return database.read_bytes() + (beside.read_bytes() if beside.exists() else b"")


def test_of_two_who_sent_the_same_file_only_one_is_forgotten(talks: Talks, sqlite: Engine) -> None:
    erase(talks, "said")
    with transaction(sqlite) as session:
        [account] = session.exec(select(ChannelAccount)).all()
        assert account.address == "9"
    [file] = talks.settings.received_dir.iterdir()
    assert file.read_bytes() == PDF.content


@pytest.mark.usefixtures("hasher")
def test_it_is_written_down_by_whom_without_a_name(talks: Talks, owner: Officer) -> None:
    erase(talks, "withdrawn")
    assert ("person:1", "person_erased", "person:1") in audited(talks.engine)
    page = owner.get("/admin/audit").text
    assert words()["actions"]["person_erased"] in page
    assert "người dùng số 1" in page


@pytest.fixture
def backup(talks: Talks, tmp_path: Path) -> Path:
    """The database as it was before anybody asked to be forgotten."""
    with talks.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(shutil.copy(str(talks.engine.url.database), tmp_path / "backup.sqlite3"))


def restored(backup: Path, settings: Settings) -> Engine:
    return open_engine(f"sqlite:///{backup}")


def test_a_restored_backup_forgets_them_again(
    talks: Talks, backup: Path, settings: Settings
) -> None:
    erase(talks, "said")
    (settings.received_dir / "left").write_bytes(b"")
    engine = restored(backup, settings)
    with transaction(engine) as session:
        assert find_account(session, "zalo_oa", PERSON)  # the backup has brought them back
    assert forget_again(engine, settings) == 1
    with transaction(engine) as session:
        assert find_account(session, "zalo_oa", PERSON) is None
        assert [account.address for account in session.exec(select(ChannelAccount))] == ["9"]
    assert audited(engine) == [("restore", "person_erased", "person:1")]
    assert forget_again(engine, settings) == 0
    engine.dispose()


def test_who_has_come_back_since_is_not_forgotten_again(
    talks: Talks, clock: Clock, sqlite: Engine, settings: Settings
) -> None:
    erase(talks, "said")
    clock.forward(timedelta(seconds=1))
    talks.say("hạn nộp?", PERSON, channel="zalo_oa")
    assert forget_again(sqlite, settings) == 0
    with transaction(sqlite) as session:
        assert find_account(session, "zalo_oa", PERSON)


def test_a_request_is_known_by_the_database_and_by_the_file_beside_it(
    talks: Talks, backup: Path, settings: Settings
) -> None:
    erase(talks, "said")
    [line] = settings.erasures_file.read_text("ascii").split("\n")[1:-1]
    assert PERSON not in line
    assert settings.erasures_file.stat().st_mode & 0o777 == 0o600
    # The file is lost: the database brings it back …
    settings.erasures_file.unlink()
    forget_again(talks.engine, settings)
    assert line in settings.erasures_file.read_text("ascii")
    # … and a database that is restored learns from it, though its last line was cut off.
    with settings.erasures_file.open("a") as file:
        file.write("0123 cut")
    engine = restored(backup, settings)
    assert forget_again(engine, settings) == 1
    settings.erasures_file.unlink()
    forget_again(engine, settings)
    assert line in settings.erasures_file.read_text("ascii")
    engine.dispose()


def test_where_nobody_asked_nothing_is_written(
    sqlite: Engine, settings: Settings, clock: Clock
) -> None:
    Talks(sqlite, settings).say("hạn nộp?")
    clock.forward(timedelta(days=1))
    assert forget_again(sqlite, settings) == 0
    assert not settings.erasures_file.exists()
    with transaction(sqlite) as session:
        assert len(session.exec(select(Person)).all()) == 1
