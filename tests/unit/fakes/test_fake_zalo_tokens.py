"""The fake Zalo's tokens: one living pair, each refresh token good for once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.fakes.zalo_office import APP, OA, SECRET
from tests.fakes.zalo_tokens import challenge_of
from tests.unit.fakes.zalo_setup import Office, an_office

PATH = "/v4/oa/access_token"
VERIFIER = "a" * 43


@pytest.fixture
def oa() -> Iterator[Office]:
    with an_office() as office:
        yield office


def asked(oa: Office, form: dict[str, str], secret: str = SECRET) -> dict[str, str]:
    """What the token endpoint says: HTTP 200 in every case."""
    response = oa.http.post(PATH, data={"app_id": APP, **form}, headers={"secret_key": secret})
    assert response.status_code == 200
    return response.json()


def refresh(oa: Office, token: str) -> dict[str, str]:
    return asked(oa, {"grant_type": "refresh_token", "refresh_token": token})


def exchange(oa: Office, code: str, verifier: str = VERIFIER) -> dict[str, str]:
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
    return asked(oa, form)


def works(oa: Office, access: str) -> int:
    """The verdict on a call with this access token."""
    return oa.http.get("/v2.0/oa/getoa", headers={"access_token": access}).json()["error"]


def test_the_challenge_is_that_of_the_standard() -> None:
    """The example of RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_consent_gives_a_code_and_the_code_a_pair(oa: Office) -> None:
    asked_for = {"app_id": APP, "redirect_uri": "https://example.vn/cb", "state": "s",
                 "code_challenge": challenge_of(VERIFIER)}  # fmt: skip
    back = oa.http.get("/v4/oa/permission", params=asked_for)
    assert back.status_code == 302
    query = parse_qs(urlsplit(back.headers["location"]).query)
    assert query["oa_id"] == [OA]
    assert query["state"] == ["s"]
    pair = exchange(oa, query["code"][0])
    assert pair.keys() == {"access_token", "refresh_token", "expires_in"}
    assert pair["expires_in"] == "90000"
    assert works(oa, pair["access_token"]) == 0


@pytest.mark.parametrize("changes", [{"app_id": "1"}, {"redirect_uri": "x"}])
def test_consent_is_refused_to_a_wrong_app_or_address(oa: Office, changes: dict[str, str]) -> None:
    asked_for = {"app_id": APP, "redirect_uri": "https://example.vn/cb", **changes}
    refused = oa.http.get("/v4/oa/permission", params=asked_for)
    assert refused.status_code == 200
    assert refused.json()["error"] in (-14002, -14003)


def test_a_code_is_good_once_for_ten_minutes_and_for_its_verifier(oa: Office) -> None:
    code = oa.fake.consent(challenge_of(VERIFIER))
    assert exchange(oa, code)["access_token"]
    assert exchange(oa, code)["error"]
    assert exchange(oa, oa.fake.consent(challenge_of(VERIFIER)), "b" * 43)["error"]
    late = oa.fake.consent(challenge_of(VERIFIER))
    oa.fake.advance(600)
    assert exchange(oa, late)["error"]


def test_a_refresh_replaces_both_tokens_and_the_old_access_token_dies_at_once(oa: Office) -> None:
    old = oa.fake.pair()
    new = refresh(oa, old["refresh_token"])
    assert not set(new.values()) & set(old.values())
    assert works(oa, old["access_token"]) == -220
    assert works(oa, new["access_token"]) == 0
    assert oa.fake.pair() == {k: new[k] for k in ("access_token", "refresh_token")}


def test_a_refresh_token_is_good_for_once_and_the_pair_it_gave_goes_on(oa: Office) -> None:
    old = oa.fake.pair()["refresh_token"]
    new = refresh(oa, old)
    again = refresh(oa, old)
    assert isinstance(again["error"], int)
    assert again["error"] != 0
    assert again.keys() >= {"error_name", "error_reason", "ref_doc", "error_description"}
    assert works(oa, new["access_token"]) == 0
    assert oa.fake.counters()["refreshes"] == 1
    assert oa.fake.counters()["tokens refused"] == 1


def test_an_access_token_lives_25_hours_and_a_refresh_token_three_months(oa: Office) -> None:
    pair = oa.fake.pair()
    oa.fake.advance(25 * 3600 - 1)
    assert works(oa, pair["access_token"]) == 0
    oa.fake.advance(1)
    assert works(oa, pair["access_token"]) == -220
    oa.fake.advance(90 * 86400)
    assert refresh(oa, pair["refresh_token"])["error"]


def test_a_made_up_access_token_is_another_error_than_a_dead_one(oa: Office) -> None:
    assert works(oa, "x") == -216
    assert oa.http.get("/v2.0/oa/getoa", headers={"access_token": ""}).json()["error"] == -216


def test_a_bearer_is_not_read(oa: Office) -> None:
    token = oa.http.headers.pop("access_token")
    refused = (
        oa.get("/v2.0/oa/getoa"),
        oa.http.get("/v2.0/oa/getoa", headers={"Authorization": f"Bearer {token}"}).json(),
    )
    assert [answer["error"] for answer in refused] == [-216, -216]


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": "refresh_token", "app_id": "1"},
        {"grant_type": "password"},
        {},
    ],
)
def test_a_wrong_app_or_grant_gets_nothing(oa: Office, form: dict[str, str]) -> None:
    refused = asked(oa, {"refresh_token": oa.fake.pair()["refresh_token"], **form})
    assert refused["error"]
    assert oa.fake.counters()["refreshes"] == 0


def test_the_secret_is_a_header_and_the_body_a_form(oa: Office) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": oa.fake.pair()["refresh_token"]}
    assert asked(oa, form, secret="wrong")["error"] == -14002
    as_json = oa.http.post(PATH, json={"app_id": APP, **form}, headers={"secret_key": SECRET})
    assert as_json.json()["error"]
    assert asked(oa, form)["access_token"]


def test_of_two_refreshes_at_once_one_wins_and_the_other_is_refused(oa: Office) -> None:
    oa.fake.rules(refresh_delay=0.1)
    token, answers = oa.fake.pair()["refresh_token"], []
    threads = [threading.Thread(target=lambda: answers.append(refresh(oa, token))) for _ in "12"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted("access_token" in answer for answer in answers) == [False, True]
    assert oa.fake.counters()["refreshes"] == 1


def test_a_refresh_whose_answer_is_lost_has_consumed_the_token(oa: Office) -> None:
    token = oa.fake.pair()["refresh_token"]
    oa.fake.fault("drop_after", "access_token")
    with pytest.raises(httpx.RemoteProtocolError):
        refresh(oa, token)
    assert oa.fake.counters()["refreshes"] == 1
    assert refresh(oa, token)["error"]


def test_rights_taken_away_end_both_tokens(oa: Office) -> None:
    pair = oa.fake.pair()
    oa.fake.revoke()
    assert works(oa, pair["access_token"]) == -220
    assert refresh(oa, pair["refresh_token"])["error"]


def test_a_test_may_have_refreshes_refused(oa: Office) -> None:
    oa.fake.fault("error", "access_token", None, code=-14014)
    token = oa.fake.pair()["refresh_token"]
    assert [refresh(oa, token)["error"] for _ in "12"] == [-14014, -14014]
    oa.fake.clear_faults()
    assert refresh(oa, token)["access_token"]


def test_a_given_pair_can_be_adopted(oa: Office) -> None:
    oa.fake.adopt("mine", "mine too")
    assert works(oa, "mine") == 0
    assert refresh(oa, "mine too")["access_token"]
