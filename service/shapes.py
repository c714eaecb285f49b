"""What is asked and what is answered, as JSON: one shape for `ask --batch` and `POST /api/ask`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, JsonValue, StrictInt, StrictStr

from bot.home import NOWHERE, Home
from bot.messages import Kind, Reply, ReplyKind, Source, Turn
from knowledge.citations import anchor
from knowledge.vietnamese import compose
from service.errors import InvalidRequest, QuestionTooLong

LONGEST_QUESTION = 2_000  #: characters
_TURNS = 20  #: earlier messages that are read; a follow-up needs two or three

#: Control characters (line ends and tabs stay), marks that are not seen, halves of characters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def clean(text: str) -> str:
    """NFC, without control characters and invisible marks, trimmed."""
    return compose(_UNSEEN.sub("", text)).strip()


_DAY = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})", re.ASCII)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)


def read_day(typed: str) -> date | None:
    """ "20/9/2026", or "2026-09-20" of a browser; None for what is no day."""
    found = _DAY.fullmatch(clean(typed)) or _ISO.fullmatch(clean(typed))
    try:
        return date(*(int(found[part]) for part in ("year", "month", "day"))) if found else None
    except ValueError:  # there is no such day
        return None


Text = Annotated[StrictStr, AfterValidator(clean)]


class TurnIn(BaseModel):
    """Một lượt trước đó của cuộc trò chuyện."""

    role: Literal["user", "assistant"]
    content: Text


class QuestionIn(BaseModel):
    """Một câu hỏi; chỉ `question` là bắt buộc."""

    id: StrictStr | StrictInt | None = Field(
        default=None, description="Mã của người gửi, được trả lại nguyên vẹn."
    )
    question: Text = Field(
        description="Câu hỏi tiếng Việt, có dấu hoặc không dấu, tối đa 2.000 ký tự.",
        examples=["Hạn gửi kế hoạch năm 2023 về Sở GDĐT Hải Phòng là ngày nào?"],
    )
    history: list[TurnIn] | None = Field(default=None, description="Các lượt trước, cũ trước.")
    unit: Text | None = Field(default=None, description="Đơn vị của người hỏi, nếu biết.")
    today: date | None = Field(
        default=None, description="Ngày tra cứu (YYYY-MM-DD); bỏ trống là hôm nay."
    )


class MessageIn(BaseModel):
    """Một tin nhắn của trang trò chuyện; gửi lại cùng `id` thì nhận lại cùng câu trả lời."""

    id: UUID = Field(description="Mã do trình duyệt tạo cho tin nhắn này.")
    text: Text = Field(default="", description="Câu hỏi, tối đa 2.000 ký tự.")
    button: Text | None = Field(default=None, description="Mã của nút được bấm, thay cho text.")


class VoteIn(BaseModel):
    """Đánh giá của người hỏi về một câu trả lời họ đã nhận."""

    vote: StrictStr = Field(description="Mã kèm câu trả lời.", max_length=200)
    helpful: bool = Field(description="Câu trả lời có hữu ích không.", strict=True)
    comment: Text = Field(default="", description="Nhận xét, tối đa 500 ký tự.", max_length=500)


class CitationOut(BaseModel):
    """Một điều khoản được dẫn; `quote` là null với bản tóm lược."""

    document: str
    title: str
    address: str
    quote: str | None
    digest: bool


class ChoiceOut(BaseModel):
    """Một lựa chọn: chữ hiện ra và câu sẽ gửi tiếp."""

    label: str
    send: str


class ButtonOut(ChoiceOut):
    """Một nút; bấm thì gửi `id` của nó."""

    id: str


class AnswerOut(BaseModel):
    """Câu trả lời: có dẫn điều khoản (answer), cần hỏi lại (clarify) hoặc không có (silent)."""

    id: str | int | None
    kind: Kind
    text: str = Field(description="Toàn bộ câu trả lời, tối đa 1.800 ký tự.")
    citations: list[CitationOut]
    choices: list[ChoiceOut] = Field(description="Rỗng trừ khi kind là clarify.")
    milliseconds: float


class SourceOut(CitationOut):
    """Một điều khoản kèm địa chỉ bằng lời và đường dẫn tương đối tới điều khoản đó."""

    place: str
    href: str = Field(description="Rỗng khi trang của văn bản không mở cho mọi người.")


class RowOut(BaseModel):
    """Một dòng của bảng so sánh: văn bản, điều văn bản nêu, điều khoản."""

    title: str
    line: str
    sources: list[SourceOut]


class FileOut(BaseModel):
    """Một tệp trợ lý gửi, với đường dẫn có hạn dùng."""

    name: str
    media_type: str
    href: str


class ReplyOut(BaseModel):
    """Câu trả lời cho trang trò chuyện: phần đầu, phần xem thêm, dòng trạng thái, nguồn, nút."""

    id: int = Field(description="Thứ tự của tin trong cuộc trò chuyện này.")
    answers: bool = Field(description="Trả lời một tin nhắn; nếu không, là tin trợ lý chủ động.")
    to: str = Field(default="", description="Mã của tin nhắn được trả lời; rỗng nếu không có.")
    kind: ReplyKind
    lead: str
    more: str
    text: str
    status: str
    sources: list[SourceOut]
    buttons: list[ButtonOut]
    table: list[RowOut] = Field(default=[], description="Bảng so sánh: mỗi văn bản một dòng.")
    private: bool = Field(default=False, description="Tin nhắn có dấu chỉ độ mật, không được lưu.")
    closed: bool = Field(
        default=False,
        description="Lấy từ văn bản không dành cho mọi người: trang không tự giữ.",
    )
    file: FileOut | None = None
    vote: str = Field(default="", description="Mã để đánh giá câu trả lời; rỗng nếu không có.")


class RepliesOut(BaseModel):
    """Những tin của trợ lý, cũ trước."""

    replies: list[ReplyOut]
    forgotten: bool = Field(
        default=False, description="Dữ liệu của người này đã xóa; trang cũng xóa những gì đang giữ."
    )


@dataclass(frozen=True, slots=True)
class Question:
    """One question, read and cleaned."""

    text: str
    history: tuple[Turn, ...] = ()
    unit: str | None = None
    today: date | None = None  #: None: the day it is asked
    home: Home = NOWHERE  #: the office whose assistant is asked


def read_question(
    text: str,
    history: Sequence[TurnIn | Turn] | None = None,
    unit: str | None = None,
    today: date | None = None,
) -> Question:
    """A question that can be asked; raises InvalidRequest (empty) or QuestionTooLong."""
    if not text:
        raise InvalidRequest("Câu hỏi đang để trống; Anh/chị vui lòng nhập câu hỏi.")
    if len(text) > LONGEST_QUESTION:
        raise QuestionTooLong
    turns = tuple(Turn(turn.role, turn.content) for turn in (history or ())[-_TURNS:])
    return Question(text, turns, unit or None, today)


def answer_line(
    id_: str | int | None, row: Mapping[str, JsonValue], milliseconds: float
) -> dict[str, JsonValue]:
    """The line of the contract for one answered question."""
    return {"id": id_, **row, "milliseconds": round(milliseconds, 1)}


def reply_json(reply: Reply) -> dict[str, JsonValue]:
    """A reply as the chat page draws it; links are relative to this server."""
    return {
        "kind": reply.kind,
        "lead": reply.lead,
        "more": reply.more,
        "text": reply.text,
        "status": reply.status,
        "sources": [_source_json(source) for source in reply.sources],
        "buttons": [{"label": b.label, "send": b.send, "id": b.id} for b in reply.buttons],
        "table": [
            {
                "title": row.title,
                "line": row.line,
                "sources": [_source_json(source) for source in row.sources],
            }
            for row in reply.table
        ],
        "private": reply.private,
    }


def _source_json(source: Source) -> dict[str, JsonValue]:
    return {
        "document": source.document,
        "title": source.title,
        "address": source.address,
        "place": source.place,
        "quote": source.quote,
        "digest": source.digest,
        "href": f"/documents/{source.document}#{anchor(source.address)}" if source.public else "",
    }
