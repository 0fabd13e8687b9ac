"""Looking for words in the bytes of files, in a process of its own.

It must be another process: whoever opens and closes the file of a SQLite database takes away the
locks that its own process holds on it (sqlite.org/howtocorrupt.html §2.2). What is looked for
goes in by a pipe and is in no argument, no environment and no file. Standard library only, so that
the child starts at once.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import quote, quote_plus

CHUNK_BYTES: Final = 4 * 1024 * 1024
WINDOW_BYTES: Final = 40  # of a longer text: pieces so long are looked for, wherever it was cut
WINDOWS: Final = 25  # pieces of one text at the most
MINUTES: Final = 5


class UnreadError(Exception):
    """The files could not be looked through."""


@dataclass(frozen=True, slots=True)
class Looked:
    """In which of the files something was found, and how many bytes were read."""

    found: tuple[str, ...]
    read: int


def spellings(phrase: str) -> set[bytes]:
    """The ways in which a phrase may lie in a file: plain, in a page, in an address, in JSON."""
    forms = {phrase, phrase.lower(), phrase.upper(), phrase.casefold(), phrase[::-1]}
    made: set[bytes] = set()
    for form in forms:
        texts = {form, escape(form), quote(form), quote_plus(form), json.dumps(form)[1:-1]}
        made |= {text.encode() for text in texts}
        made |= {form.encode("utf-16-le"), form.encode("utf-16-be"), form.encode().hex().encode()}
    return {raw.lower() for raw in made}


def windows(text: str) -> set[bytes]:
    """Pieces of a longer text, evenly over it, in the case in which files are read."""
    raw = text.encode().lower()
    if len(raw) <= WINDOW_BYTES:
        return {raw} if raw else set()
    step = max(WINDOW_BYTES, (len(raw) - WINDOW_BYTES) // (WINDOWS - 1))
    starts = range(0, len(raw) - WINDOW_BYTES + 1, step)
    return {raw[start : start + WINDOW_BYTES] for start in starts}


def search(folder: Path, patterns: Iterable[bytes]) -> Looked:
    """Look for patterns, in lower case, in every file of a folder.

    Raises:
        UnreadError: when a file could not be read, or it took too long.
    """
    asked = {"folder": str(folder), "patterns": [raw.hex() for raw in patterns]}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and this very file
            [sys.executable, "-I", __file__],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=MINUTES * 60,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise UnreadError from error
    answer = json.loads(done.stdout)
    return Looked(tuple(answer["found"]), answer["read"])


def _look(folder: Path, patterns: list[bytes]) -> Iterator[tuple[str, bool, int]]:
    """Every file below a folder: its path, whether a pattern stands in it, how long it is."""
    overlap = max(map(len, patterns), default=1) - 1
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        is_found, size, rest = False, 0, b""
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                size += len(chunk)
                content = rest + chunk.lower()
                is_found = is_found or any(raw in content for raw in patterns)
                rest = content[-overlap:] if overlap else b""
        yield str(path.relative_to(folder)), is_found, size


def _main() -> None:
    """Read what is asked for from the pipe, and answer on it."""
    asked = json.loads(sys.stdin.buffer.read())
    patterns = [bytes.fromhex(raw) for raw in asked["patterns"]]
    rows = list(_look(Path(asked["folder"]), patterns))
    found = [path for path, is_found, _ in rows if is_found]
    json.dump({"found": found, "read": sum(size for _, _, size in rows)}, sys.stdout)


if __name__ == "__main__":
    _main()
