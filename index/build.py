"""A new index beside the old one: built, checked, swapped whole, and back again.

A folder holds generations (`000007-1f2e3d4c/`). A generation is built in a hidden folder and
renamed when it is complete, so a crash leaves the index in use untouched. What the index in use
has of the new one is taken over, and a generation that still lies there is taken into use again
without being built.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from index import growing, keywords, search, spelling, words
from index.encoder import Encoder, Encodes
from index.errors import IndexDamaged, IndexMissing, IndexOutdated, NothingToRollBack
from index.generations import (
    FORMAT,
    UNFINISHED,
    Generation,
    clear_unfinished,
    digest_of,
    is_whole,
    locked,
    newest_first,
    next_name,
    point,
    pointer,
    prune,
    read_generation,
    read_manifest,
    sync,
    unfinished,
)
from index.growing import search_after
from index.keywords import load_keywords, save_keywords
from index.search import Entry, Search, readable, search_over
from index.vectors import load_vectors, save_vectors
from knowledge import vietnamese

_AT_ONCE = 1_000  #: entries whose letters are put together for their fingerprint
SAMPLE = 50  #: entries that must be found by their own words before an index is used
_FILES = ("entries.json", "keywords.npz", "vectors.faiss")
#: What decides how entries are indexed.
_RECIPE = (vietnamese, words, spelling, keywords, search, growing)

__all__ = [
    "Generation",
    "Progress",
    "Status",
    "build",
    "build_search",
    "current",
    "fingerprint",
    "open_search",
    "rollback",
    "status",
]

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Status:
    """What lies in an index folder."""

    current: Generation | None
    previous: Generation | None
    unfinished: int  #: builds under way or broken off


def fingerprint(entries: Sequence[Entry], encoder: Encodes | None) -> str:
    """Equal only when an index of these entries with this model and code would be the same."""
    digest = hashlib.sha256(_recipe(encoder).encode())
    for start in range(0, len(entries), _AT_ONCE):
        some = entries[start : start + _AT_ONCE]
        parts = [p for e in some for p in (e.document, e.address, e.heading, e.text)]
        # With the lengths before them no part can run over into the next.
        digest.update(array("q", map(len, parts)).tobytes())
        digest.update("".join(parts).encode())
    return digest.hexdigest()


def _recipe(encoder: Encodes | None) -> str:
    """Equal only when one entry would be indexed in the same way."""
    digest = hashlib.sha256(f"{FORMAT}\0{encoder.fingerprint if encoder else ''}\0".encode())
    for module in _RECIPE:
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()


def build(
    entries: Sequence[Entry],
    folder: Path,
    encoder: Encodes | Path | None,
    progress: Progress = lambda step: None,
    *,
    wait: bool = True,
) -> Generation:
    """Index the entries and take the index into use; unchanged entries are not indexed again.

    Waits while another process builds, or raises BuildRunning. Raises IndexDamaged when the new
    index fails its check; the old one then stays in use.
    """
    return build_search(entries, folder, encoder, progress, wait=wait)[0]


def build_search(
    entries: Sequence[Entry],
    folder: Path,
    encoder: Encodes | Path | None,
    progress: Progress = lambda step: None,
    *,
    wait: bool = True,
    before: tuple[str, Search] | None = None,
) -> tuple[Generation, Search]:
    """The same, with the index itself, so that it need not be read from the disk again.

    `before`: an index that is open, with the name of its generation; what it has of the entries is
    taken over. Without it the one in use is read for that.
    """
    model = Encoder(encoder) if isinstance(encoder, Path) else encoder
    print_ = fingerprint(entries, model)
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder, wait):
        clear_unfinished(folder)
        present = current(folder)
        again = _found_again(folder, print_, present)
        if again is not None:
            opened = before[1] if before and before[0] == again.name else None
            if present != again:
                point(folder, again.name, present.name if present else None)
            return again, opened or _load(folder / again.name, model, entries)
        progress("index")
        earlier = _earlier(folder, present, model, before)
        made = search_after(earlier, entries, model) if earlier else search_over(entries, model)
        progress("check")
        _check(made, len(entries))
        progress("write")
        generation = Generation(
            name=next_name(folder, print_),
            entries=len(entries),
            fingerprint=print_,
            encoder=model.fingerprint if model else "",
        )
        _write(folder, generation, made)
        point(folder, generation.name, present.name if present else None)
        prune(folder)
        return generation, made


def _found_again(folder: Path, print_: str, present: Generation | None) -> Generation | None:
    """The generation with this fingerprint that lies in the folder, the one in use first."""
    lying = (read_generation(folder, name) for name in newest_first(folder))
    for each in (present, *lying):
        if each is not None and each.fingerprint == print_ and is_whole(folder, each.name):
            return each
    return None


def _earlier(
    folder: Path,
    present: Generation | None,
    model: Encodes | None,
    before: tuple[str, Search] | None,
) -> Search | None:
    """An index made in the same way, from which the new one may take over what stays."""
    recipe = _recipe(model)
    if before and read_manifest(folder, before[0]).get("recipe") == recipe:
        return before[1]
    if present is None or read_manifest(folder, present.name).get("recipe") != recipe:
        return None
    return _load(folder / present.name, model) if is_whole(folder, present.name) else None


def current(folder: Path) -> Generation | None:
    """The index in use; None when there is none that can be read."""
    name, _ = pointer(folder)
    return read_generation(folder, name)


def rollback(folder: Path) -> Generation:
    """Take the index before this one into use again; raises NothingToRollBack."""
    with locked(folder, wait=False):
        now, before = pointer(folder)
        earlier = read_generation(folder, before)
        if earlier is None or not is_whole(folder, earlier.name):
            raise NothingToRollBack
        point(folder, earlier.name, now)
        return earlier


def status(folder: Path) -> Status:
    """What is in use, what could be rolled back to, and what was left unfinished."""
    name, before = pointer(folder)
    return Status(
        current=read_generation(folder, name),
        previous=read_generation(folder, before),
        unfinished=len(unfinished(folder)),
    )


def open_search(folder: Path, encoder: Encodes | Path | None, name: str | None = None) -> Search:
    """The index in use, or the one that is called `name`, ready to search.

    Raises IndexMissing, IndexOutdated (built with another model) or IndexDamaged.
    """
    model = Encoder(encoder) if isinstance(encoder, Path) else encoder
    generation = read_generation(folder, name) if name else current(folder)
    if generation is None:
        raise IndexMissing
    if generation.encoder != (model.fingerprint if model else ""):
        raise IndexOutdated
    if not is_whole(folder, generation.name):
        if not name and current(folder) != generation:  # swapped and pruned while we looked
            return open_search(folder, model)
        raise IndexDamaged
    return _load(folder / generation.name, model)


def _load(home: Path, model: Encodes | None, entries: Sequence[Entry] | None = None) -> Search:
    """The index in a folder; `entries`: those it has, where they are at hand."""
    if entries is None:
        rows = json.loads((home / "entries.json").read_text("utf-8"))
        entries = [Entry(*row) for row in rows]
    vectors = home / "vectors.faiss"
    return Search(
        entries=tuple(entries),
        keywords=load_keywords(home / "keywords.npz"),
        vectors=load_vectors(vectors) if vectors.is_file() else None,
        encoder=model,
    )


def _check(made: Search, expected: int) -> None:
    """Every sampled entry must come up for its own words, a rare tie excepted."""
    legs = made.keywords.count, expected if made.vectors is None else len(made.vectors)
    if {len(made.entries), *legs} != {expected}:
        raise IndexDamaged("Chỉ mục mới không đủ số điều khoản nên không được dùng.")
    sample = made.entries[:: max(1, expected // SAMPLE)]
    missed = [entry for entry in sample if not _finds(made, entry)]
    if len(missed) > max(1, len(sample) // 20):
        names = ", ".join(f"{entry.document} {entry.address}" for entry in missed[:5])
        raise IndexDamaged(f"Chỉ mục mới không tìm lại được {names} nên không được dùng.")


def _finds(made: Search, entry: Entry) -> bool:
    """Among the first three of its paper, or as good as the third: two clauses may say the same.

    Of a whole library hundreds do: "Tổ chức thực hiện" heads a part of every plan.
    """
    hits = made.find(readable(entry), documents=[entry.document], limit=20)
    least = hits[2].score if len(hits) > 2 else 0.0
    place = (entry.document, entry.address)
    return not hits or any(
        (hit.document, hit.address) == place and hit.score >= least - 1e-6 for hit in hits
    )


def _write(folder: Path, generation: Generation, made: Search) -> None:
    home = folder / f"{UNFINISHED}{generation.name}"
    home.mkdir()
    rows = [[e.document, e.address, e.heading, e.text] for e in made.entries]
    (home / "entries.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    save_keywords(made.keywords, home / "keywords.npz")
    if made.vectors is not None:
        save_vectors(made.vectors, home / "vectors.faiss")
    sums = {name: digest_of(home / name) for name in _FILES if (home / name).is_file()}
    manifest = {
        "format": FORMAT,
        "recipe": _recipe(made.encoder),
        "generation": asdict(generation),
        "files": sums,
    }
    (home / "manifest.json").write_text(json.dumps(manifest, indent=1), "utf-8")
    for file in home.iterdir():
        sync(file)
    home.rename(folder / generation.name)
