"""What somebody wrote as the answer of a field, and an answer in words again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from bot.forms.around import Around
from bot.forms.days import read_day
from bot.forms.definition import Choice, Field
from bot.forms.spoken import means
from bot.texts import say
from knowledge.vietnamese import collapse, compose, fold, syllables

_NUMBER = re.compile(r"\d{1,3}(?:[.,\s]\d{3}){1,3}|\d{1,9}", re.ASCII)
_PHONE = re.compile(r"(?:\+?84|0)(?P<rest>\d{9,10})", re.ASCII)
#: As it is dialled, with words around it.
_DIALLED = re.compile(r"(?<![\w/])(?:\+?84|0)(?:[\s.()-]*\d){9,10}(?![\d/])", re.ASCII)
#: "Tên tôi là …", "tôi là …", "họ và tên: …".
_NAMES = re.compile(
    r"(?:(?:h[ọo] (?:v[àa] )?)?t[êe]n(?: (?:c[ủu]a )?(?:t[ôo]i|em|m[ìi]nh))?(?: l[àa])?"
    r"|(?:d[ạa] )?(?:t[ôo]i|em|m[ìi]nh)(?: t[êe]n)? l[àa])(?:\s*:\s*|\s+)",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@(?:[\w-]+\.)+[\w-]{2,24}")
#: "12/KH-SGDĐT", "1745/KH-UBND", "số 07/2026/QĐ-UBND".
_DOCUMENT = re.compile(r"(?:số\s*:?\s*)?(\d[\w.]*(?:/[\w&.Đđ-]+)+)", re.IGNORECASE)
_BESIDE_NAME = re.compile(r"[^\W\d_]+(?:[ .'’-]+[^\W\d_]+)+\.?")
_PARTS = re.compile(r"\s*(?:[,;\n]|\bvà\b)\s*")
#: Somebody's own complaint, or one against somebody; a draft about complaints may be commented.
_COMPLAINS = re.compile(
    r"\b(?:toi|chung toi|gia dinh toi|em|con)\b.{0,80}\b(?:to cao|khieu nai|khieu kien)\b"
    r"|\b(?:to cao|khieu nai) (?:ong|ba|anh|chi|chu tich|bi thu|giam doc|can bo|nhan vien)\b"
)
_ONE_FIGURE = re.compile(r"\D*(\d[\d.,]*)\D*", re.ASCII)
_AROUND_FIGURE = 4  #: syllables of an answer that is a figure with a word around it
_LUNAR = re.compile(r"\b(?:am lich|ram|thang gieng|thang chap)\b")
_MOST_CHOSEN = 30
_SURE = 2  #: words by which a choice is known; one may stand in it by chance


class WrongAnswer(ValueError):
    """What was written does not answer the question; `why` is a key of `form.wrong_…`."""

    def __init__(self, why: str = "", near: tuple[str, ...] = ()) -> None:
        """`near`: names that may have been meant."""
        super().__init__(why)
        self.why, self.near = why, near


def parse(asked: Field, text: str, around: Around) -> str:
    """The answer as it is kept; raises WrongAnswer."""
    said = collapse(compose(text))
    if not said:
        raise WrongAnswer(asked.kind)
    match asked.kind:
        case "text":
            if asked.refuses == "complaint" and _COMPLAINS.search(" ".join(syllables(said))):
                raise WrongAnswer(asked.refuses)
            # The lines of a long text stay apart.
            lines = (collapse(line) for line in compose(text).splitlines())
            if not any(sign.isalnum() for sign in said):
                raise WrongAnswer("text")
            return _within(asked, "\n".join(filter(None, lines)))
        case "choice" | "yes_no":
            return _chosen(asked.choices, said) if not asked.source else _meant(asked, said)
        case "choices":
            parts = [part for part in _PARTS.split(said) if part][:_MOST_CHOSEN]
            picked = {_counted(asked.choices, part) for part in parts}
            return " ".join(c.value for c in asked.choices if c.value in picked)
        case "date":
            return _day(asked, said, around.today)
        case "number":
            return _figure(said)
        case "unit":
            return _unit(said, around)
        case "document_number":
            return _matching(_DOCUMENT, _within(asked, said), asked.kind)
        case "phone":
            return _phone(said)
        case "email":
            return _matching(_EMAIL, said, asked.kind).lower()
        case "person":
            return _person(asked, said)
        case "files":
            raise WrongAnswer("files")


def takes(asked: Field, value: str) -> bool:
    """Whether an answer that was kept still is one; files are known elsewhere."""
    if asked.kind in ("choice", "yes_no"):
        return value in {choice.value for choice in asked.choices}
    if asked.kind == "choices":
        return bool(value) and {c.value for c in asked.choices}.issuperset(value.split())
    if asked.kind == "date":
        return _is_iso(value)
    if asked.kind == "number":
        return value.isdecimal() and value.isascii()
    return bool(value) and (asked.kind == "files" or len(value) <= asked.longest)


def shown(asked: Field, value: str) -> str:
    """An answer in words."""
    if not value:
        return ""
    if asked.kind == "date" and _is_iso(value):
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    if asked.kind == "number" and value.isdecimal():
        # A year is a number, too, and has no points.
        return value if len(value) <= len("2026") else f"{int(value):,}".replace(",", ".")
    if asked.kind == "files":
        return say("form.files_shown", count=len(value.split()))
    labels = {choice.value: choice.label for choice in asked.choices}
    if asked.kind == "choices":
        return "; ".join(labels.get(one, one) for one in value.split())
    return labels.get(value, value)


def _within(asked: Field, said: str) -> str:
    if len(said) > asked.longest:
        raise WrongAnswer(asked.kind)
    return said


def _matching(pattern: re.Pattern[str], said: str, kind: str) -> str:
    found = pattern.fullmatch(said)
    if not found:
        raise WrongAnswer(kind)
    return found[1] if pattern.groups else found[0]


def _chosen(choices: Sequence[Choice], said: str) -> str:
    exact = (choice for choice in choices if syllables(said) in _spellings(choice))
    meant = (choice for choice in choices if says_choice(choice, said))
    for choice in (*exact, *meant):
        return choice.value
    raise WrongAnswer("choice")


def says_choice(choice: Choice, said: str) -> bool:
    """Whether it means this choice, with some courtesy around it."""
    return means(said, (choice.value, choice.label, *choice.says))


def _meant(asked: Field, said: str) -> str:
    """One of what is offered, by some words of it: nobody types the whole of a duty."""
    with suppress(WrongAnswer):
        return _chosen(asked.choices, said)
    typed = syllables(said)
    if not typed or said.endswith("?") or said.isdecimal():
        raise WrongAnswer("choice")
    labels = {choice.label: syllables(choice.label) for choice in asked.choices}
    # "Quý 2" is said of the second quarter, though other labels have a 2 somewhere.
    found = [label for label, words in labels.items() if _in_a_row(typed, words)]
    if not found:
        fits = {label: len({*typed} & {*words}) for label, words in labels.items()}
        most = max(fits.values(), default=0)
        if most < min(len({*typed}), _SURE):
            raise WrongAnswer("choice")
        found = [label for label, count in fits.items() if count == most]
        typed = typed if most == len({*typed}) else []
    meant = [choice for choice in asked.choices if choice.label in found]
    if len(meant) == 1 and len(typed) >= _SURE:
        return meant[0].value
    raise WrongAnswer("several", tuple(found))


def _in_a_row(few: Sequence[str], many: Sequence[str]) -> bool:
    return f" {' '.join(few)} " in f" {' '.join(many)} "


def _counted(choices: Sequence[Choice], part: str) -> str:
    """By its number in the list, or by its words."""
    if part.isdecimal() and len(part) <= len("99") and 1 <= int(part) <= len(choices):
        return choices[int(part) - 1].value
    return _chosen(choices, part)


def _spellings(choice: Choice) -> list[list[str]]:
    return [syllables(said) for said in (choice.value, choice.label, *choice.says)]


def _day(asked: Field, said: str, today: date) -> str:
    day = read_day(said, today, ahead=asked.check == "future")
    if day is None:
        raise WrongAnswer("lunar" if _LUNAR.search(fold(said)) else "date")
    if (asked.check == "past" and day > today) or (asked.check == "future" and day < today):
        raise WrongAnswer(asked.check)
    return day.isoformat()


def _figure(said: str) -> str:
    if means(said, ("khong", "khong co", "chua co")):
        return "0"
    alone = _ONE_FIGURE.fullmatch(said)  # "12 hoạt động", "khoảng 150"
    if alone and len(syllables(said)) <= _AROUND_FIGURE and "-" not in said:
        said = alone[1].rstrip(".,")
    return str(int(re.sub(r"\D", "", _matching(_NUMBER, said, "number"))))


def _phone(said: str) -> str:
    """The only number in it: "0912 345 678, gọi giờ hành chính"."""
    bare = [re.sub(r"[\s.()-]", "", found) for found in _DIALLED.findall(said)]
    if len(bare) != 1:
        raise WrongAnswer("phone")
    return "0" + _matching(_PHONE, bare[0], "phone")


def _person(asked: Field, said: str) -> str:
    """A name; who says that they give none has none."""
    name = _matching(_BESIDE_NAME, _within(asked, _NAMES.sub("", said, count=1)), asked.kind)
    if name.split()[0].casefold() in ("không", "ko"):  # and not "Khổng", which is a name
        raise WrongAnswer(asked.kind)
    return name


def _unit(said: str, around: Around) -> str:
    names = around.units(said)
    if len(names) != 1:
        raise WrongAnswer("units" if names else "unit", names)
    return names[0]


def _is_iso(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
