"""What platforms answer when they are asked whether they know us; no token is ever repeated."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.channels.base import ChannelDown
from bot.channels.mail import Server
from service.doctor import Probe
from service.probes import Answer, Unanswered, probe_all
from tests.builders import NOON, some_settings

TOKEN = "407:khong-ai-duoc-thay"
OURS = "https://hoi-dap.example.gov.vn"
ZALO = {"zalo_app_id": "1", "zalo_app_secret": "a", "zalo_oa_secret_key": "b"}


class Outside:
    """Answers by address; whatever is not there does not answer."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    def __call__(self, url: str, headers: Mapping[str, str]) -> Answer:
        self.asked.append((url, headers))
        if url not in self.answers:
            raise Unanswered("ConnectTimeout")
        return self.answers[url]


def probed(folder: Path, name: str, outside: Outside, **values: object) -> Probe:
    return probe_all(some_settings(folder, **values), TOKEN, outside)[name]


GET_ME = f"https://api.telegram.org/bot{TOKEN}/getMe"


@pytest.mark.parametrize(
    ("answer", "works", "says"),
    [
        (Answer(200, {"ok": True, "result": {"username": "thu_bot"}}, NOON), True, "thu_bot"),
        (Answer(401, {"ok": False, "error_code": 401}), False, "từ chối token (mã 401)"),
        (Answer(502, {}), False, "(mã 502)"),
        (None, False, "không gọi được máy chủ (ConnectTimeout)"),
    ],
)
def test_a_bot_is_asked_who_it_is(
    tmp_path: Path, answer: Answer | None, works: bool, says: str
) -> None:
    outside = Outside({GET_ME: answer} if answer else {})
    probe = probed(tmp_path, "telegram", outside, telegram_token=TOKEN)
    assert probe.works is works
    assert says in probe.says
    assert TOKEN not in probe.says
    assert probe.date == (answer.date if answer else None)


def test_each_bot_is_asked_at_its_own_server(tmp_path: Path) -> None:
    outside = Outside({})
    values = {
        "telegram_token": TOKEN,
        "telegram_base_url": "http://127.0.0.1:8406/bot",
        "zalo_bot_token": TOKEN,
    }
    assert set(probe_all(some_settings(tmp_path, **values), None, outside)) == {
        "telegram",
        "zalo_bot",
    }
    assert [url for url, _ in outside.asked] == [
        f"https://bot-api.zaloplatforms.com/bot{TOKEN}/getMe",
        f"http://127.0.0.1:8406/bot{TOKEN}/getMe",
    ]


@pytest.mark.parametrize(
    ("answer", "works", "says"),
    [
        (Answer(200, {"error": 0, "data": {"name": "Sở thử"}}), True, "Sở thử"),
        # Zalo answers 200 when it refuses, too.
        (Answer(200, {"error": -216, "message": "invalid"}), False, "Zalo từ chối (mã -216)"),
        (None, False, "không gọi được Zalo"),
    ],
)
def test_an_official_account_is_read_with_the_token_in_use(
    tmp_path: Path, answer: Answer | None, works: bool, says: str
) -> None:
    url = "https://openapi.zalo.me/v2.0/oa/getoa"
    outside = Outside({url: answer} if answer else {})
    probe = probed(tmp_path, "zalo_oa", outside, **ZALO)
    assert (probe.works, says in probe.says) == (works, True)
    assert outside.asked == [(url, {"access_token": TOKEN})]


def test_without_a_token_the_account_is_not_asked(tmp_path: Path) -> None:
    outside = Outside({})
    assert probe_all(some_settings(tmp_path, **ZALO), None, outside) == {}
    assert outside.asked == []


@pytest.mark.parametrize(
    ("front", "desk", "works", "says"),
    [
        (200, 404, True, ""),
        (502, 404, False, "mã 502"),
        (200, 200, False, "bên ngoài mở được /admin"),
        (200, 303, False, "bên ngoài mở được /admin"),
    ],
)
def test_our_address_leads_to_the_chat_and_not_to_the_desk(
    tmp_path: Path, front: int, desk: int, works: bool, says: str
) -> None:
    outside = Outside({f"{OURS}/": Answer(front, {}), f"{OURS}/admin": Answer(desk, {})})
    probe = probed(tmp_path, "address", outside, public_url=OURS)
    assert (probe.works, says in probe.says) == (works, True)


def test_our_address_may_not_answer(tmp_path: Path) -> None:
    assert not probed(tmp_path, "address", Outside({}), public_url=OURS).works


def test_a_mail_server_is_signed_in_to(tmp_path: Path) -> None:
    seen: list[Server] = []

    def greet(server: Server) -> str:
        seen.append(server)
        if server.encrypted:
            raise ChannelDown("535 5.7.8")
        return "mail.example.vn"

    for scheme, works, says in (("smtp", True, "mail.example.vn"), ("smtps", False, "(535 5.7.8)")):
        url = f"{scheme}://lan%40a.vn:p%3A1@mail"
        probes = probe_all(some_settings(tmp_path, smtp_url=url), None, Outside({}), greet)
        assert set(probes) == {"email"}
        assert probes["email"].works is works
        assert says in probes["email"].says
    first, second = seen
    assert (first.host, first.port, second.port) == ("mail", 587, 465)
    assert (first.user, first.password, first.sender) == ("lan@a.vn", "p:1", "lan@a.vn")
