"""Every sentence a person reads, from texts.vi.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

TEXTS = Path(__file__).parent / "texts.vi.yaml"


@cache
def load_texts(path: Path = TEXTS) -> dict[str, str | tuple[str, ...]]:
    """Sentences by dotted key ("silent.place"); a list is a tuple."""
    flat: dict[str, str | tuple[str, ...]] = {}

    def walk(prefix: str, node: object) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                walk(f"{prefix}.{key}" if prefix else str(key), value)
        elif isinstance(node, list):
            flat[prefix] = tuple(str(v) for v in node)
        else:
            flat[prefix] = str(node)

    walk("", yaml.safe_load(path.read_text("utf-8")))
    return flat


def say(key: str, **values: object) -> str:
    """The sentence under `key`, filled in; KeyError when there is none."""
    text = load_texts()[key]
    if isinstance(text, tuple):
        raise TypeError(f"{key} is a list")
    return text.format(**values)


def choices(key: str) -> tuple[str, ...]:
    """The list of sentences under `key`."""
    text = load_texts()[key]
    return text if isinstance(text, tuple) else (text,)
