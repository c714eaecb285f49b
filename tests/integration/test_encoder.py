"""Models come from folders, and a table of vectors says what sentence-transformers would say."""

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from index.encoder import SHIPPED, Encoder, find_encoder
from index.errors import EncoderMissing
from index.words import terms
from knowledge.vietnamese import fold

SENTENCES = [
    "Hạn gửi kế hoạch truyền thông chính sách",
    "Tiêu chí của dự thảo chính sách có tác động lớn đến xã hội",
    "kinh phí thực hiện",
    "qwxz chính sách qwxz",
]


@pytest.fixture(scope="module")
def shipped() -> Encoder:
    return Encoder(SHIPPED)


def test_vectors_have_length_one(shipped: Encoder) -> None:
    vectors = shipped.encode(SENTENCES)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("text", ["", "  \n", "…!?", "qwxz", "qwxz zxwq"])
def test_nothing_known_is_the_zero_vector(shipped: Encoder, text: str) -> None:
    assert not shipped.encode([text]).any()


def test_an_unknown_word_changes_nothing(shipped: Encoder) -> None:
    known, padded = shipped.encode(["chính sách", "chính sách qwxz"])
    np.testing.assert_array_equal(known, padded)


@pytest.mark.parametrize("text", SENTENCES)
def test_every_way_of_typing_is_one_vector(shipped: Encoder, text: str) -> None:
    one, *others = shipped.encode(
        [text, unicodedata.normalize("NFD", text), fold(text), text.upper()]
    )
    for other in others:
        np.testing.assert_array_equal(one, other)


def test_what_means_the_same_is_nearer(shipped: Encoder) -> None:
    question, near, far = shipped.encode(
        ["kinh phí lấy từ đâu", "ngân sách nhà nước bảo đảm", "xử phạt vi phạm giao thông"]
    )
    assert question @ near > question @ far + 0.1


ORACLE = """
import json, sys
from pathlib import Path
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Dense, StaticEmbedding
from index.encoder import Encoder
from index.training.train import tokenizer

shipped, folder, texts = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
theirs = SentenceTransformer(shipped, device="cpu", local_files_only=True)
table = StaticEmbedding(tokenizer(["chính", "sách"]), embedding_dim=16)
other = SentenceTransformer(modules=[table, Dense(16, 8)], device="cpu")
other.save(folder, create_model_card=False)
print(json.dumps({
    "shipped": theirs.encode(texts, normalize_embeddings=True).tolist(),
    "other": other.encode(["chính sách"], normalize_embeddings=True).tolist(),
    "ours": Encoder(Path(folder)).encode(["chi\u0301nh sa\u0301ch", ""]).tolist(),
}))
"""


def test_we_agree_with_sentence_transformers(shipped: Encoder, tmp_path: Path) -> None:
    """In a process of its own: torch takes seconds and hundreds of megabytes."""
    texts = [" ".join(terms(sentence)) for sentence in SENTENCES]
    ran = subprocess.run(
        [sys.executable, "-c", ORACLE, str(SHIPPED), str(tmp_path), json.dumps(texts)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
    )
    said = json.loads(ran.stdout.splitlines()[-1])
    np.testing.assert_allclose(shipped.encode(SENTENCES), said["shipped"], atol=1e-5)
    # A model that is no mere table, asked for accented text in another normal form, and for none.
    np.testing.assert_allclose(said["ours"], [said["other"][0], [0.0] * 8], atol=1e-5)


def test_nothing_heavy_is_imported_to_encode_a_question() -> None:
    code = (
        "import sys\n"
        "from index.encoder import SHIPPED, Encoder\n"
        "assert Encoder(SHIPPED).encode(['kinh phí']).any()\n"
        "assert not {'torch', 'sentence_transformers', 'transformers'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_missing_folder_is_named_and_nothing_is_downloaded(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing, match="no-such-model"):
        Encoder(tmp_path / "no-such-model")
    with pytest.raises(EncoderMissing, match="some--model"):
        find_encoder("some/model", tmp_path)


def test_a_model_that_cannot_be_fetched_leaves_the_one_there(tmp_path: Path) -> None:
    """In a process of its own, whose hub is a closed port of this machine."""
    (tmp_path / "some--model").mkdir()
    (tmp_path / "some--model" / "modules.json").write_text("[]", "utf-8")
    code = (
        "import sys; from pathlib import Path\n"
        "from index.encoder import fetch_model\n"
        "from index.errors import FetchFailed\n"
        "try:\n    fetch_model('some/model', Path(sys.argv[1]))\n"
        "except FetchFailed as error:\n    assert 'some/model' in str(error)\n"
        "else:\n    raise AssertionError\n"
    )
    closed = os.environ | {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HUB_OFFLINE": "0"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=closed)
    assert find_encoder("some/model", tmp_path)


def test_how_a_setting_names_a_model(tmp_path: Path, shipped: Encoder) -> None:
    (tmp_path / "some--model").mkdir()
    (tmp_path / "some--model" / "modules.json").write_text("[]", "utf-8")
    assert find_encoder(None, tmp_path).folder == SHIPPED
    assert find_encoder(str(SHIPPED), tmp_path).fingerprint == shipped.fingerprint
    assert find_encoder("some/model", tmp_path).folder == tmp_path / "some--model"


def test_another_model_reads_accented_text(tmp_path: Path, shipped: Encoder) -> None:
    for file in SHIPPED.iterdir():
        if file.is_file() and file.name != "troly.json":
            (tmp_path / file.name).symlink_to(file)
    other = Encoder(tmp_path)
    assert shipped.folded
    assert not other.folded
    assert not other.encode(["Chính sách"]).any()  # accented words are unknown to this one
    assert other.encode(["chinh sach"]).any()
