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
from collections.abc import Mapping
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

    def span(self, start: int, end: int) -> Span:
        """Return the span of the original from which `text[start:end]` came."""
        if self.starts is None or self.ends is None:
            return Span(start, end)
        return Span(min(self.starts[start:end]), max(self.ends[start:end]))


class Weaver:
    """Builds a view out of stretches of another text and of characters put in their place."""

    def __init__(self, source: Mapped) -> None:
        self._source = source
        self._parts: list[str] = []
        self._starts = array("I")
        self._ends = array("I")

    def keep(self, start: int, end: int) -> None:
        """Take a stretch over as it is."""
        source = self._source
        if source.starts is None or source.ends is None:
            self._starts.extend(range(start, end))
            self._ends.extend(range(start + 1, end + 1))
        else:
            self._starts.extend(source.starts[start:end])
            self._ends.extend(source.ends[start:end])
        self._parts.append(source.text[start:end])

    def put(self, text: str, start: int, end: int) -> None:
        """Put `text` where `start:end` was; all of it leads back to that whole stretch."""
        if not text:
            return
        span = self._source.span(start, end)
        self._parts.append(text)
        self._starts.extend([span.start] * len(text))
        self._ends.extend([span.end] * len(text))

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
    if 0x1F1E6 <= code <= 0x1F1FF:  # regional indicators, the letters of flags  # noqa: PLR2004  # the number says what it counts
        return chr(code - 0x1F1E6 + ord("A"))
    folded = unicodedata.normalize("NFKC", character)
    if len(folded) > LONGEST_EXPANSION:
        return character
    return "".join(_SIGNS.get(c, c) for c in folded)


def fold(text: str) -> Mapped:
    """Return the text with invisible characters, look-alikes and unusual signs made plain."""
    if _ODD.search(text) is None:
        return Mapped(text)
    changes: list[tuple[int, int, str]] = []
    is_shifted = is_foreign = False
    for odd in _ODD.finditer(text):
        at = odd.start()
        character = text[at]
        folded = _folded(character)
        if folded == _COMBINING:
            is_shifted = True
            changes.append((at, at + 1, folded))
            continue
        is_foreign = is_foreign or _MIXING.match(character) is not None
        is_shifted = is_shifted or len(folded) != 1
        if folded != character:
            changes.append((at, at + 1, folded))
    if not changes:
        result = Mapped(text)
    elif not is_shifted:
        characters = list(text)
        for start, _, folded in changes:
            characters[start] = folded
        result = Mapped("".join(characters))
    else:
        result = _woven(text, changes)
    if is_foreign:
        return Mapped(_unmixed(result.text), result.starts, result.ends)
    return result


def _woven(text: str, changes: list[tuple[int, int, str]]) -> Mapped:
    """Return the text with its odd characters made plain, marks joined to their letters."""
    out: list[str] = []
    starts, ends = array("I"), array("I")
    done = 0
    for at, beyond, folded in changes:
        if at > done:
            out.append(text[done:at])
            starts.extend(range(done, at))
            ends.extend(range(done + 1, at + 1))
        done = beyond
        if folded == _COMBINING:
            composed = unicodedata.normalize("NFC", out[-1][-1] + text[at]) if out else ""
            if len(composed) == 1:
                out[-1] = out[-1][:-1] + composed
                ends[-1] = beyond
            continue
        if folded:
            out.append(folded)
            for _ in folded:
                starts.append(at)
                ends.append(beyond)
    if done < len(text):
        out.append(text[done:])
        starts.extend(range(done, len(text)))
        ends.extend(range(done + 1, len(text) + 1))
    return Mapped("".join(out), starts, ends)


def _unmixed(text: str) -> str:
    """Replace foreign look-alikes in words that mix scripts; each letter by one letter."""
    is_latin = len(_LATIN_LETTER.findall(text)) * 2 > len(text.replace(" ", ""))

    def latin(found: re.Match[str]) -> str:
        word = found[0]
        if _MIXING.search(word) is None:
            return word
        plain = "".join(LATIN.get(letter, letter) for letter in word)
        if plain.isascii() and (is_latin or _LATIN_LETTER.search(word)):
            return plain
        return plain if _LATIN_LETTER.search(word) else word

    return _FOREIGN_WORD.sub(latin, text)


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
        before = text[start - 1] if start else " "
        after = text[end] if end < len(text) else " "
        if sign[0] == "_":
            if not before.isalnum() and before not in "@/.-" and after.isalnum():
                opened, line_of_opened = start, end
            elif opened is not None and before.isalnum() and not after.isalnum():
                if "\n" not in text[line_of_opened:start][:400]:
                    cuts.append((opened, line_of_opened, ""))
                    cuts.append((start, end, ""))
                opened = None
        elif sign[0] in "[({":
            cuts.append((start, end, sign[1]))
        elif sign[0] == "%":
            character = chr(int(sign[1:], 16))
            if before.isalnum() and character.isprintable():
                cuts.append((start, end, character))
        elif sign[0] == "&":
            entity = _entity(sign[1:-1])
            if entity is not None:
                cuts.append((start, end, entity))
        elif sign[0] == "<" and not sign.startswith("<!"):
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
    character = chr(code) if code < 0x11_0000 else ""  # the end of Unicode  # noqa: PLR2004  # the number says what it counts
    return _folded(character) if character and not character.isascii() else character


_SPACED: Final = re.compile(
    r"(?<![^\W_])[^\W_](?:[ .\-_,|/*·]{1,3}[^\W_](?![^\W_])){3,}(?:[ .\-_,|/*·]{1,3}[^\W_](?![^\W_]))*"  # noqa: E501  # a table
)
_SEPARATOR: Final = re.compile(r"[ .\-_,|/*·]+")


def joined(source: Mapped) -> Mapped | None:
    """Return the text with spaced-out words joined, or None if there are none."""
    text = source.text
    runs = [found.span() for found in _SPACED.finditer(text)]
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


_LEET_WORD: Final = re.compile(r"[A-Za-z0-9@$!+][A-Za-z0-9@$!+]+")
_LEET_DIGIT: Final = re.compile(r"[0-9@$!+]")
_TO_LETTERS: Final = str.maketrans("0134578@$!+", "oieastbasit")
_TO_DIGITS: Final = str.maketrans("OoQIlLiSsBZzGg", "00011115582266"[:14])
_DIGITLIKE: Final = frozenset("OoIlLSBZ0123456789")


def unleeted(source: Mapped) -> Mapped | None:
    """Return the text with digits for letters, and letters for digits, put back; None if none."""
    text = source.text
    changes: list[tuple[int, int, str]] = []
    for found in _LEET_WORD.finditer(text):
        word = found[0]
        if word.isalpha() or word.isdigit():
            if word in {"OO", "O", "Il", "lI", "ll", "II"} and _beside_digit(text, *found.span()):
                changes.append((*found.span(), word.translate(_TO_DIGITS)))
            continue
        digits = sum(character.isdigit() for character in word)
        if digits and set(word) <= _DIGITLIKE:
            changes.append((*found.span(), word.translate(_TO_DIGITS)))
        elif (
            len(word) > 2  # 4b, u2 and B2 are what they are  # noqa: PLR2004  # the number says what it counts
            and len(word) - digits > 1
            and _is_leet(word)
        ):
            letters = word.translate(_TO_LETTERS)
            if letters.isalpha():
                changes.append((*found.span(), letters))
    if not changes:
        return None
    characters = list(text)
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
                weaver = Weaver(source)
                weaver.put(plain, *token.span())
                found.append(weaver.done())
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
