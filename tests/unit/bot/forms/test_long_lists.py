"""More choices than one message shows: all are reached, by paging or by a few of their words."""

from __future__ import annotations

import pytest

from bot.channels.base import Limits
from bot.channels.rendering import length, render
from bot.channels.telegram import Telegram
from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_messages import limits_of
from bot.forms.definition import Choice
from bot.messages import Reply
from bot.texts import say
from service.commands.chat import LIMITS as CONSOLE
from service.delivery.web import LIMITS as WEB
from tests.talking import Talk, labels

WORK = "Gửi báo cáo kết quả truyền thông chính sách quý {} về cơ quan đầu mối (trước ngày {}/12)"
DUTIES = tuple(Choice(f"v{n:04}", WORK.format(f"số {n}", n)) for n in range(1, 31))
CHANNELS = {
    "telegram": Telegram("1:x").limits,
    "zalo oa": limits_of(60),
    "zalo bot": ZaloBot(
        "1:x", base_url="http://127.0.0.1:9", attachment_hosts=(), resolve=lambda _: ()
    ).limits,
    "web": WEB,
    "console": CONSOLE,
}


def reporting(*, duties: tuple[Choice, ...] = DUTIES) -> Talk:
    talk = Talk()
    talk.helper.registry.offered["duties"] = duties
    return talk.say("báo cáo")


def chosen(talk: Talk) -> str:
    assert talk.state.form is not None
    return talk.state.form.answers.get("duty", "")


def every_page(talk: Talk) -> list[Reply]:
    pages = [talk.reply]
    while say("form.list_more") in labels(pages[-1]):
        pages.append(talk.say(say("form.list_more")).reply)
    return pages


def test_paging_reaches_all_of_them_and_begins_again() -> None:
    talk = reporting()
    pages = every_page(talk)
    shown = [label for page in pages for label in labels(page)]
    assert [label for label in shown if label in {d.label for d in DUTIES}] == [
        duty.label for duty in DUTIES
    ]
    assert all("Việc khác" in labels(page) for page in pages)
    assert say("form.listed", first=1, last=8, count=30) in pages[0].text
    assert say("form.listed", first=25, last=30, count=30) in pages[-1].text
    assert labels(talk.say(say("form.list_again")).reply) == labels(pages[0])


def test_a_duty_of_the_last_page_is_chosen_by_its_number() -> None:
    talk = reporting()
    last = every_page(talk)[-1]
    talk.say(str(labels(last).index(DUTIES[29].label) + 1))
    assert chosen(talk) == "v0030"


@pytest.mark.parametrize("limits", CHANNELS.values(), ids=CHANNELS)
def test_every_page_fits_one_message_of_every_channel(limits: Limits) -> None:
    for page in every_page(reporting()):
        [message] = render(page, "chat", limits)
        assert length(message.text) <= limits.text_length
        assert len(message.buttons) <= limits.buttons
        shown = [button.label for button in message.buttons] or message.text.splitlines()
        for label in labels(page):
            assert any(label[: limits.button_label - 1] in line for line in shown)


def test_the_few_of_today_are_shown_as_before() -> None:
    talk = reporting(duties=DUTIES[:8])
    assert labels(talk.reply)[:9] == [*(duty.label for duty in DUTIES[:8]), "Việc khác"]
    assert say("form.list_more") not in labels(talk.reply)


@pytest.mark.parametrize("said", ["quy so 17", "QUÝ SỐ 17", "báo cáo quý số 17"])
def test_a_few_words_choose_the_one_that_has_them(said: str) -> None:
    assert chosen(reporting().say(said)) == "v0017"


def test_words_in_a_row_come_before_words_here_and_there() -> None:
    """Every one of them has a 12 in its date, and the first a "số 1"."""
    assert chosen(reporting().say("số 12")) == "v0012"
    assert chosen(reporting().say("so 1")) == "v0001"


def test_words_of_several_show_those() -> None:
    some = (*DUTIES[:20], Choice("a", "Tập huấn cán bộ xã"), Choice("b", "Tập huấn báo cáo viên"))
    talk = reporting(duties=some).say("tap huan")
    assert talk.reply.text.startswith(say("form.wrong_several"))
    assert labels(talk.reply)[:3] == ["Tập huấn cán bộ xã", "Tập huấn báo cáo viên", "Việc khác"]
    assert chosen(talk.say("2")) == "b"


def test_words_that_nearly_fit_choose_nothing_by_themselves() -> None:
    some = (*DUTIES[:20], Choice("a", "Tập huấn cán bộ xã"))
    talk = reporting(duties=some).say("lop tap huan cho can bo")
    assert labels(talk.reply)[0] == "Tập huấn cán bộ xã"
    assert chosen(talk) == ""


@pytest.mark.parametrize("said", ["xã", "trồng rừng", "?!", "99", "😀"])
def test_what_fits_none_chooses_none(said: str) -> None:
    talk = reporting(duties=(*DUTIES[:20], Choice("a", "Tập huấn cán bộ xã"))).say(said)
    assert chosen(talk) == ""
    assert "(2/" in reporting().say("việc gì đây").replies[-1].text


def test_a_question_chooses_nothing() -> None:
    talk = reporting().say("báo cáo quý số 17 gửi cơ quan nào?")
    assert talk.asked == ["báo cáo quý số 17 gửi cơ quan nào?"]
    assert chosen(talk) == ""


def test_going_back_is_no_choice() -> None:
    some = (*DUTIES[:20], Choice("a", "Rà soát, quay lại nơi cũ"))
    talk = reporting(duties=some).say("quay lại")
    assert chosen(talk) == ""


def test_a_body_is_found_the_same_way() -> None:
    talk = Talk()
    bodies = tuple(Choice(f"b{n}", f"Phòng Tư pháp huyện Số {n}") for n in range(30))
    talk.helper.registry.offered["bodies"] = bodies
    talk.say("phản ánh", "phong tu phap huyen so 29")
    assert talk.state.form is not None
    assert talk.state.form.answers["body"] == "b29"
