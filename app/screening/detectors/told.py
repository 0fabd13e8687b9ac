"""Who somebody is, where they work and where they are, in words that nobody listed as a phrase.

Read with the senses of a language (`senses.py`): a name, a workplace or a place counts with what
the words around it do, and with whom they speak of.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.screening.detectors.matched import weigh_public
from app.screening.detectors.phrases import is_no_workplace
from app.screening.findings import About, Category
from app.screening.lexicon import (
    COMMON,
    GIVEN,
    HEAD,
    INSTITUTION,
    MASS,
    STOP,
    SURNAME,
    TITLE,
)
from app.screening.readers import Read, name_from, place_from, surname_from
from app.screening.scene import Candidate, Scene
from app.screening.scoring import SENSE
from app.screening.senses import Person, bit
from app.screening.spoken import Spoken

_WHO, _VERB_HE, _MANY = bit("who"), bit("verb_he"), bit("many")
_CALLED, _NAMES, _REALLY, _BE = (bit(n) for n in ("called", "names", "really", "be"))
_RECORDED, _BEHIND, _TOLD, _SURNAME = (bit(n) for n in ("recorded", "behind", "told", "surname"))
_TELL, _FIND, _YOU, _FICTION = bit("tell"), bit("find"), bit("you", "verb_you"), bit("fiction")
_WORKS, _STUDIES, _POST, _DOES = (bit(n) for n in ("works", "studies", "post", "does"))
_TRADE, _WORKPLACE, _AT, _OF = (bit(n) for n in ("trade", "workplace", "at", "of"))
_DAY, _EVERY, _NOW, _PART = (bit(n) for n in ("day", "every", "now", "part"))
_CLOCK, _ALONE, _MOVES, _SEES = (bit(n) for n in ("clock", "alone", "moves", "sees"))
_SPOT, _OPEN, _THING, _WE = (bit(n) for n in ("spot", "open", "thing", "we"))
_HIS, _FAMILY, _MINE, _WISH = (
    bit("his"),
    bit("family", "kin"),
    bit("me", "we"),
    bit("wish", "which"),
)
_ALIAS: Final = frozenset({"=", ":", ">", "alias", "aka", "vulgo"})
_GIVEN_SIGNS: Final = frozenset(",(")
NEAR: Final = 7  # tokens before a name that may announce it
FAR: Final = 10  # tokens around a workplace that may say what is done there
SHORT: Final = 3  # tokens behind a name that stands for itself
LEAST_PLACE: Final = 5


def told(scene: Scene, spoken: Spoken) -> Iterator[Candidate]:
    """Yield names, workplaces and whereabouts that a text tells of somebody."""
    for place, (low, high) in enumerate(spoken.sentences):
        yield from _names(scene, spoken, place, low, high)
        yield from _workplaces(scene, spoken, place, low, high)
        met = _met(scene, spoken, place, low, high)
        if met is not None:
            yield met


def _add(candidate: Candidate, *rules: str) -> None:
    for rule in rules:
        candidate.add(rule, SENSE[rule])


def _best(rules: list[str]) -> int:
    weights = sorted((SENSE[rule] for rule in rules), reverse=True)
    return weights[0] + (weights[1] // 3 if len(weights) > 1 else 0)


def _names(scene: Scene, spoken: Spoken, place: int, low: int, high: int) -> Iterator[Candidate]:
    view = scene.view
    at = low
    while at < high:
        read = _name_at(scene, spoken, at, low)
        if read is None:
            at += 1
            continue
        candidate = _named(scene, spoken, read, (place, low, high))
        if candidate is not None:
            yield candidate
        at = max(at + 1, read.last)
        while at < high and view.keys[at] == "-":
            at += 1


_NO_NAME: Final = bit(
    *("names", "recorded", "spot", "platform", "account", "fact", "hint", "trade", "post"),
    *("kin", "human", "poster", "workplace", "day", "thing", "fiction"),
)


def _name_at(  # noqa: C901, PLR0911  # one grammar, read from top to bottom
    scene: Scene, spoken: Spoken, at: int, low: int
) -> Read | None:
    """Read a name that begins at a token; one of unlisted words only where it is announced."""
    view = scene.view
    flag = view.flags[at]
    if not view.keys[at][0].isalpha() or flag & TITLE or spoken.bits[at] & _NO_NAME:
        return None
    is_listed = bool(flag & GIVEN) and not flag & COMMON
    if not is_listed and not view.is_capital(at):
        return None
    is_first = at == low > 0 and spoken.senses.code != "de" and at + 2 < len(view.keys)
    is_called = (
        at > low
        and spoken.senses.code != "de"
        and view.keys[at - 1] == ","
        and view.keys[at + 2 : at + 3] == [","]
        and spoken.has(_YOU, low, at)
    )
    is_announced = (
        is_called
        or (at > low and view.keys[at - 1] in _ALIAS)
        or (is_first and view.keys[at + 2] in ",.")
        or spoken.has(_CALLED | _NAMES | _BE, max(low, at - 5), at)
        or spoken.has(_RECORDED, max(low, at - FAR), at)
    )
    if spoken.has(_SURNAME, max(low, at - SHORT), at) and view.is_capital(at):
        return name_from(view, at, is_sure=True) or surname_from(view, at)
    if not view.is_capital(at):
        if not (is_listed and spoken.has(_CALLED | _NAMES | _TELL | _FIND, at - SHORT, at)):
            return None
        scene.budget.step()
        return name_from(view, at, is_sure=True)
    if (
        at > low
        and view.is_capital(at - 1)
        and not view.flags[at - 1] & (STOP | TITLE | INSTITUTION)
        and not spoken.bits[at - 1]
    ):
        return None  # the middle of a name
    if not is_listed and not (is_announced and not flag & (COMMON | STOP | HEAD | INSTITUTION)):
        return None
    if scene.lexicon.address.kind_of(view.keys[at]) or spoken.bits[at] & (_DAY | _SPOT):
        return None
    scene.budget.step()
    read = name_from(view, at, is_sure=False)
    if read is None or read.last - read.first < 2:  # one word is no full name
        return None
    if any(view.flags[n] & (HEAD | INSTITUTION) for n in range(read.first, read.last)):
        return None
    parts = [view.flags[n] for n in range(read.first, read.last) if view.keys[n][0].isalpha()]
    is_unknown = is_announced and not any(parts) and not spoken.has(~0, read.first, read.last)
    return read if is_unknown or any(flag & (GIVEN | SURNAME) for flag in parts) else None


def _named(
    scene: Scene, spoken: Spoken, read: Read, where: tuple[int, int, int]
) -> Candidate | None:
    place, low, high = where
    rules = _announced(scene, spoken, read, where)
    if not rules:
        return None
    view = scene.view
    person = spoken.whose(place, read.first, read.last)
    if person is None and place and spoken.has(_WHO, *spoken.sentences[place - 1]):
        person = Person(read.first, read.last, "owner.asked", 4, About.PERSON)
    if person is None and _best(rules) < _LEAST_ALONE:
        return None
    called = spoken.first_of(_CALLED | _BE, max(low, read.first - SHORT), read.first)
    if called is not None and spoken.is_self(called, low):
        return None
    if person is not None and person.about is About.SELF:
        person = None
    candidate = scene.candidate(
        Category.REAL_NAME, view.starts[read.first], view.ends[read.last - 1], "real_name"
    )
    candidate.add(max(rules, key=lambda rule: SENSE[rule]), _best(rules))
    candidate.add("name", read.weight)
    if person is None:
        _add(candidate, "nobody")
    else:
        candidate.add(person.rule, person.weight)
        candidate.about = person.about
    if called is not None and _is_of_a_name(spoken, low, called):
        _add(candidate, "name.of_a_name")
    elif called is not None and _is_own_forebear(spoken, low, called):
        _add(candidate, "name.own_kin_once")
    _against(scene, spoken, candidate, (low, high), (read.first, read.last))
    return candidate


_LEAST_ALONE: Final = 10  # what announces a name of nobody in particular


def _is_of_a_name(spoken: Spoken, low: int, called: int) -> bool:
    """`Freddie Mercury se llamaba …`, `Stromae s'appelle …`: somebody whom everybody knows."""
    view = spoken.view
    for at in range(max(low, called - 4), called):
        flag = view.flags[at]
        if not view.keys[at][0].isalpha() or not view.is_capital(at) or flag & STOP:
            continue
        if spoken.bits[at] or scene_is_account(spoken, at):
            continue
        is_led = at > low and bool(spoken.bits[at - 1] & bit("det", "that"))
        if flag & (GIVEN | SURNAME) and not flag & COMMON:
            return True
        if at > low or not flag:
            return not is_led or not flag
    return False


def _is_own_forebear(spoken: Spoken, low: int, called: int) -> bool:
    """`mein Opa hieß …`, `meu avô se chamava …`: one's own, and long ago."""
    return (
        spoken.is_past(called, called + 1)
        and spoken.has(bit("my"), low, called)
        and spoken.has(_FAMILY, low, called)
    )


def scene_is_account(spoken: Spoken, at: int) -> bool:
    """Return whether a token is written as pseudonyms are, or is two words in one."""
    return any(p.first <= at < p.last for p in spoken.people_in(at - 2, at + 1)) or (
        spoken.lexicon.is_compound(spoken.view.keys[at])
    )


def _against(
    scene: Scene,
    spoken: Spoken,
    candidate: Candidate,
    sentence: tuple[int, int],
    tokens: tuple[int, int],
) -> None:
    """Take away what speaks against an exposure: fiction, things, public life."""
    low, high = sentence
    if spoken.is_fiction(low, high):
        _add(candidate, "fiction")
    if spoken.has(_THING, max(low, tokens[0] - NEAR), tokens[0]):
        _add(candidate, "thing")
    if candidate.category is Category.REAL_NAME:
        weigh_public(scene, candidate, *tokens)
    else:
        count = scene.public_near(*tokens)
        if count:
            _add(candidate, "public" if count == 1 else "public.much")


def _announced(  # noqa: C901, PLR0912  # one grammar, read from top to bottom
    scene: Scene, spoken: Spoken, read: Read, where: tuple[int, int, int]
) -> list[str]:
    """Return what announces a name, as rules."""
    place, low, high = where
    first, last = read.first, read.last
    view, bits = scene.view, spoken.bits
    before, behind = max(low, first - NEAR), min(high, last + NEAR)
    rules: list[str] = []
    is_real = spoken.has(_REALLY, before, first) or spoken.has(_REALLY, last, min(high, last + 3))
    if spoken.has(_CALLED, max(low, first - 4), first):
        rules.append("name.called_really" if is_real else "name.called")
    following = min(high, last + SHORT)
    after = spoken.first_of(_CALLED, last, following)
    if after is not None and spoken.has(bit("det", "he", "that"), after + 1, after + 2):
        rules.append("name.called")  # "Friederike Obst heißt die"
    if first > low and bits[first - 1] & bit("as"):
        rules.append("name.as")
    if spoken.has(_NAMES, before, first) or spoken.has(_NAMES, last, min(high, last + 4)):
        rules.append("name.real" if is_real else "name.said")
    if spoken.has(_SURNAME, max(low, first - SHORT), first):
        rules.append("name.real")
    if spoken.has(_RECORDED, max(low, first - FAR), first) or spoken.has(
        _RECORDED, last, min(high, last + 4)
    ):
        rules.append("name.recorded")
    if spoken.has(_BEHIND, before, first) or spoken.has(_BEHIND, last, behind):
        rules.append("name.behind")
    at = first - 1
    while at > low and (bits[at] & (_REALLY | bit("det", "human", "trade")) and not bits[at] & _BE):
        at -= 1
    if at >= low and bits[at] & _BE:
        rules.append("name.is_really" if is_real else "name.is")
    elif at >= low and (view.keys[at] in _ALIAS or (view.symbols[at] == "=")):
        rules.append("name.equal")
    if spoken.has(_TELL | _FIND, before, first):
        rules.append("name.search")
    if (place and (first - low <= 1) and (high - last <= SHORT or view.keys[last] in ",-")) or (
        first - low <= 1 and spoken.has(_TOLD, last, min(len(bits), last + NEAR))
    ):
        rules.append("name.alone")
    if (
        first > low
        and view.keys[first - 1] in _GIVEN_SIGNS
        and any(
            p.last >= first - SHORT or (p.about is About.MEMBER and p.rule != "owner.second")
            for p in spoken.people_in(low, first)
        )
    ):
        rules.append("name.beside")
    is_spoken_to = (
        first > low and view.keys[first - 1] == "," and view.keys[last : last + 1] == [","]
    )
    is_told_so = spoken.has(_YOU, max(low, first - 4), first) and spoken.has(
        _BE | _CALLED, max(low, first - 4), min(high, last + 2)
    )
    if is_told_so or (is_spoken_to and spoken.has(_YOU, low, first)):
        rules.append("name.told")
    return rules


def _workplaces(
    scene: Scene, spoken: Spoken, place: int, low: int, high: int
) -> Iterator[Candidate]:
    """Yield workplaces and schools beside what somebody does there."""
    view, bits = scene.view, spoken.bits
    works = _WORKS | _STUDIES | _POST | _TRADE | _WORKPLACE | _DOES
    if not spoken.has(works, low, high) and not any(_is_class(k) for k in view.keys[low:high]):
        return
    at = low
    while at < high - 1:
        is_label = (
            view.keys[at] == ","
            and bool(view.flags[at + 1] & HEAD)
            and spoken.has(_STUDIES | bit("post"), low, at)
        ) or any(_is_class(key) for key in view.keys[max(low, at - 3) : at] if view.keys[at] == ",")
        is_label = is_label or (
            view.keys[at] in ",:=" and spoken.has(_WORKPLACE, max(low, at - 3), at)
        )
        if not bits[at] & (_AT | _OF) and not is_label:
            at += 1
            continue
        scene.budget.step()
        read = place_from(view, at + 1, scene.lexicon.head_endings)
        if (
            read is None
            or read.first > at + 3
            or not view.keys[read.first][0].isalpha()
            or read.weight < LEAST_PLACE
            or is_no_workplace(scene, read)
            or bits[read.first] & _DAY
        ):
            at += 1
            continue
        candidate = _employed(scene, spoken, read, (place, low, high, at), is_label=is_label)
        if candidate is not None:
            yield candidate
            at = read.last
        else:
            at += 1


def _employed(  # noqa: C901, PLR0911, PLR0912  # one grammar, read from top to bottom
    scene: Scene, spoken: Spoken, read: Read, where: tuple[int, int, int, int], *, is_label: bool
) -> Candidate | None:
    place, low, high, at = where
    view, bits = scene.view, spoken.bits
    before, behind = max(low, read.first - FAR), min(high, read.last + NEAR)
    rules: list[str] = []
    works = spoken.first_of(_WORKS, before, read.first)
    if works is not None:
        rules.append("work.works")
    elif spoken.has(_WORKS, read.last, behind):
        rules.append("work.behind")
    if (
        any(_is_class(key) for key in view.keys[before:behind])
        or spoken.has(_STUDIES, before, read.first)
        or spoken.has(_STUDIES, read.last, behind)
    ):
        rules.append("work.studies")
    if any(mine & _POST and not mine & _PART for mine in spoken.bits[before:behind]):
        rules.append("work.post")
    if spoken.has(_TRADE, before, read.first):
        rules.append("work.trade")
    if spoken.has(_DOES, before, read.first) and (
        read.has_head or view.flags[read.first] & (MASS | HEAD) or read.weight >= _PLACED
    ):
        rules.append("work.does")
    if spoken.has(_WORKPLACE, max(low, at - 4), at + 1) and (
        spoken.has(_HIS | (bit("like") if is_label else _BE), max(low, at - 5), at + 1)
    ):
        rules.append("work.label")
    if not rules:
        return None
    if _is_address(scene, read):
        return None
    is_of = bool(bits[at] & _OF) and not bits[at] & (_AT & ~_OF)
    if is_of and not spoken.has(_STUDIES | _POST | _TRADE | _WORKS, max(low, at - 4), at + 1):
        return None
    person = spoken.whose(place, read.first, read.last)
    if works is not None and spoken.is_self(works, low):
        return None
    if is_of and rules == ["work.trade"] and (person is None or person.rule in _OWNERS):
        return None  # the owner of Betis
    if person is None and set(rules) <= _NEEDING:
        return None
    candidate = scene.candidate(
        Category.EMPLOYER_SCHOOL,
        view.starts[read.first],
        view.ends[read.last - 1],
        "employer_school",
    )
    candidate.add(max(rules, key=lambda rule: SENSE[rule]), _best(rules))
    candidate.add("place", read.weight)
    if person is None or person.about is About.SELF:
        _add(candidate, "nobody")
    else:
        candidate.add(person.rule, person.weight)
        candidate.about = person.about
    if spoken.is_past(before, read.first):
        _add(candidate, "past")
    if spoken.has(_WISH, before, read.first):
        _add(candidate, "wished")
    _against(scene, spoken, candidate, (low, high), (read.first, read.last))
    return candidate


_OWNERS: Final = frozenset({"owner.trade", "owner.poster", "owner.kin"})
_PLACED: Final = 12  # the weight of a workplace that is told with its town
_NEEDING: Final = frozenset({"work.post", "work.trade", "work.does", "work.studies"})


def _is_class(key: str) -> bool:
    """`7b`, `3c`: a class at school."""
    return 2 <= len(key) <= 3 and key[0].isdigit() and key[-1] in "abcdefg" and key[:-1].isdigit()


def _is_address(scene: Scene, read: Read) -> bool:
    """Return whether a place is a street: `avenida de la Paz 33`."""
    keys = scene.view.keys
    kind = scene.lexicon.address.kind_of
    around = range(max(0, read.first - 3), read.first)
    return any("before" in kind(keys[at]) or "french" in kind(keys[at]) for at in around)


def _met(scene: Scene, spoken: Spoken, place: int, low: int, high: int) -> Candidate | None:  # noqa: C901, PLR0911, PLR0912  # one grammar, read from top to bottom
    """Read somebody, a place, and a time that comes again or is now."""
    view = scene.view
    if not spoken.has(_DAY | _NOW | _ALONE | _CLOCK | _PART, low, high):
        return None
    if not spoken.has(_AT, low, high):
        return None
    scene.budget.step()
    times: list[int] = []
    rules: list[str] = []
    day = spoken.first_of(_DAY, low, high)
    every = spoken.first_of(_EVERY, low, high)
    is_again = day is not None and (
        (every is not None and abs(every - day) <= SHORT) or view.keys[day].endswith("s") or every
    )
    for rule, at in (
        ("met.again", day if is_again else None),
        ("met.day", day if not is_again else None),
        ("met.every", every if day is None else None),
        ("met.now", spoken.first_of(_NOW, low, high)),
        ("met.clock", _clock(scene, spoken, low, high)),
        ("met.part", spoken.first_of(_PART, low, high)),
        ("met.alone", spoken.first_of(_ALONE, low, high)),
    ):
        if at is not None:
            times.append(at)
            rules.append(rule)
    where = _place(scene, spoken, low, high)
    if where is None or not times:
        return None
    at, is_named = where
    moves = spoken.first_of(_MOVES | _SEES, low, high)
    if moves is not None and spoken.is_self(moves, low):
        return None
    person = spoken.whose(place, at, at + 1)
    if (
        person is None
        and moves is not None
        and (
            _is_dropped(spoken, moves, low, high, rules)
            or (is_named and "met.again" in rules and _opens_so(spoken, moves, low))
        )
    ):
        person = Person(moves, moves + 1, "owner.dropped", 4, About.PERSON)
    if person is None or person.about is About.SELF or person.rule in _NOBODY:
        return None
    if moves is None and (person.rule not in _SURE or spoken.has(bit("me"), low, high)):
        return None
    if person.rule == "owner.dropped" and spoken.has(_MINE, low, high):
        return None
    begin = max(
        low,
        min(
            [at, *times, *([] if moves is None else [moves])]
            + ([person.first] if person.first >= low else [])
        ),
    )
    end = min(high, max([at + 4, (moves or 0) + 1, *[t + 2 for t in times]]))
    candidate = scene.candidate(
        Category.WHEREABOUTS, view.starts[begin], view.ends[end - 1], "clause"
    )
    _add(candidate, "met", "met.named_place" if is_named else "met.place", *rules)
    if not is_named and not {"met.clock", "met.alone"}.intersection(rules):
        _add(candidate, "met.any_place")  # to church on Sundays
    if spoken.has(_SEES, low, high):
        _add(candidate, "met.seen")
    candidate.add(person.rule, person.weight)
    candidate.about = person.about
    is_work = any(mine & (_WORKS | _POST) and not mine & _PART for mine in spoken.bits[low:high])
    if is_named and not is_work:
        _add(candidate, "met.no_work")
    if person.last == at and person.rule in _OWNERS:
        _add(candidate, "met.service")  # the landlord of the Ox
    if person.rule == "owner.trade" and not is_named:
        _add(candidate, "met.service")
    if person.rule == "owner.second":
        _add(candidate, "met.second")
    if spoken.has(_OPEN | _WE, low, high):
        _add(candidate, "met.open")
    if spoken.is_past(low, high) and not is_again:
        _add(candidate, "past")
    if scene.view.flags[person.first] & INSTITUTION:
        _add(candidate, "thing")
    _against(scene, spoken, candidate, (low, high), (begin, end))
    return candidate


_TO_A_TOWN: Final = frozenset({"nach", "bis"})
_PLACE_ENDINGS: Final = (
    *("see", "hof", "berg", "dorf", "burg", "stadt", "heim", "bach", "tal", "park", "feld"),
    *("hausen", "ingen", "ried", "wald", "eck", "tor", "brucke", "weiher", "kirchen"),
)
_SURE: Final = frozenset({"owner.third", "owner.human", "owner.handle", "owner.poster"})


def _is_dropped(spoken: Spoken, moves: int, low: int, high: int, rules: list[str]) -> bool:
    """Return whether a verb alone says who: `baja a las ocho`, `sai da facul sozinha`."""
    if spoken.senses.has_compounds or spoken.view.keys[moves][-1] in "nsz":
        return False
    is_told = "met.alone" in rules or ("met.clock" in rules and "met.again" in rules)
    return is_told and bool(spoken.senses.drops) and not spoken.has(_MINE | bit("my"), low, high)


def _opens_so(spoken: Spoken, moves: int, low: int) -> bool:
    """`às terças está …`, `todos os sábados corre …`: only a time stands before the verb."""
    return (
        bool(spoken.senses.drops)
        and spoken.view.keys[moves][-1] not in "nsz"
        and all(
            spoken.bits[at] & (_DAY | _EVERY | _PART | _AT | bit("det"))
            or not spoken.view.keys[at][0].isalpha()
            for at in range(low, moves)
        )
    )


_NOBODY: Final = frozenset({"owner.own_kin"})


def _clock(scene: Scene, spoken: Spoken, low: int, high: int) -> int | None:
    """Return where a time of day stands: `6h30`, `um acht`, `a las 7`, `22 Uhr`."""
    keys = scene.view.keys
    for at in range(low, high):
        key = keys[at]
        if spoken.bits[at] & _CLOCK and (key[0].isalpha() or "h" in key) and len(key) > 1:
            return at
        if key[0].isdigit() and (
            key[-1] == "h"
            or "h" in key
            or (at + 1 < high and spoken.bits[at + 1] & _CLOCK)
            or (at > low and spoken.bits[at - 1] & (_AT | bit("det")) and len(key) <= 2)  # an hour
        ):
            return at
    return None


def _place(scene: Scene, spoken: Spoken, low: int, high: int) -> tuple[int, bool] | None:
    """Return the token of a place behind a preposition, and whether the place has a name."""
    view, bits = scene.view, spoken.bits
    best: int | None = None
    for at in range(low, high - 1):
        if not bits[at] & _AT or (
            bits[at] & _OF and not spoken.has(_MOVES | _SPOT, max(low, at - 4), at)
        ):
            continue
        for near in range(at + 1, min(high, at + 5)):
            if not view.keys[near][0].isalpha() or (
                bits[near] & (_DAY | _NOW | _CLOCK | _PART) and not bits[near] & _SPOT
            ):
                break
            if spoken.is_named(near) and not _is_german_noun(spoken, near):
                if view.flags[near] & GIVEN and near + 1 < high and view.is_capital(near + 1):
                    break  # somebody's name
                return at, True
            if bits[near] & _SPOT or view.flags[near] & (INSTITUTION | HEAD):
                if any(
                    spoken.is_named(n) and not _is_german_noun(spoken, n)
                    for n in range(near + 1, min(high, near + 4))
                ):
                    return at, True
                best = at if best is None else best
    return None if best is None else (best, False)


def _is_german_noun(spoken: Spoken, at: int) -> bool:
    """German nouns have capitals too; a name is listed, or stands behind a noun."""
    if spoken.senses.code != "de":
        return False
    view = spoken.view
    if view.keys[at].endswith(_PLACE_ENDINGS) or (
        at and view.keys[at - 1] in _TO_A_TOWN and not view.flags[at]
    ):
        return False  # common nouns have articles
    return (
        not view.flags[at] & (GIVEN | SURNAME)
        and not (at and view.is_capital(at - 1) and (view.flags[at - 1] & (INSTITUTION | HEAD)))
        and not spoken.lexicon.address.kind_of(view.keys[at])
    )


__all__ = ["told"]
