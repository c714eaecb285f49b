"""More than two hundred hostile or odd files, the same for the same seed, all made here.

Each says what may become of it: "read", the name of a refusal, or either ("any").
"""

from __future__ import annotations

import codecs
import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from tests.hostile_docx import docx_cases, zip_cases
from tests.hostile_pdf import pdf_cases
from tests.papers import docx_bytes, paragraph, pdf_of

READ = "read"
DAMAGED, UNSUPPORTED, EMPTY = "DamagedDocument", "UnsupportedDocument", "EmptyDocument"
PLAIN = "Kế hoạch truyền thông chính sách năm 2023 của Ủy ban nhân dân thành phố"


@dataclass(frozen=True, slots=True)
class Case:
    """One file: what is odd about it, its name, its bytes, and its allowed outcomes."""

    title: str
    name: str
    data: bytes
    allowed: frozenset[str]  #: "read", names of errors; "any" allows every outcome in words


def cases(seed: int = 407) -> Iterator[Case]:
    """Every case, made one at a time so that the large ones are never in memory together."""
    rng = random.Random(seed)
    makers = (
        _texts(rng),
        _names(),
        _disguises(rng),
        zip_cases(),
        docx_cases(),
        pdf_cases(rng),
        _broken(rng),
    )
    for maker in makers:
        for title, name, data, allowed in maker:
            yield Case(title, name, data, frozenset(allowed.split()))


def _texts(rng: random.Random) -> Iterator[tuple[str, str, bytes, str]]:
    utf8 = PLAIN.encode()
    tcvn3 = b"K\xd5 ho\xb9ch truy\xd2n th\xabng ch\xddnh s\xb8ch n\xa8m 2023"
    cp1258 = "".join(map(_for_cp1258, PLAIN)).encode("cp1258")
    yield "UTF-8", "a.txt", utf8, READ
    yield "UTF-8 with a mark", "a.txt", codecs.BOM_UTF8 + utf8, READ
    yield "UTF-8 decomposed", "a.md", unicodedata.normalize("NFD", PLAIN).encode(), READ
    yield "UTF-8 cut inside a letter", "a.txt", "Kế hoạch số".encode()[:-1], READ
    for name, mark in (("16-le", "BOM_UTF16_LE"), ("16-be", "BOM_UTF16_BE")):
        body = PLAIN.encode(f"utf-{name}")
        yield f"UTF-{name}", "a.txt", getattr(codecs, mark) + body, READ
        yield f"UTF-{name} without a mark", "a.txt", body, READ
        yield f"UTF-{name} odd length", "a.txt", getattr(codecs, mark) + body[:-1], READ
        yield f"UTF-{name} lone surrogate", "a.txt", getattr(codecs, mark) + b"\xd8\xd8" * 9, "any"
    yield "UTF-32", "a.txt", codecs.BOM_UTF32_LE + PLAIN.encode("utf-32-le"), READ
    yield "Windows-1258", "a.txt", cp1258, READ
    yield "TCVN3", "a.txt", tcvn3 * 20, READ
    yield "VNI", "a.txt", "Keá hoaïch truyeàn thoâng, baûo ñaûm, ñieåm".encode("latin-1"), READ
    yield "one byte", "a.txt", b"a", READ
    yield "one zero byte", "a.txt", b"\0", "UnsupportedDocument EmptyDocument"
    yield "one byte that is no letter", "a.md", b"\xff", "any"
    yield "no byte", "a.txt", b"", EMPTY
    yield "only white space", "a.txt", b" \r\n\t\n" * 1000, EMPTY
    yield "only a mark", "a.txt", codecs.BOM_UTF8, EMPTY
    yield "only hard spaces", "a.txt", "\u00a0\u2003\u3000".encode() * 99, EMPTY
    yield "only zero bytes", "a.txt", bytes(100_000), UNSUPPORTED
    yield "one zero byte inside", "a.txt", utf8 + b"\0" + utf8 * 9, READ
    yield "many zero bytes inside", "a.txt", b"a\0\0b" * 5000, "any"
    yield "every control character", "a.txt", bytes(range(32)) + utf8 * 40, READ
    yield "mostly control characters", "a.txt", bytes(range(1, 32)) * 400, UNSUPPORTED
    yield "escape sequences of a terminal", "a.txt", b"\x1b]0;x\x07\x1b[2J" + utf8 * 9, "any"
    yield "direction overrides", "a.txt", f"{PLAIN} \u202etxt.exe\u202c".encode(), READ
    yield "one line of four million characters", "a.txt", b"a" * 4_000_000, READ
    yield "a million empty lines", "a.txt", b"a" + b"\n" * 1_000_000 + b"b", READ
    yield "more characters than allowed", "a.txt", b"ab " * 2_000_000, "DocumentTooLarge"
    yield "more bytes than allowed", "a.txt", b"a" * (20 * 2**20 + 1), "DocumentTooLarge"
    yield "more bytes than allowed as PDF", "a.pdf", b"%PDF-1.7\n" * 2_400_000, "DocumentTooLarge"
    yield "a hundred accents on one letter", "a.txt", ("e" + "\u0301" * 100_000).encode(), READ
    yield "no Unicode letters", "a.txt", "\uffff\ufffe\U0010ffff".encode() * 9, "any"
    yield "old line ends", "a.txt", utf8 + b"\r" + utf8 + b"\r\n\x0b\x0c" + utf8, READ
    yield "random bytes", "a.txt", rng.randbytes(100_000), UNSUPPORTED
    yield "random bytes above 127", "a.txt", bytes(b | 128 for b in rng.randbytes(9000)), "any"
    yield "JSON bomb of brackets", "a.txt", b"[" * 500_000, READ
    yield "spreadsheet formula", "a.txt", b'=cmd|"/c calc"!A1', READ
    yield "script in Markdown", "a.md", b"# x\n<script>alert(1)</script>", READ
    yield "template injection", "a.md", b"{{7*7}} ${7*7} %s %n {0.__class__}", READ


def _for_cp1258(letter: str) -> str:
    """A letter as Windows-1258 spells it: its own vowel, the tone apart."""
    parts = unicodedata.normalize("NFD", letter)
    tones = [c for c in parts[1:] if c in "\u0300\u0301\u0303\u0309\u0323"]
    base = "".join(c for c in parts if c not in tones)
    return unicodedata.normalize("NFC", base) + "".join(tones)


def _names() -> Iterator[tuple[str, str, bytes, str]]:
    data = PLAIN.encode()
    for name in (
        "../../etc/passwd.txt",
        "/etc/cron.d/x.txt",
        "C:\\Windows\\system32\\x.txt",
        "..\\..\\x.txt",
        "a\nb: c\r\n.txt",
        "x" * 100_000 + ".txt",
        "кế\u202etxt.hoạch.txt",
        "$(reboot).txt",
        "`reboot`;--help.txt",
        "-rf.txt",
        "%s%n{0}.txt",
        "BÁO CÁO.TXT",
        "a.txt ",
        "a.txt.",
        "\ud800.txt",
        ".txt",
    ):
        yield f"name {name[:20]!r}", name, data, READ
    for name in (
        "a.txt\0.exe",
        "a.exe\0",
        "",
        ".",
        "..",
        "a",
        "a.pdf.exe",
        "a.docx/",
        "a.pdf:stream",
        "CON",
        "a." + "x" * 50_000,
    ):
        yield f"name {name[:20]!r}", name, data, UNSUPPORTED


def _disguises(rng: random.Random) -> Iterator[tuple[str, str, bytes, str]]:
    pdf = pdf_of([PLAIN])
    docx = docx_bytes(paragraph(PLAIN))
    tail = rng.randbytes(4000)
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + tail
    locked = ole + "EncryptedPackage".encode("utf-16-le") + tail
    others = {
        "OLE": ole,
        "RTF": rb"{\rtf1\ansi Ke hoach}",
        "HTML": b"<!DOCTYPE html><html><body>x</body></html>",
        "XML": b'<?xml version="1.0"?><a/>',
        "Windows program": b"MZ\x90\0\3\0\0\0" + tail,
        "Linux program": b"\x7fELF\2\1\1" + tail,
        "PNG": b"\x89PNG\r\n\x1a\n" + tail,
        "JPEG": b"\xff\xd8\xff\xe0\0\x10JFIF" + tail,
        "gzip": b"\x1f\x8b\x08\0" + tail,
        "RAR": b"Rar!\x1a\7\0" + tail,
        "7z": b"7z\xbc\xaf\x27\x1c" + tail,
        "film": b"\0\0\0\x20ftypisom" + tail,
        "random": b"\x9c\x01" + tail,
    }
    for what, data in others.items():
        for extension in ("pdf", "docx", "txt"):
            yield f"{what} as .{extension}", f"a.{extension}", data, f"{UNSUPPORTED} {DAMAGED}"
    for extension in ("doc", "docm", "odt", "rtf", "xlsx", "html", "exe", "zip", "jpg", "eml"):
        yield f"DOCX as .{extension}", f"a.{extension}", docx, UNSUPPORTED
    for extension in ("pdf", "docx", "txt", "doc"):
        wanted = UNSUPPORTED if extension == "doc" else "EncryptedDocument"
        yield f"encrypted Office as .{extension}", f"a.{extension}", locked, wanted
    yield "PDF as .docx", "a.docx", pdf, DAMAGED
    yield "PDF as .txt", "a.txt", pdf, DAMAGED
    yield "DOCX as .pdf", "a.pdf", docx, DAMAGED
    yield "DOCX as .md", "a.md", docx, DAMAGED
    yield "text as .pdf", "a.pdf", PLAIN.encode(), DAMAGED
    yield "text as .docx", "a.docx", PLAIN.encode(), DAMAGED
    yield "PDF and DOCX in one", "a.pdf", pdf + docx, READ
    yield "DOCX before a PDF", "a.docx", docx + pdf, "any"


def _broken(rng: random.Random) -> Iterator[tuple[str, str, bytes, str]]:
    """Whole files cut short, with bytes changed, moved, doubled or put in."""
    lines = [f"{n}. {PLAIN}" for n in range(30)]
    whole = {"pdf": pdf_of(lines, lines[3:]), "docx": docx_bytes("".join(map(paragraph, lines)))}
    for extension, data in whole.items():
        name = f"a.{extension}"
        for share in (1, 5, 20, 50, 80, 95, 99):
            cut = data[: len(data) * share // 100]
            yield f"{extension} cut at {share} %", name, cut, DAMAGED
        for n in range(20):
            changed = bytearray(data)
            for _ in range(4 ** (n % 5)):
                changed[rng.randrange(8, len(data))] = rng.randrange(256)
            yield f"{extension} with bytes changed, {n}", name, bytes(changed), "any"
        for n in range(6):
            at, other = sorted(rng.sample(range(8, len(data)), 2))
            yield f"{extension} with a piece missing, {n}", name, data[:at] + data[other:], "any"
            twice = data[:other] + data[at:]
            yield f"{extension} with a piece doubled, {n}", name, twice, "any"
            inserted = data[:at] + rng.randbytes(50) + data[at:]
            yield f"{extension} with bytes put in, {n}", name, inserted, "any"
        for n in range(4):
            overrun = data[:12] + rng.randbytes(len(data) - 12)
            yield f"{extension} with only its first bytes, {n}", name, overrun, "any"
