"""`troly serve` as a process: it says where to click, answers, and ends when asked."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlmodel import select

from service.storage.engine import open_engine, transaction
from service.storage.outbox import enqueue
from service.storage.people_tables import ChannelAccount
from tests.ports import free_port

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server on a port of its own, with an empty data folder."""
    port = free_port()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "TROLY_DATA_DIR": str(tmp_path / "data"),
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "service.cli", "serve", "--port", str(port)],
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@contextmanager
def a_stream(client: httpx.Client, data: Path) -> Iterator[Iterator[str]]:
    """A page that listens: it was told one thing, and waits for the next."""
    asked = client.post("/chat/messages", json={"id": str(uuid4()), "text": "trợ giúp"}).json()
    after = asked["replies"][0]["id"]
    with client.stream("GET", "/chat/events", params={"after": after}) as stream:
        lines = stream.iter_lines()
        assert "event: ready" in list(islice(lines, 4))
        engine = open_engine(f"sqlite:///{data / 'troly.sqlite3'}")
        with transaction(engine) as session:
            [account] = session.exec(select(ChannelAccount)).all()
            enqueue(session, "web", account.chat, "Nhắc việc", datetime.now(UTC), sent=True)
        engine.dispose()
        told = next(line for line in lines if line.startswith("data: "))
        assert json.loads(told.removeprefix("data: "))["text"] == "Nhắc việc"
        yield lines


def test_a_server_says_where_to_click_answers_and_stops(
    server: tuple[str, subprocess.Popen[str]], tmp_path: Path
) -> None:
    address, process = server
    assert process.stdout is not None
    shown = ""
    for line in process.stdout:  # it says so once it answers
        shown += line
        if "Ctrl+C" in line:
            break
    assert f"Mở trình duyệt tại: {address}" in shown
    link = re.search(rf"{address}(/admin/link\?code=[\w-]{{40,}})", shown)
    assert link  # nobody can sign in yet

    with httpx.Client(base_url=address, timeout=30) as client:
        assert client.get("/readyz").json()["status"] == "ok"
        assert client.get("/").status_code == 200
        assert 'value="admin"' in client.get(link[1]).text
        question = "Hạn gửi kế hoạch truyền thông chính sách năm 2023 về Sở GDĐT Hải Phòng?"
        line = client.post("/api/ask", json={"question": question}).json()
        assert line["citations"][0]["address"] == "III#2.6"
        assert line["text"].startswith("Năm 2023 (đã hết hạn): trước ngày 20/9/2023")

        with a_stream(client, tmp_path / "data") as lines:
            process.send_signal(signal.SIGTERM)
            assert [line for line in lines if line.strip(": ")] == []  # the stream ends, too
    rest, _ = process.communicate(timeout=8)
    assert process.returncode in (0, -signal.SIGTERM)
    assert not re.search(r"Traceback|127\.0\.0\.1:\d+ - ", rest)  # no error, nobody's address
    assert link[1] not in rest


def test_answers_are_not_held_back_by_the_delay_of_tcp() -> None:
    from service.commands.serve import listen

    with listen("127.0.0.1", 0) as listening:
        # asyncio switches the delay off for what is named as TCP, and for nothing else.
        assert listening.proto == socket.IPPROTO_TCP
