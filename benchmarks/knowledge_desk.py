"""Whoever keeps the knowledge at the desk, by HTTP: signs in, hands in, publishes, goes back."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from sqlmodel import col, select

from benchmarks.channels_product import Product
from knowledge.library import Library
from service.admin.access import COOKIE
from service.library.editions import get_edition
from service.library.papers import library_of
from service.storage.engine import transaction
from service.storage.library_tables import Candidate, Job
from service.storage.sessions import open_session
from service.storage.tables import AskedQuestion
from tests.desk import an_admin

PAPER = "35-kh-stp"
QUESTION = "Kế hoạch 35/KH-STP của Sở Tư pháp tỉnh Cao Lâm: hạn gửi báo cáo kết quả là ngày nào?"
_PLAN = """UBND TỈNH CAO LÂM
SỞ TƯ PHÁP
Số: 35/KH-STP
Cao Lâm, ngày 12 tháng 01 năm 2026

KẾ HOẠCH
Truyền thông chính sách năm 2026 của Sở Tư pháp tỉnh Cao Lâm

I. MỤC ĐÍCH
Bảo đảm người dân biết và góp ý dự thảo chính sách ngay khi soạn thảo.
II. NHIỆM VỤ
1. Tổ chức tọa đàm lấy ý kiến về dự thảo chính sách
Đơn vị chủ trì: Phòng Xây dựng văn bản; Đơn vị phối hợp: Trung tâm Trợ giúp pháp lý.
2. Đăng dự thảo trên cổng thông tin của tỉnh
Đơn vị chủ trì: Văn phòng Sở.
III. TỔ CHỨC THỰC HIỆN
Các đơn vị gửi báo cáo kết quả thực hiện về Văn phòng Sở trước ngày {day} để tổng hợp.

GIÁM ĐỐC
"""
_DAY = re.compile(r"Văn phòng Sở trước ngày (\d+/\d+/2026)")
_NEVER = "Văn phòng Sở trước ngày"  #: said by nobody else's paper

PATIENCE = 120.0  #: seconds until something in the background is done

_NUMBER = re.compile(r"/(?:candidates|jobs)/(\d+)")


@dataclass
class Editor:
    """A signed-in browser without the browser."""

    product: Product
    client: httpx.Client

    def post(
        self, path: str, files: dict[str, tuple[str, bytes]] | None = None, **fields: str
    ) -> str:
        """Press a button; where it leads to."""
        page = self.client.get("/admin/papers/new").text
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found is not None, page[:500]
        answer = self.client.post(path, data={"csrf": found[1], **fields}, files=files)
        assert answer.status_code == 303, f"{path}: {answer.status_code} {answer.text[:300]}"
        return answer.headers["location"]

    def hand_in(self, name: str, text: str) -> int:
        """Upload a paper; the number of what waits."""
        place = self.post("/admin/papers", {"file": (name, text.encode())}, audience="public")
        found = _NUMBER.search(place)
        assert found is not None, place
        return int(found[1])

    def publish(self, candidate_id: int) -> None:
        """Have it published in the background."""
        self.post(f"/admin/candidates/{candidate_id}/publish")

    def restore(self, number: int) -> None:
        """Go back to an edition, in the background."""
        self.post(f"/admin/editions/{number}/restore")

    def open_jobs(self) -> list[int]:
        """What is waiting or at work."""
        open_ = select(Job.id).where(col(Job.state).in_(("waiting", "running")))
        with self.product.database() as engine, transaction(engine) as session:
            return [id_ for id_ in session.exec(open_) if id_ is not None]

    def settle(self, seconds: float = PATIENCE) -> None:
        """Look at the pages of what is at work until nothing is any more, as a browser would."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            open_ = self.open_jobs()
            if not open_:
                return
            self.client.get(f"/admin/jobs/{open_[0]}")
            time.sleep(0.3)
        raise TimeoutError(f"jobs {open_} are not done")

    def state(self, candidate_id: int) -> tuple[str, str]:
        """State and problem of a paper that was handed in; "" for one that is not there."""
        with self.product.database() as engine, transaction(engine) as session:
            candidate = session.get(Candidate, candidate_id)
            return (candidate.state, candidate.problem) if candidate else ("", "")

    def ask(self, question: str = QUESTION) -> tuple[str, int]:
        """What the chat answers, and the edition that it says it comes from."""
        answer = self.client.post("/api/ask", json={"question": question})
        answer.raise_for_status()
        with self.product.database() as engine, transaction(engine) as session:
            newest = select(AskedQuestion).order_by(col(AskedQuestion.id).desc()).limit(1)
            version = session.exec(newest).one().knowledge_version
        return str(answer.json()["text"]), int(version.partition("-")[0])

    def answers_as_it_says(self) -> bool:
        """Whether the answer is that of the edition which it names, whole on the disk."""
        said, number = self.ask()
        library = library_of(
            self.product.own_settings, get_edition(self.product.own_settings, number)
        )
        return right_in(library, said)


def plan(number: int) -> str:
    """The plan of an office that nobody else has; `number` decides the day of its report."""
    return _PLAN.format(day=day_of(number))


def day_of(number: int) -> str:
    """The day of the report: another one for each number below 300."""
    return f"{1 + number % 28}/{1 + number // 28 % 12}/2026"


def right_in(library: Library, said: str) -> bool:
    """Whether an answer to QUESTION is the one of this library."""
    paper = library.find(PAPER)
    found = _DAY.search(paper.text) if paper else None
    return found[1] in said if found else _NEVER not in said


def sign_in(product: Product) -> Editor:
    """With a session of its own, straight from the database."""
    with product.database() as engine, transaction(engine) as session:
        admin = an_admin(session, "bien-tap", "owner")
        token = open_session(session, admin, datetime.now(UTC))
    client = httpx.Client(base_url=product.address, cookies={COOKIE: token}, timeout=60)
    return Editor(product, client)
