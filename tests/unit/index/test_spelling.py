"""Glued words, raw keys and slips of the finger."""

import pytest

from index.spelling import EXACT, GUESSED, REPAIRED, Speller, is_syllable

KNOWN = {
    "truyen": 9, "thong": 9, "chinh": 8, "sach": 8, "pho": 4, "bien": 4, "hop": 3, "ke": 7,
    "hoach": 7, "ban": 2, "nganh": 2, "bang": 1, "tieu": 3, "chi": 5, "duong": 1,
    "ubnd": 9, "i": 5, "y": 1,
}  # fmt: skip


@pytest.mark.parametrize(
    ("token", "words", "belief"),
    [
        ("truyen", ["truyen"], EXACT),
        # Another syllable is another word, however near: "thuong" is not a slip of "duong".
        ("thuong", ["thuong"], EXACT),
        ("bhyt", ["bhyt"], EXACT),
        ("2023", ["2023"], EXACT),
        ("hoppho", ["hop", "pho"], REPAIRED),
        ("truyenthongchinhsach", ["truyen", "thong", "chinh", "sach"], REPAIRED),
        ("truyeenf", ["truyen"], REPAIRED),
        ("truye6n2", ["truyen"], REPAIRED),
        ("thoong", ["thong"], REPAIRED),
        ("chisnh", ["chinh"], REPAIRED),
        ("thogn", ["thong"], GUESSED),
        ("truyn", ["truyen"], GUESSED),
        ("hoacjh", ["hoach"], REPAIRED),
        ("internet", ["internet"], EXACT),
        # A Roman number is not a row of words.
        ("iii", ["iii"], EXACT),
        ("yke", ["y", "ke"], REPAIRED),
        ("x" * 5_000, ["x" * 5_000], EXACT),
    ],
)
def test_read(token: str, words: list[str], belief: float) -> None:
    assert Speller(KNOWN).read(token) == (words, belief)


def test_an_ambiguous_glue_is_cut_at_the_commoner_words() -> None:
    assert Speller(KNOWN | {"anh": 1}).split("bannganh") == ["ban", "nganh"]


def test_the_nearest_shares_the_first_letter_if_it_can() -> None:
    assert Speller({"thongg": 9, "dong": 9, "tong": 1}).nearest("tongn") == "tong"


@pytest.mark.parametrize(
    "word", ["truong", "nghieng", "khuyen", "y", "oanh", "quoc", "gi", "duong"]
)
def test_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["ubnd", "hoppho", "thogn", "internet", "zalo", "ngn", ""])
def test_not_syllables(word: str) -> None:
    assert not is_syllable(word)
