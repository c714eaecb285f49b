"""What a question names and a clause with its paper does not meet: said to people, in words.

An answer is allowed only when everything named is met; what is not is just what a refusal says.
"""

from __future__ import annotations

import re
from itertools import pairwise

from bot import particulars
from bot.counting import has_count
from bot.lexicon import Lexicon, heard, says
from bot.outcomes import Asked
from bot.periods import asks_paper_of_year
from bot.texts import say
from bot.views import View, fixed_part
from knowledge.documents import Document
from knowledge.vietnamese import compose, fold

#: Facet → what a clause must say, folded, to be about it at all.
_EVIDENCE = {
    "money": re.compile(r"kinh phi|(?<!ngoai )ngan sach|bo tri nguon luc|du toan|tai tro"),
    "percent": re.compile(r"\d ?%"),
    "criteria": re.compile(r"tieu chi|dieu kien|phai lap de nghi"),
}
#: Where money comes from, when that is asked, is stated only by words for money and its source.
_SOURCE = re.compile(
    r"kinh phi.*(?:(?<!ngoai )ngan sach|nguon|bo tri|du toan|tai tro|quyet toan)"
    r"|(?:(?<!ngoai )ngan sach|nguon|bo tri|du toan|tai tro|quyet toan).*kinh phi",
    re.DOTALL,
)
_TIME = re.compile(
    r"\d{1,2}/\d{1,2}|\bngay \d|\bthang \d|\bquy (?:i|ii|iii|iv|\d)\b|\bnam \d{4}|\bnam 20"
    r"|\b(?:thuong xuyen|hang nam|dinh ky|ngay tu khi|0\d thang)\b"
)
#: A month or quarter that is asked for by name, and how one is printed.
_MONTH_ASKED = re.compile(
    r"\b(?:truoc|vao|trong|den|la|tu|han|xong) (?:cuoi |dau )?(?:thang|qu[yi]) (?:may|nao)\b"
)
_ANY_MONTH_ASKED = re.compile(r"\b(?:thang|qu[yi]) (?:may|nao)\b(?! (?:cung|truoc|sau|khong|ko))")
#: The same of a day.
_DAY_ASKED = re.compile(r"\bngay (?:nao|may|bao nhieu|cu the)\b(?! (?:cung|truoc|sau|khong|ko))")
_DAY = re.compile(r"\d{1,2}/\d{1,2}|\bngay \d|\bmung \d")
_MONTH = re.compile(r"\d{1,2}/\d{1,2}|\bthang \d|\bquy (?:i|ii|iii|iv|\d)\b|\d+ thang\b")
_DATE_ASKED = re.compile(r"\btu (?:ngay|thang|quy|tuan) (?:may|nao)\b")
_REPORTS = re.compile(r"\b(?:bao cao|nop|gui)\b")
#: A period that is asked for → how papers print it, folded.
_PERIODS = (
    (re.compile(r"\b(?:0?6|sau) thang\b"), re.compile(r"\b0?6 thang\b|\bsau thang\b")),
    (re.compile(r"\b(?:0?9|chin) thang\b"), re.compile(r"\b0?9 thang\b|\bchin thang\b")),
    (
        re.compile(r"\b(?:hang|moi|theo|tung) quy\b(?! dinh| pham| che| trinh| hoach)"),
        re.compile(r"\bquy\b(?! dinh| pham| che)"),
    ),
    (re.compile(r"\b(?:hang|moi|tung) (?:thang|tuan)\b"), re.compile(r"\bhang (?:thang|tuan)\b")),
)
#: "Chỉ thị nào", "công văn số mấy": only a clause that cites one of that kind can answer.
_KIND_ASKED = re.compile(
    r"\b(?:(?P<rare>chi thi|thong tu|nghi dinh|nghi quyet) nao"
    r"|(?P<any>chi thi|thong tu|nghi dinh|nghi quyet|cong van|quyet dinh|ke hoach)"
    r" so (?:may|bao nhieu))\b(?! (?:nhac|noi|ghi|quy dinh|neu|de cap|yeu cau|cho phep|dung))"
)
_OF_POLICY = re.compile(r"\b(?:chinh sach|du thao|de an|van ban)\b")
#: "Ai xác định", and the acts that papers word in more than one way.
_WHO_ACTS = re.compile(
    r"\b(?:ai|nguoi nao|co quan nao|don vi nao|phong nao|cap nao)"
    r" (?:o \w+ |la nguoi |chiu trach nhiem |co quyen |se |phai |duoc |di ){0,2}"
    r"(?P<act>xac dinh|kiem chung|xac nhan|chu toa|cong bo|do luong|danh gia|kiem tra|phan cong"
    r"|thong ke|bien tap|quyet dinh|quyet|kiem dem|bo nhiem|thong qua|tham dinh|giam sat)\b"
)
_SAID_FOR = {
    "danh gia": r"danh gia|tong ket|so ket|do luong",
    "kiem tra": r"kiem tra|giam sat|theo doi|don doc|thanh tra",
    "xac dinh": r"xac dinh|lua chon|lap danh muc|danh gia|quyet dinh",
    "phan cong": r"phan cong|giao|chi dao|bo tri",
    "cong bo": r"cong bo|cong khai|dang tai|thong bao",
    "chu toa": r"chu toa|chu tri",
    "do luong": r"do luong|danh gia|khao sat",
    "quyet dinh": r"quyet dinh(?! so| \d)|lua chon|phe duyet|xem xet",
    "quyet": r"quyet dinh(?! so| \d)|lua chon|phe duyet|xem xet",
    "kiem dem": r"kiem dem|thong ke|tong hop|theo doi",
    "giam sat": r"giam sat|kiem tra|theo doi|don doc|thanh tra",
    "thong ke": r"thong ke|tong hop|theo doi",
}
_WORDS = re.compile(r"\d+(?:[.,/]\d+)*|[^\W\d_]+")
#: What a law itself says: "Luật Báo chí cấm những gì?", "theo Luật Đấu thầu thì …".
_LAW = re.compile(
    r"^(?:(?:da|a|ad|anh|chi|em|toi|minh|cho|hoi|xin|vay|the|theo|trong|tai|o|thi|con) )*"
    r"(?P<law>(?:bo luat|luat|phap lenh|hien phap) (?!(?:su|gia|nao|gi|nay|do|ay)\b)(?:\w+ ){1,9}?)"
    r"(?:quy dinh|noi|ghi|yeu cau|cam|cho phep|bat|dinh nghia|co (?:may|bao nhieu)|gom|giao"
    r"|(?<!chi )thi|xu|phat)\b"
)
_TITLE = re.compile("“[^”]*”")
#: A paper, and how many words may stand between it and "của" with the body whose it is.
_OWN_KIND = re.compile(r"\b(?:ke hoach|cong van|quyet dinh|chi thi|thong tu|quy che)\b")
_AFTER_KIND = 9
_SIGNS = re.compile(r"\bky\b")
_SIGNED = re.compile(r"\b[Kk]ý\b")
#: One of two things is asked for.
_EITHER = re.compile(
    r"(?P<one>(?:\w+ )+)(?<!\bkhong )(?<!\bko )(?<!\bk )(?<!\bchua )hay(?: la| o)? "
    r"(?P<other>(?!(?:khong|ko|k|chua|chi|sao|gi|thoi|van|phai|con|co|duoc|ca|bi|may|bao|ai|nua|lai"
    r"|nhu|tu|do|the|khac|noi|cho|dau|mot|ben|la)\b)\w+(?: \w+)*)$"
)
#: What a paper is asked to speak of, at the end of a question.
_ABOUT = re.compile(
    r"\b(?:noi|quy dinh|nhac|de cap|neu|ghi)(?: (?:gi|ro|cu the|nhung gi|the nao|sao)){1,2}"
    r" (?:ve|den|toi) (?P<what>(?:\w+ ?)+)$"
    r"|\bco (?:noi|quy dinh|nhac|de cap|neu|ghi)(?: (?:gi|ro|cu the))*"
    r" (?:ve|den|toi|chuyen) (?P<this>(?:\w+ )+?)(?:hay )?(?:khong|ko|k|chua)(?: \w{1,4})?$"
)
_NEAR_BY = 3  #: words between the two
_SHORTEST_SIDE, _LONGEST_SIDE = 2, 3  #: words of content
#: What a digest says where its source leaves a thing open.
_NUMBER_OPEN = re.compile(r"\bkhong neu so\b")
_UNSURE = re.compile(r"khong cho biet|chua the ket luan|chua thay .{0,60}han")
#: Whether something is so, not what it is.
_WHETHER = re.compile(r"\bco (?!bao nhieu|may ).*\b(?:khong|ko|k|chua)(?: a| vay| nhi| the)*$")


def lacking(view: View, asked: Asked, *, told: bool = False) -> str:
    """The first thing named that is not met; "" when all is.

    `told`: by its meaning the clause surely answers; then its words need not be those expected.
    """
    if told:
        return (
            _fact(view, asked)
            or particulars.lacking_surely(view, asked)
            or _law(view, asked)
            or _of_other(view, asked)
            or _signer(view, asked)
            or _choice(view, asked)
            or _year(view, asked)
            or _period(asked, view)
            or _count(view, asked)
            or _name(view, asked)
        )
    return (
        _fact(view, asked)
        or particulars.lacking_surely(view, asked)
        or _law(view, asked)
        or _of_other(view, asked)
        or _signer(view, asked)
        or _choice(view, asked)
        or _spoken_of(view, asked)
        or _unprinted(view, asked)
        or _who_acts(view, asked)
        or ("" if left_open(view, asked) else _time(view, asked))
        or _count(view, asked)
        or _kind_of_fact(view, asked)
        or _name(view, asked)
        or particulars.lacking(view, asked)
    )


def left_open(view: View, asked: Asked) -> bool:
    """Whether there is a deadline is asked, and the clause says that its source leaves it open."""
    when = "when" in asked.understood.facets
    return when and bool(_WHETHER.search(asked.understood.folded) and _UNSURE.search(view.text))


def evidence_for(asked: Asked) -> re.Pattern[str] | None:
    """What a clause must say, folded, to be about the kind of fact asked for first."""
    facets = asked.understood.facets
    if facets[:1] == ("money",) and says("money_source", asked.understood.folded):
        return _SOURCE
    if facets[:1] == ("criteria",) and not _OF_POLICY.search(asked.understood.folded):
        return None  # "tiêu chuẩn" of anything else
    return _EVIDENCE.get(facets[0]) if facets else None


def asks_kind_of_paper(asked: Asked) -> bool:
    """Whether a paper of a certain kind is asked for: "chỉ thị nào"."""
    return bool(_KIND_ASKED.search(asked.understood.folded))


def _fact(view: View, asked: Asked) -> str:
    """A fact that papers seldom state: a phone number, a penalty."""
    for fact in asked.facts:
        if fact.name == "procedure" and {"basis", "number"} & set(asked.understood.facets):
            continue
        if not fact.evidence.search(view.plain):
            return say("silent.fact", name=fact.words)
    return ""


def _law(view: View, asked: Asked) -> str:
    """What a law says: only a clause that is headed by it does, others name it."""
    held = asked.understood.places or asked.understood.papers
    law = None if held else _LAW.search(asked.understood.folded)
    if not law or re.search(r"\bluat\b", fold(view.clause.heading)):
        return ""
    first = len(law[0][: law.start("law")].split())
    typed = _WORDS.findall(compose(asked.understood.text))
    words = typed[first : first + len(law["law"].split())]
    return say("silent.law", name=" ".join(words))


def _of_other(view: View, asked: Asked) -> str:
    """What another body's paper says or who signed it: only a clause headed by it tells that."""
    understood = asked.understood
    which = {"basis", "number", "when"} & set(understood.facets) or asks_kind_of_paper(asked)
    if which or not understood.bodies or view.heads & set(understood.bodies):
        return ""
    words = understood.words
    for at, word in enumerate(words):
        if word.role != "body" or at == 0 or words[at - 1].text != "cua":
            continue
        before = " ".join(w.text for w in words[max(0, at - _AFTER_KIND) : at - 1])
        after = " ".join(w.text for w in words[at:])
        told = says("content_of", after) or "signer" in understood.facets
        if told and _OWN_KIND.search(before):
            return say("silent.unheld", body=understood.bodies[0])
    return ""


def _signer(view: View, asked: Asked) -> str:
    """Who signed: only a clause that tells of it does, or the part that bears the name."""
    facets = asked.understood.facets
    leads = "lead" in facets and not _SIGNS.search(asked.understood.folded)
    if facets[:1] != ("signer",) or leads or _SIGNED.search(view.clause.text):
        return ""
    named = fixed_part(view.clause) in ("signature", "head")
    return "" if named else say("silent.facet", name=say("facets.signer"))


def _choice(view: View, asked: Asked) -> str:
    """ "Ở hội trường hay nhà văn hóa?": a clause that prints neither does not say which."""
    found = _EITHER.search(asked.understood.folded)
    if not found or says("asks", found["other"]):
        return ""
    lexicon = asked.lexicon
    sides = [
        _said(found["one"], lexicon)[-_LONGEST_SIDE:],
        _said(found["other"], lexicon)[:_LONGEST_SIDE],
    ]
    things = [set(side) & lexicon.foreign for side in sides]
    if all(things):
        return "" if any(t in view.text for t in set.union(*things)) else say("silent.unmet")
    if not all(len(side) >= _SHORTEST_SIDE for side in sides):
        return ""
    told = {w for h in heard(lexicon, asked.understood.folded) for w in h.words.split()}
    for side in sides:
        if told & set(side) or any(" ".join(pair) in view.text for pair in pairwise(side)):
            return ""
    return say("silent.unmet")


def _spoken_of(view: View, asked: Asked) -> str:
    """ "… nói gì về trẻ em?": only a clause with words for it speaks of it."""
    found = _ABOUT.search(asked.understood.folded)
    if not found or any(sign.isdigit() for sign in found[0]):
        return ""  # a paper or a year is met elsewhere
    folded, lexicon = asked.understood.folded, asked.lexicon
    what = [w for w in (found["what"] or found["this"]).split() if w not in lexicon.particles]
    said = {w for h in heard(lexicon, folded) for w in h.words.split()}
    pairs = [" ".join(pair) for pair in pairwise(what)] or what
    told = said & set(what) or any(f" {pair} " in f" {view.text} " for pair in pairs)
    return "" if told or not what else say("silent.unmet")


def _said(words: str, lexicon: Lexicon) -> list[str]:
    """The words of one side that carry content, from the last or first break on."""
    return [w for w in words.split() if w not in lexicon.particles]


def _unprinted(view: View, asked: Asked) -> str:
    """A thing with a word of its own that the clause does not print: "ủy quyền", "nặc danh"."""
    folded = asked.understood.folded
    for words in asked.lexicon.printed:
        found = words.search(folded)
        if found and not words.search(view.plain) and not _other_told(view, found, folded):
            return say("silent.unmet")
    return ""


def _other_told(view: View, found: re.Match[str], folded: str) -> bool:
    """ "Đặt hàng hay phải đấu thầu?": the clause prints the one before "hay"."""
    before, either, between = folded[: found.start()].rpartition(" hay ")
    other = before.split()[-2:]
    beside = either and len(between.split()) < _NEAR_BY
    return bool(beside) and " ".join(other) in view.text


def _who_acts(view: View, asked: Asked) -> str:
    """Who decides, measures, checks: only a clause that speaks of the act says who does it."""
    found = _WHO_ACTS.search(asked.understood.folded)
    if not found:
        return ""
    act = found["act"]
    printed = _SAID_FOR.get(act, rf"\b{act}\b")
    return "" if re.search(printed, view.plain) else say("silent.unmet")


def _time(view: View, asked: Asked) -> str:
    """A year, an exact day or the period of a report."""
    asks = asked.understood
    year = _year(view, asked)
    if year:
        return year
    dated = asks.exact or asks.facets[:1] == ("when",) or _DATE_ASKED.search(asks.folded)
    timed = dated and "clock" not in asks.facts
    if timed and "when" in asks.facets and not _shows_time(view):
        return say("silent.facet", name=say("facets.day"))
    # Where nobody is named, what one paper does not date others may.
    month = _ANY_MONTH_ASKED if asks.places or asks.papers else _MONTH_ASKED
    if timed and month.search(asks.folded) and not _MONTH.search(view.plain):
        return say("silent.facet", name=say("facets.when"))
    if asks.exact and _DAY_ASKED.search(asks.folded) and not _DAY.search(view.plain):
        return say("silent.facet", name=say("facets.day"))
    return _period(asked, view)


def _year(view: View, asked: Asked) -> str:
    """A year that neither the paper covers nor the clause names."""
    years = asked.understood.years
    of_year = view.document.digest and asks_paper_of_year(asked.understood)
    dated = (view.document.identity.date or "")[:4]
    if years and of_year and not any(str(y) in view.text or str(y) == dated for y in years):
        return say("silent.year", name=years[0])  # "Kế hoạch năm 2026 của Bộ …"
    printed = view.text if view.document.digest else _said_itself(view)
    if years and not any(
        _covers(view.document, y, asked.today.year) or str(y) in printed for y in years
    ):
        return say("silent.year", name=years[0])
    return ""


def _said_itself(view: View) -> str:
    """The clause without those under it and without names of papers: “Đề án … 2022–2027”."""
    return _TITLE.sub(" ", f"{view.clause.heading} {view.clause.text}")


def _shows_time(view: View) -> bool:
    """A date or period stands in the clause, or a duty of it has one."""
    return any(d.when.kind != "none" for d in view.duties) or bool(_TIME.search(view.plain))


def _period(asked: Asked, view: View) -> str:
    """The period of a report that is asked for ("6 tháng", "hằng quý") and not printed."""
    folded = asked.understood.folded
    if not _REPORTS.search(folded):
        return ""
    for words, printed in _PERIODS:
        found = words.search(folded)
        if found and not printed.search(view.text):
            return say("silent.period", period=found.group())
    return ""


def _count(view: View, asked: Asked) -> str:
    """A count ("mấy số", "bao nhiêu cuộc") for which the clause has no number."""
    counted = has_count(asked.understood, plain=view.plain, text=view.text)
    return "" if counted else say("silent.fact", name=say("facets.count"))


def _kind_of_fact(view: View, asked: Asked) -> str:
    """Money, a share, criteria, a paper of the kind asked for; what a digest leaves open."""
    asks = asked.understood
    kind = _KIND_ASKED.search(asks.folded)
    named = kind and (kind["rare"] or kind["any"])
    if named and not re.search(rf"\b{named}\b[^.;]{{0,30}}\d", view.plain):
        return say("silent.facet", name=say("facets.cited"))
    evidence, open_ = evidence_for(asked), left_open(view, asked)
    if evidence and not evidence.search(view.plain):
        return say("silent.facet", name=say(f"facets.{asks.facets[0]}"))
    asks_which = {"lead", "when", "number"} & set(asks.facets)
    if view.document.digest and asks_which and _UNSURE.search(view.text) and not open_:
        return say("silent.unmet")
    if "number" in asks.facets and _NUMBER_OPEN.search(view.text):
        return say("silent.unmet")
    return ""


def _name(view: View, asked: Asked) -> str:
    """A name in capitals or a body that the clause does not name."""
    for name in asked.understood.unknown:
        if fold(name) not in view.text and not _spelled_out(name, view.clause.text):
            return say("silent.body", name=name)
    for body in asked.understood.bodies:
        if body not in view.bodies:
            return say("silent.body", name=body)
    return ""


def _spelled_out(name: str, text: str) -> bool:
    """Whether words in a row, the first with a capital, begin with the letters of `name`."""
    words = re.findall(r"[^\W\d_]+", text)
    initials = "".join(fold(w[0]) for w in words)
    letters, at = fold(name), -1
    while (at := initials.find(letters, at + 1)) >= 0:
        if words[at][0].isupper():
            return True
    return False


def _covers(document: Document, year: int, this_year: int) -> bool:
    """Whether the paper is for `year`.

    One without years is for those since its date, up to the next: what holds later, nobody knows.
    """
    if document.years:
        return document.years[0] <= year <= document.years[1]
    dated = document.identity.date
    return dated is not None and int(dated[:4]) <= year <= this_year + 1
