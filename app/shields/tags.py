"""Keyed tags of forms, and the table in memory in which the forms of a text are looked up.

A tag is BLAKE2b of 64 bits under the server's shield key, beside it a gate of 20 bits over the
first five signs of the form (SCREENING.md §9). A gate tells at once that most words begin no
shield. Decoys are the forms for which another key says so: about one in a hundred.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import accumulate
from typing import Final

from app.core import crypto
from app.shields.phrases import (
    COUNTRY_CODE,
    FORM_LEAST,
    FORM_MOST,
    HEAD,
    NUMBER_TOKENS,
    RAW_MOST,
    WINDOW_TOKENS,
    collapsed,
    cover,
)

TAG_BYTES: Final = 8
PERSON: Final = b"bauta-shield1"
GATE_BITS: Final = 20
DECOY_HEADS: Final = 6554  # of 65,536: one form in ten begins so that it may be a decoy
_WORDS: Final = b"w"
_DIGITS: Final = b"d"


@dataclass(frozen=True, slots=True)
class Tag:
    """What is stored of one form of a phrase."""

    value: int
    gate: int


class Keys:
    """Everything that follows from the shield key: tags, gates, decoys, and the check value."""

    __slots__ = ("_decoy", "_gate", "_tag", "check")

    def __init__(self, secret: bytes) -> None:
        self._tag = blake2b(
            key=crypto.hkdf(secret, "shield tags"), digest_size=TAG_BYTES, person=PERSON
        )
        self._gate = blake2b(
            key=crypto.hkdf(secret, "shield gates"), digest_size=TAG_BYTES, person=PERSON
        )
        self._decoy = blake2b(
            key=crypto.hkdf(secret, "shield decoys"), digest_size=TAG_BYTES, person=PERSON
        )
        self.check = crypto.hkdf(secret, "shield check", 16)

    def __repr__(self) -> str:
        return "***"

    def tag(self, form: str) -> Tag:
        """The tag of a form, and its gate."""
        return Tag(self.value(form), self.head(form[:HEAD])[0])

    def value(self, form: str) -> int:
        """The tag of a form as a signed whole number of 64 bits."""
        made = self._tag.copy()
        made.update((_DIGITS if form.isdigit() else _WORDS) + form.encode())
        return int.from_bytes(made.digest(), "big", signed=True)

    def head(self, first: str) -> tuple[int, bool]:
        """The gate of the first five signs of a form, and whether decoys may begin so."""
        made = self._gate.copy()
        made.update(first.encode())
        whole = int.from_bytes(made.digest(), "big")
        return whole & ((1 << GATE_BITS) - 1), (whole >> GATE_BITS) % 65_536 < DECOY_HEADS

    def is_decoy(self, form: str, share: int) -> bool:
        """Whether a form whose head may begin a decoy is one: `share` of 65,536 are, always."""
        made = self._decoy.copy()
        made.update(form.encode())
        return int.from_bytes(made.digest()[:2], "big") < share


@dataclass(slots=True)
class Scan:
    """What was found in one text: shields by inner id, once covered and once not, and decoys.

    `words` are the stretches that could get the text held, as they are looked up in the index.
    """

    held: dict[int, str] = field(default_factory=dict)
    bare: set[int] = field(default_factory=set)
    decoys: list[str] = field(default_factory=list)


Heads = dict[str, tuple[bool, bool]]


class Table:
    """All tags in memory."""

    __slots__ = ("_gates", "_has_decoys", "_keys", "_tags")

    def __init__(
        self, keys: Keys, rows: Iterable[tuple[int, int, int]] = (), *, has_decoys: bool = True
    ) -> None:
        self._keys = keys
        self._has_decoys = has_decoys
        self._tags: dict[int, tuple[int, ...]] = {}
        self._gates = bytearray(1 << GATE_BITS)
        for value, gate, shield_id in rows:
            self._tags[value] = (*self._tags.get(value, ()), shield_id)
            self._gates[gate] = 1

    def __len__(self) -> int:
        return len(self._tags)

    def scan(self, readings: Iterable[Sequence[str]], heads: Heads | None = None) -> Scan:
        """Look every window of every reading up; each reading is a list of words and numbers.

        `heads` are what earlier texts have taught of beginnings; whoever scans many hands it on.
        """
        found = Scan()
        heads = {} if heads is None else heads
        known: dict[str, tuple[int, ...]] = {}
        settled: set[str] = set()
        for words in readings:
            self._scan(words, found, heads, known, settled)
        return found

    def _scan(
        self,
        words: Sequence[str],
        found: Scan,
        heads: Heads,
        known: dict[str, tuple[int, ...]],
        settled: set[str],
    ) -> None:
        joined = "".join(words)
        ends = list(accumulate(map(len, words)))
        gates, head_of = self._gates, self._keys.head
        for number, start in _starts(words, ends):
            head = collapsed(joined[start : start + 2 * HEAD])[:HEAD]
            seen = heads.get(head)
            if seen is None:
                gate, may_be_decoy = head_of(head)
                seen = heads[head] = (gates[gate] == 1, may_be_decoy and self._has_decoys)
            if seen == (False, False):
                continue
            for end, form in _windows(words, joined, ends, number, start):
                if form in settled:
                    continue  # the same digits again say the same again
                if form.isdigit():
                    settled.add(form)
                ids = self._ids(form, known) if seen[0] else ()
                if not ids and not seen[1]:
                    continue
                window = [joined[start : ends[number]], *words[number + 1 : end]]
                self._note(found, form, window, ids, may_be_decoy=seen[1])

    def _ids(self, form: str, known: dict[str, tuple[int, ...]]) -> tuple[int, ...]:
        ids = known.get(form)
        if ids is None:
            ids = known[form] = self._tags.get(self._keys.value(form), ())
        return ids

    def _note(
        self, found: Scan, form: str, window: list[str], ids: tuple[int, ...], *, may_be_decoy: bool
    ) -> None:
        share = cover(window)
        if not share:
            found.bare.update(ids)
            return
        for shield_id in ids:
            found.held[shield_id] = " ".join(window)
        if may_be_decoy and self._keys.is_decoy(form, share):
            found.decoys.append(" ".join(window))


def _starts(words: Sequence[str], ends: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Every place at which a window may begin: at words, and in numbers after a country code."""
    for number, (word, end) in enumerate(zip(words, ends, strict=True)):
        start = end - len(word)
        yield number, start
        if word.isdigit():
            for more in range(1, min(COUNTRY_CODE, len(word) - 1) + 1):
                yield number, start + more


def _windows(
    words: Sequence[str], joined: str, ends: Sequence[int], number: int, start: int
) -> Iterator[tuple[int, str]]:
    """Every window that begins here, as the number of the word after it and its form."""
    for end in range(number + 1, min(number + NUMBER_TOKENS, len(words)) + 1):
        raw = joined[start : ends[end - 1]]
        is_long = end - number > WINDOW_TOKENS or start > ends[number] - len(words[number])
        if len(raw) > RAW_MOST or (is_long and not raw.isdigit()):
            return  # only numbers are long, and only numbers begin within one
        form = collapsed(raw)
        if FORM_LEAST <= len(form) <= FORM_MOST:
            yield end, form
