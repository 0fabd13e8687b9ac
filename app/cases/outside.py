"""Captures from outside: what may be kept as evidence, and what is never stored. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.core.pictures import MOST_BYTES, format_of

PDF: Final = re.compile(rb"%PDF-[12]\.\d")  # ISO 32000-1 §7.5.2
HTML: Final = re.compile(rb"\s*(?:<!doctype html|<html|<head|<body)", re.IGNORECASE)
LOOKED_AT: Final = 1024  # bytes of a page in which it shows what it is
ENDINGS: Final = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}


class Unfit(StrEnum):
    """Why a file is not kept."""

    NOTHING = "nothing"
    KIND = "kind"
    TOO_LARGE = "too_large"
    DAMAGED = "damaged"
    BUSY = "busy"
    NOT_SAID = "not_said"


class UnfitError(Exception):
    """A file is not kept; `why` says why. Nothing of it is stored."""

    def __init__(self, why: Unfit) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Seen:
    """What is written down with a capture: where it stood, and when, in UTC."""

    url: str = ""
    author: str = ""  # as the place shows it
    posted_at: str = ""
    captured_at: str = ""
    tool: str = ""
    context: str = ""


def ending(raw: bytes) -> str:
    """How the name of a file ends, told from its bytes and not from what a browser says.

    Raises:
        UnfitError: when it is empty, too large, or neither picture, PDF nor page.
    """
    if not raw:
        raise UnfitError(Unfit.NOTHING)
    if len(raw) > MOST_BYTES:
        raise UnfitError(Unfit.TOO_LARGE)
    kind = format_of(raw)
    if kind is not None:
        return ENDINGS[kind]
    if PDF.match(raw):
        return "pdf"
    if HTML.match(raw[:LOOKED_AT]):
        return "html"
    raise UnfitError(Unfit.KIND)
