"""Who a visitor is: one cookie for the page, one for the chat inside a portal."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from service.settings import Settings

WIDGET = {"X-Troly": "widget"}


def send(client: TestClient, **headers: str) -> Response:
    """One message."""
    sent = {"id": str(uuid4()), "text": "hạn nộp?"}
    return client.post("/chat/messages", json=sent, headers=headers)


def given(answer: Response) -> dict[str, str]:
    """What the browser is told about the cookie that it gets."""
    first, *rest = answer.headers["set-cookie"].lower().split("; ")
    said = dict(part.partition("=")[::2] for part in rest)
    marks = sorted(said.keys() & {"secure", "httponly", "partitioned"})
    name, samesite = first.partition("=")[0], said["samesite"]
    return {"name": name, "samesite": samesite, "marks": " ".join(marks)}


def test_over_https_a_portal_of_another_site_can_keep_its_visitor(client: TestClient) -> None:
    client.base_url = "https://hoi.example.vn"  # type: ignore[assignment]
    assert given(send(client, **WIDGET)) == {
        "name": "troly_widget",
        "samesite": "none",
        "marks": "httponly partitioned secure",
    }
    page = {"name": "troly_chat", "samesite": "lax", "marks": "httponly secure"}
    assert given(send(client)) == page


def test_over_http_a_portal_can_be_tried_within_the_site(client: TestClient) -> None:
    answer = send(client, **WIDGET)
    assert given(answer) == {"name": "troly_widget", "samesite": "lax", "marks": "httponly"}
    told = client.get("/chat/updates", headers=WIDGET).json()["replies"]
    assert told == answer.json()["replies"]  # the next request is of the same visitor


@pytest.mark.parametrize(
    ("origin", "marks"),
    [("https://hoi.example.vn", "httponly secure"), ("http://10.0.0.5:8000", "httponly")],
)
def test_the_browser_says_whether_it_speaks_https(
    client: TestClient, settings: Settings, origin: str, marks: str
) -> None:
    """Behind a proxy, and inside the office's network at the same time."""
    public = settings.model_copy(update={"public_url": "https://hoi.example.vn"})
    state = client.app.state  # type: ignore[attr-defined]
    state.desk = replace(state.desk, settings=public)
    assert given(send(client, Origin=origin))["marks"] == marks


def test_the_page_and_the_portal_are_two_conversations(client: TestClient) -> None:
    on_page = send(client).json()["replies"]
    in_portal = send(client, **WIDGET).json()["replies"]
    assert client.get("/chat/updates").json()["replies"] == on_page
    # A stream can send no header: its address says where it is shown.
    assert client.get("/chat/updates?widget=1").json()["replies"] == in_portal


def test_a_form_of_another_site_cannot_speak_for_the_visitor_of_a_portal(
    client: TestClient,
) -> None:
    known = send(client, **WIDGET).json()["replies"]
    client.post("/chat/messages?widget=1", json={"id": str(uuid4()), "text": "xác nhận xóa"})
    assert client.get("/chat/updates?widget=1").json()["replies"] == known


def test_whoever_has_not_written_gets_no_stream(client: TestClient) -> None:
    assert client.get("/chat/events").status_code == 503
