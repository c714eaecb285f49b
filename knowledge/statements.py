"""Who a sentence tells to do what: "Giao X chủ trì, phối hợp với Y …", "X có trách nhiệm …"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.bodies import BODY, STARTS_BODY, body_before_verb, split_bodies, split_roles
from knowledge.task_words import STARTS_TASK, TO_TASK

_ORDERS = (
    r"(?:giao(?! thông| lưu| ban| tiếp| dịch)(?: nhiệm vụ| trách nhiệm)?(?: cho)?|"
    r"(?:trân trọng |kính )?đề nghị|yêu cầu|phân công|ủy quyền(?: cho)?|chỉ định|"
    r"đồng ý giao|thống nhất giao)"
)
GIVES = re.compile(rf"{_ORDERS}\s*:?\s+", re.IGNORECASE)
_MUST = re.compile(
    r",?\s+(?:có|chịu) (?:trách nhiệm|nhiệm vụ)\b(?:\s*:)?|\s+được giao (?:nhiệm vụ )?"
    r"(?=(?:chủ trì|làm đầu mối|là cơ quan|theo dõi)\b(?! soạn| xây| tham))",
    re.IGNORECASE,
)
_WITH = re.compile(
    r"(?:(?:làm|là)(?: (?:cơ quan|đơn vị))? ?(?:đầu mối|"
    r"thường trực)?,?\s+)?(?:chủ trì,?\s+)?(?:và\s+)?(?:chủ động,?\s+)?"
    r"(?:phối hợp(?:\s+chặt chẽ)?(?:,? thống nhất)?(?:\s+(?:với|cùng))?|cùng(?:\s+với)?)\s+",
    re.IGNORECASE,
)
_LAST_WITH = re.compile(
    r"[,;]\s+(?:có sự\s+)?phối hợp(?:\s+chặt chẽ)?\s+(?:với|"
    r"của)\s+(?P<who>[^;.]{3,160}?)\s*[.;]*$",
    re.IGNORECASE,
)
# "… ; trường hợp có tin sai lệch thì phối hợp với Công an phường xử lý".
_AMID = re.compile(
    r"(?<!quy chế )(?<!công tác )(?<!việc )(?<!sự )(?<!đã )(?<!trong )(?<!cơ chế )"
    r"(?<!tổ chức )"
    r"\bphối hợp(?:,? chặt chẽ)?(?:,? thống nhất)?\s+(?:với|cùng)(?: với)?\s+"
    rf"(?={BODY})",
    re.IGNORECASE,
)
# "hướng dẫn các xã phối hợp với …": it is they who work together.
_OTHERS = re.compile(
    r"\b(?:chỉ đạo|hướng dẫn|đôn đốc|yêu cầu|đề nghị|giao|giúp|vận động|để|do|cử|phân công)\s+"
    rf"{BODY}[^,;.:]*$",
    re.IGNORECASE,
)
# "Sở A chủ trì, Sở B phối hợp".
_BESIDE = re.compile(
    rf"\bchủ trì,?\s+(?:và\s+)?(?P<who>{BODY}[^.;:]{{2,120}}?)\s+phối hợp\b(?! với)", re.IGNORECASE
)
_LEAVES = re.compile(r"\s+(?:trong việc|để|nhằm|về|tại|theo|qua|trước|khi|trong)\b|[.;:]", re.I)
# "Báo cáo định kỳ: các đơn vị gửi …", "Thứ Hai hằng tuần: Phòng A điểm …".
_TOPIC = re.compile(r"[^.;:()]{3,80}:\s+")
_ADVERBIAL = re.compile(
    r"(?:căn cứ|theo|trên cơ sở|hằng|hàng|định kỳ|trước|trong|khi|sau|ngay|đối với|từ|chậm nhất|"
    r"đến|vào|kể từ|để|nhằm|ngoài|cùng với|bên cạnh|tùy|tuỳ|thường xuyên|trường hợp|riêng|ngày|"
    r"thứ|quý|tháng|năm|nhận được)\b",
    re.IGNORECASE,
)
_TIME_FIRST = re.compile(
    r"(?:hằng|hàng|định kỳ|thường xuyên|trước|chậm nhất|ngày|thứ|quý|tháng|vào)\b", re.IGNORECASE
)
_DOES = re.compile(r"\b(?:tổng hợp|báo cáo|gửi|nộp|tham mưu|phối hợp|theo dõi|rà soát|tổ chức)\b")
# "nhiệm vụ của cơ quan, đơn vị": the comma is inside what the sentence begins with.
_IN_A_LIST = re.compile(r"\b(?:cơ quan|phòng|sở|ban|bộ|ngành|xã|cấp|tổ chức)$", re.IGNORECASE)
_DONE_BY = re.compile(
    r"(?<!lĩnh vực)(?<!nội dung)(?<!văn bản)(?<!chính sách)(?<!dự thảo)(?<!nhiệm vụ)"
    r"(?:,\s*|\s+|\s*\()do\s+(?P<who>[^.;:()]{3,160}?)\s+(?:chủ trì|thực hiện|đảm nhiệm|phụ trách|"
    r"chịu trách nhiệm|tổ chức|biên soạn|tổng hợp|theo dõi)\b",
    re.IGNORECASE,
)
# "… hoàn thành trước ngày 2/9. Giao Phòng Kinh tế chủ trì." at the end of a task.
_GIVEN_LAST = re.compile(
    r"[.;,]\s+(?:giao|phân công)(?: cho)?\s+(?P<who>[^.;:]{3,160}?)\s+"
    r"(?P<does>(?:chủ trì|thực hiện|phụ trách|tham mưu|đảm nhiệm)[^.;:]{0,25})[.;]*$",
    re.IGNORECASE,
)
_NOT_SUBJECT = re.compile(
    r"(?:việc|nội dung|thông tin|kinh phí|hoạt động|công tác|quá trình|mọi|văn bản|kế hoạch|"
    r"trong đó|đồng thời)\b|.*\b(?:đơn vị|cơ quan|phòng) nào\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A task and those whom its own sentence names for it."""

    leads: tuple[str, ...]
    coordinates: tuple[str, ...]
    task: str
    ordered: bool = False  #: said outright: "Giao X", "X có trách nhiệm", "X chủ trì"


def read_statement(text: str, names: Sequence[str] = ()) -> Statement | None:
    """Whom the sentence names as doing what; None when it names nobody.

    `names` are names of bodies known from elsewhere in the paper.
    """
    for at in _subjects(text):
        rest = text[at:]
        gives = GIVES.match(rest)
        if gives and (found := _named(rest[gives.end() :], names, given=True)):
            return found
        if found := _obliged(rest, names) or _named(rest, names):
            return found
    return _done_by(text)


def partners_of(task: str, names: Sequence[str] = ()) -> tuple[str, ...]:
    """ "Chủ trì, phối hợp với X và Y thực hiện …", "…, phối hợp với X." name X and Y."""
    match = _WITH.match(task)
    if match:
        return _bodies_at(task[match.end() :], names)
    beside = _BESIDE.search(task)
    if beside:
        return split_bodies(beside["who"])
    last = _LAST_WITH.search(task)
    if last and STARTS_BODY.match(last["who"]) and not TO_TASK.search(last["who"]):
        return split_bodies(last["who"])
    found = [m for m in _AMID.finditer(task) if not _is_others(task[: m.start()])]
    return tuple(dict.fromkeys(name for m in found for name in _bodies_at(task[m.end() :], names)))


def _bodies_at(rest: str, names: Sequence[str]) -> tuple[str, ...]:
    """The bodies with which `rest` begins, up to what is done with them."""
    pair = body_before_verb(rest, names)
    end = _LEAVES.search(rest)
    if pair and (not end or len(pair[0]) <= end.start() + 1 or ";" in pair[0]):
        return split_bodies(pair[0])
    if STARTS_BODY.match(rest) and end and end.start() <= 200:
        return split_bodies(rest[: end.start()])
    return split_bodies(rest) if STARTS_BODY.match(rest) and len(rest) < 160 else ()


def _is_others(before: str) -> bool:
    """It is another body, named just before, that is to work together with somebody."""
    part = re.split(r"[,;.:]\s+", before)[-1]
    return bool(STARTS_BODY.match(part.strip()) or _OTHERS.search(part))


def _subjects(text: str) -> Iterator[int]:
    """Where the subject may begin: at once, after a topic, after what the sentence begins with."""
    yield 0
    topic = _TOPIC.match(text)
    if topic and not STARTS_BODY.match(text):
        yield topic.end()
    if _ADVERBIAL.match(text):
        for match in re.finditer(r",\s+", text[:320]):
            before = text[: match.start()]
            if _TIME_FIRST.match(before) and _DOES.search(before):
                return  # "Hằng tháng tổng hợp, báo cáo …": the task has begun
            if not _IN_A_LIST.search(before):
                yield match.end()


def _obliged(text: str, names: Sequence[str]) -> Statement | None:
    """ "X có trách nhiệm …": whatever X is, it is named."""
    must = _MUST.search(text)
    if not must or must.start() > 240:
        return None
    subject = text[: must.start()]
    if GIVES.match(subject) or re.search(r"[.:]", subject) or _NOT_SUBJECT.match(subject):
        return None
    task = text[must.end() :].strip(" :,")
    if not STARTS_BODY.match(subject):
        if not subject[:1].isupper() or _ADVERBIAL.match(subject) or STARTS_TASK.match(subject):
            return None
    elif (pair := body_before_verb(text, names)) and len(pair[0]) < len(subject.strip()) - 1:
        if re.match(r"(?:trước|khi|theo|trong|hằng|hàng|căn cứ|chậm)", pair[1], re.IGNORECASE):
            subject = pair[0]  # "Phòng A, trước ngày 5/6, có trách nhiệm …"
        elif not re.match(r"(?:được|thuộc|tham gia|có)", pair[1]):
            return None  # another verb comes first: "X tổ chức …, Y có trách nhiệm …"
    leads, partners = split_roles(subject)
    return Statement(leads, partners or partners_of(task, names), task, ordered=True)


def _named(text: str, names: Sequence[str], *, given: bool = False) -> Statement | None:
    """ "X chủ trì …", "X (chủ trì, phối hợp với Y) làm …", "X: làm …", "X gửi …"."""
    must = _obliged(text, names) if given else None
    if must:
        return must
    name, colon, rest = text.partition(":")
    pair = body_before_verb(text, names)
    before = not pair or len(pair[0]) >= len(name)
    if colon and rest.strip() and before and _is_bodies(name, names):
        pair = name, rest.strip()  # "Sở Tư pháp: Báo cáo …"
        given = given or bool(STARTS_TASK.match(pair[1]))
    if pair is None:
        return None
    gives = GIVES.match(pair[1])
    if gives and not given and (asked := _named(pair[1][gives.end() :], names, given=True)):
        return asked  # "Sở Y tế yêu cầu các phòng gửi …"
    leads, partners = split_roles(pair[0])
    task = pair[1]
    decided = bool(re.match(r"(?:chủ trì|phối hợp|chịu trách nhiệm)\b", task))
    return Statement(leads, partners or partners_of(task, names), task, ordered=given or decided)


def _is_bodies(text: str, names: Sequence[str]) -> bool:
    """Bodies and nothing that they do."""
    bodies = len(text) <= 200 and bool(STARTS_BODY.match(text))
    return bodies and body_before_verb(text, names) is None


def _done_by(text: str) -> Statement | None:
    """ "Kiểm tra chéo giữa các khoa do Phòng Quản lý chất lượng thực hiện"."""
    match = _GIVEN_LAST.search(text) or _DONE_BY.search(text)
    if not match or not STARTS_BODY.match(match["who"]) or match["who"].endswith("được giao"):
        return None
    leads, partners = split_roles(match["who"])
    return Statement(leads, partners or partners_of(text), text, ordered=True)
