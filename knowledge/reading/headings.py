"""Where the heading of a clause ends and its text begins."""

from __future__ import annotations

import re

from knowledge.reading.clean import clean
from knowledge.reading.lines import LEADS_IN, is_capitals, is_terminal
from knowledge.reading.paragraphs import Paragraph
from knowledge.reading.tree import Node
from knowledge.vietnamese import fold

_LONGEST = 250  #: characters of a heading
_LONGEST_BEFORE_COLON = 170
# "1. Mục đích. Nhằm …": a title closed by a full stop, in the few words that are always titles.
_TITLE = re.compile(
    r"(mục đích|yêu cầu|mục đích,? (và )?yêu cầu|phạm vi|đối tượng|phạm vi,? (và )?đối tượng|"
    r"thời gian|địa điểm|"
    r"thời gian,? (và )?địa điểm|kinh phí( thực hiện)?|nội dung|hình thức|thành phần|"
    r"mục tiêu( chung| cụ thể)?|"
    r"phạm vi điều chỉnh( và đối tượng áp dụng)?|đối tượng áp dụng|giải thích từ ngữ|"
    r"tổ chức thực hiện|"
    r"hiệu lực thi hành|trách nhiệm thi hành|điều khoản thi hành)[^.:;,]{0,40}\.\s",
    re.IGNORECASE,
)


def split_heading(text: str, node: Node) -> tuple[str, list[Paragraph]]:
    """The heading of a clause ("" when it has none) and the paragraphs of its own text."""
    header = node.header
    assert header.label is not None  # a node is made from a labelled paragraph
    length = header.label.length
    rest = header.text[length:]
    if not rest.strip():
        return "", node.own
    whole = header.cut(length)
    assert whole is not None  # there is text after the label
    if header.row:
        return "", [whole, *node.own]
    followed = bool(node.own or node.children)
    if followed and _is_title(rest):
        return clean(text[whole.start : whole.end]).rstrip(": "), node.own
    at = _title_end(rest)
    if at:
        after = header.cut(length + at)
        end = header.places()[length + at - 1]
        heading = clean(text[whole.start : end]).rstrip(":. ")
        return heading, [after, *node.own] if after else node.own
    return "", [whole, *node.own]


def _is_title(rest: str) -> bool:
    rest = rest.strip()
    if len(rest) > _LONGEST:
        return False
    if rest.endswith(":"):
        return not LEADS_IN.search(fold(rest))
    if rest.endswith("."):
        return is_capitals(rest) or bool(_TITLE.fullmatch(rest + " "))
    return not is_terminal(rest)


def _title_end(rest: str) -> int:
    """How many characters of `rest` are a title closed by a colon or full stop; 0 if none."""
    start = len(rest) - len(rest.lstrip())
    match = _TITLE.match(rest, start)
    if match:
        return match.end()
    colon = rest.find(": ")
    before, after = rest[start:colon], rest[colon + 1 :].strip()
    if colon < 0 or not after or len(before) > _LONGEST_BEFORE_COLON:
        return 0
    if before.count("(") > before.count(")"):
        return 0
    if re.search(r"[;!?]|\.\s|\d\.$", before) or LEADS_IN.search(fold(before)):
        return 0
    if not (after[0].isupper() or after[0].isdigit() or after[0] in '“"-'):
        return 0
    return colon + 1
