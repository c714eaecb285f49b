"""HTML of messages: the plain text with its entities, or the refusal that the server would give."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.fakes.telegram.refusals import Refused, bad_request
from tests.fakes.telegram.wire import Json

#: Tag → type of entity. "span" must be a spoiler, "a" needs an address.
TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline",
    "ins": "underline", "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "tg-spoiler": "spoiler", "span": "spoiler", "tg-emoji": "custom_emoji", "a": "text_link",
    "pre": "pre", "code": "code", "blockquote": "blockquote",
}  # fmt: skip
#: Only these four names are decoded; a lone "&" and "&nbsp;" stay as they are.
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot)(?![a-zA-Z]));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_SPACE = " \t\r\n\v\0"
_TAG_NAME = re.compile(rf"[^{_SPACE}>]*")
_ATTRIBUTE_NAME = re.compile(rf"[^{_SPACE}=>/\"']*")
_SPACES = re.compile(rf"[{_SPACE}]*")
_NAME_TOKEN = re.compile(r"[a-zA-Z0-9.-]*")


@dataclass(frozen=True, slots=True)
class _Open:
    """A tag that waits for its end: where its text begins, in characters and in UTF-16 units."""

    tag: str
    argument: str
    start: int
    offset: int


def utf16(text: str) -> int:
    """Length as entities count it."""
    return len(text) + sum(character > "\uffff" for character in text)


def decoded(text: str) -> str:
    """Text with its character references replaced."""
    return _REFERENCE.sub(_character, text) if "&" in text else text


def link(url: str) -> str | None:
    """The address as the server keeps it, None if it refuses it: a host needs a dot in it."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
    except ValueError:
        return None
    if parts.scheme == "tg":
        return url
    host = parts.netloc.rpartition("@")[2].partition(":")[0]
    if parts.scheme not in ("http", "https") or "." not in host.strip(".") or " " in url:
        return None
    return parts.geturl()


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Plain text and entities; raises where the markup is not whole."""
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.text: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Json] = []

    def read(self) -> tuple[str, list[Json]]:
        at = 0
        while (tag := self.source.find("<", at)) >= 0:
            self._plain(self.source[at:tag])
            at = self._end(tag) if self.source.startswith("/", tag + 1) else self._start(tag)
        self._plain(self.source[at:])
        if self.open:
            tag_name = self.open[-1].tag
            raise _cannot(f'Can\'t find end tag corresponding to start tag "{tag_name}"')
        for entity in self.entities:
            if entity["type"] == "code":  # only inside <pre> does a language mean anything
                entity.pop("language", None)
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self.text), self.entities

    def _plain(self, piece: str) -> None:
        if piece:
            piece = decoded(piece)
            self.text.append(piece)
            self.offset += utf16(piece)

    def _bytes(self, at: int) -> int:
        return len(self.source[:at].encode())

    def _start(self, begin: int) -> int:
        at = _end_of(_TAG_NAME, self.source, begin + 1)
        tag = self.source[begin + 1 : at].lower()
        if at == len(self.source):
            raise _cannot(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        if tag not in TAGS:
            offset = self._bytes(begin)
            raise _cannot(f'Unsupported start tag "{tag}" at byte offset {offset}')
        attributes: dict[str, str] = {}
        while (at := _end_of(_SPACES, self.source, at)) < len(self.source):
            if self.source[at] == ">":
                argument = self._argument(tag, attributes, begin)
                self.open.append(_Open(tag, argument, len(self.text), self.offset))
                return at + 1
            at = self._attribute(at, tag, begin, attributes)
        raise _cannot(f'Unclosed start tag "{tag}" at byte offset {self._bytes(begin)}')

    def _attribute(self, at: int, tag: str, begin: int, found: dict[str, str]) -> int:
        name_end = _end_of(_ATTRIBUTE_NAME, self.source, at)
        name = self.source[at:name_end]
        if not name:
            where = f"at byte offset {self._bytes(begin)}"
            raise _cannot(f'Empty attribute name in the tag "{tag}" {where}')
        at = _end_of(_SPACES, self.source, name_end)
        if not self.source.startswith("=", at):
            found[name] = ""
            return at
        at = _end_of(_SPACES, self.source, at + 1)
        found[name], at = self._value(at, begin)
        return at

    def _value(self, at: int, begin: int) -> tuple[str, int]:
        quote = self.source[at : at + 1]
        if quote in ("'", '"') and quote:
            end = self.source.find(quote, at + 1)
            if end < 0:
                raise _cannot(f"Unclosed start tag at byte offset {self._bytes(begin)}")
            return decoded(self.source[at + 1 : end]), end + 1
        end = _end_of(_NAME_TOKEN, self.source, at)
        if self.source[end : end + 1] not in (*_SPACE, ">", ""):
            raise _cannot(f"Unexpected end of name token at byte offset {self._bytes(at)}")
        return self.source[at:end].lower(), end

    def _argument(self, tag: str, attributes: dict[str, str], begin: int) -> str:
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            where = f"at byte offset {self._bytes(begin)}"
            raise _cannot(f'Tag "span" must have class "tg-spoiler" {where}')
        if tag == "blockquote":
            return "expandable" if "expandable" in attributes else ""
        if tag == "code":
            kind, _, language = attributes.get("class", "").partition("language-")
            return "" if kind else language
        return attributes.get({"a": "href", "tg-emoji": "emoji-id"}.get(tag, ""), "")

    def _end(self, begin: int) -> int:
        if not self.open:
            raise _cannot(f"Unexpected end tag at byte offset {self._bytes(begin)}")
        at = _end_of(_TAG_NAME, self.source, begin + 2)
        found = self.source[begin + 2 : at].lower()
        at = _end_of(_SPACES, self.source, at)
        if not self.source.startswith(">", at):
            raise _cannot(f"Unclosed end tag at byte offset {self._bytes(begin)}")
        expected = self.open[-1].tag
        if found not in ("", expected):
            said = f'expected "</{expected}>", found "</{found}>"'
            raise _cannot(f"Unmatched end tag at byte offset {self._bytes(begin)}, {said}")
        self._close(self.open.pop())
        return at + 1

    def _close(self, opened: _Open) -> None:
        length = self.offset - opened.offset
        if not length:
            return
        entity: Json = {"type": TAGS[opened.tag], "offset": opened.offset, "length": length}
        if opened.tag == "a":
            url = link(opened.argument or "".join(self.text[opened.start :]))
            if url is None:
                return
            entity["url"] = url
        elif opened.tag == "tg-emoji":
            if not opened.argument.isdecimal():
                raise _cannot("Invalid custom emoji identifier specified")
            entity["custom_emoji_id"] = opened.argument
        elif opened.tag == "blockquote" and opened.argument:
            entity["type"] = "expandable_blockquote"
        elif opened.tag == "code" and opened.argument:
            entity["language"] = opened.argument
        elif opened.tag == "pre" and self._holds_code(entity):
            entity["language"] = self.entities.pop()["language"]
        self.entities.append(entity)

    def _holds_code(self, pre: Json) -> bool:
        last = self.entities[-1] if self.entities else {}
        same = all(last.get(key) == pre[key] for key in ("offset", "length"))
        return same and last["type"] == "code" and "language" in last


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _character(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name:
        return _NAMED[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if 0xD800 <= code <= 0xDFFF:
        raise _cannot("Text contains invalid Unicode characters after decoding HTML entities")
    return chr(code) if 0 < code < 0x10FFFF else match[0]


def _cannot(why: str) -> Refused:
    return bad_request(f"can't parse entities: {why}")
