"""Vietnamese as people type it: NFC, folded accents, syllables. One place for all of it."""

from __future__ import annotations

import re
import unicodedata

_SPACE = re.compile(r"\s+")
_TOKEN = re.compile(r"[0-9]+(?:[.,/][0-9]+)*|[a-z0-9]+")
#: The accents of Latin letters, without the one mark of their block that combines with nothing.
_ACCENTS = re.compile("[\u0300-\u034e\u0350-\u036f]+")
#: Beyond Latin letters and common punctuation other marks may stand.
_FOREIGN = re.compile("[^\u0000-\u036f\u2000-\u206f]")


def compose(text: str) -> str:
    """NFC, so that Word on a Mac and a phone keyboard give the same letters."""
    return unicodedata.normalize("NFC", text)


def collapse(text: str) -> str:
    """White space (hard spaces and tabs too) as single spaces."""
    return _SPACE.sub(" ", text).strip()


def fold(text: str) -> str:
    """Lower case without accents; `đ` has no decomposition and is mapped by hand."""
    lowered = text.lower()
    if lowered.isascii():
        return lowered
    decomposed = unicodedata.normalize("NFD", lowered.replace("đ", "d").replace("ð", "d"))
    plain = _ACCENTS.sub("", decomposed)  # letter by letter would take ten times as long
    if _FOREIGN.search(plain):
        return "".join(c for c in plain if not unicodedata.combining(c))
    return plain


def syllables(text: str) -> list[str]:
    """Folded syllables and numbers, punctuation dropped: "Ia H’Drai" → ["ia", "h", "drai"]."""
    return _TOKEN.findall(fold(text))


_ONSETS = "ngh|ng|nh|kh|gh|gi|ch|ph|qu|th|tr|b|c|d|g|h|k|l|m|n|p|r|s|t|v|x"
_RIMES = (
    "a|ac|ach|ai|am|an|ang|anh|ao|ap|at|au|ay|e|ec|ech|em|en|eng|enh|eo|ep|et|eu|i|ia|ich|iec|iem|"
    "ien|ieng|iep|iet|ieu|im|in|inh|ip|it|iu|o|oa|oac|oach|oai|oam|oan|oang|oanh|oao|oap|oat|oay|oc|"
    "oe|oen|oeo|oet|oi|om|on|ong|ooc|oong|op|ot|ou|u|ua|uan|uang|uat|uay|uc|ue|uech|uenh|ui|um|un|ung|"
    "uo|uoc|uoi|uom|uon|uong|uop|uot|uou|up|ut|uu|uy|uya|uych|uyen|uyet|uyn|uynh|uyt|uyu|y|yem|yen|yet|yeu"
)
_SYLLABLE = re.compile(rf"(?:{_ONSETS})?(?:{_RIMES})")


def is_syllable(token: str) -> bool:
    """Whether a folded token is spelled like a Vietnamese syllable; "hoahc" is not."""
    return bool(_SYLLABLE.fullmatch(token))
