"""The files of one person as they get them back: one archive, and how to get what does not fit."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from zipfile import ZipFile, ZipInfo

from bot.messages import Enclosure
from service.links import Linked, path_to
from service.settings import Settings

_NAME, _FOLDER = "tep-cua-toi.zip", "tep"
LARGEST = 40_000_000  #: bytes of files in the archive: Telegram carries it, and memory holds it


@dataclass(frozen=True, slots=True)
class Owned:
    """A file that the person has sent; its bytes lie under their hash as long as they are kept."""

    sha256: str
    name: str
    media_type: str
    size: int  #: bytes


@dataclass(frozen=True, slots=True)
class Packed:
    """Where each file is found, by its hash; a file in neither is not kept any more."""

    archive: Enclosure | None
    inside: Mapping[str, str]  #: in the archive
    left_out: Mapping[str, str]  #: what does not fit → its address, "" without a public one


def pack(settings: Settings, files: Iterable[Owned], largest: int = LARGEST) -> Packed:
    """The same files always make the same archive, which is then kept once; the first fit first."""
    kept = [one for one in _once(files) if (settings.received_dir / one.sha256).is_file()]
    inside: dict[str, str] = {}
    left_out: dict[str, str] = {}
    content, room = io.BytesIO(), largest
    with ZipFile(content, "w") as archive:
        for number, one in enumerate(kept, 1):
            if one.size > room:
                left_out[one.sha256] = _address(settings, one)
                continue
            room -= one.size
            path = f"{_FOLDER}/{number:02}-{PurePath(one.name).name}"
            # The beginning of all ZIP time, so that nothing but the files makes a difference.
            archive.writestr(ZipInfo(path), (settings.received_dir / one.sha256).read_bytes())
            inside[one.sha256] = path
    made = Enclosure(_NAME, "application/zip", content.getvalue()) if inside else None
    return Packed(made, inside, left_out)


def _once(files: Iterable[Owned]) -> Sequence[Owned]:
    by_hash: dict[str, Owned] = {}
    for one in files:
        by_hash.setdefault(one.sha256, one)
    return tuple(by_hash.values())


def _address(settings: Settings, one: Owned) -> str:
    if settings.public_url is None:
        return ""
    return settings.public_url + path_to(settings, Linked(one.sha256, one.name, one.media_type))
