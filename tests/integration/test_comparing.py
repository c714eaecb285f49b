"""What changes with a paper that waits: asked in the background, shown at the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import cast

import pytest
from fastapi.testclient import TestClient
from pydantic import JsonValue
from sqlalchemy import Engine

from bot.answers import Answered, Clarify, Outcome, Silent, as_row, kind_of, to_reply
from bot.messages import Button
from bot.question_lines import Question
from knowledge.documents import Document
from knowledge.library import Library
from knowledge.readers import OFFICERS, PUBLIC, Readers
from service.admin.words import words
from service.errors import ComparisonStopped
from service.library import candidates as on_their_way
from service.library import comparing
from service.library.comparing import Opens, as_read, readers_of
from service.library.editions import current_edition
from service.library.papers import library_of
from service.library.putting import side_by_side, sort_of
from service.library.working import Task, work_off
from service.live import Told
from service.settings import Settings
from service.shapes import Question as Asking
from service.storage import jobs
from service.storage.assignments import add_obligation, put_on
from service.storage.candidates import get_candidate, move_candidate
from service.storage.comparisons import changes_of
from service.storage.duty_tables import Obligation
from service.storage.engine import transaction
from service.storage.library_tables import Candidate, Job
from service.storage.question_set import import_set
from service.storage.questions import keep_question
from service.storage.units import add_unit
from service.wiring import open_beside
from tests.builders import NOON, an_asked_question
from tests.desk import Officer, signed_in
from tests.fakes.answers import SOURCE

SAID = words()["comparison"]
WAITING = words()["jobs"]["steps"]["waiting"]
PAGE = "/admin/candidates/1/changes"
HAI_PHONG = "hai-phong-gddt-2023"

pytestmark = pytest.mark.usefixtures("clock")


@dataclass
class Fake:
    """Answers from the words in a paper: "có" where its short title holds the question."""

    library: Library
    before: object = None
    version: str = ""
    asked: list[str] = field(default_factory=list)

    def library_for(self, readers: Readers) -> Library:
        return self.library

    def tell(self, question: Asking, today: date, readers: Readers = PUBLIC) -> Told:
        self.asked.append(question.text)
        outcome = self.answer(question.text)
        row = cast(dict[str, JsonValue], as_row(outcome))
        return Told(kind_of(outcome), row, to_reply(outcome))

    def answer(self, text: str) -> Outcome:
        for document in self.library.documents:
            if text in document.short_title:
                return Answered(f"{document.short_title} có", "", "tra cứu", (SOURCE,))
            if text in document.text:
                return Clarify("Văn bản nào?", (Button("A", "a"),))
        return Silent("Không có.", "")


@pytest.fixture
def editor(client: TestClient, sqlite: Engine, settings: Settings) -> Officer:
    """Somebody who works on papers."""
    return signed_in(client, sqlite, settings, "editor")


@pytest.fixture
def waiting(sqlite: Engine, settings: Settings) -> Candidate:
    """The plan of Hải Phòng, opened to be corrected."""
    paper = library_of(settings).get(HAI_PHONG)
    with transaction(sqlite) as session:
        id_ = on_their_way.revise(session, settings, paper, "admin:1", NOON)
        candidate = get_candidate(session, id_)
        assert candidate is not None
        return candidate


def revised(engine: Engine, settings: Settings, change: Callable[[Document], Document]) -> Document:
    """One more revision of it."""
    with transaction(engine) as session:
        candidate = get_candidate(session, 1)
        assert candidate is not None
        paper = change(on_their_way.open_paper(settings, candidate))
        on_their_way.save_paper(session, settings, candidate, paper, NOON)
        return paper


def titled(title: str) -> Callable[[Document], Document]:
    return lambda paper: replace(paper, short_title=title)


def ask_for(engine: Engine, *questions: str) -> None:
    """What people have asked."""
    with transaction(engine) as session:
        for question in questions:
            keep_question(session, an_asked_question(question))


def put(engine: Engine) -> None:
    with transaction(engine) as session:
        jobs.put_job(session, "compare", "candidate:1", "admin:1", NOON)


def done(engine: Engine, settings: Settings, opens: Opens = Fake) -> Job:
    """The comparison, when all that waits has been done."""
    work_off(engine, settings, {"compare": comparing.kind(opens)})
    with transaction(engine) as session:
        job = jobs.newest_job(session, "candidate:1", "compare")
        assert job is not None
        return job


def found(engine: Engine, job: Job) -> dict[str, str]:
    with transaction(engine) as session:
        return {each.question: each.sort for each in changes_of(session, job.id or 0)}


def test_answers_gained_lost_and_changed_are_told_apart(
    sqlite: Engine, settings: Settings, waiting: Candidate
) -> None:
    old = library_of(settings).get(HAI_PHONG).short_title
    revised(sqlite, settings, titled("Kế hoạch mới, năm 2023 của Sở GDĐT Hải Phòng"))
    both = "2023 của Sở GDĐT Hải"
    ask_for(sqlite, "Kế hoạch mới", "Kế hoạch mới", old, both, "không ai biết", "Lạng Sơn")
    put(sqlite)
    job = done(sqlite, settings)
    assert job.state == "done", job.problem
    assert found(sqlite, job) == {"Kế hoạch mới": "gained", old: "lost", both: "changed"}
    assert job.result["counts"] == {"gained": 1, "lost": 1, "changed": 1, "same": 2}
    assert job.result["total"] == 5
    with transaction(sqlite) as session:
        first = changes_of(session, job.id or 0)[0]
    assert (first.question, first.times, first.before["kind"]) == ("Kế hoạch mới", 2, "silent")
    assert first.now == {
        "kind": "answer",
        "text": "Kế hoạch mới, năm 2023 của Sở GDĐT Hải Phòng có\ntra cứu",
        "cited": f"{SOURCE.place}, {SOURCE.title}",
    }


def test_the_set_is_judged_before_and_after(
    sqlite: Engine,
    settings: Settings,
    waiting: Candidate,
) -> None:
    own = (
        Question("1", "Kế hoạch mới", "answer", "fact"),
        Question("2", "Lạng Sơn", "answer", "fact"),
        Question("3", "Kế hoạch mới, năm", "silent", "none"),
    )
    with transaction(sqlite) as session:
        import_set(session, own, NOON)
    revised(sqlite, settings, titled("Kế hoạch mới, năm 2023"))
    ask_for(sqlite, "ke hoach moi?", "lang son")
    put(sqlite)
    job = done(sqlite, settings)
    assert job.result["own"] == job.result["total"] == 4 - 1  # what was asked is in the set
    counts = job.result["counts"]
    assert isinstance(counts, dict)
    assert (counts["set_right_before"], counts["set_right_now"]) == (2, 2)
    with transaction(sqlite) as session:
        rows = {each.question: each for each in changes_of(session, job.id or 0)}
    assert rows["Kế hoạch mới"].verdict == "right"
    assert rows["Kế hoạch mới"].times == 1
    assert rows["Kế hoạch mới, năm"].verdict == "wrong"


def test_one_that_was_killed_goes_on_where_it_was(
    sqlite: Engine, settings: Settings, waiting: Candidate
) -> None:
    revised(sqlite, settings, titled("Câu 0 Câu 1 Câu 2 Câu 3 Câu 4 của năm"))
    ask_for(sqlite, *(f"Câu {number} của" for number in range(70)), "Câu 4 của năm")
    put(sqlite)
    made: list[Fake] = []

    class Killed(BaseException):
        """As if the process had gone."""

    class Weak(Fake):
        def answer(self, text: str) -> Outcome:
            if len(self.asked) == 45:
                raise Killed
            return super().answer(text)

    def opens(kind: type[Fake]) -> Opens:
        def opened(library: Library, before: object) -> Fake:
            made.append(kind(library))
            return made[-1]

        return opened

    with pytest.raises(Killed):
        done(sqlite, settings, opens(Weak))
    ask_for(sqlite, "Câu 99 của")  # asked meanwhile: not one of this comparison
    with transaction(sqlite) as session:
        job = jobs.newest_job(session, "candidate:1")
        assert job is not None
        assert (job.state, job.result["asked"]) == ("running", 40)
        job.held_until = None
        session.add(job)
    again = done(sqlite, settings, opens(Fake))
    assert again.state == "done"
    assert len(made[-1].asked) == 71 - 40
    assert again.result["total"] == 71
    assert found(sqlite, again) == {"Câu 4 của": "gained", "Câu 4 của năm": "gained"}
    assert again.result["counts"] == {"gained": 2, "same": 69}


def test_a_correction_meanwhile_begins_it_anew(
    sqlite: Engine, settings: Settings, waiting: Candidate
) -> None:
    ask_for(sqlite, *(f"Câu {number}" for number in range(50)))
    put(sqlite)
    corrected = False

    class Slow(Fake):
        def answer(self, text: str) -> Outcome:
            nonlocal corrected
            if not corrected and len(self.asked) == 25:
                corrected = True
                revised(sqlite, settings, titled("Câu 7"))
            return super().answer(text)

    job = done(sqlite, settings, Slow)
    assert corrected
    assert job.result["revision"] == 2
    assert found(sqlite, job) == {"Câu 7": "gained"}


def test_it_makes_way_for_a_publishing(
    sqlite: Engine, settings: Settings, waiting: Candidate
) -> None:
    put(sqlite)
    with transaction(sqlite) as session:
        jobs.put_job(session, "restore", "edition:1", "admin:1", NOON)
        job = jobs.take_job(session, "w", NOON, ("compare",))
        assert job is not None
        mine = (job.id or 0, job.kind, job.subject, job.argument, dict(job.result), job.by)
    with pytest.raises(ComparisonStopped):
        comparing.compare(Task(*mine, sqlite, settings), Fake)


def test_a_paper_that_waits_no_more_is_left(
    sqlite: Engine, settings: Settings, waiting: Candidate
) -> None:
    put(sqlite)
    with transaction(sqlite) as session:
        move_candidate(session, 1, ("review",), "dropped", NOON)
    job = done(sqlite, settings)
    assert (job.state, job.result) == ("done", {})


def test_duties_and_what_was_put_on_units_by_them(
    sqlite: Engine, settings: Settings, waiting: Candidate, editor: Officer
) -> None:
    paper = library_of(settings).get(HAI_PHONG)
    duty = paper.duties[0]
    with transaction(sqlite) as session:
        of = Obligation(
            document=paper.id, address=duty.address, fingerprint="f" * 64, title=duty.duty,
            source="", recipient="", printed="", form="bao-cao", policy={}, created_at=NOON,
            created_by="command",
        )  # fmt: skip
        obligation = add_obligation(session, of).id or 0
        unit = add_unit(session, "Trường A", NOON).id or 0
        put_on(session, obligation, [unit], date(2026, 12, 31), date(2026, 11, 1))
    revised(
        sqlite,
        settings,
        lambda paper: replace(
            paper,
            duties=(
                *(replace(d, leads=("Ban Mới",)) for d in paper.duties[1:2]),
                *paper.duties[2:],
            ),
        ),
    )
    put(sqlite)
    job = done(sqlite, settings)
    told = job.result["duties"]
    assert isinstance(told, dict)
    assert told["counts"] == {"added": 0, "removed": 1, "changed": 1, "touched": 0}
    page = editor.get(PAGE).text
    assert "Ban Mới" in page
    assert duty.duty[:60] in page


def test_what_is_proposed_for_units_is_linked(
    sqlite: Engine, settings: Settings, waiting: Candidate
) -> None:
    """The paper takes the place of the plan by which something was put on a unit."""
    with transaction(sqlite) as session:
        of = Obligation(
            document="407-qd-ttg", address="I", fingerprint="f" * 64, title="Nộp kế hoạch",
            source="", recipient="", printed="", form="bao-cao", policy={}, created_at=NOON,
            created_by="command", rule="FREQ=YEARLY",
        )  # fmt: skip
        obligation = add_obligation(session, of).id or 0
        unit = add_unit(session, "Trường A", NOON).id or 0
        put_on(session, obligation, [unit], date(2026, 12, 31), date(2026, 11, 1))
    before = library_of(settings)
    paper = revised(sqlite, settings, lambda p: replace(p, supersedes=("407-qd-ttg",)))
    now = library_of(settings, extra=(paper,))
    with transaction(sqlite) as session:
        told = comparing.duty_changes(session, paper, before, now, date(2026, 11, 21))
    assert told["touched"] == [
        {
            "id": obligation, "title": "Nộp kế hoạch", "kind": "expired", "owed": 1,
            "coming": 1, "waiting": 0,
        }
    ]  # fmt: skip


def test_as_whom_it_is_asked(settings: Settings) -> None:
    library = library_of(settings)
    public = library.get(HAI_PHONG)
    closed = replace(public, id="new", audience=("officers",))
    assert readers_of(public, library) == {"public"}
    assert readers_of(closed, library) == {"public", "officers"}
    assert readers_of(replace(closed, audience=("units:3",)), library) == {
        "public",
        "officers",
        "units:3",
    }
    # What citizens read now is taken from them.
    assert readers_of(replace(public, audience=("officers",)), library) == {"public"}
    assert readers_of(replace(closed, supersedes=(HAI_PHONG,)), library) == {"public"}
    both = Library((public, closed))
    assert [d.id for d in as_read(both, PUBLIC).documents] == [HAI_PHONG]
    assert len(as_read(both, OFFICERS).documents) == 2


@pytest.mark.parametrize(
    ("before", "now", "sort"),
    [
        ({"kind": "silent"}, {"kind": "answer"}, "gained"),
        ({"kind": "answer"}, {"kind": "clarify"}, "lost"),
        ({"kind": "answer", "text": "a"}, {"kind": "answer", "text": "b"}, "changed"),
        ({"kind": "silent", "text": "a"}, {"kind": "clarify", "text": "b"}, "changed"),
        ({"kind": "answer", "text": "a"}, {"kind": "answer", "text": "a"}, "same"),
    ],
)
def test_sorts(before: dict[str, str], now: dict[str, str], sort: str) -> None:
    assert sort_of(before, now) == sort


def test_answers_are_shown_from_where_they_differ() -> None:
    assert side_by_side("một hai", "một ba") == ("một hai", "một ba")
    alike = "từ " * 300
    before, now = side_by_side(f"{alike}hạn 20/9", f"{alike}hạn 28/9")
    assert before.startswith("… từ từ")
    assert before.endswith("từ hạn 20/9")
    assert now.endswith("từ hạn 28/9")
    assert len(now) < 200


def test_the_assistant_itself_answers_from_the_paper(
    sqlite: Engine, settings: Settings, waiting: Candidate
) -> None:
    """Over the papers that ship, by words alone; a date that was corrected is answered."""
    quick = settings.model_copy(update={"encoder": None})

    def corrected(paper: Document) -> Document:
        clauses = tuple(
            replace(c, text=c.text.replace("20/9/2023", "28/9/2023")) for c in paper.clauses
        )
        return replace(paper, clauses=clauses, text=paper.text.replace("20/9/2023", "28/9/2023"))

    revised(sqlite, settings, corrected)
    ask_for(sqlite, "Hạn gửi kế hoạch năm 2023 của Sở GDĐT Hải Phòng?", "Xin chào")
    put(sqlite)
    job = done(sqlite, settings, partial(open_beside, quick))
    assert job.state == "done", job.problem
    with transaction(sqlite) as session:
        (change,) = changes_of(session, job.id or 0)
    assert change.sort == "changed"
    assert "20/9/2023" in str(change.before["text"])
    assert "28/9/2023" in str(change.now["text"])


# --- the page -------------------------------------------------------------------------------------


def test_opening_the_page_begins_it_and_shows_what_was_found(
    sqlite: Engine, settings: Settings, waiting: Candidate, editor: Officer
) -> None:
    started: list[bool] = []
    editor.client.app.state.start_jobs = lambda: started.append(True)  # type: ignore[attr-defined]
    revised(sqlite, settings, titled("Kế hoạch <b>mới</b>, năm 2023"))
    ask_for(sqlite, "<b>mới", "không ai biết")
    page = editor.get(PAGE).text
    assert WAITING in page
    assert started
    done(sqlite, settings)
    page = editor.get(PAGE).text
    assert f"{SAID['sorts']['gained']}: 1" in page
    assert "Kế hoạch &lt;b&gt;mới&lt;/b&gt;, năm 2023 có" in page
    assert SAID["as_citizens"] in page
    assert 'action="/admin/candidates/1/publish"' in page
    assert SAID["none"] in editor.get(f"{PAGE}?show=lost").text
    with transaction(sqlite) as session:
        assert jobs.newest_job(session, "candidate:1", "compare") is not None
        assert not jobs.waits(session, NOON)


def test_what_was_found_counts_no_more_after_a_correction(
    sqlite: Engine, settings: Settings, waiting: Candidate, editor: Officer
) -> None:
    editor.get(PAGE)
    first = done(sqlite, settings)
    revised(sqlite, settings, titled("Khác"))
    page = editor.get(PAGE).text
    assert SAID["renewed"] in page
    assert WAITING in page
    assert done(sqlite, settings).id != first.id


def test_it_can_be_asked_once_more(
    sqlite: Engine, settings: Settings, waiting: Candidate, editor: Officer
) -> None:
    editor.get(PAGE)
    first = done(sqlite, settings)
    assert editor.post("/admin/candidates/1/compare").headers["location"].endswith("compared")
    assert WAITING in editor.get(PAGE).text
    assert done(sqlite, settings).id != first.id


def test_one_that_failed_says_so_and_is_not_begun_by_itself(
    sqlite: Engine, settings: Settings, waiting: Candidate, editor: Officer
) -> None:
    def refuse(library: Library, before: object) -> Fake:
        raise ComparisonStopped

    editor.get(PAGE)
    assert done(sqlite, settings, refuse).state == "failed"
    page = editor.get(PAGE).text
    assert str(ComparisonStopped()) in page
    assert SAID["once_more"] in page


def test_a_paper_that_is_gone_or_not_read(
    sqlite: Engine, settings: Settings, waiting: Candidate, editor: Officer
) -> None:
    assert editor.get("/admin/candidates/9/changes").status_code == 404
    with transaction(sqlite) as session:
        candidate = get_candidate(session, 1)
        assert candidate is not None
        candidate.revision = 0
        session.add(candidate)
    assert editor.get(PAGE).headers["location"] == "/admin/candidates/1"
    assert editor.post("/admin/candidates/1/compare").headers["location"].endswith("already")


def test_what_citizens_will_read_is_said(
    sqlite: Engine, settings: Settings, waiting: Candidate, editor: Officer
) -> None:
    revised(sqlite, settings, lambda paper: replace(paper, audience=("officers",)))
    editor.get(PAGE)
    done(sqlite, settings)
    assert SAID["reading"]["lost"] in editor.get(PAGE).text
    assert current_edition(settings).number == 0
