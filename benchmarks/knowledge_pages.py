"""How quick the desk's pages are after a busy year: `python -m benchmarks.knowledge_pages`.

Every page of the desk is asked for 30 times in a row, 95 of 100 within 300 ms, with 50,000
questions and with a million; once on SQLite, once on PostgreSQL.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import httpx
from sqlalchemy import Engine

from benchmarks.channels_product import Product, installed, scaled
from benchmarks.forms_office import progress
from benchmarks.knowledge_office import fill_office, fill_questions, settle
from benchmarks.prove import Figure
from service.admin.access import COOKIE, RULES
from service.storage.engine import transaction
from service.storage.sessions import open_session
from tests.desk import an_admin
from tests.postgresql import empty_database, running_postgresql

_QUESTIONS, _MANY = 50_000, 1_000_000
_PAPER = "hai-phong-gddt-2023"
_TIMES, _MOST = 30, 300.0  #: requests for each page; milliseconds
#: Pages for whoever is not signed in, and what is no page: files, however long they are.
_ELSEWHERE = re.compile(r"/admin/(sign-in|link)|\.(csv|png)$|/export$|/files/")
#: Words that everybody uses, that nobody does, that one question alone has; the oldest questions.
_ASKED = (
    "?q=k%E1%BA%BF+ho%E1%BA%A1ch", "?q=truyen+thong+chinh+sach+ke+hoach&kind=clarify",
    "?q=khongai+hoi", "?q=ke+hoach+7", "?kind=silent", "?kind=clarify&before=1000",
    "?before=500", "?q=han&before=2000", "?after=1",
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
    what = f"{engine_name}, {count:,} câu hỏi"
    with product.database() as engine:
        began = time.monotonic()
        fill_questions(engine, count, now)
        progress(f"{what}: nạp và đếm {time.monotonic() - began:.0f} giây")
        fill_office(engine, now)
        settle(engine)
        token = _signed_in(engine, now)
    product.serve("--no-worker")
    with httpx.Client(
        base_url=product.address, cookies={COOKIE: token}, timeout=60, follow_redirects=True
    ) as client:
        slow = dict(_measured(client))
    for path, milliseconds in sorted(slow.items(), key=lambda one: -one[1]):
        progress(f"{milliseconds:7.0f} ms  {path}")
    worst = max(slow, key=lambda path: slow[path])
    yield Figure(f"{what}: {len(slow)} trang của bàn làm việc, chậm nhất {worst}, p95",
                 f"{slow[worst]:.0f} ms", f"≤ {_MOST:.0f} ms", slow[worst] <= _MOST)  # fmt: skip


def _signed_in(engine: Engine, now: datetime) -> str:
    with transaction(engine) as session:
        return open_session(session, an_admin(session, "chu"), now)


def _measured(client: httpx.Client) -> Iterator[tuple[str, float]]:
    """Each page with the time within which 95 of 100 requests were answered, milliseconds."""
    for path in _paths():
        status = client.get(path).status_code
        if status == httpx.codes.NOT_FOUND and "/1" in path:
            continue  # the office has none of those
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
    figures = [f"/admin/figures?period={name}" for name in ("week", "quarter", "year")]
    return [*shown, *(f"/admin/questions{asked}" for asked in _ASKED), *figures, "/documents"]


def main() -> int:
    """Both engines; 1 when a page is too slow."""
    figures = [*pages_on_sqlite(), *pages_on_postgresql()]
    for figure in figures:
        progress(f"{'đạt' if figure.holds else 'CHƯA ĐẠT'}: {figure.what}: {figure.measured}")
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    raise SystemExit(main())
