"""Questions as JSON lines in, answers as JSON lines out, in the same order."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Iterator
from datetime import date

from pydantic import JsonValue, ValidationError

from service.errors import ServiceError
from service.live import Answers
from service.refusals import in_words
from service.shapes import QuestionIn, answer_line, read_question

log = logging.getLogger(__name__)

Line = dict[str, JsonValue]


def answer_lines(
    lines: Iterable[bytes], answers: Answers, today: date, unit: str | None = None
) -> Iterator[Line]:
    """One answer per line that is not blank; `{"id", "error"}` for a line that is wrong.

    `today` and `unit` count where a line names none.
    """
    for number, raw in enumerate(lines):
        text = raw.removeprefix(b"\xef\xbb\xbf") if number == 0 else raw
        if text.strip():
            yield _answer(text, answers, today, unit)


def _answer(raw: bytes, answers: Answers, today: date, unit: str | None) -> Line:
    began = time.perf_counter()
    try:
        sent = QuestionIn.model_validate_json(raw)
        question = read_question(sent.question, sent.history, sent.unit or unit, sent.today)
        told = answers.tell(question, today)
    except ValidationError as error:
        return {"id": _id(raw), "error": in_words(error.errors())}
    except ServiceError as error:
        return {"id": sent.id, "error": str(error)}
    except Exception:
        # One question must not cost the answers to all that follow.
        log.exception("a question could not be answered")
        return {"id": sent.id, "error": str(ServiceError())}
    return answer_line(sent.id, told.row, (time.perf_counter() - began) * 1000)


def _id(raw: bytes) -> str | int | None:
    """The id of a line that is wrong otherwise, as far as it can be read."""
    try:
        sent = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    found = sent.get("id") if isinstance(sent, dict) else None
    return found if isinstance(found, str | int) and not isinstance(found, bool) else None
