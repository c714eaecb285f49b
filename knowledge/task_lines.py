"""Lines and rows that spell a task out: "Đơn vị chủ trì: …", "Thời gian: …", a row of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from knowledge.bodies import recipient_of, split_bodies
from knowledge.deadlines import find_when, read_when
from knowledge.documents import Clause, Duty, Piece
from knowledge.reading.clean import clean
from knowledge.reading.tables import cells, columns

BULLET = re.compile(r"^(?:[-–—+•●▪■◦○·*§\uf0b7\uf02d\uf0a7]|o(?=\s))\s*")
_WHO = r"(?:(?:các\s+)?(?:cơ quan|đơn vị|phòng|bộ phận|người)\s+)?"
_TAIL = r"(?:\s+(?:thực hiện|tham mưu|hoàn thành|triển khai|tổ chức))?(?:\s*\([^)]*\))?\s*:"
# "Đơn vị chủ trì:", "Phối hợp:", "Thời gian thực hiện:", "a) Nội dung:".
_ROLES = {
    "leads": re.compile(
        rf"{_WHO}(?:chủ trì|thực hiện|được phân công|phân công){_TAIL}", re.IGNORECASE
    ),
    "coordinates": re.compile(rf"{_WHO}phối hợp{_TAIL}", re.IGNORECASE),
    "when": re.compile(rf"(?:thời gian|thời hạn|thời điểm|tiến độ){_TAIL}", re.IGNORECASE),
    "task": re.compile(r"(?:nội dung(?: công việc)?|nhiệm vụ|công việc)\s*:", re.IGNORECASE),
}


@dataclass(slots=True)
class Paper:
    """The clauses by address, and the header row that rules each table."""

    text: str
    year: int | None
    clauses: Sequence[Clause]
    children: dict[str, list[Clause]] = field(default_factory=dict)
    headers: list[tuple[int, list[str]]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)  #: clauses spoken for by another's duty


def read_role(text: str) -> tuple[str, str] | None:
    """("leads", "Thanh tra Sở") for "- Đơn vị chủ trì: Thanh tra Sở."."""
    body = BULLET.sub("", text)
    for name, pattern in _ROLES.items():
        match = pattern.match(body)
        if match:
            return name, body[match.end() :].strip(" .;")
    return None


def role_group(paper: Paper, clause: Clause) -> Duty | None:
    """The lines of a clause, or its lettered children, that name lead, coordinators and time."""
    found: dict[str, str] = {}
    spans: list[tuple[int, int]] = []
    rest: list[Piece] = []
    for piece in clause.pieces:
        role = read_role(piece.text)
        if role and role[0] != "task":
            found.setdefault(*role)
            spans.append((piece.start, piece.end))
        else:
            rest.append(piece)
    task = ""
    for child in paper.children.get(clause.address, []):
        role = read_role(f"{child.heading}: {child.text}") if child.heading else None
        if role is None or not child.text or child.address in paper.children:
            continue
        if role[0] == "task":
            task = role[1]
        else:
            found.setdefault(*role)
            spans.append((child.start, child.end))
        paper.taken.add(child.address)
    if not spans:
        return None
    for child in paper.children.get(clause.address, []):
        paper.taken.update(_below(paper, child))
    own = " ".join(BULLET.sub("", p.text) for p in rest if not p.bullet)
    short = clause.heading and len(clause.heading) < 40 and (own or task)
    stated = f"{clause.heading}: {own or task}" if short else clause.heading or own or task
    return _duty(paper, clause, found, stated, spans)


def _below(paper: Paper, clause: Clause) -> Iterator[str]:
    yield clause.address
    for child in paper.children.get(clause.address, []):
        yield from _below(paper, child)


def _duty(
    paper: Paper, clause: Clause, found: dict[str, str], task: str, spans: list[tuple[int, int]]
) -> Duty:
    start, end = min(s for s, _ in spans), max(e for _, e in spans)
    recipient, via = recipient_of(clause.text)
    stated = read_when(found.get("when", ""), year=paper.year)
    return Duty(
        address=clause.address,
        leads=split_bodies(found.get("leads", "")),
        coordinates=split_bodies(found.get("coordinates", "")),
        duty=task,
        when=stated if stated.text else find_when(clause.text, year=paper.year),
        recipient=recipient,
        via=via,
        quote=clean(paper.text[start:end]),
    )


def row_duties(paper: Paper, clause: Clause) -> Iterator[Duty]:
    """One duty for each row of a task table that names a lead or a time."""
    for piece in clause.pieces:
        header = next((h for at, h in reversed(paper.headers) if at < piece.start), None)
        if not piece.bullet or header is None:
            continue
        start = clause.start if clause.pieces[0] is piece and _is_row(clause) else piece.start
        row = [cell.text for cell in cells(_source_row(paper.text[start : piece.end]))]
        if len(row) < 2 or columns(piece.text):
            continue
        named = dict(zip(header, row, strict=False))
        lead, when = named.get("leads", ""), named.get("when", "")
        if not named.get("task") or not (lead or when):
            continue
        yield Duty(
            clause.address,
            split_bodies(lead),
            split_bodies(named.get("coordinates", "")),
            named["task"],
            read_when(when, year=paper.year),
            *recipient_of(named["task"]),
            quote=piece.text,
        )


def _is_row(clause: Clause) -> bool:
    return not clause.heading and bool(clause.label) and clause.label[-1].isalnum()


def _source_row(source: str) -> str:
    # Tabs part cells too, and cleaning would turn them into spaces.
    return " | ".join(clean(cell.text) for cell in cells(source))
