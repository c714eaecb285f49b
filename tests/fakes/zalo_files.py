"""Files both ways: uploads of the OA, and the host of what people send, polite or not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from tests.fakes.zalo_endpoints import Work
from tests.fakes.zalo_events import Json
from tests.fakes.zalo_state import Refused, Upload, ZaloState

Kind = Literal["image", "gif", "file"]
SIGNS: dict[str, tuple[bytes, ...]] = {
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "gif": (b"GIF87a", b"GIF89a"),
    "pdf": (b"%PDF-",),
    "doc": (b"\xd0\xcf\x11\xe0", b"{\\rtf"),
    "docx": (b"PK\x03\x04",),
    "csv": (b"",),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """What an address takes. A megabyte is read as a million: who keeps to it is always right."""

    types: frozenset[str]
    most: int
    named: str  #: the name of the id in the answer


LIMITS: dict[Kind, Limit] = {
    "image": Limit(frozenset({"jpg", "jpeg", "png"}), 1_000_000, "attachment_id"),
    "gif": Limit(frozenset({"gif"}), 5_000_000, "attachment_id"),
    "file": Limit(frozenset({"pdf", "doc", "docx", "csv"}), 5_000_000, "token"),
}


def upload_to(kind: Kind) -> Work:
    """POST /v2.0/oa/upload/<kind>, multipart with one field `file`."""

    async def upload(zalo: ZaloState, request: Request) -> Json:
        limit = LIMITS[kind]
        name, content = await _file_of(request)
        ending = name.rpartition(".")[2].lower()
        if ending not in limit.types or not content.startswith(SIGNS[ending]):
            raise Refused(-201, "file type is invalid")
        if len(content) > limit.most:
            raise Refused(-210, "file is over limit")
        if not content:
            raise Refused(-201, "file is empty")
        stored = Upload(zalo.new_id(), kind, name, content, zalo.clock())
        zalo.uploads[stored.id] = stored
        zalo.counts["uploads"] += 1
        zalo.note()
        return {limit.named: stored.id}

    return upload


async def _file_of(request: Request) -> tuple[str, bytes]:
    try:
        async with request.form(max_files=1) as form:
            file = form.get("file")
            if isinstance(file, UploadFile) and file.filename:
                return file.filename, await file.read()
    except HTTPException as error:
        raise Refused(-201, "body is invalid") from error
    raise Refused(-201, "file is invalid")


async def attachment(zalo: ZaloState, request: Request) -> Response:
    """GET of what a person sent: no token is asked for."""
    held = zalo.attachments.get(request.path_params["id"])
    if held is None or held.behaves == "gone":
        return PlainTextResponse("Not Found", 404)
    zalo.counts["downloads"] += 1
    match held.behaves:
        case "redirect":
            return RedirectResponse(held.redirect_to, 302)
        case "endless":
            return StreamingResponse(_endless(held.content), media_type=held.type)
        case "slow":
            return StreamingResponse(_slow(held.content), media_type=held.type)
        case "short":  # less than its Content-Length promises
            return Short(held.content, media_type=held.type)
    return Response(held.content, media_type=held.type)


class Short(Response):
    """Promises twice the bytes that it gives."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytes(self.body)
        length = str(2 * len(body) + 1).encode()
        headers = [(b"content-length", length), (b"content-type", b"application/octet-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": True})


async def _endless(content: bytes) -> AsyncIterator[bytes]:
    while True:
        yield (content or b"0") * (65536 // max(1, len(content)) + 1)
        await asyncio.sleep(0)


async def _slow(content: bytes) -> AsyncIterator[bytes]:
    for byte in content:
        yield bytes([byte])
        await asyncio.sleep(0.2)
