"""What is planted, and where of it may be found: canary × store × moment."""

from __future__ import annotations

import base64
import secrets
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

TAIL_LETTERS: Final = 28  # 26^28 is more than 128 bits


class Moment(StrEnum):
    """When the machine is taken."""

    LIVE = "live"  # a moment after the story, the server running
    TICK = "tick"  # after the next tick
    STOPPED = "stopped"  # after a clean stop
    KILLED = "killed"  # after `kill -9` in the middle of writing, before anything recovers
    RECOVERED = "recovered"  # after the next start, tick and stop


class Store(StrEnum):
    """What kind of file it is."""

    DATABASE = "database"
    KEYS = "keys"
    LOG = "log"
    ELSEWHERE = "elsewhere"


ALWAYS: Final = frozenset(Moment)
NEVER: Final[frozenset[Moment]] = frozenset()


@dataclass(slots=True)
class Canary:
    """One planted value. `until` names the moments at which each store may hold it in clear.

    `tagged` is the same for nothing but a keyed tag of it.
    """

    name: str
    value: bytes
    until: Mapping[Store, frozenset[Moment]] = field(default_factory=dict)
    tagged: Mapping[Store, frozenset[Moment]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The value as text."""
        return self.value.decode()

    def may_be(self, store: Store, moment: Moment, *, is_keyed: bool) -> bool:
        """Whether finding it there and then is as the privacy page says."""
        allowed = moment in self.until.get(store, NEVER)
        return allowed or (is_keyed and moment in self.tagged.get(store, NEVER))


class Plan:
    """All canaries of one run, by name."""

    def __init__(self) -> None:
        self.all: dict[str, Canary] = {}

    def __iter__(self) -> Iterator[Canary]:
        return iter(self.all.values())

    def __len__(self) -> int:
        return len(self.all)

    def plant(
        self,
        name: str,
        value: str | bytes = "",
        *,
        stored: frozenset[Moment] = NEVER,
        tagged: frozenset[Moment] = NEVER,
        logged: frozenset[Moment] = NEVER,
    ) -> str:
        """Note a value, or a word with a tail that nobody can guess; returns it as text."""
        raw = (value or word()).encode() if isinstance(value, str) else value
        self.all[name] = Canary(
            name=name,
            value=raw,
            until={Store.DATABASE: stored, Store.LOG: logged},
            tagged={Store.DATABASE: tagged},
        )
        return raw.decode(errors="replace")

    def word(self, name: str, *, stored: frozenset[Moment] = NEVER) -> str:
        """A word that is planted as this name; the same word whenever it is asked for again."""
        return self.all[name].text if name in self.all else self.plant(name, stored=stored)


def word(letters: int = TAIL_LETTERS) -> str:
    """A word that nobody has ever written."""
    return "zq" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(letters))


def ipv6() -> str:
    """An address out of the space for documentation (RFC 3849), written in full."""
    groups = [f"{secrets.randbelow(0xEFFF) + 0x1000:x}" for _ in range(6)]
    return ":".join(["2001", "db8", *groups])


def ipv4() -> str:
    """An address that this machine gives itself; none of its parts is a common number."""
    return "127." + ".".join(str(secrets.randbelow(150) + 100) for _ in range(3))


def phone() -> str:
    """A number out of a space set aside for plays (Ofcom, 07700 900)."""
    return f"+44 7700 900{secrets.randbelow(900) + 100}"


def decoded_cookie(text: str) -> bytes:
    """The bytes that a session cookie spells."""
    return base64.urlsafe_b64decode(text)
