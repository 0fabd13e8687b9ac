"""What exposes without a number: names, workplaces, requests, whereabouts, threats, accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import re2

from app.screening.detectors.identity import FRAMES
from app.screening.detectors.matched import (
    candidate_of,
    clause,
    sentence_start,
    token_at,
    trimmed,
    weigh_public,
)
from app.screening.findings import About, Category
from app.screening.lexicon import (
    CAMEL_SYMBOL,
    COMMON,
    DAY,
    GIVEN,
    HANDLE_SYMBOL,
    HEAD,
    INSTITUTION,
    KIN,
    LIVES,
    NAMING,
    NEGATION,
    NUMBER_WORD,
    PAST,
    PEOPLE,
    PLURAL,
    PUBLIC,
    RELATIVES,
    ROLE,
    SECOND,
    SELF,
    STOP,
    SURNAME,
    THIRD,
    WORKS,
    Compiled,
)
from app.screening.readers import (
    Read,
    account_from,
    name_before,
    name_from,
    place_from,
    surname_from,
)
from app.screening.scene import WINDOW, Candidate, Scene
from app.screening.scoring import CLAUSE

STRENGTHS: Final[Mapping[tuple[str, str], int]] = {
    ("real_name", "strong"): 20,
    ("real_name", "medium"): 13,
    ("real_name", "weak"): 5,
    ("real_name", "naming"): 4,  # says a name, of whom the words around must tell
    ("employer_school", "verb"): 14,
    ("employer_school", "headverb"): 10,
    ("employer_school", "strong"): 14,
    ("employer_school", "headed"): 10,
    ("employer_school", "weak"): 6,
}
ACCOUNT_SHAPED: Final = 8  # what a pseudonym in its usual shape weighs
MOST_MATCHES: Final = 40  # of one pattern in one text
_PHRASES: Final = frozenset(
    {
        "real_name",
        "employer_school",
        "solicitation",
        "account_link",
        "whereabouts",
        "exposure_threat",
    }
)


def phrases(scene: Scene) -> Iterator[Candidate]:
    """Yield what the packs' patterns announce, once it has been read and weighed."""
    for pattern in scene.view.matching(_PHRASES):
        for count, found in enumerate(pattern.expression.finditer(scene.view.symbols)):
            if count >= MOST_MATCHES:
                break
            reader = FRAMES.get((pattern.category, pattern.strength)) or _READERS[pattern.category]
            candidate = reader(scene, pattern, found)
            if candidate is not None:
                candidate.add(f"pattern.{pattern.language}.{pattern.strength}", 0)
                yield candidate


def _named(  # noqa: C901, PLR0912  # one grammar, read from top to bottom
    scene: Scene, pattern: Compiled, found: re2._Match[str]
) -> Candidate | None:
    groups = found.groupdict()
    is_sure = pattern.strength == "strong"
    read: Read | None = None
    if groups.get("name") is not None:
        read = name_from(scene.view, token_at(found, "name"), is_sure=is_sure)
    elif groups.get("nameback") is not None:
        read = name_before(scene.view, token_at(found, "nameback"), is_sure=is_sure)
    elif groups.get("name1") is not None:
        read = name_from(scene.view, token_at(found, "name1"), is_sure=True) or surname_from(
            scene.view, token_at(found, "name1")
        )
    if (
        read is None
        or (pattern.strength == "naming" and not _is_given(scene, read.first))
        or (pattern.strength == "medium" and _is_wondered(scene, read))
    ):
        return None
    parts = scene.view.flags[read.first : read.last]
    if (
        pattern.language == "de"
        and read.first
        and scene.view.keys[read.first - 1] in _GERMAN_HE
        and not any(flag & (GIVEN | SURNAME) and not flag & COMMON for flag in parts)
    ):
        return None  # "hinter dem Remake von Gothic"
    if parts[0] & (HEAD | INSTITUTION) and not parts[0] & GIVEN:
        return None
    candidate = candidate_of(scene, Category.REAL_NAME, read.first, read.last, "real_name")
    if pattern.language == "de" and (
        not any(flag & (GIVEN | SURNAME) for flag in parts) and any(flag & COMMON for flag in parts)
    ):
        candidate.add("name.unlisted", -10)  # German nouns have capitals too
    candidate.add(f"cue.{pattern.strength}", STRENGTHS["real_name", pattern.strength])
    if pattern.strength == "naming" and _is_subject(scene, read):
        return None
    candidate.add("name", read.weight)
    if scene.view.flags[read.first] & COMMON and not scene.view.flags[read.first] & GIVEN:
        candidate.add("name.common", CLAUSE["name.common"])  # Big Ben
    first, last = found.start(), found.end()
    if groups.get("nameback") is not None:
        _own(scene, candidate, range(read.last, last), groups)
    else:
        if pattern.strength == "naming":
            first = sentence_start(scene, first)
        is_loose = pattern.strength == "naming"
        owner = range(_owner_start(scene, first), read.first)
        _own(scene, candidate, owner, groups, loosely=is_loose)
    if any(
        scene.view.flags[at] & PAST for at in range(first, last) if not read.first <= at < read.last
    ):
        candidate.add("past", -16)
    if candidate.about is About.SELF:
        if pattern.strength == "naming":
            return None  # my dog is called …
    else:
        weigh_public(scene, candidate, read.first, read.last)
    return candidate


def _is_wondered(scene: Scene, read: Read) -> bool:
    """`@emma is Ada Lovelace in the new one?`: the mention is asked, and is not who is named."""
    view = scene.view
    if view.keys[sentence_start(scene, read.first)][0] != "@" or read.last >= len(view.keys):
        return False
    behind = range(read.last, min(len(view.keys), read.last + WINDOW))
    end = next((at for at in behind if view.symbols[at] in ".!?\n"), None)
    return view.keys[read.last][0].isalpha() and end is not None and view.keys[end] == "?"


def _is_subject(scene: Scene, read: Read) -> bool:
    """`the spokesman: Amy Winehouse's funeral`, `@news: Ada Lovelace was right`."""
    view = scene.view
    following = view.keys[read.last : read.last + 2]
    is_quoted = read.first > 1 and view.keys[read.first - 1] == ":"
    is_quoted = is_quoted and view.keys[read.first - 2][0] == "@"
    return following == ["'", "s"] or (is_quoted and bool(following) and following[0].isalpha())


def _is_given(scene: Scene, token: int) -> bool:
    """Return whether a capital word is a given name and nothing else."""
    flag = scene.view.flags[token]
    return bool(flag & GIVEN and not flag & COMMON) and scene.view.is_capital(token)


def _owner_start(scene: Scene, first: int) -> int:
    """A phrase that begins with "real name" may stand behind whose it is: `Elton John's`."""
    view = scene.view
    if first >= 3 and view.keys[first - 1] == "s" and view.keys[first - 2] == "'":
        return max(0, first - 4)
    if first > 1 and all(_is_in_name(scene, at) for at in (first - 2, first - 1)):
        return first - 2  # "Angela Merkel hieß früher …"
    return first


def _is_in_name(scene: Scene, at: int) -> bool:
    view = scene.view
    return (
        view.is_capital(at)
        and bool(view.flags[at] & (GIVEN | SURNAME) or not view.flags[at])
        and not view.flags[at] & STOP
    )


Owner = tuple[str, int, About]  # the rule, its weight, whom it makes a candidate about
_NOBODY: Final[Owner] = ("owner.none", -6, About.PERSON)
_HANDLE: Final[Owner] = ("owner.handle", 14, About.MEMBER)
_FAMILY: Final[Owner] = ("owner.family", -16, About.PERSON)  # my mother goes to church
_CAMEL: Final[Owner] = ("owner.camel", 10, About.MEMBER)
_COMPOUND: Final[Owner] = ("owner.compound", 12, About.MEMBER)
_SOMEBODY: Final[Owner] = ("owner.third", 12, About.PERSON)
_MYSELF: Final[Owner] = ("owner.self", 8, About.SELF)
_OF_MINE: Final[Owner] = ("owner.of_mine", -12, About.PERSON)  # my hero's real name
_ODD: Final[Owner] = ("owner.odd", 5, About.MEMBER)
_BY_FLAG: Final[tuple[tuple[int, Owner], ...]] = (
    (KIN, ("owner.kin", 6, About.PERSON)),
    (THIRD | ROLE, _SOMEBODY),
    (SECOND, ("owner.second", 8, About.MEMBER)),
    (PEOPLE, ("owner.people", 9, About.PERSON)),
    (PLURAL, ("owner.plural", 2, About.PERSON)),
)
_OF_A_FAMILY: Final = frozenset({"owner.third", "owner.people", "owner.kin", "owner.none"})
_DOERS: Final = ("er", "or", "ist")  # my dealer is no thing of mine


def _own(
    scene: Scene,
    candidate: Candidate,
    tokens: range,
    groups: Mapping[str, str | None],
    *,
    loosely: bool = False,
) -> None:
    """Add whose it is, from the words of the phrase itself, or `loosely` from those around."""
    best = _NOBODY
    is_family = False
    for at in tokens:
        if loosely and is_hailed(scene, at):
            continue
        owner = _owner_at(scene, at, is_first=at == tokens.start)
        if owner is None:
            continue
        is_family = is_family or owner is _FAMILY
        if best is _NOBODY or owner[1] > best[1]:
            best = owner
    if is_family and best[0] in _OF_A_FAMILY:
        best = _FAMILY
    if groups.get("me") is not None:
        best = _MYSELF
    candidate.add(best[0], best[1])
    candidate.about = best[2]


def _owner_at(scene: Scene, at: int, *, is_first: bool) -> Owner | None:
    """Return whom a word says something belongs to, if it says so."""
    view = scene.view
    flag, symbol, key = view.flags[at], view.symbols[at], view.keys[at]
    if not key[0].isalnum() and symbol != HANDLE_SYMBOL:
        return None
    if symbol == HANDLE_SYMBOL or (at > 0 and view.keys[at - 1] == "/"):
        return _HANDLE
    if flag & RELATIVES and at and view.flags[at - 1] & SELF:
        return _FAMILY
    if symbol == CAMEL_SYMBOL and not flag & (KIN | THIRD | ROLE):
        return _CAMEL
    for wanted, owner in _BY_FLAG:
        if flag & wanted:
            return owner
    return _mine_at(scene, at) if flag & SELF else _called_at(scene, at, is_first=is_first)


def _mine_at(scene: Scene, at: int) -> Owner | None:
    """Read a word for oneself: `my …`, or `my hero's …`; not the German `im`."""
    view = scene.view
    if "'" in view.keys[at + 2 : at + 4] and not view.keys[at + 1].endswith(_DOERS):
        return _OF_MINE
    is_german = view.keys[at] == "im" and not _GERMAN.isdisjoint(view.vocabulary)
    return None if is_german else _MYSELF  # "ist im Gymnasium", and no "I'm"


def _called_at(scene: Scene, at: int, *, is_first: bool) -> Owner | None:
    """Read a word that may be what somebody is called, in the world or here."""
    view = scene.view
    flag, key = view.flags[at], view.keys[at]
    is_capital = view.is_capital(at)
    is_pair = at > 0 and view.is_capital(at - 1) and not view.flags[at - 1] & STOP
    if not flag and key.isalpha():
        if scene.lexicon.is_compound(key):
            return _COMPOUND
        return ("owner.capital", -26 if is_pair else -10, About.PERSON) if is_capital else _ODD
    if is_first and key in _GERMAN_HE and at + 1 < len(view.keys) and not view.is_capital(at + 1):
        return _SOMEBODY
    if is_capital and not flag & STOP and at:
        return ("owner.known_name", -26 if is_pair else -12, About.PERSON)
    return None


def is_hailed(scene: Scene, at: int) -> bool:
    """Return whether a mention only calls somebody or says whom one quotes, and names nobody.

    `@wren Ada Lovelace was great`, `RT @wren: …`; not `@wren is …` or `@wren's real name`.
    """
    view = scene.view
    keys = view.keys
    if keys[at][0] != "@":
        return False
    first = at
    while first and keys[first - 1][0] == "@":
        first -= 1
    if first and keys[first - 1] in _QUOTING:
        return True
    if (first and view.symbols[first - 1] not in ".!?\n") or at + 1 >= len(keys):
        return False
    return keys[at + 1][0].isalnum() and not view.flags[at + 1] & (NAMING | LIVES | WORKS)


_QUOTING: Final = frozenset({"rt", "via", "cc"})


def owned(scene: Scene, candidate: Candidate, tokens: range) -> None:
    """Add whose it is, and set whom the candidate is about, from the words at these tokens."""
    _own(scene, candidate, tokens, {}, loosely=True)


_GERMAN: Final = frozenset(["ist", "und", "der", "die", "das", "den", "ich", "nicht"])
_GERMAN_HE: Final = frozenset({"der", "die", "dem", "den"})  # "Der heißt in echt …"


def _employed(scene: Scene, pattern: Compiled, found: re2._Match[str]) -> Candidate | None:
    if found.groupdict().get("place") is None:
        return None
    read = place_from(scene.view, token_at(found, "place"), scene.lexicon.head_endings)
    if read is None or (pattern.strength in {"headed", "headverb"} and not read.has_head):
        return None
    if is_no_workplace(scene, read, pattern.language):
        return None
    candidate = candidate_of(
        scene, Category.EMPLOYER_SCHOOL, read.first, read.last, "employer_school"
    )
    candidate.add(f"cue.{pattern.strength}", STRENGTHS["employer_school", pattern.strength])
    candidate.add("place", read.weight)
    first = found.start()
    if pattern.strength in {"verb", "headverb"}:
        first = sentence_start(scene, first)
    _own(scene, candidate, range(first, read.first), found.groupdict())
    tokens = range(found.start(), read.first)
    if candidate.signals[-1].rule == "owner.none":
        candidate.add("nobody", -12)
    if any(scene.view.flags[at] & PAST for at in tokens):
        candidate.add("past", -14)
    count = scene.public_near(found.start(), read.last)
    if count and candidate.about is not About.SELF:
        candidate.add("public", -10 if count == 1 else -20)
    return candidate


_HEADING: Final = frozenset(
    {
        *("dueno", "duena", "dono", "dona", "propietario", "propietaria", "proprietario"),
        *("presidente", "presidenta", "fundador", "fundadora", "tecnico", "treinador"),
        "entrenador",
    }
)
_OF: Final = frozenset({"de", "del", "da", "do", "du", "dos", "das"})
_REALLY: Final = frozenset(
    [
        "wirklichkeit",
        "wahrheit",
        "realitat",
        "realidad",
        "realidade",
        "verdad",
        "verdade",
        "realite",
    ]
)
_HOURS: Final = frozenset({"uhr", "h", "heures", "horas"})


def is_no_workplace(scene: Scene, read: Read, language: str = "") -> bool:
    """Return whether a place is a street, or a German noun that is capital as all are."""
    streets = scene.lexicon.address
    before = scene.view.keys[read.first - 1] if read.first else ""
    if before in _REALLY or scene.view.keys[read.first] in _REALLY:
        return True  # "in Wirklichkeit …"
    leading = scene.view.keys[max(0, read.first - 4) : read.first]
    if before in _OF and not _HEADING.isdisjoint(leading):
        return True  # the owner of Betis
    key = scene.view.keys[read.first]
    if scene.view.keys[read.last - 1] in _HOURS:
        return True  # a time is no part of a firm's name
    # the weight of one unknown word
    return bool(streets.kind_of(key)) or (language == "de" and read.weight <= 2)


def _asked(scene: Scene, pattern: Compiled, found: re2._Match[str]) -> Candidate | None:
    if pattern.strength == "negative":
        return None
    first, last = trimmed(scene, *found.span())
    candidate = candidate_of(
        scene,
        Category.SOLICITATION,
        *clause(scene, first, last),
        f"solicitation.{pattern.strength}",
    )
    groups = found.groupdict()
    candidate.about = About.MEMBER if groups.get("you") is not None else About.PERSON
    flags = scene.view.flags
    inside = flags[first:last]
    if any(flag & PLURAL for flag in inside) and not any(flag & THIRD for flag in inside):
        candidate.add("owner.plural", -6)
    count = scene.public_near(first, last) + sum(1 for flag in inside if flag & PUBLIC)
    if count:
        candidate.add("public", -14 if count == 1 else -24)
    if any(flag & INSTITUTION for flag in flags[max(0, first - 8) : first]) and not any(
        flag & THIRD for flag in inside
    ):
        candidate.add("institution", -12)
    before = range(max(0, first - 4), first)
    if any(flags[at] & NEGATION for at in before) or (flags[first] & NEGATION):
        candidate.add("negation", -30)
    elif any(flag & NEGATION for flag in inside) and not _asks(scene, last):
        candidate.add("negation.inside", -24)  # I do not know where he lives
    scene.add_safety(candidate, first, last)
    return candidate


def _asks(scene: Scene, last: int) -> bool:
    """Return whether a question mark ends the sentence."""
    symbols = scene.view.symbols
    for at in range(max(0, last - 1), min(len(symbols), last + WINDOW)):
        if symbols[at] in ".!?\n":
            return symbols[at] == "?"
    return False


def _linked(scene: Scene, pattern: Compiled, found: re2._Match[str]) -> Candidate | None:
    if found.groupdict().get("account") is None:
        first, last = trimmed(scene, *found.span())
        read: Read | None = Read(first, last, 0)
    else:
        read = account_from(scene.view, token_at(found, "account"))
    if read is None:
        return None
    first = trimmed(scene, found.start(), read.first + 1)[0]  # both names, and what joins them
    candidate = candidate_of(scene, Category.ACCOUNT_LINK, first, read.last, "account_link")
    candidate.add("account", read.weight)
    if (
        read.weight < ACCOUNT_SHAPED
        and pattern.language != "en"  # which weighs common words by clauses
        and (
            scene.view.flags[read.last - 1] & ~(GIVEN | SURNAME)
            or (pattern.language == "de" and scene.view.is_capital(read.last - 1))
        )
    ):
        candidate.add("account.a_word", -24)  # she is a nurse
    _own(scene, candidate, range(found.start(), read.first), found.groupdict())
    weigh_public(scene, candidate, found.start(), read.last)
    return candidate


def _placed(scene: Scene, pattern: Compiled, found: re2._Match[str]) -> Candidate | None:
    first, last = trimmed(scene, *found.span())
    view = scene.view
    around = range(first + 1, min(len(view.keys), last + 8))
    has_place = any(
        (view.is_capital(at) and not view.flags[at] & (STOP | COMMON))
        or view.flags[at] & INSTITUTION
        for at in around
        if view.keys[at][0].isalpha()
    )
    has_name = any(
        view.is_capital(at)
        and view.keys[at][0].isalpha()
        and not view.flags[at] & (STOP | COMMON | INSTITUTION | DAY)
        for at in around
    )
    has_clock = any(view.keys[at][0].isdigit() or view.flags[at] & NUMBER_WORD for at in around)
    has_preposition = any(view.keys[at] in _WHERE for at in around)
    if not has_preposition or not (has_place or has_clock):
        return None
    candidate = candidate_of(scene, Category.WHEREABOUTS, first, last, "whereabouts")
    if any(view.flags[at] & INSTITUTION for at in range(first, min(last, first + 3))):
        candidate.add("of_a_place", -14)  # the museum is there every day
    if has_place and has_clock:
        candidate.add("place_and_time", 6)
    elif not has_place:
        candidate.add("no_place", -20)
    elif not has_clock and not has_name:
        candidate.add("any_place", -20)  # to church on Sundays
    elif not has_clock and not any(view.flags[at] & INSTITUTION for at in around):
        candidate.add("only_town", -12)
    _own(scene, candidate, range(sentence_start(scene, first), last), found.groupdict())
    if candidate.about is About.SELF:
        return None  # where the author is, or goes with somebody of theirs
    weigh_public(scene, candidate, first, last)
    return candidate


_WHERE: Final = frozenset(
    [
        "at",
        "in",
        "on",
        "outside",
        "near",
        "by",
        "from",
        "to",
        "past",
        "along",
        "opposite",
        "behind",
        "bei",
        "im",
        "am",
        "an",
        "auf",
        "vor",
        "in",
        "en",
        "frente",
        "al",
        "a",
        "au",
        "aux",
        "devant",
        "chez",
        "dans",
        "na",
        "no",
        "em",
        "ao",
        "pelo",
        "pela",
        "num",
        "numa",
        "do",
        "da",
        "por",
        "del",
        "de",
        "detras",
        "delante",
        "vers",
        "sur",
        "autour",
        "par",
        "derriere",
        "beim",
        "vorm",
        "hinter",
        "zum",
        "zur",
        "nach",
        "aus",
        "entlang",
    ]
)


def _threatened(scene: Scene, pattern: Compiled, found: re2._Match[str]) -> Candidate | None:
    first, last = trimmed(scene, *found.span())
    candidate = candidate_of(scene, Category.EXPOSURE_THREAT, first, last, "exposure_threat")
    candidate.about = About.MEMBER
    flags = scene.view.flags
    if any(flags[at] & NEGATION for at in range(max(0, first - 3), first)):
        candidate.add("negation", -30)
    scene.add_cues(candidate, first, last, "safety")
    count = scene.public_near(first, last)
    if count:
        candidate.add("public", -10 * min(count, 2))
    return candidate


_READERS: Final[Mapping[str, Callable[[Scene, Compiled, re2._Match[str]], Candidate | None]]] = {
    "real_name": _named,
    "employer_school": _employed,
    "solicitation": _asked,
    "account_link": _linked,
    "whereabouts": _placed,
    "exposure_threat": _threatened,
}
