"""What makes a drill a drill: its words, and how fast its clocks run. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

SPEED: Final = 12  # an hour of the table is five minutes
EVERY: Final = timedelta(days=91)  # quarterly
MARK: Final = "DRILL. Nobody was exposed."
FACTS: Final = ("Zephyrine Quillfeather", "Otterbourne Lane 7")  # of nobody
HOST: Final = "paste.invalid"  # no such place can exist (RFC 2606 §2)


def mark(text: str) -> str:
    """A text with the mark of a drill in its first line."""
    return text if text.startswith(MARK) else f"{MARK}\n\n{text}"
