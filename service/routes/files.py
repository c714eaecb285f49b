"""Files that go out by a signed address, where a channel cannot carry them itself."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from service.delivery.files import plain_name
from service.duties.calendar_file import MEDIA_TYPE
from service.links import read_token
from service.routes.desk import desk_of
from service.routes.pages import not_found

router = APIRouter(include_in_schema=False)

#: What a browser may show by itself; anything else is saved, never run.
_SHOWN = frozenset(("image/png", "image/jpeg", "application/pdf"))
#: What a phone opens with a program of its own, once it is told what it is.
_TOLD = frozenset((*_SHOWN, MEDIA_TYPE))


@router.get("/files/{token}/{name}")
def get_file(request: Request, token: str, name: str) -> Response:
    """The file; 404 for an address that was not made here, is too old, or whose file is gone."""
    settings = desk_of(request).settings
    file = read_token(settings, token)
    kept = settings.received_dir / file.sha256 if file else None
    if file is None or kept is None or not kept.is_file():
        return not_found(request)
    shown = file.media_type in _SHOWN
    return FileResponse(
        kept,
        media_type=file.media_type if file.media_type in _TOLD else "application/octet-stream",
        filename=plain_name(file.name),
        content_disposition_type="inline" if shown else "attachment",
        headers={"Cache-Control": "private, no-store"},
    )
