"""Which portals may embed the chat: origins, and nothing that a header would read as more."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.errors import InvalidSettings
from service.settings import load_settings
from tests.builders import some_settings


@pytest.mark.parametrize(
    ("set_to", "read"),
    [
        ("", ""),
        ("https://cong.example.vn", "https://cong.example.vn"),
        (" https://Cong.example.vn/\n http://10.0.0.5:8080 ", "https://cong.example.vn http://10.0.0.5:8080"),
    ],
)  # fmt: skip
def test_origins_are_read(tmp_path: Path, set_to: str, read: str) -> None:
    assert some_settings(tmp_path, widget_origins=set_to).widget_origins == read


@pytest.mark.parametrize(
    "wrong",
    [
        "cong.example.vn",
        "https://cong.example.vn/trang",
        "https://cong.example.vn; script-src *",
        "https://cong.example.vn,https://b.example.vn",
        "'none'",
        "*",
        "https://*.example.vn",
        "ftp://cong.example.vn",
        "https://an@cong.example.vn",
        "https://cổng.vn",
    ],
)
def test_what_is_no_origin_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TROLY_WIDGET_ORIGINS", wrong)
    with pytest.raises(InvalidSettings, match="TROLY_WIDGET_ORIGINS: phải là các địa chỉ dạng"):
        load_settings()
