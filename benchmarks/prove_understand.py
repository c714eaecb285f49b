"""The proof of "understand": duties, whose plan, which facet, and when to stay silent."""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from benchmarks.mutations import run as run_mutations
from benchmarks.prove import Check, Figure, run_troly
from benchmarks.questions import FOLDER, TODAY, exam, shipped_assistant
from benchmarks.speed import percentile, stay_on_one_core
from bot.evaluation import ask_all, groups, tally
from knowledge.reading.inspect import inspect_text
from tests.duty_scores import labels_of, score

ROOT = Path(__file__).parents[1]
UNSEEN = ROOT / "tests" / "papers_unseen"
MUTATIONS = 50
DUTY_KEYS = {"address", "leads", "coordinates", "duty", "when", "recipient", "via", "quote"}


def exam_is_as_it_must_be() -> Iterable[Figure]:
    """How many questions there are, and of which kinds."""
    every = exam()
    expected, kinds = Counter(q.expected for q in every), Counter(q.kind for q in every)
    total = len(every)
    yield Figure("số câu hỏi (mỗi câu ba cách gõ)", str(total), "≥ 600", total >= 600)
    for name, count, least in (
        ("phải từ chối", expected["silent"], 1 / 4),
        ("phải hỏi lại", expected["clarify"], 1 / 10),
        ("câu hỏi tiếp", kinds["follow_up"], 1 / 10),
        ("so sánh", kinds["comparison"], 1 / 20),
        ("để riêng theo mã băm", sum(q.set_aside for q in every), 0.3),
    ):
        share = count / total
        yield Figure(name, f"{share:.1%}", f"≥ {least:.0%}", share >= least)


def questions_set_aside() -> Iterable[Figure]:
    """The third that was set aside, in three spellings (about a minute)."""
    judged = ask_all(shipped_assistant(), exam("set-aside"), TODAY)
    counts = tally(judged)
    low, high = counts.interval
    yield Figure(
        f"đúng, trên {counts.asked} lượt ({low:.1%} – {high:.1%})",
        f"{counts.share:.1%}",
        "≥ 95 %",
        counts.share >= 0.95,
    )
    for spelling, each in groups(judged, lambda j: j.spelling):
        yield Figure(f"đúng, cách gõ {spelling}", f"{each.share:.1%}", "≥ 93 %", each.share >= 0.93)
    confident = counts.confident / counts.asked
    yield Figure("sai mà chắc", f"{confident:.1%}", "≤ 1 %", confident <= 0.01)
    for name, number in (
        ("từ chối oan", counts.refused),
        ("trả lời điều không có", counts.unanswerable),
    ):
        yield Figure(name, f"{number / counts.asked:.1%}", "", True)
    loose = sum(not j.verbatim for j in judged)
    yield Figure("trích không nguyên văn", str(loose), "0", loose == 0)
    clause = counts.clause_right / counts.answered
    yield Figure("điều khoản dẫn đúng", f"{clause:.1%}", "≥ 97 %", clause >= 0.97)


def speed_of_a_question() -> Iterable[Figure]:
    """Milliseconds per question on one core, the shipped library."""
    stay_on_one_core()
    judged = ask_all(shipped_assistant(), exam("development"), TODAY, ("written",))
    p95 = percentile([j.milliseconds for j in judged], 0.95)
    yield Figure("p95 mỗi câu, một nhân", f"{p95:.1f} ms", "≤ 50 ms", p95 <= 50)


def duties_of_unseen_papers() -> Iterable[Figure]:
    """Every labelled paper: how many duties are complete and right, and how many invented."""
    right = labelled = invented = 0
    for paper in sorted(UNSEEN.glob("*.txt")):
        found = score(labels_of(paper), inspect_text(paper.read_text("utf-8"), ()))
        right, labelled = right + found.right, labelled + len(found.verdicts)
        invented += len(found.invented)
        yield Figure(
            f"nhiệm vụ trong {paper.stem}", f"{found.right}/{len(found.verdicts)}", "", True
        )
    share = right / labelled
    yield Figure("nhiệm vụ đủ và đúng", f"{share:.1%}", "≥ 90 %", share >= 0.9)
    yield Figure("nhiệm vụ bịa ra", str(invented), "0", invented == 0)


def answers_follow_their_papers() -> Iterable[Figure]:
    """50 right answers: the date, the number or the body is changed in the paper."""
    followed = list(run_mutations(MUTATIONS, exam("development"), TODAY))
    good = sum(f.good for f in followed)
    yield Figure(
        "câu trả lời đổi theo văn bản",
        f"{good}/{len(followed)}",
        f"{MUTATIONS}/{MUTATIONS}",
        good == len(followed) == MUTATIONS,
    )
    for each in followed:
        if not each.good:
            yield Figure(each.mutation.question.text[:70], each.said[:70], each.mutation.new, False)


def on_the_command_line() -> Iterable[Figure]:
    """`troly evaluate`, `troly duties list` and `review`, as an administrator runs them."""
    troly = Path(sys.executable).with_name("troly")
    with tempfile.TemporaryDirectory() as home:
        run = partial(run_troly, troly, Path(home))
        page = Path(home) / "bao-cao.html"
        file = sorted(FOLDER.glob("*.jsonl"))[0]
        day = ("--today", TODAY.isoformat())
        evaluated = run("evaluate", str(file), "--part", "development", "--html", str(page), *day)
        good = evaluated.returncode == 0 and page.is_file() and "<svg" in page.read_text("utf-8")
        yield Figure("troly evaluate --html", f"mã {evaluated.returncode}", "có báo cáo", good)
        listed = run("duties", "list", "--json")
        rows = [json.loads(line) for line in listed.stdout.splitlines()]
        good = bool(rows) and all(row.keys() >= DUTY_KEYS and row["reviewed"] for row in rows)
        yield Figure("troly duties list --json", f"{len(rows)} nhiệm vụ", "đúng dạng", good)
        paper = sorted(UNSEEN.glob("*.txt"))[0]
        added = run("knowledge", "add", str(paper), "--id", "van-ban-thu")
        waiting = run("duties", "list", "--waiting", "--json").stdout.splitlines()
        reviewed = run("duties", "review", "van-ban-thu", "--all")
        left = run("duties", "list", "--waiting", "--json").stdout.splitlines()
        good = added.returncode == reviewed.returncode == 0 and bool(waiting) and not left
        yield Figure("troly duties review", f"{len(waiting)} → {len(left)} chờ", "→ 0", good)


CHECKS: tuple[Check, ...] = (
    exam_is_as_it_must_be,
    questions_set_aside,
    speed_of_a_question,
    duties_of_unseen_papers,
    answers_follow_their_papers,
    on_the_command_line,
)
