"""How quick the desk's pages are after a busy year: `python -m benchmarks.knowledge_pages`.

Every page of the desk is asked for 30 times in a row, 95 of 100 within 300 ms, with 2,000 papers,
50,000 questions and a million of them; once on SQLite, once on PostgreSQL.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import httpx

from benchmarks.channels_product import Product, installed, scaled
from benchmarks.forms_office import progress
from benchmarks.knowledge_desk import Editor, plan, sign_in
from benchmarks.knowledge_library import PAPERS
from benchmarks.knowledge_office import (
    fill_desk,
    fill_office,
    fill_questions,
    review_duties,
    settle,
)
from benchmarks.knowledge_scale import fill
from benchmarks.prove import Figure
from service.admin.access import RULES
from service.library.papers import library_of
from tests.postgresql import empty_database, running_postgresql

_QUESTIONS, _MANY = 50_000, 1_000_000
_PAPER = "hai-phong-gddt-2023"
_TIMES, _MOST = 30, 300.0  #: requests for each page; milliseconds
#: Pages for whoever is not signed in, and what is no page: files, however long they are.
_ELSEWHERE = re.compile(r"/admin/(sign-in|link)|\.png$|/file$|/files/")
#: Words that everybody uses, that nobody does, that one question alone has; the oldest questions.
_ASKED = (
    "?q=k%E1%BA%BF+ho%E1%BA%A1ch", "?q=truyen+thong+chinh+sach+ke+hoach&kind=clarify",
    "?q=khongai+hoi", "?q=ke+hoach+7", "?kind=silent", "?kind=clarify&before=1000",
    "?before=500", "?q=han&before=2000", "?after=1",
)  # fmt: skip

_LATER = (
    "/admin/papers?page=40", "/admin/unanswered?shown=ever&page=20",
    "/admin/unanswered?shown=dealt", "/admin/questions?said=wrong", "/admin/papers?q=ke+hoach",
    "/admin/audit?page=100",
    "/admin/assignments?show=late", f"/admin/assignments?paper={_PAPER}", "/", "/documents",
    "/documents?trang=20", "/documents?q=so+y+te", f"/documents/{_PAPER}",
)  # fmt: skip


def pages_on_sqlite() -> Iterable[Figure]:
    """Every page of the desk with 50,000 questions, then with a million: SQLite."""
    for count in (scaled(_QUESTIONS), scaled(_MANY)):
        with installed() as product:
            yield from _pages(product, count, "SQLite")


def pages_on_postgresql() -> Iterable[Figure]:
    """The same with a million on PostgreSQL."""
    with (
        running_postgresql() as server,
        empty_database(server) as url,
        installed(database_url=url) as product,
    ):
        yield from _pages(product, scaled(_MANY), "PostgreSQL")


def _pages(product: Product, count: int, engine_name: str) -> Iterator[Figure]:
    now = datetime.now(UTC)
    what = f"{engine_name}, {scaled(PAPERS, 100):,} văn bản, {count:,} câu hỏi"
    with product.database() as engine:
        began = time.monotonic()
        fill_questions(engine, count, now)
        progress(f"{what}: nạp và đếm {time.monotonic() - began:.0f} giây")
        fill_office(engine, now)
        fill_desk(engine, count, now)
        fill(product, scaled(PAPERS, 100))
        review_duties(engine, library_of(product.own_settings), now)
        settle(engine)
    product.serve()
    editor = sign_in(product)
    _hand_in(editor)
    editor.client.follow_redirects = True
    slow = dict(_measured(editor.client))
    for path, milliseconds in sorted(slow.items(), key=lambda one: -one[1]):
        progress(f"{milliseconds:7.0f} ms  {path}")
    worst = max(slow, key=lambda path: slow[path])
    yield Figure(f"{what}: {len(slow)} trang của bàn làm việc, chậm nhất {worst}, p95",
                 f"{slow[worst]:.0f} ms", f"≤ {_MOST:.0f} ms", slow[worst] <= _MOST)  # fmt: skip


def _hand_in(editor: Editor) -> None:
    """A paper that is published, one that waits with what it would change."""
    editor.publish(editor.hand_in("kh-0.txt", plan(0)))
    editor.settle()
    waits = editor.hand_in("kh-1.txt", plan(1))
    editor.settle()
    began = time.monotonic()
    editor.client.get(f"/admin/candidates/{waits}/changes")
    editor.settle(3_600)
    progress(f"xem câu trả lời thay đổi: {time.monotonic() - began:.0f} giây")


def _measured(client: httpx.Client) -> Iterator[tuple[str, float]]:
    """Each page with the time within which 95 of 100 requests were answered, milliseconds."""
    for path in _paths():
        status = client.get(path).status_code
        if status != httpx.codes.OK:
            raise RuntimeError(f"{path}: {status}")
        times = sorted(_milliseconds(client, path) for _ in range(_TIMES))
        yield path, times[int(_TIMES * 0.95)]


def _milliseconds(client: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    client.get(path)
    return (time.perf_counter() - began) * 1000


def _paths() -> list[str]:
    """Every page that the table of rules knows: of what has a page each, the first one's."""
    pages = [rule.removeprefix("GET ") for rule in RULES if rule.startswith("GET ")]
    pages = [page.replace("{document_id}", _PAPER) for page in pages if not _ELSEWHERE.search(page)]
    shown = [re.sub(r"\{\w+\}", "1", page) for page in pages]
    shown[shown.index("/admin/assignments/new")] += f"?duty={_PAPER}+1"
    figures = [f"/admin/figures?period={name}" for name in ("week", "quarter", "year")]
    return [
        *(page.replace("/candidates/1", "/candidates/2") for page in shown),  # that which waits
        *(f"/admin/questions{asked}" for asked in _ASKED),
        *figures,
        *_LATER,
    ]


def main() -> int:
    """Both engines; 1 when a page is too slow."""
    figures = [*pages_on_sqlite(), *pages_on_postgresql()]
    for figure in figures:
        progress(f"{'đạt' if figure.holds else 'CHƯA ĐẠT'}: {figure.what}: {figure.measured}")
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    raise SystemExit(main())
