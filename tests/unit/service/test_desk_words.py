"""The desk without a server: which site a request comes from, what it says and how."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

import pytest
from starlette.datastructures import Headers

from service.admin.guard import is_desk, is_foreign
from service.admin.naming import actor, details, thing
from service.admin.questions import first_lines
from service.admin.words import words
from service.guards import PerMinute
from service.storage.alerts import AlertKind
from service.storage.submissions import Decision, State

SERVICE = Path(__file__).parents[3] / "service"


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({}, False),  # no browser: it has no cookie that it was not given
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "http://desk", "host": "desk"}, True),
        ({"origin": "http://desk:8000", "host": "desk:8000"}, False),
        ({"origin": "http://desk:8001", "host": "desk:8000"}, True),
        ({"origin": "http://desk.evil.example", "host": "desk"}, True),
        ({"origin": "null", "host": "desk"}, True),
        ({"origin": "http://desk"}, True),
    ],
    ids=str,
)
def test_a_request_of_another_site_is_told_apart(headers: dict[str, str], foreign: bool) -> None:
    assert is_foreign(Headers(headers)) is foreign


@pytest.mark.parametrize(
    ("path", "desk"),
    [("/admin", True), ("/admin/x", True), ("/administration", False), ("/", False)],
)
def test_the_desk_is_what_lies_under_its_address(path: str, desk: bool) -> None:
    assert is_desk(path) is desk


def test_tries_are_counted_by_address_and_forgotten_each_minute() -> None:
    seconds = [0.0]
    tries = PerMinute(2, clock=lambda: seconds[0])
    assert [tries.take("a") for _ in range(3)] == [True, True, False]
    assert tries.take("b")
    seconds[0] = 60
    assert tries.take("a")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("một\n\nhai", "một\nhai"),
        ("1\n2\n3\n4", "1\n2\n3\n…"),
        ("từ " * 200, ("từ " * 106).strip() + " …"),
    ],
)
def test_an_answer_is_shown_by_its_beginning(text: str, shown: str) -> None:
    assert first_lines(text) == shown


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("admin:3", "lan"),
        ("admin:4", "admin:4"),
        ("channel:zalo_oa", "Zalo OA"),
        ("zalo_oa", "Zalo OA"),
        ("switch:paused", "Tạm dừng trả lời tự động"),
        ("switch:other", "switch:other"),
        ("alert:7", "cảnh báo số 7"),
        ("invite", "mã mời"),
        ("account:5", "người hỏi số 5"),
        ("document:407-qd-ttg", "document:407-qd-ttg"),
    ],
)
def test_ids_are_shown_as_people_say_them(subject: str, said: str) -> None:
    assert thing(subject, {"admin:3": "lan"}) == said


def test_actors_and_details_are_shown_as_people_say_them() -> None:
    assert actor("admin:3", {"admin:3": "lan"}) == "lan"
    assert actor("command", {}) == "lệnh trên máy chủ"
    assert actor("person:12", {}) == "người dùng số 12"
    assert details({"role": "viewer", "on": True, "uses": 2}) == (
        "vai trò: Chỉ xem, bật: có, số người: 2"
    )
    assert details({"phone": "changed", "colour": "changed"}) == (
        "điện thoại: đã đổi, colour: đã đổi"
    )


# --- words --------------------------------------------------------------------------------------


def keys(node: object, prefix: str = "") -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from keys(value, f"{prefix}.{key}" if prefix else key)
    else:
        yield prefix


#: Chosen by a value: a role, a kind, an action, what was done.
CHOSEN = (
    "papers.states", "papers.audiences", "papers.audiences_long",
    "jobs.kinds", "jobs.tables", "jobs.steps",
    "editions.whats", "editions.sorts", "editions.facts",
    "roles", "nav", "alert_kinds", "questions.kinds", "channel_names", "switches", "actors",
    "subjects", "details", "actions", "accounts.states", "accounts.abilities", "refused", "done",
    "channels.in_", "channels.out_", "submissions.states", "submissions.refused", "drafts.faults",
    "assignments.shown", "assignments.empty", "assignments.faults", "calendar.faults",
    "comparison.sorts", "comparison.verdicts", "comparison.reading",
    "organisations.tables", "comparison.duty_", "comparison.touches",
    "changes.kinds", "changes.parts", "repeats.choices", "repeats.said",
    "policies.faults", "policies.told_", "policies.no_",
    "reminders.shown", "reminders.outcomes", "reminders.whys", "reminders.paid",
    "broadcasts.audiences", "broadcasts.states", "broadcasts.ways", "broadcasts.carried",
    "broadcasts.reasons", "broadcasts.faults",
    "questions.said_", "unanswered.shown", "unanswered.deals", "unanswered.states",
    "unanswered.reasons", "clauses.faults", "curated.states", "curated.faults",
    "curated.audiences", "question_set.expects", "question_set.sources", "question_set.turns",
    "question_set.faults",
    "inbox.by", "units.faults", "units.reasons", "units.columns",
    "figures.periods", "figures.sizes", "figures.asked_each", "figures.columns",
    "tokens.means", "tokens.readers_short", "tokens.readers_means", "tokens.states", "tokens.lives",
    "tokens.faults",
    "office.faults", "today.first", "today.why", "today.do", "today.waiting", "today.figures",
    "review.parts", "review.no_day", "review.kinds", "review.statuses", "review.audiences",
    "review.fields", "review.faults",
)  # fmt: skip


def test_every_sentence_of_the_desk_is_used() -> None:
    drawn = "\n".join(p.read_text("utf-8") for p in SERVICE.glob("templates/admin_*.html"))
    code = "\n".join(
        p.read_text("utf-8")
        for folder in ("admin", "commands")
        for p in (SERVICE / folder).glob("*.py")
    )
    for key in keys(words()):
        if not key.startswith(CHOSEN):
            last = key.rsplit(".", 1)[-1]
            said = f"a.{key}" in drawn or re.search(rf"[\"']{last}[\"']", code)
            assert said, f"{key} is not used"
    for key in keys({"refused": words()["refused"], "done": words()["done"]}):
        assert f'"{key.split(".")[1]}"' in code, f"{key} is not used"


def test_no_sentence_is_named_like_what_every_mapping_has() -> None:
    """A template that asks for a.questions.clear is given the method of that name."""
    parts = {part for key in keys(words()) for part in key.split(".")}
    assert parts.isdisjoint(dir({})), parts & set(dir({}))


def test_every_refusal_of_a_submission_has_words() -> None:
    refused = words()["submissions"]["refused"]
    undecided = {"pending", "received", "withdrawn", "replaced"}
    assert set(refused) == {"empty", "long", "decided"} | undecided
    assert set(words()["submissions"]["states"]) == set(get_args(State))
    assert set(get_args(State)) == undecided | set(get_args(Decision))


def test_every_kind_of_alert_has_words() -> None:
    assert set(words()["alert_kinds"]) == set(get_args(AlertKind))


def test_every_sentence_that_a_page_asks_for_is_there() -> None:
    known = set(keys(words()))
    for path in SERVICE.glob("templates/admin_*.html"):
        for asked in re.findall(r"\ba\.([a-z_]+(?:\.[a-z_]+)*)", path.read_text("utf-8")):
            whole = asked.removesuffix(".get").removesuffix(".items").removesuffix(".format")
            assert any(key == whole or key.startswith(whole + ".") for key in known), asked


@pytest.mark.parametrize("key", sorted(keys(words())))
def test_a_sentence_is_tidy(key: str) -> None:
    node: object = words()
    for part in key.split("."):
        assert isinstance(node, Mapping)
        node = node[part]
    text = str(node)
    assert text == " ".join(text.split())
    assert text.count("“") == text.count("”")
    assert not re.search(r"\b[Bb]ạn\b", text), "people are addressed as Anh/chị"
    assert not re.search(r" [.,:;?!]", text)


@pytest.mark.parametrize("path", sorted(SERVICE.glob("admin/*.py")), ids=lambda path: path.name)
def test_no_sentence_stands_in_the_code_of_the_desk(path: Path) -> None:
    code = re.sub(r'""".*?"""|#.*', "", path.read_text("utf-8"), flags=re.DOTALL)
    assert not re.search("[À-ỹĂăĐđƠơƯư]", code)
