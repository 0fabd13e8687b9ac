"""Letters of other scripts that look like Latin ones, as used to slip words past a reader.

Chosen by hand from the shapes that Unicode Technical Standard 39 lists as confusable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_PAIRS: Final = (
    ("аạӑӓ", "a"), ("вᏴ", "b"), ("сϲҫ", "c"), ("ԁɗ", "d"), ("еёєҽӗ", "e"), ("ғ", "f"), ("ɡցԍ", "g"),
    ("һհҺ", "h"), ("іїɩιι", "i"), ("јϳ", "j"), ("кκқ", "k"), ("ӏⅼ", "l"), ("мϻ", "m"), ("пոηή", "n"),  # noqa: E501  # a table
    ("оοօөσό", "o"), ("рρϱ", "p"), ("ԛզ", "q"), ("гᴦ", "r"), ("ѕꜱ", "s"), ("тτ", "t"), ("υսц", "u"),
    ("ѵνᴠ", "v"), ("ѡԝωա", "w"), ("хχҳ", "x"), ("уүγỿ", "y"), ("ᴢʐ", "z"), ("α", "a"), ("ε", "e"),
    ("АΑᎪ", "A"), ("ВΒ", "B"), ("СϹᏟ", "C"), ("ᎠĐ", "D"), ("ЕΕᎬ", "E"), ("Ϝ", "F"), ("ԌᏀ", "G"),
    ("НΗᎻ", "H"), ("ІΙӀ", "I"), ("ЈᎫ", "J"), ("КΚᏦ", "K"), ("Ꮮ", "L"), ("МΜᎷ", "M"), ("ΝՆ", "N"),
    ("ОΟՕ", "O"), ("РΡᏢ", "P"), ("Ԛ", "Q"), ("ᎡᏒ", "R"), ("ЅՏᏚ", "S"), ("ТΤᎢ", "T"), ("Ս", "U"),
    ("ѴᏙ", "V"), ("ԜᎳ", "W"), ("ХΧ", "X"), ("УΥҮ", "Y"), ("ΖᏃ", "Z"),
    ("ᴀ", "a"), ("ʙ", "b"), ("ᴄ", "c"), ("ᴅ", "d"), ("ᴇ", "e"), ("ɢ", "g"), ("ʜ", "h"), ("ɪ", "i"),
    ("ᴊ", "j"), ("ᴋ", "k"), ("ʟ", "l"), ("ᴍ", "m"), ("ɴ", "n"), ("ᴏ", "o"), ("ᴘ", "p"), ("ʀ", "r"),
    ("ᴛ", "t"), ("ᴜ", "u"), ("ᴡ", "w"), ("ʏ", "y"),
)  # fmt: skip

LATIN: Final[Mapping[str, str]] = {look: letter for looks, letter in _PAIRS for look in looks}
