"""Pictures of pages of text, sharp or not, made without any file."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFilter, ImageFont

LINES = (
    "Cong hoa xa hoi chu nghia Viet Nam", "Doc lap - Tu do - Hanh phuc",
    "KE HOACH truyen thong chinh sach", "Muc dich, yeu cau va pham vi thuc hien",
)  # fmt: skip


def a_page(
    size: tuple[int, int] = (1200, 1600),
    *,
    blur: float = 0.0,
    light: float = 1.0,
    lines: int = 30,
) -> Image.Image:
    """A photographed page; `blur`: in pixels, `light`: 1.0 is daylight."""
    picture = Image.new("RGB", size, (235, 235, 228))
    drawing = ImageDraw.Draw(picture)
    height = size[1] // 60
    font = ImageFont.load_default(height)
    for number in range(lines):
        place = (size[0] // 10, size[1] // 12 + number * height * 3 // 2)
        drawing.text(place, LINES[number % len(LINES)], fill=(25, 25, 30), font=font)
    if blur:
        picture = picture.filter(ImageFilter.GaussianBlur(blur))
    return picture.point([int(value * light) for value in range(256)] * 3)


def encoded(picture: Image.Image, kind: str = "JPEG", **more: object) -> bytes:
    """The bytes of a file of it."""
    written = io.BytesIO()
    picture.save(written, kind, **more)
    return written.getvalue()
