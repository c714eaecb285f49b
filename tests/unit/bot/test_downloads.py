"""A file that somebody else's address names: never from inside, never endless."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import httpx
import pytest

from bot.channels.base import Rejected, TooLarge, TryLater
from bot.channels.downloads import Resolve, download, lookup

HOSTS = ("zdn.vn", "zalo.me", "127.0.0.1:8123")
PUBLIC = "93.184.216.34"


class Web:
    """Hosts and what they answer; remembers who was really asked."""

    def __init__(self, answers: dict[str, httpx.Response], addresses: dict[str, list[str]]) -> None:
        self._answers, self._addresses = answers, addresses
        self.asked: list[httpx.Request] = []

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        if host == "127.0.0.1":
            return [host]
        return self._addresses.get(host, [PUBLIC])

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        scheme, host = request.url.scheme, request.headers["host"]
        return self._answers[f"{scheme}://{host}{request.url.raw_path.decode()}"]


def fetch(
    url: str,
    answers: dict[str, httpx.Response] | None = None,
    addresses: dict[str, list[str]] | None = None,
    largest: int = 10,
    seconds: float = 20,
) -> tuple[bytes, Web]:
    web = Web(answers or {}, addresses or {})

    async def run() -> bytes:
        async with httpx.AsyncClient(transport=httpx.MockTransport(web)) as client:
            return await download(client, url, HOSTS, largest, resolve=web.resolve, seconds=seconds)

    return asyncio.run(run()), web


def file(content: bytes = b"abc", **headers: str) -> httpx.Response:
    return httpx.Response(200, content=pieces(content), headers=headers)


async def pieces(content: bytes, times: int = 1) -> AsyncIterator[bytes]:
    for _ in range(times):
        yield content


def moved(to: str, status: int = 302) -> httpx.Response:
    return httpx.Response(status, headers={"location": to})


@pytest.mark.parametrize(
    "url",
    [
        "https://zdn.vn/a",
        "http://f1.file.zdn.vn/a?b=1",
        "https://ZALO.me/a",
        "http://127.0.0.1:8123/a",
    ],
)
def test_a_listed_host_is_asked(url: str) -> None:
    parsed = httpx.URL(url)
    content, web = fetch(url, {str(parsed): file()})
    assert content == b"abc"
    [request] = web.asked
    # The address that was checked, under the name that was meant.
    assert request.url.host == (parsed.host if parsed.port else PUBLIC)
    assert request.headers["host"] == parsed.netloc.decode()
    assert request.extensions["sni_hostname"] == parsed.host
    assert request.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.test/a",
        "https://evilzdn.vn/a",
        "https://zdn.vn.evil.test/a",
        "https://zdn.vn./a",
        "https://zdn.vn@evil.test/a",
        "https://evil.test@zdn.vn/a",
        "https://user:word@zdn.vn/a",
        "https://evil.test#zdn.vn/a",
        "https://evil.test\\@zdn.vn/a",
        "https://zdn。vn.evil.test/a",
        "https://zdn.vn:8443/a",  # another service of the same host
        "https://93.184.216.34/a",
        "http://2130706433/a",
        "http://127.1/a",
        "http://127.0.0.1/a",
        "http://127.0.0.1:8124/a",
        "http://localhost:8123/a",
        "http://[::1]:8123/a",
        "http://0x7f000001:8123/a",
        "ftp://zdn.vn/a",
        "file:///etc/passwd",
        "//zdn.vn/a",
        "zdn.vn/a",
        "https:///a",
        "https://",
        "",
        "https://zdn.vn:99999/a",
        "https://zdn.vn\r\nHost: evil.test/a",
        "https://[zdn.vn/a",
        "https://xn--\ud800.zdn.vn/a",
    ],
)
def test_any_other_is_not(url: str) -> None:
    with pytest.raises(Rejected):
        fetch(url)


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.5"],
        ["172.16.0.1"],
        ["192.168.1.1"],
        ["169.254.169.254"],
        ["100.64.0.1"],
        ["0.0.0.0"],
        ["224.0.0.1"],
        ["255.255.255.255"],
        ["::1"],
        ["::"],
        ["fe80::1%eth0"],
        ["fd00::1"],
        ["::ffff:10.0.0.5"],
        ["::ffff:127.0.0.1"],
        ["2002:7f00:1::"],
        ["2001:0:4136:e378:8000:63bf:3fff:fdd2"],
        ["::10.0.0.5"],
        ["64:ff9b::a00:5"],  # 10.0.0.5, as a network without IPv4 writes it
        ["64:ff9b:1::a00:5"],
        ["64:ff9b::a9fe:a9fe"],
        ["192.0.0.192"],  # where some clouds keep what is theirs
        [PUBLIC, "10.0.0.5"],  # one of several
        [],
    ],
)
def test_a_listed_name_that_points_inside_is_not_asked(addresses: list[str]) -> None:
    with pytest.raises(Rejected):
        fetch("https://f1.zdn.vn/a", {}, {"f1.zdn.vn": addresses})


@pytest.mark.parametrize("address", ["2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_an_address_of_the_new_kind_is_asked(address: str) -> None:
    answers = {"https://f1.zdn.vn/a": file()}
    content, web = fetch("https://f1.zdn.vn/a", answers, {"f1.zdn.vn": [address]})
    assert content == b"abc"
    assert web.asked[0].url.host == address


def test_a_redirect_is_followed_within_the_list() -> None:
    answers = {
        "https://zdn.vn/a": moved("/b", 301),
        "https://zdn.vn/b": moved("https://f2.zdn.vn/c", 307),
        "https://f2.zdn.vn/c": moved("https://zalo.me/d", 308),
        "https://zalo.me/d": file(b"end"),
    }
    assert fetch("https://zdn.vn/a", answers)[0] == b"end"


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.test/",
        "//evil.test/",
        "http://127.0.0.1:8124/",
        "file:///etc/passwd",
        "https://inside.zdn.vn/",
        "https://[",
        "http://a:b@zdn.vn/",
    ],
)
def test_a_redirect_leads_nowhere_else(to: str) -> None:
    with pytest.raises(Rejected):
        fetch("https://zdn.vn/a", {"https://zdn.vn/a": moved(to)}, {"inside.zdn.vn": ["10.0.0.5"]})


def test_redirects_end() -> None:
    with pytest.raises(Rejected, match="redirects"):
        fetch("https://zdn.vn/a", {"https://zdn.vn/a": moved("/a")})


@pytest.mark.parametrize("declared", [{}, {"content-length": "3"}])
def test_a_file_larger_than_we_take_is_cut_off(declared: dict[str, str]) -> None:
    endless = httpx.Response(200, content=pieces(b"abc", 10**9), headers=declared)
    with pytest.raises(TooLarge):
        fetch("https://zdn.vn/a", {"https://zdn.vn/a": endless})


def test_a_file_as_large_as_we_take_is_whole() -> None:
    answers = {"https://zdn.vn/a": httpx.Response(200, content=pieces(b"abc", 3))}
    assert fetch("https://zdn.vn/a", answers, largest=9)[0] == b"abcabcabc"


def test_a_packed_file_is_not_unpacked() -> None:
    with pytest.raises(Rejected):
        fetch("https://zdn.vn/a", {"https://zdn.vn/a": file(**{"content-encoding": "gzip"})})


@pytest.mark.parametrize(
    ("status", "error"),
    [
        *((status, Rejected) for status in (204, 304, 403, 404, 410)),
        *((status, TryLater) for status in (429, 500, 503)),
    ],
)
def test_no_file_is_an_error(status: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        fetch("https://zdn.vn/a", {"https://zdn.vn/a": httpx.Response(status)})


def test_a_host_that_takes_for_ever_is_left() -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"a"
        await asyncio.Event().wait()

    with pytest.raises(TryLater):
        fetch(
            "https://zdn.vn/a",
            {"https://zdn.vn/a": httpx.Response(200, content=slow())},
            seconds=0.05,
        )


def resolved(url: str, resolve: Resolve) -> None:
    """Fetch with another way of looking names up; nothing is there to be fetched."""

    async def run() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(lambda r: file())) as client:
            await download(client, url, HOSTS, 9, resolve=resolve)

    asyncio.run(run())


def test_a_name_that_nobody_knows_is_tried_later() -> None:
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    with pytest.raises(TryLater):
        resolved("https://zdn.vn/a", unknown)


def test_the_system_is_asked_for_addresses() -> None:
    assert asyncio.run(lookup("127.0.0.1", 80)) == ("127.0.0.1",)
    with pytest.raises(Rejected):  # a label that no name can have
        resolved(f"https://{'a' * 64}.zdn.vn/a", lookup)
