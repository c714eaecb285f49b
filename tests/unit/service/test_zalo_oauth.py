"""What the token endpoint says, and what of it is for ever."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from service.commands.zalo import code_in
from service.zalo_oauth import (
    NotGranted,
    ZaloApp,
    challenge_of,
    consent_link,
    exchange,
    make_verifier,
    renew,
)

APP = ZaloApp("1000", "app-secret", "http://oauth.test")


def renewed(answer: httpx.Response | Exception) -> timedelta:
    """How long a pair lasts that is answered so."""

    def handle(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    with httpx.Client(transport=httpx.MockTransport(handle)) as client:
        return renew(client, APP, "refresh").lasts


@pytest.mark.parametrize(
    ("expires_in", "lasts"),
    [
        ("90000", timedelta(hours=25)),
        (90000, timedelta(hours=25)),
        # What cannot be read is taken to be short: renewing early does no harm.
        ("soon", timedelta(hours=1)),
        (None, timedelta(hours=1)),
        (-5, timedelta(hours=1)),
        ("9" * 30, timedelta(hours=1)),
    ],
)
def test_how_long_a_pair_lasts(expires_in: object, lasts: timedelta) -> None:
    pair = {"access_token": "a", "refresh_token": "r", "expires_in": expires_in}
    assert renewed(httpx.Response(200, json=pair)) == lasts


@pytest.mark.parametrize(
    ("answer", "code", "final"),
    [
        # The verdict is in the body, whatever the status says.
        (httpx.Response(200, json={"error": -14012, "error_name": "x"}), "-14012", True),
        (httpx.Response(200, json={"error": "-14012"}), "-14012", True),
        (httpx.Response(401, json={"error": -14002}), "-14002", True),
        (httpx.Response(200, json={"error": "invalid_grant"}), "http 200", True),
        (httpx.Response(200, json={"error": -14003, "access_token": ""}), "-14003", True),
        # These may be otherwise in a while.
        (httpx.Response(200, json={"error": -32}), "-32", False),
        (httpx.Response(200, json={"error": "-32"}), "-32", False),
        (httpx.Response(500, json={"error": -14012}), "-14012", False),
        (httpx.Response(429, json={"error": 5}), "5", False),
        (httpx.Response(502, text="<h1>Bad Gateway</h1>"), "http 502", False),
        (httpx.Response(200, content=b"\xff\xfe"), "http 200", False),
        (httpx.Response(200, json={}), "http 200", False),
        (httpx.Response(200, json={"error": 0}), "0", False),
        (httpx.Response(200, json=["access_token"]), "http 200", False),
        (httpx.Response(200, json={"access_token": "a"}), "http 200", False),
        (httpx.Response(200, json={"access_token": 1, "refresh_token": 2}), "http 200", False),
        (httpx.ConnectError("no route"), "ConnectError", False),
        (httpx.ReadTimeout("late"), "ReadTimeout", False),
    ],
)
def test_why_there_is_no_pair(answer: httpx.Response | Exception, code: str, final: bool) -> None:
    with pytest.raises(NotGranted) as refused:
        renewed(answer)
    assert (refused.value.code, refused.value.final) == (code, final)


def test_a_code_is_exchanged_with_the_secret_behind_the_challenge() -> None:
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"access_token": "a", "refresh_token": "r"})

    with httpx.Client(transport=httpx.MockTransport(handle)) as client:
        exchange(client, APP, "c0de", "v3rifier")
    [request] = asked
    assert str(request.url) == "http://oauth.test/v4/oa/access_token"
    assert request.headers["secret_key"] == "app-secret"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(request.content.decode()) == {
        "app_id": ["1000"],
        "code": ["c0de"],
        "code_verifier": ["v3rifier"],
        "grant_type": ["authorization_code"],
    }


def test_the_challenge_is_that_of_the_standard() -> None:
    # The example of RFC 7636, appendix B.
    assert (
        challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )
    assert re.fullmatch("[A-Za-z0-9]{43}", make_verifier())
    assert make_verifier() != make_verifier()


def test_the_consent_page_is_that_of_official_accounts() -> None:
    link = urlsplit(consent_link(APP, "https://office.test/?a=1&b", "v3rifier"))
    assert (link.netloc, link.path) == ("oauth.test", "/v4/oa/permission")
    query = parse_qs(link.query)
    assert query["app_id"] == ["1000"]
    assert query["redirect_uri"] == ["https://office.test/?a=1&b"]
    assert query["code_challenge"] == [challenge_of("v3rifier")]
    assert "v3rifier" not in link.query


@pytest.mark.parametrize(
    "pasted",
    ["c0de", "  c0de\n", "https://office.test/?oa_id=1&code=c0de", "?code=c0de&state=troly"],
)
def test_the_code_is_found_in_what_is_pasted(pasted: str) -> None:
    assert code_in(pasted) == "c0de"
