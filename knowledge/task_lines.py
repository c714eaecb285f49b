"""Lines and rows that spell a task out: "Đơn vị chủ trì: …", "Thời gian: …", a row of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from knowledge.bodies import recipient_of, split_bodies
from knowledge.deadlines import find_when, read_when
from knowledge.documents import Clause, Duty
from knowledge.reading.clean import clean
from knowledge.reading.tables import cells, columns

BULLET = re.compile(r"^(?:[-–—+•●▪■◦○·*§\uf0b7\uf02d\uf0a7]|o(?=\s))\s*")
_WHO = r"(?:(?:các\s+)?(?:cơ quan|đơn vị|phòng|bộ phận|người)\s+)?"
_WHO_TOLD = r"(?:các\s+)?(?:cơ quan|đơn vị|phòng|bộ phận|người)\s+"
_TAIL = r"(?:\s+(?:thực hiện|tham mưu|hoàn thành|triển khai|tổ chức))?(?:\s*\([^)]*\))?\s*:"
# "Đơn vị chủ trì:", "phối hợp:", "Thời gian thực hiện:", "a) Nội dung:", "hoàn thành trước …": at
# the start of a line, or within it after a stop, a comma or a bracket.
_ROLE = re.compile(
    r"(?:^|(?<=[;.,(] )|(?<=\())(?:"
    rf"(?P<leads>{_WHO}(?:chủ trì|được phân công|phân công){_TAIL}"
    rf"|{_WHO_TOLD}thực hiện{_TAIL}|^thực hiện\s*:)"
    rf"|(?P<coordinates>{_WHO}phối hợp{_TAIL})"
    rf"|(?P<when>(?:thời gian|thời hạn|thời điểm|tiến độ|hoàn thành){_TAIL}"
    r"|hoàn thành(?=\s+(?:trước|trong|vào|chậm nhất|tháng|quý|năm)))"
    r"|(?P<task>^(?:nội dung(?: công việc)?|nhiệm vụ|công việc)\s*:))",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Paper:
    """The clauses by address, and the header row that rules each table."""

    text: str
    year: int | None
    clauses: Sequence[Clause]
    children: dict[str, list[Clause]] = field(default_factory=dict)
    headers: list[tuple[int, list[str]]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)  #: clauses spoken for by another's duty


def read_roles(text: str) -> tuple[str, dict[str, str]]:
    """What stands before the first role, and the roles: "Họp (Chủ trì: Phòng A; …)" gives "Họp"."""
    body = BULLET.sub("", text)
    matches = list(_ROLE.finditer(body))
    if not matches:
        return body, {}
    if all(":" not in match[0] for match in matches):
        return body, {}  # "…, hoàn thành trước ngày 15/4" alone is a sentence like any other
    found: dict[str, str] = {}
    for match, after in zip(matches, [*matches[1:], None], strict=True):
        value = body[match.end() : after.start() if after else len(body)].strip(" .;,(")
        value = value if "(" in value else value.rstrip(") .;")
        if match.lastgroup and value:
            found.setdefault(match.lastgroup, value)
    return body[: matches[0].start()].strip(" .;,("), found


def role_duties(paper: Paper, clause: Clause) -> list[Duty]:
    """The duties whose lead, coordinators or time are named in lines or children of their own."""
    duties: list[Duty] = []
    found: dict[str, str] = {}
    spans: list[tuple[int, int]] = []
    rest: list[str] = []
    for piece in clause.pieces:
        before, roles = read_roles(piece.text)
        if not roles or "task" in roles:
            rest += [] if piece.bullet else [before or roles.get("task", "")]
        elif before:
            duties.append(_duty(paper, clause, roles, before, [(piece.start, piece.end)]))
        else:
            found = {**roles, **found}
            spans.append((piece.start, piece.end))
    task = _child_roles(paper, clause, found, spans)
    if spans:
        own = " ".join(rest) or task
        short = clause.heading and len(clause.heading) < 40 and own
        stated = f"{clause.heading}: {own}" if short else clause.heading or own
        duties.insert(0, _duty(paper, clause, found, stated, spans))
    return duties


def _child_roles(
    paper: Paper, clause: Clause, found: dict[str, str], spans: list[tuple[int, int]]
) -> str:
    """Add what the lettered children name to `found` and `spans`; the task that one may state."""
    task = ""
    children = paper.children.get(clause.address, [])
    for child in children:
        texts = [f"{child.heading}: {child.text}"] if child.heading else []
        if read_roles(f"{child.heading}: -")[1] and child.address not in paper.children:
            inner = [piece.text for piece in child.pieces if not read_roles(piece.text)[0]]
            texts = inner or texts  # "b) Cơ quan thực hiện:" with a bullet for each
        for text in texts:
            before, roles = read_roles(text)
            if before or not roles or not child.text or child.address in paper.children:
                continue
            task = task or roles.pop("task", "")
            for name, value in roles.items():
                found.setdefault(name, value)
                spans.append((child.start, child.end))
            paper.taken.add(child.address)
    if spans:
        for child in children:
            paper.taken.update(_below(paper, child))
    return task


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
