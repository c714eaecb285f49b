"""A paper behind a link: only from the public network, so much, with a sentence for what fails."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
import pytest

from service.errors import PaperRefused
from service.library.candidates import File
from service.library.fetching import fetch, link_in

PUBLIC = "203.113.0.7"


def answering(request: httpx.Request) -> httpx.Response:
    """What a portal answers, by its path."""
    path = request.url.path
    if path == "/tep":
        return httpx.Response(200, content=b"%PDF-1.7", headers={"content-type": "application/pdf"})
    if path == "/lon.pdf":
        return httpx.Response(200, content=b"x" * 3000)
    if path == "/trong":
        return httpx.Response(302, headers={"location": "http://noi-bo.example/admin"})
    if path == "/quanh":
        return httpx.Response(302, headers={"location": "/quanh"})
    if path == "/di":
        return httpx.Response(301, headers={"location": "/tep"})
    return httpx.Response(404)


def get(url: str, addresses: Sequence[str] = (PUBLIC,)) -> File:
    def resolve(host: str, port: int) -> Sequence[str]:
        return ("10.0.0.8",) if host == "noi-bo.example" else addresses

    return fetch(url, 2000, resolve=resolve, transport=httpx.MockTransport(answering))


@pytest.mark.parametrize("url", ["https://cong.example/tep", "http://cong.example/di"])
def test_a_public_file_is_fetched_and_named_by_what_it_is(url: str) -> None:
    file = get(url)
    assert (file.name, file.data) == ("tep.pdf", b"%PDF-1.7")


def test_the_address_that_was_looked_at_is_asked_by_the_name_of_its_host() -> None:
    asked: list[tuple[str, str, object]] = []

    def note(request: httpx.Request) -> httpx.Response:
        sni = request.extensions.get("sni_hostname")
        asked.append((request.url.host, request.headers["host"], sni))
        return httpx.Response(200, content=b"x")

    transport = httpx.MockTransport(note)
    fetch("https://cong.example/a.txt", 10, resolve=lambda *_: [PUBLIC], transport=transport)
    assert asked == [(PUBLIC, "cong.example", "cong.example")]


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.169.254", "::1", "fd00::1", "0.0.0.0"],
)
def test_nothing_inside_is_reached(address: str) -> None:
    with pytest.raises(PaperRefused, match="công khai"):
        get("https://cong.example/tep", (PUBLIC, address))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://cong.example/tep", "file:///etc/passwd", "https://cong.example:8443/tep",
        "http://ai:mat@cong.example/tep", "https:///tep", "http://cong.example:443/tep",
    ],
)  # fmt: skip
def test_other_kinds_of_addresses_are_refused(url: str) -> None:
    with pytest.raises(PaperRefused, match="công khai"):
        get(url)


def test_a_way_round_to_the_inside_is_refused() -> None:
    with pytest.raises(PaperRefused, match="công khai"):
        get("https://cong.example/trong")


@pytest.mark.parametrize("path", ["quanh", "khong-co"])
def test_what_cannot_be_had_is_said(path: str) -> None:
    with pytest.raises(PaperRefused, match="Chưa lấy được"):
        get(f"https://cong.example/{path}")


def test_too_much_is_broken_off() -> None:
    with pytest.raises(PaperRefused, match="lớn hơn"):
        get("https://cong.example/lon.pdf")


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("xem https://a.example/b.pdf.", "https://a.example/b.pdf"),
        ("(http://a.example/x)", "http://a.example/x"),
        ("công văn đến ngày 12/11", ""),
    ],
)
def test_the_link_in_a_sentence_is_found(text: str, link: str) -> None:
    assert link_in(text) == link
