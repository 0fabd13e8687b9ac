"""The pictures of the example community: drawn here, so that nobody's camera is in them."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]

WIDE, HIGH = 1200, 800
NIGHT: Final[Colour] = (22, 26, 38)
CREAM: Final[Colour] = (245, 236, 218)


def draw(name: str) -> bytes:
    """The picture of this name, as a file that somebody might send in.

    Raises:
        KeyError: when there is none of this name.
    """
    drawn = io.BytesIO()
    PICTURES[name]().save(drawn, "PNG")
    return drawn.getvalue()


def _lantern() -> Image.Image:
    """A small green lantern on a shelf in the dark."""
    image = _fade((16, 20, 26), (30, 33, 38))
    image = _glow(image, (600, 430), 430, (64, 150, 92))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 620, WIDE, 645), fill=(64, 50, 42))
    pen.rectangle((0, 645, WIDE, HIGH), fill=(26, 24, 26))
    for left in (120, 200, 920, 1010):  # what else stands there: boxes with one lamp each
        pen.rounded_rectangle((left, 480, left + 70, 620), 8, fill=(38, 42, 50))
        pen.ellipse((left + 30, 500, left + 40, 510), fill=(210, 160, 70))
    pen.arc((545, 225, 655, 345), 180, 360, fill=(110, 116, 110), width=9)
    pen.polygon(((535, 330), (665, 330), (640, 290), (560, 290)), fill=(52, 66, 58))
    pen.rounded_rectangle((540, 330, 660, 560), 26, fill=(46, 120, 74))
    pen.rectangle((525, 556, 675, 620), fill=(52, 66, 58))
    image = _glow(image, (600, 450), 150, (170, 255, 170))
    pen = ImageDraw.Draw(image)
    pen.polygon(((600, 380), (626, 462), (600, 500), (574, 462)), fill=(238, 255, 214))
    for bar in (562, 600, 638):
        pen.line((bar, 332, bar, 556), fill=(40, 62, 50), width=4)
    return image


def _soup() -> Image.Image:
    """A bowl of green soup on a table, from above, with bread beside it."""
    image = _fade((176, 120, 78), (150, 98, 62))
    pen = ImageDraw.Draw(image)
    for line in range(0, HIGH, 90):
        pen.line((0, line, WIDE, line + 14), fill=(140, 90, 56), width=3)
    image = _shade(image, (330, 130, 890, 710), 30)
    pen = ImageDraw.Draw(image)
    pen.ellipse((310, 90, 870, 650), fill=(232, 226, 214))
    pen.ellipse((350, 130, 830, 610), fill=(204, 197, 182))
    pen.ellipse((362, 142, 818, 598), fill=(126, 146, 72))
    for turn in range(46):  # leaves, cut as thin as patience allows
        angle, far = turn * 2.4, 24 + turn * 4.1
        x, y = 590 + far * math.cos(angle), 370 + far * math.sin(angle)
        slant = angle * 1.7
        dx, dy = 30 * math.cos(slant), 30 * math.sin(slant)
        pen.line((x - dx, y - dy, x + dx, y + dy), fill=(58, 92 + turn % 4 * 10, 44), width=7)
    for turn in range(7):
        angle = turn * 0.9
        x, y = 590 + 120 * math.cos(angle), 370 + 105 * math.sin(angle)
        pen.ellipse((x - 34, y - 30, x + 34, y + 30), fill=(158, 66, 44))
        pen.ellipse((x - 25, y - 22, x + 25, y + 22), fill=(188, 92, 60))
    image = _shade(image, (905, 150, 1110, 420), 18)
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((890, 130, 1095, 400), 70, fill=(166, 104, 52))
    pen.rounded_rectangle((904, 144, 1081, 386), 60, fill=(236, 208, 158))
    return image


def _lay_by() -> Image.Image:
    """Rain on a windscreen at night, and a mug that steams."""
    image = _fade((24, 30, 46), (48, 52, 64))
    for x, y, size, colour in (
        (180, 330, 120, (240, 170, 80)), (420, 380, 70, (220, 90, 70)),
        (760, 340, 110, (240, 190, 110)), (1010, 390, 80, (120, 170, 210)),
    ):  # fmt: skip
        image = _glow(image, (x, y), size, colour)
    image = image.filter(ImageFilter.GaussianBlur(10))
    pen = ImageDraw.Draw(image)
    for drop in range(150):
        x, y = (drop * 337 + drop * drop * 53) % WIDE, (drop * 211 + drop * drop * 17) % 560
        long = 8 + drop % 5 * 7
        pen.line((x, y, x - 2, y + long), fill=(150, 164, 184), width=2)
        pen.ellipse((x - 4, y + long - 3, x + 3, y + long + 5), fill=(176, 190, 206))
    pen.polygon(((0, 600), (WIDE, 560), (WIDE, HIGH), (0, HIGH)), fill=(26, 24, 26))
    pen.rounded_rectangle((560, 420, 760, 660), 24, fill=(196, 70, 52))
    pen.arc((735, 470, 835, 600), 270, 90, fill=(196, 70, 52), width=26)
    pen.ellipse((560, 396, 760, 446), fill=(164, 54, 40))
    pen.ellipse((576, 404, 744, 438), fill=(92, 56, 34))
    steam = Image.new("L", image.size, 0)
    for path in range(3):
        points = [
            (610 + path * 50 + 22 * math.sin(step / 5 + path), 400 - step * 6) for step in range(40)
        ]
        ImageDraw.Draw(steam).line(points, fill=120, width=16)
    image.paste(CREAM, mask=steam.filter(ImageFilter.GaussianBlur(14)))
    return image


def _sofa() -> Image.Image:
    """A beige sofa on a pavement, with a note on it."""
    image = _fade((196, 204, 204), (222, 216, 204))
    pen = ImageDraw.Draw(image)
    for row in range(7):
        for brick in range(-1, 11):
            left = brick * 130 + row % 2 * 65
            tone = 172 + (row * 5 + brick * 7) % 14
            pen.rectangle(
                (left, row * 66, left + 124, row * 66 + 60), fill=(tone, tone - 66, tone - 86)
            )
    pen.rectangle((0, 462, WIDE, HIGH), fill=(150, 148, 146))
    for joint in range(0, WIDE, 200):
        pen.line((joint, 470, joint - 90, HIGH), fill=(132, 130, 128), width=4)
    image = _shade(image, (190, 610, 1010, 700), 24)
    pen = ImageDraw.Draw(image)
    beige, dark = (214, 190, 152), (186, 160, 122)
    pen.rounded_rectangle((240, 270, 960, 560), 50, fill=dark)
    pen.rounded_rectangle((180, 380, 320, 650), 50, fill=beige)
    pen.rounded_rectangle((880, 380, 1020, 650), 50, fill=beige)
    pen.rounded_rectangle((300, 480, 596, 600), 26, fill=(226, 204, 168))
    pen.rounded_rectangle((604, 480, 900, 600), 26, fill=(226, 204, 168))
    pen.rectangle((290, 590, 910, 650), fill=dark)
    for foot in (220, 940):
        pen.rectangle((foot, 648, foot + 34, 686), fill=(80, 58, 42))
    pen.polygon(((520, 330), (680, 318), (686, 430), (526, 442)), fill=(250, 248, 240))
    for line in range(3):
        pen.line((540, 358 + line * 24, 664, 349 + line * 24), fill=(90, 90, 100), width=6)
    return image


def _toffees() -> Image.Image:
    """One small cake with one candle, and three toffees in paper."""
    image = _fade((72, 50, 66), (44, 32, 46))
    image = _glow(image, (600, 250), 330, (236, 170, 96))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 640, WIDE, HIGH), fill=(88, 60, 48))
    pen.ellipse((340, 600, 860, 700), fill=(222, 214, 204))
    pen.rounded_rectangle((440, 430, 760, 650), 24, fill=(120, 76, 50))
    pen.rounded_rectangle((430, 410, 770, 500), 40, fill=(246, 222, 212))
    for drop in (470, 540, 620, 700):
        pen.rounded_rectangle((drop, 470, drop + 38, 510 + drop % 60), 19, fill=(246, 222, 212))
    pen.rectangle((590, 300, 612, 412), fill=(120, 170, 190))
    image = _glow(image, (601, 262), 70, (255, 236, 160))
    pen = ImageDraw.Draw(image)
    pen.polygon(((601, 224), (618, 270), (601, 296), (584, 270)), fill=(255, 244, 206))
    for left in (890, 1000, 1110):
        pen.polygon(((left - 26, 690), (left, 704), (left - 26, 718)), fill=(230, 190, 90))
        pen.polygon(((left + 70, 690), (left + 44, 704), (left + 70, 718)), fill=(230, 190, 90))
        pen.rounded_rectangle((left - 4, 684, left + 48, 724), 10, fill=(214, 160, 60))
    return image


PICTURES: Final[dict[str, Callable[[], Image.Image]]] = {
    "lantern": _lantern,
    "lay-by": _lay_by,
    "sofa": _sofa,
    "soup": _soup,
    "toffees": _toffees,
}


def _fade(top: Colour, bottom: Colour) -> Image.Image:
    """A ground that goes from one colour down into another."""
    down = Image.linear_gradient("L").resize((WIDE, HIGH))
    return Image.composite(
        Image.new("RGB", (WIDE, HIGH), bottom), Image.new("RGB", (WIDE, HIGH), top), down
    )


def _glow(image: Image.Image, at: tuple[int, int], size: int, colour: Colour) -> Image.Image:
    """The same with a light in it."""
    light = Image.new("RGB", image.size)
    x, y = at
    ImageDraw.Draw(light).ellipse(
        (x - size // 2, y - size // 2, x + size // 2, y + size // 2), fill=colour
    )
    return ImageChops.screen(image, light.filter(ImageFilter.GaussianBlur(size / 3)))


def _shade(image: Image.Image, box: tuple[int, int, int, int], soft: int) -> Image.Image:
    """The same with a shadow in it."""
    shadow = Image.new("L", image.size, 0)
    ImageDraw.Draw(shadow).ellipse(box, fill=120)
    shaded = image.copy()
    shaded.paste((30, 20, 16), mask=shadow.filter(ImageFilter.GaussianBlur(soft)))
    return shaded
