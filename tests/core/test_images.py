"""A picture is made anew from its pixels: nothing else of the file is left, whatever it was."""

from __future__ import annotations

import io
import time
import zlib
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFile

from app.cli.seizure.canaries import word
from app.cli.seizure.pictures import planted
from app.cli.seizure.search import unpack
from app.core import darkroom, images
from app.core.darkroom import develop
from app.core.errors import BusyError
from app.core.images import ORIENTATION, rebuild
from app.core.pictures import (
    LONGEST_SIDE,
    MOST_BYTES,
    MOST_PIXELS,
    Fault,
    PictureError,
    Rebuilt,
    format_of,
    is_bare,
)

FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)
CLOSE: Final = 14  # how far a colour may be off after a JPEG


def saved(image: Image.Image, kind: str, **how: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def seen(rebuilt: Rebuilt) -> Image.Image:
    image = Image.open(io.BytesIO(rebuilt.jpeg), formats=("JPEG",))
    image.load()
    assert image.size == (rebuilt.width, rebuilt.height)
    assert image.mode == "RGB"
    return image


def is_like(image: Image.Image, place: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    found = image.getpixel(place)
    assert isinstance(found, tuple)
    return all(abs(one - other) <= CLOSE for one, other in zip(found, colour, strict=True))


def fault_of(raw: bytes, make: Callable[[bytes], Rebuilt] = rebuild) -> Fault:
    with pytest.raises(PictureError) as refused:
        make(raw)
    return refused.value.fault


# --- nothing but pixels ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
def test_no_hidden_word_of_any_format_survives(kind: str) -> None:
    words: dict[str, str] = {}

    def plant(name: str) -> str:
        return words.setdefault(name, word())

    raw = planted(kind, plant)
    inside = raw + b"".join(unpacked for _, unpacked in unpack(raw))
    assert [name for name, said in words.items() if said.encode() not in inside] == []
    jpeg = rebuild(raw).jpeg
    assert [name for name, said in words.items() if said.encode() in jpeg] == []
    assert is_bare(jpeg)
    assert Image.open(io.BytesIO(jpeg)).info.keys() <= {
        "jfif", "jfif_version", "jfif_unit", "jfif_density",
    }  # fmt: skip


def test_control_to_save_a_picture_again_keeps_hidden_words() -> None:
    # The test above would see it: this is what the rebuilding is for.
    raw = planted("JPEG", lambda name: "canary")
    again = saved(Image.open(io.BytesIO(raw)), "JPEG")
    assert b"canary" in again
    assert not is_bare(again)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda jpeg: jpeg + b"x",
        lambda jpeg: jpeg[:2] + b"\xff\xfe\x00\x05abc" + jpeg[2:],
        lambda jpeg: jpeg[:2] + b"\xff\xe1\x00\x08Exif\0\0" + jpeg[2:],
        lambda jpeg: jpeg.replace(b"JFIF\0\1\1", b"JFIF\0\1\2"),
        lambda jpeg: jpeg[:-2],
        lambda jpeg: jpeg[: len(jpeg) // 8],
        lambda jpeg: b"",
        lambda jpeg: b"\xff\xd8\xff\xd9",
        lambda jpeg: b"P" + jpeg,
    ],
    ids=[
        "after the end",
        "comment",
        "exif",
        "jfif",
        "no end",
        "cut",
        "empty",
        "no picture",
        "start",
    ],
)
def test_what_holds_more_or_less_than_a_picture_is_not_bare(
    spoil: Callable[[bytes], bytes],
) -> None:
    jpeg = rebuild(saved(Image.new("RGB", (40, 30), RED), "PNG")).jpeg
    assert is_bare(jpeg)
    assert not is_bare(spoil(jpeg))


# --- pictures as they are meant -------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_read_by_its_content(kind: str) -> None:
    drawn = Image.new("RGB", (60, 40), RED)
    drawn.paste(BLUE, (30, 0, 60, 40))
    raw = saved(drawn, kind)
    assert format_of(raw) == kind
    image = seen(rebuild(raw))
    assert image.size == (60, 40)
    assert is_like(image, (5, 20), RED)
    assert is_like(image, (55, 20), BLUE)


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_picture_is_turned_upright_as_the_camera_was_held(turn: int) -> None:
    upright = Image.new("RGB", (80, 40), WHITE)
    upright.paste(RED, (0, 0, 20, 20))
    upright.paste(BLUE, (60, 20, 80, 40))
    held = upright
    if turn in images.TURNS:
        backwards = {
            Image.Transpose.ROTATE_90: Image.Transpose.ROTATE_270,
            Image.Transpose.ROTATE_270: Image.Transpose.ROTATE_90,
        }
        held = upright.transpose(backwards.get(images.TURNS[turn], images.TURNS[turn]))
    exif = Image.Exif()
    exif[ORIENTATION] = turn
    image = seen(rebuild(saved(held, "JPEG", exif=exif, quality=95)))
    assert image.size == (80, 40)
    assert is_like(image, (8, 8), RED)
    assert is_like(image, (72, 32), BLUE)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_every_way_to_hold_colours_is_read(mode: str) -> None:
    grey = mode in {"1", "L", "LA", "I;16"}
    shade = Image.new("L", (50, 50), 0)
    shade.paste(200, (0, 0, 50, 25))
    if mode == "I;16":
        deep = b"".join(bytes((0, value)) for value in shade.tobytes())
        drawn = Image.frombytes("I;16", (50, 50), deep)
    else:
        colours = Image.merge("RGB", (shade, Image.new("L", (50, 50), 0), shade))
        drawn = (shade if grey else colours).convert(mode)
    kind = "JPEG" if mode == "CMYK" else "PNG"
    image = seen(rebuild(saved(drawn, kind)))
    if mode != "1":  # in which a grey is a pattern of dots
        assert is_like(image, (25, 8), (200, 200, 200) if grey else (200, 0, 200))
    assert is_like(image, (25, 42), (0, 0, 0))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_transparent_becomes_white(kind: str) -> None:
    drawn = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    drawn.paste((*GREEN, 255), (20, 0, 40, 40))
    image = seen(rebuild(saved(drawn, kind, lossless=True)))
    assert is_like(image, (8, 20), WHITE)
    assert is_like(image, (32, 20), GREEN)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_a_moving_picture_the_first_frame_is_kept(kind: str) -> None:
    first, second = Image.new("RGB", (40, 40), RED), Image.new("RGB", (40, 40), BLUE)
    image = seen(rebuild(saved(first, kind, save_all=True, append_images=[second])))
    assert is_like(image, (20, 20), RED)


def test_colours_come_out_as_the_profile_of_the_file_means_them() -> None:
    # In a space with green and blue changed places, what is stored as green is seen as blue.
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    green, blue = profile.index(b"gXYZ"), profile.index(b"bXYZ")
    profile[green : green + 4], profile[blue : blue + 4] = b"bXYZ", b"gXYZ"
    raw = saved(Image.new("RGB", (20, 20), (0, 255, 0)), "PNG", icc_profile=bytes(profile))
    assert is_like(seen(rebuild(raw)), (10, 10), BLUE)


def test_a_profile_that_is_none_spoils_no_picture() -> None:
    raw = saved(Image.new("RGB", (20, 20), RED), "JPEG", icc_profile=b"not a profile" * 20)
    assert is_like(seen(rebuild(raw)), (10, 10), RED)


@pytest.mark.parametrize("size", [(4000, 1000), (1000, 4000), (9000, 3), (LONGEST_SIDE + 1, 40)])
def test_a_large_picture_is_made_smaller_in_proportion(size: tuple[int, int]) -> None:
    rebuilt = rebuild(saved(Image.new("RGB", size, RED), "JPEG"))
    assert max(rebuilt.width, rebuilt.height) == LONGEST_SIDE
    assert abs(rebuilt.width * size[1] - rebuilt.height * size[0]) <= max(size) + LONGEST_SIDE


def test_a_small_picture_stays_as_it_is() -> None:
    rebuilt = rebuild(saved(Image.new("RGB", (1, 1), RED), "GIF"))
    assert (rebuilt.width, rebuilt.height) == (1, 1)


def test_what_stands_before_or_behind_a_picture_is_nothing() -> None:
    raw = saved(Image.new("RGB", (30, 30), RED), "PNG")
    script = b"<script>alert(1)</script>PK\x03\x04"
    assert b"script" not in rebuild(raw + script).jpeg
    assert fault_of(script + raw) is Fault.UNKNOWN


# --- what is no picture ---------------------------------------------------------------------------


def flood(width: int, height: int) -> bytes:
    """A PNG that says it is so large, and is a hundred bytes long."""

    def chunk(name: bytes, held: bytes) -> bytes:
        check = zlib.crc32(name + held).to_bytes(4, "big")
        return len(held).to_bytes(4, "big") + name + held + check

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    packed = chunk(b"IDAT", zlib.compress(bytes(64)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + packed + chunk(b"IEND", b"")


def test_a_flood_of_pixels_is_refused_before_any_is_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def decode(*_: object) -> None:
        pytest.fail("a pixel was decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", decode)
    assert fault_of(flood(30_000, 30_000)) is Fault.TOO_WIDE
    assert fault_of(flood(2**31 - 1, 2**31 - 1)) in {Fault.TOO_WIDE, Fault.BROKEN}


def test_the_most_pixels_and_one_line_more(monkeypatch: pytest.MonkeyPatch) -> None:
    side = int(MOST_PIXELS**0.5)
    assert fault_of(flood(side, MOST_PIXELS // side + 1)) is Fault.TOO_WIDE
    assert fault_of(flood(side, MOST_PIXELS // side)) is Fault.BROKEN  # looked into, then cut off


def test_a_gif_whose_frame_is_larger_than_itself_is_no_flood() -> None:
    raw = bytearray(saved(Image.new("P", (20, 20)), "GIF"))
    at = raw.index(b"\x2c")
    raw[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    assert fault_of(bytes(raw)) in {Fault.TOO_WIDE, Fault.BROKEN}


def test_a_file_of_too_many_bytes_is_refused_unseen() -> None:
    raw = saved(Image.new("RGB", (20, 20), RED), "PNG")
    assert rebuild(raw.ljust(MOST_BYTES, b"\0"))
    assert fault_of(raw.ljust(MOST_BYTES + 1, b"\0")) is Fault.TOO_LARGE


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"GIF",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"BM" + bytes(80),
        b"II*\0" + bytes(80),
        b"\0\0\0\x18ftypheic" + bytes(80),
        b"%PDF-1.7",
        b"RIFF\0\0\0\0WAVEfmt ",
        b"8BPS" + bytes(40),
        b"%!PS-Adobe-3.0 EPSF-3.0",
    ],
)
def test_other_kinds_of_files_are_told_by_their_content(raw: bytes) -> None:
    assert fault_of(raw) is Fault.UNKNOWN


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_that_breaks_off_is_damaged(kind: str) -> None:
    noise = Image.effect_noise((120, 90), 90).convert("RGB")
    raw = saved(noise, kind)
    assert fault_of(raw[: len(raw) // 2]) is Fault.BROKEN


RAW: Final = {
    kind: saved(Image.effect_noise((24, 18), 80).convert("RGB"), kind) for kind in FORMATS
}


@settings(max_examples=300)
@given(
    kind=st.sampled_from(FORMATS),
    changes=st.lists(
        st.tuples(st.integers(0, 4000), st.binary(min_size=1, max_size=8)), max_size=6
    ),
    cut=st.integers(0, 4000),
)
def test_whatever_is_sent_makes_a_bare_picture_or_none(
    kind: str, changes: list[tuple[int, bytes]], cut: int
) -> None:
    raw = bytearray(RAW[kind])
    for at, other in changes:
        raw[at % len(raw) : at % len(raw) + len(other)] = other
    try:
        rebuilt = rebuild(bytes(raw[: len(raw) - cut % len(raw)]) if cut > 2000 else bytes(raw))
    except PictureError:
        return
    assert is_bare(rebuilt.jpeg)
    assert max(rebuilt.width, rebuilt.height) <= LONGEST_SIDE


# --- the darkroom ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
def test_the_child_makes_the_same_picture(kind: str) -> None:
    raw = planted(kind, lambda name: "canary")
    assert develop(raw) == rebuild(raw)


def test_the_child_says_what_is_wrong() -> None:
    assert fault_of(flood(30_000, 30_000), develop) is Fault.TOO_WIDE
    assert fault_of(flood(200, 200), develop) is Fault.BROKEN
    assert fault_of(b"hello", develop) is Fault.UNKNOWN


def test_the_largest_picture_of_each_kind_fits_into_its_memory() -> None:
    for mode, kind in (("RGB", "JPEG"), ("RGBA", "PNG"), ("P", "GIF")):
        raw = saved(Image.new(mode, (6000, 4000)), kind)
        assert develop(raw).width == LONGEST_SIDE


CHILD: Final = """
import socket, sys
from app.core import images
images._confine()
found = []
for name, deed in {
    "read": lambda: open("/etc/hostname"),
    "write": lambda: open("left-behind", "w"),
    "call": lambda: socket.socket(),
    "grow": lambda: bytearray(600 * 1024 * 1024),
}.items():
    try:
        deed()
    except (OSError, MemoryError):
        continue
    found.append(name)
sys.stdout.write(" ".join(found) or "nothing")
"""


def test_the_child_can_open_nothing_write_nothing_and_not_grow() -> None:
    import subprocess  # noqa: PLC0415 - said where it matters
    import sys  # noqa: PLC0415 - the same

    done = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, cwd=darkroom.ROOT, check=True
    )
    assert done.stdout == "nothing"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"ok 3 4\n",
        b"ok 3\nxx",
        b"ok a b\n",
        b"fine 3 4\n",
        b"\xff\xfe\n",
        b"ok 8 6\n\xff\xd8x",
    ],
)
def test_a_child_that_says_anything_else_is_not_believed(said: bytes) -> None:
    assert fault_of(said, darkroom._taken) is Fault.BROKEN  # noqa: SLF001 - what it believes


def test_a_child_that_hides_something_in_a_picture_is_not_believed() -> None:
    jpeg = rebuild(saved(Image.new("RGB", (8, 6), RED), "PNG")).jpeg
    assert darkroom._taken(b"ok 8 6\n" + jpeg) == Rebuilt(8, 6, jpeg)  # noqa: SLF001 - the same
    assert fault_of(b"ok 8 6\n" + jpeg + b"canary", darkroom._taken) is Fault.BROKEN  # noqa: SLF001 - the same


def test_a_child_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys  # noqa: PLC0415 - said where it matters

    monkeypatch.setattr(darkroom, "SECONDS", 0.2)
    monkeypatch.setattr(darkroom, "COMMAND", (sys.executable, "-c", "import time; time.sleep(60)"))
    began = time.perf_counter()
    assert fault_of(RAW["PNG"], develop) is Fault.BROKEN
    assert time.perf_counter() - began < 30, "it slept to its end"


def test_when_many_wait_the_next_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = [darkroom._turns._admitted.acquire(blocking=False) for _ in range(6)]  # noqa: SLF001 - fill it
    try:
        assert all(taken)
        with pytest.raises(BusyError):
            develop(RAW["PNG"])
    finally:
        for _ in taken:
            darkroom._turns._admitted.release()  # noqa: SLF001 - give the places back
