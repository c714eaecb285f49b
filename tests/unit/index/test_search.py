"""What a question finds, however it is typed."""

import unicodedata

import pytest

from index.search import DENSE_WEIGHT, Entry, Search, entries_of, search_over
from knowledge.documents import Clause, Document, Identity, Validity
from knowledge.vietnamese import fold
from tests.unit.index.small_library import ENTRIES, HashingEncoder


@pytest.fixture(params=["keywords", "both legs"])
def encoder(request: pytest.FixtureRequest) -> HashingEncoder | None:
    """Search must keep its promises with and without a dense leg."""
    return HashingEncoder() if request.param == "both legs" else None


@pytest.fixture
def search(encoder: HashingEncoder | None) -> Search:
    return search_over(ENTRIES, encoder)


def places(search: Search, question: str, **limits: object) -> list[str]:
    return [hit.address for hit in search.find(question, **limits)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "address"),
    [
        ("Hạn gửi kế hoạch về Sở là ngày nào?", "III#2.6"),
        ("tiêu chí của chính sách có tác động lớn", "II.2"),
        ("20/9/2023", "III#2.6"),
        ("20/09/2023", "III#2.6"),
        # The source glued two words; the question did not.
        ("phổ biến pháp luật trên báo", "2"),
        # The question glued, swapped or left raw what the source has right.
        ("tiêuchí tácđộng lớn", "II.2"),
        ("chuyeenr ddooir soos", "1"),
        ("phat thanhh", "2"),
        # Found by its heading alone.
        ("nhiệm vụ", "2"),
    ],
)
def test_the_clause_meant_comes_first(search: Search, question: str, address: str) -> None:
    assert places(search, question)[0] == address


@pytest.mark.parametrize(
    "question", ["Kinh phí thực hiện từ nguồn nào?", "Đề án truyền thông chính sách", "khoa học"]
)
def test_every_way_of_typing_finds_the_same(search: Search, question: str) -> None:
    written = search.find(unicodedata.normalize("NFC", question))
    assert written
    assert search.find(unicodedata.normalize("NFD", question)) == written
    assert search.find(fold(question)) == written
    assert search.find(question.upper()) == written


@pytest.mark.parametrize("question", ["", " ", "?!…", "xqzt", "xqzt wvzk 999999"])
def test_nothing_known_is_nothing_found(question: str) -> None:
    assert search_over(ENTRIES).find(question) == []


def test_each_clause_comes_once_and_in_order_of_score(search: Search) -> None:
    for entry in ENTRIES:
        hits = search.find(f"{entry.heading} {entry.text}", limit=100)
        keys = [(hit.document, hit.address) for hit in hits]
        assert len(keys) == len(set(keys)) <= len(ENTRIES)
        assert [hit.score for hit in hits] == sorted((h.score for h in hits), reverse=True)
        assert all(0 < hit.score <= 1 + DENSE_WEIGHT + 1e-6 for hit in hits)


def test_only_the_documents_named_are_searched(search: Search) -> None:
    hits = search.find("kinh phí", documents={"hy", "no-such-document"})
    assert hits[0].address == "3"
    assert {hit.document for hit in hits} == {"hy"}
    assert search.find("kinh phí", documents=[]) == []
    assert search.find("kinh phí", documents=["no-such-document"]) == []


def test_limits_larger_and_smaller_than_the_corpus(search: Search) -> None:
    assert len(search.find("chính sách", limit=1)) == 1
    assert len(search.find("chính sách", limit=10_000)) <= len(ENTRIES)
    assert search.find("chính sách", limit=0) == []


def test_a_question_of_100_kilobytes(search: Search) -> None:
    assert places(search, "tiêu chí tác động lớn " * 5_000)[0] == "II.2"
    assert isinstance(search.find("đ" * 100_000), list)


def test_an_empty_library() -> None:
    empty = search_over((), HashingEncoder())
    assert empty.find("chính sách") == []
    assert not empty.knows("chính")


def test_the_dense_leg_finds_what_shares_no_word() -> None:
    class Oracle(HashingEncoder):
        def encode(self, texts):  # type: ignore[no-untyped-def]
            same = [
                text.replace("tien", "Kinh phí do ngân sách nhà nước bảo đảm") for text in texts
            ]
            return super().encode(same)

    assert search_over(ENTRIES).find("tiền") == []
    assert search_over(ENTRIES, Oracle()).find("tiền")[0].address == "III#2.7"


def test_rarity_and_knowledge_of_words(search: Search) -> None:
    assert search.knows("Sở")
    assert search.knows("chinh_sach")
    assert search.knows("20/09/2023")
    assert not search.knows("ngân hàng")
    assert search.rarity("chính") < search.rarity("khoa") < search.rarity("bitcoin")


def test_what_was_read_and_what_it_could_score(search: Search) -> None:
    assert search.repaired("tiêuchí tác dongg") == ["tieu", "chi", "tac", "dong"]
    assert search.nearest("dongg") == "dong"
    best = search.find("tiêu chí tác động")[0]
    assert best.keyword < search.attainable("tiêu chí tác động")
    assert search.attainable("tiêu chí bitcoin") > search.attainable("tiêu chí")


def test_entries_carry_the_headings_above_them() -> None:
    def clause(address: str, heading: str, text: str, parent: str | None = None) -> Clause:
        return Clause(address, "", heading, text, 0, 0, parent)

    document = Document(
        id="d",
        identity=Identity(),
        text="",
        clauses=(
            clause("head", "", "Số: 1/KH"),
            clause("I", "MỤC ĐÍCH", ""),
            clause("I.1", "", "", "I"),
            clause("I.1.a", "Yêu cầu", "Đúng hạn.", "I.1"),
        ),
        duties=(),
        validity=Validity("unknown", ""),
        short_title="",
    )
    assert entries_of([document]) == (
        Entry("d", "head", "", "Số: 1/KH"),
        Entry("d", "I", "MỤC ĐÍCH", ""),
        Entry("d", "I.1.a", "MỤC ĐÍCH › Yêu cầu", "Đúng hạn."),
    )


def test_a_search_among_clauses_finds_no_others(search: Search) -> None:
    question = "kế hoạch truyền thông chính sách"
    everywhere = search.find(question)
    chosen = [(hit.document, hit.address) for hit in everywhere[1:3]]
    among = search.find(question, clauses=[*chosen, ("nowhere", "I")])
    assert {(hit.document, hit.address) for hit in among} == set(chosen)
    for hit in among:
        (same,) = (h for h in everywhere if h.address == hit.address)
        assert (hit.keyword, hit.dense) == (same.keyword, pytest.approx(same.dense, abs=1e-6))
    assert search.find(question, clauses=[]) == []


def test_only_an_encoder_that_learned_from_questions_says_how_surely_a_clause_answers() -> None:
    plain, taught = HashingEncoder(), HashingEncoder()
    taught.answers = (0.2, 0.4)
    assert {hit.meaning for hit in search_over(ENTRIES, plain).find("kinh phí")} == {0.0}
    hits = search_over(ENTRIES, taught).find("kinh phí thực hiện")
    assert any(hit.meaning > 0 for hit in hits)
    for hit in hits:
        assert hit.meaning == pytest.approx(min(1.0, max(0.0, (hit.dense - 0.2) / 0.2)))


def test_of_a_paper_that_was_not_learned_nothing_is_known_to_be_missing() -> None:
    encoder = HashingEncoder()
    encoder.taught = frozenset({"hp"})
    search = search_over(ENTRIES, encoder)
    assert search.taught("hp")
    assert not search.taught("hy")
    assert not search_over(ENTRIES).taught("hp")


def test_the_encoder_may_read_other_words_than_are_looked_for() -> None:
    search = search_over(ENTRIES, HashingEncoder())
    whole = search.find("kinh phí", meant="tiêu chí của chính sách")
    words = {h.address: h.keyword for h in search.find("kinh phí", limit=99)}
    assert {h.address: h.keyword for h in whole} == {
        h.address: words.get(h.address, 0.0) for h in whole
    }
    meant = {h.address: h.dense for h in search.find("tiêu chí của chính sách", limit=99)}
    assert {h.address: h.dense for h in whole if h.dense} == pytest.approx(
        {h.address: meant[h.address] for h in whole if h.dense}, abs=1e-6
    )
