"""FAISS against plain numpy."""

from pathlib import Path

import numpy as np
import pytest

from index.vectors import build_vectors, load_vectors, save_vectors


def unit_rows(count: int, dimension: int = 16) -> np.ndarray:
    rows = np.random.default_rng(407).normal(size=(count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("limit", [1, 7, 200, 5_000])
def test_nearest_are_those_of_brute_force(limit: int) -> None:
    rows = unit_rows(200)
    vectors = build_vectors(rows)
    for query in unit_rows(20):
        expected = np.argsort(-(rows @ query), kind="stable")[:limit]
        np.testing.assert_array_equal(vectors.nearest(query, limit), expected)


def test_only_allowed_positions_are_found() -> None:
    rows = unit_rows(200)
    allowed = np.array([3, 5, 190])
    found = build_vectors(rows).nearest(rows[7], 10, allowed)
    expected = allowed[np.argsort(-(rows[allowed] @ rows[7]))]
    np.testing.assert_array_equal(found, expected)


def test_nothing_allowed_or_nothing_asked_finds_nothing() -> None:
    vectors = build_vectors(unit_rows(10))
    assert not len(vectors.nearest(unit_rows(1)[0], 5, np.array([], dtype=np.int64)))
    assert not len(vectors.nearest(np.zeros(16, dtype=np.float32), 5))
    assert not len(vectors.nearest(unit_rows(1)[0], 0))


def test_cosines_of_given_positions_survive_the_disk(tmp_path: Path) -> None:
    rows = unit_rows(50)
    save_vectors(build_vectors(rows), tmp_path / "v.faiss")
    loaded = load_vectors(tmp_path / "v.faiss")
    where = np.array([4, 0, 49])
    np.testing.assert_allclose(loaded.cosines(rows[1], where), rows[where] @ rows[1], rtol=1e-5)
