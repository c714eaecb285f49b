"""Who does what, with whom, by when, reporting to whom: read from the clauses of a paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from knowledge.bodies import STARTS_BODY, VERB, body_before_verb, recipient_of, split_bodies
from knowledge.deadlines import find_when, read_when
from knowledge.documents import FIXED_ADDRESSES, Clause, Duty, Piece, When
from knowledge.reading.clean import clean
from knowledge.reading.tables import cells, columns
from knowledge.vietnamese import collapse, compose, fold

_BULLET = re.compile(r"^(?:[-–—+•●▪■◦○·*§\uf0b7\uf02d\uf0a7]|o(?=\s))\s*")
_WHO = r"(?:(?:các\s+)?(?:cơ quan|đơn vị|phòng|bộ phận|người)\s+)?"
_TAIL = r"(?:\s+(?:thực hiện|tham mưu|hoàn thành|triển khai|tổ chức))?(?:\s*\([^)]*\))?\s*:"
# "Đơn vị chủ trì:", "Phối hợp:", "Thời gian thực hiện:", "a) Nội dung:".
_ROLES = {
    "leads": re.compile(rf"{_WHO}(?:chủ trì|thực hiện|được phân công|phân công){_TAIL}", re.IGNORECASE),
    "coordinates": re.compile(rf"{_WHO}phối hợp{_TAIL}", re.IGNORECASE),
    "when": re.compile(rf"(?:thời gian|thời hạn|thời điểm|tiến độ){_TAIL}", re.IGNORECASE),
    "task": re.compile(r"(?:nội dung(?: công việc)?|nhiệm vụ|công việc)\s*:", re.IGNORECASE),
}
_ORGANISES = re.compile(
    r"to chuc thuc hien|phan cong|trach nhiem|to chuc trien khai|nhiem vu cua cac|che do (?:thong tin )?bao cao"
)
_GIVES = re.compile(r"(?:giao|đề nghị|yêu cầu|phân công)\s+(?:cho\s+)?", re.IGNORECASE)
_ASKS = re.compile(r"\b(?:yêu cầu|đề nghị|giao)\s+(?=\w)", re.IGNORECASE)
_MUST = re.compile(r"\s+(?:có|chịu) trách nhiệm\b", re.IGNORECASE)
_WITH = re.compile(r"(?:chủ trì,?\s+)?(?:chủ động,?\s+)?(?:và\s+)?phối hợp(?:\s+chặt chẽ)?\s+với\s+", re.IGNORECASE)
_VERB_AFTER = re.compile(rf"\s+(?:trong việc|để)\b|\s+(?={VERB}\b)|[.;:]", re.IGNORECASE)
_REPORTS = re.compile(r"\b(?:gửi|nộp|báo cáo)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.;]+(?:[.;](?=\d)[^.;]+)*[.;]?")


@dataclass(frozen=True, slots=True)
class _Context:
    """What a lead-in says for the items that follow it."""

    leads: tuple[str, ...] = ()
    recipient: str | None = None
    via: str | None = None
    organises: bool = False


@dataclass(slots=True)
class _Paper:
    """The clauses by address, and the header row that rules each table."""

    text: str
    year: int | None
    clauses: Sequence[Clause]
    children: dict[str, list[Clause]] = field(default_factory=dict)
    headers: list[tuple[int, list[str]]] = field(default_factory=list)
    contexts: dict[str, _Context] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)  #: clauses spoken for by another's duty


def read_duties(text: str, clauses: Sequence[Clause], *, year: int | None = None) -> tuple[Duty, ...]:
    """The duties a paper states; `year` is the paper's own, for dates printed without one."""
    paper = _Paper(text, year, clauses)
    for clause in clauses:
        if clause.parent is not None:
            paper.children.setdefault(clause.parent, []).append(clause)
        for piece in clause.pieces:
            header = columns(piece.text) if piece.bullet else None
            if header:
                paper.headers.append((piece.start, header))
    found: list[Duty] = []
    for clause in clauses:
        if clause.address.split("#")[0] in FIXED_ADDRESSES:
            paper.contexts[""] = _letter_context(clause, paper.contexts.get("", _Context()))
            found.extend(_rows(paper, clause))
        elif clause.address not in paper.taken:
            found.extend(_clause_duties(paper, clause))
    return tuple(found)


def _letter_context(clause: Clause, before: _Context) -> _Context:
    """"Sở yêu cầu các cơ quan, đơn vị thực hiện nội dung sau:" speaks for a letter's items."""
    if not clause.address.startswith("preamble") or not clause.pieces:
        return before
    return _lead_in(clause.pieces[-1].text, before)


def _clause_duties(paper: _Paper, clause: Clause) -> Iterator[Duty]:
    context = _context(paper, clause)
    paper.contexts[clause.address] = context
    group = _role_group(paper, clause)
    if group:
        yield group
        return
    rows = list(_rows(paper, clause))
    if rows:
        yield from rows
        return
    leads = _heading_leads(clause, context)
    if leads:
        context = replace(context, leads=leads)
        paper.contexts[clause.address] = context
    yield from _piece_duties(paper, clause, context)


def _context(paper: _Paper, clause: Clause) -> _Context:
    above = paper.contexts.get(clause.parent or "", _Context())
    if clause.parent is None and not clause.address[0].isdigit():
        above = _Context()  # what a letter asks in its preamble is for its numbered items
    organises = above.organises or bool(_ORGANISES.search(fold(clause.heading)))
    context = replace(above, organises=organises)
    lead_in = next((p.text for p in clause.pieces if p.text.endswith(":")), "")
    return _lead_in(lead_in, context) if lead_in else context


def _lead_in(text: str, context: _Context) -> _Context:
    """Who is asked, and to whom they report, in a line that ends in a colon."""
    if not text.endswith(":"):
        return context
    body = _BULLET.sub("", text)
    asked = list(_ASKS.finditer(body))
    pair = body_before_verb(body[asked[-1].end() :]) if asked else body_before_verb(body)
    recipient, via = recipient_of(body)
    return replace(
        context,
        leads=split_bodies(pair[0]) if pair else context.leads,
        recipient=recipient or context.recipient,
        via=via or context.via,
    )


def _role(text: str) -> tuple[str, str] | None:
    """("leads", "Thanh tra Sở") for "- Đơn vị chủ trì: Thanh tra Sở."."""
    body = _BULLET.sub("", text)
    for name, pattern in _ROLES.items():
        match = pattern.match(body)
        if match:
            return name, body[match.end() :].strip(" .;")
    return None


def _role_group(paper: _Paper, clause: Clause) -> Duty | None:
    """The lines of a clause, or its lettered children, that name lead, coordinators and time."""
    found: dict[str, str] = {}
    spans: list[tuple[int, int]] = []
    rest: list[Piece] = []
    for piece in clause.pieces:
        role = _role(piece.text)
        if role and role[0] != "task":
            found.setdefault(*role)
            spans.append((piece.start, piece.end))
        else:
            rest.append(piece)
    task = ""
    for child in paper.children.get(clause.address, []):
        role = _role(f"{child.heading}: {child.text}") if child.heading else None
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
    own = " ".join(_BULLET.sub("", p.text) for p in rest if not p.bullet)
    short = clause.heading and len(clause.heading) < 40 and (own or task)
    stated = f"{clause.heading}: {own or task}" if short else clause.heading or own or task
    return _duty(paper, clause, found, stated, spans)


def _below(paper: _Paper, clause: Clause) -> Iterator[str]:
    yield clause.address
    for child in paper.children.get(clause.address, []):
        yield from _below(paper, child)


def _duty(
    paper: _Paper, clause: Clause, found: dict[str, str], task: str, spans: list[tuple[int, int]]
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


def _rows(paper: _Paper, clause: Clause) -> Iterator[Duty]:
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


def _heading_leads(clause: Clause, context: _Context) -> tuple[str, ...]:
    """"Giao Thanh tra Sở", or "Thanh tra Sở" where a plan shares out its tasks."""
    heading = clause.heading
    gives = _GIVES.match(heading)
    name = heading[gives.end() :] if gives else heading
    if not name or not STARTS_BODY.match(name) or not (gives or context.organises):
        return ()
    return split_bodies(name)


def _piece_duties(paper: _Paper, clause: Clause, context: _Context) -> Iterator[Duty]:
    for piece in clause.pieces:
        text = _BULLET.sub("", piece.text).strip()
        if text.endswith(":") or _role(piece.text) or (piece.bullet and len(cells(text)) >= 3):
            continue
        found = _named(text, context)
        leads, task = found or (context.leads, text)
        if not leads and not _is_report(text):
            continue
        if found and clause.address in paper.children:
            paper.contexts[clause.address] = replace(context, leads=leads)
        yield _task(paper, clause, task, text, leads, context)


def _task(
    paper: _Paper, clause: Clause, task: str, text: str, leads: tuple[str, ...], context: _Context
) -> Duty:
    recipient, via = recipient_of(text)
    if context.recipient:
        recipient, via = context.recipient, context.via
    when = find_when(text, year=paper.year)
    return Duty(clause.address, leads, _partners(task), task, when, recipient, via, text)


def _named(text: str, context: _Context) -> tuple[tuple[str, ...], str] | None:
    """A body that the sentence itself names: "Giao X …", "X có trách nhiệm …", "X: Báo cáo …"."""
    gives = _GIVES.match(text)
    if gives:
        return _pair(text[gives.end() :])
    must = _MUST.search(text)
    if must and must.start() < 220:
        subject = text[: must.start()]
        comma = [m.end() for m in re.finditer(r",\s+", subject)] if _is_preface(subject) else []
        starts = [0, *comma]
        at = next((s for s in starts if STARTS_BODY.match(subject[s:])), None)
        if at is not None:
            return split_bodies(subject[at:]), text[must.end() :].strip()
    name, colon, task = text.partition(": ")
    if colon and context.organises and len(name) <= 170 and STARTS_BODY.match(name):
        return split_bodies(name), task
    if _is_report(text) and STARTS_BODY.match(text):
        return _pair(text)
    if context.organises or context.leads:
        return _pair(text)
    return None


def _is_preface(subject: str) -> bool:
    return bool(re.match(r"(?:căn cứ|theo|trên cơ sở|hằng năm|hàng năm|định kỳ)\b", subject, re.IGNORECASE))


def _pair(text: str) -> tuple[tuple[str, ...], str] | None:
    pair = body_before_verb(text)
    return (split_bodies(pair[0]), pair[1]) if pair else None


def _partners(task: str) -> tuple[str, ...]:
    """"Chủ trì, phối hợp với X và Y thực hiện …" names X and Y."""
    match = _WITH.match(task)
    if not match:
        return ()
    rest = task[match.end() :]
    end = _VERB_AFTER.search(rest)
    return split_bodies(rest[: end.start()]) if end and end.start() <= 200 else ()


def _is_report(text: str) -> bool:
    """Something is to be sent to somebody, and it is said when or to whom."""
    sentence = compose(collapse(text))
    if not _REPORTS.search(sentence):
        return False
    recipient, _ = recipient_of(sentence)
    return recipient is not None and find_when(sentence).kind not in ("none",)


__all__ = ["When", "read_duties"]
