"""The chat as a person meets it: keyboard, phone, a bad line, an answer to forward."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.talking import DEADLINE, Open, ask, held, overflow, reply, said, scripted

EVIL = "<img src=x onerror=alert(1)><b>đậm</b>"
QUOTE = "Các đơn vị gửi kế hoạch trước ngày 20/9/2023."
SOURCE = {
    "document": "hai-phong-gddt-2023",
    "title": "Kế hoạch năm 2023 của Sở GDĐT Hải Phòng",
    "address": "III#2.6",
    "place": "Mục III.6 (Tổ chức thực hiện)",
    "quote": QUOTE,
    "digest": False,
    "href": "/documents/hai-phong-gddt-2023#III~2.6",
}
# --- the real product ---------------------------------------------------------------------------


def test_by_keyboard_alone_from_the_question_to_the_clause(open_page: Open, width: str) -> None:
    page = open_page("/", width)
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "cau-hoi":
            break
    page.keyboard.type(DEADLINE)
    page.keyboard.press("Enter")
    answer = page.locator(".message.answer")
    expect(answer).to_contain_text("Năm 2023 (đã hết hạn): trước ngày 20/9/2023")
    expect(answer.locator("blockquote").first).to_contain_text("trước ngày 20/9/2023")
    assert overflow(page) == 0
    link = answer.locator("figcaption a").first
    assert link.get_attribute("href") == "/documents/hai-phong-gddt-2023#III~2.6"
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/documents/hai-phong-gddt-2023#III~2.6")
    expect(page.locator("section:target")).to_contain_text("trước ngày 20/9/2023")
    page.go_back()
    expect(page.locator(".message.answer")).to_have_count(1)  # the conversation is still there


def test_the_page_says_what_it_is_and_how_to_reach_a_person(open_page: Open, width: str) -> None:
    page = open_page("/", width)
    expect(page.get_by_text("Tôi là trợ lý tự động, không phải cán bộ.")).to_be_in_viewport()
    page.get_by_role("link", name="Gặp người phụ trách").click()
    expect(page.get_by_role("heading", name="Gặp người phụ trách")).to_be_in_viewport()


def test_a_first_question_is_one_press_away(open_page: Open) -> None:
    page = open_page("/", "phone")
    page.get_by_role("button", name=DEADLINE).click()
    expect(page.locator(".message.assistant")).to_contain_text("20/9/2023")
    expect(page.locator(".suggestions")).to_be_hidden()


def test_whoever_asked_says_whether_it_was_of_help(open_page: Open, width: str) -> None:
    page = open_page("/", width)
    ask(page, DEADLINE)
    votes = page.get_by_role("group", name="Đánh giá câu trả lời")
    bad = votes.get_by_role("button", name="Chưa đúng")
    bad.dblclick()
    expect(bad).to_have_attribute("aria-pressed", "true")
    votes.get_by_label("Nhận xét thêm").fill("sai ngày rồi")
    page.keyboard.press("Enter")
    expect(votes.get_by_label("Nhận xét thêm")).to_be_hidden()
    expect(votes.get_by_text("đánh giá đã được ghi lại")).to_be_visible()
    assert overflow(page) == 0


def test_without_scripts_the_form_answers(open_page: Open, width: str) -> None:
    page = open_page("/", width, java_script_enabled=False)
    page.get_by_label("Câu hỏi của Anh/chị").fill(DEADLINE)
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.locator("blockquote").first).to_contain_text("trước ngày 20/9/2023")
    assert overflow(page) == 0


def test_an_answer_drawn_by_the_server_joins_the_conversation(open_page: Open) -> None:
    page = open_page(f"/?q={DEADLINE}")
    expect(page.locator(".message.answer blockquote").first).to_contain_text("20/9/2023")
    assert page.evaluate("location.search") == ""
    page.reload()
    expect(page.locator(".message.answer")).to_have_count(1)


def test_a_digest_is_never_set_as_a_quotation(open_page: Open) -> None:
    page = open_page()
    ask(page, "Quyết định 407/QĐ-TTg đặt mục tiêu bao nhiêu phần trăm từ năm 2023?")
    answer = page.locator(".message.answer")
    expect(answer).to_contain_text("Theo bản tóm lược (chưa đối chiếu bản gốc)")
    expect(answer.locator(".source.digest figcaption a").first).to_be_visible()
    expect(answer.locator("blockquote, .source:not(.digest)")).to_have_count(0)


# --- sending ------------------------------------------------------------------------------------


def test_a_failed_send_is_repeated_once_with_the_same_id(open_page: Open, width: str) -> None:
    page = open_page("/", width)
    sent = scripted(page, 0, reply())
    ask(page, "Hạn gửi?")
    expect(page.get_by_text("Chưa gửi được.")).to_be_visible()
    page.get_by_role("button", name="Gửi lại").click()
    expect(page.locator(".message.assistant")).to_have_count(1)
    expect(page.locator(".message.user")).to_have_count(1)
    expect(page.get_by_role("button", name="Gửi lại")).to_have_count(0)
    assert [m["id"] for m in sent] == [sent[0]["id"]] * 2
    assert overflow(page) == 0


def test_a_message_that_got_through_but_was_not_heard_is_kept_once(open_page: Open) -> None:
    page = open_page()
    answers: list[str] = []

    def lose_the_first(route: Route) -> None:
        answers.append(route.fetch().text())  # the server has answered and stored it
        if len(answers) == 1:
            route.abort()
        else:
            route.fulfill(body=answers[-1], content_type="application/json")

    page.route("**/chat/messages", lose_the_first)
    ask(page, DEADLINE)
    page.get_by_role("button", name="Gửi lại").click()
    expect(page.locator(".message.answer")).to_have_count(1)
    assert answers[0] == answers[1]


def test_while_sending_it_says_so_and_a_second_send_waits(open_page: Open) -> None:
    page = open_page()
    with held(page) as waiting:
        ask(page, "Câu một")
        expect(page.get_by_text("Đang gửi…")).to_be_visible()
        ask(page, "Câu hai")
        expect(page.locator(".message.user")).to_have_count(1)
        expect(page.get_by_label("Câu hỏi của Anh/chị")).to_have_value("Câu hai")
        waiting[0].fulfill(json=said(reply()))
        expect(page.get_by_text("Đang gửi…")).to_have_count(0)
        expect(page.locator(".message.assistant")).to_have_count(1)


def test_a_reload_in_the_middle_offers_to_send_again(open_page: Open) -> None:
    page = open_page()
    with held(page):
        ask(page, "Câu một")
        expect(page.get_by_text("Đang gửi…")).to_be_visible()
        sent = scripted(page, reply())  # the newest route is asked first
        page.reload()
        page.get_by_role("button", name="Gửi lại").click()
        expect(page.locator(".message.assistant")).to_have_count(1)
        assert sent[0]["text"] == "Câu một"


@pytest.mark.parametrize(("status", "again"), [(503, 1), (429, 1), (422, 0)])
def test_a_refusal_is_shown_in_words(open_page: Open, status: int, again: int) -> None:
    page = open_page()
    scripted(page, status)
    ask(page, "Hạn gửi?")
    expect(page.get_by_text("Hệ thống đang bận; Anh/chị thử lại sau.")).to_be_visible()
    expect(page.get_by_role("button", name="Gửi lại")).to_have_count(again)
    expect(page.get_by_label("Câu hỏi của Anh/chị")).to_have_value("" if again else "Hạn gửi?")


def test_shift_enter_makes_a_line_and_empty_is_not_sent(open_page: Open) -> None:
    page = open_page()
    sent = scripted(page, reply())
    box = page.get_by_label("Câu hỏi của Anh/chị")
    box.press("Enter")
    box.type("một")
    box.press("Shift+Enter")
    box.type("hai")
    box.press("Enter")
    expect(page.locator(".message.assistant")).to_have_count(1)
    assert [m["text"] for m in sent] == ["một\nhai"]


def test_a_new_conversation_leaves_the_page_and_the_server_is_told(open_page: Open) -> None:
    page = open_page()
    sent = scripted(page, reply())
    for number in range(1, 4):
        ask(page, f"câu {number}")
        expect(page.locator(".message.assistant")).to_have_count(number)
    page.reload()
    expect(page.locator(".message.user")).to_have_count(3)
    page.get_by_role("button", name="Cuộc trò chuyện mới").click()
    expect(page.locator(".message")).to_have_count(0)
    expect(page.locator(".suggestions")).to_be_visible()
    ask(page, "câu mới")
    expect(page.locator(".message.assistant")).to_have_count(1)
    # No history goes along: the server keeps it, and has been told first that it ends here.
    assert [sorted(one) for one in sent] == [["id", "text"]] * 5
    assert [one["text"] for one in sent][-2:] == ["/moi", "câu mới"]


def test_the_server_is_told_of_a_new_conversation_though_the_line_was_broken(
    open_page: Open,
) -> None:
    page = open_page()
    sent = scripted(page, reply(), 0, reply())
    ask(page, "câu cũ")
    expect(page.locator(".message.assistant")).to_have_count(1)
    page.get_by_role("button", name="Cuộc trò chuyện mới").click()
    ask(page, "câu mới")
    expect(page.locator(".message.assistant")).to_have_count(1)
    assert [one["text"] for one in sent] == ["câu cũ", "/moi", "/moi", "câu mới"]
    assert sent[1]["id"] == sent[2]["id"]


# --- replies ------------------------------------------------------------------------------------


def test_a_choice_sends_its_number_and_shows_its_label(open_page: Open, width: str) -> None:
    page = open_page("/", width)
    label = "Kế hoạch 2023 của Sở GDĐT Hải Phòng"
    choice = {"label": label, "send": "tiêu chí (theo Hải Phòng)", "id": "1.1.0"}
    sent = scripted(page, reply("clarify", "Theo văn bản nào?", buttons=[choice]), reply())
    ask(page, "tiêu chí")
    page.get_by_role("button", name=label).click()
    expect(page.locator(".message.answer")).to_have_count(1)
    expect(page.locator(".message.user").last).to_contain_text(label)
    assert sent[-1] == {"id": sent[-1]["id"], "button": "1.1.0"}
    assert overflow(page) == 0


def test_several_replies_to_one_message_are_all_drawn(open_page: Open) -> None:
    page = open_page()
    file = {"name": "hoi-tro-ly.png", "media_type": "image/png", "href": "/static/icon.svg"}
    first, second = reply("notice", "Anh/chị chép tin:"), reply("notice", "THÔNG TIN", status="")
    scripted(page, said(first, second, reply("notice", "", status="", file=file)))
    ask(page, "soạn tin gửi nhóm")
    expect(page.locator(".message.notice")).to_have_count(3)
    link = page.get_by_role("link", name="Tệp: hoi-tro-ly.png")
    expect(link.locator("img")).to_have_attribute("src", file["href"])
    page.reload()
    expect(page.locator(".message.notice")).to_have_count(3)


def test_a_message_without_a_reply_says_where_one_will_be(open_page: Open) -> None:
    page = open_page()
    scripted(page, said())
    ask(page, "Tôi cần gặp anh phụ trách")
    for _ in range(2):
        expect(page.get_by_text("Khi có trả lời, tin sẽ hiện tại đây.")).to_be_visible()
        expect(page.locator(".message.assistant")).to_have_count(0)
        page.reload()


def test_while_an_earlier_attempt_is_answered_it_is_asked_again(open_page: Open) -> None:
    page = open_page()
    sent = scripted(page, 409, reply())
    ask(page, "Hạn gửi?")
    expect(page.locator(".message.answer")).to_have_count(1)
    assert sent[0] == sent[1]


def test_a_silent_reply_looks_different_and_quotes_nothing(open_page: Open) -> None:
    page = open_page()
    scripted(page, reply("silent", "Các văn bản tôi có không nêu điều này.", sources=[SOURCE]))
    ask(page, "thời tiết")
    silent = page.locator(".message.silent")
    expect(silent.locator("blockquote")).to_have_count(0)
    expect(silent.get_by_role("link", name=SOURCE["place"])).to_be_visible()
    border = "getComputedStyle(document.querySelector('.silent .bubble')).borderStyle"
    assert page.evaluate(border) == "dashed"


def test_foreign_text_stays_text(open_page: Open) -> None:
    page = open_page()
    source = {
        **SOURCE,
        "quote": EVIL,
        "title": f"Tên {EVIL}",
        "place": EVIL,
        "href": "javascript:alert(1)",
    }
    scripted(page, reply(lead=EVIL, status=EVIL, sources=[source]))
    ask(page, EVIL)
    expect(page.locator(".message.answer .lead")).to_have_text(EVIL)
    expect(page.locator(".log img, .log .lead b, .log a")).to_have_count(0)


def test_more_is_shown_on_demand(open_page: Open) -> None:
    page = open_page()
    rest = "Điều kiện khác. " * 60
    scripted(page, reply(more=rest, sources=[SOURCE]))
    ask(page, "Hạn gửi?")
    button = page.get_by_role("button", name="Xem thêm")
    expect(button).to_have_attribute("aria-expanded", "false")
    lead = page.locator(".answer .lead")
    assert len(lead.inner_text()) <= 610
    button.click()
    expect(page.get_by_role("button", name="Thu gọn")).to_have_attribute("aria-expanded", "true")
    assert len(lead.inner_text()) > 900


def test_quotes_and_places_are_not_said_twice(open_page: Open) -> None:
    page = open_page()
    lead = f"Trước ngày 20/9/2023\n“{QUOTE}”\n— {SOURCE['place']}, {SOURCE['title']}"
    scripted(page, reply(lead=lead, sources=[SOURCE]))
    ask(page, "Hạn gửi?")
    expect(page.locator(".answer .lead")).to_have_text("Trước ngày 20/9/2023")
    expect(page.locator(".answer blockquote")).to_have_text(f"“{QUOTE}”")


def test_a_quote_cut_in_the_text_is_shown_whole_in_its_card(open_page: Open) -> None:
    page = open_page()
    place = f"— {SOURCE['place']}, {SOURCE['title']}"
    lead = f"“{QUOTE[:20]}…”\n{place}"
    more = f"{SOURCE['title']}\n“{QUOTE[:30]}…”\n{place}\nChú thích"  # "more" is the whole
    scripted(page, reply(lead=lead, more=more, sources=[SOURCE]))
    ask(page, "Hạn gửi?")
    expect(page.locator(".answer .lead")).to_have_text("Chú thích")
    expect(page.locator(".answer blockquote")).to_have_text(f"“{QUOTE}”")


def test_a_copied_answer_takes_its_source_along(open_page: Open) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    text = f"Trước ngày 20/9/2023\n“{QUOTE}”\n— {SOURCE['place']}\ntra cứu ngày 21/11/2026"
    scripted(page, reply(text=text, sources=[SOURCE]))
    ask(page, "Hạn gửi?")
    page.get_by_role("button", name="Sao chép").click()
    expect(page.get_by_role("button", name="Đã sao chép")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == text  # no link: without TROLY_PUBLIC_URL it would not leave this machine


def test_a_copied_answer_takes_links_along_where_they_lead_somewhere(open_page: Open) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("document.querySelector('main').dataset.publicUrl = 'https://hoi.example.vn'")
    scripted(page, reply(sources=[SOURCE]))
    ask(page, "Hạn gửi?")
    page.get_by_role("button", name="Sao chép").click()
    expect(page.get_by_role("button", name="Đã sao chép")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith("\nhttps://hoi.example.vn/documents/hai-phong-gddt-2023#III~2.6")


def test_a_spoiled_memory_does_not_break_the_page(open_page: Open) -> None:
    page = open_page()
    page.evaluate("sessionStorage.setItem('tro-chuyen', '[null, 3, {\"id\": 1}]')")
    page.reload()
    scripted(page, reply())
    ask(page, "Hạn gửi?")
    expect(page.locator(".message")).to_have_count(2)


@pytest.mark.parametrize(
    ("link", "sent"), [("/?moi=K7M2P9QX", "mã đơn vị K7M2-P9QX"), ("/?gopy=12", "GOPY 12")]
)
def test_a_link_says_what_it_stands_for(open_page: Open, link: str, sent: str) -> None:
    page = open_page(link, "phone")
    expect(page.locator(".message.user")).to_contain_text(sent)
    answer = page.locator(".message.assistant")
    expect(answer).to_have_count(1)  # there is no such code, and no such draft
    assert page.evaluate("location.href").endswith("/")
    assert overflow(page) == 0
    page.reload()
    expect(page.locator(".message.user")).to_have_count(1)  # it is said once


def test_a_link_without_scripts_tells_what_to_do(open_page: Open) -> None:
    page = open_page("/?gopy=12", "phone", java_script_enabled=False)
    expect(page.get_by_text("GOPY 12")).to_be_visible()
    assert overflow(page) == 0
    expect(open_page("/?gopy=12").locator(".no-js")).to_be_hidden()
