"""What this forum takes for a picture: limits, what can be wrong, and what is kept. Pure.

Nothing here decodes anything: what comes from outside is decoded by `images` alone, in a process of
its own that `darkroom` starts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MIB: Final = 1024 * 1024
MOST_BYTES: Final = 7 * MIB  # of a file that is sent in
MOST_PIXELS: Final = 24_000_000  # PRIVACY.md §9; asked of the header, before anything is decoded
LONGEST_SIDE: Final = 2560  # of what is kept: four megapixels stay whole, and it loads over Tor
QUALITY: Final = 85
MIME: Final = "image/jpeg"  # the one kind that is kept, whatever came in
TAKEN: Final = ("image/jpeg", "image/png", "image/webp", "image/gif")

# How files of the four formats begin. Their names and what a browser calls them are not asked.
_BEGINNINGS: Final[tuple[tuple[str, re.Pattern[bytes]], ...]] = (
    ("JPEG", re.compile(rb"\xff\xd8\xff")),  # ITU-T T.81 B.1.1.3
    ("PNG", re.compile(rb"\x89PNG\r\n\x1a\n")),  # W3C PNG §5.2
    ("WEBP", re.compile(rb"RIFF....WEBPVP8[ LX]", re.DOTALL)),  # RFC 9649 §2.3
    ("GIF", re.compile(rb"GIF8[79]a")),  # GIF89a §17
)


class Fault(StrEnum):
    """Why a file makes no picture."""

    UNKNOWN = "unknown"  # none of the four formats
    TOO_LARGE = "too_large"  # too many bytes
    TOO_WIDE = "too_wide"  # too many pixels
    BROKEN = "broken"  # not to be read to its end


class PictureError(Exception):
    """A file that makes no picture; nothing of it is kept."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A picture made anew: its size in pixels, and a JPEG that holds nothing else."""

    width: int
    height: int
    jpeg: bytes


def format_of(raw: bytes) -> str | None:
    """Which of the four formats a file is, told from how it begins; nothing for all others."""
    return next((name for name, begins in _BEGINNINGS if begins.match(raw)), None)


def check(raw: bytes) -> str:
    """The format of a file that may be looked into.

    Raises:
        PictureError: when it is too long, or none of the four formats.
    """
    if len(raw) > MOST_BYTES:
        raise PictureError(Fault.TOO_LARGE)
    kind = format_of(raw)
    if kind is None:
        raise PictureError(Fault.UNKNOWN)
    return kind


# --- what a kept picture may hold -----------------------------------------------------------------

_START, _END, _SCAN, _APP0 = 0xD8, 0xD9, 0xDA, 0xE0  # markers of ITU-T T.81, table B.1
_NEEDED: Final = frozenset({0xC0, 0xC4, 0xDB})  # the frame, its two kinds of tables
# Version 1.1, no unit, one to one, no thumbnail (JFIF 1.02): the same in every picture.
_JFIF: Final = b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
_MARKER: Final = re.compile(rb"\xff[^\x00]")


def is_bare(jpeg: bytes) -> bool:
    """Whether a JPEG holds only what is needed to draw it: no metadata, and nothing after its end.

    Asked of every picture before it is stored, so that a mistake in the rebuilding cannot let
    anything through.
    """
    return all(marker in _NEEDED or is_fit for marker, is_fit in _segments(jpeg))


def _segments(jpeg: bytes) -> Iterator[tuple[int, bool]]:
    """The markers of a JPEG in their order, and whether those that need it are as they must be."""
    yield _START, jpeg.startswith(b"\xff\xd8")
    at = 2
    while True:
        marker = jpeg[at + 1] if jpeg[at : at + 1] == b"\xff" and at + 4 <= len(jpeg) else 0
        length = int.from_bytes(jpeg[at + 2 : at + 4], "big")
        segment, at = jpeg[at + 4 : at + 2 + length], at + 2 + length
        if marker == _SCAN:
            end = _MARKER.search(jpeg, at)
            is_last = end is not None and end.end() == len(jpeg) and jpeg[-1] == _END
            yield _END, is_last
            return
        yield marker, marker == _APP0 and segment == _JFIF
        if marker not in _NEEDED and marker != _APP0:
            return
