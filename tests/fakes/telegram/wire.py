"""What comes over HTTP: a method with its fields and files, however the client wrote them down."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from tests.fakes.telegram.refusals import Refused, bad_request

Json = dict[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_BODY = 51 << 20  #: 50 MB of file and what surrounds it


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    mime: str
    content: bytes


@dataclass(slots=True)
class Call:
    """One call of a method; values are strings, or JSON where the client sent JSON."""

    method: str
    fields: Json
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A field as text; "" when it is missing."""
        value = self.fields.get(name)
        return "" if value is None else value if isinstance(value, str) else json.dumps(value)

    def number(self, name: str, default: int = 0) -> int:
        """A field as a whole number."""
        text = self.text(name)
        try:
            return int(text) if text else default
        except ValueError:
            raise bad_request(f'field "{name}" must be a Number') from None

    def flag(self, name: str) -> bool:
        """A field as yes or no."""
        return self.text(name).lower() in ("true", "yes", "1")

    def structure(self, name: str, what: str) -> Any:
        """A field that holds JSON, written out or not; None when it is missing."""
        value = self.fields.get(name)
        if not isinstance(value, str):
            return value
        try:
            return _whole(json.loads(value)) if value else None
        except (ValueError, RecursionError):
            raise bad_request(f"can't parse {what} JSON object") from None


async def read_call(method: str, scope: Scope, receive: Receive) -> Call:
    """The call of one request: its query, and its body in any of the three forms."""
    fields = _pairs(scope["query_string"])
    kind = next((v for k, v in scope["headers"] if k == b"content-type"), b"").lower()
    if kind.startswith(b"multipart/form-data"):
        more, files = await _multipart(scope, receive)
        return Call(method, fields | more, files)
    body = await read_body(receive)
    if kind.startswith(b"application/json"):
        return Call(method, fields | _object(body))
    if kind.startswith(b"application/x-www-form-urlencoded"):
        return Call(method, fields | _pairs(body))
    return Call(method, fields)


async def read_body(receive: Receive) -> bytes:
    """The whole body, up to what the server takes."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise bad_request("the client hung up")
        part = message.get("body", b"")
        more = message.get("more_body", False)
        size += len(part)
        if size <= MAX_BODY:
            parts.append(part)
    if size > MAX_BODY:
        raise Refused(413, "Request Entity Too Large")
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _pairs(raw: bytes) -> Json:
    try:
        return dict(parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None


def _object(body: bytes) -> Json:
    try:
        value = _whole(json.loads(body or b"{}"))
    except (ValueError, RecursionError):
        raise bad_request("can't parse JSON object") from None
    if not isinstance(value, dict):
        raise bad_request("expected JSON object")
    return value


def _whole(value: Any) -> Any:
    json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is refused here
    return value


async def _multipart(scope: Scope, receive: Receive) -> tuple[Json, dict[str, Upload]]:
    fields: Json = {}
    files: dict[str, Upload] = {}
    try:
        async with Request(scope, receive).form(max_part_size=MAX_BODY) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    content = await value.read()
                    mime = value.content_type or "application/octet-stream"
                    files[name] = Upload(value.filename or name, mime, content)
                else:
                    fields[name] = value
    except (MultiPartException, UnicodeDecodeError):
        raise bad_request("can't parse multipart form") from None
    if sum(len(file.content) for file in files.values()) > MAX_BODY:
        raise Refused(413, "Request Entity Too Large")
    return fields, files
