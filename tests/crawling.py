"""Every page of the desk that a browser finds, its forms, and what is wrong with a page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from fastapi.testclient import TestClient
from httpx2 import Response

#: As an element of its own it has got out of the text, and out of the attribute, where it was put;
#: a spreadsheet would reckon it.
EVIL = "=1+\"'><evil onx=1></textarea><evil>"
#: Where an address is wanted: what runs when it is pressed.
RUNS = "javascript:alert(1)"
_LINKS = ("href", "src", "action", "formaction")
_TYPED = ("text", "search", "email", "tel", "url", "number", "password", "hidden", "date", "time")
_ALIKE = 2  #: addresses that differ after the question mark alone


@dataclass
class Form:
    """One form of a page: where it goes, what it holds, and what a person types into it."""

    action: str
    method: str = "get"
    values: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    file: str = ""  #: the field of a file


class Page(HTMLParser):
    """A page as a browser takes it apart."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.faults: list[str] = []
        self._select, self._area = "", ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._judge(tag, given)
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        if not self.forms or not (given.get("name") or tag == "option"):
            return
        form, name = self.forms[-1], given.get("name", "")
        if tag == "textarea":
            self._area = name
            form.typed.append(name)
            form.values[name] = ""
        elif tag == "select":
            self._select = name
            form.values[name] = ""
        elif tag == "option" and self._select and not form.values[self._select]:
            form.values[self._select] = given.get("value", "")
        elif tag in ("input", "button"):
            self._input(form, name, given)

    def _input(self, form: Form, name: str, given: Mapping[str, str]) -> None:
        kind = given.get("type", "text")
        if kind == "file":
            form.file = name
        elif kind in ("radio", "checkbox"):
            if "checked" in given or name not in form.values:
                form.values[name] = given.get("value", "on")
        elif kind in _TYPED:
            form.values[name] = given.get("value", "")
            if kind != "hidden" and "readonly" not in given:
                form.typed.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        if tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1].values[self._area] += data

    def _judge(self, tag: str, given: Mapping[str, str]) -> None:
        if tag == "evil" or any(name == "style" or name.startswith("on") for name in given):
            self.faults.append(f"<{tag} {given}>")
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.faults.append(f"<{tag}> inline")
        for name in _LINKS:
            kind = urlsplit(re.sub(r"[\s\0]", "", given.get(name, ""))).scheme
            if kind not in ("", "http", "https", "mailto", "tel"):
                self.faults.append(f"<{tag} {name}={given[name][:60]}>")


def is_page(answer: Response) -> bool:
    """Whether a browser would draw it."""
    return answer.headers.get("content-type", "").startswith("text/html")


def crawl(client: TestClient, *starts: str) -> Iterator[tuple[str, Response]]:
    """These addresses and every address of the desk that they lead to, each once."""
    waiting, seen, alike = list(starts), set(starts), Counter[str]()
    while waiting:
        path = waiting.pop(0)
        answer = client.get(path, follow_redirects=False)
        yield path, answer
        if not is_page(answer):
            continue
        for link in Page(answer.text).links:
            place = urlsplit(link)
            whole = place.path + (f"?{place.query}" if place.query else "")
            if not place.netloc and whole.startswith("/admin") and whole not in seen:
                alike[place.path] += 1
                if alike[place.path] > _ALIKE:
                    continue
                seen.add(whole)
                waiting.append(whole)


def fillings(form: Form, said: str) -> Iterator[dict[str, str]]:
    """All that is typed set to `said`; then each field alone, the rest as a person might."""
    yield form.values | dict.fromkeys(form.typed, said)
    for name in form.typed:
        plain = {other: form.values[other] or _likely(other) for other in form.typed}
        yield form.values | plain | {name: said}


def _likely(name: str) -> str:
    """Something that such a field takes."""
    if re.search(r"(_on|day|until|since|date|from)$", name):
        return "31/12/2026"
    return {"link": "https://example.vn/", "name": "mot.ten"}.get(name, "Học phí")
