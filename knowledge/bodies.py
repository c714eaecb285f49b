"""Bodies as a paper prints them: where a name ends, how a list of them parts, who receives."""

from __future__ import annotations

import re

from knowledge.reading.labels import CAPITALS

_BODY = (
    r"(?:các\s+|những\s+|một số\s+)?(?:phòng(?! ngừa| chống|, chống)|sở(?! hữu)|ban(?! hành)|"
    r"ủy ban|uỷ ban|UBND|HĐND|UBMTTQ|MTTQ|"
    r"hội đồng|văn phòng|thanh tra|trung tâm|trường(?! hợp)|đơn vị|cơ quan|công an|bộ(?! phận|"
    r" tiêu)|bộ phận|mặt trận|đoàn (?!kết)|"
    r"hội(?! nghị| thảo| dung| ý| đàm| nhập)|tòa án|toà án|viện(?! dẫn)|chi cục|cục|tổng cục|"
    r"báo(?! cáo| đảm| chí)|đài|thủ trưởng|"
    r"giám đốc|phó giám đốc|chánh|trưởng|hiệu trưởng|chủ tịch|bí thư|kho bạc|bảo hiểm|ngân hàng|"
    r"bưu điện|liên đoàn|liên hiệp|"
    r"tổ(?! chức)|thường trực|lãnh đạo|thủ tướng|chính phủ|thành viên|địa phương|doanh nghiệp|"
    r"xã(?! hội)|phường|huyện ủy|tỉnh ủy|"
    r"thôn|công chức|cổng thông tin|trang thông tin|cấp ủy|ngành)\b"
)
STARTS_BODY = re.compile(_BODY, re.IGNORECASE)

# A comma before one of these parts two bodies; "quận, huyện" and "Văn hóa, Thể thao" do not.
_NEXT = re.compile(
    r",\s+(?:và\s+)?(?="
    + _BODY.replace(r"|địa phương|doanh nghiệp|xã(?! hội)|phường|", "|").replace("|ngành)", ")")
    + ")",
    re.IGNORECASE,
)
# "Các phòng", "Thủ trưởng các cơ quan": nothing named yet, so ", đơn vị …" goes on.
_GENERIC = re.compile(
    r"(?:(?:thủ trưởng|giám đốc|lãnh đạo|chủ trì là)\s+)?(?:các|những)?\s*(?:cơ quan|phòng|"
    r"đơn vị|sở|ban|ngành|trường|hội|"
    r"bộ|cục|trung tâm|địa phương)(?:\s+(?:chuyên môn|nghiệp vụ|ban|ngành))*(?:,\s*(?:ban|ngành|"
    r"phòng|sở|đơn vị|hội|đoàn thể))*",
    re.IGNORECASE,
)
_COMMON = re.compile(r"(?:phòng|đơn vị|ban|ngành|sở|cơ quan|trường|địa phương|hội|bộ|cục)\b")
#: Words with which a task begins, once the body that does it has been named.
VERB = (
    r"(?:chủ trì|chủ động|phối hợp|theo dõi|đôn đốc|bảo đảm|đảm bảo|tham mưu|tổng hợp|làm|là|"
    r"có trách nhiệm|chịu trách nhiệm|"
    r"tổ chức|hướng dẫn|xây dựng|thực hiện|triển khai|nghiêm túc|rà soát|kiểm tra|cập nhật|"
    r"báo cáo|bố trí|lập|gửi|quan tâm|"
    r"tiếp tục|tăng cường|kịp thời|phản ánh|nắm|đăng tải|tuyên truyền|căn cứ|ban hành|cung cấp|"
    r"chuẩn bị|thường xuyên|định kỳ|"
    r"chỉ đạo|đề xuất|tiếp nhận|quản lý|vận hành|giúp|giám sát|phổ biến kịp thời|khẩn trương|cử|"
    r"xem xét|thông tin|truyền thông|"
    r"tiến hành|duy trì|mở|in ấn|phát động|phân công|đưa|quán triệt|nghiên cứu)"
)
STARTS_TASK = re.compile(VERB + r"\b", re.IGNORECASE)
_PART_OF_NAME = re.compile(r"(?:chủ trì|phối hợp|tham mưu|tổ chức|thông tin|quản lý)\b")
_NAMELESS = re.compile(r"(?:hội đồng|cơ quan|đơn vị|phòng|được giao|cổng|trang|và)$", re.IGNORECASE)
_TO_VERB = re.compile(rf"\s+(?={VERB}\b)", re.IGNORECASE)
_STOP = re.compile(
    r"\s*\(|[;.:]|\s+(?:theo|trước|để|về|định kỳ|chậm nhất|muộn nhất|xem xét|như sau|trong|"
    r"tổng hợp|vào|qua|bằng|kết quả|"
    r"khi|nếu|đồng thời|hằng|hàng|từ|thông qua)\b|,(?!\s*(?-i:["
    + CAPITALS
    + r"]))|\s+(?=\d)|\s+và\s+(?=(?:lưu|gửi|báo cáo|tổng hợp|phối hợp)\b)|$",
    re.IGNORECASE,
)
_SENT = re.compile(
    r"\b(?:gửi|nộp)\b(?P<what>[^.;:]{0,90}?)\b(?:về|cho|đến|tới|lên|)\s*(?=" + _BODY + r")",
    re.IGNORECASE,
)
_REPORT = re.compile(
    r"\bbáo cáo(?:\s+kết quả)?(?:\s+(?:cho|với|lên|về))?\s+(?=" + _BODY + r")", re.IGNORECASE
)
_VIA = re.compile(
    r"\((?:thông\s+)?qua\s+([^)]+)\)|\b(?:thông\s+)?qua\s+(?=" + _BODY + r")", re.IGNORECASE
)
_PURPOSE = re.compile(
    r"\s+để\s+(?:kịp thời\s+)?(?:tổng hợp|báo cáo|theo dõi|xem xét|được|phối hợp)\b", re.IGNORECASE
)


def split_bodies(value: str) -> tuple[str, ...]:
    """The bodies of a list, as printed: parted at ";" and at the commas between them."""
    found: list[str] = []
    for part in _outside_brackets(value, ";"):
        found.extend(_split_commas(part))
    return tuple(name for name in (item.strip(" .;,:") for item in found) if name)


def _outside_brackets(value: str, sign: str) -> list[str]:
    parts, depth, last = [], 0, 0
    for i, letter in enumerate(value):
        depth += (letter == "(") - (letter == ")")
        if letter == sign and depth <= 0:
            parts.append(value[last:i])
            last = i + 1
    return [*parts, value[last:]]


def _split_commas(part: str) -> list[str]:
    out: list[str] = []
    last = 0
    for match in _NEXT.finditer(part):
        before = part[last : match.start()]
        inside = before.count("(") > before.count(")")
        last_name = re.split(r"\s+và\s+", before.strip())[-1]
        if inside or (_GENERIC.fullmatch(last_name) and _COMMON.match(part[match.end() :])):
            continue
        out.append(before)
        last = match.end()
    return [*out, part[last:]]


def body_before_verb(text: str) -> tuple[str, str] | None:
    """A body named at the start of `text` and the task that follows, if that is what it is."""
    if not STARTS_BODY.match(text):
        return None
    for match in _TO_VERB.finditer(text):
        name = text[: match.start()]
        if len(name) > 200 or re.search(r"[.;:]", name):
            return None
        # "Hội đồng phối hợp phổ biến", "cơ quan chủ trì soạn thảo": the verb is part of the name.
        rest = text[match.end() :]
        if rest[0].isupper() or (_PART_OF_NAME.match(rest) and _NAMELESS.search(name)):
            continue
        return name.strip(" ,"), text[match.end() :].strip()
    return None


def body_at(text: str) -> str | None:
    """The body that `text` begins with, up to the words that leave it; None if it is no body."""
    if not STARTS_BODY.match(text):
        return None
    at = 0
    for match in _STOP.finditer(text):
        name = text[:at] + text[at : match.start()]
        rest = text[match.end() :]
        if match[0].strip() == "," and _GENERIC.fullmatch(name.strip()) and rest:
            continue
        return name.strip(" ,") or None
    return None


def recipient_of(text: str) -> tuple[str | None, str | None]:
    """To whom a task reports, and through whom: ("Sở GDĐT", "Thanh tra Sở")."""
    purpose = _PURPOSE.search(text)
    main = text[: purpose.start()] if purpose else text
    for pattern in (_SENT, _REPORT):
        for match in pattern.finditer(main):
            name = body_at(main[match.end() :])
            if name:
                return name, _via(main[match.end() :])
    return None, None


def _via(text: str) -> str | None:
    match = _VIA.search(text)
    if not match:
        return None
    return match[1].strip() if match[1] else body_at(text[match.end() :])
