"""A form as its YAML file defines it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args

import yaml

from bot.texts import choices, say

FORMS = Path(__file__).parent

Kind = Literal[
    "text",
    "choice",
    "choices",  # several of them
    "yes_no",
    "date",
    "number",
    "unit",  # the name of an office that is known here
    "document_number",
    "person",
    "phone",
    "email",
    "files",
]
CHOOSING: frozenset[Kind] = frozenset(("choice", "choices", "yes_no"))

#: Who may fill a form in: everybody, or who acts for a unit.
Audience = Literal["anyone", "officer", "editor"]
#: What a form comes to: a note, a record, a request to act for a unit, a paper for the library.
End = Literal["note", "record", "registration", "paper"]


_NAME = re.compile(r"[a-z][a-z0-9_]*")
_VALUE = re.compile(r"[\w-]+")


class FormError(ValueError):
    """A form's file that cannot be used; says where and why."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers that a field takes."""

    value: str
    label: str
    says: tuple[str, ...] = ()  #: what else people write for it
    detail: str = ""  #: told to whoever has chosen it


@dataclass(frozen=True, slots=True)
class Condition:
    """An earlier answer on which a field depends."""

    field: str
    values: tuple[str, ...]  #: the field is asked when the answer is one of these


@dataclass(frozen=True, slots=True)
class Clause:
    """The clause that a field comes from."""

    document: str
    address: str


#: Where a clause stands, in words; "" when there is no such clause any more.
Where = Callable[[Clause], str]


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form."""

    id: str
    kind: Kind
    name: str  #: in a few words, for the review
    question: str
    help: str = ""
    example: str = ""  #: shown after a wrong answer
    choices: tuple[Choice, ...] = ()
    optional: bool = False
    when: Condition | None = None
    clause: Clause | None = None
    longest: int = 300  #: characters of a text
    most: int = 20  #: files
    closed: str = ""  #: said instead of the form where `source` offers nothing
    gone: str = ""  #: said when what was chosen of `source` is over; "{answer}" is what it was
    source: str = ""  #: what else is offered: "units", "duties", …; see bot.forms.around
    default: str = ""  #: what is known under this name is taken as the answer, to be reviewed
    needs: str = ""  #: asked only where this is so, e.g. "shared"
    check: Literal["", "past", "future"] = ""  #: of a date; today is both
    early: bool = False  #: a file that was sent before the form is meant for it
    refuses: str = ""  #: what is not taken here: "complaint"
    #: A person whom the paper names, not who sends it: kept in a record when its sender is erased.
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A form; an edit of its file raises `version`, so that drafts know of it."""

    id: str
    version: int
    title: str
    intro: str
    fields: tuple[Field, ...]
    audience: Audience = "anyone"
    ends: End = "note"
    purpose: str = ""  #: what the person agrees to before; "" where nothing personal is kept
    submit: str = ""  #: the label of the last button; "" for the usual one
    receipt: str = ""  #: said under the receipt: whether the official copy is still due

    def field(self, id_: str) -> Field | None:
        """The field of this name."""
        return next((field for field in self.fields if field.id == id_), None)


@cache
def load_form(id_: str) -> Form:
    """One of the forms that ship; raises FormError."""
    return read_form((FORMS / f"{id_}.yaml").read_text("utf-8"))


@cache
def known_forms() -> frozenset[str]:
    """The ids of the forms that ship; a draft may be older than the program."""
    return frozenset(file.stem for file in FORMS.glob("*.yaml"))


def read_form(text: str) -> Form:
    """The form that a file says; raises FormError."""
    try:
        told = yaml.safe_load(text)
        fields = tuple(_field(field) for field in told["fields"])
        rest = {name: told[name] for name in _OPTIONAL if name in told}
        form = Form(
            told["id"],
            int(told["version"]),
            told["title"],
            told["intro"].strip(),
            fields,
            **rest,
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise FormError(f"not a form: {type(error).__name__}: {error}") from error
    _check(form)
    return form


_OPTIONAL = ("audience", "ends", "purpose", "submit", "receipt")


def _field(told: Mapping[str, object]) -> Field:
    values = dict(told)
    values["kind"] = values.pop("type")
    values["choices"] = tuple(
        Choice(c["value"], c["label"], tuple(c.get("says", ())), c.get("detail", ""))
        for c in cast(list[dict[str, str]], values.get("choices", []))
    )
    if values["kind"] == "yes_no":
        values["choices"] = _yes_and_no()
    if "when" in values:
        [(field, wanted)] = cast(dict[str, list[str]], values["when"]).items()
        values["when"] = Condition(field, tuple(wanted))
    if "clause" in values:
        document, _, address = str(values["clause"]).partition(" ")
        values["clause"] = Clause(document, address)
    return Field(**values)  # type: ignore[arg-type]


def _yes_and_no() -> tuple[Choice, ...]:
    return tuple(
        Choice(value, say(f"form.{value}"), choices(f"form.{value}_says"))
        for value in ("yes", "no")
    )


def _check(form: Form) -> None:
    """Every condition looks back at a choice, every choice has answers, no name comes twice."""
    if form.audience not in get_args(Audience) or form.ends not in get_args(End):
        raise FormError("no such audience or end")
    before: dict[str, Field] = {}
    for field in form.fields:
        _check_field(field, before)
        before[field.id] = field
    if not form.fields:
        raise FormError("no fields")


def _check_field(field: Field, before: Mapping[str, Field]) -> None:
    if field.id in before:
        raise FormError(f"{field.id}: twice")
    if field.kind not in get_args(Kind):
        raise FormError(f"{field.id}: no such type: {field.kind}")
    if not _NAME.fullmatch(field.id):
        raise FormError(f"{field.id}: a name is of small letters, digits and _")
    if any(not _VALUE.fullmatch(choice.value) for choice in field.choices):
        raise FormError(f"{field.id}: a value is of letters, digits, _ and -")
    if (field.kind in CHOOSING) != bool(field.choices or field.source):
        raise FormError(f"{field.id}: choices belong to a choice, and only there")
    if field.stays and field.kind != "person":
        raise FormError(f"{field.id}: only a person whom a paper names stays")
    if field.check not in ("", "past", "future") or (field.check and field.kind != "date"):
        raise FormError(f"{field.id}: only a date is checked, against the past or the future")
    if field.when:
        earlier = before.get(field.when.field)
        known = {choice.value for choice in earlier.choices} if earlier else set()
        if not known.issuperset(field.when.values):
            raise FormError(f"{field.id}: depends on what is not asked before it")
