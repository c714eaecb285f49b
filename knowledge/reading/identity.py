"""What a paper says of itself: kind, number, issuer, place, date, signatory, title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from knowledge.documents import Clause, Identity
from knowledge.reading.clean import clean
from knowledge.reading.labels import CAPITALS
from knowledge.reading.lines import is_capitals
from knowledge.reading.parts import KIND_LINE, SIGNATURE, is_signature
from knowledge.vietnamese import collapse, fold

# "Số: /KH-SGDĐT", "Số: 318/STP-PBGDPL", "Số:      /KH-SVHTTDL", "Số 12/CTr-BCĐ Hòa Phú, ngày …".
_NUMBER = re.compile(
    r"^(?:\|?\s*)số\s*[:.]?\s*(\d*(?:\s*/\s*\d{4})?\s*/\s*[^\s,;|.]+)", re.IGNORECASE
)
# "Hải Phòng, ngày tháng năm 2023", "Lạng Sơn, ngày … tháng 6 năm 2023".
_DATE = re.compile(
    r"(?:(?P<place>[^\W\d_][\w’' .-]{1,40}?)"
    r"\s*,\s*)?ngày\s*(?P<day>\d{1,2})?[\s._…-]*tháng\s*(?P<month>\d{1,2})?[\s._…-]*"
    r"năm\s*(?P<year>(?:19|20)\d{2})",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"(?:v/v|về việc)\b", re.IGNORECASE)
_MOTTO = re.compile(r"cong hoa xa hoi|doc lap\W+tu do")
_ISSUER_LINE = re.compile(
    r"(?:sở|ủy ban|uỷ ban|ubnd|bộ|phòng|hội đồng|ban|văn phòng|trung tâm|chi cục|cục|thanh tra|"
    r"công an|tòa án|viện|trường|"
    r"thủ tướng|chính phủ|quốc hội|đảng ủy|hđnd|chủ tịch)\b",
    re.IGNORECASE,
)
_LEVEL = re.compile(
    r"^(?:tỉnh|thành phố|tp\.?|huyện|quận|thị xã|thị trấn|xã|phường|đặc khu)\s", re.IGNORECASE
)
_ISSUES = re.compile(
    r"(?:^|[,;]\s*|\bđược giao,\s*)(?P<body>(?:sở|ủy ban nhân dân|uỷ ban nhân dân|ubnd|bộ|phòng|"
    r"ban|hội đồng|văn phòng|"
    r"trung tâm|chi cục|cục)\s[^,;.:]{0,80}?)\s+(?:ban hành|xây dựng|yêu cầu|đề nghị|triển khai|"
    r"hướng dẫn|thông báo|lập)\b",
    re.IGNORECASE,
)
# What is left in capitals at the end of a line of the other column.
_POST = re.compile(
    rf"(?<=[;:.,)\s])(?:(?:KT|TM|TL|TUQ|Q)\.\s?)?[{CAPITALS}]{{2,}}(?:\s[{CAPITALS}]{{1,}})+$"
)
_SIGNS = {
    "KH": "Kế hoạch",
    "QĐ": "Quyết định",
    "CT": "Chỉ thị",
    "NQ": "Nghị quyết",
    "NĐ": "Nghị định",
    "TT": "Thông tư",
    "TB": "Thông báo",
    "BC": "Báo cáo",
    "HD": "Hướng dẫn",
    "TTr": "Tờ trình",
    "CTr": "Chương trình",
}


def read_identity(text: str, clauses: Sequence[Clause]) -> Identity:
    """Identity from the paper's own words; whatever is blank or absent stays None."""
    head = _lines(text, _part(clauses, "head"))
    number = _first(_number(line) for line in head)
    # A number may stand on the line of the date: "Số: 12/CTr-BCĐ Hòa Phú, ngày …".
    date_match = next((m for line in head if (m := _DATE.search(_NUMBER.sub("", line)))), None)
    kind, title = _kind_and_title(head, _part(clauses, "head"))
    letter = any(c.address == "recipients" and c.heading == "Kính gửi" for c in clauses)
    signatory, post = _signature(text, clauses)
    return Identity(
        kind=kind or ("Công văn" if letter and number else _kind_by_number(number)),
        number=number,
        issuer=_issuer(text, head, clauses),
        place=date_match["place"].strip() if date_match and date_match["place"] else None,
        date=_date(date_match),
        signatory=signatory,
        signatory_title=post,
        title=title,
    )


def _part(clauses: Sequence[Clause], name: str) -> Clause | None:
    return next((clause for clause in clauses if clause.address == name), None)


def _lines(text: str, clause: Clause | None) -> list[str]:
    """The cleaned lines of a part, cells of a two-column head apart."""
    if clause is None:
        return []
    lines = [clean(line) for line in text[clause.start : clause.end].splitlines()]
    return [cell.strip() for line in lines for cell in line.split("|") if cell.strip()]


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _number(line: str) -> str | None:
    match = _NUMBER.match(line)
    return re.sub(r"\s+", "", match[1]) if match else None


def _date(match: re.Match[str] | None) -> str | None:
    if match is None:
        return None
    day, month, year = match["day"], match["month"], match["year"]
    if month and 1 <= int(month) <= 12:
        if day and 1 <= int(day) <= 31:
            return f"{year}-{int(month):02}-{int(day):02}"
        return f"{year}-{int(month):02}"
    return str(year)


def _kind_and_title(head: list[str], clause: Clause | None) -> tuple[str | None, str | None]:
    """ "KẾ HOẠCH" and the paragraph below it; or the "V/v …" of a letter."""
    if clause is None:
        return None, None
    pieces = [piece.text for piece in clause.pieces]
    for at, piece in enumerate(pieces):
        match = KIND_LINE.match(piece)
        if match and (is_capitals(piece) or match.end() == len(piece)):
            kind = collapse(match[1]).capitalize()
            rest = piece[match.end() :].strip(" :")
            below = "" if at + 1 >= len(pieces) or _is_authority(pieces[at + 1]) else pieces[at + 1]
            title = " ".join(part for part in (rest, below) if part)
            return kind, title or None
    subject = next((piece for piece in pieces if _SUBJECT.match(piece)), None)
    return None, subject


def _is_authority(line: str) -> bool:
    return is_capitals(line) and bool(_ISSUER_LINE.match(line))


def _kind_by_number(number: str | None) -> str | None:
    """The sign of a number names the kind: "/KH-SGDĐT"."""
    sign = number.rsplit("/", 1)[-1].split("-")[0] if number else ""
    return _SIGNS.get(sign)


def _issuer(text: str, head: list[str], clauses: Sequence[Clause]) -> str | None:
    """The body above the number; failing that, the body that the preamble says issues the paper."""
    names: list[str] = []
    for line in head:
        if KIND_LINE.match(line) or _SUBJECT.match(line):
            break
        name = re.split(r"\s{3,}|(?=CỘNG HÒA|CỘNG HOÀ|Độc lập)", line)[0].strip()
        if not name or _MOTTO.search(fold(name)) or not is_capitals(name) or _number(line):
            continue
        names.append(name)
    printed = _join_names(names)
    if printed:
        return printed
    preamble = _part(clauses, "preamble")
    found = list(_ISSUES.finditer(clean(text[preamble.start : preamble.end]))) if preamble else []
    name = found[-1]["body"].strip() if found else None
    said = [piece.text for clause in clauses[:2] for piece in clause.pieces]
    return _with_place(name, "\n".join(said)) if name else None


def _with_place(name: str, text: str) -> str:
    """ "Ủy ban nhân dân huyện" of a paper that says "trên địa bàn huyện Ia H’Drai"."""
    match = re.search(r"(?:huyện|quận|tỉnh|thành phố|thị xã|xã|phường)$", name)
    if not match:
        return name
    word = rf"[{CAPITALS}][\w’']*"
    found = re.search(rf"địa bàn {match[0]} ({word}(?: {word})*)", text)
    return f"{name} {found[1]}" if found else name


def _join_names(names: list[str]) -> str | None:
    """The last of "UBND TỈNH LONG GIANG / SỞ TƯ PHÁP"; both lines of "ỦY BAN NHÂN DÂN / XÃ X"."""
    bodies: list[str] = []
    for name in names:
        goes_on = bodies and bodies[-1].endswith(",")
        if _ISSUER_LINE.match(name) and not goes_on:
            bodies.append(name)
        elif bodies:
            bodies[-1] += " " + name
    return bodies[-1] if bodies else None


def _signature(text: str, clauses: Sequence[Clause]) -> tuple[str | None, str | None]:
    """The name under the post, and the post as printed: "KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC"."""
    clause = _part(clauses, "signature")
    if clause is None:
        return _beside_copies(text, clauses)
    lines = _lines(text, clause)
    posts = [line for line in lines if is_signature(line) or SIGNATURE.match(line)]
    above = next((c for c in reversed(clauses) if c.heading == "Nơi nhận"), None)
    if above and above.end <= clause.start:
        posts = [*_posts(_lines(text, above)), *posts]
    names = [line for line in lines if line not in posts and _is_name(line)]
    return (names[-1] if names else None), (" ".join(posts) or None)


def _beside_copies(text: str, clauses: Sequence[Clause]) -> tuple[str | None, str | None]:
    """Two columns read as one: "Nơi nhận: TM. BAN CHỈ ĐẠO", "- Các sở; TRƯỞNG BAN", the name."""
    copies = next((c for c in reversed(clauses) if c.heading == "Nơi nhận"), None)
    lines = _lines(text, copies)
    posts = _posts(lines)
    if not posts or not _is_name(lines[-1]):
        return None, None
    return lines[-1], " ".join(posts)


def _posts(lines: list[str]) -> list[str]:
    return [match[0].strip() for line in lines if (match := _POST.search(line))]


def _is_name(line: str) -> bool:
    words = line.replace(".", ". ").split()
    return 1 <= len(words) <= 6 and all(word[0].isupper() for word in words) and line[-1] != ":"
