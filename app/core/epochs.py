"""The files of the epoch keys: beside the database, never in it (PRIVACY.md §6).

An epoch has a number, and its key is the file `epoch-<number>.key` in the folder of the server's
secrets. Nothing is remembered in memory: every process reads the file, so that all of them agree,
and a key that was destroyed is nowhere.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Iterator
from io import BufferedRandom, BufferedWriter
from pathlib import Path
from typing import Final

from app.core import crypto
from app.core.ids import new_id

NAME: Final = re.compile(r"epoch-(\d{1,9})\.key\Z")
DRAFT: Final = ".part"


class LostEpochError(Exception):
    """The key of an epoch is not there, is damaged, or can be read by others."""


def key_of(folder: Path, number: int) -> bytes:
    """The key of an epoch, 32 bytes.

    Raises:
        LostEpochError: when its file is not there, can be read by others or was damaged.
    """
    path = _path(folder, number)
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError as error:
        message = f"The key {path.name} is missing. What was sealed under it cannot be opened."
        raise LostEpochError(message) from error
    with os.fdopen(handle, "rb") as file:
        is_open = stat.S_IMODE(os.fstat(handle).st_mode) & 0o077
        key = file.read()
    if is_open:
        message = f"The key {path.name} can be read by others: `chmod 600` it."
        raise LostEpochError(message)
    if len(key) != crypto.KEY_BYTES or len(set(key)) < crypto.KEY_BYTES // 4:
        message = f"The key {path.name} is damaged."
        raise LostEpochError(message)
    return key


def make(folder: Path, number: int) -> None:
    """Make the key of an epoch, whole and safe on the disk, unless somebody has made it already."""
    path = _path(folder, number)
    if path.exists():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f"{new_id()}{DRAFT}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            _write(file, secrets.token_bytes(crypto.KEY_BYTES))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # unlike a rename it never takes the place of another's key
    finally:
        draft.unlink()
    _settle(folder)


def destroy_before(folder: Path, number: int) -> None:
    """Overwrite and remove the keys of all earlier epochs, and what a power cut left of making one.

    Nobody may be making a key meanwhile.
    """
    old = [path for path, found in _files(folder) if found < number]
    drafts = list(folder.glob(f"*{DRAFT}"))
    for path in old:
        with path.open("r+b") as file:
            _write(file, bytes(crypto.KEY_BYTES))
        path.unlink()
    for draft in drafts:
        draft.unlink()  # never overwritten: it may be a second name of a key that is in use
    if old or drafts:
        _settle(folder)


def numbers(folder: Path) -> list[int]:
    """The epochs whose keys are there, in order."""
    return sorted(found for _, found in _files(folder))


def _files(folder: Path) -> Iterator[tuple[Path, int]]:
    """The key files and their numbers."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if match := NAME.match(path.name):
            yield path, int(match[1])


def _path(folder: Path, number: int) -> Path:
    """Where the key of an epoch lies."""
    return folder / f"epoch-{number}.key"


def _write(file: BufferedWriter | BufferedRandom, key: bytes) -> None:
    """Write a key, through to the disk."""
    file.write(key)
    file.flush()  # what stands in Python's buffer is not yet the system's to bring to the disk
    os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Bring the names in a folder to the disk, as `fsync` does for what a file holds."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
