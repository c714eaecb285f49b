"""One call to Zalo: the token in its header, the verdict in its body, what a lost answer means."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import httpx

from bot.channels.base import JsonValue, TryLater, Unclear
from bot.channels.connections import NOTHING_SENT
from bot.channels.zalo_errors import delivery_error, meaning_of


class Tokens(Protocol):
    """Where access tokens come from; both raise DeliveryError."""

    async def current(self) -> str:
        """One that should be good."""
        ...

    async def instead_of(self, refused: str) -> str:
        """Another, since Zalo has refused this one."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """One request; `sends`: a person reads it, so that it must not be made twice."""

    method: str
    url: str
    json: JsonValue = None
    query: Mapping[str, str] | None = None
    file: tuple[str, bytes, str] | None = None  #: name, content, media type
    sends: bool = False


@dataclass(frozen=True, slots=True)
class _Verdict:
    error: int
    data: dict[str, JsonValue]


class ZaloApi:
    """Calls Zalo in the name of one OA."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        tokens: Tokens,
        *,
        now: Callable[[], datetime],
        proof_key: str | None = None,
    ) -> None:
        """`proof_key`: the app's secret where the console demands that calls are proved."""
        self._client, self._tokens, self._now = client, tokens, now
        self._proof_key = proof_key

    async def call(self, call: Call) -> dict[str, JsonValue]:
        """The data of a successful answer; raises DeliveryError."""
        token = await self._tokens.current()
        verdict = await self._ask(call, token)
        meaning = meaning_of(verdict.error) if verdict.error else None
        if meaning == "token":
            verdict = await self._ask(call, await self._tokens.instead_of(token))
        elif meaning == "again":
            verdict = await self._ask(call, token)
        if verdict.error:
            raise delivery_error(verdict.error, self._now())
        return verdict.data

    async def _ask(self, call: Call, token: str) -> _Verdict:
        lost = Unclear if call.sends else TryLater
        try:
            response = await self._client.request(
                call.method,
                call.url,
                headers=self._headers(token),
                json=call.json,
                params=call.query,
                files={"file": call.file} if call.file else None,
            )
        except NOTHING_SENT as error:
            raise TryLater(f"network: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise lost(type(error).__name__) from error
        verdict = _read(response)
        if verdict is None:
            refused = response.status_code == httpx.codes.TOO_MANY_REQUESTS
            raise (TryLater if refused else lost)(f"http {response.status_code}")
        return verdict

    def _headers(self, token: str) -> dict[str, str]:
        if self._proof_key is None:
            return {"access_token": token}
        proof = hmac.new(self._proof_key.encode(), token.encode(), hashlib.sha256)
        return {"access_token": token, "appsecret_proof": proof.hexdigest()}


def _read(response: httpx.Response) -> _Verdict | None:
    """The verdict, which has nothing to do with the HTTP status; None where there is none."""
    try:
        body = response.json()
        error = int(body["error"])
    except (ValueError, TypeError, LookupError):
        return None
    data = body.get("data")
    return _Verdict(error, data if isinstance(data, dict) else {})
