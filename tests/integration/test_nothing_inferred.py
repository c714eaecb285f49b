"""With a paper for officers in the house or without it, everybody else is told the very same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from bot.answers import as_row
from bot.evaluation import SPELLINGS, read_questions, spelled
from bot.messages import Turn
from index.build import current
from index.errors import NothingToRollBack
from knowledge.library import Library
from knowledge.readers import OFFICERS as FOR_OFFICERS
from knowledge.readers import PUBLIC, Readers
from service.answering import Answering
from service.indexing import (
    build_index,
    ensure_index,
    go_back,
    index_of,
    index_stamp,
    index_state,
    nothing,
)
from service.library.papers import library_of
from service.settings import Settings
from service.shapes import Question
from service.wiring import open_answering, open_live, open_over_index
from tests.builders import a_document, some_settings
from tests.closed_papers import ANSWER, ASK_OFFICERS, OF_OFFICERS, OFFICERS, publish_closed
from tests.unit.bot.shipped import TODAY

_SOME = 240  #: questions of the product's own
#: Questions that would show the paper, if anything of it were known: its name, place and words,
#: rare words misspelled, glued, typed by Telex; and what it would make ambiguous.
NOSY = (
    ASK_OFFICERS,
    "913/KH-BĐP",
    "Kế hoạch 913/KH-BĐP nói gì?",
    "kế hoạch 913 của Ban Điều phối",
    "Văn bản số 913 còn hiệu lực không?",
    "Kế hoạch của huyện Mù Cang Trại",
    "Ban Điều phối huyện Mù Cang Trại làm gì?",
    "huyện Mù Cang Trại phải báo cáo trước ngày nào?",
    "mu cang trai",
    "Ban Điều phối chủ trì việc gì?",
    "Tổ Lưu Ly làm gì?",
    "tổ lưu ly phối hợp với ai",
    "to luu ly",
    "Thạch Lam ký văn bản nào?",
    "Ai ký kế hoạch năm 2026?",
    "Có kế hoạch nào của năm 2026 không?",
    "phấn rôm",
    "phan rom",
    "phấnrôm",
    "phanrom truyen thong",
    "hộp phấm rôm",
    "hoop phaans roomm",
    "kiểmkê hộpphấn",
    "Kiểm kê 4719 hộp",
    "4719",
    "Truyền thông chính sách về phấn rôm hằng quý do ai làm?",
    "hạn gửi báo cáo là 17/8/2026 phải không?",
    "Báo cáo trước ngày 17/8/2026 gửi về đâu?",
    "Kế hoạch này thực hiện đến bao giờ?",
    "So sánh hạn báo cáo của các kế hoạch",
    "Có mấy kế hoạch trong kho?",
    "những đơn vị nào đã ban hành kế hoạch?",
    "Kế hoạch của huyện",
    "huyện nào có kế hoạch?",
    "Trưởng ban là ai?",
    "kho còn bao nhiêu hộp?",
    "mục II.1",
    "Mục II.1 quy định gì?",
    "Kế hoạch mới nhất là kế hoạch nào?",
)


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An office that has the papers that ship."""
    return some_settings(tmp_path_factory.mktemp("without"))


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """One that has a paper for officers besides."""
    settings = some_settings(tmp_path_factory.mktemp("beside"))
    publish_closed(settings, OFFICERS, ("officers",))
    return settings


@pytest.fixture(scope="module")
def both(without: Settings, beside: Settings) -> tuple[Answering, Answering]:
    return open_answering(without), open_answering(beside)


def questions() -> Iterator[Question]:
    """Every nosy one, with and without what was said before, and some of the product's own."""
    before = (Turn("user", "Kế hoạch 913/KH-BĐP"), Turn("assistant", "Tổ Lưu Ly"))
    for text in NOSY:
        for spelling in SPELLINGS:
            yield Question(spelled(text, spelling))
        yield Question(text, history=before)
        yield Question(text, unit="Ban Điều phối huyện Mù Cang Trại")
    folder = Path(__file__).parents[1] / "questions"
    own = [one for file in sorted(folder.glob("*.jsonl")) for one in read_questions(file)]
    for one in Random(407).sample(own, _SOME):
        yield Question(one.text, one.history, one.unit)


def indexed(version: str) -> str:
    """Of what everybody is answered from, without the number of the edition."""
    return version.partition("-")[2]


def test_everybody_is_told_the_very_same(both: tuple[Answering, Answering]) -> None:
    first, second = both
    differing = [
        question.text
        for question in questions()
        if first.tell(question, TODAY) != second.tell(question, TODAY)
    ]
    assert differing == []
    # Nor does the index that everybody is answered from tell that something is there.
    assert indexed(first.version) == indexed(second.version)


def test_officers_are_told_of_it(both: tuple[Answering, Answering]) -> None:
    _, second = both
    question = Question(ASK_OFFICERS)
    assert ANSWER in second.tell(question, TODAY, FOR_OFFICERS).reply.text
    assert ANSWER not in second.tell(question, TODAY).reply.text


def test_nothing_of_it_stands_in_the_index_of_everybody(beside: Settings) -> None:
    open_answering(beside)
    used = current(beside.index_dir)
    assert used is not None
    words = (beside.index_dir / used.name / "entries.json").read_text("utf-8")
    assert not any(mark in words for mark in (*OF_OFFICERS, OFFICERS))
    assert ANSWER in "".join(
        file.read_text("utf-8") for file in beside.index_dir.glob("officers/*/entries.json")
    )


def test_a_restart_builds_nothing_again(beside: Settings) -> None:
    open_answering(beside)
    steps: list[str] = []
    open_answering(beside, steps.append)
    assert steps == []


def test_an_index_with_a_paper_that_was_closed_is_not_gone_back_to(tmp_path: Path) -> None:
    settings = some_settings(tmp_path)

    def told_with(*audience: str) -> str:
        publish_closed(settings, OFFICERS, audience)
        library = library_of(settings)
        build_index(settings, library, nothing)
        assert index_state(settings, library).matches
        return open_answering(settings).tell(Question(ASK_OFFICERS), TODAY).reply.text

    assert ANSWER in told_with("public")
    used = current(settings.index_dir)
    assert ANSWER not in told_with("officers")
    assert used is not None
    with pytest.raises(NothingToRollBack):
        go_back(settings, library_of(settings))
    # Nor does a comparison with that index find the paper.
    earlier = open_over_index(settings, used.name).ask(ASK_OFFICERS, today=TODAY)
    assert not any(mark in str(as_row(earlier)) for mark in OF_OFFICERS)


def test_a_running_server_sees_that_only_officers_are_told_something_else(tmp_path: Path) -> None:
    settings = some_settings(tmp_path)
    live = open_live(settings)

    def reads(readers: Readers) -> bool:
        return OFFICERS in live.library_for(readers)

    of_unit = FOR_OFFICERS | {"units:3"}
    public = current(settings.index_dir)
    for audience, read in (
        ("officers", (True, True)),
        ("units:3", (False, True)),
        ("units:4", (False, False)),
    ):
        publish_closed(settings, OFFICERS, (audience,))
        build_index(settings, library_of(settings), nothing)
        assert (reads(FOR_OFFICERS), reads(of_unit)) == read
        assert not reads(PUBLIC)
        told = live.tell(Question(ASK_OFFICERS), TODAY, of_unit).reply.text
        assert (ANSWER in told) is read[1]
    assert current(settings.index_dir) == public
    stamp = index_stamp(settings)
    build_index(settings, library_of(settings), nothing)
    assert index_stamp(settings) == stamp  # nothing is another


def test_indexes_of_units_that_nobody_asks_for_are_put_away(tmp_path: Path) -> None:
    settings = some_settings(tmp_path)
    library = Library((a_document(),))
    for unit in range(34):
        ensure_index(settings, library, frozenset((f"units:{unit}",)), None)
    kept = {folder.name for folder in settings.index_dir.glob("units-*")}
    assert len(kept) == 32
    last = index_of(settings, frozenset(("units:33",)))
    assert last.name in kept
    first = index_of(settings, frozenset(("units:0",)))
    assert first.name not in kept
