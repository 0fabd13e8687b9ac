"""Words for signs and numbers put back: "at", "dot", "double oh seven"."""

from __future__ import annotations

from typing import Final

from app.screening.lexicon import NUMBER_WORD, Lexicon
from app.screening.normalize import Mapped, Weaver
from app.screening.tokens import View

_OPENING: Final = "([{<"
_CLOSING: Final = ")]}>"
FEWEST_NUMBERS: Final = 3

# Domain endings that people spell out, and the mail providers they spell before them.
ENDINGS: Final = frozenset(
    [
        "com",
        "net",
        "org",
        "edu",
        "gov",
        "io",
        "me",
        "co",
        "uk",
        "de",
        "es",
        "fr",
        "pt",
        "br",
        "at",
        "ch",
        "it",
        "nl",
        "be",
        "eu",
        "us",
        "ca",
        "au",
        "ie",
        "in",
        "info",
        "biz",
        "app",
        "dev",
        "xyz",
        "gg",
        "tv",
        "ly",
        "be",
        "ar",
        "mx",
        "cl",
        "cat",
        "lu",
        "pl",
        "se",
        "no",
        "dk",
        "fi",
        "cz",
        "cc",
        "to",
        "so",
        "live",
        "online",
        "site",
        "club",
    ]
)
PROVIDERS: Final = frozenset(
    [
        "gmail",
        "googlemail",
        "hotmail",
        "outlook",
        "yahoo",
        "proton",
        "protonmail",
        "icloud",
        "live",
        "msn",
        "aol",
        "gmx",
        "web",
        "ymail",
        "fastmail",
        "zoho",
        "mail",
        "tutanota",
        "tuta",
        "posteo",
        "orange",
        "wanadoo",
        "free",
        "laposte",
        "sfr",
        "uol",
        "bol",
        "terra",
        "sapo",
        "telefonica",
        "t-online",
        "freenet",
        "arcor",
        "btinternet",
        "sky",
        "virginmedia",
        "comcast",
        "verizon",
        "att",
        "me",
        "mac",
        "hey",
        "pm",
        "riseup",
        "disroot",
        "cock",
        "ig",
        "globo",
        "netcabo",
        "iol",
        "bluewin",
        "libero",
        "yandex",
        "qq",
        "rediffmail",
    ]
)


Change = tuple[int, int, str]  # from where to where, and what to put there


def signs_put_back(view: View, lexicon: Lexicon) -> Mapped | None:
    """Return the text with "at", "dot" and the like as signs where an address could stand."""
    changes = spelt_signs(view, lexicon)
    return _changed(view.mapped, changes) if changes else None


def spelt_signs(view: View, lexicon: Lexicon) -> list[Change]:
    """Return where words stand for signs of an address."""
    signs = lexicon.signs
    if signs.keys().isdisjoint(view.vocabulary):
        return []
    text = view.text
    changes: list[Change] = []
    keys, starts, ends = view.keys, view.starts, view.ends
    last = len(keys) - 1
    for i, key in enumerate(keys):
        sign = signs.get(key)
        if sign is None or i == 0:
            continue
        left, right = i, i
        is_bracketed = i < last and keys[i - 1] in _OPENING and keys[i + 1] in _CLOSING and i > 1
        if is_bracketed:
            left, right = i - 1, i + 1
        if right < last:
            after = keys[right + 1]
        elif sign == "_":
            after = ""
        else:
            continue
        if text[ends[right] : starts[right + 1]].strip(" ") if right < last else False:
            continue
        if not (is_bracketed or _fits(sign, key, keys, left, right, after)):
            continue
        start = ends[left - 1] if text[ends[left - 1] : starts[left]].isspace() else starts[left]
        end = starts[right + 1] if right < last else ends[right]
        changes.append((start, end, sign))
    return changes


def _fits(  # noqa: PLR0913, PLR0917  # the neighbourhood of one word
    sign: str, key: str, keys: list[str], left: int, right: int, after: str
) -> bool:
    """Return whether a bare sign word stands where an address could."""
    before = keys[left - 1]
    if not (before[-1].isalnum() or before[-1] in "_)"):
        return False
    if sign == ".":
        return (
            (after in ENDINGS and (key == "dot" or after not in _SMALL_WORDS))
            or after.isdigit()
            or key == "dot"
            or (key in {"punkt", "punto", "point", "ponto"} and after in PROVIDERS)
        )
    if sign == "@":
        beyond = keys[right + 2 : right + 8]
        return key in {"arroba", "arobase", "klammeraffe"} or (
            any(word in ENDINGS for word in beyond)
            and (after in PROVIDERS or (bool(beyond) and _is_domain(keys, left, before, beyond)))
        )
    return any(word in _DOTS for word in keys[max(0, left - 4) : right + 6])


# Endings that are words of every sentence: "at one point in this film".
_SMALL_WORDS: Final = frozenset({"in", "it", "is", "me", "so", "to", "be", "at", "no", "us", "my"})


def _is_domain(keys: list[str], left: int, before: str, beyond: list[str]) -> bool:
    """After a bare "at": the dot is spelled too, or what stands before looks like a mailbox."""
    if beyond[0] == "." and not any(word in _DOTS - {"."} for word in beyond[1:3]):
        has_dot = left > 1 and keys[left - 2] in {".", "-"}
        return has_dot or "_" in before or any(character.isdigit() for character in before)
    if beyond[0] == "-":
        return any(word in _DOTS - {"."} for word in beyond[1:4])
    return beyond[0] in _DOTS


_DOTS: Final = frozenset({".", "dot", "punkt", "punto", "point", "ponto", "(", "["})


def numbers_put_back(view: View, lexicon: Lexicon) -> Mapped | None:
    """Return the text with number words as digits where at least three stand in a row."""
    changes = spelt_numbers(view, lexicon)
    return _changed(view.mapped, changes) if changes else None


def spelt_numbers(view: View, lexicon: Lexicon) -> list[Change]:
    """Return where at least three numbers stand in a row, some of them in words."""
    flags, keys = view.flags, view.keys
    if not any(flag & NUMBER_WORD for flag in flags):
        return []
    changes: list[Change] = []
    i, size = 0, len(keys)
    while i < size:
        if not (flags[i] & NUMBER_WORD or keys[i] in lexicon.repeats or keys[i].isdigit()):
            i += 1
            continue
        end, pieces, words = _number_run(view, lexicon, i)
        digits = _with_points("".join(pieces))
        if words and len(pieces) >= FEWEST_NUMBERS and sum(c.isdigit() for c in digits) > 2:
            first = i
            if "." in digits and i and keys[i - 1] in _MINUS:
                first, digits = i - 1, f"-{digits}"
            changes.append((view.starts[first], view.ends[end - 1], digits))
        i = max(end, i + 1)
    return changes


def _with_points(digits: str) -> str:
    """Keep points only where an address of four numbers or a coordinate has them."""
    points = digits.count(".")
    if points == 3 and all(part.isdigit() for part in digits.split(".")):  # 81.187.43.209
        return digits
    if points in {1, 2} and all(
        len(part.partition(".")[2]) >= FEWEST_DECIMALS for part in digits.split("-")
    ):
        return digits.replace("-", ", ")
    return digits.replace(".", "")


FEWEST_DECIMALS: Final = 4
_POINTS: Final = frozenset(
    {"point", "dot", "punkt", "komma", "punto", "coma", "virgule", "virgula"}
)
_MINUS: Final = frozenset({"minus", "menos", "moins", "negative"})
_AND: Final = frozenset({"y", "e"})  # "novecentos e doze"


def _number_run(  # noqa: C901, PLR0912, PLR0915  # one grammar, read from top to bottom
    view: View, lexicon: Lexicon, i: int
) -> tuple[int, list[str], int]:
    """Return where a run of numbers ends, its pieces, and how many of them were words."""
    pieces: list[str] = []
    keys = view.keys
    words = 0
    repeat = 1
    end = i
    last_tens = last_hundreds = False
    while i < len(keys):
        key = keys[i]
        value, width = None, 1
        if key.isdigit():
            value = key
        elif key in lexicon.repeats and i + 1 < len(keys):
            repeat = lexicon.repeats[key]
            i += 1
            continue
        else:
            value, width = lexicon.number_at(keys, i)
            words += value is not None
        if value is None:
            if last_hundreds and key in _AND:
                i += 1
                continue
            is_glued = key == "." and view.ends[i - 1 : i] == [view.starts[i]]
            if (key in _POINTS or is_glued) and pieces and i + 1 < len(keys):
                pieces.append(".")
                i += 1
                last_tens = last_hundreds = False
                continue
            if key in {",", "-", ".", "/"} and pieces and i + 1 < len(keys):
                if key == "," and pieces[-1][-1].isdigit():
                    pieces.append("-")
                i += 1
                last_tens = last_hundreds = False
                continue
            break
        # "seiscientos doce"
        if last_hundreds and len(value) < 3 and value[0] != "0" and repeat == 1:
            pieces[-1] = str(int(pieces[-1]) + int(value))
            last_tens = last_hundreds = False
        elif last_tens and len(value) == 1 and value != "0" and repeat == 1:
            pieces[-1] = str(int(pieces[-1]) + int(value))
            last_tens = False
        else:
            pieces.extend([value] * repeat)
            last_tens = (
                not key.isdigit()
                and len(value) == 2
                and value[1] == "0"
                and value != "10"
                and width == 1
            )
            last_hundreds = (
                not key.isdigit() and width == 1 and len(value) == 3 and value.endswith("00")
            )
        repeat = 1
        i += width
        end = i
    while pieces and pieces[-1] in "-.":
        pieces.pop()
    return end, pieces, words


def _changed(source: Mapped, changes: list[Change]) -> Mapped:
    weaver = Weaver(source)
    done = 0
    for start, end, instead in changes:
        if start < done:
            continue
        weaver.keep(done, start)
        weaver.put(instead, start, end)
        done = end
    weaver.keep(done, len(source.text))
    return weaver.done()
