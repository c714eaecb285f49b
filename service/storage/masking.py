"""Take phone numbers, card and account numbers and e-mail addresses out of what is kept.

Paper numbers ("407/QĐ-TTg"), dates, years and sums of money stay: they are what is asked about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import JsonValue

PHONE = "[điện thoại]"
NUMBER = "[số giấy tờ]"
MAIL = "[thư điện tử]"

_GAP = r"[ .\-–()\u00a0\u2011\u202f]"

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")

_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d\d"
#: A date with one kind of gap: "20-09-2023", "15 9 2023", "20.9.2023", "2023-09-20".
_DATE = re.compile(
    rf"(?<!\d)(?<!\d[.\-])(?:{_DAY}(?P<gap>[ .\-]){_MONTH}(?P=gap){_YEAR}"
    rf"|{_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?![.\-]?\d)"
)
#: "2021 2022 2023", "2022-2025": years side by side are no card number.
_YEARS = re.compile(rf"(?:(?:19|20)\d\d{_GAP}{{1,3}})+(?:19|20)\d\d")

#: Digits in groups: eight to nineteen of them, gaps of up to three signs. Must not start inside a
#: number, nor be the year of "56/2023/TT-BTC"; may follow a slash only as a phone ("…/0912…").
_RUN = re.compile(
    rf"(?<!\d)(?<!/(?=[1-9]))[+(]{{0,2}}\d(?:{_GAP}{{0,3}}\d){{7,18}}(?!\d|/(?![0+]\d\d))"
)
#: After these words even a short number belongs to a person.
_NAMED = re.compile(
    r"(?:tài khoản|tai khoan|\bstk|cccd|cmnd|\bcmt|căn cước|can cuoc|hộ chiếu|ho chieu|passport"
    r"|mã số thuế|ma so thue|\bmst|sđt|\bsdt|điện thoại|dien thoai)"
    rf"[^\d\n]{{0,15}}?(?P<number>\d(?:{_GAP}?\d){{5,18}})(?![\d/])",
    re.IGNORECASE,
)
#: A passport ("B1234567") or a health insurance card ("DN4010123456789").
_LETTERED = re.compile(r"(?<!\w)(?:[A-Z]\d{7,8}|[A-Z]{2}\d{13})(?!\w)")

_PHONE_DIGITS = re.compile(r"(?:(?:00)?84(?:0?)[1-9]\d{8,9}|0[1-9]\d{8,9})")
_SUM = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+|[1-9]\d*")
_CURRENCY = re.compile(r"\s*(?:đồng|dong|đ\b|vnđ|vnd|triệu|trieu|tỷ|tỉ|ty\b|usd)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Masked:
    """A text that may be kept, and what was taken out of it (never to be kept)."""

    text: str
    taken: tuple[tuple[str, str], ...]  #: (as typed, what stands there now)


def mask(text: str) -> Masked:
    """`text` without what points at a person."""
    found = sorted(_finds(text), key=lambda f: (f[0], -f[1]))
    out: list[str] = []
    taken: list[tuple[str, str]] = []
    end = 0
    for start, stop, sign in found:
        if start < end:
            continue
        out += [text[end:start], sign]
        taken.append((text[start:stop], sign))
        end = stop
    return Masked("".join([*out, text[end:]]), tuple(taken))


def mask_same(value: JsonValue, taken: tuple[tuple[str, str], ...]) -> JsonValue:
    """`value` with every string that `mask` took from the question replaced in the same way.

    An answer quotes papers, whose printed phone numbers are public: only an echo of the question
    is masked in it.
    """
    if isinstance(value, str):
        for typed, sign in taken:
            value = value.replace(typed, sign)
        return value
    if isinstance(value, list):
        return [mask_same(item, taken) for item in value]
    if isinstance(value, dict):
        return {key: mask_same(item, taken) for key, item in value.items()}
    return value


def _finds(text: str) -> list[tuple[int, int, str]]:
    found = [(*m.span(), MAIL) for m in _MAIL.finditer(text)]
    found += [(*m.span("number"), _sign(m["number"])) for m in _NAMED.finditer(text)]
    found += [(*m.span(), NUMBER) for m in _LETTERED.finditer(text)]
    # A date must not lend its digits to a number beside it.
    bare = _DATE.sub(lambda m: "·" * len(m[0]), text)
    for match in _RUN.finditer(bare):
        if sign := _private(match[0], bare[match.end() :]):
            found.append((*match.span(), sign))
    return found


def _sign(number: str) -> str:
    digits = "".join(filter(str.isdigit, number))
    return PHONE if _PHONE_DIGITS.fullmatch(digits) else NUMBER


def _private(run: str, after: str) -> str | None:
    """What to write instead of `run`, or None when it points at nobody."""
    sign = _sign(run)
    if sign == PHONE:
        return sign
    groups = re.findall(r"\d+", run)
    if not 9 <= sum(map(len, groups)) <= 16 or max(map(len, groups)) < 3:
        return None
    if _YEARS.fullmatch(run) or re.search(rf"\d{_GAP}{{2,3}}\d", run):
        return None
    if _SUM.fullmatch(run) and _CURRENCY.match(after):
        return None
    return sign
