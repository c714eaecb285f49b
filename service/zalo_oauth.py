"""Ask Zalo for tokens: the consent of the OA's administrator, then one pair after another."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import string
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

import httpx

_VERIFIER_LENGTH = 43
_LASTS = timedelta(hours=1)  #: where Zalo does not tell: too short does no harm
BUSY = "-32"  #: too many calls in this minute


@dataclass(frozen=True, slots=True)
class ZaloApp:
    """The app that an OA has let in."""

    id: str
    secret: str = field(repr=False)
    oauth_url: str  #: scheme, host and port


@dataclass(frozen=True, slots=True)
class Granted:
    """A new pair as Zalo gives it."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    lasts: timedelta


class NotGranted(Exception):
    """No pair; `final` when asking again would not help."""

    def __init__(self, code: str, *, final: bool) -> None:
        """`code`: a number of Zalo, or what went wrong on the way; never a token."""
        super().__init__(code)
        self.code = code
        self.final = final


def renew(client: httpx.Client, app: ZaloApp, refresh: str) -> Granted:
    """The next pair for a refresh token, which is used up by this; raises NotGranted."""
    return _ask(client, app, {"refresh_token": refresh, "grant_type": "refresh_token"})


def exchange(client: httpx.Client, app: ZaloApp, code: str, verifier: str) -> Granted:
    """The first pair for a code of the consent page, valid ten minutes; raises NotGranted."""
    asked = {"code": code, "code_verifier": verifier, "grant_type": "authorization_code"}
    return _ask(client, app, asked)


def make_verifier() -> str:
    """A secret that only whoever asks for consent knows."""
    letters = string.ascii_letters + string.digits
    return "".join(secrets.choice(letters) for _ in range(_VERIFIER_LENGTH))


def challenge_of(verifier: str) -> str:
    """What the consent page is told of it."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def consent_link(app: ZaloApp, redirect: str, verifier: str) -> str:
    """The page where the OA's administrator lets the app in."""
    query = {
        "app_id": app.id,
        "redirect_uri": redirect,
        "code_challenge": challenge_of(verifier),
        "state": "troly",
    }
    return f"{app.oauth_url}/v4/oa/permission?{urlencode(query)}"


def _ask(client: httpx.Client, app: ZaloApp, fields: dict[str, str]) -> Granted:
    try:
        response = client.post(
            f"{app.oauth_url}/v4/oa/access_token",
            data={"app_id": app.id, **fields},
            headers={"secret_key": app.secret},
        )
    except httpx.HTTPError as error:
        raise NotGranted(type(error).__name__, final=False) from error
    try:
        body = response.json()
    except ValueError as error:
        raise NotGranted(f"http {response.status_code}", final=False) from error
    told = body if isinstance(body, dict) else {}
    access, refresh = told.get("access_token"), told.get("refresh_token")
    if isinstance(access, str) and isinstance(refresh, str) and access and refresh:
        return Granted(access, refresh, _lasts(told.get("expires_in")))
    raise _refusal(response.status_code, told.get("error"))


def _lasts(told: object) -> timedelta:
    """Zalo writes the seconds as a text."""
    return timedelta(seconds=int(str(told))) if re.fullmatch(r"[0-9]{1,8}", str(told)) else _LASTS


def _refusal(status: int, error: object) -> NotGranted:
    """Anything but 0 is for ever, unless Zalo is busy or broken; nothing at all says nothing."""
    code = str(error)
    if not re.fullmatch(r"-?[0-9]{1,6}", code):
        code = f"http {status}"
    passing = status >= 500 or status == httpx.codes.TOO_MANY_REQUESTS
    return NotGranted(
        code, final=not passing and error not in (None, 0) and code not in ("0", BUSY)
    )
