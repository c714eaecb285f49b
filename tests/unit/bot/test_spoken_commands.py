"""What is a command and what is a question, in every spelling."""

from __future__ import annotations

import time
import unicodedata
from typing import get_args

import pytest

from bot.commands import (
    MENU,
    Command,
    _phrases,
    command_of,
    invitation_of,
    move_code_of,
    slash,
)
from bot.texts import say

#: Each phrase of phrases.toml as people write it who write with accents.
PHRASES: dict[Command, tuple[str, ...]] = {
    "start": ("start", "Bắt đầu"),
    "help": (
        "Trợ giúp", "help", "Hướng dẫn", "menu", "Cách dùng", "Bạn có thể làm gì?",
        "Bạn làm được gì?",
    ),
    "new": ("Mới", "Bắt đầu lại", "Hỏi việc khác", "Cuộc trò chuyện mới", "Hỏi lại"),
    "more": ("Xem thêm", "Thêm nữa", "Đọc tiếp", "Xem tiếp"),
    "clause": ("Xem cả điều", "Xem cả điều khoản", "Xem nguyên văn", "Nguyên văn"),
    "duties": (
        "Việc của tôi", "Nhiệm vụ của tôi", "Việc của đơn vị tôi", "Đơn vị tôi phải làm gì?",
    ),
    "move": ("Chuyển kênh", "Đổi kênh", "Mã chuyển kênh"),
    "erase": (
        "Xóa dữ liệu", "Xóa dữ liệu của tôi", "Xóa thông tin của tôi", "Xóa hết dữ liệu",
    ),
    "erase_now": ("Xác nhận xóa", "Đồng ý xóa"),
    "officer": ("Gặp cán bộ", "Gửi cho cán bộ", "Gặp người thật", "Nói chuyện với cán bộ"),
    "officer_done": (
        "Kết thúc", "Kết thúc với cán bộ", "Kết thúc trò chuyện", "Xong với cán bộ",
        "Không cần cán bộ", "Trợ lý trả lời tiếp",
    ),
    "group": ("Tin gửi nhóm", "Soạn tin gửi nhóm", "Soạn tin nhóm", "Gửi nhóm"),
    "keep": ("Thôi", "Không xóa"),
    "criteria": (
        "Kiểm tra tiêu chí", "Kiểm tra bốn tiêu chí", "Kiểm tra 4 tiêu chí", "Kiểm tra 407",
        "Kiểm tra tiêu chí 407", "Kiểm tra bốn tiêu chí 407",
    ),
    "checklist": ("Bảng kiểm nội dung", "Bảng kiểm", "Bảng kiểm nội dung truyền thông"),
    "mail": (
        "Nhận thư", "Nhận thư nhắc", "Nhận thư nhắc việc", "Nhận thư điện tử", "Đăng ký nhận thư",
        "Nhận email", "Đổi địa chỉ thư",
    ),
    "mail_stop": (
        "Ngừng nhận thư", "Thôi nhận thư", "Dừng nhận thư", "Hủy nhận thư", "Không nhận thư",
        "Không nhận thư nữa", "Ngừng nhận email",
    ),
    "form_back": ("Quay lại", "Lùi lại", "Câu trước", "Về câu trước"),
    "form_skip": ("Bỏ qua", "Bỏ qua câu này"),
    "form_save": ("Lưu làm sau", "Làm sau", "Lưu lại", "Để sau"),
    "form_cancel": ("Hủy", "Hủy bỏ", "Hủy biểu mẫu", "Hủy phiếu"),
    "form_done": ("Xong", "Đã xong", "Hết rồi", "Xong rồi"),
    "form_edit": ("Sửa", "Sửa câu trả lời", "Tôi muốn sửa"),
    "form_submit": (
        "Xem kết quả", "Hoàn thành", "Gửi", "Gửi đi", "Gửi luôn", "Nộp", "Nộp luôn",
    ),
    "form_agree": ("Đồng ý", "Tôi đồng ý", "Nhất trí"),
    "form_decline": ("Không đồng ý", "Tôi không đồng ý"),
    "register": ("Đăng ký", "Đăng ký đơn vị", "Đăng ký tài khoản", "Tôi là cán bộ"),
    "submit_plan": (
        "Nộp kế hoạch", "Gửi kế hoạch", "Nộp báo cáo kế hoạch", "Nộp kế hoạch truyền thông",
    ),
    "report": (
        "Báo cáo", "Báo cáo kết quả", "Xác nhận hoàn thành", "Xác nhận đã nộp", "Xin lùi hạn",
        "Nộp báo cáo",
    ),
    "problem": ("Phản ánh", "Phản ánh vướng mắc", "Báo vướng mắc", "Vướng mắc"),
    "comment": (
        "Góp ý", "Góp ý dự thảo", "Góp ý chính sách", "Xem dự thảo", "Dự thảo lấy góp ý",
    ),
    "my_records": ("Hồ sơ của tôi", "Hồ sơ đã gửi", "Tôi đã nộp gì", "Xem hồ sơ"),
    "unit_records": ("Hồ sơ của đơn vị", "Hồ sơ đơn vị"),
    "unit_people": ("Người của đơn vị", "Cán bộ của đơn vị", "Xác nhận người"),
    "my_data": ("Dữ liệu của tôi", "Xem dữ liệu của tôi", "Xuất dữ liệu"),
    "withdraw_consent": ("Rút đồng ý", "Rút lại đồng ý", "Hủy đồng ý"),
    "withdraw_now": ("Xác nhận rút đồng ý",),
    "unsubscribe": (
        "Ngừng nhận tin", "Không nhận tin", "Không nhận tin nữa", "Ngừng gửi tin", "Hủy nhận tin",
    ),
    "subscribe": ("Nhận tin", "Nhận lại tin", "Nhận tin lại"),
    "helpful": ("Hữu ích", "Rất hữu ích", "Trả lời đúng"),
    "unhelpful": ("Chưa đúng", "Không đúng", "Sai rồi", "Trả lời sai", "Không hữu ích"),
    "update": (
        "Cập nhật", "Cập nhật kho", "Cập nhật văn bản", "Nạp văn bản", "Thêm văn bản",
    ),
    "form_resume": ("Làm tiếp", "Làm tiếp biểu mẫu", "Tiếp tục biểu mẫu", "Làm tiếp phiếu"),
}  # fmt: skip


def unaccented(text: str) -> str:
    folded = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in folded if not unicodedata.combining(c))


def spellings(phrase: str) -> dict[str, str]:
    plain = unaccented(phrase)
    return {
        "as it is": phrase,
        "capitals": phrase.upper(),
        "decomposed": unicodedata.normalize("NFD", phrase),
        "without accents": plain.lower(),
        "the older place of a tone": phrase.replace("óa", "oá"),
        "punctuation and space": f"  {phrase} !!! \n",
        "hard spaces": phrase.replace(" ", "\u00a0"),
        "slash": "/" + plain.lower().replace(" ", "").rstrip("?"),
        "slash with lines": "/" + plain.lower().replace(" ", "_").rstrip("?"),
        "slash in a group": "/" + plain.replace(" ", "").rstrip("?") + "@troly_bot",
        "run together": phrase.replace(" ", ""),
    }


@pytest.mark.parametrize(
    ("command", "phrase"),
    [(command, phrase) for command, phrases in PHRASES.items() for phrase in phrases],
)
def test_every_phrase_is_a_command_in_any_spelling(command: Command, phrase: str) -> None:
    for how, typed in spellings(phrase).items():
        assert command_of(typed) == command, how


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("Việc của tôi ạ", "duties"),
        ("viec cua toi nhe", "duties"),
        ("Cho tôi xem việc của tôi với ạ!", "duties"),
        ("Dạ cho em gặp cán bộ", "officer"),
        ("tôi muốn gặp cán bộ được không ạ?", "officer"),
        ("toi can gap nguoi that", "officer"),
        ("dạ xong với cán bộ ạ", "officer_done"),
        ("em xin kết thúc nhé", "officer_done"),
        ("xem thêm đi", "more"),
        ("cho toi xem them", "more"),
        ("Tôi muốn xóa dữ liệu của tôi", "erase"),
        ("xin vui lòng chuyển kênh giúp tôi, cảm ơn", "move"),
        ("thôi ạ", "keep"),
    ],
)
def test_courtesy_around_a_command_changes_nothing(typed: str, command: Command) -> None:
    assert command_of(typed) == command
    assert command_of(unaccented(typed)) == command


@pytest.mark.parametrize("typed", ["xin cho tôi", "dạ", "cảm ơn", "giúp tôi với ạ", "toi muon"])
def test_courtesy_alone_commands_nothing(typed: str) -> None:
    assert command_of(typed) is None


def test_no_phrase_is_left_out() -> None:
    written = {unaccented(p).lower() for phrases in PHRASES.values() for p in phrases}
    assert set(_phrases()) == {"".join(filter(str.isalnum, p)) for p in written}
    assert set(PHRASES) == set(get_args(Command))


@pytest.mark.parametrize("command", get_args(Command))
def test_what_a_button_shows_is_what_may_be_typed(command: Command) -> None:
    assert command_of(slash(command)) == command
    label = say(f"commands.{command}")
    assert command_of(label) in (command, None)
    if command != "keep":  # "Thôi, giữ lại" is only a label
        assert command_of(label) == command


def test_a_menu_has_at_most_five_entries() -> None:
    assert len(MENU) <= 5
    assert len(set(MENU)) == len(MENU)


@pytest.mark.parametrize(
    "question",
    [
        "xóa dữ liệu của ai thì phải báo?",
        "Xóa dữ liệu cá nhân thì làm thế nào?",
        "Việc của tôi là gì trong kế hoạch này?",
        "nhiệm vụ của tôi ở Sở GDĐT Hải Phòng",
        "hướng dẫn số 12",
        "chuyển kênh truyền hình nào?",
        "mới nhất là văn bản nào?",
        "thôi việc thì sao?",
        "gặp cán bộ tiếp dân ở đâu?",
        "kế hoạch kết thúc khi nào?",
        "khi nào kết thúc",
        "tôi muốn xóa dữ liệu thì phải làm gì?",
        "cho tôi xem thêm tiêu chí của Hải Phòng",
        "tôi mới nhận kế hoạch",
        "đơn vị em phải làm gì?",
        "xem thêm ở mục nào",
        "hạn nộp là ngày nào?",
        "bắt đầu từ ngày nào?",
        "/hạn nộp",
        "trợ giúp pháp lý",
        "/",
        "?",
        "",
        "   ",
        "12",
        "😀",
    ],
)
def test_a_question_is_not_a_command(question: str) -> None:
    for typed in (question, unaccented(question), question.upper()):
        assert command_of(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        "chuyển kênh K7M2P9QX",
        "k7m2-p9qx",
        " K7M2-P9QX. ",
        "Chuyen kenh k7m2p9qx",
        "chuyển kênh: K7M2 P9QX",
        "chuyển kênh K7M2-P9QX",
        "chuyển kênh K7M2P9QX.",  # copied with the end of the sentence
        "/start K7M2P9QX",
        "start k7m2p9qx",
        "mã K7M2P9QX",
        "Mã chuyển K7M2P9QX",
        "mã chuyển kênh: K7M2P9QX",
        "  /chuyenkenh K7M2P9QX\n",
        unicodedata.normalize("NFD", "mã chuyển kênh K7M2P9QX"),
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert move_code_of(typed) == "K7M2-P9QX"


@pytest.mark.parametrize(
    "typed",
    [
        "K7M2P9QX",
        "chuyển kênh",
        "chuyển kênh như thế nào",
        "chuyển kênh bằng cách",  # eight letters, and no code
        "mã định danh",
        "mã 2023-2024",
        "mã 20232024",
        "2023-2024",  # a school year
        "kinh-phi",
        "bang-cach",
        "mã số K7M2P9QX của ai?",
        "mã K7M2P9Q",
        "mã K7M2P9QXY",
        "start",
        "mã mời K7M2P9QX",
        "",
    ],
)
def test_what_only_looks_like_a_code_is_none(typed: str) -> None:
    assert move_code_of(typed) is None


@pytest.mark.parametrize("typed", ["mã mời K7M2P9QX", "Ma moi: k7m2 p9qx.", "/mamoi K7M2-P9QX"])
def test_an_invitation_is_read_however_it_is_typed(typed: str) -> None:
    assert invitation_of(typed) == "K7M2-P9QX"
    assert move_code_of(typed) is None
    assert invitation_of("mã mời") is None


@pytest.mark.parametrize("typed", ["start" + " " * 4_000, " " * 4_000 + "x", "ma " * 1_300])
def test_a_message_that_only_looks_like_a_code_takes_no_time(typed: str) -> None:
    began = time.process_time()
    for _ in range(3):
        assert move_code_of(typed) is None
        assert invitation_of(typed) is None
    assert time.process_time() - began < 0.5  # a tenth of what looking everywhere takes
