"""Eight clauses and an encoder without a model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.search import Entry
from index.words import terms

DIMENSION = 64


class HashingEncoder:
    """Each term has a fixed random direction; a text is their sum. No model needed."""

    folded = True
    answers: tuple[float, float] | None = None
    taught: frozenset[str] = frozenset()

    def __init__(self, fingerprint: str = "hashing") -> None:
        self.fingerprint = fingerprint

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for term in terms(text):
                seed = int.from_bytes(hashlib.sha256(term.encode()).digest()[:8], "big")
                row += np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        lengths[lengths == 0] = 1
        return rows / lengths


ENTRIES = (
    Entry("hp", "I.1", "Mục đích", "Góp phần triển khai Đề án truyền thông chính sách."),
    Entry("hp", "II.2", "Phạm vi › Tiêu chí", "Dự thảo chính sách có tác động lớn đến xã hội."),
    Entry("hp", "III#2.6", "Tổ chức thực hiện", "Gửi kế hoạch về Sở trước ngày 20/9/2023."),
    Entry("hp", "III#2.7", "Tổ chức thực hiện", "Kinh phí do ngân sách nhà nước bảo đảm."),
    Entry("hp", "signature", "", "KT. GIÁM ĐỐC"),
    Entry("hy", "1", "Mục đích", "Nâng cao nhận thức của cán bộ về chuyển đổi số."),
    Entry("hy", "2", "Nhiệm vụ", "Phối hợpphổ biến pháp luật trên báo và đài phát thanh."),
    Entry("hy", "3", "Kinh phí", "Từ nguồn chi thường xuyên của Sở Khoa học và Công nghệ."),
)
