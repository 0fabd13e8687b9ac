"""How pages look, as far as a machine can say: small, readable, for both directions, all ours."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Final

import pytest

from app.web.assets import STYLESHEETS
from tests.house.source import ROOT, TEMPLATES, name

SHEETS: Final = sorted((ROOT / "static" / "css").glob("*.css"))
MOST_BYTES: Final = 20_000  # LOOK.md: all style sheets together, compressed

# Contrasts that WCAG 2.2 asks for: 1.4.6 for text to be read, 1.4.3 for other text, 1.4.11 for
# the edges of fields and the ring of the focus.
READ, OTHER, DRAWN = 7.0, 4.5, 3.0
GROUNDS: Final = ("paper", "sheet", "well", "tint", "good-tint", "warn-tint", "danger-tint")
PAIRS: Final = [
    *(("ink", ground, READ) for ground in GROUNDS),
    ("soft", "paper", READ),
    ("soft", "sheet", READ),
    ("soft", "well", OTHER),
    ("on-mark", "mark", READ),
    *(("accent", ground, OTHER) for ground in GROUNDS),
    *(("accent-deep", ground, OTHER) for ground in ("paper", "sheet", "tint")),
    *(("on-accent", ground, OTHER) for ground in ("accent", "accent-deep")),
    *((tone, ground, OTHER) for tone in ("good", "warn", "danger") for ground in GROUNDS[:3]),
    *((tone, f"{tone}-tint", OTHER) for tone in ("good", "warn", "danger")),
    *(("edge", ground, DRAWN) for ground in ("paper", "sheet")),
    *(("focus", ground, DRAWN) for ground in GROUNDS),
]

BLOCK: Final = re.compile(r"(?:@media ([^{]+?) \{\s*)?:root([^{]*?) \{([^}]*)\}")
COLOUR: Final = re.compile(r"--([a-z-]+): #([0-9a-f]{6});")
NUMBER_OF_THEMES: Final = 7  # light; dark, contrast and dark contrast, each by system and by choice
LIGHT: Final = ("", "")
BY_SYSTEM: Final = ":not([data-theme])"
TWINS: Final = {
    "dark": (("(prefers-color-scheme: dark)", BY_SYSTEM), ("", '[data-theme="dark"]')),
    "contrast": (("(prefers-contrast: more)", BY_SYSTEM), ("", '[data-theme="contrast"]')),
    "dark contrast": (
        ("(prefers-contrast: more) and (prefers-color-scheme: dark)", BY_SYSTEM),
        ("(prefers-color-scheme: dark)", '[data-theme="contrast"]'),
    ),
}

Theme = tuple[str, str]


def themes() -> dict[Theme, dict[str, str]]:
    """The colours of each theme, by the media query and the choice that bring it about."""
    text = (ROOT / "static" / "css" / "tokens.css").read_text()
    return {(m[1] or "", m[2]): dict(COLOUR.findall(m[3])) for m in BLOCK.finditer(text)}


def luminance(colour: str) -> float:
    """Relative luminance of a colour, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, as WCAG 2.2 defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def rules(path: Path) -> str:
    """A style sheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)


def test_the_yardstick_measures_what_wcag_says() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_style_sheet_is_served_and_none_is_missing() -> None:
    assert {path.stem for path in SHEETS} == set(STYLESHEETS)


def test_all_style_sheets_together_are_small() -> None:
    text = b"\n".join((ROOT / "static" / "css" / f"{n}.css").read_bytes() for n in STYLESHEETS)
    assert len(gzip.compress(text, 9)) < MOST_BYTES


def test_every_theme_names_the_same_colours() -> None:
    assert len(themes()) == NUMBER_OF_THEMES
    assert {frozenset(colours) for colours in themes().values()} == {frozenset(themes()[LIGHT])}


@pytest.mark.parametrize("twin", TWINS)
def test_a_chosen_theme_looks_as_the_one_the_system_asks_for(twin: str) -> None:
    asked, chosen = TWINS[twin]
    assert themes()[asked] == themes()[chosen]


@pytest.mark.parametrize("theme", themes(), ids=" ".join)
def test_text_can_be_read_in_every_theme(theme: Theme) -> None:
    colours = themes()[theme]
    measured = [(a, b, round(contrast(colours[a], colours[b]), 2), least) for a, b, least in PAIRS]
    assert [pair for pair in measured if pair[2] < pair[3]] == []


@pytest.mark.parametrize("path", SHEETS, ids=name)
def test_a_style_sheet_knows_no_left_and_right(path: Path) -> None:
    sided = re.findall(
        r"(?:margin|padding|border|scroll-margin)-(?:left|right)[^;]*"
        r"|[\s{;](?:left|right)\s*:[^;]*"
        r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
        r"|border-(?:top|bottom)-(?:left|right)-radius[^;]*",
        rules(path),
    )
    assert sided == []


@pytest.mark.parametrize("path", SHEETS, ids=name)
def test_no_margin_or_padding_differs_between_left_and_right(path: Path) -> None:
    four = re.findall(r"(?:margin|padding)\s*:\s*(\S+) (\S+) (\S+) (\S+);", rules(path))
    assert [sides for sides in four if sides[1] != sides[3]] == []


@pytest.mark.parametrize("path", SHEETS, ids=name)
def test_a_style_sheet_takes_every_colour_of_text_from_the_tokens(path: Path) -> None:
    if path.stem == "tokens":
        return
    colours = re.findall(r"[\s{;](?:color|background|background-color)\s*:\s*([^;]+);", rules(path))
    assert [c for c in colours if re.search(r"#[0-9a-f]{3,8}\b", c)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_page_links_only_to_what_the_app_names(path: Path) -> None:
    linked = re.findall(r"<link\b[^>]*?href\s*=\s*[\"']([^\"']*)", path.read_text(), re.IGNORECASE)
    assert [target for target in linked if not target.startswith("{{")] == []
