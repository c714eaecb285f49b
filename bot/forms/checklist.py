"""What the communication of a draft must say, as a list to tick off: the words of the papers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.forms.criteria import DECISION, passages_for
from bot.forms.definition import Clause, Where
from bot.forms.passages import Papers, Passage, told
from bot.messages import Reply
from bot.status import first_upper
from bot.texts import say

#: Plans that print the same four groups word for word.
_ALSO = (Clause("ia-hdrai-2022-2027", "II.2"), Clause("hung-yen-khcn-2024", "II.2.1"))
_NUMBERED = re.compile(r"\(\d\)\s*")
_ITEM = 400  #: characters; what a clause lists is shorter


def checklist(papers: Papers, where: Where) -> Reply:
    """The four groups of the content with what each must say, and where that is written."""
    found = passages_for("content", DECISION, papers, where)
    text = "\n".join(_lines(found[0], where)) if found else say("checklist.none")
    return Reply("notice", text, "", text, "")


def _lines(content: Passage, where: Where) -> Iterator[str]:
    yield say("checklist.title")
    if content.digest:
        yield say("criteria.digest")
    for number, group in enumerate(content.gist, 1):
        yield say("checklist.group", number=number)
        yield from (say("checklist.item", item=item) for item in _items(group, content))
    yield content.place
    places = list(filter(None, map(where, _ALSO)))
    if places:
        yield say("checklist.also")
        yield from places


def _items(group: str, content: Passage) -> list[str]:
    """What one group must say: a digest point by point, a paper's own words as one quotation."""
    if not content.digest:
        return [told([group], digest=False, longest=_ITEM)]
    points = _NUMBERED.sub("", group, count=1).rstrip(" ;.").split("; ")
    return [first_upper(point) for point in points]
