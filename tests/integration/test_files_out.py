"""Files that go out: by the channel where it can, by a link or a sentence where it cannot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from bot.channels.base import Limits
from bot.messages import Enclosure, Outgoing
from service.app import create_app
from service.delivery.enclosing import as_carried
from service.live import LiveAssistant
from service.settings import Settings
from tests.builders import some_settings
from tests.fakes.answers import ANSWERED, LEAD, SOURCE, FakeAnswers
from tests.integration.talks import PLAIN, RICH, Talks

PUBLIC = "https://hoi-dap.example.gov.vn"
ZALO = Limits(
    text_length=2000,
    buttons=5,
    upload_bytes=50,
    upload_types=(".pdf", ".png"),
    picture_bytes=10,
)
PDF = Enclosure("Phiếu.pdf", "application/pdf", b"%PDF" * 10)


@pytest.fixture
def public(settings: Settings, tmp_path: Path) -> Settings:
    """The same data folder under a public address."""
    return some_settings(tmp_path, public_url=PUBLIC)


@pytest.mark.parametrize(
    ("limits", "enclosure", "carried"),
    [
        (ZALO, PDF, True),
        (ZALO, Enclosure("A.PDF", "application/pdf", b"1"), True),
        (ZALO, Enclosure("a.pdf", "application/pdf", b"1" * 51), False),
        (ZALO, Enclosure("a.png", "image/png", b"1" * 10), True),
        (ZALO, Enclosure("a.png", "image/png", b"1" * 11), False),  # pictures are smaller there
        (ZALO, Enclosure("a.xlsx", "application/vnd.ms-excel", b"1"), False),
        (ZALO, Enclosure("pdf", "application/pdf", b"1"), False),
        (RICH, Enclosure("a.xlsx", "application/vnd.ms-excel", b"1"), True),  # any kind
        (PLAIN, PDF, False),
        # Our own page fetches it from us.
        (Limits(text_length=2000, buttons=0, fetches=True), PDF, True),
    ],
)
def test_what_a_channel_takes_is_known_beforehand(
    settings: Settings, public: Settings, limits: Limits, enclosure: Enclosure, carried: bool
) -> None:
    message = Outgoing("7", "Kèm theo", enclosure=enclosure)
    for where in (settings, public):
        assert (as_carried(where, limits, message) == message) is carried


def test_a_link_is_sent_instead_that_fetches_the_very_file(
    public: Settings, sqlite: Engine
) -> None:
    sent = as_carried(public, PLAIN, Outgoing("7", "Kèm theo", enclosure=PDF))
    assert sent.enclosure is None
    assert sent.text.startswith("Kèm theo\n\nTệp “Phiếu.pdf”")
    url = sent.text.split()[-1]
    assert url.startswith(f"{PUBLIC}/files/")
    live = LiveAssistant(load=FakeAnswers, stamp=lambda: 0)
    with TestClient(create_app(public, live, sqlite)) as client:
        assert client.get(urlsplit(url).path).content == PDF.content


def test_a_link_fits_a_message_however_the_file_is_called(public: Settings) -> None:
    name = "Phụ lục báo cáo kết quả truyền thông chính sách " * 6 + ".xlsx"
    long = Enclosure(name[-250:], "application/vnd.ms-excel", b"PK")
    sent = as_carried(public, PLAIN, Outgoing("7", "", enclosure=long))
    assert len(sent.text) < 2000


def test_without_an_address_no_link_leaves_the_machine(settings: Settings) -> None:
    sent = as_carried(settings, PLAIN, Outgoing("7", "", enclosure=PDF))
    assert sent.enclosure is None
    assert "://" not in sent.text
    assert "không gửi qua kênh này được" in sent.text


@pytest.mark.parametrize("limits", [RICH, PLAIN], ids=["with files", "without"])
def test_a_text_for_a_group_has_its_source_its_status_and_the_way_to_us(
    public: Settings, sqlite: Engine, limits: Limits
) -> None:
    talks = Talks(sqlite, public, {"telegram": limits})
    talks.say("hạn nộp?")
    intro, text, qr = talks.tell(text="Soan tin gui nhom")
    assert "chép tin dưới đây" in intro.text
    assert [line for line in text.text.splitlines() if line][1] == LEAD
    assert "Mục III.6 (Tổ chức thực hiện)" in text.text
    assert "tra cứu ngày 21/11/2026" in text.text
    assert bool(qr.enclosure) is (limits is RICH)
    assert (f"{PUBLIC}/files/" in qr.text) is (limits is PLAIN)


def test_the_clause_is_read_in_the_chat_where_no_link_can_be_followed(
    settings: Settings, public: Settings, sqlite: Engine
) -> None:
    talks = Talks(sqlite, settings)
    talks.answers.decide = lambda _: replace(ANSWERED, sources=(replace(SOURCE, address="II.1"),))
    [answer] = talks.tell(text="hạn nộp?")
    assert [button["label"] for button in answer.buttons] == ["Xem thêm", "Xem cả điều"]  # type: ignore[index, call-overload]
    [clause] = talks.say("xem ca dieu")
    assert clause.splitlines()[0] == "1. Các trường gửi kế hoạch trước ngày 20/9/2023."
    assert clause.splitlines()[-1].endswith("tra cứu ngày 21/11/2026")

    told = Talks(sqlite, public)
    [answer] = told.tell(text="hạn nộp?", person="8", event_id="public")
    assert [button["label"] for button in answer.buttons] == ["Xem thêm"]  # type: ignore[index, call-overload]


def test_a_text_for_a_group_is_only_text_where_nobody_can_reach_us(
    settings: Settings, sqlite: Engine
) -> None:
    talks = Talks(sqlite, settings)
    talks.say("hạn nộp?")
    messages = talks.tell(text="/tinguinhom")
    assert len(messages) == 2
    assert not any(message.enclosure or "://" in message.text for message in messages)


@pytest.mark.parametrize("limits", [RICH, PLAIN], ids=["with files", "without"])
def test_the_note_of_reference_goes_out_as_a_text_and_two_files(
    public: Settings, sqlite: Engine, limits: Limits
) -> None:
    talks = Talks(sqlite, public, {"telegram": limits})
    for text in ("kiểm tra tiêu chí", "Nghị quyết về học phí", "hai phong", *["có"] * 4):
        talks.say(text)
    note, *files = talks.tell(text="xem ket qua")
    assert "PHIẾU THAM KHẢO" in note.text
    assert "Bảng kiểm nội dung" in note.text + str(note.buttons)
    assert len(files) == 2
    for file, ending in zip(files, (".docx", ".pdf"), strict=True):
        if limits is RICH:
            assert str(file.enclosure["name"]).endswith(ending)
        else:
            assert f"{PUBLIC}/files/" in file.text
            assert ending in file.text
