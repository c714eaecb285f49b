"""Tables of tasks: one line per row, cells parted by "|" or tabs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.reading.labels import Label, roman_value
from knowledge.vietnamese import fold

_CELL = re.compile(r"\s*\|\s*|\t+")
_TAB = re.compile(r"\s*\|\s*|\t")
_NUMBER = re.compile(r"(\d{1,3})\s*[.)]?")
_COMPOUND = re.compile(r"(\d{1,2}(?:\.\d{1,2})+)\s*[.)]?")
_LETTER = re.compile(r"([a-zđ])\s*[.)]?")
_ROMAN = re.compile(r"([IVX]{1,6})\s*[.)]?")

_TAIL = re.compile(r"nơi nhận\b", re.IGNORECASE)  #: beside the signature, in two columns
_LONGEST_NUMBER = 6  #: letters of a cell that numbers its row: "VIII.", "1.2.3"
# "Trước ngày", "Theo hướng dẫn của", "Quý": the next line goes on with the cell.
_UNFINISHED = re.compile(
    r"(?:[,;–-]|\b(?:ngày|tháng|năm|quý|từ|đến|trước|của|và|theo|khi|tại|với|về|giai đoạn))$",
    re.IGNORECASE,
)

#: What a column holds, by the words of its folded heading; the first that fits counts.
_COLUMNS = (
    ("number", re.compile(r"^(stt|tt|so tt|so thu tu|thu tu|ma so|so)$")),
    ("recipient", re.compile(r"noi nhan|noi gui|gui ve|(don vi|co quan) (nhan|tiep nhan)")),
    (
        "leads",
        re.compile(
            r"chu tri|(don vi|co quan|bo phan) (tham muu )?thuc hien|phan cong|nguoi thuc hien|"
            r"trach nhiem|phu trach|dau moi|chu tri|^(don vi|co quan|bo phan|nguoi lam|ai lam)$"
        ),
    ),
    ("coordinates", re.compile(r"phoi hop|tham gia|cung lam")),
    ("due", re.compile(r"^(han|thoi han)\b|hoan thanh")),
    ("when", re.compile(r"thoi gian|thoi diem|tien do|^lich|khi nao|ngay thuc hien")),
    ("product", re.compile(r"san pham|ket qua|ghi chu|kinh phi|hinh thuc|so luong|chi tieu|nguon")),
    (
        "task",
        re.compile(r"noi dung|nhiem vu|cong viec|hoat dong|dau viec|cong tac|^viec\b"),
    ),
    ("leads", re.compile(r"^(don vi|co quan|bo phan|phong ban|nguoi|khoa)\b(?! (tinh|do))")),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text and where it lies in the row."""

    text: str
    start: int
    end: int


def cells(row: str, count: int = 0) -> list[Cell]:
    """The cells of a row, empty ones too; one cell when it is no row.

    Several tabs in a row may be one gap or empty cells between: `count`, the number of columns,
    tells.
    """
    found = _cut(row, _CELL)
    if "\t" in row and len(found) < count:
        each = _cut(row, _TAB)
        found = each if len(each) <= count else found
    return found


def _cut(row: str, separator: re.Pattern[str]) -> list[Cell]:
    found: list[Cell] = []
    at = 0
    for match in separator.finditer(row):
        found.append(Cell(row[at : match.start()].strip(), at, match.start()))
        at = match.end()
    found.append(Cell(row[at:].strip(), at, len(row)))
    if found and not found[0].text and row.lstrip().startswith("|"):
        found = found[1:]
    if len(found) > 1 and not found[-1].text and row.rstrip().endswith("|"):
        found = found[:-1]
    return found


def columns(row: str) -> list[str] | None:
    """What each column of a header row holds ("" if unknown); None if this is no task header.

    The row may be printed in several lines, each ended by a line break.
    """
    headings = _headings(row.splitlines())
    names = [_column(heading) for heading in headings]
    known = set(names) - {"", "number", "product"}
    short = all(len(heading) <= 60 for heading in headings)
    enough = len(headings) >= 3 or len(known) == len(headings)
    return names if short and enough and "task" in known and len(known) >= 2 else None


def _headings(lines: Sequence[str]) -> list[str]:
    """The cells of a header: a later line goes on with the last cell, or stands below them all."""
    headings: list[str] = []
    for line in lines:
        row = [cell.text for cell in cells(line)]
        if headings and len(row) == len(headings) and not row[0]:
            headings = [
                f"{above} {below}".strip() for above, below in zip(headings, row, strict=True)
            ]
        elif headings:
            headings = [*headings[:-1], f"{headings[-1]} {row[0]}", *row[1:]]
        else:
            headings = row
    return headings


def header_at(lines: Sequence[str]) -> tuple[list[str], int] | None:
    """The columns of the header that begins with the first of `lines`, and how many lines it has.

    A header that begins with "STT" goes on until the first number; another one only with a line
    that is a piece of its last heading.
    """
    first = cells(lines[0])
    if len(first) < 2:
        return None
    height = 1
    if _column(first[0].text) == "number":
        height = next((n for n in range(1, len(lines)) if _starts_rows(lines[n])), 1)
    elif len(lines) > 1 and len(lines[1]) <= 30 and lines[1][0].islower() and "\t" not in lines[1]:
        height += "|" not in lines[1]
    for count in sorted({height, 1}, reverse=True):
        if names := columns("\n".join(lines[:count])):
            return names, count
    return None


def _starts_rows(line: str) -> bool:
    row = [cell.text for cell in cells(line)]
    return bool(row_label(line)) or _is_group(line) or (len(row) > 1 and numbers_columns(row))


def numbers_columns(row: list[str]) -> bool:
    """ "(1) | (2) | (3)": the row that numbers the columns."""
    return all(re.fullmatch(r"\(?\d{1,2}\)?", cell) for cell in row)


@dataclass(slots=True)
class Table:
    """A table while its lines are read: its header, and how much of the last row was seen."""

    header: list[str]
    depth: int  #: how many labels were open when it began
    seen: int = 0  #: cells of the row so far
    last: str = ""  #: what the last line ended with, in its last cell

    def take(
        self, line: str, below: Sequence[str], *, gap: bool = False
    ) -> Literal["row", "wrapped", "outside"]:
        """What the next line is; `below` are the lines after it, `gap`: a blank line is above.

        A cell may be broken into lines, so a row goes on until it has all its cells.
        """
        count = len(cells(line, len(self.header)))
        label = row_label(line)
        room = self.seen + count - 1 <= len(self.header)
        broken = 0 < self.seen < len(self.header) and room and not label
        more = self._goes_on(below)
        last, self.last = self.last, line.split("\t")[-1].split("|")[-1].strip()
        if broken and (count > 1 or (not _is_group(line) and (more or not gap))):
            self.seen += count - 1
            return "wrapped"
        if count >= 2:
            if self.seen and not label and self._is_below(line):
                return "wrapped"
            self.seen = count
            return "row"
        if more and _is_group(line):
            self.seen = 0
            return "row"
        if not gap and self._begins(line, last, below):
            self.seen = 1
            return "row"
        full = self.seen == len(self.header) and not _is_group(line)
        unfinished = not gap and (line[:1].islower() or bool(_UNFINISHED.search(last)))
        return "wrapped" if full and (more or unfinished) else "outside"

    def _goes_on(self, below: Sequence[str]) -> bool:
        """Another row stands below; the first line with several cells tells."""
        row = next((line for line in below if len(cells(line)) >= 2), None)
        if row is None or columns(row):
            return False
        numbered = "number" in self.header
        return bool(row_label(row)) if numbered else len(cells(row)) >= min(3, len(self.header))

    def _begins(self, line: str, last: str, below: Sequence[str]) -> bool:
        """The first line of a broken first cell, where no number tells that a row begins."""
        if "number" in self.header or 0 < self.seen < len(self.header) or len(line) > 90:
            return False
        rest = next((other for other in below if len(cells(other)) >= 2), "")
        broken = 2 <= len(cells(rest, len(self.header))) < len(self.header) or rest[:1].islower()
        fresh = line[:1].isupper() and not line.endswith(":") and not _UNFINISHED.search(last)
        return broken and fresh and not columns(rest) and not _TAIL.match(rest)

    def _is_below(self, line: str) -> bool:
        """Goes on with the cells above, each in its column: no number, and no task begins."""
        if "number" not in self.header:
            return False
        row = [cell.text for cell in cells(line, len(self.header))]
        task = self.header.index("task")
        if not row[0]:
            return len(row) <= task or not row[task] or row[task][0].islower()
        return row[0][0].islower()


def _is_group(line: str) -> bool:
    """A line that names the rows below it: capitals, or a number and a title."""
    letters = [c for c in line if c.isalpha()]
    capitals = len(letters) > 1 and not any(c.islower() for c in letters)
    return capitals or bool(re.match(r"(?:[IVX]+|[A-ZĐ]|\d{1,2})[.)]\s+\S", line))


def _column(heading: str) -> str:
    folded = " ".join(fold(heading).split()).strip("*_ ")
    return next((name for name, pattern in _COLUMNS if pattern.search(folded)), "")


def row_cells(source: str, header: Sequence[str]) -> list[str]:
    """What a row says in each column; a line below it goes on with the last cell, or with each.

    A row that does not begin with a number, under a header that does, has no number: an empty
    first cell is lost where the tab before it is.
    """
    count = len(header)
    whole, below = source, []
    first, *rest = source.splitlines() or [""]
    if len(cells(first, count)) == count:
        below = [[cell.text for cell in cells(line, count)] for line in rest]
        beside = [row for row in below if len(row) > 1]
        whole = source if not beside else first
        below = below if beside else []
    row = [cell.text for cell in cells(whole, count)]
    for line in below:
        at = len(row) - 1 if len(line) == 1 else 0
        for text in line:
            row[at] = f"{row[at]} {text}".strip()
            at = min(at + 1, len(row) - 1)
    lost = header[0] == "number" and len(row) < count and len(row[0]) > _LONGEST_NUMBER
    return ["", *row] if lost else row


def row_label(row: str) -> Label | None:
    """The number in the first cell of a row, as a label; None when it has none."""
    found = cells(row)
    if len(found) < 2 or numbers_columns([cell.text for cell in found]):
        return None
    first, length = found[0].text, found[1].start
    if match := _NUMBER.fullmatch(first):
        value = int(match[1])
        return Label("row-number", "", (str(value),), value, length) if value else None
    if match := _COMPOUND.fullmatch(first):
        parts = tuple(part.lstrip("0") or "0" for part in match[1].split("."))
        return Label("row-compound", str(len(parts)), parts, int(parts[-1]), length)
    if (match := _ROMAN.fullmatch(first)) and roman_value(match[1]):
        return Label("row-roman", "", (match[1],), roman_value(match[1]), length)
    if match := _LETTER.fullmatch(first):
        return Label("row-letter", "", (match[1],), ord(match[1][0]), length)
    if len(first) == 1 and first.isupper() and first.isalpha():
        return Label("row-upper", "", (first,), ord(first), length)
    return None


def row_depth(opened: list[Label], base: int, label: Label) -> int:
    """How many open labels stay above a row: groups hold numbers, numbers hold letters."""
    order = ("row-upper", "row-roman", "row-number", "row-compound", "row-letter")
    rank = order.index(label.family)
    depth = len(opened)
    while depth > base and order.index(opened[depth - 1].family) >= rank:
        above = opened[depth - 1]
        if label.family == "row-compound" and above.parts == label.parts[:-1]:
            break
        depth -= 1
    return depth
