"""Pictures that hide words in every place of a file where a camera or a program may put them."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable
from typing import Final

from PIL import Image, PngImagePlugin

Word = Callable[[str], str]  # a word for the place of this name

GRAINS: Final = (64, 48)
MIDDLE: Final = 32
SIZE: Final = (320, 240)
# Exif 2.32 and GPS tags (CIPA DC-008 §4.6).
DESCRIPTION, MAKE, MODEL, SOFTWARE, ARTIST, TAKEN_AT = (
    0x010E,
    0x010F,
    0x0110,
    0x0131,
    0x013B,
    0x0132,
)
EXIF_IFD, GPS_IFD, SERIAL, COMMENT, AREA = 0x8769, 0x8825, 0xA431, 0x9286, 0x001C


def planted(kind: str, word: Word) -> bytes:
    """A file of one of the four formats with a word in each of its hiding places."""
    return {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp, "GIF": _gif}[kind](word)


def noise() -> bytes:
    """A picture that nobody has ever seen: grains, each of a colour of its own."""
    saved = io.BytesIO()
    Image.frombytes("RGB", GRAINS, secrets.token_bytes(3 * GRAINS[0] * GRAINS[1])).save(
        saved, "PNG"
    )
    return saved.getvalue()


def middle(file: bytes) -> bytes:
    """Some bytes out of the middle of a file, which stand in no other."""
    return file[len(file) // 2 :][:MIDDLE]


def _drawn() -> Image.Image:
    """Something to be seen: two colours that run into each other."""
    wide, high = SIZE
    across, down = Image.linear_gradient("L").resize(SIZE), Image.radial_gradient("L").resize(SIZE)
    return Image.merge("RGB", (across, down, Image.new("L", (wide, high), 90)))


def _exif(word: Word) -> bytes:
    """What a camera writes: itself, its owner, the place, and a small copy of the picture."""
    exif = Image.Exif()
    for tag, name in (
        (DESCRIPTION, "description"), (MAKE, "maker"), (MODEL, "model"), (SOFTWARE, "software"),
        (ARTIST, "artist"), (TAKEN_AT, "moment"),
    ):  # fmt: skip
        exif[tag] = word(f"EXIF {name}")
    exif.get_ifd(EXIF_IFD)[SERIAL] = word("EXIF serial number")
    exif.get_ifd(EXIF_IFD)[COMMENT] = b"ASCII\0\0\0" + word("EXIF comment").encode()
    exif.get_ifd(GPS_IFD)[AREA] = b"ASCII\0\0\0" + word("GPS area").encode()
    return bytes(exif.tobytes())


def _xmp(word: Word) -> bytes:
    """The same in the words of a program."""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="{word("XMP")}"/></rdf:RDF></x:xmpmeta>'
    ).encode()


def _profile(word: Word) -> bytes:
    """A colour profile that carries its owner's words instead of colours."""
    return b"\0\0\2\0" + b"none" + b"\2\x40\0\0mntrRGB XYZ " + word("colour profile").encode() * 4


def _jpeg(word: Word) -> bytes:
    """JPEG: Exif, XMP, IPTC, profile, comment, an unnamed segment, and what follows the end."""
    plain = _saved("JPEG", quality=90)
    iptc = b"Photoshop 3.0\0" + b"8BIM\4\4\0\0\0\0\0\x20\x1c\2\x78" + word("IPTC").encode()
    segments = (
        (0xE1, b"Exif\0\0" + _exif(word)),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + _xmp(word)),
        (0xE2, b"ICC_PROFILE\0\1\1" + _profile(word)),
        (0xED, iptc),
        (0xEB, b"HDR_RI ver=11 " + word("unnamed segment").encode()),
        (0xFE, word("JPEG comment").encode()),
    )
    written = b"".join(
        b"\xff" + bytes([marker]) + (len(held) + 2).to_bytes(2, "big") + held
        for marker, held in segments
    )
    return plain[:2] + written + plain[2:] + word("after the end").encode()


def _png(word: Word) -> bytes:
    """PNG: three kinds of text, Exif, XMP, profile, an unnamed chunk, and what follows the end."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", word("PNG text"))
    texts.add_text("Comment", word("PNG packed text"), zip=True)
    texts.add_itxt("XML:com.adobe.xmp", _xmp(word).decode())
    texts.add(b"prVt", word("unnamed chunk").encode())
    plain = _saved("PNG", pnginfo=texts, exif=_exif(word), icc_profile=_profile(word))
    return plain + word("after the end").encode()


def _webp(word: Word) -> bytes:
    """WebP: Exif, XMP, profile, an unnamed chunk, and what follows the end."""
    plain = _saved("WEBP", exif=_exif(word), xmp=_xmp(word), icc_profile=_profile(word))
    held = word("unnamed chunk").encode().ljust(64, b".")
    chunk = b"PRVT" + len(held).to_bytes(4, "little") + held
    whole = plain[8:] + chunk
    return b"RIFF" + len(whole).to_bytes(4, "little") + whole + word("after the end").encode()


def _gif(word: Word) -> bytes:
    """GIF: a comment, XMP, a second picture, and what follows the end."""
    second = Image.new("RGB", SIZE, "navy")
    drawn = io.BytesIO()
    _drawn().save(
        drawn, "GIF", save_all=True, append_images=[second], comment=word("GIF comment").encode()
    )
    plain = drawn.getvalue()
    held = _xmp(word)
    blocks = b"".join(
        bytes([len(part)]) + part
        for part in (held[at : at + 255] for at in range(0, len(held), 255))
    )
    extension = b"\x21\xff\x0bXMP DataXMP" + blocks + b"\0"
    return plain[:-1] + extension + plain[-1:] + word("after the end").encode()


def _saved(kind: str, **how: object) -> bytes:
    """What is drawn, as a file."""
    saved = io.BytesIO()
    _drawn().save(saved, kind, **how)
    return saved.getvalue()
