"""Codenames: two neutral words, drawn; never a pseudonym, never a board. Pure."""

from __future__ import annotations

import secrets
from collections.abc import Set as AbstractSet
from typing import Final

FIRST: Final = (
    "amber", "ashen", "azure", "birch", "brass", "bronze", "cedar", "chalk", "clay", "clover",
    "cobalt", "copper", "coral", "cotton", "dusky", "early", "eastern", "fallow", "fern",
    "flint", "gentle", "glass", "granite", "hazel", "indigo", "ivory", "jade", "late", "linen",
    "lunar", "maple", "marble", "mellow", "misty", "mossy", "northern", "ochre", "olive",
    "opal", "paper", "pearl", "pewter", "plain", "quiet", "quartz", "rowan", "russet",
    "saffron", "sandy", "satin", "silver", "slate", "southern", "sunlit", "tidal", "timber",
    "umber", "velvet", "western", "willow", "woollen",
)  # fmt: skip
SECOND: Final = (
    "anchor", "arch", "basin", "bay", "beacon", "bell", "bench", "boat", "bridge", "brook",
    "candle", "canal", "cape", "cart", "chimney", "cliff", "coast", "compass", "cove", "creek",
    "dell", "door", "dune", "estuary", "ferry", "field", "fjord", "ford", "gate", "glade",
    "grove", "harbour", "hill", "inlet", "island", "kettle", "ladder", "lagoon", "lake",
    "lantern", "ledge", "loom", "marsh", "meadow", "mill", "moor", "orchard", "path", "pier",
    "plain", "pond", "quay", "reef", "ridge", "river", "shore", "spring", "stair", "stream",
    "table", "tower", "valley", "window",
)  # fmt: skip


def draw(taken: AbstractSet[str]) -> str:
    """A codename that no case has."""
    while True:
        name = f"{secrets.choice(FIRST)} {secrets.choice(SECOND)}"
        if name not in taken:
            return name
