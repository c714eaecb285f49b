"""What the assistant says by itself: fetched by the page, or streamed to it."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from sqlalchemy.exc import SQLAlchemyError

from service.delivery.handling import Post
from service.delivery.streams import Streams
from service.delivery.web import address_of, said_after
from service.errors import NotReady
from service.routes.desk import in_thread
from service.routes.visitors import known_token
from service.shapes import RepliesOut

log = logging.getLogger(__name__)

router = APIRouter(prefix="/chat", tags=["Trang trò chuyện"])

_DIGITS = 20  #: of a number that a browser sends back: there is no longer one
_LARGEST = 2**31 - 1  #: the database counts no further
_SIGN = 20.0  #: seconds between two signs of life: what lies between must not think it dead
#: The first event tells the page that nothing on the way holds the stream back.
_OPENED = "retry: 5000\nevent: ready\ndata: {}\n\n"

After = Annotated[int, Query(ge=0, le=_LARGEST, description="Mã của tin mới nhất đã nhận.")]


def post_of(request: Request) -> Post:
    """What the application answers with."""
    post: Post = request.app.state.post
    return post


@router.get("/updates", response_model=RepliesOut, summary="Tin mới của trợ lý")
async def get_updates(request: Request, after: After = 0) -> JSONResponse:
    """Những tin gửi cho trình duyệt này sau tin có mã `after`, cũ trước."""
    token = known_token(request)
    if token is None:
        return JSONResponse({"replies": []})
    post = post_of(request)
    lines = await in_thread(request, lambda: said_after(post, address_of(token), after))
    return JSONResponse({"replies": lines})


@router.get("/events", summary="Tin mới của trợ lý, theo dòng sự kiện")
async def get_events(request: Request, after: After = 0) -> Response:
    """Như `/chat/updates`, nhưng giữ kết nối (server-sent events); 503 khi đã quá đông."""
    token = known_token(request)
    streams: Streams = request.app.state.streams
    if token is None or streams.full:
        raise NotReady
    resumed = request.headers.get("last-event-id", "")
    after = min(int(resumed[:_DIGITS]), _LARGEST) if resumed.isdecimal() else after
    stream = _stream(request, streams, address_of(token), after)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _stream(
    request: Request, streams: Streams, address: str, after: int
) -> AsyncIterator[str]:
    """Between two messages it only waits: for the bell, a sign of life, the end of the server."""
    given: set[object] = set()
    with streams.open(address) as bell:
        yield _OPENED
        rung = True
        while not streams.closed:
            bell.clear()
            try:
                look = partial(said_after, post_of(request), address, after)
                lines = await in_thread(request, look) if rung else []
            except SQLAlchemyError as error:  # the page comes back by itself
                log.error("a stream ended: the database failed", exc_info=error)
                return
            for line in lines:
                if line["id"] not in given:
                    given.add(line["id"])
                    after = max(after, int(str(line["id"])))
                    yield f"id: {after}\ndata: {json.dumps(line, ensure_ascii=False)}\n\n"
            rung = await streams.rings(bell, _SIGN)
            if not rung:
                yield ": \n\n"
