"""Text → unit vectors, by a sentence-transformers model that lies in a folder."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import EncoderMissing, FetchFailed
from index.words import terms
from knowledge.vietnamese import compose

SHIPPED = Path(__file__).parent / "model"

FOLDED = "folded-bigrams"  #: `troly.json`: the model was trained on folded syllables and pairs
_HASHED_WHOLE = 64 * 1024 * 1024  #: larger files are known by their size and date

Matrix = NDArray[np.float32]


class Encodes(Protocol):
    """Whatever turns texts into vectors of one dimension."""

    fingerprint: str  #: changes when the vectors would
    folded: bool  #: trained on folded text, so that a repaired question serves it better
    #: Cosines of a question with a clause that is beside it and with one that answers it; None for
    #: a model that has not learned from questions.
    answers: tuple[float, float] | None
    #: Documents of which it has learned what they state and what they do not.
    taught: frozenset[str]

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors of shape (len(texts), d); zero for a text the model knows nothing of."""


class Encoder:
    """A model folder. Its weights are read when the first text is encoded."""

    def __init__(self, folder: Path) -> None:
        """Take a folder; raises EncoderMissing, naming it, when no model lies there."""
        if not (folder / "modules.json").is_file():
            raise EncoderMissing(f"Không có mô hình mã hóa trong thư mục {folder}.")
        self.folder = folder
        self.fingerprint = _fingerprint(folder)
        note = _note(folder)
        self.folded = note.get("text") == FOLDED
        self.answers = _range(note.get("answers"))
        self.taught = frozenset(note.get("taught") or ())
        self._model: _Raw | None = None

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors of shape (len(texts), d); zero for empty or wholly unknown text."""
        if self._model is None:
            self._model = _open(self.folder)
        prepared = [self._prepare(text) for text in texts]
        vectors = self._model(prepared)
        vectors[[not text.strip() for text in prepared]] = 0
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        lengths[lengths < 1e-6] = 1
        return np.asarray(vectors / lengths)

    def _prepare(self, text: str) -> str:
        return " ".join(terms(text)) if self.folded else compose(text)


class _Raw(Protocol):
    def __call__(self, texts: Sequence[str]) -> Matrix: ...


def _open(folder: Path) -> _Raw:
    """A table of word vectors is read directly: importing torch for it would take 5–9 seconds."""
    from index.static import StaticTable, is_static

    if is_static(folder):
        return StaticTable(folder)
    return _SentenceTransformer(folder)


class _SentenceTransformer:
    """Any sentence-transformers model, from its folder and from nowhere else."""

    def __init__(self, folder: Path) -> None:
        os.environ["HF_HUB_OFFLINE"] = "1"
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)

    def __call__(self, texts: Sequence[str]) -> Matrix:
        vectors = self._model.encode(
            list(texts), convert_to_numpy=True, show_progress_bar=False, batch_size=32
        )
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), -1)


def find_encoder(name: str | None, cache: Path) -> Encoder:
    """The model meant by a setting: None is the shipped one, else a folder, else a cached name."""
    if name is None:
        return Encoder(SHIPPED)
    folder = Path(name)
    return Encoder(folder if (folder / "modules.json").is_file() else _cached(name, cache))


def fetch_model(name: str, cache: Path) -> Path:
    """Download a model into `cache` and return its folder; nothing else ever downloads.

    Raises FetchFailed, and then leaves a model fetched earlier as it was.
    """
    from huggingface_hub import snapshot_download

    folder = _cached(name, cache)
    draft = cache / f".fetching-{folder.name}"
    try:
        snapshot_download(name, local_dir=draft)
    except (OSError, ValueError) as error:
        raise FetchFailed(f"Không tải được mô hình {name}: {error}") from error
    shutil.rmtree(draft / ".cache", ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    return folder


def _cached(name: str, cache: Path) -> Path:
    return cache / name.strip("/").replace("/", "--")


def _note(folder: Path) -> dict[str, Any]:
    """What `troly.json` says of the model; {} without one."""
    file = folder / "troly.json"
    note = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return note if isinstance(note, dict) else {}


def _range(said: object) -> tuple[float, float] | None:
    if not isinstance(said, list) or len(said) != 2:
        return None
    low, high = said
    return (float(low), float(high)) if low < high else None


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or file.suffix == ".md":
            continue
        facts = file.stat()
        digest.update(f"{file.relative_to(folder)}\0{facts.st_size}\0".encode())
        large = facts.st_size > _HASHED_WHOLE
        digest.update(str(facts.st_mtime_ns).encode() if large else file.read_bytes())
    return digest.hexdigest()
