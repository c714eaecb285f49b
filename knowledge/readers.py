"""Who may read a paper: the audiences that somebody belongs to, held against those of the paper."""

from __future__ import annotations

from knowledge.documents import Document
from knowledge.library import Library

#: Audiences that somebody belongs to: {"public"}; {"public", "officers", "units:12"}.
Readers = frozenset[str]

PUBLIC: Readers = frozenset(("public",))  #: everybody
OFFICERS: Readers = PUBLIC | {"officers"}  #: whoever acts for some unit


def sees(document: Document, readers: Readers) -> bool:
    """Whether whoever belongs to `readers` may read the paper."""
    return not readers.isdisjoint(document.audience)


def seen_by(library: Library, readers: Readers) -> Library:
    """The papers that these may read; the library itself where that is all of them."""
    documents = tuple(document for document in library.documents if sees(document, readers))
    return library if len(documents) == len(library.documents) else Library(documents)
