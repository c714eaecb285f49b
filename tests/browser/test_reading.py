"""Every page at both widths: nothing sticks out, nothing comes from elsewhere, all of it named."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Response, expect

from tests.browser.conftest import WIDTHS
from tests.browser.talking import DEADLINE, Open, ask, held, overflow

WHOLE_PAGE = 150 * 1024  #: bytes of everything the chat loads, not compressed
PLAN = "/documents/hai-phong-gddt-2023"
PAPERS = (PLAN, "/documents/ia-hdrai-2022-2027", "/documents/407-qd-ttg")
PAGES = ("/", "/documents", *PAPERS, "/docs", "/x")

#: Controls without a name, headings that jump, ids given twice, landmarks missing.
FAULTS = """() => {
  const faults = [];
  const seen = (e) => e.getClientRects().length > 0;
  const named = 'a[href], button, input:not([type=hidden]), textarea, select';
  for (const e of document.querySelectorAll(named)) {
    const label = e.labels && e.labels.length ? e.labels[0].textContent : '';
    const name = (e.getAttribute('aria-label') || label || e.textContent || e.value || '').trim();
    if (!name) faults.push('no name: ' + e.outerHTML.slice(0, 80));
  }
  for (const e of document.querySelectorAll('img')) {
    if (!e.hasAttribute('alt')) faults.push('no alt: ' + e.src);
  }
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  ids.filter((id, i) => ids.indexOf(id) !== i).forEach((id) => faults.push('twice: ' + id));
  const heads = [...document.querySelectorAll('main :is(h1, h2, h3, h4, h5, h6)')].filter(seen);
  let last = 0;
  for (const h of heads) {
    const level = Number(h.tagName[1]);
    if (level > last + 1) faults.push('jump to ' + h.tagName + ': ' + h.textContent.slice(0, 40));
    last = level;
  }
  for (const [what, n] of [['main', 1], ['h1', 1], ['header', 1], ['footer', 1]]) {
    if (document.querySelectorAll(what).length !== n) faults.push('not ' + n + ' ' + what);
  }
  for (const e of document.querySelectorAll('[aria-describedby], [aria-labelledby]')) {
    for (const a of ['aria-describedby', 'aria-labelledby']) {
      const to = e.getAttribute(a);
      if (to && !document.getElementById(to)) faults.push(a + ' leads nowhere: ' + to);
    }
  }
  if (document.documentElement.lang !== 'vi') faults.push('no language');
  if (!document.title) faults.push('no title');
  return faults;
}"""
#: What a finger or a mouse has to hit, and is smaller than 24 × 24 px (links in text may be).
SMALL = """() => [...document.querySelectorAll('button, textarea, nav a')]
  .map((e) => [e, e.getBoundingClientRect()])
  .filter(([e, r]) => r.width > 0 && (r.width < 24 || r.height < 24))
  .map(([e]) => e.outerHTML.slice(0, 80))"""
FONT = "() => getComputedStyle(document.body).fontSize"


@pytest.mark.parametrize("path", PAGES)
def test_nothing_sticks_out_and_everything_is_named(open_page: Open, path: str, width: str) -> None:
    page = open_page(path, width)
    assert overflow(page) == 0
    assert page.evaluate(FAULTS) == []
    assert page.evaluate(SMALL) == []
    assert page.evaluate(FONT) == "16px"


def test_an_answered_chat_is_named_too(open_page: Open, width: str) -> None:
    page = open_page("/", width)
    ask(page, DEADLINE)
    expect(page.locator(".message.answer")).to_be_visible()
    assert page.evaluate(FAULTS) == []
    expect(page.get_by_role("log")).to_contain_text("20/9/2023")


@pytest.mark.parametrize("path", PAGES)
def test_larger_text_and_a_zoom_of_400_percent_still_fit(open_page: Open, path: str) -> None:
    page = open_page(path, "phone")
    page.get_by_role("button", name="Chữ lớn").click()
    assert page.evaluate(FONT) == "20px"
    assert overflow(page) == 0
    page.set_viewport_size({"width": 320, "height": 256})
    assert overflow(page) == 0


def test_larger_text_is_remembered_on_every_page(open_page: Open, width: str) -> None:
    page = open_page("/", width)
    button = page.get_by_role("button", name="Chữ lớn")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.goto(PLAN)
    assert page.evaluate(FONT) == "20px"
    page.get_by_role("button", name="Chữ lớn").click()
    assert page.evaluate(FONT) == "16px"


def test_the_chat_is_light_and_asks_no_other_host(
    open_page: Open, address: str, width: str
) -> None:
    page = open_page("about:blank", width)
    hosts, weights = [], []
    page.on("request", lambda request: hosts.append(urlsplit(request.url).netloc))

    def weigh(response: Response) -> None:
        if "/chat/events" not in response.url:  # it has no end
            weights.append(len(response.body()))

    page.on("response", weigh)
    page.goto("/", wait_until="networkidle")
    ask(page, DEADLINE)
    expect(page.locator(".message.answer")).to_be_visible()
    assert set(hosts) == {urlsplit(address).netloc}
    assert 10_000 < sum(weights) <= WHOLE_PAGE


def test_the_skip_link_comes_first_and_leads_to_the_content(open_page: Open) -> None:
    page = open_page(PLAN)
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Chuyển đến nội dung chính")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_focus_can_be_seen(open_page: Open) -> None:
    page = open_page()
    for _ in range(6):
        page.keyboard.press("Tab")
        outline = "() => getComputedStyle(document.activeElement).outlineStyle"
        assert page.evaluate(outline) == "solid"


def test_a_clause_linked_to_is_marked(open_page: Open, width: str) -> None:
    page = open_page(f"{PLAN}#III~2.6", width)
    target = page.locator("section:target")
    expect(target).to_be_in_viewport()
    expect(target).to_contain_text("20/9/2023")
    assert target.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 246, 207)"


def test_the_table_of_contents_leads_to_clauses(open_page: Open, width: str) -> None:
    page = open_page(PLAN, width)
    if width == "phone":
        page.get_by_text("Mục lục").first.click()
    contents = page.locator(".toc:visible")
    contents.get_by_role("link", name="Chế độ thông tin báo cáo").click()
    expect(page.locator("section:target")).to_contain_text("20/9/2023")


def test_each_clause_gives_its_own_link(open_page: Open) -> None:
    page = open_page(PLAN)
    page.get_by_role("link", name="Liên kết tới Mục III.6").first.click()
    assert page.evaluate("location.hash") == "#III~2.6"


def test_a_document_prints_without_its_surroundings(open_page: Open) -> None:
    page = open_page(PLAN)
    page.emulate_media(media="print")
    for hidden in ("header nav", ".toc.wide", "footer"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator("article.text")).to_be_visible()


def test_nothing_moves_for_those_who_asked_for_calm(open_page: Open) -> None:
    page = open_page("/", reduced_motion="reduce")
    spinner = "() => getComputedStyle(document.querySelector('.sending'), '::before').animationName"
    with held(page):
        ask(page, "Hạn gửi?")
        expect(page.locator(".sending")).to_be_visible()
        assert page.evaluate(spinner) == "none"


def test_both_widths_are_those_promised() -> None:
    assert {size["width"] for size in WIDTHS.values()} == {390, 1280}
