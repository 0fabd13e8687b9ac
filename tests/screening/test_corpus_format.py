"""The labelled posts say what they claim: exact spans, known words, enough of each kind."""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
CORPUS = sorted((HERE / "corpus").glob("*.jsonl"))
# The blind files were chosen by topic and the grammar's by what it reads, so no quota holds there.
OWN = [path for path in CORPUS if path.stem in {"dev", "check"}]
LANGUAGES = sorted((HERE / "languages").glob("*.jsonl"))

# The thirteen categories of identifiers, then the identity phrases, which expose without one.
IDENTIFIERS = {
    "phone",
    "email",
    "postal_address",
    "real_name",
    "employer_school",
    "social_profile",
    "government_id",
    "payment",
    "vehicle",
    "ip_address",
    "geo",
    "doxx_link",
    "solicitation",
}
CATEGORIES = IDENTIFIERS | {"account_link", "whereabouts", "exposure_threat"}
TRICKS = {
    "zero_width",
    "leet",
    "spelled_digits",
    "spaced_digits",
    "at_dot",
    "markdown_split",
    "fullwidth",
    "homoglyph",
    "reversed",
    "base64",
    "hex",
    "rot13",
    "lowercase",
}
STRICTNESS = {"nudge": 1, "hold": 2, "block": 3}
KEYS = {"id", "text", "label", "spans", "severity", "lang", "tricks", "note"}
SPAN_KEYS = {"start", "end", "text", "category", "severity"}
SHIPPED = {"en", "de", "es", "fr", "pt"}

Line = dict[str, Any]


def lines(*paths: Path) -> Iterator[Line]:
    """Yield every labelled post of these files."""
    for path in paths:
        for row in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(row)


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.fixture(params=[*CORPUS, *LANGUAGES], ids=named)
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def test_the_files_are_there() -> None:
    assert {path.stem for path in CORPUS} == {
        "dev",
        "check",
        "blind_dev",
        "blind_check",
        "grammar_dev",
        "phrases_dev",
        "senses_dev",
        "frames_dev",
        "fresh_dev",
        "fresh_check",
        "style_dev",
    }
    assert {path.stem for path in LANGUAGES} >= SHIPPED


def test_every_line_has_exactly_its_keys(path: Path) -> None:
    keys = KEYS | {"split"} if path in CORPUS else KEYS
    assert [line["id"] for line in lines(path) if set(line) != keys] == []


def test_every_span_slices_its_text(path: Path) -> None:
    wrong = [
        line["id"]
        for line in lines(path)
        for span in line["spans"]
        if set(span) != SPAN_KEYS
        or not 0 <= span["start"] < span["end"] <= len(line["text"])
        or line["text"][span["start"] : span["end"]] != span["text"]
        or span["text"] != span["text"].strip()
    ]
    assert wrong == []


def test_spans_do_not_overlap(path: Path) -> None:
    for line in lines(path):
        spans = sorted(line["spans"], key=lambda span: span["start"])
        assert all(first["end"] <= then["start"] for first, then in pairwise(spans)), line["id"]


def test_every_word_of_the_labels_is_known(path: Path) -> None:
    for line in lines(path):
        assert line["label"] in {"doxx", "ok"}, line["id"]
        assert line["lang"] in SHIPPED, line["id"]
        assert set(line["tricks"]) <= TRICKS, line["id"]
        assert len(set(line["tricks"])) == len(line["tricks"]), line["id"]
        assert {span["category"] for span in line["spans"]} <= CATEGORIES, line["id"]
        assert {span["severity"] for span in line["spans"]} <= set(STRICTNESS), line["id"]
        assert line["note"], line["id"]


def test_what_exposes_has_spans_and_what_must_pass_has_none(path: Path) -> None:
    for line in lines(path):
        strictest = max(
            (span["severity"] for span in line["spans"]), key=STRICTNESS.__getitem__, default=None
        )
        assert bool(line["spans"]) is (line["label"] == "doxx"), line["id"]
        assert line["severity"] == strictest, line["id"]
        assert line["label"] == "doxx" or line["tricks"] == [], line["id"]


def test_no_id_and_no_post_comes_twice() -> None:
    every = list(lines(*CORPUS, *LANGUAGES))
    ids = Counter(line["id"] for line in every)
    texts = Counter(" ".join(line["text"].casefold().split()) for line in every)
    assert [name for name, count in ids.items() if count > 1] == []
    assert [text for text, count in texts.items() if count > 1] == []


def test_the_corpus_is_large_and_half_of_it_must_pass() -> None:
    every = list(lines(*OWN))
    passing = sum(line["label"] == "ok" for line in every)
    assert len(every) >= 460
    assert 0.45 <= passing / len(every) <= 0.55


def test_a_third_of_the_corpus_is_for_checking_and_shares_no_topic() -> None:
    splits = {path.stem: list(lines(path)) for path in OWN}
    for name, rows in splits.items():
        assert {line["split"] for line in rows} == {name}
    topics = {
        name: {line["id"].rpartition("-")[0] for line in rows} for name, rows in splits.items()
    }
    share = len(splits["check"]) / sum(map(len, splits.values()))
    assert topics["dev"] & topics["check"] == set()
    assert 0.30 <= share <= 0.40


@pytest.mark.parametrize("split", OWN, ids=named)
def test_each_split_has_every_category_and_enough_disguise(split: Path) -> None:
    exposing = [line for line in lines(split) if line["label"] == "doxx"]
    disguised = sum(bool(line["tricks"]) for line in exposing)
    assert {span["category"] for line in exposing for span in line["spans"]} == CATEGORIES
    assert {trick for line in exposing for trick in line["tricks"]} == TRICKS
    assert disguised / len(exposing) >= 0.25


def test_a_quarter_of_the_corpus_is_not_english() -> None:
    languages = Counter(line["lang"] for line in lines(*OWN))
    assert set(languages) == SHIPPED
    assert 1 - languages["en"] / languages.total() >= 0.25


@pytest.mark.parametrize("language", LANGUAGES, ids=named)
def test_a_language_brings_enough_of_each_kind(language: Path) -> None:
    rows = list(lines(language))
    exposing = [line for line in rows if line["label"] == "doxx"]
    assert {line["lang"] for line in rows} == {language.stem}
    assert len(exposing) >= 40
    assert len(rows) - len(exposing) >= 40
    assert sum(bool(line["tricks"]) for line in exposing) >= 8
    assert len({span["category"] for line in exposing for span in line["spans"]} & IDENTIFIERS) >= 8
