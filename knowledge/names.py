"""The names of bodies that a paper prints where it is plain where they end.

"Phòng Kế hoạch tổng hợp điểm các dự thảo": only a paper that says "Chủ trì: Phòng Kế hoạch tổng
hợp" elsewhere tells where the name ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from knowledge.bodies import BODY, STARTS_BODY, body_before_verb, split_bodies, split_roles
from knowledge.documents import Clause
from knowledge.reading.labels import CAPITALS
from knowledge.reading.tables import cells
from knowledge.roles import read_roles
from knowledge.task_words import IN_NAME, TO_TASK

_BEFORE_TASK = re.compile(
    rf"(?:^|[,;:]\s+|\b(?:giao|đề nghị|yêu cầu|phối hợp với|về|"
    rf"do)\s+)(?P<name>{BODY}[^,;.:()]{{2,90}}?)"
    r"(?=\s+(?:chủ trì(?! soạn| xây)|có trách nhiệm|chịu trách nhiệm)\b)",
    re.IGNORECASE,
)
_PROPER = re.compile(rf"\s[{CAPITALS}]")
_MARKED = re.compile(r"\s*(?:\(.*\)|thực hiện|phối hợp)\s*$")


def names_in(clauses: Sequence[Clause]) -> tuple[str, ...]:
    """Proper names, each as first printed; general ones ("các đơn vị") end in too many ways."""
    found: dict[str, str] = {}
    for clause in clauses:
        for name in _printed(clause):
            bare = _MARKED.sub("", name).strip(" .;,:")
            if _is_name(bare):
                found.setdefault(bare.lower(), bare)
    return tuple(found.values())


def _is_name(name: str) -> bool:
    return (
        len(name) <= 90
        and bool(STARTS_BODY.match(name))
        and bool(_PROPER.search(name))
        and not re.search(r" và các |\b(?:chủ trì|phối hợp với)\b", name)
        and all(IN_NAME.match(name[m.end() :].lower()) for m in TO_TASK.finditer(name))
    )


def _printed(clause: Clause) -> Iterator[str]:
    if STARTS_BODY.match(clause.heading) and not body_before_verb(clause.heading):
        yield from split_bodies(clause.heading)
    recipients = clause.address.startswith("recipients")
    for piece in clause.pieces:
        text = piece.text
        if recipients:
            found = split_bodies(re.sub(r"^\W+", "", text))
            yield from (name for name in found if not name.isupper())  # "CHỦ TỊCH" signs
            continue
        _, roles = read_roles(text)
        for key in ("leads", "coordinates"):
            leads, partners = split_roles(roles.get(key, ""))
            yield from (*leads, *partners)
        row = cells(text)
        if len(row) >= 3:
            for cell in row:
                if len(cell.text) <= 120 and not body_before_verb(cell.text):
                    yield from split_bodies(cell.text)
        for match in _BEFORE_TASK.finditer(text):
            yield match["name"]
    if clause.heading and clause.text:
        _, roles = read_roles(f"{clause.heading}: {clause.text}")
        yield from split_bodies(roles.get("leads", ""))
