"""The five local papers, read: who issued them, every clause with its span, every duty."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.library import SHIPPED
from knowledge.reading.inspect import inspect_text, to_json

TREES = Path(__file__).parent / "trees"
PAPERS = [
    "hai-phong-gddt-2023",
    "hung-yen-khcn-2024",
    "hai-phong-gddt-cv-2024",
    "lang-son-khdt-2023",
    "ia-hdrai-2022-2027",
]


@pytest.mark.parametrize("paper", PAPERS)
def test_the_tree_is_the_one_we_looked_at(paper: str, update_golden: bool) -> None:
    text = (SHIPPED / paper / "text.txt").read_bytes().decode("utf-8")
    tree = json.dumps(to_json(inspect_text(text)), ensure_ascii=False, indent=1) + "\n"
    file = TREES / f"{paper}.json"
    if update_golden:
        TREES.mkdir(exist_ok=True)
        file.write_text(tree, "utf-8")
    assert tree == file.read_text("utf-8")
