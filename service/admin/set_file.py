"""The office's question set as a file of lines: read whole, or refused with what is wrong."""

from __future__ import annotations

import json

from bot.question_lines import BadQuestions, Question, line_of, read_lines
from service.admin.words import words
from service.shapes import LONGEST_QUESTION

LARGEST = 5 << 20  #: bytes of a file
#: Characters that each field may have.
LONGEST = {"question": LONGEST_QUESTION, "kind": 80, "unit": 300, "must": 2_000}
_MOST = 20_000  #: questions of a file
_LONGEST_NAME, _LONGEST_ADDRESS, _LONGEST_DOCUMENT = 80, 60, 120


class SetFault(ValueError):
    """What is wrong, in words."""


def read_set(content: bytes) -> list[Question]:
    """Its questions; raises SetFault, which names the line."""
    said = words()["question_set"]["faults"]
    try:
        questions = read_lines(content.decode("utf-8-sig"), "")
    except UnicodeDecodeError as error:
        raise SetFault(said["not_text"]) from error
    except BadQuestions as error:
        line = str(error).split(":")[1]
        raise SetFault(said[_reason(error)].format(line=line, key=_key(error))) from error
    if not questions:
        raise SetFault(said["no_lines"])
    if len(questions) > _MOST:
        raise SetFault(said["many"].format(most=_MOST))
    if wrong := next((q for q in questions if not _fits(q)), None):
        raise SetFault(said["too_long"].format(id=wrong.id[:_LONGEST_NAME]))
    return questions


def _reason(error: BadQuestions) -> str:
    match error.__cause__:
        case json.JSONDecodeError():
            return "not_json"
        case KeyError():
            return "lacks"
    return "bad_line"


def _key(error: BadQuestions) -> str:
    cause = error.__cause__
    return str(cause.args[0]) if isinstance(cause, KeyError) else ""


def _fits(question: Question) -> bool:
    """Whether the database takes it as it is."""
    lengths = (
        (question.id, _LONGEST_NAME),
        (question.text, LONGEST["question"]),
        (question.kind, LONGEST["kind"]),
        (question.unit or "", LONGEST["unit"]),
        (question.document or "", _LONGEST_DOCUMENT),
        (question.address or "", _LONGEST_ADDRESS),
    )
    whole = all(isinstance(part, str) for part in question.must_contain)
    fits = all(isinstance(text, str) and len(text) <= most for text, most in lengths)
    return bool(question.id) and whole and fits and "\\u0000" not in line_of(question)
