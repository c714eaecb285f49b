"""Which program asks: the token in `Authorization: Bearer troly_…`, and what it may do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import FastAPI, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service import clock
from service.api_shapes import ErrorOut
from service.errors import NotAllowed, TooManyQuestions, Unauthorized
from service.guards import PerMinute
from service.routes.desk import desk_of, in_thread
from service.storage.api_tokens import Holder, Scope, holder_of
from service.storage.engine import transaction

PER_MINUTE = 120  #: requests with one token
TRIES = 30  #: wrong tokens per minute and address

_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="Mã truy cập do quản trị chính tạo ở bàn làm việc, trang Mã truy cập.",
)
Shown = Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]

#: How a route with a token may refuse, for its description.
REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorOut, "description": "Thiếu mã truy cập, hoặc mã không dùng được."},
    403: {"model": ErrorOut, "description": "Mã truy cập không có quyền này."},
    429: {"model": ErrorOut, "description": "Gọi quá nhanh; chờ một phút."},
}


def install(app: FastAPI) -> None:
    """What the routes with a token need of the application; counted by each process."""
    app.state.token_calls, app.state.wrong_tokens = PerMinute(PER_MINUTE), PerMinute(TRIES)


def needs(scope: Scope) -> Callable[..., Awaitable[Holder]]:
    """For a route: whoever shows a token with this scope; raises Unauthorized or NotAllowed."""

    async def holder(request: Request, shown: Shown) -> Holder:
        if shown is None:
            raise Unauthorized
        return await _admitted(request, shown.credentials, scope)

    return holder


async def asker(request: Request, shown: Shown) -> Holder | None:
    """For asking, which needs no token: None without one; one that is shown must be right."""
    if shown is None and "authorization" not in request.headers:
        return None
    if shown is None:
        raise Unauthorized
    return await _admitted(request, shown.credentials, "ask")


async def _admitted(request: Request, token: str, scope: Scope) -> Holder:
    found = await in_thread(request, lambda: _find(request, token))
    if found is None:
        address = request.client.host if request.client else ""
        if not request.app.state.wrong_tokens.take(address):
            raise TooManyQuestions
        raise Unauthorized
    if not request.app.state.token_calls.take(found.actor):
        raise TooManyQuestions
    if scope not in found.scopes:
        raise NotAllowed
    return found


def _find(request: Request, token: str) -> Holder | None:
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        return holder_of(session, token, clock.today(desk.settings))
