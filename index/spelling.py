"""What a mistyped word probably is: glued words, raw Telex or VNI keys, one slip of a finger."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

ONSET = r"(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdghklmnprstvx])?"
RIME = (
    r"(?:a(?:ch?|i|m|ng?|nh|o|p|t|u|y)?|e(?:ch?|m|ng?|nh|o|p|t|u)?"
    r"|i(?:a|ch?|e(?:c|m|ng?|p|t|u)|m|n|nh|p|t|u)?"
    r"|o(?:a(?:ch?|i|m|ng?|nh|o|p|t|y)?|e(?:n|o|t)?|c|i|m|ng?|p|t)?"
    r"|u(?:a(?:n|ng|t|y)?|ch?|e(?:ch|nh)?|i|m|ng?|o(?:c|i|m|ng?|p|t|u)?|p|t|u"
    r"|y(?:a|ch|en|et|nh|p|t|u)?)?"
    r"|y(?:e(?:m|n|ng|t|u))?)"
)
_SYLLABLE = re.compile(ONSET + RIME)
_LONGEST = 40  #: letters; nobody glues more words than that

EXACT, REPAIRED, GUESSED = 1.0, 0.9, 0.5  #: how far a reading of a word is believed


def is_syllable(token: str) -> bool:
    """Whether folded letters could be one Vietnamese syllable: "truong", not "trng" or "ubnd"."""
    return _SYLLABLE.fullmatch(token) is not None


@dataclass(frozen=True, slots=True)
class Speller:
    """Reads a word that the corpus does not have as words that it has."""

    counts: Mapping[str, int]  #: folded syllable → in how many entries it occurs
    _by_length: dict[int, list[str]] = field(init=False, repr=False)
    _total: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_length: dict[int, list[str]] = {}
        object.__setattr__(self, "_total", math.log(1 + sum(self.counts.values())))
        for word in sorted(self.counts):  # of equals the first counts, however the corpus grew
            if word.isalpha() and is_syllable(word):
                by_length.setdefault(len(word), []).append(word)
        object.__setattr__(self, "_by_length", by_length)

    def read(self, token: str) -> tuple[list[str], float]:
        """The words meant by a token and how far to believe it; itself when nothing is nearer."""
        if token in self.counts or not token[0].isalpha() or is_syllable(token):
            return [token], EXACT
        keys = _without_keys(token)
        if keys in self.counts:
            return [keys], REPAIRED
        parts = self.split(token)
        if parts:
            return parts, REPAIRED
        near = self.nearest(token)
        return ([token], EXACT) if near is None else ([near], GUESSED)

    def split(self, token: str) -> list[str]:
        """The likeliest known syllables that were glued into the token; [] when there are none."""
        if is_syllable(token) or not token.isalpha() or len(token) > _LONGEST:
            return []
        best: list[tuple[float, list[str]] | None] = [(0.0, [])] + [None] * len(token)
        for end in range(1, len(token) + 1):
            for start in range(max(0, end - 7), end):
                before, word = best[start], token[start:end]
                if before is None or not self._is_part(word):
                    continue
                cost = before[0] + self._total - math.log(self.counts[word])
                here = best[end]
                if here is None or cost < here[0]:
                    best[end] = (cost, [*before[1], word])
        last = best[-1]
        return last[1] if last else []

    def _is_part(self, word: str) -> bool:
        """The word "y" is glued at times ("yte"), but "iii" is a Roman number."""
        return word in self.counts and is_syllable(word) and (len(word) > 1 or word == "y")

    def nearest(self, token: str) -> str | None:
        """The known syllable one slip away (swapped neighbours are one), of four letters or more.

        Only for what is no syllable itself: another word is not a slip. Same first letter first,
        then the commoner word.
        """
        if len(token) < 4 or not token.isalpha() or not re.search("[aeiouy]", token):
            return None
        near = [
            word
            for length in (len(token) - 1, len(token), len(token) + 1)
            for word in self._by_length.get(length, ())
            if length >= 3 and OSA.distance(token, word, score_cutoff=1) <= 1
        ]
        return max(near, key=lambda word: (word[0] == token[0], self.counts[word]), default=None)


def _without_keys(token: str) -> str:
    """Raw Telex or VNI keys as folded letters: "truyeenf" and "truye6n2" are "truyen"."""
    first = re.search("[aeiouy]", token)
    letters = re.sub(r"[0-9]", "", token)
    if first:
        head, tail = letters[: first.end()], letters[first.end() :]
        letters = head + re.sub("[sfrxjw]", "", tail)
    else:
        letters = letters.replace("w", "u")
    return re.sub(r"([aeod])\1", r"\1", letters)
