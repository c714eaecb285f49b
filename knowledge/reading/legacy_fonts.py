"""Text of the fonts from before Unicode, TCVN3 (ABC) and VNI: told from other text, and converted.

Such a font drew Vietnamese letters in the places of Western ones, so that a program reads
"KÕ ho¹ch" or "Keá hoaïch" where people saw "Kế hoạch". The tables are those of the two standards
(TCVN 5712:1993 and VNI Windows). Capitals of the TCVN3 fonts for headings have the codes of small
letters: which of the two was printed is not known any more.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from knowledge.vietnamese import is_syllable, syllables

LegacyFont = Literal["TCVN3", "VNI"]

# The lower-case TCVN3 letters from byte 0xA8 on; "\0" where the table has none.
_TCVN3_FIRST = 0xA8
_TCVN3 = (
    "ăâêôơưđ\0\0\0\0\0\0àảãáạ\0ằẳẵắ\0\0\0\0\0\0\0ặầẩẫấậè\0ẻẽéẹềểễếệìỉ\0\0\0ĩíịò\0ỏõóọồổỗốộờởỡớợù\0ủũúụ"
    "ừửữứựỳỷỹýỵ"
)
_TCVN3_CAPITALS = dict(zip("\xa1\xa2\xa3\xa4\xa5\xa6\xa7", "ĂÂÊÔƠƯĐ", strict=True))
_TCVN3_TABLE = str.maketrans(
    {chr(_TCVN3_FIRST + n): c for n, c in enumerate(_TCVN3) if c != "\0"}
    | _TCVN3_CAPITALS
    | {"\u03bc": "à"}  # PDF readers give the Greek letter for the sign of 0xB5
)
# VNI writes a letter, then its accents as a second one: "aù" is "á", "eä" is "ệ", "aé" is "ắ".
_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
_VNI_PAIRS = {
    base + sign: base_of + tone
    for bases, base_of_each, signs in (
        ("aeouyôö", "aeouyơư", "\0øùûõï"),
        ("aeo", "âêô", "âàáåãä"),
        ("a", "ă", "êèéúüë"),
    )
    for base, base_of in zip(bases, base_of_each, strict=True)
    for sign, tone in zip(signs, _TONES, strict=True)
}
_VNI_SINGLE = {"æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ", "ô": "ơ", "ö": "ư"}
_VNI = re.compile(r"[aeouyôö][øùûõïâàáåãäêèéúüë]|[æóòîñôö]", re.IGNORECASE)
# Signs that stand inside words only when letters of the old fonts are read as Latin-1.
_TCVN3_SIGN = re.compile(r"[A-Za-z][¨©ª«¬\xad®µ¶·¸¹»¼½¾]|[¨©ª«¬\xad®µ¶·¸¹»¼½¾][A-Za-z]")
_VNI_SIGN = re.compile(r"[aeouyôö][øûïåäüë]", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
#: Letters that only Unicode text has: a line with one of them is left alone.
_UNICODE = re.compile("[ăĂđĐơƠưƯ\u1ea0-\u1ef9]")
_SAMPLE = 200_000  #: characters that are looked at
_LEAST_SHARE = 0.85  #: of words spelled like Vietnamese, once they are converted


def legacy_font(text: str) -> LegacyFont | None:
    """Whether the letters are those of a font from before Unicode, shown as Latin-1."""
    sample = text[:_SAMPLE]
    letters = len(_LETTER.findall(sample))
    found_tcvn3, found_vni = len(_TCVN3_SIGN.findall(sample)), len(_VNI_SIGN.findall(sample))
    if found_tcvn3 >= 3 and found_tcvn3 * 100 >= letters:
        return "TCVN3"
    return "VNI" if found_vni >= 3 and found_vni * 150 >= letters else None


def to_unicode(text: str) -> tuple[str, LegacyFont | None]:
    """The text in Unicode, and the font that it was in; as it is where that is not plain.

    Lines that have letters of Unicode stay as they are: an old paper may have new paragraphs.
    """
    font = legacy_font(text)
    if font is None:
        return text, None
    convert = _from_tcvn3 if font == "TCVN3" else _from_vni
    lines = text.split("\n")
    converted = "\n".join(line if _UNICODE.search(line) else convert(line) for line in lines)
    before, after = _share(text), _share(converted)
    return (converted, font) if after >= _LEAST_SHARE and after > before else (text, None)


def _from_tcvn3(line: str) -> str:
    return line.translate(_TCVN3_TABLE)


def _from_vni(line: str) -> str:
    return _VNI.sub(_vni_letter, line)


def _vni_letter(match: re.Match[str]) -> str:
    printed, low = match[0], match[0].lower()
    found = _VNI_PAIRS.get(low)
    if found is None and len(low) == 2:  # two letters that only stand side by side
        return "".join(_cased(_VNI_SINGLE.get(c.lower(), c), c) for c in printed)
    letter = unicodedata.normalize("NFC", found or _VNI_SINGLE[low])
    return _cased(letter, printed[0])


def _cased(letter: str, printed: str) -> str:
    return letter.upper() if printed.isupper() else letter


def _share(text: str) -> float:
    """Of words that are spelled like Vietnamese."""
    words = [word for word in syllables(text[:_SAMPLE]) if word.isalpha()]
    return sum(map(is_syllable, words)) / len(words) if words else 0.0
