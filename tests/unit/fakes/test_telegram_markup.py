"""HTML of messages: what becomes plain text with entities, and what is refused in which words."""

from __future__ import annotations

import pytest

from tests.fakes.telegram.markup import link, parse_html
from tests.fakes.telegram.refusals import Refused


def entity(kind: str, offset: int, length: int, **more: str) -> dict[str, object]:
    return {"type": kind, "offset": offset, "length": length} | more


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("Kế hoạch", "Kế hoạch", []),
        ("<b>Hạn</b> nộp", "Hạn nộp", [entity("bold", 0, 3)]),
        ("<STRONG>Hạn</strong>", "Hạn", [entity("bold", 0, 3)]),
        ("<b>a<i>b</i></b>", "ab", [entity("bold", 0, 2), entity("italic", 1, 1)]),
        ("<u>a</u><s>b</s>", "ab", [entity("underline", 0, 1), entity("strikethrough", 1, 1)]),
        ("<b></b>a", "a", []),
        # Offsets are UTF-16 units: a sign beyond the first plane counts twice.
        ("😀<b>a</b>", "😀a", [entity("bold", 2, 1)]),
        ("1 &lt; 2 &amp; 3 &gt; 2 &quot;", '1 < 2 & 3 > 2 "', []),
        ("&#272;i&#x1EC1;u", "Điều", []),
        # Only four names are known, and a lone "&" or ">" is itself.
        ("a & b > c &nbsp; &ltx", "a & b > c &nbsp; &ltx", []),
        (
            '<a href="https://example.vn/?a=1&amp;b=2">xem</a>',
            "xem",
            [entity("text_link", 0, 3, url="https://example.vn/?a=1&b=2")],
        ),
        ('<a href="http://localhost/">xem</a>', "xem", []),
        ("<pre>a</pre>", "a", [entity("pre", 0, 1)]),
        (
            '<pre><code class="language-py">a</code></pre>',
            "a",
            [entity("pre", 0, 1, language="py")],
        ),
        ('<code class="language-py">a</code>', "a", [entity("code", 0, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [entity("spoiler", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [entity("expandable_blockquote", 0, 1)]),
        ("<blockquote>a</blockquote>", "a", [entity("blockquote", 0, 1)]),
        ("<b>a</>", "a", [entity("bold", 0, 1)]),
    ],
)
def test_markup_is_read(source: str, text: str, entities: list[dict[str, object]]) -> None:
    assert parse_html(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("năm < 2023", 'Unsupported start tag "" at byte offset 5'),
        ("<p>a</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("a<br>", 'Unsupported start tag "br" at byte offset 1'),
        ("<script>", 'Unsupported start tag "script" at byte offset 0'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b ", 'Unclosed start tag "b" at byte offset 0'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ('<a href="x>a</a>', "Unclosed start tag at byte offset 0"),
        ("<a href=x/y>a</a>", "Unexpected end of name token at byte offset 8"),
        ("<a />a</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji>a</tg-emoji>", "Invalid custom emoji identifier specified"),
        ("&#xD800;", "Text contains invalid Unicode characters after decoding HTML entities"),
    ],
)
def test_broken_markup_is_refused(source: str, why: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_html(source)
    assert refused.value.code == 400
    assert refused.value.description == f"Bad Request: can't parse entities: {why}"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.vn/a", "https://example.vn/a"),
        ("example.vn", "http://example.vn"),
        ("http://10.0.0.1:8000/x", "http://10.0.0.1:8000/x"),
        ("tg://resolve?domain=a", "tg://resolve?domain=a"),
        ("http://localhost:8000", None),
        ("javascript:alert(1)", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_links_need_a_host(url: str, kept: str | None) -> None:
    assert link(url) == kept
