"""What a paper that came in says and lacks, understood inside a child process.

A text that was made to be slow must not hold up the service either, so the child does it all: the
parsing, as for papers of the library, and the reading of what was parsed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from knowledge.errors import UnreadableDocument, UnsafeDocument
from knowledge.reading import sandbox
from knowledge.reading.files import Extracted, Limits, parse
from knowledge.reading.inspect import inspect_text, lost_letters
from knowledge.reading.plain import doubts
from service.delivery.remarks import facts_of, remarks_of

READ = frozenset((".pdf", ".docx", ".txt"))  #: kinds whose words are understood
_HANDLER = "service.delivery.paper_work:serve"
_MEMORY = 768 << 20
_LIMITS = Limits(pages=500, characters=1_000_000)


@dataclass(frozen=True, slots=True)
class Understood:
    """What was read of a paper."""

    readable: bool = False
    unsafe: bool = False  #: a bomb, or another trick: not to be kept
    facts: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def understand(content: bytes, kind: str, seconds: float) -> Understood:
    """Read a file of one of the kinds READ; nothing is known of one that cannot be read."""
    try:
        answer = sandbox.run(_HANDLER, kind, content, sandbox.Cage(seconds, _MEMORY, 1 << 20))
        told = json.loads(answer)
        facts = {str(name): str(value) for name, value in told["facts"].items()}
        warnings = tuple(map(str, told["warnings"]))
        return Understood(told["readable"] is True, told["unsafe"] is True, facts, warnings)
    except (sandbox.ChildStopped, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Understood()


def serve(data: bytes, kind: str) -> bytes:
    """What the child runs; its answer is JSON."""
    found: dict[str, object] = {"readable": False, "unsafe": False, "facts": {}, "warnings": ()}
    try:
        found |= _read(parse(data, f"x{kind}", _LIMITS))
    except UnsafeDocument:
        found["unsafe"] = True
    except UnreadableDocument:
        pass  # that is what it starts with
    return json.dumps(found).encode()


def _read(read: Extracted) -> dict[str, object]:
    inspected = inspect_text(read.text)
    # Where letters or whole pages are lost, what is not seen may well be there.
    whole = not doubts(read.text) and not lost_letters(read.text)
    whole = whole and not (read.kind == "pdf" and read.warnings)
    warnings = remarks_of(read.text, inspected) if whole else ()
    return {"readable": True, "facts": facts_of(inspected.identity), "warnings": warnings}
