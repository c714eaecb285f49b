"""Duties whose lead, coordinators or time stand in lines, or lettered items, of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from knowledge.bodies import split_bodies, split_roles
from knowledge.deadlines import read_when
from knowledge.documents import Clause, Duty, Piece, When
from knowledge.paper import Context, Paper
from knowledge.reading.clean import clean
from knowledge.recipients import recipient_of
from knowledge.roles import BULLET, read_roles
from knowledge.row_duties import is_row
from knowledge.sentence_times import find_when
from knowledge.statements import GIVES, read_statement

Roles = dict[str, str]
_TELLS = {"leads", "coordinates", "when", "due"}
_AND_WITH = re.compile(
    r"\s*[,;(]?\s*(?:chủ trì,?\s*)?(?<!ội đồng )(?<!quan )(?<!vị )\bphối hợp\s*(?:với|"
    r"cùng)?\s*:?\s+",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Group:
    """One task and the lines that tell of it."""

    task: list[str] = field(default_factory=list)
    bullets: list[str] = field(default_factory=list)
    roles: Roles = field(default_factory=dict)
    spans: list[tuple[int, int]] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)  #: those without roles
    inline: bool = False  #: task and roles stand in one line

    @property
    def told(self) -> bool:
        """Somebody or some time was named."""
        return bool(_TELLS & set(self.roles))


def role_duties(paper: Paper, clause: Clause, context: Context) -> tuple[list[Duty], list[Piece]]:
    """The duties told by roles, and the other pieces, left to be read otherwise."""
    groups = _groups(clause)
    told = [group for group in groups if group.told]
    if any(not group.inline for group in told) or not told:
        main = next((group for group in told if not group.inline), groups[0])
        if _add_children(paper, clause, main) and main not in told:
            told.insert(0, main)
    if not told:
        return [], list(clause.pieces)
    several = sum(group.told or bool(group.bullets) for group in groups) > 1
    duties = [
        _duty(paper, clause, group, _stated(clause, group, several=several), context)
        for group in told
    ]
    return duties, [piece for group in groups if not group.told for piece in group.pieces]


def _groups(clause: Clause) -> list[_Group]:
    groups = [_Group()]
    for piece in clause.pieces:
        before, roles = read_roles(piece.text)
        now = groups[-1]
        if before and _TELLS & set(roles):
            span = (piece.start, piece.end)
            groups.append(_Group([before], [], dict(roles), [span], [], inline=True))
        elif roles:
            task = roles.pop("task", "")
            again = bool(_TELLS & set(roles) & set(now.roles)) and now.inline
            if (task and now.told and (now.task or now.bullets)) or again:
                now = _Group()
                groups.append(now)
            now.task += [task] if task else []
            for name, value in roles.items():
                now.roles.setdefault(name, value)
            now.spans += [(piece.start, piece.end)] if roles else []
        else:
            if now.told:
                now = _Group()
                groups.append(now)
            now.pieces.append(piece)
            (now.bullets if piece.bullet else now.task).append(BULLET.sub("", piece.text))
    return groups


def _stated(clause: Clause, group: _Group, *, several: bool) -> str:
    """The words of the task: its own line, or the heading with what stands below it."""
    if group.inline:
        return group.task[0]
    own = " ".join(group.task) or (" ".join(group.bullets) if several else "")
    if several and own:
        return own
    heading = clause.heading
    return f"{heading}: {own}" if heading and len(heading) < 40 and own else heading or own


def _add_children(paper: Paper, clause: Clause, group: _Group) -> bool:
    """Add what the lettered children name to the group; True if they name anything."""
    added = False
    children = paper.children.get(clause.address, [])
    for child in children:
        if child.address in paper.children or not child.text or is_row(child):
            continue
        texts = [f"{child.heading}: {child.text}" if child.heading else child.text]
        if read_roles(f"{child.heading}: -")[1]:
            inner = [piece.text for piece in child.pieces if not read_roles(piece.text)[0]]
            texts = inner or texts  # "b) Cơ quan thực hiện:" with a bullet for each
        for text in texts:
            before, roles = read_roles(text)
            if before or not roles:
                continue
            task = roles.pop("task", "")
            group.task += [task] if task and not group.task else []
            for name, value in roles.items():
                group.roles.setdefault(name, value)
            group.spans += [(child.start, child.end)] if roles else []
            added = added or bool(_TELLS & set(roles))
            paper.taken.add(child.address)
    if added or (group.told and not group.inline and _speaks_for(paper, children)):
        for child in children:
            paper.taken.update(paper.below(child))
    return added


def _speaks_for(paper: Paper, children: list[Clause]) -> bool:
    """The roles of a clause are its children's too, unless a child has its own."""
    for child in children:
        texts = [child.heading, *(piece.text for piece in child.pieces)]
        if any(_TELLS & set(read_roles(text)[1]) for text in texts):
            return False
        if any(GIVES.match(text) for text in texts):
            return False
        if not _speaks_for(paper, paper.children.get(child.address, [])):
            return False
    return True


def _duty(paper: Paper, clause: Clause, group: _Group, task: str, context: Context) -> Duty:
    leads, partners = _who(group.roles)
    statement = None if leads else read_statement(task, paper.names)
    if statement:
        leads, partners = statement.leads, partners or statement.coordinates
        task = statement.task if group.inline else task
    elif not leads:
        leads, partners = context.leads, partners or context.coordinates
    start, end = min(s for s, _ in group.spans), max(e for _, e in group.spans)
    own = group.task[0] if group.inline else clause.text
    sent_to = group.roles.get("recipient")
    recipient, via = recipient_of(f"gửi {sent_to}" if sent_to else own, paper.names)
    return Duty(
        clause.address,
        leads,
        partners,
        task,
        _when(paper, group, own),
        recipient,
        via,
        quote=clean(paper.text[start:end]),
    )


def _who(roles: Roles) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Leads and coordinators; "Chủ trì: Phòng A, phối hợp với Phòng B" names both in one role."""
    value = roles.get("leads", "")
    both = _AND_WITH.search(value)
    if both and both.start() > 0 and "(" not in value[: both.start()]:
        leads, extra = split_roles(value[: both.start()])[0], split_bodies(value[both.end() :])
    else:
        leads, extra = split_roles(value)
    return leads, (*extra, *split_bodies(roles.get("coordinates", "")))


def _when(paper: Paper, group: _Group, own: str) -> When:
    for name in ("due", "when"):
        stated = read_when(group.roles.get(name, ""), year=paper.year, deadline=name == "due")
        if stated.text:
            return stated
    return find_when(own, year=paper.year)
