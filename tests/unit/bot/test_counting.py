"""A count that is asked for needs a number of that very thing in the clause."""

from __future__ import annotations

import pytest

from bot.counting import has_count
from tests.unit.bot.shipped import read

LACKED = [
    ("Mỗi đơn vị cử mấy người đi tập huấn kỹ năng truyền thông?", "cu can bo tham gia tap huan"),
    ("Phải tổ chức mấy hội thảo về dự thảo trong năm?", "to chuc hoi thao, toa dam"),
    ("Gửi mấy bản báo cáo về Sở vậy?", "gui bao cao ve so"),
    ("Họp mấy lần một năm?", "to chuc hop khi can thiet"),
    ("Bộ đôn đốc mấy tháng một lần?", "bo tu phap don doc viec thuc hien nam 2024"),
    ("Mỗi cán bộ phải học bao nhiêu tiết?", "can bo hoc tap chuyen sau"),
    # The number of another thing, a year, a number of a law or a share is no such count.
    ("Trung tâm có mấy phóng viên?", "05 bien tap vien va phong vien"),
    ("Năm 2024 mời mấy doanh nghiệp?", "nam 2024, doanh nghiep duoc moi"),
    ("Ngành có mấy chính sách phải truyền thông?", "100% chinh sach cua nganh"),
    ("Phát mấy thứ tiếng?", "phat thanh tren loa"),
    ("Biên bản lưu mấy năm?", "luu vt nam 2024"),
]
STATED = [
    ("Tài liệu gồm bao nhiêu chuyên đề?", "tai lieu gom 11 chuyen de"),
    ("Một năm xã báo cáo mấy kỳ?", "bao cao dinh ky 06 thang va nam"),
    ("Báo cáo mấy lần một năm?", "bao cao hang quy"),
    ("Đề án làm trong mấy năm?", "giai doan 2022 - 2027"),
    ("Bao nhiêu tỉnh, thành phố đã ra kế hoạch?", "100% tinh, thanh pho ban hanh ke hoach"),
    # A list answers: papers do not number it.
    ("Có mấy tiêu chí?", "cac tieu chi sau"),
    ("Căn cứ mấy văn bản, kể tên giúp tôi", "luat tiep can thong tin; luat bao chi"),
    # "Mấy" as a plural, as an address, as one of a row; "máy".
    ("Mấy trường này nộp cho ai?", "nop ve so"),
    ("Kế hoạch nói gì về loa vậy mấy anh?", "loa truyen thanh"),
    ("Bắt đầu từ quý mấy năm 2023?", "thang 6"),
    ("Máy quay có phải mua không?", "dieu kien bao dam"),
    ("còn mấy năm sau đó?", "tu nam 2023 tro di"),
]


@pytest.mark.parametrize(("question", "clause"), LACKED)
def test_a_count_the_clause_has_not(question: str, clause: str) -> None:
    assert not has_count(read(question), plain=clause, text=clause)


@pytest.mark.parametrize(("question", "clause"), STATED)
def test_a_count_that_is_stated_or_not_asked_for(question: str, clause: str) -> None:
    assert has_count(read(question), plain=clause, text=clause)
