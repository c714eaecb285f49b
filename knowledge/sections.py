"""What a section of a paper is for, by its heading: aims state no duties, a sharing-out does."""

from __future__ import annotations

import re
from typing import Literal

from knowledge.vietnamese import fold

#: "aims": purposes, requirements, principles; "means": money and validity; "shares": who does what.
Purpose = Literal["aims", "means", "shares", "tasks"]

_SHARES = re.compile(
    r"to chuc (?:thuc hien|trien khai|thi hanh)|phan cong|trach nhiem|giao nhiem vu|nhiem vu cua|"
    r"che do (?:thong tin )?,?\s*(?:va )?bao cao|thong tin,? bao cao|bao cao(?: dinh ky)?$"
)
_AIMS = re.compile(
    r"^(?:muc dich|muc tieu|yeu cau|quan diem|nguyen tac|tieu chi|pham vi|doi tuong|"
    r"su can thiet|tinh hinh|thuc trang|danh gia|can cu|boi canh|dac diem|ket qua dat|han che|"
    r"giai thich tu ngu|nhan dinh|ly do|vi sao|dat van de|quy dinh chung|thong diep)"
)
_MEANS = re.compile(
    r"^(?:kinh phi|nguon luc|nguon kinh phi|du toan|hieu luc|dieu khoan thi hanh|"
    r"dieu kien bao dam|co so vat chat)"
)
_LABEL = re.compile(r"^(?:phan|muc|chuong) (?:thu )?\w+\s*[-.:]?\s+")
_SECTION = re.compile(
    rf"{_AIMS.pattern}|{_MEANS.pattern}|^(?:{_SHARES.pattern})|"
    r"^(?:nhiem vu|noi dung|giai phap|cong viec|hinh thuc|lich |tien do|ke hoach cu the|"
    r"cac nhiem vu|cac hoat dong|thoi gian)"
)


def purpose_of(heading: str) -> Purpose | None:
    """What the section under `heading` is for; None when the heading does not tell."""
    folded = _LABEL.sub("", fold(heading).strip(" .:*"))
    if _AIMS.match(folded) and not re.search(r"trach nhiem|phan cong", folded):
        return "aims"
    if _MEANS.match(folded):
        return "means"
    if _SHARES.search(folded):
        return "shares"
    return "tasks" if re.match(r"(?:cac )?(?:nhiem vu|cong viec|noi dung)", folded) else None


def is_section_heading(line: str) -> bool:
    """A line that heads a section though it carries no number: "TỔ CHỨC THỰC HIỆN"."""
    text = line.strip(" .:*")
    if not text or len(text) > 120 or line.rstrip().endswith((";", ",", ".")):
        return False
    letters = [c for c in text if c.isalpha()]
    if letters and all(not c.islower() for c in letters):
        return len(letters) > 3
    return len(text) <= 60 and bool(_SECTION.match(fold(text)))
