"""What is wrong with a form's file, line by line, in words for whoever has written it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.forms.definition import CHOOSING, Field, Form, FormError, Kind, known_forms, load_form
from bot.forms.definition import read_form as read

LARGEST = 200_000  #: bytes

_STR, _INT, _BOOL, _LIST, _MAP = "str", "int", "bool", "seq", "map"
_IN_WORDS = {
    _STR: "một câu chữ (có ký tự lạ thì đặt trong ngoặc kép)",
    _INT: "một số nguyên từ 1 trở lên",
    _BOOL: "true hoặc false",
    _LIST: "một danh sách, mỗi dòng bắt đầu bằng dấu gạch ngang",
    _MAP: "các dòng “tên: giá trị”",
}
_OF_FORM = {
    "id": _STR, "version": _INT, "title": _STR, "intro": _STR, "fields": _LIST, "audience": _STR,
    "ends": _STR, "purpose": _STR, "submit": _STR, "receipt": _STR,
}  # fmt: skip
_OF_FIELD = {
    "id": _STR, "type": _STR, "name": _STR, "question": _STR, "help": _STR, "example": _STR,
    "choices": _LIST, "optional": _BOOL, "when": _MAP, "clause": _STR, "longest": _INT,
    "most": _INT, "source": _STR, "default": _STR, "needs": _STR, "check": _STR, "early": _BOOL,
    "refuses": _STR, "closed": _STR, "gone": _STR, "stays": _BOOL,
}  # fmt: skip
_OF_CHOICE = {"value": _STR, "label": _STR, "says": _LIST, "detail": _STR}
_NEEDED_OF_FORM = ("id", "version", "title", "intro", "fields")
_NEEDED_OF_FIELD = ("id", "type", "name", "question")
#: What the program counts on in a form and in each of its questions.
_KEPT, _KEPT_OF_FIELD = ("audience", "ends", "purpose"), ("kind", "source", "needs")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong."""

    line: int  #: from 1
    says: str


def faults_of(text: str) -> tuple[Fault, ...]:
    """All that keeps the file from being used as the form that its `id` names; () for none.

    What the program needs must stay: questions may be worded anew, left out where they may be
    skipped, and others added.
    """
    if len(text.encode()) > LARGEST:
        return (Fault(1, f"Tệp dài quá {LARGEST // 1000} KB."),)
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return (Fault(line, "Không đọc được: xem lại thụt dòng, dấu hai chấm, dấu ngoặc kép."),)
    except (yaml.YAMLError, RecursionError):
        return (Fault(1, "Tệp có ký tự không đọc được hoặc cấu trúc quá sâu."),)
    if not isinstance(root, MappingNode):
        return (Fault(1, f"Tệp phải gồm {_IN_WORDS[_MAP]}."),)
    shape = tuple(_shape(root))
    return shape or tuple(_meaning(root, text))


def _shape(root: MappingNode) -> Iterator[Fault]:
    yield from _mapping(root, _OF_FORM, _NEEDED_OF_FORM)
    fields = _values(root).get("fields")
    for field in fields.value if isinstance(fields, SequenceNode) else ():
        if not isinstance(field, MappingNode):
            yield Fault(_line(field), f"Mỗi câu hỏi phải gồm {_IN_WORDS[_MAP]}.")
            continue
        yield from _mapping(field, _OF_FIELD, _NEEDED_OF_FIELD)
        yield from _choices(_values(field).get("choices"))
        yield from _condition(_values(field).get("when"))


def _choices(node: Node | None) -> Iterator[Fault]:
    for choice in node.value if isinstance(node, SequenceNode) else ():
        if not isinstance(choice, MappingNode):
            yield Fault(_line(choice), "Mỗi lựa chọn phải có “value” và “label”.")
            continue
        yield from _mapping(choice, _OF_CHOICE, ("value", "label"))
        yield from _words(_values(choice).get("says"))


def _condition(node: Node | None) -> Iterator[Fault]:
    if not isinstance(node, MappingNode):
        return
    if len(node.value) != 1:
        yield Fault(_line(node), "“when” chỉ gồm một câu hỏi, ví dụ: when: {loai: [rieng]}")
    for _, wanted in node.value:
        if not isinstance(wanted, SequenceNode):
            yield Fault(_line(wanted), "“when” phải ghi các giá trị trong ngoặc vuông.")
        yield from _words(wanted)


def _words(node: Node | None) -> Iterator[Fault]:
    for word in node.value if isinstance(node, SequenceNode) else ():
        if not _is(word, _STR):
            yield Fault(_line(word), f"Mỗi mục phải là {_IN_WORDS[_STR]}.")


def _mapping(
    node: MappingNode, known: Mapping[str, str], needed: tuple[str, ...]
) -> Iterator[Fault]:
    seen: set[str] = set()
    for key, value in node.value:
        name = str(key.value) if isinstance(key, ScalarNode) else "?"
        if name not in known:
            yield Fault(_line(key), f"Không có mục “{name}”; các mục: {', '.join(known)}.")
        elif name in seen:
            yield Fault(_line(key), f"Mục “{name}” ghi hai lần.")
        elif not _is(value, known[name]):
            yield Fault(_line(value), f"“{name}” phải là {_IN_WORDS[known[name]]}.")
        seen.add(name)
    if missing := [name for name in needed if name not in seen]:
        yield Fault(_line(node), f"Còn thiếu: {', '.join(missing)}.")


def _is(node: Node, kind: str) -> bool:
    if node.tag.removeprefix("tag:yaml.org,2002:") != kind:
        return False
    if kind == _INT:
        return str(node.value).isdecimal() and 0 < int(node.value) < 1_000_000
    return kind != _STR or bool(str(node.value).strip())


def _meaning(root: MappingNode, text: str) -> Iterator[Fault]:
    lines = {name: _line(value) for name, value in _values(root).items()}
    id_ = str(_values(root)["id"].value)
    if id_ not in known_forms():
        known = ", ".join(sorted(known_forms()))
        yield Fault(lines["id"], f"Không có biểu mẫu “{id_}”; các biểu mẫu: {known}.")
        return
    of_fields: dict[str, int] = {}
    for node in _values(root)["fields"].value:
        field, at = _values(node), _line(node)
        name, kind = str(field["id"].value), str(field["type"].value)
        if name in of_fields:
            yield Fault(at, f"Câu hỏi “{name}” có hai lần.")
        if kind not in get_args(Kind):
            known = ", ".join(get_args(Kind))
            yield Fault(_line(field["type"]), f"Không có loại “{kind}”; các loại: {known}.")
        elif (kind in CHOOSING - {"yes_no"}) != ("choices" in field or "source" in field):
            yield Fault(at, f"Câu hỏi “{name}”: chỉ loại choice, choices mới có các lựa chọn.")
        of_fields[name] = at
    try:
        form = read(text)
    except (FormError, RecursionError) as error:
        fault, _, detail = str(error).partition(":")
        says = (
            f"Chưa dùng được: xem lại “id”, “value”, “when”, “check”, “stays” ({fault}:{detail})."
        )
        yield Fault(of_fields.get(fault, lines["fields"]), says)
        return
    yield from _needed(form, load_form(id_), lines, of_fields)


def _needed(
    form: Form, shipped: Form, lines: Mapping[str, int], of_fields: Mapping[str, int]
) -> Iterator[Fault]:
    for name in _KEPT:
        wanted = getattr(shipped, name)
        if getattr(form, name) != wanted:
            says = f"“{name}” phải giữ là “{wanted}”." if wanted else f"Bỏ mục “{name}”."
            yield Fault(lines.get(name, 1), says)
    for field in shipped.fields:
        own = form.field(field.id)
        if own is None and _is_needed(field):
            yield Fault(lines["fields"], f"Thiếu câu hỏi “{field.id}” mà trợ lý cần.")
        if own and any(getattr(own, n) != getattr(field, n) for n in _KEPT_OF_FIELD):
            says = f"Câu hỏi “{field.id}”: “type”, “source” và “needs” phải giữ như bản đi kèm."
            yield Fault(of_fields[field.id], says)


def _is_needed(field: Field) -> bool:
    may_be_skipped = field.optional or field.when is not None
    return not may_be_skipped or bool(field.source or field.needs)


def _values(node: MappingNode) -> dict[str, Node]:
    return {str(key.value): value for key, value in node.value}


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1
