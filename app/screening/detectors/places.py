"""Places: postal addresses by the grammar of each pack, and points on a map."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from app.screening.findings import About, Category
from app.screening.lexicon import COMMON, GIVEN, KIN, PARTICLE, ROLE, SELF, STOP, THIRD
from app.screening.scene import Candidate, Scene

LONGEST_STREET: Final = 6  # words of a street's name
POSTCODE: Final = 5  # digits in Germany, Spain and France; house numbers have fewer
LONGEST_TAIL: Final = 14  # tokens behind the number: flat, postcode, town
MOST_SEEN: Final = 400  # street words looked at in one text

_UK_OUT: Final = re.compile(r"[a-z]{1,2}\d[a-z\d]?")
_UK_IN: Final = re.compile(r"\d[a-z]{2}|[a-z\d]{4}")  # the second half; also of an Eircode
_HOUSE: Final = re.compile(r"\d{1,5}[a-z]?")
_DIRECTIONS: Final = frozenset(
    [
        "n",
        "s",
        "e",
        "w",
        "ne",
        "nw",
        "se",
        "sw",
        "north",
        "south",
        "east",
        "west",
        "saint",
        "st",
        "new",
        "old",
        "upper",
        "lower",
    ]
)
_SUFFIXES: Final = frozenset(["bis", "ter", "quater"])


def addresses(scene: Scene) -> Iterator[Candidate]:  # noqa: C901, PLR0912  # one grammar, read from top to bottom
    """Yield postal addresses: street with number, in the order their language puts them."""
    view = scene.view
    grammar = scene.lexicon.address
    kinds = {key: grammar.kind_of(key) for key in view.vocabulary}
    if not any(kinds.values()) and not any(map(_UK_OUT.fullmatch, view.vocabulary)):
        return
    done = -1
    seen = 0
    for token, key in enumerate(view.keys):
        if key == "," and token > done and _is_unit_behind(scene, token):
            first = _bare_street(scene, token)
            if first is not None:
                done = token
                yield _weighed(scene, first, token, 6, has_number=True)
            continue
        if key[-1].isdigit() and token > done and _UK_OUT.fullmatch(key):
            posted = _by_postcode(scene, token)
            if posted is not None:
                done = posted[1]
                yield _weighed(scene, *posted, has_number=True)
            continue
        kind = kinds[key]
        if not kind or token <= done or not key[0].isalpha():
            continue
        seen += 1
        if seen > MOST_SEEN:
            return
        found = None
        if "before" in kind:
            found = _type_first(scene, token)
        if found is None and "compound" in kind:
            found = _compound(scene, token)
        if found is None and "prefix" in kind:
            found = _prefixed(scene, token)
        if found is None and "after" in kind:
            found = _number_first(scene, token)
        if found is None:
            continue
        first, last, weight, has_number = found
        done = last - 1
        yield _weighed(scene, first, last, weight, has_number=has_number)


def _weighed(scene: Scene, first: int, last: int, weight: int, *, has_number: bool) -> Candidate:
    view = scene.view
    first = _with_unit_before(scene, first)
    last, tail = _with_tail(scene, last)
    start, end = view.starts[first], view.ends[last - 1]
    if start >= 3 and view.text[start - 1] == "-" and view.text[start - 2].isalpha():
        unit = view.text.rfind(" ", 0, start) + 1  # B-204
        start = unit if start - unit <= 4 else start
    base = "postal_address" if has_number else "postal_address.vague"
    found = scene.candidate(Category.POSTAL_ADDRESS, start, end, base)
    found.add("street", weight)
    found.add("tail", tail)
    scene.weigh(found)
    if found.about is About.INSTITUTION and scene.has(THIRD | KIN, first, last, 5):
        found.about = About.PERSON
    if not any(signal.weight > 0 and signal.rule.startswith(_LINKING) for signal in found.signals):
        found.add("no_person", NO_PERSON)  # where something is, and nobody lives
    public = scene.public_near(first, last)
    is_bare = not has_number and not tail  # "a family that lives in calle Olmo", in a series
    if public and (is_bare or not scene.has(THIRD | SELF | KIN, first, last, 8)):
        found.add("public", -14 if public == 1 else -24)
    return found


_LINKING: Final = ("person.", "cue.", "call_to_act", "disguise")
NO_PERSON: Final = -13


def _is_name(scene: Scene, token: int) -> bool:
    view = scene.view
    return view.keys[token][0].isalpha() and (
        view.is_capital(token) or bool(view.flags[token] & PARTICLE)
    )


def _number_first(scene: Scene, token: int) -> tuple[int, int, int, bool] | None:  # noqa: C901, PLR0911, PLR0912  # one grammar, read from top to bottom
    """Read back from a street word: `1847 Larkspur Hollow Rd`, `66 pinecrest terrace`."""
    view = scene.view
    keys, flags = view.keys, view.flags
    capitals = commons = words = 0
    at = token - 1
    while at >= 0 and words <= LONGEST_STREET:
        key = keys[at]
        if _is_house_number(scene, at) and words:
            if not capitals and (commons or view.text[view.ends[token - 1]] == "-"):
                return None
            if _is_measure(scene, at, token):
                return None
            return at, token + 1, 10 if capitals else 2, True
        if not key[0].isalnum() and key not in {"'", "-"}:
            break
        if key[0].isdigit() and not key[-1].isalpha():
            break
        if key in {"'", "-"} or key == "s":
            at -= 1
            continue
        words += 1
        if view.is_capital(at) or key[0].isdigit() or key in _DIRECTIONS:
            capitals += 1
        elif flags[at] & STOP:
            break
        elif flags[at] & COMMON and not flags[at] & GIVEN:
            commons += 1
        at -= 1
    if capitals and token - at > 1 and view.is_capital(token - 1):
        first = token - 1
        while first - 1 > at and view.is_capital(first - 1) and not flags[first - 1] & STOP:
            first -= 1
        if scene.lexicon.address.is_strong(keys[token]) and not flags[first] & STOP:
            unit = _unit_part(scene, first)
            if unit is not None:
                return unit, token + 1, 10, True
            house = _named_house(scene, first)
            if house is not None:
                return house, token + 1, 10, True
            after = _number_after(scene, token)
            return first, after or token + 1, 8 if after else 0, bool(after)
    return None


def _named_house(scene: Scene, first: int) -> int | None:
    """`Heron Cottage, Sluice Lane`: a house with a name instead of a number."""
    view = scene.view
    at = first - 1
    # two words at least
    if at < 2 or view.keys[at] != "," or not scene.lexicon.address.is_house(view.keys[at - 1]):
        return None
    at -= 1
    while at > 0 and view.is_capital(at - 1) and view.keys[at - 1][0].isalpha():
        at -= 1
    return at if at < first - 2 else None


def _number_after(scene: Scene, token: int) -> int | None:
    """`Weavers Terrace, number 17`."""
    keys = scene.view.keys
    at = token + 1 + (keys[token + 1 : token + 2] == [","])
    if (
        keys[at : at + 1] in (["number"], ["no"]) and _is_house_number(scene, at + 1)
        if at + 1 < len(keys)
        else False
    ):
        return at + 2
    return None


def _is_unit_behind(scene: Scene, comma: int) -> bool:
    """`, depto 34`, `, piso 2`, `, ap. 12`."""
    keys = scene.view.keys
    at = comma + 2 + (keys[comma + 2 : comma + 3] == ["."])
    return (
        at < len(keys) and scene.lexicon.address.is_unit(keys[comma + 1]) and keys[at][0].isdigit()
    )


def _bare_street(scene: Scene, comma: int) -> int | None:
    """`Los Aromos 2245, depto 34`: a street without a word for one, as in Chile or Argentina."""
    view = scene.view
    # a name and a number
    if comma < 2 or not view.keys[comma - 1].isdigit() or not _is_house_number(scene, comma - 1):
        return None
    at = comma - 1
    while at > 0 and at > comma - 5 and view.keys[at - 1][0].isalpha() and view.is_capital(at - 1):
        at -= 1
    return at if at < comma - 1 else None


def _by_postcode(scene: Scene, token: int) -> tuple[int, int, int] | None:
    """`52 Inverleith Steps, Bristol BS6 7QD`: a house number before a British postcode."""
    view = scene.view
    keys = view.keys
    if token + 1 >= len(keys) or _UK_IN.fullmatch(keys[token + 1]) is None:
        return None
    for at in range(token - 1, max(-1, token - 10), -1):
        if view.symbols[at] in ".!?\n;:":
            return None
        if keys[at].isdigit() or _is_house_number(scene, at):
            street = range(at + 1, token)
            if len(street) >= 2 and all(
                keys[word] in {",", "'", "s", "-"} or view.is_capital(word) for word in street
            ):
                return at, token + 2, 14
            return None
    return None


def _unit_part(scene: Scene, first: int) -> int | None:
    """`B-204, Shanti Residency, Baner Road`: a numbered unit, then names between commas."""
    view = scene.view
    at = first - 1
    for _ in range(8):
        if at < 0 or view.symbols[at] in ".!?:;\n":
            return None
        key = view.keys[at]
        if key.isdigit():
            while at > 1 and view.keys[at - 1] in {"-", "no", "#"}:
                at -= 1
                if view.keys[at] == "-" and len(view.keys[at - 1]) <= 2:
                    at -= 1
            return at
        if key != "," and not view.is_capital(at):
            return None
        at -= 1
    return None


def _is_house_number(scene: Scene, token: int) -> bool:
    key = scene.view.keys[token]
    return key[0].isdigit() and len(key) <= 6 and _HOUSE.fullmatch(key) is not None


def _is_measure(scene: Scene, number: int, token: int) -> bool:
    """`15 minute drive`, `3 bed on a busy road`, `20 Year Close`."""
    view = scene.view
    key = view.keys[number + 1]
    before = view.text[view.starts[number] - 1] if view.starts[number] else " "
    return (
        key in _MEASURES
        or (before in "$€£.,:/#" and before not in ",:")
        or (
            view.keys[number].isdigit()
            and view.keys[number - 1 : number] == ["-"]
            and number > 1
            and view.keys[number - 2].isalpha()
            and len(view.keys[number - 2]) > 2
        )
    )


_MEASURES: Final = frozenset(
    [
        "minute",
        "minutes",
        "min",
        "mins",
        "hour",
        "hours",
        "day",
        "days",
        "week",
        "weeks",
        "month",
        "months",
        "year",
        "years",
        "mile",
        "miles",
        "km",
        "bed",
        "bedroom",
        "way",
        "lane",
        "lanes",
        "man",
        "men",
        "people",
        "player",
        "points",
        "am",
        "pm",
        "percent",
        "x",
        "gb",
        "tb",
        "mb",
        "inch",
        "foot",
        "ft",
        "st",
        "nd",
        "rd",
        "th",
        "of",
        "and",
        "to",
    ]
)


def _type_first(scene: Scene, token: int) -> tuple[int, int, int, bool] | None:  # noqa: C901, PLR0911, PLR0912  # one grammar, read from top to bottom
    """Read on from a street word: `calle Almirante Roca 23`, `14 bis rue des Mésanges`."""
    view = scene.view
    keys = view.keys
    at = token + 1
    words = capitals = 0
    if at < len(keys) and keys[at] in {".", "/"}:
        at += 1
    while at < len(keys) and words < LONGEST_STREET:
        key = keys[at]
        if key in {"-", "'", "."} and at + 1 < len(keys) and keys[at + 1][0].isalpha():
            if (
                key == "."
                and view.starts[at + 1] > view.ends[at]
                and not (len(keys[at - 1]) <= 4 and view.is_capital(at - 1))
            ):
                break
            at += 1
            continue
        if not key[0].isalpha() or key in _UNIT_STOPS:
            break
        is_particle = bool(view.flags[at] & PARTICLE)
        if not (view.is_capital(at) or is_particle):
            if words and capitals:
                break
            if view.flags[at] & STOP and not is_particle:
                break
        words += not is_particle
        capitals += view.is_capital(at)
        at += 1
    if at == token + 1 and keys[at : at + 1] and keys[at].isdigit():
        grid = _grid_end(scene, at)  # Carrera 15 # 93-47, as in Colombia
        if grid is not None:
            return token, grid, 10, True
    if not words:
        return None
    number = at
    while number < len(keys) and number <= at + 4 and keys[number] in _BEFORE_NUMBER:
        number += 1
    if (
        number < len(keys)
        and _is_house_number(scene, number)
        and not (len(keys[number]) == POSTCODE and token and _is_house_number(scene, token - 1))
    ):
        if not capitals and not _resides(scene, token):
            return None
        end = number + 1
        if end < len(keys) and keys[end] in _SUFFIXES:
            end += 1
        first = token
        return first, end, 10 if capitals else 4, True
    before = token - 1
    if before >= 0 and keys[before] == ",":
        before -= 1
    if before >= 0 and (
        keys[before] in _SUFFIXES or (len(keys[before]) == 1 and keys[before] in "abcd")
    ):
        before -= 1
    if (
        before >= 0
        and _is_house_number(scene, before)
        and "french" in scene.lexicon.address.kind_of(keys[token])
    ):
        while at - 1 > token and view.flags[at - 1] & PARTICLE:
            at -= 1
        return before, at, 10, True
    if capitals and scene.lexicon.address.is_strong(keys[token]):
        return token, at, 0, False
    return None


def _grid_end(scene: Scene, at: int) -> int | None:
    """Return the end of `15 # 93-47`: a street's number, then the house's."""
    keys = scene.view.keys
    at += 1 + (
        len(keys[at + 1 : at + 2]) == 1 and keys[at + 1] in {"a", "b", "c", "bis", "sur", "norte"}
    )
    if keys[at : at + 1] not in (["#"], ["no"], ["n"], ["nº"]):
        return None
    while at < len(keys) and keys[at] in {"#", "no", "n", "º", ".", "°", "nº"}:
        at += 1
    if at < len(keys) and _is_house_number(scene, at):
        is_pair = keys[at + 1 : at + 2] == ["-"] and at + 2 < len(keys) and keys[at + 2].isdigit()
        return at + 3 if is_pair else at + 1
    return None


_BEFORE_NUMBER: Final = frozenset(
    {",", "n", "no", "nº", "num", "numero", "º", ".", "°", "nr", "#", "casa", "numéro"}
)
_UNIT_STOPS: Final = frozenset(
    [
        "y",
        "e",
        "et",
        "und",
        "con",
        "com",
        "avec",
        "mit",
        "n",
        "no",
        "num",
        "numero",
        "piso",
        "apto",
        "apartamento",
        "bloco",
        "portal",
    ]
)


def _compound(scene: Scene, token: int) -> tuple[int, int, int, bool] | None:
    """`Lindenhofstraße 48`, `Berliner Str. 12`, `Am Markt 5`."""
    view = scene.view
    keys = view.keys
    at = token + 1
    if at < len(keys) and keys[at] == ".":
        at += 1
    if keys[token] == "platz" and at < len(keys) and keys[at] in {"der", "des", "am"}:
        at += 2
    has_number = (
        at < len(keys) and _is_house_number(scene, at) and view.starts[at] - view.ends[token] <= 2
    )
    first = token
    if scene.lexicon.address.is_bare(keys[token]):
        if token == 0 or not (view.is_capital(token - 1) or keys[token - 1] == "-"):
            return None
        first = token - 1
        while (first > 0 and keys[first] == "-") or (
            first > 0 and keys[first - 1] == "-" and view.starts[first] == view.ends[first - 1]
        ):
            first -= 1
    if has_number and _fits_german(scene, first, token, at):
        end = at + 1
        if (
            end < len(keys)
            and len(keys[end]) == 1
            and keys[end] in "abcdef"
            and keys[end].isalpha()
        ):
            end += 1
        return first, end, 10, True
    if (
        view.is_capital(token)
        and len(keys[token]) > 7
        and keys[token].endswith(("strasse", "gasse"))
    ):
        return first, token + 1, 0, False
    return None


def _prefixed(scene: Scene, token: int) -> tuple[int, int, int, bool] | None:
    """`Am Mühlbach 7`, `An der Alten Mühle 12`: only where somebody lives or a postcode follows."""
    view = scene.view
    keys = view.keys
    at = token + 1
    if at < len(keys) and keys[at] in {"der", "dem", "den"}:
        at += 1
    words = 0
    while at < len(keys) and words < 3 and keys[at][0].isalpha() and view.is_capital(at):
        words += 1
        at += 1
    if not words or at >= len(keys) or not _is_house_number(scene, at):
        return None
    if not _fits_german(scene, token, at - 1, at):
        return None
    following = keys[at + 1 : at + 3]
    has_postcode = any(len(key) == 5 and key.isdigit() for key in following)
    if not (has_postcode or (view.is_capital(token) and _resides(scene, token))):
        return None
    return token, at + 1, 10, True


def _fits_german(scene: Scene, first: int, token: int, number: int) -> bool:
    view = scene.view
    after = view.keys[number + 1] if number + 1 < len(view.keys) else ""
    if after in {"uhr", "euro", "€", "%", "km", "minuten", "prozent", "jahre", "mal", "meter", ":"}:
        return False
    return view.is_capital(first) or _resides(scene, first)


def _resides(scene: Scene, token: int) -> bool:
    keys = scene.view.keys[max(0, token - 6) : token]
    return any(scene.lexicon.address.is_residence(key) for key in keys)


def _with_unit_before(scene: Scene, first: int) -> int:
    """`Flat 4, 27 Coldharbour Mews`; `number three-one-two Quail Ridge`."""
    view = scene.view
    keys = view.keys
    grammar = scene.lexicon.address
    at = first - 1
    if at >= 0 and keys[at] == ",":
        at -= 1
    if at >= 0 and keys[at] in {"number", "no", "nr"}:
        return at
    if at >= 1 and grammar.is_unit(keys[at - 1]) and (keys[at][0].isdigit() or len(keys[at]) == 1):
        return at - 1
    if at >= 1 and keys[at] == "/" and keys[at - 1][0].isdigit():
        return at - 1
    return first


def _with_tail(scene: Scene, last: int) -> tuple[int, int]:  # noqa: C901, PLR0912, PLR0915  # one grammar, read from top to bottom
    """Read on over flat, floor, postcode and town; return the end and what it adds."""
    view = scene.view
    keys = view.keys
    grammar = scene.lexicon.address
    weight = 0
    end = at = last
    towns = 0
    stop = min(len(keys), last + LONGEST_TAIL)
    has_comma = False
    while at < stop:
        key = keys[at]
        symbol = view.symbols[at]
        if key in {",", "-", "/", "º", "ª", "°"} or (
            key == "." and at + 1 < stop and view.starts[at + 1] == view.ends[at]
        ):
            has_comma = has_comma or key == ","
            at += 1
            continue
        if symbol in ".!?;\n:":
            break
        if (
            grammar.is_unit(key)
            and at + 1 < stop
            and (keys[at + 1][0].isdigit() or len(keys[at + 1]) <= 2 or keys[at + 1] == ".")
        ):
            at += 2
            end = at
            weight += 3
            continue
        if _UK_OUT.fullmatch(key) and at + 1 < stop and _UK_IN.fullmatch(keys[at + 1]):
            at += 2
            end = at
            weight += 12
            continue
        if key in {"zip", "plz", "cp", "cep"}:
            at += 1
            continue
        if key[0].isdigit():
            if len(key) in {4, 5, 6, 8} and key.isdigit():
                weight += 8
                at += 1
                if at + 1 < stop and keys[at] == "-" and keys[at + 1].isdigit():
                    at += 2
                end = at
                continue
            if len(key) <= 3 and at - 1 >= last and at + 1 < stop:  # 3º B
                at += 1
                end = at
                continue
            break
        if view.is_capital(at) and towns < 5 and not view.flags[at] & STOP:
            if (
                len(key) == 1
                and at > last
                and keys[at - 1] not in {"º", "ª", "°", ","}
                and not keys[at - 1].isdigit()
            ):
                break
            towns += 1
            at += 1
            end = at
            continue
        if (
            view.flags[at] & PARTICLE
            and at + 1 < stop
            and view.is_capital(at + 1)
            and end > last - 1
        ):
            at += 1
            continue
        if (
            key in {"in", "en", "à", "a", "em", "near"}
            and at + 1 < stop
            and view.is_capital(at + 1)
        ):
            at += 1
            continue
        break
    if towns:
        weight += 4
    return end, weight


_POINT: Final = re.compile(
    r"-?\d{1,2}\.\d{3,10}\s?°?\s?[NS]?\s?[,;/ ]\s?-?\d{1,3}\.\d{3,10}\s?°?\s?[EWO]?"
)
_DECIMALS: Final = re.compile(r"\.\d{3}")  # what every such point holds
_DEGREES: Final = re.compile(
    r"\d{1,2}\s?°\s?\d{1,2}\s?'\s?(?:\d{1,2}(?:\.\d{1,4})?\s?(?:\"|''))?\s?[NS][ ,]{0,3}"
    r"\d{1,3}\s?°\s?\d{1,2}\s?'\s?(?:\d{1,2}(?:\.\d{1,4})?\s?(?:\"|''))?\s?[EWO]"
)
_GEO_URI: Final = re.compile(r"geo:-?\d{1,2}\.\d{3,10},-?\d{1,3}\.\d{3,10}")
_MAP_LINK: Final = re.compile(
    r"(?:https?://)?(?:www\.)?(?:maps\.app\.goo\.gl/|goo\.gl/maps/|maps\.google\.[a-z.]{2,6}[/?]"
    r"|google\.[a-z.]{2,6}/maps[/?]|maps\.apple\.com/|openstreetmap\.org/|osm\.org/|waze\.com/"
    r"|what3words\.com/|w3w\.co/|bing\.com/maps|here\.com/|yandex\.[a-z]{2,3}/maps|mapy\.cz/|g\.co/maps)"
    r"[^\s<>\"']{2,300}"
)
_PLUS_CODE: Final = re.compile(r"[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}")
_THREE_WORDS: Final = re.compile(r"///[^\W\d_]{2,20}\.[^\W\d_]{2,20}\.[^\W\d_]{2,20}")
# The shapes of links and words for places, each with what it cannot be without.
_MAP_SIGNS: Final = (
    (_GEO_URI, ("geo:",)),
    (
        _MAP_LINK,
        (
            "maps",
            "map.org/",
            "mapy.cz/",
            "osm.org/",
            "waze.com/",
            "what3words.com/",
            "w3w.co/",
            "here.com/",
        ),
    ),
    (_THREE_WORDS, ("///",)),
)
_BARE_WORDS: Final = re.compile(r"[a-z]{3,20}\.[a-z]{3,20}\.[a-z]{3,20}")


def points(scene: Scene) -> Iterator[Candidate]:  # noqa: C901, PLR0912  # one grammar, read from top to bottom
    """Yield points on a map; whose they are is for the words around them to say."""
    text = scene.view.text
    for start, raw in _decimal_points(text):
        end = start + len(raw)
        before = text[start - 1] if start else " "
        if before.isalnum() or before in "./:$" or text[end : end + 1].isalnum():
            continue
        if text[end : end + 1] == "." and text[end + 1 : end + 2].isdigit():
            continue
        decimals = [len(part) for part in re.findall(r"\.(\d+)", raw)]
        candidate = scene.candidate(Category.GEO, start, start + len(raw), "geo.point")
        if min(decimals) < 4 and not re.search("[NSEW°]", raw):
            candidate.add("coarse", -12)
        if "," not in raw and not re.search("[NSEW°]", raw):
            candidate.add("no_comma", -10)
        yield scene.weigh(candidate)
    if "°" in text:
        for found in _DEGREES.finditer(text):
            yield scene.weigh(scene.candidate(Category.GEO, *found.span(), "geo.point"))
    for pattern, signs in _MAP_SIGNS:
        for found in pattern.finditer(text) if any(sign in text for sign in signs) else ():
            end = found.end()
            while text[end - 1] in ".,;:!?)'":
                end -= 1
            yield scene.weigh(scene.candidate(Category.GEO, found.start(), end, "geo.link"))
    if "+" in text:
        for found in _PLUS_CODE.finditer(text):
            start, end = found.span()
            if not (start and text[start - 1].isalnum()) and not text[end : end + 1].isalnum():
                yield scene.weigh(scene.candidate(Category.GEO, start, end, "geo.link"))
    if "w3w" in scene.view.low or "what3words" in scene.view.low:
        for found in _BARE_WORDS.finditer(text):
            if (
                text[max(0, found.start() - 3) : found.start()] != "///"
                and found[0] != "what3words"
            ):
                yield scene.weigh(scene.candidate(Category.GEO, *found.span(), "geo.link"))


def _decimal_points(text: str) -> Iterator[tuple[int, str]]:
    """Yield where two decimals stand side by side, and what they say."""
    done = 0
    for decimals in _DECIMALS.finditer(text):
        start = decimals.start()
        while start > max(done, decimals.start() - 2) and text[start - 1].isdigit():
            start -= 1
        start -= start > done and text[start - 1] == "-"
        found = _POINT.match(text, start)
        if found is not None:
            done = found.end()
            yield start, found[0].strip()


__all__ = ["ROLE", "SELF", "addresses", "points"]
