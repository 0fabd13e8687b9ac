"""What the packs know of addresses: words for streets, flats and living somewhere."""

from __future__ import annotations

from typing import Final

from app.screening.languages.pack import Pack
from app.screening.words import plain

SHORTEST_COMPOUND: Final = 5


class Streets:
    """Street words by where they stand: before the name, behind it, or grown together with it."""

    def __init__(self, packs: tuple[Pack, ...]) -> None:
        def gathered(name: str) -> frozenset[str]:
            return frozenset(
                plain(word.lower()) for pack in packs for word in pack.address.get(name, ())
            )

        self._after = gathered("types")
        self._before = gathered("before")
        self._french = gathered("numbered_before")
        self._endings = tuple(sorted(gathered("endings")))
        self._prefixes = gathered("prefixes")
        self._not_streets = gathered("not_streets")
        self._strong = gathered("strong")
        self._units = gathered("units")
        self._reside = gathered("reside")
        self._houses = gathered("houses")
        self._kinds: dict[str, str] = {}
        for words, kind in (
            (self._after, "after "),
            (self._before, "before "),
            (self._french, "french "),
            (self._prefixes, "prefix "),
            ({e for e in self._endings if len(e) <= SHORTEST_COMPOUND}, "compound "),
        ):
            for word in words:
                self._kinds[word] = self._kinds.get(word, "") + kind

    def kind_of(self, key: str) -> str:
        """Return where a word for a street stands, or an empty text if it is none."""
        kind = self._kinds.get(key, "")
        if (
            len(key) > SHORTEST_COMPOUND
            and key.endswith(self._endings)
            and key not in self._not_streets
        ):
            return kind + "compound "
        return kind

    def is_bare(self, key: str) -> bool:
        """Return whether a compound's ending stands alone: `Straße`, `Platz`."""
        return key in self._endings

    def is_strong(self, key: str) -> bool:
        """Return whether a word means a street even without a number."""
        return key in self._strong

    def is_unit(self, key: str) -> bool:
        """Return whether a word leads a flat, floor or block."""
        return key in self._units

    def is_residence(self, key: str) -> bool:
        """Return whether a word says that somebody lives somewhere."""
        return key in self._reside

    def is_house(self, key: str) -> bool:
        """Return whether a word ends the name of a house: `Heron Cottage`."""
        return key in self._houses
