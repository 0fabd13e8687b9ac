"""Texts as people meant them, undisguised, each character with its place in the original.

Every view keeps, for each of its characters, where its source begins and ends. So a finding in a
view becomes a span of the text as it was typed, whatever was taken out or put in between.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import unicodedata
from array import array
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from app.screening.confusables import LATIN
from app.screening.findings import Span

_ODD: Final = re.compile(r"[^\t\n\r\x20-\x7e\xc0-\xff]")  # accents of Western Europe are plain
_FOREIGN_WORD: Final = re.compile(r"[^\W\d_]+")
_MIXING: Final = re.compile(r"[\u0370-\u058f\u13a0-\u13ff\u1d00-\u1d7f\u2c80-\u2cff]")
_LATIN_LETTER: Final = re.compile(r"[A-Za-z]")
LONGEST_EXPANSION: Final = 4  # of one character under NFKC; U+FDFA would give 18
_COMBINING: Final = "\u0301"  # stands for every mark that belongs to the letter before it
_AS_THEY_ARE: Final = frozenset("ºª°´¨¯¸²³¹½¼¾…")
_SIGNS: Final[Mapping[str, str]] = {
    **dict.fromkeys("‐‑‒–—―−﹘﹣－⁃", "-"),
    **dict.fromkeys("‘’‚‛′`´ʼʹ＇", "'"),
    **dict.fromkeys("“”„‟″«»＂", '"'),
    **dict.fromkeys("․。·•∙⋅・｡", "."),
    **dict.fromkeys("→➜➡⇒➔⟶↦▶►", ">"),
    **dict.fromkeys("\u2028\u2029\x85\x0b\x0c", "\n"),
    **dict.fromkeys("∕⁄", "/"),
    "İ": "I",
    "ı": "i",
    "…": ".",
    "¿": "¿",
    "№": "No",
    "\t": " ",
    "\r": "\n",
}


class Mapped:
    """A text and, for each of its characters, where its source stands in the original."""

    __slots__ = ("ends", "starts", "text")

    def __init__(
        self, text: str, starts: array[int] | None = None, ends: array[int] | None = None
    ) -> None:
        self.text = text
        self.starts = starts  # None: every character stands where it stood
        self.ends = ends

    def cut(self, start: int, end: int) -> Mapped:
        """Return a stretch of the text that still knows where it stands."""
        if self.starts is None or self.ends is None:
            return Mapped(
                self.text[start:end],
                array("I", range(start, end)),
                array("I", range(start + 1, end + 1)),
            )
        return Mapped(self.text[start:end], self.starts[start:end], self.ends[start:end])

    def instead(self, text: str, start: int, end: int) -> Mapped:
        """Return another text that leads back to a stretch of this one with each character."""
        span = self.span(start, end)
        return Mapped(
            text, array("I", [span.start]) * len(text), array("I", [span.end]) * len(text)
        )

    def span(self, start: int, end: int) -> Span:
        """Return the span of the original from which `text[start:end]` came."""
        if self.starts is None or self.ends is None:
            return Span(start, end)
        return Span(min(self.starts[start:end]), max(self.ends[start:end]))


class Weaver:
    """Builds a view out of stretches of another text and of characters put in their place."""

    def __init__(self, source: Mapped) -> None:
        size = len(source.text)
        self._source = source
        self._from = array("I", range(size)) if source.starts is None else source.starts
        self._to = array("I", range(1, size + 1)) if source.ends is None else source.ends
        self._parts: list[str] = []
        self._starts = array("I")
        self._ends = array("I")

    def keep(self, start: int, end: int) -> None:
        """Take a stretch over as it is."""
        if end > start:
            self._parts.append(self._source.text[start:end])
            self._starts += self._from[start:end]
            self._ends += self._to[start:end]

    def put(self, text: str, start: int, end: int) -> None:
        """Put `text` where `start:end` was; all of it leads back to that whole stretch."""
        if text:
            self._parts.append(text)
            for _ in text:
                self._starts.append(self._from[start])
                self._ends.append(self._to[end - 1])

    def done(self) -> Mapped:
        """Return the view."""
        return Mapped("".join(self._parts), self._starts, self._ends)


@lru_cache(maxsize=8_192)
def _folded(character: str) -> str:  # noqa: C901, PLR0911  # one grammar, read from top to bottom
    """Return what one character means: nothing, itself, or up to four plain characters."""
    if character in _SIGNS:
        return _SIGNS[character]
    if character in _AS_THEY_ARE:
        return character
    if unicodedata.combining(character):
        return _COMBINING
    kind = unicodedata.category(character)
    if kind == "Cs":
        return "\ufffd"
    if kind in {"Cc", "Cf", "Me"} or "\ufe00" <= character <= "\ufe0f":
        return ""
    if character in "\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5":
        return ""  # fillers: letters or marks that show nothing
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    if kind == "Zs":
        return " "
    code = ord(character)
    for first in (0x1F130, 0x1F150, 0x1F170):  # letters in squares and circles
        if first <= code < first + 26:
            return chr(code - first + ord("A"))
    if 0x1F1E6 <= code <= 0x1F1FF:  # regional indicators, the letters of flags
        return chr(code - 0x1F1E6 + ord("A"))
    folded = unicodedata.normalize("NFKC", character)
    if len(folded) > LONGEST_EXPANSION:
        return character
    return "".join(_SIGNS.get(c, c) for c in folded)


def fold(text: str) -> Mapped:
    """Return the text with invisible characters, look-alikes and unusual signs made plain."""
    if _ODD.search(text) is None:
        return Mapped(text)
    plain = {odd: _folded(odd) for odd in set(_ODD.findall(text))}
    changed = {odd: sign for odd, sign in plain.items() if sign != odd or sign == _COMBINING}
    if all(len(sign) == 1 and sign != _COMBINING for sign in changed.values()):
        result = Mapped(text.translate({ord(odd): sign for odd, sign in changed.items()}))
    else:
        result = _woven(text, changed)
    if any(_MIXING.match(odd) for odd in plain):
        return Mapped(_unmixed(result.text), result.starts, result.ends)
    return result


def _woven(text: str, changed: Mapping[str, str]) -> Mapped:
    """Return the text with its odd characters made plain, marks joined to their letters."""
    out: list[str] = []
    starts, ends = array("I"), array("I")
    done = 0
    for odd in _ODD.finditer(text):
        folded = changed.get(odd[0])
        if folded is None:
            continue
        at = odd.start()
        if at > done:
            out.append(text[done:at])
            starts.extend(range(done, at))
            ends.extend(range(done + 1, at + 1))
        done = at + 1
        if folded == _COMBINING:
            composed = _composed(out[-1][-1], text[at]) if out else ""
            if composed:
                out[-1] = out[-1][:-1] + composed
                ends[-1] = done
        elif folded:
            out.append(folded)
            for _ in folded:
                starts.append(at)
                ends.append(done)
    if done < len(text):
        out.append(text[done:])
        starts.extend(range(done, len(text)))
        ends.extend(range(done + 1, len(text) + 1))
    return Mapped("".join(out), starts, ends)


@lru_cache(maxsize=8_192)
def _composed(letter: str, mark: str) -> str:
    """Return a letter with its mark as one character, or nothing if there is none such."""
    both = unicodedata.normalize("NFC", letter + mark)
    return both if len(both) == 1 else ""


_TO_LATIN: Final = str.maketrans(dict(LATIN))


def _unmixed(text: str) -> str:
    """Replace foreign look-alikes in words that mix scripts; each letter by one letter."""
    is_latin = len(_LATIN_LETTER.findall(text)) * 2 > len(text.replace(" ", ""))
    out: list[str] = []
    done = kept = 0
    for foreign in _MIXING.finditer(text):
        start = foreign.start()
        if start < done:
            continue
        while start > done and text[start - 1].isalpha():
            start -= 1
        found = _FOREIGN_WORD.match(text, start)
        word = found[0] if found else foreign[0]
        done = start + len(word)
        plain = word.translate(_TO_LATIN)
        if _LATIN_LETTER.search(word) or (plain.isascii() and is_latin):
            out += (text[kept:start], plain)
            kept = done
    return "".join((*out, text[kept:]))


_MARKUP_SIGN: Final = re.compile(r"[*~|<&%_\\`]|[\[({][.@:][\])}]")
_MARKUP: Final = re.compile(
    r"[\[({][.@:][\])}]|\*+|~~+|\|\|+|`+|\\(?=[^\w\s])|<!--[^<>]{0,120}-->|</?[a-zA-Z][^<>\n]{0,80}>"
    r"|&#?[0-9a-zA-Z]{1,8};|%[0-7][0-9A-Fa-f]|_+|\]\([^()\s]{0,80}\)(?=[\w(])"
)
_ENTITIES: Final[Mapping[str, str]] = {
    "amp": "&",
    "lt": "<",
    "gt": ">",
    "quot": '"',
    "apos": "'",
    "nbsp": " ",
    "commat": "@",
    "period": ".",
    "lowbar": "_",
    "hyphen": "-",
    "shy": "",
    "zwnj": "",
    "zwj": "",
    "zerowidthspace": "",
    "num": "#",
    "colon": ":",
    "sol": "/",
    "plus": "+",
    "lpar": "(",
    "rpar": ")",
}


def without_markup(source: Mapped) -> Mapped:  # noqa: C901, PLR0912  # one grammar, read from top to bottom
    """Return the text without emphasis, tags, entities and escapes; itself if it has none."""
    text = source.text
    if _MARKUP_SIGN.search(text) is None:
        return source
    cuts: list[tuple[int, int, str]] = []
    opened: int | None = None
    line_of_opened = -1
    for found in _MARKUP.finditer(text):
        sign = found[0]
        start, end = found.span()
        first = sign[0]
        if first == "_":
            before = text[start - 1] if start else " "
            after = text[end] if end < len(text) else " "
            if not before.isalnum() and before not in "@/.-" and after.isalnum():
                opened, line_of_opened = start, end
            elif opened is not None and before.isalnum() and not after.isalnum():
                if "\n" not in text[line_of_opened:start][:400]:
                    cuts.append((opened, line_of_opened, ""))
                    cuts.append((start, end, ""))
                opened = None
        elif first in "[({":
            cuts.append((start, end, sign[1]))
        elif first == "%":
            character = chr(int(sign[1:], 16))
            if start and text[start - 1].isalnum() and character.isprintable():
                cuts.append((start, end, character))
        elif first == "&":
            entity = _entity(sign[1:-1])
            if entity is not None:
                cuts.append((start, end, entity))
        elif first == "<" and not sign.startswith("<!"):
            cuts.append((start, end, " " if sign[1:3] in {"br", "p>", "/p", "li"} else ""))
        else:
            cuts.append((start, end, ""))
    if not cuts:
        return source
    weaver = Weaver(source)
    done = 0
    for start, end, instead in sorted(cuts):
        weaver.keep(done, start)
        weaver.put(instead, start, end)
        done = end
    weaver.keep(done, len(text))
    return weaver.done()


def _entity(name: str) -> str | None:
    if not name.startswith("#"):
        return _ENTITIES.get(name.lower())
    try:
        code = int(f"0{name[1:]}", 16) if name[1:2] in {"x", "X"} else int(name[1:])
    except ValueError:
        return None
    character = chr(code) if code < 0x11_0000 else ""  # the end of Unicode
    return _folded(character) if character and not character.isascii() else character


_SPACED: Final = re.compile(
    r"(?<![^\W_])[^\W_](?:[ .\-_,|/*·]{1,3}[^\W_](?![^\W_])){3,}(?:[ .\-_,|/*·]{1,3}[^\W_](?![^\W_]))*"  # noqa: E501  # a table
)
_SEPARATOR: Final = re.compile(r"[ .\-_,|/*·]+")


def spaced_out(text: str) -> Iterator[tuple[int, int]]:
    """Yield where words stand whose letters have been set apart."""
    return (found.span() for found in _SPACED.finditer(text))


def joined(source: Mapped) -> Mapped | None:
    """Return the text with spaced-out words joined, or None if there are none."""
    text = source.text
    runs = list(spaced_out(text))
    if not runs:
        return None
    weaver = Weaver(source)
    done = 0
    for start, end in runs:
        weaver.keep(done, start)
        at = start
        separators = list(_SEPARATOR.finditer(text, start, end))
        widths = {len(found[0]) for found in separators}
        for found in separators:
            weaver.keep(at, found.start())
            weaver.put(_between(found[0], widths), *found.span())
            at = found.end()
        weaver.keep(at, end)
        done = end
    weaver.keep(done, len(text))
    return weaver.done()


def _between(separator: str, widths: set[int]) -> str:
    """A wider separator among narrow ones stands between words."""
    if len(widths) == 1 or len(separator) == min(widths):
        return ""
    return separator.strip() or " "


# Letters and digits or signs in one word; or two letters that may be two digits.
_LATIN: Final = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff"  # letters with accents too
_LEET_WORD: Final = re.compile(
    rf"(?<![{_LATIN}0-9@$!+])"
    rf"(?:(?=[{_LATIN}]+[0-9@$!+]|[0-9@$!+]+[{_LATIN}])[{_LATIN}0-9@$!+]{{2,}}"
    rf"|(?:OO|[Il]{{2}})(?![{_LATIN}0-9@$!+]))"
)
# "@wren", "3pm", "5th" and "60fps" are how these are written.
_AS_WRITTEN: Final = re.compile(
    rf"@[{_LATIN}]+|\d{{1,4}}(?:am|pm|st|nd|rd|th|min|mins|hr|hrs|yr|yrs|km|kg|ml|mg|cm|mm|mb|gb|tb|fps|uhr)",
    re.IGNORECASE,
)
_LEET_DIGIT: Final = re.compile(r"[0-9@$!+]")
_TO_LETTERS: Final = str.maketrans("0134578@$!+", "oieastbasit")
_TO_DIGITS: Final = str.maketrans("OoQIlLiSsBZzGg", "00011115582266"[:14])
_DIGITLIKE: Final = frozenset("OoIlLSBZ0123456789")


def leet(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where digits stand for letters, or letters for digits, and what was meant."""
    for found in _LEET_WORD.finditer(text):
        word = found[0]
        if word.isupper() and _is_in_postcode(text, *found.span()):
            continue
        if word.isalpha() or word.isdigit():
            if word in {"OO", "O", "Il", "lI", "ll", "II"} and _beside_digit(text, *found.span()):
                yield *found.span(), word.translate(_TO_DIGITS)
            continue
        if _AS_WRITTEN.fullmatch(word):
            continue
        digits = sum(map(str.isdigit, word))
        if digits and _DIGITLIKE.issuperset(word):
            yield *found.span(), word.translate(_TO_DIGITS)
        elif (
            len(word) > 2  # 4b, u2 and B2 are what they are
            and len(word) - digits > 1
            and _is_leet(word)
        ):
            letters = word.translate(_TO_LETTERS)
            if letters.isalpha():
                if not word[0].isalpha() and _is_among_capitals(text, *found.span()):
                    letters = letters[0].upper() + letters[1:]
                yield *found.span(), letters


_POSTCODE: Final = re.compile(r"(?<![A-Z0-9])[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?![A-Z0-9])")


def _is_in_postcode(text: str, start: int, end: int) -> bool:
    """Return whether a word is half of a British postcode, whose letters are letters."""
    return any(
        found.start() <= start and end <= found.end()
        for found in _POSTCODE.finditer(text, max(0, start - 5), end + 4)
    )


def _is_among_capitals(text: str, start: int, end: int) -> bool:
    """Return whether the next word is a capital one, or the one before: `G3rald 0akhurst`."""
    if text[end : end + 1] == " " and text[end + 1 : end + 2].isupper():
        return True
    before = text.rfind(" ", max(0, start - LONGEST_NEIGHBOUR), max(0, start - 1)) + 1
    return text[start - 1 : start] == " " and text[before : before + 1].isupper()


LONGEST_NEIGHBOUR: Final = 24  # letters of the word before


def unleeted(source: Mapped) -> Mapped | None:
    """Return the text with digits for letters, and letters for digits, put back; None if none."""
    changes = list(leet(source.text))
    if not changes:
        return None
    characters = list(source.text)
    for start, end, instead in changes:
        characters[start:end] = instead  # letter for letter, so every place stays
    return Mapped("".join(characters), source.starts, source.ends)


def _beside_digit(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 2) : start]
    after = text[end : end + 2]
    return any(c.isdigit() for c in before + after)


def _is_leet(word: str) -> bool:
    """A digit stands between letters, or a letter follows it from the start."""
    return any(
        _LEET_DIGIT.match(word[i]) and (i == 0 or word[i - 1].isalpha() or i > 1)
        for i in range(len(word) - 1)
        if word[i + 1].isalpha() or (i + 2 < len(word) and word[i + 2].isalpha())
    )


_BASE64: Final = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/_-]{14,4096}={0,2}(?![A-Za-z0-9+/=])")
_HEX: Final = re.compile(r"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{2}[ :]?){8,2048}(?![0-9a-fA-F])")
MOST_DECODES: Final = 64
_PRINTABLE: Final = 0.9


def decoded(source: Mapped) -> list[Mapped]:
    """Return each base64 or hex token that says something, one view each, one level deep."""
    text = source.text
    found: list[Mapped] = []
    tried = 0
    for pattern, decode in ((_BASE64, _from_base64), (_HEX, _from_hex)):
        for token in pattern.finditer(text):
            if tried >= MOST_DECODES:
                return found
            word = token[0]
            if pattern is _BASE64 and (word.isalpha() and word.islower()):
                continue
            tried += 1
            plain = decode(word)
            if plain is not None:
                found.append(source.instead(plain, *token.span()))
    return found


def _from_base64(word: str) -> str | None:
    bare = word.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return _readable(base64.b64decode(bare + "=" * (-len(bare) % 4)))
    except (binascii.Error, ValueError):
        return None


def _from_hex(word: str) -> str | None:
    try:
        return _readable(bytes.fromhex(word.replace(":", "").replace(" ", "")))
    except ValueError:
        return None


def _readable(content: bytes) -> str | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    printable = sum(character.isprintable() for character in text)
    return text if text and printable >= _PRINTABLE * len(text) else None


def turned(source: Mapped) -> Mapped:
    """Return the whole text read backwards."""
    text = source.text[::-1]
    size = len(text)
    if source.starts is None or source.ends is None:
        starts = array("I", range(size - 1, -1, -1))
        ends = array("I", range(size, 0, -1))
        return Mapped(text, starts, ends)
    return Mapped(text, source.starts[::-1], source.ends[::-1])


def turned_from(source: Mapped, at: int) -> Mapped:
    """Return the text up to `at`, and from there on each line read backwards."""
    weaver = Weaver(source)
    weaver.keep(0, at)
    line_end = source.text.find("\n", at)
    end = len(source.text) if line_end < 0 else line_end
    for place in range(end - 1, at - 1, -1):
        weaver.keep(place, place + 1)
    return weaver.done()


def rotated(source: Mapped) -> Mapped:
    """Return the text with each letter moved by thirteen places."""
    return Mapped(codecs.encode(source.text, "rot13"), source.starts, source.ends)


def rotated_from(source: Mapped, at: int) -> Mapped:
    """Return the text up to `at`, and from there on each letter moved by thirteen places."""
    text = source.text[:at] + codecs.encode(source.text[at:], "rot13")
    return Mapped(text, source.starts, source.ends)
