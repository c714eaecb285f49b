"""Whether the first page of a paper bears a mark of secrecy: MẬT, TỐI MẬT or TUYỆT MẬT.

A paper is not a message (`bot.sensitive`): it may speak of secrets in capitals, and the mark is
printed in places of its own, alone on a line or beside the number and the date.
"""

from __future__ import annotations

import re

from knowledge.vietnamese import collapse, compose, fold

_DEGREE = r"(?:(?:TUYỆT|TỐI) ?)?MẬT"
_TITLE_CASE = r"(?:Tuyệt [Mm]ật|Tối [Mm]ật|Mật)"
#: Frames, dashes, stars around it; in quotation marks it is only spoken of.
_AROUND = r"[^\w\"“”'‘’]*"
#: The mark alone; the second is counted in the head of a paper only: it is a word of tables, too.
_ALONE = re.compile(rf"{_AROUND}{_DEGREE}{_AROUND}")
_ALONE_IN_HEAD = re.compile(rf"{_AROUND}{_TITLE_CASE}[^\w\"“”'‘’.,;:]*")
#: "Độ mật: Tối mật"; not a form that offers several to choose from.
_LABELLED = re.compile(r"\W*(?:dau |muc )?(?:chi )?(?:muc )?do mat ?: ?(?:tuyet |toi )?mat\W*")
#: Two columns read as one: "Số: 12/BC-UBND MẬT", "TỐI MẬT Hải Phòng, ngày 5 tháng 6 năm 2026".
_BESIDE_NUMBER = re.compile(
    rf"Số ?:.{{0,60}}(?<!BÍ )(?<!BẢO )(?<!CƠ )\b{_DEGREE}(?: .{{0,60}}ngày.*)?"
)
_BESIDE_DATE = re.compile(rf"{_AROUND}{_DEGREE} [^\W\d_].{{0,40}}, ?ngày\b.*")
#: A scanner loses accents; in capitals and alone nothing else is spelled so.
_SCANNED = re.compile(r"[\W_]*(?:(?:tuyet|toi) ?)?mat[\W_]*")
#: What stood at the end of the line above: the word was only broken between two lines.
_BROKEN = re.compile(r"\b(?:bi|bao|co|lay|nuoi|duong|hoa|chiet)$")
_SPACED = re.compile(r"(?<=\b\w) (?=\w\b)")  #: "M Ậ T"
_CELLS = re.compile(r"\t| {3,}")
_HEAD = 15  #: lines


def bears_mark(page: str, *, table: bool = False, scanned: bool = False) -> bool:
    """Whether a line of the page is such a mark.

    `table`: the page is a sheet of cells, which has no head; `scanned`: its letters were guessed.
    """
    before, number = "", 0
    for raw in compose(page).splitlines():
        for cell in filter(str.strip, _CELLS.split(raw)):
            line = collapse(cell)
            number += 1
            in_head = number <= _HEAD and not table
            if _is_mark(line, in_head, scanned) and not _BROKEN.search(fold(before)):
                return True
            before = line
    return False


def _is_mark(line: str, in_head: bool, scanned: bool) -> bool:
    if "mat" not in (folded := fold(_SPACED.sub("", line))):
        return False
    joined = _SPACED.sub("", line)
    if _ALONE.fullmatch(joined) or _BESIDE_NUMBER.fullmatch(line) or _BESIDE_DATE.fullmatch(line):
        return True
    if in_head and _ALONE_IN_HEAD.fullmatch(line):
        return True
    if scanned and line.upper() == line and _SCANNED.fullmatch(folded):
        return True
    return bool(_LABELLED.fullmatch(fold(line)))
