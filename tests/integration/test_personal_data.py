"""Who asks for their data gets all of it: what they said to an officer, and the files they sent."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from service.delivery.files import Received
from service.delivery.handing_over import speak, take_over
from service.personal_files import Owned, pack
from service.settings import Settings
from service.storage.delivery_tables import OutboundMessage
from service.storage.engine import transaction
from service.storage.form_tables import HandOff
from service.storage.people import find_account
from service.storage.people_tables import StoredFile
from service.storage.policy_drafts import Drafted, add_draft
from tests.builders import NOON, a_submission, some_settings
from tests.desk import Clock, an_admin
from tests.integration.talks import Talks

MINE, OTHERS = b"%PDF-1.4 cua toi", b"%PDF-1.4 cua nguoi khac"


@pytest.fixture
def talks(sqlite: Engine, settings: Settings, clock: Clock) -> Talks:
    """Two people who have written."""
    talks = Talks(sqlite, settings)
    for person in ("7", "8"):
        talks.say("trợ giúp", person)
    return talks


def asked(talks: Talks, person: str = "7") -> list[OutboundMessage]:
    return talks.tell(text="dữ liệu của tôi", person=person)


def whole(talks: Talks, message: OutboundMessage) -> dict[str, Any]:
    assert message.enclosure["name"] == "du-lieu-cua-toi.json"
    kept: dict[str, Any] = json.loads(content(talks, message))
    return kept


def content(talks: Talks, message: OutboundMessage) -> bytes:
    return (talks.settings.received_dir / str(message.enclosure["sha256"])).read_bytes()


def sent(talks: Talks, person: str, name: str, data: bytes) -> None:
    talks.answer(talks.keep(event="file", person=person), (Received(name, "", data),))


def test_what_was_said_with_an_officer_is_told_to_whom_it_was_said(
    talks: Talks, settings: Settings
) -> None:
    for person in ("7", "8"):
        talks.say("gặp cán bộ", person)
    with transaction(talks.engine) as session:
        officer = an_admin(session)
        for talk in session.exec(select(HandOff)).all():
            assert take_over(session, settings, talk.id or 0, officer, NOON)
    for person in ("7", "8"):
        talks.say(f"Xin hỏi, tôi là số {person}", person)
    with transaction(talks.engine) as session:
        for talk in session.exec(select(HandOff)).all():
            assert speak(session, settings, talk.id or 0, officer, f"Chào số {talk.id}", NOON)
    talks.say("kết thúc", "7")
    message, file = asked(talks)
    assert "lần gặp cán bộ: 1" in message.text
    [talk] = whole(talks, file)["talks"]
    assert [(one["by"], one["text"]) for one in talk["said"]] == [
        ("person", "Xin hỏi, tôi là số 7"),
        ("officer", "Chào số 1"),
        ("person", "kết thúc"),
    ]
    assert talk["ended"]
    assert "số 8" not in content(talks, file).decode()


def test_the_files_that_were_sent_come_along_and_no_others(talks: Talks) -> None:
    sent(talks, "7", "cua-toi.pdf", MINE)
    sent(talks, "8", "cua-nguoi-khac.pdf", OTHERS)
    data = b"BANG DIEM CUA TOI"
    sha256 = hashlib.sha256(data).hexdigest()
    (talks.settings.received_dir / sha256).write_bytes(data)
    with transaction(talks.engine) as session:
        account = find_account(session, "telegram", "7")
        assert account is not None
        file = Owned(sha256, "../ho so.txt", "text/plain", len(data))
        a_submission(session, "HS-AAAAA", person_id=account.person_id, files=[file])
    message, file_, archive = asked(talks)
    assert "tệp đã gửi: 2" in message.text
    told = whole(talks, file_)
    [record] = told["submissions"]
    [named] = record["files"]
    assert (named["name"], named["sha256"], named["bytes"]) == ("../ho so.txt", sha256, 17)
    assert {one["sha256"] for one in told["files"]} == {sha256, hashlib.sha256(MINE).hexdigest()}
    assert all(one["kept"] for one in told["files"])
    with ZipFile(io.BytesIO(content(talks, archive))) as opened:
        inside = {name: opened.read(name) for name in opened.namelist()}
    assert inside == {"tep/01-ho so.txt": data, "tep/02-cua-toi.pdf": MINE}
    assert inside[named["in_archive"]] == data
    again = asked(talks)[-1]
    assert again.enclosure == archive.enclosure  # nothing is kept twice


def test_the_files_of_a_form_that_was_begun_are_among_them(talks: Talks) -> None:
    with transaction(talks.engine) as session:
        add_draft(session, Drafted("Nghị quyết", "Tóm tắt", "Sở", "", date(2030, 1, 1)), NOON)
    for text in ("gopy 1", "đồng ý", "Mức thu nên thấp hơn"):
        talks.say(text, "7")
    sent(talks, "7", "dang-do.pdf", MINE)
    with transaction(talks.engine) as session:  # its row has gone, the draft still names it
        for row in session.exec(select(StoredFile)).all():
            session.delete(row)
    _, file, archive, _ = asked(talks)  # and the question that they stand at
    [draft] = whole(talks, file)["drafts"]
    [told] = draft["files"]
    assert (told["name"], told["in_archive"]) == ("dang-do.pdf", "tep/01-dang-do.pdf")
    assert archive.enclosure["media_type"] == "application/zip"


def test_a_file_whose_bytes_are_gone_is_named(talks: Talks) -> None:
    sent(talks, "7", "cua-toi.pdf", MINE)
    (talks.settings.received_dir / hashlib.sha256(MINE).hexdigest()).unlink()
    _, file = asked(talks)
    [told] = whole(talks, file)["files"]
    assert (told["kept"], told["in_archive"], told["link"]) == (False, None, None)


@pytest.mark.parametrize("url", [None, "https://hoi-dap.example.gov.vn"])
def test_what_does_not_fit_the_archive_is_said_to_be_had_elsewhere(
    tmp_path: Path, url: str | None
) -> None:
    settings = some_settings(tmp_path, public_url=url)
    settings.received_dir.mkdir(parents=True)
    files = [Owned(letter * 64, f"{letter}.pdf", "application/pdf", 4) for letter in "abc"]
    for file in files:
        (settings.received_dir / file.sha256).write_bytes(b"1234")
    packed = pack(settings, [*files, files[0]], largest=8)
    assert list(packed.inside) == ["a" * 64, "b" * 64]
    [(sha256, address)] = packed.left_out.items()
    assert sha256 == "c" * 64
    assert address.startswith(f"{url}/files/") if url else address == ""


def test_it_is_said_where_to_turn_for_what_does_not_fit(
    talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.personal_data.pack", lambda *told: pack(*told, largest=3))
    sent(talks, "7", "cua-toi.pdf", MINE)
    message, _ = asked(talks)
    assert "1 tệp không vừa, Anh/chị liên hệ" in message.text
