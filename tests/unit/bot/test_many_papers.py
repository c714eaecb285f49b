"""A library of many papers: what is prepared once is kept, and answers stay what they were."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.clauses import _MOST_NAMED, Clauses
from bot.dialogue import Assistant
from bot.papers import KINDS, Paper
from bot.prepared import prepare
from bot.scope import _cites, gazetteer
from index.search import entries_of, search_over
from knowledge.documents import Document, Identity
from knowledge.library import Library
from knowledge.organisations import load_organisations
from knowledge.reading.outline import read_clauses
from tests.builders import a_document
from tests.unit.bot.shipped import TODAY, assistant, profiles

ORGANISATIONS = load_organisations()
PLAN = """KẾ HOẠCH
Truyền thông năm 2025

I. MỤC ĐÍCH
1. Nâng cao nhận thức về {topic}.
II. TỔ CHỨC THỰC HIỆN
1. Văn phòng Sở báo cáo về {topic} trước ngày 20/9/2025.

Nơi nhận:
- Văn phòng Sở;
- Lưu: VT.
"""


def paper(number: int, place: str = "Hà Nam", topic: str = "đất đai") -> Document:
    text = PLAN.format(topic=topic)
    identity = Identity("Kế hoạch", f"{number}/KH-UBND", f"Ủy ban nhân dân xã {place}", place)
    return a_document(
        f"ke-hoach-{number}", text=text, clauses=read_clauses(text), identity=identity
    )


def over(documents: Sequence[Document], before: Assistant | None = None) -> Assistant:
    library = Library(tuple(documents))
    return Assistant(library, search_over(entries_of(documents)), before=before)


def test_an_equal_paper_is_not_prepared_again() -> None:
    places = gazetteer(ORGANISATIONS, [paper(1)])
    before = prepare(paper(1), ORGANISATIONS, places)
    assert prepare(paper(1), ORGANISATIONS, places, before) is before
    changed = replace(paper(1), short_title="Tên khác")
    assert prepare(changed, ORGANISATIONS, places, before).document.short_title == "Tên khác"


def test_a_place_that_another_paper_made_known_is_found_in_the_papers_before_it() -> None:
    old = paper(1, "Hà Nam")
    old = replace(old, identity=replace(old.identity, title="Kế hoạch cùng làm với Đông Khê"))
    before = prepare(old, ORGANISATIONS, gazetteer(ORGANISATIONS, [old]))
    both = gazetteer(ORGANISATIONS, [old, paper(2, "Đông Khê")])
    after = prepare(old, ORGANISATIONS, both, before)
    assert (before.profile.places, after.profile.places) == ({"Hà Nam"}, {"Hà Nam", "Đông Khê"})
    assert after.headed is before.headed, "the rest is taken over"


@pytest.mark.parametrize(
    "question",
    ["xã Đông Khê báo cáo trước ngày nào", "mục đích về nước sạch", "Nơi nhận gồm những ai?"],
)
def test_an_assistant_after_another_answers_as_one_made_afresh(question: str) -> None:
    old = [paper(1), paper(2, "Nam Định", "nước sạch")]
    new = [old[0], paper(2, "Nam Định", "nhà ở"), paper(3, "Đông Khê", "nước sạch")]
    after = over(new, before=over(old))
    assert after.ask(question, today=TODAY) == over(new).ask(question, today=TODAY)


def test_of_very_many_clauses_that_are_named_the_likeliest_are_scored() -> None:
    many = [paper(number) for number in range(1, _MOST_NAMED + 120)]
    many.append(paper(900, "Đông Khê", "nước sạch"))
    asks = over(many)
    scored: list[int] = []
    found = Clauses.matches

    def counting(self: Clauses, *args: object) -> object:
        matches = found(self, *args)  # type: ignore[arg-type]
        scored.append(len(matches))
        return matches

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Clauses, "matches", counting)
        asks.ask("Văn phòng Sở báo cáo về nước sạch ở mục II.1 trước ngày nào?", today=TODAY)
    assert scored
    assert max(scored) <= _MOST_NAMED + 60
    answer = asks.ask("mục II.1 về nước sạch nói gì", today=TODAY)
    assert "ke-hoach-900" in repr(answer)


def test_every_clause_of_the_shipped_library_that_is_named_is_scored() -> None:
    """So few are named there that none is left out."""
    papers = assistant()._papers.values()
    most = max(
        sum(len(paper.headed.get(body.name, ())) for paper in papers)
        for body in ORGANISATIONS.bodies
    )
    assert most + 4 * len(papers) < _MOST_NAMED


CITED = [
    (Paper("407", "quyet dinh", ("qd", "ttg")), True),
    (Paper("40", "quyet dinh", ("qd", "ttg")), False),  # the end of another number
    (Paper("7", None, ("ct", "ttg")), True),  # printed "07"
    (Paper("7", "quyet dinh"), False),
    (Paper("407", "quyet dinh"), True),
    (Paper("407", "ke hoach"), False),
    (Paper("30/3"), False),
]


@pytest.mark.parametrize(("named", "cited"), CITED)
def test_a_paper_is_cited_by_its_number_and_sign(named: Paper, cited: bool) -> None:
    text = (
        "thuc hien quyet dinh so 407 qd ttg ngay 30/3/2022 va chi thi so 07 ct ttg "
        "ngay 21/3/2023 cua thu tuong"
    )
    (profile, *_) = profiles()
    assert _cites(replace(profile, text=text), named) is cited


def test_citing_is_what_one_pattern_over_the_whole_text_would_find() -> None:
    numbers = ("407", "7", "07", "26", "126", "56/2023", "1745", "12")
    for paper_ in (Paper(n, k, s) for n in numbers for k in (None, *KINDS) for s in ((), ("kh",))):
        for profile in profiles():
            assert _cites(profile, paper_) == _by_pattern(profile.text, paper_), paper_


def _by_pattern(text: str, named: Paper) -> bool:
    number = re.escape(named.number)
    if named.symbols:
        return bool(re.search(rf"\b0*{number} {' '.join(named.symbols)}\b", text))
    kind = f"{named.kind} (?:so )?" if named.kind else ""
    return bool(
        re.search(rf"\b{kind}0*{number} [a-z]+\b", text)
        or re.search(rf"\b{kind}so 0*{number}(?:/\d{{4}})?\b", text)
    )
