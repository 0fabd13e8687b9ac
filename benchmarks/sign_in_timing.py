"""`python -m benchmarks.sign_in_timing`: nobody learns from an answer, or its time, who is here.

Two hundred tries of each kind, in an order drawn anew: a wrong passphrase, a name that nobody has,
a suspended member, and a member with a second factor. Each is compared with the first (PRIVACY.md
§4): same bytes, Mann-Whitney p > 0.01, medians within a tenth. `--cheap` makes the hash so short
that everything beside it shows; `--control`, with the long one, lets an unknown name answer without
any, and has to fail. At p > 0.01 one of some thirty sound runs fails by chance: then run it again.
"""

from __future__ import annotations

import argparse
import math
import re
import secrets
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.accounts import second_factor, service
from app.accounts.second_factor import Holder
from app.core.crypto import Cost, Passphrase
from app.core.db import open_database
from app.core.migrate import upgrade
from app.core.settings import Settings, write_settings
from app.policy.vocabulary import Standing
from config import Config

TRIES = 200
WARM_UP = 10
LEAST_P = 0.01
MOST_RATIO = 1.1
CHEAP = Cost(rounds=1, memory_kib=8, lanes=1)
KINDS = ("wrong", "unknown", "suspended", "factor")


@dataclass
class Answers:
    """What one kind of try got: how long each took, and every different page."""

    took: list[float] = field(default_factory=list)
    pages: set[tuple[int, str, str]] = field(default_factory=set)


def main() -> int:
    asked = _arguments()
    cost = CHEAP if asked.cheap else Cost()
    if asked.control:
        service.keyring.pretend = lambda *_: None  # type: ignore[assignment]  # the planted fault
    with tempfile.TemporaryDirectory() as folder:
        app = build(Path(folder), cost)
        answers = {kind: Answers() for kind in KINDS}
        client = app.test_client()
        client.get("/sign-in")
        for number in range(TRIES + WARM_UP):
            for kind in sorted(KINDS, key=lambda _: secrets.randbits(32)):
                one = ask(client, kind, answers[kind])
                if number >= WARM_UP:
                    answers[kind].took.append(one)
    return report(answers, cost)


def build(folder: Path, cost: Cost) -> Flask:
    """A forum with one member of each kind, but for the one who is not there."""
    config = Config(data=folder, hash_cost=cost, limits_enabled=False, ticks_inside=False)
    database = open_database(config.database)
    upgrade(database.write_engine)
    app = create_app(config, database)
    app.config["WTF_CSRF_ENABLED"] = False
    with database.write.begin() as session:
        write_settings(session, Settings(name="Lantern", norms="Be kind."))
        for kind in KINDS:
            if kind == "unknown":
                continue
            keys = service.make_keys(Passphrase(secrets.token_hex(16)), cost)
            member = service.create_member(session, name_of(kind), keys)
            if kind == "suspended":
                member.standing = Standing.SUSPENDED
            if kind == "factor":
                holder = Holder(member.id, member.public_id, keys.private_key)
                second_factor.keep(session, holder, secrets.token_bytes(20))
    return app


def name_of(kind: str) -> str:
    """Names of one length, so that a page that repeats them has one length too."""
    return f"heron-{kind:x<9}"


def ask(client: FlaskClient, kind: str, answers: Answers) -> float:
    """One try; returns how many milliseconds the answer took."""
    fields = {"pseudonym": name_of(kind), "passphrase": "not the right words", "code": "123456"}
    began = time.perf_counter()
    answer = client.post("/sign-in", data=fields)
    took = (time.perf_counter() - began) * 1000
    page = re.sub(r'(name="csrf_token" value=")[^"]*', r"\1", answer.text)
    headers = str(sorted(name for name, _ in answer.headers))
    answers.pages.add((answer.status_code, headers, page.replace(name_of(kind), "NAME")))
    return took


def report(answers: dict[str, Answers], cost: Cost) -> int:
    """Print the comparison; returns 1 when anything can be told apart."""
    first = answers["wrong"]
    middle = statistics.median(first.took)
    print(f"{TRIES} tries each, hash {cost}; a wrong passphrase: median {middle:.2f} ms")
    is_sound = True
    for kind in KINDS[1:]:
        other = answers[kind]
        p = mann_whitney(first.took, other.took)
        ratio = statistics.median(other.took) / middle
        is_same = other.pages == first.pages and len(first.pages) == 1
        is_well = is_same and p > LEAST_P and 1 / MOST_RATIO < ratio < MOST_RATIO
        is_sound = is_sound and is_well
        print(
            f"{'well ' if is_well else 'WRONG'}  {kind}: bytes {'equal' if is_same else 'DIFFER'}, "
            f"p = {p:.3f} (above {LEAST_P}), ratio of medians {ratio:.3f} (below {MOST_RATIO})"
        )
    return int(not is_sound)


def mann_whitney(one: list[float], other: list[float]) -> float:
    """How likely so much difference is between equals: two-sided, by the normal approximation.

    Times of a fine clock are hardly ever equal, so ties are not corrected for.
    """
    ranked = sorted([(value, True) for value in one] + [(value, False) for value in other])
    ranks = sum(rank for rank, (_, is_one) in enumerate(ranked, start=1) if is_one)
    n, m = len(one), len(other)
    u = ranks - n * (n + 1) / 2
    z = (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(z) / math.sqrt(2))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cheap", action="store_true", help="a hash of microseconds")
    parser.add_argument("--control", action="store_true", help="plant a fault: it has to fail")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
