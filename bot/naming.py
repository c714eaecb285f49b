"""Names in a question: places, bodies, who is asking, and names that nobody knows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from bot.lexicon import load_lexicon, says, word_set
from bot.words import Vocabulary, Word
from knowledge.citations import find_numbers
from knowledge.organisations import Found, Names, Organisations, tokens_of, typed_tokens
from knowledge.vietnamese import compose, fold, is_syllable

#: Capital letters with and without accents; a range "À-Ỹ" would hold small ones too.
UPPER = "".join(c for c in map(chr, range(0x41, 0x1EFA)) if c.isupper())
_CAPITALS = re.compile(r"\b[A-ZĐ]{3,}\b")
#: Slips of the keyboard at the edge of a syllable → what was meant.
_SLIPS = (
    (re.compile(r"([aeiouy])g$"), r"\1ng"),
    (re.compile(r"^f"), "ph"),
    (re.compile(r"^w"), "qu"),
    (re.compile(r"^z"), "d"),
)
_AREA = re.compile(
    r"\b(?:[Hh]uyện|[Xx]ã|[Pp]hường|[Qq]uận|[Tt]hị xã|[Tt]hị trấn|[Tt]ỉnh|[Tt]hành phố"
    r"|[Hh]uyen|[Xx]a|[Pp]huong|[Tt]hi xa|[Tt]hi tran|[Tt][Pp]\.?)\s+"
    r"((?:[" + UPPER + r"][\w’'ʼ-]*\s?){1,3})"
)
#: Kinds of area that are no other word when typed without accents ("xa" may be "far").
_BARE_AREAS = word_set("huyen tinh")
#: What stands before the name of a district that is typed without capitals.
_PLACED = word_set("o tai huyen")
#: Names that follow a body as other words do: "phòng … cần giờ nào".
_EVERYDAY = frozenset(
    (
        *("Cần Giờ", "Cần Đước", "Cờ Đỏ", "Năm Căn", "Cam Lộ", "Văn Bàn", "Thống Nhất", "Vụ Bản"),
        *("Quản Bạ", "Ba Vì", "Đại Từ", "Kế Sách", "Minh Hóa", "Sông Công", "Như Thanh", "Tuy An"),
    )
)
_AREA_WORDS = word_set("huyen quan xa tp pho thi tran so phong truong ben con")
#: Before two capitals they begin the name of a person: "Phạm Bình Minh".
_SURNAMES = word_set(
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh trinh mai cao luu"
)
_WORDS = re.compile(r"\d+(?:[.,/]\d+)*|[^\W\d_]+")
_SEVERAL = word_set("cac nhung moi tung nhieu hai ba bon toan cap o tai cua hay va")
#: A body followed by one of these is the asker's own: "phòng em", "sở chúng tôi".
_OURS = word_set("chung toi em minh")
#: What follows "xây dựng" when it is a verb: "xây dựng kế hoạch", "xây dựng văn bản" …
_BUILT = word_set("ke noi tai van chuong bao chinh")
#: What follows "tt số" when it is no circular's number.
_NO_CIRCULAR = word_set("may bao nao")
#: Letters from which a known abbreviation at the end explains a longer one: "PHPBGDPL".
_TAIL = 5
#: An introduction ends where less than this would be left to ask.
_SHORTEST_QUESTION = 3
#: Tokens below which the sentence that asks does not say what about.
_SHORTEST_ASKED = 8
#: Points at what was told before.
_BACK = re.compile(
    r"\b(?:viec|cai|dieu|muc|nhiem vu|bao cao|phan|cach|cho|chuyen|noi|kieu|loai|khoan|thu|luat)"
    r" (?:nay|do|kia|ay)\b"
)
#: At the end: "…, để bác ghi vào sổ họp chi hội".
_USE = re.compile(
    r"\bde (?:em|toi|minh|chau|con|bac|chu|co|anh|chi|ong|ba|tui|chung toi|chung em) (?:con )?"
    r"(?:ghi|viet|noi lai|bao lai|doc|tra loi|giai thich|pho bien|in|chep|trinh bay)\b.*$"
)
_DENIED = re.compile(r"\bchu (?:khong|ko|k) phai\b[^,.?!;]*")
_END = re.compile(r"[?!;:()]|\.(?=\s)")
_SENTENCE = re.compile(r"(?<=[.!?;…])\s+|\n+")
#: A polite beginning up to a colon: "Em mới về phòng, sếp giao đọc kế hoạch: …".
_POLITE = re.compile(
    r"^(?:da|thua|kinh|xin|chao|em|toi|minh|chau|con|nho|giai thich|cho)\b[^:?]{30,}:(?=\s)"
)


def tag_names(
    text: str, bodies: Names, places: Names, districts: Sequence[Found] = ()
) -> list[Word]:
    """Tokens with the names in them; where a body and a place overlap, the longer one counts.

    `districts`: where a district stands for its province, which is the name.
    """
    standing = {found.start: found for found in districts}
    tokens, typed = _unslipped(tokens_of(compose(text))), typed_tokens(text)
    if len(typed) != len(tokens):
        typed = list(tokens)
    aside = set(range(_introduction(text))) | _told(text) | _use(text) | _denied(text)
    signs = _signs(text)
    ends = _ends(text)
    words: list[Word] = []
    at = 0
    while at < len(tokens):
        intro = at in aside
        if at in signs:
            words.append(Word(tokens[at], "sign"))
            at += 1
            continue
        within = tokens[: next((end for end in ends if end > at), len(tokens))]
        body = _body_at(bodies, within, typed, at)
        place = places.at(tokens, at, typed=typed) or places.near(tokens, at, typed=typed)
        place = place or standing.get(at)
        if place and (not body or place.end >= body.end):
            words.extend(_named(place, "place"))
            at = place.end
        elif body:
            words.extend(_named(body, _role_of(body, tokens, typed, intro=intro)))
            # "thanh tra sở gd": the last word begins a second name.
            again = _body_at(bodies, within, typed, body.end - 1)
            at = body.end - 1 if again and again.end > body.end else body.end
        else:
            words.append(Word(tokens[at], "intro" if intro else ""))
            at += 1
    return words


def districts_in(text: str, organisations: Organisations) -> list[Found]:
    """Districts of the provinces by their names alone, "Sa Pa", as capitals or "ở" show them.

    So does a body before it, "phong tu phap sa pa". Without any of these they may be other words:
    "tham gia làm" holds "Gia Lâm".
    """
    words = _WORDS.findall(compose(text))
    tokens = [fold(w) for w in words]
    if tokens != tokens_of(text):
        return []
    typed, names = [w.lower() for w in words], organisations.plain_districts
    behind = {body.end for body in organisations.body_names.find(tokens)}
    districts: list[Found] = []
    at = 0
    while at < len(tokens):
        found = names.at(tokens, at, typed=typed)
        of_body = found and at in behind and found.name not in _EVERYDAY
        if found and (of_body or _stands_for_place(words, tokens, found)):
            districts.append(found)
        at = districts[-1].end if found and districts[-1:] == [found] else at + 1
    return districts


def _stands_for_place(words: Sequence[str], tokens: Sequence[str], found: Found) -> bool:
    before, word = "".join(tokens[: found.start][-1:]), "".join(words[: found.start][-1:])
    if before in _PLACED:
        return True
    capitals = all(w[0].isupper() and not w[1:].isupper() for w in words[found.start : found.end])
    within_name = word.istitle() and before not in _AREA_WORDS and found.start > 1
    return capitals and not within_name and before not in _SURNAMES


def _role_of(body: Found, tokens: Sequence[str], typed: Sequence[str], *, intro: bool) -> str:
    """ "asker" where it is the person's own, or asks: "Kho bạc hỏi: …"; else "body"."""
    following = typed[body.end : body.end + 1]
    if intro or _OURS & set(tokens[body.end : body.end + 1]) or list(following) == ["hỏi"]:
        return "asker"
    return "body"


def _ends(text: str) -> list[int]:
    """Positions before which a sentence or a bracket ends, or one begins.

    A name holds none of them: "… của sở. Kế hoạch …" is no department of planning.
    """
    composed = compose(text)
    said = [(m.group(), tokens_of(composed[: m.start()])) for m in _END.finditer(composed)]
    # A point after an abbreviation ("TP. Hải Phòng") ends nothing.
    return [len(t) for sign, t in said if t and (sign != "." or is_syllable(t[-1]))]


def strangers_in(
    text: str,
    words: Sequence[Word],
    places: Names,
    organisations: Organisations,
    vocabulary: Vocabulary,
) -> tuple[str, ...]:
    """Places that are named and that nobody knows: "huyện Sa Thầy", "huyen sa thay"."""
    printed = _printed_strangers(text, places, vocabulary)
    typed = _typed_strangers(words, organisations.area_syllables, vocabulary)
    return tuple(dict.fromkeys([*printed, *typed]))


def unknown_names(
    text: str, organisations: Organisations, vocabulary: Vocabulary
) -> tuple[str, ...]:
    """ "VNPT", "EVN": capitals that neither the papers nor the tables know.

    Not those in the words for who is asking ("Giáo viên dạy GDCD hỏi: …").
    """
    if text.upper() == text:
        return ()
    tokens, asking = tokens_of(text), _introduction(text)
    told = set(tokens[:asking]) - set(tokens[asking:])
    within = {t for f in organisations.body_names.find(tokens) for t in tokens[f.start : f.end]}
    names = [
        name
        for name in dict.fromkeys(_CAPITALS.findall(compose(text)))
        if fold(name) not in told | within
    ]
    return tuple(
        name
        for name in names
        if not vocabulary.knows(fold(name))
        and fold(name) not in organisations.abbreviations
        and not organisations.body_names.find([fold(name)])
        and not any(fold(name).endswith(a) for a in organisations.abbreviations if len(a) >= _TAIL)
        and not all(is_syllable(t) for t in tokens_of(name))
    )


def _printed_strangers(text: str, places: Names, vocabulary: Vocabulary) -> Iterator[str]:
    """Areas written with capitals."""
    for name in _AREA.findall(compose(text)):
        tokens = tokens_of(name)
        strange = not all(vocabulary.knows(t) for t in tokens) or (
            len(tokens) > 1 and not vocabulary.pair(f"{tokens[0]}_{tokens[1]}")
        )
        if tokens and strange and not places.find(tokens):
            yield name.strip()


def _typed_strangers(
    words: Sequence[Word], syllables: Collection[str], vocabulary: Vocabulary
) -> Iterator[str]:
    """Areas typed without capitals, of which a syllable occurs in no paper.

    `syllables`: those of names of areas; "chờ huyện rót tiền" names none.
    """
    before = ["", *(w.text for w in words)]
    for i, (area, name) in enumerate(pairwise(words)):
        bare = area.text in _BARE_AREAS and not (area.role or name.role)
        bare = bare and before[i] not in _SEVERAL  # "các tỉnh thuê báo" names none
        if bare and name.text in syllables and not vocabulary.knows(name.text):
            yield name.text
    for area, one, two in zip(words, words[1:], words[2:], strict=False):
        bare = area.text in _BARE_AREAS and not (one.role or two.role)
        bare = bare and (not area.role or area.role.startswith("body:"))
        said = one.text in load_lexicon().stop
        half_known = vocabulary.knows(one.text) and not vocabulary.knows(two.text) and not said
        if bare and two.text in syllables and half_known:
            yield f"{one.text} {two.text}"


def _named(found: Found, role: str) -> Iterator[Word]:
    return (Word(token, f"{role}:{found.name}") for token in tokens_of(found.name))


def _body_at(bodies: Names, tokens: Sequence[str], typed: Sequence[str], at: int) -> Found | None:
    body = bodies.at(tokens, at, typed=typed)
    return None if body and _misread(tokens, body) else body


def _misread(tokens: Sequence[str], body: Found) -> bool:
    """ "so ke hoach cua …" is a plan's number, "lãnh đạo Sở xây dựng kế hoạch" no department."""
    following = tokens[body.end : body.end + 1]
    if not following:
        return False
    if list(tokens[body.start : body.end]) == ["tt", "so"]:
        return following[0] in _NO_CIRCULAR or following[0].isdigit()
    if tokens[body.start] != "so":
        return False
    building = list(tokens[body.start : body.end]) == ["so", "xay", "dung"]
    number = list(tokens[body.start : body.start + 3]) == ["so", "ke", "hoach"]
    of_paper = number and list(following) == ["cua"]
    return of_paper or (building and following[0] in _BUILT)


def _signs(text: str) -> set[int]:
    """Positions of the tokens of papers' numbers: "KH-SGDĐT" names no body, "đc" no word."""
    inside: set[int] = set()
    for found in find_numbers(text):
        if found.sign:
            start = len(tokens_of(text[: found.start]))
            inside |= set(range(start, start + len(tokens_of(text[found.start : found.end]))))
    return inside


def _introduction(text: str) -> int:
    """How many tokens say who is asking ("Tôi là hiệu trưởng THPT, …") before the question."""
    asker = load_lexicon().patterns["asker"]
    folded, tokens = fold(compose(text)), 0
    while found := asker.search(folded):
        said = len(tokens_of(found.group()))
        if not said or len(tokens_of(folded)) - said < _SHORTEST_QUESTION:
            break
        tokens += said
        folded = folded[found.end() :].lstrip()
    return tokens


def _told(text: str) -> set[int]:
    """Positions of the tokens of sentences that tell and do not ask ("Bản của chúng tôi bị mờ.").

    Where nothing asks, or what asks says too little or points back, all of it is the question.
    """
    sentences = [s for s in _SENTENCE.split(compose(text)) if s.strip()]
    polite = _POLITE.match(fold(sentences[0])) if sentences else None
    if polite and len(fold(sentences[0])) == len(sentences[0]):
        sentences[:1] = [sentences[0][: polite.end()], sentences[0][polite.end() :]]
    asking = [says("asks", fold(s)) or s.rstrip().endswith("?") for s in sentences]
    if len(sentences) < 2 or all(asking) or not any(asking):
        return set()
    asked = " ".join(fold(s) for s, asks in zip(sentences, asking, strict=True) if asks)
    short = len(tokens_of(asked)) < _SHORTEST_ASKED
    if short or _BACK.search(asked):
        return set()
    told: set[int] = set()
    at = 0
    for sentence, asks in zip(sentences, asking, strict=True):
        count = len(tokens_of(sentence))
        told |= set() if asks else set(range(at, at + count))
        at += count
    return told


def _use(text: str) -> set[int]:
    """Positions of the tokens that say what the asker wants the answer for, and ask nothing."""
    folded = fold(compose(text))
    found = _USE.search(folded)
    if not found or says("asks", found.group()) or not says("asks", folded[: found.start()]):
        return set()
    start = len(tokens_of(folded[: found.start()]))
    return set(range(start, start + len(tokens_of(found.group()))))


def _denied(text: str) -> set[int]:
    """Positions of the tokens of what is said not to be meant: "…, chứ không phải chủ trì nhé"."""
    folded = fold(compose(text))
    found = _DENIED.search(folded)
    start = len(tokens_of(folded[: found.start()])) if found else 0
    return set(range(start, start + len(tokens_of(found.group())))) if found and start else set()


def _unslipped(tokens: Sequence[str]) -> list[str]:
    """Common slips that leave no syllable mended: "lag" → "lang", "fong" → "phong"."""
    return [t if is_syllable(t) else _mended(t) for t in tokens]


def _mended(token: str) -> str:
    for slip, right in _SLIPS:
        mended = slip.sub(right, token)
        if mended != token and is_syllable(mended):
            return mended
    return token
