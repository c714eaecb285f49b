"""The lines of a text as the reader sees them, and whether one goes on in the next."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.bodies import STARTS_BODY
from knowledge.reading.clean import furniture, project, split_lines
from knowledge.task_words import STARTS_TASK
from knowledge.vietnamese import fold

# "•", "-", "+", Word's private-use bullets. Not "-----", nor the "- 2027" of a broken
# "2022 - 2027".
BULLET = re.compile(
    r"(?:[-–—+•●▪■◦○·∙*§\u2212\u25aa\uf0b7\uf02d\uf0a7\uf0d8]|o(?=\s))\s*(?![-–—_\s])"
)
_ONLY_BULLETS = "•●▪■◦○·∙§\u25aa\uf0b7\uf0a7\uf0d8"  #: never a dash within a name
# "- Cơ quan chủ trì: …", "Thời gian thực hiện: …": says who and when of a task, not what.
ROLE = re.compile(
    r"^\W*(?:(?:co quan|don vi|phong|nguoi|bo phan|can bo)?\s*(?:chu tri|phoi hop|thuc hien|"
    r"phu trach|dau moi|tham gia)(?: thuc hien| tham muu)?"
    r"|phan cong(?: thuc hien)?|(?:thoi (?:gian|han|diem)|han)"
    r"(?: (?:thuc hien|hoan thanh|trien khai))?|"
    r"tien do|"
    r"thoi gian,? dia diem|san pham)(?: \([^)]*\))?\s*:"
)
# What a paper says in parting.
FAREWELL = re.compile(
    r"^(tren day la|trong qua trinh|qua trinh (?:trien khai|thuc hien|to chuc)|"
    r"rat mong|tran trong|can cu (?:noi dung )?(?:ke hoach|"
    r"cong van|huong dan|chuong trinh|quyet dinh) nay|nhan duoc|yeu cau (?:cac|thu truong)|"
    r"de nghi cac|"
    r"ke hoach nay (?:thay|co hieu|duoc)|neu co (?:vuong|kho))"
)
# "…, cụ thể như sau:", "gồm:", "như:" (folded): the words lead into a list, they do not name it.
LEADS_IN = re.compile(r"\b(sau|sau day|nhu|gom|bao gom|cu the|la|rang|ve|nham|sau do)\W*$")
# Two things side by side, as at the head of a paper: no line of prose.
_COLUMNS = re.compile(r"\S {5,}\S")
_FEWEST_FULL = 6  #: lines of full length, for a text to be a wrapped one
# "ngày 31 tháng 12 năm" goes on with "2024.", however short the line.
_YEAR = re.compile(r"(?:19|20)\d\d\b")
_NUMBER_BROKEN = re.compile(r"(?:\d|[Qq]uý [IVX]+) (?:năm|tháng)$|\b(?:[Tt]háng|[Nn]gày|[Ss]ố)$")
_TERMINAL = re.compile(r"[.;:!?…]['\"”’)\]]*$")
# A line that ends in one of these is not finished, whatever the next one looks like.
_JOINING_WORDS = frozenset(
    "và của các do với về theo tại cho để từ những trong bởi hoặc đến".split()  # noqa: SIM905
)
_NUMBER_WORDS = frozenset(
    "điều khoản mục phần chương điểm tiết trang ngày tháng quý số lần thứ".split()  # noqa: SIM905
)
_DIGIT_WORDS = frozenset(("ngày", "tháng", "số", "lần", "trang"))
_LINKING_WORDS = frozenset(
    "là gồm bằng trên dưới giữa vào qua như khi nếu mà được nhằm cùng mỗi mọi từng".split()  # noqa: SIM905
)
_OPEN_WORDS = _JOINING_WORDS | _LINKING_WORDS | (_NUMBER_WORDS - {"điều", "trang"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line with content; `text` is projected and stripped, `offsets` point into the source."""

    start: int
    end: int
    text: str
    offsets: tuple[int, ...]
    gap: int  #: blank lines above
    page: bool  #: a page ends above
    tabbed: str = ""  #: `text` letter for letter, tabs kept: they part the cells of a row


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lines were broken: `width` is 0 unless the text is wrapped at a fixed width."""

    width: int


def read_lines(text: str) -> list[Line]:
    """The lines that say something; blank lines, page numbers and rules are left out."""
    raw, breaks, starts = split_lines(text)
    flags = furniture(raw, breaks)
    lines: list[Line] = []
    gap, page = 0, False
    for i, line in enumerate(raw):
        seen, offsets = project(line)
        body = seen.strip()
        if flags[i] or not body:
            page = page or (flags[i] and bool(body)) or breaks[i] == "\f"
            gap += 0 if flags[i] else 1
            continue
        first = len(seen) - len(seen.lstrip())
        bare = line.strip()
        start = starts[i] + line.index(bare)
        places = tuple(starts[i] + o for o in offsets[first : first + len(body)])
        tabbed = "".join("\t" if text[o] == "\t" else c for c, o in zip(body, places, strict=True))
        lines.append(Line(start, start + len(bare), body, places, gap, page, tabbed))
        gap, page = 0, breaks[i] == "\f"
    return lines


def layout_of(lines: list[Line]) -> Layout:
    """Wrapped texts have many lines of nearly the same, modest length."""
    prose = (line for line in lines if not _COLUMNS.search(line.text) and "\t" not in line.tabbed)
    lengths = sorted(len(line.text) for line in prose if "|" not in line.text)
    if len(lengths) < 8:
        return Layout(0)
    width = lengths[int(len(lengths) * 0.95)]
    full = sum(length >= 0.8 * width for length in lengths)
    wrapped = width <= 140 and full >= max(0.2 * len(lengths), _FEWEST_FULL)
    return Layout(lengths[-1] if wrapped and lengths[-1] <= 150 else width if wrapped else 0)


def is_terminal(text: str) -> bool:
    """Ends as a sentence, an item or a lead-in does."""
    return bool(_TERMINAL.search(text))


def is_dangling(text: str) -> bool:
    """Ends in a way no sentence or heading ends: "của", "và", ","."""
    return text.endswith((",", "-", "–", "(")) or _last_word(text) in _OPEN_WORDS


def awaits_number(text: str, following: str) -> bool:
    """Ends in "khoản", "ngày", "theo", …: a number that begins the next line belongs to it.

    After "hằng tháng" or "chuyển đổi số", "a)" and "Nhiệm vụ 2:" begin something new.
    """
    word = _last_word(text)
    if word in _DIGIT_WORDS:
        return not following[:1].isalpha()
    return word in _NUMBER_WORDS | _JOINING_WORDS


def is_capitals(text: str) -> bool:
    """Written in capitals throughout, with at least two letters."""
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 1 and all(not c.islower() for c in letters)


def is_bullet(line: Line, above: Line | None, layout: Layout, *, is_header: bool) -> bool:
    """Starts with a bullet that is not the dash of a broken name or period."""
    match = BULLET.match(line.text)
    if not match:
        return False
    if above is None or is_terminal(above.text):
        return True
    rest = line.text[match.end() :]
    if line.text[0] in _ONLY_BULLETS:
        return True
    if above.text[-1].isdigit() and rest[:4].isdigit():
        return False
    return not (line.gap == 0 and is_full(above, line, layout, loosely=not is_header))


def is_full(above: Line, line: Line, layout: Layout, *, loosely: bool = False) -> bool:
    """The line above was broken only because the next word did not fit.

    `loosely` allows for letters of unlike widths: full lines of a PDF differ in their letters.
    """
    if not layout.width:
        return False
    word = line.text.split(" ", 1)[0]
    room = layout.width * 0.86 if loosely else layout.width - 2
    return len(above.text) + 1 + len(word) > room


def continues(
    so_far: str, above: Line, line: Line, layout: Layout, *, is_header: bool = False
) -> bool:
    """Whether an unlabelled `line` goes on with the paragraph `so_far`, which ends in `above`.

    A header may be a heading, which is followed by a paragraph without any stop between.
    """
    if is_capitals(line.text) != is_capitals(so_far) and not is_dangling(above.text):
        both = is_full(above, line, layout) and not is_terminal(above.text) and line.gap == 0
        if is_capitals(so_far) or not both:
            return False
    if _NUMBER_BROKEN.search(above.text) and line.text[0].isdigit() and not line.gap:
        return True
    if above.text.endswith(" năm") and _YEAR.match(line.text) and not line.gap:
        return True
    if line.text[0].isupper() and ROLE.match(fold(line.text)):
        return False
    if above.text.endswith(":") and _is_open(so_far) and not line.gap:
        return True  # "(Chủ trì: Phòng A; phối hợp:"
    if above.text.endswith(":") and line.text[0].islower() and not line.gap:
        return is_full(above, line, layout)  # an address or a list that the colon runs into
    if is_terminal(above.text):
        lower = line.text[0].islower() and not above.text.endswith(":")
        if lower and not line.gap and is_full(above, line, layout, loosely=True):
            return True
        if line.gap or not is_full(above, line, layout) or _is_new(line.text):
            return False
        # A colon at the edge of a line: a bullet goes on, a heading is followed by its text.
        return not above.text.endswith(":") or bool(BULLET.match(so_far))
    if line.text[0].islower() or line.text[0] in ",;.)”":
        return True
    if is_dangling(above.text) or _is_open(so_far):
        return True
    if line.gap == 0 or line.page:
        return _is_full_below(above, line, layout, is_header)
    return False


def _is_full_below(above: Line, line: Line, layout: Layout, is_header: bool) -> bool:
    """A header that fills its line may be a whole heading: what stands below it decides."""
    if not is_header:
        return is_full(above, line, layout, loosely=True)
    # "tỉnh Hưng" and "Yên" below it: a name is broken, and no heading ends so.
    broken = above.text.split()[-1][0].isupper() or bool(STARTS_BODY.match(line.text))
    if STARTS_TASK.match(line.text) and not broken:
        return False
    return is_full(above, line, layout, loosely=broken)


def _is_new(text: str) -> bool:
    """Starts as only a paragraph of its own does, however full the line above."""
    folded = fold(text)
    heads = text.endswith(":") and len(text) <= 90 and bool(STARTS_BODY.match(text))
    return bool(heads or ROLE.match(folded) or FAREWELL.match(folded))


def _is_open(text: str) -> bool:
    return text.count("“") > text.count("”") or text.count("(") > text.count(")")


def _last_word(text: str) -> str:
    words = text.split()
    return words[-1].lower() if words else ""
