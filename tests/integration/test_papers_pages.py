"""A paper's way into the library and out of it, at the desk: read, published, gone back from."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine

from knowledge.library import Library
from service.admin import papers
from service.admin.words import words
from service.errors import EditionMissing
from service.library import candidates as on_their_way
from service.library import publishing, tasks
from service.library.candidates import File, revision_folder
from service.library.editions import (
    current_edition,
    get_edition,
    history,
    paper_folder,
    versions_of,
)
from service.library.papers import library_of
from service.library.working import Task, serve_jobs, work_off
from service.settings import Settings
from service.storage import jobs
from service.storage.candidates import get_candidate
from service.storage.engine import transaction
from service.storage.library_tables import Candidate, Job
from service.storage.papers import current_papers
from tests.auditing import fault, watched
from tests.desk import Officer, audited, signed_in

PLAN = """UBND TỈNH CAO LÂM
SỞ TƯ PHÁP
Số: 35/KH-STP
Cao Lâm, ngày 12 tháng 01 năm 2026

KẾ HOẠCH
Truyền thông chính sách năm 2026 của Sở Tư pháp tỉnh Cao Lâm

I. MỤC ĐÍCH
Bảo đảm người dân biết dự thảo chính sách ngay khi soạn thảo.
II. TỔ CHỨC THỰC HIỆN
Các đơn vị gửi báo cáo về Văn phòng Sở trước ngày 20/9/2026 để tổng hợp.

GIÁM ĐỐC
"""
ID = "35-kh-stp"
SECRET = PLAN.replace("UBND TỈNH CAO LÂM\n", "UBND TỈNH CAO LÂM\nMẬT\n")

pytestmark = pytest.mark.usefixtures("clock")


class Killed(BaseException):
    """The process ends here, as by kill -9: nothing of ours catches it."""


@dataclass
class Index:
    """Notes what it is built for; ends the process when it is told to."""

    built: list[Library] = field(default_factory=list)
    kills: bool = False

    def prepare(self, _task: Task) -> publishing.Prepare:
        def build(library: Library) -> None:
            self.built.append(library)
            if self.kills:
                raise Killed

        return build


@dataclass
class Keeper:
    """The desk of somebody who keeps the library, with the jobs of it."""

    officer: Officer
    engine: Engine
    settings: Settings
    index: Index = field(default_factory=Index)

    def work(self) -> int:
        """Do what waits."""
        return work_off(self.engine, self.settings, tasks.kinds(self.index.prepare))

    def hand_in(self, text: str = PLAN, name: str = "ke-hoach.txt", **fields: str) -> int:
        """Upload a paper and have it read."""
        data = {"csrf": self.officer.csrf, **fields}
        files = {"file": (name, text.encode())}
        client = self.officer.client
        answer = client.post("/admin/papers", data=data, files=files, follow_redirects=False)
        assert answer.status_code == 303, answer.text
        self.work()
        return int(answer.headers["location"].split("?")[0].rsplit("/", 1)[1])

    def publish(self, candidate_id: int) -> None:
        self.officer.post(f"/admin/candidates/{candidate_id}/publish")
        self.work()

    def candidate(self, candidate_id: int) -> Candidate:
        with transaction(self.engine) as session:
            found = get_candidate(session, candidate_id)
            assert found is not None
            return found

    def page(self, path: str) -> str:
        answer = self.officer.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    @property
    def papers(self) -> dict[str, int]:
        return dict(current_edition(self.settings).papers)


@pytest.fixture
def desk(client: TestClient, sqlite: Engine, settings: Settings) -> Iterator[Keeper]:
    return Keeper(signed_in(client, sqlite, settings, "editor"), sqlite, settings)


def test_a_paper_that_is_handed_in_is_read_and_answers_nothing_yet(desk: Keeper) -> None:
    id_ = desk.hand_in()
    candidate = desk.candidate(id_)
    assert (candidate.state, candidate.document_id, candidate.revision) == ("review", ID, 1)
    assert desk.papers == {}
    paper = on_their_way.open_paper(desk.settings, candidate)
    assert paper.audience == ("officers",)  # nobody has said otherwise
    assert "35/KH-STP" in desk.page("/admin/papers")
    assert "20/9/2026" in desk.page(f"/admin/candidates/{id_}")


def test_published_it_is_part_of_the_next_edition_and_back_it_is_not(desk: Keeper) -> None:
    id_ = desk.hand_in(audience="public")
    desk.publish(id_)
    assert desk.papers == {ID: 1}
    assert desk.candidate(id_).edition == 1
    assert "Đã công bố" in desk.page(f"/admin/candidates/{id_}")
    assert library_of(desk.settings).get(ID).audience == ("public",)
    assert ID in desk.index.built[-1]  # what answers from it was made before it was taken into use
    with transaction(desk.engine) as session:
        assert [(row.document_id, row.version) for row in current_papers(session)] == [(ID, 1)]
    assert "công bố" in desk.page("/admin/editions")

    desk.officer.post("/admin/editions/0/restore")
    desk.work()
    assert desk.papers == {}
    assert [edition.what for edition in history(desk.settings)] == [
        "restored",
        "published",
        "first",
    ]
    with transaction(desk.engine) as session:
        assert current_papers(session) == []
    desk.officer.post("/admin/editions/1/restore")
    desk.work()
    assert desk.papers == {ID: 1}  # what was gone back from is not lost


def test_another_file_of_the_same_paper_is_its_next_version(desk: Keeper) -> None:
    desk.publish(desk.hand_in())
    desk.publish(desk.hand_in(PLAN.replace("20/9/2026", "30/9/2026")))
    assert desk.papers == {ID: 2}
    assert versions_of(desk.settings, ID) == [1, 2]
    assert "20/9/2026" in (paper_folder(desk.settings, ID, 1) / "text.txt").read_text("utf-8")
    difference = desk.page("/admin/editions/2")
    assert "20/9/2026" in difference
    assert "30/9/2026" in difference
    assert "30/9/2026" in desk.page("/admin/editions/1?against=now")


def test_a_paper_of_the_library_is_corrected_beside_what_answers(desk: Keeper) -> None:
    desk.publish(desk.hand_in())
    answer = desk.officer.post(f"/admin/papers/{ID}/revise")
    again = desk.officer.post(f"/admin/papers/{ID}/revise")
    assert answer.headers["location"] == again.headers["location"]  # it waits once
    id_ = int(answer.headers["location"].split("?")[0].rsplit("/", 1)[1])
    with transaction(desk.engine) as session:
        candidate = get_candidate(session, id_)
        assert candidate is not None
        paper = on_their_way.open_paper(desk.settings, candidate)
        renamed = replace(paper, short_title="Kế hoạch 2026 của Sở")
        on_their_way.save_paper(session, desk.settings, candidate, renamed, candidate.changed_at)
    assert library_of(desk.settings).get(ID).short_title != "Kế hoạch 2026 của Sở"
    desk.publish(id_)
    assert library_of(desk.settings).get(ID).short_title == "Kế hoạch 2026 của Sở"
    assert library_of(desk.settings).get(ID).version == 2


def test_a_paper_is_taken_out_and_a_shipped_one_is_not(desk: Keeper) -> None:
    desk.publish(desk.hand_in())
    desk.officer.post(f"/admin/papers/{ID}/remove")
    desk.work()
    assert desk.papers == {}
    assert desk.officer.post("/admin/papers/ia-hdrai-2022-2027/remove").status_code == 404
    assert ID in library_of(desk.settings, get_edition(desk.settings, 1))


def test_what_cannot_be_read_says_why_and_can_be_tried_again(desk: Keeper) -> None:
    id_ = desk.hand_in("   \n", name="trong.txt")
    assert desk.candidate(id_).state == "failed"
    assert "không có chữ" in desk.page(f"/admin/candidates/{id_}")
    desk.officer.post(f"/admin/candidates/{id_}/again")
    desk.work()
    assert desk.candidate(id_).state == "failed"
    desk.officer.post(f"/admin/candidates/{id_}/drop")
    assert desk.candidate(id_).state == "dropped"
    assert "trong.txt" not in desk.page("/admin/papers")


@pytest.mark.parametrize(
    ("fields", "files", "says"),
    [
        ({}, {}, "Chưa có tệp hoặc nội dung"),
        ({}, {"file": ("a.exe", b"MZ\x90")}, "a.exe"),
        ({}, {"file": ("bang.csv", b"a,b\n1,2\n")}, "loại tệp này không đọc được"),
        ({"text": "x" * 300_001}, {}, "quá dài"),
        ({}, {"file": ("mat.txt", SECRET.encode())}, "mật"),
    ],
    ids=["nothing", "a program", "a table", "too long", "secret"],
)
def test_what_is_not_taken_is_said_on_the_form(
    desk: Keeper, fields: dict[str, str], files: dict[str, tuple[str, bytes]], says: str
) -> None:
    answer = desk.officer.client.post(
        "/admin/papers",
        data={"csrf": desk.officer.csrf, "source": "bản nhận ngày 12/11", **fields},
        files=files or None,
    )
    assert answer.status_code == 422
    assert says in answer.text
    assert "bản nhận ngày 12/11" in answer.text  # what was typed is not lost
    with transaction(desk.engine) as session:
        assert jobs.newest_job(session, "candidate:1") is None
    uploads = desk.settings.uploads_dir
    assert not uploads.is_dir() or not list(uploads.iterdir())


def test_a_pasted_text_is_a_paper_too(desk: Keeper) -> None:
    data = {"csrf": desk.officer.csrf, "text": PLAN.replace("\n", "\r\n")}
    desk.officer.client.post("/admin/papers", data=data, follow_redirects=False)
    desk.work()
    assert on_their_way.open_paper(desk.settings, desk.candidate(1)).text == PLAN.strip()


def test_annexes_are_read_after_the_paper(desk: Keeper) -> None:
    files = [
        ("file", ("ke-hoach.txt", PLAN.encode())),
        ("annexes", ("phu-luc.txt", b"PHU LUC\n1. Danh sach don vi")),
    ]
    data = {"csrf": desk.officer.csrf}
    desk.officer.client.post("/admin/papers", data=data, files=files, follow_redirects=False)
    desk.work()
    text = on_their_way.open_paper(desk.settings, desk.candidate(1)).text
    assert text.index("35/KH-STP") < text.index("Danh sach don vi")


def hand_in_each(desk: Keeper, *files: tuple[str, bytes], **fields: str) -> Response:
    """Several files with one button; what is done is written down, once for each paper."""
    data = {"csrf": desk.officer.csrf, "each": "1", **fields}
    sent = [("file", file) for file in files]
    with watched(desk.engine) as seen:
        answer = desk.officer.client.post(
            "/admin/papers", data=data, files=sent, follow_redirects=False
        )
    assert fault("/admin/papers", seen) == ""
    return answer


def plans(*numbers: int) -> list[tuple[str, bytes]]:
    return [(f"ke-hoach-{n}.txt", PLAN.replace("35/KH", f"{n}/KH").encode()) for n in numbers]


def handed_in(engine: Engine) -> list[str]:
    return [subject for _, action, subject in audited(engine) if action == "candidate_received"]


def test_ten_papers_are_handed_in_with_one_button(desk: Keeper) -> None:
    answer = hand_in_each(desk, *plans(*range(40, 50)), audience="public", source="trục văn bản")
    assert answer.headers["location"] == "/admin/papers?done=papers_received"
    page = desk.page("/admin/papers?done=papers_received")
    assert words()["done"]["papers_received"] in page
    for number in range(40, 50):
        assert f"ke-hoach-{number}.txt" in page
    assert handed_in(desk.engine) == [f"candidate:{n}" for n in range(1, 11)]
    assert desk.work() == 10
    for number, plan in enumerate(range(40, 50), 1):
        candidate = desk.candidate(number)
        assert (candidate.state, candidate.document_id) == ("review", f"{plan}-kh-stp")
        paper = on_their_way.open_paper(desk.settings, candidate)
        assert (paper.audience, paper.source) == (("public",), "trục văn bản")


def test_a_file_that_is_refused_keeps_no_other_back(desk: Keeper) -> None:
    first, last = plans(41, 42)
    program, secret = ("la.exe", b"MZ\x90"), ("ham-chin.txt", SECRET.encode())
    answer = hand_in_each(desk, first, program, secret, ("x.txt", b""), last)
    assert answer.status_code == 200
    for said in ("Tệp thứ 2: la.exe", "Tệp thứ 3:", "dấu chỉ độ mật", "Tệp thứ 4: x.txt"):
        assert said in answer.text
    assert "ham-chin" not in answer.text
    for number, (name, _) in enumerate((first, last), 1):
        assert f'<a href="/admin/candidates/{number}">{name}</a>' in answer.text
    assert len(handed_in(desk.engine)) == 2
    assert len(list(desk.settings.uploads_dir.iterdir())) == 2
    assert desk.work() == 2
    again = hand_in_each(desk, first, last)  # the page was sent once more
    assert again.status_code == 303
    assert len(handed_in(desk.engine)) == 2


def test_where_all_are_refused_nothing_is_kept(desk: Keeper) -> None:
    answer = hand_in_each(desk, ("la.exe", b"MZ\x90"), ("x.txt", b""))
    assert answer.status_code == 422
    assert words()["papers"]["not_taken"].format(count=2) in answer.text
    assert 'name="each" value="1" checked' in answer.text
    assert handed_in(desk.engine) == []
    assert not desk.settings.uploads_dir.is_dir()


def test_what_breaks_off_among_several_loses_none_of_those_before(
    desk: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = papers.accepted_files
    left = iter((judged, judged))

    def broken(*given: Any) -> list[File]:
        return next(left)(*given)  # the third one ends the request

    monkeypatch.setattr(papers, "accepted_files", broken)
    assert hand_in_each(desk, *plans(41, 42, 43)).status_code == 500
    assert desk.work() == 2
    monkeypatch.setattr(papers, "accepted_files", judged)
    hand_in_each(desk, *plans(41, 42, 43))  # again, since nothing was said
    assert desk.work() == 1
    assert len(handed_in(desk.engine)) == 3


@pytest.mark.parametrize(
    ("fields", "sent", "says"),
    [
        ({}, [("file", 41), ("file", 42)], words()["papers"]["several"].format(count=2)),
        (
            {"each": "1"},
            [("file", 41), ("file", 42), ("annexes", 43)],
            words()["papers"]["whose_annexes"],
        ),
        (
            {"each": "1"},
            [("file", n) for n in range(41, 52)],
            words()["papers"]["too_many_papers"].format(most=10),
        ),
    ],
    ids=["not said", "annexes", "too many"],
)
def test_it_is_asked_what_several_files_are(
    desk: Keeper, fields: dict[str, str], sent: list[tuple[str, int]], says: str
) -> None:
    files = [(field, plans(number)[0]) for field, number in sent]
    data = {"csrf": desk.officer.csrf, "source": "bản nhận ngày 12/11", **fields}
    answer = desk.officer.client.post("/admin/papers", data=data, files=files)
    assert answer.status_code == 422
    assert says in answer.text
    assert "bản nhận ngày 12/11" in answer.text
    assert handed_in(desk.engine) == []


def test_one_file_that_is_said_to_be_a_paper_of_its_own_keeps_its_annexes(desk: Keeper) -> None:
    files = [("file", plans(41)[0]), ("annexes", ("phu-luc.txt", b"PHU LUC\n1. Danh sach"))]
    data = {"csrf": desk.officer.csrf, "each": "1"}
    answer = desk.officer.client.post(
        "/admin/papers", data=data, files=files, follow_redirects=False
    )
    assert answer.headers["location"] == "/admin/candidates/1?done=paper_received"
    assert len(desk.candidate(1).files) == 2


# What a killed process leaves: each step is broken off, and the next process looks.


def test_killed_while_it_is_published_the_old_edition_answers_until_it_is_gone_on_with(
    desk: Keeper,
) -> None:
    id_ = desk.hand_in()
    desk.index.kills = True
    desk.officer.post(f"/admin/candidates/{id_}/publish")
    with pytest.raises(Killed):
        desk.work()
    assert desk.papers == {}
    assert ID not in library_of(desk.settings)

    desk.index.kills = False
    _let_go(desk.engine)
    desk.work()
    assert desk.papers == {ID: 1}  # under the version that it had begun with
    assert versions_of(desk.settings, ID) == [1]
    assert desk.candidate(id_).state == "published"


def test_killed_after_it_was_taken_into_use_it_is_not_published_twice(
    desk: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = desk.hand_in()
    settle = publishing.settle_papers

    def killed(*_arguments: object, **_named: object) -> None:
        raise Killed

    monkeypatch.setattr(publishing, "settle_papers", killed)
    desk.officer.post(f"/admin/candidates/{id_}/publish")
    with pytest.raises(Killed):
        desk.work()
    assert desk.papers == {ID: 1}  # it answers already

    monkeypatch.setattr(publishing, "settle_papers", settle)
    _let_go(desk.engine)
    desk.work()
    assert current_edition(desk.settings).number == 1
    assert desk.candidate(id_).state == "published"
    with transaction(desk.engine) as session:
        assert [row.version for row in current_papers(session)] == [1]


def test_a_job_that_ends_its_process_again_and_again_is_given_up(desk: Keeper) -> None:
    id_ = desk.hand_in()
    desk.index.kills = True
    desk.officer.post(f"/admin/candidates/{id_}/publish")
    for _ in range(jobs.ATTEMPTS):
        with pytest.raises(Killed):
            desk.work()
        _let_go(desk.engine)
    desk.work()
    candidate = desk.candidate(id_)
    assert (candidate.state, "nhiều lần" in candidate.problem) == ("review", True)
    assert desk.papers == {}


def test_what_a_killed_reading_left_is_in_nobodys_way(desk: Keeper) -> None:
    id_ = desk.hand_in()
    left = revision_folder(desk.settings, id_, 2)
    shutil.copytree(revision_folder(desk.settings, id_, 1), left)
    (left / "text.txt").write_text("half", "utf-8")
    with transaction(desk.engine) as session:
        candidate = get_candidate(session, id_)
        assert candidate is not None
        paper = on_their_way.open_paper(desk.settings, candidate)
        on_their_way.save_paper(session, desk.settings, candidate, paper, candidate.changed_at)
        assert on_their_way.open_paper(desk.settings, candidate).text == paper.text


def test_a_damaged_edition_is_said_and_not_guessed(settings: Settings) -> None:
    folder = settings.data_dir / "editions"
    folder.mkdir(parents=True)
    (folder / "current.json").write_text(json.dumps({"current": 3}), "utf-8")
    with pytest.raises(EditionMissing):
        current_edition(settings)


def test_the_process_of_the_jobs_ends_when_there_are_none(desk: Keeper) -> None:
    desk.hand_in()
    with transaction(desk.engine) as session:
        session.get_one(Job, 1).state = "waiting"
    serve_jobs(desk.engine, desk.settings, tasks.kinds(desk.index.prepare), linger=0.0)
    with transaction(desk.engine) as session:
        assert session.get_one(Job, 1).state == "done"


def test_a_paper_that_another_takes_the_place_of_is_over(desk: Keeper) -> None:
    id_ = desk.hand_in()
    with transaction(desk.engine) as session:
        candidate = get_candidate(session, id_)
        assert candidate is not None
        paper = on_their_way.open_paper(desk.settings, candidate)
        newer = replace(paper, supersedes=("ia-hdrai-2022-2027",))
        on_their_way.save_paper(session, desk.settings, candidate, newer, candidate.changed_at)
    desk.publish(id_)
    over = library_of(desk.settings).get("ia-hdrai-2022-2027").validity
    assert (over.status, f"{over.until}") == ("expired", "2026-01-11")
    assert "35/KH-STP" in (over.basis or "")


def _let_go(engine: Engine) -> None:
    """As when the process that held the job is known to be dead."""
    with transaction(engine) as session:
        jobs.free_jobs(session, jobs.holders_of_jobs(session, datetime.now(UTC)))
