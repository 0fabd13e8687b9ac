"""How long a picture takes from the bytes that come in to the bytes that are kept, process and all.

Run: python -m benchmarks.pictures; `make bench` prints the same.
"""

from __future__ import annotations

import io
import resource
import statistics
import time
import zlib

from PIL import Image

from app.core.darkroom import develop
from app.core.pictures import MOST_BYTES, PictureError, format_of

ROUNDS = 7
MOST = 0.4  # seconds for a picture of four megapixels
MOST_FLOOD = 0.2  # until a flood of pixels is refused (PRIVACY.md §13)
FOUR = (2448, 1632)
TWENTY_FOUR = (6000, 4000)


def main() -> None:
    for kind, most in (
        ("JPEG", f" (under {MOST * 1000:.0f})"),
        ("PNG", ""),
        ("WEBP", ""),
        ("GIF", ""),
    ):
        print(f"a {kind} of 4 megapixels: {median(file(FOUR, kind))}{most}")
    print(f"a JPEG of 24 megapixels: {median(file(TWENTY_FOUR, 'JPEG'))}")
    refused = f"(under {MOST_FLOOD * 1000:.0f})"
    print(f"30,000 x 30,000 pixels, refused: {median(flood())} {refused}")


def median(raw: bytes) -> str:
    """The middle of some rounds: by the clock, and in time of the processor."""
    taken, worked = [], []
    for _ in range(ROUNDS):
        began, before = time.perf_counter(), processor()
        try:
            develop(raw)
        except PictureError:
            assert format_of(raw) == "PNG"
            assert len(raw) < 1000, "only the flood is refused"
        taken.append(time.perf_counter() - began)
        worked.append(processor() - before)
    by_clock, by_work = statistics.median(taken) * 1000, statistics.median(worked) * 1000
    return f"{by_clock:.0f} ms, {by_work:.0f} of them the processor's"


def processor() -> float:
    """Seconds of the processor's time that the children have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def file(size: tuple[int, int], kind: str) -> bytes:
    """Something with as much detail as a photograph, as a file of this kind."""
    grain = Image.effect_noise((size[0] // 8, size[1] // 8), 60).resize(size)
    across = Image.linear_gradient("L").resize(size)
    drawn = Image.merge("RGB", (grain, across, grain))
    saved = io.BytesIO()
    drawn.save(saved, kind)
    assert len(saved.getvalue()) <= MOST_BYTES
    return saved.getvalue()


def flood() -> bytes:
    """A few bytes that say they are 900 megapixels (W3C PNG §11)."""

    def chunk(name: bytes, held: bytes) -> bytes:
        return (
            len(held).to_bytes(4, "big") + name + held + zlib.crc32(name + held).to_bytes(4, "big")
        )

    head = (30_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(64))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


if __name__ == "__main__":
    main()
