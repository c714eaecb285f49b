"""Zalo verifies that the domain is the office's: a file at the root, or the first page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from service.app import create_app
from service.live import LiveAssistant
from service.settings import Settings
from tests.builders import some_settings
from tests.fakes.answers import FakeAnswers

CODE = "FwYN8_aBc-123"
META = f'<meta name="zalo-platform-site-verification" content="{CODE}">'


@pytest.fixture
def verified(tmp_path: Path, sqlite: Engine) -> Iterator[TestClient]:
    """A server that was given the code."""
    settings = some_settings(
        tmp_path, zalo_verifier=CODE, widget_origins="https://portal.example.gov.vn"
    )
    live = LiveAssistant(load=FakeAnswers, stamp=lambda: 0)
    with TestClient(create_app(settings, live, sqlite)) as client:
        yield client


def test_the_file_stands_at_the_root(verified: TestClient) -> None:
    answer = verified.get(f"/zalo_verifier{CODE}.html")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert META in answer.text
    assert CODE in answer.text.split("<body>")[1]
    assert verified.head(f"/zalo_verifier{CODE}.html").status_code == 200


def test_the_first_page_says_it_in_its_head_and_no_other_page_does(verified: TestClient) -> None:
    assert META in verified.get("/").text.split("</head>")[0]
    for path in ("/documents", "/widget"):
        page = verified.get(path)
        assert page.status_code == 200
        assert "zalo-platform" not in page.text


@pytest.mark.parametrize("code", ["", "x", CODE.lower(), f"{CODE}x", "%2e%2e%2fsecret"])
def test_any_other_code_is_not_found(verified: TestClient, code: str) -> None:
    answer = verified.get(f"/zalo_verifier{code}.html", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert META not in answer.text


def test_without_a_code_there_is_no_such_file(client: TestClient, settings: Settings) -> None:
    assert settings.zalo_verifier is None
    assert client.get("/zalo_verifierNone.html").status_code == 404
    assert "zalo-platform" not in client.get("/").text
