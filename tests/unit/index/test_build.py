"""A new index beside the old one: whole or not at all."""

import json
import multiprocessing
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from index.build import (
    SAMPLE,
    build,
    build_search,
    current,
    fingerprint,
    open_search,
    rollback,
    status,
)
from index.errors import (
    BuildRunning,
    EncoderMissing,
    IndexDamaged,
    IndexMissing,
    IndexOutdated,
    NothingToRollBack,
    SearchError,
)
from index.generations import KEPT
from index.search import Entry, search_over
from tests.unit.index.small_library import ENTRIES, HashingEncoder

MODEL = HashingEncoder()
MORE = (*ENTRIES, Entry("hy", "4", "Báo cáo", "Báo cáo định kỳ 06 tháng."))


def test_what_is_opened_answers_like_what_was_built(tmp_path: Path) -> None:
    generation = build(ENTRIES, tmp_path, MODEL)
    opened = open_search(tmp_path, MODEL)
    assert generation.entries == len(opened.entries) == len(ENTRIES)
    assert opened.entries == ENTRIES
    for question in ("kinh phí", "tieu chi tac dong", "phổ biến"):
        assert opened.find(question) == search_over(ENTRIES, MODEL).find(question)


def test_without_an_encoder_too(tmp_path: Path) -> None:
    build(ENTRIES, tmp_path, None)
    assert open_search(tmp_path, None).find("tiêu chí")[0].address == "II.2"


def test_an_empty_library(tmp_path: Path) -> None:
    build((), tmp_path, MODEL)
    assert open_search(tmp_path, MODEL).find("chính sách") == []


def test_the_same_entries_are_not_indexed_again(tmp_path: Path) -> None:
    steps: list[str] = []
    first = build(ENTRIES, tmp_path, MODEL, steps.append)
    assert steps
    steps.clear()
    assert build(ENTRIES, tmp_path, MODEL, steps.append) == first
    assert steps == []


def test_a_damaged_index_is_built_again(tmp_path: Path) -> None:
    first = build(ENTRIES, tmp_path, MODEL)
    (tmp_path / first.name / "keywords.npz").write_bytes(b"torn")
    with pytest.raises(IndexDamaged):
        open_search(tmp_path, MODEL)
    assert build(ENTRIES, tmp_path, MODEL).name != first.name
    assert open_search(tmp_path, MODEL).find("kinh phí")


def test_fingerprints_follow_the_text_and_the_model() -> None:
    same = fingerprint(ENTRIES, MODEL)
    assert same == fingerprint(list(ENTRIES), HashingEncoder())
    changed = (replace(ENTRIES[0], text="khác"), *ENTRIES[1:])
    others = {fingerprint(changed, MODEL), fingerprint(ENTRIES, HashingEncoder("other"))}
    assert len(others | {same, fingerprint(ENTRIES, None)}) == 4


def test_rollback_and_forward_again(tmp_path: Path) -> None:
    first = build(ENTRIES, tmp_path, MODEL)
    second = build(MORE, tmp_path, MODEL)
    assert status(tmp_path).current == second
    assert status(tmp_path).previous == first
    assert rollback(tmp_path) == first
    assert len(open_search(tmp_path, MODEL).entries) == len(ENTRIES)
    assert rollback(tmp_path) == second
    assert len(open_search(tmp_path, MODEL).entries) == len(MORE)


def test_rolling_back_from_the_first_index(tmp_path: Path) -> None:
    with pytest.raises(NothingToRollBack):
        rollback(tmp_path)
    first = build(ENTRIES, tmp_path, MODEL)
    with pytest.raises(NothingToRollBack):
        rollback(tmp_path)
    assert current(tmp_path) == first


def edition(number: int) -> tuple[Entry, ...]:
    return (*ENTRIES, Entry("x", str(number), "", f"bản thứ {number}"))


def folders(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir() if each.is_dir()}


def test_the_newest_generations_are_kept(tmp_path: Path) -> None:
    made = [build(edition(number), tmp_path, MODEL).name for number in range(KEPT + 2)]
    assert folders(tmp_path) == set(made[-KEPT:])


def test_the_one_before_is_kept_however_old_it_is(tmp_path: Path) -> None:
    made = [build(edition(number), tmp_path, MODEL).name for number in range(KEPT)]
    build(edition(0), tmp_path, MODEL)
    newest = build(edition(9), tmp_path, MODEL)
    assert status(tmp_path).previous is not None
    assert folders(tmp_path) == {made[0], newest.name, *made[-(KEPT - 2) :]}


def test_a_generation_that_still_lies_there_is_not_built_again(tmp_path: Path) -> None:
    made = [build(edition(number), tmp_path, MODEL) for number in range(3)]
    steps: list[str] = []
    assert build(edition(0), tmp_path, MODEL, steps.append) == made[0]
    assert steps == []
    assert (status(tmp_path).current, status(tmp_path).previous) == (made[0], made[2])
    assert open_search(tmp_path, MODEL).entries == edition(0)


def test_a_damaged_generation_is_not_gone_back_to(tmp_path: Path) -> None:
    first, second = (build(edition(number), tmp_path, MODEL) for number in range(2))
    (tmp_path / first.name / "keywords.npz").write_bytes(b"torn")
    assert build(edition(0), tmp_path, MODEL).name not in {first.name, second.name}


class Counting(HashingEncoder):
    """Remembers how many texts it was given at once or before."""

    texts = 0

    def encode(self, texts):  # type: ignore[no-untyped-def]
        self.texts += len(texts)
        return super().encode(texts)


def checked(entries: int) -> int:
    """How many texts the check of a new index asks for."""
    return len(range(0, entries, max(1, entries // SAMPLE)))


def test_what_the_index_in_use_has_is_taken_over(tmp_path: Path) -> None:
    build(ENTRIES, tmp_path, MODEL)
    counting = Counting()
    _, made = build_search(MORE, tmp_path, counting)
    assert counting.texts == 1 + checked(len(MORE))
    assert made.find("báo cáo định kỳ") == search_over(MORE, MODEL).find("báo cáo định kỳ")
    opened = open_search(tmp_path, MODEL)
    assert opened.find("báo cáo định kỳ") == made.find("báo cáo định kỳ")


def test_an_open_index_is_taken_over_from_though_another_is_in_use(tmp_path: Path) -> None:
    first, opened = build_search(MORE, tmp_path, MODEL)
    build(ENTRIES[:2], tmp_path, MODEL)
    counting = Counting()
    build_search(
        (*MORE, Entry("z", "1", "", "mới")), tmp_path, counting, before=(first.name, opened)
    )
    assert counting.texts == 1 + checked(len(MORE) + 1)


def test_nothing_is_taken_over_from_an_index_that_other_code_made(tmp_path: Path) -> None:
    first = build(ENTRIES, tmp_path, MODEL)
    file = tmp_path / first.name / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"recipe": "old"}), "utf-8")
    counting = Counting()
    build(MORE, tmp_path, counting)
    assert counting.texts == len(MORE) + checked(len(MORE))


def test_clauses_that_say_the_same_in_every_paper_do_not_fail_the_check(tmp_path: Path) -> None:
    same = [Entry(f"p{number}", "III", "TỔ CHỨC THỰC HIỆN", "") for number in range(120)]
    assert build(same, tmp_path, MODEL).entries == 120


def test_a_crash_in_the_middle_leaves_the_index_in_use(tmp_path: Path) -> None:
    first = build(ENTRIES, tmp_path, MODEL)
    torn = tmp_path / ".building-000002-deadbeef"
    torn.mkdir()
    (torn / "entries.json").write_text('[["half', "utf-8")
    (tmp_path / "current.json.new").write_text('{"curr', "utf-8")
    assert status(tmp_path).unfinished == 1
    assert current(tmp_path) == first
    assert open_search(tmp_path, MODEL).find("kinh phí")
    build(MORE, tmp_path, MODEL)
    assert status(tmp_path).unfinished == 0
    assert len(open_search(tmp_path, MODEL).entries) == len(MORE)


def test_a_process_killed_while_building(tmp_path: Path) -> None:
    """The old index still answers, and nothing keeps the next build from succeeding."""
    build(ENTRIES, tmp_path, MODEL)
    process = multiprocessing.get_context("spawn").Process(
        target=_build_and_die, args=(tmp_path, "write")
    )
    process.start()
    process.join(60)
    assert process.exitcode == 9
    assert len(open_search(tmp_path, MODEL).entries) == len(ENTRIES)
    assert build(MORE, tmp_path, MODEL, wait=False).entries == len(MORE)


def _build_and_die(folder: Path, step: str) -> None:
    def die(now: str) -> None:
        if now == step:
            (folder / ".building-000002-00000000").mkdir()
            os._exit(9)

    build(MORE, folder, MODEL, die)


def test_a_new_index_that_fails_its_check_is_not_used(tmp_path: Path) -> None:
    class Forgetful(HashingEncoder):
        """Loses the last of many texts."""

        def encode(self, texts):  # type: ignore[no-untyped-def]
            rows = super().encode(texts)
            return rows[:-1] if len(texts) > 1 else rows

    first = build(ENTRIES, tmp_path, MODEL)
    with pytest.raises(IndexDamaged):
        build(MORE, tmp_path, Forgetful("forgetful"))
    assert current(tmp_path) == first
    assert status(tmp_path).unfinished == 0


def test_two_builders_at_once(tmp_path: Path) -> None:
    inside, release = threading.Event(), threading.Event()

    def hold(step: str) -> None:
        inside.set()
        release.wait(30)

    slow = threading.Thread(target=build, args=(ENTRIES, tmp_path, MODEL, hold))
    slow.start()
    assert inside.wait(30)
    with pytest.raises(BuildRunning):
        build(MORE, tmp_path, MODEL, wait=False)
    made: list[str] = []
    second = threading.Thread(target=lambda: made.append(build(ENTRIES, tmp_path, MODEL).name))
    second.start()
    release.set()
    slow.join(30)
    second.join(30)
    assert made == [current(tmp_path).name]  # type: ignore[union-attr]
    assert status(tmp_path).previous is None  # the second found its work done


def test_readers_never_see_a_half_swapped_index(tmp_path: Path) -> None:
    build(ENTRIES, tmp_path, MODEL)
    stop, sizes, failures = threading.Event(), set(), []

    def read() -> None:
        while not stop.is_set():
            try:
                sizes.add(len(open_search(tmp_path, MODEL).entries))
            except SearchError as error:
                failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for i in range(12):
        build(ENTRIES if i % 2 else MORE, tmp_path, MODEL)
    stop.set()
    reader.join(30)
    assert failures == []
    assert sizes <= {len(ENTRIES), len(MORE)}


def test_nothing_built_yet(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        open_search(tmp_path / "none", MODEL)
    assert status(tmp_path / "none") == status(tmp_path)


def test_another_model_needs_another_index(tmp_path: Path) -> None:
    build(ENTRIES, tmp_path, MODEL)
    with pytest.raises(IndexOutdated):
        open_search(tmp_path, HashingEncoder("other"))
    with pytest.raises(IndexOutdated):
        open_search(tmp_path, None)


@pytest.mark.parametrize(
    "pointer", ["", "[]", '{"current": 5, "previous": null}', '{"current": "../../etc"}']
)
def test_a_pointer_that_makes_no_sense_is_no_index(tmp_path: Path, pointer: str) -> None:
    (tmp_path / "current.json").write_text(pointer, "utf-8")
    assert current(tmp_path) is None
    build(ENTRIES, tmp_path, MODEL)
    assert json.loads((tmp_path / "current.json").read_text("utf-8"))["previous"] is None


def test_a_missing_model_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing, match="no-model-here"):
        build(ENTRIES, tmp_path, tmp_path / "no-model-here")
