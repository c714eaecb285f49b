"""The dense leg: unit vectors of the entries in FAISS, searched by inner product (cosine)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Vectors:
    """An exact FAISS index whose ids are positions of entries."""

    index: faiss.Index

    def __len__(self) -> int:
        return int(self.index.ntotal)

    def matrix(self) -> NDArray[np.float32]:
        """All vectors, shape (entries, d)."""
        return np.asarray(self.index.reconstruct_n(0, len(self)), dtype=np.float32)

    def nearest(
        self,
        query: NDArray[np.float32],
        limit: int,
        allowed: NDArray[np.int64] | None = None,
    ) -> NDArray[np.int64]:
        """Positions of the nearest entries to one vector of shape (d,), best first.

        At most `limit` of them, among `allowed` if given; none for a zero vector.
        """
        limit = min(limit, len(self) if allowed is None else len(allowed))
        if limit < 1 or not query.any():
            return np.empty(0, dtype=np.int64)
        if allowed is not None and len(allowed) == limit:
            near = self.cosines(query, allowed)
            return np.asarray(allowed[np.argsort(-near, kind="stable")], dtype=np.int64)
        parameters = faiss.SearchParameters()
        selector = None if allowed is None else self._selector(allowed)
        parameters.sel = selector  # FAISS does not keep it alive: the name above does
        _, found = self.index.search(query[None, :], limit, params=parameters)
        return np.asarray(found[0][found[0] >= 0], dtype=np.int64)  # FAISS pads with -1

    def _selector(self, allowed: NDArray[np.int64]) -> faiss.IDSelector:
        """A bit for each entry: a batch of ids would be hashed anew for every question."""
        chosen = np.zeros(len(self), dtype=np.bool_)
        chosen[allowed] = True
        bits = np.packbits(chosen, bitorder="little")
        return faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type] # as Python has it

    def cosines(
        self, query: NDArray[np.float32], positions: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Cosine of one vector with the entries at `positions`, shape (len(positions),)."""
        if not len(positions):
            return np.empty(0, dtype=np.float32)
        return np.asarray(self.index.reconstruct_batch(positions) @ query, dtype=np.float32)


def build_vectors(matrix: NDArray[np.float32]) -> Vectors:
    """Index unit (or zero) vectors of shape (entries, d)."""
    index = faiss.IndexFlatIP(matrix.shape[1])
    index.add(np.ascontiguousarray(matrix, dtype=np.float32))
    return Vectors(index)


def save_vectors(vectors: Vectors, file: Path) -> None:
    """Write the FAISS index to one file."""
    faiss.write_index(vectors.index, str(file))


def load_vectors(file: Path) -> Vectors:
    """Read what `save_vectors` wrote; raises RuntimeError when it is damaged."""
    return Vectors(faiss.read_index(str(file)))
