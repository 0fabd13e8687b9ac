"""What no letter, request or notice of the team may say, whoever words it. Pure.

This is the linter of templates: it knows no case and no sealed term. It looks for sentences that
confirm an identity, promise, blame, press or give a detail away, in English and German; in other
languages it finds numbers, addresses, links and pseudonyms, and the page says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from app.cases import linter
from app.core.text import clean

MOST_SIGNS: Final = 4_000
NOTICES: Final = frozenset({"K", "L", "M", "N"})  # told to many, so that no moment may stand in it


class Objection(StrEnum):
    """Why a wording is not kept."""

    EMPTY = "empty"
    LONG = "long"
    CONFIRMS = "confirms"
    DETAIL = "detail"
    LINK = "link"
    GAP = "gap"
    NAMES = "names"
    PROMISES = "promises"
    BLAMES = "blames"
    PRESSES = "presses"
    HOLLOW = "hollow"
    MOMENT = "moment"


def _any(*patterns: str) -> re.Pattern[str]:
    """One pattern for several."""
    return re.compile("|".join(patterns), re.IGNORECASE)


# What each objection is about; each line is a way of saying it.
SAID: Final[Mapping[Objection, re.Pattern[str]]] = {
    Objection.CONFIRMS: _any(
        r"\b(?:real|true|legal|birth|actual) (?:name|identity)\b",
        r"\b(?:is|are|was|were) (?:really|in truth|in fact|in real life)\b",
        r"\bwe (?:can |do |hereby )?confirm\b",
        r"\bit is (?:all )?true\b",
        r"\b(?:correctly|rightly) (?:named|identified|guessed)\b",
        r"\b(?:echte|richtige|wahre|bürgerliche)[rnm]? (?:Namen?|Identität)\b",
        r"\bin Wirklichkeit\b",
        r"\b(?:wir|hiermit) bestätigen\b",
        r"\b(?:das|es) stimmt\b",
    ),
    Objection.PROMISES: _any(
        r"\bguarantee",
        r"\bwe promise\b",
        r"\b(?:do not|don[’']t) worry\b",
        r"\bnothing can happen\b",
        r"\b(?:is|are) (?:now )?(?:solved|perfectly safe|completely safe)\b",
        r"\byou are safe\b(?! now\?)",
        r"\b100 ?%",
        r"\bgarantier",
        r"\bwir versprechen\b",
        r"\bkeine Sorge",
        r"\b(?:mach|machen Sie) (?:dir|sich) keine Sorgen\b",
        r"\bes kann nichts (?:mehr )?passieren\b",
    ),
    Objection.BLAMES: _any(
        r"\bwhy did you\b",
        r"\byou should(?:n[’']t| not)? have\b",
        r"\bis it true\b",
        r"\b(?:is|was) your (?:own )?fault\b",
        r"\bwarum (?:hast du|haben Sie)\b",
        r"\bselbst schuld\b",
        r"\b(?:hättest du|hätten Sie) (?:nicht|besser)\b",
        r"\bstimmt es\b",
    ),
    Objection.PRESSES: _any(
        r"\byou must (?:answer|decide|reply|respond)\b",
        r"\bdeadline\b",
        r"\bat the latest\b",
        r"\bwithin \d+ (?:hours|days)\b.{0,20}\byou\b",
        r"\b(?:du musst|Sie müssen) (?:antworten|entscheiden)\b",
        r"\bspätestens\b",
    ),
    Objection.HOLLOW: _any(
        r"\btake\b.{0,40}\b(?:very )?seriously\b", r"\bnehmen\b.{0,40}\b(?:sehr )?ernst\b"
    ),
    Objection.LINK: _any(r"https?://", r"\bwww\.", r"\.onion\b"),
    Objection.GAP: _any(r"\{[^}]*\}", r"%\(\w+\)s", r"\[\[", r"<[a-z/]"),
}
MOMENTS: Final = _any(
    r"\b\d{1,2}[:.]\d{2}\b",
    r"\b(?:yesterday|today|last night|gestern|heute|letzte Nacht)\b",
    r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b",
    r"\b(?:Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag)\b",
    r"\b(?:one|a single) (?:of our )?members?\b",
    r"\b(?:ein|eines|einem) (?:unserer )?Mitglied",
)
WORD: Final = re.compile(r"[\w-]+")


def objections(code: str, text: str, shipped: str, names: Collection[str]) -> tuple[Objection, ...]:
    """What speaks against a wording; nothing for a good one.

    `names` are the pseudonyms of members; a word that stands in what was `shipped` is a word, even
    where somebody is called so.
    """
    written = clean(text)
    words = set(WORD.findall(written)) - set(WORD.findall(shipped))
    found = [objection for objection, said in SAID.items() if said.search(written)]
    also = {
        Objection.EMPTY: not written,
        Objection.LONG: len(written) > MOST_SIGNS,
        Objection.DETAIL: not linter.is_clean(b"", frozenset(), written),
        Objection.NAMES: bool(words & set(names)),
        Objection.MOMENT: code in NOTICES and MOMENTS.search(written) is not None,
    }
    found += [objection for objection, is_so in also.items() if is_so]
    return tuple(one for one in Objection if one in found)
