"""How every address of the OpenAPI behaves: HTTP 200 and a number, a token, a rate."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.fakes.zalo_control import Control
from tests.fakes.zalo_events import Json
from tests.fakes.zalo_serving import Fault, with_faults
from tests.fakes.zalo_state import Refused, ZaloState

Work = Callable[[ZaloState, Request], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Host:
    """The numbers by which one of the two hosts refuses a caller."""

    unknown: int
    expired: int
    proof: int
    metered: bool


OPENAPI = Host(-216, -220, -242, metered=True)
OPENAPI_ZBS = Host(-216, -220, -242, metered=False)  #: template messages are not counted
BUSINESS = Host(-124, -124, -1241, metered=False)


def endpoint(
    control: Control, zalo: ZaloState, host: Host, work: Work
) -> Callable[[Request], Awaitable[Response]]:
    """An address that does `work` for whoever may ask for it."""

    async def answer(request: Request) -> Response:
        try:
            if host.metered:
                _meter(zalo)
            _admit(zalo, host, request)
            body = {"error": 0, "message": "Success", "data": await work(zalo, request)}
        except Refused as refused:
            zalo.count_refused(refused.code)
            body = {"error": refused.code, "message": str(refused)}
        return JSONResponse(body, headers=_rate(zalo) if host.metered else None)

    def error(fault: Fault) -> Response:
        refused = Refused(fault.code or -200)
        zalo.count_refused(refused.code)
        return JSONResponse({"error": refused.code, "message": str(refused)})

    async def address(request: Request) -> Response:
        return await with_faults(control.faults, request, lambda: answer(request), error)

    return address


async def nowhere(zalo: ZaloState, request: Request) -> Json:
    """Every other address."""
    raise Refused(404, "Empty api or invalid api")


async def json_of(request: Request) -> Json:
    """The object in the body."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise Refused(-201, "Content-Type is invalid")
    try:
        return _object(json.loads(await request.body()))
    except (ValueError, RecursionError) as error:
        raise Refused(-201, "body is invalid") from error


def data_of(request: Request) -> Json:
    """The object in the parameter `data` of a GET."""
    try:
        return _object(json.loads(request.query_params.get("data", "")))
    except (ValueError, RecursionError) as error:
        raise Refused(-201, "data is invalid") from error


def _object(value: object) -> Json:
    if not isinstance(value, dict):
        raise Refused(-201, "body is invalid")
    return value


def _meter(zalo: ZaloState) -> None:
    now = zalo.clock()
    if zalo.requests.count(now) >= zalo.rules.per_minute:
        raise Refused(-32)
    zalo.requests.add(now)


def _rate(zalo: ZaloState) -> dict[str, str]:
    most = zalo.rules.per_minute
    left = most - zalo.requests.count(zalo.clock())
    return {"X-RateLimit-Limit": str(most), "X-RateLimit-Remain": str(left)}


def _admit(zalo: ZaloState, host: Host, request: Request) -> None:
    token = request.headers.get("access_token", "")
    verdict = zalo.tokens.verdict(token)
    if verdict != "good":
        raise Refused(host.unknown if verdict == "unknown" else host.expired)
    if zalo.rules.require_proof:
        proof = hmac.new(zalo.secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if request.headers.get("appsecret_proof") != proof:
            raise Refused(host.proof, "appsecret_proof is invalid")
