"""The recipe of the encoder, on a corpus of forty short articles."""

import gzip
import json
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from index.encoder import Encoder
from index.training.corpus import read_articles, read_links
from index.training.pairs import Pairs

SUBJECTS = ["Kinh phí", "Thời hạn", "Trách nhiệm", "Phạm vi", "Khen thưởng"]
BODIES = [
    "Thanh niên",
    "Hợp tác xã",
    "Công chứng",
    "Đất đai",
    "Lưu trữ",
    "Điện ảnh",
    "Trẻ em",
    "Di sản",
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A corpus folder like those the encoder is trained on."""
    rows = [
        {
            "_id": f"{i}-{j}",
            "title": f"{subject} của {body}",
            "text": f"{subject} trong lĩnh vực {body} do Nhà nước quy định. " * 3,
            "dm": body,
        }
        for i, body in enumerate(BODIES)
        for j, subject in enumerate(SUBJECTS)
    ]
    lines = "\n".join(json.dumps(row) for row in rows)
    (tmp_path / "corpus.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    links = "0-0\t0-1\n0-1\t0-1\n0-1\tabsent\n1-0\t1-4\n"
    (tmp_path / "links.tsv.gz").write_bytes(gzip.compress(links.encode()))
    return tmp_path


def test_articles_are_read_as_numbers_of_widespread_terms(data: Path) -> None:
    articles, vocabulary = read_articles(data, 40)
    assert len(vocabulary) == 40
    start, body = articles.starts[0], articles.bodies[0]
    found = {vocabulary[number] for number in articles.terms(start, body)}
    assert {"kinh", "phi", "kinh_phi"} <= found
    assert "phi_trong" not in found  # the pair would reach beyond the title


def test_links_hold_known_articles_only(data: Path) -> None:
    articles, _ = read_articles(data, 100)
    assert read_links(data, articles) == [(0, 1), (5, 9)]
    (data / "links.tsv.gz").unlink()
    assert read_links(data, articles) == []


def test_the_same_seed_draws_the_same_pairs(data: Path) -> None:
    articles, _ = read_articles(data, 100)
    links = read_links(data, articles)
    one, same, other = (
        list(islice(Pairs(articles, links, seed).batches(16), 5)) for seed in (1, 1, 2)
    )
    flat = [np.concatenate([*map(np.concatenate, batch)]).tolist() for batch in one]
    assert flat == [np.concatenate([*map(np.concatenate, batch)]).tolist() for batch in same]
    assert flat != [np.concatenate([*map(np.concatenate, batch)]).tolist() for batch in other]
    assert all(len(question) and len(text) for batch in one for question, text in batch)


def test_training_twice_gives_the_same_folder_and_it_can_be_used(data: Path) -> None:
    """In a process of its own: torch takes seconds and hundreds of megabytes."""
    code = (
        "import sys\n"
        "from index.training.train import main\n"
        "for out in ('one', 'two'):\n"
        "    sys.argv = ['train', '--data', sys.argv[2], '--out', sys.argv[2] + '/' + out,\n"
        "        '--steps', '30', '--batch', '16', '--vocabulary', '100', '--dimension', '16',\n"
        "        '--threads', '1']\n"
        "    main()\n"
    )
    subprocess.run([sys.executable, "-c", code, "--data", str(data)], check=True)
    names = {"model.safetensors", "tokenizer.json", "modules.json", "troly.json"}
    for name in names:
        assert (data / "one" / name).read_bytes() == (data / "two" / name).read_bytes()
    encoder = Encoder(data / "one")
    question, right, wrong = encoder.encode(["đất đai", "lĩnh vực Đất đai", "lĩnh vực Điện ảnh"])
    assert encoder.folded
    assert question @ right > question @ wrong
