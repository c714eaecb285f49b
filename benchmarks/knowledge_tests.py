"""What tests insist on for the desk's knowledge, run and counted: audiences, doors, pages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable

from benchmarks.prove import Figure
from tests.browser.product import ROOT

_FILES = {
    "văn bản cho cán bộ: không tuyến, kênh nào để người dân thấy, suy ra": (
        "tests/integration/test_closed_routes.py",
        "tests/integration/test_closed_papers.py",
        "tests/integration/test_nothing_inferred.py",
        "tests/browser/test_closed.py",
    ),
    "mọi tuyến × vai trò, CSRF, IDOR, XSS, chuyển hướng, tệp độc, dò mật khẩu": (
        "tests/integration/test_desk_rules.py",
        "tests/integration/test_desk_security.py",
        "tests/integration/test_hostile_uploads.py",
        "tests/integration/test_table_jobs.py",
        "tests/integration/test_desk_second_step.py",
        "tests/integration/test_desk_audit.py",
    ),
    "mọi trang ở 390 và 1280, ảnh chụp, axe-core không lỗi nghiêm trọng": (
        "tests/browser/test_desk.py",
        "tests/browser/test_papers.py",
        "tests/browser/test_review.py",
        "tests/browser/test_tables_taken.py",
    ),
}
_COUNT = re.compile(r"(\d+) (passed|failed|error|skipped)")


def guarded() -> Iterable[Figure]:
    """The tests of audiences, of security and of every page in a browser."""
    for what, files in _FILES.items():
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *files],
            cwd=ROOT,
            env={**os.environ, "REQUIRE_BROWSER": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        last = run.stdout.strip().splitlines()[-1:] or [""]
        counts = {name: int(count) for count, name in _COUNT.findall(last[0])}
        told = (
            f"{counts.get('passed', 0)} đạt, {sum(counts.values()) - counts.get('passed', 0)} không"
        )
        yield Figure(what, told, "đạt hết", run.returncode == 0)
