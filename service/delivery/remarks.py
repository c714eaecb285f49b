"""What a paper that came in says of itself, and what its author may have forgotten.

A remark that is wrong costs more than one that is missing: in doubt nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from knowledge.documents import Identity
from knowledge.reading.inspect import Inspection
from knowledge.vietnamese import collapse, compose, fold

_LONGEST_FACT = 300
_HEAD = 30  #: lines in which number and date stand
_BODY = re.compile(
    r"\W*(?:can cu|thuc hien|kinh gui|xet|i\W|1\W|dieu 1)"
)  #: where the head is over
_LONGEST_HEAD_LINE = 300  #: characters
_YEAR = re.compile(r"\bnăm (20\d\d)(?![\d\s]*[-–—]\s*\d)", re.IGNORECASE)

_NUMBERED = re.compile(r"\bso\b.{0,20}\d.{0,20}[/-]")  #: "Số 12-KH/TU", "Số: 12 /KH-UBND"
_DATED = re.compile(
    r"\bngay\W*\d{1,2}\W*thang\W*\d{1,2}\W*nam\W*\d{4}|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\b"
)
#: Bodies whose name has the word, and people of that office.
_NOT_COORDINATING = re.compile(r"hoi dong (?:lien nganh )?phoi hop")
_COORDINATING = re.compile(
    r"\bphoi (?:ket )?hop\b|\bcung (?:voi|tham gia)\b|\b(?:don vi|co quan) (?:cung )?tham gia\b"
    r"|\bvoi su tham gia\b"
)
_REPORTING = re.compile(r"\bbao cao(?! vien\b)|\bso ket\b|\btong ket\b")
#: Papers that a plan rests on are cited with their days.
_CITING = re.compile(r"\W*(?:can cu|thuc hien|theo|xet|tiep theo)\b")
_TIME = re.compile(
    r"\b\d{1,2}[/.-]\d{1,2}\b|\bngay \W*\d"
    r"|\b(?:truoc|cham nhat|muon nhat|han|thoi han|cuoi)\b.{0,20}\d"
    r"|\bdinh ky\b|\b(?:hang|moi|tung|theo) (?:tuan|thang|quy(?! dinh| che| hoach| trinh)|nam)\b"
    r"|\b(?:\d+|sau|chin|ba) thang\b"
    r"|\bthang \d|\bquy (?:[ivx]+|\d)\b|\b(?:cuoi|dau|giua) (?:nam|quy|thang|ky)\b"
)
#: What a communication must tell of a draft, as decision 407 lists it; the fourth is optional.
_AIMS = ("muc dich", "quan diem", "pham vi", "doi tuong")
_NEED = re.compile(r"\bsu can thiet\b|\bly do (?:ban hanh|xay dung)\b")
_MAIN = re.compile(
    r"\bnoi dung (?:co ban|chinh|chu yeu|cot loi|trong tam|quan trong|lon)\b"
    r"|\b(?:cac|nhung|tung) chinh sach (?:co ban|chinh|chu yeu|lon|trong tam)\b"
)
_NEW = re.compile(
    r"\b(?:diem|noi dung|quy dinh) moi\b|\bso voi .{0,60}(?:hien hanh|hien nay|dang co)"
    r"|\b(?:diem|noi dung|quy dinh) (?:duoc |bi )?(?:sua doi|bai bo|huy bo|thay the)\b"
)


def facts_of(identity: Identity) -> dict[str, str]:
    """What is printed, by name; a date as far as it is there: "2026-03-05", "2026-03", "2026"."""
    printed = {
        "number": identity.number,
        "date": identity.date,
        "title": identity.title,
        "signatory": identity.signatory,
        "year": _year(identity),
        "issuer": identity.issuer,
        "kind": identity.kind,
    }
    return {name: cut for name, text in printed.items() if text and (cut := _tidy(text))}


def _tidy(text: str) -> str:
    plain = "".join(sign if sign.isprintable() else " " for sign in compose(text))
    return collapse(plain)[:_LONGEST_FACT].strip()


def _year(identity: Identity) -> str | None:
    """The one that the title names; otherwise that of the date."""
    named = set(_YEAR.findall(compose(identity.title or "")))
    if len(named) == 1:
        return str(named.pop())
    return identity.date[:4] if identity.date and not named else None


def remarks_of(text: str, found: Inspection) -> tuple[str, ...]:
    """What seems to be missing from a whole paper, as keys of "reading" in texts.vi.yaml."""
    identity = found.identity
    if not (identity.kind and (identity.issuer or identity.number or identity.title)):
        return ()  # not a paper of an office
    head = list(_head(text))
    missing = {
        "number": _lacks_number(identity, head),
        "date": len(identity.date or "") < 10 and not any(map(_DATED.search, head)),
    }
    if fold(identity.kind) == "ke hoach":
        missing |= _missing_in_plan(text, found)
    return tuple(name for name, lacks in missing.items() if lacks)


def _head(text: str) -> Iterator[str]:
    """The folded lines above the first paragraph."""
    lines = [collapse(fold(line)) for line in text.splitlines() if line.strip()][:_HEAD]
    for line in lines:
        if _BODY.match(line) or len(line) > _LONGEST_HEAD_LINE:
            return
        yield line


def _lacks_number(identity: Identity, head: list[str]) -> bool:
    if identity.number:
        return identity.number.startswith("/")
    return not any(line.lstrip(" |*").startswith("so") and _NUMBERED.search(line) for line in head)


def _missing_in_plan(text: str, found: Inspection) -> Mapping[str, bool]:
    lines = [collapse(fold(line)) for line in text.splitlines() if line.strip()]
    missing = {
        "coordination": not any(duty.coordinates for duty in found.duties)
        and not any(_COORDINATING.search(_NOT_COORDINATING.sub(" ", line)) for line in lines),
        "report": not any(_is_report_in_time(line) for line in lines),
    }
    if _is_about_drafts(lines):
        missing["content_need"] = not any(_tells_need(line) for line in lines)
        missing["content_main"] = not any(map(_MAIN.search, lines))
        missing["content_new"] = not any(map(_NEW.search, lines))
    return missing


def _is_report_in_time(line: str) -> bool:
    """Whether the line tells when reports are due."""
    return bool(_REPORTING.search(line) and _TIME.search(line) and not _CITING.match(line))


def _is_about_drafts(lines: list[str]) -> bool:
    """Whether the plan is about communicating policies, not only one that mentions it."""
    return sum("truyen thong" in line and "chinh sach" in line for line in lines) >= 3


def _tells_need(line: str) -> bool:
    return bool(_NEED.search(line)) or sum(_found(line, _AIMS)) > 1


def _found(line: str, words: tuple[str, ...]) -> Iterator[bool]:
    return (word in line for word in words)
