"""`POST /api/ask`: one question in, the answer with its clauses out, for other programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from knowledge.readers import PUBLIC
from service.asking import ask
from service.routes.bearer import REFUSALS, asker
from service.routes.desk import desk_of, in_thread
from service.shapes import AnswerOut, QuestionIn, read_question
from service.storage.api_tokens import Holder

router = APIRouter(prefix="/api", tags=["Hỏi đáp"])


@router.post(
    "/ask", response_model=AnswerOut, summary="Hỏi một câu, nhận điều khoản", responses=REFUSALS
)
async def post_ask(
    request: Request, sent: QuestionIn, holder: Annotated[Holder | None, Depends(asker)]
) -> JSONResponse:
    """Trả lời từ các văn bản trong kho; mỗi ý đều dẫn điều khoản. Không lưu người hỏi là ai.

    Không cần mã truy cập; mã có quyền `ask` dành cho cán bộ thì được cả nội dung cho cán bộ.
    """
    question = read_question(sent.question, sent.history, sent.unit, sent.today)
    desk = desk_of(request)
    readers = holder.readers if holder else PUBLIC
    told = await in_thread(request, lambda: ask(desk, question, "api", sent.id, readers))
    return JSONResponse(told)
