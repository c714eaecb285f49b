"""The proof of "ask": from a fresh clone to the clause, quoted and linked."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks import hostile
from benchmarks.prove import Check, Figure, run_troly
from benchmarks.questions import SEEN, TODAY, shipped_assistant
from benchmarks.speed import measure
from bot.evaluation import ask_all, read_questions, tally

ROOT = Path(__file__).parents[1]
QUESTION = "Hạn gửi kế hoạch truyền thông chính sách năm 2023 về Sở GDĐT Hải Phòng là ngày nào?"
FIRST_WORDS = "Năm 2023 (đã hết hạn): trước ngày 20/9/2023"
DOCUMENT, ADDRESS = "hai-phong-gddt-2023", "III#2.6"
ROW_KEYS = ["id", "kind", "text", "citations", "choices", "milliseconds"]
CITATION_KEYS = ["document", "title", "address", "quote", "digest"]
START_SECONDS = 900
SECOND_START_SECONDS = 20


@contextmanager
def running(folder: Path, port: int) -> Iterator[float]:
    """`make run` in `folder`; yields the seconds until it answered."""
    began = time.monotonic()
    environment = {**os.environ, "PORT": str(port), "TROLY_DATA_DIR": str(folder / "data")}
    server = subprocess.Popen(
        ["make", "run", f"PORT={port}"], cwd=folder, env=environment, start_new_session=True
    )
    try:
        while not _answers(port):
            if server.poll() is not None:
                raise RuntimeError("make run stopped")
            if time.monotonic() - began > START_SECONDS:
                raise RuntimeError("make run does not answer")
            time.sleep(0.2)
        yield time.monotonic() - began
    finally:
        os.killpg(server.pid, 15)
        server.wait(timeout=30)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def from_a_clone() -> Iterable[Figure]:
    """git clone, make run, a browser, the question (several minutes the first time)."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "troly"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
        port = free_port()
        with running(folder, port) as seconds:
            yield Figure("git clone && make run", f"{seconds:.0f} s", "trả lời được", True)
            yield from in_a_browser(port)
            yield from over_http(port)
        cuda = list((folder / ".venv").glob("lib/*/site-packages/nvidia*"))
        yield Figure("gói CUDA trong môi trường", str(len(cuda)), "0", not cuda)
        port = free_port()
        with running(folder, port) as seconds:
            good = seconds <= SECOND_START_SECONDS
            yield Figure("lần khởi động thứ hai", f"{seconds:.0f} s", "vài giây", good)
        yield from on_the_command_line(folder)


def in_a_browser(port: int) -> Iterable[Figure]:
    """Ask in the web chat and follow the link."""
    from playwright.sync_api import sync_playwright

    from tests.browser.chromium import ARGUMENTS, find

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(f"http://127.0.0.1:{port}/")
        page.get_by_role("textbox").fill(QUESTION)
        page.keyboard.press("Enter")
        page.get_by_text(FIRST_WORDS).first.wait_for(timeout=20_000)
        shown = page.locator("main").inner_text()
        yield Figure("trình duyệt: câu đầu", FIRST_WORDS, FIRST_WORDS, FIRST_WORDS in shown)
        quoted = "20/9/2023" in page.locator("blockquote").first.inner_text()
        yield Figure("trình duyệt: trích nguyên văn", "có" if quoted else "không", "có", quoted)
        page.locator(f"a[href*='{DOCUMENT}']").first.click()
        page.wait_for_url("**/documents/**")
        linked = "III~2.6" in page.url and page.locator(":target").count() == 1
        yield Figure(
            "trình duyệt: liên kết tới điều khoản", page.url.split("/")[-1], "#III~2.6", linked
        )
        browser.close()


def _shape(row: dict[str, object]) -> bool:
    citations = row["citations"]
    return (
        list(row) == ROW_KEYS
        and row["kind"] in ("answer", "clarify", "silent")
        and len(str(row["text"])) <= 1_800
        and isinstance(citations, list)
        and all(list(c) == CITATION_KEYS for c in citations)
    )


def over_http(port: int) -> Iterable[Figure]:
    """POST /api/ask with the question alone."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/ask",
        data=json.dumps({"question": QUESTION}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as reply:
        row = json.load(reply)
    good = _shape(row) and row["text"].startswith(FIRST_WORDS)
    yield Figure(
        'POST /api/ask {"question"}', "đúng dạng" if good else str(row)[:80], "đúng dạng", good
    )


def on_the_command_line(folder: Path) -> Iterable[Figure]:
    """`troly ask`, `troly ask --batch`, `troly knowledge inspect --json` as the contracts say."""
    troly = folder / ".venv" / "bin" / "troly"
    run = partial(run_troly, troly, folder)
    asked = run("ask", QUESTION)
    good = asked.returncode == 0 and asked.stdout.startswith(FIRST_WORDS)
    yield Figure("troly ask", asked.stdout.split("\n")[0], FIRST_WORDS, good)
    lines = [
        json.dumps({"id": "1", "question": QUESTION}),
        "hỏng",
        json.dumps({"id": "3", "question": "?"}),
    ]
    batch = run("ask", "--batch", given="\n".join(lines) + "\n")
    rows = [json.loads(line) for line in batch.stdout.splitlines()]
    good = (
        len(rows) == 3 and _shape(rows[0]) and _shape(rows[2]) and list(rows[1]) == ["id", "error"]
    )
    yield Figure(
        "troly ask --batch",
        f"{len(rows)} dòng, mã {batch.returncode}",
        "3 dòng, mã 1",
        good and batch.returncode == 1,
    )
    paper = folder / "knowledge" / "library" / DOCUMENT / "text.txt"
    inspected = json.loads(run("knowledge", "inspect", "--json", str(paper)).stdout)
    clause = next(c for c in inspected["clauses"] if c["address"] == ADDRESS)
    source = paper.read_text("utf-8")
    spanned = re.sub(r"\W+", "", source[clause["start"] : clause["end"]])
    good = (
        list(inspected) == ["identity", "clauses", "duties", "warnings"]
        and re.sub(r"\W+", "", clause["text"]) in spanned
    )
    yield Figure(
        "troly knowledge inspect --json", f"{len(inspected['clauses'])} mục", "đúng dạng", good
    )


def questions() -> Iterable[Figure]:
    """Every question file, judged as the contract says."""
    assistant = shipped_assistant()
    total = 0
    for file in sorted(SEEN.glob("*.jsonl")):
        counts = tally(ask_all(assistant, read_questions(file), TODAY, ("written",)))
        total, share = total + counts.asked, counts.share
        yield Figure(f"{file.name}: {counts.asked} câu", f"{share:.1%}", "≥ 85 %", share >= 0.85)
    yield Figure("số câu hỏi", str(total), "≥ 100", total >= 100)


def speed() -> Iterable[Figure]:
    """10,000 questions in one process on one core."""
    figures = measure()
    grown = figures.last - figures.first
    yield Figure("bộ nhớ tăng sau 10.000 câu", f"{grown:.1f} MiB", "≤ 20 MiB", grown <= 20)
    yield Figure("p50 mỗi câu", f"{figures.p50:.1f} ms", "", True)
    yield Figure("p95 mỗi câu", f"{figures.p95:.1f} ms", "≤ 50 ms", figures.p95 <= 50)


def hostile_files() -> Iterable[Figure]:
    """200 hostile files: refused in words or read."""
    good = hostile.main() == 0
    yield Figure(
        "200 tệp xấu", "đạt" if good else "chưa đạt", "từ chối bằng lời hoặc đọc được", good
    )


CHECKS: tuple[Check, ...] = (from_a_clone, questions, speed, hostile_files)

if shutil.which("make") is None:
    sys.exit("Thiếu make: sudo apt install make")
