"""The door of Zalo's webhook: whether a call is Zalo's, how old it is, what it brings."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from bot.channels.base import Admitted, JsonValue, Refused
from bot.channels.zalo_events import read_event

_SIGNATURE = re.compile(r"\s*(?:mac\s*=\s*)?([0-9a-f]{64})\s*", re.IGNORECASE)
_MILLISECONDS = re.compile(r"[0-9]{1,16}")
#: Zalo repeats a call for about an hour with the timestamp of the first.
_OLDEST = timedelta(hours=2)
_AHEAD = timedelta(minutes=5)  #: of two clocks


class ZaloDoor:
    """Admits what was signed with one of `secrets` for the app."""

    def __init__(self, app_id: str, secrets: tuple[str, ...]) -> None:
        """`secrets`: the OA's key and, where the office says so, the app's; none admits none."""
        self._app = app_id.encode()
        self._secrets = tuple(secret.encode() for secret in secrets)

    def admit(
        self, headers: Mapping[str, str], raw: bytes, body: JsonValue, now: datetime
    ) -> Admitted:
        """The event in it, if any; raises Refused(403) for what Zalo did not sign."""
        given = headers.get("x-zevent-signature", "")
        if body == {} and not given:
            return Admitted()  # how Zalo tries an address before it registers it
        sent = self._signed_at(given, headers, raw, body)
        if sent is None:
            raise Refused(403, "signature")
        event = read_event(body)
        return Admitted((event,) if event else (), stale=_is_stale(sent, now))

    def _signed_at(
        self, given: str, headers: Mapping[str, str], raw: bytes, body: JsonValue
    ) -> int | None:
        """The milliseconds that were signed; None when nothing fits."""
        found = _SIGNATURE.fullmatch(given)
        if not found:
            return None
        wanted = found[1].lower()
        for timestamp in _timestamps(headers, body):
            for secret in self._secrets:
                # A plain digest of these four in a row, not an HMAC: so Zalo has it.
                signed = self._app + raw + timestamp.encode() + secret
                if hmac.compare_digest(hashlib.sha256(signed).hexdigest(), wanted):
                    return int(timestamp)
        return None


def _timestamps(headers: Mapping[str, str], body: JsonValue) -> Iterator[str]:
    told = body.get("timestamp") if isinstance(body, dict) else None
    if isinstance(told, int) and not isinstance(told, bool) and 0 <= told < 10**16:
        told = str(told)
    for candidate in (told, headers.get("x-zevent-timestamp")):
        if isinstance(candidate, str) and _MILLISECONDS.fullmatch(candidate):
            yield candidate


def _is_stale(milliseconds: int, now: datetime) -> bool:
    age = now.timestamp() - milliseconds / 1000
    return age > _OLDEST.total_seconds() or age < -_AHEAD.total_seconds()
