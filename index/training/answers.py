"""Teach an encoder which clause answers a question: python -m index.training.answers --out FOLDER.

What people ask is seldom worded as the paper is. Beside each clause of the shipped papers stand
questions that it answers (`questions/`, one file for each paper); the encoder that was trained on
articles learns to hold a question beside its clause and away from the other clauses of the paper.
Questions with no clause are near misses: they are in the words of the paper and ask what it does
not state. They learn to be near nothing in it, so that the nearest cosine tells how surely the
paper states what is asked.
The questions that the product is measured by are not among them (a test sees to that).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from torch.nn.functional import cross_entropy, normalize, pad

from index.encoder import SHIPPED
from index.search import Entry, entries_of, readable
from index.static import StaticTable
from index.training.corpus import Numbers
from index.training.train import end_to_end, save, say, tokenizer
from index.words import terms
from knowledge.documents import FIXED_ADDRESSES
from knowledge.library import SHIPPED as LIBRARY
from knowledge.library import load_library
from knowledge.organisations import Names, load_organisations, tokens_of

QUESTIONS = Path(__file__).parent / "questions"

#: Cosines with a clause that does not answer and with one that surely does, as measured on the
#: development questions.
ANSWERS = (0.05, 0.62)

_SEEN_TWICE = 2  #: a term of one question alone teaches nothing
_NEW = 1 / 64  #: length of a new term's first vector, of that of the others
_SCALE = 10.0  #: of the cosine, as the logit of a clause
_NOTHING = 0.4  #: cosine above which a clause answers: what "nothing in this paper" has instead
_LEFT_OUT = 0.3  #: share of a question's terms that it does without each time
_NEVER = -99.0  #: taken from the logit of a clause that is no wrong answer
#: Cosine of what articles taught, below which a clause of another paper says something else.
_UNLIKE = 0.42
_BORROWED = 0.35  #: what questions asked of another paper count, as a share of all others


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the places of the entries that answer it equally well, best first."""

    question: str
    paper: str  #: "" where the question is about none
    places: tuple[int, ...]  #: empty where nothing in the paper answers


def main() -> None:
    """Read the arguments, train, save."""
    options = _options()
    torch.set_num_threads(1)
    entries = entries_of(load_library(LIBRARY).documents)
    examples = read_examples(options.questions, entries)
    say(f"{len(examples)} questions, {len(entries)} clauses")
    vectors, vocabulary = _grown(options.model, entries, examples)
    bag = torch.nn.EmbeddingBag.from_pretrained(torch.from_numpy(vectors), freeze=False)
    lessons = Lessons(bag, vocabulary, entries, examples, options.seed)
    lessons.learn(options.rounds, options.rate)
    module = StaticEmbedding(
        tokenizer(sorted(vocabulary, key=vocabulary.__getitem__)[1:]),
        embedding_weights=bag.weight.detach().numpy(),
    )
    taught = sorted({example.paper for example in examples if example.paper})
    model = SentenceTransformer(modules=[module], device="cpu")
    save(model, options.out, {"answers": ANSWERS, "taught": taught})


def read_examples(folder: Path, entries: Sequence[Entry]) -> list[Example]:
    """The questions of every file; raises KeyError for a clause that is not there."""
    place = {(entry.document, entry.address): i for i, entry in enumerate(entries)}
    return [
        Example(
            row["question"],
            row["document"],
            tuple(place[row["document"], a] for a in row["addresses"]),
        )
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
        self._fixed = [entry.address in FIXED_ADDRESSES for entry in entries]
        answered = np.array([bool(example.places) for example in examples])
        self._answered, self._missed = np.flatnonzero(answered), np.flatnonzero(~answered)
        organisations = load_organisations()
        names = (organisations.body_names, organisations.place_names)
        self._unnamed = [
            i for i, e in enumerate(examples) if e.places and not _names(e.question, names)
        ]

    def learn(self, rounds: int, rate: float, batch: int = 256) -> None:
        """Bring each question nearer to its clause than to the others, near misses to none.

        However many near misses there are, as many of them as of the others are looked at.
        """
        elsewhere = self._elsewhere()
        parts = -(-len(self._answered) // batch)
        steps = rounds * parts
        optimizer = torch.optim.Adam(self._bag.parameters(), lr=rate)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: max(0.05, 1 - step / steps)
        )
        for number in range(1, rounds + 1):
            order = np.array_split(self._random.permutation(self._answered), parts)
            losses = []
            for chosen in order:
                loss = self._loss(chosen)
                if len(self._missed):
                    loss = loss + self._loss(self._random.choice(self._missed, batch))
                if elsewhere:
                    at = self._random.choice(len(elsewhere), int(batch * _BORROWED))
                    asked, examples = zip(*(elsewhere[i] for i in at), strict=True)
                    loss = loss + _BORROWED * self._loss(np.array(asked), examples)
                losses.append(loss.item())
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
            say(f"round {number} of {rounds}: loss {np.mean(losses):.3f}")

    def _elsewhere(self) -> list[tuple[int, Example]]:
        """Questions that name nobody, each asked of every paper that says nothing like the answer.

        Nor may that paper be nearer to the question than its own is. A head or a closing is like
        no other, though each paper has one: they are left alone.
        """
        asked = [
            i for i in self._unnamed if not any(self._fixed[p] for p in self._examples[i].places)
        ]
        if not asked:
            return []
        with torch.no_grad():
            means = normalize(self._means(self._clauses))
            alike = (means @ means.T).numpy()
            near = (normalize(self._means([self._asked[i] for i in asked])) @ means.T).numpy()
        of = {paper: np.flatnonzero(self._papers == paper) for paper in sorted(set(self._papers))}
        elsewhere = []
        for i, cosines in zip(asked, near, strict=True):
            example = self._examples[i]
            own, answers = cosines[of[example.paper]].max(), alike[list(example.places)].max(0)
            elsewhere += [
                (i, Example(example.question, paper, ()))
                for paper, clauses in of.items()
                if paper != example.paper
                and cosines[clauses].max() < own
                and answers[clauses].max() < _UNLIKE
            ]
        return elsewhere

    def _loss(
        self, chosen: NDArray[np.int64], examples: Sequence[Example] | None = None
    ) -> torch.Tensor:
        """Of the questions at `chosen`, with their own answers or with those of `examples`."""
        questions = [_without_some(self._asked[i], self._random) for i in chosen]
        near = normalize(self._means(questions)) @ normalize(self._means(self._clauses)).T
        examples = examples or [self._examples[i] for i in chosen]
        nothing = near.shape[1]  # the last column stands for "none of these"
        wanted = torch.tensor([(*example.places, nothing)[0] for example in examples])
        logits = near * _SCALE + _handicaps(examples, self._papers)
        return cross_entropy(pad(logits, (0, 1), value=_NOTHING * _SCALE), wanted)

    def _means(self, texts: Sequence[Numbers]) -> torch.Tensor:
        means: torch.Tensor = self._bag(*end_to_end(texts))
        return means


def _handicaps(examples: Sequence[Example], papers: NDArray[np.str_]) -> torch.Tensor:
    """Shape (examples, entries): clauses of other papers and equally good ones do not count.

    Papers are told apart by their names; the same task in another paper is no wrong answer.
    """
    handicaps = np.zeros((len(examples), len(papers)), dtype=np.float32)
    for row, example in zip(handicaps, examples, strict=True):
        if example.paper:
            row[papers != example.paper] = _NEVER
        row[list(example.places[1:])] = _NEVER
    return torch.from_numpy(handicaps)


def _names(question: str, names: Iterable[Names]) -> bool:
    """Whether it says whose paper is meant: by a body, a place or a number."""
    asked = tokens_of(question)
    return any(token.isdigit() for token in asked) or any(known.find(asked) for known in names)


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
    table = StaticTable(model)
    vectors, vocabulary = table.vectors(), table.vocabulary()
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
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--rate", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=407)
    return parser.parse_args()


if __name__ == "__main__":
    main()
