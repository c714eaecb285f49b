"""Files on every way in: what is refused lies nowhere, and the desk hears of it."""

from __future__ import annotations

import io
import json
import socket
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlmodel import select

from bot.messages import Attachment
from service.admin.words import words
from service.delivery.files import Received
from service.settings import Settings
from service.storage.alerts import open_alerts
from service.storage.engine import transaction
from service.storage.people_tables import StoredFile
from tests.builders import some_settings
from tests.desk import Officer
from tests.fakes.clamd import VIRUS, clamd
from tests.integration.talks import Talks
from tests.papers import docx_bytes, paragraph, pdf_of
from tests.pictures import a_page, encoded

HEAD = ["SỞ TƯ PHÁP", "Số: 12/BC-STP", "Long Giang, ngày 05 tháng 3 năm 2026"]
SECRET = Received("ke-hoach-hầm.pdf", "application/pdf", pdf_of([*HEAD, "TỐI MẬT", "Hầm số chín"]))
OPEN = Received("bao-cao.pdf", "application/pdf", pdf_of([*HEAD, "BÁO CÁO", "Kết quả quý I"]))
INFECTED = Received("qua.txt", "text/plain", b"xin chao " + VIRUS)
NOTE = Received("ghi-chu.txt", "text/plain", "Việc cần làm hôm nay".encode())


@pytest.fixture
def talks(sqlite: Engine, settings: Settings) -> Talks:
    return Talks(sqlite, settings)


def send(talks: Talks, *files: Received, **told: object) -> list[str]:
    """What is said to files of one event."""
    attachments = tuple(Attachment(file.name, "") for file in files)
    event = talks.keep(event="file", attachments=attachments, **told)
    return [message.text for message in talks.answer(event, files)]


def alerts(engine: Engine) -> list[tuple[str, str, int]]:
    with transaction(engine) as session:
        return sorted((a.kind, a.source, a.count) for a in open_alerts(session))


def rows(engine: Engine) -> str:
    """Every row of every table."""
    with engine.connect() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        tables = [connection.execute(text(f"SELECT * FROM {name}")).all() for (name,) in names]
    return json.dumps(tables, default=str, ensure_ascii=False)


def kept(settings: Settings) -> list[bytes]:
    """The bytes of all files in the data folder but the database."""
    folder = settings.data_dir
    found = (p for p in folder.rglob("*") if p.is_file() and "sqlite3" not in p.name)
    return sorted(path.read_bytes() for path in found)


def test_a_secret_file_lies_nowhere_and_the_desk_hears_of_it(
    talks: Talks, sqlite: Engine, settings: Settings
) -> None:
    secret, other = send(talks, SECRET, OPEN)
    assert "dấu chỉ độ mật" in secret
    assert "cán bộ phụ trách" in secret
    assert "hầm" not in secret
    assert other.startswith("Tôi đã nhận và lưu tệp “bao-cao.pdf”")
    assert kept(settings) == [OPEN.content]
    assert alerts(sqlite) == [("secret_file", "account:1", 1)]
    written = rows(sqlite)
    assert "bao-cao" in written
    assert "hầm" not in written.lower()


def test_the_same_through_the_web_page(
    client: TestClient, sqlite: Engine, settings: Settings
) -> None:
    sent = {"file": (SECRET.name, io.BytesIO(SECRET.content or b""), "application/pdf")}
    path, ours = f"/chat/files?id={uuid4()}", {"X-Troly": "1"}
    [reply] = client.post(path, files=sent, headers=ours).json()["replies"]
    assert "không lưu" in reply["text"]
    assert kept(settings) == []
    assert [kind for kind, _, _ in alerts(sqlite)] == ["secret_file"]
    assert "hầm" not in rows(sqlite).lower()
    sent = {"file": (SECRET.name, io.BytesIO(SECRET.content or b""), "application/pdf")}
    again = client.post(path, files=sent, headers=ours).json()["replies"]
    assert again == [reply]  # the same message once more
    assert [count for *_, count in alerts(sqlite)] == [1]


def test_what_is_kept_is_known_by_its_content(talks: Talks, sqlite: Engine) -> None:
    photo = Received("trang.png", "text/html", encoded(a_page((600, 800))))
    send(talks, photo, OPEN)
    with transaction(sqlite) as session:
        found = {f.name: (f.media_type, len(f.sha256)) for f in session.exec(select(StoredFile))}
    assert found == {"trang.png": ("image/jpeg", 64), "bao-cao.pdf": ("application/pdf", 64)}


def test_a_bomb_is_refused_and_not_kept(talks: Talks, settings: Settings) -> None:
    body = "".join(map(paragraph, HEAD))
    bomb = docx_bytes(body, {"word/media/x.bin": b"0" * (40 << 20)})
    [told] = send(talks, Received("a.docx", "", bomb))
    assert "không an toàn" in told
    assert kept(settings) == []


def test_a_message_with_a_mark_raises_an_alert_without_its_words(
    talks: Talks, sqlite: Engine
) -> None:
    for _ in range(2):
        [told] = talks.tell(event="secret", text="")
        assert "không lưu" in told.text
    assert alerts(sqlite) == [("secret_text", "account:1", 2)]


def test_a_message_with_a_mark_through_the_web_page(client: TestClient, sqlite: Engine) -> None:
    body = {"id": str(uuid4()), "text": "TỐI MẬT\nHầm số chín"}
    assert client.post("/chat/messages", json=body).status_code == 200
    assert [kind for kind, _, _ in alerts(sqlite)] == ["secret_text"]
    assert "hầm" not in rows(sqlite).lower()


def test_in_a_group_files_are_neither_kept_nor_looked_at(
    talks: Talks, sqlite: Engine, settings: Settings
) -> None:
    send(talks, SECRET, OPEN, chat="-5", group=True, addressed=True)
    assert kept(settings) == []
    assert alerts(sqlite) == []


def test_a_virus_is_refused(sqlite: Engine, settings: Settings) -> None:
    with clamd() as fake:
        guarded = settings.model_copy(update={"clamd": fake.address})
        told = send(Talks(sqlite, guarded), INFECTED, NOTE)
    assert "mã độc" in told[0]
    assert "ghi-chu.txt" in told[1]
    assert kept(settings) == [NOTE.content]
    assert alerts(sqlite) == [("virus", "account:1", 1)]
    assert len(fake.received) == 2


def test_without_the_scanner_nothing_is_taken_until_it_is_back(
    sqlite: Engine, settings: Settings
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        gone = f"127.0.0.1:{free.getsockname()[1]}"
    away = Talks(sqlite, settings.model_copy(update={"clamd": gone}))
    [told] = send(away, NOTE)
    assert "chưa kiểm tra được" in told
    assert "gửi lại sau" in told
    assert kept(settings) == []
    assert alerts(sqlite) == [("clamd", "clamd", 1)]
    with clamd() as fake:
        back = Talks(sqlite, settings.model_copy(update={"clamd": fake.address}))
        back._numbers = away._numbers
        send(back, NOTE)
    assert kept(settings) == [NOTE.content]
    assert alerts(sqlite) == []  # its cause is gone


def test_without_the_setting_nothing_is_scanned(talks: Talks, settings: Settings) -> None:
    [told] = send(talks, INFECTED)
    assert told.startswith("Tôi đã nhận")
    assert kept(settings) == [INFECTED.content]


def test_the_desk_names_these_alerts(owner: Officer, talks: Talks) -> None:
    send(talks, SECRET)
    talks.tell(event="secret")
    page = owner.get("/admin/alerts").text
    for kind in ("secret_file", "secret_text"):
        assert words()["alert_kinds"][kind] in page
    assert {"virus", "clamd"} <= words()["alert_kinds"].keys()


@pytest.mark.parametrize("good", ["127.0.0.1:3310", "[::1]:3310", "clamd:3310", "unix:/run/c.ctl"])
def test_where_the_scanner_listens(tmp_path_factory: pytest.TempPathFactory, good: str) -> None:
    folder = tmp_path_factory.mktemp("settings")
    assert some_settings(folder, clamd=good).clamd == good
    for wrong in ("3310", "unix:c.ctl", "http://127.0.0.1:3310", "a b:1"):
        with pytest.raises(ValueError, match="tên-máy:cổng"):
            some_settings(folder, clamd=wrong)
