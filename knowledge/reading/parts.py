"""The parts of an administrative paper: head, recipients, preamble, body, recipients, signature.

One text may hold several papers, one after another: a decision and the plan issued with it, a plan
and its appendix. Each is cut into the same parts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from knowledge.reading.lines import BULLET, Layout, Line, continues, is_capitals, is_terminal
from knowledge.reading.tables import header_at

KINDS = (
    "kế hoạch|quyết định|chỉ thị|chương trình|đề án|hướng dẫn|thông báo|báo cáo|quy chế|quy định|"
    "nghị quyết|nghị định|thông tư|tờ trình|phương án|công văn|công điện|luật|kết luận|quy trình"
)
KIND_LINE = re.compile(rf"({KINDS})\b\s*:?", re.IGNORECASE)
_APPENDIX = re.compile(r"(phụ lục|danh mục|biểu mẫu|mẫu số|biểu số)\b", re.IGNORECASE)
_ISSUED_WITH = re.compile(r"\(?\s*(ban hành )?(kèm theo|kèm)\b", re.IGNORECASE)
TO = re.compile(r"kính gửi\s*:?\s*", re.IGNORECASE)
COPIES = re.compile(r"nơi nhận\s*:?\s*", re.IGNORECASE)
OPENER = re.compile(
    r"(căn cứ|thực hiện|thi hành|theo|xét|triển khai|để|nhằm|trên cơ sở|tiếp tục|ngày \d|sau khi|"
    r"vừa qua|"
    r"chấp hành|tiếp theo|phúc đáp|trả lời|qua |hiện nay|vừa qua|thời gian qua)",
    re.IGNORECASE,
)
_BASIS = re.compile(r"(căn cứ|xét|theo đề nghị)\b", re.IGNORECASE)
_SUBJECT = re.compile(r"(v/v|về việc|trích yếu)\b", re.IGNORECASE)
_TITLE = 6  #: lines of the title of an annex, above its table
_DATE_LINE = re.compile(r".{0,40},?\s*ngày\b.{0,12}tháng\b.{0,10}năm\b", re.IGNORECASE)
# "KT. GIÁM ĐỐC", "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH": capitals only, after the body.
SIGNATURE = re.compile(
    r"(KT|TM|TL|TUQ|T/M|T/L|K/T)\s*\.?\s*[^\W\d_]|Q\.\s*[^\W\d_]|(PHÓ\s+)?(TỔNG\s+)?(GIÁM ĐỐC|"
    r"CHỦ TỊCH|CHÁNH|"
    r"TRƯỞNG|THỦ TƯỚNG|BỘ TRƯỞNG|THỨ TRƯỞNG|HIỆU TRƯỞNG|THỦ TRƯỞNG|CỤC TRƯỞNG|VIỆN TRƯỞNG|"
    r"VỤ TRƯỞNG|BÍ THƯ)\b"
)


@dataclass(frozen=True, slots=True)
class Zone:
    """Lines `first` to `last` (half-open) of one part: a fixed address, or "body"."""

    name: str
    first: int
    last: int


def zones(
    lines: Sequence[Line], layout: Layout, starts_body: Callable[[int], bool]
) -> Iterator[Zone]:
    """The parts of every paper in the text, in order; `starts_body(i)`: line i opens a clause."""
    at = 0
    while at < len(lines):
        tail, end = _tail(lines, at, starts_body)
        yield from _front_and_body(lines, layout, at, tail, starts_body)
        yield from _tail_parts(lines, tail, end)
        at = end


def _tail(lines: Sequence[Line], first: int, starts_body: Callable[[int], bool]) -> tuple[int, int]:
    """Where the recipients or signature begin, and where the next paper does."""
    in_body, tail = False, -1
    for i in range(first, len(lines)):
        in_body = in_body or starts_body(i) or len(lines[i].text) > 150
        if i > first and begins_paper(lines, i, after_tail=tail >= 0, in_body=in_body):
            return (tail if tail >= 0 else i), i
        if tail < 0 and (COPIES.match(lines[i].text) or (in_body and is_signature(lines[i].text))):
            tail = i
    return (tail if tail >= 0 else len(lines)), len(lines)


def is_signature(text: str) -> bool:
    """A line of the signature block: a post in capitals."""
    return len(text) <= 90 and is_capitals(text) and bool(SIGNATURE.match(text))


def begins_paper(lines: Sequence[Line], i: int, *, after_tail: bool, in_body: bool) -> bool:
    """Line `i` is the title of another paper: an appendix, or the plan that a decision issues."""
    text = lines[i].text
    if after_tail and (_heads_table(lines, i) or (_APPENDIX.match(text) and len(text) <= 120)):
        return True
    if not is_capitals(text) or len(text) > 120 or not (after_tail or in_body):
        return False
    if _APPENDIX.match(text):
        return True
    if not KIND_LINE.match(text) or text.endswith(":"):
        return False
    below = lines[i + 1 : i + 5]
    return after_tail or any(_ISSUED_WITH.match(line.text) for line in below)


def _heads_table(lines: Sequence[Line], i: int) -> bool:
    """A table of tasks begins here, or below the title in capitals that begins here.

    After a signature nothing else says that an annex without the word "Phụ lục" has begun.
    """
    if header_at([line.tabbed for line in lines[i : i + _TITLE]]):
        return not is_capitals(lines[i - 1].text) or is_signature(lines[i - 1].text)
    if not is_capitals(lines[i].text) or is_signature(lines[i].text) or COPIES.match(lines[i].text):
        return False
    for at in range(i + 1, min(i + _TITLE, len(lines))):
        if header_at([line.tabbed for line in lines[at : at + _TITLE]]):
            return True
        if not (is_capitals(lines[at].text) or lines[at].text.startswith("(")):
            return False
    return False


def _front_and_body(
    lines: Sequence[Line], layout: Layout, first: int, last: int, starts_body: Callable[[int], bool]
) -> Iterator[Zone]:
    to = next((i for i in range(first, min(last, first + 60)) if TO.match(lines[i].text)), None)
    if to is not None and any(starts_body(i) for i in range(first, to)):
        to = None
    after = first if to is None else _recipients_end(lines, layout, to, last)
    body = next((i for i in range(after, last) if starts_body(i)), last)
    if to is not None:
        yield from _zone("head", first, to)
        yield Zone("recipients", to, after)
        yield from _zone("preamble", after, body)
    else:
        end = _head_end(lines, layout, first, body)
        yield from _zone("head", first, end)
        yield from _zone("preamble", end, body)
    yield from _zone("body", body, last)


def _zone(name: str, first: int, last: int) -> Iterator[Zone]:
    if first < last:
        yield Zone(name, first, last)


def _recipients_end(lines: Sequence[Line], layout: Layout, to: int, last: int) -> int:
    """ "Kính gửi" runs over its bullets, or to the end of its line when it has none."""
    for i in range(to + 1, last):
        above, text = lines[i - 1].text, lines[i].text
        if OPENER.match(text) and len(text) > 40:
            return i
        if BULLET.match(text) or above.endswith((";", ",")) or text[0].islower():
            continue
        if i == to + 1 and TO.fullmatch(above) and len(text) <= 120:
            continue
        if continues(above, lines[i - 1], lines[i], layout):
            continue
        return i
    return last


def _head_end(lines: Sequence[Line], layout: Layout, first: int, body: int) -> int:
    """The line after the title: the kind of the paper, what it is about, and who issues it."""
    kind = next(
        (
            i
            for i in range(first, body)
            if _is_kind(lines[i].text) or _APPENDIX.match(lines[i].text)
        ),
        None,
    )
    if kind is None:
        return next((i for i in range(first, body) if _opens(lines, layout, i, body)), body)
    at = kind + 1
    if at < body and not _starts_preamble(lines, layout, at, body, kind):
        at = _paragraph_end(lines, layout, at, body)
    while at < body and not _opens(lines, layout, at, body) and _is_headish(lines[at].text):
        at = _paragraph_end(lines, layout, at, body)
    return at


def _is_kind(text: str) -> bool:
    match = KIND_LINE.match(text)
    return bool(match) and (is_capitals(text) or (match is not None and match.end() == len(text)))


def _starts_preamble(lines: Sequence[Line], layout: Layout, at: int, body: int, kind: int) -> bool:
    """Right after the kind comes the title, even "Thực hiện Đề án …", unless it cannot be one."""
    if _BASIS.match(lines[at].text):
        return True
    match = KIND_LINE.match(lines[kind].text)
    titled = match is not None and match.end() < len(lines[kind].text)
    end = _paragraph_end(lines, layout, at, body)
    long = sum(len(line.text) for line in lines[at:end]) > 100
    ended = is_terminal(lines[end - 1].text)
    return bool(OPENER.match(lines[at].text)) and (ended if titled else ended and long)


def _opens(lines: Sequence[Line], layout: Layout, at: int, body: int) -> bool:
    if not OPENER.match(lines[at].text) or is_capitals(lines[at].text):
        return False
    end = _paragraph_end(lines, layout, at, body)
    return lines[end - 1].text.endswith((":", ";", ".", ",")) or end - at > 1


def _is_headish(text: str) -> bool:
    if is_capitals(text) or text.startswith("(") or _SUBJECT.match(text) or _DATE_LINE.match(text):
        return True
    return len(text) <= 120 and not is_terminal(text)


def _paragraph_end(lines: Sequence[Line], layout: Layout, at: int, last: int) -> int:
    end = at + 1
    text = lines[at].text
    while end < last and continues(text, lines[end - 1], lines[end], layout):
        if OPENER.match(lines[end].text) and lines[end].text[0].isupper():
            break  # "Căn cứ …" under a title that fills its line
        text += " " + lines[end].text
        end += 1
    return end


def _tail_parts(lines: Sequence[Line], first: int, last: int) -> Iterator[Zone]:
    at, name = first, ""
    for i in range(first, last):
        text = lines[i].text
        found = name
        if COPIES.match(text):
            found = "recipients"
        elif is_signature(text):
            found = "signature"
        if found != name:
            yield from _zone(name, at, i)
            at, name = i, found
    yield from _zone(name, at, last)
