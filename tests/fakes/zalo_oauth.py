"""Consent and the token endpoint: oauth.zaloapp.com."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from tests.fakes.zalo_serving import Fault
from tests.fakes.zalo_state import ZaloState
from tests.fakes.zalo_tokens import (
    BAD_APP,
    BAD_CODE,
    BAD_GRANT,
    BAD_REDIRECT,
    BAD_REFRESH,
    NoTokens,
)

NAMES = {
    BAD_APP: "invalid_app",
    BAD_REDIRECT: "invalid_redirect_uri",
    BAD_CODE: "invalid_code",
    BAD_REFRESH: "invalid_refresh_token",
    BAD_GRANT: "invalid_grant_type",
}


async def permission(zalo: ZaloState, request: Request) -> Response:
    """The page on which an administrator agrees; here nobody has to press anything."""
    asked = request.query_params
    if asked.get("app_id") != zalo.app_id:
        return refusal(BAD_APP, "app_id is invalid")
    if not asked.get("redirect_uri", "").startswith("http"):
        return refusal(BAD_REDIRECT, "redirect_uri is invalid")
    given = {"code": zalo.tokens.consent(asked.get("code_challenge", "")), "oa_id": zalo.oa_id}
    if "state" in asked:
        given["state"] = asked["state"]
    return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(given)}", 302)


async def access_token(zalo: ZaloState, request: Request) -> Response:
    """The token endpoint: HTTP 200 whatever it says."""
    form = dict(parse_qsl((await request.body()).decode(errors="replace")))
    try:
        pair = _granted(zalo, request.headers, form)
    except NoTokens as no:
        zalo.counts["tokens refused"] += 1
        return refusal(no.code, str(no))
    zalo.note()
    if zalo.rules.refresh_delay:
        await asyncio.sleep(zalo.rules.refresh_delay)
    return JSONResponse(pair)


def _granted(
    zalo: ZaloState, headers: Mapping[str, str], form: Mapping[str, str]
) -> dict[str, str]:
    if not headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise NoTokens(BAD_GRANT, "the body must be form-urlencoded")
    if form.get("app_id") != zalo.app_id or headers.get("secret_key") != zalo.secret:
        raise NoTokens(BAD_APP, "app_id or secret_key is invalid")
    match form.get("grant_type"):
        case "authorization_code":
            pair = zalo.tokens.exchange(form.get("code", ""), form.get("code_verifier", ""))
            zalo.counts["exchanges"] += 1
        case "refresh_token":
            pair = zalo.tokens.renew(form.get("refresh_token", ""))
            zalo.counts["refreshes"] += 1
        case _:
            raise NoTokens(BAD_GRANT, "grant_type is invalid")
    return pair


def refusal(code: int, why: str) -> Response:
    """The shape of this host's errors."""
    return JSONResponse(
        {
            "error": code,
            "error_name": NAMES.get(code, "error"),
            "error_reason": why,
            "ref_doc": "https://developers.zalo.me/docs",
            "error_description": why,
        }
    )


def faulty(fault: Fault) -> Response:
    """An error that a test asked for."""
    return refusal(fault.code or BAD_REFRESH, "asked for by the test")
