"""Webhooks are answered as the contract says, whatever is sent to them."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import select

from bot.channels.base import Admitted, JsonValue, Refused
from bot.messages import Attachment, Incoming
from service.app import create_app
from service.delivery.files import Received
from service.delivery.handling import Post, handle
from service.delivery.receiving import Entrance
from service.live import LiveAssistant
from service.routes.webhooks import LARGEST_EVENT, Doors, read_json
from service.settings import Settings
from service.storage.channel_states import state_of
from service.storage.delivery_tables import InboundEvent
from service.storage.engine import migrate, open_engine, transaction
from service.storage.inbox import claim_events, incoming_of
from tests.builders import an_incoming, some_settings
from tests.fakes.answers import FakeAnswers
from tests.fakes.channels import LIMITS, FakeDoor

PATH = "/webhooks/telegram"


def read(body: JsonValue) -> Admitted:
    """What a platform of the tests sends: {"id", "text"}, "stale", or a refusal by its status."""
    if not isinstance(body, dict) or "refuse" in body:
        status = body["refuse"] if isinstance(body, dict) else 401
        assert isinstance(status, int)
        raise Refused(status, f"wrong secret ({status})")
    if not body:
        return Admitted()
    told = an_incoming(str(body.get("text", "")), str(body["id"]), channel="telegram")
    return Admitted((told,), stale=bool(body.get("stale")))


@pytest.fixture
def door() -> FakeDoor:
    """Reads what tests send."""
    return FakeDoor(read)


@pytest.fixture
def hook(
    settings: Settings, answers: FakeAnswers, sqlite: Engine, door: FakeDoor
) -> Iterator[TestClient]:
    """A platform that calls the application from an address of its own."""
    live = LiveAssistant(load=lambda: answers, stamp=lambda: 0)
    app = create_app(replace_limit(settings), live, sqlite, {"telegram": Entrance(door)})
    client = ("203.0.113.7", 5000)
    with TestClient(app, raise_server_exceptions=False, client=client) as speaking:
        yield speaking


def replace_limit(settings: Settings) -> Settings:
    return settings.model_copy(update={"rate_limit": 2})


def call(hook: TestClient, body: object, path: str = PATH, **headers: str) -> int:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return hook.post(path, content=raw, headers=headers).status_code


def events(engine: Engine) -> list[InboundEvent]:
    with transaction(engine) as session:
        return sorted(session.exec(select(InboundEvent)), key=lambda e: e.id or 0)


# --- genuine ------------------------------------------------------------------------------------


def test_a_genuine_event_is_kept_and_answered_at_once(
    hook: TestClient, sqlite: Engine, answers: FakeAnswers
) -> None:
    assert call(hook, {"id": 1, "text": "hạn nộp?"}) == 200
    [event] = events(sqlite)
    assert (event.state, incoming_of(event).text) == ("waiting", "hạn nộp?")
    assert answers.asked == []  # the work is done later
    with transaction(sqlite) as session:
        assert state_of(session, "telegram").last_event_at is not None


def test_the_same_event_again_has_no_effect(hook: TestClient, sqlite: Engine) -> None:
    assert [call(hook, {"id": 1, "text": text}) for text in ("một", "hai")] == [200, 200]
    assert [incoming_of(event).text for event in events(sqlite)] == ["một"]


def test_an_event_that_is_too_old_is_parked(hook: TestClient, sqlite: Engine) -> None:
    assert call(hook, {"id": 1, "stale": True}) == 200
    assert [(event.state, event.error) for event in events(sqlite)] == [("parked", "stale")]


def test_an_empty_probe_has_no_effect(hook: TestClient, sqlite: Engine) -> None:
    assert call(hook, {}) == 200
    assert hook.get(PATH).status_code == 200
    assert events(sqlite) == []


def test_a_door_sees_the_very_bytes_and_headers_in_lower_case(
    hook: TestClient, door: FakeDoor
) -> None:
    raw = '{"id": 1,  "text": "ế\\u1ebf"}'.encode()
    assert call(hook, raw, **{"X-Secret-Token": "s3cret"}) == 200
    headers, seen = door.seen[0]
    assert (headers["x-secret-token"], seen) == ("s3cret", raw)


def test_events_at_once_are_kept_once(hook: TestClient, sqlite: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda n: call(hook, {"id": n % 5}), range(40)))
    assert set(statuses) == {200}
    assert len(events(sqlite)) == 5


def test_a_secret_is_not_kept(hook: TestClient, sqlite: Engine) -> None:
    assert call(hook, {"id": 1, "text": "TUYỆT MẬT: kế hoạch X"}) == 200
    [event] = events(sqlite)
    assert incoming_of(event).event == "secret"
    assert "kế hoạch" not in str(event.payload)


def test_a_platform_is_not_a_visitor_who_sends_too_much(hook: TestClient) -> None:
    assert {call(hook, {"id": n}) for n in range(9)} == {200}
    asked = [hook.post("/api/ask", json={"question": "hạn?"}).status_code for _ in range(4)]
    assert 429 in asked  # the limit that webhooks are spared


# --- not genuine --------------------------------------------------------------------------------

DEEP = b"[" * 60 + b"]" * 60


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"refuse": 401}, 401),
        ({"refuse": 403}, 403),
        (b"", 400),
        (b"{", 400),
        (b"hello", 400),
        (b"\xff\xfe\x00", 400),
        (b'{"id": NaN}', 400),
        (b'{"id": -Infinity}', 400),
        (b'{"id": ' + b"9" * 5_000 + b"}", 400),
        (DEEP, 400),
        (b'{"a":' * 60 + b"1" + b"}" * 60, 400),
        (b"[" * 200_000, 400),
        (b"[" * 400_000 + b"]" * 400_000, 400),
        (b'"' + b"a" * LARGEST_EVENT + b'"', 413),
        (b"[]", 401),
        (b"null", 401),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_not_genuine_is_refused_and_leaves_nothing(
    hook: TestClient, sqlite: Engine, body: object, status: int
) -> None:
    assert call(hook, body) == status
    assert events(sqlite) == []


def test_a_large_event_within_the_limit_is_taken(hook: TestClient, sqlite: Engine) -> None:
    assert call(hook, {"id": 1, "text": "a" * (LARGEST_EVENT - 100)}) == 200
    assert len(incoming_of(events(sqlite)[0]).text) == 4_000


def test_as_deep_as_any_event_is_read() -> None:
    assert read_json(b"[" * 30 + b"]" * 30) != []
    with pytest.raises(Refused):
        read_json(b"[" * 50 + b"]" * 50)


@pytest.mark.parametrize("path", ["/webhooks/", "/webhooks/other", "/webhooks/zalo", "/webhooks"])
def test_what_is_nobodys_webhook_is_not_found(hook: TestClient, path: str) -> None:
    """Also that of a channel that is not in use."""
    assert call(hook, {"id": 1}, path) == 404
    assert call(hook, b"x" * (LARGEST_EVENT + 1), "/webhooks/other") == 413


def test_only_paths_of_platforms_say_that_somebody_is_there(hook: TestClient) -> None:
    assert [hook.get(f"/webhooks/{name}").status_code for name in ("zalo", "x")] == [200, 404]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_another_method_is_not_allowed(hook: TestClient, method: str) -> None:
    assert hook.request(method, PATH).status_code == 405


def test_a_defect_of_a_door_does_not_make_a_platform_send_for_ever(
    hook: TestClient, sqlite: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    assert call(hook, {"no id": "riêng tư"}) == 200  # KeyError
    assert events(sqlite) == []
    assert "KeyError" in caplog.text
    assert "riêng" not in caplog.text


# --- logged -------------------------------------------------------------------------------------


def test_a_refusal_is_logged_once_per_source_and_minute_without_what_was_sent(
    hook: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for body in ({"refuse": 401, "text": "riêng tư"}, {"refuse": 403}, "{riêng tư".encode()):
        call(hook, body)
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("service")]
    assert ours == ["webhook of telegram refused: wrong secret (401)"]


def test_what_is_too_large_is_logged_too(
    hook: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    call(hook, b"x" * (LARGEST_EVENT + 1))
    call(hook, b"x" * (LARGEST_EVENT + 1))
    assert caplog.text.count("webhook of telegram refused: too large") == 1


def test_every_source_is_logged_again_in_the_next_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = [0.0]
    doors = Doors({}, monotonic=lambda: now[0])

    def complain(*sources: str) -> int:
        caplog.clear()
        for source in sources:
            doors.complain({"client": (source, 1)}, "telegram", "x")
        return len(caplog.records)

    assert complain("a", "a", "b", "a") == 2
    now[0] = 59.0
    assert complain("a", "b") == 0
    now[0] = 60.0
    assert complain("a", "a") == 1
    assert complain(*(str(n) for n in range(5_000))) < 1_000  # a crowd does not fill the disk


# --- whatever is sent ---------------------------------------------------------------------------

#: Half a character, NUL, marks that turn text around, an accent that stands alone.
odd = st.sampled_from(["\ud800", "\udfff\ud800", "\x00", "a\x00b", "\u202e", "\u0301", "😀"])
texts = st.one_of(odd, st.text(), st.text().map(lambda t: t * 200), st.integers().map(str))
numbers = st.one_of(
    st.integers(), st.sampled_from([2**53, 2**63, 2**64, -(2**63) - 1, 10**400, 0, -1]), st.floats()
)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)


def pieces(value: JsonValue) -> Iterator[JsonValue]:
    """Every part of a body, keys too."""
    yield value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from pieces(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from pieces(inner)


KINDS = ("text", "press", "file", "start", "left", "operator", "withdrawn", "migrated", "ignored")


def permissive(body: JsonValue) -> Admitted:
    """Puts whatever is in a body wherever a text or a number may stand."""
    found = list(pieces(body))
    told = [piece for piece in found if isinstance(piece, str)] or [""]
    sizes = [p for p in found if isinstance(p, int) and not isinstance(p, bool)] or [0]
    events = []
    for place in range(min(3, len(told))):
        turn = told[place:] + told[:place]
        values: dict[str, object] = {
            field.name: turn[n % len(turn)]
            for n, field in enumerate(fields(Incoming))
            if field.name in ("event_id", "chat", "person", "text", "button", "name", "receipt")
        }
        files = tuple(Attachment(t, t, sizes[0], t) for t in turn[:3])
        kind = KINDS[(len(told) + place) % len(KINDS)]
        events.append(
            Incoming(
                channel="telegram",
                event=kind,
                attachments=files,
                group=place == 1,
                **values,  # type: ignore[arg-type]
            )
        )
    return Admitted(tuple(events), stale=len(told) % 3 == 0)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def open_hook(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[TestClient, Engine]]:
    """An application whose door admits everything."""
    folder = tmp_path_factory.mktemp("hook")
    chosen = some_settings(folder)
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
        chosen = some_settings(folder, database_url=url)
    engine = open_engine(chosen.storage_url)
    migrate(engine)
    live = LiveAssistant(load=FakeAnswers, stamp=lambda: 0)
    app = create_app(chosen, live, engine, {"telegram": Entrance(FakeDoor(permissive))})
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client, engine
    migrate(engine, "base")
    engine.dispose()


@settings(max_examples=150, deadline=None)
@given(body=values, cut=st.one_of(st.none(), st.integers(0, 40)))
def test_no_body_makes_an_error_and_what_is_kept_can_be_answered(
    open_hook: tuple[TestClient, Engine], body: object, cut: int | None
) -> None:
    client, engine = open_hook
    raw = json.dumps(body).encode()[:cut]
    status = client.post(PATH, content=raw).status_code
    assert status in (200, 400)
    if status == 200:
        assert client.post(PATH, content=raw).status_code == 200
    now = datetime.now(UTC)
    post = Post(client.app.state.desk, {"telegram": LIMITS})  # type: ignore[attr-defined]
    while claimed := claim(engine, now):
        for event in claimed:
            incoming = incoming_of(event)
            assert "\x00" not in str(event.payload)
            assert len(incoming.text) <= 4_000
            files = [Received(a.name, a.media_type, b"%PDF-1.4") for a in incoming.attachments]
            assert handle(post, incoming, event.id or 0, "w", files)


def claim(engine: Engine, now: datetime) -> list[InboundEvent]:
    with transaction(engine) as session:
        return claim_events(session, "w", now + timedelta(seconds=9), now, 9)


def test_a_number_that_is_none_is_not_json() -> None:
    for number in (math.nan, math.inf):
        with pytest.raises(Refused):
            read_json(json.dumps({"id": number}).encode())


def test_what_is_too_long_for_a_key_is_still_one_key(hook: TestClient, sqlite: Engine) -> None:
    long, longer = "9" * 5_000, "9" * 5_001
    assert [call(hook, {"id": id_}) for id_ in (long, long, longer)] == [200] * 3
    assert len(events(sqlite)) == 2
