"""A count that is asked for ("mấy tiết", "bao nhiêu lần một tháng"), and whether a text has it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from bot.lexicon import says, word_set
from bot.understanding import Understood

_HOW_MANY = re.compile(
    r"\b(?P<word>may|bao nhieu) (?:(?:cai|chiec|cau|tram|nghin) )?(?P<noun>[a-z]+)"
    r"(?: (?P<more>[a-z]+))?"
)
#: Before "mấy": which one of a row, not how many.
_WHICH_ONE = word_set(
    "so thang ngay nam muc dieu khoan diem thu quy qui chuong tang tuan phan hom mung phong lop "
    "kinh"
)
#: After it: no thing that is counted, or one whose count has rules of its own.
_NOT_COUNTED = word_set(
    "la vay a the thi roi ha nhi nhe o ve cua cho va voi hay de trong khi moi duoc phai "
    "tien trieu ty dong kinh ngan phan chu tu mb nay kia ay do gio lau han duoc den "
    "tren mot cung se nua hien can gom vao tu theo nhung cac qd kh ct cv"
)
#: "Mấy năm sau": some years, whose number is not asked for.
_LATER = frozenset(("nam", after) for after in ("sau", "truoc", "nay", "qua", "toi", "do", "tiep"))
#: Of those, the first half of another noun.
_PEOPLE = frozenset(("luat su", "phong vien", "can bo"))
#: People who are spoken to: "mấy anh chị ơi".
_SPOKEN_TO = word_set("anh chi em co thay bac chau chu ong ba ad mn dua bo cac vi sep")
#: What papers list without saying how many there are.
_LISTED = word_set(
    "tieu nhiem nhom muc noi nguon hinh dieu yeu viec loai kenh ben cach phan y dau hoat giai "
    "don phong moc can quyen huong khau nganh doi mang dao luat"
)
_NUMBER = (
    r"(?<![\d/.,–-])(?<!so )(?<!dieu )(?<!khoan )(?<!ngay )(?<!thang )(?<!quy )(?<!muc )"
    r"(?<!nam )\b(?:\d{1,3}|hai|ba|bon|tam|chin|muoi)(?![\d/.,])"
)
#: A count asked for at the end of a question; "với mấy công ty nhỏ" in its middle counts nothing.
_AT_THE_END = re.compile(
    r"\b(?<!so )(?:may|bao nhieu) (?:cai |chiec |cau )?"
    r"(?P<noun>so|tieng|phut|thang|cuoc|bai|buoi|lop|trang|chuyen muc|hoi nghi|thanh vien|nguoi"
    r"|nhom|bien che|suat|can bo|luot|tin)\b(?: \w+){0,6}$"
)
_NUMERALS = "mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi"
_OFTEN = (
    r"\b(?:\d+|mot) lan\b|\b(?:hang|moi|theo) (?:thang|quy|nam|tuan|ngay)\b|\b\d+ thang\b"
    r"|\bsau thang\b|\bquy\b(?! dinh| pham| che)"
)
_THIS = re.compile(r"^(?: [a-z]+){0,2} (?:nay|do|kia|ay)\b(?! a\b| vay| nhi)")
_SHARE = re.compile(r"\bphan tram\b|\bt[yi] le\b|\bpt\b")
_NAMES = word_set("body place owner asker paper")
_YEARS = r"\b\d{1,2} nam\b|\b\d{4} ?(?:-|–|den) ?\d{4}|tu nam \d{4}"
#: What is counted → how papers print such a count, where it is more than a number before the noun.
_PRINTED = {
    "lan": _OFTEN,
    "ky": _OFTEN,
    "quy": _OFTEN,
    "thang": rf"\b\d+ thang\b|{_OFTEN}",
    "nam": _YEARS,
    "hom": r"\d ngay\b",
    "ngay": r"\d ngay\b",
    "tieng": r"\d (?:gio|tieng)\b",
    "thu": r"\bthu tieng\b|\bngon ngu\b|\btieng dan toc\b",
}


def has_count(asked: Understood, *, plain: str, text: str) -> bool:
    """Whether a clause has every count that is asked for, or none is.

    `plain`: the clause folded, its marks kept; `text`: folded tokens joined by spaces.
    """
    # "Bao nhiêu phần trăm" is no count; "chỉ tiêu bao nhiêu hội nghị" is one.
    shared = "percent" in asked.facets and bool(_SHARE.search(asked.folded) or "%" in asked.text)
    if not shared and any(not re.search(printed, plain) for printed in _counts(asked)):
        return False
    found = None if shared else _AT_THE_END.search(asked.folded)
    if not found:
        return True
    noun = found.group("noun")
    return bool(re.search(rf"\b(?:\d+|{_NUMERALS}) (?:\w+ ){{0,2}}{noun}\b", text))


@lru_cache(64)
def _counts(asked: Understood) -> tuple[str, ...]:
    """For each count asked for: the pattern of a text that states it; once for a question."""
    return tuple(_patterns(asked))


def _patterns(asked: Understood) -> Iterator[str]:
    folded = asked.folded
    if says("names_asked", folded):
        return  # a list answers
    for found in _HOW_MANY.finditer(folded):
        noun, more = found["noun"], found["more"] or ""
        before = folded[: found.start()].split()[-1:]
        if before and before[0] in _WHICH_ONE:
            continue
        listed = noun in _LISTED | _NOT_COUNTED and f"{noun} {more}" not in _PEOPLE
        if listed or (noun, more) in _LATER:
            continue
        several = found["word"] == "may"
        if several and not _counts_something(asked, found):
            continue
        often = says("how_often", folded[found.start() :])
        yield _OFTEN if often else _PRINTED.get(noun) or _stated(noun, more, share=not several)


def _stated(noun: str, more: str, *, share: bool) -> str:
    """A number before the noun; of a noun of two syllables both. `share`: "100%" will do."""
    both = rf"{noun} {more}" if more else noun
    number = rf"{_NUMBER}%?" if share else rf"{_NUMBER}(?! ?%)"
    return rf"{number} (?:\w+ ){{0,2}}(?:{both}|{noun}(?! [a-z]))\b|{number} {noun}\b"


def _counts_something(asked: Understood, found: re.Match[str]) -> bool:
    """ "mấy" asks how many; it is also a plural ("mấy trường này"), "máy" or a way to address."""
    typed = unicodedata.normalize("NFC", asked.text).casefold()
    if not re.search(r"\bm[ấa]y\b(?! bạn)", typed) or found["noun"] in _SPOKEN_TO:
        return False
    if _THIS.search(asked.folded[found.end("noun") :]):
        return False
    return not says("asked_else", " ".join(w.text for w in asked.words if w.role not in _NAMES))
