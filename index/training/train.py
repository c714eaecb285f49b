"""Train the encoder: python -m index.training.train --data FOLDER --out index/model.

A sentence-transformers StaticEmbedding over folded syllables and pairs learns from articles alone
(no questions): see `pairs.py`. Its vectors are stored as int8 with a scale per term.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit

from index.encoder import FOLDED
from index.training.corpus import Numbers, read_articles, read_links
from index.training.pairs import Pair, Pairs

UNKNOWN = "[UNK]"


def main() -> None:
    """Read the arguments, train, save."""
    options = _options()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    articles, vocabulary = read_articles(options.data, options.vocabulary)
    pairs = Pairs(articles, read_links(options.data, articles), options.seed)
    say(f"{len(articles.ids)} articles, {len(vocabulary)} terms")
    module = StaticEmbedding(tokenizer(vocabulary), embedding_dim=options.dimension)
    model = SentenceTransformer(modules=[module], device="cpu")
    train(model, pairs, options.steps, options.batch, options.rate)
    save(model, options.out, learned={})


def train(model: SentenceTransformer, pairs: Pairs, steps: int, batch: int, rate: float) -> None:
    """Hold each question beside its article and away from the others of the batch."""
    loss_of = MultipleNegativesRankingLoss(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    ramp = max(1, steps // 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / ramp, max(0.0, 1 - step / steps))
    )
    began, running = time.monotonic(), 0.0
    for step, made in enumerate(pairs.batches(batch), 1):
        loss = loss_of([_features(made, 0), _features(made, 1)], torch.empty(0))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        running += loss.item()
        if step % 50 == 0:
            say(f"step {step}: loss {running / 50:.3f}, {time.monotonic() - began:.0f} s")
            running = 0.0
        if step >= steps:
            return


def tokenizer(vocabulary: list[str]) -> Tokenizer:
    """Splits text prepared by `index.words.terms` at spaces; number 0 is the unknown term."""
    numbers = {UNKNOWN: 0} | {term: i for i, term in enumerate(vocabulary, 1)}
    made = Tokenizer(WordLevel(numbers, unk_token=UNKNOWN))
    made.pre_tokenizer = WhitespaceSplit()
    return made


def save(model: SentenceTransformer, folder: Path, learned: Mapping[str, object]) -> None:
    """Write a folder that sentence-transformers loads by itself, vectors as int8.

    `learned`: from questions, `answers` and `taught` as `index.encoder.Encodes` has them.
    """
    model.save(str(folder), create_model_card=False)
    home = folder / json.loads((folder / "modules.json").read_text("utf-8"))[0]["path"]
    vectors = model[0].embedding.weight.detach().numpy().copy()
    vectors[0] = 0  # an unknown term says nothing
    rows, scales = quantised(vectors)
    save_file({"embeddings": rows, "weights": scales}, home / "model.safetensors")
    (home / "model.safetensors").chmod(0o644)  # it is written for its owner alone
    note = {"text": FOLDED, **learned}
    (folder / "troly.json").write_text(json.dumps(note) + "\n", "utf-8")


def quantised(vectors: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows as int8 and the scale of each: rows × scales are the vectors again, nearly."""
    scales = np.abs(vectors).max(axis=1) / 127
    rows = np.rint(vectors / np.where(scales > 0, scales, 1)[:, None])
    return rows.astype(np.int8), scales.astype(np.float32)


def _features(made: list[Pair], side: int) -> dict[str, torch.Tensor]:
    numbers, starts = end_to_end([pair[side] for pair in made])
    return {"input_ids": numbers + 1, "offsets": starts}


def end_to_end(texts: Sequence[Numbers]) -> tuple[torch.Tensor, torch.Tensor]:
    """All numbers in one row, and where each text starts in it."""
    starts = np.cumsum([0, *(len(text) for text in texts[:-1])])
    numbers = np.concatenate(texts).astype(np.int64)
    return torch.from_numpy(numbers), torch.from_numpy(starts)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="corpus.jsonl.gz, links.tsv.gz")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--vocabulary", type=int, default=40_000)
    parser.add_argument("--dimension", type=int, default=256)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=407)
    return parser.parse_args()


def say(line: str) -> None:
    """A line of progress."""
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    main()
