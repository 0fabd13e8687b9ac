"""Pictures made anew from their pixels, so that nothing else of the file is left (PRIVACY.md §9).

Run as a program this is the child process that `darkroom` starts: a file on standard input, the
picture on standard output, and no way to open a file, to write one or to grow beyond its limits.
"""

from __future__ import annotations

import io
import resource
import sys
import warnings
from typing import Final

from PIL import (
    GifImagePlugin,
    Image,
    ImageCms,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from app.core.pictures import (
    LONGEST_SIDE,
    MIB,
    MOST_BYTES,
    MOST_PIXELS,
    QUALITY,
    Fault,
    PictureError,
    Rebuilt,
    check,
)

MEMORY: Final = 512 * MIB
SECONDS: Final = 10
NEEDED_LATER: Final = (  # what Pillow would look for on the disk when files cannot be opened
    GifImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin,
    WebPImagePlugin,
)  # fmt: skip
WHITE: Final = (255, 255, 255)
ORIENTATION: Final = 0x0112  # Exif 2.32, table 4
TURNS: Final = {  # the same table: what brings each orientation upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def rebuild(raw: bytes) -> Rebuilt:
    """Decode a file of one of the four formats, and draw its first frame on a new canvas.

    Limits are checked on the file's header, before a single pixel is decoded. What is kept is an
    upright JPEG in sRGB on white, at most `LONGEST_SIDE` wide and high.

    Raises:
        PictureError: when the file is too large, too wide, of another format, or damaged.
    """
    kind = check(raw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what a decoder only warns of is refused
            return _rebuild(raw, kind)
    except PictureError:
        raise
    except (MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(Fault.TOO_WIDE) from error
    except Exception as error:  # a decoder that is fed with anything raises anything
        raise PictureError(Fault.BROKEN) from error


def _rebuild(raw: bytes, kind: str) -> Rebuilt:
    """The same, with whatever the decoders raise."""
    with Image.open(io.BytesIO(raw), formats=(kind,)) as opened:
        width, height = opened.size
        if width * height > MOST_PIXELS:
            raise PictureError(Fault.TOO_WIDE)
        turn = TURNS.get(_orientation(opened))
        profile = opened.info.get("icc_profile")
        opened.draft(None, _fitting(width, height))  # a JPEG can be decoded smaller at once
        opened.load()
        flat = _flat(opened)
    small = flat.resize(
        _fitting(*flat.size), Image.Resampling.LANCZOS, reducing_gap=2.0
    ) if max(flat.size) > LONGEST_SIDE else flat  # fmt: skip
    seen = _in_srgb(small, profile)
    upright = seen if turn is None else seen.transpose(turn)
    canvas = Image.new("RGB", upright.size, WHITE)
    canvas.paste(upright)
    kept = io.BytesIO()
    canvas.save(kept, "JPEG", quality=QUALITY, exif=b"", icc_profile=None)
    return Rebuilt(canvas.width, canvas.height, kept.getvalue())


def _fitting(width: int, height: int) -> tuple[int, int]:
    """The size at which a picture is kept."""
    longest = max(width, height)
    if longest <= LONGEST_SIDE:
        return width, height
    return max(1, width * LONGEST_SIDE // longest), max(1, height * LONGEST_SIDE // longest)


def _orientation(opened: Image.Image) -> int:
    """How the camera was held, 1 to 8; upright where the file says nothing that can be read."""
    try:
        return int(opened.getexif().get(ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - damaged metadata is thrown away; the picture need not be
        return 1


def _flat(opened: Image.Image) -> Image.Image:
    """The pixels without transparency, as grey, RGB or CMYK."""
    if opened.has_transparency_data:
        layer = opened.convert("RGBA")
        canvas = Image.new("RGB", layer.size, WHITE)
        canvas.paste(layer, mask=layer.getchannel("A"))
        return canvas
    if opened.mode.startswith("I"):  # 16 bits of grey
        return opened.convert("I").point(lambda value: value / 256).convert("L")
    return opened if opened.mode in {"L", "RGB", "CMYK"} else opened.convert("RGB")


def _in_srgb(flat: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours as a screen without a profile shows them; by the file's profile if it has one."""
    if profile and flat.mode != "L":
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                flat, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None  # a profile that cannot be read, or of other colours: without it
        if converted is not None:
            return converted
    return flat.convert("RGB")


# --- the child process ----------------------------------------------------------------------------


def main() -> None:
    """Rebuild what comes in: one line says what came of it, the picture follows."""
    _confine()
    out = sys.stdout.buffer
    try:
        rebuilt = rebuild(sys.stdin.buffer.read(MOST_BYTES + 1))
    except PictureError as error:
        out.write(f"{error.fault} 0 0\n".encode())
    else:
        out.write(f"ok {rebuilt.width} {rebuilt.height}\n".encode() + rebuilt.jpeg)
    out.flush()  # what stands in Python's buffer is not yet in the pipe


def _confine() -> None:
    """Take from this process, for good, whatever it does not need to rebuild a picture."""
    Image.preinit()  # Pillow looks for its decoders on the disk when the first file is opened
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 3),  # what is open already: in, out and errors
    ):
        resource.setrlimit(limit, (value, value))


if __name__ == "__main__":
    main()
