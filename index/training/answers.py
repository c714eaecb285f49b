"""Teach an encoder which clause answers a question: python -m index.training.answers --out FOLDER.

What people ask is seldom worded as the paper is. Beside each clause of the shipped papers stand
questions that it answers (`questions/`, one file for each paper); the encoder that was trained on
articles learns to hold a question beside its clause and away from the other clauses of the paper.
The questions that the product is measured by are not among them (a test sees to that).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy, normalize

from index.encoder import SHIPPED
from index.search import Entry, entries_of, readable
from index.training.corpus import Numbers
from index.training.train import save, tokenizer
from index.words import terms
from knowledge.library import SHIPPED as LIBRARY
from knowledge.library import load_library

QUESTIONS = Path(__file__).parent / "questions"

#: Cosines with a clause that stands beside the right one and with one that surely answers, as
#: measured on the development questions.
ANSWERS = (0.15, 0.8)

_SEEN_TWICE = 2  #: a term of one question alone teaches nothing
_NEW = 1 / 64  #: length of a new term's first vector, of that of the others
_SCALE = 6.5  #: of the cosine, as the logit of a clause
_LEFT_OUT = 0.3  #: share of a question's terms that it does without each time
_NEVER = -99.0  #: taken from the logit of a clause that is no wrong answer


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the places of the entries that answer it equally well, best first."""

    question: str
    places: tuple[int, ...]


def main() -> None:
    """Read the arguments, train, save."""
    options = _options()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    entries = entries_of(load_library(LIBRARY).documents)
    examples = read_examples(options.questions, entries)
    _say(f"{len(examples)} questions, {len(entries)} clauses")
    vectors, vocabulary = _grown(options.model, entries, examples)
    bag = torch.nn.EmbeddingBag.from_pretrained(torch.from_numpy(vectors), freeze=False)
    lessons = Lessons(bag, vocabulary, entries, examples, options.seed)
    lessons.learn(options.rounds, options.rate)
    module = StaticEmbedding(
        tokenizer(sorted(vocabulary, key=vocabulary.__getitem__)[1:]),
        embedding_weights=bag.weight.detach().numpy(),
    )
    save(SentenceTransformer(modules=[module], device="cpu"), options.out, answers=ANSWERS)


def read_examples(folder: Path, entries: Sequence[Entry]) -> list[Example]:
    """The questions of every file; raises KeyError for a clause that is not there."""
    place = {(entry.document, entry.address): i for i, entry in enumerate(entries)}
    return [
        Example(row["question"], tuple(place[row["document"], a] for a in row["addresses"]))
        for file in sorted(folder.glob("*.jsonl"))
        for row in map(json.loads, file.read_text("utf-8").splitlines())
    ]


class Lessons:
    """The questions and clauses as numbers of terms, and the vectors that learn from them."""

    def __init__(
        self,
        bag: torch.nn.EmbeddingBag,
        vocabulary: Mapping[str, int],
        entries: Sequence[Entry],
        examples: Sequence[Example],
        seed: int,
    ) -> None:
        """`bag`: a vector for each term, which `learn` changes."""
        self._bag = bag
        self._examples = examples
        self._random = np.random.default_rng(seed)
        self._clauses = [_numbers(readable(entry), vocabulary) for entry in entries]
        self._asked = [_numbers(example.question, vocabulary) for example in examples]
        self._papers = np.array([entry.document for entry in entries])

    def learn(self, rounds: int, rate: float, batch: int = 256) -> None:
        """Bring each question nearer to its clause than to the others of its paper."""
        parts = -(-len(self._examples) // batch)
        steps = rounds * parts
        optimizer = torch.optim.Adam(self._bag.parameters(), lr=rate)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: max(0.05, 1 - step / steps)
        )
        for number in range(1, rounds + 1):
            order = np.array_split(self._random.permutation(len(self._examples)), parts)
            losses = []
            for chosen in order:
                loss = self._of_questions(chosen)
                losses.append(loss.item())
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
            _say(f"round {number} of {rounds}: loss {np.mean(losses):.3f}")

    def _of_questions(self, chosen: NDArray[np.int64]) -> torch.Tensor:
        questions = [_without_some(self._asked[i], self._random) for i in chosen]
        near = normalize(self._means(questions)) @ normalize(self._means(self._clauses)).T
        examples = [self._examples[i] for i in chosen]
        wanted = torch.tensor([example.places[0] for example in examples])
        logits = near * _SCALE + _handicaps(examples, self._papers)
        return cross_entropy(logits, wanted)

    def _means(self, texts: Sequence[Numbers]) -> torch.Tensor:
        starts = np.cumsum([0, *(len(text) for text in texts[:-1])])
        numbers = np.concatenate(texts).astype(np.int64)
        means: torch.Tensor = self._bag(torch.from_numpy(numbers), torch.from_numpy(starts))
        return means


def _handicaps(examples: Sequence[Example], papers: NDArray[np.str_]) -> torch.Tensor:
    """Shape (examples, entries): clauses of other papers and equally good ones do not count.

    Papers are told apart by their names; the same task in another paper is no wrong answer.
    """
    handicaps = np.zeros((len(examples), len(papers)), dtype=np.float32)
    for row, example in zip(handicaps, examples, strict=True):
        row[papers != papers[example.places[0]]] = _NEVER
        row[list(example.places[1:])] = _NEVER
    return torch.from_numpy(handicaps)


def _without_some(numbers: Numbers, random: np.random.Generator) -> Numbers:
    kept = numbers[random.random(len(numbers)) > _LEFT_OUT]
    return kept if len(kept) else numbers


def _numbers(text: str, vocabulary: Mapping[str, int]) -> Numbers:
    known = [vocabulary[term] for term in terms(text) if term in vocabulary]
    return np.array(known or [0], dtype=np.int32)


def _grown(
    model: Path, entries: Iterable[Entry], examples: Iterable[Example]
) -> tuple[NDArray[np.float32], dict[str, int]]:
    """The vectors and terms of `model` with those that papers and questions add."""
    home = model / json.loads((model / "modules.json").read_text("utf-8"))[0]["path"]
    weights = load_file(home / "model.safetensors")
    vectors = weights["embeddings"].astype(np.float32) * weights["weights"][:, None]
    vocabulary = dict(Tokenizer.from_file(str(home / "tokenizer.json")).get_vocab())
    asked = Counter(term for example in examples for term in set(terms(example.question)))
    printed = (term for entry in entries for term in terms(readable(entry)))
    for term in (*printed, *sorted(t for t, count in asked.items() if count >= _SEEN_TWICE)):
        vocabulary.setdefault(term, len(vocabulary))
    random = np.random.default_rng(0)
    added = random.standard_normal((len(vocabulary) - len(vectors), vectors.shape[1]))
    length = np.linalg.norm(vectors, axis=1).mean() * _NEW
    return np.concatenate([vectors, added.astype(np.float32) * length]), vocabulary


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--model", type=Path, default=SHIPPED, help="trained on articles")
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--rate", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=407)
    return parser.parse_args()


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    main()
