"""Show Zalo that the domain is the office's: a file at the root; the first page says it too."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.routes.desk import desk_of
from service.routes.pages import not_found, page

router = APIRouter(include_in_schema=False)


@router.api_route("/zalo_verifier{code}.html", methods=["GET", "HEAD"])
def get_verifier(request: Request, code: str) -> Response:
    """The file that Zalo's console asks for; 404 for any other code."""
    if not code or code != desk_of(request).settings.zalo_verifier:
        return not_found(request)
    return page("zalo_verifier.html", code=code)
