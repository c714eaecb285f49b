"""`POST /api/ask`: one question in, the answer with its clauses out, for other programs."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from service.asking import ask
from service.routes.desk import desk_of, in_thread
from service.shapes import AnswerOut, QuestionIn, read_question

router = APIRouter(prefix="/api", tags=["Hỏi đáp"])


@router.post("/ask", response_model=AnswerOut, summary="Hỏi một câu, nhận điều khoản")
async def post_ask(request: Request, sent: QuestionIn) -> JSONResponse:
    """Trả lời từ các văn bản trong kho; mỗi ý đều dẫn điều khoản. Không lưu người hỏi là ai."""
    question = read_question(sent.question, sent.history, sent.unit, sent.today)
    desk = desk_of(request)
    return JSONResponse(await in_thread(request, lambda: ask(desk, question, "api", sent.id)))
