"""The library that ships: the rules that every paper and digest in it keeps."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date
from functools import cache

import pytest

from knowledge.documents import Document
from knowledge.library import SHIPPED, Library, load_library
from knowledge.organisations import load_organisations, tokens_of
from knowledge.vietnamese import collapse, compose, fold

#: SHA-256 of the papers as they were handed to us. They are quoted, so not a byte may move.
VERBATIM = {
    "hai-phong-gddt-2023": "26f508d4e9a7f737da20096aee62a3c8de88fadd64d4acd807e30e5bd2474cb9",
    "hung-yen-khcn-2024": "c60025ffab553e3d8357502733705b24dfa4c911a4c436287ef098206b589ef1",
    "hai-phong-gddt-cv-2024": "bdd1981beda3c3202fcce00ea29adcdc358b6c3f015cb284e7bb8c8cf8e1a021",
    "lang-son-khdt-2023": "a452cc56a513999af83e892ffb3d106824ad19f1d8d41338fc65c7b9a5405e38",
    "ia-hdrai-2022-2027": "3a8ccb5c974923d537326b9c6163536d6a02608e08167c61ce5eea75c841cad9",
}
DIGESTS = ("407-qd-ttg", "07-ct-ttg")
#: What people remember of the two papers but nobody has checked; it may not be told as fact.
UNCHECKED = (
    "Bộ Nội vụ",
    "Bộ Tài chính",
    "từ ngày ký",
    "hiệu lực từ",
    "103/2016/QH13",
    "2075/BTP",
    "2057/HĐPH",
    "Ia Tơi",
    "ngân sách nhà nước",
    "vanban.chinhphu.vn",
)


@cache
def shipped() -> Library:
    return load_library(SHIPPED)


def paper(document: str) -> Document:
    return shipped().get(document)


def test_seven_papers_ship_each_under_its_folder_name() -> None:
    ids = {d.id for d in shipped().documents}
    assert ids == {*VERBATIM, *DIGESTS}
    assert ids == {f.parent.name for f in SHIPPED.glob("*/document.toml")}


@pytest.mark.parametrize("document", VERBATIM)
def test_a_plan_is_kept_byte_for_byte(document: str) -> None:
    text = (SHIPPED / document / "text.txt").read_bytes()
    assert hashlib.sha256(text).hexdigest() == VERBATIM[document]
    assert paper(document).text == text.decode("utf-8")


@pytest.mark.parametrize(
    ("document", "number", "day", "signatory", "title"),
    [
        ("hai-phong-gddt-2023", "/KH-SGDĐT", "2023", "Phạm Quốc Hiệu", "KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC"),
        ("hung-yen-khcn-2024", "/KH-SKHCN", "2024-03", "Nguyễn Xuân Hải", None),
        ("hai-phong-gddt-cv-2024", "/SGDDĐT-TTr", "2024", "Phạm Quốc Hiệu", None),
        ("lang-son-khdt-2023", "/KH-SKHĐT", "2023-06", "Vũ Hoàng Quý", "GIÁM ĐỐC"),
        # No number, no date, nobody signed: nothing is filled in.
        ("ia-hdrai-2022-2027", None, None, None, None),
        ("407-qd-ttg", "407/QĐ-TTg", "2022-03-30", "Phạm Bình Minh", "Phó Thủ tướng Thường trực"),
        ("07-ct-ttg", "07/CT-TTg", "2023-03-21", "Trần Hồng Hà", "Phó Thủ tướng"),
    ],
)
def test_an_identity_says_what_is_printed_and_no_more(
    document: str, number: str | None, day: str | None, signatory: str | None, title: str | None
) -> None:
    identity = paper(document).identity
    assert (identity.number, identity.date, identity.signatory) == (number, day, signatory)
    if title or signatory is None:
        assert identity.signatory_title == title


@pytest.mark.parametrize("document", VERBATIM)
def test_a_plans_identity_stands_in_its_own_text(document: str) -> None:
    identity = paper(document).identity
    text = collapse(compose(paper(document).text).replace("**", ""))
    printed = (identity.number, identity.place, identity.signatory, identity.signatory_title)
    for value in (*printed, identity.title):
        assert value is None or value in text, value


def test_a_paper_for_a_named_year_is_over_when_the_year_is() -> None:
    for document, year in (
        ("hai-phong-gddt-2023", 2023),
        ("hung-yen-khcn-2024", 2024),
        ("hai-phong-gddt-cv-2024", 2024),
        ("lang-son-khdt-2023", 2023),
    ):
        validity = paper(document).validity
        assert paper(document).years == (year, year)
        assert (validity.status, validity.until) == ("expired", date(year, 12, 31))
        assert validity.reason == "hết kỳ kế hoạch"


def test_the_framework_plan_runs_to_2027_and_says_that_its_district_is_gone() -> None:
    validity = paper("ia-hdrai-2022-2027").validity
    assert (validity.status, validity.until) == ("period", date(2027, 12, 31))
    assert "01/7/2025" in validity.reason
    assert validity.basis is not None
    assert "72/2025/QH15" in validity.basis


@pytest.mark.parametrize("document", DIGESTS)
def test_the_national_papers_are_in_force_as_far_as_is_known(document: str) -> None:
    validity = paper(document).validity
    assert (validity.status, validity.until) == ("in_force", None)
    assert validity.reason == "chưa thấy văn bản thay thế"


def test_every_status_is_dated_and_everything_is_public() -> None:
    for document in shipped().documents:
        assert document.validity.recorded == date(2026, 11, 21)
        assert document.audience == ("public",)


def test_every_note_is_about_words_of_its_paper() -> None:
    assert paper("lang-son-khdt-2023").notes[0][0] == "Luật Báo chí ngày 05/4/2015"
    assert "05/4/2016" in paper("lang-son-khdt-2023").notes[0][1]
    for document in shipped().documents:
        for slip, note in document.notes:
            assert slip in collapse(document.text)
            assert 10 < len(note) <= 80, note  # it shares one status line with other remarks


@pytest.mark.parametrize("document", DIGESTS)
def test_every_entry_of_a_digest_names_where_it_was_read(document: str) -> None:
    digest = paper(document)
    keys = dict(digest.sources)
    assert digest.digest
    assert "bản tóm lược" in digest.short_title
    for entry in digest.entries:
        assert entry.sources, entry.address
        assert set(entry.sources) <= keys.keys(), entry.address
    cited = {key for entry in digest.entries for key in entry.sources}
    assert cited == keys.keys(), "a source that nothing rests on"


@pytest.mark.parametrize("document", DIGESTS)
def test_nothing_in_a_digest_is_without_an_entry(document: str) -> None:
    digest = paper(document)
    listed = [entry.address for entry in digest.entries]
    assert len(listed) == len(set(listed))
    spoken = {clause.address for clause in digest.clauses if clause.text}
    assert spoken <= set(listed)
    assert set(listed) <= {clause.address for clause in digest.clauses}


@pytest.mark.parametrize("document", DIGESTS)
def test_a_digest_says_what_it_is_and_tells_nothing_unchecked(document: str) -> None:
    text = paper(document).text
    head = paper(document).clause("head").text
    assert "bản tóm lược" in head
    assert "chưa đối chiếu với bản gốc" in head
    assert not set(text) & set('“”"«»'), "what stands in quotation marks reads as a quotation"
    for words in UNCHECKED:
        assert fold(words) not in fold(text), words


def test_only_printed_numbers_are_for_people() -> None:
    shown = {e.address for e in paper("407-qd-ttg").entries if e.numbered}
    assert {"III.2", "II.2.a", "II.2.b", "I.1"} <= shown
    # Their order is inferred from a local plan.
    assert not shown & {"III.1", "III.3", "III.4", "III.5", *(f"IV.{n}" for n in range(4, 9))}
    # Put together by us: no part of the paper.
    assert not any(a.startswith(("V", "VI")) for a in shown)
    assert {e.address for e in paper("07-ct-ttg").entries if e.numbered} == {"head"}


def test_a_shipped_plan_behind_an_entry_is_named_in_its_sources() -> None:
    for entry in paper("407-qd-ttg").entries:
        if entry.confidence == "plan":
            assert {"ia-hdrai", "hai-phong-2023", "hung-yen-2024"} & set(entry.sources)


@pytest.mark.parametrize(
    ("document", "address", "words"),
    [
        ("407-qd-ttg", "I.1", ["xây dựng pháp luật", "tổ chức thi hành pháp luật"]),
        ("407-qd-ttg", "II.2.a", ["2022", "70%"]),
        ("407-qd-ttg", "II.2.b", ["2023", "100%"]),
        ("407-qd-ttg", "III.1", ["chủ trì soạn thảo", "báo chí"]),
        # All four criteria and the exception stand in one entry: an answer is forwarded alone.
        ("407-qd-ttg", "III.2", ["đủ cả bốn", "(1)", "(2)", "(3)", "(4)", "bí mật nhà nước"]),
        ("407-qd-ttg", "III.3", ["(1)", "(4)", "quyền, lợi ích và nghĩa vụ"]),
        ("407-qd-ttg", "III.4", ["lấy ý kiến", "đề nghị xây dựng"]),
        ("407-qd-ttg", "III.5", ["2022", "2027"]),
        ("407-qd-ttg", "IV", ["8 nhóm"]),
        ("407-qd-ttg", "IV.7", ["Bộ Tư pháp", "Bộ Thông tin và Truyền thông"]),
        ("407-qd-ttg", "IV.8", ["Hội Luật gia", "Liên đoàn Luật sư"]),
        ("407-qd-ttg", "V.2", ["Sở Tư pháp", "đầu mối"]),
        ("407-qd-ttg", "VI.6", ["20/5/2024", "2540/HĐPH-PBGDPL"]),
        ("07-ct-ttg", "I", ["nhiệm vụ", "cơ quan hành chính nhà nước", "chức năng"]),
        ("07-ct-ttg", "II.2", ["cán bộ phụ trách"]),
        ("07-ct-ttg", "II.3", ["Hằng năm", "kế hoạch"]),
        ("07-ct-ttg", "II.5", ["kinh phí", "đặt hàng"]),
        ("07-ct-ttg", "III.3", ["765/QĐ-BTTTT", "28/4/2023"]),
        ("07-ct-ttg", "IV.2", ["07-CT/TW", "Ban Bí thư"]),
    ],
)
def test_an_entry_answers_by_itself(document: str, address: str, words: list[str]) -> None:
    clause = paper(document).clause(address)
    assert clause.heading
    for expected in words:
        assert expected in clause.text


def test_every_fate_of_a_body_or_place_names_its_paper_and_day() -> None:
    table = load_organisations()
    told = [s for item in (*table.bodies, *table.places) for s in item.status]
    assert len(told) >= 15
    for status in told:
        assert "/2025/QH15" in status.basis or "/2025/NĐ-CP" in status.basis
        assert status.recorded == date(2026, 11, 21)
        assert 10 < len(status.note) <= 70
        assert not status.note.endswith(".")


@pytest.mark.parametrize(
    ("name", "ended"),
    [
        ("Thanh tra Sở", date(2025, 7, 1)),
        ("Phòng Tư pháp", date(2025, 7, 1)),
        ("Phòng Giáo dục và Đào tạo", date(2025, 7, 1)),
        ("Ủy ban nhân dân huyện", date(2025, 7, 1)),
        ("Sở Thông tin và Truyền thông", date(2025, 3, 1)),
        # The source gives the decree, not the day.
        ("Sở Kế hoạch và Đầu tư", None),
    ],
)
def test_abolished_bodies_are_known(name: str, ended: date | None) -> None:
    body = load_organisations().body(name)
    assert body is not None
    assert [s.ended for s in body.status] == [ended]


def test_an_unproven_successor_is_never_named() -> None:
    planning = load_organisations().body("Sở Kế hoạch và Đầu tư")
    assert planning is not None
    assert all("Tài chính" not in s.note for s in planning.status)


def test_no_short_form_is_listed_twice_and_all_are_folded() -> None:
    rows = tomllib.loads((SHIPPED / "organisations.toml").read_text("utf-8"))
    shorts = [row["short"] for row in rows["abbreviation"]]
    assert len(shorts) == len(set(shorts))
    aliases = [a for kind in ("body", "place") for row in rows[kind] for a in row["aliases"]]
    assert all(a == fold(a) for a in (*shorts, *aliases))


@pytest.mark.parametrize(
    ("typed", "bodies", "places"),
    [
        ("han gui ke hoach sgddt hp", ["Sở Giáo dục và Đào tạo"], ["Hải Phòng"]),
        ("Sở KH&CN Hưng Yên", ["Sở Khoa học và Công nghệ"], ["Hưng Yên"]),
        ("skhdt lang son", ["Sở Kế hoạch và Đầu tư"], ["Lạng Sơn"]),
        ("phòng tư pháp huyện Ia H’Drai", ["Phòng Tư pháp"], ["Ia H’Drai"]),
        ("stttt tphcm", ["Sở Thông tin và Truyền thông"], ["Thành phố Hồ Chí Minh"]),
        # Nothing is named:
        ("tiêu chí truyền thông chính sách", [], []),
    ],
)
def test_names_are_found_as_people_type_them(
    typed: str, bodies: list[str], places: list[str]
) -> None:
    table = load_organisations()
    tokens = tokens_of(typed)
    assert [f.name for f in table.body_names.find(tokens)] == bodies
    assert [f.name for f in table.place_names.find(tokens)] == places


@pytest.mark.parametrize("document", DIGESTS)
def test_an_entry_fits_one_message_of_a_chat(document: str) -> None:
    for clause in paper(document).clauses:
        assert len(clause.text) <= 540, clause.address  # 600 with the words that introduce it
