"""One assistant per set of papers: shared by whoever reads the same, opened once, let go of."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from bot.dialogue import Assistant
from index.search import entries_of, search_over
from knowledge.library import Library
from knowledge.readers import OFFICERS, PUBLIC, Readers
from service.answering import Answering, Shelf
from service.indexing import Indexed
from service.shapes import Question
from tests.builders import a_document

DAY = date(2026, 11, 21)


class Opened:
    """Opens shelves and remembers for whom."""

    def __init__(self) -> None:
        self.readers: list[Readers] = []
        self.before: list[Shelf | None] = []  #: what each could take over

    def __call__(self, library: Library, readers: Readers, before: Shelf | None) -> Shelf:
        self.readers.append(readers)
        self.before.append(before)
        search = search_over(entries_of(library.documents))
        version = f"v{len(self.readers)}"
        return Shelf(Assistant(library, search), Indexed(search, version, version))


def of(*units: int) -> Readers:
    return OFFICERS | {f"units:{unit}" for unit in units}


def library(*audiences: tuple[str, ...]) -> Library:
    return Library(tuple(a_document(f"p{i}", audience=name) for i, name in enumerate(audiences)))


def test_where_everything_is_public_there_is_one_assistant() -> None:
    opened = Opened()
    papers = library(("public",), ("public", "officers"))
    answering = Answering(papers, opened)
    shelves = {id(answering.shelf_for(readers)) for readers in (PUBLIC, OFFICERS, of(3))}
    assert len(shelves) == 1
    assert opened.readers == [PUBLIC]
    assert answering.library_for(of(3)) is answering.library_for(PUBLIC)
    assert answering.library is papers


def test_officers_are_served_from_the_start_and_a_unit_when_it_asks() -> None:
    opened = Opened()
    answering = Answering(library(("public",), ("officers",), ("units:3",)), opened)
    assert opened.readers == [PUBLIC, OFFICERS]
    assert answering.version == "0-v1"  # everybody's, whatever officers have
    for readers, version in ((PUBLIC, "v1"), (OFFICERS, "v2"), (of(3), "v3"), (of(4), "v2")):
        assert answering.shelf_for(readers).version == version
        assert answering.shelf_for(readers) is answering.shelf_for(readers)
    assert opened.readers == [PUBLIC, OFFICERS, of(3)]


def test_who_may_read_what() -> None:
    answering = Answering(library(("public",), ("officers",), ("units:3",)), Opened())

    def ids(readers: Readers) -> list[str]:
        here = answering.library_for(readers)
        assert answering.shelf_for(readers).library == here
        return [document.id for document in here.documents]

    assert ids(PUBLIC) == ["p0"]
    assert ids(OFFICERS) == ["p0", "p1"]
    assert ids(of(3)) == ["p0", "p1", "p2"]
    assert ids(frozenset(("units:3",))) == ["p0", "p2"]  # what is public is for everybody
    assert ids(frozenset()) == ["p0"]


def test_units_that_read_the_same_share_an_assistant() -> None:
    opened = Opened()
    answering = Answering(library(("public",), ("units:3", "units:4")), opened)
    assert answering.shelf_for(of(3)) is answering.shelf_for(of(4))
    assert opened.readers == [PUBLIC, of(3) - {"officers"}]


def test_those_who_asked_last_are_kept() -> None:
    opened = Opened()
    answering = Answering(library(*[(f"units:{unit}",) for unit in range(10)]), opened)
    for unit in (*range(8), 0, 8):
        answering.shelf_for(of(unit))
    before = len(opened.readers)
    for unit in (0, 2, 8):
        answering.shelf_for(of(unit))
    assert len(opened.readers) == before
    answering.shelf_for(of(1))
    assert len(opened.readers) == before + 1


def test_many_of_a_unit_at_once_open_it_once() -> None:
    opened = Opened()
    answering = Answering(library(("public",), ("units:3",)), opened)
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(answering.shelf_for, of(3)) for _ in range(32)]
    assert len({id(one.result()) for one in asked}) == 1
    assert len(opened.readers) == 2


def test_a_library_without_a_public_paper_says_nothing_to_the_public() -> None:
    answering = Answering(library(("officers",)), Opened())
    question = Question("Các trường gửi kế hoạch trước ngày nào?")
    assert answering.tell(question, DAY).kind == "silent"
    assert answering.tell(question, DAY, OFFICERS).kind == "answer"


def test_what_is_open_already_is_handed_to_what_takes_its_place() -> None:
    opened = Opened()
    first = Answering(library(("public",), ("officers",), ("units:3",)), opened)
    unit = first.shelf_for(of(3))
    public, officers = first.shelf_for(PUBLIC), first.shelf_for(OFFICERS)
    assert opened.before == [None, public, officers]
    assert unit is not officers
    Answering(library(("public",), ("officers",)), opened, 2, first)
    assert opened.before[3:] == [public, officers]
