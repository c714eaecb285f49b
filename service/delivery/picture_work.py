"""What is done to pictures inside a child process: opened, measured, made into pages.

Only `service.delivery.pictures` has these run, in the cage of `knowledge.reading.sandbox`: the
decoders that read what strangers send are the least trusted code there is.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence

from PIL import Image, ImageFilter, ImageOps, ImageStat

MOST_PIXELS = 60_000_000  #: of one picture, after a JPEG was asked for less
LONG_SIDE = 2_200  #: pixels of a page: an A4 sheet at 190 dots per inch
_QUALITY = 80  #: of JPEG
_PAPER = 842.0  #: points: the long side of A4
_MOST_FRAMES = 200
_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "HEIF")

_LOOKED_AT = 1_000  #: pixels of the long side when sharpness is measured
_TILES = 10  #: a side is cut into
_CONTRAST = 60.0  #: variance of grey in a tile on which there is something
_EDGES = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=4, offset=128)


class _TooLarge(Exception):
    """More pixels or pages than are looked at."""


def measure(data: bytes, _: str) -> bytes:
    """{"pages", "sharpness", "light"} of a picture, or {"error"}: "large" or "unreadable"."""
    try:
        with _opened(data, _LOOKED_AT) as picture:
            pages = _frames(picture)
            grey = _grey(picture)
    except _TooLarge:
        return json.dumps({"error": "large"}).encode()
    except Exception:  # a decoder may raise anything
        return json.dumps({"error": "unreadable"}).encode()
    found = {"pages": pages, "sharpness": sharpness(grey), "light": _light(grey)}
    return json.dumps(found).encode()


def pages(data: bytes, most: str) -> bytes:
    """The pages of a picture as JPEG, at most so many: a line of lengths, then their bytes."""
    try:
        return _packed(list(_pages_of_picture(data, int(most))))
    except _TooLarge:
        return json.dumps({"error": "large"}).encode() + b"\n"
    except Exception:
        return json.dumps({"error": "unreadable"}).encode() + b"\n"


def drawn(data: bytes, most: str) -> bytes:
    """The first pages of a PDF as they look, likewise."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    found = []
    for number in range(min(len(document), int(most))):
        page = document[number]
        scale = LONG_SIDE / max(*page.get_size(), 1.0)
        found.append(_jpeg(page.render(scale=scale).to_pil()))
        page.close()
    return _packed(found)


def bound(data: bytes, lengths: str) -> bytes:
    """JPEG pictures one behind the other, of these lengths, as the pages of one PDF."""
    import pypdfium2

    document, start = pypdfium2.PdfDocument.new(), 0
    for length in json.loads(lengths):
        picture = pypdfium2.PdfImage.new(document)
        picture.load_jpeg(io.BytesIO(data[start : start + length]), inline=True)
        start += length
        width, height = picture.get_px_size()
        scale = _PAPER / max(width, height)
        picture.set_matrix(pypdfium2.PdfMatrix().scale(width * scale, height * scale))
        page = document.new_page(width * scale, height * scale)
        page.insert_obj(picture)
        page.gen_content()
        page.close()
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def sharpness(grey: Image.Image) -> float:
    """How steep its edges are for their contrast, in its sharper parts; 0.0: nothing is seen."""
    width, height = grey.size
    edges = grey.filter(_EDGES)
    found = []
    for box in _boxes(width, height):
        contrast = ImageStat.Stat(grey.crop(box)).var[0]
        if contrast >= _CONTRAST:
            found.append(ImageStat.Stat(edges.crop(box)).var[0] / contrast)
    return sorted(found)[len(found) * 4 // 5] if found else 0.0


def _boxes(width: int, height: int) -> Iterator[tuple[int, int, int, int]]:
    across, down = max(width // _TILES, 16), max(height // _TILES, 16)
    for left in range(0, width - across + 1, across):
        for top in range(0, height - down + 1, down):
            yield left, top, left + across, top + down


def _light(grey: Image.Image) -> float:
    """How light its paper is, 0 to 255: nine of ten points are darker."""
    counts, seen, enough = grey.histogram(), 0, 0.9 * grey.width * grey.height
    for value, count in enumerate(counts):
        seen += count
        if seen >= enough:
            return float(value)
    return 255.0


def _opened(data: bytes, side: int) -> Image.Image:
    """The picture, not decoded yet; a JPEG will be decoded no larger than is needed."""
    if data[4:8] == b"ftyp":
        import pillow_heif

        pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # counted here, where a JPEG can still be had smaller
    picture = Image.open(io.BytesIO(data), formats=_FORMATS)
    picture.draft(None, (side, side))
    _check(picture)
    return picture


def _check(picture: Image.Image) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise _TooLarge


def _frames(picture: Image.Image) -> int:
    """Sheets of a fax or a scanner; pictures that move are one."""
    return int(getattr(picture, "n_frames", 1)) if picture.format == "TIFF" else 1


def _grey(picture: Image.Image) -> Image.Image:
    return _flat(_smaller(picture, _LOOKED_AT)).convert("L")


def _pages_of_picture(data: bytes, most: int) -> Iterator[bytes]:
    with _opened(data, LONG_SIDE) as picture:
        count = _frames(picture)
        if count > _MOST_FRAMES:
            raise _TooLarge
        for number in range(min(count, most)):
            if number:
                picture.seek(number)
                _check(picture)
            yield _jpeg(picture)


def _jpeg(picture: Image.Image) -> bytes:
    """Upright, small, on white, and without whatever a camera writes beside it."""
    written = io.BytesIO()
    _flat(ImageOps.exif_transpose(_smaller(picture, LONG_SIDE))).save(
        written, "JPEG", quality=_QUALITY
    )
    return written.getvalue()


def _smaller(picture: Image.Image, side: int) -> Image.Image:
    """At most so long, with shades of grey where points of two colours are put together."""
    if picture.mode in ("1", "P", "PA"):
        picture = picture.convert("L" if picture.mode == "1" else "RGBA")
    picture.thumbnail((side, side), reducing_gap=3.0)
    return picture


def _flat(picture: Image.Image) -> Image.Image:
    """A new picture of nothing but its points: no place, no camera, no remark comes along."""
    if picture.mode.startswith("I;16") or picture.mode in ("I", "F"):
        picture = picture.point(lambda value: value / 256).convert("L")  # scanners of 16 bits
    deep = picture.convert("RGBA")
    paper = Image.new("RGB", deep.size, "white")
    paper.paste(deep, mask=deep.getchannel("A"))
    return paper


def _packed(found: Sequence[bytes]) -> bytes:
    return json.dumps([len(page) for page in found]).encode() + b"\n" + b"".join(found)


def unpacked(answer: bytes) -> Iterable[bytes] | str:
    """What `pages` and `drawn` answered: JPEG pages, or the error; raises ValueError."""
    head, _, rest = answer.partition(b"\n")
    told = json.loads(head)
    if isinstance(told, dict):
        return str(told.get("error"))
    found, start = [], 0
    for length in map(int, told):
        found.append(rest[start : start + length])
        start += length
    return found
