"""The transcripts of every form, each played by somebody new over the running product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from benchmarks.forms_office import progress
from benchmarks.forms_transcripts import play_all
from benchmarks.prove import Figure


def transcripts_of_forms() -> Iterable[Figure]:
    """Every scenario of every form over web, Zalo OA and Telegram."""
    played = play_all(progress)
    count, wrong = Counter(one.form for one in played), [one for one in played if not one.ok]
    for form in sorted(count):
        missed = [one for one in wrong if one.form == form]
        shown = [f"{one.scenario} ({one.channel}): {one.why[:80]}" for one in missed[:3]]
        yield Figure(f"kịch bản của {form}: {count[form]} lượt", "; ".join(shown) or "đều đạt",
                     "đều đạt", not missed)  # fmt: skip
    yield Figure("lượt kịch bản đã chơi", f"{len(played)}", "> 0", bool(played))
