"""The cage around the readers, and a sample of the hostile files read through it."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks.hostile import children, left_behind, own_place, try_one
from knowledge import errors
from knowledge.reading import sandbox
from knowledge.reading.files import Limits, extract
from tests.hostile import Case, cases
from tests.papers import docx_bytes, paragraph, pdf_of

CAGE = sandbox.Cage(seconds=20, memory=400 << 20, output=1 << 20)
SLOW = 500_000  # bytes: larger files wait for the full run of the benchmark


def caged(handler: str, argument: str = "", data: bytes = b"", cage: sandbox.Cage = CAGE) -> bytes:
    return sandbox.run(f"tests.caged:{handler}", argument, data, cage)


def sample() -> list[Case]:
    """Every tenth small file, and all whose outcome is one exact refusal of a kind not yet seen."""
    small = [case for case in cases() if len(case.data) < SLOW and "bomb" not in case.title]
    seen: set[str] = set()
    chosen = small[::10]
    for case in small:
        if len(case.allowed) == 1 and not case.allowed <= seen:
            seen |= case.allowed
            chosen.append(case)
    return chosen


def test_the_answer_comes_back_whole() -> None:
    data = os.urandom(500_000)
    assert caged("echo", "tệp", data) == data + "tệp".encode()


def test_the_child_sees_nothing_of_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROLY_SECRET_KEY", "x")
    seen = caged("surroundings").decode()
    assert "TROLY" not in seen
    assert seen.endswith(" / []")


@pytest.mark.parametrize(
    ("handler", "seconds", "reason"),
    [
        ("sleep", 0.7, "time"),
        ("spin", 0.7, "time"),
        ("grow", 20, "memory"),
        ("crash", 20, "crash"),
        ("fail", 20, "crash"),
        ("flood", 20, "output"),
        ("nosuch", 20, "crash"),
    ],
)
def test_every_way_of_ending_badly_has_its_reason(
    handler: str, seconds: float, reason: str
) -> None:
    begun, others = time.monotonic(), children()
    with pytest.raises(sandbox.ChildStopped) as stopped:
        caged(handler, cage=sandbox.Cage(seconds, 400 << 20, 1 << 20))
    assert stopped.value.reason == reason
    assert time.monotonic() - begun < 15
    assert children() == others


def test_nothing_can_be_written(tmp_path: Path) -> None:
    assert caged("write", str(tmp_path / "a")) != b"written"
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) == 0


def test_files_are_few_and_processes_do_not_outlive_the_child() -> None:
    assert int(caged("hold_files")) < 40
    left = int(caged("fork_away"))
    if left:
        deadline = time.monotonic() + 5
        while _alive(left) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not _alive(left)


def _alive(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    try:
        return status.read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_file_or_its_bytes_give_the_same(tmp_path: Path) -> None:
    data = docx_bytes(paragraph("Kế hoạch"))
    path = tmp_path / "stored-under-its-hash"
    path.write_bytes(data)
    assert extract(path, "Kế hoạch.docx") == extract(data, "Kế hoạch.docx")


def test_over_large_missing_and_empty_files_are_refused_before_any_child(tmp_path: Path) -> None:
    with pytest.raises(errors.DocumentTooLarge, match="10 byte"):
        extract(b"a" * 11, "a.txt", Limits(bytes=10))
    with pytest.raises(errors.EmptyDocument):
        extract(b"", "a.pdf")
    for missing in (tmp_path / "none", tmp_path):
        with pytest.raises(errors.UnreadableDocument, match="Không tìm thấy"):
            extract(missing, "a.pdf")


def test_time_memory_and_length_are_refused_in_words() -> None:
    with pytest.raises(errors.DocumentTooLarge, match="giây"):
        extract(pdf_of(*[["a"]] * 50), "a.pdf", Limits(seconds=0.001))
    wide = docx_bytes("".join(f'<w:p w:a="{n}"/>' for n in range(200_000)))
    with pytest.raises(errors.DocumentTooLarge):
        extract(wide, "a.docx", Limits(memory=48 << 20))
    with pytest.raises(errors.DocumentTooLarge):
        extract(b"a" * 100, "a.txt", Limits(characters=50))


def test_several_at_once_do_not_disturb_each_other() -> None:
    papers = [pdf_of([f"Kế hoạch số {n}"]) for n in range(6)]
    with ThreadPoolExecutor(3) as pool:
        found = pool.map(lambda data: extract(data, "a.pdf").text, papers)
    assert list(found) == [f"Kế hoạch số {n}\n" for n in range(6)]


def test_hostile_files_are_refused_in_words_or_read() -> None:
    others = children()
    with own_place() as place:
        before = left_behind(place)
        results = [try_one(case) for case in sample()]
        left = left_behind(place) - before
    assert len(results) >= 35
    wrong = [(r.case.title, r.outcome, r.sentence) for r in results if not r.good]
    assert wrong == []
    assert max(result.seconds for result in results) < 30
    assert left == set()
    assert children() == others


def test_the_same_seed_makes_the_same_files() -> None:
    def first(count: int) -> list[Case]:
        made = cases(7)
        return [next(made) for _ in range(count)]

    assert first(60) == first(60)
