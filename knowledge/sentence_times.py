"""The time that a sentence sets for its task, among all the dates that a sentence may print."""

from __future__ import annotations

import re
from itertools import islice

from knowledge.calendar_words import Stretch, find_stretches
from knowledge.deadlines import STARTS_AT, due, offset, same_month, span_when, stretch_at
from knowledge.documents import When
from knowledge.recurrences import Recurrence, find_often, find_rate, find_recurrence
from knowledge.vietnamese import collapse, compose

_INSIDE = re.compile(
    r"\b(?:trong|vào)\s+(?=(?:tháng|quý)\s+\w)"
    r"|\bvào\s+(?=ngày\s+\d)"
    r"|\b(?:hoàn thành|hòan thành|xong)\s+(?:trong\s+|vào\s+)?(?=(?:tháng|quý|năm)\s+\w)",
    re.IGNORECASE,
)
_AT_END = re.compile(r"(?:[,;(–-]|\bgiai đoạn)\s*(?=(?:tháng|quý)\s+\w)", re.IGNORECASE)
_IN_YEAR = re.compile(r"(?<!ban hành )\btrong\s+(?=năm\s+\d)", re.IGNORECASE)
# "số liệu từ ngày … đến ngày …" says what is counted, not when the task is done.
_COUNTED = re.compile(
    r"(?:số liệu|tính|thống kê|kết quả|kỳ báo cáo|ban hành|thời điểm|mốc)\s*$", re.IGNORECASE
)
_TO = re.compile(r"\s*(?:đến|tới)\s+(?:hết\s+)?(?:ngày\s+)?$", re.IGNORECASE)
_PHASE = re.compile(
    r"(?:^|"
    r"[;:,(]\s*)(?:trong\s+)?(?P<said>giai đoạn\s+(?:20\d\d)\s*[-–]\s*(?:20\d\d))\s*\)?(?=[.;,]|$)",
    re.IGNORECASE,
)
# "duy trì … trong giai đoạn 2025-2027", where the sentence or its part ends.
_DURING = re.compile(
    r"(?:\btrong|\bcả|\bsuốt)\s+(?P<said>giai đoạn\s+(?:từ\s+)?(?:năm\s+)?20\d\d\s*"
    r"(?:[-–]|đến(?: năm)?)\s*20\d\d)(?=\s*(?:[.;,)]|$))",
    re.IGNORECASE,
)
# "ngân sách thường xuyên" is money, "nhiệm vụ thường xuyên" is a kind of task.
_STEADY = re.compile(
    r"(?<!chi )(?<!ngân sách )(?<!kinh phí )(?<!nguồn )(?<!nhiệm vụ )(?<!hoạt động )(?<!báo cáo )"
    r"\b(?:thường xuyên|liên tục)\b(?! của)(?!,? (?:và )?(?:nguồn|ngân sách))",
    re.IGNORECASE,
)
_ON_REQUEST = re.compile(
    r"(?:\bđột xuất )?\b(?:ngay )?khi (?:có (?:yêu cầu|đề nghị|chỉ đạo|hướng dẫn)|"
    r"được yêu cầu(?=[.;]|$))"
    r"|\btheo (?:yêu cầu|hướng dẫn|đề nghị) của [^.;,]{2,60}(?=[.;]|$)"
    r"|(?<=\S )theo (?:yêu cầu|hướng dẫn) của [^.;,()]{2,80}?"
    r"(?=[.;,)]|$|\s(?:và|để|nhằm|gửi|bảo đảm)\s)",
    re.IGNORECASE,
)
_HAPPENS = r"(?:có|phát sinh|xảy ra|phát hiện|nhận được|kết thúc|xuất hiện|hết|tiếp nhận|ban hành)"
_WHEN_FIRST = re.compile(r"(?:ngay\s+)?(?:sau\s+)?khi\s+[^.;:,]{4,120}(?=,)", re.IGNORECASE)
_WHEN_LAST = re.compile(
    rf"(?<!trước )(?<!từ )\b(?:ngay\s+)?(?:sau\s+)?khi\s+{_HAPPENS}\b[^.;:,]{{3,100}}(?=[.;]*$)",
    re.IGNORECASE,
)


def find_when(sentence: str, *, year: int | None = None) -> When:
    """The time that a sentence sets for its task; dates of papers it cites are left alone."""
    text = collapse(compose(sentence))
    return (
        _recurring(text)
        or same_month(text, year)
        or due(text, year)
        or offset(text)
        or _often(text, find_rate(text))
        or _period(text, year)
        or _inside(text, year)
        or _steady(text, year)
        or _often(text, find_often(text))
        or _occasion(text)
        or When()
    )


def _recurring(text: str) -> When | None:
    found = find_recurrence(text, in_sentence=True)
    if found is None:
        return None
    start = text.rfind("trước ", 0, found.start)
    lead = text[start : found.start].strip() if start >= 0 else ""
    begin = start if lead in ("trước", "trước ngày") else found.start
    return When(text[begin : found.end], "recurring", recurrence=found.rule)


def _period(text: str, year: int | None) -> When | None:
    """ "từ ngày 01/6/2024 đến ngày 30/6/2024", "giai đoạn 2024-2026" after a stop."""
    every = find_stretches(text, year)
    for match in STARTS_AT.finditer(text):
        before = text[max(0, match.start() - 24) : match.start()]
        if _COUNTED.search(before) or _STEADY.search(before[-16:]):
            continue
        after = (s for s in every if s.start >= match.end() - 5)
        spans = list(islice(after, 2))
        if len(spans) < 2 or not _TO.match(text[spans[0].end : spans[1].start] or "."):
            if spans and spans[0].start == match.end() and _is_said(text, match, spans[0]):
                steady = _STEADY.search(text) or match[0].lower().startswith("bắt đầu")
                printed = text[match.start() : spans[0].end]
                return When(printed, "continuous" if steady else "period", spans[0].first)
            continue
        printed = text[match.start() : spans[1].end]
        return When(printed, "period", spans[0].first, spans[1].last)
    phase = _PHASE.search(text) or _DURING.search(text)
    if phase:
        spans = find_stretches(phase["said"], None)
        return When(phase["said"], "period", spans[0].first, spans[-1].last)
    return None


def _is_said(text: str, start: re.Match[str], stretch: Stretch) -> bool:
    """ "bắt đầu từ …", or "… từ tháng 7/2023." at the end, sets a time."""
    last = stretch.kind != "year" and not text[stretch.end :].strip(" .;")
    return last or start[0].lower().startswith("bắt đầu")


def _inside(text: str, year: int | None) -> When | None:
    """ "trong tháng 6", "hoàn thành quý I năm 2025", "(tháng 5/2025)" at the end."""
    for pattern, last in ((_INSIDE, False), (_AT_END, True), (_IN_YEAR, True)):
        for match in pattern.finditer(text):
            stretch = stretch_at(text, match.end(), year)
            if stretch and (not last or not text[stretch.end :].strip(" .;)")):
                return span_when(stretch, text[match.start() : stretch.end].strip(" ,;(–-"))
    return None


def _steady(text: str, year: int | None) -> When | None:
    match = _STEADY.search(text)
    if not match:
        return None
    begin = re.match(r",?\s*(?:(?:bắt đầu|kể)\s+)?(?:từ|trong)\s+", text[match.end() :])
    stretch = stretch_at(text, match.end() + begin.end(), year) if begin else None
    if not stretch or begin is None:
        return When(match[0], "continuous")
    printed = text[match.start() : stretch.end]
    last = stretch.last if "trong" in begin[0] else None
    return When(printed, "continuous", stretch.first, last)


def _often(text: str, found: Recurrence | None) -> When | None:
    if found is None:
        return None
    return When(text[found.start : found.end], "recurring", recurrence=found.rule)


def _occasion(text: str) -> When | None:
    """ "khi có yêu cầu", "theo hướng dẫn của …"; "Khi có …, X làm …"."""
    asked = _ON_REQUEST.search(text)
    if asked:
        return When(asked[0], "instruction")
    first = _WHEN_FIRST.match(text)
    last = None if ";" in text.rstrip(" ;.") else _WHEN_LAST.search(text)
    happens = first or last
    return When(happens[0], "event") if happens else None
