"""Zalo's webhook: what is signed comes in, everything else stays out, nothing breaks the door."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Admitted, JsonValue, Refused
from bot.channels.zalo_door import ZaloDoor
from tests.builders import NOON

APP, KEY, APP_SECRET = "1000", "oa-key", "app-secret"
DOOR = ZaloDoor(APP, (KEY,))
SENT = str(int(NOON.timestamp() * 1000))
TEXT = "Hạn nộp là ngày nào?"


def an_event(**changes: JsonValue) -> dict[str, JsonValue]:
    """A person asks."""
    return {
        "app_id": APP,
        "event_name": "user_send_text",
        "sender": {"id": "3000"},
        "recipient": {"id": "4000"},
        "message": {"msg_id": "m1", "text": TEXT},
        "timestamp": SENT,
        **changes,
    }


def raw_of(body: JsonValue) -> bytes:
    """As Zalo writes it: letters are not escaped."""
    return json.dumps(body, ensure_ascii=False).encode()


def mac(raw: bytes, timestamp: str = SENT, secret: str = KEY, app: str = APP) -> str:
    """The plain SHA-256 of the four in a row."""
    return hashlib.sha256(app.encode() + raw + timestamp.encode() + secret.encode()).hexdigest()


def admit(
    raw: bytes,
    signature: str,
    *,
    door: ZaloDoor = DOOR,
    later: timedelta = timedelta(),
    **more: str,
) -> Admitted:
    headers = {"x-zevent-signature": signature, **{k.replace("_", "-"): v for k, v in more.items()}}
    return door.admit(headers, raw, json.loads(raw), NOON + later)


RAW = raw_of(an_event())
ESCAPED = json.dumps(an_event()).encode()
AS_NUMBER = raw_of(an_event(timestamp=int(SENT)))
WITHOUT_TIME = raw_of({k: v for k, v in an_event().items() if k != "timestamp"})


@pytest.mark.parametrize(
    ("raw", "signature", "headers"),
    [
        (RAW, f"mac={mac(RAW)}", {}),
        (RAW, mac(RAW), {}),  # without the prefix
        (RAW, f"mac={mac(RAW).upper()}", {}),
        (RAW, f" MAC = {mac(RAW)} ", {}),
        # The bytes count, not what they mean: escaped letters are other bytes, signed as such.
        (ESCAPED, f"mac={mac(ESCAPED)}", {}),
        (RAW.replace(b": ", b" :  "), f"mac={mac(RAW.replace(b': ', b' :  '))}", {}),
        (AS_NUMBER, f"mac={mac(AS_NUMBER)}", {}),
        # The timestamp of the header counts where that of the body does not fit.
        (RAW, mac(RAW, "1790000000000"), {"x_zevent_timestamp": "1790000000000"}),
        (WITHOUT_TIME, mac(WITHOUT_TIME), {"x_zevent_timestamp": SENT}),
        (RAW, mac(RAW), {"x_zevent_timestamp": "nonsense"}),
    ],
)
def test_what_zalo_signed_comes_in(raw: bytes, signature: str, headers: dict[str, str]) -> None:
    assert [event.text for event in admit(raw, signature, **headers).events] == [TEXT]


@pytest.mark.parametrize(
    ("raw", "signature"),
    [
        (RAW, ""),
        (RAW, "mac="),
        (RAW, "0" * 64),
        (RAW, mac(RAW)[:-1]),
        (RAW, f"sha256={mac(RAW)}"),
        (RAW, mac(RAW) + mac(RAW)),
        (RAW, "ｍac=" + mac(RAW)),
        (RAW, mac(RAW)[:-1] + "٣"),  # a digit of another script
        # Another byte, however little it means:
        (RAW + b" ", mac(RAW)),
        (RAW.replace(b": ", b":"), mac(RAW)),
        (ESCAPED, mac(RAW)),
        (RAW.replace(b"3000", b"3001"), mac(RAW)),
        # Another of the four:
        (RAW, mac(RAW, app="1001")),
        (RAW, mac(RAW, secret="other")),
        (RAW, mac(RAW, secret=APP_SECRET)),
        (RAW, mac(RAW, "1790000000001")),
        (WITHOUT_TIME, mac(WITHOUT_TIME, "")),
        (b"{}", mac(b"{}", "")),
        (b"[]", ""),
        (b"null", ""),
    ],
)
def test_what_zalo_did_not_sign_stays_out(raw: bytes, signature: str) -> None:
    with pytest.raises(Refused) as refused:
        admit(raw, signature)
    assert refused.value.status == 403
    assert KEY not in str(refused.value)


def test_a_code_with_the_key_is_not_a_signature() -> None:
    """An HMAC over the same, as some write it, is another number."""
    import hmac

    wrong = hmac.new(KEY.encode(), APP.encode() + RAW + SENT.encode(), "sha256").hexdigest()
    with pytest.raises(Refused):
        admit(RAW, wrong)


def test_zalo_may_try_the_address() -> None:
    assert DOOR.admit({}, b"{}", {}, NOON) == Admitted()
    assert DOOR.admit({}, b" { } ", {}, NOON) == Admitted()


def test_the_secret_of_the_app_counts_only_where_the_office_says_so() -> None:
    signed = mac(RAW, secret=APP_SECRET)
    assert admit(RAW, signed, door=ZaloDoor(APP, (KEY, APP_SECRET))).events
    with pytest.raises(Refused):
        admit(RAW, signed)


def test_without_a_key_nobody_comes_in() -> None:
    with pytest.raises(Refused):
        admit(RAW, mac(RAW, secret=""), door=ZaloDoor(APP, ()))


@pytest.mark.parametrize(
    ("later", "stale"),
    [
        (timedelta(), False),
        (timedelta(hours=1, minutes=59), False),  # repeated for an hour, with the first timestamp
        (timedelta(hours=2, seconds=1), True),
        (timedelta(days=900), True),
        (-timedelta(minutes=4), False),
        (-timedelta(minutes=6), True),  # from the future
    ],
)
def test_an_old_call_is_kept_and_not_answered(later: timedelta, stale: bool) -> None:
    admitted = admit(RAW, mac(RAW), later=later)
    assert (admitted.stale, len(admitted.events)) == (stale, 1)


def test_a_time_beyond_all_calendars_is_only_stale() -> None:
    raw = raw_of(an_event(timestamp="9999999999999999"))
    assert admit(raw, mac(raw, "9999999999999999")).stale


# --- nothing breaks it --------------------------------------------------------------------------

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters())
ANY_JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12
)
NAMES = [
    "user_send_text",
    "user_send_file",
    "follow",
    "user_withdraw",
    "oa_send_text",
    "user_send_x",
]
#: Shapes near enough to the real ones to get past the first look.
NEAR = st.fixed_dictionaries(
    {"event_name": st.sampled_from(NAMES) | ANY_JSON},
    optional={
        "timestamp": ANY_JSON | st.just(SENT),
        "sender": ANY_JSON | st.fixed_dictionaries({"id": ANY_JSON | st.just("3000")}),
        "follower": ANY_JSON,
        "user_id": ANY_JSON,
        "oa_id": ANY_JSON,
        "recipient": ANY_JSON | st.just({"id": "4000"}),
        "message": ANY_JSON
        | st.fixed_dictionaries(
            {"msg_id": ANY_JSON, "text": ANY_JSON},
            optional={
                "attachments": ANY_JSON
                | st.lists(
                    st.fixed_dictionaries({"payload": ANY_JSON | st.just({"url": "http://a"})})
                )
            },
        ),
    },
)


@given(ANY_JSON | NEAR, st.text() | st.just(SENT))
def test_whatever_is_signed_is_read_without_an_error(body: JsonValue, timestamp: str) -> None:
    raw = json.dumps(body).encode()
    told = body.get("timestamp") if isinstance(body, dict) else None
    signed = told if isinstance(told, str) else timestamp
    try:
        signature = mac(raw, signed)
    except UnicodeEncodeError:
        signature = mac(raw)
    headers = {"x-zevent-signature": signature, "x-zevent-timestamp": timestamp}
    try:
        admitted = DOOR.admit(headers, raw, body, NOON)
    except Refused:
        return
    for event in admitted.events:
        # What the tables can hold, and every database can write.
        assert 0 < len(event.event_id) <= 120
        assert 0 < len(event.chat) <= 128
        assert "\x00" not in event.text
        repr(event).encode()


@given(ANY_JSON | NEAR, st.dictionaries(st.text(), st.text()), st.text())
def test_whatever_is_not_signed_is_refused(
    body: JsonValue, headers: dict[str, str], signature: str
) -> None:
    if body == {}:
        return
    given_headers = {**headers, "x-zevent-signature": signature}
    with pytest.raises(Refused):
        DOOR.admit(given_headers, json.dumps(body).encode(), body, NOON)
