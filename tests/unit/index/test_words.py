"""What a text is searched by."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.words import terms, tokens
from knowledge.vietnamese import fold


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  … – !", []),
        ("Chính", ["chinh"]),
        ("Chính sách", ["chinh", "sach", "chinh_sach"]),
        ("Đề án", ["de", "an", "de_an"]),
        # Numbers of papers and dates are words too.
        ("407/QĐ-TTg", ["407", "qd", "ttg", "407_qd", "qd_ttg"]),
        ("ngày 20/9/2023", ["ngay", "20/9/2023", "ngay_20/9/2023"]),
        # People and papers disagree about leading zeros.
        ("05/09/2023", ["5/9/2023"]),
        ("000", ["0"]),
        ("2.05", ["2.05"]),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@given(st.text(alphabet="aăâđeêioôơuưáàảãạếềểễệ ĐÀ,.-/0123456789", max_size=60))
def test_every_way_of_typing_is_one_text(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert terms(unicodedata.normalize("NFD", text)) == terms(composed) == terms(fold(text))
    assert terms(text.upper()) == terms(text)


@given(st.text(max_size=60))
def test_tokens_read_again_are_the_same(text: str) -> None:
    assert tokens(" ".join(tokens(text))) == tokens(text)
