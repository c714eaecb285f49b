"""The engine of the forms, through many more stories than the tests tell."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable

from benchmarks.channels_product import scaled
from benchmarks.prove import Figure
from tests.browser.product import ROOT

_STORIES = 1_500  #: of up to 60 steps of two people
_TEST = "tests/unit/bot/forms/test_any_filling.py"


def engine_at_random() -> Iterable[Figure]:
    """1,500 stories of two people at a form of all types, whatever is done in whatever order."""
    count = scaled(_STORIES)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--timeout", "3600", _TEST],
        cwd=ROOT,
        env={**os.environ, "TROLY_EXAMPLES": str(count)},
        capture_output=True,
        text=True,
        check=False,
    )
    last = (done.stdout.strip().splitlines() or [""])[-1]
    yield Figure(f"biểu mẫu có mọi loại câu hỏi: {count} chuyện ngẫu nhiên", last, "không vi phạm",
                 done.returncode == 0)  # fmt: skip
