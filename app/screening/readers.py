"""Reads on from where a phrase ends: the name, the workplace, the account that it announces."""

from __future__ import annotations

from typing import Final, NamedTuple

from app.screening.lexicon import (
    CAMEL_SYMBOL,
    COMMON,
    DETAIL,
    GIVEN,
    HANDLE_SYMBOL,
    HEAD,
    INSTITUTION,
    MASS,
    PARTICLE,
    STOP,
    SURNAME,
    TITLE,
)
from app.screening.tokens import View

LONGEST_NAME: Final = 5
LONGEST_PLACE: Final = 12
_SKIPPED: Final = frozenset("\"'*:(>=-,")
_LISTED: Final = GIVEN | SURNAME


class Read(NamedTuple):
    """What was read: tokens `first:last`, and what it weighs."""

    first: int
    last: int
    weight: int
    has_head: bool = False


def name_from(view: View, token: int, *, is_sure: bool) -> Read | None:
    """Read a name of at least two parts that begins at a token.

    After a sure cue two words that nobody lists suffice; otherwise one must be a listed name.
    """
    keys, flags = view.keys, view.flags
    at, size = token, len(keys)
    while (
        at < size
        and at < token + 3
        and (
            keys[at] in _SKIPPED
            or flags[at] & TITLE
            or (keys[at] in _ARTICLES and _before_name(view, at))
        )
    ):
        at += 1 + (flags[at] & TITLE and at + 1 < size and keys[at + 1] == ".")
    first, last = at, at
    parts: list[int] = []
    is_lower = at < size and not view.is_capital(at)
    while at < size and len(parts) < LONGEST_NAME:
        key, flag = keys[at], flags[at]
        if key[0].isalpha():
            if view.symbols[at] == HANDLE_SYMBOL:
                break
            if (
                flag & PARTICLE
                and parts
                and at + 1 < size
                and _goes_on(view, at + 1, is_lower=is_lower)
            ):
                at += 1
                continue
            if is_lower and keys[at + 1 : at + 3] == ["'", "t"]:
                break  # "cal wasn't"
            if not _is_part(view, at, parts, is_lower=is_lower, is_sure=is_sure):
                break
            parts.append(at)
            last = at = at + 1
        elif (key in "-'" and parts and _is_glued(view, at)) or (
            key == "." and parts and len(keys[at - 1]) == 1
        ):
            at += 1
        else:
            break
    return _judged(view, first, last, parts, is_lower=is_lower, is_sure=is_sure)


_ARTICLES: Final = frozenset(["a", "o", "la", "el", "der", "die", "le", "il"])


def _before_name(view: View, at: int) -> bool:
    return (
        at + 1 < len(view.keys)
        and view.keys[at + 1][0].isalpha()
        and view.is_capital(at + 1)
        and not view.is_capital(at)
    )


def name_before(view: View, token: int, *, is_sure: bool) -> Read | None:
    """Read a name of at least two parts that ends with a token."""
    flags, keys = view.flags, view.keys
    is_lower = not view.is_capital(token)
    at = token
    parts: list[int] = []
    first = token
    while at >= 0 and len(parts) < LONGEST_NAME:
        key = keys[at]
        if key[0].isalpha():
            if flags[at] & PARTICLE and parts and at > 0 and view.is_capital(at - 1):
                at -= 1
                continue
            if not _is_part(view, at, parts, is_lower=is_lower, is_sure=is_sure):
                break
            parts.append(at)
            first = at
            at -= 1
        elif (key in "-'" and parts and _is_glued(view, at)) or (
            key == "." and parts and at > 0 and len(keys[at - 1]) == 1
        ):
            at -= 1
        else:
            break
    parts.reverse()
    return _judged(view, first, token + 1, parts, is_lower=is_lower, is_sure=is_sure)


def surname_from(view: View, token: int) -> Read | None:
    """Read one name behind "surname is"."""
    at = token
    if at >= len(view.keys) or not view.keys[at][0].isalpha():
        return None
    flag = view.flags[at]
    if flag & STOP or (flag & COMMON and not flag & _LISTED):
        return None
    if not view.is_capital(at) and not flag & _LISTED and flag:
        return None
    return Read(at, at + 1, 6)


def _is_glued(view: View, at: int) -> bool:
    """Return whether a hyphen or apostrophe joins the words at its sides."""
    return (
        at + 1 < len(view.keys)
        and view.starts[at] == view.ends[at - 1]
        and view.starts[at + 1] == view.ends[at]
        and view.keys[at + 1][0].isalpha()
        and (view.keys[at] == "-" or view.is_capital(at + 1))
    )


def _goes_on(view: View, at: int, *, is_lower: bool) -> bool:
    flag = view.flags[at]
    if not view.keys[at][0].isalpha():
        return False
    if flag & PARTICLE and at + 1 < len(view.keys):
        at += 1
        flag = view.flags[at]
    if is_lower and not flag and len(view.keys[at]) > 3:  # de montclar
        return True
    return (view.is_capital(at) and not flag & STOP) or (
        is_lower and bool(flag & _LISTED and not flag & COMMON)
    )


def _is_part(view: View, at: int, parts: list[int], *, is_lower: bool, is_sure: bool) -> bool:  # noqa: PLR0911  # each way out is one case
    flag = view.flags[at]
    if view.is_capital(at):
        return not is_lower and (not flag & STOP or bool(flag & _LISTED and not flag & COMMON))
    if not is_lower:
        return False
    if flag & STOP or (flag & COMMON and not flag & _LISTED):
        return False
    if flag & COMMON and not parts:
        return is_sure and bool(flag & GIVEN)
    if flag & COMMON and len(parts) > 1:
        return False
    if flag & _LISTED:
        return True
    return (
        not flag
        and len(view.keys[at]) > 2
        and (is_sure or (bool(parts) and bool(view.flags[parts[0]] & GIVEN)))
    )


def _judged(  # noqa: C901, PLR0912, PLR0913  # one grammar, read from top to bottom
    view: View, first: int, last: int, parts: list[int], *, is_lower: bool, is_sure: bool
) -> Read | None:
    if is_lower and len(parts) > 3:  # lower-case names end before ordinary words
        parts = parts[:3]
        last = parts[-1] + 1
    if len(parts) < 2:  # a first name alone passes
        return None
    weight = 0
    given = surname = common = 0
    for at in parts:
        flag = view.flags[at]
        if flag & COMMON:
            common += 1
        elif flag & GIVEN:
            given += 1
        elif flag & SURNAME:
            surname += 1
    if given:
        weight += 8
    if surname or given > 1:
        weight += 5
    unknown = len(parts) - given - surname - common
    weight += 3 * min(unknown, 2)
    if common == len(parts):
        if not any(view.flags[at] & _LISTED for at in parts):
            return None
        weight -= 8
    elif not given and not surname and common:
        weight -= 6
    if not is_lower and not view.is_capitalised:
        weight += 4
    if is_lower and not is_sure and not given:
        return None
    if is_lower and not given and not surname:
        weight -= 4
    return Read(first, last, min(weight, 14))


def place_from(view: View, token: int, head_endings: tuple[str, ...] = ()) -> Read | None:  # noqa: C901, PLR0912, PLR0915  # one grammar, read from top to bottom
    """Read the name of a workplace or school that begins at a token, with ward, branch or town."""
    keys, flags = view.keys, view.flags
    at, size = token, len(keys)
    while (
        at < size
        and at < token + 3
        and (flags[at] & STOP or keys[at] in "\"'")
        and not (flags[at] & HEAD)
    ):
        at += 1
    first = last = at
    proper = capitals = heads = mass = details = towns = 0
    is_town = False
    words = 0
    while at < size and words < LONGEST_PLACE:
        key, flag, symbol = keys[at], flags[at], view.symbols[at]
        if symbol in ".!?;\n:" and not (key == "." and len(keys[at - 1]) <= 3 and at > first):
            break
        if key in "-'.&/º°ª":
            heads += key == "&" and words > 0 and at + 1 < size and view.is_capital(at + 1)
            at += 1
            continue
        if key == "s" and keys[at - 1] == "'":
            at += 1
            last = at
            continue
        if key == ",":
            if not words or at + 1 >= size:
                break
            after = flags[at + 1]
            if not (
                after & DETAIL
                or (view.is_capital(at + 1) and not after & STOP)
                or keys[at + 1][0].isdigit()
            ):
                break
            at += 1
            continue
        if key == "e" and view.text[view.starts[at]] in "éÉ":
            break  # "is" in Portuguese
        if flag & DETAIL and at + 1 <= size:
            details += 1
        elif key[0].isdigit() and words and not key.isdigit() and len(key) <= 3:
            details += 1  # 6B, 4th
        elif key.isdigit():
            if not words or len(key) > 3:
                break
        elif view.is_capital(at) or symbol == CAMEL_SYMBOL:
            if flag & STOP and not flag & HEAD and not words:
                break
            if flag & STOP and keys[at] in _AFTER_PLACE:
                break
            capitals += 1
            if is_town:
                towns += 1
            if flag & (HEAD | INSTITUTION) or (head_endings and key.endswith(head_endings)):
                heads += 1
            elif flag & MASS:
                mass += 1
            elif not is_town and (not flag & COMMON or flag & _LISTED):
                proper += 1
        elif flag & (HEAD | INSTITUTION) and (words or _leads(view, at)):
            heads += 1
        elif (
            key in _IN
            and words
            and at + 1 < size
            and (
                view.is_capital(at + 1)
                or (flags[at + 1] & STOP and at + 2 < size and view.is_capital(at + 2))
                or not flags[at + 1]
            )
        ):
            is_town = True
            at += 1
            continue
        elif flag & PARTICLE and at + 1 < size and (view.is_capital(at + 1)):
            at += 1
            continue
        elif heads and flag & PARTICLE and _winds_on(view, at):  # comisaría de la calle Olmos
            at += 1
            while not view.is_capital(at):
                at += 1
            continue
        elif (
            not flag
            and key[0].isalpha()
            and len(key) > 3
            and (not words or is_town or heads)
            and not capitals
        ):
            proper += not is_town  # by somebody who writes everything small
            towns += is_town
        else:
            break
        words += 1
        at += 1
        last = at
    if last <= first or not (proper or (capitals > 1 and heads) or mass or (heads and towns)):
        return None
    if not capitals and not (heads and (towns or details)):
        return None
    if proper == 1 and not (heads or towns or details or mass) and _is_town(view, first):
        return None
    lower_only = not capitals
    is_alone = proper == 1 and not (heads or towns or details)
    weight = (
        (2 if is_alone else 8 if proper else 0)
        + (5 if heads else 0)
        + (6 if towns else 0)
        + (6 if details else 0)
    )
    if mass and not (heads or towns or details or proper):
        weight -= 12
    if lower_only:
        weight -= 10
    return Read(first, last, weight, bool(heads or details) or keys[first] == "st")


def _winds_on(view: View, at: int) -> bool:
    """Return whether up to three small words lead from a particle to a name."""
    for other in range(at + 1, min(at + 5, len(view.keys))):
        if not view.keys[other][0].isalpha():
            return False
        if view.is_capital(other):
            return True
    return False


def _is_town(view: View, first: int) -> bool:
    """`works in Dunmere` says in which town, `works at Dunmere` for whom."""
    at = first - 1
    while at > 0 and view.keys[at] in {"the", "der", "dem", "la", "el", "le"}:
        at -= 1
    return at >= 0 and view.keys[at] in {"in", "en", "em", "a", "à", "aus", "from", "de"}


def _leads(view: View, at: int) -> bool:
    """`estudia en el instituto Vega`, `arbeitet in der Bäckerei Koch`."""
    following = range(at + 1, min(at + 3, len(view.keys)))
    return any(view.is_capital(other) or not view.flags[other] for other in following)


_IN: Final = frozenset(
    [
        "in",
        "en",
        "em",
        "in",
        "at",
        "on",
        "à",
        "a",
        "de",
        "da",
        "do",
        "di",
        "von",
        "near",
        "aus",
        "auf",
        "am",
        "bei",
        "im",
    ]
)
_AFTER_PLACE: Final = frozenset(
    [
        "and",
        "but",
        "i",
        "he",
        "she",
        "they",
        "you",
        "und",
        "aber",
        "ich",
        "er",
        "sie",
        "y",
        "pero",
        "el",
        "ella",
        "et",
        "mais",
        "il",
        "elle",
        "e",
        "mas",
        "ele",
        "ela",
    ]
)


def account_from(view: View, token: int) -> Read | None:
    """Read what somebody is called elsewhere."""
    at = token
    while at < len(view.keys) and view.keys[at] in _SKIPPED:
        at += 1
    if at >= len(view.keys):
        return None
    symbol, flag = view.symbols[at], view.flags[at]
    if symbol in {HANDLE_SYMBOL, CAMEL_SYMBOL}:
        return Read(at, at + 1, 8)
    if not view.keys[at][0].isalpha() or flag & STOP:
        return None
    return Read(at, at + 1, 4 if not flag & COMMON else -6)
