"""Letters as they are handed in to a mail server, and what its answers mean."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from bot.channels.base import (
    ChannelDown,
    DeliveryError,
    Rejected,
    TooLarge,
    TryLater,
    Unclear,
    Unreachable,
)
from bot.channels.mail import Mail, Server, greet, letter_of
from bot.messages import Attachment, Enclosure, Outgoing
from tests.fakes.smtp import FakeServer, smtp

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
TO = "lan@truong.example.vn"
TEXT = (
    "Nhắc việc: Nộp báo cáo (hạn 20/12/2026)\n\nKính gửi Anh/chị,\n.\nHạn: hết Chủ nhật 20/12/2026."
)


def server(fake: FakeServer, **changes: object) -> Server:
    given = Server("127.0.0.1", fake.port, "nhac-viec@so.example.vn", "Sở Giáo dục và Đào tạo")
    return replace(given, **changes)  # type: ignore[arg-type]


async def send(fake: FakeServer, text: str = TEXT, **changes: object) -> str:
    mail = Mail(server(fake, **changes), now=lambda: NOW)
    sent = await mail.send(Outgoing(TO, text))
    await mail.close()
    return sent


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Of a server at 127.0.0.1, and for whoever trusts it."""
    folder: Path = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=mail.example.vn",
         "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(cert, key)
    return ours, ssl.create_default_context(cafile=str(cert))


async def test_vietnamese_arrives_as_it_was_written() -> None:
    with smtp() as fake:
        id_ = await send(fake)
    [(to, letter)] = fake.letters
    assert to == letter["To"] == TO
    assert letter["Subject"] == "Nhắc việc: Nộp báo cáo (hạn 20/12/2026)"
    assert letter["From"].addresses[0].display_name == "Sở Giáo dục và Đào tạo"
    assert letter["From"].addresses[0].addr_spec == "nhac-viec@so.example.vn"
    said = letter.get_content().replace("\r\n", "\n")
    assert said == "Kính gửi Anh/chị,\n.\nHạn: hết Chủ nhật 20/12/2026.\n"
    assert letter.get_content_type() == "text/plain"
    assert parsedate_to_datetime(letter["Date"]) == NOW
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"] == id_
    fake.raw[0].decode("ascii")  # in seven bits
    assert all(len(line) <= 998 for line in fake.raw[0].split(b"\r\n"))


@pytest.mark.parametrize(
    ("text", "subject", "body"),
    [
        ("Một\n\nHai\n\nBa", "Một", "Hai\n\nBa\n"),
        ("Một dòng", "Một dòng", "Một dòng\n"),
        ("Một\nhai\n\nba", "Một", "Một\nhai\n\nba\n"),
    ],
)
async def test_the_first_line_is_the_subject(text: str, subject: str, body: str) -> None:
    with smtp() as fake:
        await send(fake, text)
    [(_, letter)] = fake.letters
    assert (letter["Subject"], letter.get_content().replace("\r\n", "\n")) == (subject, body)


def test_a_letter_that_is_sent_again_has_the_same_id_and_another_has_not() -> None:
    given = Server("mail", 25, "a@so.example.vn")
    ids = [
        letter_of(given, Outgoing(to, text), at)["Message-ID"]
        for to, text, at in (
            (TO, "a\n\nb", NOW),
            (TO, "a\n\nb", NOW + timedelta(hours=5)),
            (TO, "a\n\nb", NOW + timedelta(days=1)),
            (TO, "a\n\nc", NOW),
            ("x@y.vn", "a\n\nb", NOW),
        )
    ]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 4
    assert all(one.endswith("@so.example.vn>") for one in ids)


@pytest.mark.parametrize(
    ("step", "answer", "error"),
    [
        ("RCPT", "550 5.1.1 no such user", Unreachable("550 5.1.1")),
        ("RCPT", "550 no such user", Unreachable("550")),
        ("RCPT", "554 5.7.1 relay access denied", Rejected("554 5.7.1")),
        ("RCPT", "450 4.2.0 greylisted", TryLater("450 4.2.0")),
        ("RCPT", "452 too many", TryLater("452")),
        ("MAIL", "553 not your address", ChannelDown("553")),
        ("MAIL", "552 too large", Rejected("552")),
        ("MAIL", "421 busy", TryLater("421")),
        ("DATA", "554 no", Rejected("554")),
        ("DATA", "451 later", TryLater("451")),
        (".", "550 5.7.0 looks like spam", Rejected("550 5.7.0")),
        (".", "451 4.3.0 later", TryLater("451 4.3.0")),
        ("GREET", "554 go away", ChannelDown("554")),
        ("GREET", "421 busy", TryLater("network: 421")),
        ("GREET", "", TryLater("network: SMTPServerDisconnected")),
        ("RCPT", "", TryLater("network: SMTPServerDisconnected")),
        (".", "", Unclear("no answer: SMTPServerDisconnected")),
    ],
)
async def test_what_each_answer_means(step: str, answer: str, error: DeliveryError) -> None:
    with smtp(answers={step: answer}) as fake, pytest.raises(DeliveryError) as failed:
        await send(fake)
    assert type(failed.value) is type(error)
    assert failed.value.code == error.code
    assert TO not in failed.value.code
    assert fake.letters == []


async def test_a_server_that_is_away_is_tried_again() -> None:
    with smtp() as fake:
        pass
    with pytest.raises(TryLater, match="network"):
        await send(fake)


async def test_a_password_is_used_and_a_wrong_one_stops_the_channel() -> None:
    with smtp(offers=("AUTH PLAIN",)) as fake:
        await send(fake, user="nhac-viec", password="mat khau")
        assert fake.passwords == [("nhac-viec", "mat khau", False)]
        fake.answers["AUTH"] = "535 5.7.8 wrong"
        with pytest.raises(ChannelDown, match=r"535 5\.7\.8"):
            await send(fake, user="nhac-viec", password="x")
        fake.answers["AUTH"] = "454 4.7.0 later"
        with pytest.raises(TryLater, match="454"):
            await send(fake, user="nhac-viec", password="x")
    with smtp() as fake, pytest.raises(ChannelDown, match="takes no password"):
        await send(fake, user="nhac-viec", password="x")


async def test_a_password_goes_over_tls_or_not_at_all(
    certificate: tuple[ssl.SSLContext, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, trusting = certificate
    auth = {"user": "nhac-viec", "password": "mat-khau"}
    with smtp(offers=("STARTTLS", "AUTH PLAIN"), context=ours) as fake:
        await send(fake, context=trusting, **auth)
    with smtp(offers=("AUTH PLAIN",), context=ours, encrypted=True) as whole:
        await send(whole, context=trusting, encrypted=True, **auth)
    for each in (fake, whole):
        assert each.passwords == [("nhac-viec", "mat-khau", True)]
        assert len(each.letters) == 1
    monkeypatch.setattr("bot.channels.mail._is_here", lambda host: False)
    with smtp(offers=("AUTH PLAIN",)) as open_:
        with pytest.raises(ChannelDown, match="no TLS"):
            await send(open_, **auth)
        await send(open_)  # an inner server that asks for none
    assert (open_.passwords, len(open_.letters)) == ([], 1)


@pytest.mark.parametrize("encrypted", [True, False])
async def test_a_certificate_that_nobody_vouches_for_stops_the_channel(
    certificate: tuple[ssl.SSLContext, ssl.SSLContext], encrypted: bool
) -> None:
    behaves = {"offers": ("STARTTLS",), "context": certificate[0], "encrypted": encrypted}
    with smtp(**behaves) as fake, pytest.raises(ChannelDown, match="certificate"):
        await send(fake, encrypted=encrypted)
    assert fake.letters == []


@pytest.mark.parametrize("to", ["", "no address", "a@b.vn\r\nBcc: x@y.vn", "a@b", "ấn@b.vn"])
async def test_no_address_brings_in_another_line(to: str) -> None:
    with smtp() as fake, pytest.raises(Rejected, match="address"):
        await Mail(server(fake), now=lambda: NOW).send(Outgoing(to, TEXT))
    assert fake.commands == []


async def test_it_takes_no_files_and_brings_none() -> None:
    with smtp() as fake:
        mail = Mail(server(fake), now=lambda: NOW)
        with pytest.raises(Rejected):
            await mail.send(Outgoing(TO, "", enclosure=Enclosure("a.pdf", "application/pdf", b"")))
        with pytest.raises((Rejected, TooLarge)):
            await mail.fetch(Attachment("a", "b"), 1)
        await mail.acknowledge("a")
    assert fake.letters == []


def test_a_server_is_greeted_without_a_letter() -> None:
    with smtp() as fake:
        assert greet(server(fake)) == "mail.example.vn"
    assert fake.letters == []
    with smtp(answers={"GREET": "554 no"}) as fake, pytest.raises(ChannelDown):
        greet(server(fake))


def test_no_password_is_shown(certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    shown: Callable[[Server], str] = repr
    assert "mat-khau" not in shown(Server("h", 25, "a@b.vn", user="u", password="mat-khau"))
