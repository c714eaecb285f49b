"""The clauses of a paper put right by hand: merged, split, renumbered, moved, their headings set.

Every function gives the whole structure anew. The text of the paper never changes and none of it
is lost: what was a label becomes part of a paragraph, and the other way round. Duties follow the
clauses in which they stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from knowledge import structure
from knowledge.clause_tree import Node, Tree, grow, preorder, read_label, relabel, settle
from knowledge.documents import Clause, Duty, Piece
from knowledge.errors import CorrectionRefused
from knowledge.reading.clean import clean
from knowledge.reading.lines import is_terminal
from knowledge.structure import Structure
from knowledge.vietnamese import collapse

Level = Literal["same", "below"]

_BETWEEN = r"[\s*\u00ad\u200b]*"  #: what may stand between two signs of what was typed
_STOP = re.compile(r"[\s*]*[.:)/]")


def merge_targets(text: str, clauses: Sequence[Clause], address: str) -> list[str]:
    """The clauses that the one at `address` can be merged into, the likeliest first."""
    tree = grow(text, clauses)
    return [str(node.was) for node in _targets(tree, _find(tree, address))]


def merge(text: str, before: Structure, address: str, into: str | None = None) -> Structure:
    """Its words become part of another clause, of the one before it or its parent by default."""
    tree = grow(text, before[0])
    node = _find(tree, address)
    allowed = _targets(tree, node)
    if not allowed:
        raise CorrectionRefused("first")
    target = allowed[0] if into is None else _find(tree, into)
    if target not in allowed:
        raise CorrectionRefused("not_beside")
    beside = tree.siblings(node)
    beside.remove(node)
    _take_between(target, node)
    flat = target.fixed
    words = [
        piece for each in (preorder([node]) if flat else [node]) for piece in _words(text, each)
    ]
    _append(text, target, words)
    for each in preorder([node]) if flat else [node]:
        if each.was is not None:
            tree.gone[each.was] = target
    for child in () if flat else node.children:
        tree.place(child, target)
    return _settled(tree, before[1])


def split(
    text: str,
    before: Structure,
    address: str,
    piece: int,
    label: str,
    level: Level = "same",
    first_words: str = "",
) -> Structure:
    """A new clause from a paragraph (from 0) of a clause on, or from words within it."""
    tree = grow(text, before[0])
    node, label = _find(tree, address), _checked(label)
    if not 0 <= piece < len(node.pieces):
        raise CorrectionRefused("piece")
    if node.fixed and level == "below":
        raise CorrectionRefused("fixed")
    at = node.pieces[piece]
    if first_words.strip():
        found = locate(text, at.start, at.end, first_words)
        if found is None:
            raise CorrectionRefused("words")
        piece, at = _cut(text, node, piece, found[0])
    new = Node(None, "", False, label, "", at.start, at.start)
    upto = next(
        (child.start for child in node.children if child.start > new.start and level == "below"),
        node.end,
    )
    new.pieces = [each for each in node.pieces[piece:] if each.start < upto]
    node.pieces = [each for each in node.pieces if each not in new.pieces]
    if printed := locate(text, at.start, at.end, label, whole=False):
        _strip_label(text, new, printed[1])
    if level == "same":
        after = [child for child in node.children if child.start > new.start]
        node.children = [child for child in node.children if child not in after]
        tree.place(new, node.parent)
        for child in after:
            tree.place(child, new)
        if node.fixed and node.was and not (node.heading or node.pieces):
            tree.siblings(node).remove(node)  # nothing is left of that part
            tree.gone[node.was] = new
    else:
        tree.place(new, node)
    return _settled(tree, before[1], new)


def renumber(text: str, before: Structure, address: str, label: str) -> Structure:
    """Another label; the addresses of what stands below it follow."""
    tree = grow(text, before[0])
    node = _numbered(tree, address)
    node.label = _checked(label)
    relabel(node)
    return _settled(tree, before[1])


def indent(text: str, before: Structure, address: str) -> Structure:
    """Below the clause before it."""
    tree = grow(text, before[0])
    node = _numbered(tree, address)
    above = tree.before(node)
    if above is None or above.fixed:
        raise CorrectionRefused("no_above")
    tree.siblings(node).remove(node)
    _take_between(above, node)
    tree.place(node, above)
    return _settled(tree, before[1])


def outdent(text: str, before: Structure, address: str) -> Structure:
    """Beside its parent, after it; what stood after it in the parent then stands below it."""
    tree = grow(text, before[0])
    node = _numbered(tree, address)
    parent = node.parent
    if parent is None:
        raise CorrectionRefused("at_top")
    after = [child for child in parent.children if child.start > node.start]
    parent.children = [child for child in parent.children if child.start < node.start]
    moved = [piece for piece in parent.pieces if piece.start > node.start]
    parent.pieces = [piece for piece in parent.pieces if piece.start < node.start]
    node.pieces = sorted([*node.pieces, *moved], key=lambda piece: piece.start)
    tree.place(node, parent.parent)
    for child in after:
        tree.place(child, node)
    return _settled(tree, before[1])


def set_heading(text: str, before: Structure, address: str, words: str) -> Structure:
    """The heading is those words, the first after the label; "" for a clause without one."""
    tree = grow(text, before[0])
    node = _numbered(tree, address)
    head_end = node.head_end
    body = _label_end(text, node)
    upto = min((child.start for child in node.children), default=len(text))
    later = [piece for piece in node.pieces if piece.start > upto]
    parts = [piece for piece in node.pieces if piece.start < upto]
    if text[body:head_end].strip():
        parts = _glued(text, [Piece("", body, head_end)], parts)
    end = body
    if words.strip():
        last = parts[-1].end if parts else body
        found = locate(text, body, last, words)
        if found is None or clean(text[body : found[0]]):
            raise CorrectionRefused("heading")
        end = found[1]
        node.heading = clean(text[found[0] : end]).rstrip(":. ")
        if stop := _STOP.match(text, end, last):
            end = stop.end()
    else:
        node.heading = ""
    node.head_end = end
    node.pieces = [*_from(text, parts, end), *later]
    return _settled(tree, before[1])


def contains(text: str, clause: Clause, quote: str) -> bool:
    """Whether a quote is one piece of a clause or of what stands below it."""
    return bool(quote) and quote in clean(text[clause.start : clause.end])


def locate(
    text: str, start: int, end: int, words: str, *, whole: bool = True
) -> tuple[int, int] | None:
    """Where words stand in a stretch of the source, however they are spaced and broken there.

    Not `whole`: a label at the very beginning, whose punctuation may be another one.
    """
    for form in ("NFC", "NFD"):
        signs = re.findall(r"[\w\u0300-\u036f]+|[^\w\s]", unicodedata.normalize(form, words))
        if not whole:
            while signs and not signs[-1].isalnum():
                signs.pop()
        if not signs:
            return None
        pattern = _BETWEEN.join(map(re.escape, signs))
        if whole:
            found = re.compile(pattern).search(text, start, end)
        else:
            stop = r"(?:[\s*]*[.)/:]|[\s*]+[-–—](?=\s))?"
            found = re.compile(rf"[\s*(|]*{pattern}(?!\w|\.\d){stop}").match(text, start, end)
        if found:
            return found.span()
    return None


def _find(tree: Tree, address: str) -> Node:
    if address not in tree.nodes:
        raise CorrectionRefused("no_clause")
    return tree.nodes[address]


def _numbered(tree: Tree, address: str) -> Node:
    node = _find(tree, address)
    if node.fixed:
        raise CorrectionRefused("fixed")
    return node


def _checked(label: str) -> str:
    label = collapse(label)
    if read_label(label) is None:
        raise CorrectionRefused("label")
    return label


def _targets(tree: Tree, node: Node) -> list[Node]:
    """The sibling before it, its parent, and what stands last below that sibling."""
    found: list[Node] = []
    beside = tree.before(node)
    if beside:
        found.append(beside)
    if node.parent:
        found.append(node.parent)
    while beside and beside.children:
        beside = beside.children[-1]
        found.append(beside)
    return found


def _take_between(target: Node, node: Node) -> None:
    """A clause that grows as far as `node` takes in what its ancestors say in between."""
    above = target.parent
    while above is not None:
        moved = [piece for piece in above.pieces if target.start < piece.start < node.start]
        above.pieces = [piece for piece in above.pieces if piece not in moved]
        target.pieces = sorted([*target.pieces, *moved], key=lambda piece: piece.start)
        if above is node.parent:
            return
        above = above.parent


def _words(text: str, node: Node) -> list[Piece]:
    """All that a clause says before and between its children, its label too, as paragraphs."""
    if not clean(text[node.start : node.head_end]):
        return list(node.pieces)
    head = Piece("", node.start, node.head_end)
    return _glued(text, [head], node.pieces)


def _glued(text: str, head: Sequence[Piece], pieces: Sequence[Piece]) -> list[Piece]:
    """What stands on one line with the head becomes one paragraph with it."""
    (first,) = head
    end, bullet, row, rest = first.end, False, False, list(pieces)
    if rest and rest[0].start >= end and not text[end : rest[0].start].strip(" \t\xa0*|"):
        own = rest.pop(0)
        end, bullet, row = own.end, own.bullet, own.row
    return [Piece(clean(text[first.start : end]), first.start, end, bullet, row), *rest]


def _append(text: str, target: Node, words: Sequence[Piece]) -> None:
    """A sentence that was broken by what looked like a label is one paragraph again."""
    joined = list(words)
    last = target.pieces[-1] if target.pieces else None
    inside = [child.end for child in target.children if joined and child.start < joined[0].start]
    if last and joined and max([0, *inside]) <= last.end <= joined[0].start:
        first = joined[0]
        plain = not (last.row or first.row or first.bullet)
        if plain and not is_terminal(last.text):
            whole = clean(text[last.start : first.end])
            joined[0] = Piece(whole, last.start, first.end, last.bullet)
            target.pieces.pop()
    target.pieces = sorted([*target.pieces, *joined], key=lambda piece: piece.start)


def _cut(text: str, node: Node, number: int, at: int) -> tuple[int, Piece]:
    """Cut a paragraph in two; the number of the second and itself."""
    piece = node.pieces[number]
    if not clean(text[piece.start : at]):
        return number, piece
    if piece.row:
        raise CorrectionRefused("row")
    end = piece.start + len(text[piece.start : at].rstrip())
    first = Piece(clean(text[piece.start : end]), piece.start, end, piece.bullet)
    second = Piece(clean(text[at : piece.end]), at, piece.end)
    node.pieces[number : number + 1] = [first, second]
    return number + 1, second


def _strip_label(text: str, node: Node, end: int) -> None:
    """The printed label of a new clause is no part of its first paragraph."""
    node.head_end = end
    node.pieces = _from(text, node.pieces, end)


def _from(text: str, pieces: Sequence[Piece], at: int) -> list[Piece]:
    """The paragraphs from `at` on; one that stands across is cut."""
    found: list[Piece] = []
    for piece in pieces:
        if piece.start >= at:
            found.append(piece)
        elif clean(text[at : piece.end]):
            start = at + len(text[at : piece.end]) - len(text[at : piece.end].lstrip())
            words = clean(text[start : piece.end])
            found.append(Piece(words, start, piece.end, piece.row, piece.row))
    return found


def _label_end(text: str, node: Node) -> int:
    """Where the printed label ends and the heading begins."""
    if not node.heading:
        return node.head_end
    if found := locate(text, node.start, node.head_end, node.heading):
        return found[0]
    printed = locate(text, node.start, node.head_end, node.label, whole=False)
    return printed[1] if printed else node.start


def _settled(tree: Tree, duties: Sequence[Duty], new: Node | None = None) -> Structure:
    """The clauses, and the duties where they now stand; `new` may have taken some."""
    clauses, moved = settle(tree)
    after = (clauses, tuple(_followed(tree, clauses, moved, duties, new)))
    if structure.loads(structure.dumps(*after, tree.text).encode(), tree.text) != after:
        raise CorrectionRefused("damaged")  # whatever happens, nothing unreadable is kept
    return after


def _followed(
    tree: Tree,
    clauses: Sequence[Clause],
    moved: dict[str, str],
    duties: Sequence[Duty],
    new: Node | None,
) -> Iterator[Duty]:
    text, by_address = tree.text, {clause.address: clause for clause in clauses}
    fresh = next(
        (c for c in clauses if new and c.start == new.start and c.label == new.label), None
    )
    for duty in duties:
        clause, before = by_address[moved[duty.address]], tree.nodes[duty.address].read
        inside = fresh is not None and clause.start <= fresh.start < clause.end
        same = before and (before.start, before.end) == (clause.start, clause.end) and not inside
        if same or (before and not contains(text, before, duty.quote)):
            # Nothing has changed for it, or it never was one piece of its clause.
            yield replace(duty, address=clause.address)
            continue
        if (
            fresh
            and contains(text, fresh, duty.quote)
            and (inside or not contains(text, clause, duty.quote))
        ):
            clause = fresh
        if contains(text, clause, duty.quote):
            yield replace(duty, address=clause.address)
        else:
            yield replace(
                duty, address=clause.address, quote=_remaining(clause, duty.quote), reviewed=False
            )


def _remaining(clause: Clause, quote: str) -> str:
    """What a clause still says of a quote that a split has cut."""
    parts = [piece.text for piece in clause.pieces if piece.text and piece.text in quote]
    whole = [piece.text for piece in clause.pieces]
    return max(parts, key=len, default=(whole or [clause.heading])[0])
