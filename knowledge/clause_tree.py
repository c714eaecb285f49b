"""The clauses of a paper as a tree that can be changed, and clauses again from the tree.

Addresses are counted anew from the labels, so that a changed label is followed by everything below
it and by the "#n" of what is labelled alike; a tree in which nothing was changed gives the clauses
that it was grown from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from knowledge.documents import FIXED_ADDRESSES, Clause, Piece
from knowledge.reading.labels import Label, read_labels

_COUNT = re.compile(r"#\d+$")


@dataclass(slots=True, eq=False)
class Node:
    """One clause while its paper is corrected."""

    was: str | None  #: its address before; None for a new one
    local: str  #: its address below its parent, without "#n"; the whole one where it is `free`
    free: bool  #: counted through the whole paper: at the top, articles, parts without a number
    label: str
    heading: str
    start: int
    head_end: int  #: where label and heading end
    pieces: list[Piece] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    parent: Node | None = None
    read: Clause | None = None  #: as it was, for what is stored with it

    @property
    def end(self) -> int:
        """Where the whole of it ends, children included."""
        last = [piece.end for piece in self.pieces] + [child.end for child in self.children]
        return max([self.head_end, *last])

    @property
    def fixed(self) -> bool:
        """A part without a number: head, preamble, recipients, closing, signature."""
        return self.free and self.local in FIXED_ADDRESSES

    def own_text(self) -> str:
        """The words after the heading, without children."""
        if self.read is not None and self.read.pieces == tuple(self.pieces):
            return self.read.text
        return " ".join(piece.text for piece in self.pieces)


@dataclass(slots=True)
class Tree:
    """All clauses of a paper; `gone`: where the words of a clause went that is no more."""

    text: str
    roots: list[Node]
    nodes: dict[str, Node]  #: by the address before
    gone: dict[str, Node] = field(default_factory=dict)

    def siblings(self, node: Node) -> list[Node]:
        """The list in which it stands."""
        return node.parent.children if node.parent else self.roots

    def before(self, node: Node) -> Node | None:
        """The sibling before it."""
        beside = self.siblings(node)
        at = beside.index(node)
        return beside[at - 1] if at else None

    def place(self, node: Node, parent: Node | None) -> None:
        """Under `parent`, by where it starts; its address follows from its label."""
        node.parent = parent
        beside = self.siblings(node)
        beside.append(node)
        beside.sort(key=lambda each: each.start)
        relabel(node)


def grow(text: str, clauses: Sequence[Clause]) -> Tree:
    """The tree of a paper's clauses."""
    tree = Tree(text, [], {})
    for clause in clauses:
        parent = tree.nodes[clause.parent] if clause.parent is not None else None
        base = _COUNT.sub("", clause.address)
        below = f"{clause.parent}."
        free = parent is None or not base.startswith(below)
        local = base if free else base.removeprefix(below)
        node = Node(
            clause.address, local, free, clause.label, clause.heading, clause.start, clause.end
        )
        node.pieces, node.parent, node.read = list(clause.pieces), parent, clause
        tree.nodes[clause.address] = node
        tree.siblings(node).append(node)
    for node in tree.nodes.values():
        inside = [piece.start for piece in node.pieces] + [child.start for child in node.children]
        head = text[node.start : min([node.head_end, *inside])]
        node.head_end = node.start + len(head.rstrip())
    return tree


def settle(tree: Tree) -> tuple[tuple[Clause, ...], dict[str, str]]:
    """The clauses in the order of the text, and for each address before the one now."""
    taken: Counter[str] = Counter()
    now: dict[int, str] = {}
    clauses: list[Clause] = []
    for node in preorder(tree.roots):
        above = now[id(node.parent)] if node.parent else None
        base = node.local if node.free or above is None else f"{above}.{node.local}"
        taken[base] += 1
        address = base if taken[base] == 1 else f"{base}#{taken[base]}"
        now[id(node)] = address
        clauses.append(
            Clause(
                address,
                node.label,
                node.heading,
                node.own_text(),
                node.start,
                node.end,
                above,
                tuple(node.pieces),
            )
        )
    moved = {was: now[id(node)] for was, node in tree.nodes.items() if id(node) in now}
    moved |= {was: now[id(_standing(tree, node))] for was, node in tree.gone.items()}
    return tuple(clauses), moved


def preorder(nodes: Sequence[Node]) -> Iterator[Node]:
    """Parents before their children."""
    for node in nodes:
        yield node
        yield from preorder(node.children)


def read_label(label: str) -> Label | None:
    """A label as it is typed, "2.", "a)", "Điều 5", "II"; None for what is none."""
    for marked in (label, f"{label}."):
        for found in read_labels(f"{marked} A"):
            if found.length >= len(marked):
                return found
    return None


def relabel(node: Node) -> None:
    """Its address below its parent from its label; kept where the label says nothing."""
    label = read_label(node.label)
    if node.fixed or label is None:
        node.free = node.free or node.parent is None
        return
    parts = label.parts
    node.free = node.parent is None or label.family == "article"
    if (
        not node.free
        and "compound" in label.family
        and _path(node.parent)[1 - len(parts) :] == list(parts[:-1])
    ):
        parts = parts[-1:]
    node.local = ".".join(parts)


def _path(node: Node | None) -> list[str]:
    if node is None:
        return []
    return [*([] if node.free else _path(node.parent)), *node.local.split(".")]


def _standing(tree: Tree, node: Node) -> Node:
    """What has taken in a clause may have been taken in itself."""
    while node.was in tree.gone:
        node = tree.gone[node.was]
    return node
