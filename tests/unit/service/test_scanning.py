"""What an antivirus daemon is asked, and what its silence means."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from service.delivery.scanning import ScannerAway, has_virus, is_there
from tests.fakes.clamd import VIRUS, clamd


def test_a_file_is_sent_whole_and_a_virus_is_found() -> None:
    large = b"a paper " * 50_000  # several pieces
    with clamd() as fake:
        assert not has_virus(fake.address, large)
        assert has_virus(fake.address, large + VIRUS)
    assert fake.received == [large, large + VIRUS]


def test_it_may_listen_on_a_socket_file(tmp_path: Path) -> None:
    with clamd(tmp_path / "clamd.ctl") as fake:
        assert has_virus(fake.address, VIRUS)
        assert not has_virus(fake.address, b"a paper")


@pytest.mark.parametrize(
    "answer", [b"INSTREAM size limit exceeded. ERROR", b"", b"stream: ", b"UNKNOWN COMMAND"]
)
def test_an_answer_that_says_nothing_of_the_file_is_none(answer: bytes) -> None:
    with clamd(answer=answer) as fake, pytest.raises(ScannerAway):
        has_virus(fake.address, b"a paper")


def test_nobody_listens(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for address in (f"127.0.0.1:{port}", f"[::1]:{port}", f"unix:{tmp_path / 'none'}"):
        with pytest.raises(ScannerAway):
            has_virus(address, b"a paper")


def test_one_that_does_not_answer_in_time_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(ScannerAway):
        has_virus(f"127.0.0.1:{silent.getsockname()[1]}", b"a paper", seconds=0.05)


def test_whether_it_is_there(tmp_path: Path) -> None:
    with clamd() as fake:
        assert is_there(fake.address)
    with clamd(answer=b"UNKNOWN COMMAND") as fake:
        assert not is_there(fake.address)
    assert not is_there(f"unix:{tmp_path / 'none'}")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert not is_there(f"127.0.0.1:{silent.getsockname()[1]}", seconds=0.05)
