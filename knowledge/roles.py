"""Lines that spell out who and when of a task: "Đơn vị chủ trì: …; Thời gian: …"."""

from __future__ import annotations

import re

BULLET = re.compile(r"^(?:[-–—+•●▪■◦○·*§\uf0b7\uf02d\uf0a7]|o(?=\s))\s*")
_WHO = r"(?:các\s+)?(?:cơ quan|đơn vị|phòng|bộ phận|người|cán bộ|ban|cấp|tổ chức|lực lượng)\s+"
_TAIL = (
    r"(?:\s+(?:thực hiện|tham mưu|hoàn thành|triển khai|tổ chức|chính|chung|dự kiến|với))?"
    r"(?:\s*\([^)]*\))?\s*:"
)
_TIME = r"(?:thời gian|thời điểm|tiến độ|lịch|kỳ hạn|mốc thời gian)"
# At the start of a line, or within it after a stop, a comma, a dash or a bracket.
_ROLE = re.compile(
    r"(?:^|(?<=[;.,(–|/-] )|(?<=\())(?:"
    rf"(?P<coordinates>(?:{_WHO})?(?:phối hợp|cùng thực hiện|tham gia){_TAIL})"
    rf"|(?P<leads>(?:{_WHO})?(?:chủ trì(?:,?\s*(?:và\s+)?phối hợp)?|được phân công|phân công|"
    rf"được giao|"
    rf"phụ trách|đầu mối|chịu trách nhiệm(?: chính)?){_TAIL}"
    rf"|{_WHO}thực hiện{_TAIL}|^thực hiện\s*:|trách nhiệm(?: thực hiện)?\s*:)"
    r"|(?P<due>(?:hạn|thời hạn|hạn chót|hạn cuối)(?:\s+(?:hoàn thành|thực hiện|cuối))*\s*:"
    rf"|(?:{_TIME}\s+)?(?:phải\s+)?hoàn thành(?:\s+dự kiến)?(?:\s*\([^)]*\))?\s*:)"
    rf"|(?P<when>{_TIME}(?:,? (?:và )?địa điểm)?{_TAIL}"
    r"|hoàn thành(?=\s+(?:trước|trong|vào|chậm nhất|tháng|quý|năm)))"
    r"|(?P<recipient>(?:nơi nhận|đơn vị nhận|cơ quan nhận|gửi)(?: báo cáo| kết quả)?(?: về)?\s*:)"
    r"|(?P<other>(?:sản phẩm|kết quả|kết quả đầu ra|sản phẩm đầu ra|kinh phí|địa điểm|hình thức|"
    r"đối tượng|số lượng|ghi chú|thành phần|nguồn lực|quy mô|chỉ tiêu)"
    r"(?:\s+(?:thực hiện|đầu ra|dự kiến|tham dự|tham gia|cần đạt))?\s*:)"
    r"|(?P<task>^(?:nội dung(?: công việc| thực hiện| nhiệm vụ)?|nhiệm vụ|công việc|tên nhiệm vụ|"
    r"hoạt động)\s*:))",
    re.IGNORECASE,
)


def read_roles(text: str) -> tuple[str, dict[str, str]]:
    """What stands before the first role, and the roles by name.

    "Họp (Chủ trì: Phòng A; hạn: 5/6)" gives "Họp" and {"leads": "Phòng A", "due": "5/6"}. The
    names are leads, coordinates, when, due (a last day), recipient, task, other.
    """
    body = BULLET.sub("", text)
    matches = list(_ROLE.finditer(body))
    if all(":" not in match[0] for match in matches):
        return body, {}  # "…, hoàn thành trước ngày 15/4" alone is a sentence like any other
    found: dict[str, str] = {}
    for match, after in zip(matches, [*matches[1:], None], strict=True):
        value = body[match.end() : after.start() if after else len(body)].strip(" .;,(|/–-")
        value = value if "(" in value else value.rstrip(") .;")
        if match.lastgroup and value:
            found.setdefault(match.lastgroup, value)
    return body[: matches[0].start()].strip(" .;,(|–-"), found
