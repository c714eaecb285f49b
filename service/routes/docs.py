"""`/docs`: the API for people, drawn from its OpenAPI description without outside scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.routes import pages
from service.routes.page_views import sentences

router = APIRouter(include_in_schema=False)

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of what is sent or of what comes back."""

    name: str
    kind: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One address with what it takes and gives."""

    method: str
    path: str
    summary: str
    about: str
    sent: tuple[Field, ...]
    given: tuple[Field, ...]
    token: bool  #: whether it takes one


@router.get("/docs")
def docs(request: Request) -> Response:
    """Every operation with its fields, and an example to copy."""
    described: Schema = request.app.openapi()
    example = json.dumps({"question": _example(described)}, ensure_ascii=False)
    return pages.page(
        "api.html",
        here="api",
        about=described["info"]["description"],
        operations=tuple(operations(described)),
        said=sentences("api"),
        **pages.whose_page(request),
        example=f"curl -X POST {request.base_url}api/ask \\\n"
        f"  -H 'Content-Type: application/json' \\\n  -d '{example}'",
    )


def operations(described: Schema) -> Iterator[Operation]:
    """The operations of an OpenAPI description, in its order."""
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            right = next(
                answer for status, answer in operation["responses"].items() if status < "3"
            )
            answer = right.get("content", {})
            yield Operation(
                method=method.upper(),
                path=path,
                summary=operation.get("summary", ""),
                about=operation.get("description", ""),
                sent=_fields(described, operation.get("requestBody", {}).get("content", {})),
                given=_fields(described, answer),
                token="security" in operation,
            )


def _fields(described: Schema, content: Schema) -> tuple[Field, ...]:
    """The fields of the JSON object that `content` describes; none when it is not a named one."""
    sent: Schema = next(iter(content.values()), {})  # JSON, or a form with a file
    reference = sent.get("schema", {}).get("$ref", "")
    schema = described.get("components", {}).get("schemas", {}).get(reference.split("/")[-1], {})
    required = schema.get("required", [])
    return tuple(
        Field(name, _kind(field), name in required, field.get("description", ""))
        for name, field in schema.get("properties", {}).items()
    )


def _kind(field: Schema) -> str:
    """ "string", "string | null", "CitationOut[]"."""
    if "anyOf" in field:
        return " | ".join(dict.fromkeys(map(_kind, field["anyOf"])))
    if "$ref" in field:
        return str(field["$ref"]).split("/")[-1]
    if field.get("type") == "array":
        return f"{_kind(field['items'])}[]"
    if "enum" in field:
        return " | ".join(map(json.dumps, field["enum"]))
    return str(field.get("format") or field.get("type", "JSON"))


def _example(described: Schema) -> str:
    question = described["components"]["schemas"]["QuestionIn"]["properties"]["question"]
    return str(question["examples"][0])
