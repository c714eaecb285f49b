"""What every page keeps to: weight, no outside assets, nothing inline, contrast, words in YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bot.messages import Reply, Source
from knowledge.documents import Clause, DigestEntry, Document, Identity, Piece, Validity
from knowledge.library import Library
from knowledge.readers import PUBLIC, Readers, seen_by
from service.app import create_app
from service.live import LiveAssistant, Told
from service.routes import page_views, pages
from service.settings import Settings
from service.shapes import Question
from service.storage.engine import migrate, open_engine
from tests.builders import some_settings

WHOLE_PAGE = 150 * 1024  #: bytes of everything the chat loads, not compressed
TODAY = date(2026, 11, 21)
EVIL = "<img src=x onerror=alert(1)>"


def clause(
    address: str, label: str, heading: str, *texts: str, parent: str | None = None
) -> Clause:
    pieces = tuple(Piece(text, 0, 1, bullet=text.startswith("- ")) for text in texts)
    return Clause(address, label, heading, " ".join(texts), 0, 1, parent, pieces)


PLAN = Document(
    id="plan",
    identity=Identity(kind="Kế hoạch", number="/KH-SGDĐT", issuer="Sở GDĐT", date="2023"),
    text="",
    clauses=(
        clause("head", "", "", "KẾ HOẠCH"),
        clause("III", "III.", "CÁC HOẠT ĐỘNG"),
        clause("III#2", "III.", "TỔ CHỨC THỰC HIỆN"),
        clause("III#2.6", "6.", "", EVIL, "- Gạch một", "- Gạch hai", parent="III#2"),
    ),
    duties=(),
    validity=Validity("period", "hết kỳ kế hoạch", until=date(2023, 12, 31), recorded=TODAY),
    short_title="Kế hoạch năm 2023",
    years=(2023, 2023),
    implements=("digest", "4411/HĐPBGDPL"),
)
DIGEST = Document(
    id="digest",
    identity=Identity(kind="Quyết định", number="407/QĐ-TTg", date="2022-03-30"),
    text="",
    clauses=(
        clause("III", "III.", "Phạm vi"),
        clause("III.4", "4.", "Thời điểm truyền thông", "Ngay từ khi lấy ý kiến.", parent="III"),
    ),
    duties=(),
    validity=Validity("in_force", "chưa thấy văn bản thay thế"),
    short_title="Quyết định 407/QĐ-TTg (bản tóm lược)",
    digest=True,
    entries=(DigestEntry("III.4", ("S9",), "read", numbered=False),),
    sources=(("S1", "Thư viện"), ("S9", "Trang tỉnh Cà Mau: http://pbgdpl.camau.gov.vn/bai")),
)
SECRET = replace(PLAN, id="secret", audience=("officers",), short_title="Chỉ dành cho cán bộ")
REPLY = Reply(
    kind="answer",
    lead=f"Trước ngày 20/9/2023\n“{EVIL}”\n— Mục III.6, Kế hoạch năm 2023",
    more="",
    text="",
    status="tra cứu ngày 21/11/2026",
    sources=(Source("plan", "Kế hoạch năm 2023", "III#2.6", "Mục III.6", EVIL, False),),
)


class Told407:
    library = Library((PLAN, DIGEST, SECRET))
    version = "1"

    def library_for(self, readers: Readers) -> Library:
        return seen_by(self.library, readers)

    def tell(self, question: Question, today: date, readers: Readers = PUBLIC) -> Told:
        row = {"kind": "answer", "text": "", "citations": [], "choices": []}
        return Told("answer", row, REPLY)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(env="test", data_dir=tmp_path_factory.mktemp("data"))
    engine = open_engine(settings.storage_url)
    migrate(engine)
    app = create_app(settings, LiveAssistant(Told407, lambda: 0), engine)
    with TestClient(app) as client:
        yield client


class Reader(HTMLParser):
    """Tags with their attributes, and the text inside scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, Mapping[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def assets(self) -> list[str]:
        found = [
            a["src"] for tag, a in self.tags if tag in ("script", "img", "iframe") and "src" in a
        ]
        found += [a["href"] for tag, a in self.tags if tag == "link"]
        return [address for address in found if address]


PAGES = (
    "/", "/?q=h%E1%BA%A1n", "/documents", "/documents/plan", "/documents/digest", "/nowhere",
    "/admin/sign-in", "/admin/link",
)  # fmt: skip


def page(client: TestClient, path: str) -> str:
    return client.get(path, headers={"Accept": "text/html"}).text


def test_everything_the_chat_loads_is_light(client: TestClient) -> None:
    html = page(client, "/")
    assets = set(Reader(html).assets())
    assert {a.split("?")[0] for a in assets} >= {"/static/chat.js", "/static/style.css"}
    weight = len(html.encode()) + sum(len(client.get(a).content) for a in assets)
    assert weight <= WHOLE_PAGE


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_inline_or_from_another_host(client: TestClient, path: str) -> None:
    reader = Reader(page(client, path))
    assert reader.tags
    assert all(asset.startswith("/static/") for asset in reader.assets())
    for tag, attributes in reader.tags:
        assert tag != "style"
        assert tag != "script" or attributes.get("src")
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


SCRIPTS = [*pages.STATIC.glob("*.js"), page_views.TEMPLATES / "widget.js"]
DRAWN_BY = [*SCRIPTS, *pages.STATIC.glob("*.css"), pages.STATIC / "icon.svg"]


@pytest.mark.parametrize("path", DRAWN_BY, ids=lambda path: path.name)
def test_static_files_name_no_other_host(path: Path) -> None:
    text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://[a-z]|@import|url\(", text)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b", text)


def test_pages_forbid_inline_scripts(client: TestClient) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_static_files_are_kept_only_under_their_fingerprint(client: TestClient) -> None:
    [address] = [a for a in Reader(page(client, "/")).assets() if "style.css" in a]
    kept = client.get(address)
    assert "immutable" in kept.headers["Cache-Control"]
    bare = client.get("/static/style.css")
    assert bare.headers["Cache-Control"] == "no-cache"
    known = client.get("/static/style.css", headers={"If-None-Match": bare.headers["ETag"]})
    assert known.status_code == 304
    assert client.get("/static/..%2fapp.py").status_code == 404


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


WHITE, USER_BUBBLE, SILENT, TARGET, GREY = "#ffffff", "#d9e6f6", "#fbfbf8", "#fff6cf", "#eceff3"
TEXT_PAIRS = [
    *[(ink, ground) for ink in ("ink", "muted", "link", "brand") for ground in
      ("paper", "surface", "quote", "brand-soft", "note-soft", USER_BUBBLE, SILENT, TARGET)],
    ("ok", "ok-soft"), ("warn", "warn-soft"), ("note", "note-soft"), ("bad", "paper"),
    ("bad", "surface"), ("muted", GREY), (WHITE, "brand"), (WHITE, "brand-deep"), (WHITE, "muted"),
    ("brand-deep", "paper"), ("brand-deep", "surface"), ("brand-deep", TARGET),
    ("bad", "bad-soft"), (WHITE, "seal"),
]  # fmt: skip
LINE_PAIRS = [("edge", "surface"), ("edge", "paper"), ("focus", "paper"), ("focus", "surface")]


def colour(name: str) -> str:
    css = (pages.STATIC / "style.css").read_text("utf-8")
    if name.startswith("#"):
        assert name in css or name == WHITE, f"{name} is no longer used"
        return name
    found = re.search(rf"--{name}: (#[0-9a-f]{{6}});", css)
    assert found, name
    return found[1]


@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_can_be_read(ink: str, ground: str) -> None:
    assert contrast(colour(ink), colour(ground)) >= 4.5


@pytest.mark.parametrize(("line", "ground"), LINE_PAIRS)
def test_borders_of_controls_and_focus_can_be_seen(line: str, ground: str) -> None:
    assert contrast(colour(line), colour(ground)) >= 3


def keys(node: object, prefix: str) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from keys(value, f"{prefix}.{key}")
    else:
        yield prefix


def test_every_sentence_of_the_pages_is_used() -> None:
    files = [*page_views.TEMPLATES.glob("*.html"), *SCRIPTS]
    code = "\n".join(path.read_text("utf-8") for path in [*files, Path(page_views.__file__)])
    chosen = (
        "t.badges",
        "t.fields",
        "t.document.fixed",
        "t.document.confidence",
        "t.validity",
    )  # by a value
    for key in keys(pages.texts(), "t"):
        script = key.replace("t.reply.", "words.").replace("t.widget.", "words.")
        if not key.startswith(chosen) and not key.endswith("_title"):
            assert key in code or script in code, f"{key} is not used"


def test_a_script_finds_every_word_it_asks_for() -> None:
    for path in SCRIPTS:
        given = pages.texts()["widget" if path.name == "widget.js" else "reply"]
        asked = re.findall(r"\bwords\.(\w+)", path.read_text("utf-8"))
        assert set(asked) <= set(given), path.name


def test_the_menu_has_five_entries_at_most(client: TestClient) -> None:
    menu = re.search(r'<ul id="viec-chon".*?</ul>', page(client, "/"), re.DOTALL)
    assert menu
    assert 0 < menu[0].count("<li>") <= 5


# --- in an office's portal ----------------------------------------------------------------------

PORTALS = "https://cong.example.vn http://10.0.0.5:8080"


@pytest.fixture(scope="module")
def embedding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server whose chat two portals may embed."""
    settings = some_settings(tmp_path_factory.mktemp("data"), widget_origins=PORTALS)
    engine = open_engine(settings.storage_url)
    migrate(engine)
    with TestClient(create_app(settings, LiveAssistant(Told407, lambda: 0), engine)) as client:
        yield client


def test_without_named_portals_there_is_no_widget(client: TestClient) -> None:
    assert client.get("/widget").status_code == 404
    assert client.get("/widget.js").status_code == 404


def test_only_the_named_portals_may_embed_only_the_widget(embedding: TestClient) -> None:
    answer = embedding.get("/widget")
    assert answer.headers["Content-Security-Policy"].endswith(f"frame-ancestors {PORTALS}")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Opener-Policy"] == "unsafe-none"
    for path in ("/", "/documents", "/widget.js"):
        assert "frame-ancestors 'none'" in embedding.get(path).headers["Content-Security-Policy"]


def test_the_widget_has_no_ways_around_and_opens_links_beside_the_portal(
    embedding: TestClient,
) -> None:
    reader = Reader(page(embedding, "/widget"))
    names = [name for name, _ in reader.tags]
    assert "nav" not in names
    assert "footer" not in names
    assert [a for name, a in reader.tags if name == "base"] == [{"target": "_blank"}]
    assert [a["data-here"] for name, a in reader.tags if name == "main"] == ["widget"]


def test_the_script_of_a_portal_reads_nothing_of_it(embedding: TestClient) -> None:
    answer = embedding.get("/widget.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert len(answer.content) < 8 * 1024
    assert not re.search(r"cookie|Storage|fetch\(|XMLHttpRequest|innerHTML|eval", answer.text)
    assert '"https://cong.example.vn", "http://10.0.0.5:8080"' in answer.text


# --- what the pages say -------------------------------------------------------------------------


def test_only_public_documents_are_shown(client: TestClient) -> None:
    for path in ("/", "/documents"):
        assert SECRET.short_title not in page(client, path)
        assert PLAN.short_title in page(client, path)
    assert client.get("/documents/secret").status_code == 404


def test_an_unknown_address_is_answered_in_words(client: TestClient) -> None:
    answer = client.get("/documents/nope", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert pages.texts()["not_found"]["title"] in answer.text


def test_a_document_shows_what_is_printed(client: TestClient) -> None:
    html = page(client, "/documents/plan")
    assert "/KH-SGDĐT (bản in để trống số)" in html
    assert "năm 2023 (không ghi ngày, tháng)" in html
    assert '<a href="/documents/digest">' in html
    assert "4411/HĐPBGDPL" in html
    assert "Văn bản đã hết hạn" in html  # a period that is over


def test_every_clause_has_its_own_anchor(client: TestClient) -> None:
    ids = [a["id"] for _, a in Reader(page(client, "/documents/plan")).tags if a.get("id")]
    assert len(ids) == len(set(ids))
    assert {"III", "III~2", "III~2.6", "head"} <= set(ids)


def test_a_digest_is_marked_and_never_quoted(client: TestClient) -> None:
    html = page(client, "/documents/digest")
    assert pages.texts()["document"]["digest_title"] in html
    assert "<blockquote" not in html
    assert re.search(r"<h3>\s*Thời điểm truyền thông", html)  # its number 4 is inferred
    assert '<a href="#nguon-2">[2]</a>' in html
    assert 'href="http://pbgdpl.camau.gov.vn/bai"' in html


def test_foreign_text_stays_text(client: TestClient) -> None:
    for path in ("/documents/plan", "/?q=h%E1%BA%A1n", f"/?q={EVIL}"):
        html = page(client, path)
        assert EVIL not in html
        assert "&lt;img src=x" in html


def test_without_scripts_the_page_answers(client: TestClient) -> None:
    html = page(client, "/?q=h%E1%BA%A1n")
    assert '<div class="lead">Trước ngày 20/9/2023</div>' in html  # quote and place: in the card
    assert '<a href="/documents/plan#III~2.6">Mục III.6</a>' in html
    assert "tra cứu ngày 21/11/2026" in html


def test_without_scripts_a_question_too_long_is_refused_in_words(client: TestClient) -> None:
    html = page(client, "/?q=" + "a" * 2001)
    assert 'role="alert"' in html
    assert "2.000 ký tự" in html
