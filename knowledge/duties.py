"""Who does what, with whom, by when, reporting to whom: read from the clauses of a paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge.bodies import STARTS_BODY, VERB, body_before_verb, recipient_of, split_bodies
from knowledge.deadlines import find_when
from knowledge.documents import FIXED_ADDRESSES, Clause, Duty
from knowledge.reading.tables import cells, columns
from knowledge.task_lines import BULLET, Paper, read_roles, role_duties, row_duties
from knowledge.vietnamese import fold

_ORGANISES = re.compile(
    r"to chuc thuc hien|phan cong|trach nhiem|to chuc trien khai|nhiem vu cua cac|"
    r"che do (?:thong tin )?bao cao"
)
_GIVES = re.compile(r"(?:giao|đề nghị|yêu cầu|phân công)\s+(?:cho\s+)?", re.IGNORECASE)
_ASKS = re.compile(r"\b(?:yêu cầu|đề nghị|giao)\s+(?=\w)", re.IGNORECASE)
_MUST = re.compile(r"\s+(?:có|chịu) trách nhiệm\b", re.IGNORECASE)
_WITH = re.compile(
    r"(?:chủ trì,?\s+)?(?:chủ động,?\s+)?(?:và\s+)?phối hợp(?:\s+chặt chẽ)?\s+với\s+", re.IGNORECASE
)
_VERB_AFTER = re.compile(rf"\s+(?:trong việc|để)\b|\s+(?={VERB}\b)|[.;:]", re.IGNORECASE)
_REPORTS = re.compile(r"\b(?:gửi|nộp|báo cáo)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Context:
    """What a lead-in says for the items that follow it."""

    leads: tuple[str, ...] = ()
    recipient: str | None = None
    via: str | None = None
    organises: bool = False


Contexts = dict[str, _Context]  #: by address; "" for what a letter's preamble asks


def read_duties(
    text: str, clauses: Sequence[Clause], *, year: int | None = None
) -> tuple[Duty, ...]:
    """The duties a paper states; `year` is the paper's own, for dates printed without one."""
    paper = Paper(text, year, clauses)
    for clause in clauses:
        if clause.parent is not None:
            paper.children.setdefault(clause.parent, []).append(clause)
        for piece in clause.pieces:
            header = columns(piece.text) if piece.bullet else None
            if header:
                paper.headers.append((piece.start, header))
    found: list[Duty] = []
    contexts: Contexts = {}
    letter = any(clause.heading == "Kính gửi" for clause in clauses)
    for clause in clauses:
        if clause.address.split("#")[0] in FIXED_ADDRESSES:
            if letter:
                contexts[""] = _letter_context(clause, contexts.get("", _Context()))
            found.extend(row_duties(paper, clause))
        elif clause.address not in paper.taken:
            found.extend(_clause_duties(paper, clause, contexts))
    return tuple(found)


def _letter_context(clause: Clause, before: _Context) -> _Context:
    """ "Sở yêu cầu các cơ quan, đơn vị thực hiện nội dung sau:" speaks for a letter's items."""
    if not clause.address.startswith("preamble") or not clause.pieces:
        return before
    return _lead_in(clause.pieces[-1].text, before)


def _clause_duties(paper: Paper, clause: Clause, contexts: Contexts) -> Iterator[Duty]:
    context = _context(clause, contexts)
    contexts[clause.address] = context
    told = role_duties(paper, clause)
    if told:
        yield from told
        return
    rows = list(row_duties(paper, clause))
    if rows:
        yield from rows
        return
    leads = _heading_leads(clause, context)
    if leads:
        contexts[clause.address] = replace(context, leads=leads)
    yield from _piece_duties(paper, clause, contexts)


def _context(clause: Clause, contexts: Contexts) -> _Context:
    above = contexts.get(clause.parent or "", _Context())
    organises = above.organises or bool(_ORGANISES.search(fold(clause.heading)))
    context = replace(above, organises=organises)
    lead_in = next((p.text for p in clause.pieces if p.text.endswith(":")), "")
    return _lead_in(lead_in, context) if lead_in else context


def _lead_in(text: str, context: _Context) -> _Context:
    """Who is asked, and to whom they report, in a line that ends in a colon."""
    if not text.endswith(":"):
        return context
    body = BULLET.sub("", text)
    asked = list(_ASKS.finditer(body))
    rest = body[asked[-1].end() :] if asked else body
    pair = body_before_verb(rest)
    if pair is None and asked and STARTS_BODY.match(rest) and len(rest) < 150:
        pair = rest, ""  # "Sở đề nghị các phòng, đơn vị:"
    recipient, via = recipient_of(body)
    return replace(
        context,
        leads=split_bodies(pair[0]) if pair else context.leads,
        recipient=recipient or context.recipient,
        via=via or context.via,
    )


def _heading_leads(clause: Clause, context: _Context) -> tuple[str, ...]:
    """ "Giao Thanh tra Sở", or "Thanh tra Sở" where a plan shares out its tasks."""
    heading = clause.heading
    gives = _GIVES.match(heading)
    name = heading[gives.end() :] if gives else heading
    if not name or not STARTS_BODY.match(name) or not (gives or context.organises):
        return ()
    return split_bodies(name)


def _piece_duties(paper: Paper, clause: Clause, contexts: Contexts) -> Iterator[Duty]:
    context = contexts[clause.address]
    for piece in clause.pieces:
        text = BULLET.sub("", piece.text).strip()
        if (
            text.endswith(":")
            or read_roles(piece.text)[1]
            or (piece.bullet and len(cells(text)) >= 3)
        ):
            continue
        for part in _by_deadline(text):
            found = _named(part, context)
            leads, task = found or (context.leads, part)
            if not leads and not _is_report(part):
                continue
            if found and (part != text or clause.address in paper.children):
                context = contexts[clause.address] = replace(context, leads=leads)
            yield _task(paper, clause, task, part, leads, context)


def _by_deadline(text: str) -> list[str]:
    """A sentence that sets two deadlines states two tasks: parted at the stops between them."""
    parts: list[str] = []
    dated: list[bool] = []
    for part in re.split(r"(?<=[;.])\s+", text):
        has_date = find_when(part).kind in ("before", "by", "recurring", "month", "quarter")
        if parts and not (has_date and dated[-1]):
            parts[-1] += " " + part
            dated[-1] = dated[-1] or has_date
        else:
            parts.append(part)
            dated.append(has_date)
    return parts


def _task(
    paper: Paper, clause: Clause, task: str, text: str, leads: tuple[str, ...], context: _Context
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
    return bool(
        re.match(r"(?:căn cứ|theo|trên cơ sở|hằng năm|hàng năm|định kỳ)\b", subject, re.IGNORECASE)
    )


def _pair(text: str) -> tuple[tuple[str, ...], str] | None:
    pair = body_before_verb(text)
    return (split_bodies(pair[0]), pair[1]) if pair else None


def _partners(task: str) -> tuple[str, ...]:
    """ "Chủ trì, phối hợp với X và Y thực hiện …" names X and Y."""
    match = _WITH.match(task)
    if not match:
        return ()
    rest = task[match.end() :]
    end = _VERB_AFTER.search(rest)
    return split_bodies(rest[: end.start()]) if end and end.start() <= 200 else ()


def _is_report(text: str) -> bool:
    """Something is to be sent to somebody, and it is said when or to whom."""
    sentence = text
    if not _REPORTS.search(sentence):
        return False
    recipient, _ = recipient_of(sentence)
    return recipient is not None and find_when(sentence).kind not in ("none",)
