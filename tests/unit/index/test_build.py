"""A new index beside the old one: whole or not at all."""

import json
import multiprocessing
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from index.build import build, current, fingerprint, open_search, rollback, status
from index.errors import (
    BuildRunning,
    EncoderMissing,
    IndexDamaged,
    IndexMissing,
    IndexOutdated,
    NothingToRollBack,
    SearchError,
)
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


def test_only_two_generations_are_kept(tmp_path: Path) -> None:
    for i in range(4):
        build((*ENTRIES, Entry("x", str(i), "", f"bản thứ {i}")), tmp_path, MODEL)
    kept = status(tmp_path)
    assert kept.current
    assert kept.previous
    folders = {each.name for each in tmp_path.iterdir() if each.is_dir()}
    assert folders == {kept.current.name, kept.previous.name}


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
