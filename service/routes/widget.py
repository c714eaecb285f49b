"""The chat inside an office's portal: a small script that the portal includes, and its page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.guards import policy
from service.routes.desk import desk_of
from service.routes.pages import chat_page, not_found, render, texts
from service.storage.engine import transaction
from service.storage.office import office_of

router = APIRouter(include_in_schema=False)


@router.api_route("/widget", methods=["GET", "HEAD"])
def get_widget(request: Request) -> Response:
    """The chat for a frame of the portals that the office has named; 404 where there is none."""
    origins = _origins(request)
    if not origins:
        return not_found(request)
    answer = chat_page(request, "widget.html")
    answer.headers["Content-Security-Policy"] = policy(" ".join(origins))
    answer.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return answer


@router.api_route("/widget.js", methods=["GET", "HEAD"])
def get_script(request: Request) -> Response:
    """What a portal includes; it shows nothing on a page that may not embed the chat."""
    origins = _origins(request)
    if not origins:
        return not_found(request)
    with transaction(desk_of(request).engine) as session:
        office = office_of(session)
    name = office.name if office else ""
    script = render("widget.js", words=texts()["widget"], origins=origins, office=name)
    return Response(script, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


def _origins(request: Request) -> list[str]:
    return desk_of(request).settings.widget_origins.split()
