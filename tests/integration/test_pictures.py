"""Photos: sharp or not, too dark, too large, and several of them as one PDF."""

from __future__ import annotations

import io

import pillow_heif
import pypdfium2
import pytest
from PIL import Image

from service.delivery.pictures import BadPicture, Seen, TooManyPages, pages_to_pdf, see
from tests.papers import pdf_of
from tests.pictures import a_page, encoded

RED, GREEN, BLUE = (200, 0, 0), (0, 160, 0), (0, 0, 200)


def plain(colour: tuple[int, int, int], size: tuple[int, int] = (300, 400)) -> Image.Image:
    return Image.new("RGB", size, colour)


def heic(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    pillow_heif.from_pillow(picture).save(written, quality=80)
    return written.getvalue()


def drawn(pdf: bytes) -> list[Image.Image]:
    """The pages as they look, one point each for a pixel."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.render().to_pil().convert("RGB") for page in document]
    document.close()
    return pages


def near(colour: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(colour, tuple)
    return all(abs(one - other) < 25 for one, other in zip(colour, wanted, strict=True))


def middle(page: Image.Image) -> object:
    return page.getpixel((page.width // 2, page.height // 2))


@pytest.mark.parametrize("size", [(900, 1200), (1600, 1200), (2448, 3264)])
def test_a_sharp_page_is_told_from_a_blurred_one(size: tuple[int, int]) -> None:
    assert see(encoded(a_page(size))) == Seen(1)
    assert see(encoded(a_page(size, lines=4))) == Seen(1)  # most of it is white
    assert see(encoded(a_page(size, blur=size[1] / 250))) == Seen(1, blurred=True)


def test_a_page_in_shadow_is_read_and_one_without_light_is_not() -> None:
    assert see(encoded(a_page(light=0.5))) == Seen(1)
    assert see(encoded(a_page(light=0.15))) == Seen(1, blurred=True)
    assert see(encoded(plain((0, 0, 0)))) == Seen(1, blurred=True)


def test_every_kind_of_picture_is_opened() -> None:
    page = a_page((900, 1200))
    sheets = [page.convert("1"), page.convert("1"), page.convert("1")]
    tiff = encoded(sheets[0], "TIFF", save_all=True, append_images=sheets[1:])
    assert see(tiff) == Seen(3)
    assert see(heic(page)) == Seen(1)
    for kind in ("PNG", "WEBP", "GIF"):
        assert see(encoded(page, kind)) == Seen(1)


def test_what_is_no_picture_or_too_large_is_said_to_be_so() -> None:
    for content in (b"", b"%PDF-1.4", encoded(a_page())[:900], b"\0\0\0\x18ftypheic" + b"x" * 99):
        assert see(content) == Seen()
    assert see(encoded(Image.new("1", (8_000, 8_000)), "PNG")) == Seen(too_large=True)
    assert see(encoded(plain(RED, (9_000, 7_000)), "JPEG")) == Seen(1, blurred=True)  # had smaller


def test_photos_become_pages_in_their_order() -> None:
    sheets = [plain(BLUE), plain(RED)]
    tiff = encoded(sheets[0], "TIFF", save_all=True, append_images=sheets[1:])
    pdf = pages_to_pdf(
        [encoded(plain(RED)), heic(plain(GREEN)), tiff, encoded(plain(GREEN), "PNG")]
    )
    colours = [middle(page) for page in drawn(pdf)]
    assert len(colours) == 5
    assert all(map(near, colours, (RED, GREEN, BLUE, RED, GREEN)))


def test_a_photo_is_turned_and_nothing_of_the_camera_comes_along() -> None:
    lying = plain(RED, (400, 300))
    lying.paste(BLUE, (0, 0, 200, 300))  # left half; upright it is the top
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    exif[0x010F] = "Camera of a test"
    exif.get_ifd(0x8825)[1] = "N"
    photo = encoded(lying, exif=exif, comment=b"at home", quality=95)
    assert b"Camera of a test" in photo
    pdf = pages_to_pdf([photo])
    [page] = drawn(pdf)
    assert page.height > page.width
    assert near(page.getpixel((page.width // 2, page.height // 4)), BLUE)
    assert near(page.getpixel((page.width // 2, page.height * 3 // 4)), RED)
    for trace in (b"Camera", b"Exif", b"at home"):
        assert trace not in pdf


def test_pages_are_small_and_what_is_clear_becomes_white() -> None:
    large = Image.effect_noise((4_000, 3_000), 60).convert("RGB")
    pdf = pages_to_pdf([encoded(large, quality=98), encoded(Image.new("RGBA", (50, 50)), "PNG")])
    document = pypdfium2.PdfDocument(pdf)
    assert [next(iter(page.get_objects())).get_px_size() for page in document] == [
        (2_200, 1_650),
        (50, 50),
    ]
    document.close()
    assert near(middle(drawn(pdf)[1]), (255, 255, 255))
    assert len(pdf) < len(encoded(large, quality=98)) / 2


@pytest.mark.parametrize("bad", [b"", b"not a picture", pdf_of(["x"]), encoded(plain(RED))[:300]])
def test_a_bad_picture_is_named_by_its_place(bad: bytes) -> None:
    with pytest.raises(BadPicture, match="Ảnh thứ 2 không mở được") as raised:
        pages_to_pdf([encoded(plain(RED)), bad, encoded(plain(BLUE))])
    assert raised.value.position == 2


def test_more_pages_than_a_pdf_may_have() -> None:
    sheets = [Image.new("1", (8, 8))] * 150
    tiff = encoded(sheets[0], "TIFF", save_all=True, append_images=sheets[1:])
    with pytest.raises(TooManyPages, match="200 trang"):
        pages_to_pdf([tiff, tiff])
