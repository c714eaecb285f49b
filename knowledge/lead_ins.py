"""What headings and lines that end in a colon say for the items below them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.bodies import STARTS_BODY, body_before_verb, split_roles
from knowledge.paper import Context
from knowledge.recipients import recipient_of
from knowledge.sections import is_section_heading, purpose_of
from knowledge.sentence_times import find_when
from knowledge.statements import GIVES, Statement, read_statement

_ASKS = re.compile(r"\b(?:yêu cầu|đề nghị|giao|phân công)\s+(?=\w)", re.IGNORECASE)
_ASKS_END = re.compile(
    r"\b(?:yêu cầu|đề nghị|giao|phân công|chỉ thị)\b[^.;]{0,220}:$", re.IGNORECASE
)
# "Trách nhiệm của Sở Tư pháp", "Đối với các phòng", "Nhiệm vụ của Văn phòng Sở".
_BELONGS = re.compile(
    r"(?:trách nhiệm(?: thực hiện)?(?: chính)? của|nhiệm vụ của|đối với|trách nhiệm)\s+",
    re.IGNORECASE,
)
# What follows tells what a report holds, or how, not who does what.
_CONTENTS = re.compile(
    r"(?:(?:[,;.]|\bbáo cáo|\bkế hoạch)\s+(?:có )?nội dung(?: báo cáo)?(?: chính)?|"
    r"\btrong đó(?: nêu rõ| có)?|\bnêu rõ|\bbao gồm|\bgồm)"
    r"(?:\s+(?:có|gồm|các (?:nội dung|phần|mục)|những nội dung|sau đây|sau|chính|như sau))*\s*:$",
    re.IGNORECASE,
)

# "Sở đề nghị các đơn vị thực hiện một số nội dung sau."
_LEADS_ON = re.compile(r"\b(?:sau|sau đây|như sau|dưới đây|kèm theo|gồm)\W*$", re.IGNORECASE)
# "UBND phường giao nhiệm vụ theo bảng sau:": who gives the tasks does none of them.
_GIVES_OUT = re.compile(
    r"(?:giao|phân công|ban hành|yêu cầu|đề nghị|thông báo|phê duyệt|quyết định|chỉ thị)\b",
    re.IGNORECASE,
)


def heading_context(
    heading: str, above: Context, names: Sequence[str], *, root: bool = False
) -> Context:
    """What a clause's heading adds to what its parents said: its purpose, a body, an order.

    All below aims are aims, but "MỤC ĐÍCH" without a number ends at a `root`: "A. NHIỆM VỤ".
    """
    if not heading:
        return above
    purpose = above.purpose
    told = purpose_of(heading)
    if told and (root or purpose != "aims"):
        purpose = told
    context = replace(above, purpose=purpose, details=False)
    if told in ("aims", "means"):
        context = replace(context, leads=(), coordinates=())
    named = _named_by(heading, context, names)
    if named is None:
        return context
    when = find_when(heading)
    return replace(
        context,
        leads=named.leads,
        coordinates=named.coordinates,
        when=when if when.kind != "none" else context.when,
    )


def line_context(line: str, context: Context, names: Sequence[str]) -> Context | None:
    """What a heading without a number says; None when the line is no heading."""
    bare = line.rstrip(" :")
    gives = GIVES.match(bare)
    belongs = _BELONGS.match(bare)
    named = STARTS_BODY.match(bare[belongs.end() :] if belongs else bare)
    if is_section_heading(line) and not named:
        return Context(purpose=purpose_of(line), recipient=None)
    if len(bare) > 160 or line.rstrip().endswith((";", ",", ".")):
        return None
    name = bare[gives.end() :] if gives else bare[belongs.end() :] if belongs else bare
    if not STARTS_BODY.match(name) or body_before_verb(name, names):
        return None
    colon = line.rstrip().endswith(":")
    if not (colon or context.purpose in ("shares", "tasks") or name.isupper()):
        return None
    leads, partners = split_roles(name)
    purpose = context.purpose if context.purpose not in ("aims", "means") else None
    return replace(
        context, leads=leads, coordinates=partners, purpose=purpose or "shares", details=False
    )


def asked_in(text: str, names: Sequence[str]) -> Statement | None:
    """Whom a sentence of the preamble asks to do what; None where it only leads in or tells.

    "Chủ tịch UBND tỉnh yêu cầu các sở …", "Để …, đề nghị các xã gửi … trước ngày …".
    """
    if text.endswith(":") or _LEADS_ON.search(text):
        return None
    for at in (0, *(match.end() for match in re.finditer(r",\s+", text))):
        rest = text[at:]
        pair = None if GIVES.match(rest) else body_before_verb(rest, names)
        if GIVES.match(rest) or (pair and GIVES.match(pair[1])):
            found = read_statement(rest, names)
            return found if found and found.ordered and len(found.task.split()) > 2 else None
    return None


def points_to_table(text: str, statement: Statement) -> bool:
    """ "UBND phường giao nhiệm vụ theo bảng sau." states no task; the table does."""
    return bool(_GIVES_OUT.match(statement.task) and _LEADS_ON.search(text))


def lead_in(text: str, context: Context, names: Sequence[str]) -> Context:
    """Who is asked, to whom they report and by when, in a line that ends in a colon."""
    if not text.endswith(":"):
        return context
    details = bool(_CONTENTS.search(text))
    statement = _ordered(text, names) or read_statement(text, names)
    if statement and not statement.ordered and _GIVES_OUT.match(statement.task):
        statement = None
    recipient, via = recipient_of(text, names)
    when = find_when(text)
    if details:
        return replace(context, details=True)
    return replace(
        context,
        leads=statement.leads if statement else context.leads,
        coordinates=statement.coordinates if statement else context.coordinates,
        recipient=recipient or context.recipient,
        via=via or context.via,
        when=when if when.kind != "none" else context.when,
    )


def asks_all(text: str, names: Sequence[str]) -> Context | None:
    """ "Chủ tịch UBND tỉnh yêu cầu các sở thực hiện:" speaks for all that follows."""
    if not text.endswith(":") or not _ASKS_END.search(text):
        return None
    statement = _ordered(text, names)
    return Context(
        leads=statement.leads if statement else (),
        coordinates=statement.coordinates if statement else (),
        purpose="shares",
    )


def _ordered(text: str, names: Sequence[str]) -> Statement | None:
    """ "Sở yêu cầu các phòng triển khai các nội dung sau:" asks the last ones named."""
    asked = list(_ASKS.finditer(text))
    for match in reversed(asked):
        rest = text[match.end() :]
        pair = body_before_verb(rest, names)
        if pair is None and STARTS_BODY.match(rest) and len(rest) < 200:
            return Statement(*split_roles(rest.rstrip(" :")), "")  # "đề nghị các phòng, đơn vị:"
        if pair:
            return read_statement(f"Giao {rest}", names)
    return None


def _named_by(heading: str, context: Context, names: Sequence[str]) -> Statement | None:
    """ "Giao Thanh tra Sở", or "Thanh tra Sở" where a plan shares out its tasks."""
    gives, belongs = GIVES.match(heading), _BELONGS.match(heading)
    name = heading[gives.end() :] if gives else heading[belongs.end() :] if belongs else heading
    if not STARTS_BODY.match(name):
        return None
    told = read_statement(f"{heading} thực hiện" if gives else heading, names)
    if told and (told.ordered or context.purpose in ("shares", "tasks")):
        return told
    known = any(name.lower() == other.lower() for other in names)
    if gives or known or context.purpose in ("shares", "tasks", None):
        return None if told else Statement(*split_roles(name), "")
    return None
