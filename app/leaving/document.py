"""The export as bytes: a ZIP with JSON for programs and a page for people, made in memory.

Its dates are fixed and it names no producer, so that the file tells nothing but what is in it.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from app.core.db import Base
from app.leaving.queries import Holdings

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

NO_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP can name
UNIX: Final = 3  # "made by", the same on every system (APPNOTE.TXT §4.4.2)
OPEN_MODE: Final = 0o600 << 16
INNER: Final = re.compile(r"(\A|_)id\Z|\Aseen_")
# What a spreadsheet takes for a formula at the beginning of a cell (OWASP, CSV Injection).
_FORMULA: Final = re.compile(r"(^|>)(\s*)(?=[=+\-@])")


class Parcel(io.RawIOBase):
    """What a ZIP is written into, and taken from again piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """Written to, and never gone back in."""
        return True

    def write(self, piece: ReadableBuffer, /) -> int:
        """Take a piece in."""
        self._pieces.append(bytes(piece))
        return len(self._pieces[-1])

    def taken(self) -> bytes:
        """What has come in since it was asked last."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def build(
    holdings: Holdings, page: str, pictures: Iterable[tuple[str, bytes]] = ()
) -> Iterator[bytes]:
    """The whole export, piece by piece, so that no more than one picture is in memory.

    `page` is the readable form of it as HTML, `pictures` are files with their names.
    """
    parcel = Parcel()
    with zipfile.ZipFile(parcel, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "export.json", as_json(holdings).encode())
        _add(archive, "index.html", page.encode())
        for name, jpeg in pictures:
            yield parcel.taken()
            _add(archive, name, jpeg)
    yield parcel.taken()


def as_json(holdings: Holdings) -> str:
    """What is held as JSON: every text as it was written."""
    return json.dumps(holdings, default=_plain, ensure_ascii=False, indent=1, sort_keys=True)


def harmless(html: str) -> str:
    """Markup in which no cell of a spreadsheet would begin with a formula.

    An apostrophe goes before each text that begins with one of four signs; the JSON beside it has
    every text as it was.
    """
    return _FORMULA.sub(r"\1\2'", html)


def _plain(value: Any) -> Any:
    """What JSON does not know of itself; numbers that only order rows are left out."""
    if isinstance(value, Base):
        names = [column.key for column in type(value).__mapper__.column_attrs]
        return {name: getattr(value, name) for name in names if not INNER.search(name)}
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    message = f"an export cannot hold a {type(value).__name__}"
    raise TypeError(message)


def _add(archive: zipfile.ZipFile, name: str, held: bytes) -> None:
    """Put one file into the archive, with nothing of when or where it was made."""
    entry = zipfile.ZipInfo(name, NO_DATE)
    entry.create_system = UNIX
    entry.external_attr = OPEN_MODE
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, held)
