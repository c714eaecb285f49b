"""Bodies as a paper prints them: where a name ends, how a list of them parts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.reading.labels import CAPITALS
from knowledge.task_words import DECIDED, IN_NAME, TO_TASK, VERB

# A comma before one of these parts two bodies.
_HEADS = (
    r"đồng chí|phòng(?! ngừa| chống|, chống| bệnh| họp)|sở(?! hữu| thích)|ban(?! hành| đầu)|"
    r"ủy ban|uỷ ban|"
    r"UBND|HĐND|UBMTTQ|MTTQ|hội đồng|văn phòng|thanh tra|trung tâm|trường(?! hợp)|đơn vị|cơ quan|"
    r"công an|bộ(?! phận| tiêu| tài| câu| nhận| ảnh| hồ| thủ| quy| công cụ)|bộ phận|mặt trận|"
    r"đoàn(?! kết| thể)|công đoàn|nhà trường|nhà văn hóa|trạm|khoa(?! học)|"
    r"hội(?! nghị| thảo| dung| ý| đàm| nhập| họp| thi)|tòa án|toà án|viện(?! dẫn)|học viện|"
    r"bệnh viện|điều dưỡng|chi cục|cục(?! bộ)|tổng cục|vụ(?! việc| án)|chi nhánh|"
    r"báo(?! cáo| đảm| chí| động| in| nói| hình| điện| viết)|đài|tạp chí|cơ sở(?! dữ| pháp| vật)|"
    r"tổ chức(?= (?:chính trị|pháp chế|hành nghề))|"
    r"thủ trưởng|giám đốc|phó giám đốc|tổng giám đốc|chánh|phó (?=trưởng|chánh|chủ tịch|hiệu)|"
    r"trưởng|(?:hiệu|tổ|đội|hạt|trạm|nhóm) trưởng|hạt(?! giống)|đội(?! ngũ| hình)|"
    r"(?:chi )?cục trưởng|vụ trưởng|viện trưởng|chủ tịch|bí thư|kho bạc|bảo hiểm|"
    r"ngân hàng|bưu điện|liên đoàn|liên hiệp|liên minh|hiệp hội|câu lạc bộ|"
    r"tổ(?! chức| quốc| dân)|nhóm(?= (?-i:[A-ZĐ])| (?:công tác|biên|truyền|giúp|phụ))|tiểu ban|"
    r"thường trực(?= (?:(?-i:[A-ZĐ])|hội|ủy|tỉnh|huyện|ban|tổ))|lãnh đạo|thủ tướng|chính phủ|"
    r"thành viên|người (?:đứng đầu|phát ngôn)|kế toán|"
    r"huyện đoàn|tỉnh đoàn|thành đoàn|huyện ủy|tỉnh ủy|thành ủy|đảng ủy|chi bộ|công chức|"
    r"công ty|tập đoàn|"
    r"cổng thông tin|trang thông tin|cấp ủy"
)
# These begin a body too, but after a comma they go on with one: "quận, huyện", "xã, phường".
_SHARED = (
    r"địa phương|doanh nghiệp|xã(?! hội)|phường|thôn|ngành|cán bộ|viên chức|chuyên viên|"
    r"tổ dân phố|"
    r"hai bên|khu phố|đoàn thể|văn thư|tổ chức(?= (?:đoàn thể|thành viên))"
)
_MANY = r"(?:tất cả\s+)?(?:các\s+|những\s+|một số\s+|mỗi\s+|từng\s+|toàn thể\s+)"
BODY = rf"{_MANY}?(?:{_HEADS}|{_SHARED}|(?<=các )tổ chức)\b"
STARTS_BODY = re.compile(BODY, re.IGNORECASE)
_NEXT = re.compile(
    rf",\s+(?:và\s+)?(?={_MANY}?(?:{_HEADS})\b|(?:các|mỗi)\s+(?:{_SHARED})\b)", re.IGNORECASE
)
# "Các phòng", "Thủ trưởng các cơ quan": nothing named yet, so ", đơn vị …" goes on.
_COMMON = (
    r"cơ quan|phòng|đơn vị|sở|ban|ngành|trường|hội|bộ|cục|vụ|khoa|trung tâm|địa phương|đoàn thể"
)
_GENERIC = re.compile(
    r"(?:(?:(?:phó )?thủ trưởng|(?:phó )?trưởng|giám đốc|lãnh đạo|người đứng đầu|chủ trì là)\s+)?"
    rf"(?:các|những|mỗi|từng|tất cả các|toàn thể các)?\s*(?:{_COMMON})"
    r"(?:\s+(?:chuyên môn|nghiệp vụ|ban|ngành|chức năng|tham mưu))*"
    r"(?:,\s*(?:ban|ngành|phòng|sở|đơn vị|hội|đoàn thể|khoa))*",
    re.IGNORECASE,
)
_ALIKE = re.compile(
    rf"(?:{_COMMON}|tổ(?! chức))\b|(?i:{_COMMON})(?=\s+(?:có|thuộc|trực thuộc|khác|liên quan)\b|$)"
)
# One head and nothing that tells which: what follows is still its name.
_BARE_HEAD = re.compile(
    r"(?:hội đồng(?: phối hợp)?|cơ quan|đơn vị|phòng|cổng|trang|ban|tổ|bộ phận|trung tâm|nhóm|đội|"
    r"đài|hội|công chức|cán bộ|câu lạc bộ)|.*(?:được giao|\bvà|cơ quan chủ trì|"
    r"đơn vị chủ trì|giao "
    r"(?:chủ trì|tham mưu))",
    re.IGNORECASE,
)
# "các cơ quan, tổ chức, doanh nghiệp": a noun here.
_ORGANISATIONS = re.compile(r"tổ chức(?:,|…| và| có liên quan| liên quan|[;.]|$)")
_COUNCIL = re.compile(r"\bhội đồng phối hợp phổ biến\b", re.IGNORECASE)
_BARE_MANY = re.compile(
    rf"(?:{_MANY}|(?:.*,|.*\bvà)\s+)(?:cơ quan|đơn vị|phòng|tổ|ban|trung tâm|hội)", re.IGNORECASE
)
_DRAFTS = re.compile(
    r"(?:chủ trì|tham mưu|phối hợp)\s+(?:soạn|xây dựng (?:chính|dự)|tham mưu)|soạn"
)
_UNFINISHED = re.compile(
    r"\b(?:các|những|một số|và|của|(?<!trực )thuộc|với|tại|từ|cho)$", re.IGNORECASE
)
_TOLD = re.compile(r"\s(?:đã|đang|vẫn|từng)$", re.IGNORECASE)  #: a report, not a task
# A name goes on after one that is known: "Sở Tư pháp và các đơn vị", "Phòng A thuộc Sở".
_GOES_ON = re.compile(
    r"\s*,?\s*(?:và|các|thuộc|trực thuộc|tỉnh|huyện|thành phố|xã|phường|cấp|của|có liên quan|"
    rf"liên quan|khác|cùng cấp|địa phương|hoặc|[-–(\x00{CAPITALS}])"
)
_BRACKETS = re.compile(r"\([^()]*\)")
_ROLE_MARK = re.compile(
    r"\s*\((?P<role>chủ trì|phối hợp|(?:là )?(?:cơ quan |đơn vị )?đầu mối)"
    r"(?P<rest>[^()]*)\)",
    re.IGNORECASE,
)
_LONGEST = 260  #: letters of a list of bodies


def split_bodies(value: str) -> tuple[str, ...]:
    """The bodies of a list, as printed: parted at ";" and at the commas between them."""
    found: list[str] = []
    for part in _outside_brackets(value, ";"):
        found.extend(_split_commas(part))
    return tuple(name for name in (item.strip(" .;,:") for item in found) if name)


def split_roles(value: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Leads and coordinators of "Phòng A (chủ trì), Phòng B (phối hợp)"; no mark is a lead."""
    leads: list[str] = []
    partners: list[str] = []
    for name in split_bodies(value):
        mark = _ROLE_MARK.search(name)
        bare = name.replace(mark[0], "", 1).strip() if mark else name
        if mark and mark["role"].lower() == "phối hợp":
            partners.append(bare)
        else:
            leads.append(bare)
        if mark and (beside := re.match(r",?\s*phối hợp (?:với\s+)?", mark["rest"])):
            partners.extend(split_bodies(mark["rest"][beside.end() :]))
    return tuple(leads), tuple(partners)


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
        if inside or (_GENERIC.fullmatch(last_name) and _ALIKE.match(part[match.end() :])):
            continue
        out.append(before)
        last = match.end()
    return [*out, part[last:]]


def without_brackets(text: str) -> str:
    """The text letter for letter, brackets and what they hold blanked out."""
    return _BRACKETS.sub(lambda match: "\x00" * len(match[0]), text)


def known_at(text: str, names: Sequence[str]) -> str:
    """The longest of the `names` with which `text` begins; "" when there is none."""
    lowered = text.lower()
    return max(
        (
            text[: len(name)]
            for name in names
            if lowered.startswith(name.lower()) and not text[len(name) : len(name) + 1].isalnum()
        ),
        key=len,
        default="",
    )


def body_before_verb(text: str, names: Sequence[str] = ()) -> tuple[str, str] | None:
    """Bodies named at the start of `text` and the task that follows, if that is what it is.

    `names` are names known from elsewhere in the paper, which end where they are known to end.
    """
    if not STARTS_BODY.match(text):
        return None
    masked = without_brackets(text[: _LONGEST * 2])
    for match in TO_TASK.finditer(masked):
        name = masked[: match.start()]
        if len(name) > _LONGEST or not _is_list(name):
            return None
        last = name[_last_start(name) :]
        known = known_at(text[_last_start(name) :], names)
        if len(known) > len(last):
            continue  # "Phòng Kế hoạch tổng hợp" is one of the paper's own names
        if len(known) and not _GOES_ON.match(last[len(known) :]) and len(known) < len(last):
            return _cut(text, _last_start(name) + len(known))
        if not _is_part_of_name(name, masked[match.end() :]):
            if _TOLD.search(name):
                return None
            return _cut(text, match.start())
    return _after_known(text, masked, names)


def _cut(text: str, at: int) -> tuple[str, str] | None:
    name, task = text[:at].strip(" ,"), text[at:].strip(" ,")
    return (name, task) if task else None


def _after_known(text: str, masked: str, names: Sequence[str]) -> tuple[str, str] | None:
    """ "Phòng Tư pháp <a word that we do not know> …", where Phòng Tư pháp is known."""
    known = known_at(text, names)
    rest = masked[len(known) :]
    if not known or not re.match(r"\s+[^\W\d_]", rest) or _GOES_ON.match(rest):
        return None
    return _cut(text, len(known))


def _is_list(name: str) -> bool:
    """Stops part sentences; ";" and "," may also part bodies."""
    if re.search(r"[.:]", name):
        return False
    return all(STARTS_BODY.match(part.strip()) for part in name.split(";"))


def _last_start(name: str) -> int:
    """Where the last body of a list of bodies begins."""
    ends = [match.end() for match in re.finditer(r"[,;]\s+(?:và\s+)?|\s+và\s+", name)]
    return next((at for at in reversed(ends) if STARTS_BODY.match(name[at:])), 0)


def _is_part_of_name(name: str, rest: str) -> bool:
    """ "Hội đồng phối hợp phổ biến", "Kiểm định xây dựng chủ trì": the verb is in the name."""
    if rest[0].isupper() or _UNFINISHED.search(name):
        return True
    council = _COUNCIL.search(f"{name} {rest}")
    if council and council.start() < len(name) < council.end():
        return True
    if _ORGANISATIONS.match(rest) and re.search(r"(?:cơ quan|đơn vị|địa phương)$", name, re.I):
        return True
    word = IN_NAME.match(rest)
    if not word:
        return False
    after = rest[word.end() :]
    last = name[_last_start(name) :].strip()
    if DECIDED.match(after.lstrip(" ,")) and not DECIDED.match(rest) and after[:1] != ",":
        return True  # "Phòng Quản lý xây dựng chủ trì …"
    if re.match(r"\s+và\s+(?:các\s+)?(?:đơn vị|cơ quan|phòng|ban|sở|địa phương)\b", after):
        return True  # "Trung tâm Kiểm định xây dựng và các đơn vị …"
    if word[0] in ("xây dựng", "quản lý", "đào tạo") and re.match(rf"\s+{VERB}\b", after):
        return True  # two verbs in a row: the first ends the name
    if _DRAFTS.match(rest) and re.search(r"(?:cơ quan|đơn vị|phòng|được giao)$", last, re.I):
        return bool(re.match(r"soạn thảo\s+(?:chủ trì|có|văn bản quy phạm)|(?!soạn)", rest))
    if DECIDED.match(rest):
        return False
    return bool(_BARE_HEAD.fullmatch(last)) and not _BARE_MANY.fullmatch(name)
