"""Who writes to the web chat: a cookie of this browser, another one inside an office's portal."""

from __future__ import annotations

import secrets

from fastapi import Request, Response

from service.routes.desk import desk_of

#: A form of another site cannot send this header: whoever does runs our own script.
OURS = "x-troly"
_COOKIE = "troly_chat"
#: The page inside a portal has a cookie of its own: on another site a browser sends the first not.
_WIDGET_COOKIE = "troly_widget"
_LIFE = 90 * 24 * 3600  #: seconds; as long as a conversation is kept


def known_token(request: Request) -> str | None:
    """The secret of a visitor who has written before."""
    return request.cookies.get(_name(request))


def new_token() -> str:
    """The secret of a new visitor."""
    return secrets.token_urlsafe(32)


def remember(request: Request, response: Response, token: str) -> None:
    """Let the browser come back as the same visitor."""
    _set(request, response, token, _LIFE)


def forget(request: Request, response: Response) -> None:
    """Let the browser come back as somebody new."""
    _set(request, response, "", 0)


def _name(request: Request) -> str:
    return _WIDGET_COOKIE if _is_embedded(request) else _COOKIE


def _is_embedded(request: Request) -> bool:
    if request.headers.get(OURS) == "widget":
        return True
    # A stream of events sends no headers of ours; it changes nothing either.
    return request.method == "GET" and request.query_params.get("widget") == "1"


def _set(request: Request, response: Response, value: str, life: int) -> None:
    kept = f"{_name(request)}={value}; Max-Age={life}; Path=/chat; HttpOnly"
    if not _is_secure(request):
        # Over plain http a portal can only be of the same site: an office that tries it out.
        rest = "SameSite=Lax"
    elif _is_embedded(request):
        rest = "Secure; SameSite=None; Partitioned"
    else:
        rest = "Secure; SameSite=Lax"
    response.headers.append("set-cookie", f"{kept}; {rest}")


def _is_secure(request: Request) -> bool:
    """Whether the browser speaks https: it says so itself; the address may lie behind a proxy."""
    if request.url.scheme == "https":
        return True
    public = desk_of(request).settings.public_url or ""
    return request.headers.get("origin", public).startswith("https://")
