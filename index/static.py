"""A sentence-transformers StaticEmbedding read with numpy: the mean of its tokens' vectors.

Its own class would give the same vectors, but only after importing torch.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_SUPPORTED = {"StaticEmbedding", "Normalize"}


def is_static(folder: Path) -> bool:
    """Whether the model is a single StaticEmbedding, with or without normalisation after it."""
    modules = json.loads((folder / "modules.json").read_text("utf-8"))
    kinds = [str(module["type"]).rsplit(".", 1)[-1] for module in modules]
    return (
        kinds[:1] == ["StaticEmbedding"]
        and set(kinds) <= _SUPPORTED
        and (_home(folder, modules) / "model.safetensors").is_file()
    )


class StaticTable:
    """Token vectors and the tokenizer that finds them."""

    def __init__(self, folder: Path) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        home = _home(folder, json.loads((folder / "modules.json").read_text("utf-8")))
        weights = load_file(home / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(home / "tokenizer.json"))
        self._tokenizer.no_padding()
        name = "embedding.weight" if "embedding.weight" in weights else "embeddings"
        self._rows = weights[name]
        self._mapping = weights.get("mapping")
        self._scale = weights.get("weights")
        self._unknown = self._tokenizer.token_to_id("[UNK]")

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Mean vectors of shape (len(texts), d); zero where no token is known."""
        result = np.zeros((len(texts), self._rows.shape[1]), dtype=np.float32)
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        for row, encoding in enumerate(encodings):
            known = [token for token in encoding.ids if token != self._unknown]
            if known:
                result[row] = self._vectors(np.array(known)).mean(axis=0)
        return result

    def vectors(self) -> NDArray[np.float32]:
        """The vector of every token, by its number."""
        return self._vectors(np.arange(len(self.vocabulary())))

    def vocabulary(self) -> dict[str, int]:
        """Token → its number."""
        return dict(self._tokenizer.get_vocab())

    def _vectors(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        rows = tokens if self._mapping is None else self._mapping[tokens]
        vectors = self._rows[rows].astype(np.float32)
        if self._scale is not None:
            vectors *= self._scale[tokens, None]
        return np.asarray(vectors)


def _home(folder: Path, modules: list[dict[str, str]]) -> Path:
    return folder / modules[0]["path"]
