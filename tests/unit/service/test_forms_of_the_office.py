"""The office's own forms: what is wrong with a file, line by line, and which form is in use."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.forms.definition import FORMS, known_forms, load_form
from service.form_faults import faults_of
from service.forms import FormRefused, check_override, form_of, reset_form, set_form, used
from service.settings import Settings
from tests.builders import some_settings

TEXT = (FORMS / "gop-y.yaml").read_text("utf-8")
NEWER = TEXT.replace("version: 1", "version: 2").replace("Góp ý của Anh/chị là gì?", "Ý gì ạ?")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return some_settings(tmp_path)


def folder(settings: Settings) -> Path:
    made = settings.data_dir / "overrides" / "forms"
    made.mkdir(parents=True, exist_ok=True)
    return made


def names(settings: Settings) -> list[str]:
    return sorted(file.name for file in folder(settings).iterdir())


def asked(settings: Settings) -> str:
    field = form_of(settings, "gop-y").field("comment")
    assert field is not None
    return field.question


# --- what is wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize("form", sorted(known_forms()))
def test_what_ships_may_be_handed_in_again(form: str) -> None:
    assert faults_of((FORMS / f"{form}.yaml").read_text("utf-8")) == ()


@pytest.mark.parametrize(
    ("was", "now", "line", "says"),
    [
        ("version: 1", "version: một", 3, "“version” phải là một số nguyên"),
        ("version: 1", "version: 1\nvresion: 2", 4, "Không có mục “vresion”"),
        ("version: 1", "version: 1\nversion: 2", 4, "“version” ghi hai lần"),
        ("id: gop-y", "id: gop-gi", 2, "Không có biểu mẫu “gop-gi”"),
        ("ends: record", "ends: note", 6, "“ends” phải giữ là “record”"),
        ("purpose: comment", "purpose: submit", 7, "“purpose” phải giữ là “comment”"),
        ("    type: text\n", "    type: chu\n", 24, "Không có loại “chu”"),
        ("    type: text\n", "    type: phone\n", 23, "“type”, “source” và “needs” phải giữ"),
        ("    name: Góp ý\n", "", 23, "Còn thiếu: name"),
        ("    name: Góp ý\n", "    name: Có: không\n", 25, "Không đọc được"),
        ("    name: Góp ý\n", "    name: no\n", 25, "“name” phải là một câu chữ"),
        ("    optional: true\n", "    optional: đúng\n", 36, "“optional” phải là true hoặc false"),
        ("    longest: 3000", "    longest: -1", 30, "“longest” phải là một số nguyên từ 1"),
        ("  - id: files", "  - id: comment", 31, "Câu hỏi “comment” có hai lần"),
        ("  - id: comment", "  - id: y_kien", 11, "Thiếu câu hỏi “comment” mà trợ lý cần"),
        ("    source: drafts\n", "", 11, "chỉ loại choice, choices mới có"),
        ("    default: draft\n", "    when: {x: [a]}\n", 11, "Chưa dùng được"),
        ("    longest: 3000", "    stays: true", 23, "Chưa dùng được"),
        ("fields:", "fields: []\nnhap:", 11, "Không có mục “nhap”"),
    ],
)
def test_it_is_told_line_by_line(was: str, now: str, line: int, says: str) -> None:
    assert was in TEXT
    faults = faults_of(TEXT.replace(was, now, 1))
    assert any(fault.line == line and says in fault.says for fault in faults), faults


@pytest.mark.parametrize("text", ["", "[]", "- a", "a", "&a [*a]", "x" * 200_001, "\0", "[" * 5000])
def test_what_is_no_form_at_all_is_refused(text: str) -> None:
    assert faults_of(text)


def test_all_faults_are_told_at_once() -> None:
    wrong = TEXT.replace("version: 1", "version: x").replace("    most: 10", "    most: nhiều")
    assert len(faults_of(wrong)) == 2


def test_questions_may_be_worded_anew_left_out_and_added() -> None:
    head, _, _ = NEWER.partition("  - id: files")
    more = "  - id: noi\n    type: text\n    name: Nơi ở\n    question: Anh/chị ở đâu?\n"
    form = check_override(head + more, "gop-y")
    assert [field.id for field in form.fields] == ["draft", "comment", "noi"]
    with pytest.raises(FormRefused):
        check_override(NEWER, "bao-cao")


# --- which form is in use -----------------------------------------------------------------------


def test_a_file_takes_effect_at_once_and_the_one_before_is_kept(settings: Settings) -> None:
    assert set_form(settings, NEWER).version == 2
    assert asked(settings) == "Ý gì ạ?"
    newest = NEWER.replace("version: 2", "version: 5").replace("Ý gì ạ?", "Ý của Anh/chị?")
    set_form(settings, newest)
    assert asked(settings) == "Ý của Anh/chị?"
    assert names(settings) == ["gop-y.v2.yaml", "gop-y.yaml"]
    assert (folder(settings) / "gop-y.v2.yaml").read_text("utf-8") == NEWER
    assert reset_form(settings, "gop-y")
    assert not reset_form(settings, "gop-y")
    assert form_of(settings, "gop-y") == load_form("gop-y")
    assert names(settings) == ["gop-y.v2.yaml", "gop-y.v5.yaml"]


def test_a_version_must_be_above_all_there_have_been(settings: Settings) -> None:
    def refused(text: str) -> bool:
        with pytest.raises(FormRefused, match="3: “version” phải lớn hơn"):
            set_form(settings, text)
        return True

    assert refused(TEXT)
    set_form(settings, NEWER)
    assert refused(NEWER)
    reset_form(settings, "gop-y")
    assert refused(NEWER)  # drafts may still be of it
    assert names(settings) == ["gop-y.v2.yaml"]


def test_a_file_that_cannot_be_used_is_left_aside(settings: Settings) -> None:
    file = folder(settings) / "gop-y.yaml"
    for content in (b"fields: [", b"\xff\xfe", TEXT.replace("type: text", "type: x").encode()):
        file.write_bytes(content)
        assert form_of(settings, "gop-y") == load_form("gop-y")
        assert used(settings, "gop-y").origin == "unusable"
    set_form(settings, NEWER)
    assert asked(settings) == "Ý gì ạ?"
    assert [name for name in names(settings) if name.startswith("gop-y.unusable-")]
