"""A DOCX as its text: paragraphs with the labels Word would print, tables row by row.

Read straight from the document's XML: text in content controls, text boxes and tracked
insertions is part of what a person sees, and deleted or hidden text is not.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from knowledge.errors import EmptyDocument, ImageOnlyDocument, UnsafeDocument
from knowledge.reading.archive import Package
from knowledge.reading.numbering import Labels, child, local, on, value

_MAIN = "word/document.xml"
_GONE = {"del", "moveFrom", "pPrChange", "rPrChange", "instrText", "delText", "delInstrText"}
_PROPERTIES = {"pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "sdtPr", "sdtEndPr"}
_SKIPPED = _GONE | _PROPERTIES | {"Fallback", "footnoteReference", "endnoteReference"}
_MARKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_BLOCKS = {"p", "tbl"}
# The two-column tables without lines that lay out the head and the foot of an official paper.
_LAYOUT_SIGNS = ("CỘNG HÒA XÃ HỘI", "CỘNG HOÀ XÃ HỘI", "NƠI NHẬN")
_IMAGES = {"drawing", "pict", "object"}


@dataclass(slots=True)
class _Reading:
    """What is gathered while walking through one document."""

    labels: Labels
    hidden: bool = False
    tracked: bool = False
    images: int = 0
    carried: str = ""  #: a paragraph whose end mark was deleted runs on into the next
    boxes: list[Element] = field(default_factory=list)


def read_docx(package: Package) -> tuple[str, tuple[str, ...]]:
    """Text and warnings; paragraphs are divided by a blank line, rows and soft breaks by "\\n"."""
    main = _target(package, "", "officeDocument") or _MAIN
    root = package.tree(main)
    reading = _Reading(
        Labels(_part(package, main, "numbering"), _part(package, main, "styles")),
        tracked=any(local(element) in ("ins", "del", "moveFrom") for element in root.iter()),
        images=sum(local(element) in _IMAGES for element in root.iter()),
    )
    try:
        text = "\n\n".join(_blocks(child(root, "body"), reading))
    except RecursionError:
        raise UnsafeDocument from None
    if not text.strip():
        raise ImageOnlyDocument if reading.images else EmptyDocument
    return text + "\n", _warnings(reading)


def _warnings(reading: _Reading) -> tuple[str, ...]:
    found = []
    if reading.tracked:
        found.append("Tệp còn sửa đổi đang theo dõi; đã đọc như khi chấp nhận mọi sửa đổi.")
    if reading.hidden:
        found.append("Tệp có chữ ẩn; phần đó không được đọc.")
    return tuple(found)


def _part(package: Package, main: str, relation: str) -> Element | None:
    name = _target(package, main, relation)
    return package.tree(name) if name else None


def _target(package: Package, source: str, relation: str) -> str | None:
    """The part that `source` points at with this relation; None unless it is in the package."""
    folder, base = posixpath.split(source)
    relations = posixpath.join(folder, "_rels", base + ".rels")
    if relations not in package.names:
        return None
    for element in package.tree(relations):
        if element.get("Type", "").endswith("/" + relation):
            path = posixpath.normpath(posixpath.join("/", folder, element.get("Target", "")))
            if element.get("TargetMode") != "External" and path[1:] in package.names:
                return path[1:]
    return None


def _blocks(parent: Element | None, reading: _Reading) -> Iterator[str]:
    """The paragraphs and tables below `parent`, in order, each as one text."""
    for element in parent if parent is not None else ():
        name = local(element)
        if name == "p":
            yield from _paragraph(element, reading)
        elif name == "tbl":
            table = "\n".join(_rows(element, reading))
            if table.strip():
                yield table
        elif name not in _SKIPPED:
            yield from _blocks(element, reading)
        # Boxes hang on a paragraph but stand beside it on the page: they follow it.
        while reading.boxes:
            yield from _blocks(reading.boxes.pop(0), reading)


def _paragraph(element: Element, reading: _Reading) -> Iterator[str]:
    properties = child(element, "pPr")
    text = reading.carried + "".join(_inline(element, reading))
    reading.carried = ""
    if child(properties, "rPr", "del") is not None:
        reading.carried = text
        return
    label = reading.labels.label(properties)
    if text.strip():
        yield f"{label} {text}" if label else text


def _inline(element: Element, reading: _Reading) -> Iterator[str]:
    """The pieces of text of a paragraph, through runs, links, controls and insertions."""
    for each in element:
        name = local(each)
        if name == "t":
            yield each.text or ""
        elif name in _MARKS:
            yield _MARKS[name]
        elif name == "txbxContent":
            reading.boxes.append(each)
        elif name == "r" and on(child(each, "rPr", "vanish")):
            reading.hidden = reading.hidden or any(local(e) == "t" for e in each)
        elif name not in _SKIPPED:
            yield from _inline(each, reading)


def _rows(table: Element, reading: _Reading) -> Iterator[str]:
    """One line per row; rows that only lay out the page give their cells one after another."""
    framed = _framed(table)
    for row in _within(table, "tr"):
        if child(row, "trPr", "del") is not None:
            continue
        cells = [_cell(cell, reading) for cell in _within(row, "tc")]
        if _is_layout(cells, framed):
            yield from ("\n".join(cell) for cell in cells if cell)
        elif any(cells):
            yield " | ".join(" ".join(cell) for cell in cells)


def _cell(cell: Element, reading: _Reading) -> list[str]:
    """The lines of a cell; none when it only continues the merged cell above."""
    merge = child(cell, "tcPr", "vMerge")
    continued = merge is not None and value(merge) != "restart"
    if continued or child(cell, "tcPr", "cellDel") is not None:
        return []
    lines = "\n".join(_blocks(cell, reading)).split("\n")
    return [line.strip() for line in lines if line.strip()]


def _is_layout(cells: list[list[str]], framed: bool) -> bool:
    filled = [cell for cell in cells if cell]
    if any(line.upper().startswith(_LAYOUT_SIGNS) for cell in filled for line in cell):
        return True
    return not framed and len(filled) <= 2 and any(len(cell) > 1 for cell in filled)


def _framed(table: Element) -> bool:
    """Whether the table, its style or a cell says that it has lines."""
    properties = child(table, "tblPr")
    style = value(child(properties, "tblStyle"))
    if style is not None and style.lower() not in ("normaltable", "tablenormal"):
        return True
    borders = [child(properties, "tblBorders")]
    borders += [e for e in table.iter() if local(e) == "tcBorders"]
    return any(
        value(side) not in (None, "none", "nil") for b in borders if b is not None for side in b
    )


def _within(parent: Element, name: str) -> Iterator[Element]:
    """The rows of a table or cells of a row, also inside content controls."""
    for each in parent:
        if local(each) == name:
            yield each
        elif local(each) not in _SKIPPED | _BLOCKS | {"tr", "tc"}:
            yield from _within(each, name)
