"""The web pages: the chat, the library, one document, and the files they are drawn with."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment

from bot.commands import MENU, slash
from bot.texts import choices, say
from knowledge.documents import Document
from knowledge.library import Library
from knowledge.readers import PUBLIC
from service import clock
from service.delivery.files import KINDS
from service.library.papers import shipped, with_words
from service.office import home_of
from service.routes.chat import answer_once
from service.routes.desk import desk_of, settings_of
from service.routes.page_views import (
    Card,
    as_lines,
    card,
    environment,
    sentences,
    sources,
    spoken,
    tree,
)
from service.shapes import LONGEST_QUESTION, clean
from service.storage.codes import read_short_code
from service.storage.engine import transaction
from service.storage.office import office_of
from service.working_hours import read_hours

if TYPE_CHECKING:
    from service.live import LiveAssistant

STATIC = Path(__file__).parents[1] / "static"
_DIGITS = 6  #: of the number of a draft
_PER_PAGE, _BESIDE = 50, 12  #: documents on a page of the library, and beside the chat
_LONGEST_WORDS = 100
_HEADERS = {"Cache-Control": "no-cache"}  #: the guards add the rest

router = APIRouter(include_in_schema=False)


@router.api_route("/", methods=["GET", "HEAD"])
def chat(request: Request, q: str = "", moi: str = "", gopy: str = "") -> Response:
    """The chat; with `?q=` the question is answered on the page, for browsers without scripts.

    `?moi=` (an invitation to a unit) and `?gopy=` (the number of a draft) begin a form.
    """
    first = _first_message(moi, gopy)
    question = "" if first else clean(q)
    exchange = _exchange(request, question) if question else None
    drawn = chat_page(request, "chat.html", exchange, first)
    if first:  # the address holds a code: nobody is told it, nothing keeps the page
        drawn.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    return drawn


def _first_message(invitation: str, draft: str) -> str:
    """What whoever opened such a link says first; "" when there is no such code or number."""
    code, number = read_short_code(invitation), draft.strip()
    if code:
        return say("deep_links.unit", code=code)
    if number.isascii() and number.isdecimal() and len(number) <= _DIGITS:
        return say("deep_links.draft", number=int(number))
    return ""


def chat_page(
    request: Request,
    template: str,
    exchange: Mapping[str, Any] | None = None,
    first: str = "",
) -> HTMLResponse:
    """The chat as `template` draws it, beginning with a question that has been answered.

    `first`: what the page sends by itself.
    """
    settings, front = settings_of(request), whose_page(request)
    known, samples = front["office"], front["samples"]
    return page(
        template,
        here="chat",
        **front,
        hours=", ".join(map(str, read_hours(settings.work_hours))) if known else "",
        exchange=exchange,
        first=first,
        suggestions=choices("suggestions" if samples else "suggestions_of_office"),
        documents=_cards(request, _own_first(_library(request))[:_BESIDE]),
        contact=settings.contact,
        public_url=settings.public_url,
        verifier=settings.zalo_verifier,
        longest=LONGEST_QUESTION,
        menu=[(slash(name), say(f"commands.{name}"), say(f"menu.{name}")) for name in MENU],
        fresh=slash("new"),
        upload_mb=settings.upload_limit_mb,
        upload_kinds=",".join(sorted(KINDS)),
    )


@router.api_route("/documents", methods=["GET", "HEAD"])
def documents(
    request: Request, q: str = "", trang: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> Response:
    """The library, one card per document that everyone may read; those with all words of `q`."""
    wanted, listed = clean(q)[:_LONGEST_WORDS], _own_first(_library(request))
    found, first = with_words(listed, wanted), (trang - 1) * _PER_PAGE
    asked = {"q": wanted} if wanted else {}
    earlier = "/documents?" + urlencode({**asked, "trang": trang - 1})
    later = "/documents?" + urlencode({**asked, "trang": trang + 1})
    return page(
        "documents.html",
        here="documents",
        documents=_cards(request, found[first : first + _PER_PAGE]),
        wanted=wanted,
        longest=_LONGEST_WORDS,
        search=wanted or len(listed) > _PER_PAGE,
        earlier=earlier if trang > 1 else "",
        later=later if len(found) > first + _PER_PAGE else "",
        **whose_page(request),
    )


@router.api_route("/documents/{document_id}", methods=["GET", "HEAD"])
def document(request: Request, document_id: str) -> Response:
    """One document with an anchor per clause; 404 for what is not there or not public."""
    paper = _library(request).find(document_id)
    if paper is None:
        return not_found(request)
    [d] = _cards(request, (paper,))
    nodes = tree(paper, texts())
    return page(
        "document.html",
        here="documents",
        d=d,
        nodes=nodes,
        listed=tuple(node for node in nodes if node.heading),
        notes=paper.notes,
        sources=sources(paper),
        **whose_page(request),
    )


@router.api_route("/static/{name}", methods=["GET", "HEAD"])
def static_file(request: Request, name: str, v: str = "") -> Response:
    """One file of `static/`; an address with its fingerprint may be kept for a year."""
    found = _files().get(name)
    if found is None:
        return not_found(request)
    content, fingerprint = found
    kept = "public, max-age=31536000, immutable" if v == fingerprint else "no-cache"
    headers = {"Cache-Control": kept, "ETag": f'"{fingerprint}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(content, media_type=kind, headers=headers)


def not_found(request: Request) -> Response:
    """The 404 page, in words; the application shows it for every unknown address of a browser."""
    return page("not_found.html", status=404, here="", **whose_page(request))


@cache
def texts() -> Mapping[str, Any]:
    """The sentences of the pages (`web:` of texts.vi.yaml), and one they share with the bot."""
    web = sentences("web")
    web["reply"]["nearest"] = say("silent.nearest", places="").rstrip(" .:")
    return web


@cache
def _environment() -> Environment:
    drawn = environment()
    drawn.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True}
    drawn.filters["as_lines"] = as_lines
    drawn.globals["static"] = _static_url
    drawn.globals["t"] = texts()
    return drawn


@cache
def _files() -> dict[str, tuple[bytes, str]]:
    """Every file that may be asked for, with its fingerprint: a name outside is not found."""
    contents = {path.name: path.read_bytes() for path in STATIC.iterdir() if path.is_file()}
    return {
        name: (content, hashlib.sha256(content).hexdigest()[:12])
        for name, content in contents.items()
    }


def _static_url(name: str) -> str:
    return f"/static/{name}?v={_files()[name][1]}"


def render(template: str, **values: object) -> str:
    """One template with its values and the sentences of the pages."""
    return _environment().get_template(template).render(**values)


def page(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """One page."""
    return HTMLResponse(render(template, **values), status_code=status, headers=_HEADERS)


def whose_page(request: Request) -> dict[str, Any]:
    """Whose page it is: the office's name, "" where none is known; whether papers are samples."""
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        home = home_of(office_of(session), desk.assistant.library)
    return {"office": home.name, "samples": say("office.samples") if home.samples else ""}


def _library(request: Request) -> Library:
    """The documents that everyone may read."""
    assistant: LiveAssistant = request.app.state.assistant
    return assistant.library_for(PUBLIC)


def _own_first(library: Library) -> list[Document]:
    """The office's own before those that ship."""
    return sorted(library.documents, key=lambda paper: paper.id in shipped())


def _cards(request: Request, papers: Iterable[Document]) -> tuple[Card, ...]:
    titles = {paper.id: paper.short_title for paper in _library(request).documents}
    today = clock.today(settings_of(request))
    return tuple(card(paper, titles, texts(), today) for paper in papers)


def _exchange(request: Request, question: str) -> dict[str, Any]:
    """The question and its reply, or why there is none, with what is said beside the cards."""
    found = answer_once(request, question)
    reply = found["reply"]
    if not isinstance(reply, Mapping):
        return {**found, "said": ""}
    if reply["private"]:
        found["text"] = texts()["reply"]["withheld"]
    return {**found, "said": spoken(reply, texts()["reply"]["nearest"])}
