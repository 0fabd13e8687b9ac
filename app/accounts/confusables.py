"""Which letters look like which, so that no pseudonym can pass for another.

Derived from the file `confusables.txt` of Unicode Technical Standard #39, Unicode Security
Mechanisms (© Unicode, Inc., under the Unicode License), cut down to what a pseudonym may hold:
small letters of the scripts in `pseudonyms.SCRIPTS`, and digits. The first letter of each group
stands for all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_GROUPS: Final = (
    "6б 8ȣ aɑαа cсᴄ dԁ eеҽꬲ fքẝꞙꬵ gƍɡցᶃ hһհ iıɩɪιіӏꙇ jϳј l1ǀ nոռ oοσоօഠဝჿᴏᴑꬽ pρр qԛգզ rгᴦꭇꭈ "
    "sƽѕꜱ uʋυսᴜꞟꭎꭒ vνѵᴠ wɯѡԝաᴡ xх yɣʏγуүყᶌỿꭚ zᴢ åȧ þƿϸ ăǎ ĕě ğǧ ģǵ ĭǐ ĸκкᴋ ņɲ ŏǒ ţƫț ŭǔ ƅь "
    "ƨᴤꙅ ǝəә ȝʒӡჳꝫ ȷյ ɋᶐ ɔͻᴐↄ ɛεєԑꞓ ɜзᴈ ɢԍ ɰպሣ ɸφф ʃꭍ ʌᴧ ʍмᴍ ʙв ʚꞝ ʜн ͷиᴎ ͽꜿ δծẟ πпᴨ τтᴛ χꭓꭕ "
    "ψѱ ωꙍꞷ йѝ лᴫ яᴙ љꭠ ҷӌ ձኔ ऽઽ ஈர உഉ ஐஜജ ணണ ழഴ ஶശ అಅ ఆಆ ఇಇ ఒಒ జಜ ఞಞ ణಣ యಯ ఱಱ లಲ ഞൡ രറ ขฃ "
    "คดต ฆม จຈ ชซ ฎฏ ฑท บບ ปປ ฝຝ พພ ฟຟ ภฦ ยຍ าๅ អឣ ᴘᴩ ṃꭑ ꜧꞕ "
)

_PAIRS: Final = (
    "æ=ae œ=oe ǁ=ll ʣ=dz ʦ=ts ʪ=ls ʫ=lz ӕ=ae ᵫ=ue ꚙ=oo ꜳ=aa ꜵ=ao ꜷ=au ꜹ=av ꜻ=av ꜽ=ay ꝏ=oo "
    "ꝷ=tf ꭣ=uo "
)

# Beyond the standard: a capital I looks like an l, so i, l and 1 are one; a run of two narrow
# letters passes for a wide one.
_OURS: Final = {"0": "o", "1": "l", "i": "l", "m": "rn", "w": "vv"}


def _table() -> Mapping[int, str]:
    """Each letter with what stands for it, as `str.translate` wants it."""
    table = {look: group[0] for group in _GROUPS.split() for look in group[1:]}
    table |= {pair[0]: pair[2:] for pair in _PAIRS.split()}
    table |= _OURS
    for _ in range(2):  # what stands for a letter may itself be stood for: ı, i, l
        table = {
            look: "".join(table.get(sign, sign) for sign in shape) for look, shape in table.items()
        }
    return {ord(look): shape for look, shape in table.items()}


LOOKS: Final = _table()
