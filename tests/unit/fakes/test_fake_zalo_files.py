"""The fake Zalo's files: what it stores for an OA, how it serves what people sent; profiles."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.unit.fakes.zalo_setup import AN, BINH, NOON, Office, an_office

PNG, JPG, GIF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a"
PDF, DOC, DOCX = b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1", b"PK\x03\x04"


@pytest.fixture
def oa() -> Iterator[Office]:
    with an_office() as office:
        yield office


def of_length(sign: bytes, length: int) -> bytes:
    return sign + b"0" * (length - len(sign))


@pytest.mark.parametrize(
    ("kind", "name", "content", "code"),
    [
        ("image", "a.png", PNG, 0),
        ("image", "a.JPG", JPG, 0),
        ("image", "a.jpeg", JPG, 0),
        ("image", "a.gif", GIF, -201),
        ("image", "a.png", JPG, -201),  # the bytes must be what the name says
        ("image", "a.png", of_length(PNG, 1_000_000), 0),
        ("image", "a.png", of_length(PNG, 1_000_001), -210),
        ("gif", "a.gif", GIF, 0),
        ("gif", "a.png", PNG, -201),
        ("gif", "a.gif", of_length(GIF, 5_000_001), -210),
        ("file", "Kế hoạch.pdf", PDF, 0),
        ("file", "a.doc", DOC, 0),
        ("file", "a.docx", DOCX, 0),
        ("file", "a.csv", "tên,ngày\n".encode(), 0),
        ("file", "a.csv", b"", -201),
        ("file", "a.xlsx", DOCX, -201),
        ("file", "a.zip", DOCX, -201),
        ("file", "a.txt", b"a", -201),
        ("file", "a.pptx", DOCX, -201),
        ("file", "pdf", PDF, 0),
        ("file", "a.pdf", of_length(PDF, 5_000_000), 0),
        ("file", "a.pdf", of_length(PDF, 5_000_001), -210),
    ],
)
def test_types_and_sizes(oa: Office, kind: str, name: str, content: bytes, code: int) -> None:
    answer = oa.upload(kind, name, content)
    assert answer["error"] == code
    if code == 0:
        assert list(answer["data"]) == ["token" if kind == "file" else "attachment_id"]
    assert oa.fake.counters()["uploads"] == (code == 0)


def test_the_field_is_called_file(oa: Office) -> None:
    assert oa.upload("file", "a.pdf", PDF, field="document")["error"] == -201
    assert oa.post("/v2.0/oa/upload/file", {"file": "a.pdf"})["error"] == -201
    broken = oa.http.post(
        "/v2.0/oa/upload/file",
        content=b"--x\r\nbroken",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert broken.json()["error"] == -201


def test_an_upload_needs_a_token(oa: Office) -> None:
    oa.http.headers["access_token"] = "x"
    assert oa.upload("file", "a.pdf", PDF)["error"] == -216


def address(oa: Office, content: bytes = b"noi dung", **more: str) -> str:
    """Where the file lies that a person has just sent."""
    oa.fake.sends_file(AN, "a.pdf", content, **more)
    (id_,) = list(oa.fake.zalo.attachments)[-1:]
    return f"{oa.fake.url}/attachments/{id_}/x"


def test_what_a_person_sent_is_served_to_whoever_knows_the_address(oa: Office) -> None:
    assert oa.http.get(address(oa)).content == b"noi dung"
    assert oa.fake.counters()["downloads"] == 1
    assert oa.http.get(f"{oa.fake.url}/attachments/none/x").status_code == 404
    assert oa.http.get(address(oa, behaves="gone")).status_code == 404


def test_the_host_may_send_elsewhere(oa: Office) -> None:
    answer = oa.http.get(address(oa, behaves="redirect", redirect_to="http://169.254.169.254/"))
    assert (answer.status_code, answer.headers["location"]) == (302, "http://169.254.169.254/")


def test_the_host_may_never_end(oa: Office) -> None:
    read = 0
    with oa.http.stream("GET", address(oa, behaves="endless")) as answer:
        assert "content-length" not in answer.headers
        for piece in answer.iter_bytes():
            read += len(piece)
            if read > 2_000_000:
                break
    assert oa.get("/v2.0/oa/getoa")["error"] == 0  # and the rest goes on


def test_the_host_may_promise_more_than_it_gives(oa: Office) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        oa.http.get(address(oa, behaves="short"))


def test_the_host_may_dawdle(oa: Office) -> None:
    with oa.http.stream("GET", address(oa, behaves="slow")) as answer:
        assert len(next(answer.iter_raw())) == 1


def test_a_profile_is_shown_of_followers_only(oa: Office) -> None:
    oa.fake.says(AN, "xin chào")
    assert oa.get("/v3.0/oa/user/detail", data={"user_id": AN})["error"] == -213
    oa.fake.follows(AN)
    oa.fake.submits_info(AN, name="An", phone="84900000000")
    profile = oa.get("/v3.0/oa/user/detail", data={"user_id": AN})["data"]
    assert profile["user_is_follower"] is True
    assert profile["user_last_interaction_date"] == "21/11/2026"
    assert profile["shared_info"] == {"name": "An", "phone": "84900000000"}
    assert profile["display_name"] == oa.fake.user(AN).name
    assert int(profile["user_id_by_app"]) > 2**53


@pytest.mark.parametrize("data", ['{"user_id": "nobody"}', "{}", "[]", "x", ""])
def test_a_profile_needs_the_parameter_data(oa: Office, data: str) -> None:
    answer = oa.http.get("/v3.0/oa/user/detail", params={"data": data})
    assert (answer.status_code, answer.json()["error"]) == (200, -201)


def test_the_oa_about_itself(oa: Office) -> None:
    oa.fake.follows(AN)
    data = oa.get("/v2.0/oa/getoa")["data"]
    assert (data["oaid"], data["oa_type"], data["num_follower"]) == (oa.fake.zalo.oa_id, 4, 1)


def test_whether_a_person_may_still_be_written_to(oa: Office) -> None:
    oa.fake.says(AN, "xin chào")
    quota = oa.post("/v3.0/oa/quota/message", {"user_id": AN})["data"]
    assert quota["last_interaction_time"] == str(int(NOON * 1000))
    assert quota["consultation"] == {"allowed": True, "quota_type": "reply"}
    oa.fake.user(BINH, last_interaction=NOON - 8 * 86400)
    quota = oa.post("/v3.0/oa/quota/message", {"user_id": BINH})["data"]
    assert quota["consultation"] == {"allowed": False, "quota_type": None}
    assert oa.post("/v3.0/oa/quota/message", {"user_id": "nobody"})["error"] == -201
