"""Districts by their names alone: no paper of another place answers for them."""

from __future__ import annotations

import pytest

from bot.answers import Answered, Silent, as_row
from bot.naming import districts_in
from knowledge.organisations import load_organisations
from tests.unit.bot.shipped import HAI_PHONG, ask, documents_of

TABLES = load_organisations()


@pytest.mark.parametrize(
    "question",
    [
        "Sa Pa bắt đầu tập huấn từ quý mấy?",
        "Phòng Tư pháp Kiến Thụy được giao việc gì?",
        "ở Gia Lâm thì báo cáo 6 tháng nộp cho ai",
        "o sa thay thi bao cao 6 thang nop cho ai",
        "Kon Ray bat dau tap huan tu quy may",
        "phong tu phap kien thuy duoc giao viec gi",
        "kinh phí thực hiện đề án của huyện Sa Pa lấy ở đâu",
    ],
)
def test_no_other_place_answers_for_a_district(question: str) -> None:
    assert isinstance(ask(question), Silent)


def test_a_district_without_papers_is_called_by_its_own_name() -> None:
    assert "Sa Thầy" in str(as_row(ask("UBND huyện Sa Thầy giao phòng nào chủ trì?"))["text"])


def test_a_district_stands_for_its_province() -> None:
    outcome = ask("Phòng GDĐT Kiến Thụy nộp kế hoạch năm 2023 trước ngày nào?")
    assert isinstance(outcome, Answered)
    assert set(documents_of(outcome)) == {HAI_PHONG}


@pytest.mark.parametrize(
    "text",
    [
        "Ai tham gia làm truyền thông?",
        "don vi thanh tra co phai bao cao khong",
        "Phó Thủ tướng Phạm Bình Minh ký văn bản nào?",
        "ưu tiên dự thảo nào",
        "văn bản nào còn hiệu lực",
        "các đơn vị như Thanh tra Sở",
        "phòng tài chính cần giờ nào thì nộp dự toán",
    ],
)
def test_words_and_names_of_people_are_no_districts(text: str) -> None:
    assert districts_in(text, TABLES) == []


def test_every_district_has_a_province_and_stands_once_in_it() -> None:
    provinces = [place for place in TABLES.places if place.districts]
    assert len(provinces) > 60
    for place in provinces:
        assert len(set(place.districts)) == len(place.districts), place.name
    assert "Ia H’Drai" not in TABLES.districts


@pytest.mark.parametrize(
    "question",
    [
        "Kế hoạch truyền thông chính sách của HĐND thành phố Hải Phòng giao ai chủ trì?",
        "Đài Phát thanh - Truyền hình Hải Phòng dùng kênh nào để truyền thông dự thảo",
        "mục đích kế hoạch của Thành đoàn Hải Phòng là gì",
        "theo kế hoạch của UBND tỉnh Lạng Sơn thì tiêu chí nào phải truyền thông",
        "Dau moi nhan bao cao o Cong an Hai Phong la phong nao?",
        "UBND phuong May To giao ai lam dau moi?",
        "Phong GDDT quan Ba Dinh yeu cau nop bao cao truoc ngay nao?",
        "UBND huyện Đắk Tô có làm giống Ia H'Drai không, giao phòng nào?",
    ],
)
def test_another_office_of_a_place_is_not_answered_for(question: str) -> None:
    assert isinstance(ask(question), Silent)


def test_a_superior_may_be_asked_for_the_paper_that_others_follow() -> None:
    outcome = ask("UBND tỉnh Hưng Yên triển khai Đề án 407 bằng kế hoạch nào, ngày nào?")
    assert isinstance(outcome, Answered)
