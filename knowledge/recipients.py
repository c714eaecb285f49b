"""To whom a task reports, and through whom."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.bodies import BODY, STARTS_BODY, known_at
from knowledge.reading.labels import CAPITALS

_STOP = re.compile(
    r"\s*\(|[;.:]|\s+(?:theo|trước|để|về|định kỳ|chậm nhất|muộn nhất|xem xét|như sau|trong|"
    r"tổng hợp|vào|qua|bằng|kết quả|sau|tình hình|những|các(?= (?:vấn đề|nội dung|khó khăn))|"
    r"khi|nếu|đồng thời|hằng|hàng|từ|thông qua|cho ý kiến|phê duyệt|ban hành|quyết định|"
    r"thường xuyên|làm cơ sở|danh sách|báo cáo|kế hoạch|thẩm định|thẩm tra|theo dõi|"
    r"xử lý|đăng tải|công bố|chỉ đạo|nghiên cứu|(?<!đồng )phối hợp)\b|,(?!\s*(?-i:["
    + CAPITALS
    + rf"])|\s+{BODY})|\s+(?=\d)"
    r"|\s+và\s+(?=(?:lưu|gửi|báo cáo|tổng hợp|phối hợp|đăng|thông báo)\b)|$",
    re.IGNORECASE,
)
# "các cơ quan, đơn vị …", "các sở, ban, ngành": the comma is inside the name.
_GENERIC = re.compile(
    r"(?:các|những)?\s*(?:cơ quan|phòng|đơn vị|sở|ban|ngành|trường|bộ|cục|khoa)"
    r"(?:\s+(?:chuyên môn|nghiệp vụ|ban|ngành))*(?:,\s*(?:ban|ngành|phòng|sở|đơn vị))*",
    re.IGNORECASE,
)
# To send is clearer than to report: "báo cáo … để gửi X" goes to X.
_SENT = (
    re.compile(rf"\b(?:gửi|nộp)\b(?:[^.;:]{{0,90}}?\bcho)?\s+(?={BODY})", re.IGNORECASE),
    re.compile(
        r"\b(?:gửi|nộp)\s+(?:báo cáo|kế hoạch|kết quả|danh sách|ý kiến|văn bản|hồ sơ|số liệu)"
        rf"(?:\s+[^\s.;:,]+){{0,6}}?\s+(?={BODY})",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:gửi|nộp|báo tên|đăng ký|báo cáo|phản ánh)\b[^.;:]{0,120}?\s(?:về|đến|tới|lên)\s+"
        rf"(?={BODY})",
        re.IGNORECASE,
    ),
)
_REPORTED = (
    re.compile(
        rf"\bbáo cáo(?:\s+(?:kết quả|định kỳ|đột xuất))*(?:\s+(?:cho|với))?\s+(?={BODY})",
        re.IGNORECASE,
    ),
    re.compile(rf"\bbáo cáo\b[^.;:]{{0,80}}?\strình\s+(?={BODY})", re.IGNORECASE),
)
_VIA = re.compile(
    rf"\((?:thông\s+)?qua\s+([^)]+)\)|\b(?:thông\s+)?qua\s+(?=(?:{BODY}|hộp thư))", re.IGNORECASE
)
_PURPOSE = re.compile(
    r"\s+(?:để|làm cơ sở)\s+(?:kịp thời\s+)?(?:tổng hợp|báo cáo|theo dõi|xem xét|được|phối hợp)\b",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\((?!(?:thông )?qua\b)[^()]*\)", re.IGNORECASE)


def body_at(text: str, names: Sequence[str] = ()) -> str | None:
    """The body that `text` begins with, up to the words that leave it; None if it is no body."""
    if not STARTS_BODY.match(text):
        return None
    known = known_at(text, names)
    for match in _STOP.finditer(text):
        name = text[: match.start()]
        rest = text[match.end() :]
        inside = match.start() < len(known)
        if inside or (match[0].strip() == "," and _GENERIC.fullmatch(name.strip()) and rest):
            continue
        return name.strip(" ,") or None
    return None


def recipient_of(text: str, names: Sequence[str] = ()) -> tuple[str | None, str | None]:
    """To whom a task reports, and through whom: ("Sở GDĐT", "Thanh tra Sở")."""
    purpose = _PURPOSE.search(text)
    main = text[: purpose.start()] if purpose else text
    bare = _BRACKETS.sub(lambda match: " " * len(match[0]), main)
    for ways in (_SENT, _REPORTED):
        found = [match for way in ways for match in way.finditer(bare)]
        for match in sorted(found, key=lambda match: match.start()):
            name = body_at(main[match.end() :], names)
            if name:
                return name, _via(main[match.end() :], names)
    return None, None


def _via(text: str, names: Sequence[str]) -> str | None:
    match = _VIA.search(text)
    if not match:
        return None
    via = match[1].strip() if match[1] else body_at(text[match.end() :], names)
    return via if via and not re.match(r"(?:địa chỉ|e-?mail|thư điện tử)", via) else None
