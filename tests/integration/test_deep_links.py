"""Links that begin a form: an invitation to a unit, the number of a draft."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

CODE = "K7M2-P9QX"


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("/?moi=K7M2-P9QX", "mã đơn vị K7M2-P9QX"),
        ("/?moi=k7m2p9qx", "mã đơn vị K7M2-P9QX"),
        ("/?gopy=12", "GOPY 12"),
        ("/?gopy=012", "GOPY 12"),
    ],
)
def test_the_page_is_told_what_to_say_first(client: TestClient, link: str, said: str) -> None:
    page = client.get(link)
    assert f'data-first="{said}"' in page.text
    assert f"<strong>{said}</strong>" in page.text  # for browsers without scripts
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "link",
    ["/", "/?moi=", "/?moi=%22%3E%3Cscript%3E", "/?gopy=1e5", "/?gopy=1234567", "/?gopy=%C2%B2"],
)
def test_anything_else_is_the_chat_as_it_is(client: TestClient, link: str) -> None:
    page = client.get(link)
    assert page.status_code == 200
    assert "data-first" not in page.text
    assert "no-js" not in page.text


def test_a_link_is_not_kept_as_a_question(client: TestClient, sqlite: Engine) -> None:
    client.get(f"/?moi={CODE}&q={CODE}")
    with sqlite.connect() as connection:
        assert connection.execute(text("select count(*) from asked_question")).scalar() == 0
