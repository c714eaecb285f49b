"""Who tries, on the running product, to see or do what is another unit's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import Engine

from benchmarks.channels_product import Product, installed
from benchmarks.forms_office import person_behind, progress
from benchmarks.prove import Figure
from service.delivery.web import NAME, address_of
from service.storage.engine import transaction
from tests.form_attempts import ATTEMPTS, CODE, SECRET_TITLE, B, prepare


@dataclass
class _Visitors:
    """People in front of the web chat, each with a cookie of their own."""

    product: Product
    engine: Engine
    _cookies: dict[str, str] = field(default_factory=dict)
    _last: dict[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

    def say(self, who: str, text: str) -> str:
        """Post a message."""
        return self._post(who, {"text": text})

    def press(self, who: str, button_id: str) -> str:
        """Post a button."""
        return self._post(who, {"button": button_id})

    def _post(self, who: str, sent: Mapping[str, str]) -> str:
        cookie = self._cookies.setdefault(who, uuid4().hex)
        answer = httpx.post(
            f"{self.product.address}/chat/messages",
            json={"id": str(uuid4()), **sent},
            cookies={"troly_chat": cookie},
            trust_env=False,
            timeout=60,
        )
        self._last[who] = answer.raise_for_status().json()["replies"]
        return "\n".join([*(reply["text"] for reply in self._last[who]), *self.buttons(who)])

    def buttons(self, who: str) -> Mapping[str, str]:
        """Those of the last replies."""
        return {b["label"]: b["id"] for reply in self._last[who] for b in reply["buttons"]}

    def person(self, who: str) -> int:
        """By the cookie."""
        with transaction(self.engine) as session:
            return person_behind(session, NAME, address_of(self._cookies[who]))

    def now(self) -> datetime:
        """That of this machine."""
        return datetime.now(UTC)


def attempts_of_others() -> Iterable[Figure]:
    """Everything that somebody of another unit, unconfirmed or without one may try."""
    with installed(person_rate_limit="1000000", rate_limit="1000000") as product:
        product.serve()
        with product.database() as engine:
            cast = prepare(_Visitors(product, engine))
            for attempt in ATTEMPTS:
                name = (attempt.__doc__ or "").strip()
                progress(name)
                wrong = attempt(cast)
                yield Figure(name, "; ".join(wrong[:3]) or "0 chỗ hở", "0 chỗ hở", not wrong)
        yield from _doors(product)


def _doors(product: Product) -> Iterable[Figure]:
    """Addresses, called by whoever has not signed in."""
    pages = ("", "/submissions", "/submissions/1", "/jobs/1/file", "/units", "/units/1",
             "/people", "/inbox", "/drafts", "/submissions/1/files/1", "/audit")  # fmt: skip
    open_ = []
    for page in pages:
        answer = httpx.get(f"{product.address}/admin{page}", trust_env=False)
        told = any(secret in answer.text for secret in (CODE, SECRET_TITLE, B))
        if answer.status_code == httpx.codes.OK or told:
            open_.append(page)
    yield Figure(f"{len(pages)} trang của bàn làm việc, chưa đăng nhập", f"{len(open_)} mở được",
                 "0 mở được", not open_)  # fmt: skip
