"""A form as its YAML file defines it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast

import yaml

FORMS = Path(__file__).parent

Kind = Literal["text", "choice"]


class FormError(ValueError):
    """A form's file that cannot be used; says where and why."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers that a field takes."""

    value: str
    label: str
    says: tuple[str, ...] = ()  #: what else people write for it


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


@dataclass(frozen=True, slots=True)
class Form:
    """A form; an edit of its file raises `version`, so that drafts know of it."""

    id: str
    version: int
    title: str
    intro: str
    fields: tuple[Field, ...]

    def field(self, id_: str) -> Field | None:
        """The field of this name."""
        return next((field for field in self.fields if field.id == id_), None)


@cache
def load_form(id_: str) -> Form:
    """One of the forms that ship; raises FormError."""
    return read_form((FORMS / f"{id_}.yaml").read_text("utf-8"))


def is_known(id_: str) -> bool:
    """Whether there is such a form; a draft may be older than the program."""
    return (FORMS / f"{id_}.yaml").is_file()


def read_form(text: str) -> Form:
    """The form that a file says; raises FormError."""
    try:
        told = yaml.safe_load(text)
        fields = tuple(_field(field) for field in told["fields"])
        form = Form(told["id"], int(told["version"]), told["title"], told["intro"].strip(), fields)
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise FormError(f"not a form: {type(error).__name__}: {error}") from error
    _check(form)
    return form


def _field(told: Mapping[str, object]) -> Field:
    values = dict(told)
    values["kind"] = values.pop("type")
    values["choices"] = tuple(
        Choice(c["value"], c["label"], tuple(c.get("says", ())))
        for c in cast(list[dict[str, str]], values.get("choices", []))
    )
    if "when" in values:
        [(field, wanted)] = cast(dict[str, list[str]], values["when"]).items()
        values["when"] = Condition(field, tuple(wanted))
    if "clause" in values:
        document, _, address = str(values["clause"]).partition(" ")
        values["clause"] = Clause(document, address)
    return Field(**values)  # type: ignore[arg-type]


def _check(form: Form) -> None:
    """Every condition looks back at a choice, every choice has answers, no name comes twice."""
    before: dict[str, Field] = {}
    for field in form.fields:
        if field.id in before:
            raise FormError(f"{field.id}: twice")
        if field.kind not in ("text", "choice"):
            raise FormError(f"{field.id}: no such type: {field.kind}")
        if (field.kind == "choice") != bool(field.choices):
            raise FormError(f"{field.id}: choices belong to a choice, and only there")
        if field.when:
            earlier = before.get(field.when.field)
            known = {choice.value for choice in earlier.choices} if earlier else set()
            if not known.issuperset(field.when.values):
                raise FormError(f"{field.id}: depends on what is not asked before it")
        before[field.id] = field
    if not form.fields:
        raise FormError("no fields")
