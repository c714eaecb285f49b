"""The web chat: messages and files of one visitor, known by a cookie."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter, Request, UploadFile
from fastapi.responses import JSONResponse
from pydantic import JsonValue

from bot.messages import Incoming
from bot.sensitive import bears_secrecy_mark
from bot.texts import say
from service import clock
from service.asking import ask_reply
from service.delivery.files import Received
from service.delivery.web import Said, address_of, exchange, incoming_from, is_forgotten
from service.errors import AnswerGone, InvalidRequest, ServiceError
from service.routes.desk import desk_of, in_thread
from service.routes.events import post_of
from service.routes.visitors import OURS, forget, known_token, new_token, remember
from service.shapes import MessageIn, RepliesOut, VoteIn, clean, read_question
from service.storage.engine import transaction
from service.storage.feedback import keep_vote
from service.votes import read_vote_token

router = APIRouter(prefix="/chat", tags=["Trang trò chuyện"])

FILES = "/chat/files"  #: the path that takes files


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
    if OURS not in request.headers:
        raise InvalidRequest
    received = Received(clean(file.filename or ""), file.content_type or "", await file.read())
    said = Said(str(id))
    return await _answered(
        request, lambda address: incoming_from(address, said, received), (received,)
    )


@router.post("/votes", summary="Đánh giá một câu trả lời")
async def post_vote(request: Request, said: VoteIn) -> JSONResponse:
    """Mỗi câu trả lời một đánh giá, gửi lại thì thay; không lưu người đánh giá là ai."""
    desk = desk_of(request)
    number = read_vote_token(desk.settings, said.vote)
    if bears_secrecy_mark(said.comment):
        raise InvalidRequest(say("vote.secret"))

    def keep() -> bool:
        if number is None:
            return False
        at, comment = clock.now(desk.settings), said.comment
        with transaction(desk.engine) as session:
            return keep_vote(session, number, helpful=said.helpful, comment=comment, at=at)

    if not await in_thread(request, keep):
        raise AnswerGone
    return JSONResponse({"kept": True})


async def _answered(
    request: Request, incoming: Callable[[str], Incoming], files: tuple[Received, ...]
) -> JSONResponse:
    """The replies; a visitor without a cookie gets one, whoever was forgotten loses theirs."""
    token = known_token(request) or new_token()
    address, post = address_of(token), post_of(request)
    lines = await in_thread(request, lambda: exchange(post, incoming(address), files))
    forgotten = await in_thread(request, lambda: is_forgotten(post, address))
    response = JSONResponse({"replies": lines, "forgotten": forgotten})
    if forgotten:
        forget(request, response)
    else:
        remember(request, response, token)
    return response


def answer_once(request: Request, text: str) -> dict[str, JsonValue]:
    """Question and reply (or the error, in words) for a page drawn without scripts."""
    try:
        reply = ask_reply(desk_of(request), read_question(clean(text)), "web")
    except ServiceError as error:
        return {"text": text, "reply": None, "error": str(error)}
    return {"text": text, "reply": reply}
