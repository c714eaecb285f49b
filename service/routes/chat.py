"""The messages of the web chat: a reply for each, the same one when a message is sent again."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import JsonValue

from service.asking import ask_reply
from service.errors import ServiceError
from service.routes.desk import desk_of, in_thread
from service.shapes import MessageIn, ReplyOut, clean, read_question

router = APIRouter(prefix="/chat", tags=["Trang trò chuyện"])


@router.post("/messages", response_model=ReplyOut, summary="Gửi một tin nhắn")
async def post_message(request: Request, sent: MessageIn) -> JSONResponse:
    """Gửi lại cùng `id` thì nhận lại đúng câu trả lời đã gửi, không tính là câu hỏi mới."""
    question = read_question(sent.text, sent.history)
    desk = desk_of(request)
    reply = await in_thread(request, lambda: ask_reply(desk, question, "web", str(sent.id)))
    return JSONResponse(reply)


def exchange(request: Request, text: str) -> dict[str, JsonValue]:
    """Question and reply (or the error, in words) for a page drawn without scripts."""
    try:
        reply = ask_reply(desk_of(request), read_question(clean(text)), "web")
    except ServiceError as error:
        return {"text": text, "reply": None, "error": str(error)}
    return {"text": text, "reply": reply}
