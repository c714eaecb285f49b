"""Whether the process lives, and whether it can answer."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy.exc import SQLAlchemyError

from service.errors import NotReady
from service.routes.desk import desk_of, in_thread
from service.storage.engine import is_current

router = APIRouter(tags=["Tình trạng"])


@router.get("/healthz", summary="Tiến trình còn chạy")
async def healthz() -> dict[str, str]:
    """Luôn trả lời khi tiến trình còn chạy."""
    return {"status": "ok"}


@router.get("/readyz", summary="Sẵn sàng trả lời")
async def readyz(request: Request) -> dict[str, str]:
    """Cơ sở dữ liệu mở được, đúng phiên bản, và kho văn bản đã có chỉ mục; nếu không: 503."""
    desk = desk_of(request)
    try:
        current = await in_thread(request, lambda: is_current(desk.engine))
    except SQLAlchemyError as error:
        raise NotReady from error
    answers = desk.assistant.current()
    if not current or not answers.library.documents:
        raise NotReady
    return {"status": "ok", "knowledge": answers.version}
