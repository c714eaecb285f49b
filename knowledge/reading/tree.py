"""Labelled paragraphs nested into a tree, and what belongs to whom at its edges."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from knowledge.reading.lines import FAREWELL, ROLE, is_terminal
from knowledge.reading.paragraphs import Paragraph
from knowledge.vietnamese import fold

_INLINE = re.compile(r"\b(?:chu tri|phoi hop|phu trach|thoi gian|hoan thanh|han)\s*:")
_LAST = re.compile(r"/\s*\.\s*$|/\s*$")


@dataclass(slots=True)
class Node:
    """One labelled clause while the tree grows."""

    header: Paragraph
    own: list[Paragraph] = field(default_factory=list)  #: its text after the header, in order
    children: list[Node] = field(default_factory=list)
    inside: Node | None = None

    @property
    def end(self) -> int:
        """Where its subtree ends in the source."""
        last = [p.end for p in self.own] + [child.end for child in self.children]
        return max([self.header.end, *last])

    def base_address(self, parent: str | None) -> str:
        """Its address under `parent`, before "#n" is added."""
        label = self.header.label
        assert label is not None  # a node is made from a labelled paragraph
        parts = label.parts
        if label.family == "article" or parent is None:
            return ".".join(parts)  # articles are numbered through the whole paper
        above = self.inside.header.label if self.inside else None
        if above and "compound" in label.family and above.parts == parts[:-1]:
            parts = parts[-1:]
        return f"{parent}." + ".".join(parts)


def build(paragraphs: list[Paragraph]) -> list[Node]:
    """The trees of a body; its first paragraph carries a label."""
    roots: list[Node] = []
    opened: list[Node] = []
    depths: list[int] = []
    for paragraph in paragraphs:
        if paragraph.label is None:
            holder = opened[-1]
            if paragraph.row is False:
                while holder.header.row and holder.inside:
                    holder = holder.inside
            holder.own.append(paragraph)
            continue
        # A second paper in the text may start below labels that the first one left open.
        while depths and depths[-1] >= paragraph.depth:
            depths.pop()
            opened.pop()
        node = Node(paragraph, inside=opened[-1] if opened else None)
        (opened[-1].children if opened else roots).append(node)
        opened.append(node)
        depths.append(paragraph.depth)
    for root in roots:
        _lift_roles(root)
    return roots


def is_role(paragraph: Paragraph) -> bool:
    """A line that names a lead, a coordinator or a time."""
    return bool(ROLE.match(fold(paragraph.text)))


def _lift_roles(node: Node) -> None:
    """Role lines after the last of several tasks speak for all of them: they are the parent's."""
    for child in node.children:
        _lift_roles(child)
    if len(node.children) < 2 or node.inside is None:
        return
    *earlier, last = node.children
    tail = len(last.own)
    while tail and is_role(last.own[tail - 1]):
        tail -= 1
    roles = last.own[tail:]
    if len(roles) >= 2 and not any(_tells(p) for child in earlier for p in _all(child)):
        node.own.extend(roles)
        del last.own[tail:]


def _tells(paragraph: Paragraph) -> bool:
    """Names its lead or time, in a line of its own or in brackets."""
    return bool(is_role(paragraph) or _INLINE.search(fold(paragraph.text)))


def _all(node: Node) -> list[Paragraph]:
    return [node.header, *node.own, *(p for child in node.children for p in _all(child))]


def split_closing(roots: list[Node]) -> list[Paragraph]:
    """Take the farewell off the last clause: "Trong quá trình thực hiện, nếu có vướng mắc …/."."""
    node = roots[-1]
    while node.children:
        node = node.children[-1]
    end = max((p.end for p in node.own), default=0)
    holder: Node | None = node
    while holder and (not holder.own or holder.own[-1].end < end):
        holder = holder.inside
    if holder is None:
        return []
    own = holder.own
    at = len(own)
    if holder.header.label and holder.header.label.family == "article":
        return []  # the last article says who carries it out, and nothing follows it
    while at and not own[at - 1].bullet and not own[at - 1].row and _is_farewell(holder, at - 1):
        at -= 1
    closing = own[at:]
    del own[at:]
    return closing


def _is_farewell(holder: Node, at: int) -> bool:
    text = fold(holder.own[at].text)
    if FAREWELL.match(text):
        return True
    # "./." ends the paper: the paragraph before it is the clause's own, if the clause has any.
    before = holder.own[at - 1].text if at else holder.header.text
    if text.startswith("giao "):
        return False  # an order, not a farewell
    return bool(_LAST.search(text)) and is_terminal(before) and not before.endswith(":")
