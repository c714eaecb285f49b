"""*Văn bản*: the papers of the library, how new ones come in, one paper with its versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, UploadFile
from fastapi.responses import Response

from bot.texts import say
from knowledge.documents import Document
from service import clock
from service.admin.access import visitor_of
from service.admin.candidates import address_of
from service.admin.drawing import back, draw
from service.admin.words import moment, words
from service.asking import Desk, contact_of
from service.delivery.files import Received
from service.delivery.judging import judge
from service.errors import PaperRefused
from service.library import candidates as on_their_way
from service.library.candidates import File
from service.library.editions import current_edition
from service.library.papers import library_of, with_words
from service.library.reading import ACCEPTED
from service.routes.desk import desk_of
from service.routes.page_views import Card, card, standing, tree
from service.routes.pages import not_found, texts
from service.shapes import clean
from service.storage.alerts import raise_alert
from service.storage.audit import record
from service.storage.candidates import open_candidates
from service.storage.engine import transaction
from service.storage.jobs import put_job
from service.storage.papers import papers_of

PATH = "/admin/papers"
MOST_FILES = 10  #: a paper and its annexes, or papers that are handed in together
_PER_PAGE = 20
_LONGEST_WORDS, _LONGEST_SOURCE, LONGEST_TEXT = 100, 300, 300_000

Typed = Annotated[str, Form()]
Sent = list[UploadFile] | None

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Listed:
    """One paper, ready to list."""

    id: str
    title: str
    number: str
    standing: str
    digest: bool
    audience: str
    version: int | None  #: of the office; None for one that ships
    duties: int


@dataclass(frozen=True, slots=True)
class Filled:
    """What was typed into the form of a new paper."""

    text: str = ""
    source: str = ""
    audience: str = "officers"
    each: bool = False  #: every file is a paper of its own


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What became of several files at once."""

    taken: Mapping[str, str]  #: where the paper waits → the name of its file
    refused: Sequence[tuple[int, str]]  #: which file, from one, and why


@router.get(PATH)
def papers_page(
    request: Request, q: str = "", page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> Response:
    """What waits, then every paper, those with all words of `q` in any spelling."""
    desk = desk_of(request)
    wanted = clean(q)[:_LONGEST_WORDS]
    edition, today = current_edition(desk.settings), clock.today(desk.settings)
    found = with_words(library_of(desk.settings, edition).documents, wanted)
    first = (page - 1) * _PER_PAGE
    with transaction(desk.engine) as session:
        waiting = open_candidates(session)
    return draw(
        request,
        "admin_papers.html",
        "papers",
        waiting=waiting,
        papers=[
            Listed(
                id=paper.id,
                title=paper.short_title,
                number=paper.identity.number or "",
                standing=standing(paper.validity, today),
                digest=paper.digest,
                audience=audience_words(paper),
                version=edition.papers.get(paper.id),
                duties=len(paper.duties),
            )
            for paper in found[first : first + _PER_PAGE]
        ],
        total=len(found),
        edition=edition,
        wanted=wanted,
        newer=_address(wanted, page - 1) if page > 1 else "",
        older=_address(wanted, page + 1) if len(found) > first + _PER_PAGE else "",
    )


@router.get(PATH + "/new")
def new_page(request: Request) -> Response:
    """Where a paper is handed in, or several: as files, with annexes, or pasted."""
    return _new(request, Filled())


@router.post(PATH)
def hand_in(
    request: Request,
    file: Sent = None,
    annexes: Sent = None,
    text: Typed = "",
    source: Typed = "",
    audience: Typed = "officers",
    each: Typed = "",
) -> Response:
    """Keep it and have it read; whatever is wrong is said on the form.

    `each`: every file is a paper of its own.
    """
    pasted = text.replace("\r\n", "\n").strip()
    filled = Filled(pasted, clean(source)[:_LONGEST_SOURCE], audience, bool(each))
    chosen, more = _chosen(file), _chosen(annexes)
    try:
        _check(filled, chosen, more)
        if len(chosen) > 1:
            return _hand_in_each(request, chosen, filled)
        files = accepted_files(desk_of(request), [*chosen, *more], pasted)
    except PaperRefused as refusal:
        return _new(request, filled, str(refusal))
    address = _receive(request, files, filled)
    request.app.state.start_jobs()
    return back(address, "paper_received")


@router.get(PATH + "/{document_id}")
def paper_page(request: Request, document_id: str) -> Response:
    """One paper as it answers now, and every version that there has been."""
    desk = desk_of(request)
    edition = current_edition(desk.settings)
    paper = _find(desk, document_id)
    if paper is None:
        return not_found(request)
    with transaction(desk.engine) as session:
        versions = papers_of(session, document_id)
    titles = {each.id: each.short_title for each in library_of(desk.settings, edition).documents}
    nodes = tree(paper, texts())
    shown: Card = card(paper, titles, texts(), clock.today(desk.settings))
    return draw(
        request,
        "admin_paper.html",
        "papers",
        paper=paper,
        d=shown,
        nodes=nodes,
        audience=audience_words(paper),
        version=edition.papers.get(document_id),
        versions=[(each, moment(each.added_at)) for each in reversed(versions)],
    )


@router.post(PATH + "/{document_id}/revise")
def revise(request: Request, document_id: str) -> Response:
    """Correct it by hand: what answers stays until the corrected paper is published."""
    desk = desk_of(request)
    paper = _find(desk, document_id)
    if paper is None:
        return not_found(request)
    if paper.digest:
        return back(f"{PATH}/{document_id}", "digest_kept")
    with transaction(desk.engine) as session:
        who, at = visitor_of(request).actor, clock.now(desk.settings)
        candidate_id = on_their_way.revise(session, desk.settings, paper, who, at)
    return back(address_of(candidate_id), "paper_revised")


@router.post(PATH + "/{document_id}/remove")
def take_out(request: Request, document_id: str) -> Response:
    """Take a paper of the office out of the library; it can be brought back from the history."""
    desk = desk_of(request)
    if document_id not in current_edition(desk.settings).papers:
        return not_found(request)
    with transaction(desk.engine) as session:
        who, at = visitor_of(request).actor, clock.now(desk.settings)
        job = put_job(session, "remove", f"paper:{document_id}", who, at)
        record(session, who, "removing_begun", f"paper:{document_id}", at)
        address = f"/admin/jobs/{job.id}"
    request.app.state.start_jobs()
    return back(address, "begun")


def most_megabytes(of_one: int) -> int:
    """What all files of one form may have together; `of_one`: what one file may have."""
    return 3 * of_one


def audience_words(paper: Document) -> str:
    """Who may read it."""
    names = words()["papers"]["audiences"]
    kinds = dict.fromkeys(each.partition(":")[0] for each in paper.audience)
    return ", ".join(str(names[kind]) for kind in kinds)


def accepted_files(desk: Desk, sent: Sequence[UploadFile | None], pasted: str) -> list[File]:
    """What was chosen or pasted, judged; raises PaperRefused."""
    settings = desk.settings
    most = (settings.upload_limit_mb << 20) + 1
    received = [
        Received(each.filename, each.content_type or "", each.file.read(most))
        for each in sent
        if each is not None and each.filename
    ]
    if pasted and not received:
        name = words()["papers"]["pasted_name"]
        received = [Received(name, "text/plain", pasted.encode("utf-8"))]
    if not received:
        raise PaperRefused(words()["papers"]["nothing_chosen"])
    if len(received) > MOST_FILES:
        raise PaperRefused(words()["papers"]["too_many"].format(most=MOST_FILES))
    judged = judge(received, settings, contact_of(settings))
    if judged.alerts:
        with transaction(desk.engine) as session:
            for kind in judged.alerts:
                at = clock.now(settings)
                raise_alert(session, kind, "desk", say(f"alerts.{kind}"), at)
    for told in judged.told:
        if told.refusal:
            raise PaperRefused(f"{told.name}: {told.refusal}")
        if not told.name.lower().endswith(ACCEPTED):
            raise PaperRefused(f"{told.name}: {words()['papers']['kind']}")
    return [
        File(told.name, each.content or b"")
        for told, each in zip(judged.told, received, strict=True)
    ]


def _chosen(sent: Sent) -> list[UploadFile]:
    """A browser sends an empty one for none."""
    return [one for one in sent or () if one.filename]


def _check(filled: Filled, chosen: Sequence[UploadFile], annexes: Sequence[UploadFile]) -> None:
    """Raises PaperRefused where it cannot be known what is wanted."""
    said, several = words()["papers"], len(chosen) > 1
    if len(filled.text) > LONGEST_TEXT:
        raise PaperRefused(said["too_long"])
    if several and not filled.each:
        raise PaperRefused(said["several"].format(count=len(chosen)))
    if several and annexes:
        raise PaperRefused(said["whose_annexes"])
    if len(chosen) > MOST_FILES:
        raise PaperRefused(said["too_many_papers"].format(most=MOST_FILES))


def _hand_in_each(request: Request, chosen: Sequence[UploadFile], filled: Filled) -> Response:
    """Each is kept as soon as it is judged; one that is refused keeps no other back."""
    taken, refused = dict[str, str](), list[tuple[int, str]]()
    for number, one in enumerate(chosen, 1):
        try:
            files = accepted_files(desk_of(request), [one], "")
        except PaperRefused as refusal:
            refused.append((number, str(refusal)))
            continue
        taken.setdefault(_receive(request, files, filled), files[0].name)
    if taken:
        request.app.state.start_jobs()
    if not refused:
        return back(PATH, "papers_received")
    return _new(request, filled, handed_in=HandedIn(taken, refused))


def _receive(request: Request, files: Sequence[File], filled: Filled) -> str:
    """Where the paper waits."""
    desk, who = desk_of(request), visitor_of(request).actor
    with transaction(desk.engine) as session:
        candidate = on_their_way.receive(
            session,
            desk.settings,
            files,
            by=who,
            at=clock.now(desk.settings),
            source=filled.source,
            audience=("public",) if filled.audience == "public" else on_their_way.OFFICERS,
        )
        return address_of(candidate.id)


def _new(
    request: Request, filled: Filled, error: str = "", handed_in: HandedIn | None = None
) -> Response:
    limit = desk_of(request).settings.upload_limit_mb
    nothing = error or (handed_in and not handed_in.taken)
    return draw(
        request,
        "admin_new_paper.html",
        "papers",
        status=422 if nothing else 200,
        error=error,
        handed_in=handed_in,
        filled=filled,
        accepted=",".join(ACCEPTED),
        megabytes=limit,
        most_megabytes=most_megabytes(limit),
        most_files=MOST_FILES,
        longest_text=LONGEST_TEXT,
    )


def _find(desk: Desk, document_id: str) -> Document | None:
    return library_of(desk.settings).find(document_id)


def _address(wanted: str, page: int) -> str:
    asked = {"q": wanted} if wanted else {}
    return f"{PATH}?" + urlencode({**asked, "page": page})
