"""Who does what, with whom, by when, reporting to whom: read from the clauses of a paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from knowledge.bodies import STARTS_BODY
from knowledge.documents import FIXED_ADDRESSES, Clause, Duty, Piece
from knowledge.lead_ins import (
    asked_in,
    asks_all,
    heading_context,
    lead_in,
    line_context,
    points_to_table,
)
from knowledge.paper import Context, Paper, open_paper
from knowledge.reading.lines import FAREWELL, is_terminal
from knowledge.recipients import recipient_of
from knowledge.role_duties import role_duties
from knowledge.roles import BULLET, read_roles
from knowledge.row_duties import group_context, prose_of, row_duties
from knowledge.sections import is_section_heading
from knowledge.sentence_times import find_when
from knowledge.statements import GIVES, Statement, partners_of, read_statement
from knowledge.task_words import STARTS_TASK
from knowledge.vietnamese import fold

_REPORTS = re.compile(r"\b(?:gửi|nộp|báo cáo)\b", re.IGNORECASE)
_DATED = ("before", "by", "recurring", "month", "quarter", "offset", "period")
# What must hold, or what the paper says of itself, is nobody's task.
_NO_TASK = re.compile(
    r"(?:(?:khi|việc|nội dung|tài liệu|thông tin|hoạt động|quá trình|mọi|các (?:nội dung|"
    r"thông tin|"
    r"hoạt động))\b[^.;:]*?\b(?:phải|không được|cần|được)\b"
    r"|(?:công văn|kế hoạch|quyết định|chỉ thị|chương trình|hướng dẫn|quy chế) này\b"
    r"|(?:trong quá trình|quá trình)\b.{0,80}(?:vướng mắc|khó khăn)"
    r"|trên đây là|đầu mối (?:liên hệ|giải đáp)|mọi (?:thông tin|chi tiết)|kinh phí\b|"
    r"(?:địa chỉ|(?:số )?điện thoại|thư điện tử|e-?mail|hộp thư|fax|đường dây nóng|ghi chú|"
    r"chú thích|phụ lục|biểu mẫu)\b[^.;]{0,40}:)",
    re.IGNORECASE,
)
_LONGEST_SUBJECT = 600  #: letters within which a sentence has named who does its task
_LONGEST_TITLE, _WORDS_OF_TITLE = 60, 8
_LINK = re.compile(r"\S+@\S+|https?://\S+|[\W\d]*")

Contexts = dict[str, Context]  #: by address; "" for what the paper says before its first clause


def read_duties(
    text: str, clauses: Sequence[Clause], *, year: int | None = None
) -> tuple[Duty, ...]:
    """The duties a paper states; `year` is the paper's own, for dates printed without one."""
    paper = open_paper(text, clauses, year)
    found: list[Duty] = []
    contexts: Contexts = {}
    letter = any(clause.heading == "Kính gửi" for clause in clauses)
    for clause in clauses:
        part = clause.address.split("#")[0]
        if part in FIXED_ADDRESSES:
            if part == "head":
                contexts[""] = Context()
            found.extend(row_duties(paper, clause, Context()))
            prose = prose_of(paper, clause)
            if part == "preamble":
                found.extend(_preamble(paper, prose, contexts, letter=letter))
            elif part == "closing":
                contexts[clause.address] = Context()
                last = _piece_duties(paper, prose, prose.pieces, contexts)
                found.extend(duty for duty in last if duty.when.kind != "none")
        elif clause.address not in paper.taken:
            found.extend(_clause_duties(paper, clause, contexts))
    return tuple(found)


def _preamble(paper: Paper, clause: Clause, contexts: Contexts, *, letter: bool) -> Iterator[Duty]:
    """What a letter asks before its items; all of a paper that numbers nothing."""
    numbered = any(c.address.split("#")[0] not in FIXED_ADDRESSES for c in paper.clauses)
    if not numbered:
        contexts[clause.address] = Context()
        yield from _piece_duties(paper, clause, clause.pieces, contexts)
        return
    last = clause.pieces[-1].text if clause.pieces else ""
    if letter:
        contexts[""] = lead_in(last, contexts.get("", Context()), paper.names)
    elif asked := asks_all(last, paper.names):
        contexts[""] = asked
    for piece in clause.pieces:
        if is_section_heading(piece.text):
            contexts[""] = line_context(piece.text, Context(), paper.names) or Context()
        for part in _by_task(piece.text, paper.names):
            order = asked_in(part, paper.names)
            # A letter asks in general first; what it wants by a day is a task of its own.
            if order and not (letter and find_when(part).kind == "none"):
                yield _task(paper, clause, part, order, Context())


def _clause_duties(paper: Paper, clause: Clause, contexts: Contexts) -> Iterator[Duty]:
    above = contexts.get(clause.parent or "", Context())
    root = clause.parent is None
    context = heading_context(clause.heading, above, paper.names, root=root)
    context = group_context(paper, clause, context)
    contexts[clause.address] = context
    yield from row_duties(paper, clause, context)
    prose = prose_of(paper, clause)
    told, rest = role_duties(paper, prose, context)
    yield from told
    if not told or context.purpose != "aims":
        yield from _piece_duties(paper, prose, rest, contexts)


def _piece_duties(
    paper: Paper, clause: Clause, pieces: Sequence[Piece], contexts: Contexts
) -> Iterator[Duty]:
    """Each sentence or bullet that names a body, or stands where one has been named."""
    for piece in pieces:
        text = BULLET.sub("", piece.text).strip()
        context = contexts[clause.address]
        if _LINK.fullmatch(text):
            continue
        opens = bool(clause.label) and not clause.heading and piece is clause.pieces[0]
        if not piece.bullet and not opens:
            heads = line_context(text, context, paper.names)
            if heads:
                _carry(paper, clause, contexts, heads)
                continue
            if piece is clause.pieces[-1] and _is_title(text, clause.pieces[-2:-1]):
                continue
        before, roles = read_roles(piece.text)
        if not before and roles:
            continue
        if text.endswith(":"):
            context = lead_in(text, context, paper.names)
            contexts[clause.address] = context
            if context.details and (duty := _report_with_contents(paper, clause, text, context)):
                yield duty
            continue
        if context.details and not piece.bullet:
            context = contexts[clause.address] = replace(context, details=False)
        if _is_remark(clause, piece, context, contexts.get("")):
            continue
        if context.purpose != "aims" and not context.details:
            yield from _sentences(paper, clause, text, contexts)


def _is_title(text: str, above: Sequence[Piece]) -> bool:
    """A few words below a finished item, before the next number: they head what follows."""
    short = len(text) <= _LONGEST_TITLE and len(text.split()) <= _WORDS_OF_TITLE
    finished = bool(above) and is_terminal(above[0].text)
    return short and text[0].isupper() and not is_terminal(text) and finished


def _is_remark(clause: Clause, piece: Piece, context: Context, all_: Context | None) -> bool:
    """A later paragraph of a letter's item that starts with a thing: "Mẫu biểu theo phụ lục." """
    inherited = all_ is not None and bool(context.leads) and context.leads == all_.leads
    later = not piece.bullet and piece is not clause.pieces[0]
    told = STARTS_TASK.match(piece.text) or find_when(piece.text).kind != "none"
    return inherited and later and not told and not STARTS_BODY.match(piece.text)


def _carry(paper: Paper, clause: Clause, contexts: Contexts, heads: Context) -> None:
    """A heading without a number, printed after an item, heads the items that follow it."""
    contexts[clause.address] = heads
    if heads.purpose != contexts.get("", Context()).purpose and not heads.leads:
        for address in (*paper.above(clause.address), ""):
            contexts[address] = heads
    elif clause.parent is not None:
        contexts[clause.parent] = heads
    else:
        contexts[""] = heads


def _report_with_contents(paper: Paper, clause: Clause, text: str, context: Context) -> Duty | None:
    """ "X gửi báo cáo trước ngày …, nội dung gồm:" is the task; what follows is what it holds."""
    statement = read_statement(text, paper.names)
    if not (statement or context.leads) or context.purpose == "aims":
        return None
    return _task(paper, clause, text, statement, context)


def _sentences(paper: Paper, clause: Clause, text: str, contexts: Contexts) -> Iterator[Duty]:
    context = contexts[clause.address]
    leads: tuple[str, ...] = ()  #: named by an earlier sentence of the paragraph
    for part in _by_task(text, paper.names):
        if _is_no_task(part, paper.names):
            continue
        statement = read_statement(part, paper.names)
        if statement and not statement.ordered and points_to_table(part, statement):
            continue
        if statement and not _is_believed(statement, part, context, paper):
            statement = None
        if statement is None and leads and not STARTS_TASK.match(part) and not context.leads:
            leads = ()  # "Kết quả gửi về …": whose task it is, is not said
        if statement:
            leads = statement.leads
            if part != text or clause.address in paper.children:
                heads = replace(context, leads=leads, coordinates=())
                contexts[clause.address] = heads
        elif context.purpose == "means" and not leads:
            continue
        within = replace(context, leads=leads or context.leads)
        if within.leads or _is_report(part, paper.names):
            yield _task(paper, clause, part, statement, within)


def _is_no_task(part: str, names: Sequence[str]) -> bool:
    if FAREWELL.match(fold(part)) and find_when(part).kind == "none":
        return True
    return bool(_NO_TASK.match(part)) and not _is_ordered(part, names)


def _is_ordered(part: str, names: Sequence[str]) -> bool:
    found = read_statement(part, names)
    return found is not None and found.ordered and len(found.task.split()) > 2


def _is_believed(statement: Statement, part: str, context: Context, paper: Paper) -> bool:
    """ "X làm Y" is a task where tasks are shared out, or when X or a time is known."""
    if statement.ordered or context.leads or context.purpose in ("shares", "tasks"):
        return True
    known = {name.lower() for name in paper.names}
    return any(lead.lower() in known for lead in statement.leads) or (
        find_when(part).kind != "none" and bool(STARTS_BODY.match(part) or context.purpose is None)
    )


def _by_task(text: str, names: Sequence[str]) -> list[str]:
    """A paragraph that sets two deadlines, or orders two bodies, states two tasks."""
    parts: list[str] = []
    dated: list[bool] = []
    for part in re.split(r"(?<=[;.])\s+(?=\S)", text):
        kind = find_when(part).kind
        sudden = kind in ("event", "instruction") and part.lower().startswith("báo cáo")
        has_date = kind in _DATED or sudden
        apart = (
            bool(parts)
            and not _is_list_so_far(parts[-1], names)
            and (
                _is_ordered(part, names)
                or _is_sent_on(parts[-1], part, names)
                or _is_anothers(parts[-1], part, names, has_date=has_date)
            )
        )
        if parts and not (has_date and dated[-1]) and not apart:
            parts[-1] += " " + part
            dated[-1] = dated[-1] or has_date
        else:
            parts.append(part)
            dated.append(has_date)
    return parts


def _is_sent_on(before: str, part: str, names: Sequence[str]) -> bool:
    """ "… tổ chức tọa đàm. Kết quả gửi về Phòng A sau 05 ngày": whose task this is, is not said."""
    noun = part[:1].isupper() and not STARTS_TASK.match(part) and not STARTS_BODY.match(part)
    return before.endswith(".") and noun and _is_report(part, names)


def _is_list_so_far(text: str, names: Sequence[str]) -> bool:
    """ "Giám đốc các sở; Chủ tịch UBND các huyện …": bodies, and nothing yet that they do."""
    short = len(text) <= _LONGEST_SUBJECT
    listed = short and text.endswith(";") and bool(STARTS_BODY.match(text))
    return listed and read_statement(text, names) is None


def _is_anothers(before: str, part: str, names: Sequence[str], *, has_date: bool) -> bool:
    """ "Đề nghị X làm A; Y làm B." orders two bodies."""
    if not STARTS_BODY.match(part) or not (has_date or GIVES.match(before)):
        return False
    before = before[:_LONGEST_SUBJECT]
    first, second = read_statement(before, names), read_statement(part, names)
    if not first or not second or second.task.startswith("phối hợp"):
        return False
    both = read_statement(f"{before} {part}", names)
    return both is not None and both.coordinates == first.coordinates  # no list of partners


def _task(
    paper: Paper, clause: Clause, text: str, statement: Statement | None, context: Context
) -> Duty:
    if statement:
        leads, partners, task = statement.leads, statement.coordinates, statement.task
    else:
        leads, task = context.leads, text
        partners = partners_of(text, paper.names) or context.coordinates
    recipient, via = recipient_of(text, paper.names)
    if context.recipient:
        recipient, via = context.recipient, context.via
    when = find_when(text, year=paper.year)
    when = context.when if context.when and when.kind == "none" else when
    return Duty(clause.address, leads, partners, task, when, recipient, via, text)


def _is_report(text: str, names: Sequence[str]) -> bool:
    """Something is to be sent to somebody, and it is said when."""
    if not _REPORTS.search(text):
        return False
    recipient, _ = recipient_of(text, names)
    return recipient is not None and find_when(text).kind != "none"
