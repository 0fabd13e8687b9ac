"""Writes the language modules from `languages/*.toml`, and the name lists from their sources.

Run by `make packs`. The engine reads no files, so what it needs to know is written into modules.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from pprint import pformat
from typing import Any, Final

from app.screening.languages.pack import Cue, Pack, Pattern
from app.screening.lexicon import Lexicon
from app.screening.words import plain

HERE: Final = Path(__file__).parent
PACKS: Final = HERE / "_packs"
PHRASE_CATEGORIES: Final = frozenset(
    {
        "real_name",
        "employer_school",
        "solicitation",
        "account_link",
        "whereabouts",
        "exposure_threat",
        "facts",
        "others",
    }
)
LONGEST_NAME: Final = 16
COMMON_ENGLISH: Final = 9_000


def main() -> int:
    """Write every module anew; return 0, or 1 after naming what is wrong."""
    PACKS.mkdir(exist_ok=True)
    (PACKS / "__init__.py").write_text("", encoding="utf-8")
    packs = [read_pack(path) for path in sources()]
    Lexicon(tuple(packs))  # compiles every pattern, so that a wrong one is known here
    for pack in packs:
        (PACKS / f"{pack.code}.py").write_text(module_of(pack), encoding="utf-8")
    (PACKS / "names.py").write_text(names_module(packs), encoding="utf-8")
    return 0


def sources() -> list[Path]:
    """Return the language files that are shipped, in the order of their names."""
    return sorted(path for path in HERE.glob("*.toml") if not path.name.startswith("_"))


def read_pack(path: Path) -> Pack:
    """Return what a language file says.

    Raises ValueError if the file lacks a section or names a category that no phrase may have.
    """
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    for section in ("meta", "numbers", "disguise", "words", "lists", "address", "cues"):
        if section not in raw:
            message = f"{path.name} has no section [{section}]"
            raise ValueError(message)
    cues: list[Cue] = []
    patterns: list[Pattern] = []
    for category, strengths in raw["cues"].items():
        for strength, phrases in strengths.items():
            if category in PHRASE_CATEGORIES:
                patterns += [Pattern(category, strength, phrase) for phrase in phrases]
            else:
                cues += [Cue(category, strength, phrase) for phrase in phrases]
    return Pack(
        code=path.stem,
        regions=tuple(raw["meta"]["regions"]),
        numbers=dict(raw["numbers"]["words"]),
        repeats=dict(raw["numbers"].get("repeats", {})),
        disguise=_lists(raw["disguise"]),
        words=_lists(raw["words"]),
        lists=_lists(raw["lists"]),
        address=_lists(raw["address"]),
        cues=tuple(cues),
        patterns=tuple(patterns),
        grammar=_lists(raw.get("grammar", {})),
        senses=_inflected(raw.get("senses", {}), raw.get("inflection", {})),
    )


def _inflected(
    senses: Mapping[str, str], inflection: Mapping[str, Mapping[str, str]]
) -> dict[str, tuple[str, ...]]:
    """Return the words of each sense in all their forms, and which of them say who acts.

    `trabaj+ar` is the stem with every ending of `ar`, `de_verdad` a phrase of two words. Raises
    ValueError for a kind of word whose endings the language does not say.
    """
    found: dict[str, dict[str, None]] = {}
    for name, entries in senses.items():
        words = found.setdefault(name, {})
        for entry in entries.split():
            stem, _, kind = entry.partition("+")
            if not kind:
                words[stem.replace("_", " ")] = None
                continue
            if kind not in inflection:
                message = f"no endings for {entry!r} of {name!r}"
                raise ValueError(message)
            for who, endings in inflection[kind].items():
                for ending in endings.split():
                    form = stem + ending.replace("_", "")
                    words[form] = None
                    if who != "bare":
                        found.setdefault(f"verb_{who}", {})[form] = None
    return {name: tuple(words) for name, words in found.items()}


def _lists(section: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(entries.split()) if isinstance(entries, str) else tuple(entries)
        for name, entries in section.items()
    }


def module_of(pack: Pack) -> str:
    """Return the source of the module that holds a pack."""
    body = pformat(
        {name: getattr(pack, name) for name in Pack.__slots__}, width=98, sort_dicts=False
    )
    return (
        f'"""Written by `make packs` from {pack.code}.toml; change that file instead."""\n\n'
        "from typing import Any, Final\n\n"
        "from app.screening.languages.pack import Cue, Pack, Pattern\n\n"
        f"_FIELDS: Final[dict[str, Any]] = {body}\n\n"
        "PACK: Final = Pack(**_FIELDS)\n"
    )


def names_module(packs: Iterable[Pack]) -> str:
    """Return the source of the module that holds names and common words.

    Given names and surnames come from Faker (MIT), all locales in Latin script; the common words
    from Faker's word lists (MIT), zxcvbn's English frequency list (MIT) and the packs themselves;
    the rare words from the rest of that frequency list, without birds, beasts and plants, by which
    people like to be called.
    """
    given, surnames = _faker_names()
    common = _common_words() | {
        plain(word) for pack in packs for word in pack.words.get("common", ())
    }
    creatures = {plain(word) for pack in packs for word in pack.words.get("creatures", ())}
    rare = _english(COMMON_ENGLISH, None) - common - given - surnames - creatures
    lines = [
        '"""Written by `make packs`: names and common words, one string each."""\n',
        "from typing import Final\n",
    ]
    for title, words in (
        ("GIVEN", given),
        ("SURNAMES", surnames),
        ("COMMON", common),
        ("RARE", rare),
    ):
        lines += [f"{title}: Final = (", *_wrapped(sorted(words)), ")\n"]
    return "\n".join(lines)


def _wrapped(words: list[str]) -> list[str]:
    rows, row = [], ""
    for word in words:
        if len(row) + len(word) > 90:  # the width of a line
            rows.append(row)
            row = ""
        row += word + " "
    return [f'    "{row}"' for row in [*rows, row]]


def _faker_names() -> tuple[set[str], set[str]]:
    given: set[str] = set()
    surnames: set[str] = set()
    person = importlib.import_module("faker.providers.person")
    for found in pkgutil.iter_modules(person.__path__):
        provider = importlib.import_module(f"faker.providers.person.{found.name}").Provider
        for field in dir(provider):
            if field.startswith(("first_name", "last_name")):
                into = given if field.startswith("first") else surnames
                value = getattr(provider, field)
                if isinstance(value, (tuple, list, set, dict)):
                    into.update(_latin(value))
    return given, surnames


def _latin(names: Iterable[Any]) -> Iterable[str]:
    for name in names:
        for part in str(name).replace("-", " ").split():
            word = plain(part.lower())
            if word.isascii() and word.isalpha() and 2 < len(word) <= LONGEST_NAME:
                yield word


def _common_words() -> set[str]:
    words: set[str] = set()
    for locale in ("en_US", "de_DE", "es_ES", "fr_FR", "nl_NL"):
        lorem = importlib.import_module(f"faker.providers.lorem.{locale}")
        words.update(plain(word.lower()) for word in lorem.Provider.word_list)
    words |= _english(0, COMMON_ENGLISH)
    return {word for word in words if unicodedata.is_normalized("NFC", word) and len(word) > 1}


def _english(first: int, last: int | None) -> set[str]:
    """Return the English words of some ranks, without names."""
    lists = importlib.import_module("zxcvbn.frequency_lists").FREQUENCY_LISTS
    names = set(lists["female_names"]) | set(lists["male_names"]) | set(lists["surnames"])
    return {
        word
        for source in ("us_tv_and_film", "english_wikipedia")
        for word in lists[source][first:last]
        if word.isascii() and word.isalpha() and word not in names
    }


if __name__ == "__main__":
    sys.exit(main())
