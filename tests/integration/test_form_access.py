"""Nobody sees or does what is another unit's, whatever they write, press or call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from service import clock
from service.admin.access import RULES
from service.settings import Settings
from service.storage.delivery_tables import OutboundMessage
from service.storage.engine import transaction
from service.storage.people import find_account
from tests.form_attempts import ATTEMPTS, CODE, SECRET_TITLE, Attempt, B, Cast, prepare
from tests.integration.talks import Talks


class _InProcess:
    """People who write by Telegram, each event answered as a worker does it."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine, self._settings = engine, settings
        self._talks = Talks(engine, settings)
        self._last: dict[str, list[OutboundMessage]] = {}

    def say(self, who: str, text: str) -> str:
        return self._heard(who, text=text, person=who)

    def press(self, who: str, button_id: str) -> str:
        return self._heard(who, event="press", button=button_id, person=who)

    def _heard(self, who: str, **told: object) -> str:
        self._last[who] = self._talks.tell(**told)
        labels = list(self.buttons(who))
        return "\n".join([*(message.text for message in self._last[who]), *labels])

    def buttons(self, who: str) -> Mapping[str, str]:
        told = [button for m in self._last[who] for button in m.buttons if isinstance(button, dict)]
        return {str(button["label"]): str(button["id"]) for button in told}

    def person(self, who: str) -> int:
        with transaction(self.engine) as session:
            account = find_account(session, "telegram", who)
            assert account is not None
            return account.person_id

    def now(self) -> datetime:
        return clock.now(self._settings)


@pytest.fixture
def cast(sqlite: Engine, settings: Settings) -> Cast:
    """Everybody, over Telegram."""
    relaxed = settings.model_copy(update={"person_rate_limit": 1_000_000})
    return prepare(_InProcess(sqlite, relaxed))


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda one: one.__name__)
def test_an_attempt_fails(cast: Cast, attempt: Attempt) -> None:
    assert list(attempt(cast)) == []


def test_all_of_them_one_after_the_other(cast: Cast) -> None:
    assert [wrong for attempt in ATTEMPTS for wrong in attempt(cast)] == []


def test_who_is_not_signed_in_gets_no_page_of_the_desk(cast: Cast, client: TestClient) -> None:
    for route, roles in RULES.items():
        method, path = route.split(" ")
        if roles is None:
            continue
        path = re.sub(r"\{\w+\}", "1", path)
        answer = client.request(method, path, follow_redirects=False)
        assert answer.status_code in (302, 303, 403), (route, answer.status_code)
        assert not any(secret in answer.text for secret in (CODE, SECRET_TITLE, B))


def test_another_visitor_hears_nothing_and_fetches_nothing(client: TestClient) -> None:
    mine = client.post("/chat/messages", json={"id": str(uuid4()), "text": "dữ liệu của tôi"})
    replies = mine.json()["replies"]
    other = TestClient(client.app, raise_server_exceptions=False)
    heard = other.get("/chat/updates", params={"after": 0})
    assert replies[0]["lead"][:20] not in heard.text
    [href] = [reply["file"]["href"] for reply in replies if reply["file"]]
    assert client.get(href).status_code == 200
    _, files, token, name = href.split("/")
    # The first character of the signature: the last one carries bits that say nothing.
    signed, signature = token.rsplit(".", 1)
    another = f"{signed}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    for changed in (another, token[1:], "x"):
        assert other.get(f"/{files}/{changed}/{name}").status_code == 404
