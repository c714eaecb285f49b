"""Connections that stay cheap, downloads that stay small, addresses that lead nowhere inside."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.attachments import Fetcher
from bot.channels.base import DeliveryError, Rejected, TooLarge, TryLater
from bot.channels.connections import Lanes, download
from tests.unit.bot.channels.hostile_json import TEXTS
from tests.unit.bot.channels.wires import Answer, Wire, run, streamed

PUBLIC = "203.113.131.1"


def fetch(
    address: str, answer: Answer | None = None, found: Any = (PUBLIC,), largest: int = 10
) -> tuple[bytes, httpx.Request]:
    wire = Wire(default=lambda: answer or streamed(b"abc"))

    async def resolve(host: str) -> Any:
        if isinstance(found, Exception):
            raise found
        return found

    async def work() -> bytes:
        fetcher = Fetcher(["zdn.vn", " Zadn.vn ", "", "127.0.0.1:9000"], resolve, wire.transport)
        try:
            return await fetcher.fetch(address, largest)
        finally:
            await fetcher.close()

    got = run(work())
    return got, wire.asked[0]


# --- where a file may come from -----------------------------------------------------------------


@pytest.mark.parametrize("host", ["zdn.vn", "photo-stal-1.zdn.vn", "a.b.zadn.vn"])
def test_a_file_comes_from_the_machine_that_was_looked_at(host: str) -> None:
    got, asked = fetch(f"https://{host}/x?y=1")
    assert got == b"abc"
    assert str(asked.url) == f"https://{PUBLIC}/x?y=1"
    assert asked.headers["host"] == host
    assert asked.extensions["sni_hostname"] == host  # whose certificate must be shown


def test_an_address_of_either_generation() -> None:
    assert fetch("https://zdn.vn/x", found=("2001:4860::1", PUBLIC))[1].url.host == PUBLIC
    assert fetch("https://zdn.vn/x", found=("2001:4860::1",))[1].url.host == "2001:4860::1"


@pytest.mark.parametrize(
    "address",
    [
        "http://zdn.vn/x",
        "ftp://zdn.vn/x",
        "file:///etc/passwd",
        "//zdn.vn/x",
        "zdn.vn/x",
        "",
        "https://",
        "https://evil.vn/zdn.vn",
        "https://zdn.vn.evil.vn/x",
        "https://evilzdn.vn/x",
        "https://zdn.vn@evil.vn/x",
        "https://an:mk@zdn.vn/x",
        "https://zdn.vn:8443/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://2130706433/x",
        "http://127.0.0.1:9001/x",
        "http://127.0.0.1/x",
        "https://zdn.vn:99999999/x",
        "https://zdn.vn/\x00",
        "https://\ud800.zdn.vn/x",
    ],
)
def test_a_file_comes_from_nowhere_else(address: str) -> None:
    with pytest.raises(Rejected):
        fetch(address)


@given(st.one_of(TEXTS, TEXTS.map("https://{}".format), TEXTS.map("https://{}.zdn.vn/".format)))
def test_no_address_breaks_the_fetching(address: str) -> None:
    with suppress(DeliveryError):
        _, asked = fetch(address)
        assert asked.url.host == PUBLIC


@pytest.mark.parametrize(
    "inside",
    [
        *("127.0.0.1", "10.0.0.5", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "224.0.0.1"),
    ],
)
def test_a_name_that_leads_inside_is_not_followed(inside: str) -> None:
    with pytest.raises(Rejected):
        fetch("https://zdn.vn/x", found=(PUBLIC, inside))


@pytest.mark.parametrize(
    ("found", "error"),
    [((), Rejected), (OSError("no name"), TryLater), (UnicodeError("label too long"), TryLater)],
)
def test_a_name_that_leads_nowhere(found: Any, error: type[DeliveryError]) -> None:
    with pytest.raises(error):
        fetch("https://zdn.vn/x", found=found)


def test_a_machine_of_the_offices_own_choice_may_be_inside() -> None:
    got, asked = fetch("http://127.0.0.1:9000/x", found=("127.0.0.1",))
    assert (got, str(asked.url)) == (b"abc", "http://127.0.0.1:9000/x")


# --- how much of it -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (streamed(b"x" * 6, b"x" * 6), TooLarge),
        (streamed(b"", content_length="11"), TooLarge),
        (streamed(b"", status=302, location="http://127.0.0.1/"), Rejected),
        (streamed(b"", status=404), Rejected),
        (streamed(b"", status=429), TryLater),
        (streamed(b"", status=503), TryLater),
        (httpx.ReadTimeout("slow"), TryLater),
        (httpx.ConnectError("refused"), TryLater),
    ],
)
def test_a_file_that_is_not_taken(answer: Answer, error: type[Exception]) -> None:
    with pytest.raises(error):
        fetch("https://zdn.vn/x", answer)


def test_a_file_that_never_ends_is_given_up() -> None:
    async def dripping() -> AsyncIterator[bytes]:
        while True:
            yield b"."
            await asyncio.sleep(0.001)

    async def work() -> bytes:
        wire = Wire(default=lambda: httpx.Response(200, content=dripping()))
        async with httpx.AsyncClient(transport=wire.transport) as client:
            request = client.build_request("GET", "https://zdn.vn/x")
            return await download(client, request, 1 << 30, seconds=0.01)

    with pytest.raises(TryLater):
        run(work())


def test_a_file_that_just_fits() -> None:
    assert fetch("https://zdn.vn/x", streamed(b"x" * 10))[0] == b"x" * 10


def test_a_packed_file_is_not_unpacked() -> None:
    got, asked = fetch("https://zdn.vn/x", streamed(b"packed", content_encoding="gzip"))
    assert asked.headers["accept-encoding"] == "identity"
    assert got == b"packed"


# --- connections --------------------------------------------------------------------------------


def test_a_lane_is_nobody_elses_while_it_is_used() -> None:
    made = iter(range(10))
    lanes = Lanes(lambda: next(made))
    with lanes.one() as first, lanes.one() as second:
        assert {first, second} == {0, 1}
    with lanes.one() as again:
        assert again in (0, 1)
    assert lanes.all == [0, 1]


def test_a_lane_is_free_again_after_an_error() -> None:
    lanes = Lanes(object)
    for _ in range(3):
        with pytest.raises(ValueError, match="x"), lanes.one():
            raise ValueError("x")
    assert len(lanes.all) == 1


@pytest.mark.parametrize("name", ["httpx", "httpcore", "telegram.request", "telegram.Bot"])
def test_what_knows_the_token_keeps_quiet(name: str) -> None:
    assert not logging.getLogger(name).isEnabledFor(logging.INFO)


def test_no_request_looks_for_a_package_that_is_not_there() -> None:
    """Whether sniffio is installed or not, importing it must not search the disk."""
    code = "import bot.channels.connections, sys; print('sniffio' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "True"
