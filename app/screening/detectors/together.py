"""What a sentence exposes by the words that stand in it together, in whatever order they come.

`phrases.py` knows how things are said. People also say them in ways that nobody wrote down; then a
name, a workplace, a place and a time or a question still stand beside a word for somebody. Each
word that a pack lists adds a little evidence, and none is enough by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Final

from app.screening.detectors.matched import weigh_public
from app.screening.detectors.phrases import is_no_workplace, owned
from app.screening.findings import About, Category
from app.screening.lexicon import (
    ALONE,
    ASKED,
    ASKING,
    COMMON,
    DAY,
    GIVEN,
    HANDLE_SYMBOL,
    INSTITUTION,
    KIN,
    LIVES,
    NAMING,
    NEGATION,
    NOW,
    PAST,
    PEOPLE,
    RELATIVES,
    ROLE,
    SELF,
    SIDE,
    STOP,
    THIRD,
    WHERE,
    WORD,
    WORKS,
)
from app.screening.readers import name_from, place_from
from app.screening.scene import Candidate, Scene

MOST: Final = 12  # of one kind in one text
REACH: Final = 10  # tokens to either side
LEAST_PLACE: Final = 5  # of one unknown word, or of a firm that everybody knows, nothing is said
SOMEBODY: Final = THIRD | PEOPLE | ROLE | KIN
_SENTENCE: Final = re.compile(r"[^.!?;\n]+")
EVIDENCE: Final = {
    "standing": -34,
    "standing.named": 9,
    "asked": -20,
    "asked.for": 10,
    "asked.fact": 10,
    "asked.mark": 3,
    "met": -18,
    "met.day": 8,
    "met.now": 8,
    "met.clock": 5,
    "met.place": 8,
    "met.alone": 8,
    "worked": -6,
}


def together(scene: Scene) -> Iterator[Candidate]:
    """Yield what the sentences of a view expose by the words they hold."""
    every = reduce(or_, scene.view.flags, 0)
    if not every & (SOMEBODY | GIVEN):
        return
    if every & GIVEN:
        yield from _bounded(_standing(scene))
    if every & WORKS and every & SOMEBODY and every & SIDE:
        yield from _bounded(_worked(scene))
    if every & ASKING and every & SOMEBODY and every & (ASKED | LIVES):
        yield from _bounded(_asked(scene))
    if every & (DAY | NOW | ALONE) and every & SIDE and every & SOMEBODY:
        yield from _bounded(_met(scene))


def _bounded(found: Iterator[Candidate]) -> Iterator[Candidate]:
    for count, candidate in enumerate(found):
        if count >= MOST:
            return
        yield candidate


def _sentences(scene: Scene) -> Iterator[tuple[int, int]]:
    for found in _SENTENCE.finditer(scene.view.symbols):
        yield found.span()


def _made(scene: Scene, category: Category, first: int, last: int, rule: str) -> Candidate:
    view = scene.view
    candidate = scene.candidate(category, view.starts[first], view.ends[last - 1], "together")
    candidate.add(rule, EVIDENCE[rule])
    return candidate


def _any(scene: Scene, wanted: int, first: int, last: int) -> bool:
    return any(flag & wanted for flag in scene.view.flags[max(0, first) : last])


def _standing(scene: Scene) -> Iterator[Candidate]:  # noqa: C901  # one grammar, read from top to bottom
    """A full name beside a word for somebody and a word that names or accuses."""
    view = scene.view
    flags, keys = view.flags, view.keys
    done = 0
    for at, flag in enumerate(flags):
        if at < done or not flag & GIVEN or not view.is_capital(at):
            continue
        if flag & (COMMON | STOP | SOMEBODY | INSTITUTION) or _is_street(scene, at):
            continue
        if at and keys[at - 1][0].isalpha() and view.is_capital(at - 1) and at - 1 >= done:
            before = flags[at - 1]
            if not before & (STOP | SOMEBODY):
                continue
        read = name_from(view, at, is_sure=False)
        if read is None:
            continue
        done = read.last
        if keys[read.last : read.last + 2] == ["'", "s"] or _goes_on(scene, read.last):
            continue  # "Amy Winehouse's funeral", "your favourite Tori Amos track"
        candidate = _made(scene, Category.REAL_NAME, read.first, read.last, "standing")
        candidate.add("name", read.weight)
        low = max(0, read.first - REACH)
        near = range(max(0, read.first - 3), read.first)
        if not (
            any((flags[n] & NAMING and not _begins(scene, n)) or keys[n] in ":=" for n in near)
            or keys[read.last : read.last + 1] == ["="]
            or (_any(scene, NAMING, read.last, read.last + 1) and _is_last(scene, read.last + 1))
        ):
            continue  # "she loves Tori Amos" names nobody
        candidate.add("standing.named", EVIDENCE["standing.named"])
        owned(scene, candidate, range(low, read.first))
        if candidate.about is About.SELF:
            continue
        if candidate.signals[-1].rule == "owner.none":
            candidate.signals.pop()
            owned(scene, candidate, range(read.last, min(len(keys), read.last + REACH)))
        if _any(scene, PAST, low, min(len(keys), read.last + 4)):
            candidate.add("past", -16)
        weigh_public(scene, candidate, read.first, read.last)
        yield candidate


def _goes_on(scene: Scene, at: int) -> bool:
    """Return whether a common noun follows at once, which the name only describes."""
    view = scene.view
    if at >= len(view.keys) or not view.keys[at][0].isalpha() or view.is_capital(at):
        return False
    return bool(view.flags[at] & (COMMON | WORD)) and not view.flags[at] & (
        STOP | PAST | LIVES | WORKS
    )


def _begins(scene: Scene, at: int) -> bool:
    """Return whether a word begins its sentence: "Is Ada Lovelace …?" asks, and names nobody."""
    return at == 0 or scene.view.symbols[at - 1] in ".!?;\n"


def _is_handle(scene: Scene, at: int) -> bool:
    """Return whether a token can only be a pseudonym: "Ada Lovelace is tide_witch"."""
    view = scene.view
    if at >= len(view.keys):
        return False
    return view.symbols[at] == HANDLE_SYMBOL or (
        not view.flags[at] and not view.is_capital(at) and view.keys[at].isalpha()
    )


def _is_last(scene: Scene, at: int) -> bool:
    """Return whether a pseudonym ends a clause: not "Kevin Wade is hamstrung by …"."""
    view = scene.view
    ends = at + 1 >= len(view.keys) or not view.keys[at + 1][0].isalpha()
    return _is_handle(scene, at) and (ends or view.symbols[at] == HANDLE_SYMBOL)


def _is_street(scene: Scene, at: int) -> bool:
    """Return whether a street word stands just before a name."""
    keys = scene.view.keys
    kind = scene.lexicon.address.kind_of
    return any(kind(keys[other]) for other in range(max(0, at - 3), at))


def _worked(scene: Scene) -> Iterator[Candidate]:
    """A workplace behind a preposition, beside a word for work and one for somebody."""
    view = scene.view
    flags, keys = view.flags, view.keys
    for first, last in _sentences(scene):
        at = first
        while at < last - 1:
            if not flags[at] & SIDE or not _any(
                scene, WORKS, max(first, at - 9), min(last, at + 8)
            ):
                at += 1
                continue
            read = place_from(view, at + 1, scene.lexicon.head_endings)
            if (
                read is None
                or read.first > at + 3
                or not keys[read.first][0].isalpha()
                or read.weight < LEAST_PLACE
                or is_no_workplace(scene, read)
            ):
                at += 1
                continue
            candidate = _made(scene, Category.EMPLOYER_SCHOOL, read.first, read.last, "worked")
            candidate.add("place", read.weight)
            owned(scene, candidate, range(first, read.first))
            if candidate.signals[-1].rule == "owner.none":
                candidate.add("nobody", -12)
            weigh_public(scene, candidate, read.first, read.last)
            if candidate.about is not About.SELF:
                yield candidate
            at = read.last


def _asked(scene: Scene) -> Iterator[Candidate]:
    """A request, a fact that identifies, and somebody."""
    view = scene.view
    flags, symbols = view.flags, view.symbols
    for first, last in _sentences(scene):
        asks = next((at for at in range(first, last) if flags[at] & ASKING), None)
        if asks is None:
            continue
        fact = next((at for at in range(first, last) if flags[at] & ASKED), None)
        if fact is None:
            lives = next((at for at in range(first, last) if flags[at] & LIVES), None)
            where = lives is not None and _any(scene, WHERE, lives - 6, lives)
            fact = lives if where else None
        if fact is None or abs(fact - asks) > REACH:
            continue
        low, high = max(first, fact - 7), min(last, fact + 8)
        people = [
            at
            for at in range(low, high)
            if symbols[at] == HANDLE_SYMBOL
            or (flags[at] & SOMEBODY and not flags[at] & (ASKING | ASKED))
        ]
        if not people or _any(scene, SELF, people[0] - 1, people[0]):
            continue
        candidate = _made(scene, Category.SOLICITATION, first, last, "asked")
        candidate.add("asked.for", EVIDENCE["asked.for"])
        candidate.add("asked.fact", EVIDENCE["asked.fact"])
        candidate.add("owner.third", 6 if flags[people[0]] & THIRD else 4)
        is_question = last < len(symbols) and symbols[last] == "?"
        if _any(scene, NEGATION, first, asks if is_question else last):
            candidate.add("negation", -20)
        if is_question:
            candidate.add("asked.mark", EVIDENCE["asked.mark"])
        if _any(scene, INSTITUTION, low, high):
            candidate.add("institution", -10)
        scene.add_safety(candidate, first, last)
        weigh_public(scene, candidate, first, last)
        yield candidate


def _met(scene: Scene) -> Iterator[Candidate]:
    """Somebody, a time that comes again or is now, and a place."""
    view = scene.view
    flags, keys = view.flags, view.keys
    for first, last in _sentences(scene):
        people = next(
            (
                at
                for at in range(first, last)
                if (flags[at] & SOMEBODY or view.symbols[at] == HANDLE_SYMBOL)
                and not flags[at] & (DAY | NOW)
            ),
            None,
        )
        time = next((at for at in range(first, last) if flags[at] & (DAY | NOW | ALONE)), None)
        place = next(
            (
                at
                for at in range(first, last - 1)
                if flags[at] & SIDE
                and not flags[at + 1] & DAY
                and _leads_somewhere(scene, at, last)
            ),
            None,
        )
        if people is None or time is None or place is None:
            continue
        begin, end = min(time, place), min(last, max(time, place) + 4)
        begin = min(begin, people) if abs(people - begin) < REACH else begin
        candidate = _made(scene, Category.WHEREABOUTS, begin, end, "met")
        candidate.add("met.place", EVIDENCE["met.place"])
        for rule, flag in (("met.day", DAY), ("met.now", NOW), ("met.alone", ALONE)):
            if _any(scene, flag, first, last):
                candidate.add(rule, EVIDENCE[rule])
        if any(key[0].isdigit() for key in keys[begin:end]):
            candidate.add("met.clock", EVIDENCE["met.clock"])
        elif not _any(scene, ALONE, first, last) and not any(
            view.is_capital(other) and not flags[other] & (STOP | COMMON | INSTITUTION | DAY)
            for other in range(place + 1, min(last, place + 6))
            if keys[other][0].isalpha()
        ):
            candidate.add("any_place", -18)  # to church on Sundays
        owned(scene, candidate, range(first, last))
        if _any(scene, SELF, first, last):
            candidate.add("owner.self", -12)
        if _any(scene, INSTITUTION, first, first + 3) and people > first + 3:
            candidate.add("of_a_place", -14)
        if _any(scene, WORKS, first, last):
            candidate.add("at_work", -10)  # where somebody works is told by another reader
        weigh_public(scene, candidate, begin, end)
        yield candidate


def _leads_somewhere(scene: Scene, at: int, last: int) -> bool:
    """Return whether a preposition is followed by a place: a building, or a name."""
    view = scene.view
    return any(
        view.flags[other] & INSTITUTION
        or (
            view.is_capital(other)
            and view.keys[other][0].isalpha()
            and not view.flags[other] & (STOP | COMMON | RELATIVES)
        )
        for other in range(at + 1, min(last, at + 4))
    )
