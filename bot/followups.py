"""A question that leans on the ones before it, made whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.choosing import ALONE, IN_FORM, MERGED, OF_BODY, Other, Readings
from bot.lexicon import Lexicon, heard, says, word_set
from bot.messages import Turn
from bot.spoken_of import OF_SCOPE, SOURCE, body_meant, paper_pointed_at, picked, scope_words
from bot.understanding import Understood
from knowledge.citations import find_addresses, find_numbers
from knowledge.documents import Document
from knowledge.organisations import tokens_of
from knowledge.vietnamese import fold

_YEAR = re.compile(r"\b20\d\d\b")
_STOP = re.compile(r"[.!?;…]+(?=\s|$)|\n+")
#: Facets that mean nothing without a task; the others may be asked of a whole paper.
_OF_A_TASK = word_set("lead coordinate when start recipient task")
_OF_ITS_WORK = _OF_A_TASK - {"task"}  #: "còn bộ … thì làm gì?" is asked of another body
_OF_A_PAPER = word_set("signer number paper_date validity")
#: Words that name a kind of fact, not a subject.
_FACET_WORDS = word_set(
    "phoi hop chu tri don vi kinh phi hinh thuc noi dung tieu chi yeu cau muc dich gui nop "
    "moc bat luc khoi"
)
#: Weighty words up to which a question that points back leans on the ones before it.
_POINTING = 6
#: The year after or before the one spoken of; "năm sau" alone is seen from today.
_YEAR_AFTER = re.compile(
    r"\b(?:tu )?(?:may |nhung |cac )?nam (?:(?P<after>sau|ke tiep|tiep theo)|truoc)"
    r" (?:do|ay|tro di)\b"
    r"|\b(?:may|nhung|cac) nam (?P<later>sau)\b"
)
_AFTER = word_set("sau truoc")
#: "Về công nghệ thì …", "chuyện tập huấn thì …": what stands before "thì" is what is spoken of.
_TOPIC = re.compile(
    r"^(?:(?:the|vay|con|a|da|va|roi) )*(?:(?:ve|chuyen|phan|mang|rieng|khoan|viec) )+"
    r"(?P<topic>(?:\w+ ){1,6}?)thi\b"
)
#: One paper that is pointed at, of whatever kind.
_ONE = re.compile(
    r"\bno\b|\b(?:(?P<kind>quyet dinh|cong van|ke hoach|chi thi)|cai|(?:van )?ban|tai lieu) "
    r"(?:do|nay|ay|kia|day)\b"
)
_ABOUT = re.compile(r"(?<=\S)\s+về (?=việc\b|triển khai\b|thực hiện\b|tăng cường\b|“)")
#: The paper pointed at is what the question is asked of: "nó có nhắc …", "thì văn bản này giao ai".
_OF_ONE = re.compile(
    r"^(?:(?:the|vay|con|a|da|va|roi) )*no\b"
    r"|\b(?P<kind>van ban|tai lieu|ke hoach|cong van|chi thi|quyet dinh) (?:nay|do|ay|kia|day)\b"
)
#: Where a paper goes, that is pointed at; and the same asked in full.
_SENT = re.compile(
    r"^(?:(?:the|vay|con|a|da|va|roi) )*"
    r"(?P<paper>(?:no"
    r"|(?:van ban|tai lieu|ke hoach|cong van|chi thi|quyet dinh) (?:nay|do|ay|kia)) )?"
    r"(?:(?:duoc|co|da|thi|con) )*gui (?:\w+ ){0,2}?(?:nhung |cac )?"
    r"(?:dau|ai|(?:noi|co quan|don vi|cho|ben) nao)\b"
)
#: Of something how many is asked: no other kind of fact comes along.
_COUNTS = re.compile(
    r"\b(?:may|bao nhieu) (?!gio\b|ngay\b|thang\b)(?:cai )?\w+\b(?!(?: \w+)? (?:nay|do|kia|ay)\b)"
)
#: Kinds of fact that a paper states of itself, if not of what was spoken of before.
_OF_THE_PAPER = frozenset(("criteria", "percent", "basis", "signer", "money"))
#: What it states once.
_SAID_ONCE = re.compile(r"\bnoi nhan\b|\btieu chi\b")
#: "Có nhắc mạng xã hội không?" is asked of the paper, not of a body.
_MENTIONS = re.compile(r"\bco (?:nhac|noi|neu|de cap|ghi|quy dinh)\b")
_ADDRESSEES = "gửi văn bản cho những nơi nào"
_DATED = re.compile(r"\bngày \d{1,2}/\d{1,2}/\d{4}\b")
#: Up to so many weighty words in so many words in all a question names almost nothing.
_SHORT_WEIGHTY, _SHORT = 2, 8


def leans(asked: Understood, lexicon: Lexicon, knows: Callable[[str], bool]) -> bool:
    """Whether a question cannot be understood alone: it points back or names almost nothing.

    `knows`: whether a syllable or pair occurs in the papers; a subject that does not is a new one.
    """
    weighty = _weighty(asked, lexicon)
    pointed = says("leans", asked.folded)
    if pointed and len(weighty) <= _POINTING:
        return True
    if not pointed and _has_new_subject(asked, _or_meant(asked, lexicon, knows)):
        return False
    short = len(weighty) <= _SHORT_WEIGHTY and len(asked.words) <= _SHORT
    return len(weighty) <= 1 or short


def _weighty(asked: Understood, lexicon: Lexicon) -> list[str]:
    """The content of a question without the words of the trade."""
    return [t for t in asked.content if t not in lexicon.trade]


def _or_meant(
    asked: Understood, lexicon: Lexicon, knows: Callable[[str], bool]
) -> Callable[[str], bool]:
    """`knows`, or people's word for something that papers have ("nộp" for "gửi"), or for a fact."""
    cues = (m.group() for f in lexicon.facets for m in f.cue.finditer(asked.folded))
    found = [h.words for h in heard(lexicon, asked.folded)]
    meant = {word for phrase in (*found, *cues) for word in phrase.split()}
    return lambda token: knows(token) or token in meant


def _has_new_subject(asked: Understood, knows: Callable[[str], bool]) -> bool:
    """Whether a word, or a pair of them, occurs in no paper."""
    if any(w.text.isalpha() and not w.role and not knows(w.text) for w in asked.words):
        return True
    return any(
        not one.role and not other.role and not knows(f"{one.text}_{other.text}")
        for one, other in pairwise(asked.words)
    )


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said before, and what is needed to read it."""

    history: Sequence[Turn]
    documents: Sequence[Document]
    lexicon: Lexicon
    read: Callable[[str], Understood]
    knows: Callable[[str], bool]  #: whether a syllable or pair occurs in the papers
    headed: Callable[[Understood], Collection[str]]  #: bodies that the papers meant give a clause

    @property
    def earlier(self) -> list[str]:
        """The questions before."""
        return [t.content for t in self.history if t.role == "user"]

    @property
    def answer(self) -> str:
        """The last answer."""
        return next((t.content for t in reversed(self.history) if t.role == "assistant"), "")


def readings(asked: Understood, talk: Talk) -> Readings:
    """`asked` made whole: whose paper is meant, and the subject when it names none itself."""
    if not talk.earlier or not any(c.isalpha() for c in asked.folded):
        return Readings(asked)
    before = talk.read(_whole_earlier(talk))
    replies = _replies(asked, talk.answer)
    narrows = _asked_back(talk.answer) and not _has_subject(asked, talk.lexicon)
    if not (replies or narrows or leans(asked, talk.lexicon, talk.knows)):
        return _leaning_on_nothing(asked, before, talk)
    told = _told_by_number(asked, before, talk)
    if told:
        return Readings(told)
    if _one_of_several(asked, before, talk):
        return Readings(asked, of_several=before)
    if not _has_scope(asked, before, talk) and _asks_addressees(asked, before):
        asked = talk.read(_ADDRESSEES)
        sent = [_ADDRESSEES, _scope_of(asked, before, talk)]
        return Readings(_merged(sent, asked, talk, kept=True))
    if _speaks_of_another(asked, before):
        sent = [f"{_scope_of(asked, before, talk)},", _STOP.sub(", ", asked.text)]
        return Readings(_merged(sent, asked, talk, kept=True))
    asked = _spelt_out(asked, before, talk)
    return _replied(asked, before, talk) if replies else _leaning(asked, before, talk)


def _replied(asked: Understood, before: Understood, talk: Talk) -> Readings:
    """The question before, of what was said to be meant when it was asked back."""
    said = _subject(before, keep_cues=True, bodies=not _names_actor(asked))
    return Readings(_merged([*_scoped(asked, before, talk), said], asked, talk, kept=False))


def _scoped(asked: Understood, before: Understood, talk: Talk) -> list[str]:
    """Its own words and, where it names no paper, those for the paper meant."""
    parts = [_STOP.sub(", ", asked.text)]  # one sentence: what is added belongs to the question
    if not _has_scope(asked, before, talk):
        parts.append(paper_pointed_at(asked, talk.answer) or _scope_of(asked, before, talk))
    return parts


def _leaning(asked: Understood, before: Understood, talk: Talk) -> Readings:
    """The subject that it inherits or its own, and the readings that may be surer."""
    strong = [f for f in asked.facets if f != "definition"]
    if strong == ["lead"] and not _weighty(asked, talk.lexicon) and says("who", asked.folded):
        strong = []  # "bên Lạng Sơn thì là ai?": whatever was asked before
    own_scope = _has_scope(asked, before, talk)
    parts = _scoped(asked, before, talk)
    others = (
        *(() if own_scope else _of_body(parts, asked, before, talk)),
        *_others(parts, asked, before, talk, strong),
    )
    told_of = not own_scope and bool(set(strong[:1]) & _OF_A_PAPER) and _another_told(talk)
    if not (told_of or _lacks_subject(asked, strong, talk.lexicon, own_scope=own_scope)):
        if says("points_body", asked.folded) and not _names_actor(asked):
            parts.append(body_meant(before, talk.answer, talk.read))
        return Readings(_merged(parts, asked, talk, kept=bool(strong)), others=others)
    acts = _names_actor(asked)
    counts = bool(_COUNTS.search(asked.folded))
    of_paper = bool(set(strong[:1]) & _OF_THE_PAPER) and not told_of
    # "Thế còn kinh phí?" after a body's tasks is not asked of that body.
    bodies = not acts and not (of_paper and "task" in before.facets)
    subject = _subject(before, keep_cues=not (strong or counts), bodies=bodies)
    whole = _merged([*parts, subject], asked, talk, kept=bool(strong) or counts)
    if own_scope and not (asked.facets or acts or counts or _weighty(asked, talk.lexicon)):
        # "Còn Chỉ thị 07?": all of the question before, asked of another paper as if by itself.
        return Readings(replace(whole, leans=len(talk.earlier) > 1))
    of_it = (told_of or set(strong) <= _OF_A_TASK) and not _has_subject(asked, talk.lexicon)
    if of_it and not own_scope:
        whole = replace(whole, spoken=tuple(a.address for a in find_addresses(talk.answer)))
    own_first = _has_subject(asked, talk.lexicon)
    stated = next((o.understood for o in others if own_first and o.more == ALONE), None)
    topic = own_first and bool(_TOPIC.search(asked.folded))
    if not (own_first or acts):
        first = bool(_SAID_ONCE.search(asked.folded)) and not says("leans", asked.folded)
        alone = _merged(parts, asked, talk, kept=True) if of_paper or first else None
        if alone and not first:
            others = (*others, Other(alone, ALONE))
        return Readings(whole, alone, first, first, others, stated)
    same_task = "task" in before.facets and not _MENTIONS.search(asked.folded)
    if not acts and (same_task or says("points_body", asked.folded)):
        parts.append(body_meant(before, talk.answer, talk.read))  # it is still that body's task
    own = _merged(parts, asked, talk, kept=bool(strong))
    return Readings(whole, own, own_first, topic, others, stated)


def _others(
    parts: Sequence[str], asked: Understood, before: Understood, talk: Talk, strong: Sequence[str]
) -> tuple[Other, ...]:
    """Its own words, as they are and in the form of the question before, of the paper meant.

    "Thế con người?" after "… nói gì về kinh phí?" is "con người, nói gì về". A mere kind of fact
    ("ai phối hợp?") has no words of its own.
    """
    mere = strong and not _has_subject(asked, talk.lexicon)
    if mere or not _weighty(asked, talk.lexicon):
        return ()
    form = " ".join(w.text for w in before.words if w.role == "stop")
    own = _merged(parts, asked, talk, kept=True)
    formed = _merged([*parts, form], asked, talk, kept=bool(strong))
    others = (Other(own, ALONE), Other(formed, IN_FORM))
    if _TOPIC.search(asked.folded):
        return others
    subject = _subject(before, keep_cues=not strong, bodies=not _names_actor(asked))
    merged = _merged([*parts, subject], asked, talk, kept=bool(strong))
    return (*others, Other(merged, MERGED))


def _another_told(talk: Talk) -> bool:
    """Whether the last answer told of a paper by number or date that is not the one it is from."""
    dated = _DATED.search(SOURCE.sub("", talk.answer))
    return bool(find_addresses(talk.answer)) and bool(_numbers_told(talk) or dated)


def _numbers_told(talk: Talk) -> list[str]:
    """Numbers of papers that the last answer told of and that are not in the library."""
    held = {fold(d.identity.number or "") for d in talk.documents}
    # What stands behind "về" is what the paper is about, or its title.
    numbers = find_numbers(_ABOUT.split(SOURCE.sub("", talk.answer))[0])
    return list(dict.fromkeys(n.text for n in numbers if n.sign and fold(n.text) not in held))


def _told_by_number(asked: Understood, before: Understood, talk: Talk) -> Understood | None:
    """ "Văn bản ấy ai ký?": the same of the one paper that the last answer told of by number."""
    # A paper that was asked for is dated by the words that tell of it; who signed it they say not.
    which = {"basis", "number"} & set(before.facets) and not before.papers
    sourced = SOURCE.search(talk.answer) or (which and asked.facets[:1] == ("paper_date",))
    told = _numbers_told(talk) if sourced else []
    pointed = _ONE.search(asked.folded)
    of_paper = set(asked.facets[:1]) & {"signer", "number", "paper_date"}
    if not (pointed and of_paper and len(told) == 1) or _has_scope(asked, before, talk):
        return None
    return talk.read(f"{_STOP.sub(', ', asked.text)}, {told[0]}")


def _speaks_of_another(asked: Understood, before: Understood) -> bool:
    """ "Nó có dính gì tới Chỉ thị 07?": the paper meant is pointed at, another one is spoken of."""
    pointed = _OF_ONE.search(asked.folded)
    if not pointed or not asked.papers or asked.places:
        return False
    spoken = {p.number for p in before.papers}
    if pointed["kind"] in {p.kind for p in asked.papers}:
        return False  # "qua Chỉ thị 07 đi, ai ký chỉ thị này?"
    return bool(spoken or before.places) and not any(p.number in spoken for p in asked.papers)


def _replies(asked: Understood, answer: str) -> bool:
    """Whether `asked` answers what was asked back, and asks nothing itself: "Hưng Yên nhé"."""
    asks = asked.facets or "?" in asked.text or says("asks", asked.folded)
    return _asked_back(answer) and not asks


def _asked_back(answer: str) -> bool:
    return answer.rstrip().endswith("?")


def _one_of_several(asked: Understood, before: Understood, talk: Talk) -> bool:
    """Whether `asked` means one paper where papers of several places were spoken of."""
    found = _ONE.search(asked.folded)
    if not found or len(before.places) < 2 or _has_scope(asked, before, talk):
        return False
    return len(talk.read(talk.answer).places) != 1


def _merged(parts: Sequence[str], asked: Understood, talk: Talk, *, kept: bool) -> Understood:
    """`parts` read as one question; `kept`: the kinds of fact asked for are those of `asked`."""
    merged = talk.read(" ".join(p for p in parts if p))
    merged = replace(merged, inherited=tuple(b for b in merged.bodies if b not in asked.bodies))
    return replace(merged, facets=asked.facets) if kept else merged


def _leaning_on_nothing(asked: Understood, before: Understood, talk: Talk) -> Readings:
    """A whole question; one that names no paper may be asked of the one spoken of."""
    if _has_scope(asked, before, talk) or max(len(before.places), len(before.papers)) > 1:
        return Readings(asked)
    scope = _scope_of(asked, before, talk)
    if not scope:
        return Readings(asked)
    parts = [_STOP.sub(", ", asked.text), scope]
    subject = _subject(before, keep_cues=not asked.facets, bodies=not _names_actor(asked))
    merged = _merged([*parts, subject], asked, talk, kept=bool(asked.facets))
    own = _merged(parts, asked, talk, kept=True)
    others = (*_of_body(parts, asked, before, talk), Other(merged, MERGED))
    return Readings(asked, own, _asked_back(talk.answer), others=others)


def _of_body(
    parts: Sequence[str], asked: Understood, before: Understood, talk: Talk
) -> Iterator[Other]:
    """Its own words, asked of the body that was spoken of: "kết quả thì báo cáo cho ai?"."""
    of_task = set(asked.facets[:1]) & _OF_ITS_WORK and _has_subject(asked, talk.lexicon)
    if _names_actor(asked) or not of_task:
        return
    headed = talk.headed(talk.read(" ".join(parts)))
    named = " ".join(w.text for w in before.words if w.role == "body")
    bodies = [b for b in before.bodies if b in headed and " ".join(tokens_of(b)) in named]
    if len(bodies) == 1:
        yield Other(_merged([*parts, *bodies], asked, talk, kept=True), OF_BODY)


def _scope_of(asked: Understood, before: Understood, talk: Talk) -> str:
    """Words for the paper spoken of, without its year where `asked` names one."""
    words = scope_words(before, talk.answer, talk.documents, talk.read)
    return _YEAR.sub("", words) if asked.years else words


def _has_subject(asked: Understood, lexicon: Lexicon) -> bool:
    """Whether it says itself what about, beside the kind of fact asked for."""
    if says("points", asked.folded):
        return False
    cues = (m.group() for f in lexicon.facets for m in f.cue.finditer(asked.folded))
    said = {word for cue in cues for word in cue.split()} | _FACET_WORDS | _AFTER
    return any(t not in said for t in _weighty(asked, lexicon))


def _spelt_out(asked: Understood, before: Understood, talk: Talk) -> Understood:
    """ "Năm sau đó", "bên Thanh tra": the year and the body that are meant, in full."""
    years = before.years or talk.read(talk.answer).years
    offered = picked(asked, talk.answer)
    if offered:
        return talk.read(f"{asked.text.rstrip(' ?.!')}, {offered}")
    found = _YEAR_AFTER.search(asked.folded)
    if found and len(years) == 1:
        year = years[0] + (1 if found["after"] or found["later"] else -1)
        asked = talk.read(f"{asked.folded[: found.start()]}nam {year}{asked.folded[found.end() :]}")
    if asked.bodies or not asked.content or set(asked.facets) - {"task"}:
        return asked  # "ai phối hợp?" is no council, though one is called so
    name = f" {' '.join(asked.content)} "
    of_paper = talk.headed(talk.read(_scope_of(asked, before, talk)))
    meant = [
        body
        for body in of_paper
        if name in f" {' '.join(tokens_of(body))} " and _typed_so(asked, body)
    ]
    return talk.read(f"{asked.text.rstrip(' ?.!')}, {meant[0]}") if len(meant) == 1 else asked


def _typed_so(asked: Understood, name: str) -> bool:
    """Whether the content stands in a name with the same accents, or is typed without any."""
    printed = set(name.casefold().split())
    written = unicodedata.normalize("NFC", asked.text).casefold()
    typed = (w.strip(",.?!") for w in written.split())
    return all(w in printed or w == fold(w) for w in typed if fold(w) in asked.content)


def _asks_addressees(asked: Understood, before: Understood) -> bool:
    """ "Gửi những đâu?" of a paper that is pointed at, or whose signer or number was asked."""
    sent = _SENT.search(asked.folded)
    of_paper = bool({"signer", "number"} & set(before.facets))
    return bool(sent and (sent["paper"] or of_paper))


def _has_scope(asked: Understood, before: Understood, talk: Talk) -> bool:
    """Whether the question itself says whose paper: a place, a number, an issuer, "của sở".

    "Của sở" names none: where a place was spoken of, it is that one's.
    """
    named = asked.places or asked.strangers or asked.papers or _owns(asked, talk.documents)
    return bool(named) or (
        (says("local", asked.folded) or says("level", asked.folded)) and not before.places
    )


def _names_actor(asked: Understood) -> bool:
    """Whether it names a body that is not just the issuer of a paper."""
    return any(w.role == "body" for w in asked.words)


def _lacks_subject(
    asked: Understood, strong: Sequence[str], lexicon: Lexicon, *, own_scope: bool
) -> bool:
    """Whether the subject is still the earlier one; `strong`: kinds of fact surely asked for."""
    of_paper = not set(strong) & _OF_A_TASK or set(strong) & _OF_A_PAPER
    if strong and of_paper and (own_scope or strong[0] in _OF_A_PAPER):
        return False  # the fact is asked of the whole paper
    if "task" in strong and _names_actor(asked):
        return False  # the body is the subject
    weighty = _weighty(asked, lexicon)
    if strong:
        weighty = [t for t in weighty if t not in _FACET_WORDS]
    bare = len(weighty) <= 1 or (not strong and len(weighty) <= _SHORT_WEIGHTY)
    return bare or says("points", asked.folded)


def _whole_earlier(talk: Talk) -> str:
    """The last question, with the one before it when it leaned itself.

    One that named its paper leaves the other the subject alone: no paper, no place of that one.
    """
    *others, last = (_STOP.sub(", ", text) for text in talk.earlier)
    asked = talk.read(last)
    if not others:
        return last
    if not leans(asked, talk.lexicon, talk.knows):
        if asked.places or asked.papers:
            return last
        named = [u for text in reversed(others) if (u := talk.read(text)).places or u.papers]
        words = (w.text for u in named[:1] for w in u.words if w.role in OF_SCOPE)
        return " ".join([last, *words])
    if not _has_scope(asked, talk.read(others[-1]), talk):
        return f"{last} {others[-1]}"
    if _has_subject(asked, talk.lexicon):
        return last
    bodies = not _names_actor(asked)
    return f"{last} {_subject(talk.read(others[-1]), keep_cues=not asked.facets, bodies=bodies)}"


def _owns(asked: Understood, documents: Sequence[Document]) -> bool:
    issuers = fold(" ".join(d.identity.issuer or "" for d in documents))
    return any(fold(b) in issuers for b in asked.bodies)


def _subject(before: Understood, *, keep_cues: bool, bodies: bool) -> str:
    roles = {"", "stop"} if keep_cues else {""}
    roles |= {"body"} if bodies else set()
    return " ".join(w.text for w in before.words if w.role in roles)
