"""A library as large as a province's: unlike papers made of the sentences of the real ones.

`python -m benchmarks.knowledge_library FOLDER [PAPERS]` writes a folder each with document.toml,
text.txt and structure.json. The same number of papers is the same library, letter by letter.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from knowledge.duties import read_duties
from knowledge.library import SHIPPED
from knowledge.organisations import load_organisations
from knowledge.reading.outline import read_clauses
from knowledge.structure import FILE, dumps
from knowledge.vietnamese import fold

PAPERS = 2_000
UNSEEN = Path(__file__).parents[1] / "tests" / "papers_unseen"

_FIRST = (
    "An Bình Tân Phú Mỹ Long Hòa Vĩnh Thạnh Đông Xuân Kim Cẩm Ngọc Hưng Lộc Thành Trung Nam Bắc"
)
_SECOND = (
    "Giang Sơn Lâm Hải Khê Thủy Trạch Điền Cường Thịnh Lợi Phước Đức Hiệp Tiến Quang Châu Hội Lương"
)
_OFFICES = [
    "Giáo dục và Đào tạo",
    "Khoa học và Công nghệ",
    "Tư pháp",
    "Tài chính",
    "Nội vụ",
    "Y tế",
    "Xây dựng",
    "Công Thương",
    "Nông nghiệp và Môi trường",
    "Văn hóa, Thể thao và Du lịch",
    "Du lịch",
    "Ngoại vụ",
]
_TOPICS = (
    """
chuyển đổi số, an toàn thực phẩm, phòng cháy và chữa cháy, nước sạch nông thôn, bảo hiểm y tế
học sinh, khám bệnh từ xa, rác thải sinh hoạt, nhà ở xã hội, đất đai, giá điện, học phí, tuyển
sinh đầu cấp, hộ kinh doanh, thuế thu nhập cá nhân, giao thông đô thị, xe điện, du lịch cộng
đồng, di sản, làng nghề, rừng phòng hộ, chăn nuôi tập trung, thủy lợi, cấp nước, cây xanh, vỉa
hè, chợ truyền thống, bình đẳng giới, trẻ em, người cao tuổi, người khuyết tật, lao động nước
ngoài, bảo hiểm thất nghiệp, đào tạo nghề, khởi nghiệp, sở hữu trí tuệ, dữ liệu dân cư, chữ ký
số, dịch vụ công trực tuyến, tiếp công dân, hòa giải ở cơ sở, trợ giúp pháp lý, công chứng, hộ
tịch, thư viện, báo chí, quảng cáo ngoài trời, lễ hội, thể thao quần chúng, vắc xin, dân số
""".strip()
    .replace("\n", " ")
    .split(", ")
)
_MONTHS = 12
_YEARS = (2022, 2023, 2024, 2025, 2026)


@dataclass(frozen=True, slots=True)
class Made:
    """One paper: what is written into its folder."""

    id: str
    text: str
    toml: str


@cache
def _sentences() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the real papers say: of aims, and of tasks."""
    aims: list[str] = []
    tasks: list[str] = []
    for file in (*sorted(UNSEEN.glob("*.txt")), *sorted(SHIPPED.glob("*/text.txt"))):
        headings: dict[str, str] = {}
        for clause in read_clauses(file.read_bytes().decode("utf-8")):
            headings[clause.address] = headings.get(clause.parent or "", "") + fold(clause.heading)
            aim = re.search("muc dich|yeu cau|quan diem", headings[clause.address])
            for piece in clause.pieces if clause.label else ():
                if 60 < len(piece.text) < 600 and not piece.row:
                    (aims if aim else tasks).append(piece.text.removeprefix("- ").rstrip(";."))
    return tuple(dict.fromkeys(aims)), tuple(dict.fromkeys(tasks))


@cache
def _places() -> tuple[tuple[str, ...], tuple[str, ...], re.Pattern[str]]:
    """Provinces, communes that are nowhere, and how the real papers name theirs."""
    provinces = tuple(p.name for p in load_organisations().places if "’" not in p.name)
    communes = tuple(
        name
        for first in _FIRST.split()
        for second in _SECOND.split()
        if (name := f"{first} {second}") not in provinces
    )
    return provinces, communes, re.compile("|".join(map(re.escape, (*provinces, "Kim Giang"))))


def paper(number: int) -> Made:
    """The paper with this number, always the same."""
    chance = random.Random(number)
    provinces, communes, named = _places()
    local = number % 5 < 2
    year = _YEARS[(number // 7) % len(_YEARS)]
    if local:
        place = communes[(number // 5 * 2 + number % 5) // 2 % len(communes)]
        issuer, sign = f"Ủy ban nhân dân xã {place}", "UBND"
        bodies = ("Văn phòng HĐND và UBND xã", "Phòng Kinh tế", "Công an xã", "Trưởng các thôn")
    else:
        place = provinces[number % len(provinces)]
        office = _OFFICES[number // len(provinces) % len(_OFFICES)]
        issuer, sign = f"Sở {office} tỉnh {place}", "S" + "".join(w[0] for w in office.split())
        bodies = ("Văn phòng Sở", "Thanh tra Sở", "Phòng Tổ chức cán bộ", "Sở Tư pháp")
    topics = chance.sample(_TOPICS, 6)
    title = f"Truyền thông chính sách về {topics[0]} năm {year} của {issuer}"
    sign = sign.upper().replace(",", "")
    lines = [
        issuer.upper(),
        f"Số: {number + 1}/KH-{sign}",
        f"{place}, ngày {chance.randint(1, 28)} tháng {chance.randint(1, 6)} năm {year}",
        f"KẾ HOẠCH\n{title}",
        *_body(chance, bodies, topics, year),
        "Nơi nhận:\n" + "\n".join(f"- {body};" for body in bodies) + "\n- Lưu: VT.",
    ]
    text = _own("\n\n".join(lines), named, place, year, chance)
    id_ = f"{number + 1:04d}-kh-{fold(sign)}"
    return Made(id_, text, _toml(id_, number, title, issuer, place, year, sign))


def _body(
    chance: random.Random, bodies: Sequence[str], topics: Sequence[str], year: int
) -> Iterator[str]:
    aims, tasks = _sentences()
    yield (
        f"Thực hiện Quyết định số 407/QĐ-TTg ngày 30/3/2022 của Thủ tướng Chính phủ và Kế hoạch "
        f"số {chance.randint(10, 400)}/KH-UBND ngày 05/01/{year}, đơn vị ban hành kế hoạch như sau:"
    )
    yield "I. MỤC ĐÍCH, YÊU CẦU"
    for heading, first in (("1. Mục đích", 0), ("2. Yêu cầu", 2)):
        yield heading
        for label, aim in zip("abc", chance.sample(aims, 3), strict=False):
            yield f"{label}) {aim}, nhất là về {topics[first]}."
    yield "II. NỘI DUNG"
    for at, topic in enumerate(topics[1:], start=1):
        task = chance.choice(tasks)
        yield f"{at}. Truyền thông về {topic}\n\n{task}; nội dung về {topic}."
        yield f"a) Đơn vị chủ trì: {chance.choice(bodies)}."
        yield f"b) Đơn vị phối hợp: {chance.choice(bodies)} và các cơ quan, đơn vị có liên quan."
        yield f"c) Thời gian thực hiện: trước ngày {_day(chance)}/{year}."
    yield "III. TỔ CHỨC THỰC HIỆN"
    for at, body in enumerate(bodies, start=1):
        yield f"{at}. {body}"
        for label, task in zip("ab", chance.sample(tasks, 2), strict=True):
            topic = chance.choice(topics)
            yield f"{label}) {task}; báo cáo về {topic} trước ngày {_day(chance)}/{year}."


def _day(chance: random.Random) -> str:
    return f"{chance.randint(1, 28):02d}/{chance.randint(1, _MONTHS)}"


def _own(text: str, named: re.Pattern[str], place: str, year: int, chance: random.Random) -> str:
    """Sentences of other papers with the names, years and numbers of this one."""
    text = named.sub(place, text)
    text = (
        re.sub(r"\b(\d+)/(KH|CV|TB|CTr)-", lambda m: f"{chance.randint(2, 900)}/{m[2]}-", text)
        if chance.random() < 0.5
        else text
    )
    return re.sub(r"\b202[0-9](?=[^/\d-]|$)", lambda m: str(year), text) + "\n"


def _toml(id_: str, number: int, title: str, issuer: str, place: str, year: int, sign: str) -> str:
    return f"""\
id = "{id_}"
short_title = "Kế hoạch {number + 1}/KH-{sign} năm {year} của {issuer}"
years = [{year}, {year}]
implements = ["407-qd-ttg"]
source = "Soạn để đo tốc độ"

[identity]
kind = "Kế hoạch"
number = "{number + 1}/KH-{sign}"
issuer = "{issuer}"
place = "{place}"
date = "{year}-03"
title = "{title}"

[validity]
status = "in_force"
reason = "chưa thấy văn bản thay thế"
"""


def write_paper(folder: Path, number: int) -> None:
    """One folder, as an office has it after its paper was reviewed."""
    made = paper(number)
    home = folder / made.id
    home.mkdir(parents=True, exist_ok=True)
    clauses = read_clauses(made.text)
    duties = read_duties(made.text, clauses)
    (home / "text.txt").write_bytes(made.text.encode("utf-8"))
    (home / "document.toml").write_text(made.toml, "utf-8")
    (home / FILE).write_text(dumps(clauses, duties, made.text), "utf-8")


def write(folder: Path, papers: int = PAPERS) -> None:
    """`papers` folders, by as many processes as there are cores."""
    with ProcessPoolExecutor() as pool:
        list(pool.map(partial(write_paper, folder), range(papers), chunksize=20))


if __name__ == "__main__":
    write(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
