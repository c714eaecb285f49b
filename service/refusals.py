"""Turn whatever goes wrong in a request into our one error shape, or a page for a browser."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from knowledge.errors import CitationNotFound, KnowledgeError
from service.errors import InvalidRequest, NotReady, ServiceError, error_json
from service.routes import pages

log = logging.getLogger(__name__)

_HTTP = {
    400: ("bad_request", "Yêu cầu không đọc được; Anh/chị vui lòng kiểm tra lại định dạng JSON."),
    404: ("not_found", "Không có địa chỉ này; Anh/chị vui lòng kiểm tra lại đường dẫn."),
    405: ("method_not_allowed", "Địa chỉ này không nhận phương thức vừa gửi."),
}
#: The same of a form with files: a name far too long, parts that do not end.
_BAD_FORM = "Tệp gửi lên không đọc được; Anh/chị vui lòng đặt tên tệp ngắn lại rồi gửi lần nữa."
_WRONG = {
    "missing": "thiếu",
    "json_invalid": "không phải JSON hợp lệ",
    "string_type": "phải là chữ",
    "list_type": "phải là danh sách",
    "literal_error": "có giá trị không được nhận",
    "uuid_parsing": "phải là một UUID",
    "model_attributes_type": "phải là một đối tượng JSON",
}


def in_words(errors: Sequence[Any]) -> str:
    """What is wrong with the first field of a pydantic error, as one sentence."""
    first = errors[0]
    kind = str(first["type"])
    wrong = "phải viết dạng YYYY-MM-DD" if kind.startswith("date") else _WRONG.get(kind)
    path = [str(part) for part in first["loc"] if part not in ("body", "__root__")]
    if kind == "json_invalid" or not path:
        return f"Nội dung gửi lên {wrong or 'chưa đúng định dạng'}; Anh/chị vui lòng kiểm tra lại."
    field = ".".join(path)
    return f"Trường “{field}” {wrong or 'chưa đúng định dạng'}; Anh/chị vui lòng kiểm tra lại."


def install(app: FastAPI) -> None:
    """Every error of `app` leaves in the one shape."""
    app.add_exception_handler(ServiceError, _ours)
    app.add_exception_handler(KnowledgeError, _knowledge)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OperationalError, _database)
    app.add_exception_handler(Exception, _unexpected)


def _say(code: str, message: str, status: int) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)


def _ours(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
    return JSONResponse(error_json(error), status_code=error.status, headers=headers)


def _knowledge(_request: Request, error: Exception) -> Response:
    if isinstance(error, CitationNotFound):
        return _say("not_found", str(error), 404)
    return _say("unreadable", str(error), 422)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if any(each["loc"][0] == "path" for each in error.errors()):
        return _http(request, HTTPException(404))  # a number that nothing can have
    return _ours(request, InvalidRequest(in_words(error.errors())))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    wants_page = "text/html" in request.headers.get("accept", "")
    if error.status_code == 404 and wants_page and not request.url.path.startswith("/api/"):
        return pages.not_found(request)
    code, message = _HTTP.get(error.status_code, (ServiceError.code, str(ServiceError())))
    if error.status_code == 400 and _has_files(request):
        message = _BAD_FORM
    response = _say(code, message, error.status_code)
    response.headers.update(error.headers or {})
    return response


def _has_files(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("multipart/")


def _database(request: Request, error: Exception) -> Response:
    """The database is away or busy: the same request may succeed in a moment."""
    log.error("%s %s: the database failed", request.method, _where(request), exc_info=error)
    return _ours(request, NotReady())


def _unexpected(request: Request, error: Exception) -> Response:
    log.error("%s %s failed", request.method, _where(request), exc_info=error)
    return _ours(request, ServiceError())


def _where(request: Request) -> str:
    """The route, not the path: the address of a file is the key to it."""
    return str(getattr(request.scope.get("route"), "path", "(no route)"))
