"""Everything that was understood of one text, for people to check and for programs to compare."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date

from knowledge.documents import FIXED_ADDRESSES, Clause, Duty, Identity, When
from knowledge.duties import read_duties
from knowledge.reading.identity import read_identity
from knowledge.reading.outline import read_clauses
from knowledge.vietnamese import is_syllable, syllables

_NO_NUMBER = "Văn bản không ghi số, ký hiệu."
_BLANK_NUMBER = "Số văn bản để trống, chỉ có ký hiệu {number}."
_NO_DATE = "Văn bản không ghi ngày ban hành."
_PART_DATE = "Ngày ban hành ghi chưa đủ ngày, tháng."
_NO_SIGNATORY = "Không thấy người ký."
_LOST_LETTERS = (
    "Lớp chữ của tệp có vẻ bị mất chữ hoặc sai phông (chỉ {share} chữ đọc được là tiếng Việt); "
    "Anh/chị nên nộp bản DOCX hoặc bản PDF khác."
)
_FEWEST_WORDS = 40  #: fewer words do not tell
_LEAST_SHARE = 0.9  #: of words spelled like Vietnamese, in a text that lost no letters
_NO_CLAUSES = "Không nhận ra mục, điều hay khoản nào; toàn văn được giữ thành một phần."
_TWICE = "Số thứ tự “{label}” được in {count} lần; mục in sau có địa chỉ {address}."
_ADDRESS = re.compile(r"mục in sau có địa chỉ (\S+)\.$")
_BLANK = re.compile(re.escape(_BLANK_NUMBER).replace(r"\{number\}", r"\S+"))


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was understood: the paper's identity, clauses and duties, and what to look at twice."""

    identity: Identity
    clauses: tuple[Clause, ...]
    duties: tuple[Duty, ...]
    warnings: tuple[str, ...]


def inspect_text(text: str, warnings: tuple[str, ...] = ()) -> Inspection:
    """Read a text; `warnings` of whoever extracted it come first."""
    clauses = read_clauses(text)
    identity = read_identity(text, clauses)
    year = int(identity.date[:4]) if identity.date else None
    duties = read_duties(text, clauses, year=year)
    doubts = (*warnings, *lost_letters(text), *_doubts(identity, clauses))
    return Inspection(identity, clauses, duties, doubts)


def concerns(doubt: str) -> str:
    """What a doubt is about: "number", "date", "signatory", the address of a clause, or ""."""
    about = {_NO_NUMBER: "number", _NO_DATE: "date", _PART_DATE: "date", _NO_SIGNATORY: "signatory"}
    if _BLANK.fullmatch(doubt):
        return "number"
    twice = _ADDRESS.search(doubt)
    return twice[1] if twice else about.get(doubt, "")


def lost_letters(text: str) -> list[str]:
    """A doubt where too few words are spelled like Vietnamese; none for a short text."""
    words = [w for w in syllables(text) if w.isalpha() and len(w) > 1]
    if len(words) < _FEWEST_WORDS:
        return []
    share = sum(is_syllable(w) for w in words) / len(words)
    return [_LOST_LETTERS.format(share=f"{share:.0%}")] if share < _LEAST_SHARE else []


def _doubts(identity: Identity, clauses: tuple[Clause, ...]) -> list[str]:
    doubts: list[str] = []
    if identity.number is None:
        doubts.append(_NO_NUMBER)
    elif identity.number.startswith("/"):
        doubts.append(_BLANK_NUMBER.format(number=identity.number))
    if identity.date is None:
        doubts.append(_NO_DATE)
    elif len(identity.date) < 10:
        doubts.append(_PART_DATE)
    if identity.signatory is None:
        doubts.append(_NO_SIGNATORY)
    numbered = [c for c in clauses if c.address.split("#")[0] not in FIXED_ADDRESSES]
    if not numbered:
        doubts.append(_NO_CLAUSES)
    for clause in numbered:
        label, mark, count = clause.address.rpartition("#")
        if mark and count.isdigit():
            doubts.append(_TWICE.format(label=label, count=count, address=clause.address))
    return doubts


def to_json(inspection: Inspection) -> dict[str, object]:
    """The shape that programs rely on: identity, clauses, duties, warnings, in this order."""
    return {
        "identity": asdict(inspection.identity),
        "clauses": [
            {
                "address": clause.address,
                "heading": clause.heading,
                "text": clause.text,
                "start": clause.start,
                "end": clause.end,
            }
            for clause in inspection.clauses
        ],
        "duties": [duty_json(duty) for duty in inspection.duties],
        "warnings": list(inspection.warnings),
    }


def duty_json(duty: Duty) -> dict[str, object]:
    """One duty as programs read it; dates are ISO, what is not stated is [] or null."""
    return {
        "address": duty.address,
        "leads": list(duty.leads),
        "coordinates": list(duty.coordinates),
        "duty": duty.duty,
        "when": _when_json(duty.when),
        "recipient": duty.recipient,
        "via": duty.via,
        "quote": duty.quote,
    }


def _when_json(when: When) -> dict[str, object]:
    return {
        "text": when.text,
        "kind": when.kind,
        "from": _iso(when.start),
        "to": _iso(when.end),
        "before": _iso(when.before),
        "recurrence": when.recurrence,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
