"""What other programs send and get with a token, as JSON: documents and approved answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from knowledge.documents import Document
from knowledge.readers import Readers
from service.shapes import LONGEST_QUESTION, Text

Audience = Annotated[
    str, StringConstraints(pattern=r"^(public|officers|units:[1-9][0-9]{0,8})$", strict=True)
]


class ErrorText(BaseModel):
    """Mã lỗi và một câu cho người đọc."""

    code: str
    message: str


class ErrorOut(BaseModel):
    """Một dạng cho mọi lỗi."""

    error: ErrorText


class IdentityOut(BaseModel):
    """Văn bản tự nói về mình; null là chỗ để trống."""

    kind: str | None
    number: str | None
    issuer: str | None
    place: str | None
    date: str | None = Field(description="YYYY, YYYY-MM hoặc YYYY-MM-DD.")
    signatory: str | None
    title: str | None


class ValidityOut(BaseModel):
    """Văn bản còn dùng đến khi nào, và vì sao."""

    status: Literal["in_force", "expired", "period", "unknown"]
    reason: str
    until: date | None = Field(description="Ngày cuối còn dùng; null là chưa rõ hoặc không hạn.")


class DocumentOut(BaseModel):
    """Một văn bản của kho, không kèm nội dung."""

    id: str
    short_title: str
    identity: IdentityOut
    validity: ValidityOut
    audience: list[str]
    digest: bool = Field(description="Bản tóm lược: không được trích nguyên văn.")
    version: int
    clauses: int = Field(description="Số điều khoản.")
    duties: int = Field(description="Số nhiệm vụ.")


class DocumentsOut(BaseModel):
    """Một trang danh sách văn bản."""

    documents: list[DocumentOut]
    total: int
    page: int
    pages: int


class ClauseOut(BaseModel):
    """Một điều khoản: địa chỉ, nhãn như in, tiêu đề và lời văn của riêng nó."""

    address: str
    parent: str | None
    label: str
    heading: str
    text: str


class DutyOut(BaseModel):
    """Một nhiệm vụ đọc được từ văn bản."""

    address: str
    leads: list[str]
    coordinates: list[str]
    duty: str
    printed: str | None = Field(description="Thời hạn như in.")
    start: date | None
    end: date | None
    recipient: str | None
    quote: str
    reviewed: bool = Field(description="Đã có người rà soát.")


class WholeDocumentOut(DocumentOut):
    """Một văn bản với mọi điều khoản và nhiệm vụ."""

    clause_list: list[ClauseOut]
    duty_list: list[DutyOut]


class CandidateOut(BaseModel):
    """Văn bản vừa nạp; chờ người rà soát ở bàn làm việc rồi mới được công bố."""

    id: int
    state: str = Field(
        description="reading: đang đọc; review: chờ rà soát; failed: không đọc được."
    )


class QuotedIn(BaseModel):
    """Điều khoản làm căn cứ; `quote` là lời nguyên văn trong đó, để trống với bản tóm lược."""

    document: Text
    address: Text
    quote: Text = ""


class CuratedIn(BaseModel):
    """Câu trả lời do đơn vị soạn."""

    questions: list[Annotated[Text, Field(min_length=1, max_length=LONGEST_QUESTION)]] = Field(
        min_length=1, max_length=30, description="Những cách hỏi được trả lời bằng câu này."
    )
    text: Annotated[Text, Field(min_length=1, max_length=1_800)]
    citations: list[QuotedIn] = Field(min_length=1, max_length=5)
    audience: list[Audience] = Field(default=["public"], min_length=1, max_length=20)
    review_on: date = Field(description="Ngày cuối còn được dùng, rồi phải xem lại.")


class CuratedOut(BaseModel):
    """Một câu trả lời do đơn vị soạn, như đang có."""

    id: int
    state: Literal["draft", "approved", "retired"]
    version: int
    questions: list[str]
    text: str
    citations: list[QuotedIn]
    audience: list[str]
    review_on: date
    approved_on: date | None


class CuratedListOut(BaseModel):
    """Một trang danh sách câu trả lời soạn sẵn."""

    answers: list[CuratedOut]
    page: int
    more: bool = Field(description="Còn trang sau.")


def document_out(paper: Document) -> dict[str, object]:
    """The fields of DocumentOut."""
    identity, validity = paper.identity, paper.validity
    return {
        "id": paper.id,
        "short_title": paper.short_title,
        "identity": IdentityOut(
            kind=identity.kind,
            number=identity.number,
            issuer=identity.issuer,
            place=identity.place,
            date=identity.date,
            signatory=identity.signatory,
            title=identity.title,
        ),
        "validity": ValidityOut(
            status=validity.status, reason=validity.reason, until=validity.until
        ),
        "audience": list(paper.audience),
        "digest": paper.digest,
        "version": paper.version,
        "clauses": len(paper.clauses),
        "duties": len(paper.duties),
    }


def clauses_out(paper: Document) -> list[ClauseOut]:
    """Every clause, in the order of the paper."""
    return [
        ClauseOut(address=c.address, parent=c.parent, label=c.label, heading=c.heading, text=c.text)
        for c in paper.clauses
    ]


def duties_out(paper: Document) -> list[DutyOut]:
    """Every duty that was read."""
    return [
        DutyOut(
            address=duty.address,
            leads=list(duty.leads),
            coordinates=list(duty.coordinates),
            duty=duty.duty,
            printed=duty.when.text,
            start=duty.when.start,
            end=duty.when.end,
            recipient=duty.recipient,
            quote=duty.quote,
            reviewed=duty.reviewed,
        )
        for duty in paper.duties
    ]


def is_seen(audience: Sequence[str], readers: Readers) -> bool:
    """Whether these readers may read what is for that audience."""
    return not readers.isdisjoint(audience)
