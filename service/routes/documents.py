"""`/api/documents`: the papers of the library for other programs, and papers that they hand in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, UploadFile
from fastapi.responses import JSONResponse

from knowledge.documents import Document
from knowledge.vietnamese import fold
from service import clock
from service.admin.papers import accepted_files
from service.api_shapes import (
    CandidateOut,
    DocumentOut,
    DocumentsOut,
    WholeDocumentOut,
    clauses_out,
    document_out,
    duties_out,
)
from service.errors import NotThere
from service.library import candidates
from service.routes.bearer import REFUSALS, needs
from service.routes.desk import desk_of, in_thread
from service.shapes import clean
from service.storage.api_tokens import Holder
from service.storage.engine import transaction

PATH = "/api/documents"
_PER_PAGE = 50
_LONGEST_WORDS, _LONGEST_SOURCE = 100, 300

router = APIRouter(prefix="/api", tags=["Văn bản"], responses=REFUSALS)
Reading = Annotated[Holder, Depends(needs("documents:read"))]
Writing = Annotated[Holder, Depends(needs("documents:write"))]


@router.get("/documents", response_model=DocumentsOut, summary="Danh sách văn bản")
def list_documents(
    request: Request,
    holder: Reading,
    q: Annotated[str, Query(description="Có mọi chữ này, không dấu cũng được.")] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> DocumentsOut:
    """Những văn bản mà mã truy cập được xem, mỗi trang 50 văn bản. Cần quyền `documents:read`."""
    wanted = fold(clean(q)[:_LONGEST_WORDS]).split()
    papers = [paper for paper in _seen(request, holder) if all(w in _told(paper) for w in wanted)]
    first = (page - 1) * _PER_PAGE
    return DocumentsOut(
        documents=[
            DocumentOut.model_validate(document_out(paper))
            for paper in papers[first : first + _PER_PAGE]
        ],
        total=len(papers),
        page=page,
        pages=max(1, -(-len(papers) // _PER_PAGE)),
    )


@router.get(
    "/documents/{document_id}",
    response_model=WholeDocumentOut,
    summary="Một văn bản với điều khoản và nhiệm vụ",
)
def one_document(request: Request, document_id: str, holder: Reading) -> WholeDocumentOut:
    """Văn bản mã truy cập không được xem thì cũng như không có. Cần quyền `documents:read`."""
    for paper in _seen(request, holder):
        if paper.id == document_id:
            return WholeDocumentOut.model_validate(
                {
                    **document_out(paper),
                    "clause_list": clauses_out(paper),
                    "duty_list": duties_out(paper),
                }
            )
    raise NotThere


@router.post("/documents", response_model=CandidateOut, status_code=202, summary="Nạp một văn bản")
async def hand_in(
    request: Request,
    holder: Writing,
    file: UploadFile,
    source: Annotated[str, Form(description="Lấy từ đâu, để người rà soát biết.")] = "",
) -> JSONResponse:
    """Văn bản được đọc rồi chờ người rà soát; không tự công bố. Cần quyền `documents:write`."""
    desk = desk_of(request)

    def receive() -> CandidateOut:
        files, at = accepted_files(desk, [file], ""), clock.now(desk.settings)
        told = clean(source)[:_LONGEST_SOURCE]
        with transaction(desk.engine) as session:
            row = candidates.receive(
                session, desk.settings, files, by=holder.actor, at=at, origin="api", source=told
            )
            return CandidateOut(id=row.id or 0, state=row.state)

    received = await in_thread(request, receive)
    request.app.state.start_jobs()
    return JSONResponse(received.model_dump(), status_code=202)


def _seen(request: Request, holder: Holder) -> list[Document]:
    return list(desk_of(request).assistant.library_for(holder.readers).documents)


def _told(paper: Document) -> str:
    identity = paper.identity
    parts = (paper.id, paper.short_title, identity.number, identity.issuer, identity.title)
    return fold(" ".join(part for part in parts if part))
