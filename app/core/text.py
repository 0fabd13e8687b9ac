"""Text as it is stored and shown: cleaned, rendered from Markdown, and sanitised by two engines.

bleach and nh3 know nothing of one another. bleach cleans first; nh3, a parser of another family,
must find nothing more to change. Where they disagree the text is refused: one of them has a fault
(PRIVACY.md §9).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

import bleach
import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from app.core.errors import RefusalError

BLOCKS: Final = ("blockquote", "h3", "h4", "h5", "hr", "li", "ol", "p", "pre", "ul")
TABLES: Final = ("table", "tbody", "td", "th", "thead", "tr")
TAGS: Final = frozenset(("a", "br", "code", "em", "s", "strong", *BLOCKS, *TABLES))
ATTRIBUTES: Final = {"a": {"href"}, "ol": {"start"}}
OWN_PATH: Final = re.compile(r"/(?!/)[A-Za-z0-9/_.~#?=&;%-]{0,300}\Z")
FOREIGN: Final = re.compile(r"https?://[^\s<>\"']{1,1990}\Z", re.IGNORECASE)
MARKS_IN_A_ROW: Final = 6  # more than any living script stacks on one letter
_MARKUP: Final = re.compile(r"\]\([^)\s]*\)|[*_`~|\[\]\\]+|^[ >#-]+", re.MULTILINE)
_OVERRIDES: Final = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"

Leaving = Callable[[int], str]


class UnsafeMarkupError(RefusalError):
    """The two sanitisers disagree about a text: it is not stored."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text ready to show, and the foreign addresses in it in their order."""

    html: str
    links: tuple[str, ...]


def clean(text: str) -> str:
    r"""Bring a text into NFC without control, direction-override or stray characters.

    Line ends become `\n`; at most six combining marks follow one letter.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept: list[str] = []
    marks = 0
    for sign in text:
        kind = unicodedata.category(sign)
        if (kind in {"Cc", "Cs"} and sign not in "\n\t") or sign in _OVERRIDES:
            continue
        marks = marks + 1 if kind in {"Mn", "Me"} else 0
        if marks <= MARKS_IN_A_ROW:
            kept.append(sign)
    return "".join(kept).strip()


def clean_line(text: str) -> str:
    """The same for something that stands on one line: a title, a pseudonym."""
    return " ".join(clean(text).split())


def fold(text: str) -> str:
    """What search compares: lower case, without accents, compatibility forms unified."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def excerpt(source: str, length: int) -> str:
    """The beginning of a Markdown text on one plain line, cut at a word, `…` where more follows."""
    line = " ".join(_MARKUP.sub("", source).split())
    if len(line) <= length:
        return line
    return line[:length].rsplit(" ", 1)[0] + " …"


def render(source: str, leaving: Leaving | None = None) -> Rendered:
    """Render Markdown to safe HTML.

    `leaving` gives the path of the "you are leaving" page for the n-th foreign link; without it,
    as in a preview, foreign links lead nowhere.

    Raises:
        UnsafeMarkupError: when the second sanitiser would change what the first let through.
    """
    tokens = _MARKDOWN.parse(source)
    links = _rewrite_links(tokens, leaving)
    markup = _RENDERER.render(tokens, _MARKDOWN.options, {})
    first = bleach.clean(
        markup,
        tags=TAGS,
        attributes=_keeps,
        protocols=["https"],  # only with one web scheme does bleach let our own paths pass
        strip=False,
        strip_comments=True,
    )
    second = _nh3(first)
    if _events(first) != _events(second) or _nh3(second) != second:
        raise UnsafeMarkupError
    return Rendered(html=second, links=links)


def _keeps(tag: str, name: str, value: str) -> bool:
    """Whether an attribute stays: by the allow-list, and a link only to a path of ours."""
    if name not in ATTRIBUTES.get(tag, set()):
        return False
    return name != "href" or OWN_PATH.match(value) is not None


def _nh3(markup: str) -> str:
    """The second engine, with the same allow-list."""
    return nh3.clean(
        markup,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(),
        link_rel=None,
        strip_comments=True,
    )


def _rewrite_links(tokens: Sequence[Token], leaving: Leaving | None) -> tuple[str, ...]:
    """Point every link at a path of ours; collect the foreign addresses. Changes the tokens."""
    links: list[str] = []
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            # A post stands below the page's own headings: h1 becomes h3, and h5 is the deepest.
            token.tag = f"h{min(int(token.tag[1]) + 2, 5)}"
        for child in token.children or ():
            if child.type != "link_open":
                continue
            target = str(child.attrs.pop("href", ""))
            child.attrs.clear()
            if OWN_PATH.match(target):
                child.attrs["href"] = target
            elif FOREIGN.match(target):
                if leaving is not None:
                    child.attrs["href"] = leaving(len(links))
                links.append(target)
    return tuple(links)


class _Renderer(RendererHTML):
    """markdown-it's renderer without the attributes we would strip again."""

    @staticmethod
    def renderAttrs(token: Token) -> str:  # noqa: N802 - the library's name
        """Keep what the allow-list keeps."""
        allowed = ATTRIBUTES.get(token.tag, set())
        token.attrs = {name: value for name, value in token.attrs.items() if name in allowed}
        return RendererHTML.renderAttrs(token)

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A code block, whatever its language is said to be."""
        tokens[idx].info = ""
        return super().fence(tokens, idx, options, env)


def _build_markdown() -> MarkdownIt:
    """CommonMark with tables and strike-through; no HTML, no pictures, no guessing of links."""
    markdown = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})
    return markdown.enable(["table", "strikethrough"]).disable(
        ["image", "html_block", "html_inline"]
    )


_MARKDOWN: Final = _build_markdown()
_RENDERER: Final = _Renderer()


class _Events(HTMLParser):
    """What a browser would make of markup, as comparable events."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[tuple[str, str, tuple[tuple[str, str | None], ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(("start", tag, tuple(sorted(attrs))))

    def handle_endtag(self, tag: str) -> None:
        self.seen.append(("end", tag, ()))

    def handle_data(self, data: str) -> None:
        if self.seen and self.seen[-1][0] == "text":
            data = self.seen.pop()[1] + data
        self.seen.append(("text", data, ()))

    def handle_comment(self, data: str) -> None:
        self.seen.append(("comment", data, ()))

    def handle_decl(self, decl: str) -> None:
        self.seen.append(("declaration", decl, ()))

    def unknown_decl(self, data: str) -> None:
        self.seen.append(("declaration", data, ()))

    def handle_pi(self, data: str) -> None:
        self.seen.append(("instruction", data, ()))


def _events(markup: str) -> list[tuple[str, str, tuple[tuple[str, str | None], ...]]]:
    """Read markup into events, so that two spellings of one tree compare equal."""
    parser = _Events()
    parser.feed(markup)
    parser.close()
    return parser.seen
