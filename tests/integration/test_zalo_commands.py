"""`troly zalo authorize` from the link to the stored pair."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from typer.testing import CliRunner, Result

from service.cli import app
from service.commands.doors import Doors
from service.settings import Settings
from service.storage.channel_tokens import Pair, read_pair
from service.storage.engine import open_engine, transaction
from service.zalo_oauth import challenge_of
from tests.builders import some_settings
from tests.fakes.oauth import FakeOAuth, served


@pytest.fixture
def oauth() -> FakeOAuth:
    """Zalo's token endpoint."""
    return FakeOAuth()


@pytest.fixture
def settings(tmp_path: Path, oauth: FakeOAuth) -> Iterator[Settings]:
    """An office whose console knows one verifier."""
    with served(oauth) as url:
        yield some_settings(
            tmp_path,
            public_url="https://office.test",
            zalo_app_id="1000",
            zalo_app_secret="app-secret",
            zalo_oa_secret_key="khoa-oa",
            zalo_code_verifier="v" * 43,
            zalo_oauth_url=url,
        )


def authorize(settings: Settings, pasted: str, *options: str) -> Result:
    """Run the command and paste that into it."""
    doors = Doors(settings=lambda: settings)
    return CliRunner().invoke(app, ["zalo", "authorize", *options], input=pasted, obj=doors)


def stored(settings: Settings) -> Pair | None:
    engine = open_engine(settings.storage_url)
    try:
        with transaction(engine) as session:
            return read_pair(session, "zalo_oa:1000")
    finally:
        engine.dispose()


def test_a_pasted_code_becomes_the_stored_pair(settings: Settings, oauth: FakeOAuth) -> None:
    oauth.codes = {"c0de": challenge_of("v" * 43)}
    result = authorize(settings, "https://office.test/?oa_id=9&code=c0de\n")
    assert result.exit_code == 0, result.output
    link = urlsplit(re.findall(r"http\S+/v4/oa/permission\S+", result.output)[0])
    asked = parse_qs(link.query)
    assert asked["redirect_uri"] == ["https://office.test"]
    assert asked["code_challenge"] == [challenge_of("v" * 43)]
    pair = stored(settings)
    assert pair is not None
    assert (pair.access, pair.refresh) == ("access-1", "refresh-1")
    assert "access-1" not in result.output


def test_each_consent_has_its_own_secret_unless_the_console_fixes_one(
    settings: Settings, oauth: FakeOAuth
) -> None:
    settings = settings.model_copy(update={"zalo_code_verifier": None})
    asked = [
        re.findall(r"code_challenge=([\w-]{43})&", authorize(settings, "wrong\n").output)[0]
        for _ in range(2)
    ]
    assert asked[0] != asked[1]


def test_a_wrong_code_is_told_and_nothing_is_stored(settings: Settings) -> None:
    result = authorize(settings, "wrong\n")
    assert result.exit_code == 1
    assert "-14012" in result.output
    assert stored(settings) is None


@pytest.mark.parametrize("missing", ["public_url", "zalo_app_id", "zalo_app_secret"])
def test_what_is_not_set_is_said(settings: Settings, missing: str) -> None:
    result = authorize(settings.model_copy(update={missing: None}), "c0de\n")
    assert result.exit_code == 2
    assert f"TROLY_{missing.upper()}" in result.output


def test_the_callback_may_be_given(settings: Settings, oauth: FakeOAuth) -> None:
    unset = settings.model_copy(update={"public_url": None})
    result = authorize(unset, "wrong\n", "--callback", "https://other.test/zalo")
    assert "redirect_uri=https%3A%2F%2Fother.test%2Fzalo" in result.output
