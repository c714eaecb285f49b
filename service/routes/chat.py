"""The web chat: messages, files and pushes of one visitor, known by a cookie."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Request, Response, UploadFile
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import JsonValue

from bot.messages import Incoming
from service.asking import ask_reply
from service.delivery.files import Received
from service.delivery.handling import Post
from service.delivery.web import Said, address_of, exchange, incoming_from, said_after
from service.errors import InvalidRequest, NotReady, ServiceError
from service.routes.desk import desk_of, in_thread
from service.shapes import MessageIn, RepliesOut, clean, read_question

router = APIRouter(prefix="/chat", tags=["Trang trò chuyện"])

FILES = "/chat/files"  #: the path that takes files
COOKIE = "troly_chat"
#: In a page of another site a browser sends only such a cookie, and keeps it for that site.
WIDGET_COOKIE = "troly_widget"
_COOKIE_LIFE = 90 * 24 * 3600  #: seconds; as long as a conversation is kept
#: A form of another site cannot send this header: whoever does runs our own script.
_OURS = "x-troly"

_LOOK = 1.5  #: seconds between two looks for a push
_SIGN = 15  #: looks between two signs of life
STREAMS = 200  #: open streams of one process; whoever comes later polls


@router.post("/messages", response_model=RepliesOut, summary="Gửi một tin nhắn")
async def post_message(request: Request, sent: MessageIn) -> JSONResponse:
    """Gửi lại cùng `id` thì nhận lại đúng câu trả lời đã gửi, không tính là câu hỏi mới."""
    if not sent.button:
        read_question(sent.text)  # refuses what is empty or too long
    said = Said(str(sent.id), sent.text, sent.button or "")
    return await _answered(request, lambda address: incoming_from(address, said), ())


@router.post("/files", response_model=RepliesOut, summary="Gửi một tệp")
async def post_file(request: Request, id: UUID, file: UploadFile) -> JSONResponse:
    """Tệp được kiểm tra rồi lưu; gửi lại cùng `id` không lưu hai lần."""
    if _OURS not in request.headers:
        raise InvalidRequest
    received = Received(clean(file.filename or ""), file.content_type or "", await file.read())
    said = Said(str(id))
    return await _answered(
        request, lambda address: incoming_from(address, said, has_file=True), (received,)
    )


@router.get("/updates", response_model=RepliesOut, summary="Tin mới của trợ lý")
async def get_updates(request: Request, after: int = 0) -> JSONResponse:
    """Những tin gửi cho trình duyệt này sau tin có mã `after`, cũ trước."""
    token = _token(request)
    if token is None:
        return JSONResponse({"replies": []})
    post = post_of(request)
    lines = await in_thread(request, lambda: said_after(post, address_of(token), after))
    return JSONResponse({"replies": lines})


@router.get("/events", summary="Tin mới của trợ lý, theo dòng sự kiện")
async def get_events(request: Request, after: int = 0) -> Response:
    """Như `/chat/updates`, nhưng giữ kết nối (server-sent events); 503 khi đã quá đông."""
    token = _token(request)
    open_streams: set[object] = request.app.state.streams
    if token is None or len(open_streams) >= STREAMS:
        raise NotReady
    resumed = request.headers.get("last-event-id", "")
    after = int(resumed) if resumed.isdecimal() else after
    stream = _stream(request, address_of(token), after, open_streams)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _stream(
    request: Request, address: str, after: int, open_streams: set[object]
) -> AsyncIterator[str]:
    mark = object()
    open_streams.add(mark)
    try:
        yield "retry: 5000\n\n"
        looks = 0
        while not await request.is_disconnected():
            lines = await in_thread(request, partial(said_after, post_of(request), address, after))
            for line in lines:
                after = int(str(line["id"]))
                yield f"id: {after}\ndata: {json.dumps(line, ensure_ascii=False)}\n\n"
            looks += 1
            if looks % _SIGN == 0:
                yield ": \n\n"
            await asyncio.sleep(_LOOK)
    finally:
        open_streams.discard(mark)


def post_of(request: Request) -> Post:
    """What the application answers with."""
    post: Post = request.app.state.post
    return post


async def _answered(
    request: Request, incoming: Callable[[str], Incoming], files: tuple[Received, ...]
) -> JSONResponse:
    """The replies; a visitor without a cookie gets one."""
    token = _token(request) or secrets.token_urlsafe(32)
    message = incoming(address_of(token))
    post = post_of(request)
    lines = await in_thread(request, lambda: exchange(post, message, files))
    response = JSONResponse({"replies": lines})
    _remember(request, response, token)
    return response


def _token(request: Request) -> str | None:
    name = WIDGET_COOKIE if request.headers.get(_OURS) == "widget" else COOKIE
    return request.cookies.get(name) or request.cookies.get(WIDGET_COOKIE)


def _remember(request: Request, response: Response, token: str) -> None:
    public = desk_of(request).settings.public_url or ""
    secure = request.url.scheme == "https" or public.startswith("https://")
    if request.headers.get(_OURS) == "widget" and secure:
        response.headers.append(
            "set-cookie",
            f"{WIDGET_COOKIE}={token}; Max-Age={_COOKIE_LIFE}; Path=/chat; HttpOnly; Secure; "
            "SameSite=None; Partitioned",
        )
        return
    response.set_cookie(
        COOKIE, token, max_age=_COOKIE_LIFE, path="/chat", httponly=True, secure=secure,
        samesite="lax",
    )  # fmt: skip


def answer_once(request: Request, text: str) -> dict[str, JsonValue]:
    """Question and reply (or the error, in words) for a page drawn without scripts."""
    try:
        reply = ask_reply(desk_of(request), read_question(clean(text)), "web")
    except ServiceError as error:
        return {"text": text, "reply": None, "error": str(error)}
    return {"text": text, "reply": reply}
