"""`python -m benchmarks.shields`: what ten thousand shields add to a post, and the worst 100 kB."""

from __future__ import annotations

import secrets
import statistics
import time
from itertools import product

from app.screening.readings import readings
from app.shields.phrases import Kind, forms, tokens
from app.shields.tags import Keys, Table
from benchmarks.screening_families import FAMILIES

SHIELDS = 10_000
POST = (
    "Thanks for this, I will try the soup and tell you on Friday how it went. "
    "My neighbour Karla says the Larkmeadow bakery closes at 6, call 07700 900123 before. "
)


def main() -> None:
    keys = Keys(secrets.token_bytes(32))
    table = Table(keys, tuple(rows(keys)))
    print(f"{SHIELDS} shields, {len(table)} tags")
    for size in (400, 1_000):
        text = (POST * 20)[:size]
        took = [clocked(table, text) for _ in range(300)]
        middle, late = statistics.median(took), sorted(took)[-3]
        print(f"{size} characters: median {middle:.2f} ms, 99th percentile {late:.2f} (at most 1)")
    worst = max(
        (min(clocked(table, family(100_000)) for _ in range(2)), name)
        for name, family in FAMILIES.items()
    )
    print(f"worst 100 kB ({worst[1]}): {worst[0]:.0f} ms (at most 150)")


def rows(keys: Keys) -> list[tuple[int, int, int]]:
    """The tags of ten thousand names that nobody has."""
    signs = "bcdfghjklmnprstvwz"
    names = [f"{a}a{b}oline {c}u{d}wick" for a, b, c, d in product(signs, repeat=4)][:SHIELDS]
    return [
        (tag.value, tag.gate, number)
        for number, name in enumerate(names)
        for tag in map(keys.tag, forms(Kind.NAME, name))
    ]


def clocked(table: Table, text: str) -> float:
    """How many milliseconds of CPU it takes to read a text and look all its windows up."""
    started = time.process_time()
    table.scan(tokens(way.text) for way in readings(text))
    return (time.process_time() - started) * 1000


if __name__ == "__main__":
    main()
