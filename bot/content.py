"""What is left of a question when names and turns of speech are set apart: its content."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.lexicon import Lexicon, heard
from bot.words import Word
from bot.years import says_year

#: Facets whose cues are turns of speech only.
_TURNS = frozenset(("paper_date", "signer", "number", "where"))


def tag_plain(
    words: Sequence[Word],
    folded: str,
    lexicon: Lexicon,
    owners: frozenset[str],
    knows: Callable[[str], bool],
) -> tuple[Word, ...]:
    """Mark words without content: particles, turns of a question, years.

    `knows`: whether the papers use a pair "a_b"; `owners`: bodies that issued one of them.
    """
    hidden = _in_stop_phrases(words, folded, lexicon) | _in_cues(words, folded, lexicon)
    paired = _paired(words, hidden, lexicon, knows) | _in_synonyms(words, folded, lexicon)
    tagged = []
    for i, word in enumerate(words):
        if ":" in word.role and word.role.split(":", 1)[1] in owners:
            tagged.append(Word(word.text, "owner"))
        elif word.role:
            tagged.append(Word(word.text, word.role.split(":")[0]))
        elif says_year(words, i):
            tagged.append(Word(word.text, "year"))
        elif i in hidden or (word.text in lexicon.stop and i not in paired):
            tagged.append(Word(word.text, "stop"))
        else:
            tagged.append(word)
    return tuple(tagged)


def _in_synonyms(words: Sequence[Word], folded: str, lexicon: Lexicon) -> set[int]:
    """Positions of words in people's phrases for something papers have ("lo người, lo của")."""
    starts = starts_of(words)
    return {
        i
        for found in heard(lexicon, folded)
        if sum(w not in lexicon.particles for w in found.words.split()) > 1
        for i, start in enumerate(starts)
        if found.start <= start < found.end and words[i].text not in lexicon.particles
    }


def _in_cues(words: Sequence[Word], folded: str, lexicon: Lexicon) -> set[int]:
    """Positions of words that ask for a fact and name no subject ("ban hành ngày nào")."""
    starts = starts_of(words)
    return {
        i
        for facet in lexicon.facets
        if facet.name in _TURNS
        for found in facet.cue.finditer(folded)
        for i, start in enumerate(starts)
        if found.start() <= start < found.end()
    }


def starts_of(words: Sequence[Word]) -> list[int]:
    """Where each word begins in the folded question, in characters."""
    starts, at = [], 0
    for word in words:
        starts.append(at)
        at += len(word.text) + 1
    return starts


def _in_stop_phrases(words: Sequence[Word], folded: str, lexicon: Lexicon) -> set[int]:
    """Positions of words in a turn of speech ("cho tôi hỏi")."""
    starts = starts_of(words)
    return {
        i
        for found in lexicon.stop_phrases.finditer(folded)
        for i, start in enumerate(starts)
        if found.start() <= start < found.end()
    }


def _paired(
    words: Sequence[Word], hidden: set[int], lexicon: Lexicon, knows: Callable[[str], bool]
) -> set[int]:
    """Positions of words in a pair that the papers use, particles and hidden words apart."""
    free = [
        not w.role and i not in hidden and w.text not in lexicon.particles
        for i, w in enumerate(words)
    ]
    paired: set[int] = set()
    for i in range(len(words) - 1):
        if free[i] and free[i + 1] and knows(f"{words[i].text}_{words[i + 1].text}"):
            paired |= {i, i + 1}
    return paired
