"""Looking through everything that was seized, byte by byte, once and in linear time."""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ahocorasick_rs import MATCHKIND_LEFTMOST_LONGEST, BytesAhoCorasick

from app.cli.seizure.canaries import Moment, Plan, Store
from app.cli.seizure.spellings import Spelling, spellings

KEY_BYTES: Final = range(16, 65)  # what may be a key: PRIVACY.md §12
MOST_KEYS: Final = 400
UNPACKED: Final = 8 * 1024 * 1024
PACKED: Final = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]|PK\x03\x04", re.DOTALL)
ZIP_HEADER: Final = 30  # bytes before the name (APPNOTE.TXT §4.3.7)
PATHS: Final = "the paths themselves"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was found: in which file at which moment, and how it was written."""

    canary: str
    moment: Moment
    store: Store
    path: str
    offset: int
    how: str
    is_allowed: bool


@dataclass(frozen=True, slots=True)
class Seized:
    """Everything that lay on the disk at one moment; `unread` are paths that could not be read."""

    moment: Moment
    files: Mapping[str, bytes]
    unread: tuple[str, ...]


def seize(root: Path, moment: Moment) -> Seized:
    """Read every file below a folder."""
    files, unread = {}, []
    for path in sorted(root.rglob("*")):
        if path.is_file() or path.is_symlink():
            try:
                files[str(path.relative_to(root))] = path.read_bytes()
            except OSError:
                unread.append(str(path.relative_to(root)))
    return Seized(moment, files, tuple(unread))


def store_of(path: str) -> Store:
    """What kind of file a path is."""
    if path.startswith("var/bauta.sqlite3"):
        return Store.DATABASE
    if path.startswith("var/keys/"):
        return Store.KEYS
    return Store.LOG if path.startswith("log/") else Store.ELSEWHERE


def keys_in(seizures: list[Seized], environment: Mapping[str, str]) -> list[bytes]:
    """Everything that might be a key: short files, short binary columns, settings' values."""
    found: dict[bytes, None] = {}
    for seized in seizures:
        for path, content in seized.files.items():
            if store_of(path) is Store.KEYS and content:
                found |= {content: None, content.strip(): None}
    settings = [value.encode() for value in environment.values()]
    found |= {value: None for value in settings if len(value) in KEY_BYTES}
    for seized in seizures:
        found |= dict.fromkeys(_columns(seized))
    return list(found)[:MOST_KEYS]


def _columns(seized: Seized) -> Iterator[bytes]:
    """Every short binary value of the database, read from a copy so that nothing is recovered."""
    with tempfile.TemporaryDirectory(prefix="bauta-seized-") as name:
        folder = Path(name)
        for path, content in seized.files.items():
            if store_of(path) is Store.DATABASE and not path.endswith("-shm"):
                (folder / Path(path).name).write_bytes(content)
        database = sqlite3.connect(folder / "bauta.sqlite3")
        database.text_factory = bytes
        tables = [
            row[0].decode()
            for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for table in tables:
            if table.startswith("post_search"):
                continue
            for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - its own names
                for value in row:
                    if isinstance(value, bytes) and len(value) in KEY_BYTES and not _is_text(value):
                        yield value
        database.close()
        shutil.rmtree(folder, ignore_errors=True)


def _is_text(value: bytes) -> bool:
    """Whether a value is plain letters: a public id, a day."""
    return all(0x20 <= byte < 0x7F for byte in value)  # noqa: PLR2004 - printable ASCII


class Search:
    """All spellings of all canaries, looked for at once."""

    def __init__(self, plan: Plan, keys: list[bytes]) -> None:
        self.plan = plan
        self.known: dict[bytes, Spelling] = {}
        for canary in plan:
            for spelling in spellings(canary, keys):
                self.known.setdefault(spelling.raw, spelling)
        self.patterns = list(self.known)
        self.automaton = BytesAhoCorasick(self.patterns, matchkind=MATCHKIND_LEFTMOST_LONGEST)

    def through(self, seized: Seized) -> Iterator[Place]:
        """Every place in what was seized where a canary stands, the first of each kind."""
        names = "\n".join(seized.files).encode()
        yield from self._in(seized.moment, PATHS, names)
        for path, content in seized.files.items():
            yield from self._in(seized.moment, path, content)

    def _in(self, moment: Moment, path: str, content: bytes) -> Iterator[Place]:
        """The places in one file, also in what is packed in it."""
        yield from self._places(moment, path, content, "")
        for at, unpacked in unpack(content):
            yield from self._places(moment, f"{path} (unpacked at {at})", unpacked, "packed, ")

    def _places(self, moment: Moment, path: str, content: bytes, before: str) -> Iterator[Place]:
        """The places in one run of bytes; the same spelling of a canary only once."""
        seen = set()
        store = store_of(path)
        for number, start, _ in self.automaton.find_matches_as_indexes(content.lower()):
            spelling = self.known[self.patterns[number]]
            canary = self.plan.all[spelling.canary]
            if (key := (spelling.canary, spelling.how)) in seen:
                continue
            seen.add(key)
            allowed = canary.may_be(store, moment, is_keyed=spelling.is_keyed)
            how = before + spelling.how
            yield Place(spelling.canary, moment, store, path, start, how, allowed)


def unpack(content: bytes) -> Iterator[tuple[int, bytes]]:
    """What is compressed anywhere in a file: gzip, zlib and the members of a ZIP."""
    for found in PACKED.finditer(content):
        at = found.start()
        if found.group().startswith(b"PK"):
            head = content[at : at + ZIP_HEADER]
            if len(head) < ZIP_HEADER:
                continue
            skip = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
            unpacked = _inflated(content[at + ZIP_HEADER + skip :], -zlib.MAX_WBITS)
        else:
            unpacked = _inflated(content[at:], zlib.MAX_WBITS | 32)
        if unpacked:
            yield at, unpacked


def _inflated(packed: bytes, kind: int) -> bytes:
    """As much as can be unpacked; nothing where it only looks packed."""
    try:
        return zlib.decompressobj(kind).decompress(packed, UNPACKED)
    except zlib.error:
        return b""
